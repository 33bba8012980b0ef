"""The register keeps what a directory says, tells it back whole, and hides what is restricted."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from multiprocessing import get_context

import pytest
from sqlalchemy import create_engine, inspect, text

from app.domain.access import AccessReason
from app.domain.directory import Contact
from app.domain.errors import FaultyData, NotFound
from app.domain.provider import Capacity, Link, ServiceStatus, Verification, Visibility
from app.registry.database import Database
from app.registry.tables import METADATA, id_of
from tests.registry.invented import (
    HIDDEN,
    LINE,
    NOW,
    SHELTER,
    a_directory,
    a_large_directory,
    a_rich_directory,
    a_service,
    a_shelter,
    a_store,
    an_organization,
    create_register,
    report_many,
    with_service,
    without_sealed,
)


def rows(url, statement):
    """All rows of one statement, as dictionaries."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(text(statement)).mappings()]
    engine.dispose()
    return found


def document(value):
    """A JSON column: PostgreSQL gives it parsed, SQLite as text."""
    return json.loads(value) if isinstance(value, str) else value


def with_link(**ends):
    """The rich directory with one link between those ends."""
    return replace(a_rich_directory(), links=(Link(slug="xl-9", **ends),))


def service(store, slug):
    """The service as the register gives it back."""
    (found,) = (s for o in store.read_directory().organizations for s in o.services if s.slug == slug)
    return found


def test_a_directory_comes_back_as_it_was_loaded(store):
    """DESIGN 3: nothing is lost; restricted contacts and addresses are not part of it."""
    directory = a_rich_directory()

    assert store.load_directory(directory, by="a steward", reason="first load") == 1
    assert store.read_directory() == without_sealed(directory)


def test_the_rich_directory_is_rich(store):
    """Or the round trip would prove little: every field differs from its default somewhere."""
    poor = {**_defaults(a_service()), **_defaults(an_organization())}
    filled = _differing(a_rich_directory())

    assert sorted(poor.keys() - filled) == []


def _defaults(value):
    return {(type(value).__name__, field.name): True for field in fields(value) if field.name not in ("slug", "name")}


def _differing(value):
    found = set()
    if isinstance(value, tuple):
        for item in value:
            found |= _differing(item)
    elif is_dataclass(value):
        for field in fields(value):
            given = getattr(value, field.name)
            if given != field.default:
                found.add((type(value).__name__, field.name))
            found |= _differing(given)
    return found


def test_the_order_of_records_does_not_matter(store):
    """A directory is sorted by slug, whatever a database thinks of letters and digits."""
    names = ["xo-b", "xo-a-1", "xo-a", "xo-a1"]
    store.load_directory(a_directory(*(an_organization(slug=n) for n in names)), by="a steward", reason="load")

    assert [o.slug for o in store.read_directory().organizations] == sorted(names)


def test_the_order_of_services_is_kept(store):
    """Within an organization the order is that of the file."""
    services = tuple(a_service(slug=slug) for slug in ("xs-3", "xs-1", "xs-2"))
    store.load_directory(a_directory(an_organization(services=services)), by="a steward", reason="load")

    assert store.read_directory().organizations[0].services == services


def test_loading_again_changes_nothing(filled, database_url):
    """No row, no revision: a restart is not a change."""
    before = rows(database_url, "select count(*) as n from change")

    assert filled.load_directory(a_rich_directory(), by="somebody else", reason="again") == 1
    assert rows(database_url, "select count(*) as n from change") == before
    assert filled.revision() == 1


def test_the_same_moment_in_another_zone_is_no_change(filled):
    """An instant is an instant, however it is written."""
    there = a_shelter().capacity_as_of.astimezone(timezone(timedelta(hours=5)))

    same = with_service(a_rich_directory(), SHELTER, capacity_as_of=there)
    assert filled.load_directory(same, by="x", reason="y") == 1


def test_every_record_has_a_change_row(filled, database_url):
    """DESIGN 3: what, before, after, who, when."""
    made = rows(database_url, "select * from change order by number")

    assert [(row["kind"], row["slug"]) for row in made] == [
        ("organization", "xa-moth"), ("organization", "xb-owl"), ("service", SHELTER), ("service", LINE),
        ("link", "xl-1"), ("link", "xl-2"), ("return_reception", "xr-1"), ("hotline", "xh-1"), ("hotline", "xh-2"),
        ("cross_border_fact", "xx-1"),
    ]  # fmt: skip
    assert {(row["by"], row["reason"], row["action"], row["revision"]) for row in made} == {
        ("a steward", "first load", "created", 1)
    }
    assert all(document(row["before"]) is None for row in made)
    assert document(made[2]["after"])["free_places"] == 2


