"""The feed over a register: what is in it and what is not, in which order, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.codes import Code
from app.domain.directory import Contact
from app.domain.errors import NotFound
from app.domain.provider import Capacity, Link, SafeguardingFlag, Safety, Visibility
from app.registry import load_places
from app.registry.exchange.feed import Depth
from app.registry.exchange.lists import Asked
from app.registry.exchange.rolls import Kind
from app.registry.exchange.terms import TAXONOMY_ID, term_id
from app.registry.tables import id_of
from tests.registry.invented import (
    LINE,
    NOW,
    SHELTER,
    a_directory,
    a_rich_directory,
    a_service,
    a_shelter,
    a_store,
    an_organization,
    with_service,
)

PLACES = {place.slug: place for place in load_places(Path(__file__).resolve().parents[3] / "data" / "places")}
STRANGER = UUID("00000000-0000-4000-8000-000000000000")
LATER = NOW + timedelta(days=10)


def a_town_directory():
    """A lawyer in Osh, a bed of which nobody learns that it is in Osh, and a clinic in Bishkek."""
    return a_directory(
        an_organization(
            slug="xo-law", name="Адвокаты Оша", country="KG",
            services=(a_service(slug="xo-law.desk", name="Desk 100%", place="osh", codes=(Code.LEG_INF,)),),
        ),
        an_organization(
            slug="xo-bed", name="Owl House", country="KG",
            services=(a_service(slug="xo-bed.bed", name="A bed", place="osh", codes=(Code.SHL_EMG,),
                                address_confidential=True),),
        ),
        an_organization(
            slug="xo-clinic", name="Clinic", local_name="Емкана", country="KG",
            services=(
                a_service(slug="xo-clinic.b", name="Care", place="bishkek", codes=(Code.MED_GEN, Code.MED_EMG)),
                a_service(slug="xo-clinic.a", name="Word_for_word", place="bishkek", codes=()),
            ),
        ),
        links=(
            Link(slug="xl-open", from_organization="xo-law", to="xo-clinic.b"),
            Link(slug="xl-to-bed", from_organization="xo-law", to="xo-bed.bed"),
            Link(slug="xl-from-bed", from_organization="xo-bed", to="xo-clinic.b"),
        ),
    )  # fmt: skip


@pytest.fixture
def store(database_url):
    """A register with the towns' directory."""
    opened = a_store(database_url)
    opened.load_directory(a_town_directory(), by="a test", reason="invented")
    yield opened
    opened.close()


def slugs(store, kind=Kind.SERVICE, depth=Depth.HEAD, limit=100, **asked):
    """Slugs of the records that are found, in the order of the list."""
    with store.feed(PLACES) as feed:
        total, contents = feed.page(kind, Asked(**asked), depth, page=1, per_page=100)
        pieces, after = [], None
        while True:
            after, found = feed.piece(kind, Asked(**asked), depth, after=after, limit=limit)
            pieces += found
            if after is None:
                break
    assert total == len(contents)
    assert pieces == contents
    return [each["slug"] if "slug" in each else each["service"]["slug"] for each in contents]


def one(store, kind, table, slug, depth=Depth.FULL):
    """That record."""
    with store.feed(PLACES) as feed:
        return feed.one(kind, id_of(table, slug), depth)


def is_hidden(store, slug):
    """Whether a service is nowhere: not in lists, not by its id, not in its organization."""
    owner = slug.partition(".")[0]
    for kind, table in ((Kind.SERVICE, "service"), (Kind.POINT, "service_at_location")):
        if slug in slugs(store, kind):
            return False
        with pytest.raises(NotFound):
            one(store, kind, table, slug)
    offered = one(store, Kind.ORGANIZATION, "organization", owner, Depth.FULL_SERVICE)["services"]
    return slug not in {each["slug"] for each in offered}


def test_lists_are_in_the_order_of_ids(store):
    """Stable, and it tells nothing (S-11)."""
    expected = sorted(["xo-law.desk", "xo-bed.bed", "xo-clinic.a", "xo-clinic.b"], key=lambda s: id_of("service", s))

    assert slugs(store) == expected
    assert set(slugs(store, Kind.POINT)) == set(expected)
    assert set(slugs(store, Kind.ORGANIZATION)) == {"xo-law", "xo-bed", "xo-clinic"}


def test_pages_cut_the_list_and_end_it(store):
    """First, last, and beyond."""
    with store.feed(PLACES) as feed:
        pages = [feed.page(Kind.SERVICE, Asked(), Depth.MINIMAL, page=number, per_page=3) for number in (1, 2, 3)]
        every = [each["id"] for each in feed.every(Kind.SERVICE, Depth.MINIMAL)]

    assert [(total, len(contents)) for total, contents in pages] == [(4, 3), (4, 1), (4, 0)]
    assert [each["id"] for _, contents in pages for each in contents] == every


