"""Where a step would take the person: H11, H14."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.provider import Modality
from app.routing.columns import STAYS, bits_of
from app.routing.gates import GATES
from app.routing.gates.movement import inside_no_go, no_go_stays, voluntary_return
from app.routing.verdicts import Verdict
from tests.routing.people import a_point, a_profile, columns_of, verdict_of

OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize("assessed", sorted(Answer))
@pytest.mark.parametrize(
    ("wants", "fears", "home", "expected"),
    [
        (YES, NO, "p2", OPEN),
        (NO, NO, "p2", CLOSED),
        (NOT_KNOWN, NO, "p2", UNSET),
        (YES, YES, "p2", CLOSED),
        (YES, NOT_KNOWN, "p2", UNSET),
        (NOT_KNOWN, YES, "p2", CLOSED),
        (NO, NOT_KNOWN, "p2", CLOSED),
        (YES, NO, None, UNSET),
        (NO, NO, None, CLOSED),
    ],
)
def test_a_return_is_wanted_not_feared_and_has_an_end(wants, fears, home, expected, assessed):
    """H11, scenario A15; the risk assessment is SAF-RSK, which O05 puts first."""
    person = a_profile(wants_return=wants, fear_of_return=fears, return_to=home, return_risk_assessed=assessed)
    assert verdict_of(voluntary_return, person, a_point(codes=(Code.RET_AVR,))) is expected


@pytest.mark.parametrize(
    ("areas", "facts", "expected"),
    [
        pytest.param((), {}, OPEN, id="no area named"),
        pytest.param((), {"place": None}, OPEN, id="no area named, place not known"),
        pytest.param(("p1",), {}, CLOSED, id="the town"),
        pytest.param(("KZ-00",), {}, CLOSED, id="the region"),
        pytest.param(("p2", "KZ-01"), {}, OPEN, id="elsewhere"),
        pytest.param(("p2",), {"place": None}, UNKNOWN, id="town not known"),
        pytest.param(("KZ-00",), {"place": None}, CLOSED, id="town not known, region named"),
        pytest.param(("KZ-01",), {"admin1": None}, UNKNOWN, id="region not known"),
        pytest.param(("p1",), {"modality": Modality.REMOTE}, OPEN, id="remote"),
    ],
)
def test_nobody_sleeps_where_the_danger_is(areas, facts, expected):
    """H14, scenario A19."""
    assert verdict_of(no_go_stays, a_profile(no_go_areas=areas), a_point(**facts)) is expected


def test_only_beds_are_closed_inside_an_area_and_visits_are_told_apart():
    """H14 and P12."""
    guards = {gate.judge: gate.guard_bits for gate in GATES}
    assert guards[no_go_stays] == bits_of(STAYS)
    assert guards[voluntary_return] == bits_of([Code.RET_AVR])
    points = columns_of(a_point(), a_point(slug="s2", place="p2"))
    assert inside_no_go(a_profile(no_go_areas=("p2",)), points).tolist() == [False, True]
