"""Drafts written down: all of them or none, and nothing restricted in clear."""

from dataclasses import replace

import pytest
from sqlmodel import select

from app.domain.draft import DraftInput, DraftKind
from app.domain.errors import FaultyData
from app.registry.drafting import whole_body
from app.registry.tables import DraftRow
from tests.registry.invented import HIDDEN


def an_input(slug="xa-new", **given):
    """A draft of an organization."""
    body = {"slug": slug, "name": "New", "country": "KZ", "type": "ngo"}
    return DraftInput(**{"kind": DraftKind.ORGANIZATION, "slug": slug, "body": body, **given})


def rows_in(store):
    """Every draft as it is kept."""
    with store._database.reading() as session:
        found = session.exec(select(DraftRow).order_by(DraftRow.number)).all()
        session.expunge_all()
    return found


def test_drafts_are_added_in_their_order(filled):
    """And the register says what it said before."""
    before = (filled.revision(), filled.read_directory())
    many = [an_input(f"xa-new-{number:04}") for number in range(1200)]

    assert filled.propose_drafts(iter(many), by="an import", reason="a file") == 1200
    assert [row.slug for row in rows_in(filled)] == [one.slug for one in many]
    assert (filled.revision(), filled.read_directory()) == before
    assert filled.verify_chain() == ()


def test_the_same_again_adds_nothing(filled):
    """Importing a file twice does not double it."""
    assert filled.propose_drafts([an_input(), an_input()], by="an import", reason="a file") == 1
    assert filled.propose_drafts([an_input(), an_input("xa-other")], by="an import", reason="a file") == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"kind": "recipe"}, "/1/kind"),
        ({"slug": "No Slug"}, "/1/slug"),
        ({"slug": "xa-another"}, "/1/body/slug"),
        ({"update_of": "xa-another"}, "/1/update_of"),
        ({"update_of": "xa-new"}, "/1/update_of"),
        ({"kind": "location"}, "/1/update_of"),
    ],
)
def test_one_faulty_draft_keeps_out_all(filled, wrong, pointer):
    """One transaction; the fault tells which draft."""
    with pytest.raises(FaultyData) as faulty:
        filled.propose_drafts([an_input("xa-good"), an_input(**{"body": an_input().body, **wrong})], by="a", reason="b")

    assert pointer in [fault.pointer for fault in faulty.value.faults]
    assert rows_in(filled) == []


def test_restricted_contacts_are_sealed_from_the_first_moment(filled, tmp_path):
    """H15: a draft is no hole in the wall."""
    contacts = [
        {"kind": "address", "value": HIDDEN[0]},
        {"kind": "phone", "value": "+000 555 0100"},
        {"kind": "phone", "value": HIDDEN[1], "visibility": "restricted", "note": HIDDEN[2]},
    ]
    body = {"slug": "xa-moth-bed", "organization": "xa-moth", "name": "Bed", "codes": [], "contacts": contacts}
    filled.propose_drafts(
        [DraftInput(kind="service", slug="xa-moth-bed", body=body, update_of="xa-moth-bed")], by="a", reason="b"
    )
    (row,) = rows_in(filled)

    assert not any(hidden in str(row.model_dump()) for hidden in HIDDEN)
    assert (row.sealed_count, row.body["contacts"], row.organization) == (2, [contacts[1]], "xa-moth")
    assert whole_body(row, filled._seal) == body
    assert row.rests_on > 0


def test_counting_adds_nothing(filled):
    """What is open already does not count."""
    filled.propose_drafts([an_input()], by="an import", reason="a file")

    both = [an_input(), an_input("xa-other")]
    assert filled.propose_drafts(both, by="an import", reason="a file", is_dry=True) == 1
    assert [row.slug for row in rows_in(filled)] == ["xa-new"]


def test_a_draft_that_nobody_can_publish_any_more_is_not_in_the_way(filled):
    """Its record says something else since it was written; the same proposal is a draft again, and that one counts."""
    before = filled.read_directory()
    house = before.organizations[0]
    edit = an_input(house.slug, update_of=house.slug)
    assert [filled.propose_drafts([edit], by="a", reason="b") for _ in range(2)] == [1, 0]

    changed = replace(before, organizations=(replace(house, note="Another note."), *before.organizations[1:]))
    filled.load_directory(changed, by="a", reason="b")

    assert [filled.propose_drafts([edit], by="a", reason="b") for _ in range(2)] == [1, 0]
    stale, fresh = rows_in(filled)
    assert stale.rests_on < fresh.rests_on and stale.digest == fresh.digest
