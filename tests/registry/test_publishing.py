"""Drafts become what the register says: in one step, checked as strictly as a file, and never over somebody's edit."""

from dataclasses import replace

import pytest

from app.domain.access import AccessReason
from app.domain.draft import DraftInput, DraftKind
from app.domain.errors import Conflict, FaultyData, NotFound
from app.domain.provider import Visibility
from app.domain.stewardship import Edit
from tests.registry.invented import HIDDEN
from tests.registry.stewards import ANN, BED, BEN, LINE, a_new_service, a_sound_directory, keeping

NOTED = {"safeguarding_flag": "cleared", "affiliations": ["religious", "official"]}
"""What is on record of the bed."""


@pytest.fixture
def kept(database_url):
    """A sound register with its stewards."""
    with keeping(database_url) as opened:
        yield opened


@pytest.fixture
def one():
    """The same in memory, for what does not depend on the database."""
    with keeping("sqlite://") as opened:
        yield opened


@pytest.fixture(scope="module")
def unchanged():
    """The same for all drafts that come to nothing."""
    with keeping("sqlite://") as opened:
        yield opened


def services_of(kept):
    """Every published service by slug."""
    return {s.slug: s for o in kept.store.read_directory().organizations for s in o.services}


def secrets_of(kept, slug=BED):
    """The restricted contacts of a service."""
    card = kept.store.contact_card(slug, tier=Visibility.RESTRICTED, reader="a test", reason=AccessReason.VERIFICATION)
    return [contact.value for contact in card if contact.visibility is Visibility.RESTRICTED]


def fault_pointers(raised):
    """Pointer and code of every fault."""
    return {(fault.pointer, fault.code) for fault in raised.value.faults}


def test_a_new_service_is_published_with_a_revision_and_a_change(kept):
    """From then on it is in the directory that the desk reads."""
    before = kept.store.revision()

    draft = kept.published(a_new_service())

    assert (draft.state, draft.decided_by, draft.decision) == ("published", "xa-keepers (steward, key bbbbbbbb)",
                                                               "looked at")  # fmt: skip
    assert services_of(kept)["xa-moth.soup"].name == "Soup"
    assert kept.store.revision() == before + 1
    assert kept.store.verify_chain() == ()


def test_an_organization_and_a_link_are_published_too(kept):
    """Each kind that may be new."""
    source = {"url": "https://example.org/", "title": "A list"}
    body = {"slug": "xc-new", "name": "New", "country": "KG", "type": "ngo", "sources": [source],
            "registration": [{"scheme": "XC", "status": "registered"}]}  # fmt: skip
    kept.published(DraftInput(kind="organization", slug="xc-new", body=body))
    link = {"slug": "xl-9", "from_organization": "xc-new", "to": BED, "agreement": "mou"}
    kept.published(DraftInput(kind="link", slug="xl-9", body=link))

    directory = kept.store.read_directory()
    assert [o.registration[0].status for o in directory.organizations if o.slug == "xc-new"] == ["registered"]
    assert [one.to for one in directory.links if one.slug == "xl-9"] == [BED]


def test_publishing_a_record_as_it_is_changes_nothing_of_it(kept):
    """What is shown as the body is the whole record: read, proposed, published, the same."""
    before, secrets = kept.store.read_directory(), secrets_of(kept)
    for kind in DraftKind:
        slug = {"organization": "xa-moth", "link": "xl-1"}.get(kind, BED)
        body = kept.record(kind, slug).body

        kept.published(DraftInput(kind=kind, slug=slug, body=body, update_of=slug))

        assert kept.store.read_directory() == before
        assert secrets_of(kept) == secrets


def test_an_edit_takes_the_place_of_the_record_and_archives_the_draft_before(kept):
    """draft, review, published, archived."""
    first = kept.published(a_new_service())
    edit = kept.do(ANN, "edit_record", "service", "xa-moth.soup", None, Edit(body={"name": "Better soup"}))
    assert services_of(kept)["xa-moth.soup"].name == "Soup"

    kept.published(edit)

    assert services_of(kept)["xa-moth.soup"].name == "Better soup"
    assert kept.see("draft", ANN, first.id).state == "archived"


def test_a_location_and_hours_are_edited_by_themselves(one):
    """They are parts of one service and leave the rest of it alone."""
    before = services_of(one)[BED]
    for kind, body in (("location", {"place": None, "accessibility": ["vision"]}),
                       ("service_at_location", {"weekly": [[0, 60]]})):  # fmt: skip
        one.published(one.do(ANN, "edit_record", kind, BED, None, Edit(body=body)))

    after = services_of(one)[BED]
    assert after == replace(before, place=None, accessibility=("vision",), weekly=((0, 60),))
    assert len(secrets_of(one)) == 2


