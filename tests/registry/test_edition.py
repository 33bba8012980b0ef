"""The network read straight from the tables: the very columns that the directory gives, whatever lies in the tables."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest
import sqlalchemy

from app.domain.directory import Directory, Registration, Service
from app.domain.provider import Capacity, OrganizationType, RegistrationStatus, ServicePoint
from app.registry import load_directory, load_places, service_points
from app.routing import build_columns, columns_of_batches, links_of_batches
from tests.registry.invented import (
    LINE,
    NOW,
    SHELTER,
    a_directory,
    a_rich_directory,
    an_organization,
    with_service,
    without_sealed,
)
from tests.routing.columns import differences
from tests.routing.networks import Draw

DATA = Path(__file__).parents[2] / "data"
LATER = NOW - timedelta(hours=1)


@cache
def places():
    return MappingProxyType({place.slug: place for place in load_places(DATA / "places")})


def straight(store):
    """The columns that an edition gives."""
    with store.edition() as edition:
        return columns_of_batches(edition.points(places()))


def through_the_directory(store):
    """The columns of the directory's points, as they were made before."""
    published = store.read_published()
    points = service_points(published.directory, places())
    return build_columns(replace(point, quarantined=point.slug in published.quarantined) for point in points)


def assert_one_and_the_same(store, rows=None):
    found = straight(store)
    assert differences(found, through_the_directory(store)) == []
    assert rows in (None, found.rows)


@pytest.mark.parametrize("folder", ["directory", "sandbox"])
def test_the_data_of_the_project_give_the_same_columns(store, folder):
    store.load_directory(load_directory(DATA / folder), by="a steward", reason="first load")
    assert_one_and_the_same(store)
    assert straight(store).rows > 50


def test_every_field_gives_the_same_columns(filled):
    assert_one_and_the_same(filled, rows=2)


def test_an_empty_register_gives_no_rows(store):
    assert_one_and_the_same(store, rows=0)


def drawn_service(draw: Draw, number: int) -> Service:
    """An invented service; towns are of the gazetteer, unknown to it, or not known at all."""
    point: ServicePoint = draw.point(number)
    shared = {name: getattr(point, name) for name in Service.__slots__ if name in ServicePoint.__slots__}
    town = draw.one([*sorted(places())[:40], None, None, "a-town-that-nobody-lists"])
    return Service(
        **{
            **shared,
            "name": f"Service {number}", "place": town, "status": draw.mostly(point.status, None),
            "capacity": draw.one(Capacity), "free_places": draw.one([None, 0, 3]),
            "capacity_as_of": draw.mostly(None, NOW - timedelta(days=1), NOW - timedelta(hours=2)),
            "weekly": draw.one([None, ((0, 10080),), tuple((day * 1440, day * 1440 + 600) for day in range(7))]),
            "languages": draw.one([None, (), ("ru",), tuple(f"a{letter}" for letter in "abcdefghijklm")]),
            "interpretation": draw.one([None, ("uz", "ky"), ("ru",)]),
            "response_minutes": draw.one([0, 60, 1440]),
        }
    )  # fmt: skip


def a_drawn_directory(seed: int, services: int) -> Directory:
    """Invented organizations of a few services each, with registrations of every kind."""
    draw, offered = Draw(seed, sure=0.6), defaultdict(list)
    for number in range(services):
        offered[draw.rng.randint(0, services // 2)].append(drawn_service(draw, number))
    registrations = [
        Registration(scheme="XA", status=status, valid_to=end)
        for status in RegistrationStatus
        for end in (None, date(2026, 5, 1), date(2027, 1, 1))
    ]
    return a_directory(
        *(
            an_organization(
                slug=f"xo-{number:05}",
                type=draw.one(OrganizationType),
                country=draw.one(["KZ", "UZ", "DE"]),
                located_in=draw.one(["", "", "TM"]),
                admin1=draw.one([None, "KZ-75"]),
                steward_trust=draw.mostly(False, True),
                registration=draw.some(registrations, 3),
                services=tuple(offered[number]),
            )
            for number in sorted(offered)
        )
    )


@pytest.mark.parametrize("seed", range(4))
def test_invented_directories_give_the_same_columns(store, seed):
    store.load_directory(a_drawn_directory(seed, 60), by="a steward", reason="first load")
    assert_one_and_the_same(store)


def test_lists_that_are_read_in_pieces_are_whole(store, monkeypatch):
    """However few rows are in hand at a time, and wherever they lie."""
    store.load_directory(a_drawn_directory(7, 40), by="a steward", reason="first load")
    store.load_directory(a_drawn_directory(8, 40), by="a steward", reason="others under the same slugs")
    whole = straight(store)
    assert_one_and_the_same(store)
    for rows in (1, 3):
        monkeypatch.setattr("app.registry.scanning.ROWS", rows)
        assert differences(straight(store), whole) == []


def test_batches_of_any_size_give_the_same_columns(filled, monkeypatch):
    whole = straight(filled)
    monkeypatch.setattr("app.registry.scanning.BATCH_POINTS", 1)
    assert differences(straight(filled), whole) == []


@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)])
def test_the_later_verification_counts(filled, on):
    """The directory says 1 March 2026 of the shelter, and nothing of the line."""
    filled.verify(SHELTER, method="visit", role="steward", by="key 1", on=on)
    filled.verify(LINE, method="visit", role="steward", by="key 1", on=on)
    assert_one_and_the_same(filled, rows=2)
    columns = straight(filled)
    assert columns.verified_on[columns.row_of(LINE)] == on.toordinal()


