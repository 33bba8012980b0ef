"""All gates together: what is left of a service point for routes and for leads (engine, 2.3 and 2.5; standards, 2c)."""

from itertools import permutations

import numpy as np
import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector
from app.domain.pathway import Severity
from app.domain.plan import Weight
from app.domain.profile import AgeBand, HealthFlag, IncidentWindow, LegalStatus, Perpetrator
from app.domain.provider import (
    AUTHORITIES,
    Modality,
    OrganizationType,
    RegistrationStatus,
    SafeguardingFlag,
)
from app.routing.columns import bits_of, codes_of
from app.routing.gates import GATES, Gate
from app.routing.gates.gate import LifeSaving, Relaxation
from app.routing.judgement import judge
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import Verdict
from tests.routing.people import NOW, TODAY, a_point, a_profile, columns_of, consenting

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
HOSPITAL = (Code.MED_EMG, Code.MED_GEN)
MILD = Relaxation(caution="caution.mild", weight=Weight.MILD)
GRAVE = Relaxation(caution="caution.grave", weight=Weight.GRAVE)


def a_gate(verdict, *guards, name="X01", **given):
    """A gate that says the same of every row."""
    rule = Rule(id=name, kind=RuleKind.GATE, severity=Severity.HIGH, statement="", sources=(), guards=guards)
    return Gate(rule=rule, judge=lambda person, points, now: np.full(points.rows, verdict, dtype=np.int8), **given)


def left(point, *gates, person=None):
    """Codes left of one point for routes, and for leads."""
    found = judge(person or a_profile(), columns_of(point), gates, NOW)
    return set(codes_of(int(found.routes[0]))), set(codes_of(int(found.leads[0])))


POINT = a_point(codes=(Code.SHL_VOT, Code.LEG_INF, Code.MED_EMG))
ALL = {Code.SHL_VOT, Code.LEG_INF, Code.MED_EMG}


@pytest.mark.parametrize(
    ("verdict", "routes", "leads"),
    [(OPEN, ALL, ALL), (UNKNOWN, set(), ALL), (UNSET, set(), set()), (CLOSED, set(), set())],
)
def test_only_open_is_open_and_only_a_missing_fact_of_the_provider_makes_a_lead(verdict, routes, leads):
    """Engine 2.3, 2.5: what an unset answer closes stays closed in leads."""
    assert left(POINT, a_gate(verdict)) == (routes, leads)


def test_a_gate_closes_the_codes_that_it_guards_and_no_others():
    assert left(POINT, a_gate(CLOSED, Code.SHL_VOT)) == (ALL - {Code.SHL_VOT},) * 2
    assert left(POINT, a_gate(UNKNOWN, Code.SHL_VOT)) == (ALL - {Code.SHL_VOT}, ALL)
    assert left(POINT, a_gate(CLOSED, Code.RET_AVR)) == (ALL, ALL)


def test_without_gates_everything_offered_is_left():
    assert left(POINT) == (ALL, ALL)


@pytest.mark.parametrize("modality", list(Modality))
def test_who_comes_or_calls_offers_no_bed(modality):
    """Engine 2.3: remote points have no stay codes."""
    beds = tuple(code for code, facts in CODES.items() if facts.kind is CodeKind.STAY)
    point = a_point(codes=(*beds, Code.LEG_INF), modality=modality)
    expected = {Code.LEG_INF} | (set(beds) if modality is Modality.PHYSICAL else set())
    assert left(point) == (expected, expected)


def test_a_strict_gate_closes_leads_too():
    """Engine 2.5: H08 and H23."""
    assert left(POINT, a_gate(UNKNOWN, strict=True)) == (set(), set())
    assert {gate.rule.id for gate in GATES if gate.strict} == {"H08", "H23"}


@pytest.mark.parametrize("kind", sorted(OrganizationType))
def test_for_every_authority_unknown_closes_in_leads(kind):
    """Engine 2.5."""
    point = a_point(codes=(Code.LEG_INF,), organization_type=kind)
    leads = set() if kind in AUTHORITIES else {Code.LEG_INF}
    assert left(point, a_gate(UNKNOWN)) == (set(), leads)


def test_one_gate_that_closes_is_enough():
    assert left(POINT, a_gate(OPEN), a_gate(UNKNOWN), a_gate(CLOSED)) == (set(), set())
    assert left(POINT, a_gate(UNKNOWN, Code.SHL_VOT), a_gate(CLOSED, Code.LEG_INF)) == (
        {Code.MED_EMG}, {Code.MED_EMG, Code.SHL_VOT},
    )  # fmt: skip


def test_the_order_of_gates_changes_nothing_that_is_left():
    gates = [a_gate(UNKNOWN, Code.SHL_VOT), a_gate(CLOSED, Code.LEG_INF), a_gate(UNSET, Code.MED_EMG), a_gate(OPEN)]
    assert len({str(left(POINT, *some)) for some in permutations(gates)}) == 1


