"""All steps from a partial route at once: what each costs, and what a whole route over it costs at the least.

A label that is taken up opens a *fan*: the steps worth taking from it, most hopeful first. Each becomes a label when
its turn comes, so that of a thousand steps those few are made that may be on a best route.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.routing.field import NEVER, Bools, Row
from app.routing.ground import Ground
from app.routing.hope import Hope
from app.routing.hours import Ints
from app.routing.labels import CostVector, Label, start_label, take
from app.routing.openings import Allowed, Steps
from app.routing.outlook import Legs, Outlook
from app.routing.prospects import ELSEWHERE, Bounds, Prospects
from app.routing.terrain import NOBODY, Terrain

FAR = 1 << 40
"""Minutes to where no way leads; small enough to be added up."""
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
        self._outlooks: dict[tuple[str, bool, bool], Outlook] = {}
        mirages = terrain.field.size - terrain.field.real if (alive & terrain.mirage).any() else 0
        self.dreamt = np.full((mirages, 4), NEVER, dtype=np.int64)
        """For each mirage the least that a route costs on which it is the first."""

    def outlook(self, base: str, to_come: int) -> Outlook:
        """The bounds from that base, or from anywhere, for somebody for whom these codes may be served."""
        order = self._ground.order
        moves, returns = self.hope.moves(to_come) or base == ELSEWHERE, bool(to_come & order.returns)
        if (base, moves, returns) not in self._outlooks:
            rows = self._alive.nonzero()[0] if moves else self.hope.near(base)
            wanted = order.needed & self._ground.reach & ~order.at_start
            legs = self._legs(base, moves=moves, returns=returns, wanted=wanted)
            circles, field = self._terrain.circles, self._terrain.field
            self._outlooks[base, moves, returns] = Outlook(field, order, circles, rows, wanted, legs, moves=moves)
        return self._outlooks[base, moves, returns]

    def _legs(self, base: str, *, moves: bool, returns: bool, wanted: int) -> Legs:
        """Whoever does not move has the ways of the base, and so has the only bed of a route without a return."""
        terrain, order = self._terrain, self._ground.order
        somewhere = np.full(len(terrain.field.places), terrain.field.ways.least, dtype=np.int64)
        if base == ELSEWHERE:
            return Legs(visit=somewhere, stay=somewhere, away=somewhere)
        there = np.minimum(terrain.ways(base)[0], FAR)
        if not moves:
            return Legs(visit=there, stay=there, away=there)
        away = np.minimum(terrain.afar(base), FAR)
        if order.led_to(wanted & order.stays) & wanted:
            return Legs(visit=somewhere, stay=somewhere, away=away)
        return Legs(visit=somewhere, stay=away if returns else there, away=away)

    def bound(self, label: Label, to_come: int) -> CostVector:
        """No route that goes on from the label costs less than this."""
        return self.bounds.of(label, to_come, self.outlook(label.base, to_come))

    def promising(self, alive: Bools, most: CostVector) -> Bools:
        """Of these points those over which a route from the start may cost no more than that; all with a circle."""
        field, start = self._terrain.field, start_label(self._ground)
        to_come = self._ground.reach & ~start.at_hand
        here = self.outlook(start.base, to_come)
        after = self.hope.after(start.at_hand, to_come)
        rows = (alive & ~self._terrain.together).nonzero()[0]
        rows = rows[here.has(rows)]
        away = np.where(field.remote[rows], 0, here.away[field.place[rows]])
        found = here.over(rows, away, after.certain, self.bounds.home(start.base, after.certain, after.to_come))
        same, late = np.ones_like(rows), after.missed + here.late(after.hoped_for, 0)
        near = at_most((after.unserved * same, late * same, found[:, 0], found[:, 1]), most)
        kept = alive & self._terrain.together
        kept[rows[near]] = True
        return kept

    def open(self, label: Label, to_come: int, most: CostVector) -> Iterator[Step]:
        """The steps from that label whose routes may cost no more than `most`, most hopeful first."""
        here = self.outlook(label.base, to_come)
        elsewhere = self.outlook(ELSEWHERE, to_come)
        steps = self._allowed.steps(label.base, label.at_hand)
        left = self.bounds.after(label, steps.openings, to_come, here, elsewhere)
        spent = (steps.circle & left.left[steps.group]) == 0
        costs, after = self._costs(label, steps, left, spent)
        hopeful = at_most(costs, most)
        if len(self.dreamt):
            far = hopeful & steps.mirage
            self._dream(steps.rows[far] - self._terrain.field.real, np.stack([c[far] for c in costs], axis=1))
            hopeful &= ~steps.mirage
        some = hopeful.nonzero()[0]
        state = self._allowed.states(steps, some, spent)
        ranks = (steps.rows[some], *(column[some] for column in after[1:]))
        some = some[undominated(state, ranks, after[0][some])]
        holding = some[(~spent & (steps.openings.stays | steps.openings.cases)[steps.group])[some]]
        if len(holding):
            costs[3][holding] = self._held(label, steps, left, here, elsewhere, holding, after)
            some = some[at_most(tuple(column[some] for column in costs), most)]
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

    def _held(
        self, label: Label, steps: Steps, left: Prospects, here: Outlook, elsewhere: Outlook, some: Ints, after: Costs
    ) -> Ints:
        """The burden of routes over these steps, now that it is known who holds the case after each."""
        field, openings = self._terrain.field, steps.openings
        orgs = len(field.orgs)
        certain = np.array(left.certain, dtype=np.int64)[steps.group[some]]
        holder = np.where(steps.circle[some] & certain, field.org[steps.rows[some]] + 1, 0)
        pairs, which = np.unique(steps.group[some] * (orgs + 1) + holder, return_inverse=True)
        found = []
        for group, org in (divmod(pair, orgs + 1) for pair in pairs.tolist()):
            codes, goes = left.certain[group], openings.stays[group]
            home = 0 if goes else self.bounds.home(label.base, codes, left.left.item(group))
            found.append((elsewhere if goes else here).ahead(codes, field.orgs[org - 1] if org else NOBODY, home))
        more, doors, _ = np.array(found, dtype=np.int64)[which].T
        clock, burden, *_ = (column[some] for column in after)
        costs: Ints = burden + np.maximum(clock + more, doors)
        return costs

    def _dream(self, mirages: Ints, costs: Ints) -> None:
        """Remembers the least cost of each mirage."""
        known = self.dreamt[mirages]
        less = at_most(tuple(costs.T), tuple(known.T))
        self.dreamt[mirages[less]] = costs[less]

    def _abroad(self, label: Label, to_come: int, here: Outlook, elsewhere: Outlook, most: CostVector) -> list[Step]:
        """The same for the points of other countries, one by one: who holds the case decides which are open."""
        terrain, order, found = self._terrain, self._ground.order, []
        country = terrain.country_of(label.base)
        for number in terrain.across.get(label.holder, ()):
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


def at_most(costs: tuple[Ints, ...], most: Sequence[int] | Sequence[Ints]) -> Bools:
    """Where these costs, compared number by number, are no greater."""
    limits = [np.asarray(limit) for limit in most]
    found: Bools = costs[-1] <= limits[-1]
    for cost, limit in zip(costs[-2::-1], limits[-2::-1], strict=True):
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
