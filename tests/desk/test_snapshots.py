"""A newer snapshot takes its place beside the requests: nobody waits for long, and quarantine acts at once."""

import threading
from dataclasses import dataclass, field
from types import MappingProxyType

import pytest

from app.desk.snapshots import Snapshot, Snapshots
from app.domain.errors import DatabaseAway
from app.routing import build_network
from tests.routing.people import a_point

LONG = 60.0
"""Longer than any test may take: whoever waits this out hangs."""


@dataclass
class Register:
    """A register of which only the revision and the quarantines are looked at."""

    number: int = 1
    quarantined: frozenset[str] = frozenset()
    looks: int = 0
    is_away: bool = False

    def revision(self):
        if self.is_away:
            raise DatabaseAway("away")
        return self.number

    def quarantine_changes(self, *, since):
        self.looks += 1
        return {slug: slug in self.quarantined for slug in ("xa.one", "xa.two", "zz.removed")}


@dataclass
class Builder:
    """Builds a snapshot of two points; from `gate` on it waits until it is let through, and may fail."""

    register: Register
    built: int = 0
    error: Exception | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    seconds: float = 0.0

    def __post_init__(self):
        self.gate.set()

    def hold(self):
        """The next building waits."""
        self.begun.clear()
        self.gate.clear()

    def __call__(self):
        self.built += 1
        revision = self.register.revision()
        self.begun.set()
        assert self.gate.wait(LONG)
        if self.error:
            raise self.error
        Builder.now += self.seconds
        return a_snapshot(revision, quarantined=self.register.quarantined)


Builder.now = 0.0


def a_snapshot(revision, quarantined=frozenset()):
    """Two points, of whom these are in quarantine."""
    points = [a_point(slug=slug, quarantined=slug in quarantined) for slug in ("xa.one", "xa.two")]
    network = build_network(points, links=(), receptions=(), places=(), crossings=(), pathways={})
    return Snapshot(revision=revision, network=network, lines=(), zones=MappingProxyType({}))


def out_of_routes(snapshot):
    """Slugs of the points in quarantine."""
    rows = {slug: snapshot.network.row_of(slug) for slug in ("xa.one", "xa.two")}
    return {slug for slug, row in rows.items() if snapshot.network.columns.quarantined[row]}


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def build(register):
    return Builder(register)


@pytest.fixture
def told():
    """What was told, as event and fields."""
    return []


@pytest.fixture
def snapshots(register, build, told):
    """Snapshots for which requests wait as long as it takes."""
    return the_snapshots(register, build, told, patience=LONG)


def the_snapshots(register, build, told, *, patience, clock=lambda: 0.0):
    return Snapshots(
        register, build, patience_seconds=patience, away_seconds=LONG, clock=clock,
        tell=lambda event, **fields: told.append((event, fields)),
    )  # fmt: skip


def test_a_snapshot_is_kept_as_long_as_the_revision_stays(snapshots, build, register):
    assert snapshots.current() is snapshots.current()
    register.number = 2
    assert snapshots.current().revision == 2
    assert (build.built, register.looks) == (2, 0)


def test_the_first_snapshot_is_waited_for_and_its_faults_are_raised(register, build, told):
    build.error = ValueError()
    snapshots = the_snapshots(register, build, told, patience=0.0)
    with pytest.raises(ValueError):
        snapshots.current()
    build.error = None
    assert snapshots.current().revision == 1


def test_nobody_waits_longer_than_the_patience(register, build, told):
    """The one before it serves, and says so by its revision."""
    snapshots = the_snapshots(register, build, told, patience=0.01)
    first = snapshots.current()
    build.hold()
    register.number = 2
    for _ in range(3):
        assert snapshots.current().revision == first.revision
    build.gate.set()
    snapshots.close()
    assert snapshots.current().revision == 2
    assert build.built == 2


def test_quarantine_acts_at_the_next_request_while_the_new_one_is_built(register, build, told):
    """H18: and so does lifting it. Looked up once a revision."""
    snapshots = the_snapshots(register, build, told, patience=0.0)
    assert out_of_routes(snapshots.current()) == set()
    build.hold()
    for number, slugs in ((2, {"xa.one"}), (3, {"xa.one", "xa.two", "zz.removed"}), (4, {"xa.two"}), (5, set())):
        register.number, register.quarantined = number, frozenset(slugs)
        for _ in range(3):
            current = snapshots.current()
            assert out_of_routes(current) == slugs - {"zz.removed"}
            assert current.revision == 1
    assert (build.built, register.looks) == (2, 4)
    build.gate.set()


def test_the_snapshot_itself_is_not_changed(register, build, told):
    """Requests in flight keep the one they began with."""
    snapshots = the_snapshots(register, build, told, patience=0.0)
    first = snapshots.current()
    build.hold()
    register.number, register.quarantined = 2, frozenset({"xa.one"})
    assert out_of_routes(snapshots.current()) == {"xa.one"}
    assert out_of_routes(first) == set()
    build.gate.set()


