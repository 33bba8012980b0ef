"""What is asked of the register when somebody looks for services or providers, and what is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from app.domain.admission import Applicant
from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Contact
from app.domain.provider import Eligibility, OrganizationType, RegistrationStatus, Visibility

Found = TypeVar("Found")


class Sort(StrEnum):
    """The order of found services. `verified`: the latest verification first, those never verified last."""

    NAME = "name"
    DISTANCE = "distance"
    VERIFIED = "verified"
    RELEVANCE = "relevance"


class FlagKind(StrEnum):
    """What an authority says does not agree with its own books."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NOT_REGISTERED = "not_registered"
    WRONG_VALUE = "wrong_value"
    CLOSED = "closed"


class FlaggedField(StrEnum):
    """The value of a provider that a flag is about."""

    NAME = "name"
    REGISTRATION_NUMBER = "registration_number"
    AUTHORITY = "authority"
    REGISTRATION_STATUS = "registration_status"
    VALIDITY = "validity"
    STATUS = "status"
    REGION = "region"
    SERVICES = "services"


class FlagOutcome(StrEnum):
    """How a steward ended a flag. Confirmed: the record was changed, by a change of its own."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNCLEAR = "unclear"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A place as a search needs it: its region, how far it and its region's largest town are from the place that was
    named (whole kilometres, `None`: nothing was named), and the minute of the local week there."""

    slug: str
    country: str
    admin1: str
    km: int | None
    area_km: int | None
    minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What both searches share. `countries` and `regions` empty: everywhere. `page` counts from 1."""

    words: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesAsked(Asked):
    """A search for services.

    `codes` and `languages`: one of them suffices. `radius_km` needs towns with kilometres. `admissions` are the
    answers about the applicant that are let through. `exact`: the one who asks may know the town of a confidential
    location, and sees what is in quarantine.
    """

    codes: tuple[Code, ...] = ()
    languages: tuple[str, ...] = ()
    open_now: bool = False
    radius_km: int | None = None
    sort: Sort = Sort.NAME
    applicant: Applicant | None = None
    admissions: tuple[Answer, ...] = (Answer.YES, Answer.UNKNOWN)
    tier: Visibility = Visibility.PUBLIC
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersAsked(Asked):
    """A look-up of registered providers. `number` and `authority` as typed. `on`: the day; `None`: now."""

    number: str = ""
    authority: str = ""
    statuses: tuple[RegistrationStatus, ...] = ()
    kinds: tuple[OrganizationType, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Found]):
    """One page of what was found, how much there is in all, and how it is spread: value to count, by facet."""

    total: int
    found: tuple[Found, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundService:
    """A service as one tier may see it. Of a confidential location there is a region and neither town nor distance."""

    id: str
    slug: str
    name: str
    organization: str
    organization_name: str
    local_name: str
    organization_type: str
    codes: tuple[str, ...]
    country: str
    region: str | None
    place: str | None
    distance_km: int | None
    modality: str
    address_confidential: bool
    status: str
    status_as_of: str
    verified_on: date | None
    open_now: Answer
    languages: tuple[str, ...] | None
    interpretation: tuple[str, ...] | None
    eligibility: Eligibility
    eligibility_said: str
    capacity: str
    capacity_as_of: datetime | None
    quarantined: bool
    contacts: tuple[Contact, ...] = ()
    conditions: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProvider:
    """A provider of the register on a day. `content` is what may be told of it, as `app.registry.listings` wrote it."""

    slug: str
    standing: RegistrationStatus
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """How many confidential services are registered in one region; nothing else is told of them (R-03)."""

    country: str
    region: str | None
    services: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time during which the register said the same of a provider's status. `None` ends a spell that goes on; a
    beginning of `None` is not on record."""

    begins_at: datetime | None
    ends_at: datetime | None
    status: str
    registrations: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """How many public services of one code there are in a region."""

    country: str
    region: str | None
    code: str
    services: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A discrepancy that an authority raised. `text` is for stewards only."""

    id: str
    provider: str
    kind: FlagKind
    field: FlaggedField
    text: str
    raised_by: str
    raised_at: datetime
    outcome: FlagOutcome | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