def test_a_change_row_tells_before_and_after(filled, database_url):
    """One record changed, one row, one revision."""
    changed = with_service(a_rich_directory(), SHELTER, status=ServiceStatus.DEFUNCT, weekly=None, languages=("tg",))

    assert filled.load_directory(changed, by="a steward", reason="it closed") == 2
    assert filled.read_directory() == without_sealed(changed)
    (row,) = rows(database_url, "select * from change where revision = 2")
    assert (row["kind"], row["slug"], row["action"], row["reason"]) == ("service", SHELTER, "changed", "it closed")
    assert document(row["before"])["status"] == "temporarily closed"
    assert document(row["after"])["status"] == "defunct"


def test_a_missing_record_is_removed_and_leaves_a_tombstone(filled, database_url):
    """DESIGN 3: deletions leave tombstones; parts and sealed contacts do not stay."""
    owl = a_directory(an_organization(slug="xb-owl"))
    filled.load_directory(owl, by="a steward", reason="gone")

    assert filled.read_directory() == owl
    removed = rows(database_url, "select slug, after from change where action = 'removed'")
    gone = {"xa-moth", SHELTER, LINE, "xl-1", "xl-2", "xr-1", "xh-1", "xh-2", "xx-1"}
    assert {row["slug"] for row in removed} == gone
    assert all(document(row["after"]) is None for row in removed)
    assert rows(database_url, f"select slug from service where removed_at is not null and slug = '{SHELTER}'")
    for table in ("contact", "sealed_contact"):
        assert rows(database_url, f"select count(*) as n from {table}") == [{"n": 0}], table
    with pytest.raises(NotFound):
        filled.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="x", reason=AccessReason.UPKEEP)


def test_a_removed_record_can_come_back(filled):
    """With the id it had; the register says the same as before."""
    filled.load_directory(a_directory(), by="a steward", reason="gone")
    filled.load_directory(a_rich_directory(), by="a steward", reason="back")

    assert filled.read_directory() == without_sealed(a_rich_directory())
    assert filled.revision() == 3
    assert filled.verify_chain() == ()


def test_a_service_can_move_to_another_organization(filled):
    """It is the same service: same slug, same id."""
    moth, owl = a_rich_directory().organizations
    moved = replace(
        a_rich_directory(),
        organizations=(replace(moth, services=moth.services[1:]), replace(owl, services=moth.services[:1])),
    )
    filled.load_directory(moved, by="a steward", reason="taken over")

    assert filled.read_directory() == without_sealed(moved)


@pytest.mark.parametrize(
    ("directory", "code"),
    [
        (with_link(from_organization="xb-none", to=LINE), "unknown-slug"),
        (with_link(from_organization="xb-owl", to="xa-moth"), "unknown-slug"),
        (a_directory(an_organization(), an_organization()), "duplicate-slug"),
    ],
    ids=["unknown sender", "a link to an organization", "a slug twice"],
)
def test_a_directory_with_holes_is_refused_whole(filled, directory, code):
    """All or nothing: the register still says what it said."""
    with pytest.raises(FaultyData) as refused:
        filled.load_directory(directory, by="a steward", reason="x")

    assert {fault.code for fault in refused.value.faults} == {code}
    assert filled.read_directory() == without_sealed(a_rich_directory())
    assert filled.revision() == 1


def test_a_load_that_breaks_leaves_nothing_behind(filled):
    """A reader never sees half a directory."""
    broken = with_service(a_rich_directory(), LINE, response_minutes=None)
    with pytest.raises(Exception, match=r"NULL|null"):
        filled.load_directory(broken, by="a steward", reason="x")

    assert filled.read_directory() == without_sealed(a_rich_directory())
    assert filled.revision() == 1
    assert filled.verify_chain() == ()


def test_ids_come_from_slugs(filled, database_url):
    """The same record has the same id in every register."""
    (row,) = rows(database_url, f"select id from service where slug = '{SHELTER}'")

    assert str(row["id"]).replace("-", "") == id_of("service", SHELTER).hex
    assert str(id_of("service", "xa-moth-bed")) == "934ef724-174c-56e2-bfd3-89984e22ee3f"


def test_an_empty_register_is_an_empty_directory(store):
    """And its revision is 0."""
    assert store.read_directory() == a_directory()
    assert store.revision() == 0
    assert store.list_quarantined() == frozenset()