def test_everything_comes_piece_by_piece(store):
    """No record twice, none left out, whatever the size of a piece; with a query and without."""
    for limit in range(1, 6):
        assert len(slugs(store, limit=limit)) == 4
        assert len(slugs(store, limit=limit, search="osh")) == 1
        assert len(slugs(store, limit=limit, taxonomy_id=TAXONOMY_ID)) == 3


def test_who_is_in_quarantine_is_nowhere(store):
    """H18: from the very next reading on, and back when it is lifted."""
    store.quarantine("xo-clinic.b", by="a test", reason="a doubt")
    assert is_hidden(store, "xo-clinic.b")
    assert slugs(store, taxonomy_term_id=UUID(term_id(Code.MED_GEN))) == []
    assert slugs(store, Kind.ORGANIZATION, taxonomy_term_id=UUID(term_id(Code.MED_GEN))) == []
    assert slugs(store, search="care") == []
    assert "links" not in one(store, Kind.ORGANIZATION, "organization", "xo-law")

    store.lift("xo-clinic.b", by="a test", reason="cleared up")
    assert not is_hidden(store, "xo-clinic.b")


@pytest.mark.parametrize("flag", [SafeguardingFlag.OPEN, SafeguardingFlag.SUBSTANTIATED])
def test_who_has_an_allegation_on_record_is_not_recommended(store, flag):
    """H18: one service's flag counts for all of its provider, who stays an organization."""
    flagged = with_service(a_town_directory(), "xo-clinic.a", safety=Safety(safeguarding_flag=flag))
    store.load_directory(flagged, by="a test", reason="a report")

    assert is_hidden(store, "xo-clinic.a") and is_hidden(store, "xo-clinic.b")
    assert slugs(store, Kind.ORGANIZATION, taxonomy_term_id=UUID(term_id(Code.MED_GEN))) == []
    assert "xo-clinic" in slugs(store, Kind.ORGANIZATION)
    assert "links" not in one(store, Kind.ORGANIZATION, "organization", "xo-law")


def test_a_cleared_allegation_hides_nobody(store):
    """It is nobody's business either."""
    cleared = with_service(a_town_directory(), "xo-clinic.a", safety=Safety(safeguarding_flag=SafeguardingFlag.CLEARED))
    store.load_directory(cleared, by="a test", reason="looked into")

    assert not is_hidden(store, "xo-clinic.a")
    assert "safety" not in one(store, Kind.SERVICE, "service", "xo-clinic.a")


def test_what_was_removed_is_gone(store):
    """A tombstone is not listed; an id that never was looks the same."""
    store.load_directory(a_directory(a_town_directory().organizations[0]), by="a test", reason="smaller")

    assert slugs(store) == ["xo-law.desk"]
    assert slugs(store, Kind.ORGANIZATION) == ["xo-law"]
    with pytest.raises(NotFound) as gone:
        one(store, Kind.SERVICE, "service", "xo-bed.bed")
    with store.feed(PLACES) as feed, pytest.raises(NotFound) as stranger:
        feed.one(Kind.SERVICE, STRANGER, Depth.FULL)
    assert str(gone.value) == str(stranger.value)


def test_an_empty_register_is_an_empty_list(database_url):
    """No page, no record, no error."""
    opened = a_store(database_url)
    with opened.feed(PLACES) as feed:
        found = [feed.page(kind, Asked(search="a"), Depth.HEAD, page=1, per_page=5) for kind in Kind]
        found += [feed.page(kind, Asked(), Depth.HEAD, page=1, per_page=5) for kind in Kind]
    opened.close()

    assert found == [(0, [])] * 6


SEARCHES = {
    "osh": {"xo-law.desk"},
    "ОШ": {"xo-law.desk"},
    "бишкек": {"xo-clinic.a", "xo-clinic.b"},
    "DESK": {"xo-law.desk"},
    "адвокаты": {"xo-law.desk"},
    "АДВОКАТЫ desk": {"xo-law.desk"},
    "desk care": set(),
    "емкана": {"xo-clinic.a", "xo-clinic.b"},
    "legal": {"xo-law.desk"},
    "med-gen": {"xo-clinic.b"},
    "100%": {"xo-law.desk"},
    "word_": {"xo-clinic.a"},
    "%": {"xo-law.desk"},
    "_": {"xo-clinic.a"},
    "!": set(),
    "'; drop table service; --": set(),
    "  ": {"xo-law.desk", "xo-bed.bed", "xo-clinic.a", "xo-clinic.b"},
}


def test_a_search_finds_names_towns_and_codes(store):
    """Every word must be found; signs mean themselves; and the bed in Osh is not found by its town."""
    for kind in (Kind.SERVICE, Kind.POINT):
        assert {search: set(slugs(store, kind, search=search)) for search in SEARCHES} == SEARCHES


