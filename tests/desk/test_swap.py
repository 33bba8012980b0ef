"""Publishing while people are being answered, over a real register in a file: no request fails, none waits for long."""

import threading
from dataclasses import replace

import pytest

from app.desk import Desk
from app.domain.errors import Busy
from app.domain.plan import Outcome
from app.main import open_store, read_reference
from app.registry.cards import Entries
from app.settings import Settings
from tests.desk.test_desk import DATA, NOW, POLICY, SECRET, a_person, a_service, an_organization, load, ways

LONG = 60.0
"""Longer than any test may take."""


class Slow(Desk):
    """Builds its first snapshot at once; every later one waits until it is let through."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.built = 0

    def _build(self):
        self.built += 1
        made = super()._build()
        if self.built > 1:
            self.begun.set()
            assert self.gate.wait(LONG)
        return made


@pytest.fixture(scope="module")
def reference():
    return read_reference(DATA)


@pytest.fixture
def store(database_url):
    opened = open_store(Settings(database_url=database_url, data_folder=DATA, seal_key=SECRET, pepper=SECRET[::-1]))
    load(opened, *three_houses())
    yield opened
    opened.close()


@pytest.fixture
def desk(store, reference):
    made = Slow(store, reference, policy=POLICY, clock=lambda: NOW, patience_seconds=0.0)
    made.ready()
    yield made
    made.gate.set()
    made.close()


def three_houses(**given):
    return [an_organization(a_service(slug=f"x{i}.bed", **given), slug=f"x{i}", name=f"House {i}") for i in "abc"]


def named(reply):
    """Every point that an answer names."""
    return set(reply.cards)


def test_publishing_while_requests_run_fails_none_and_stops_none(store, desk):
    """Issue 3: quarantine at the next request, the old revision told, the new facts once they are built."""
    before = desk.plan(a_person())
    assert named(before) == {"xa.bed", "xb.bed", "xc.bed"}
    store.quarantine("xa.bed", by="a steward", reason="doubt")
    load(store, *three_houses(name="Renamed bed"))

    stop, replies, errors = threading.Event(), [], []

    def ask():
        try:
            while not stop.is_set():
                replies.append(desk.plan(a_person()))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert desk.begun.wait(LONG)
    during = [desk.plan(a_person()) for _ in range(2)]
    stop.set()
    for thread in threads:
        thread.join()

    assert not errors
    assert {reply.versions.data for reply in [*replies, *during]} == {before.versions.data}
    assert all(named(reply) == {"xb.bed", "xc.bed"} for reply in [*replies, *during])
    assert during[0].cards["xb.bed"].service_name == "Renamed bed", "cards are looked up, and as new as can be"

    desk.gate.set()
    desk.close()
    after = desk.plan(a_person())
    assert after.versions.data == str(store.revision())
    assert named(after) == {"xb.bed", "xc.bed"}
    assert desk.built == 2


def test_what_was_removed_is_not_offered_while_the_new_snapshot_is_built(store, desk):
    """The answer is made anew without it, on the snapshot that is there."""
    house_a, house_b, _ = three_houses()
    load(store, house_a, house_b)
    reply = desk.plan(a_person())

    assert named(reply) == {"xa.bed", "xb.bed"}
    assert int(reply.versions.data) < store.revision()


def test_with_everything_removed_there_is_no_route(store, desk):
    load(store, an_organization(slug="xd"))

    assert desk.plan(a_person()).plan.outcome is Outcome.NO_SAFE_ROUTE


def test_a_register_that_keeps_moving_under_an_answer_is_busy(store, reference):
    """Bounded: nobody is kept waiting for ever."""
    load(store, *(an_organization(a_service(slug=f"x{i:02}.bed"), slug=f"x{i:02}") for i in range(20)))

    class Forgetful:
        """The register, from which whatever is named disappears before it is looked up."""

        def __getattr__(self, name):
            return getattr(store, name)

        def read_entries(self, **asked):
            return (
                replace(store.read_entries(**asked), points={})
                if asked["points"]
                else Entries(points={}, organizations={})
            )

    with pytest.raises(Busy):
        Desk(Forgetful(), reference, policy=POLICY, clock=lambda: NOW).plan(a_person())


def test_a_snapshot_that_cannot_be_built_is_told_and_nobody_notices(store, reference):
    """Exceptions of the thread are not lost; the next request tries again."""
    told = []

    class Broken(Desk):
        broken = False

        def _build(self):
            if Broken.broken:
                raise OSError("not to be repeated")
            return super()._build()

    desk = Broken(
        store,
        reference,
        policy=POLICY,
        clock=lambda: NOW,
        patience_seconds=60,
        tell=lambda event, **fields: told.append((event, fields)),
    )
    before = desk.plan(a_person())
    Broken.broken = True
    store.quarantine("xa.bed", by="a steward", reason="doubt")
    during = desk.plan(a_person())
    Broken.broken = False
    after = desk.plan(a_person())

    assert ways(before)[0] == ["xa.bed"]
    assert named(during) == named(after) == {"xb.bed", "xc.bed"}
    assert [event for event, _ in told] == ["snapshot-built", "snapshot-failed", "snapshot-built"]
    assert isinstance(told[1][1]["error"], OSError)
    assert int(after.versions.data) == int(before.versions.data) + 1
