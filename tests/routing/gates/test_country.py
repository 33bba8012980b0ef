"""Gates that a country's rules add, in three values on both sides."""

from datetime import date
from types import MappingProxyType

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Citation, CountryGate, Pathway, PersonCondition, PointCondition, Severity
from app.domain.profile import (
    AgeBand,
    Exploitation,
    Gender,
    LegalStatus,
    Location,
    Perpetrator,
    ProtectionStatus,
    TraffickingStatus,
)
from app.domain.provider import OrganizationType
from app.routing.gates.country import country_gates, country_verdicts, person_matches, point_matches
from app.routing.verdicts import Verdict
from tests.routing.people import TODAY, a_point, a_profile, columns_of, verdict_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
PERSON_FACTS = [
    ({}, {}, YES),
    ({"nationality_in": ("UZ",)}, {"nationality": "UZ"}, YES),
    ({"nationality_in": ("UZ",)}, {"nationality": "KZ"}, NO),
    ({"nationality_in": ("UZ",)}, {"nationality": None}, NOT_KNOWN),
    ({"nationality_not_in": ("KZ",)}, {"nationality": "UZ"}, YES),
    ({"nationality_not_in": ("KZ",)}, {"nationality": "KZ"}, NO),
    ({"nationality_not_in": ("KZ",)}, {"nationality": "stateless"}, YES),
    ({"nationality_not_in": ("KZ",)}, {"nationality": None}, NOT_KNOWN),
    ({"legal_status_in": (LegalStatus.IRREGULAR,)}, {"legal_status": LegalStatus.IRREGULAR}, YES),
    ({"legal_status_in": (LegalStatus.IRREGULAR,)}, {"legal_status": LegalStatus.REGULAR}, NO),
    ({"legal_status_in": (LegalStatus.IRREGULAR,)}, {"legal_status": LegalStatus.UNKNOWN}, NOT_KNOWN),
    ({"legal_status_in": (LegalStatus.UNKNOWN,)}, {"legal_status": LegalStatus.UNKNOWN}, YES),
    ({"protection_status_in": (ProtectionStatus.REFUGEE,)}, {"protection_status": ProtectionStatus.REFUGEE}, YES),
    ({"protection_status_in": (ProtectionStatus.REFUGEE,)}, {"protection_status": ProtectionStatus.NONE}, NO),
    ({"protection_status_in": (ProtectionStatus.REFUGEE,)}, {"protection_status": ProtectionStatus.UNKNOWN}, NOT_KNOWN),
    ({"gender_in": (Gender.MALE,)}, {"gender": Gender.MALE}, YES),
    ({"gender_in": (Gender.MALE,)}, {"gender": Gender.FEMALE}, NO),
    ({"gender_in": (Gender.MALE,)}, {"gender": None}, NOT_KNOWN),
    ({"gender_in": (Gender.MALE,)}, {"gender": Gender.UNDISCLOSED}, NOT_KNOWN),
    ({"exploitation_in": (Exploitation.SERVITUDE,)}, {"exploitation": (Exploitation.SERVITUDE,)}, YES),
    ({"exploitation_in": (Exploitation.SERVITUDE,)}, {"exploitation": (Exploitation.OTHER,)}, NO),
    ({"exploitation_in": (Exploitation.SERVITUDE,)}, {"exploitation": ()}, NOT_KNOWN),
    ({"perpetrator_in": (Perpetrator.FAMILY,)}, {"perpetrators": (Perpetrator.FAMILY, Perpetrator.POLICE)}, YES),
    ({"perpetrator_in": (Perpetrator.FAMILY,)}, {"perpetrators": (Perpetrator.POLICE,)}, NO),
    ({"perpetrator_in": (Perpetrator.FAMILY,)}, {"perpetrators": ()}, NOT_KNOWN),
    ({"child": True}, {"age": AgeBand.TEEN}, YES),
    ({"child": True}, {"age": AgeBand.YOUNG_ADULT}, NO),
    ({"child": False}, {"age": AgeBand.YOUNG_ADULT}, YES),
    ({"child": False}, {"age": None, "possibly_child": NOT_KNOWN}, NOT_KNOWN),
    ({"child": True}, {"age": None, "possibly_child": NO}, NO),
    ({"child": True}, {"age": None, "possibly_child": YES}, YES),
    ({"unaccompanied": YES}, {"unaccompanied": YES}, YES),
    ({"unaccompanied": YES}, {"unaccompanied": NO}, NO),
    ({"unaccompanied": YES}, {"unaccompanied": NOT_KNOWN}, NOT_KNOWN),
    ({"formally_identified": True}, {"trafficking_status": TraffickingStatus.ACTUAL}, YES),
    ({"formally_identified": True}, {"trafficking_status": TraffickingStatus.POSSIBLE}, NO),
    ({"formally_identified": False}, {"trafficking_status": TraffickingStatus.NOT}, YES),
    ({"formally_identified": False}, {"trafficking_status": TraffickingStatus.UNKNOWN}, NOT_KNOWN),
    ({"formally_identified": True}, {"already_has": (Code.IDN_FRM,)}, YES),
    ({"criminal_case": NO}, {"criminal_case": NO}, YES),
    ({"criminal_case": NO}, {"criminal_case": YES}, NO),
    ({"criminal_case": NO}, {"criminal_case": NOT_KNOWN}, NOT_KNOWN),
    ({"fear_of_return": YES}, {"fear_of_return": YES}, YES),
    ({"fear_of_return": YES}, {"fear_of_return": NOT_KNOWN}, NOT_KNOWN),
    ({"fear_of_return": YES}, {"fear_of_return": NO}, NO),
    ({"avoids_authorities": True}, {"avoid_authorities": True}, YES),
    ({"avoids_authorities": True}, {"avoid_authorities": False}, NO),
    ({"in_own_country": True}, {}, YES),
    ({"in_own_country": False}, {"nationality": "UZ"}, YES),
    ({"in_own_country": False}, {"nationality": "stateless"}, YES),
    ({"in_own_country": False}, {"nationality": None}, NOT_KNOWN),
    ({"child": True, "nationality_in": ("UZ",)}, {"nationality": None, "age": AgeBand.ADULT}, NO),
    ({"child": True, "nationality_in": ("UZ",)}, {"nationality": None, "age": AgeBand.CHILD}, NOT_KNOWN),
]