def test_nobody_waits_when_the_last_building_took_longer_than_the_patience(register, build, told):
    """A large register is swapped without a pause."""
    Builder.now, build.seconds = 0.0, LONG + 1
    snapshots = the_snapshots(register, build, told, patience=LONG, clock=lambda: Builder.now)
    snapshots.current()
    build.hold()
    register.number = 2
    assert snapshots.current().revision == 1
    build.gate.set()
    snapshots.close()
    assert snapshots.current().revision == 2


def test_everybody_waits_for_the_same_building(snapshots, build, register):
    snapshots.current()
    build.hold()
    register.number = 2
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(snapshots.current().revision)) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert build.begun.wait(LONG)
    build.gate.set()
    for thread in threads:
        thread.join()
    assert (seen, build.built) == ([2] * 8, 2)


def test_what_was_published_after_a_building_began_is_built_again(snapshots, build, register):
    """A request never takes a snapshot of before it came for the newest one."""
    snapshots.current()
    build.hold()
    register.number = 2
    early = threading.Thread(target=snapshots.current)
    early.start()
    assert build.begun.wait(LONG)
    register.number = 3
    seen = []
    late = threading.Thread(target=lambda: seen.append(snapshots.current().revision))
    late.start()
    build.gate.set()
    for thread in (early, late):
        thread.join()
    assert (seen, build.built) == ([3], 3)


def test_a_building_that_fails_is_told_and_tried_again(snapshots, build, register, told):
    """The request that waited for it goes on with the one before, without what is in quarantine."""
    snapshots.current()
    build.error = ValueError("not to be repeated")
    register.number, register.quarantined = 2, frozenset({"xa.one"})
    for _ in range(2):
        current = snapshots.current()
        assert (current.revision, out_of_routes(current)) == (1, {"xa.one"})
    failures = [fields["error"] for event, fields in told if event == "snapshot-failed"]
    assert failures == [build.error] * 2

    build.error = None
    assert snapshots.current().revision == 2
    assert [fields["revision"] for event, fields in told if event == "snapshot-built"] == ["1", "2"]


def test_a_register_that_went_back_is_followed(snapshots, register):
    """A restored backup has a smaller revision."""
    register.number = 7
    assert snapshots.current().revision == 7
    register.number = 3
    assert snapshots.current().revision == 3


def test_points_that_are_gone_come_on_top_of_those_in_quarantine():
    snapshot = a_snapshot(1, quarantined={"xa.one"})
    assert out_of_routes(snapshot.without({"xa.two", "zz.removed"})) == {"xa.one", "xa.two"}
    assert out_of_routes(snapshot.with_changes({"xa.two": True, "xa.one": False})) == {"xa.two"}
    assert out_of_routes(snapshot) == {"xa.one"}


def test_while_the_database_is_away_the_last_snapshot_serves_and_says_so(snapshots, register, told):
    first = snapshots.current()
    register.is_away = True
    for _ in range(2):
        current = snapshots.current()
        assert (current.revision, current.is_last_known) == (first.revision, True)
    with pytest.raises(DatabaseAway):
        snapshots.follow()
    register.is_away = False
    assert snapshots.current() is first
    assert [event for event, _ in told] == ["snapshot-built", "database-away", "database-back"]


def test_it_serves_for_so_long_and_no_longer(register, build, told):
    """Nobody is routed by what may be a day old."""
    now = [0.0]
    snapshots = the_snapshots(register, build, told, patience=0.0, clock=lambda: now[0])
    snapshots.current()
    register.is_away, now[0] = True, LONG
    assert snapshots.current().is_last_known
    now[0] += 0.1
    with pytest.raises(DatabaseAway):
        snapshots.current()


def test_without_a_snapshot_there_is_nothing_to_serve(snapshots, register):
    register.is_away = True
    with pytest.raises(DatabaseAway):
        snapshots.current()


def test_quarantines_of_the_last_moment_hold_while_the_database_is_away(register, build, told):
    """H18: as they were known; and where something came after, of which nothing is known, there is no answer."""
    snapshots = the_snapshots(register, build, told, patience=0.0)
    snapshots.current()
    build.hold()
    register.number, register.quarantined = 2, frozenset({"xa.one"})
    snapshots.current()
    register.is_away = True
    assert out_of_routes(snapshots.current()) == {"xa.one"}
    register.is_away, register.number = False, 3
    snapshots.follow()
    register.is_away = True
    with pytest.raises(DatabaseAway):
        snapshots.current()
    build.gate.set()


def test_following_builds_without_anybody_waiting(snapshots, build, register):
    snapshots.current()
    build.hold()
    register.number = 2
    snapshots.follow()
    assert build.begun.wait(LONG)
    build.gate.set()
    snapshots.close()
    assert (snapshots.current().revision, build.built) == (2, 2)
