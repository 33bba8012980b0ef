"""An API key is shown once, known by its digest only, and all bad keys look alike."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, text

from app.domain.access import Caller, Role
from app.domain.errors import NotFound, NotKnown
from app.registry.seal import Seal
from app.registry.store import Store
from tests.registry.invented import NOW, SECRET, a_store

TODAY = NOW.date()
LAST_DAY = date(2027, 3, 31)


def a_key(store, role=Role.OPERATOR, owner="xa-moth", countries=("KZ", "KG")):
    """A new key, as text and record."""
    return store.create_key(role, owner, countries, LAST_DAY)


def test_a_key_is_256_bits_and_names_its_prefix(store):
    """`rk_<prefix>_<secret>`."""
    shown, record = a_key(store)

    assert re.fullmatch(r"rk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", shown)
    assert shown.split("_")[1] == record.prefix


def test_a_good_key_is_known_with_its_role(store):
    """Every role; countries sorted."""
    for role in Role:
        shown, record = a_key(store, role=role)

        assert store.find_key(shown, TODAY) == record
        assert record.caller == Caller(role=role, owner="xa-moth", countries=("KG", "KZ"), key_prefix=record.prefix)
        assert (record.created_on, record.expires_on) == (TODAY, LAST_DAY)


def test_a_key_is_good_through_its_last_day(store):
    """And not on the next one."""
    shown, _ = a_key(store)

    assert store.find_key(shown, LAST_DAY).role is Role.OPERATOR
    with pytest.raises(NotKnown):
        store.find_key(shown, LAST_DAY + timedelta(days=1))


def other_letter(letter):
    """Another letter of the alphabet of keys."""
    return "B" if letter == "A" else "A"


SPOILED = {
    "none": lambda key: "",
    "short": lambda key: key[:-1],
    "long": lambda key: key + "A",
    "newline": lambda key: key + "\n",
    "one letter": lambda key: key[:-2] + other_letter(key[-2]) + key[-1],
    "secret": lambda key: key[:12] + "A" * 43,
    "prefix": lambda key: "rk_00000000_" + key[12:],
    "case": lambda key: key.upper(),
    "zero bytes": lambda key: "rk_\x00\x00\x00\x00\x00\x00\x00\x00_" + key[12:],
    "rubbish": lambda key: "Ж\ud800" * 50_000,
}


def test_bad_keys_are_all_the_same(store):
    """Missing, unknown and mistyped: one error, one message, nothing repeated."""
    shown, _ = a_key(store)

    for how, spoil in SPOILED.items():
        with pytest.raises(NotKnown) as refused:
            store.find_key(spoil(shown), TODAY)
        assert str(refused.value) == "the key is not known", how


def test_a_revoked_key_is_not_known(store):
    """From the next request on; the first moment of revoking stays."""
    shown, record = a_key(store)
    other, _ = a_key(store)

    assert store.revoke_key(record.prefix) == replace(record, revoked_at=NOW)
    assert store.revoke_key(record.prefix).revoked_at == NOW
    with pytest.raises(NotKnown, match="the key is not known"):
        store.find_key(shown, TODAY)
    assert store.find_key(other, TODAY)


@pytest.mark.parametrize("prefix", ["00000000", "", "x\x00", "rk_"])
def test_only_a_key_that_exists_can_be_revoked(store, prefix):
    """A typing error must not look like success."""
    with pytest.raises(NotFound):
        store.revoke_key(prefix)


def test_a_key_remembers_the_day_of_its_last_use_only(store, database_url):
    """No time, no address; a failed try is no use."""
    shown, record = a_key(store)
    with pytest.raises(NotKnown):
        store.find_key(shown[:-1], TODAY)
    assert store.list_keys() == (record,)

    store.find_key(shown, TODAY)
    store.find_key(shown, TODAY + timedelta(days=2))
    assert store.list_keys() == (replace(record, last_used_on=TODAY + timedelta(days=2)),)


def test_the_secret_is_kept_nowhere(store, database_url):
    """Only a digest under a pepper that is not in the database."""
    shown, _ = a_key(store)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        (row,) = connection.execute(text("select * from api_key")).all()
    engine.dispose()

    assert shown[12:] not in str(tuple(row))
    assert Seal(SECRET).digest(shown[12:]) in row


def test_a_key_needs_the_pepper(store, database_url):
    """A copied database gives nobody a way in; a pepper of its own outlives a new secret."""
    shown, _ = a_key(store)
    other = a_store(database_url, secret="another invented secret, just as long as that", create=False)
    with pytest.raises(NotKnown):
        other.find_key(shown, TODAY)
    other.close()
    same = Store.open(database_url, seal=Seal(Seal.new_secret(), pepper=SECRET), clock=lambda: NOW)
    assert same.find_key(shown, TODAY)
    same.close()


def test_keys_are_listed_by_prefix(store):
    """All of them, revoked ones too; for every country when none is named."""
    made = [a_key(store, countries=())[1] for _ in range(5)]
    store.revoke_key(made[0].prefix)

    assert [k.prefix for k in store.list_keys()] == sorted(k.prefix for k in made)
    assert {k.countries for k in store.list_keys()} == {()}


def test_keys_are_no_published_change(store):
    """The revision is about the directory."""
    a_key(store)

    assert store.revision() == 0
