"""HSDS of every shape becomes records of ours: what fits is kept, what does not is quoted, and nothing is guessed."""

import json

import pytest

from app.domain.codes import Code
from app.registry.exchange.importing import read_path
from app.registry.exchange.told import Told
from tests.registry.exchange.harvests import (
    EXAMPLES,
    a_service,
    at,
    codes,
    harvest,
    places,
    records,
    remarks,
    require_whole_account,
    the_service,
)

ORGANIZATION = {
    **a_service()["organization"],
    "services": [{k: v for k, v in a_service().items() if k != "organization"}],
}
FLAT = {
    "organization": [a_service()["organization"]],
    "service": [
        {"id": "s", "organization_id": a_service()["organization"]["id"], "name": "Advice", "status": "active"}
    ],
}
SHAPES = {
    "a list of services": [a_service()],
    "one service": a_service(),
    "a page": {"total_items": 1, "total_pages": 1, "page_number": 1, "empty": False, "contents": [a_service()]},
    "organizations with services": [ORGANIZATION],
    "an object of tables": FLAT,
    "tables in the plural": {f"{name}s": rows for name, rows in FLAT.items()},
    "an object of nested tables": {"services": [a_service()], "organizations": [a_service()["organization"]]},
    "one record a line": (json.dumps(a_service()) + "\n" + json.dumps(ORGANIZATION) + "\n").encode(),
    "services at locations": [{"id": "p", "service": a_service(), "location": {"id": "l", "location_type": "virtual"}}],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_each_shape_is_one_organization_with_one_service(shape):
    """Whichever way the file nests them."""
    found = harvest(shape)

    (organization,) = records(found, "organization")
    service = the_service(found)
    assert (organization.body["name"], service.body["name"]) == ("Moth House", "Advice")
    assert service.body["organization"] == organization.slug
    assert service.slug.startswith(f"{organization.slug}.")
    require_whole_account(found)


@pytest.mark.parametrize("name", ["service_full.json", "service_list.json", "organization_full.json",
                                  "organization_list.json", "service_at_location_full.json", "csv"])  # fmt: skip
def test_official_examples_are_read(name):
    """As published with the standard; their town is no town of ours, and their country is not that of the office."""
    if not EXAMPLES.exists():
        pytest.skip("THE OFFICIAL EXAMPLES ARE NOT READ: ../shared/hsds is not beside this project")
    found = read_path(EXAMPLES / name, Told(country="KZ"), places())

    assert records(found, "organization")
    require_whole_account(found)


def test_unknown_stays_unknown():
    """What the file does not say is not in the body: neither type, nor gender, nor place, nor what is shared."""
    service = the_service(harvest([a_service()]))

    assert set(service.body) == {"slug", "organization", "name", "codes", "status"}
    (organization,) = records(harvest([a_service()]), "organization")
    assert "type" not in organization.body and "To be filled in" in organization.note


def test_what_one_says_of_the_whole_file_is_taken():
    """The country where addresses name none, the type, and where it was published."""
    found = harvest([a_service()], country="UZ", organization_type="ngo")

    (organization,) = records(found, "organization")
    assert (organization.body["country"], organization.body["type"]) == ("UZ", "ngo")


def test_without_a_country_nothing_is_proposed():
    """And both rows say why."""
    found = harvest([a_service()], country="")

    assert found.proposals == ()
    assert codes(found) == {"no-country": 1, "unknown-organization": 1}


@pytest.mark.parametrize(
    ("address", "place"),
    [({"city": "Almaty"}, "almaty"), ({"city": "АЛМАТЫ"}, "almaty"), ({"city": "Almatyy"}, None), ({"city": ""}, None),
     ({"city": "Bishkek"}, None), ({"city": "Bishkek", "country": "KG"}, "bishkek"),
     ({"city": "Bishkek", "country": "Кыргызстан"}, "bishkek")],
)  # fmt: skip
def test_a_place_is_one_of_the_gazetteer_by_its_exact_name_in_its_country(address, place):
    """A near one may be another town; a town in another country is another town."""
    found = harvest([a_service(**at(**address))])

    assert the_service(found).body.get("place") == place
    assert bool(remarks(found, "unknown-place")) == (place is None and bool(address["city"]))


def test_a_street_goes_into_the_sealed_contacts_only():
    """Restricted: the register seals it before it is kept (H15). No coordinate is kept at all."""
    found = harvest([a_service(**at(address_1="1 Main Street"), description="Come to 1 Main Street at nine.")])

    service = the_service(found)
    assert service.body["contacts"] == [
        {"kind": "address", "value": "1 Main Street, Almaty", "visibility": "restricted"}
    ]
    assert "Main Street" not in service.note + json.dumps({**service.body, "contacts": []})


@pytest.mark.parametrize(
    "given",
    [{"name": "Shelter for women"}, {"name": "Приют"}, {"description": "Victims of trafficking are housed."},
     {"attributes": [{"id": "x", "taxonomy_term": {"id": "t", "code": "SHL-EMG", "name": "Emergency shelter"}}]},
     {"organization": {"id": "o", "name": "Crisis centre", "description": "-"}}],
)  # fmt: skip
def test_the_street_of_what_may_be_a_refuge_is_left_out(given):
    """When in doubt. The town stays; the report says what was left out."""
    found = harvest([{**a_service(**at(address_1="1 Main Street")), **given}])

    service = the_service(found)
    assert service.body["address_confidential"] is True
    assert service.body["place"] == "almaty"
    assert "Main Street" not in json.dumps([service.body, service.note, found.account.all_remarks()])
    assert remarks(found, "street-left-out")


def test_half_redacted_addresses_are_taken_for_what_they_are():
    """The word Confidential instead of a street: no street, and nobody learns more."""
    service = the_service(harvest([a_service(**at(address_1="Confidential"))]))

    assert service.body["address_confidential"] is True
    assert "contacts" not in service.body


def test_our_codes_are_known_by_their_own_names_and_others_by_a_mapping():
    """A foreign term that nobody mapped is quoted."""
    named = [("LEG-INF", "Advice"), ("BD-1800", "Food"), ("XX-1", "Yoga")]
    terms = [{"id": code, "taxonomy_term": {"id": name, "code": code, "name": name}} for code, name in named]
    found = harvest([a_service(attributes=terms)], mapping={"bd-1800": (Code.BAS_FOD,)})

    assert the_service(found).body["codes"] == ["LEG-INF", "BAS-FOD"]
    assert the_service(found).body["said"] == ["Advice", "Food", "Yoga"]
    assert len(remarks(found, "foreign-term")) == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [({"minimum_age": 18}, {"age_min": 18}), ({"minimum_age": 0, "maximum_age": 17}, {"age_min": 0, "age_max": 17}),
     ({"minimum_age": 12.5}, None), ({"maximum_age": 0}, None), ({"minimum_age": 30, "maximum_age": 20}, None),
     ({"minimum_age": "18"}, {"age_min": 18}), ({"minimum_age": -1}, None), ({"maximum_age": 999}, None),
     ({"eligibility_description": "from 18 years"}, None), ({"minimum_age": float("nan")}, None)],
)  # fmt: skip
def test_ages_are_taken_from_numbers_only(said, kept):
    """Whole years from 0 to 120; anything else is left out and told."""
    assert the_service(harvest([a_service(**said)])).body.get("eligibility") == kept


