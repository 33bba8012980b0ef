"""Why a found route serves the codes that nobody needs for their own sake: which later step each of them opens.

Codes that open nothing in this route are left out of what is shown (H36), although the point would give them.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.domain.codes import CODES, Code, CodeKind
from app.domain.pathway import Strength
from app.domain.plan import Grade
from app.routing.case import Case
from app.routing.columns import bits_of
from app.routing.run import Found

Purposes = Mapping[Code, str]
"""Unlocking codes with the id of the rule that a later step meets by them."""


def purposes(case: Case, found: Found, grade: Grade) -> tuple[Purposes, ...]:
    """For each step the unlocking codes it serves that a later step needs, with the rule that asks for them.

    Worked out from the last step to the first, since what opens a door may itself need a door to be opened.
    """
    wanted: dict[Code, str] = {}
    kept: list[Purposes] = []
    for at in reversed(range(len(found.steps))):
        served = {Code(code) for code in found.steps[at].serves}
        mine = {code: rule for code, rule in wanted.items() if code in served}
        needed = {code for code in served if code in case.sequence.needs}
        mine |= {code: rule for code, rule in _edges_before(case, needed | set(mine)) if code in served - needed}
        kept.append(MappingProxyType(dict(sorted(mine.items()))))
        for code, rule in (*_edges_before(case, needed | set(mine)), *_asked_at(case, found, grade, at)):
            wanted.setdefault(code, rule)
    return tuple(reversed(kept))


def _edges_before(case: Case, codes: set[Code]) -> Iterable[tuple[Code, str]]:
    """What hard edges put before these codes, over further codes too, with the edge's rule."""
    found: dict[Code, str] = {}
    todo = sorted(codes)
    while todo:
        code = todo.pop()
        for rule in case.sequence.rules:
            if rule.after is code and rule.strength is Strength.HARD and rule.before not in found:
                found[rule.before] = rule.id
                todo.append(rule.before)
    return found.items()


def _asked_at(case: Case, found: Found, grade: Grade, at: int) -> Iterable[tuple[Code, str]]:
    """What the door of a step asks for, and what a border asks for when the step crosses one."""
    row = case.columns.row_of(found.steps[at].point)
    for rule, bits in case.doors:
        for code in case.orders[grade].unlocking:
            if int(bits[row]) & bits_of([code]):
                yield code, rule
    if _crosses(case, found, at):
        yield from case.sequence.before_border.items()


def _crosses(case: Case, found: Found, at: int) -> bool:
    """Whether the person passes a border at that step."""
    countries = [case.network.place(case.person.location.place).country]
    for step in found.steps[: at + 1]:
        point = case.columns.point(case.columns.row_of(step.point))
        kinds = {CODES[Code(code)].kind for code in step.serves}
        goes_there = bool(step.legs) and point.modality.value == "physical"
        passes = goes_there and point.country != countries[-1]
        if CodeKind.STAY in kinds:
            countries.append(point.country)
        elif CodeKind.RETURN in kinds and case.person.return_to is not None:
            home = case.network.place(case.person.return_to).country
            passes = passes or home != countries[-1]
            countries.append(home)
        else:
            countries.append(countries[-1])
    return passes
