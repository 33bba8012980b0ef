"""A directory as people write it down: organizations with their services, links, hotlines and cross-border facts.

These values are what `data/directory/*.yaml` and `data/sandbox/*.yaml` hold, field by field, and what the register
gives back. A service here sits at one location; several locations are several services.
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Source
from app.domain.profile import AccessNeed
from app.domain.provider import (
    Capacity,
    Eligibility,
    Independence,
    Link,
    Modality,
    OrganizationType,
    Quality,
    RegistrationStatus,
    ReturnReception,
    Safety,
    ServiceStatus,
    Verification,
    Visibility,
)

UNKNOWN = Answer.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a service: `kind` is "phone", "email", "website" or "in_person"; `value` in the form one uses it.

    `visibility` says who may be shown it. Street addresses of a confidential location are `kind` "address" and always
    `restricted`; they are kept in the sealed table only.
    """

    kind: str
    value: str
    visibility: Visibility = Visibility.PUBLIC
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """HSDS organization_identifier with the state of the registration (R-01)."""

    scheme: str
    number: str = ""
    authority: str = ""
    status: RegistrationStatus = RegistrationStatus.UNKNOWN
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service at one place. `said` keeps the words of the sources from which `codes` were mapped."""

    slug: str
    name: str
    codes: tuple[Code, ...]
    said: tuple[str, ...] = ()
    place: str | None = None
    modality: Modality = Modality.PHYSICAL
    status: ServiceStatus | None = None
    """`None`: as the organization's."""
    eligibility: Eligibility = Eligibility()
    eligibility_said: str = ""
    """What the source says in prose and no field can hold; shown to a steward, never interpreted."""
    safety: Safety = Safety()
    quality: Quality = Quality()
    verification: Verification = Verification()
    state_funded: Answer = UNKNOWN
    licence_required: Answer = UNKNOWN
    capacity: Capacity = Capacity.UNKNOWN
    capacity_as_of: datetime | None = None
    free_places: int | None = None
    places_total: int | None = None
    initial_stay_days: int | None = None
    weekly: tuple[tuple[int, int], ...] | None = None
    response_minutes: int = 60
    duration_minutes: int = 60
    languages: tuple[str, ...] | None = None
    interpretation: tuple[str, ...] | None = None
    interpretation_vetted: Answer = UNKNOWN
    accessibility: tuple[AccessNeed, ...] | None = None
    address_confidential: bool = False
    contacts: tuple[Contact, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who helps. `status_as_of` is what the source prints (a year, a month, a day, or prose)."""

    slug: str
    name: str
    country: str
    type: OrganizationType
    local_name: str = ""
    located_in: str = ""
    """Country where it stands when that is another one than `country` (a mission abroad), else ""."""
    admin1: str | None = None
    independence: Independence = Independence.UNKNOWN
    status: ServiceStatus = ServiceStatus.UNKNOWN
    status_as_of: str = ""
    confidence: str = ""
    registration: tuple[Registration, ...] = ()
    steward_trust: bool = False
    register_consent: Answer = UNKNOWN
    """Whether it agreed that authorities are told of its confidential services, as "registered, region X" (R-03)."""
    note: str = ""
    services: tuple[Service, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotline:
    """A number to call; `number` is "" when no source prints it. Several numbers are parted by "; "."""

    slug: str
    country: str
    name: str
    number: str = ""
    operator: str = ""
    audience: str = ""
    hours: str = ""
    status: ServiceStatus = ServiceStatus.UNKNOWN
    status_as_of: str = ""
    police_link: Answer = UNKNOWN
    police_link_said: str = ""
    caveat: str = ""
    organization: str | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossBorderFact:
    """What a source documents about a way between countries, and what must never be done there."""

    slug: str
    kind: str
    countries: tuple[str, ...]
    title: str
    facts: tuple[str, ...]
    status: str
    status_as_of: str = ""
    routing_use: str = ""
    never: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFile:
    """One YAML file. `licence` names the terms of the data in it."""

    version: str
    title: str
    licence: str
    note: str = ""
    organizations: tuple[Organization, ...] = ()
    links: tuple[Link, ...] = ()
    receptions: tuple[ReturnReception, ...] = ()
    hotlines: tuple[Hotline, ...] = ()
    cross_border: tuple[CrossBorderFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything of all files together, sorted by slug; slugs are unique over the whole directory."""

    organizations: tuple[Organization, ...]
    links: tuple[Link, ...]
    receptions: tuple[ReturnReception, ...]
    hotlines: tuple[Hotline, ...]
    cross_border: tuple[CrossBorderFact, ...]