def test_plain_weekly_hours_are_kept_and_others_quoted():
    """Of several schedules all must be plain: half of the hours would say that an open door is closed."""
    plain = {"id": "h", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "18:00:00"}
    odd = {"id": "i", "freq": "MONTHLY", "byday": "1MO", "opens_at": "09:00", "closes_at": "12:00"}

    assert the_service(harvest([a_service(schedules=[plain])])).body["weekly"] == [[540, 1080], [1980, 2520]]
    both = harvest([a_service(schedules=[plain, odd])])
    assert "weekly" not in the_service(both).body
    assert "1MO" in the_service(both).note and remarks(both, "unclear-hours")


def test_names_of_people_are_left_out_and_their_numbers_are_for_the_network():
    """The post stays as a note."""
    contact = {"id": "c", "name": "Ann Invented", "title": "Manager", "phones": [{"id": "p", "number": "+7 000 00 00"}]}
    found = harvest([a_service(contacts=[contact])])

    assert the_service(found).body["contacts"] == [
        {"kind": "phone", "value": "+7 000 00 00", "visibility": "network", "note": "Manager"}
    ]
    assert "Ann" not in json.dumps([p.body for p in found.proposals]) + the_service(found).note
    assert remarks(found, "name-left-out")


def test_a_service_at_two_locations_is_two_services():
    """As our directory has it: one service at one place."""
    two = [{"id": f"p{n}", "location": {"id": f"l{n}", "addresses": [{"id": f"a{n}", "city": city, "country": "KZ"}]}}
           for n, city in enumerate(["Almaty", "Astana"])]  # fmt: skip
    found = harvest([a_service(service_at_locations=two)])

    assert [p.body["place"] for p in records(found, "service")] == ["almaty", "astana"]
    assert len({p.slug for p in found.proposals}) == 3


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_a_location_that_cannot_be_used_takes_no_other_with_it(order):
    """The service is proposed at the good ones, whatever their order, and the faulty one is told."""
    towns = [("Almaty", "KZ"), ("Nowhere", "FR"), ("Astana", "KZ")]
    points = [{"id": f"p{n}", "location": {"id": f"l{n}", "addresses": [
        {"id": f"a{n}", "city": towns[n][0], "country": towns[n][1]}]}} for n in order]  # fmt: skip
    organization = {**a_service()["organization"], "country": "KZ"}
    found = harvest([a_service(organization=organization, service_at_locations=points)])

    assert {p.body["place"] for p in records(found, "service")} == {"almaty", "astana"}
    (told,) = remarks(found, "other-country")
    assert (told.rejects, f"location {order.index(1) + 1}" in told.reason) == (False, True)
    assert found.account.counts()["service"].rejected == 0
    require_whole_account(found)


