"""One running application for all tests of this folder that do not change it."""

from collections.abc import Iterator

import pytest

from tests.api.rooms import Room, a_room


@pytest.fixture(scope="session")
def room() -> Iterator[Room]:
    """The application over the sandbox."""
    with a_room() as opened:
        yield opened
