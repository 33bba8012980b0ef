"""What to ask next: the unset answers that keep service points closed, and how much better each makes the route."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.place import SERVED
from app.domain.plan import Cost, Grade, Message, Question
from app.domain.profile import (
    AgeBand,
    Document,
    LegalStatus,
    Perpetrator,
    Placement,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
)
from app.routing.best import Watch
from app.routing.case import Case, all_doors, doors, usable
from app.routing.columns import bits_of
from app.routing.field import Bools, Field
from app.routing.hours import Ints
from app.routing.labels import CostVector
from app.routing.names import Names, Slugs
from app.routing.problem import Spans
from app.routing.run import Unlike
from app.routing.search import best_below, needed_in_reach, unwatched
from app.routing.surroundings import Surroundings

MOST = 5
"""No more questions than these: an operator has minutes (engine, section 5)."""


_STRANGERS = (Perpetrator.EMPLOYER, Perpetrator.RECRUITER, Perpetrator.ONLINE)
"""Who did the harm, where no rule on kin, partners or officials would close more: the favourable answers."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An unset answer with the profiles in which it is answered favourably; `neutral` ones come last."""

    field: str
    people: tuple[Profile, ...]
    neutral: bool = False


def questions(around: Surroundings, grade: Grade, now: CostVector, watch: Watch = unwatched) -> tuple[Question, ...]:
    """The questions worth asking, by how good the best route would become, at most five; neutral ones last.

    `now` is what the best route costs. Only answers that open something on the better one are asked: `opens` counts its
    service points of which more would be
    usable than now, or that would ask for less first.

    Raises:
        OverBudget: The watch says so.
    """
    if around.open_all_houses():
        anew = _best(around, grade, None, watch)
        now = anew[0] if anew else now
    ranked: list[tuple[bool, CostVector, Question]] = []
    field = around.field(grade)
    reach = None if around.is_everything else needed_in_reach(field)
    for candidate in _candidates(around.case.person):
        best: tuple[CostVector, int] | None = None
        for person in candidate.people:
            other = around.of_another(person)
            if around.is_everything and not _may_open(around.case, other.case, grade):
                continue
            unlike = _unlike(field, other.field(grade), reach) if around.case.travel is other.case.travel else None
            then = _best(other, grade, best[0] if best else now, watch, unlike)
            opened = 0 if then is None else _opened(around, grade, *then[1:])
            if then is not None and opened:
                best = then[0], opened
        if best is not None:
            ranked.append((candidate.neutral, best[0], _question(candidate, now, *best)))
    ranked.sort(key=lambda row: (row[0], row[1], row[2].field))
    return tuple(question for _, _, question in ranked[:MOST])


def _best(
    around: Surroundings, grade: Grade, ceiling: CostVector | None, watch: Watch, unlike: Unlike | None = None
) -> tuple[CostVector, Case, tuple[str, ...]] | None:
    """The cost of the best route, the case it was found in and its points; `None` when it costs no less than that."""
    while True:
        field = around.field(grade)
        cost, trail, beyond = best_below(field, ceiling, watch=watch, unlike=unlike)
        if not beyond:
            return None if cost is None else (cost, around.case, trail)
        around.look_beyond(beyond)
        unlike = None


def _unlike(before: Field, after: Field, reach: int | None) -> Unlike | None:
    """Where the second field differs, as far as a search need know; `None`: everywhere."""
    rows = changed(before, after)
    return None if rows is None or reach is None else Unlike(rows=rows, reach=reach)


def _may_open(now: Case, then: Case, grade: Grade) -> bool:
    """Whether `_opened` may count any of these service points: both cases look at the same, and at everything."""
    needed = bits_of(then.sequence.needs)
    after = usable(then, grade)
    before = usable(now, grade) & bits_of(now.sequence.needs)
    less = np.where(after, all_doors(now) & ~all_doors(then), 0)
    return bool(np.count_nonzero((after & needed & ~before) | less))


