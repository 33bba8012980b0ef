"""While the database is away a key is good as long as it was called good a short time ago; a bad one never is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.desk.doorkeeper import MOST_KEYS, Doorkeeper
from app.domain.access import Role
from app.domain.errors import DatabaseAway, NotKnown
from app.registry.keys import KeyRecord

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


class Register:
    """Keys by their text; away when it is told so."""

    def __init__(self, *texts):
        self.records = {text: a_record(text) for text in texts}
        self.is_away = False

    def find_key(self, text, today):
        self._reached()
        record = self.records.get(text)
        if record is None or record.revoked_at:
            raise NotKnown("no")
        return record

    def read_keys(self, prefixes):
        self._reached()
        return tuple(record for record in self.records.values() if record.prefix in prefixes)

    def _reached(self):
        if self.is_away:
            raise DatabaseAway("away")

    def revoke(self, text):
        self.records[text] = replace(self.records[text], revoked_at=datetime(2026, 11, 23, tzinfo=UTC))


def a_record(text):
    return KeyRecord(
        prefix=text, role=Role.OPERATOR, owner="xa", countries=(), created_on=TODAY, expires_on=TODAY
    )  # fmt: skip


@pytest.fixture
def register():
    return Register("one", "two")


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def keys(register, now):
    return Doorkeeper(register, away_seconds=300.0, clock=lambda: now[0])


def test_a_key_is_remembered_for_so_long_and_no_longer(keys, register, now):
    keys.find("one", TODAY)
    register.is_away = True
    for now[0] in (0.0, 300.0):
        assert keys.find("one", TODAY).key_prefix == "one"
    now[0] = 300.1
    with pytest.raises(DatabaseAway):
        keys.find("one", TODAY)


@pytest.mark.parametrize("text", ["two", "unheard of"])
def test_a_key_that_was_not_asked_for_is_neither_good_nor_bad(keys, register, text):
    keys.find("one", TODAY)
    register.is_away = True
    with pytest.raises(DatabaseAway):
        keys.find(text, TODAY)


def test_a_key_that_ran_out_meanwhile_is_not_good(keys, register):
    keys.find("one", TODAY)
    register.is_away = True
    with pytest.raises(NotKnown):
        keys.find("one", TOMORROW)


@pytest.mark.parametrize("look", ["find", "refresh"])
def test_a_revoked_key_never_comes_back(keys, register, look):
    """Whether somebody shows it once more, or nobody does."""
    keys.find("one", TODAY)
    register.revoke("one")
    if look == "refresh":
        keys.refresh()
    else:
        with pytest.raises(NotKnown):
            keys.find("one", TODAY)
    register.is_away = True
    with pytest.raises(DatabaseAway):
        keys.find("one", TODAY)


def test_looking_through_the_keys_confirms_the_good_ones(keys, register, now):
    keys.find("one", TODAY)
    now[0] = 1000.0
    keys.refresh()
    register.is_away = True
    now[0] = 1300.0
    assert keys.find("one", TODAY)
    with pytest.raises(DatabaseAway):
        keys.refresh()
    assert keys.find("one", TODAY), "a look that fails changes nothing"


def test_no_key_is_kept_and_not_more_than_so_many(keys, register):
    for number in range(MOST_KEYS + 2):
        register.records[f"key-{number}"] = a_record(f"key-{number}")
        keys.find(f"key-{number}", TODAY)
    assert len(keys._good) == MOST_KEYS
    assert not any(b"key-" in digest for digest in keys._good)
