"""What a service point asks for first: O07, O14, H24, H27 and the countries' own."""

from datetime import date

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.pathway import Citation, Pathway, PersonCondition, PointCondition, Requirement
from app.domain.profile import Document, IncidentWindow, LegalStatus, TraffickingStatus
from app.domain.provider import AUTHORITIES, OrganizationType
from app.routing.columns import bits_of, codes_of
from app.routing.requirements import required_first
from tests.routing.people import NOW, TODAY, a_point, a_profile, columns_of, consenting

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def doors(person, point, **pathways):
    """Codes that the point requires first, by rule."""
    found = required_first(person, columns_of(point), NOW, pathways)
    return {rule: codes_of(int(bits[0])) for rule, bits in found}


def test_a_safe_house_requires_nothing():
    assert doors(a_profile(), a_point()) == {}


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, {"requires_formal_status": YES}, {"O07": (Code.IDN_FRM,)}, id="asked for"),
        pytest.param({}, {"requires_formal_status": NO}, {}, id="not asked for"),
        pytest.param({}, {"requires_formal_status": NOT_KNOWN}, {}, id="not known is a gate, not a requirement"),
        pytest.param({"trafficking_status": TraffickingStatus.ACTUAL}, {"requires_formal_status": YES}, {}, id="held"),
        pytest.param(
            {"trafficking_status": TraffickingStatus.UNKNOWN},
            {"requires_formal_status": YES},
            {"O07": (Code.IDN_FRM,)},
            id="not told counts as not held",
        ),
        pytest.param({"already_has": (Code.IDN_FRM,)}, {"requires_formal_status": YES}, {}, id="has had it"),
        pytest.param(
            {},
            {"requires_formal_status": YES, "codes": (Code.SHL_VOT, Code.IDN_FRM)},
            {"O07": (Code.IDN_FRM,)},
            id="who grants it must have granted it",
        ),
    ],
)
def test_identification_comes_first_where_a_benefit_needs_it(person, point, expected):
    """O07, scenario A31."""
    assert doors(a_profile(**person), a_point(**point)) == expected


PASSPORT = {"required_documents": (Document.PASSPORT,), "codes": (Code.EMP_JOB,)}


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, PASSPORT, {"O14": (Code.DOC_IDS,)}, id="not held"),
        pytest.param({"documents_held": (Document.PASSPORT,)}, PASSPORT, {}, id="held"),
        pytest.param({"documents_held": None}, PASSPORT, {"O14": (Code.DOC_IDS,)}, id="nobody asked"),
        pytest.param({}, {**PASSPORT, "required_documents": None}, {}, id="not known"),
        pytest.param({}, {**PASSPORT, "codes": (Code.EMP_JOB, Code.MED_EMG)}, {}, id="urgent help waits for no papers"),
        pytest.param({}, {**PASSPORT, "codes": (Code.DOC_IDS,)}, {}, id="who makes papers"),
    ],
)
def test_documents_come_first_where_they_are_asked_for(person, point, expected):
    """O14, H06."""
    assert doors(a_profile(**person), a_point(**point)) == expected


INFORMED = {"H24": (Code.LEG_INF,)}


@pytest.mark.parametrize("kind", sorted(OrganizationType))
@pytest.mark.parametrize("status", sorted(LegalStatus))
def test_legal_information_comes_before_any_authority(kind, status):
    """H24: for everybody whose status is not regular."""
    at_risk = kind in AUTHORITIES and status is not LegalStatus.REGULAR
    assert doors(a_profile(legal_status=status), a_point(organization_type=kind)) == (INFORMED if at_risk else {})


@pytest.mark.parametrize(
    ("person", "codes", "expected"),
    [
        pytest.param({"involved_in_offence": YES}, (Code.CJS_REP,), INFORMED, id="drawn into an offence"),
        pytest.param({"involved_in_offence": NO}, (Code.CJS_REP,), {}, id="not drawn into one"),
        pytest.param({"involved_in_offence": YES}, (Code.LEG_INF,), INFORMED, id="an authority's own advice"),
        pytest.param({"involved_in_offence": YES}, (Code.SAF_EMG,), INFORMED, id="emergency help not asked for"),
        pytest.param(
            {"involved_in_offence": YES, "needs": (Code.SAF_EMG,)}, (Code.SAF_EMG,), {}, id="emergency help asked for"
        ),
    ],
)
def test_legal_information_waits_only_for_life(person, codes, expected):
    """H24."""
    police = a_point(organization_type=OrganizationType.LAW_ENFORCEMENT, codes=codes)
    assert doors(a_profile(consents=consenting(Sector.LAW_ENFORCEMENT), **person), police) == expected


SPOKEN = {"H27": (Code.INT_LNG,)}


