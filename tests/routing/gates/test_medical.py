"""W01 and W02: rape care where the medicine is given, while it may be of use."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.profile import Gender, IncidentWindow
from app.domain.provider import Quality
from app.routing.gates.gate import life_saving_codes
from app.routing.gates.medical import GATES, contraception, prophylaxis
from app.routing.verdicts import Verdict
from tests.routing.people import NOW, a_point, a_profile, columns_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize(
    ("window", "pep", "verdict"),
    [
        (IncidentWindow.WITHIN_24H, YES, Verdict.OPEN),
        (IncidentWindow.WITHIN_24H, NO, Verdict.CLOSED),
        (IncidentWindow.WITHIN_24H, NOT_KNOWN, Verdict.UNKNOWN),
        (IncidentWindow.WITHIN_72H, NO, Verdict.CLOSED),
        (IncidentWindow.UNKNOWN, NO, Verdict.CLOSED),
        (IncidentWindow.WITHIN_120H, NO, Verdict.OPEN),
        (IncidentWindow.WITHIN_6_MONTHS, NO, Verdict.OPEN),
        (IncidentWindow.NOT_APPLICABLE, NOT_KNOWN, Verdict.OPEN),
    ],
)
def test_medicine_against_hiv_counts_until_seventy_two_hours(window, pep, verdict):
    """W01, both sides of its limit."""
    point = a_point(codes=(Code.MED_CMR,), quality=Quality(offers_pep=pep))
    assert prophylaxis(a_profile(incident_window=window), columns_of(point), NOW).tolist() == [verdict]


@pytest.mark.parametrize(
    ("window", "person", "given", "verdict"),
    [
        (IncidentWindow.WITHIN_120H, {}, YES, Verdict.OPEN),
        (IncidentWindow.WITHIN_120H, {}, NO, Verdict.CLOSED),
        (IncidentWindow.WITHIN_120H, {}, NOT_KNOWN, Verdict.UNKNOWN),
        (IncidentWindow.WITHIN_6_MONTHS, {}, NO, Verdict.OPEN),
        (IncidentWindow.WITHIN_24H, {"gender": Gender.MALE}, NO, Verdict.OPEN),
        (IncidentWindow.WITHIN_24H, {"pregnancy": YES}, NO, Verdict.OPEN),
        (IncidentWindow.WITHIN_24H, {"gender": None}, NO, Verdict.CLOSED),
    ],
)
def test_emergency_contraception_counts_until_a_hundred_and_twenty_hours(window, person, given, verdict):
    """W02, and for whom it is of no use."""
    point = a_point(codes=(Code.MED_CMR,), quality=Quality(offers_emergency_contraception=given))
    assert contraception(a_profile(incident_window=window, **person), columns_of(point), NOW).tolist() == [verdict]


def test_whoever_needs_the_medicine_has_rape_care_in_the_life_saving_set():
    """So the clinic without it is marked and never lost."""
    for window in (IncidentWindow.WITHIN_24H, IncidentWindow.WITHIN_72H, IncidentWindow.WITHIN_120H):
        assert Code.MED_CMR in life_saving_codes(a_profile(incident_window=window))
    assert all(gate.life_saving.unknown and gate.life_saving.closed for gate in GATES)
