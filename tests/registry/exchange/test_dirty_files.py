"""Two invented directories of thousands of services, as dirty as real ones: no crash, and every row accounted for."""

import json
from collections import Counter

import pytest

from app.registry.exchange.importing import read_path
from app.registry.exchange.told import Told
from tests.registry.exchange import dirty
from tests.registry.exchange.harvests import (
    codes,
    harvest,
    places,
    records,
    remarks,
    require_whole_account,
)

SERVICES = 2_000
TABLES = {
    "organizations": "organization", "services": "service", "locations": "location", "phones": "phone",
    "services_at_location": "service_at_location", "physical_addresses": "address", "contacts": "contact",
    "regular_schedules": "schedule", "languages": "language", "services_taxonomy": "service_taxonomy",
    "taxonomy": "taxonomy", "funding": "funding", "eligibility": "eligibility", "metadata": "metadata",
}  # fmt: skip


@pytest.fixture(scope="module")
def of_1_1(tmp_path_factory):
    """The tables, how many rows were written, and what an import makes of the archive."""
    folder = tmp_path_factory.mktemp("tables")
    written = dirty.tables_1_1(folder, SERVICES)
    archive = dirty.archived(folder, folder.parent / "export of the directory.zip")
    return written, read_path(archive, Told(), places())


@pytest.fixture(scope="module")
def of_2_0():
    """What an import makes of the nested document."""
    return harvest(dirty.as_json(dirty.nested_2_0(SERVICES)), country="")


def told(found) -> str:
    """Everything that an import would show or keep."""
    proposals = [[p.kind, p.slug, p.body, p.note] for p in found.proposals]
    return json.dumps([proposals, found.account.all_remarks()], ensure_ascii=False)


def test_every_row_of_1_1_was_read_and_is_accounted_for(of_1_1):
    """Accepted and rejected add up to what the program wrote."""
    written, found = of_1_1

    counts = found.account.counts()
    assert Counter({table: counts[TABLES[table]].read for table in written}) == written
    require_whole_account(found)


def test_every_record_of_2_0_is_accounted_for(of_2_0):
    """What was no record at all is counted, too."""
    counts = of_2_0.account.counts()

    assert counts["service"].read == SERVICES + 1
    assert counts["record"].read == counts["record"].rejected == 4
    assert 0 < counts["service"].rejected < SERVICES // 4
    require_whole_account(of_2_0)


@pytest.mark.parametrize("name", ["of_1_1", "of_2_0"])
def test_what_is_sound_is_proposed_and_never_as_verified(name, request):
    """Most of it is sound; a file cannot say that somebody here looked."""
    found = request.getfixturevalue(name)
    found = found[1] if isinstance(found, tuple) else found

    assert len(records(found, "service")) > SERVICES // 2
    assert not any({"verification", "steward_trust"} & set(p.body) for p in found.proposals)


@pytest.mark.parametrize("name", ["of_1_1", "of_2_0"])
def test_no_street_of_a_refuge_is_anywhere(name, request):
    """Not in a body, a note or a remark; not where prose repeats it. The town stays, and the report says so."""
    found = request.getfixturevalue(name)
    found = found[1] if isinstance(found, tuple) else found
    refuges = [p for p in records(found, "service") if p.body.get("address_confidential")]

    assert len(refuges) > SERVICES // 60
    assert not any(street in told(found) for street in dirty.HIDDEN_STREETS)
    assert remarks(found, "street-left-out")
    assert not any(c["kind"] in ("address", "in_person") for p in refuges for c in p.body.get("contacts", ()))


@pytest.mark.parametrize("name", ["of_1_1", "of_2_0"])
def test_prose_is_quoted_and_never_read_as_a_rule(name, request):
    """Women from 18, under 25: the fields stay unknown, but for ages that are numbers."""
    found = request.getfixturevalue(name)
    found = found[1] if isinstance(found, tuple) else found
    fields = {field for p in records(found, "service") for field in p.body.get("eligibility", {})}

    assert fields <= {"age_min"}
    assert all(p.body["eligibility_said"] for p in records(found, "service"))


def test_foreign_terms_have_no_code(of_1_1):
    """They are quoted; whoever knows them writes a mapping."""
    _, found = of_1_1

    assert all(p.body["codes"] == [] for p in records(found, "service"))
    assert remarks(found, "foreign-term")


def test_names_of_people_are_nowhere(of_1_1):
    """They were in the table that is saved as cp1251, which was read as such."""
    _, found = of_1_1

    assert "Выдуманное" not in told(found)
    assert [remark.file for remark in remarks(found, "encoding")] == ["contacts.csv"]
    assert (
        any(c.get("note") == "координатор" for p in records(found, "service") for c in p.body.get("contacts", ()))
        is False
    )


def test_the_same_file_makes_the_same_slugs_every_time():
    """So that a second import finds what the first one proposed."""
    one, other = (harvest(dirty.as_json(dirty.nested_2_0(200)), country="") for _ in range(2))

    assert [p.slug for p in one.proposals] == [p.slug for p in other.proposals]
    assert len({(p.kind, p.slug) for p in one.proposals}) == len(one.proposals)


def test_each_kind_of_dirt_is_named(of_1_1, of_2_0):
    """Each by its code, so that a report can be sorted."""
    assert {
        "duplicate-id", "missing-id", "missing-name", "unknown-organization", "unknown-owner", "unknown-country",
        "unknown-place", "unknown-status", "unknown-language", "mojibake", "no-number", "not-kept", "unusable-age",
    } <= set(codes(of_1_1[1]))  # fmt: skip
    assert {
        "not-a-record", "not-a-number", "missing-organization", "missing-name", "unusable-address", "duplicate-id",
        "not-a-value",
    } <= set(codes(of_2_0))  # fmt: skip
