"""Bare connections to an SQLite file, without the mapper: what every request reads needs no more.

Importing and starting the mapper costs half a second; a server that only answers never does it, as long as its register
is a file. Registers in memory and on PostgreSQL are reached through `database` alone.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import CannotOpen, DatabaseAway
from app.registry.away import told_away

BUSY_MILLISECONDS = 5000
"""How long a writer on SQLite waits for another one."""

_FILE = re.compile(r"sqlite(?:\+pysqlite)?:///(?!:memory:|file:)([^?]+)")
_CANNOT_OPEN = (
    "the database cannot be opened; check REFERRAL_DATABASE_URL, that its server runs, that its driver is here"
)
_DRIVERS = frozenset({"sqlalchemy", "sqlite3", "psycopg"})


@contextmanager
def opening() -> Iterator[None]:
    """What goes wrong while a database is opened is told without its address, which may hold a password.

    Raises:
        CannotOpen: It cannot be reached, is no database, or no driver for it is installed.
    """
    try:
        yield
    except DatabaseAway:
        raise CannotOpen(_CANNOT_OPEN) from None
    except Exception as error:
        roots = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
        if not isinstance(error, ImportError | ValueError) and not roots & _DRIVERS:
            raise
        raise CannotOpen(_CANNOT_OPEN) from None


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at the path, whatever its content; `None` when none does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address; `None` for a database in memory, on a server, or with options of its own."""
    match = _FILE.fullmatch(url)
    return Path(match.group(1)) if match else None


class SqliteFile:
    """Connections to one file that is there already. Each is used by one thread at a time and kept for the next.

    A connection to a file that was moved away, or that another one took the place of, is not used any more.
    """

    def __init__(self, path: Path) -> None:
        # A connection outlives a change of the working folder.
        self._path = path.absolute()
        self._address = f"{self._path.as_uri()}?mode=rw"
        self._idle: list[tuple[tuple[int, int] | None, sqlite3.Connection]] = []
        self._is_closed = False

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection, at rest again at the end; one on which something went wrong is not kept.

        Raises:
            DatabaseAway: The file is not there, cannot be read, or is no database.
        """
        with told_away():
            file, connection = self._taken()
        try:
            with told_away():
                yield connection
        except BaseException:
            connection.close()
            raise
        if connection.in_transaction:
            connection.rollback()
        if self._is_closed:
            connection.close()
        else:
            self._idle.append((file, connection))

    def close(self) -> None:
        """No connection is left open, as soon as those in use are given back."""
        self._is_closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop()[1].close()

    def _taken(self) -> tuple[tuple[int, int] | None, sqlite3.Connection]:
        """A connection to the file that stands there now, and which file that is."""
        here = identity(self._path)
        with suppress(IndexError):
            while True:
                file, kept = self._idle.pop()
                if file == here:
                    return file, kept
                kept.close()
        connection = sqlite3.connect(self._address, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
        return here, connection
