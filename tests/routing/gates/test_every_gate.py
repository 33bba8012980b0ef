"""What holds for all gates together, on invented people and providers drawn at random."""

import random
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Companion,
    Document,
    Gender,
    HealthFlag,
    IncidentWindow,
    LegalStatus,
    Location,
    OverrideReason,
    Perpetrator,
    Placement,
    ProtectionStatus,
    TraffickingStatus,
)
from app.domain.provider import FacilityRegime, Modality, OrganizationType, RegistrationStatus, ServiceStatus
from app.routing.building import build_columns
from app.routing.gates import GATES
from app.routing.rules import RuleKind
from app.routing.verdicts import Verdict
from tests.routing.people import NOW, TODAY, a_point, a_profile, columns_of, consenting, verdict_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
BY_NAME = [pytest.param(gate, id=f"{gate.rule.id} {gate.judge.__name__}") for gate in GATES]

SAFE = {
    "accepts_children": YES,
    "requires_formal_status": NO,
    "requires_cooperation": NO,
    "requires_criminal_case": NO,
    "requires_residence": NO,
    "requires_police_referral": NO,
    "fee": NO,
    "licence_required": NO,
    "shares_with_police": NO,
    "shares_with_immigration": NO,
    "mandatory_reporter": NO,
    "confidentiality_policy": YES,
    "child_specialised": YES,
    "separates_children_from_adults": YES,
    "mediates_with_family": NO,
    "interpretation_vetted": YES,
    "facility_regime": FacilityRegime.OPEN,
    "status": ServiceStatus.ACTIVE,
    "registration": RegistrationStatus.REGISTERED,
    "genders": (Placement.WOMEN, Placement.MEN),
    "age_min": 0,
    "age_max": 120,
    "nationalities": ("*",),
    "required_documents": (),
    "accessibility": tuple(AccessNeed),
    "place": "p1",
    "admin1": "KZ-00",
    "verified_on": TODAY,
}
"""The good answer of every fact that may be unknown."""

SILENT = {
    **dict.fromkeys((k for k, v in SAFE.items() if isinstance(v, Answer)), NOT_KNOWN),
    "facility_regime": FacilityRegime.UNKNOWN,
    "status": ServiceStatus.UNKNOWN,
    "registration": RegistrationStatus.UNKNOWN,
    **dict.fromkeys(
        (
            "genders",
            "age_min",
            "age_max",
            "nationalities",
            "required_documents",
            "accessibility",
            "place",
            "admin1",
            "verified_on",
        )
    ),
}

OTHERS = {
    "facility_regime": list(FacilityRegime),
    "status": list(ServiceStatus),
    "registration": list(RegistrationStatus),
    "genders": [(Placement.WOMEN,), (Placement.MEN,), ()],
    "age_min": [15, 18],
    "age_max": [17, 59],
    "nationalities": [("KZ",), ("UZ", "KG"), ()],
    "required_documents": [(Document.PASSPORT,), (Document.PASSPORT, Document.NATIONAL_ID)],
    "accessibility": [(AccessNeed.MOBILITY,), ()],
    "place": ["p2"],
    "admin1": ["KZ-01"],
    "verified_on": [TODAY - timedelta(days=days) for days in (29, 200, 400)],
}


OPTIONS = {
    **{name: [value, SILENT[name], *OTHERS.get(name, [YES, NO])] for name, value in SAFE.items()},
    "country": ["KZ", "UZ", "TM"],
    "organization_type": list(OrganizationType),
    "modality": list(Modality),
    "nationalities_excluded": [(), ("UZ",)],
    "affiliations": [(), (Perpetrator.POLICE,)],
    "boys_max_age": [None, 10, 14],
    "free_places": [None, 1, 5],
    "steward_trust": [False, True],
    "quarantined": [False, True],
    "codes": [(Code.SHL_VOT,), (Code.MED_EMG, Code.CHD_GRD), (Code.CON_SRV, Code.RET_AVR)],
}


def facts() -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in OPTIONS.items()})


def verdicts_by_slug(gate, person, columns) -> dict[str, int]:
    return dict(zip(map(columns.slug.of, range(columns.rows)), gate.judge(person, columns, NOW).tolist(), strict=True))


def people() -> st.SearchStrategy:
    answer = st.sampled_from(Answer)
    optional = {"age": AgeBand, "gender": Gender, "placement": Placement, "override": OverrideReason}
    return st.fixed_dictionaries(
        {
            **dict.fromkeys(("possibly_child", "unaccompanied", "fear_of_return", "wants_return", "can_pay"), answer),
            **dict.fromkeys(("criminal_case", "imminent_danger", "involved_in_offence"), answer),
            **{k: st.none() | st.sampled_from(v) for k, v in optional.items()},
            "location": st.sampled_from([Location(country="KZ", place="p1"), Location(country="TM", place="p9")]),
            "avoid_authorities": st.booleans(),
            "nationality": st.sampled_from([None, "KZ", "UZ", "stateless"]),
            "legal_status": st.sampled_from(LegalStatus),
            "protection_status": st.sampled_from(ProtectionStatus),
            "trafficking_status": st.sampled_from(TraffickingStatus),
            "documents_held": st.sampled_from([None, (), (Document.PASSPORT,)]),
            "perpetrators": st.sampled_from([(), (Perpetrator.POLICE,), (Perpetrator.FAMILY, Perpetrator.OFFICIAL)]),
            "access_needs": st.sampled_from([(), (AccessNeed.MOBILITY, AccessNeed.VISION)]),
            "children_with": st.sampled_from([(), (Companion(age=AgeBand.YOUNG_TEEN, gender=Gender.MALE),)]),
            "no_go_areas": st.sampled_from([(), ("p2",), ("KZ-01",), ("p7", "KZ-07")]),
            "incident_window": st.sampled_from(IncidentWindow),
            "health_flags": st.sampled_from([(), (HealthFlag.SUICIDAL_RISK,)]),
            "return_to": st.sampled_from([None, "p2"]),
            "consents": st.dictionaries(st.sampled_from(Sector), answer).map(MappingProxyType),
        }
    ).map(lambda answers: a_profile(**answers))


