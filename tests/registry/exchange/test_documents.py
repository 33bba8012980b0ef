"""What our facts become in HSDS, and which of them stay at home (docs/decisions/0015)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Contact, Registration
from app.domain.pathway import Source
from app.domain.profile import AccessNeed, Document, Perpetrator
from app.domain.provider import (
    Capacity,
    Eligibility,
    FacilityRegime,
    Link,
    Modality,
    RegistrationStatus,
    SafeguardingFlag,
    Safety,
    ServiceStatus,
    Verification,
    Visibility,
)
from app.registry import load_places
from app.registry.exchange.documents import (
    Offer,
    location,
    organization_full,
    organization_head,
    point_full,
    service_full,
    service_head,
)
from app.registry.exchange.weeks import schedules
from app.registry.tables import id_of
from tests.registry.exchange.standard import leaves
from tests.registry.invented import NOW, a_service, a_shelter, an_organization

PLACES = {place.slug: place for place in load_places(Path(__file__).resolve().parents[3] / "data" / "places")}
REPORT = {"capacity": Capacity.LIMITED, "capacity_as_of": NOW, "free_places": 2, "places_total": 9}


def an_offer(*, organization=None, last_modified=None, **given):
    """An offer of which only the needful is known."""
    return Offer(
        organization=organization or an_organization(), service=a_service(**given), last_modified=last_modified
    )


def full(**given):
    """The full document of that service."""
    return service_full(an_offer(**given), PLACES)


def test_what_nobody_knows_is_not_there():
    """Unknown is never yes, and never a default."""
    told = full()

    assert set(told) == {
        "id", "organization_id", "name", "status", "slug", "modality", "address_confidential", "organization", "codes",
        "attributes", "service_at_locations",
    }  # fmt: skip
    assert told["status"] == "inactive"
    assert set(told["service_at_locations"][0]["location"]) == {
        "id", "location_type", "organization_id", "address_confidential", "country",
    }  # fmt: skip


def test_none_is_another_thing_than_unknown():
    """An empty list says that there are none."""
    none = full(languages=(), weekly=(), accessibility=(), interpretation=(),
                eligibility=Eligibility(required_documents=()))  # fmt: skip

    assert none["languages"] == none["schedules"] == none["required_documents"] == []
    assert none["weekly"] == none["interpretation"] == none["accessibility"] == []
    assert none["service_at_locations"][0]["location"]["accessibility"] == []


@pytest.mark.parametrize(
    ("own", "house", "told"),
    [
        (None, ServiceStatus.ACTIVE, "active"),
        (ServiceStatus.TEMPORARILY_CLOSED, ServiceStatus.ACTIVE, "temporarily closed"),
        (ServiceStatus.DEFUNCT, ServiceStatus.ACTIVE, "defunct"),
        (ServiceStatus.ANNOUNCED, ServiceStatus.ACTIVE, "inactive"),
        (ServiceStatus.UNKNOWN, ServiceStatus.ACTIVE, "inactive"),
        (None, ServiceStatus.UNKNOWN, "inactive"),
    ],
)
def test_what_is_not_known_to_work_is_not_called_active(own, house, told):
    """HSDS has no unknown; ours stands beside it."""
    document = full(status=own, organization=an_organization(status=house))

    assert document["status"] == told
    assert document.get("directory_status") == (own and own.value)


def test_ids_are_those_of_the_tables():
    """The same in every export, so that a link holds."""
    told = full(codes=(Code.SHL_VOT,))
    point = told["service_at_locations"][0]

    assert told["id"] == point["service_id"] == str(id_of("service", "xa-moth-line"))
    assert told["organization_id"] == told["organization"]["id"] == str(id_of("organization", "xa-moth"))
    assert point["id"] == str(id_of("service_at_location", "xa-moth-line"))
    assert point["location_id"] == point["location"]["id"] == str(id_of("location", "xa-moth-line"))
    assert told["attributes"][0]["link_id"] == told["id"]


def test_a_confidential_location_is_a_country_and_a_region():
    """H15, R-03: no town, no name of one, no number of places, no regime, no sources, no contact that tells where."""
    service = replace(
        a_shelter(), place="osh", modality=Modality.PHYSICAL,
        contacts=(*a_shelter().contacts, Contact(kind="in_person", value="behind the Osh bazaar")),
    )  # fmt: skip
    offer = Offer(organization=an_organization(), service=service, last_modified=None)
    told = point_full(offer, PLACES)
    words = " ".join(leaves(told)).lower()

    assert told["location"]["admin1"] == PLACES["osh"].admin1 and told["location"]["country"] == "KG"
    assert {"place", "name", "latitude", "longitude", "addresses"}.isdisjoint(told["location"])
    assert {"place", "capacity", "capacities", "free_places", "places_total", "sources"}.isdisjoint(told["service"])
    assert "facility_regime" not in told["service"]["safety"]
    assert "osh" not in words and "bazaar" not in words and "moonless" not in words and "semi_open" not in words


def test_an_open_location_is_a_town_without_an_address():
    """The register knows towns; an invented street, postcode or coordinate would be a wrong door."""
    told = location(an_offer(place="osh"), PLACES, full=True)

    assert (told["place"], told["name"], told["country"]) == ("osh", "Osh", "KG")
    assert {"addresses", "latitude", "longitude"}.isdisjoint(told)
    assert location(an_offer(modality=Modality.REMOTE), PLACES, full=False)["location_type"] == "virtual"


def test_a_town_that_the_gazetteer_lost_has_no_region():
    """The region of the organization's seat would be a guess."""
    told = location(an_offer(place="atlantis", organization=an_organization(admin1="KZ-75")), PLACES, full=True)

    assert told["place"] == "atlantis" and "admin1" not in told and "name" not in told