def test_a_verification_is_told_back(filled, database_url):
    """A steward's call turns a listed record into a verified one."""
    filled.verify(LINE, method="phone", role="steward", by="key 1", on=date(2026, 11, 23))

    assert service(filled, LINE).verification == Verification(on=date(2026, 11, 23), method="phone", role="steward")
    assert filled.revision() == 2
    (row,) = rows(database_url, "select * from change where revision = 2")
    assert (row["kind"], row["slug"], row["action"], row["by"]) == ("service", LINE, "verified", "key 1")
    assert document(row["before"])["verification"]["on"] is None
    assert document(row["after"])["verification"]["on"] == "2026-11-23"


def test_a_recorded_verification_survives_the_next_load(filled):
    """A restart must not undo a telephone call."""
    filled.verify(LINE, method="phone", role="steward", by="key 1", on=date(2026, 11, 23))

    assert filled.load_directory(a_rich_directory(), by="a steward", reason="restart") == 2
    assert service(filled, LINE).verification.on == date(2026, 11, 23)


@pytest.mark.parametrize(("on", "shown"), [(date(2026, 2, 28), date(2026, 3, 1)), (date(2026, 3, 2), date(2026, 3, 2))])
def test_the_later_of_two_verifications_counts(filled, on, shown):
    """The directory says 1 March 2026."""
    filled.verify(SHELTER, method="visit", role="steward", by="key 1", on=on)

    assert service(filled, SHELTER).verification.on == shown


def test_a_verification_of_tomorrow_counts_only_where_tomorrow_has_begun(filled):
    """One day ahead of UTC exists east of us, two do not."""
    filled.verify(LINE, method="phone", role="steward", by="key 1", on=NOW.date() + timedelta(days=1))
    with pytest.raises(FaultyData):
        filled.verify(LINE, method="phone", role="steward", by="key 1", on=NOW.date() + timedelta(days=2))

    assert filled.revision() == 2


def test_a_report_of_capacity_is_told_back_and_survives_the_next_load(filled):
    """H20 reads it with its moment."""
    as_of = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    filled.record_capacity(SHELTER, Capacity.FULL, 0, as_of, "key 1")
    filled.load_directory(a_rich_directory(), by="a steward", reason="restart")

    found = service(filled, SHELTER)
    assert (found.capacity, found.free_places, found.capacity_as_of) == (Capacity.FULL, 0, as_of)
    assert filled.revision() == 2


def test_a_later_directory_overrules_an_older_report(filled):
    """The later word counts, whoever says it."""
    filled.record_capacity(SHELTER, Capacity.FULL, 0, datetime(2026, 11, 21, tzinfo=UTC), "key 1")
    later = {"capacity": Capacity.OPEN, "free_places": 4, "capacity_as_of": datetime(2026, 11, 22, tzinfo=UTC)}
    filled.load_directory(with_service(a_rich_directory(), SHELTER, **later), by="a steward", reason="new")

    assert service(filled, SHELTER).capacity is Capacity.OPEN


@pytest.mark.parametrize(
    ("free_places", "as_of", "code"),
    [
        (1, datetime(2026, 11, 23, 9, 0), "no-time-zone"),
        (1, NOW + timedelta(minutes=6), "in-the-future"),
        (-1, NOW, "negative"),
        (1, NOW - timedelta(hours=2), "older-report"),
    ],
)
def test_a_report_that_can_not_be_is_refused(filled, free_places, as_of, code):
    """And nothing changes."""
    filled.record_capacity(SHELTER, Capacity.FULL, 0, NOW - timedelta(hours=1), "key 1")
    with pytest.raises(FaultyData) as refused:
        filled.record_capacity(SHELTER, Capacity.OPEN, free_places, as_of, "key 1")

    assert [fault.code for fault in refused.value.faults] == [code]
    assert service(filled, SHELTER).capacity is Capacity.FULL
    assert filled.revision() == 2


def test_quarantine_holds_until_it_is_lifted(filled):
    """H18: also over a load, and over a removal."""
    filled.quarantine(SHELTER, by="key 1", reason="an allegation")
    assert filled.list_quarantined() == {SHELTER}
    filled.load_directory(a_directory(), by="a steward", reason="gone")
    filled.load_directory(a_rich_directory(), by="a steward", reason="back")
    assert filled.read_published().quarantined == {SHELTER}

    filled.lift(SHELTER, by="key 2", reason="unfounded")
    assert filled.list_quarantined() == frozenset()
    assert filled.revision() == 5


def test_what_is_published_is_of_one_moment(filled):
    """Revision, directory and quarantine belong together."""
    filled.quarantine(LINE, by="key 1", reason="x")
    published = filled.read_published()

    assert (published.revision, published.quarantined) == (2, {LINE})
    assert published.directory == filled.read_directory()


