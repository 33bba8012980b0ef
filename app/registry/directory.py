"""The directory, read from a folder of YAML files and checked over all of them together; and flattened for routing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Protocol, TypeVar

from app.domain.codes import Code
from app.domain.directory import Directory, DirectoryFile, Organization, Service
from app.domain.errors import Fault
from app.domain.place import Place
from app.domain.provider import Safety, ServicePoint, ServiceStatus
from app.registry.house import SEAT_TIMEZONES, known_of_the_house, seat_timezone, status_in_force, worst
from app.registry.marked import Spot, quoted
from app.registry.shapes import of_slug
from app.registry.soundness import of_file
from app.registry.strict import Flaw, Reading, nearest, read_folder, report

_Found = tuple[Reading[DirectoryFile], DirectoryFile]


class _WithSlug(Protocol):
    @property
    def slug(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_WithSlug)


def load_directory(folder: Path, *, places: frozenset[str] | None = None) -> Directory:
    """Everything of all `*.yaml` of the folder together, each kind sorted by slug.

    Args:
        folder: A folder of directory files; they may refer to each other.
        places: Slugs of the gazetteer; `None`: places are not checked.

    Raises:
        FaultyData: With every fault of every file. Names across files are checked once every file can be read.
    """
    readings = read_folder(folder, DirectoryFile)
    faults = [fault for reading in readings for fault in reading.faults]
    found = [(reading, reading.value) for reading in readings if reading.value is not None]
    for reading, entries in found:
        flaws = [*of_file(entries), *_of_slugs(entries), *_of_whereabouts(entries, places)]
        faults += [reading.fault(*flaw) for flaw in flaws]
    faults += _double_slugs(found)
    if len(found) == len(readings):
        faults += _strangers(found)
    report(faults)
    return _together([entries for _, entries in found])


def service_points(directory: Directory, places: Mapping[str, Place]) -> tuple[ServicePoint, ...]:
    """Every service as a router may know it, sorted by slug: no street, no telephone number.

    Country, region and clock are those of the service's place when `places` has it, else those of the organization
    (the clock: of its country's seat, and UTC for a country whose seat is not known here). Of several registrations
    the worst counts, and the earliest end. An allegation or a tie to perpetrators on record for one service of an
    organization holds for all of them.
    """
    points = [
        _service_point(organization, service, places.get(service.place or ""))
        for organization in directory.organizations
        for service in organization.services
    ]
    return tuple(sorted(points, key=lambda point: point.slug))


def _service_point(organization: Organization, service: Service, place: Place | None) -> ServicePoint:
    country = place.country if place else organization.located_in or organization.country
    reported = service.capacity_as_of
    return ServicePoint(
        slug=service.slug,
        organization=organization.slug,
        organization_type=organization.type,
        independence=organization.independence,
        country=country,
        place=service.place,
        admin1=place.admin1 if place else organization.admin1,
        modality=service.modality,
        codes=service.codes,
        status=ServiceStatus(status_in_force(service.status, organization.status)),
        registration=worst(registration.status for registration in organization.registration),
        registered_until=min((r.valid_to for r in organization.registration if r.valid_to), default=None),
        steward_trust=organization.steward_trust,
        licence_required=service.licence_required,
        state_funded=service.state_funded,
        eligibility=service.eligibility,
        safety=_of_the_house(organization, service),
        quality=service.quality,
        verification=service.verification,
        capacity=service.capacity,
        capacity_as_of=reported.astimezone(UTC) if reported else None,
        free_places=service.free_places,
        timezone=place.timezone if place else seat_timezone(country),
        weekly=service.weekly,
        response_minutes=service.response_minutes,
        duration_minutes=service.duration_minutes,
        languages=service.languages,
        interpretation=service.interpretation,
        interpretation_vetted=service.interpretation_vetted,
        accessibility=service.accessibility,
        address_confidential=service.address_confidential,
    )


def _of_the_house(organization: Organization, service: Service) -> Safety:
    flag, ties = known_of_the_house([other.safety for other in organization.services])
    return replace(service.safety, safeguarding_flag=flag, affiliations=ties)


def _slugs(entries: DirectoryFile) -> Iterator[tuple[Spot, str]]:
    """Every slug that the file gives out, with its spot."""
    for name in ("organizations", "links", "receptions", "hotlines", "cross_border"):
        for index, entry in enumerate(getattr(entries, name)):
            yield (name, index, "slug"), entry.slug
    for spot, service in _services(entries):
        yield (*spot, "slug"), service.slug


def _services(entries: DirectoryFile) -> Iterator[tuple[Spot, Service]]:
    for index, organization in enumerate(entries.organizations):
        for position, service in enumerate(organization.services):
            yield ("organizations", index, "services", position), service


def _of_slugs(entries: DirectoryFile) -> Iterator[Flaw]:
    for spot, slug in _slugs(entries):
        yield from of_slug(spot, slug)


def _of_whereabouts(entries: DirectoryFile, places: frozenset[str] | None) -> Iterator[Flaw]:
    """Places must exist; and without a place the country must have a clock that is known here."""
    for spot, service in _services(entries):
        organization = entries.organizations[int(spot[1])]
        country = organization.located_in or organization.country
        if service.place is None and country not in SEAT_TIMEZONES:
            yield spot, "no-clock", f"add `place`: which time zone it keeps in {country} is not known otherwise"
        elif service.place is not None and places is not None and service.place not in places:
            mend = f"{nearest(service.place, places)}name a place of data/places/places.csv, or leave it out"
            yield (*spot, "place"), "unknown-place", mend


def _double_slugs(found: Iterable[_Found]) -> Iterator[Fault]:
    first: dict[str, Fault] = {}
    for reading, entries in found:
        for spot, slug in _slugs(entries):
            here = reading.fault(spot, "duplicate-slug", "")
            earlier = first.setdefault(slug, here)
            if earlier is not here:
                taken = f"{quoted(slug)} is taken at {earlier.where}:{earlier.line}; give it another slug"
                yield reading.fault(spot, "duplicate-slug", taken)


def _strangers(found: Iterable[_Found]) -> Iterator[Fault]:
    """Names of organizations and services that no file has."""
    all_files = [entries for _, entries in found]
    organizations = {organization.slug for entries in all_files for organization in entries.organizations}
    services = {service.slug: service for entries in all_files for _, service in _services(entries)}
    for reading, entries in found:
        for spot, slug in _named_organizations(entries):
            if slug not in organizations:
                mend = f"{nearest(slug, organizations)}name an organization of this folder"
                yield reading.fault(spot, "unknown-organization", mend)
        for spot, slug in _named_services(entries):
            if slug not in services:
                yield reading.fault(spot, "unknown-service", f"{nearest(slug, services)}name a service of this folder")
            elif spot[-1] == "point" and Code.RET_AVR not in services[slug].codes:
                yield reading.fault(spot, "no-return", f"name a service that offers {Code.RET_AVR}")


def _named_organizations(entries: DirectoryFile) -> Iterator[tuple[Spot, str]]:
    for index, link in enumerate(entries.links):
        yield ("links", index, "from_organization"), link.from_organization
    for index, reception in enumerate(entries.receptions):
        yield ("receptions", index, "receiver"), reception.receiver
    for index, hotline in enumerate(entries.hotlines):
        if hotline.organization is not None:
            yield ("hotlines", index, "organization"), hotline.organization


def _named_services(entries: DirectoryFile) -> Iterator[tuple[Spot, str]]:
    for index, link in enumerate(entries.links):
        yield ("links", index, "to"), link.to
    for index, reception in enumerate(entries.receptions):
        yield ("receptions", index, "point"), reception.point


def _together(files: Iterable[DirectoryFile]) -> Directory:
    kept = list(files)
    return Directory(
        organizations=_sorted(entry for entries in kept for entry in entries.organizations),
        links=_sorted(entry for entries in kept for entry in entries.links),
        receptions=_sorted(entry for entries in kept for entry in entries.receptions),
        hotlines=_sorted(entry for entries in kept for entry in entries.hotlines),
        cross_border=_sorted(entry for entries in kept for entry in entries.cross_border),
    )


def _sorted(entries: Iterable[_Entry]) -> tuple[_Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.slug))
