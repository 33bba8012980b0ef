"""Gazetteer and crossings: what the loaders refuse, one row each, and that the real files pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import FaultyData
from app.domain.place import Crossing, CrossingKind, CrossingStatus, OpenTo, Place, Side
from app.registry.places import HEADER, load_crossings, load_places

DATA = Path(__file__).resolve().parents[2] / "data"

PLACES = f"""\
{",".join(HEADER)}
osh,KG,Osh,Ош,Ош,KG-GO,40.52828,72.79850,Asia/Bishkek,1527534,322164,Osh shaary|Ош шаары
"nowhere",KZ,"Nowhere, Upper",,,,-1,-2.5,Asia/Almaty,,,
"""
CROSSINGS = """\
version: "1"
assumptions: ["Everything here is invented."]
crossings:
  - id: "upper-lower"
    name: "Upper - Lower"
    kind: "road"
    sides:
      - {country: "KG", lat: 40.5, lon: 72.8}
      - {country: "UZ", lat: 40.5, lon: 72.9}
    delay_minutes: 90
    status: "open"
    open_to: "citizens"
    status_as_of: "2025-06"
    sources:
      - {url: "https://example.org/upper", title: "Upper", date: null}
  - id: "air-upper"
    name: "Flight"
    kind: "air"
    sides: [{country: "KG", lat: 40, lon: 72}, {country: "TR", lat: 41, lon: 29}]
    delay_minutes: 400
    status: "unknown"