@pytest.mark.parametrize("keeps", [True, False])
def test_restricted_contacts_stay_unless_they_are_replaced(one, keeps):
    """H15: nobody sees them in a draft, and none is lost by an edit that does not speak of them."""
    contacts = [{"kind": "phone", "value": "+000 1", "visibility": "restricted"}, {"kind": "phone", "value": "+000 2"}]
    edit = one.do(ANN, "edit_record", "service", BED, None, Edit(body={"contacts": contacts}, keeps_sealed=keeps))
    assert "+000 1" not in str(edit)

    one.published(edit)

    assert secrets_of(one) == ([*HIDDEN[:2], "+000 1"] if keeps else ["+000 1"])
    assert [c.value for c in services_of(one)[BED].contacts] == ["+000 2"]


def test_two_edits_of_one_record_never_undo_each_other(kept):
    """The second was written against what is not there any more."""
    first = kept.do(ANN, "edit_record", "service", LINE, None, Edit(body={"name": "One"}))
    second = kept.do(ANN, "edit_record", "location", LINE, None, Edit(body={"place": "tashkent"}))
    second = kept.do(ANN, "submit", second.id, None)
    kept.published(first)

    with pytest.raises(Conflict) as stale:
        kept.published(second)
    assert stale.value.code == "stale-draft"
    assert services_of(kept)[LINE].place == "almaty"


def test_what_is_recorded_meanwhile_makes_no_draft_stale(one):
    """A call in the meantime is not an edit."""
    edit = one.do(ANN, "edit_record", "service", LINE, None, Edit(body={"name": "One"}))
    one.do(BEN, "verify", LINE, method="phone", role="steward", on=one.store._clock().date())

    one.published(edit)

    assert services_of(one)[LINE].verification.method == "phone"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"codes": ["NO-SUCH"]}, ("/body/codes/0", "unknown-code")),
        ({"organization": "xz-none"}, ("/body/slug", "wrong-slug")),
        ({"place": "nowhere"}, ("/body/place", "unknown-place")),
        ({"weekly": [[5, 2]]}, ("/body/weekly/0", "wrong-hours")),
        ({"shoe_size": 3}, ("/body", "unknown-field")),
        ({"services": []}, ("/body", "unknown-field")),
        ({"name": None}, ("/body/name", "wrong-type")),
        ({"contacts": [{"kind": "address", "value": "x"}], "address_confidential": True},
         ("/body/contacts/0/visibility", "open-secret")),
        ({"codes": ["SHL-VOT"], "modality": "remote"}, ("/body/codes/0", "stay-without-place")),
        ({"capacity_as_of": "0001-01-01T00:00:00+05:00"}, ("/body/capacity_as_of", "wrong-date")),
        ({"free_places": True}, ("/body/free_places", "wrong-type")),
    ],
)  # fmt: skip
def test_a_draft_is_checked_as_strictly_as_a_file(unchanged, given, found):
    """The rules of soundness and of the strict reader hold here too."""
    with pytest.raises(FaultyData) as faulty:
        unchanged.published(a_new_service(**given))

    assert found in fault_pointers(faulty)


def test_a_draft_of_an_import_is_checked_before_it_is_published(one):
    """Nobody has looked into it before."""
    bad = a_new_service("xa-moth.tea", codes=["NO-SUCH"], place="nowhere", name=7)
    one.store.propose_drafts([bad], by="an import", reason="a file")
    ((_, draft),), _ = one.see("drafts", ANN, state=None, kind=None, after=0, limit=5)

    with pytest.raises(FaultyData) as faulty:
        one.do(ANN, "submit", draft.id, None)
    assert {pointer for pointer, _ in fault_pointers(faulty)} == {"/body/codes/0", "/body/name"}


def test_the_slug_of_another_record_is_taken(unchanged):
    """One slug, one record, over all kinds."""
    body = {"slug": "xl-1", "name": "New", "country": "KG", "type": "ngo",
            "sources": [{"url": "https://example.org/", "title": "A list"}]}  # fmt: skip
    with pytest.raises(FaultyData) as faulty:
        unchanged.published(DraftInput(kind="organization", slug="xl-1", body=body))
    assert fault_pointers(faulty) == {("/body/slug", "duplicate-slug")}


