"""The exact best routes of a `SearchProblem`: the minimum over all valid sequences of steps.

Best-first search over partial routes (labels), with lower bounds (A*) and the dominance rule of the engine's
definition, section 4. Codes are bits of a whole number. `plainly` searches among all points; `solve` first leaves out
those that are in no best route, and finds the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

import numpy as np

from app.routing.afar import anywhere
from app.routing.backups import Backups, backups
from app.routing.circles import Circles, circles_of
from app.routing.field import NEVER, Bools, Field, Ints, Row, field_of
from app.routing.ground import Ground, Order
from app.routing.hope import Hope
from app.routing.labels import CostVector, Label, Move, Tie, cost_of, start_label, take
from app.routing.narrow import Choice, Chosen
from app.routing.outlook import Outlook
from app.routing.problem import SearchProblem
from app.routing.reach import reach_of

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


HOPEFUL = 100
"""So many of the points that are left are tried before all are, when there are twice as many or more."""
ATTEMPTS = (2, 8)
"""So many promising points of each kind are tried before all are, while the route found among them has a flaw."""


def unwatched() -> None:
    """A watch that never ends a search."""


Beyond = Mapping[int, int]
"""Mirages that may be on a best route, by their place among the mirages, and how much dearer what is there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Routes found so far, and where somebody has to look before the next is certain.

    `without` are the key providers of the routes found.
    """

    found: tuple[Found, ...] = ()
    without: tuple[str, ...] = ()
    beyond: Beyond = field(default_factory=dict)


def solve(problem: SearchProblem, *, watch: Watch = unwatched) -> tuple[Found, ...]:
    """Up to `problem.k` routes, in the order found: the best, then the best without its key provider, and so on.

    The key provider of a route is the organization of its first transfer, else of its first step. Every run decides
    reach and soft edges anew, and leaves out every point of the key providers of the routes before it. Ends early when
    the best route has no step.

    Raises:
        OverBudget: The watch says so. No route is given then, never a worse one.
    """
    return search(field_of(problem), Progress(), watch=watch).found


def search(field: Field, progress: Progress, *, eager: bool = False, watch: Watch = unwatched) -> Progress:
    """The same on a field, from the routes that were found on a smaller one; stops where somebody has to look first.

    Args:
        field: With mirages of what was not looked at, or without any.
        progress: Of the same search so far.
        eager: Stops for every mirage that may be on a best route; else only for one that is.
        watch: Asked now and then.

    Raises:
        OverBudget: The watch says so.
    """
    order = Order(field)
    circles = circles_of(field, order)
    found, without = progress.found, progress.without
    while len(found) < field.frame.k:
        run = Run(field, order, circles, without, watch)
        label, beyond = run.best(run.choice(), eager=eager)
        route = None
        if not beyond and label.trail:
            others = backups(run.ground, run.alive, label.trail)
            route, beyond = run.told(label, others), others.mirages
        if beyond:
            return Progress(found=found, without=without, beyond=beyond)
        if route is None:
            break
        found, without = (*found, route), (*without, run.key_provider(label))
    return Progress(found=found, without=without)


def best_below(
    field: Field, ceiling: CostVector | None, *, eager: bool = False, watch: Watch = unwatched
) -> tuple[CostVector | None, tuple[str, ...], Beyond]:
    """The cost and the points of the best route, if it costs less than the ceiling, and where to look first.

    Without a ceiling doing nothing counts, too. See `search` for the rest.

    Raises:
        OverBudget: The watch says so.
    """
    order = Order(field)
    run = Run(field, order, circles_of(field, order), (), watch)
    choice = run.choice()
    if ceiling is not None and choice.floor() >= ceiling:
        return None, (), {}
    label, beyond = run.best(choice, ceiling, eager=eager)
    cost = cost_of(run.ground, label)
    if ceiling is not None and cost >= ceiling:
        return None, (), beyond
    return cost, tuple(row.id for row in label.trail), beyond


def idle_cost(field: Field) -> CostVector:
    """What it costs to do nothing."""
    order = Order(field)
    needed = order.needed & ~order.at_start
    return order.weight_of(needed), order.windows_of(needed), 0, 0


class Run:
    """One search over the field without the points of some organizations."""

    def __init__(self, field: Field, order: Order, circles: Circles, without: tuple[str, ...], watch: Watch) -> None:
        self.field, self.order, self.circles = field, order, circles
        self._watch = watch
        left_out = [number for number, org in enumerate(field.orgs) if org in without]
        self.alive: Bools = ~np.isin(field.org, left_out)
        self.reach = reach_of(field, order, self.alive)
        self.ground = Ground(field, order, (), self.reach)

    def choice(self) -> Choice:
        """The points of the run, of which few are searched."""
        return Choice(self.field, self.order, self.circles, self.alive, self.reach)

    def best(self, choice: Choice, ceiling: CostVector | None = None, *, eager: bool = False) -> tuple[Label, Beyond]:
        """The best route as a label, the start itself when no step is better than none; and where to look first.

        Args:
            choice: Of the points of this run.
            ceiling: Only routes that cost less are looked for; the start itself comes back when there is none.
            eager: See `search`.
        """
        label = start_label(self.ground)
        for each in ATTEMPTS:
            chosen = choice.promising(each)
            label = self._among(chosen.rows, chosen.outlook, label, ceiling)
            cost = cost_of(self.ground, label)
            cost = cost if ceiling is None else min(cost, ceiling)
            if choice.is_clean(cost):
                break
        if len(chosen.rows) < np.count_nonzero(self.alive):
            chosen = choice.within(cost)
            mirages = self._mirages(chosen) if chosen.slack is not None else self._wanting(label)
            if eager and mirages:
                return label, mirages
            few = choice.hopeful(chosen, HOPEFUL)
            if few is not chosen:
                label = self._among(few.rows, few.outlook, label, ceiling)
                chosen = choice.within(min(cost, cost_of(self.ground, label)))
            label = self._among(chosen.rows, chosen.outlook, label, ceiling)
        return label, self._beyond(label, self._mirages(chosen))

    def _wanting(self, label: Label) -> dict[int, int]:
        """The mirages of whatever this route leaves unserved, or might serve too late."""
        real, order = self.field.real, self.order
        unserved = order.needed & ~label.at_hand
        late = sum(order.deadlines) if label.late else 0
        rows = ((self.field.usable[real:] & (unserved | late)) != 0).nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

    def _mirages(self, chosen: Chosen) -> dict[int, int]:
        """The mirages among these points, with their slack."""
        if chosen.slack is None:
            return {}
        far = chosen.rows >= self.field.real
        numbers = (chosen.rows[far] - self.field.real).tolist()
        return dict(zip(numbers, chosen.slack[far].tolist(), strict=True))

    def plainly(self) -> Label:
        """The same, found among all points at once: the readable definition of what `best` finds sooner."""
        rows = self.alive.nonzero()[0]
        outlook = Outlook(
            self.field, self.order, self.circles, rows, self.order.needed & self.reach, anywhere(self.field)
        )
        return self._among(rows, outlook, start_label(self.ground), None)

    def _among(self, rows: Ints, outlook: Outlook, known: Label, ceiling: CostVector | None) -> Label:
        ground = self.ground.on([self.field.row(number) for number in rows.tolist()])
        return best_label(ground, outlook, known, ceiling, self._watch)

    def _beyond(self, label: Label, slack: Mapping[int, int]) -> Beyond:
        """The mirages on which this route rests.

        It rests on those it steps on, and on all while it is open what is within reach: that decides which edges bind.
        """
        real = self.field.real
        found = {row.number - real: slack.get(row.number - real, NEVER) for row in label.trail if row.number >= real}
        if found or real == self.field.size:
            return found
        there = self.alive & (np.arange(self.field.size) < real)
        lost = self.reach & ~reach_of(self.field, self.order, there) & self.order.needed
        if not lost:
            return {}
        offering = (self.field.usable[real:] & lost) != 0
        rows = (offering if offering.any() else np.ones_like(offering)).nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

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


def best_label(ground: Ground, outlook: Outlook, known: Label, ceiling: CostVector | None, watch: Watch) -> Label:
    """The best route over the rows of the ground, or the one that is known already when no other is better.

    A label goes into the queue with what its parent could hope for. Where the step changed neither base nor holder that
    is exact; elsewhere it is worked out when the label's turn comes, and the label goes back with the sharper bound.
    """
    start, hope = start_label(ground), Hope(ground)
    best, best_key = known, _key(ground, known, ceiling)
    queue: list[tuple[CostVector, int, int, bool, Label]] = [((0, 0, 0, 0), 0, -1, False, start)]
    taken = count()
    kept: dict[tuple[str, str | None, int], list[Label]] = {start.state: [start]}
    serial = count(1)
    while queue:
        bound, _, to_come, exact, label = heappop(queue)
        if bound > best_key[0]:
            break
        if not next(taken) & 63:
            watch()
        if not any(rival is label for rival in kept[label.state]):
            continue
        if not exact:
            to_come &= hope.to_come(label.base, label.holder, label.at_hand)
            sharper = _bound(ground, hope, outlook, label, to_come)
            if sharper > bound:
                heappush(queue, (sharper, next(serial), to_come, True, label))
                continue
        key = (cost_of(ground, label), label.tie)
        if key < best_key:
            best, best_key = label, key
        if not to_come & ground.order.needed:
            continue
        for row in _next_rows(ground, label, to_come):
            move = take(ground, label, row)
            if move is None:
                continue
            nxt = move.label
            left = to_come & ~nxt.at_hand
            bound = _bound(ground, hope, outlook, nxt, left)
            if bound <= best_key[0] and _keep(kept.setdefault(nxt.state, []), nxt):
                stayed = nxt.base == label.base and nxt.holder == label.holder
                heappush(queue, (bound, next(serial), left, stayed, nxt))
    return best


def _next_rows(ground: Ground, label: Label, to_come: int) -> Iterator[Row]:
    """The rows that may serve something of what may still come."""
    for (usable, requires), rows in ground.alike.items():
        if usable & to_come and not requires & ~label.at_hand and ground.served(label.at_hand, usable):
            yield from rows


def _key(ground: Ground, known: Label, ceiling: CostVector | None) -> tuple[CostVector, Tie | tuple[()]]:
    """What a route must be better than; equal to a ceiling is not better."""
    key: tuple[CostVector, Tie | tuple[()]] = (cost_of(ground, known), known.tie)
    return key if ceiling is None else min(key, (ceiling, ()))


def _keep(rivals: list[Label], new: Label) -> bool:
    """Whether the label survives; drops the rivals that it replaces."""
    if any(old.clock <= new.clock and old.rank <= new.rank for old in rivals):
        return False
    rivals[:] = [old for old in rivals if not (new.clock <= old.clock and new.rank <= old.rank)]
    rivals.append(new)
    return True


def _bound(ground: Ground, hope: Hope, outlook: Outlook, label: Label, to_come: int) -> CostVector:
    """No completion of the label is cheaper than this vector: it serves all that may come, or costs more in c0."""
    order = ground.order
    unserved = order.needed & ~label.at_hand
    hoped_for = to_come & unserved
    lost = unserved & ~hoped_for
    beds = hope.beds_lost(label.at_hand, hoped_for)
    certain = hoped_for & ~order.stays if beds else hoped_for
    return (
        order.weight_of(lost) + beds,
        label.late + order.windows_of(lost) + outlook.late(hoped_for, label.clock),
        label.grave + outlook.cautions.of(certain),
        label.burden + outlook.burden(certain, label.holder, label.clock, label.base),
    )


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
