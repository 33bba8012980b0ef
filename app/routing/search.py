"""The exact best routes of a `SearchProblem`: the minimum over all valid sequences of steps.

Best-first search over partial routes (labels), with lower bounds (A*) and the dominance rule of the engine's
definition, section 4. Codes are bits of a whole number. Everything that follows a label depends only on its base, its
holder and the codes at hand, which is its *state*; two labels of one state are compared, and the worse one is dropped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from app.routing.ground import Ground, Legs, Row
from app.routing.outlook import Outlook
from app.routing.problem import SearchProblem

CostVector = tuple[int, int, int, int]
"""c0 weights unserved, c1 windows missed, c2 grave cautions, c3 burden; compared in this order, smaller first."""

Tie = tuple[int, tuple[int, ...], tuple[str, ...]]
"""Steps; weights of needed codes served step by step, negated so that heavier is smaller; ids of the points."""


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


@dataclass(frozen=True, slots=True)
class _Label:
    """A partial route. `burden` is c3 without the clock; `trail` holds the rows taken, first to last."""

    base: str
    holder: str | None
    at_hand: int
    clock: int
    late: int
    grave: int
    burden: int
    tie: Tie
    trail: tuple[Row, ...]

    @property
    def rank(self) -> tuple[int, int, int, Tie]:
        """What the dominance rule compares, apart from the clock."""
        return self.late, self.grave, self.burden, self.tie


def solve(problem: SearchProblem) -> tuple[Found, ...]:
    """Up to `problem.k` routes, in the order found: the best, then the best without its key provider, and so on.

    The key provider of a route is the organization of its first transfer, else of its first step. Every run decides
    reach and soft edges anew, and leaves out every point of the key providers of the routes before it. Ends early when
    the best route has no step.
    """
    found: list[Found] = []
    without: set[str] = set()
    while len(found) < problem.k:
        ground = Ground(problem, without=frozenset(without))
        trail = best_trail(ground)
        if not trail:
            break
        found.append(_with_backups(ground, trail))
        without.add(_key_provider(ground, trail))
    return tuple(found)


def best_cost(problem: SearchProblem) -> CostVector:
    """The cost of the best route, which is that of doing nothing when nothing can be done."""
    ground = Ground(problem)
    walked = replay(ground, best_trail(ground))
    assert walked is not None
    return _cost(ground, walked[-1])


def best_trail(ground: Ground) -> tuple[Row, ...]:
    """The rows of the best route, first to last; empty when no step is better than none.

    A label goes into the queue with what its parent could hope for. Where the step changed neither base nor holder that
    is exact; elsewhere it is worked out when the label's turn comes, and the label goes back with the sharper bound.
    """
    start, outlook = start_label(ground), Outlook(ground)
    best, best_key = start, (_cost(ground, start), start.tie)
    queue: list[tuple[CostVector, int, int, bool, _Label]] = [((0, 0, 0, 0), 0, -1, False, start)]
    kept: dict[tuple[str, str | None, int], list[_Label]] = {(start.base, start.holder, start.at_hand): [start]}
    serial = count(1)
    while queue:
        bound, _, to_come, exact, label = heappop(queue)
        if bound > best_key[0]:
            break
        if not any(rival is label for rival in kept[label.base, label.holder, label.at_hand]):
            continue
        if not exact:
            to_come &= outlook.to_come(label.base, label.holder, label.at_hand)
            sharper = _bound(ground, outlook, label, to_come)
            if sharper > bound:
                heappush(queue, (sharper, next(serial), to_come, True, label))
                continue
        key = (_cost(ground, label), label.tie)
        if key < best_key:
            best, best_key = label, key
        if not to_come & ground.needed:
            continue
        for nxt in _next_labels(ground, label, to_come):
            left = to_come & ~nxt.at_hand
            bound = _bound(ground, outlook, nxt, left)
            if bound <= best_key[0] and _keep(kept.setdefault((nxt.base, nxt.holder, nxt.at_hand), []), nxt):
                stayed = nxt.base == label.base and nxt.holder == label.holder
                heappush(queue, (bound, next(serial), left, stayed, nxt))
    return best.trail


def _keep(rivals: list[_Label], new: _Label) -> bool:
    """Whether the label survives; drops the rivals that it replaces."""
    if any(old.clock <= new.clock and old.rank <= new.rank for old in rivals):
        return False
    rivals[:] = [old for old in rivals if not (new.clock <= old.clock and new.rank <= old.rank)]
    rivals.append(new)
    return True


def start_label(ground: Ground) -> _Label:
    """The person where she is, before any step."""
    problem = ground.problem
    return _Label(problem.start_place, problem.start_holder, ground.at_start, 0, 0, 0, 0, (0, (), ()), ())


def _next_labels(ground: Ground, label: _Label, to_come: int) -> Iterator[_Label]:
    for row in ground.rows:
        if row.usable & to_come:
            move = take(ground, label, row)
            if move is not None:
                yield move.label


class Move(NamedTuple):
    """One allowed step: the label after it, the codes it serves as bits, its legs, its start, and what it costs."""

    label: _Label
    serves: int
    legs: Legs
    start: int
    handover: int
    link: int


def take(ground: Ground, label: _Label, row: Row) -> Move | None:
    """The step at that row; `None` when it is not allowed."""
    serves = ground.serves(label.at_hand, row)
    if not serves or row.requires & ~label.at_hand:
        return None
    if not ground.may_enter(label.base, label.holder, label.at_hand, row):
        return None
    legs = ground.legs(label.base, label.at_hand, row, serves)
    if legs is None:
        return None
    start = row.next_open(max(label.clock + legs.there, label.clock + row.response, row.not_before))
    handover, link = ground.handover(label.base, label.holder, row)
    base, holder = ground.moves_to(label.base, label.holder, row, serves)
    steps, weights, ids = label.tie
    after = _Label(
        base,
        holder,
        label.at_hand | serves,
        start + row.duration + legs.after,
        label.late + ground.late(serves, start),
        label.grave + row.caution,
        label.burden + handover + link + legs.crossings + row.preference,
        (steps + 1, (*weights, -ground.weight_of(serves)), (*ids, row.id)),
        (*label.trail, row),
    )
    return Move(after, serves, legs, start, handover, link)


def _told(ground: Ground, row: Row, move: Move, backups: tuple[str, ...]) -> Taken:
    return Taken(
        point=row.id,
        serves=ground.names(move.serves),
        there=move.legs.there,
        legs=move.legs.minutes,
        start=move.start,
        end=move.start + row.duration,
        handover=move.handover,
        link=move.link,
        crossings=move.legs.crossings,
        backups=backups,
    )


def _cost(ground: Ground, label: _Label) -> CostVector:
    unserved = ground.needed & ~label.at_hand
    return (
        ground.weight_of(unserved),
        label.late + ground.windows_of(unserved),
        label.grave,
        label.burden + label.clock,
    )


def _bound(ground: Ground, outlook: Outlook, label: _Label, to_come: int) -> CostVector:
    """No completion of the label is cheaper than this vector: it serves all that may come, or costs more in c0."""
    unserved = ground.needed & ~label.at_hand
    hoped_for = to_come & unserved
    lost = unserved & ~hoped_for
    beds_lost = outlook.beds_lost(label.at_hand, hoped_for)
    certain = hoped_for & ~ground.stays if beds_lost else hoped_for
    return (
        ground.weight_of(lost) + beds_lost,
        label.late + ground.windows_of(lost) + ground.late(hoped_for, label.clock),
        label.grave,
        label.burden + label.clock + outlook.least_burden(certain, label.holder),
    )


def replay(ground: Ground, trail: Iterable[Row]) -> tuple[_Label, ...] | None:
    """The labels along these rows, the start first; `None` when a step is not allowed."""
    labels = [start_label(ground)]
    for row in trail:
        move = take(ground, labels[-1], row)
        if move is None:
            return None
        labels.append(move.label)
    return tuple(labels)


def _with_backups(ground: Ground, trail: tuple[Row, ...]) -> Found:
    label, steps = start_label(ground), []
    for at, row in enumerate(trail):
        move = take(ground, label, row)
        assert move is not None
        steps.append(_told(ground, row, move, _backups(ground, trail, at)))
        label = move.label
    return Found(steps=tuple(steps), cost=_cost(ground, label))


def _backups(ground: Ground, trail: tuple[Row, ...], at: int) -> tuple[str, ...]:
    """Up to two other points for one step: every step still serves the same codes; best whole cost first, then id."""
    walked = replay(ground, trail)
    assert walked is not None
    wanted = [label.at_hand for label in walked]
    ranked = []
    for row in ground.rows:
        if row is trail[at]:
            continue
        labels = replay(ground, (*trail[:at], row, *trail[at + 1 :]))
        if labels is not None and [label.at_hand for label in labels] == wanted:
            ranked.append((_cost(ground, labels[-1]), row.id))
    return tuple(name for _, name in sorted(ranked)[:2])


def _key_provider(ground: Ground, trail: tuple[Row, ...]) -> str:
    at_hand = ground.at_start
    for row in trail:
        serves = ground.serves(at_hand, row)
        if serves & ground.stays:
            return row.org
        at_hand |= serves
    return trail[0].org


def unserved(problem: SearchProblem, found: Found) -> tuple[str, ...]:
    """The needed codes that the route leaves unserved, sorted."""
    served = {code for step in found.steps for code in step.serves}
    return tuple(sorted(set(problem.needed) - served))
