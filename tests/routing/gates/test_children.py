"""Children and families: H08 (with H07), H29."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.profile import AgeBand, Companion, Gender, Perpetrator
from app.routing.columns import STAYS, bits_of
from app.routing.gates import GATES, LifeSaving
from app.routing.gates.children import child_accommodation, family_unity
from app.routing.verdicts import Verdict
from tests.routing.people import TODAY, a_point, a_profile, verdict_of

OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def house(*, takes=NO, special=NO, apart=NO):
    return a_point(accepts_children=takes, child_specialised=special, separates_children_from_adults=apart)


ADULT_HOUSE = house()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param({"age": AgeBand.YOUNG_ADULT}, OPEN, id="18 is grown"),
        pytest.param({"age": AgeBand.TEEN}, CLOSED, id="17 is a child"),
        pytest.param({"age": AgeBand.YOUNG_ADULT, "possibly_child": YES}, CLOSED, id="perhaps under 18 is a child"),
        pytest.param({"age": AgeBand.YOUNG_ADULT, "possibly_child": NOT_KNOWN}, OPEN, id="18, nobody doubts it"),
        pytest.param({"age": None, "possibly_child": YES}, CLOSED, id="no age, perhaps a child"),
        pytest.param({"age": None, "possibly_child": NO}, OPEN, id="no age, surely grown"),
        pytest.param({"age": None, "possibly_child": NOT_KNOWN}, UNSET, id="nobody said"),
    ],
)
def test_who_counts_as_a_child_in_an_adult_house(person, expected):
    """H07 and H08, scenario A07."""
    assert verdict_of(child_accommodation, a_profile(**person), ADULT_HOUSE) is expected


@pytest.mark.parametrize(
    ("facts", "with_family", "alone", "not_told"),
    [
        pytest.param({}, CLOSED, CLOSED, CLOSED, id="an adult house"),
        pytest.param({"takes": YES}, OPEN, CLOSED, UNSET, id="takes in families"),
        pytest.param({"takes": NOT_KNOWN}, UNKNOWN, CLOSED, UNSET, id="perhaps takes in families"),
        pytest.param({"special": YES, "apart": YES}, OPEN, OPEN, OPEN, id="a children's house"),
        pytest.param({"special": YES}, OPEN, CLOSED, UNSET, id="specialised, not apart from adults"),
        pytest.param({"special": YES, "apart": NOT_KNOWN}, OPEN, UNKNOWN, UNSET, id="specialised, perhaps apart"),
        pytest.param({"special": NOT_KNOWN, "apart": YES}, UNKNOWN, UNKNOWN, UNSET, id="perhaps specialised, apart"),
        pytest.param({"takes": YES, "apart": YES}, OPEN, CLOSED, UNSET, id="families, apart, not specialised"),
        pytest.param(
            {"takes": NOT_KNOWN, "special": NOT_KNOWN, "apart": NOT_KNOWN}, UNKNOWN, UNKNOWN, UNSET, id="silence"
        ),
    ],
)
def test_a_child_sleeps_only_where_children_are_looked_after(facts, with_family, alone, not_told):
    """H08."""
    point = house(**facts)
    for unaccompanied, expected in ((NO, with_family), (YES, alone), (NOT_KNOWN, not_told)):
        child = a_profile(age=AgeBand.CHILD, unaccompanied=unaccompanied)
        assert verdict_of(child_accommodation, child, point) is expected
    harmed_by_kin = a_profile(age=AgeBand.CHILD, unaccompanied=NO, perpetrators=(Perpetrator.FAMILY,))
    assert verdict_of(child_accommodation, harmed_by_kin, point) is alone


def test_the_rule_on_children_is_strict_never_relaxed_and_guards_every_bed():
    """H08, standards 2c."""
    (gate,) = (gate for gate in GATES if gate.rule.id == "H08")
    assert gate.strict
    assert gate.life_saving == LifeSaving()
    assert gate.guard_bits == bits_of(STAYS)
    assert Code.SHL_CHD in STAYS and Code.HOU_LNG in STAYS and Code.MED_EMG not in STAYS


def child(age=AgeBand.CHILD, gender=Gender.FEMALE):
    return Companion(age=age, gender=gender)


@pytest.mark.parametrize(
    ("children", "facts", "expected"),
    [
        pytest.param((), {"accepts_children": NO}, OPEN, id="nobody with her"),
        pytest.param((child(),), {"accepts_children": YES}, OPEN, id="children are taken in"),
        pytest.param((child(),), {"accepts_children": NO}, CLOSED, id="children are not taken in"),
        pytest.param((child(),), {"accepts_children": NOT_KNOWN}, UNKNOWN, id="nobody knows"),
        pytest.param((child(), child()), {"free_places": 3}, OPEN, id="three beds for three"),
        pytest.param((child(), child()), {"free_places": 2}, CLOSED, id="two beds for three"),
        pytest.param((child(), child()), {"free_places": None}, OPEN, id="beds not counted"),
        pytest.param((child(gender=Gender.MALE),), {"boys_max_age": 11}, OPEN, id="a boy of at most 11, limit 11"),
        pytest.param((child(gender=Gender.MALE),), {"boys_max_age": 10}, CLOSED, id="a boy of at most 11, limit 10"),
        pytest.param((child(gender=Gender.FEMALE),), {"boys_max_age": 3}, OPEN, id="a girl"),
        pytest.param((child(gender=Gender.UNDISCLOSED),), {"boys_max_age": 10}, UNSET, id="gender not disclosed"),
        pytest.param(
            (child(AgeBand.INFANT, Gender.MALE), child(AgeBand.YOUNG_TEEN, Gender.MALE)),
            {"boys_max_age": 13},
            CLOSED,
            id="the oldest boy counts",
        ),
    ],
)
def test_a_household_is_not_split(children, facts, expected):
    """H29."""
    assert verdict_of(family_unity, a_profile(children_with=children), a_point(**facts)) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(None, CLOSED, id="no date"),
        pytest.param(0, CLOSED, id="today"),
        pytest.param(1, CLOSED, id="yesterday"),
        pytest.param(2, OPEN, id="the day before"),
    ],
)
def test_a_count_of_beds_runs_out(days, expected):
    """H29: a report of beds is believed for a day."""
    reported = None if days is None else datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days=days)
    point = a_point(free_places=1, capacity_as_of=reported)
    assert verdict_of(family_unity, a_profile(children_with=(child(),)), point) is expected
