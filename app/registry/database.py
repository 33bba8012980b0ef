"""Connections, transactions and the schema version, alike for SQLite and PostgreSQL.

A reading transaction sees one state from beginning to end (SQLite in WAL mode; PostgreSQL REPEATABLE READ). A writing
one takes the write lock first (BEGIN IMMEDIATE; the row of the register's state), so that writers queue and never
overwrite one another.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlmodel import Session, select

from app.domain.errors import DatabaseAway, WrongSchema
from app.registry.away import Reach, told_away
from app.registry.driver import BUSY_MILLISECONDS, identity, opening, sqlite_file
from app.registry.tables import RegisterStateRow

MIGRATIONS = Path(__file__).parent / "migrations"
"""Where the history of the schema is, in a checkout and in an installed wheel alike."""

_MIGRATION_LOCK = 0x7265666572
"""Number of PostgreSQL's advisory lock, so that two processes do not migrate at once."""

_READING: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {"begin": "BEGIN"},
}
_WRITING: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "READ COMMITTED"},
    "sqlite": {"begin": "BEGIN IMMEDIATE"},
}
_MIGRATING_MILLISECONDS = 60_000
"""So long a process waits for another one that changes the schema."""
_PATIENCE: Mapping[str, int] = {
    "connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 5, "keepalives_interval": 2,
    "keepalives_count": 2,
}  # fmt: skip
"""Seconds (milliseconds: `tcp_user_timeout`) after which a server that says nothing counts as away."""

_MIGRATE = "run `referral migrate`"


class Database:
    """The engine of one database with its two kinds of transactions. Thread-safe.

    `migrations` is the folder with the history of the schema; its last revision is the one that is required.
    """

    def __init__(self, url: str, *, migrations: Path = MIGRATIONS) -> None:
        self._migrations = migrations
        self._engine = _engine(make_url(url), foreign_keys=True)
        self._readers = self._engine.execution_options(**_READING[self._engine.dialect.name])
        self._writers = self._engine.execution_options(**_WRITING[self._engine.dialect.name])
        self._reach = Reach()
        self._file = sqlite_file(str(self._engine.url))
        self.must_exist = False
        """Whether a file that is not there is a database that is away, and not one to be made."""
        event.listen(self._engine, "do_connect", self._found)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one unmoving state of the register.

        Raises:
            DatabaseAway: It cannot be reached.
        """
        with self._tried(), Session(self._readers) as session, session.begin():
            yield session

    @contextmanager
    def bare(self) -> Iterator[Any]:
        """A bare connection of the driver, given back at the end without what was not committed.

        Raises:
            DatabaseAway: It cannot be reached.
        """
        with self._tried(), closing(self._engine.raw_connection()) as connection:
            yield connection.dbapi_connection

    @contextmanager
    def unmoving(self) -> Iterator[Any]:
        """A bare connection that sees one unmoving state of the register."""
        dialect = self._engine.dialect
        with self.bare() as connection:
            if dialect.name == "sqlite":
                connection.execute("BEGIN")
                yield connection
                return
            dialect.set_isolation_level(connection, "REPEATABLE READ")
            try:
                yield connection
            finally:
                connection.rollback()
                dialect.reset_isolation_level(connection)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed as a whole at the end, or not at all.

        Raises:
            DatabaseAway: It cannot be reached, or somebody else writes and does not come to an end.
        """
        with self._tried(), Session(self._writers) as session, session.begin():
            yield session

    def require_schema(self) -> None:
        """Returns when the database has the schema of this program.

        Raises:
            WrongSchema: It is empty, older, newer, or no register at all. The message names the command that helps.
        """
        if fault := self.schema_fault():
            raise WrongSchema(fault)

    def schema_fault(self) -> str:
        """What is wrong with the schema and what to do, or ""."""
        with self._readers.connect() as connection:
            return _schema_fault(connection, _config(self._migrations))

    def migrate(self, *, only_empty: bool = False) -> None:
        """The database has the schema of this program; with `only_empty`, one that holds anything is left alone.

        Raises:
            WrongSchema: A program that this one does not know wrote it.
        """
        with self._migrating() as connection:
            if not (only_empty and inspect(connection).get_table_names()):
                _upgrade(connection, _config(self._migrations))

    def migrate_down(self, to: str) -> None:
        """The database has that older schema ("base": no tables at all); what it cannot hold is lost.

        Raises:
            WrongSchema: The database is no register of this program, or older than that; or there is no such schema.
        """
        with self._migrating() as connection:
            _downgrade(connection, _config(self._migrations), to)

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """A connection on which one process at a time changes the schema, all of it or nothing."""
        # Rebuilding a table on SQLite drops it for a moment, which live foreign keys would forbid.
        engine = (
            _engine(self._engine.url, foreign_keys=False, busy=_MIGRATING_MILLISECONDS)
            if _is_file(self._engine)
            else self._engine
        )
        try:
            with engine.execution_options(**_WRITING[engine.dialect.name]).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
                yield connection
        finally:
            if engine is not self._engine:
                engine.dispose()

    def _found(self, *_: object) -> None:
        if self.must_exist and self._file is not None and identity(self._file) is None:
            raise DatabaseAway("the file of the database is not there")

    def _tried(self) -> AbstractContextManager[None]:
        """A file answers at once, with or without a fault; a server may keep everybody waiting."""
        return self._reach.tried() if self._engine.dialect.name == "postgresql" else told_away()

    @property
    def mark(self) -> str:
        """How the driver writes a bound word."""
        return "?" if self._engine.dialect.name == "sqlite" else "%s"

    def close(self) -> None:
        """No connection is left open."""
        self._engine.dispose()


