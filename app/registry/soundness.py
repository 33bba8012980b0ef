"""What the entries of one directory file must hold each by itself, whatever the other files say."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from app.domain.codes import CODES, CodeKind
from app.domain.directory import Contact, DirectoryFile, Organization, Registration, Service
from app.domain.provider import Modality, Visibility
from app.registry.marked import Spot, quoted
from app.registry.shapes import is_country, is_region, of_countries, of_languages, of_sources
from app.registry.strict import Flaw, nearest

WEEK_MINUTES = 7 * 24 * 60
OLDEST_YEARS = 120
CONTACT_KINDS = frozenset({"phone", "email", "website", "in_person", "address"})
WHEREABOUTS = frozenset({"in_person", "address"})
"""Kinds of contact that tell where a place is (H15)."""

EVERYBODY = frozenset({"*"})
ZONES = timedelta(days=1)
"""Today may already be tomorrow where the steward sits."""
CLOCKS = timedelta(minutes=5)
"""By how much two clocks may differ."""


def of_days_to_come(service: Service, at: datetime) -> Iterator[Flaw]:
    """A flaw for what is said to have been seen or reported after that moment: it would never be too old (H19, H20)."""
    on, reported = service.verification.on, service.capacity_as_of
    if on is not None and on > (at + ZONES).date():
        yield ("verification", "on"), "in-the-future", "give the day on which somebody looked"
    if reported is not None and reported > at + CLOCKS:
        yield ("capacity_as_of",), "in-the-future", "give the moment of the report"


def of_file(entries: DirectoryFile) -> Iterator[Flaw]:
    """Every flaw that can be seen in one file alone."""
    for name in ("version", "title", "licence"):
        if not getattr(entries, name).strip():
            yield (name,), "empty-text", f"write the {name}"
    for index, organization in enumerate(entries.organizations):
        yield from _of_organization(("organizations", index), organization)
    for index, reception in enumerate(entries.receptions):
        yield from _of_country(("receptions", index, "country"), reception.country)
    for index, hotline in enumerate(entries.hotlines):
        yield from _of_country(("hotlines", index, "country"), hotline.country)
        yield from of_sources(("hotlines", index, "sources"), hotline.sources)
    for index, fact in enumerate(entries.cross_border):
        yield from of_countries(("cross_border", index, "countries"), fact.countries)
        yield from of_sources(("cross_border", index, "sources"), fact.sources)


def _of_country(spot: Spot, country: str) -> Iterator[Flaw]:
    if not is_country(country):
        yield spot, "wrong-country", f"{quoted(country)}: write two capital letters, such as KZ"


def _of_organization(spot: Spot, organization: Organization) -> Iterator[Flaw]:
    yield from _of_country((*spot, "country"), organization.country)
    if organization.located_in:
        yield from _of_country((*spot, "located_in"), organization.located_in)
    if organization.admin1 is not None and not is_region(organization.admin1):
        yield (*spot, "admin1"), "wrong-region", "write an ISO 3166-2 code, such as KZ-79"
    if not organization.sources:
        yield spot, "no-source", "name at least one source under `sources`"
    yield from of_sources((*spot, "sources"), organization.sources)
    for index, registration in enumerate(organization.registration):
        yield from _of_registration((*spot, "registration", index), registration)
    for index, service in enumerate(organization.services):
        here = (*spot, "services", index)
        if not service.slug.startswith(organization.slug + "."):
            mend = f"begin with the organization's slug and a dot: {quoted(organization.slug + '.…')}"
            yield (*here, "slug"), "wrong-slug", mend
        for check in _SERVICE_CHECKS:
            for rest, code, mend in check(service):
                yield (*here, *rest), code, mend


def _of_registration(spot: Spot, registration: Registration) -> Iterator[Flaw]:
    first, last = registration.valid_from or date.min, registration.valid_to or date.max
    if last < first:
        yield (*spot, "valid_to"), "wrong-dates", f"the last day is before the first, {first}"


def _stays(service: Service) -> Iterator[Flaw]:
    """A bed is somewhere: nobody sleeps by telephone."""
    if service.modality is Modality.PHYSICAL:
        return
    for index, code in enumerate(service.codes):
        if CODES[code].kind is CodeKind.STAY:
            yield ("codes", index), "stay-without-place", f"{code} needs modality physical; make it two services"


def _contacts(service: Service) -> Iterator[Flaw]:
    """H15: where a confidential place is stands in no contact that more than a few may see."""
    for index, contact in enumerate(service.contacts):
        if contact.kind not in CONTACT_KINDS:
            mend = f"{nearest(contact.kind, CONTACT_KINDS)}use one of {', '.join(sorted(CONTACT_KINDS))}"
            yield ("contacts", index, "kind"), "unknown-value", mend
        elif service.address_confidential and _is_open_secret(contact):
            yield ("contacts", index, "visibility"), "open-secret", 'write visibility: "restricted", or remove it'


def _is_open_secret(contact: Contact) -> bool:
    return contact.kind in WHEREABOUTS and contact.visibility is not Visibility.RESTRICTED


def _hours(service: Service) -> Iterator[Flaw]:
    if service.weekly is None:
        return
    if not service.weekly:
        yield ("weekly",), "wrong-hours", "leave `weekly` out when no source gives hours"
    free_from = 0
    for index, (opens, closes) in enumerate(service.weekly):
        if not 0 <= opens < closes <= WEEK_MINUTES:
            yield ("weekly", index), "wrong-hours", f"write [from, to] with 0 <= from < to <= {WEEK_MINUTES}"
        elif opens < free_from:
            yield ("weekly", index), "wrong-hours", "sort the spans and let none overlap"
        free_from = max(free_from, closes)


def _people(service: Service) -> Iterator[Flaw]:
    eligibility = service.eligibility
    for name in ("age_min", "age_max", "boys_max_age"):
        age = getattr(eligibility, name)
        if age is not None and not 0 <= age <= OLDEST_YEARS:
            yield ("eligibility", name), "out-of-range", f"write whole years from 0 to {OLDEST_YEARS}"
    youngest, oldest = eligibility.age_min, eligibility.age_max
    if youngest is not None and oldest is not None and oldest < youngest:
        yield ("eligibility", "age_max"), "wrong-ages", f"write at least age_min, {youngest}"
    admitted = eligibility.nationalities or ()
    yield from of_countries(("eligibility", "nationalities"), admitted, besides=EVERYBODY | {"stateless"})
    excluded = eligibility.nationalities_excluded
    yield from of_countries(("eligibility", "nationalities_excluded"), excluded, besides=frozenset({"stateless"}))


def _numbers(service: Service) -> Iterator[Flaw]:
    lowest = {"free_places": 0, "places_total": 0, "initial_stay_days": 1, "response_minutes": 0, "duration_minutes": 0}
    for name, least in lowest.items():
        amount = getattr(service, name)
        if amount is not None and amount < least:
            yield (name,), "out-of-range", f"write {least} or more"
    free, total = service.free_places, service.places_total
    if free is not None and total is not None and free > total:
        yield ("free_places",), "too-many-places", f"write at most places_total, {total}"


def _words(service: Service) -> Iterator[Flaw]:
    yield from of_languages(("languages",), service.languages or ())
    yield from of_languages(("interpretation",), service.interpretation or ())
    yield from of_sources(("sources",), service.sources)


_SERVICE_CHECKS: tuple[Callable[[Service], Iterator[Flaw]], ...] = (
    _stays, _contacts, _hours, _people, _numbers, _words,
)  # fmt: skip
