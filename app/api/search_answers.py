"""The answers of the searches as the published schema tells them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import ceil
from typing import Any

from pydantic import Field

from app.api.answers import ContactLine, PlaceName, Told
from app.api.shaping import place_name
from app.domain.admission import admits
from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.finding import (
    Area,
    Flag,
    FlaggedField,
    FlagKind,
    FlagOutcome,
    FoundProvider,
    FoundService,
    Offer,
    Page,
    Spell,
)
from app.domain.place import Place
from app.domain.provider import (
    Capacity,
    Modality,
    OrganizationType,
    RegistrationStatus,
    ServiceStatus,
)

FEW = 10
"""Counts below are not told (standards, section 3c)."""


class PageTold(Told):
    """The envelope of a page, as HSDS has it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int = Field(description="Entries of this page.")
    first_page: bool
    last_page: bool
    empty: bool


class AdmissionTold(Told):
    """What the conditions of a service say of the person, all together and one by one. Unknown: no source says."""

    answer: Answer
    conditions: dict[str, Answer] = Field(description="By name; what was not told of the person is not judged.")


class ServiceTold(Told):
    """A service as the caller's tier may see it."""

    id: str = Field(description="HSDS id.")
    slug: str
    name: str
    organization: str = Field(description="Slug.")
    organization_name: str
    local_name: str
    organization_type: OrganizationType
    codes: tuple[Code, ...]
    country: str
    region: str | None = Field(description="ISO 3166-2; null: not known.")
    place: PlaceName | None = Field(description="Null: not known, or a confidential location.")
    distance_km: int | None = Field(description="From `near` to the town, in whole kilometres; null as `place` is.")
    modality: Modality
    address_confidential: bool
    status: ServiceStatus
    status_as_of: str
    verified_on: date | None = Field(description="Null: never; call first.")
    open_now: Answer = Field(description="Unknown: no source tells the hours.")
    languages: tuple[str, ...] | None = Field(description="Spoken there; null: no source says.")
    interpretation: tuple[str, ...] | None = Field(description="Through an interpreter; null: no source says.")
    eligibility: dict[str, Any] = Field(description="Whom it takes, as fields; null anywhere: no source says.")
    eligibility_said: str
    capacity: Capacity
    capacity_as_of: datetime | None
    quarantined: bool | None = Field(default=None, description="Told to stewards; nobody else is shown such a one.")
    contacts: tuple[ContactLine, ...]
    admission: AdmissionTold | None = Field(default=None, description="When the search was for a person.")


class ServicesPage(PageTold):
    """Services that fit, and how they are spread over all pages."""

    contents: tuple[ServiceTold, ...]
    facets: dict[str, dict[str, int]] = Field(description='By facet and value; "" is what is not known.')


class SourceTold(Told):
    """Where a value is from."""

    url: str
    title: str
    date: str


class Stated(Told):
    """A value, when it was checked, and its sources as numbers into `sources`, from 0. Null: not known."""

    value: str | None
    checked_at: date | None
    sources: tuple[int, ...]


class RegistrationTold(Told):
    """One registration; `checked_at` and `sources` are those of each of its values."""

    scheme: str = Field(description="Kind of registration or licence.")
    number: str | None
    authority: str | None
    status: RegistrationStatus = Field(description="As the source tells it.")
    standing: RegistrationStatus = Field(description="As it holds on the day: expired after its last day.")
    valid_from: date | None
    valid_to: date | None
    checked_at: date | None
    sources: tuple[int, ...]


class OfferedService(Told):
    """An open service; `checked_at` and `sources` are those of each of its values."""

    name: str
    codes: tuple[Code, ...]
    status: ServiceStatus
    region: str | None
    licence_required: Answer
    checked_at: date | None = Field(description="Last verification.")
    verification_method: str | None
    sources: tuple[SourceTold, ...]


class ProviderTold(Told):
    """A registered provider on a day: what an authority may know of it."""

    id: str = Field(description="Slug, for `GET /v1/register/{id}`.")
    standing: RegistrationStatus = Field(description="The worst of its registrations on the day; none is unknown.")
    name: Stated
    local_name: Stated
    kind: Stated
    country: Stated
    region: Stated
    status: Stated
    status_as_of: str = Field(description="When its status was so, in the words of the source.")
    registrations: tuple[RegistrationTold, ...]
    services: tuple[OfferedService, ...]
    sources: tuple[SourceTold, ...]


class AreaTold(Told):
    """Confidential services that are registered in a region and consent to being told of; nothing else is told."""

    country: str
    region: str | None
    status: RegistrationStatus
    services: int


class RegisterPage(PageTold):
    """Providers that fit, and how they are spread over all pages."""

    on: date
    contents: tuple[ProviderTold, ...]
    facets: dict[str, dict[str, int]] = Field(description='By facet and value; "" is what is not known.')
    confidential: tuple[AreaTold, ...] = Field(
        description='"Registered, region X", on no page and in no count. None when asked by name, number, authority '
        "or kind."
    )


class SpellTold(Told):
    """A time during which the register said the same of the provider's status."""

    begins_at: datetime | None = Field(description="Null: not on record.")
    ends_at: datetime | None = Field(description="Null: it goes on.")
    status: ServiceStatus
    registrations: tuple[RegistrationTold, ...] = Field(description="`standing` as on the first day of the spell.")


class ProviderAnswer(Told):
    """One provider with the history of its status, the latest first."""

    on: date
    provider: ProviderTold
    history: tuple[SpellTold, ...]


class OfferTold(Told):
    """Public services of one code in one region; fewer than ten are not counted out."""

    country: str
    region: str | None
    code: Code
    services: int | None = Field(description="Null: some, but fewer than ten.")


