"""Names, contacts and freshness of a few points, read for one answer; on SQLite and on PostgreSQL."""

from datetime import date

import pytest

from app.domain.access import Role
from app.domain.directory import Contact
from app.domain.errors import NotKnown
from app.domain.provider import OrganizationType, Visibility
from app.registry import cards
from app.registry.cards import Known
from tests.registry.invented import (
    HIDDEN,
    LINE,
    NOW,
    SHELTER,
    a_directory,
    a_rich_directory,
    a_service,
    an_organization,
    with_service,
)

PUBLIC, NETWORK, RESTRICTED = Visibility.PUBLIC, Visibility.NETWORK, Visibility.RESTRICTED


def the_entries(store, *points, organizations=(), tier=NETWORK):
    """What an answer would name."""
    return store.read_entries(points=points, organizations=organizations, tier=tier)


def test_an_entry_says_what_the_directory_says(filled):
    """Field by field, for every service of the rich directory."""
    told = the_entries(filled, SHELTER, LINE).points

    for organization in filled.read_directory().organizations:
        for service in organization.services:
            entry = told[service.slug]
            assert (entry.service_name, entry.place) == (service.name, service.place)
            assert (entry.organization, entry.organization_name) == (organization.slug, organization.name)
            assert entry.local_name == organization.local_name
            assert entry.country == (organization.located_in or organization.country)
            assert entry.status == (service.status or organization.status).value
            assert (entry.status_as_of, entry.note) == (organization.status_as_of, organization.note)
            assert entry.address_confidential is service.address_confidential
            assert entry.hours_known is (service.weekly is not None)
            assert entry.verified_on == service.verification.on
            assert entry.contacts == service.contacts
    assert set(told) == {SHELTER, LINE}


@pytest.mark.parametrize(
    ("tier", "seen"),
    [(PUBLIC, ["+000 555 0100"]), (NETWORK, ["+000 555 0100", "lamp@example.org"]),
     (RESTRICTED, ["+000 555 0100", "lamp@example.org"])],
)  # fmt: skip
def test_contacts_are_those_of_the_tier_and_never_sealed(filled, tier, seen):
    """H15: no tier opens the sealed table here."""
    entry = the_entries(filled, SHELTER, tier=tier).points[SHELTER]

    assert [contact.value for contact in entry.contacts] == seen
    assert not any(hidden in repr(entry) for hidden in HIDDEN)


def test_contacts_keep_their_order(filled):
    """As the directory has them, however many there are."""
    contacts = tuple(Contact(kind="phone", value=str(number)) for number in range(12))
    filled.load_directory(with_service(a_rich_directory(), SHELTER, contacts=contacts), by="x", reason="x")

    assert the_entries(filled, SHELTER).points[SHELTER].contacts == contacts


def test_the_later_verification_counts(filled):
    """H19: of the directory's and the steward's."""
    assert the_entries(filled, SHELTER).points[SHELTER].verified_on == date(2026, 3, 1)
    filled.verify(SHELTER, method="phone", role="steward", by="a steward", on=NOW.date())
    assert the_entries(filled, SHELTER).points[SHELTER].verified_on == NOW.date()


def test_what_is_not_published_is_left_out(filled):
    """Removed, never there, or no slug at all: they look the same."""
    names = ("xa-moth", "xb-owl", "zz-stranger", "x' or ''='")
    assert dict(the_entries(filled, organizations=names).organizations) == {
        o.slug: o.name for o in a_rich_directory().organizations
    }
    filled.load_directory(a_directory(an_organization(services=(a_service(),))), by="x", reason="x")

    found = the_entries(filled, SHELTER, LINE, "zz-stranger", organizations=("xb-owl", "xa-moth"))
    assert set(found.points) == {LINE}
    assert set(found.organizations) == {"xa-moth"}


def test_nothing_asked_is_nothing_told(filled):
    found = the_entries(filled)

    assert (dict(found.points), dict(found.organizations)) == ({}, {})
    assert filled.known_slugs(()) == Known(organizations=frozenset(), services=frozenset())


def test_slugs_of_organizations_and_services_are_known(filled):
    """H13: whoever is to be left out must be somebody."""
    asked = ("xa-moth", SHELTER, "xl-1", "zz-stranger", "x\x00", "\udcff", "", "х")

    assert filled.known_slugs(asked) == Known(organizations=frozenset({"xa-moth"}), services=frozenset({SHELTER}))
    filled.load_directory(a_directory(an_organization(services=(a_service(),))), by="x", reason="x")
    assert filled.known_slugs(asked).services == frozenset()


def test_lines_come_with_the_type_of_their_organization(filled):
    """H02: a line of a force body leads to the police."""
    lines = filled.list_lines()

    assert [(line.slug, kind) for line, kind in lines] == [("xh-1", None), ("xh-2", OrganizationType.NGO)]
    assert {line for line, _ in lines} == set(filled.list_hotlines())


@pytest.mark.parametrize("number", [1, 2, 3, 7, 33])
def test_any_number_of_slugs_is_looked_up(filled, number):
    """Statements are made for powers of two."""
    points = [*(f"zz-{index}" for index in range(number - 1)), SHELTER]

    assert set(the_entries(filled, *points).points) == {SHELTER}


def test_what_is_read_for_an_answer_is_of_one_moment(filled):
    """Readers do not wait for a writer, and what it wrote meanwhile is for the next one."""
    with filled._looking(one_state=True) as look:
        before = cards.entries(look, points=[SHELTER], organizations=[], tier=NETWORK)
        filled.load_directory(a_directory(an_organization(services=(a_service(),))), by="x", reason="x")
        assert cards.entries(look, points=[SHELTER], organizations=[], tier=NETWORK) == before
    assert not the_entries(filled, SHELTER).points


def test_light_readings_leave_no_transaction_behind(filled):
    """A writer that comes after a reader, on the same connection, writes."""
    for _ in range(30):
        the_entries(filled, SHELTER)
        filled.revision()
        filled.quarantine(SHELTER, by="a steward", reason="doubt")
        assert filled.list_quarantined() == {SHELTER}
        filled.lift(SHELTER, by="a steward", reason="no doubt")


def test_changes_of_quarantine_are_told_since_a_revision_as_they_are_now(filled):
    """H18: while a newer snapshot is built, these are what acts at once."""
    start = filled.revision()
    assert filled.quarantine_changes(since=start) == {}
    filled.quarantine(SHELTER, by="a steward", reason="doubt")
    first = filled.revision()
    filled.quarantine(LINE, by="a steward", reason="doubt")
    filled.verify(LINE, method="phone", role="steward", by="a steward", on=NOW.date())
    assert filled.quarantine_changes(since=start) == {SHELTER: True, LINE: True}
    assert filled.quarantine_changes(since=first) == {LINE: True}
    filled.lift(SHELTER, by="a steward", reason="no doubt")
    assert filled.quarantine_changes(since=start) == {SHELTER: False, LINE: True}
    filled.load_directory(a_directory(an_organization(services=(a_service(),))), by="x", reason="x")
    assert filled.quarantine_changes(since=start) == {SHELTER: False, LINE: True}
    assert filled.list_quarantined() == {LINE}


def test_a_revoked_key_is_not_known_at_the_next_look(store):
    """Revocation acts at once."""
    shown, record = store.create_key(Role.OPERATOR, "xa-moth", (), date(2027, 1, 1))
    assert store.find_key(shown, NOW.date()).prefix == record.prefix
    store.revoke_key(record.prefix)
    with pytest.raises(NotKnown):
        store.find_key(shown, NOW.date())
