"""The same states and steps without numpy, made when their turn comes, by the rules of the second oracle of the tests.

`solve` is Dijkstra's algorithm on them; `solve_with_labels` is the oracle itself, which knows the clock and looks for
backups. Both are here for information: what plain Python does without bounds.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

from benchmarks.peer.product import Cost
from tests.oracle import dijkstra
from tests.oracle.dijkstra import State
from tests.oracle.model import parse

GRAVE, BURDEN = 10**5, 10**7
"""More than c2 and c3 of a route are. A weight is (c0 * GRAVE + c2) * BURDEN + c3, below 2**53."""


class Steps:
    """The steps of a problem that does not depend on the hour."""

    def __init__(self, problem: dict[str, Any]) -> None:
        """Decides what is within reach, and so which edges bind."""
        self._tables = dijkstra.Tables(parse(problem))
        self._search = dijkstra.Search(self._tables, list(range(len(self._tables.points))))
        self.start = self._tables.start()

    def after(self, state: State) -> Iterator[tuple[State, int]]:
        """The state after each step that is allowed, and the weight of the step."""
        for point, codes in self._search.offers(state.have).items():
            move = self._search.move(state, point, codes)
            if move is not None:
                row = self._tables.points[point]
                burden = move.burden + move.there + row.duration + move.after
                yield move.to, row.caution * BURDEN + burden

    def unserved(self, state: State) -> int:
        """The weight of ending there."""
        return self._search.weight_of(~state.have) * GRAVE * BURDEN


def arcs(steps: Steps) -> Iterator[tuple[State, State | None, int]]:
    """Every step from every state that can be reached, as (from, to, weight), and from every state the end, `None`."""
    seen, pending = {steps.start}, [steps.start]
    for state in pending:
        yield state, None, steps.unserved(state)
        for to, weight in steps.after(state):
            yield state, to, weight
            if to not in seen:
                seen.add(to)
                pending.append(to)


def cost(weight: float) -> Cost:
    """The cost vector of a path of that weight."""
    rest, burden = divmod(round(weight), BURDEN)
    unserved, grave = divmod(rest, GRAVE)
    return unserved, 0, grave, burden


def solve(problem: dict[str, Any]) -> Cost:
    """The best cost."""
    steps = Steps(problem)
    queue, settled = [(0, steps.start)], set[State]()
    best = steps.unserved(steps.start)
    while queue and queue[0][0] < best:
        weight, state = heappop(queue)
        if state not in settled:
            settled.add(state)
            best = min(best, weight + steps.unserved(state))
            for to, more in steps.after(state):
                if to not in settled:
                    heappush(queue, (weight + more, to))
    return cost(best)


def solve_with_labels(problem: dict[str, Any]) -> Cost:
    """The best cost, by labels that carry the clock."""
    routes = dijkstra.solve({**problem, "k": 1})["routes"]
    return tuple(routes[0]["cost"]) if routes else (sum(problem["needed"].values()), 0, 0, 0)