@pytest.mark.parametrize("hours", [-48, 0, 1])
def test_the_later_report_of_capacity_counts(filled, hours):
    """The directory says 20 November 2026, 08:00, of the shelter, and nothing of the line."""
    as_of = datetime(2026, 11, 20, 8, 0, 0, 123_456, tzinfo=UTC) + timedelta(hours=hours)
    filled.record_capacity(SHELTER, Capacity.FULL, 0, as_of, "key 1")
    filled.record_capacity(LINE, Capacity.OPEN, None, as_of, "key 1")
    assert_one_and_the_same(filled, rows=2)
    columns = straight(filled)
    assert columns.capacity.of(columns.row_of(SHELTER)) == ("limited" if hours < 0 else "full")
    assert columns.capacity.of(columns.row_of(LINE)) == "open"


def test_quarantine_is_seen_and_lifted(filled):
    filled.quarantine(SHELTER, by="key 1", reason="an allegation")
    assert straight(filled).quarantined.sum() == 1
    assert_one_and_the_same(filled)
    filled.lift(SHELTER, by="key 1", reason="unfounded")
    assert straight(filled).quarantined.sum() == 0
    assert_one_and_the_same(filled)


def test_what_was_removed_is_gone_and_what_was_recorded_stays(filled):
    filled.record_capacity(SHELTER, Capacity.FULL, 0, LATER, "key 1")
    filled.quarantine(LINE, by="key 1", reason="an allegation")
    moth, owl = a_rich_directory().organizations
    without_line = a_directory(replace(moth, services=moth.services[:1]), owl)
    for directory, rows in ((without_line, 1), (a_directory(owl), 0), (a_rich_directory(), 2)):
        filled.load_directory(directory, by="a steward", reason="again")
        assert_one_and_the_same(filled, rows=rows)


def test_a_service_of_an_organization_that_is_gone_is_left_out(filled, database_url):
    """Loading removes both; a register that was mended by hand may still hold the one without the other."""
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("update organization set removed_at = '2026-11-23' where slug = 'xa-moth'"))
    engine.dispose()
    assert_one_and_the_same(filled, rows=0)


def test_what_is_on_record_of_one_service_holds_for_its_organization(filled):
    columns = straight(filled)
    assert {columns.safeguarding_flag.of(row) for row in range(2)} == {"cleared"}
    assert columns.affiliations.of(0) == columns.affiliations.of(1) == ("official", "religious")
    other = with_service(a_rich_directory(), LINE, codes=a_rich_directory().organizations[0].services[0].codes)
    filled.load_directory(other, by="a steward", reason="again")
    assert_one_and_the_same(filled)


def test_links_and_receptions_are_those_of_the_directory(filled):
    with filled.edition() as edition:
        directory = without_sealed(a_rich_directory())
        assert tuple(links_of_batches(edition.links())) == directory.links
        assert edition.receptions() == directory.receptions
        assert edition.revision == filled.revision() == 1


def test_an_edition_is_of_one_moment(filled):
    """What is written while it is read is seen by the next one only."""
    with filled.edition() as edition:
        batches = edition.points(places())
        first = next(batches)
        filled.quarantine(SHELTER, by="key 1", reason="meanwhile")
        columns = columns_of_batches([first, *batches])
    assert columns.quarantined.sum() == 0
    assert edition.revision == 1