@pytest.mark.parametrize("fact", ["shares_with_police", "shares_with_immigration", "mandatory_reporter"])
def test_warnings_are_public_and_refusals_are_not(fact):
    """A list of those that do not tell the police would be read by the police first."""
    assert full(safety=Safety(**{fact: Answer.YES}))["safety"] == {fact: "yes"}
    assert "safety" not in full(safety=Safety(**{fact: Answer.NO}))
    assert "safety" not in full(safety=Safety())


def test_judgements_stay_at_home():
    """Flags, ties to perpetrators and trust are the register's own."""
    safety = Safety(
        safeguarding_flag=SafeguardingFlag.CLEARED, affiliations=(Perpetrator.OFFICIAL,),
        facility_regime=FacilityRegime.CLOSED,
    )  # fmt: skip
    told = full(safety=safety, organization=an_organization(steward_trust=True))

    assert told["safety"] == {"facility_regime": "closed"}
    assert "steward_trust" not in told["organization"]


def test_only_contacts_for_everybody_are_told():
    """Numbers as phones, the first address of each kind with the service, all of them in our order."""
    told = full(
        contacts=(
            Contact(kind="phone", value="150", note="day and night"),
            Contact(kind="phone", value="+000 555 0111", visibility=Visibility.NETWORK),
            Contact(kind="phone", value="+000 555 0112", visibility=Visibility.RESTRICTED),
            Contact(kind="address", value="1 Hidden Street"),
            Contact(kind="email", value="moth@example.org"),
            Contact(kind="email", value="no address at all"),
            Contact(kind="website", value="https://example.org/a"),
            Contact(kind="website", value="https://пример.kz/"),
            Contact(kind="website", value="https://example.org/b", note="in Kazakh"),
        )
    )

    assert [(each["number"], each.get("description")) for each in told["phones"]] == [("150", "day and night")]
    assert (told["email"], told["url"]) == ("moth@example.org", "https://example.org/a")
    assert [(each["url"], each["label"]) for each in told["additional_urls"]] == [
        ("https://example.org/b", "in Kazakh")
    ]
    assert [each["kind"] for each in told["contacts"]] == ["phone", "email", "email", "website", "website", "website"]
    assert "+000 555" not in " ".join(leaves(told)) and "Hidden" not in " ".join(leaves(told))


def test_an_unregistered_provider_is_not_exposed():
    """R-07: the unregistered work under pressure; what was taken away is a warning and stays (H17)."""
    registration = (
        Registration(scheme="KZ-BIN", number="7", status=RegistrationStatus.REVOKED, valid_to=date(2026, 1, 1)),
        Registration(scheme="KZ-NGO", number="8", status=RegistrationStatus.UNREGISTERED),
        Registration(scheme="KZ-LIC", status=RegistrationStatus.REGISTERED),
    )
    told = organization_full(an_organization(registration=registration), [], [], PLACES, full_service=False)

    assert [each["scheme"] for each in told["registration"]] == ["KZ-BIN", "KZ-LIC"]
    assert [(each["identifier_type"], each["identifier"]) for each in told["organization_identifiers"]] == [
        ("KZ-BIN", "7")
    ]