"""


def folder_with(tmp_path: Path, *, places: str | bytes = PLACES, crossings: str = CROSSINGS) -> Path:
    """A folder with the two files."""
    folder = tmp_path / "places"
    folder.mkdir(exist_ok=True)
    (folder / "places.csv").write_bytes(places if isinstance(places, bytes) else places.encode())
    (folder / "crossings.yaml").write_text(crossings, encoding="utf-8")
    return folder


def faults_of(load, folder: Path) -> list[tuple[str, int, str, str, str]]:
    """What a loader says: file, line, pointer, code and mend."""
    with pytest.raises(FaultyData) as raised:
        load(folder)
    return [(f.where, f.line, f.pointer, f.code, f.mend) for f in raised.value.faults]


def test_places_come_sorted_by_slug(tmp_path):
    """An empty cell of population is not zero; aliases are parted by a bar."""
    nowhere, osh = load_places(folder_with(tmp_path))

    assert osh == Place(
        slug="osh", country="KG", name="Osh", name_ru="Ош", name_local="Ош", admin1="KG-GO", lat=40.52828, lon=72.7985,
        timezone="Asia/Bishkek", population=322164, aliases=("Osh shaary", "Ош шаары"),
    )  # fmt: skip
    assert (nowhere.name, nowhere.population, nowhere.aliases, nowhere.lat) == ("Nowhere, Upper", None, (), -1.0)


PLACE_FAULTS = [
    ("header", "name_en", "name", 1, "/1", "wrong-header", "slug,country,name_en"),
    ("too few columns", ",322164,Osh", ",Osh", 2, "/2", "wrong-length", "12 columns"),
    ("comma without quotes", '"Nowhere, Upper"', "Nowhere, Upper", 3, "/3", "wrong-length", "quote"),
    ("quotation mark left open", '"nowhere"', '"nowhere', 3, "/3", "wrong-length", "12 columns"),
    ("slug", "osh,", "Osh,", 2, "/2/slug", "wrong-slug", "lower-case"),
    ("slug twice", '"nowhere"', "osh", 3, "/3/slug", "duplicate-slug", '"osh"'),
    ("country", "osh,KG", "osh,KGZ", 2, "/2/country", "wrong-country", "such as KZ"),
    ("name", "KG,Osh", "KG, ", 2, "/2/name_en", "empty-text", "name"),
    ("region", "KG-GO", "Osh", 2, "/2/admin1", "wrong-region", "KZ-79"),
    ("latitude", "40.52828", "90.1", 2, "/2/lat", "wrong-degrees", "-90 to 90"),
    ("longitude", "72.79850", "-180.5", 2, "/2/lon", "wrong-degrees", "-180 to 180"),
    ("no number", "40.52828", "nan", 2, "/2/lat", "wrong-degrees", "decimal point"),
    ("time zone", "Asia/Bishkek", "Asia/Oshtown", 2, "/2/timezone", "wrong-timezone", "Asia/Almaty"),
    ("time zone of a path", "Asia/Bishkek", "../Asia/Bishkek", 2, "/2/timezone", "wrong-timezone", "Asia/Almaty"),
    ("folder of time zones", "Asia/Bishkek", "Asia", 2, "/2/timezone", "wrong-timezone", "Asia/Almaty"),
    ("number of GeoNames", "1527534", "x1", 2, "/2/geonames_id", "wrong-type", "whole number"),
    ("population", "322164", "3e5", 2, "/2/population", "wrong-type", "whole number"),
]


@pytest.mark.parametrize(("good", "bad", "line", "pointer", "code", "mend"), [f[1:] for f in PLACE_FAULTS],
                         ids=[f[0] for f in PLACE_FAULTS])  # fmt: skip
def test_a_fault_in_the_gazetteer_names_file_line_and_mend(tmp_path, good, bad, line, pointer, code, mend):
    """The pointer is line and column."""
    assert good in PLACES
    (fault,) = faults_of(load_places, folder_with(tmp_path, places=PLACES.replace(good, bad, 1)))

    assert fault[:4] == ("data/places/places.csv", line, pointer, code)
    assert mend in fault[4]


@pytest.mark.parametrize(("content", "code"), [
    ("", "empty-file"),
    (PLACES.splitlines()[0] + "\n", "empty-file"),
    (b"slug\xff", "not-utf-8"),
    ("osh,KG\n", "wrong-header"),
])  # fmt: skip
def test_a_gazetteer_without_places_is_refused(tmp_path, content, code):
    """One fault says it all."""
    assert [fault[3] for fault in faults_of(load_places, folder_with(tmp_path, places=content))] == [code]


def test_faults_of_many_rows_come_together(tmp_path):
    """Readers of data collect every fault before they stop (STYLE)."""
    places = PLACES.replace("osh,KG", "Osh,KGZ").replace("-2.5", "x")

    found = [(fault[1], fault[3]) for fault in faults_of(load_places, folder_with(tmp_path, places=places))]
    assert found == [(2, "wrong-country"), (2, "wrong-slug"), (3, "wrong-degrees")]


def test_crossings_come_sorted_by_id(tmp_path):
    """What is read of a crossing is what travel needs; its sources stay in the file."""
    air, road = load_crossings(folder_with(tmp_path))

    assert (air.id, air.kind, air.status, air.open_to) == (
        "air-upper",
        CrossingKind.AIR,
        CrossingStatus.UNKNOWN,
        OpenTo.ALL,
    )
    assert road == Crossing(
        id="upper-lower",
        name="Upper - Lower",
        kind=CrossingKind.ROAD,
        sides=(Side(country="KG", lat=40.5, lon=72.8), Side(country="UZ", lat=40.5, lon=72.9)),
        delay_minutes=90,
        status=CrossingStatus.OPEN,
        open_to=OpenTo.CITIZENS,
    )


CROSSING_FAULTS = [
    ("id", '"upper-lower"', '"Upper"', 4, "/crossings/0/id", "wrong-slug", "lower-case"),
    ("id twice", '"air-upper"', '"upper-lower"', 16, "/crossings/1/id", "duplicate-id", "line 4"),
    ("kind", '"road"', '"rod"', 6, "/crossings/0/kind", "unknown-value", '"road"'),
    ("one country", 'country: "UZ"', 'country: "KG"', 7, "/crossings/0/sides", "same-country", "two countries"),
    ("country", 'country: "UZ"', 'country: "Uz"', 9, "/crossings/0/sides/1/country", "wrong-country", "such as KZ"),
    ("country that is a no", 'country: "UZ"', "country: NO", 9, "/crossings/0/sides/1/country", "unquoted", '"NO"'),
    ("degrees", "lat: 40.5, lon: 72.8", "lat: 72.8, lon: 181", 8, "/crossings/0/sides/0/lon", "wrong-degrees", "180"),
    (
        "one side",
        '      - {country: "UZ", lat: 40.5, lon: 72.9}\n',
        "",
        7,
        "/crossings/0/sides/1",
        "missing-item",
        "add",
    ),
    ("delay", "delay_minutes: 90", "delay_minutes: -1", 10, "/crossings/0/delay_minutes", "out-of-range", "0 or more"),
    ("open without source", 'status: "unknown"', 'status: "open"', 16, "/crossings/1", "no-source", "write unknown"),
    ("source", '"https://example.org/upper"', '"upper"', 15, "/crossings/0/sources/0/url", "wrong-url", "https://"),
    ("version", 'version: "1"', "version: 1", 1, "/version", "unquoted", '"1"'),
]


@pytest.mark.parametrize(("good", "bad", "line", "pointer", "code", "mend"), [f[1:] for f in CROSSING_FAULTS],
                         ids=[f[0] for f in CROSSING_FAULTS])  # fmt: skip
def test_a_fault_in_a_crossing_names_file_line_and_mend(tmp_path, good, bad, line, pointer, code, mend):
    """One thing is wrong; one fault is about it."""
    assert good in CROSSINGS
    (fault,) = faults_of(load_crossings, folder_with(tmp_path, crossings=CROSSINGS.replace(good, bad, 1)))

    assert fault[:4] == ("data/places/crossings.yaml", line, pointer, code)
    assert mend in fault[4]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, len(PLACES)), st.integers(0, 60), st.text(max_size=8))
def test_no_scribble_in_the_gazetteer_makes_it_fall_over(tmp_path_factory, start, length, scribble):
    """A hand that slips: places or faults, nothing else."""
    text = PLACES[:start] + scribble + PLACES[start + length :]
    folder = tmp_path_factory.getbasetemp() / "scribbled"
    folder.mkdir(exist_ok=True)
    (folder / "places.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert load_places(folder)
    except FaultyData as refused:
        assert all(fault.where and fault.code and fault.mend for fault in refused.faults)


def test_the_files_of_the_project_pass():
    """The gazetteer and the crossings that are shipped."""
    assert len({place.slug for place in load_places(DATA / "places")}) > 800
    assert len({crossing.id for crossing in load_crossings(DATA / "places")}) > 40