# the life-saving set


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize(
    ("saving", "lifts"),
    [
        pytest.param(LifeSaving(), set(), id="never relaxed"),
        pytest.param(LifeSaving(unknown=MILD), {UNKNOWN}, id="unknown gives way"),
        pytest.param(LifeSaving(closed=GRAVE), {UNSET, CLOSED}, id="closed gives way"),
        pytest.param(LifeSaving(unknown=MILD, closed=GRAVE), {UNKNOWN, UNSET, CLOSED}, id="both give way"),
    ],
)
def test_a_gate_gives_way_for_the_codes_that_save_life_and_says_so(verdict, saving, lifts):
    """Standards 2c: kept open, with a caution; every other code stays as it is."""
    hospital = a_point(codes=HOSPITAL)
    found = judge(a_profile(), columns_of(hospital), [a_gate(verdict, life_saving=saving)], NOW)
    kept = {Code.MED_EMG} if verdict in lifts else set()
    usual = set(HOSPITAL) if verdict is OPEN else set()
    assert set(codes_of(int(found.routes[0]))) == kept | usual
    shown = [(r.caution, r.weight) for r in found.relaxed if int(r.codes[0])]
    expected = MILD if verdict is UNKNOWN else GRAVE
    assert shown == ([(expected.caution, expected.weight)] if kept else [])
    assert all(int(r.codes[0]) & ~bits_of([Code.MED_EMG]) == 0 for r in found.relaxed)


RELAXED = a_gate(CLOSED, life_saving=LifeSaving(closed=GRAVE))


@pytest.mark.parametrize(
    ("code", "person", "saves"),
    [
        pytest.param(Code.SAF_EMG, {}, True, id="protection"),
        pytest.param(Code.MED_EMG, {}, True, id="emergency care"),
        pytest.param(Code.MED_CMR, {}, False, id="no assault"),
        pytest.param(Code.MED_CMR, {"incident_window": IncidentWindow.WITHIN_24H}, True, id="24 h"),
        pytest.param(Code.MED_CMR, {"incident_window": IncidentWindow.WITHIN_120H}, True, id="120 h"),
        pytest.param(Code.MED_CMR, {"incident_window": IncidentWindow.UNKNOWN}, True, id="not told: open"),
        pytest.param(Code.MED_CMR, {"incident_window": IncidentWindow.WITHIN_6_MONTHS}, False, id="six months"),
        pytest.param(Code.MHP_PSY, {}, False, id="psychiatry"),
        pytest.param(Code.MHP_PSY, {"health_flags": (HealthFlag.SUICIDAL_RISK,)}, True, id="risk of suicide"),
        pytest.param(Code.SHL_EMG, {}, False, id="a bed"),
        pytest.param(Code.CRI_HOT, {}, False, id="a line"),
    ],
)
def test_the_life_saving_set_is_small(code, person, saves):
    """Standards 2c: SAF-EMG, MED-EMG, MED-CMR while a window is open, MHP-PSY on suicide risk."""
    found = left(a_point(codes=(code,)), RELAXED, person=a_profile(**person))
    assert found == (({code},) * 2 if saves else (set(), set()))


def test_a_code_that_one_gate_keeps_another_may_close():
    """Standards 2c: H13 and its like are never relaxed."""
    assert left(a_point(codes=HOSPITAL), RELAXED, a_gate(CLOSED)) == (set(), set())
    assert left(a_point(codes=HOSPITAL), RELAXED, a_gate(UNKNOWN)) == (set(), set(HOSPITAL) - {Code.MED_GEN})


def test_a_gate_that_does_not_guard_a_code_does_not_relax_it():
    """Or a caution would be shown for nothing."""
    gate = a_gate(CLOSED, Code.MED_GEN, life_saving=LifeSaving(closed=GRAVE))
    found = judge(a_profile(), columns_of(a_point(codes=HOSPITAL)), [gate], NOW)
    assert not any(int(r.codes[0]) for r in found.relaxed)
    assert set(codes_of(int(found.routes[0]))) == {Code.MED_EMG}


# what has to be asked


def test_what_a_lead_asks_is_what_a_gate_does_not_know():
    """Engine 2.5: by gate, the codes for which a fact is missing."""
    gates = [a_gate(UNKNOWN, Code.SHL_VOT, name="X01"), a_gate(OPEN, name="X02"), a_gate(CLOSED, name="X03")]
    found = judge(a_profile(), columns_of(POINT), gates, NOW)
    assert [codes_of(int(j.asks[0]) & bits_of(POINT.codes)) for j in found.judged] == [(Code.SHL_VOT,), (), ()]


def test_nothing_is_asked_of_an_authority_or_under_a_strict_gate_or_where_the_rule_gives_way():
    for point, gate in (
        (a_point(codes=HOSPITAL, organization_type=OrganizationType.CENTRAL_GOVERNMENT), a_gate(UNKNOWN)),
        (a_point(codes=HOSPITAL), a_gate(UNKNOWN, strict=True)),
        (a_point(codes=(Code.MED_EMG,)), a_gate(UNKNOWN, life_saving=LifeSaving(unknown=MILD))),
    ):
        found = judge(a_profile(), columns_of(point), [gate], NOW)
        assert not int(found.judged[0].asks[0]) & int(found.points.offers[0])


