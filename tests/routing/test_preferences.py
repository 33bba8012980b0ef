"""Soft rules in points, and mild cautions."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.profile import (
    AgeBand,
    Exploitation,
    IncidentWindow,
    LegalStatus,
    Placement,
    Preferences,
    TraffickingStatus,
)
from app.domain.provider import FacilityRegime, Independence, Modality, OrganizationType
from app.routing.policy import RankingPolicy
from app.routing.preferences import mild_cautions, preference_points
from tests.routing.people import NOW, TODAY, a_point, a_profile, columns_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
POLICY = RankingPolicy()


def points_of(person, point):
    """What the point costs, by rule; rules that cost nothing left out."""
    found = preference_points(person, columns_of(point), POLICY, NOW)
    return {rule: int(points[0]) for rule, points in found if points[0]}


def cautions_of(person, point):
    return {key for key, rows in mild_cautions(person, columns_of(point)) if rows[0]}


def test_the_best_house_costs_nothing_and_needs_no_caution():
    assert points_of(a_profile(), a_point()) == {}
    assert cautions_of(a_profile(), a_point()) == set()


NOT_SPECIAL = {"trafficking_specialised": NOT_KNOWN, "trauma_informed": NO, "child_specialised": NO}
TRAFFICKED, NOT_TRAFFICKED = TraffickingStatus.POSSIBLE, TraffickingStatus.NOT


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({"preferences": Preferences(avoid=("ngo",))}, {}, {"P01": 120}, id="a kind to avoid"),
        pytest.param({"preferences": Preferences(avoid=("shelter",))}, {}, {}, id="another kind to avoid"),
        pytest.param({"preferences": Preferences(remote_first=True)}, {}, {"P01": 30}, id="in person"),
        pytest.param(
            {"preferences": Preferences(remote_first=True)}, {"modality": Modality.MOBILE}, {"P01": 30}, id="mobile"
        ),
        pytest.param({"preferences": Preferences(remote_first=True)}, {"modality": Modality.REMOTE}, {}, id="remote"),
        pytest.param({"preferences": Preferences(remote_first=True, avoid=("ngo",))}, {}, {"P01": 150}, id="both"),
        pytest.param({"trafficking_status": TRAFFICKED}, NOT_SPECIAL, {"P03": 20}, id="not specialised"),
        pytest.param({"trafficking_status": NOT_TRAFFICKED}, NOT_SPECIAL, {}, id="no specialisation would help"),
        pytest.param(
            {"trafficking_status": NOT_TRAFFICKED, "exploitation": (Exploitation.FORCED_LABOUR,)},
            NOT_SPECIAL,
            {"P03": 20},
            id="exploited",
        ),
        pytest.param(
            {"trafficking_status": NOT_TRAFFICKED, "age": AgeBand.TEEN}, NOT_SPECIAL, {"P03": 20}, id="a child"
        ),
        pytest.param(
            {"trafficking_status": NOT_TRAFFICKED, "incident_window": IncidentWindow.OLDER},
            NOT_SPECIAL,
            {"P03": 20},
            id="after sexual violence",
        ),
        pytest.param({}, {"independence": Independence.STATE}, {}, id="a state body, regular status"),
        pytest.param(
            {"legal_status": LegalStatus.IRREGULAR}, {"independence": Independence.STATE}, {"P05": 30}, id="irregular"
        ),
        pytest.param(
            {"legal_status": LegalStatus.UNKNOWN}, {"independence": Independence.PARA_STATE}, {"P05": 30}, id="not told"
        ),
        pytest.param(
            {"avoid_authorities": True},
            {"organization_type": OrganizationType.CENTRAL_GOVERNMENT},
            {"P05": 30},
            id="wary",
        ),
        pytest.param({"languages": ("tg",)}, {"interpretation": ("tg",)}, {"P09": 45}, id="interpreted"),
        pytest.param({"languages": ("tg",)}, {}, {"P09": 45}, id="an interpreter is brought"),
        pytest.param({"languages": ("tg", "kk")}, {}, {}, id="spoken"),
        pytest.param({"languages": ("tg",)}, {"languages": None}, {}, id="languages not known"),
        pytest.param({"languages": None}, {}, {}, id="nobody asked"),
        pytest.param(
            {"preferences": Preferences(staff_gender=Placement.WOMEN)},
            {"staff_gender_choice": NO},
            {"P10": 30},
            id="asked",
        ),
        pytest.param({}, {"staff_gender_choice": NO}, {}, id="not asked"),
        pytest.param(
            {"incident_window": IncidentWindow.WITHIN_24H},
            {"staff_gender_choice": NOT_KNOWN},
            {"P10": 30},
            id="by default",
        ),
        pytest.param({"no_go_areas": ("p1",)}, {}, {"P12": 60}, id="inside the area"),
        pytest.param({"no_go_areas": ("KZ-00",)}, {}, {"P12": 60}, id="inside the region"),
        pytest.param({"no_go_areas": ("p1",)}, {"modality": Modality.REMOTE}, {}, id="remote is nowhere"),
        pytest.param({"age": AgeBand.TEEN}, {"facility_regime": FacilityRegime.SEMI_OPEN}, {"P13": 60}, id="a child"),
        pytest.param({"age": AgeBand.TEEN}, {"facility_regime": FacilityRegime.UNKNOWN}, {"P13": 60}, id="not known"),
        pytest.param({}, {"facility_regime": FacilityRegime.SEMI_OPEN}, {}, id="a grown person"),
        pytest.param(
            {"age": AgeBand.TEEN},
            {"facility_regime": FacilityRegime.UNKNOWN, "codes": (Code.EDU_CHD,)},
            {},
            id="a school is no bed",
        ),
        pytest.param({}, {"fee": YES}, {"P14": 30}, id="a fee"),
        pytest.param({}, {"fee": NOT_KNOWN}, {"P14": 30}, id="a fee perhaps"),
    ],
)
def test_what_makes_a_point_worse(person, point, expected):
    """P01, P03, P05, P09, P10, P12, P13, P14."""
    assert points_of(a_profile(**person), a_point(**point)) == expected


@pytest.mark.parametrize(
    ("days", "codes", "expected"),
    [
        (30, (Code.SHL_VOT,), {}),
        (31, (Code.SHL_VOT,), {"P08": 30}),
        (31, (Code.MED_EMG,), {"P08": 30}),
        (90, (Code.LEG_INF,), {}),
        (91, (Code.LEG_INF,), {"P08": 30}),
        (None, (Code.LEG_INF,), {}),
    ],
)
def test_an_old_verification_costs_points(days, codes, expected):
    """P08, with the shorter limit for beds and emergency services."""
    verified = None if days is None else TODAY - timedelta(days=days)
    assert points_of(a_profile(), a_point(verified_on=verified, codes=codes)) == expected


@settings(max_examples=60, deadline=None)
@given(days=st.lists(st.integers(0, 800), min_size=2, max_size=2).map(sorted))
def test_a_fresher_verification_never_costs_more(days):
    """Property 6 of standards, section 8."""
    fresh, old = (points_of(a_profile(), a_point(verified_on=TODAY - timedelta(days=d))).get("P08", 0) for d in days)
    assert fresh <= old


def test_nationality_gender_and_age_of_a_grown_person_cost_nothing():
    """H31."""
    points = columns_of(a_point(**NOT_SPECIAL, fee=YES, independence=Independence.STATE))
    for other in ({"nationality": "UZ"}, {"nationality": None}, {"gender": None}, {"age": AgeBand.OLDER}):
        rows = zip(
            preference_points(a_profile(), points, POLICY, NOW),
            preference_points(a_profile(**other), points, POLICY, NOW),
            strict=True,
        )
        assert all(a[0] == b[0] and a[1].tolist() == b[1].tolist() for a, b in rows)


def test_points_come_in_the_order_of_the_rules_as_whole_numbers():
    found = preference_points(a_profile(), columns_of(a_point(), a_point(slug="s2")), POLICY, NOW)
    assert [rule for rule, _ in found] == ["P01", "P03", "P05", "P08", "P09", "P10", "P12", "P13", "P14"]
    assert all(points.dtype.name == "int32" and points.shape == (2,) for _, points in found)
    without = preference_points(a_profile(), columns_of(a_point()), POLICY)
    assert "P08" not in [rule for rule, _ in without]


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, {"weekly": None}, {"caution.schedule_unknown"}, id="hours not known"),
        pytest.param(
            {}, {"weekly": None, "modality": Modality.REMOTE}, {"caution.schedule_unknown"}, id="hours, remote"
        ),
        pytest.param({"languages": None}, {"languages": None}, {"caution.language_not_asked"}, id="nobody asked"),
        pytest.param(
            {"languages": ("tg",)}, {"codes": (Code.MED_EMG,)}, {"caution.interpreter_by_phone"}, id="life first"
        ),
        pytest.param({"languages": ("tg",)}, {}, set(), id="an interpreter comes first instead"),
        pytest.param(
            {"languages": ("tg",)},
            {"interpretation": ("tg",), "interpretation_vetted": NOT_KNOWN},
            {"caution.interpreter_not_vetted"},
            id="interpreters perhaps not vetted",
        ),
        pytest.param({"no_go_areas": ("p1",)}, {"codes": (Code.EDU_VOC,)}, {"caution.no_go_visit"}, id="A19"),
    ],
)
def test_what_is_shown_with_a_step(person, point, expected):
    """Mild cautions by message key."""
    assert cautions_of(a_profile(**person), a_point(**point)) == expected