@pytest.mark.parametrize(("condition", "person", "expected"), PERSON_FACTS)
def test_a_condition_about_the_person_has_three_values(condition, person, expected):
    """Every predicate that is set must hold; an unset answer makes the condition unset, not false."""
    assert person_matches(PersonCondition(**condition), a_profile(**person)) is expected


def told(condition, **facts):
    certain, unsure = point_matches(PointCondition(**condition), columns_of(a_point(**facts)))
    return YES if certain[0] else NOT_KNOWN if unsure[0] else NO


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ({}, {}, YES),
        ({"organization_type_in": (OrganizationType.NGO,)}, {}, YES),
        ({"organization_type_in": (OrganizationType.SHELTER,)}, {}, NO),
        ({"slug_in": ("o1",)}, {}, YES),
        ({"slug_in": ("o2",)}, {}, NO),
        ({"place_in": ("p1",)}, {}, YES),
        ({"place_in": ("p2",)}, {}, NO),
        ({"place_in": ("p2",)}, {"place": None}, NOT_KNOWN),
        ({"state_funded": True}, {"state_funded": YES}, YES),
        ({"state_funded": True}, {"state_funded": NO}, NO),
        ({"state_funded": True}, {"state_funded": NOT_KNOWN}, NOT_KNOWN),
        ({"state_funded": False}, {"state_funded": NO}, YES),
        ({"state_funded": False}, {"state_funded": NOT_KNOWN}, NOT_KNOWN),
        ({"mediates_with_family": True}, {"mediates_with_family": NOT_KNOWN}, NOT_KNOWN),
        ({"mediates_with_family": True}, {"mediates_with_family": YES}, YES),
        ({"state_funded": True, "slug_in": ("o2",)}, {"state_funded": NOT_KNOWN}, NO),
        ({"state_funded": True, "slug_in": ("o1",)}, {"state_funded": NOT_KNOWN}, NOT_KNOWN),
    ],
)
def test_a_condition_about_the_provider_has_three_values(condition, facts, expected):
    """An unknown fact makes it unknown, unless another predicate already fails."""
    assert told(condition, **facts) is expected


