"""A register written straight into a SQLite file: the program's own tables, filled in one transaction."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from app.registry.relisting import relist_all
from app.registry.store import Store
from benchmarks.register.facts import draw
from benchmarks.register.tables import Table, tables

SEED = 20261123
_PRAGMAS = (
    "pragma journal_mode = off",
    "pragma synchronous = off",
    "pragma foreign_keys = off",
    "pragma locking_mode = exclusive",
    "pragma cache_size = -1500000",
)
"""A file that breaks halfway is thrown away, so nothing is kept to mend it; the cache has 1.5 GB at most."""


def write_register(path: Path, points: int, seed: int = SEED) -> Path:
    """`path`, now a register of that many service points at revision 1; the same bytes for the same seed.

    An older file of that name is replaced.
    """
    draft = path.with_name(f"{path.name}.draft")
    for old in (draft, *draft.parent.glob(f"{draft.name}-*"), *path.parent.glob(f"{path.name}-*")):
        old.unlink(missing_ok=True)
    Store.migrate(url_of(draft))
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute("begin")
        for table in tables(draw(points, seed)):
            _insert(connection, table)
        connection.execute("update register_state set revision = 1")
        connection.execute("commit")
    engine = create_engine(url_of(draft))
    with engine.begin() as listing:
        relist_all(listing)
    engine.dispose()
    return draft.replace(path)


def url_of(path: Path) -> str:
    """The address under which the program opens the file."""
    return f"sqlite:///{path}"


def _insert(connection: sqlite3.Connection, table: Table) -> None:
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"insert into {table.name} ({', '.join(table.columns)}) values ({marks})", table.rows)
