"""The exact best routes of a `SearchProblem`: the minimum over all valid sequences of steps.

Best-first search over partial routes (labels), with lower bounds (A*) and the dominance rule of the engine's
definition, section 4. Codes are bits of a whole number. `plain.plainly` finds the same without any bound.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count

import numpy as np

from app.routing.backups import Backups, backups
from app.routing.fans import Fans, Step, at_most
from app.routing.field import NEVER, Bools, Field, Ints, Row, field_of
from app.routing.ground import Ground, Order
from app.routing.labels import CostVector, Label, Move, Tie, cost_of, start_label, take
from app.routing.plain import keep
from app.routing.problem import SearchProblem
from app.routing.reach import reach_of
from app.routing.terrain import Terrain

ALMOST_ALL = 0.9
"""While fewer points than this share are left, bounds are worked out anew over those that are."""
PATIENCE = 64
"""After so many fans it is time to look at what was dreamt of, whatever else there may be."""
NOTHING: CostVector = (NEVER, NEVER, NEVER, NEVER)
Watch = Callable[[], None]
"""Asked now and then; raises when the search has taken too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step of a found route, minutes from `as_of`; `legs` are the minutes of each leg in order.

    `there` of these minutes are travelled before the start, the rest after the end.
    """

    point: str
    serves: tuple[str, ...]
    there: int
    legs: tuple[int, ...]
    start: int
    end: int
    handover: int
    link: int
    crossings: int
    backups: tuple[str, ...] = ()

    @property
    def clock(self) -> int:
        """The minute at which the next step may begin."""
        return self.end + sum(self.legs) - self.there


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A route: its steps in order and its cost."""

    steps: tuple[Taken, ...]
    cost: CostVector


State = tuple[str, str | None, int]
Key = tuple[CostVector, Tie | tuple[()] | tuple[int]]
"""What routes are compared by: what they cost, then the rule for ties."""


def unwatched() -> None:
    """A watch that never ends a search."""


Beyond = Mapping[int, int]
"""Mirages that may be on a best route, by their place among the mirages, and how much dearer what is there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Routes found so far, and where somebody has to look before the next is certain.

    `without` are the key providers of the routes found. `known` is what a next route costs, though not surely the best;
    `proven` are its points when it is, as long as `reach` is what is within reach of the run.
    """

    found: tuple[Found, ...] = ()
    without: tuple[str, ...] = ()
    beyond: Beyond = field(default_factory=dict)
    known: CostVector | None = None
    proven: tuple[str, ...] = ()
    reach: int = 0


def solve(problem: SearchProblem, *, watch: Watch = unwatched) -> tuple[Found, ...]:
    """Up to `problem.k` routes, in the order found: the best, then the best without its key provider, and so on.

    The key provider of a route is the organization of its first transfer, else of its first step. Every run decides
    reach and soft edges anew, and leaves out every point of the key providers of the routes before it. Ends early when
    the best route has no step.

    Raises:
        OverBudget: The watch says so. No route is given then, never a worse one.
    """
    return search(field_of(problem), Progress(), watch=watch).found


def search(field: Field, progress: Progress, *, watch: Watch = unwatched) -> Progress:
    """The same on a field, from the routes that were found on a smaller one; stops where somebody has to look first.

    Args:
        field: With mirages of what was not looked at, or without any.
        progress: Of the same search so far.
        watch: Asked now and then.

    Raises:
        OverBudget: The watch says so.
    """
    terrain, before = Terrain(field), progress
    while len(before.found) < field.frame.k:
        run = Run(terrain, before.without, watch)
        label, beyond = run.again(before) or run.best(known=before.known)
        if beyond:
            known = cost_of(run.ground, label) if label.trail else before.known
            return replace(before, beyond=beyond, known=known, proven=())
        if not label.trail:
            break
        others = backups(run.ground, run.alive, label.trail)
        if others.mirages:
            proven = tuple(row.id for row in label.trail)
            return replace(before, beyond=others.mirages, proven=proven, reach=run.reach)
        before = Progress(
            found=(*before.found, run.told(label, others)), without=(*before.without, run.key_provider(label))
        )
    return Progress(found=before.found, without=before.without)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """How a field differs from one whose best route costs as much as a ceiling: in these rows, in none besides.

    `reach` are the needed codes within reach there. Rows that were there and are gone are not told.
    """

    rows: Ints
    reach: int


def best_below(
    field: Field, ceiling: CostVector | None, *, watch: Watch = unwatched, unlike: Unlike | None = None
) -> tuple[CostVector | None, tuple[str, ...], Beyond]:
    """The cost and the points of the best route, if it costs less than the ceiling, and where to look first.

    Without a ceiling doing nothing counts, too. See `search` for the rest.

    Raises:
        OverBudget: The watch says so.
    """
    run = Run(Terrain(field), (), watch)
    if ceiling is not None and unlike is not None and not run.may_be_below(ceiling, unlike):
        return None, (), {}
    label, beyond = run.best(ceiling)
    cost = cost_of(run.ground, label)
    if ceiling is not None and cost >= ceiling:
        return None, (), beyond
    return cost, tuple(row.id for row in label.trail), beyond


