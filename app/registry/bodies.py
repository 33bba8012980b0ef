"""Bodies of drafts: read as strictly as files of a directory, changed by patches, cut to what a provider may see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.domain.codes import CODES, CodeKind
from app.domain.directory import Contact, DirectoryFile, Organization, Service
from app.domain.draft import DraftKind
from app.domain.errors import Fault, FaultyData
from app.domain.pathway import Source
from app.domain.profile import AccessNeed
from app.domain.provider import Link, Modality, OrganizationType
from app.registry.house import SEAT_TIMEZONES
from app.registry.marked import Spot, pointer
from app.registry.plain import plain
from app.registry.shapes import of_slug
from app.registry.soundness import of_file
from app.registry.strict import Flaw, fitted

_HERE: Mapping[str, Spot] = {"organization": ("organizations", 0), "service": ("organizations", 0, "services", 0)}
HIDDEN_FROM_PROVIDERS = (("safety", "safeguarding_flag"), ("safety", "affiliations"), ("steward_trust",))
"""What is on record about a provider, and is neither shown to it nor changed by it (H13, H17, H18)."""
_NOT_THEIRS = (("verification",), ("capacity",), ("capacity_as_of",), ("free_places",))
"""What a provider does not write in a draft: a steward verifies; capacity is reported with its moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationBody:
    """The place of a service: the part of it that HSDS calls its location."""

    slug: str
    place: str | None = None
    modality: Modality = Modality.PHYSICAL
    address_confidential: bool = False
    accessibility: tuple[AccessNeed, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAtLocationBody:
    """What holds of a service at its place: hours, languages and how to reach it."""

    slug: str
    weekly: tuple[tuple[int, int], ...] | None = None
    languages: tuple[str, ...] | None = None
    interpretation: tuple[str, ...] | None = None
    contacts: tuple[Contact, ...] = ()


PARTS: Mapping[str, type[Any]] = {
    DraftKind.LOCATION: LocationBody,
    DraftKind.SERVICE_AT_LOCATION: ServiceAtLocationBody,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedService:
    """A service with the slug of its organization."""

    organization: str
    service: Service


def part_of(kind: str, service: Service) -> dict[str, Any]:
    """The body of that part of the service."""
    return {field.name: plain(getattr(service, field.name)) for field in fields(PARTS[kind])}


def read_body(kind: str, body: Mapping[str, Any]) -> Organization | OwnedService | Link | LocationBody | Any:
    """The value that the body stands for, as far as the body alone tells that it is sound.

    Raises:
        FaultyData: With every fault; pointers begin with `/body`.
    """
    flaws: list[Flaw] = []
    value: Any = None
    if kind == DraftKind.ORGANIZATION:
        flaws += [] if "services" not in body else [(("services",), "unknown-key", "write each service as a draft")]
        value, more = fitted({key: part for key, part in body.items() if key != "services"}, Organization)
        flaws += more
    elif kind == DraftKind.SERVICE:
        value, more = _owned(body)
        flaws += more
    else:
        value, more = fitted(dict(body), Link if kind == DraftKind.LINK else PARTS[kind])
        flaws += more
    if value is not None:
        flaws += _of_value(value)
    if flaws or value is None:
        raise FaultyData(faults_of(flaws))
    return value


def faults_of(flaws: list[Flaw]) -> tuple[Fault, ...]:
    """The flaws of a body as faults of a request, each once. Names that are not known are not repeated."""
    told = []
    for spot, code, mend in flaws:
        known = spot[:-1] if code == "unknown-key" else spot
        mend = mend.rpartition("use one of ")[2] if code == "unknown-value" else mend
        told.append(Fault("", 0, pointer(("body", *known)), "unknown-field" if code == "unknown-key" else code, mend))
    return tuple(dict.fromkeys(told))


def _owned(body: Mapping[str, Any]) -> tuple[OwnedService | None, list[Flaw]]:
    owner = body.get("organization")
    service, flaws = fitted({key: part for key, part in body.items() if key != "organization"}, Service)
    if not isinstance(owner, str):
        code = "wrong-type" if "organization" in body else "missing-key"
        flaws.append((("organization",), code, "add `organization`, the slug of whoever offers it"))
        return None, flaws
    return (OwnedService(organization=owner, service=service) if service else None), flaws


def _of_value(value: Any) -> Iterator[Flaw]:
    if isinstance(value, Organization):
        yield from of_slug(("slug",), value.slug)
        yield from _in_file(value, _HERE["organization"])
    elif isinstance(value, OwnedService):
        yield from of_slug(("slug",), value.service.slug)
        reported = value.service.capacity_as_of
        if reported is not None and not 2000 <= reported.year < 2100:
            yield ("capacity_as_of",), "wrong-date", "write a moment of this century"
        yield from _in_file(_shell(value.organization, value.service), _HERE["service"])
    elif isinstance(value, Link):
        yield from of_slug(("slug",), value.slug)


def _in_file(organization: Organization, here: Spot) -> Iterator[Flaw]:
    """What a file with this organization alone would be blamed for, as far as it stands under `here`."""
    file = DirectoryFile(version="-", title="-", licence="-", organizations=(organization,))
    for spot, code, mend in of_file(file):
        if spot[: len(here)] == here:
            yield spot[len(here) :], code, mend


def _shell(slug: str, service: Service) -> Organization:
    source = Source(url="https://example.org/", title="-")
    return Organization(
        slug=slug, name="-", country="KZ", type=OrganizationType.NGO, services=(service,), sources=(source,)
    )


def whereabouts_flaws(service: Service, country: str, places: frozenset[str] | None) -> Iterator[Flaw]:
    """The place must be one of the gazetteer; and without one the country must have a clock that is known here."""
    if service.place is None and country not in SEAT_TIMEZONES:
        yield ("place",), "no-clock", "add `place`: which time zone it keeps is not known otherwise"
    elif service.place is not None and places is not None and service.place not in places:
        yield ("place",), "unknown-place", "name a place of the gazetteer, or leave it out"


def is_stay(codes: tuple[Any, ...] | list[Any]) -> bool:
    """Whether somebody may sleep there: for these the shorter limits count."""
    return any(CODES[code].kind is CodeKind.STAY for code in codes)


def patched(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The target changed as a JSON Merge Patch (RFC 7396) says: null takes a field away, a list is replaced."""
    result = dict(target)
    for key, part in patch.items():
        if part is None:
            result.pop(key, None)
        elif isinstance(part, Mapping):
            within = result.get(key)
            result[key] = patched(within if isinstance(within, Mapping) else {}, part)
        else:
            result[key] = part
    return result


def for_provider(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without what is on record about the provider."""
    result = dict(body)
    for *way, last in HIDDEN_FROM_PROVIDERS:
        holder = result
        if way:
            inner = result.get(way[0])
            holder = result[way[0]] = dict(inner) if isinstance(inner, Mapping) else {}
            if inner is None:
                del result[way[0]]
        holder.pop(last, None)
    return result


def with_hidden(body: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """A provider's body with what it may not write, taken over from the published record (empty: there is none)."""
    result = dict(body)
    for *way, last in (*HIDDEN_FROM_PROVIDERS, *_NOT_THEIRS):
        source: Any = record
        for step in way:
            source = source.get(step, {}) if isinstance(source, Mapping) else {}
        if not isinstance(source, Mapping) or last not in source:
            continue
        holder = result
        for step in way:
            inner = holder.get(step)
            holder[step] = dict(inner) if isinstance(inner, Mapping) else {}
            holder = holder[step]
        holder[last] = source[last]
    return result


def require_theirs(body: Mapping[str, Any]) -> None:
    """Nothing, when a provider may write all of these fields.

    Raises:
        FaultyData: One of them is not the provider's.
    """
    flaws: list[Flaw] = []
    for *way, last in (*HIDDEN_FROM_PROVIDERS, *_NOT_THEIRS):
        holder: Any = body
        for step in way:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        if isinstance(holder, Mapping) and last in holder:
            flaws.append((tuple(way), "recorded-beside", "leave it out: a steward records it"))
    if flaws:
        raise FaultyData(faults_of(flaws))


def require_own_slug(slug: str, body: Mapping[str, Any]) -> None:
    """A body that names a slug names that of its record: what is written goes where the body says.

    Raises:
        FaultyData: It names another one.
    """
    if body.get("slug", slug) != slug:
        raise FaultyData(
            faults_of([(("slug",), "wrong-slug", "name the record that the draft is of, or leave it out")])
        )
