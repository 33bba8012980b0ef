"""The best route over the points of one run: best-first search over partial routes, with lower bounds (A*).

Engine, section 4, says why a partial route that another one replaces may be dropped.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count

from app.routing.fans import Fans, Step, at_most
from app.routing.ground import Ground
from app.routing.labels import CostVector, Label, Tie, cost_of, start_label
from app.routing.plain import keep

PATIENCE = 64
"""After so many fans it is time to look at what was dreamt of, whatever else there may be."""

Watch = Callable[[], None]
"""Asked now and then; raises when the search has taken too long."""
State = tuple[str, str | None, int]
Key = tuple[CostVector, Tie | tuple[()] | tuple[int]]
"""What routes are compared by: what they cost, then the rule for ties."""


def best_label(ground: Ground, fans: Fans, limit: Key | None, watch: Watch) -> tuple[Label, CostVector]:
    """The best route over the points of these fans, the start itself when none is below the limit; and what it costs.

    In place of a cost above the limit comes that of the limit. A step waits with the bound of its fan. Where it leads
    to another base or holder the bound is worked out anew when its turn comes, and the label goes back with the sharper
    one. Ends early when much was looked through and a mirage may be on a better route than all.
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
