"""Interop 3.5: the official examples, everything that our feed says, and our profile, against the official schemas."""

import json
from itertools import chain
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.domain import provider
from app.domain.answer import Answer
from app.registry import load_directory, load_places
from app.registry.exchange.documents import STATUS
from app.registry.exchange.feed import Depth
from app.registry.exchange.lists import Asked
from app.registry.exchange.rolls import Kind
from app.registry.exchange.terms import taxonomies, taxonomy_terms
from tests.registry.exchange.standard import PROFILE, SCHEMAS, example, faults, merged, needs_the_standard, schema
from tests.registry.invented import a_rich_directory, a_store

DATA = Path(__file__).resolve().parents[3] / "data"
PLACES = {place.slug: place for place in load_places(DATA / "places")}

SHAPES = {
    (Kind.SERVICE, Depth.HEAD): "compiled/service_list.json",
    (Kind.SERVICE, Depth.FULL): "compiled/service.json",
    (Kind.POINT, Depth.HEAD): "compiled/service_at_location_list.json",
    (Kind.POINT, Depth.FULL): "compiled/service_at_location.json",
    (Kind.ORGANIZATION, Depth.HEAD): "compiled/organization_list.json",
    (Kind.ORGANIZATION, Depth.FULL): "compiled/organization.json",
    (Kind.ORGANIZATION, Depth.FULL_SERVICE): "compiled/organization.json",
}


@pytest.fixture(scope="module", params=["directory", "sandbox", "invented"])
def everything(request):
    """All documents of a register, by kind and depth."""
    store = a_store("sqlite://")
    rich = a_rich_directory() if request.param == "invented" else load_directory(DATA / request.param)
    store.load_directory(rich, by="a test", reason="invented")
    with store.feed(PLACES) as feed:
        found = {(kind, depth): list(feed.every(kind, depth)) for kind, depth in SHAPES}
    store.close()
    return found


@needs_the_standard
@pytest.mark.parametrize(
    ("name", "against"),
    [
        ("service_full", "compiled/service.json"),
        ("service_at_location_full", "compiled/service_at_location.json"),
        ("organization_full", "compiled/organization.json"),
        ("location", "location.json"),
        ("taxonomy", "taxonomy.json"),
        ("taxonomy_term", "taxonomy_term.json"),
    ],
)
def test_official_examples_keep_to_the_official_schemas(name, against):
    """Else our own check would be worth nothing."""
    assert faults(against, example(name)) == []


@needs_the_standard
@pytest.mark.parametrize("name", ["service", "service_at_location", "organization"])
def test_official_lists_keep_to_the_official_schemas(name):
    """The pages, too; and a broken one is found."""
    contents = example(f"{name}_list")["contents"]
    found = [fault for each in contents for fault in faults(f"compiled/{name}_list.json", each)]

    assert found == []
    assert faults(f"compiled/{name}_list.json", {**contents[0], "id": "7"}) != []


@needs_the_standard
@pytest.mark.parametrize(("kind", "depth"), SHAPES, ids=lambda part: part.name)
def test_everything_we_say_keeps_to_the_standard(everything, kind, depth):
    """No fault in any document of three registers."""
    documents = everything[kind, depth]

    assert documents
    assert [fault for each in documents for fault in faults(SHAPES[kind, depth], each)] == []


@needs_the_standard
@pytest.mark.parametrize(("kind", "depth"), SHAPES, ids=lambda part: part.name)
def test_every_key_is_the_standards_or_declared_in_our_profile(everything, kind, depth):
    """Interop 3.4; and what we declare about the values holds."""
    documents = everything[kind, depth]

    assert [fault for each in documents for fault in faults(SHAPES[kind, depth], each, profiled=True)] == []


@needs_the_standard
def test_terms_keep_to_the_standard_and_the_profile():
    """The one taxonomy with a term a code."""
    term = merged(schema("taxonomy_term.json"), PROFILE["taxonomy_term.json"])
    keys = set(term["properties"])

    assert [fault for each in taxonomies() for fault in faults("taxonomy.json", each)] == []
    assert [fault for each in taxonomy_terms() for fault in faults("taxonomy_term.json", each)] == []
    assert set(chain.from_iterable(taxonomy_terms())) <= keys
    assert {each["taxonomy_id"] for each in taxonomy_terms()} == {taxonomies()[0]["id"]}


@needs_the_standard
def test_the_profile_only_adds():
    """Each patch is for a schema of the standard, the outcome is a schema, and no key of the standard is touched."""
    for file, patch in PROFILE.items():
        official = json.loads((SCHEMAS / file).read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(merged(official, patch))
        assert set(patch) == {"properties"}
        assert set(patch["properties"]).isdisjoint(official["properties"])


def test_closed_lists_of_the_profile_are_those_of_the_program():
    """A value that we added and did not declare would be refused by whoever trusts the profile."""
    organization, service = (PROFILE[f"{name}.json"]["properties"] for name in ("organization", "service"))
    link = organization["links"]["items"]["properties"]
    registered = {each.value for each in provider.RegistrationStatus} - {"unregistered"}
    regimes = {each.value for each in provider.FacilityRegime} - {"unknown"}

    def listed(field):
        return set(field["enum"])

    assert listed(organization["type"]) == set(provider.OrganizationType)
    assert listed(organization["independence"]) == set(provider.Independence)
    assert listed(organization["status"]) == listed(service["directory_status"]) == set(provider.ServiceStatus)
    assert listed(organization["registration"]["items"]["properties"]["status"]) == registered
    assert listed(link["agreement"]) == set(provider.Agreement)
    assert listed(link["mode"]) == set(provider.HandoverMode)
    assert listed(service["modality"]) == set(provider.Modality)
    assert listed(service["capacity"]) == set(provider.Capacity)
    assert listed(service["safety"]["properties"]["facility_regime"]) == regimes
    assert listed(service["state_funded"]) == set(Answer)
    assert set(STATUS) == set(provider.ServiceStatus)


@needs_the_standard
@pytest.mark.parametrize("way", [(), ("organization",), ("service_at_locations", 0, "location"), ("contacts", 0)])
def test_a_key_that_nobody_declared_is_found(everything, way):
    """The test above would see a new key at every depth."""
    document = next(
        (each for each in everything[Kind.SERVICE, Depth.FULL] if each.get("contacts")),
        everything[Kind.SERVICE, Depth.FULL][0],
    )
    spoiled = json.loads(json.dumps(document))
    spot = spoiled
    for part in way:
        spot = spot[part] if not isinstance(spot, dict) or part in spot else pytest.skip("nobody has one here")
    spot["caretaker"] = "Moth"

    assert faults("compiled/service.json", spoiled) == []
    assert len(faults("compiled/service.json", spoiled, profiled=True)) == 1


def test_a_page_of_ids_is_what_the_standard_asks_for():
    """`minimal`: id and last change, nothing else."""
    store = a_store("sqlite://")
    store.load_directory(a_rich_directory(), by="a test", reason="invented")
    with store.feed(PLACES) as feed:
        total, contents = feed.page(Kind.SERVICE, Asked(), Depth.MINIMAL, page=1, per_page=10)
    store.close()

    assert total == len(contents) > 0
    assert all(set(each) == {"id", "last_modified"} for each in contents)
