"""H01 at the provider: what it hears goes to the police only with the person's consent."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import Sector
from app.domain.provider import Safety
from app.routing.gates.consent import telling_the_police
from app.routing.verdicts import Verdict
from tests.routing.people import NOW, a_point, a_profile, columns_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize(
    ("consent", "shares", "verdict"),
    [
        (YES, YES, Verdict.OPEN),
        (YES, NOT_KNOWN, Verdict.OPEN),
        (NO, NO, Verdict.OPEN),
        (NO, YES, Verdict.CLOSED),
        (NO, NOT_KNOWN, Verdict.UNKNOWN),
        (NOT_KNOWN, NO, Verdict.OPEN),
        (NOT_KNOWN, YES, Verdict.UNSET),
        (NOT_KNOWN, NOT_KNOWN, Verdict.UNKNOWN),
    ],
)
def test_a_line_to_the_police_needs_consent_to_the_police(consent, shares, verdict):
    """H01: a hotline can be a police line (data/pathways, hazards)."""
    person = a_profile(consents={Sector.LAW_ENFORCEMENT: consent})
    point = a_point(safety=Safety(shares_with_police=shares))
    assert telling_the_police(person, columns_of(point), NOW).tolist() == [verdict]
