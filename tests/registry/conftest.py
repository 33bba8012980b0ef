"""A register in memory, and one on each database."""

import pytest

from tests.registry.invented import a_rich_directory, a_store


@pytest.fixture
def store(database_url):
    """An empty register, on SQLite and on PostgreSQL."""
    opened = a_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def filled(store):
    """A register with the rich directory."""
    store.load_directory(a_rich_directory(), by="a steward", reason="first load")
    return store