def a_gate(**facts):
    given = {
        "id": "KZ-G1",
        "text": "Invented.",
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2026, 11, 23),
        "cites": (Citation(source="invented-law", at="art. 1"),),
        "guards": (Code.SHL_VOT,),
        "person": PersonCondition(nationality_not_in=("KZ",)),
        "point": PointCondition(state_funded=True),
    }
    return CountryGate(**{**given, **facts})


@pytest.mark.parametrize(
    ("nationality", "funded", "expected"),
    [
        ("KZ", YES, Verdict.OPEN),
        ("UZ", NO, Verdict.OPEN),
        ("UZ", YES, Verdict.CLOSED),
        ("UZ", NOT_KNOWN, Verdict.UNKNOWN),
        (None, YES, Verdict.UNSET),
        (None, NOT_KNOWN, Verdict.UNKNOWN),
        (None, NO, Verdict.OPEN),
    ],
)
def test_a_country_gate_closes_where_person_and_provider_match(nationality, funded, expected):
    """A country file can only close, and only rows of its country."""
    person, point = a_profile(nationality=nationality), a_point(state_funded=funded)
    assert country_verdicts(a_gate(), "KZ", person, columns_of(point))[0] == expected
    assert country_verdicts(a_gate(), "*", person, columns_of(point))[0] == expected
    assert country_verdicts(a_gate(), "UZ", person, columns_of(point))[0] == Verdict.OPEN


def a_pathway(country="KZ", **parts):
    return Pathway(country=country, version="1", title="Invented", overview="", sources={}, **parts)


def test_a_country_gate_explains_itself_and_is_in_force_on_both_edge_days():
    """Rules are dated, cited and guarded."""
    files = MappingProxyType({"KZ": a_pathway(gates=(a_gate(severity=Severity.MED),)), "UZ": a_pathway("UZ")})
    (gate,) = country_gates(files, TODAY)
    assert gate.rule.id == "KZ-G1"
    assert gate.rule.statement == "Invented."
    assert gate.rule.sources == ("kz:invented-law art. 1",)
    assert gate.rule.guards == (Code.SHL_VOT,)
    assert gate.rule.severity is Severity.MED
    assert verdict_of(gate, a_profile(nationality="UZ"), a_point(state_funded=YES)) is Verdict.CLOSED
    assert verdict_of(gate, a_profile(nationality="UZ"), a_point(state_funded=YES, country="KG")) is Verdict.OPEN
    assert country_gates(files, date(2020, 1, 1)) and not country_gates(files, date(2019, 12, 31))
    assert not country_gates(files, date(2026, 11, 24))


def test_gates_come_by_country_and_then_in_the_order_of_the_file():
    """The same files give the same order, whatever the order of the mapping."""
    kz, kg = a_pathway(gates=(a_gate(id="KZ-G2"), a_gate(id="KZ-G1"))), a_pathway("KG", gates=(a_gate(id="KG-G1"),))
    for files in ({"KZ": kz, "KG": kg}, {"KG": kg, "KZ": kz}):
        assert [gate.rule.id for gate in country_gates(files, TODAY)] == ["KG-G1", "KZ-G2", "KZ-G1"]


def test_a_location_decides_whether_the_person_is_at_home():
    """`in_own_country` compares the nationality with where the person is."""
    away = a_profile(location=Location(country="UZ", place="p1"))
    assert person_matches(PersonCondition(in_own_country=True), away) is NO
