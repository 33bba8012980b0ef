"""What conditions of a service say of a person: silence is unknown, and never yes."""

import pytest

from app.domain.admission import Applicant, admits, conditions_met
from app.domain.answer import Answer
from app.domain.profile import AgeBand, Companion, Document, Gender, Placement, TraffickingStatus
from app.domain.provider import Eligibility

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
BOY = Companion(age=AgeBand.YOUNG_TEEN, gender=Gender.MALE)
EVERYTHING = Applicant(
    age=AgeBand.TEEN, gender=Gender.FEMALE, nationality="UZ", trafficking_status=TraffickingStatus.NOT,
    can_pay=NO, documents_held=(), children_with=(BOY,),
)  # fmt: skip


def test_silence_is_unknown():
    """No source says anything: nothing is yes."""
    assert set(conditions_met(EVERYTHING, Eligibility()).values()) == {UNKNOWN}


def test_what_nobody_told_is_not_judged():
    """And nothing judged is unknown."""
    assert conditions_met(Applicant(), Eligibility(age_min=18)) == {}
    assert admits({}) is UNKNOWN


@pytest.mark.parametrize(
    ("person", "said", "answer"),
    [
        ({"age": AgeBand.TEEN}, {"age_min": 18, "age_max": 120}, NO),
        ({"age": AgeBand.YOUNG_ADULT}, {"age_min": 18, "age_max": 120}, YES),
        ({"age": AgeBand.YOUNG_ADULT}, {"age_min": 20, "age_max": 120}, UNKNOWN),
        ({"age": AgeBand.YOUNG_ADULT}, {"age_min": 18}, UNKNOWN),
        ({"gender": Gender.FEMALE}, {"genders": (Placement.WOMEN,)}, YES),
        ({"gender": Gender.MALE}, {"genders": (Placement.WOMEN,)}, NO),
        ({"gender": Gender.NON_BINARY}, {"genders": (Placement.WOMEN,)}, UNKNOWN),
        ({"gender": Gender.NON_BINARY}, {"genders": (Placement.WOMEN, Placement.MEN)}, YES),
        ({"gender": Gender.FEMALE}, {"genders": ()}, NO),
        ({"nationality": "UZ"}, {"nationalities": ("KZ",)}, NO),
        ({"nationality": "UZ"}, {"nationalities": ("*",)}, YES),
        ({"nationality": "UZ"}, {"nationalities": ("*",), "nationalities_excluded": ("UZ",)}, NO),
        ({"trafficking_status": TraffickingStatus.POSSIBLE}, {"requires_formal_status": YES}, NO),
        ({"trafficking_status": TraffickingStatus.ACTUAL}, {"requires_formal_status": YES}, YES),
        ({"can_pay": NO}, {"fee": YES}, NO),
        ({"can_pay": NO}, {"fee": UNKNOWN}, UNKNOWN),
        ({"documents_held": ()}, {"required_documents": (Document.PASSPORT,)}, NO),
        ({"documents_held": ()}, {"required_documents": ()}, YES),
        ({"children_with": (BOY,)}, {"accepts_children": YES}, YES),
        ({"children_with": (BOY,)}, {"accepts_children": YES, "boys_max_age": 11}, NO),
        ({"children_with": (BOY,)}, {"accepts_children": YES, "boys_max_age": 13}, UNKNOWN),
        ({"children_with": (BOY,)}, {"accepts_children": NO}, NO),
    ],
)
def test_each_condition(person, said, answer):
    """Both sides of every limit."""
    assert admits(conditions_met(Applicant(**person), Eligibility(**said))) is answer


def test_one_no_outweighs_all_and_one_unknown_every_yes():
    """Unknown is never yes."""
    assert admits({"a": YES, "b": NO, "c": UNKNOWN}) is NO
    assert admits({"a": YES, "c": UNKNOWN}) is UNKNOWN
