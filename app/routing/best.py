"""The best route over the points of one run: best-first search over partial routes, with lower bounds (A*).

Engine, section 4, says why a partial route that another one replaces may be dropped.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count

from app.routing.fans import Fans, Step, at_most
from app.routing.field import NEVER
from app.routing.ground import Ground
from app.routing.labels import CostVector, Label, Tie, cost_of, start_label
from app.routing.plain import keep

PATIENCE = 64
"""After so many fans it is time to look at what was dreamt of, whatever else there may be."""

NOTHING_LEFT: CostVector = (NEVER, NEVER, NEVER, NEVER)
Watch = Callable[[], None]
"""Asked now and then; raises when the search has taken too long."""
State = tuple[str, str | None, int]
Key = tuple[CostVector, Tie | tuple[()] | tuple[int]]
"""What routes are compared by: what they cost, then the rule for ties."""


def best_label(ground: Ground, fans: Fans, limit: Key | None, watch: Watch) -> tuple[Label, CostVector]:
    """The best route over the points of these fans, the start itself when none is below the limit; and what it costs.

    In place of a cost above the limit comes that of the limit. Ends early when much was looked through and a mirage may
    be on a better route than all.
    """
    start = start_label(ground)
    queue = _Queue(start, fans)
    best, best_key, opened = start, _key(ground, start, limit), 0
    queue.meet(start, ground.reach & ~start.at_hand, (0, 0, 0, 0))
    while queue.least() <= best_key[0]:
        watch()
        ready = queue.next()
        if ready is None:
            continue
        label, to_come = ready
        key = (cost_of(ground, label), label.tie)
        if key < best_key:
            best, best_key = label, key
        if to_come & ground.order.needed:
            queue.wait(label, fans.open(label, to_come, best_key[0]))
            opened += 1
            if opened > PATIENCE and at_most(tuple(fans.dreamt.T), best_key[0]).any():
                break
    return best, best_key[0]


class _Queue:
    """What may be gone on with, by what a route that does costs at the least.

    A step waits with the bound of its fan. Where it leads to another base or holder the bound is worked out anew when
    its turn comes, and the label goes back with the sharper one.
    """

    def __init__(self, start: Label, fans: Fans) -> None:
        self._fans = fans
        self._serial = count()
        self._waiting: list[tuple[CostVector, int, Label, Step, Iterator[Step]]] = []
        self._met: list[tuple[CostVector, int, Label, int]] = []
        self._kept: dict[State, list[Label]] = {start.state: [start]}

    def least(self) -> CostVector:
        """No route costs less that goes on from anything here."""
        return min((heap[0][0] for heap in (self._waiting, self._met) if heap), default=NOTHING_LEFT)

    def next(self) -> tuple[Label, int] | None:
        """The most hopeful label with the codes that may follow; `None` when another replaces it, or it has to wait."""
        if self._met and (not self._waiting or self._met[0][:2] < self._waiting[0][:2]):
            *_, label, to_come = heappop(self._met)
            stands = any(rival is label for rival in self._kept[label.state])
            return (label, to_come) if stands else None
        bound, _, before, step, others = heappop(self._waiting)
        self.wait(before, others)
        label = self._fans.label(before, step)
        if not keep(self._kept.setdefault(label.state, []), label):
            return None
        if label.base != before.base or label.holder != before.holder:
            self.meet(label, step.to_come, bound)
            return None
        return label, step.to_come

    def wait(self, label: Label, steps: Iterator[Step]) -> None:
        """The next of these steps waits for its turn."""
        step = next(steps, None)
        if step is not None:
            heappush(self._waiting, (step.bound, next(self._serial), label, step, steps))

    def meet(self, label: Label, to_come: int, bound: CostVector) -> None:
        """The label waits for its turn with the bounds of its own base and holder."""
        left = self._fans.hope.to_come(label.base, label.at_hand, to_come)
        heappush(self._met, (max(bound, self._fans.bound(label, left)), next(self._serial), label, left))


def _key(ground: Ground, known: Label, limit: Key | None) -> Key:
    """What a route must be better than; equal to the limit is not better."""
    key: Key = (cost_of(ground, known), known.tie)
    return key if limit is None else min(key, limit)
