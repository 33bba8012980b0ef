"""The gazetteer and the crossings, read from `data/places/` as strictly as the rules."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.errors import Fault
from app.domain.place import Crossing, CrossingKind, CrossingStatus, OpenTo, Place, Side
from app.registry.marked import Spot, quoted
from app.registry.shapes import is_country, is_region, is_slug, is_web_address
from app.registry.strict import Flaw, named, read, report, text_of

HEADER = (
    "slug", "country", "name_en", "name_ru", "name_local", "admin1", "lat", "lon", "timezone", "geonames_id",
    "population", "aliases",
)  # fmt: skip

_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,9})?")
_ODD = re.compile('["\r\0]')
_COUNT = re.compile(r"0|[1-9]\d{0,11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingSource:
    """Where it was read that people pass; `date` is the one that the page carries, `None` when it shows none."""

    url: str
    title: str
    date: str | None = None
    supports: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCrossing:
    """A crossing as the file has it: the domain's fields, and on what the status rests."""

    id: str
    name: str
    kind: CrossingKind
    sides: tuple[Side, Side]
    delay_minutes: int
    status: CrossingStatus
    open_to: OpenTo = OpenTo.ALL
    status_as_of: str = ""
    sources: tuple[CrossingSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingFile:
    """crossings.yaml. `assumptions` tell where sources were silent or disagree."""

    version: str
    assumptions: tuple[str, ...] = ()
    crossings: tuple[WrittenCrossing, ...] = ()


def load_places(folder: Path) -> tuple[Place, ...]:
    """The places of `places.csv`, sorted by slug. Raises `FaultyData` with every fault; pointers are /row/column."""
    path = folder / "places.csv"
    text, unreadable = text_of(path)
    faults = list(unreadable)
    places: dict[str, Place] = {}
    for line, row in _rows(text or ""):
        flaws = list(_of_header(row) if line == 1 else _of_row(row, places))
        faults += [Fault(named(path), line, f"/{line}{column}", code, mend) for column, code, mend in flaws]
        if line > 1 and not flaws:
            place = _place(dict(zip(HEADER, row, strict=True)))
            places[place.slug] = place
        elif line <= 1 and flaws:
            break
    if not places and not faults:
        faults.append(Fault(named(path), 0, "", "empty-file", "write the header and at least one place"))
    report(faults)
    return tuple(places[slug] for slug in sorted(places))


def load_crossings(folder: Path) -> tuple[Crossing, ...]:
    """The crossings of `crossings.yaml`, sorted by id. Raises `FaultyData` with every fault."""
    reading = read(folder / "crossings.yaml", CrossingFile)
    faults = list(reading.faults)
    written = reading.value.crossings if reading.value else ()
    first: dict[str, int] = {}
    for index, crossing in enumerate(written):
        spot: Spot = ("crossings", index)
        faults += [reading.fault((*spot, *rest), code, mend) for rest, code, mend in _of_crossing(crossing)]
        earlier = first.setdefault(crossing.id, index)
        if earlier != index:
            line = reading.lines.get(("crossings", earlier, "id"), 0)
            mend = f"{quoted(crossing.id)} is taken on line {line}; give it another id"
            faults.append(reading.fault((*spot, "id"), "duplicate-id", mend))
    report(faults)
    return tuple(_crossing(row) for row in sorted(written, key=lambda row: row.id))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty with its number; a line is a row, so that no quotation mark can swallow others."""
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.removesuffix("\r")
        if bare.strip():
            yield number, _cells(bare)


def _cells(line: str) -> list[str]:
    if not _ODD.search(line):
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        return []


def _of_header(row: list[str]) -> Iterator[tuple[str, str, str]]:
    if tuple(row) != HEADER:
        yield "", "wrong-header", f"let line 1 be {','.join(HEADER)}"


def _of_row(row: list[str], places: Mapping[str, Place]) -> Iterator[tuple[str, str, str]]:
    """Flaws of one row: the column's pointer, code and mend."""
    if len(row) != len(HEADER):
        yield "", "wrong-length", f"write {len(HEADER)} columns, and quote cells that hold a comma or a quotation mark"
        return
    cells = dict(zip(HEADER, row, strict=True))
    if not is_slug(cells["slug"]) or "." in cells["slug"]:
        yield "/slug", "wrong-slug", "use lower-case a-z, digits and single hyphens"
    elif cells["slug"] in places:
        yield "/slug", "duplicate-slug", f"{quoted(cells['slug'])} is taken by an earlier row; give it another slug"
    if not is_country(cells["country"]):
        yield "/country", "wrong-country", "write two capital letters, such as KZ"
    if not cells["name_en"].strip():
        yield "/name_en", "empty-text", "write the name"
    if cells["admin1"] and not is_region(cells["admin1"]):
        yield "/admin1", "wrong-region", "write an ISO 3166-2 code such as KZ-79, or nothing"
    for column, most in (("lat", 90), ("lon", 180)):
        if not _DEGREES.fullmatch(cells[column]) or abs(float(cells[column])) > most:
            yield f"/{column}", "wrong-degrees", f"write degrees from -{most} to {most} with a decimal point"
    if not _is_clock(cells["timezone"]):
        yield "/timezone", "wrong-timezone", "write an IANA name such as Asia/Almaty"
    for column in ("geonames_id", "population"):
        if cells[column] and not _COUNT.fullmatch(cells[column]):
            yield f"/{column}", "wrong-type", "write a whole number, or nothing"


@cache
def _is_clock(name: str) -> bool:
    """Whether the time zone database has it; `ZoneInfo` fails in many ways for what is no name."""
    if not re.fullmatch(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+)+|UTC", name):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _place(cells: Mapping[str, str]) -> Place:
    return Place(
        slug=cells["slug"],
        country=cells["country"],
        name=cells["name_en"],
        name_ru=cells["name_ru"],
        name_local=cells["name_local"],
        admin1=cells["admin1"],
        lat=float(cells["lat"]),
        lon=float(cells["lon"]),
        timezone=cells["timezone"],
        population=int(cells["population"]) if cells["population"] else None,
        aliases=tuple(alias for alias in cells["aliases"].split("|") if alias),
    )


def _of_crossing(crossing: WrittenCrossing) -> Iterator[Flaw]:
    if not is_slug(crossing.id):
        yield ("id",), "wrong-slug", "use lower-case a-z, digits and single hyphens"
    one, other = crossing.sides
    if one.country == other.country:
        yield ("sides",), "same-country", "name two countries; a way inside one is no crossing"
    for index, side in enumerate(crossing.sides):
        if not is_country(side.country):
            yield ("sides", index, "country"), "wrong-country", "write two capital letters, such as KZ"
        for name, most in (("lat", 90), ("lon", 180)):
            if abs(getattr(side, name)) > most:
                yield ("sides", index, name), "wrong-degrees", f"write degrees from -{most} to {most}"
    if crossing.delay_minutes < 0:
        yield ("delay_minutes",), "out-of-range", "write 0 or more"
    if crossing.status is not CrossingStatus.UNKNOWN and not crossing.sources:
        yield (), "no-source", "name a source for the status, or write unknown"
    for index, source in enumerate(crossing.sources):
        if not is_web_address(source.url):
            yield ("sources", index, "url"), "wrong-url", "write an address that begins with https:// or http://"


def _crossing(row: WrittenCrossing) -> Crossing:
    return Crossing(
        id=row.id,
        name=row.name,
        kind=row.kind,
        sides=row.sides,
        delay_minutes=row.delay_minutes,
        status=row.status,
        open_to=row.open_to,
    )
