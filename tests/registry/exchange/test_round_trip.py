"""What goes out comes back the same: as our files, as a spreadsheet, and, as far as it is public, as HSDS."""

import io
import zipfile
from dataclasses import replace

import pytest

from app.domain.directory import Directory, Organization, Service
from app.domain.pathway import Source
from app.domain.provider import Verification
from app.registry import load_directory
from app.registry.exchange.cells import cell_of, columns_of, put, read_cell, value_at
from app.registry.exchange.directory_out import write_directory
from app.registry.exchange.files import write_json, write_tables
from app.registry.exchange.proposing import compared
from app.registry.exchange.sheet_out import write_sheet
from app.registry.plain import plain
from app.registry.strict import fitted
from tests.registry.exchange.harvests import ROOT, harvest, places, require_whole_account
from tests.registry.exchange.harvests import a_service as foreign_service
from tests.registry.invented import a_directory, a_rich_directory, a_store, an_organization

NOTHING = a_directory()


@pytest.fixture(scope="module", params=["directory", "sandbox"])
def published(request) -> Directory:
    """The public directory, and the invented one, in which every fact is known."""
    return load_directory(ROOT / "data" / request.param)


def as_files(directory: Directory) -> bytes:
    """The archive of the directory's files."""
    file = io.BytesIO()
    write_directory(file, directory)
    return file.getvalue()


def as_sheet(directory: Directory) -> bytes:
    """The spreadsheet."""
    file = io.BytesIO()
    write_sheet(file, directory, places(), language="en")
    return file.getvalue()


def drafted(content: bytes) -> dict[tuple[str, str], object]:
    """What an import into an empty register would propose, as values, by kind and slug."""
    kinds = {"organization": Organization, "service": Service}
    found = {}
    for proposal in harvest(content, name="file").proposals:
        body = {name: value for name, value in proposal.body.items() if name != "organization"}
        if proposal.kind in kinds:
            value, flaws = fitted(body, kinds[proposal.kind])
            assert flaws == []
            found[proposal.kind, proposal.slug] = value
    return found


def as_listed(directory: Directory) -> dict[tuple[str, str], object]:
    """Organizations and services of the directory as a file may propose them: never verified, never trusted."""
    found: dict[tuple[str, str], object] = {}
    for one in directory.organizations:
        found["organization", one.slug] = replace(one, services=(), steward_trust=False)
        found |= {("service", s.slug): replace(s, verification=Verification()) for s in one.services}
    return found


def test_files_that_went_out_load_to_the_same_register_byte_for_byte(published, tmp_path):
    """Verifications, hotlines and facts included; and the same register gives the same bytes."""
    content = as_files(published)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)

    again = load_directory(tmp_path)
    assert again == published
    assert as_files(again) == content


@pytest.mark.parametrize("write", [as_files, as_sheet])
def test_an_import_of_what_went_out_changes_nothing(published, write):
    """Every record says what is published already; no draft is made of it."""
    found = harvest(write(published), name="file")
    comparison = compared(found.proposals, published, found.account)

    total = len(as_listed(published)) + sum(
        len(getattr(published, name)) for name in ("links", "receptions", "hotlines", "cross_border")
    )
    assert (comparison.drafts, comparison.unchanged) == ((), total)
    require_whole_account(found)


@pytest.mark.parametrize("write", [as_files, as_sheet])
def test_an_import_into_an_empty_register_proposes_the_same_records(published, write):
    """Each field of each record, but for what only a steward records."""
    assert drafted(write(published)) == as_listed(published)


FEED = Source(url="https://feed.example/hsds/services", title="A feed")


@pytest.mark.parametrize("source", [None, FEED])
@pytest.mark.parametrize("write", [write_json, write_tables])
def test_what_is_public_comes_back_from_hsds(published, write, source, tmp_path):
    """Beside the register it changes nothing: what the public tier hides is not in the file, and stays, and where the
    file was found is no news by itself."""
    store = a_store(f"sqlite:///{tmp_path / 'register.db'}")
    store.load_directory(published, by="a test", reason="a test")
    file = io.BytesIO()
    with store.feed({place.slug: place for place in places()}) as feed:
        write(feed, file)

    found = harvest(file.getvalue(), name="file", country="", source=source)
    comparison = compared(found.proposals, store.read_directory(), found.account)
    assert comparison.drafts == ()
    assert comparison.unchanged > len(published.organizations)
    assert [remark for remark in found.account.all_remarks() if remark.rejects] == []
    store.close()


def test_where_a_file_was_published_is_one_more_source_of_what_it_changes():
    """Beside the sources on record, once; and the only source of what is new."""
    new = harvest([foreign_service()], source=FEED)
    (first, _) = compared(new.proposals, NOTHING, new.account).drafts
    assert [one["url"] for one in first.body["sources"]] == [FEED.url]
    assert "sources" not in first.note

    known = Source(url="https://law.example/", title="A list", date="2026-01-01")
    for on_record in ((known,), (known, FEED)):
        house = an_organization(slug=first.slug, name="Moth House", note="Owls.", sources=on_record)
        changed = compared(new.proposals, a_directory(house), new.account)
        (draft,) = [one for one in changed.drafts if one.kind == "organization"]
        value, flaws = fitted(draft.body, Organization)
        assert flaws == [] and value is not None
        assert value.sources == (known, FEED)


def test_a_change_in_the_spreadsheet_becomes_a_draft_of_that_record():
    """And of no other."""
    before = a_rich_directory()
    house = before.organizations[0]
    changed = replace(before, organizations=(replace(house, name="Moth Hall"), *before.organizations[1:]))
    found = harvest(as_sheet(changed), name="file")

    (draft,) = compared(found.proposals, before, found.account).drafts
    assert (draft.kind, draft.update_of, draft.body["name"]) == ("organization", house.slug, "Moth Hall")


@pytest.mark.parametrize(
    "text", ["=1+1", "+7", "-", "@SUM(A1)", "a\nb", " padded ", "(none)", "[x]", "a; b", "a | b", "#N/A", "00123",
             "1e5", "TRUE", "2024-01-01", "_x0041_", "<&>\"'", "Қазақ ўзбек"],
)  # fmt: skip
def test_a_text_stays_the_text_that_it_is(text):
    """No formula, number, date, truth or fault is made of it, in a cell of its own or in a list."""
    house = an_organization(note=text, confidence=text, sources=a_rich_directory().organizations[0].sources)
    back = drafted(as_sheet(a_directory(house)))

    assert back["organization", house.slug] == house


def _examples() -> list[tuple[type, object]]:
    directory = a_rich_directory()
    records = [*directory.organizations, *(s for o in directory.organizations for s in o.services), *directory.links,
               *directory.receptions, *directory.hotlines, *directory.cross_border]  # fmt: skip
    return [(type(record), record) for record in records]


@pytest.mark.parametrize(("kind", "record"), _examples(), ids=lambda value: getattr(value, "slug", None))
def test_every_field_of_every_kind_of_record_has_a_column_that_brings_it_back(kind, record):
    """Of records in which every field is filled."""
    body: dict = {}
    known = plain(record)
    for column in columns_of(kind, without=frozenset({"services"})):
        cell = cell_of(value_at(known, column.path), column)
        if cell is not None:
            put(body, column.path, read_cell(cell, column))

    bare = replace(record, services=()) if isinstance(record, Organization) else record
    assert fitted(body, kind) == (bare, [])
