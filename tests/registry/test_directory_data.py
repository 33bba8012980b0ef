"""The real public directory in data/directory: whole, cited, and silent about where people sleep."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.directory import Directory, Organization, Service
from app.domain.profile import Placement
from app.domain.provider import (
    FORCE_BODIES,
    Agreement,
    Independence,
    Link,
    Modality,
    OrganizationType,
    ReturnReception,
    ServiceStatus,
)
from app.registry.directory import load_directory, service_points
from app.registry.places import load_places

DATA = Path(__file__).parents[2] / "data"
COUNTRIES = ("KG", "KZ", "TJ", "TM", "UZ")
STREETS = re.compile(r"\b(street|str\.|avenue|house no|ул\.|улиц|просп|көшесі|кучаи|кўчаси)", re.IGNORECASE)


@pytest.fixture(scope="module")
def directory() -> Directory:
    places = frozenset(place.slug for place in load_places(DATA / "places"))
    return load_directory(DATA / "directory", places=places)


def services_of(directory: Directory) -> Iterator[tuple[Organization, Service]]:
    for organization in directory.organizations:
        for service in organization.services:
            yield organization, service


def organization_of(directory: Directory, slug: str) -> Organization:
    return next(organization for organization in directory.organizations if organization.slug == slug)


def service_of(directory: Directory, slug: str) -> Service:
    return next(service for _, service in services_of(directory) if service.slug == slug)


def test_the_directory_is_whole(directory: Directory) -> None:
    """124 providers of the research and five ambulances; 16 hotlines; 22 facts about borders."""
    ambulances = [item for item in directory.organizations if item.slug.endswith("-ambulance")]

    assert len(directory.organizations) == 124 + 5
    assert len(ambulances) == 5
    assert len(directory.hotlines) == 16
    assert len(directory.cross_border) == 22
    assert {item.country for item in directory.organizations} == set(COUNTRIES)


def test_closed_and_announced_organizations_are_kept_as_such(directory: Directory) -> None:
    """Announced is not open, and a closed shelter must not be added again in good faith."""
    not_working = {
        item.slug: item.status
        for item in directory.organizations
        if item.status not in {ServiceStatus.ACTIVE, ServiceStatus.UNKNOWN}
    }

    assert not_working == {
        "kz-temirtau-old": ServiceStatus.DEFUNCT,
        "kg-state-crisis": ServiceStatus.ANNOUNCED,
    }


def test_every_organization_has_services_sources_and_a_date(directory: Directory) -> None:
    for organization in directory.organizations:
        assert organization.services, organization.slug
        assert organization.sources, organization.slug
        assert all(source.url and source.title and source.supports for source in organization.sources)
        assert organization.status_as_of, organization.slug
        assert organization.confidence in {"high", "medium", "low"}, organization.slug
        assert organization.slug.startswith(organization.country.lower() + "-")


def test_every_service_says_from_which_words_its_codes_came(directory: Directory) -> None:
    """Decision 0004."""
    for _, service in services_of(directory):
        assert service.said, service.slug
        assert len(set(service.codes)) == len(service.codes), service.slug


def test_no_contact_tells_where_a_place_is(directory: Directory) -> None:
    """H15: town level only, and the numbers are public lines."""
    for _, service in services_of(directory):
        assert all(contact.kind == "phone" for contact in service.contacts), service.slug
        assert not (service.address_confidential and service.contacts), service.slug


def test_no_text_names_a_street() -> None:
    """H15."""
    for path in sorted((DATA / "directory").glob("*.yaml")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "url:" not in line]
        assert not [line for line in lines if STREETS.search(line)], path.name


def test_every_bed_has_a_confidential_address(directory: Directory) -> None:
    """H15."""
    for _, service in services_of(directory):
        offers_bed = any(CODES[code].kind is CodeKind.STAY for code in service.codes)
        assert service.address_confidential is offers_bed, service.slug


def test_nothing_was_verified_by_reading(directory: Directory) -> None:
    """The grade of the whole public directory is listed."""
    assert all(service.verification.on is None for _, service in services_of(directory))
    assert not any(organization.steward_trust for organization in directory.organizations)


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("kz-rodnik", OrganizationType.NGO),
        ("kz-iom", OrganizationType.INTERNATIONAL),
        ("kz-mia-ct", OrganizationType.LAW_ENFORCEMENT),
        ("kz-labour", OrganizationType.CENTRAL_GOVERNMENT),
        ("kz-consul-uz-almaty", OrganizationType.CONSULATE),
        ("kz-yhc-rauan", OrganizationType.HEALTH),
        ("kg-ombudsman", OrganizationType.OMBUDSMAN),
        ("tm-state-migration", OrganizationType.IMMIGRATION),
        ("uz-rrc", OrganizationType.SHELTER),
        ("uz-inson", OrganizationType.SOCIAL_SERVICE),
        ("uz-minors-centre", OrganizationType.LAW_ENFORCEMENT),
        ("uz-customs-1108", OrganizationType.LAW_ENFORCEMENT),
        ("uz-migration-agency", OrganizationType.CENTRAL_GOVERNMENT),
        ("kz-ambulance", OrganizationType.HEALTH),
    ],
)
def test_government_is_split_into_what_it_does(directory: Directory, slug: str, kind: OrganizationType) -> None:
    """H02 and H12 look at the type, so a police centre must not hide behind the word government."""
    assert organization_of(directory, slug).type is kind


def test_police_bodies_share_with_police_and_immigration(directory: Directory) -> None:
    """H02, H04: by what they are."""
    for organization, service in services_of(directory):
        if organization.type is OrganizationType.LAW_ENFORCEMENT:
            assert service.safety.shares_with_police is Answer.YES, service.slug
        if organization.type in FORCE_BODIES:
            assert service.safety.shares_with_immigration is Answer.YES, service.slug
            assert organization.independence is Independence.STATE


def test_silence_about_the_police_was_never_read_as_a_promise(directory: Directory) -> None:
    """H04: no source says of anybody that nothing reaches the police or the migration service."""
    for _, service in services_of(directory):
        assert service.safety.shares_with_police is not Answer.NO, service.slug
        assert service.safety.shares_with_immigration is not Answer.NO, service.slug


@pytest.mark.parametrize("slug", ["kz-111.hotline", "uz-1146.hotline", "uz-inson.support", "kg-akniet.shelter"])
def test_documented_links_to_the_police_are_recorded(directory: Directory, slug: str) -> None:
    """A hotline can be a police line."""
    assert service_of(directory, slug).safety.shares_with_police is Answer.YES


def test_dangers_of_family_and_of_police_entry_are_recorded(directory: Directory) -> None:
    """H13: kin may be the trafficker."""
    assert service_of(directory, "tj-ghamkhori.shelter").safety.mediates_with_family is Answer.YES
    assert service_of(directory, "uz-minors-centre.shelter").safety.mediates_with_family is Answer.YES
    assert service_of(directory, "kg-akniet.shelter").eligibility.requires_police_referral is Answer.YES


def test_only_bodies_of_the_state_identify_formally(directory: Directory) -> None:
    for organization, service in services_of(directory):
        if Code.IDN_FRM in service.codes:
            assert organization.independence is Independence.STATE, service.slug


def test_nobody_close_to_the_police_and_no_mission_gives_a_safety_plan(directory: Directory) -> None:
    """SAF-RSK opens the way to a return (O05), so it must not be cheap."""
    for organization, service in services_of(directory):
        tells_police = service.safety.shares_with_police is Answer.YES
        if tells_police or organization.type in FORCE_BODIES | {OrganizationType.CONSULATE}:
            assert Code.SAF_RSK not in service.codes, service.slug


def test_emergency_care_is_what_ambulances_give(directory: Directory) -> None:
    """Medical help in a shelter is no emergency department; one ambulance a country, which comes to the person."""
    givers = [
        (organization, service) for organization, service in services_of(directory) if Code.MED_EMG in service.codes
    ]

    assert {organization.country for organization, _ in givers} == set(COUNTRIES)
    for organization, service in givers:
        assert organization.slug == f"{organization.country.lower()}-ambulance"
        assert service.modality is Modality.MOBILE
        assert service.weekly == ((0, 10080),)


def test_a_man_held_at_work_near_almaty_finds_each_of_his_needs(directory: Directory) -> None:
    """The case of the issue: Uzbek, 25-59, no papers, wants emergency care, a bed, papers and to go home."""
    bed = service_of(directory, "kz-rodnik.shelter")
    back = service_of(directory, "kz-iom.return")

    assert Code.SHL_VOT in bed.codes
    assert bed.place == "almaty"
    assert bed.eligibility.genders is not None
    assert Placement.MEN in bed.eligibility.genders
    assert bed.eligibility.nationalities == ("*",)
    assert Code.DOC_IDS in service_of(directory, "kz-rodnik.support").codes
    assert service_of(directory, "kz-ambulance.emergency").eligibility.nationalities == ("*",)
    assert Code.ASY_ACC in service_of(directory, "kz-unhcr.asylum").codes
    assert set(back.codes) == {Code.RET_AVR, Code.SAF_RSK}
    assert {item.receiver for item in directory.receptions if item.point == back.slug and item.country == "UZ"}


def test_no_link_claims_an_agreement_or_a_confirmed_receiver(directory: Directory) -> None:
    """H30: reading about a hand-over confirms nothing."""
    ways: list[Link | ReturnReception] = [*directory.links, *directory.receptions]
    for way in ways:
        assert way.agreement in {Agreement.PRACTICE, Agreement.UNKNOWN}, way.slug
        assert way.receiver_confirmed is Answer.UNKNOWN, way.slug
        assert way.child_ok is Answer.UNKNOWN, way.slug


def test_a_receiver_stands_in_the_country_of_return(directory: Directory) -> None:
    for reception in directory.receptions:
        assert organization_of(directory, reception.receiver).country == reception.country, reception.slug


def test_a_place_lies_in_the_country_where_the_organization_stands(directory: Directory) -> None:
    places = {place.slug: place for place in load_places(DATA / "places")}
    for organization, service in services_of(directory):
        if service.place is not None:
            assert places[service.place].country == (organization.located_in or organization.country), service.slug
    assert len(service_points(directory, places)) == sum(1 for _ in services_of(directory))
