"""What is kept for an outage: only the tiers that may be, only what the register still has, and not too much of it."""

from datetime import date

import pytest

from app.desk.kept import Kept
from app.domain.directory import Contact
from app.domain.errors import DatabaseAway
from app.domain.provider import Visibility
from app.registry.cards import Entries, Entry

PUBLIC, NETWORK, RESTRICTED = Visibility.PUBLIC, Visibility.NETWORK, Visibility.RESTRICTED


def an_entry(slug, *tiers):
    """An entry with a contact of each of these tiers."""
    contacts = tuple(Contact(kind="phone", value=tier.value, visibility=tier, note="") for tier in tiers)
    return Entry(
        point=slug, service_name="", organization="xo", organization_name="", local_name="", country="KZ", place=None,
        address_confidential=False, status="active", status_as_of="", verified_on=date(2026, 11, 1), hours_known=True,
        note="", contacts=contacts,
    )  # fmt: skip


def entries(*given, **organizations):
    return Entries(points={entry.point: entry for entry in given}, organizations=organizations)


def shown(kept, slug, tier):
    """The contacts that the tier sees."""
    return [c.value for c in kept.entries(points=[slug], organizations=[], tier=tier).points[slug].contacts]


def test_a_tier_sees_its_contacts_and_those_below():
    kept = Kept()
    kept.renew(entries(an_entry("a", PUBLIC, NETWORK), xo="House"))

    assert shown(kept, "a", NETWORK) == ["public", "network"]
    assert shown(kept, "a", PUBLIC) == ["public"]
    assert kept.entries(points=[], organizations=["xo"], tier=PUBLIC).organizations == {"xo": "House"}
    with pytest.raises(DatabaseAway):
        shown(kept, "a", RESTRICTED)


def test_what_was_read_for_the_public_does_not_serve_the_network_nor_replace_what_does():
    kept = Kept()
    kept.note(entries(an_entry("a", PUBLIC)), tier=PUBLIC, asked=["a"])
    with pytest.raises(DatabaseAway):
        shown(kept, "a", NETWORK)
    kept.note(entries(an_entry("a", PUBLIC, NETWORK)), tier=NETWORK, asked=["a"])
    kept.note(entries(an_entry("a", PUBLIC)), tier=PUBLIC, asked=["a"])
    assert shown(kept, "a", NETWORK) == ["public", "network"]


def test_what_was_read_for_a_higher_tier_is_not_kept():
    kept = Kept()
    kept.note(entries(an_entry("a", PUBLIC)), tier=RESTRICTED, asked=["a"])
    with pytest.raises(DatabaseAway):
        shown(kept, "a", PUBLIC)


def test_what_the_register_does_not_have_any_more_is_not_kept():
    kept = Kept()
    kept.renew(entries(an_entry("a"), an_entry("b")))
    kept.note(entries(an_entry("b")), tier=NETWORK, asked=["a", "b"])
    with pytest.raises(DatabaseAway):
        shown(kept, "a", PUBLIC)
    kept.renew(entries())
    with pytest.raises(DatabaseAway):
        shown(kept, "b", PUBLIC)


def test_those_named_last_are_kept():
    kept = Kept(most=2)
    for slug in ("a", "b", "a", "c"):
        kept.note(entries(an_entry(slug)), tier=NETWORK, asked=[slug])
    assert shown(kept, "a", PUBLIC) == shown(kept, "c", PUBLIC) == []
    with pytest.raises(DatabaseAway):
        shown(kept, "b", PUBLIC)
