"""One running application for all tests of this folder that do not change it.

Where answers come out of the database, it runs on each kind; where bodies are refused before, one kind is enough.
"""

from collections.abc import Iterator

import pytest

from tests.api.rooms import Room, a_room
from tests.databases import KINDS, on_server

ON_BOTH = frozenset({"test_access", "test_answers", "test_openapi"})
"""Modules whose tests ask the register."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask the register do so on each kind of database."""
    if "room" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        metafunc.parametrize("room", KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    """The application over the sandbox."""
    if getattr(request, "param", "sqlite") == "sqlite":
        with a_room() as opened:
            yield opened
        return
    server = request.getfixturevalue("postgres_server")
    with on_server(server, migrated=True) as url, a_room(database_url=url) as opened:
        yield opened