def needed_in_reach(field: Field) -> int:
    """The needed codes, as bits, that some walk could serve; they decide which soft edges bind."""
    terrain = Terrain(field)
    return reach_of(terrain, np.ones(field.size, dtype=np.bool_)) & terrain.order.needed


def idle_cost(field: Field) -> CostVector:
    """What it costs to do nothing."""
    order = Order(field)
    needed = order.needed & ~order.at_start
    return order.weight_of(needed), order.windows_of(needed), 0, 0


class Run:
    """One search over the field without the points of some organizations."""

    def __init__(self, terrain: Terrain, without: tuple[str, ...], watch: Watch) -> None:
        self.field, self.order = terrain.field, terrain.order
        self._terrain, self._watch = terrain, watch
        self.alive: Bools = np.ones(self.field.size, dtype=np.bool_)
        if without:
            left_out = [number for number, org in enumerate(self.field.orgs) if org in without]
            self.alive = ~np.isin(self.field.org, left_out)
        self.reach = reach_of(terrain, self.alive)
        self.ground = Ground(self.field, self.order, (), self.reach)

    def best(self, ceiling: CostVector | None = None, known: CostVector | None = None) -> tuple[Label, Beyond]:
        """The best route as a label, the start itself when no step is better than none; and where to look first.

        Args:
            ceiling: Only routes that cost less are looked for; the start itself comes back when there is none.
            known: What a route costs that was found before, if any: no dearer one is looked for while there is one.
        """
        beyond = self._within_reach(self.alive & ~self._terrain.mirage)
        if beyond:
            return start_label(self.ground), beyond
        label = start_label(self.ground)
        limit: Key = (known or NOTHING, (NEVER,))
        if ceiling is not None:
            limit = (ceiling, ())
        elif known is None or self._is_flawed(known) or len(self.field.ids) != self.field.real:
            real = self.alive & ~self._terrain.mirage
            kept = real if known is None else self._promising(real, known)
            label, most = best_label(self.ground, self._fans(kept), None if known is None else limit, self._watch)
            if known is not None and cost_of(self.ground, label) > known:
                return self.best()
            beyond = self._wanting(label) if self._is_flawed(most) else {}
            if beyond or not (self.alive & self._terrain.mirage).any():
                return label, beyond
            limit = (most, (NEVER,))
        fans = self._fans(self._promising(self.alive, limit[0]))
        found, most = best_label(self.ground, fans, limit, self._watch)
        beyond = self._beyond(fans.dreamt, most)
        if ceiling is not None or cost_of(self.ground, found) <= limit[0]:
            return found, beyond
        return (label, beyond) if beyond else self.best()

    def again(self, before: Progress) -> tuple[Label, Beyond] | None:
        """The route that was proven to be the best when fewer points were known, if the same edges still bind.

        No mirage could be on a better one, and whatever has been looked at since is what mirages stood for.
        """
        if not before.proven or self.reach != before.reach:
            return None
        number, label = {self.field.ids[row]: row for row in self._rows_of(before.proven)}, start_label(self.ground)
        for point in before.proven:
            move = take(self.ground, label, self.field.row(number[point])) if point in number else None
            if move is None:
                return None
            label = move.label
        return label, {}

    def _rows_of(self, points: tuple[str, ...]) -> list[int]:
        """Where these points stand; ids are sorted."""
        ids, real = self.field.ids, self.field.real
        found = [bisect_left(ids, point, 0, real) for point in points]
        return [at for at in found if at < real]

    def _is_flawed(self, most: CostVector) -> bool:
        """Whether mirages promise a route with less unserved, late or grave than this."""
        if not (self.alive & self._terrain.mirage).any():
            return False
        start = start_label(self.ground)
        return self._fans(self.alive).bound(start, self.reach & ~start.at_hand)[:3] < most[:3]

    def _wanting(self, label: Label) -> Beyond:
        """The mirages of whatever this route leaves unserved, or might serve too late or with a grave caution."""
        real, order, before = self.field.real, self.order, start_label(self.ground)
        wanted = order.needed & ~label.at_hand | (sum(order.deadlines) if label.late else 0)
        for row in label.trail:
            move = take(self.ground, before, row)
            assert move is not None
            wanted, before = wanted | (move.serves if row.caution else 0), move.label
        rows = (self.alive[real:] & ((self.field.usable[real:] & wanted) != 0)).nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

    def may_be_below(self, ceiling: CostVector, unlike: Unlike) -> bool:
        """Whether a route may cost less than the ceiling that was not there where the fields differ in no row.

        With the same reach the same edges bind. Then a route over rows that are the same was there before, and cost no
        less; so it has to step on one that is not, and that one has to be near enough.
        """
        if self.reach & self.order.needed != unlike.reach:
            return True
        return bool(len(unlike.rows)) and bool(self._promising(self.alive, ceiling)[unlike.rows].any())

    def _fans(self, alive: Bools) -> Fans:
        return Fans(self._terrain, self.ground, alive)

    def _promising(self, alive: Bools, most: CostVector) -> Bools:
        """Of these points those over which a route may cost no more than that; without the others bounds are sharp."""
        while True:
            kept = self._fans(alive).promising(alive, most)
            if np.count_nonzero(kept) >= ALMOST_ALL * np.count_nonzero(alive):
                return kept
            alive = kept

    def _within_reach(self, real: Bools) -> Beyond:
        """The mirages on which it rests what is within reach, and so which edges bind."""
        field = self.field
        if field.real == field.size:
            return {}
        lost = self.reach & ~reach_of(self._terrain, real) & self.order.needed
        if not lost:
            return {}
        offering = (field.usable[field.real :] & lost) != 0
        rows = (offering if offering.any() else np.ones_like(offering)).nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

    def _beyond(self, dreamt: Ints, most: CostVector) -> Beyond:
        """The mirages over which a route may cost no more than that, with how much dearer what is there may be."""
        if not len(dreamt):
            return {}
        near = at_most(tuple(dreamt.T), most)
        slack = np.where((dreamt[:, :3] != most[:3]).any(axis=1), NEVER, most[3] - dreamt[:, 3])
        return dict(zip(near.nonzero()[0].tolist(), slack[near].tolist(), strict=True))

    def told(self, label: Label, others: Backups) -> Found:
        """The route of that label with its backups."""
        before, steps = start_label(self.ground), []
        for row, instead in zip(label.trail, others.rows, strict=True):
            move = take(self.ground, before, row)
            assert move is not None
            steps.append(_told(self.ground, row, move, tuple(other.id for other in instead)))
            before = move.label
        return Found(steps=tuple(steps), cost=cost_of(self.ground, label))

    def key_provider(self, label: Label) -> str:
        """The organization of the first transfer, else of the first step."""
        at_hand = self.order.at_start
        for row in label.trail:
            serves = self.ground.served(at_hand, row.usable)
            if serves & self.order.stays:
                return row.org
            at_hand |= serves
        return label.trail[0].org


