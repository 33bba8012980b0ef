"""What a schema cannot say of a body: places in countries, duplicates in lists, answers that exclude each other.

It reads the plain JSON, so that these faults come together with those of the schema; whatever has a wrong type is left
to the schema. Only what is surely impossible is refused. An answer that is merely unlikely may be true.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.domain.errors import Fault
from app.domain.place import Place
from app.domain.profile import AgeBand

PLACE_MEND = "use a slug that GET /v1/places lists"


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Which places there are, by slug; their regions; and how many needs one profile may name."""

    places: Mapping[str, Place]
    most_codes: int

    @cached_property
    def areas(self) -> frozenset[str]:
        """ISO 3166-2 codes of the regions in which the places lie."""
        return frozenset(place.admin1 for place in self.places.values())


def together_faults(body: Any, gazetteer: Gazetteer, languages: tuple[str, ...]) -> Iterator[Fault]:
    """Every fault of this kind in the body."""
    if not isinstance(body, dict):
        return
    language = body.get("language")
    if isinstance(language, str) and language not in languages:
        yield _fault("/language", "unknown-language", ", ".join(languages))
    profile = body.get("profile")
    if not isinstance(profile, dict):
        return
    for way in ("needs", "already_has", "exploitation", "perpetrators", "exclude_providers", "no_go_areas", "languages",
                "access_needs", "health_flags", "documents_held"):  # fmt: skip
        yield from _duplicates(profile.get(way), f"/profile/{way}")
    preferences = profile.get("preferences")
    if isinstance(preferences, dict):
        yield from _duplicates(preferences.get("avoid"), "/profile/preferences/avoid")
    yield from _place_faults(profile, gazetteer)
    yield from _need_faults(profile, gazetteer.most_codes)
    yield from _impossible(profile)


def _fault(pointer: str, code: str, mend: str) -> Fault:
    return Fault("", 0, pointer, code, mend)


def _duplicates(items: Any, pointer: str) -> Iterator[Fault]:
    seen = set()
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, str):
            continue
        if item in seen:
            yield _fault(f"{pointer}/{index}", "duplicate-item", "name every item once")
        seen.add(item)


def _place_faults(profile: dict[str, Any], gazetteer: Gazetteer) -> Iterator[Fault]:
    location = profile.get("location")
    if isinstance(location, dict) and isinstance(location.get("place"), str):
        here = gazetteer.places.get(location["place"])
        if here is None:
            yield _fault("/profile/location/place", "unknown-place", PLACE_MEND)
        elif isinstance(location.get("country"), str) and here.country != location["country"]:
            yield _fault("/profile/location/country", "place-not-in-country", "name the country of the place")
    return_to = profile.get("return_to")
    if isinstance(return_to, str) and return_to not in gazetteer.places:
        yield _fault("/profile/return_to", "unknown-place", PLACE_MEND)
    areas = profile.get("no_go_areas")
    for index, area in enumerate(areas if isinstance(areas, list) else ()):
        if isinstance(area, str) and area not in gazetteer.places and area not in gazetteer.areas:
            yield _fault(f"/profile/no_go_areas/{index}", "unknown-area", PLACE_MEND + ", or an ISO 3166-2 code")


def _need_faults(profile: dict[str, Any], most: int) -> Iterator[Fault]:
    needs, has = profile.get("needs"), profile.get("already_has")
    if not isinstance(needs, list):
        return
    if len(needs) > most:
        yield _fault("/profile/needs", "too-many-codes", f"{most}")
    for index, code in enumerate(has if isinstance(has, list) else ()):
        if isinstance(code, str) and code in needs:
            yield _fault(f"/profile/already_has/{index}", "asked-and-had", "take it out of one of the two lists")


def _years(band: Any) -> tuple[int, int] | None:
    return AgeBand(band).years if isinstance(band, str) and band in set(AgeBand) else None


def _impossible(profile: dict[str, Any]) -> Iterator[Fault]:
    years, possibly_child = _years(profile.get("age")), profile.get("possibly_child")
    if years and years[0] >= 25 and possibly_child == "yes":
        yield _fault("/profile/possibly_child", "not-a-child", "correct the age band or this answer")
    if years and years[1] < 18 and possibly_child == "no":
        yield _fault("/profile/possibly_child", "is-a-child", "correct the age band or this answer")
    if years and years[1] < 5 and profile.get("pregnancy") == "yes":
        yield _fault("/profile/pregnancy", "too-young", "correct the age band or this answer")
    children = profile.get("children_with")
    for index, child in enumerate(children if isinstance(children, list) else ()):
        band = _years(child.get("age")) if isinstance(child, dict) else None
        if band and band[1] >= 18:
            yield _fault(f"/profile/children_with/{index}/age", "not-a-child", "only children below 18 are named here")
