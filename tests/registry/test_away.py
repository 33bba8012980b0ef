"""Which faults of a driver say that the database is away, and how a server that does not answer is spared."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import DatabaseAway
from app.registry.away import RETRY_SECONDS, Reach, is_away, told_away
from app.registry.seal import Seal
from app.registry.store import Store
from tests.registry.invented import LINE, NOW, SECRET, a_rich_directory, a_store


def of_sqlite(statement):
    """The fault of that statement on an empty database in memory."""
    with pytest.raises(sqlite3.Error) as raised:
        sqlite3.connect(":memory:").execute(statement)
    return raised.value


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.UniqueViolation(), False),
        (PoolTimeout(), True),
        (DBAPIError("select 1", None, psycopg.OperationalError("gone")), True),
        (DBAPIError("select 1", None, psycopg.errors.UndefinedTable()), False),
        (of_sqlite("select * from nothing"), False),
        (of_sqlite("attach '/nowhere/at/all.db' as x"), True),
        (KeyError("x"), False),
    ],
)
def test_a_fault_tells_whether_the_database_is_away(error, expected):
    assert is_away(error) is expected
    with pytest.raises(DatabaseAway if expected else type(error)), told_away():
        raise error


def test_a_server_that_is_away_is_asked_again_by_one_at_a_time():
    now = [0.0]
    reach = Reach(clock=lambda: now[0])
    with pytest.raises(DatabaseAway), reach.tried():
        raise psycopg.OperationalError("gone")
    with pytest.raises(DatabaseAway), reach.tried():
        pytest.fail("it is spared")
    now[0] += RETRY_SECONDS
    with reach.tried(), pytest.raises(DatabaseAway), reach.tried():
        pytest.fail("somebody else is finding out")
    with reach.tried(), reach.tried():
        pass


def test_a_fault_of_ours_does_not_make_a_server_be_away():
    reach = Reach()
    for _ in range(2):
        with pytest.raises(KeyError), reach.tried():
            raise KeyError("x")


def test_a_file_that_was_moved_away_is_missed_and_never_made_anew(tmp_path, sqlite_template):
    """By readers and by writers, though connections to it are open."""
    store = a_store(f"sqlite:///{tmp_path / 'x.db'}")
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    (tmp_path / "x.db").rename(tmp_path / "y.db")
    for work in (store.revision, store.read_directory, lambda: store.quarantine(LINE, by="x", reason="y")):
        with pytest.raises(DatabaseAway):
            work()
    assert not (tmp_path / "x.db").exists()
    (tmp_path / "y.db").rename(tmp_path / "x.db")
    assert store.revision() == 1
    store.close()


def test_a_file_that_took_the_place_of_another_is_read_and_written(tmp_path):
    """Nobody goes on writing into a file that has no name any more."""
    store, other = a_store(f"sqlite:///{tmp_path / 'x.db'}"), a_store(f"sqlite:///{tmp_path / 'y.db'}")
    for number, one in enumerate((store, other)):
        one.load_directory(a_rich_directory(), by="a steward", reason="load")
        for _ in range(number):
            one.quarantine(LINE, by="a steward", reason="doubt")
    assert (store.revision(), other.revision()) == (1, 2)
    other.close()
    for path in tmp_path.glob("x.db-*"):
        path.unlink()
    (tmp_path / "y.db").replace(tmp_path / "x.db")

    assert (store.revision(), store.list_quarantined()) == (2, {LINE})
    store.lift(LINE, by="a steward", reason="cleared")
    assert Store.open(f"sqlite:///{tmp_path / 'x.db'}", seal=Seal(SECRET), clock=lambda: NOW).revision() == 3
    store.close()