def test_an_organization_without_a_note_says_what_it_is():
    """HSDS wants a description; ours says no more than is known."""
    assert organization_head(an_organization())["description"] == "ngo, KZ"
    assert organization_head(an_organization(note="small"))["description"] == "small"
    assert "note" not in organization_head(an_organization())


def test_a_report_of_places_is_told_with_its_moment():
    """A number without a moment, or a moment without a number, is no capacity of HSDS."""
    told = full(**REPORT)
    (capacity,) = told["capacities"]

    assert (capacity["available"], capacity["maximum"], capacity["unit"]["name"]) == (2, 9, "place")
    assert datetime.fromisoformat(capacity["updated"]) == NOW
    assert (told["capacity"], told["free_places"], told["places_total"]) == ("limited", 2, 9)
    assert "capacities" not in full(**{**REPORT, "free_places": None})
    assert "capacities" not in full(**{**REPORT, "capacity_as_of": None})


def test_eligibility_stands_in_both_languages():
    """HSDS has ages, prose, documents and costs; the rest is ours."""
    eligibility = Eligibility(age_min=18, required_documents=(Document.PASSPORT,), fee=Answer.NO,
                              requires_criminal_case=Answer.UNKNOWN)  # fmt: skip
    told = full(eligibility=eligibility, eligibility_said="adults", verification=Verification(on=date(2026, 3, 1)))

    assert (told["minimum_age"], told["eligibility_description"], told["assured_date"]) == (18, "adults", "2026-03-01")
    assert "maximum_age" not in told
    assert [each["document"] for each in told["required_documents"]] == ["passport"]
    assert [each["option"] for each in told["cost_options"]] == ["free"]
    assert told["eligibility"] == {
        "age_min": 18, "required_documents": ["passport"], "fee": "no", "requires_criminal_case": "unknown",
    }  # fmt: skip


def test_the_last_change_is_told_in_utc():
    """RFC 3339."""
    offer = an_offer(last_modified=datetime(2026, 1, 2, 3, tzinfo=UTC))

    assert service_head(offer)["last_modified"] == "2026-01-02T03:00:00Z"


def test_a_head_has_no_lists():
    """HSDS: lists carry one-to-one fields only."""
    offer = Offer(organization=an_organization(), service=a_shelter(), last_modified=NOW)

    assert [key for key, value in service_head(offer).items() if isinstance(value, list)] == []
    assert [key for key, value in organization_head(offer.organization).items() if isinstance(value, list)] == []


@pytest.mark.parametrize(
    ("weekly", "told"),
    [
        ((), []),
        (((540, 1080),), [("MO", "09:00:00", "18:00:00")]),
        (((540, 1080), (1980, 2520)), [("MO,TU", "09:00:00", "18:00:00")]),
        (((0, 10080),), [("MO,TU,WE,TH,FR,SA,SU", "00:00:00", "23:59:00")]),
        (((1320, 1560),), [("MO", "22:00:00", "23:59:00"), ("TU", "00:00:00", "02:00:00")]),
        (((540, 720), (780, 1080)), [("MO", "09:00:00", "12:00:00"), ("MO", "13:00:00", "18:00:00")]),
        (((9900, 10080),), [("SU", "21:00:00", "23:59:00")]),
    ],
)
def test_hours_of_a_week_are_schedules(weekly, told):
    """RRULE-like: one object for all days with the same hours, parted at midnight."""
    found = schedules("xa-moth-line", weekly)

    assert [(each["byday"], each["opens_at"], each["closes_at"]) for each in found] == told
    assert len({each["id"] for each in found}) == len(found)


def test_links_and_sources_are_in_the_full_organization_only():
    """With the id of the service_at_location that a link leads to."""
    organization = an_organization(sources=(Source(url="https://example.org", title="A"),))
    link = Link(slug="xl-1", from_organization="xa-moth", to="xb-owl-desk", active=False)
    told = organization_full(organization, [an_offer()], [link], PLACES, full_service=False)

    assert told["links"] == [
        {"to_id": str(id_of("service_at_location", "xb-owl-desk")), "slug": "xl-1", "to": "xb-owl-desk",
         "active": False}
    ]  # fmt: skip
    assert told["sources"] == [{"url": "https://example.org", "title": "A"}]
    assert "attributes" not in told["services"][0] and "organization" not in told["services"][0]
    assert full(accessibility=(AccessNeed.MOBILITY,))["accessibility"] == ["mobility"]
