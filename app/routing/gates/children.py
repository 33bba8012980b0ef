"""Children: where a child may sleep, and families that stay together (H07 to H09 are the rules behind them)."""

import numpy as np

from app.domain.answer import Answer
from app.domain.pathway import Severity
from app.domain.profile import Companion, Gender, Profile
from app.routing.columns import STAYS, Columns
from app.routing.gates.gate import Circumstances, Gate
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import (
    Verdict,
    Verdicts,
    all_open,
    by_answer,
    closed_where,
    strictest,
)

_BED_REPORT_DAYS = 1
"""A count of free beds is believed for 24 hours (standards, section 3c), on whole days: until the day after."""


def child_accommodation(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H08: a child sleeps only where children are looked after, and alone only in specialised, separated care.

    A child counts as alone until somebody has said otherwise, and also when family or partner did the harm: a family
    unit protects only if it is protective. What an unset answer would open (the age, being accompanied) is unset.
    """
    specialised = by_answer(points.child_specialised, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)
    separate = by_answer(points.separates_children, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)
    alone = strictest(specialised, separate)
    if not person.is_child:
        if person.age is not None or person.possibly_child is Answer.NO:
            return all_open(points.rows)
        return closed_where(alone != Verdict.OPEN, unset=True)
    if person.is_alone is Answer.YES:
        return alone
    taken_in = by_answer(points.accepts_children, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)
    with_family = np.minimum(taken_in, specialised)
    if person.unaccompanied is Answer.NO:
        return with_family
    depends = (alone != Verdict.OPEN) & (with_family != Verdict.CLOSED)
    return np.where(depends, np.int8(Verdict.UNSET), alone)


def family_unity(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H29: a household stays together: its children are taken in, its boys are not too old, there are beds for all.

    A band counts by its greatest year. Beds count where a number is on record that has not run out; a missing number
    closes nothing, since beds are asked for on the day. A child of undisclosed gender may count as a boy: unset.
    """
    if not person.children_with:
        return all_open(points.rows)
    household = 1 + len(person.children_with)
    believed = (points.capacity_on == 0) | (points.capacity_on >= circumstances.on.toordinal() - _BED_REPORT_DAYS)
    too_few = believed & (points.free_places >= 0) & (points.free_places < household)
    return strictest(
        by_answer(points.accepts_children, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN),
        closed_where(too_few | (points.boys_max_age < _oldest(person.children_with, (Gender.MALE,)))),
        closed_where(points.boys_max_age < _oldest(person.children_with, _PERHAPS_BOYS), unset=True),
    )


_PERHAPS_BOYS = tuple(gender for gender in Gender if gender is not Gender.FEMALE)


def _oldest(children: tuple[Companion, ...], genders: tuple[Gender, ...]) -> int:
    return max((child.age.years[1] for child in children if child.gender in genders), default=0)


H08 = Rule(
    id="H08",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A child never sleeps in adult accommodation: with a protective family only where children are taken in, "
    "alone only in specialised care that keeps children apart from adults.",
    sources=("S35c", "S35a"),
    guards=STAYS,
    life_saving="Never relaxed.",
)
H29 = Rule(
    id="H29",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A person with children is offered a bed only where the whole household is taken in together.",
    sources=("S18c", "S05"),
    guards=STAYS,
)

GATES = (
    Gate(rule=H08, judge=child_accommodation, strict=True),
    Gate(rule=H29, judge=family_unity),
)
