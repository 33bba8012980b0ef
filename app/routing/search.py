"""The exact best routes of a `SearchProblem`: the minimum over all valid sequences of steps.

Best-first search over partial routes (labels), with lower bounds (A*) and the dominance rule of the engine's
definition, section 4. Codes are bits of a whole number. Everything that follows a label depends only on its base, its
holder and the codes at hand, which is its *state*; two labels of one state are compared, and the worse one is dropped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from app.routing.ground import Ground, Row
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
    """The rows of the best route, first to last; empty when no step is better than none."""
    start = start_label(ground)
    best, best_key = start, (_cost(ground, start), start.tie)
    queue: list[tuple[CostVector, int, _Label]] = [(_bound(ground, start), 0, start)]
    kept: dict[tuple[str, str | None, int], list[_Label]] = {(start.base, start.holder, start.at_hand): [start]}
    serial = count(1)
    while queue:
        bound, _, label = heappop(queue)
        if bound > best_key[0]:
            break
        if not any(rival is label for rival in kept[label.base, label.holder, label.at_hand]):
            continue
        key = (_cost(ground, label), label.tie)
        if key < best_key:
            best, best_key = label, key
        if not ground.hopeful(label.at_hand) & ground.needed & ~label.at_hand:
            continue
        for nxt in _next_labels(ground, label):
            bound = _bound(ground, nxt)
            if bound <= best_key[0] and _keep(kept.setdefault((nxt.base, nxt.holder, nxt.at_hand), []), nxt):
                heappush(queue, (bound, next(serial), nxt))
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


def _next_labels(ground: Ground, label: _Label) -> Iterator[_Label]:
    for row in ground.rows:
        step = take(ground, label, row)
        if step is not None:
            yield step[0]


def take(ground: Ground, label: _Label, row: Row) -> tuple[_Label, Taken, int] | None:
    """The label after one more step, the step itself and the codes it serves as bits; `None` when not allowed."""
    serves = ground.serves(label.at_hand, row)
    if (
        not serves
        or row.requires & ~label.at_hand
        or not ground.may_enter(label.base, label.holder, label.at_hand, row)
    ):
        return None
    legs = ground.legs(label.base, label.at_hand, row, serves)
    if legs is None:
        return None
    there, after, crossings = legs.there, legs.after, legs.crossings
    start = row.next_open(max(label.clock + there, label.clock + row.response, row.not_before))
    clock = start + row.duration + after
    handover, link = ground.handover(label.base, label.holder, row)
    late = label.late + ground.late(serves, start)
    weight = ground.weight_of(serves)
    tie = (label.tie[0] + 1, (*label.tie[1], -weight), (*label.tie[2], row.id))
    base, holder = ground.moves_to(label.base, label.holder, row, serves)
    after_step = _Label(
        base,
        holder,
        label.at_hand | serves,
        clock,
        late,
        label.grave + row.caution,
        label.burden + handover + link + crossings + row.preference,
        tie,
        (*label.trail, row),
    )
    taken = Taken(
        point=row.id,
        serves=ground.names(serves),
        there=there,
        legs=legs.minutes,
        start=start,
        end=start + row.duration,
        handover=handover,
        link=link,
        crossings=crossings,
    )
    return after_step, taken, serves


def _cost(ground: Ground, label: _Label) -> CostVector:
    unserved = ground.needed & ~label.at_hand
    return (
        ground.weight_of(unserved),
        label.late + ground.windows_of(unserved),
        label.grave,
        label.burden + label.clock,
    )


def _bound(ground: Ground, label: _Label) -> CostVector:
    """No completion of the label is cheaper than this vector."""
    unserved = ground.needed & ~label.at_hand
    hopeful = ground.hopeful(label.at_hand) & unserved
    lost = unserved & ~hopeful
    late = label.late + ground.windows_of(lost) + ground.late(hopeful, label.clock)
    return (
        ground.weight_of(lost),
        late,
        label.grave,
        label.burden + label.clock + ground.least_burden(hopeful),
    )


def replay(ground: Ground, trail: Iterable[Row]) -> tuple[_Label, ...] | None:
    """The labels along these rows, the start first; `None` when a step is not allowed."""
    labels = [start_label(ground)]
    for row in trail:
        step = take(ground, labels[-1], row)
        if step is None:
            return None
        labels.append(step[0])
    return tuple(labels)


def _with_backups(ground: Ground, trail: tuple[Row, ...]) -> Found:
    label, steps = start_label(ground), []
    for i, row in enumerate(trail):
        step = take(ground, label, row)
        assert step is not None
        taken = step[1]
        steps.append(replace(taken, backups=_backups(ground, trail, i)))
        label = step[0]
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
