"""All steps from a partial route at once: what each costs, and what a whole route over it costs at the least.

A label that is taken up opens a *fan*: the steps worth taking from it, most hopeful first. Each becomes a label when
its turn comes, so that of a thousand steps those few are made that may be on a best route.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.routing.field import Bools, Ints, Row
from app.routing.ground import Ground
from app.routing.hope import Hope
from app.routing.labels import CostVector, Label, start_label, take
from app.routing.openings import Allowed, Steps
from app.routing.outlook import Legs, Outlook
from app.routing.prospects import ELSEWHERE, Bounds, Prospects
from app.routing.terrain import NOBODY, Terrain

Costs = tuple[Ints, Ints, Ints, Ints]
"""The four numbers of a cost, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a fan, not taken yet: no route over it costs less than `bound`."""

    bound: CostVector
    number: int
    serves: int
    to_come: int
    spent: bool
    """Whether it makes no difference who holds the case afterwards."""
    clock: int
    late: int
    grave: int
    burden: int
    label: Label | None = None
    """The label after it, where it had to be made anyway."""


class Fans:
    """The fans of one run, and the bounds of every base of it."""

    def __init__(self, terrain: Terrain, ground: Ground, alive: Bools) -> None:
        self._terrain, self._ground, self._alive = terrain, ground, alive
        self.hope = Hope(terrain, ground, alive)
        self.bounds = Bounds(ground, self.hope)
        self._allowed = Allowed(terrain, ground, alive)
        self._outlooks: dict[str, Outlook] = {}

    def outlook(self, base: str, *, moves: bool) -> Outlook:
        """The bounds from that base, or from anywhere, for somebody who may still move or not."""
        key = base if moves else f"{base}\0"
        if key not in self._outlooks:
            terrain, field = self._terrain, self._terrain.field
            somewhere = np.full(len(field.places), field.ways.least, dtype=np.int64)
            if base == ELSEWHERE:
                legs = Legs(leg=somewhere, away=somewhere)
            elif moves:
                legs = Legs(leg=somewhere, away=terrain.afar(base))
            else:
                legs = Legs(leg=terrain.ways(base)[0], away=terrain.ways(base)[0])
            rows = self._alive.nonzero()[0] if moves or base == ELSEWHERE else self.hope.near(base)
            wanted = self._ground.order.needed & self._ground.reach & ~self._ground.order.at_start
            self._outlooks[key] = Outlook(field, self._ground.order, terrain.circles, rows, wanted, legs, moves=moves)
        return self._outlooks[key]

    def bound(self, label: Label, to_come: int) -> CostVector:
        """No route that goes on from the label costs less than this."""
        return self.bounds.of(label, to_come, self.outlook(label.base, moves=self.hope.moves(to_come)))

    def over(self, rows: Ints) -> tuple[Ints, Costs]:
        """Those of these points that are near enough, and what a route from the start over each costs at the least.

        They are points without a circle.
        """
        field, start = self._terrain.field, start_label(self._ground)
        to_come = self._ground.reach & ~start.at_hand
        here = self.outlook(start.base, moves=self.hope.moves(to_come))
        after = self.hope.after(start.at_hand, to_come)
        rows = rows[here.has(rows)]
        away = np.where(field.remote[rows], 0, here.away[field.place[rows]])
        found = here.over(rows, away, after.certain, self.bounds.home(start.base, after.certain))
        same = np.ones_like(rows)
        late = after.missed + here.late(after.hoped_for, 0)
        return rows, (after.unserved * same, late * same, found[:, 0], found[:, 1])

    def open(self, label: Label, to_come: int, most: CostVector) -> Iterator[Step]:
        """The steps from that label whose routes may cost no more than `most`, most hopeful first."""
        here = self.outlook(label.base, moves=self.hope.moves(to_come))
        elsewhere = self.outlook(ELSEWHERE, moves=True)
        steps = self._allowed.steps(label.base, label.at_hand)
        left = self.bounds.after(label, steps.openings, to_come, here, elsewhere)
        spent = ~steps.circle & ((steps.usable & left.left[steps.group]) == 0)
        costs, after = self._costs(label, steps, left, spent)
        hopeful = at_most(costs, most)
        some = hopeful.nonzero()[0]
        state = self._allowed.states(steps, some, spent)
        ranks = (steps.rows[some], *(column[some] for column in after[1:]))
        some = some[undominated(state, ranks, after[0][some])]
        found = _steps(steps, left, some, costs, after, spent)
        abroad = self._abroad(label, to_come, here, elsewhere, most)
        return iter(sorted([*found, *abroad], key=lambda step: step.bound) if abroad else found)

    def _costs(self, label: Label, steps: Steps, left: Prospects, spent: Bools) -> tuple[Costs, Costs]:
        """What a route over each step costs at the least, and the clock, burden, grave and late of the label after it.

        Where it makes no difference who holds the case afterwards (`spent`), nobody has the use of a circle.
        """
        field, group = self._terrain.field, steps.group
        start = field.hours.next_open(np.maximum(label.clock + steps.called, steps.not_before), steps.schedule)
        clock = start + steps.tail
        burden = label.burden + steps.extra + self._allowed.telling(steps, label.holder)
        grave = label.grave + steps.caution
        late, windows = np.full(len(group), label.late, dtype=np.int64), left.missed[group]
        for deadline, now, first in left.due:
            served, later = now[group], first[group]
            late += served & (start > deadline)
            windows += ~served & (later >= 0) & (np.maximum(clock, later) > deadline)
        circle = (~spent).astype(np.int64)
        ahead, doors = left.ahead[group, circle], left.doors[group, circle]
        costs = (
            left.unserved[group],
            late + windows,
            grave + left.caution[group],
            burden + np.maximum(clock + ahead, doors),
        )
        return costs, (clock, burden, grave, late)

    def _abroad(self, label: Label, to_come: int, here: Outlook, elsewhere: Outlook, most: CostVector) -> list[Step]:
        """The same for the points of other countries, one by one: who holds the case decides which are open."""
        terrain, order, found = self._terrain, self._ground.order, []
        country = terrain.country_of(label.base)
        for number in terrain.abroad:
            if not self._alive[number] or terrain.country[number] == country:
                continue
            move = take(self._ground, label, terrain.field.row(number))
            if move is None:
                continue
            goes = move.serves & (order.stays | order.returns)
            left = to_come & ~move.label.at_hand
            bound = self.bounds.of(move.label, left, elsewhere if goes else here)
            if bound <= most:
                found.append(Step(
                    bound=bound, number=number, serves=move.serves, to_come=left, spent=False, clock=0, late=0,
                    grave=0, burden=0, label=move.label,
                ))  # fmt: skip
        return found

    def label(self, before: Label, step: Step) -> Label:
        """The partial route after that step."""
        if step.label is not None:
            return step.label
        ground, row = self._ground, self._terrain.field.row(step.number)
        base, holder = ground.moves_to(before.base, before.holder, row, step.serves)
        return after(before, row, base, NOBODY if step.spent else holder, step, ground.order.weight_of(step.serves))


def after(before: Label, row: Row, base: str, holder: str | None, step: Step, weight: int) -> Label:
    """The label with one step more."""
    steps, weights, ids = before.tie
    return Label(
        base,
        holder,
        before.at_hand | step.serves,
        step.clock,
        step.late,
        step.grave,
        step.burden,
        (steps + 1, (*weights, -weight), (*ids, row.id)),
        (*before.trail, row),
    )


def _steps(steps: Steps, left: Prospects, some: Ints, costs: Costs, after: Costs, spent: Bools) -> list[Step]:
    """These steps as values, most hopeful first."""
    openings = steps.openings
    chosen = tuple(column[some] for column in costs)
    order = np.lexsort(chosen[::-1])
    some = some[order]
    group = steps.group[some]
    alone = spent[some] & (openings.stays[group] | openings.cases[group])
    return [
        Step(
            bound=bound, number=number, serves=openings.serves[at], to_come=to_come, spent=nobody, clock=clock,
            late=late, grave=grave, burden=burden,
        )
        for bound, number, at, to_come, nobody, clock, burden, grave, late in zip(
            zip(*(column[order].tolist() for column in chosen), strict=True),
            steps.rows[some].tolist(), group.tolist(), left.left[group].tolist(), alone.tolist(),
            *(column[some].tolist() for column in after), strict=True,
        )
    ]  # fmt: skip


def at_most(costs: tuple[Ints, ...], most: CostVector) -> Bools:
    """Where these costs, compared number by number, are no greater."""
    found: Bools = costs[-1] <= most[-1]
    for cost, limit in zip(costs[-2::-1], most[-2::-1], strict=True):
        found = (cost < limit) | ((cost == limit) & found)
    return found


def undominated(states: Ints, ranks: tuple[Ints, ...], clocks: Ints) -> Ints:
    """Where nothing of the same state is as early and of no greater rank; ranks from the least weighty number on."""
    order = np.lexsort((*ranks, states))
    states, clocks = states[order], clocks[order]
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = states[1:] != states[:-1]
    apart = np.cumsum(fresh) * (int(clocks.max(initial=0)) + 1)
    lower = clocks - apart
    kept = fresh
    kept[1:] |= lower[1:] < np.minimum.accumulate(lower)[:-1]
    found: Ints = order[kept]
    return found


__all__ = ["ELSEWHERE", "Fans", "Step", "at_most", "undominated"]
