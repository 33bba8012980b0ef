"""The two ways to the database: a bare connection for light readings, and the tables with their mapper for the rest."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from app.domain.errors import DatabaseAway
from app.registry.driver import SqliteFile, sqlite_file
from app.registry.lookup import Looking, Lookup

if TYPE_CHECKING:
    from app.registry.database import Database

SCHEMA = "0004"
"""The last revision of the migrations, as the database keeps it; a database that has it needs no closer look."""

_SCHEMA = Lookup("select version_num from alembic_version")


class Connected:
    """Whatever is kept at one URL; connections are opened when somebody first needs one."""

    def __init__(self, url: str) -> None:
        self._url = url
        path = sqlite_file(url)
        self._file = SqliteFile(path) if path else None
        self._lock = Lock()
        self._opened: Database | None = None
        self._is_known = False

    def close(self) -> None:
        """No connection is left open."""
        if self._file is not None:
            self._file.close()
        if self._opened is not None:
            self._opened.close()

    def _is_there(self) -> None:
        """From here on a database that is missing is away, and not one to be made."""
        self._is_known = True
        if self._opened is not None:
            self._opened.must_exist = True

    @contextmanager
    def _looking(self, *, one_state: bool = False) -> Iterator[Looking]:
        """A bare connection for light readings; with `one_state`, they see one unmoving state of the register."""
        if self._file is not None:
            with self._file.connection() as connection:
                if one_state:
                    connection.execute("BEGIN")
                yield Looking(connection, "?")
        else:
            database = self._database
            with database.unmoving() if one_state else database.bare() as connection:
                yield Looking(connection, database.mark)

    def _has_schema(self) -> bool:
        """Whether the database surely is a register of this program; `False`: whoever asks has to look closer."""
        if self._file is None:
            return False
        try:
            with self._looking() as looking:
                return looking.rows(_SCHEMA) == [(SCHEMA,)]
        except (sqlite3.OperationalError, DatabaseAway):
            return False

    @property
    def _database(self) -> "Database":
        """The tables and their mapper, for all but light readings; imported and opened when first asked for."""
        with self._lock:
            if self._opened is None:
                from app.registry.database import Database

                self._opened = Database(self._url)
                self._opened.must_exist = self._is_known
            return self._opened