def changed(before: Field, after: Field) -> Ints | None:
    """The numbers, in `after`, of the rows that differ in any respect from the row of the same id in `before`, sorted.

    A row that was not there before is among them; mirages are when any of them differs, all together. `None`: what is
    searched for differs, so that every row counts. Ways are those of the same person, as in `are_alike`; what is within
    reach may differ although no row does, since rows that are gone are not told.
    """
    frame = before.frame
    frame_then = replace(after.frame, places=frame.places, points=frame.points, links=frame.links)
    if frame_then != frame or after.open_borders != before.open_borders:
        return None
    at = _places_before(before, after)
    rows = (at >= 0).nonzero()[0]
    at = at[rows]
    same = np.ones(len(rows), dtype=np.bool_)
    for name in _PLAIN:
        same &= getattr(before, name)[at] == getattr(after, name)[rows]
    org, org_then = _organizations(before.orgs, after.orgs)
    for name in ("org", "receiver"):
        same &= org[getattr(before, name)[at]] == org_then[getattr(after, name)[rows]]
    for name, names in _NAMED:
        number_of: dict[Hashable, int] = {}
        one, other = _numbered(getattr(before, names), number_of), _numbered(getattr(after, names), number_of)
        same &= one[getattr(before, name)[at]] == other[getattr(after, name)[rows]]
    linked = (_are_linked(before)[at] | _are_linked(after)[rows]) & same
    for number in linked.nonzero()[0].tolist():
        same[number] = before.links.get(at.item(number)) == after.links.get(rows.item(number))
    differs = np.ones(after.size, dtype=np.bool_)
    differs[rows] = ~same
    differs[after.real :] = not _mirages_are_alike(before, after)
    return differs.nonzero()[0]


_PLAIN = ("usable", "requires", "remote", "response", "duration", "not_before", "caution", "preference")
_NAMED = (("place", "places"), ("place", "countries"), ("schedule", "schedules"))
"""Columns that are numbers into other values; -1 is none."""


def _numbered(values: Iterable[Hashable], number_of: dict[Hashable, int]) -> Ints:
    """The number of each value, the same for the same; then -1, for none."""
    return np.array([*(number_of.setdefault(value, len(number_of)) for value in values), -1], dtype=np.int64)


def _organizations(before: Names, after: Names) -> tuple[Ints, Ints]:
    """The number of each organization, the same for the same, in two fields; then one more, for none."""
    known: dict[str, int] = {}
    if before.is_over(after):
        nobody = np.array([-1 << 40], dtype=np.int64)
        return np.append(before.numbers_in(known), nobody), np.append(after.numbers_in(known), nobody)
    number_of: dict[Hashable, int] = {}
    return _numbered(before, number_of), _numbered(after, number_of)


def _are_linked(field: Field) -> Bools:
    linked = np.zeros(field.size, dtype=np.bool_)
    linked[list(field.links)] = True
    return linked


def _places_before(before: Field, after: Field) -> Ints:
    """For each row of `after` that is no mirage its number in `before`, -1 where it was not there."""
    old, new = before.ids[: before.real], after.ids[: after.real]
    if isinstance(old, Slugs) and isinstance(new, Slugs) and (numbers := old.places_of(new)) is not None:
        return numbers
    number = {id_: number for number, id_ in enumerate(old)}
    return np.array([number.get(id_, -1) for id_ in new], dtype=np.int64)


def _mirages_are_alike(before: Field, after: Field) -> bool:
    one, other = slice(before.real, None), slice(after.real, None)

    def places(field: Field, rows: slice) -> tuple[list[str], list[int]]:
        at, minutes = field.place[rows], field.ways.afar(field.frame.start_place)
        return [field.countries[place] for place in at.tolist()], minutes[at].tolist()

    def hours(field: Field, rows: slice) -> list[Spans]:
        return [field.schedules[number] for number in field.schedule[rows].tolist()]

    return (
        all(np.array_equal(getattr(before, name)[one], getattr(after, name)[other]) for name in _PLAIN)
        and places(before, one) == places(after, other)
        and hours(before, one) == hours(after, other)
    )


