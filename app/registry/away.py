"""When the database is away: which faults of the drivers say so, and what is done until it is back.

Whoever reads or writes while it cannot be reached gets `DatabaseAway`. A server that does not answer is tried again by
one at a time and not in every breath, so that requests do not queue up for a time-out of the network each.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from app.domain.errors import DatabaseAway

RETRY_SECONDS = 0.5
"""For so long after it failed a server is not asked again."""

_FILE_FAULTS = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
})  # fmt: skip
_SERVER_FAULTS = ("08", "53", "57P", "58")
"""SQLSTATE: connection, resources, shut down or starting, trouble of the system."""


def is_away(error: BaseException) -> bool:
    """Whether the error tells that the database cannot be used now, and nothing about the statement."""
    original = getattr(error, "orig", None)
    if isinstance(original, BaseException):
        return is_away(original)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _FILE_FAULTS
    names = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(error).__mro__}
    state = getattr(error, "sqlstate", None)
    lost = "psycopg.OperationalError" in names and (state is None or state.startswith(_SERVER_FAULTS))
    return lost or "sqlalchemy.TimeoutError" in names


@contextmanager
def told_away() -> Iterator[None]:
    """Nothing, unless the database is away.

    Raises:
        DatabaseAway: In place of the driver's fault, which may name the address.
    """
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise DatabaseAway("the database cannot be reached now") from None
        raise


class Reach:
    """Whether a server answers, as far as is known. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed_at: float | None = None
        self._is_tried = False

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What is done with the server.

        Raises:
            DatabaseAway: It does not answer, did not a moment ago, or somebody else is finding out.
        """
        is_trial = self._begun()
        try:
            with told_away():
                yield
        except DatabaseAway:
            self._failed_at = self._clock()
            raise
        else:
            self._failed_at = None
        finally:
            if is_trial:
                self._is_tried = False

    def _begun(self) -> bool:
        """Whether this is the one trial after a failure; `False` while the server answers."""
        with self._lock:
            if self._failed_at is None:
                return False
            if self._is_tried or self._clock() - self._failed_at < RETRY_SECONDS:
                raise DatabaseAway("the database could not be reached a moment ago")
            self._is_tried = True
            return True