def test_an_unknown_service_is_not_found(filled):
    """Whatever the text; the slug of an organization is none of a service."""
    for slug in ("xa-none", "", "xa-moth", "a\x00b", "\ud800", "x" * 10_000):
        with pytest.raises(NotFound):
            filled.verify(slug, method="phone", role="steward", by="key 1", on=NOW.date())
        with pytest.raises(NotFound):
            filled.record_capacity(slug, Capacity.OPEN, 1, NOW, "key 1")
        with pytest.raises(NotFound):
            filled.quarantine(slug, by="key 1", reason="x")
        with pytest.raises(NotFound):
            filled.lift(slug, by="key 1", reason="x")
        for tier in Visibility:
            with pytest.raises(NotFound):
                filled.contact_card(slug, tier=tier, reader="key 1", reason=AccessReason.HANDOVER)
        assert filled.revision() == 1


@pytest.mark.parametrize(
    ("tier", "kinds"),
    [
        (Visibility.PUBLIC, ["phone"]),
        (Visibility.NETWORK, ["phone", "email"]),
        (Visibility.RESTRICTED, ["address", "phone", "phone", "email"]),
    ],
)
def test_a_tier_sees_its_contacts_and_those_below(filled, tier, kinds):
    """H15; in the order of the file."""
    card = filled.contact_card(SHELTER, tier=tier, reader="key 1", reason=AccessReason.HANDOVER)

    assert [contact.kind for contact in card] == kinds
    assert [c for c in a_shelter().contacts if c in card] == list(card)


def test_only_a_sealed_reading_is_on_record(filled, database_url):
    """Who, which record, which reason, when; a service without sealed contacts reveals nothing."""
    for tier in Visibility:
        for slug in (SHELTER, LINE):
            filled.contact_card(slug, tier=tier, reader="rk 1", reason=AccessReason.EMERGENCY)

    (row,) = rows(database_url, "select * from access_record")
    assert (row["number"], row["reader"], row["slug"], row["reason"]) == (1, "rk 1", SHELTER, "emergency")
    assert filled.revision() == 1


def test_a_reason_in_words_is_refused_and_not_repeated(filled):
    """Nobody writes a person's story into the record of readings."""
    with pytest.raises(ValueError, match="listed reasons") as refused:
        filled.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="rk 1", reason="Testova fled at night")

    assert "Testova" not in str(refused.value)


def test_an_address_is_sealed_even_when_it_is_called_public(store, database_url):
    """A slip of the pen in a file does not show a door."""
    slip = a_service(contacts=(Contact(kind="address", value="1 Slip Street"),))
    store.load_directory(a_directory(an_organization(services=(slip,))), by="a steward", reason="load")

    assert store.contact_card(LINE, tier=Visibility.NETWORK, reader="rk", reason=AccessReason.HANDOVER) == ()
    (found,) = store.contact_card(LINE, tier=Visibility.RESTRICTED, reader="rk", reason=AccessReason.HANDOVER)
    assert found == Contact(kind="address", value="1 Slip Street", visibility=Visibility.RESTRICTED)
    assert "Slip Street" not in everything_in(database_url)