def test_a_link_needs_both_of_its_ends(unchanged):
    """It is checked when it is submitted."""
    body = {"slug": "xl-9", "from_organization": "xz-none", "to": "xz-none.bed"}
    with pytest.raises(FaultyData) as faulty:
        unchanged.published(DraftInput(kind="link", slug="xl-9", body=body))
    assert fault_pointers(faulty) == {
        ("/body/from_organization", "unknown-organization"), ("/body/to", "unknown-service"),
    }  # fmt: skip


def test_nobody_publishes_a_draft_that_her_key_wrote_in(one):
    """Two pairs of eyes; an edit makes its editor an author."""
    draft = one.do(ANN, "submit", one.do(ANN, "create_draft", a_new_service()).id, None)
    with pytest.raises(Conflict) as own:
        one.do(ANN, "publish", draft.id, None, "")
    assert own.value.code == "own-draft"
    one.do(BEN, "edit_draft", draft.id, None, Edit(body={"name": "Tea"}))
    with pytest.raises(Conflict):
        one.do(BEN, "publish", draft.id, None, "")


def test_one_steward_may_do_without_a_second_one():
    """When the deployment says so."""
    with keeping("sqlite://", one_steward=True) as alone:
        assert alone.published(a_new_service(), through=ANN).state == "published"


def test_archiving_a_service_takes_the_ways_to_it_along(kept):
    """And its quarantine outlives it; the chain has a row for each. What is on record is noted elsewhere first."""
    with pytest.raises(Conflict) as needed:
        kept.do(ANN, "archive", "service", BED, None, "closed for good")
    assert needed.value.code == "in-use"
    kept.published(kept.do(ANN, "edit_record", "service", LINE, None, Edit(body={"safety": NOTED})))
    kept.do(ANN, "archive", "service", BED, None, "closed for good")

    directory = kept.store.read_directory()
    assert (BED in services_of(kept), directory.links) == (False, ())
    with pytest.raises(NotFound):
        kept.record("service", BED)
    with pytest.raises(Conflict) as used:
        kept.do(ANN, "archive", "organization", "xa-moth", None, "gone")
    assert used.value.code == "in-use"
    assert kept.store.verify_chain() == ()


def test_an_archived_service_may_be_published_again(one):
    """It is a new one under its old id."""
    one.published(a_new_service())
    one.do(ANN, "archive", "service", "xa-moth.soup", None, "closed")
    one.published(a_new_service(name="Soup again"))

    assert services_of(one)["xa-moth.soup"].name == "Soup again"


def test_loading_leaves_alone_what_stewards_published_and_archived(kept):
    """A reload of the files of last month undoes nobody's work; what points to what is gone is not brought back."""
    kept.published(a_new_service())
    kept.published(kept.do(ANN, "edit_record", "service", LINE, None, Edit(body={"name": "Edited", "safety": NOTED})))
    kept.do(ANN, "archive", "service", BED, None, "closed")
    revision, before = kept.store.revision(), kept.store.read_directory()

    assert kept.store.load_directory(a_sound_directory(), by="a loader", reason="again") == revision
    assert kept.store.read_directory() == before
    assert kept.store.count_held() == 4

    smaller = replace(a_sound_directory(), organizations=(), links=(), receptions=())
    kept.store.load_directory(smaller, by="a loader", reason="empty")
    assert set(services_of(kept)) == {LINE, "xa-moth.soup"}
    assert kept.store.verify_chain() == ()


@pytest.mark.parametrize("silent", [{"address_confidential": None}, {"safety": None}])
def test_what_protects_people_is_not_taken_back_by_silence(one, silent):
    """H15, H18: only words take it back."""
    body = dict(one.do(ANN, "edit_record", "service", BED, None, Edit(body={"name": "New"})).body)
    (name,) = silent
    body.pop(name)
    draft = one.do(ANN, "create_draft", DraftInput(kind="service", slug=BED, body=body, update_of=BED))
    with pytest.raises(FaultyData) as faulty:
        one.do(ANN, "submit", draft.id, None)
    assert {fault.code for fault in faulty.value.faults} == {"missing-key"}


@pytest.mark.parametrize("kind", ["service", "location", "service_at_location"])
def test_a_body_speaks_of_its_own_record(one, kind):
    """Else it would be written over another one."""
    with pytest.raises(FaultyData) as faulty:
        one.do(ANN, "edit_record", kind, BED, None, Edit(body={"slug": LINE}))
    assert {fault.code for fault in faulty.value.faults} == {"wrong-slug"}