def best_label(ground: Ground, fans: Fans, limit: Key | None, watch: Watch) -> tuple[Label, CostVector]:
    """The best route over the points of a run, and what it costs, or the ceiling where that is less.

    A step waits with the bound of its fan. Where it leads to another base or holder the bound is worked out anew when
    its turn comes, and the label goes back with the sharper one.
    """
    start, hope = start_label(ground), fans.hope
    best, best_key = start, _key(ground, start, limit)
    kept: dict[State, list[Label]] = {}
    serial = count()
    queue: list[tuple[CostVector, int, Label, Step | None, Iterator[Step] | int]] = []

    def wait(parent: Label, steps: Iterator[Step]) -> None:
        step = next(steps, None)
        if step is not None:
            heappush(queue, (step.bound, next(serial), parent, step, steps))

    def meet(label: Label, to_come: int, bound: CostVector) -> None:
        left = hope.to_come(label.base, label.at_hand, to_come)
        sharper = max(bound, fans.bound(label, left))
        heappush(queue, (sharper, next(serial), label, None, left))

    meet(start, ground.reach & ~start.at_hand, (0, 0, 0, 0))
    opened = 0
    while queue and queue[0][0] <= best_key[0]:
        watch()
        bound, _, label, step, rest = heappop(queue)
        if step is not None:
            assert not isinstance(rest, int)
            wait(label, rest)
            nxt = fans.label(label, step)
            if not keep(kept.setdefault(nxt.state, []), nxt):
                continue
            if nxt.base != label.base or nxt.holder != label.holder:
                meet(nxt, step.to_come, bound)
                continue
            label, to_come = nxt, step.to_come
        else:
            assert isinstance(rest, int)
            to_come = rest
        if label is not start and not any(rival is label for rival in kept[label.state]):
            continue
        key = (cost_of(ground, label), label.tie)
        if key < best_key:
            best, best_key = label, key
        if to_come & ground.order.needed:
            wait(label, fans.open(label, to_come, best_key[0]))
            opened += 1
            if opened > PATIENCE and at_most(tuple(fans.dreamt.T), best_key[0]).any():
                break
    return best, best_key[0]


def _key(ground: Ground, known: Label, limit: Key | None) -> Key:
    """What a route must be better than; equal to the limit is not better."""
    key: Key = (cost_of(ground, known), known.tie)
    return key if limit is None else min(key, limit)


def _told(ground: Ground, row: Row, move: Move, others: tuple[str, ...]) -> Taken:
    return Taken(
        point=row.id,
        serves=ground.order.names(move.serves),
        there=move.legs.there,
        legs=move.legs.minutes,
        start=move.start,
        end=move.start + row.duration,
        handover=move.handover,
        link=move.link,
        crossings=move.legs.crossings,
        backups=others,
    )


def unserved(problem: SearchProblem, found: Found) -> tuple[str, ...]:
    """The needed codes that the route leaves unserved, sorted."""
    served = {code for step in found.steps for code in step.serves}
    return tuple(sorted(set(problem.needed) - served))