def migrate_down(url: str, to: str) -> None:
    """The database at that URL has an older schema, "base" for none; what that cannot hold is lost.

    Raises:
        WrongSchema: It is no register, or there is no such way down.
    """
    with opening(), closing(Database(url)) as database:
        database.migrate_down(to)


def locked_state(session: Session) -> RegisterStateRow:
    """The state row, locked until the end of the transaction: whoever changes the register takes it first."""
    return session.exec(select(RegisterStateRow).with_for_update()).one()


def _is_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and not _in_memory(engine.url)


def _in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:") or "mode=memory" in str(url.database)


def _engine(url: URL, *, foreign_keys: bool, busy: int = BUSY_MILLISECONDS) -> Engine:
    """An engine whose faults show no parameters: they may hold a contact or a key.

    A file that another process writes is waited for, `busy` milliseconds at most.
    """
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "postgresql":
        # Prepared statements do not live behind a pooler that shares connections between transactions.
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, connect_args={"prepare_threshold": None, **_PATIENCE}
        )
    if url.get_backend_name() != "sqlite":
        raise ValueError("the register lives in SQLite or PostgreSQL: use a URL sqlite:///FILE or postgresql://...")
    # A database in memory belongs to its connection; threads take turns on it.
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if _in_memory(url) else {}
    engine = create_engine(
        url, hide_parameters=True, poolclass=QueuePool, connect_args={"check_same_thread": False}, **pool
    )

    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute(f"pragma busy_timeout = {busy}")
        _keep_a_log(connection, busy)
        connection.execute("pragma synchronous = normal")
        connection.execute(f"pragma foreign_keys = {'on' if foreign_keys else 'off'}")

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    def taken(connection: sqlite3.Connection, record: Any, _: object) -> None:
        here = identity(path) if path else None
        if record.info.setdefault("file", here) != here:
            raise DisconnectionError("another file stands there now")

    path = sqlite_file(str(url))
    event.listen(engine, "checkout", taken)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _keep_a_log(connection: sqlite3.Connection, busy: int) -> None:
    """Readers and a writer do not wait for each other. SQLite does not wait by itself for whoever does the same."""
    end = monotonic() + busy / 1000
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError:
            if monotonic() > end:
                raise
            sleep(0.05)


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _schema_fault(connection: Connection, config: Config) -> str:
    """What is wrong with the schema version and what to do, or ""."""
    found = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    wanted = script.get_current_head()
    if found == wanted:
        return ""
    if found is None and not inspect(connection).get_table_names():
        return f"the database is empty: {_MIGRATE}"
    if found is None:
        return f"the database is not a register, or an unknown one: name another, or {_MIGRATE}"
    if found not in {known.revision for known in script.walk_revisions()}:
        return f"the database has schema {found}, unknown to this program: install the newer program, then {_MIGRATE}"
    return f"the database has schema {found}, this program needs {wanted}: {_MIGRATE}"


def _upgrade(connection: Connection, config: Config) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found and found not in {known.revision for known in ScriptDirectory.from_config(config).walk_revisions()}:
        raise WrongSchema(_schema_fault(connection, config))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    _refuse_strays(connection)


def _downgrade(connection: Connection, config: Config, to: str) -> None:
    script = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    known = [revision.revision for revision in script.walk_revisions()]
    if found not in known:
        raise WrongSchema(_schema_fault(connection, config) or "the database is no register")
    older = known[known.index(found) + 1 :]
    if to not in (*older, "base"):
        raise WrongSchema(f"from schema {found} there is a way down to: {', '.join([*older, 'base'])}")
    config.attributes["connection"] = connection
    command.downgrade(config, to)
    _refuse_strays(connection)


def _refuse_strays(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("pragma foreign_key_check").first():
        raise WrongSchema("the migration would leave rows that point nowhere; nothing was changed")