def _opened(around: Surroundings, grade: Grade, then: Case, points: tuple[str, ...]) -> int:
    """How many service points of this route are usable then for more that is needed, or ask for less first."""
    now, needed = around.as_now(points, then.sequence.needs), bits_of(then.sequence.needs)
    before, after = usable(now, grade) & needed, usable(then, grade) & needed
    opened = 0
    for point in set(points):
        was, will = now.columns.row_of(point), then.columns.row_of(point)
        more = int(after[will]) & ~int(before[was])
        less = doors(now, was) & ~doors(then, will)
        opened += bool(more or less)
    return opened


def _question(candidate: _Candidate, now: CostVector, then: CostVector, opened: int) -> Question:
    gain = Cost(**{name: a - b for name, a, b in zip(Cost.__slots__, now, then, strict=True)})
    key = "question." + candidate.field.removeprefix("/profile/").replace("/", ".")
    return Question(
        field=candidate.field,
        message=Message(key=key, slots=MappingProxyType({"count": opened})),
        opens=opened,
        gain=gain,
        neutral=candidate.neutral,
    )


def _candidates(person: Profile) -> Iterator[_Candidate]:
    """Every unset answer that some gate looks at."""

    def answered(field: str, *values: dict[str, Any], neutral: bool = False) -> _Candidate:
        return _Candidate(f"/profile/{field}", tuple(replace(person, **value) for value in values), neutral)

    if person.lives_among is None:
        yield answered("placement", *({"placement": place} for place in Placement))
    if person.age is None and not person.is_child:
        yield answered("age", *({"age": band} for band in (AgeBand.YOUNG_ADULT, AgeBand.ADULT, AgeBand.OLDER)))
    if person.is_child and person.unaccompanied is Answer.UNKNOWN:
        yield answered("unaccompanied", {"unaccompanied": Answer.NO}, neutral=True)
    if person.nationality is None:
        countries = sorted(SERVED | {person.location.country})
        yield answered("nationality", *({"nationality": country} for country in countries))
    if person.legal_status is LegalStatus.UNKNOWN:
        yield answered("legal_status", {"legal_status": LegalStatus.REGULAR})
    if person.documents_held is None:
        yield answered("documents_held", {"documents_held": tuple(Document)})
    if person.trafficking_status is TraffickingStatus.UNKNOWN:
        yield answered("trafficking_status", {"trafficking_status": TraffickingStatus.ACTUAL})
    if not person.perpetrators:
        yield answered("perpetrators", *({"perpetrators": (kind,)} for kind in _STRANGERS), neutral=True)
    if person.criminal_case is Answer.UNKNOWN:
        yield answered("criminal_case", {"criminal_case": Answer.YES}, neutral=True)
    if person.can_pay is Answer.UNKNOWN:
        yield answered("can_pay", {"can_pay": Answer.YES})
    yield from _about_return(person, answered)
    for sector in (Sector.LAW_ENFORCEMENT, Sector.IMMIGRATION):
        if person.consent(sector) is Answer.UNKNOWN:
            yield answered(f"consents/{sector.value}", {"consents": _with(person, sector)}, neutral=True)


def _about_return(person: Profile, answered: Callable[..., _Candidate]) -> Iterator[_Candidate]:
    if person.fear_of_return is Answer.UNKNOWN:
        yield answered("fear_of_return", {"fear_of_return": Answer.NO}, neutral=True)
    if person.protection_status is ProtectionStatus.UNKNOWN:
        yield answered("protection_status", {"protection_status": ProtectionStatus.NONE}, neutral=True)
    if Code.RET_AVR in person.needs and person.wants_return is Answer.UNKNOWN:
        yield answered("wants_return", {"wants_return": Answer.YES}, neutral=True)
    for sector in (Sector.CONSULAR, Sector.CROSS_BORDER):
        if person.consent(sector) is Answer.UNKNOWN:
            yield answered(f"consents/{sector.value}", {"consents": _with(person, sector)}, neutral=True)


def _with(person: Profile, sector: Sector) -> MappingProxyType[Sector, Answer]:
    return MappingProxyType({**person.consents, sector: Answer.YES})