@settings(max_examples=250, deadline=None)
@given(person=people(), point=facts())
def test_a_good_fact_that_is_forgotten_never_opens_anything(person, point):
    """Unknown is never good news: for every gate and every fact that is known to be safe here."""
    forgotten = [name for name, value in SAFE.items() if point[name] == value]
    rows = [a_point(**{**point, name: SILENT[name], "slug": name}) for name in forgotten]
    columns = build_columns([a_point(**point), *rows])
    for gate in GATES:
        said = verdicts_by_slug(gate, person, columns)
        worse = [name for name in forgotten if said[name] < said["s1"]]
        assert not worse, f"{gate.rule.id} opens when {worse} is forgotten"


@settings(max_examples=40, deadline=None)
@given(person=people(), seed=st.integers(0, 2**16))
def test_a_row_is_judged_alone_as_it_is_among_others(person, seed):
    """A gate looks at one row at a time; the order of the rows changes nothing."""
    chance = random.Random(seed)
    drawn = [{name: chance.choice(values) for name, values in OPTIONS.items()} for _ in range(50)]
    crowd = [a_point(**{**fact, "slug": f"s{i}"}) for i, fact in enumerate(drawn)]
    columns, shuffled = build_columns(crowd), build_columns(chance.sample(crowd, len(crowd)))
    alone = {point.slug: columns_of(point) for point in crowd[:3]}
    for gate in GATES:
        together = verdicts_by_slug(gate, person, columns)
        assert verdicts_by_slug(gate, person, shuffled) == together, gate.rule.id
        for slug, one in alone.items():
            assert {slug: together[slug]} == verdicts_by_slug(gate, person, one), gate.rule.id


@settings(max_examples=100, deadline=None)
@given(
    person=people(),
    point=facts(),
    sector=st.sampled_from([Sector.LAW_ENFORCEMENT, Sector.CONSULAR, Sector.IMMIGRATION]),
)
def test_a_consent_that_is_withdrawn_never_opens_anything(person, point, sector):
    """H02, H04, H05, H12: yes to no never makes a verdict more open."""
    agreed = replace(person, consents={**person.consents, sector: YES})
    withdrawn = replace(person, consents={**person.consents, sector: NO})
    row = a_point(**point)
    for gate in GATES:
        assert verdict_of(gate, withdrawn, row) >= verdict_of(gate, agreed, row), gate.rule.id


@pytest.mark.parametrize("gate", BY_NAME)
def test_a_safe_house_is_open_to_a_person_of_whom_everything_is_known(gate):
    """The builders' defaults pass every gate that is not about a wish: a return and consular help are asked for."""
    person = a_profile(consents=consenting(Sector.CONSULAR), wants_return=YES, return_to="p2")
    assert verdict_of(gate, person, a_point()) is Verdict.OPEN


@pytest.mark.parametrize("gate", BY_NAME)
def test_a_gate_explains_itself(gate):
    """Every gate has a public id, a source, a sentence, and a docstring that starts with the id."""
    rule = gate.rule
    assert rule.kind in (RuleKind.GATE, RuleKind.REQUIREMENT)
    assert rule.sources and all(source[0] == "S" for source in rule.sources)
    assert rule.statement.endswith(".") and "\n" not in rule.statement
    assert gate.judge.__doc__.startswith(rule.id)


@pytest.mark.parametrize("gate", BY_NAME)
def test_a_gate_judges_an_empty_register(gate):
    """No row, no verdict, no fault."""
    assert gate.judge(a_profile(), build_columns(()), NOW).shape == (0,)


def test_only_the_rules_of_standards_2c_give_way():
    """H04, H17, H19, H28, the unknown conditions of H05 and H31, telling the police (H01), and the windows."""
    unknown = {gate.rule.id for gate in GATES if gate.life_saving.unknown}
    closed = {gate.rule.id for gate in GATES if gate.life_saving.closed}
    assert unknown == {"H01", "H04", "H05", "H17", "H19", "H27", "H28", "H31", "W01", "W02"}
    assert closed == {"H01", "H04", "H17", "H28", "W01", "W02"}
    assert {gate.rule.id for gate in GATES if gate.strict} == {"H08", "H23"}


def test_the_gates_stand_in_the_order_of_standards_2c():
    """Identity of the provider, consent and firewall, admission, fitness and freshness."""
    themes = [gate.judge.__module__.rsplit(".", 1)[1] for gate in GATES]
    order = ["authorities", "consent", "children", "access", "fitness", "movement", "medical"]
    assert list(dict.fromkeys(themes)) == order