# the real gates together


def real(point, **person):
    return left(point, *GATES, person=a_profile(**person))


def test_a_safe_house_is_open_for_a_safe_person():
    """The builders are what they promise."""
    assert real(a_point()) == ({Code.SHL_VOT}, {Code.SHL_VOT})


BLEEDING = {"legal_status": LegalStatus.IRREGULAR}
EMERGENCY = {"codes": (Code.MED_EMG,), "organization_type": OrganizationType.HEALTH}


@pytest.mark.parametrize(
    ("facts", "person", "kept"),
    [
        pytest.param({"shares_with_immigration": NOT_KNOWN}, BLEEDING, True, id="H04 unknown (A49)"),
        pytest.param({"shares_with_immigration": YES}, BLEEDING, True, id="H04 known, grave"),
        pytest.param({"confidentiality_policy": NOT_KNOWN}, {}, True, id="H16 does not hold for open medicine"),
        pytest.param({"registration": RegistrationStatus.EXPIRED}, {}, True, id="H17 expired"),
        pytest.param({"registration": RegistrationStatus.REVOKED}, {}, False, id="H17 revoked"),
        pytest.param({"registration": RegistrationStatus.SUSPENDED}, {}, False, id="H17 suspended"),
        pytest.param({"verified_on": TODAY.replace(year=2024)}, {}, True, id="H19 stale"),
        pytest.param({"verified_on": None}, {}, False, id="H19 never verified: a lead"),
        pytest.param({"languages": ("kk",)}, {"languages": ("tg",)}, True, id="H27 never drops"),
        pytest.param({"quarantined": True}, {}, False, id="H20 quarantine"),
        pytest.param({"safeguarding_flag": SafeguardingFlag.OPEN}, {}, False, id="H18 never relaxed"),
        pytest.param(
            {"affiliations": (Perpetrator.EMPLOYER,)}, {"perpetrators": (Perpetrator.EMPLOYER,)}, False, id="H13 never"
        ),
        pytest.param({"organization_type": OrganizationType.LAW_ENFORCEMENT}, {}, False, id="H02 never"),
        pytest.param(
            {"shares_with_police": NOT_KNOWN, "country": "UZ"}, {"avoid_authorities": True}, False, id="H23 never"
        ),
    ],
)
def test_what_gives_way_for_a_bleeding_person_and_what_never_does(facts, person, kept):
    """Standards 2c."""
    routes, _ = real(a_point(**{**EMERGENCY, **facts}), **person)
    assert routes == ({Code.MED_EMG} if kept else set())


@pytest.mark.parametrize(
    ("facts", "person"),
    [
        pytest.param({"shares_with_immigration": NOT_KNOWN}, BLEEDING, id="H04"),
        pytest.param({"confidentiality_policy": NOT_KNOWN}, {}, id="H16"),
        pytest.param({"registration": RegistrationStatus.UNKNOWN, "licence_required": YES}, {}, id="H17"),
        pytest.param({"verified_on": TODAY.replace(year=2024)}, {}, id="H19"),
        pytest.param({"verified_on": None}, {}, id="H19 never"),
    ],
)
def test_a_bed_gives_way_in_nothing_and_becomes_a_lead(facts, person):
    """H16, A45: no silent relaxation for a shelter."""
    assert real(a_point(codes=(Code.SHL_EMG,), **facts), **person) == (set(), {Code.SHL_EMG})


def test_a_child_alone_is_no_lead_to_an_adult_shelter_either():
    """H08: strict."""
    child = {"age": AgeBand.YOUNG_TEEN, "unaccompanied": YES}
    point = a_point(codes=(Code.SHL_EMG, Code.MED_GEN), child_specialised=NOT_KNOWN)
    assert real(point, **child) == ({Code.MED_GEN}, {Code.MED_GEN})


def test_an_unset_answer_never_makes_a_lead():
    """Engine 2.5: the consulate waits for the person's own word (H12)."""
    consulate = a_point(codes=(Code.DOC_IDS,), organization_type=OrganizationType.CONSULATE, place="p1")
    assert real(consulate, legal_status=LegalStatus.REGULAR) == (set(), set())
    agreed = real(consulate, consents=consenting(Sector.CONSULAR))
    assert agreed == ({Code.DOC_IDS}, {Code.DOC_IDS})


def test_what_is_left_for_routes_is_left_for_leads():
    """Engine 2.5: leads are the same with another measure."""
    facts = [
        {}, {"verified_on": None}, {"shares_with_immigration": NOT_KNOWN}, {"quarantined": True},
        {"organization_type": OrganizationType.LAW_ENFORCEMENT}, {"modality": Modality.REMOTE},
    ]  # fmt: skip
    points = [a_point(slug=f"s{i}", codes=tuple(Code), **given) for i, given in enumerate(facts)]
    found = judge(a_profile(legal_status=LegalStatus.UNKNOWN), columns_of(*points), GATES, NOW)
    assert not (found.routes & ~found.leads).any()
    assert (found.leads & ~found.points.offers == 0).all()