@pytest.mark.parametrize(
    ("spoken", "facts", "expected"),
    [
        pytest.param(("ru",), {}, {}, id="shared"),
        pytest.param(("tg",), {}, SPOKEN, id="not shared, A27"),
        pytest.param(("tg", "ru"), {}, {}, id="one of two is enough"),
        pytest.param(("tg",), {"interpretation": ("tg",)}, {}, id="interpreted"),
        pytest.param(("tg",), {"interpretation": ("uz",)}, SPOKEN, id="another is interpreted"),
        pytest.param(("tg",), {"interpretation": None}, SPOKEN, id="interpretation not known"),
        pytest.param(("tg",), {"interpretation": ("tg",), "interpretation_vetted": NO}, SPOKEN, id="unvetted"),
        pytest.param(("tg",), {"interpretation": ("tg",), "interpretation_vetted": NOT_KNOWN}, {}, id="perhaps vetted"),
        pytest.param(("tg",), {"languages": None}, {}, id="languages not known"),
        pytest.param(("tg",), {"languages": ()}, SPOKEN, id="no language"),
        pytest.param(None, {}, {}, id="nobody asked the person"),
        pytest.param(("tg",), {"codes": (Code.MED_EMG,)}, {}, id="life does not wait"),
        pytest.param(("tg",), {"codes": (Code.MED_CMR,)}, SPOKEN, id="no window is open"),
        pytest.param(("tg",), {"codes": (Code.INT_LNG,)}, {}, id="who interprets"),
    ],
)
def test_an_interpreter_comes_first_where_nobody_speaks_the_language(spoken, facts, expected):
    """H27."""
    assert doors(a_profile(languages=spoken), a_point(**facts)) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [(IncidentWindow.WITHIN_120H, {}), (IncidentWindow.UNKNOWN, {}), (IncidentWindow.WITHIN_6_MONTHS, SPOKEN)],
)
def test_care_after_rape_waits_for_no_interpreter_while_a_window_is_open(window, expected):
    """H27, standards 2c."""
    person = a_profile(languages=("tg",), incident_window=window)
    assert doors(person, a_point(codes=(Code.MED_CMR,))) == expected


def a_requirement(**facts):
    given = {
        "id": "KZ-R1",
        "text": "Invented.",
        "valid_from": date(2020, 1, 1),
        "cites": (Citation(source="invented-law", at="art. 2"),),
        "requires": Code.IDN_PRE,
        "guards": (Code.SHL_VOT,),
        "person": PersonCondition(nationality_not_in=("KZ",)),
        "point": PointCondition(state_funded=True),
    }
    return Requirement(**{**given, **facts})


def files(*requirements):
    return {"KZ": Pathway(country="KZ", version="1", title="", overview="", sources={}, requirements=requirements)}


@pytest.mark.parametrize(
    ("person", "facts", "binds"),
    [
        pytest.param({"nationality": "UZ"}, {"state_funded": YES}, True, id="both match"),
        pytest.param({"nationality": "KZ"}, {"state_funded": YES}, False, id="another person"),
        pytest.param({"nationality": "UZ"}, {"state_funded": NO}, False, id="another provider"),
        pytest.param({"nationality": None}, {"state_funded": YES}, True, id="not told binds"),
        pytest.param({"nationality": "UZ"}, {"state_funded": NOT_KNOWN}, False, id="not known is asked by the gate"),
        pytest.param({"nationality": "UZ"}, {"state_funded": YES, "country": "KG"}, False, id="another country"),
        pytest.param({"nationality": "UZ"}, {"state_funded": YES, "codes": (Code.BAS_FOD,)}, False, id="another code"),
        pytest.param(
            {"nationality": "UZ"},
            {"state_funded": YES, "codes": (Code.SHL_VOT, Code.IDN_PRE)},
            True,
            id="offers it, and must have given it",
        ),
    ],
)
def test_a_country_asks_for_a_code_first(person, facts, binds):
    expected = {"KZ-R1": (Code.IDN_PRE,)} if binds else {}
    assert doors(a_profile(**person), a_point(**facts), **files(a_requirement())) == expected


def test_a_country_rule_binds_only_while_it_is_in_force_and_every_code_without_guards():
    person, point = a_profile(nationality="UZ"), a_point(state_funded=YES, codes=(Code.BAS_FOD,))
    assert doors(person, point, **files(a_requirement(guards=()))) == {"KZ-R1": (Code.IDN_PRE,)}
    assert doors(person, point, **files(a_requirement(guards=(), valid_to=date(2026, 11, 22)))) == {}
    assert doors(person, point, **files(a_requirement(guards=(), valid_from=TODAY))) == {"KZ-R1": (Code.IDN_PRE,)}


def test_requirements_come_by_rule_and_row():
    """One entry a rule, sorted by id, one number a row."""
    person = a_profile(languages=("tg",), legal_status=LegalStatus.IRREGULAR)
    body = a_point(slug="s2", organization_type=OrganizationType.LOCAL_GOVERNMENT, languages=("tg",))
    found = required_first(person, columns_of(a_point(), body), NOW, {})
    assert [(rule, bits.tolist()) for rule, bits in found] == [
        ("H24", [0, bits_of([Code.LEG_INF])]),
        ("H27", [bits_of([Code.INT_LNG]), 0]),
    ]
