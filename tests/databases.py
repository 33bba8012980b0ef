"""New databases for tests, empty or with the schema of this program, on SQLite and on PostgreSQL.

The migrations run once a process on each kind of database; what they made is copied for every test. A PostgreSQL that
lets nobody make a database gives each test a schema of its own, which is migrated there.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ProgrammingError

from app.registry.database import Database

KINDS = ("sqlite", "postgresql")


def in_file(folder: Path, *, migrated: bool, template: Path) -> str:
    """The URL of a file in that folder; `template` is where the migrated one is kept."""
    file = folder / "register.db"
    if migrated:
        if not template.exists():
            migrate(f"sqlite:///{template}")
        shutil.copyfile(template, file)
    return f"sqlite:///{file}"


@contextmanager
def on_server(server: str, *, migrated: bool) -> Iterator[str]:
    """The URL of a database on that server, which is gone at the end."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    name = f"test_{uuid4().hex}"
    with talking_to(address) as connection:
        own = None
        if migrated and (template := _template(server)):
            connection.execute(text(f'create database "{name}" template "{template}"'))
            own, gone = address.set(database=name), f'drop database "{name}" with (force)'
        else:
            connection.execute(text(f'create schema "{name}"'))
            own, gone = with_schema(address, name), f'drop schema "{name}" cascade'
        url = own.render_as_string(hide_password=False)
        if migrated and own.database == address.database:
            migrate(url)
        try:
            yield url
        finally:
            connection.execute(text(gone))


@cache
def _template(server: str) -> str:
    """The name of a migrated database, made by this process; "" where none may be made."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    name = f"template_{uuid4().hex}"
    try:
        with talking_to(address) as connection:
            connection.execute(text(f'create database "{name}"'))
    except ProgrammingError:
        return ""
    migrate(address.set(database=name).render_as_string(hide_password=False))
    return name


def drop_template(server: str) -> None:
    """The migrated database of this process is gone from the server, if it made one."""
    if _template.cache_info().currsize and (name := _template(server)):
        with talking_to(make_url(server).set(drivername="postgresql+psycopg")) as connection:
            connection.execute(text(f'drop database if exists "{name}" with (force)'))


def with_schema(address: URL, schema: str) -> URL:
    """The address, of that schema alone."""
    return address.update_query_dict({"options": f"-csearch_path={schema}"})


@contextmanager
def talking_to(address: URL) -> Iterator[Connection]:
    """A connection on which every statement is committed at once."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def migrate(url: str) -> None:
    """The database has the schema of this program, and nobody is connected to it; a file has no log beside it."""
    with closing(Database(url)) as opened:
        opened.migrate()