def test_a_service_without_a_good_location_is_rejected():
    """Once, for every reason."""
    organization = {**a_service()["organization"], "country": "KZ"}
    found = harvest([a_service(organization=organization, **at(city="Nowhere", country="FR"))])

    assert records(found, "service") == [] and remarks(found, "other-country")[0].rejects
    assert found.account.counts()["service"].rejected == 1
    require_whole_account(found)


@pytest.mark.parametrize("said", ["xx", "qqq", "xx-Latn"])
def test_a_tag_that_is_no_language_is_told_and_left_out(said):
    """It would be searched for and never found."""
    spoken = [{"id": "1", "code": said}, {"id": "2", "code": "rus"}]
    found = harvest([a_service(languages=spoken, interpretation=[said])])

    assert the_service(found).body["languages"] == ["ru"]
    assert "interpretation" not in the_service(found).body
    assert remarks(found, "unknown-language") and remarks(found, "unusable-own-key")


def test_a_slug_of_another_directory_names_no_record_of_ours():
    """Its id is not the one that we make of that slug, so that it can never replace a shelter's record."""
    found = harvest([a_service(slug="kg-oasis.shelter", codes=["LEG-INF"])])

    assert the_service(found).slug != "kg-oasis.shelter"
    assert the_service(found).body["codes"] == ["LEG-INF"]


def test_our_own_keys_count_only_while_they_are_sound():
    """Each by itself."""
    given = {"safety": {"shares_with_police": "perhaps"}, "response_minutes": 5, "eligibility": {"genders": ["women"]}}
    found = harvest([a_service(**given)])

    assert the_service(found).body["eligibility"] == {"genders": ["women"]}
    assert the_service(found).body["response_minutes"] == 5
    assert "safety" not in the_service(found).body
    assert [remark.field for remark in remarks(found, "unusable-own-key")] == ["safety"]


def test_that_a_file_calls_it_verified_makes_nothing_verified():
    """Neither in our words nor in the standard's (H19)."""
    found = harvest([a_service(verification={"on": "2026-11-01", "method": "visit"}, assured_date="2026-11-01")])

    assert "verification" not in the_service(found).body
    assert remarks(found, "left-to-steward")


def test_columns_that_nothing_is_made_of_are_named_once():
    """With how many cells were filled."""
    found = harvest([a_service(id=str(n), mascot="owl") for n in range(3)])

    assert [(r.field, r.row, "3" in r.reason) for r in remarks(found, "not-kept")] == [("mascot", 0, True)]
