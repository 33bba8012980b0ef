"""The gazetteer and the border crossings keep their promises. Plain reading of data/places, no app."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "data" / "places"
COLUMNS = [
    "slug", "country", "name_en", "name_ru", "name_local", "admin1", "lat", "lon", "timezone", "geonames_id",
    "population", "aliases",
]  # fmt: skip
# South, north, west, east, in degrees, a little generous.
BOXES = {
    "KZ": (40.5, 55.5, 46.4, 87.4),
    "KG": (39.1, 43.3, 69.2, 80.3),
    "TJ": (36.6, 41.1, 67.3, 75.2),
    "TM": (35.1, 42.9, 52.3, 66.8),
    "UZ": (37.0, 45.7, 55.9, 73.2),
}
TOWNS = {
    "Shymkent": "shymkent", "Almaty": "almaty", "Astana": "astana", "Nur-Sultan": "astana",
    "Karaganda": "karaganda", "Taldykorgan": "taldykorgan", "Osh": "osh", "Karakol": "karakol",
    "Malovodnoe": "malovodnoe", "Бишкек": "bishkek", "Chkalovsk": "buston", "Leninabad": "khujand",
    "Qurghonteppa": "bokhtar", "Garm": "gharm", "Panjakent": "panjakent", "Душанбе": "dushanbe",
    "Ashgabat": "ashgabat", "Tashkent": "tashkent", "Samarkand": "samarkand", "Jizzakh": "jizzakh",
    "Denov": "denov", "Moscow": "moscow", "Istanbul": "istanbul",
}  # fmt: skip
EARTH_RADIUS_KM = 6371.0088


def read_places() -> list[dict[str, str]]:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_crossings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "crossings.yaml").read_text(encoding="utf-8"))
    return loaded


PLACES = read_places()
CROSSINGS = read_crossings()["crossings"]
FLIGHTS = [crossing for crossing in CROSSINGS if crossing["kind"] == "air"]
LAND_CROSSINGS = [crossing for crossing in CROSSINGS if crossing["kind"] != "air"]


def each(crossings: list[dict[str, Any]]) -> pytest.MarkDecorator:
    """The test runs once a crossing, under its id."""
    return pytest.mark.parametrize("crossing", crossings, ids=[crossing["id"] for crossing in crossings])


def great_circle_km(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Kilometres between two sides, on a sphere."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (a["lat"], a["lon"], b["lat"], b["lon"]))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def spellings(place: dict[str, str]) -> set[str]:
    names = (place["name_en"], place["name_ru"], place["name_local"], *place["aliases"].split("|"))
    return {name for name in names if name}


def test_the_header_is_the_agreed_one():
    assert list(PLACES[0]) == COLUMNS
    assert b"\r" not in (DATA / "places.csv").read_bytes()


def test_slugs_are_unique_plain_and_sorted():
    slugs = [place["slug"] for place in PLACES]

    assert slugs == sorted(set(slugs))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)


def test_the_five_countries_have_all_their_places():
    assert sum(place["country"] in BOXES for place in PLACES) >= 880


def test_regions_are_iso_codes_of_the_same_country():
    assert all(re.fullmatch(place["country"] + r"-[A-Z0-9]{1,3}", place["admin1"]) for place in PLACES)


def test_every_place_lies_inside_its_country():
    strays = []
    for place in PLACES:
        if place["country"] in BOXES:
            south, north, west, east = BOXES[place["country"]]
            if not (south <= float(place["lat"]) <= north and west <= float(place["lon"]) <= east):
                strays.append(place["slug"])
    assert strays == []


def test_coordinates_have_five_decimals():
    assert all(re.fullmatch(r"-?\d+\.\d{5}", place[key]) for place in PLACES for key in ("lat", "lon"))


def test_names_use_latin_and_cyrillic_letters_only_and_no_commas():
    allowed = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff0-9 .'’‘-]+")

    assert [name for place in PLACES for name in spellings(place) if not allowed.fullmatch(name)] == []


@pytest.mark.parametrize(("name", "slug"), TOWNS.items())
def test_towns_of_providers_and_their_old_names_are_found(name: str, slug: str):
    found = {place["slug"] for place in PLACES if name in spellings(place)}

    assert slug in found


def test_the_crossings_file_states_its_version_and_assumptions():
    loaded = read_crossings()

    assert list(loaded) == ["version", "assumptions", "crossings"]
    assert loaded["version"] == "1"
    assert loaded["assumptions"]


def test_crossing_ids_are_unique():
    ids = [crossing["id"] for crossing in CROSSINGS]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", crossing_id) for crossing_id in ids)


@each(CROSSINGS)
def test_a_crossing_uses_known_words_only(crossing: dict[str, Any]):
    assert set(crossing) == {
        "id", "name", "kind", "sides", "delay_minutes", "status", "open_to", "status_as_of", "sources",
    }  # fmt: skip
    assert crossing["kind"] in {"road", "rail", "air"}
    assert crossing["status"] in {"open", "closed", "unknown"}
    assert crossing["open_to"] in {"all", "citizens"}
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", crossing["status_as_of"])
    assert isinstance(crossing["delay_minutes"], int)
    assert crossing["delay_minutes"] > 0


@each(CROSSINGS)
def test_a_crossing_joins_two_countries_that_have_places(crossing: dict[str, Any]):
    countries = [side["country"] for side in crossing["sides"]]

    assert len(countries) == len(set(countries)) == 2
    assert set(countries) <= {place["country"] for place in PLACES}


@each(CROSSINGS)
def test_a_status_has_a_source_unless_it_is_unknown(crossing: dict[str, Any]):
    assert crossing["sources"] or crossing["status"] == "unknown"
    for source in crossing["sources"]:
        assert set(source) == {"url", "title", "date"}
        assert re.match(r"https?://", source["url"])
        assert source["title"]


@each(LAND_CROSSINGS)
def test_the_sides_of_a_land_crossing_are_one_point_in_both_countries(crossing: dict[str, Any]):
    here, there = crossing["sides"]

    assert (here["lat"], here["lon"]) == (there["lat"], there["lon"])
    for side in crossing["sides"]:
        south, north, west, east = BOXES[side["country"]]
        assert south <= side["lat"] <= north
        assert west <= side["lon"] <= east


@each(FLIGHTS)
def test_a_flight_joins_two_places_and_its_delay_follows_the_formula(crossing: dict[str, Any]):
    """180 minutes at airports and the great circle at 800 km/h."""
    here, there = crossing["sides"]
    cities = {(place["country"], float(place["lat"]), float(place["lon"])) for place in PLACES}

    assert all((side["country"], side["lat"], side["lon"]) in cities for side in crossing["sides"])
    assert crossing["delay_minutes"] == 180 + math.ceil(60 * great_circle_km(here, there) / 800)
