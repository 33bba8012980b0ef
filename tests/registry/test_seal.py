"""Sealed contacts open for their own service with the right secret, and else not at all."""

import base64

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from app.domain.access import AccessReason
from app.domain.provider import Visibility
from app.registry import seal as seal_module
from app.registry.seal import Seal, WrongSeal
from app.registry.store import Store
from tests.registry.invented import NOW, SECRET, SHELTER, a_rich_directory, a_shelter, a_store

OTHER = "another invented secret, just as long as that"
SEAL = Seal(SECRET)


def card(store):
    """What the restricted tier sees of the shelter."""
    return store.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="rk", reason=AccessReason.HANDOVER)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens(words, about):
    """Any text, for any record."""
    assert SEAL.opened(SEAL.sealed(words, about=about), about=about) == words


def test_the_same_text_never_looks_the_same():
    """Nobody can see that two services share an address."""
    assert SEAL.sealed("a", about="x") != SEAL.sealed("a", about="x")
    assert SEAL.mark("a", about="x") != SEAL.mark("a", about="y")


def test_a_mark_needs_the_secret():
    """A number is quickly guessed; its mark must not confirm the guess."""
    assert SEAL.mark("a", about="x") == Seal(SECRET).mark("a", about="x")
    assert SEAL.mark("a", about="x") != Seal(OTHER).mark("a", about="x")


def flipped(ciphertext):
    """The ciphertext with one bit of its last byte turned over."""
    data = bytearray(base64.urlsafe_b64decode(ciphertext))
    data[-1] ^= 1
    return base64.urlsafe_b64encode(bytes(data)).decode()


@pytest.mark.parametrize(
    ("seal", "about", "alter"),
    [
        (Seal(OTHER), "x", str),
        (SEAL, "y", str),
        (SEAL, "x", flipped),
        (SEAL, "x", lambda text: text[:12]),
        (SEAL, "x", lambda text: ""),
        (SEAL, "x", lambda text: "not base64 — ever"),
    ],
    ids=["another secret", "another record", "a flipped bit", "cut off", "empty", "rubbish"],
)
def test_what_is_not_right_does_not_open(seal, about, alter):
    """And the error tells nothing of the text."""
    with pytest.raises(WrongSeal) as refused:
        seal.opened(alter(SEAL.sealed("SECRETWORD", about="x")), about=about)

    assert "SECRETWORD" not in str(refused.value)


@pytest.mark.parametrize("secrets", [("short",), (SECRET, "short"), ("",)])
def test_a_short_secret_is_refused_and_not_repeated(secrets):
    """32 characters are the least."""
    with pytest.raises(ValueError, match="at least 32 characters") as refused:
        Seal(secrets[0], older=secrets[1:])

    assert "short" not in str(refused.value)


def test_a_seal_does_not_show_its_secret():
    """Not in a log, not in a traceback."""
    assert repr(SEAL) == "Seal()"


def test_new_secrets_are_long_and_differ():
    """And make a seal."""
    first, second = Seal.new_secret(), Seal.new_secret()

    assert first != second
    assert Seal(first).opened(Seal(first).sealed("a", about="x"), about="x") == "a"


def test_a_register_with_another_secret_gives_nothing(filled, database_url):
    """The failed reading leaves no record, for nothing was given."""
    wrong = a_store(database_url, secret=OTHER, create=False)
    with pytest.raises(WrongSeal):
        card(wrong)
    wrong.close()

    assert card(filled) == a_shelter().contacts
    assert filled.verify_chain() == ()


def test_a_ciphertext_moved_to_another_service_does_not_open(filled, database_url):
    """Somebody with a database client can not make the shelter's address a public service's."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        line = connection.execute(text("select id from service where slug = 'xa-moth-line'")).scalar_one()
        connection.execute(text("update sealed_contact set service_id = :line"), {"line": line})
    engine.dispose()

    with pytest.raises(WrongSeal):
        filled.contact_card("xa-moth-line", tier=Visibility.RESTRICTED, reader="rk", reason=AccessReason.UPKEEP)


def test_a_new_secret_opens_what_the_old_one_sealed_and_seals_anew(filled, database_url):
    """Loading the directory again under the new secret seals everything with it."""
    both = Store.open(database_url, seal=Seal(OTHER, older=(SECRET,)), clock=lambda: NOW)
    assert card(both) == a_shelter().contacts
    both.load_directory(a_rich_directory(), by="a steward", reason="new secret")
    both.close()

    new = a_store(database_url, secret=OTHER, create=False)
    assert card(new) == a_shelter().contacts
    new.close()


def test_keys_are_derived_as_the_standard_says():
    """RFC 5869: a register that was sealed by another implementation of it opens."""
    for secret in (SECRET, "ключ из чужой руки, достаточно длинный"):
        theirs = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"referral/contact/1").derive(secret.encode())
        assert seal_module._derived(secret, "contact") == theirs