class CoverageAnswer(Told):
    """What is offered where. A region and code that are not here have no public service on record."""

    offers: tuple[OfferTold, ...]


class FlagReceipt(Told):
    """A flag as its authority sees it; the text is not repeated."""

    id: str
    provider: str
    kind: FlagKind
    field: FlaggedField
    raised_at: datetime


class FlagTold(FlagReceipt):
    """A flag as stewards see it."""

    text: str
    raised_by: str
    outcome: FlagOutcome | None
    closed_by: str | None
    closed_at: datetime | None


class FlagsPage(PageTold):
    """Flags, the latest first."""

    contents: tuple[FlagTold, ...]


def envelope(page: Page[Any], *, number: int, per_page: int) -> dict[str, Any]:
    """The fields of `PageTold`."""
    pages = ceil(page.total / per_page)
    return {
        "total_items": page.total,
        "total_pages": pages,
        "page_number": number,
        "size": len(page.found),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not page.found,
    }


def service_told(found: FoundService, places: Mapping[str, Place], *, language: str, is_steward: bool) -> ServiceTold:
    """The service in that language."""
    same = {name: getattr(found, name) for name in _SAME}
    place = places.get(found.place or "")
    eligibility = {name: getattr(found.eligibility, name) for name in found.eligibility.__dataclass_fields__}
    return ServiceTold(
        **same,
        place=PlaceName(slug=place.slug, country=place.country, name=place_name(place, language)) if place else None,
        eligibility=eligibility,
        quarantined=found.quarantined if is_steward else None,
        contacts=tuple(ContactLine(kind=one.kind, value=one.value, note=one.note) for one in found.contacts),
        admission=_admission(found) if found.conditions else None,
    )


_SAME = ("id", "slug", "name", "organization", "organization_name", "local_name", "organization_type", "codes",
         "country", "region", "distance_km", "modality", "address_confidential", "status", "status_as_of",
         "verified_on", "open_now", "languages", "interpretation", "eligibility_said", "capacity",
         "capacity_as_of")  # fmt: skip


def _admission(found: FoundService) -> AdmissionTold:
    return AdmissionTold(answer=admits(found.conditions), conditions=dict(found.conditions))


def provider_told(found: FoundProvider, region_of: Mapping[str, str]) -> ProviderTold:
    """The provider; `region_of` gives the region of a place."""
    said = found.content
    sources = _sources(said["sources"])
    known = tuple(range(len(sources)))

    def stated(name: str) -> Stated:
        return Stated(value=said[name] or None, checked_at=None, sources=known if said[name] else ())

    return ProviderTold(
        id=found.slug,
        standing=found.standing,
        name=stated("name"),
        local_name=stated("local_name"),
        kind=stated("kind"),
        country=stated("country"),
        region=stated("region"),
        status=stated("status"),
        status_as_of=said["status_as_of"],
        registrations=tuple(registration_told(one, known) for one in said["registrations"]),
        services=tuple(_offered(one, said, region_of) for one in said["services"]),
        sources=sources,
    )


def registration_told(one: Mapping[str, Any], sources: tuple[int, ...]) -> RegistrationTold:
    """The registration; what is empty is not known."""
    return RegistrationTold(
        scheme=one["scheme"], number=one["number"] or None, authority=one["authority"] or None, status=one["status"],
        standing=one["standing"], valid_from=one["valid_from"], valid_to=one["valid_to"],
        checked_at=one["checked_on"], sources=sources,
    )  # fmt: skip


def _offered(one: Mapping[str, Any], of: Mapping[str, Any], region_of: Mapping[str, str]) -> OfferedService:
    return OfferedService(
        name=one["name"], codes=one["codes"], status=one["status"] or of["status"],
        region=region_of.get(one["place"] or "") or of["region"], licence_required=one["licence_required"],
        checked_at=one["verified_on"], verification_method=one["verification_method"],
        sources=_sources(one["sources"]),
    )  # fmt: skip


def _sources(said: Iterable[Mapping[str, str]]) -> tuple[SourceTold, ...]:
    return tuple(SourceTold(url=one["url"], title=one["title"], date=one["date"]) for one in said)


def area_told(area: Area) -> AreaTold:
    """The line "registered, region X"."""
    return AreaTold(
        country=area.country, region=area.region, status=RegistrationStatus.REGISTERED, services=area.services
    )


def offer_told(offer: Offer) -> OfferTold:
    """The count, unless it is small."""
    services = offer.services if offer.services >= FEW else None
    return OfferTold(country=offer.country, region=offer.region, code=Code(offer.code), services=services)


def spell_told(spell: Spell) -> SpellTold:
    """The spell with its registrations as they held on its first day."""
    return SpellTold(
        begins_at=spell.begins_at, ends_at=spell.ends_at, status=ServiceStatus(spell.status),
        registrations=tuple(registration_told(one, ()) for one in spell.registrations),
    )  # fmt: skip


def receipt(flag: Flag) -> FlagReceipt:
    """What the authority gets back."""
    return FlagReceipt(id=flag.id, provider=flag.provider, kind=flag.kind, field=flag.field, raised_at=flag.raised_at)


def flag_told(flag: Flag) -> FlagTold:
    """All of the flag."""
    return FlagTold(
        id=flag.id, provider=flag.provider, kind=flag.kind, field=flag.field, raised_at=flag.raised_at,
        text=flag.text, raised_by=flag.raised_by, outcome=flag.outcome, closed_by=flag.closed_by or None,
        closed_at=flag.closed_at,
    )  # fmt: skip
