"""The snapshot in use, and how a newer one takes its place: built beside the requests, which do not stop for it.

The first request that sees a newer revision starts the building. Requests wait for it up to a set time, counted from
its start, and then go on with the snapshot that is there; they do not wait at all when the last building took longer
than that. A quarantine acts at once all the same: it is looked up whenever the register is ahead of the snapshot.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from time import monotonic
from zoneinfo import ZoneInfo

from app.desk.lines import Line
from app.domain.errors import DatabaseAway, NotFound
from app.registry.store import Store
from app.routing import Network

_LAST_WAIT_SECONDS = 5.0
"""How long closing waits for a building that is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything of one revision that the desk holds in memory, immutable."""

    revision: int
    network: Network
    lines: tuple[Line, ...]
    zones: Mapping[str, ZoneInfo]
    """Of every place and service point, by name."""
    is_last_known: bool = False
    """Whether the database is away, so that nobody knows whether something newer is there."""

    def without(self, points: Collection[str]) -> "Snapshot":
        """The same, with these points out of all routes besides those that are so already."""
        return self.with_changes(dict.fromkeys(points, True))

    def with_changes(self, quarantines: Mapping[str, bool]) -> "Snapshot":
        """The same, with these points in quarantine (true) or out of it (false), as far as it has them."""
        column = self.network.columns.quarantined.copy()
        for point, is_quarantined in quarantines.items():
            with suppress(NotFound):
                column[self.network.row_of(point)] = is_quarantined
        columns = replace(self.network.columns, quarantined=column)
        return replace(self, network=replace(self.network, columns=columns))


@dataclass(slots=True)
class _Building:
    """A building under way. Nobody waits for it after `until`, on the monotonic clock."""

    until: float
    done: Event = field(default_factory=Event)
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _StandIn:
    """What serves while the register is at `revision` and a newer snapshot is not there yet."""

    revision: int
    of: Snapshot
    snapshot: Snapshot


class Snapshots:
    """See the module. Thread-safe."""

    def __init__(
        self,
        store: Store,
        build: Callable[[], Snapshot],
        *,
        patience_seconds: float,
        away_seconds: float = 0.0,
        tell: Callable[..., None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is built yet.

        Args:
            store: The register to follow.
            build: Makes a snapshot of the register as it is now.
            patience_seconds: How long a request waits for a newer snapshot.
            away_seconds: How long the last snapshot still serves after the database went away.
            tell: Told the event and its fields when a snapshot was built, or could not be, and when the database went
                away or is back.
            clock: Seconds that only grow.
        """
        self._store = store
        self._build = build
        self._patience = patience_seconds
        self._away_seconds = away_seconds
        self._tell = tell
        self._clock = clock
        self._lock = Lock()
        self._marking = Lock()
        self._held: Snapshot | None = None
        self._took = 0.0
        self._building: _Building | None = None
        self._stand_in: _StandIn | None = None
        self._seen = 0
        self._reached_at = clock()
        self._is_away = False

    def current(self) -> Snapshot:
        """The snapshot of the register's revision, or, when that is still being built, the one before it without what
        is in quarantine now. The first one of all is waited for, and its faults are raised. While the database is away
        it is the last one, which says so.

        Raises:
            DatabaseAway: It is, and there is none, or it has been away too long, or what went into quarantine last is
                not known.
        """
        try:
            revision, held = self._revision(), self._held
            if held is None:
                return self._first()
            return held if held.revision == revision else self._newer(revision, held)
        except DatabaseAway:
            return self._last_known()

    def follow(self) -> None:
        """A newer snapshot is being built if the register is ahead; nobody waits for it.

        Raises:
            DatabaseAway: The register cannot be reached.
        """
        revision, held = self._revision(), self._held
        if held is not None and held.revision != revision:
            self._started(held)

    def close(self) -> None:
        """A building under way is waited for a few seconds; what comes after is lost."""
        building = self._building
        if building is not None:
            building.done.wait(_LAST_WAIT_SECONDS)

    def _revision(self) -> int:
        """The register's revision, remembered as the last one seen."""
        try:
            revision = self._store.revision()
        except DatabaseAway:
            self._turned(is_away=True)
            raise
        self._seen, self._reached_at = revision, self._clock()
        self._turned(is_away=False)
        return revision

    def _turned(self, *, is_away: bool) -> None:
        """Tells when the database went away, and when it is back."""
        with self._lock:
            has_turned, self._is_away = self._is_away != is_away, is_away
        if has_turned:
            self._tell("database-away" if is_away else "database-back")

    def _last_known(self) -> Snapshot:
        """What serves while the database is away."""
        held, stand_in = self._held, self._stand_in
        if held is None or self._clock() - self._reached_at > self._away_seconds:
            raise DatabaseAway("the register has been out of reach for too long")
        if held.revision >= self._seen:
            return replace(held, is_last_known=True)
        if stand_in is not None and stand_in.of is held and stand_in.revision == self._seen:
            return replace(stand_in.snapshot, is_last_known=True)
        raise DatabaseAway("what went into quarantine last is not known")

    def _first(self) -> Snapshot:
        with self._lock:
            if self._held is None:
                self._held = self._made()
            return self._held

    def _newer(self, revision: int, held: Snapshot) -> Snapshot:
        """The snapshot of that revision or a later one if it is there in time, else a stand-in."""
        until = self._clock() + self._patience
        while held.revision != revision:
            building = self._started(held)
            if building is not None:
                is_done = building.done.wait(max(0.0, min(until, building.until) - self._clock()))
                if not is_done or building.failed:
                    return self._stood_in(revision, held)
            revision, held = self._revision(), self._held or held
            if self._clock() >= until and held.revision != revision:
                return self._stood_in(revision, held)
        return held

    def _started(self, held: Snapshot) -> _Building | None:
        """The building under way, started when there is none; `None` when the snapshot has been replaced meanwhile."""
        with self._lock:
            if self._held is not held:
                return None
            if self._building is None:
                patience = self._patience if self._took <= self._patience else 0.0
                self._building = _Building(until=self._clock() + patience)
                Thread(target=self._run, args=(self._building,), name="snapshot", daemon=True).start()
            return self._building

    def _run(self, building: _Building) -> None:
        made = None
        try:
            made = self._made()
        except Exception as error:
            # Nobody waits here to be told; the next request that sees the newer revision tries again.
            building.failed = True
            self._tell("snapshot-failed", error=error)
        finally:
            with self._lock:
                self._held, self._building = made or self._held, None
            building.done.set()

    def _made(self) -> Snapshot:
        begun = self._clock()
        made = self._build()
        self._took = self._clock() - begun
        self._tell(
            "snapshot-built",
            revision=str(made.revision),
            points=made.network.columns.rows,
            duration_ms=round(self._took * 1000),
        )
        return made

    def _stood_in(self, revision: int, held: Snapshot) -> Snapshot:
        """The snapshot with the quarantines of now; looked up once a revision."""
        with self._marking:
            kept = self._stand_in
            if kept is None or kept.revision != revision or kept.of is not held:
                made = held.with_changes(self._store.quarantine_changes(since=held.revision))
                kept = self._stand_in = _StandIn(revision=revision, of=held, snapshot=made)
            return kept.snapshot
