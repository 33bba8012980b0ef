"""The chains of changes and of readings show every edit, gap, swap and cut."""

import pytest
from sqlalchemy import create_engine, text

from app.domain.access import AccessReason
from app.domain.provider import Visibility
from tests.registry.invented import LINE, SHELTER, a_rich_directory, a_store


@pytest.fixture
def busy(filled):
    """A register with some history in both chains."""
    for number in range(4):
        filled.quarantine(LINE, by="a steward", reason=f"reason {number}")
        filled.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader=f"rk {number}", reason=AccessReason.UPKEEP)
    return filled


def tamper(url, *statements):
    """What somebody with a database client does."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_chain_has_no_faults(busy):
    """Nor has an empty one."""
    assert busy.verify_chain() == ()


def test_an_empty_chain_has_no_faults(store):
    """A new register."""
    assert store.verify_chain() == ()


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (["update change set reason = 'other' where number = 4"], ["change: row 4 was altered"]),
        (["update change set at = '2020-01-01 00:00:00+00' where number = 4"], ["change: row 4 was altered"]),
        (["update change set after = null where number = 4"], ["change: row 4 was altered"]),
        (["delete from change where number = 5"], ["change: rows 5 to 5 are missing"]),
        (["delete from change where number < 3"], ["change: rows 1 to 2 are missing"]),
        (
            ["delete from change where number = 5", "update change set number = number - 1 where number > 5"],
            ["change: row 5 does not follow the row before it", "change: row 5 was altered"],
        ),
        (
            [
                "update change set number = 99 where number = 4",
                "update change set number = 4 where number = 5",
                "update change set number = 5 where number = 99",
            ],
            ["change: row 4 does not follow the row before it", "change: row 4 was altered"],
        ),
        (["delete from change where number > 12"], ["change: rows 13 to 14 are missing at the end"]),
        (["delete from change"], ["change: rows 1 to 14 are missing at the end"]),
        (
            ["update change set hash = previous where number = 14"],
            ["change: row 14 was altered", "change: the last row is not the one that the register wrote"],
        ),
        (["update access_record set reader = 'rk 9' where number = 2"], ["access_record: row 2 was altered"]),
        (["delete from access_record where number = 2"], ["access_record: rows 2 to 2 are missing"]),
        (["delete from access_record where number = 4"], ["access_record: rows 4 to 4 are missing at the end"]),
        (
            ["insert into access_record select 5, at, reader, slug, reason, hash, hash from access_record"
             " where number = 4"],
            ["access_record: row 5 was altered", "access_record: rows 5 to 5 were added outside the register"],
        ),
    ],
    ids=[
        "a reason edited", "a time edited", "a content emptied", "one taken out", "the head taken out",
        "one taken out and renumbered", "two swapped", "the tail cut", "all deleted", "a hash edited",
        "a reader edited", "a reading taken out", "the last reading cut", "a reading forged",
    ],
)  # fmt: skip
def test_tampering_is_found(busy, database_url, statements, faults):
    """DESIGN 3: append-only means that one can see when it was not."""
    tamper(database_url, *statements)

    assert list(busy.verify_chain())[: len(faults)] == faults


def test_faults_name_rows_and_no_contents(busy, database_url):
    """A report of faults goes into logs."""
    tamper(database_url, "update change set reason = 'SECRETWORD'", "update access_record set reader = 'SECRETWORD'")

    assert len(busy.verify_chain()) == 14 + 4
    assert "SECRETWORD" not in "".join(busy.verify_chain())


def test_two_registers_with_one_history_have_one_chain(filled, database_url, tmp_path):
    """Hashes depend on what happened, on no database: SQLite and PostgreSQL agree."""
    other = f"sqlite:///{tmp_path / 'other.db'}"
    store = a_store(other)
    store.load_directory(a_rich_directory(), by="a steward", reason="first load")
    store.close()

    def head(url):
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(text("select change_head from register_state")).scalar_one()
        engine.dispose()
        return found

    assert head(database_url) == head(other)
