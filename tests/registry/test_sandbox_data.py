"""The sandbox: readable, invented through and through, fully known, and with a closed door for every gate."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.directory import Directory, Organization, Service
from app.domain.profile import Perpetrator, Placement
from app.domain.provider import (
    Agreement,
    Capacity,
    FacilityRegime,
    HandoverMode,
    OrganizationType,
    RegistrationStatus,
    SafeguardingFlag,
    ServicePoint,
    ServiceStatus,
    Visibility,
)
from app.registry.directory import load_directory, service_points
from app.registry.places import load_places

DATA = Path(__file__).resolve().parents[2] / "data"
AS_OF = datetime(2026, 11, 23, 17, 10, tzinfo=UTC)
"""The moment that demonstrations and cases use: 22:10 in Almaty."""
SOURCE = "https://example.invalid/sandbox"
BY_LAW = {Code.IDN_FRM, Code.CON_SRV, Code.CJS_REP, Code.CHD_GRD, Code.CHD_BIP}
"""Codes that belong to the state, to a consulate or to children, so that no sound service for everybody offers them."""
UNKNOWN_ON_PURPOSE = {
    "sb-kz-far-hospital.emergency": "shares_with_immigration",
    "sb-kz-far-shelter.bed": "shares_with_immigration",
    "sb-kz-quiet.bed": "confidentiality_policy",
    "sb-tm-clinic.care": "shares_with_police",
}
TWICE = (Code.MED_EMG, Code.MED_CMR, Code.SHL_VOT, Code.SHL_EMG, Code.LEG_INF, Code.DOC_IDS, Code.SAF_RSK)
TOWNS = (("almaty", "talgar"), ("shymkent",), ("bishkek",), ("osh",), ("tashkent",))
INVENTED_NUMBER = re.compile(r"\+(?:7|99[2368]) 000 000 00 \d\d|\+(?:992|993|996|998) 000 00 00 \d\d")


@pytest.fixture(scope="module")
def sandbox() -> Directory:
    places = frozenset(place.slug for place in load_places(DATA / "places"))
    return load_directory(DATA / "sandbox", places=places)


@pytest.fixture(scope="module")
def points(sandbox: Directory) -> Mapping[str, ServicePoint]:
    places = {place.slug: place for place in load_places(DATA / "places")}
    return {point.slug: point for point in service_points(sandbox, places)}


def services(sandbox: Directory) -> Iterator[tuple[Organization, Service]]:
    return ((organization, service) for organization in sandbox.organizations for service in organization.services)


def unknown_facts(value: object) -> Iterator[str]:
    """Names of the facts of a value, and of the values in it, that are unknown or that no source tells."""
    assert is_dataclass(value)
    for field in fields(value):
        fact = getattr(value, field.name)
        if is_dataclass(fact):
            yield from unknown_facts(fact)
        elif fact in (Answer.UNKNOWN, FacilityRegime.UNKNOWN, ServiceStatus.UNKNOWN, Capacity.UNKNOWN):
            yield field.name


def is_sound(point: ServicePoint) -> bool:
    """Known, working, verified, and open to a foreigner without papers, money or a wish to see the police."""
    asks = point.eligibility
    return (
        not set(unknown_facts(point))
        and point.status is ServiceStatus.ACTIVE
        and point.registration is RegistrationStatus.REGISTERED
        and point.capacity is not Capacity.FULL
        and point.verification.on == date(2026, 11, 10)
        and point.safety.safeguarding_flag is SafeguardingFlag.NONE
        and point.safety.facility_regime is FacilityRegime.OPEN
        and not point.safety.affiliations
        and {Answer.NO} == {point.safety.shares_with_police, point.safety.shares_with_immigration, asks.fee}
        and {Answer.NO} == {asks.requires_formal_status, asks.requires_cooperation, asks.requires_criminal_case}
        and asks.nationalities == ("*",)
        and not asks.required_documents
    )


def test_everything_looks_invented(sandbox: Directory) -> None:
    for organization, service in services(sandbox):
        assert organization.slug.startswith(f"sb-{(organization.located_in or organization.country).lower()}-")
        for name in (organization.name, service.name):
            assert name.endswith("(invented)")
        assert organization.name.startswith("Sandbox ")
        assert {source.url for source in (*organization.sources, *service.sources)} == {SOURCE}
    assert all(link.slug.startswith("ln-sb-") for link in sandbox.links)
    assert all(reception.slug.startswith("rc-sb-") for reception in sandbox.receptions)
    assert {(line.number, line.slug[:3]) for line in sandbox.hotlines} == {("000-000", "sb-")}
    assert {line.country for line in sandbox.hotlines} == {"KZ", "KG", "TJ", "TM", "UZ"}


def test_no_number_and_no_street_can_be_real(sandbox: Directory) -> None:
    for _, service in services(sandbox):
        for contact in service.contacts:
            if contact.kind == "address":
                assert re.fullmatch(r"Invented Street \d+", contact.value)
                assert contact.visibility is Visibility.RESTRICTED
            else:
                assert contact.kind == "phone"
                assert INVENTED_NUMBER.fullmatch(contact.value)


def test_every_bed_is_confidential_and_has_an_address_for_the_sealed_table(sandbox: Directory) -> None:
    for _, service in services(sandbox):
        is_bed = any(CODES[code].kind is CodeKind.STAY for code in service.codes)
        assert service.address_confidential is is_bed
        kinds = {contact.kind: contact.visibility for contact in service.contacts}
        expected = {"phone": Visibility.NETWORK, "address": Visibility.RESTRICTED}
        assert kinds == (expected if is_bed else {"phone": Visibility.PUBLIC})


def test_nothing_is_unknown_but_what_a_gate_needs_unknown(points: Mapping[str, ServicePoint]) -> None:
    found = {slug: ",".join(unknown_facts(point)) for slug, point in points.items() if any(unknown_facts(point))}
    assert found == UNKNOWN_ON_PURPOSE


def test_everything_is_verified_and_nothing_is_quarantined(points: Mapping[str, ServicePoint]) -> None:
    assert {(point.verification.method, point.verification.role) for point in points.values()} == {
        ("phone", "steward"),
        ("visit", "steward"),
    }
    old = {slug for slug, point in points.items() if point.verification.on != date(2026, 11, 10)}
    assert old == {"sb-kz-stale.bed", "sb-kz-work.desk"}
    assert not any(point.quarantined for point in points.values())


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_offered_soundly(code: Code, points: Mapping[str, ServicePoint]) -> None:
    offering = [point for point in points.values() if code in point.codes]
    assert offering
    allowed = code in BY_LAW and not any(unknown_facts(offering[0]))
    assert allowed or any(is_sound(point) for point in offering)


@pytest.mark.parametrize("code", TWICE)
@pytest.mark.parametrize("towns", TOWNS)
def test_common_help_is_there_twice_in_the_large_towns(
    code: Code, towns: tuple[str, ...], points: Mapping[str, ServicePoint]
) -> None:
    near = {point.organization for point in points.values() if code in point.codes and point.place in towns}
    assert len(near) >= 2


CLOSED_DOORS: Mapping[str, tuple[str, Callable[[ServicePoint], bool]]] = {
    "H02": ("sb-kz-police.unit", lambda p: p.organization_type is OrganizationType.LAW_ENFORCEMENT),
    "H04": ("sb-kz-sharing.bed", lambda p: p.safety.shares_with_immigration is Answer.YES),
    "H05": ("sb-kz-cooperate.bed", lambda p: p.eligibility.requires_cooperation is Answer.YES),
    "H06 fee": ("sb-kz-paid.emergency", lambda p: p.eligibility.fee is Answer.YES),
    "H06 papers": ("sb-kz-paid.emergency", lambda p: bool(p.eligibility.required_documents)),
    "H08": ("sb-kz-openhouse.bed", lambda p: p.safety.child_specialised is Answer.NO),
    "H10": ("sb-kz-locked.bed", lambda p: p.safety.facility_regime is FacilityRegime.CLOSED),
    "H12": ("sb-kz-consulate-uz.desk", lambda p: p.organization_type is OrganizationType.CONSULATE),
    "H13": ("sb-kz-foreman.desk", lambda p: Perpetrator.EMPLOYER in p.safety.affiliations),
    "H13 family": ("sb-kz-family.desk", lambda p: p.safety.mediates_with_family is Answer.YES),
    "H14": ("sb-kz-south-house.bed", lambda p: p.place == "shymkent"),
    "H16": ("sb-kz-quiet.bed", lambda p: p.safety.confidentiality_policy is Answer.UNKNOWN),
    "H17": ("sb-kz-expired.bed", lambda p: p.registration is RegistrationStatus.EXPIRED and not p.steward_trust),
    "H17 trust": (
        "sb-kz-trusted.bed",
        lambda p: p.registration is not RegistrationStatus.REGISTERED and p.steward_trust,
    ),
    "H18": ("sb-kz-flagged.bed", lambda p: p.safety.safeguarding_flag is SafeguardingFlag.OPEN),
    "H19": ("sb-kz-stale.bed", lambda p: p.verification.on < AS_OF.date() - timedelta(days=365)),
    "H20": ("sb-kz-full.bed", lambda p: AS_OF - p.capacity_as_of == timedelta(hours=3)),
    "H20 old": ("sb-kg-osh-old.bed", lambda p: AS_OF - p.capacity_as_of > timedelta(hours=24)),
    "H20 gone": ("sb-kz-gone.bed", lambda p: p.status is ServiceStatus.DEFUNCT),
    "H20 soon": ("sb-kz-soon.bed", lambda p: p.status is ServiceStatus.ANNOUNCED),
    "H20 pause": ("sb-kz-pause.bed", lambda p: p.status is ServiceStatus.TEMPORARILY_CLOSED),
    "H21": ("sb-kz-house.bed", lambda p: p.eligibility.genders == (Placement.WOMEN,)),
    "H23": ("sb-tm-clinic.care", lambda p: p.safety.shares_with_police is Answer.UNKNOWN),
    "H25": ("sb-kz-registers.call", lambda p: p.safety.mandatory_reporter is Answer.YES),
    "H26": ("sb-kz-unvetted.call", lambda p: p.interpretation_vetted is Answer.NO),
    "H27": ("sb-kz-one-tongue.bed", lambda p: p.languages == ("kk",) and p.interpretation == ()),
    "H28": ("sb-kz-stairs.bed", lambda p: "mobility" not in p.accessibility),
    "H29": ("sb-kz-adults.bed", lambda p: p.eligibility.accepts_children is Answer.NO),
    "H31": ("sb-kz-nationals.bed", lambda p: p.eligibility.nationalities == ("KZ",)),
    "O07": ("sb-kz-state-home.bed", lambda p: p.eligibility.requires_formal_status is Answer.YES),
}


@pytest.mark.parametrize("gate", CLOSED_DOORS)
def test_every_gate_has_a_closed_door(gate: str, points: Mapping[str, ServicePoint]) -> None:
    slug, closes = CLOSED_DOORS[gate]
    assert closes(points[slug])


def test_links_show_every_agreement_and_every_mode(sandbox: Directory) -> None:
    assert {link.agreement for link in sandbox.links} == set(Agreement) - {Agreement.UNKNOWN}
    assert {link.mode for link in sandbox.links} == set(HandoverMode)
    assert {link.active for link in sandbox.links} == {True, False}
    assert "family" in {link.interpreter_source for link in sandbox.links}


def test_ways_home_hold_and_fail_as_the_readme_says(sandbox: Directory) -> None:
    def holds(slug: str) -> bool:
        reception = next(reception for reception in sandbox.receptions if reception.slug == slug)
        in_force = reception.valid_to is None or reception.valid_to >= AS_OF.date()
        agreed = reception.agreement in (Agreement.SOP, Agreement.MOU, Agreement.TRM)
        return in_force and agreed and reception.receiver_confirmed is Answer.YES

    good = {"rc-sb-kz-homeward-uz", "rc-sb-kz-homeward-kg", "rc-sb-kg-homeward-uz"}
    assert {reception.slug for reception in sandbox.receptions if holds(reception.slug)} == good
    assert len(sandbox.receptions) == 6


def test_slugs_never_clash_with_the_public_directory(sandbox: Directory) -> None:
    public = load_directory(DATA / "directory")
    assert not {o.slug for o in public.organizations} & {o.slug for o in sandbox.organizations}
    assert not {s.slug for _, s in services(public)} & {s.slug for _, s in services(sandbox)}


def test_the_readme_counts_and_names_what_is_there(sandbox: Directory, points: Mapping[str, ServicePoint]) -> None:
    readme = (DATA / "sandbox" / "README.md").read_text(encoding="utf-8")
    for country in ("KZ", "KG", "TJ", "TM", "UZ"):
        here = [o for o in sandbox.organizations if (o.located_in or o.country) == country]
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{country.lower()}.yaml`"))
        assert row.endswith(f"| {len(here)} | {sum(len(o.services) for o in here)} |")
    assert f"{len(sandbox.links)} links, {len(sandbox.receptions)} receptions" in readme
    known = {*points, *(link.slug for link in sandbox.links), *(r.slug for r in sandbox.receptions)}
    assert set(re.findall(r"`((?:sb|ln-sb|rc-sb)-[a-z0-9.-]+[a-z0-9])`", readme)) <= known
