"""What is wrong with one record in the shape of the directory's files, by the same rules that its files keep.

What only publishing needs may still be missing in a draft: an organization's type and a source, a place in a country
whose clocks are not known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.domain.directory import DirectoryFile, Organization, Service
from app.domain.languages import LANGUAGES
from app.domain.pathway import Source
from app.domain.provider import Link, OrganizationType
from app.registry.exchange.whereabouts import Gazetteer
from app.registry.house import SEAT_TIMEZONES
from app.registry.marked import Spot
from app.registry.shapes import is_slug
from app.registry.soundness import of_file
from app.registry.strict import fitted

LONGEST_NAME = 300

Flaw = tuple[str, str, str]
"""The field, the code of the fault, and how to mend it."""

_STAND_IN = Source(url="https://example.invalid/", title="-")


def flaws_of_organization(body: Mapping[str, Any]) -> list[Flaw]:
    """Flaws of an organization without its services; empty when it is sound."""
    value, flaws = fitted(_completed(body), Organization)
    found = [(_field(spot), code, mend) for spot, code, mend in flaws]
    if value is None or found:
        return found or [("", "wrong-type", "write the fields of an organization")]
    found += [(_field(spot[2:]), code, mend) for spot, code, mend in _judged(replace(value, services=()))]
    return [*found, *_of_name(value.name), *_of_slug(value.slug)]


def house_of(body: Mapping[str, Any]) -> Organization | None:
    """The sound organization with that body, without its services, to judge its services by."""
    return fitted(_completed({**body, "services": []}), Organization)[0]


def flaws_of_service(body: Mapping[str, Any], house: Organization | None, gazetteer: Gazetteer) -> list[Flaw]:
    """Flaws of a service under its organization; `organization` in the body is passed over."""
    bare = {name: value for name, value in body.items() if name != "organization"}
    value, flaws = fitted(bare, Service)
    found = [(_field(spot), code, mend) for spot, code, mend in flaws]
    if value is None or found:
        return found or [("", "wrong-type", "write the fields of a service")]
    if house is None:
        return [("organization", "unknown-organization", "name an organization that is sound")]
    judged = _judged(replace(house, services=(value,)))
    found += [(_field(spot[4:]), code, mend) for spot, code, mend in judged if spot[2:3] == ("services",)]
    found += [*_of_place(value, gazetteer), *_of_languages(value)]
    return [*found, *_of_name(value.name), *_of_slug(value.slug)]


def flaws_of_link(body: Mapping[str, Any]) -> list[Flaw]:
    """Flaws of a link; whether both its ends are there is seen elsewhere."""
    value, flaws = fitted(dict(body), Link)
    found = [(_field(spot), code, mend) for spot, code, mend in flaws]
    return found if value is None or found else list(_of_slug(value.slug))


def _completed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": OrganizationType.NGO.value, **body}


def _judged(organization: Organization) -> Iterator[tuple[Spot, str, str]]:
    whole = organization if organization.sources else replace(organization, sources=(_STAND_IN,))
    return of_file(DirectoryFile(version="-", title="-", licence="-", organizations=(whole,)))


def lacks_clock(body: Mapping[str, Any], house: Organization) -> bool:
    """Whether a sound service needs a place before it can be published: its time zone is not known otherwise."""
    return not body.get("place") and (house.located_in or house.country) not in SEAT_TIMEZONES


def _of_place(service: Service, gazetteer: Gazetteer) -> Iterator[Flaw]:
    if service.place is not None and service.place not in gazetteer.by_slug:
        yield "place", "unknown-place", "name a place of the gazetteer, or leave it out"


def _of_languages(service: Service) -> Iterator[Flaw]:
    """What has the shape of a tag, and which the rules of the files let pass, may still be no language."""
    for field, tags in (("languages", service.languages), ("interpretation", service.interpretation)):
        for index, tag in enumerate(tags or ()):
            if tag.partition("-")[0] not in LANGUAGES:
                yield f"{field}.{index}", "unknown-language", "write the tag of a language that there is, such as ru"


def _of_name(name: str) -> Iterator[Flaw]:
    if not name.strip():
        yield "name", "missing-name", "write the name"
    elif len(name) > LONGEST_NAME:
        yield "name", "too-long", f"write at most {LONGEST_NAME} characters"


def _of_slug(slug: str) -> Iterator[Flaw]:
    if not is_slug(slug):
        yield "slug", "wrong-slug", "use lower-case a-z, digits and single hyphens"


def _field(spot: Spot) -> str:
    return ".".join(map(str, spot))