def everything_in(url):
    """Every value of every table as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = [str(tuple(row)) for table in tables for row in connection.execute(text(f'select * from "{table}"'))]
    engine.dispose()
    assert set(tables) == {*METADATA.tables, "alembic_version"}
    return "\n".join(found)


def test_nothing_restricted_is_in_clear_anywhere(filled, database_url):
    """Through a load, a change, a reading and a removal."""
    hidden_no_more = Contact(kind="phone", value="+000 555 0111", visibility=Visibility.RESTRICTED)
    filled.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="rk", reason=AccessReason.HANDOVER)
    filled.load_directory(with_service(a_rich_directory(), SHELTER, contacts=(hidden_no_more,)), by="x", reason="y")
    everything = everything_in(database_url)
    filled.load_directory(a_directory(), by="x", reason="y")
    everything += everything_in(database_url)

    assert "+000 555 0100" in everything, "the search finds what is open"
    assert [text for text in (*HIDDEN, hidden_no_more.value) if text in everything] == []


def test_a_changed_restricted_contact_is_a_change(filled, database_url):
    """The change row shows that it changed, by a keyed mark, and not how."""
    moved = tuple(replace(c, value="2 Moonless Lane") if c.kind == "address" else c for c in a_shelter().contacts)
    filled.load_directory(with_service(a_rich_directory(), SHELTER, contacts=moved), by="x", reason="moved")

    (row,) = rows(database_url, "select * from change where revision = 2")
    before, after = document(row["before"]), document(row["after"])
    assert {name for name in after if before[name] != after[name]} == {"sealed"}
    card = filled.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="rk", reason=AccessReason.HANDOVER)
    assert card[0].value == "2 Moonless Lane"


def test_hotlines_come_by_country(filled):
    """By country and slug; an unknown country has none."""
    assert [h.slug for h in filled.list_hotlines()] == ["xh-2", "xh-1"]
    assert [h.slug for h in filled.list_hotlines("UZ")] == ["xh-1"]
    assert filled.list_hotlines("X\x00") == ()


def in_two_processes(work, url, *jobs):
    """Exit codes of processes that do the work at the same time."""
    spawn = get_context("spawn")
    workers = [spawn.Process(target=work, args=(url,), kwargs=job) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return [worker.exitcode for worker in workers]


def test_two_processes_write_at_once(filled, database_url):
    """Both succeed, every change counts once, both chains hold."""
    times = 12
    jobs = [{"reader": f"worker {number}", "times": times} for number in (1, 2)]

    assert in_two_processes(report_many, database_url, *jobs) == [0, 0]
    assert filled.revision() == 1 + 2 * 2 * times
    assert rows(database_url, "select count(*) as n from access_record") == [{"n": 2 * times}]
    assert filled.verify_chain() == ()


def test_two_processes_create_one_register(empty_url):
    """Two workers that start on an empty database at the same time both find it ready."""
    assert in_two_processes(create_register, empty_url, {}, {}) == [0, 0]

    store = a_store(empty_url, create=False)
    assert store.revision() == 0
    store.close()


def test_threads_share_one_store(filled):
    """The web server reads and writes from its thread pool."""
    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            pool.submit(filled.quarantine, LINE, by="t", reason="x")
        seen = list(pool.map(lambda _: filled.read_published(), range(20)))

    assert filled.revision() == 11
    assert {p.directory for p in seen} == {without_sealed(a_rich_directory())}
    assert all(p.quarantined == ({LINE} if p.revision > 1 else set()) for p in seen)


def test_a_register_in_memory_is_shared_by_threads():
    """For tests and for a quick look: no file, one database."""
    store = a_store("sqlite://")
    store.load_directory(a_rich_directory(), by="x", reason="y")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.record_capacity(LINE, Capacity.OPEN, n, NOW, "t"), range(8)))

    assert store.revision() == 9
    assert store.verify_chain() == ()
    store.close()


def test_a_reader_sees_one_state_while_another_writes(filled, database_url):
    """A transaction of reading does not see what is committed after it began."""
    other = a_store(database_url, create=False)
    with filled._database.reading() as session:
        count = text("select revision from register_state")
        first = session.connection().execute(count).scalar_one()
        other.quarantine(LINE, by="x", reason="y")
        second = session.connection().execute(count).scalar_one()
    other.close()

    assert (first, second, filled.revision()) == (1, 1, 2)


def test_a_few_hundred_services_are_read_quickly(store):
    """The snapshot of the desk is built from this. The limit is ten times what it takes on a slow machine."""
    store.load_directory(a_large_directory(300), by="x", reason="y")
    started = time.perf_counter()
    directory = store.read_directory()
    seconds = time.perf_counter() - started

    assert sum(len(o.services) for o in directory.organizations) == 300
    assert seconds < 1.5


def test_faults_of_the_database_show_no_values(filled):
    """Parameters of a statement can be a contact or a key."""
    broken = with_service(a_rich_directory(), LINE, eligibility_said="SECRETWORD", name=None)
    with pytest.raises(Exception, match=r"NULL|null") as failed:
        filled.load_directory(broken, by="a steward", reason="x")

    assert "[SQL parameters hidden" in str(failed.value)


def test_only_two_kinds_of_databases_are_taken():
    """And the message names both."""
    with pytest.raises(ValueError, match=r"sqlite.*postgresql"):
        Database("mysql://x/y")


def test_threads_with_registers_of_their_own_lose_no_update(filled, database_url):
    """As workers have: loads, reports and quarantines queue, and every one of them is on record."""

    def work(number):
        own = a_store(database_url, create=False)
        own.record_capacity(SHELTER, Capacity.OPEN, number, NOW, "t")
        own.load_directory(
            with_service(a_rich_directory(), LINE, name=f"Line {number}"), by="t", reason=f"load {number}"
        )
        own.quarantine(LINE, by="t", reason=f"doubt {number}")
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    reasons = {row["reason"] for row in rows(database_url, "select reason from change where revision > 1")}
    assert reasons == {"capacity report", *(f"{what} {n}" for what in ("load", "doubt") for n in range(4))}
    assert filled.revision() == 1 + 3 * 4
    assert filled.verify_chain() == ()