def test_filters_combine(store):
    """HSDS: with AND; an id that nobody has finds nothing."""
    clinic, law = id_of("organization", "xo-clinic"), id_of("organization", "xo-law")
    care = UUID(term_id(Code.MED_EMG))

    assert slugs(store, organization_id=clinic, taxonomy_term_id=care) == ["xo-clinic.b"]
    assert slugs(store, organization_id=law, taxonomy_term_id=care) == []
    assert slugs(store, organization_id=STRANGER) == slugs(store, taxonomy_term_id=STRANGER) == []
    assert slugs(store, taxonomy_id=STRANGER) == slugs(store, Kind.ORGANIZATION, taxonomy_id=STRANGER) == []
    assert slugs(store, Kind.ORGANIZATION, taxonomy_term_id=care, search="ЕМКАНА") == ["xo-clinic"]
    assert set(slugs(store, Kind.ORGANIZATION, taxonomy_id=TAXONOMY_ID)) == {"xo-law", "xo-bed", "xo-clinic"}


def test_what_changed_since_then_is_found(database_url):
    """On or after; also what stewards recorded and what came out of quarantine."""
    moments = iter([NOW, *[LATER] * 9])
    opened = a_store(database_url, clock=lambda: next(moments))
    opened.load_directory(a_town_directory(), by="a test", reason="invented")
    opened.verify("xo-law.desk", method="phone", role="steward", by="a test", on=date(2026, 11, 1))

    assert len(slugs(opened, modified_after=NOW)) == 4
    assert slugs(opened, modified_after=NOW + timedelta(microseconds=1)) == ["xo-law.desk"]
    assert slugs(opened, modified_after=LATER) == ["xo-law.desk"]
    assert slugs(opened, modified_after=LATER + timedelta(microseconds=1)) == []
    assert len(slugs(opened, modified_after=datetime(1970, 1, 1, tzinfo=UTC))) == 4
    told = one(opened, Kind.SERVICE, "service", "xo-law.desk")
    assert datetime.fromisoformat(told["last_modified"]) == LATER
    opened.close()


def test_what_stewards_recorded_later_is_told(store):
    """As the router sees it: the later of two verifications and of two reports."""
    store.load_directory(a_rich_directory(), by="a test", reason="another")
    store.verify(SHELTER, method="visit", role="steward", by="a test", on=date(2026, 3, 1))
    store.record_capacity(LINE, Capacity.OPEN, 3, NOW, "a test")

    shelter, line = (one(store, Kind.SERVICE, "service", slug) for slug in (SHELTER, LINE))

    assert shelter["verification"] == {"on": "2026-03-01", "method": "visit", "role": "steward"}
    assert (line["capacity"], line["free_places"], line["capacities"][0]["available"]) == ("open", 3, 3)


def test_only_links_without_anything_confidential_are_told(store):
    """Where residents of a shelter are taken is where one would wait for them."""
    told = {slug: one(store, Kind.ORGANIZATION, "organization", slug) for slug in ("xo-law", "xo-bed", "xo-clinic")}

    assert [link["slug"] for link in told["xo-law"]["links"]] == ["xl-open"]
    assert "links" not in told["xo-bed"] and "links" not in told["xo-clinic"]


def test_services_of_an_organization_are_in_its_order(store):
    """As the directory has them."""
    told = one(store, Kind.ORGANIZATION, "organization", "xo-clinic", Depth.FULL_SERVICE)

    assert [each["slug"] for each in told["services"]] == ["xo-clinic.b", "xo-clinic.a"]
    assert [each["id"] for each in told["locations"]] == [
        str(id_of("location", each["slug"])) for each in told["services"]
    ]


def test_every_state_of_the_register_has_a_name(store):
    """What caches compare; it moves with every change and with what the documents rest on besides."""

    def state(about=""):
        with store.feed(PLACES, about=about) as feed:
            return feed.state

    first = state()
    store.quarantine("xo-law.desk", by="a test", reason="a doubt")

    assert len({first, state(), state("another program")}) == 3
    assert state() == state()


def test_contacts_of_others_are_not_read(store):
    """Nothing of the network's or restricted contacts comes as far as the mapping."""
    shelter = replace(
        a_shelter(),
        contacts=(
            *a_shelter().contacts,
            Contact(kind="phone", value="151"),
        ),
    )
    moth = an_organization(slug="xa-moth", services=(shelter,))
    store.load_directory(a_directory(moth), by="a test", reason="another")

    told = one(store, Kind.SERVICE, "service", SHELTER)

    assert [each["value"] for each in told["contacts"]] == ["+000 555 0100", "151"]
    assert {contact.visibility for contact in shelter.contacts} == set(Visibility)
