"""Bare connections to a register in a file: quick, kept, and never what makes a file."""

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from app.domain.access import Role
from app.domain.errors import CannotOpen, DatabaseAway
from app.domain.provider import Visibility
from app.registry import database
from app.registry.connected import SCHEMA
from app.registry.driver import SqliteFile, opening, sqlite_file
from app.registry.lookup import day, document, instant
from app.registry.seal import Seal
from app.registry.store import Store
from tests.registry.invented import NOW, SECRET, SHELTER, a_rich_directory, a_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///var/referral.db", "var/referral.db"),
        ("sqlite:////srv/referral.db", "/srv/referral.db"),
        ("sqlite+pysqlite:///x.db", "x.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///file:x?mode=memory&uri=true", None),
        ("sqlite:///x.db?timeout=5", None),
        ("postgresql+psycopg://db/referral", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_only_the_address_of_a_plain_file_names_a_file(url, file):
    """Everything else is the business of the mapper."""
    assert sqlite_file(url) == (Path(file) if file else None)


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    file = SqliteFile(tmp_path / "absent.db")
    with pytest.raises(DatabaseAway), file.connection():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_connection_is_kept_for_the_next_and_given_back_at_rest(tmp_path):
    sqlite3.connect(tmp_path / "x.db").close()
    file = SqliteFile(tmp_path / "x.db")
    with file.connection() as first:
        first.execute("BEGIN")
    with file.connection() as second:
        assert second is first
        assert not second.in_transaction
        with file.connection() as other:
            assert other is not second
    file.close()
    with pytest.raises(sqlite3.ProgrammingError):
        first.execute("select 1")


def test_a_connection_on_which_something_went_wrong_is_not_kept(tmp_path):
    sqlite3.connect(tmp_path / "x.db").close()
    file = SqliteFile(tmp_path / "x.db")
    with pytest.raises(sqlite3.OperationalError), file.connection() as broken:
        broken.execute("select * from nothing")
    with file.connection() as fresh:
        assert fresh is not broken
        file.close()
    with pytest.raises(sqlite3.ProgrammingError):
        fresh.execute("select 1")


@pytest.mark.parametrize("error", [sqlite3.DatabaseError("x"), ImportError("x"), ValueError("x")])
def test_what_goes_wrong_at_the_opening_is_told_without_the_address(error):
    with pytest.raises(CannotOpen, match="REFERRAL_DATABASE_URL"), opening():
        raise error


def test_a_mistake_of_ours_is_not_taken_for_a_database_that_is_away():
    with pytest.raises(KeyError), opening():
        raise KeyError("x")


def test_the_schema_that_the_store_knows_is_the_last_migration():
    """A new migration changes both, or a good register is looked at more closely at every start."""
    assert ScriptDirectory.from_config(database._config(database.MIGRATIONS)).get_current_head() == SCHEMA


def test_columns_become_values_whatever_the_driver_gives():
    """SQLite keeps days, instants and documents as text, PostgreSQL as what they are."""
    moment = datetime(2026, 11, 23, 17, 10, tzinfo=UTC)
    assert day("2026-11-23") == day(date(2026, 11, 23)) == date(2026, 11, 23)
    assert instant("2026-11-23 17:10:00.000000") == instant(moment) == moment
    assert instant(moment.astimezone(timezone(timedelta(hours=5)))).utcoffset() == timedelta(0)
    assert document('["KZ"]') == document(["KZ"]) == ["KZ"]
    assert (day(None), instant(None), document(None)) == (None, None, None)


def test_light_readings_import_no_mapper(tmp_path):
    """It takes longer to import than everything else together; a server that answers does without."""
    url = f"sqlite:///{tmp_path / 'register.db'}"
    store = a_store(url)
    store.load_directory(a_rich_directory(), by="a steward", reason="first load")
    key, _ = store.create_key(Role.OPERATOR, "xa-moth", (), date(2027, 1, 1))
    store.close()
    program = f"""
import sys
from datetime import date, datetime, UTC
from app.domain.provider import Visibility
from app.registry.seal import Seal
from app.registry.store import Store
store = Store.open({url!r}, seal=Seal({SECRET!r}), clock=lambda: datetime.now(UTC), create=True)
assert store.find_key({key!r}, date(2026, 11, 23)).last_used_on is None
assert store.find_key({key!r}, date(2026, 11, 23)).last_used_on == date(2026, 11, 23)
entries = store.read_entries(points=[{SHELTER!r}], organizations=["xb-owl"], tier=Visibility.NETWORK)
assert len(entries.points) == len(entries.organizations) == 1
assert (store.revision(), len(store.list_lines()), len(store.list_hotlines())) == (1, 2, 2)
assert store.list_quarantined() == store.known_slugs(["zz"]).services == frozenset()
with store.edition() as edition:
    assert sum(len(batch.slug or ()) for batch in edition.points({{}})) == 2
    assert sum(len(batch.slug) for batch in edition.links()) == 2
    assert len(edition.receptions()) == 1
store.close()
heavy = {{"sqlalchemy", "sqlmodel", "alembic"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, check=True)


def test_a_register_in_memory_and_one_in_a_file_read_alike(tmp_path):
    """One through the mapper's connection, one through its own."""
    told = []
    for url in ("sqlite://", f"sqlite:///{tmp_path / 'register.db'}"):
        store = a_store(url)
        store.load_directory(a_rich_directory(), by="a steward", reason="first load")
        asked = {"points": [SHELTER], "organizations": ["xb-owl"], "tier": Visibility.NETWORK}
        told.append((store.read_entries(**asked), store.revision(), store.list_lines()))
        store.close()
    assert told[0] == told[1]


def test_a_good_register_is_opened_without_a_closer_look(tmp_path):
    """And a bad one with."""
    url = f"sqlite:///{tmp_path / 'register.db'}"
    a_store(url).close()
    store = Store.open(url, seal=Seal(SECRET), clock=lambda: NOW)
    assert store._opened is None
    store.close()
