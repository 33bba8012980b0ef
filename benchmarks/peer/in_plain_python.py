"""For information: two programs without bounds, without numpy, made of the second oracle of the tests.

`solve` expands states only when their turn comes. `solve_with_labels` is the oracle itself, which knows the clock and
also looks for backups.
"""

from heapq import heappop, heappush
from typing import Any

from benchmarks.peer.product import Cost
from tests.oracle import dijkstra
from tests.oracle.model import parse


def solve(problem: dict[str, Any]) -> Cost:
    """The best cost, by Dijkstra's algorithm over states that are made on the way."""
    tables = dijkstra.Tables(parse(problem))
    search = dijkstra.Search(tables, list(range(len(tables.points))))
    start = tables.start()
    queue = [((0, 0), start)]
    settled: set[dijkstra.State] = set()
    best = (search.weight_of(~start.have), 0, 0, 0)
    while queue and best[0]:
        (grave, burden), state = heappop(queue)
        if state in settled:
            continue
        settled.add(state)
        best = min(best, (search.weight_of(~state.have), 0, grave, burden))
        for point, codes in search.offers(state.have).items():
            move = search.move(state, point, codes)
            if move is not None and move.to not in settled:
                row = tables.points[point]
                spent = move.burden + move.there + row.duration + move.after
                heappush(queue, ((grave + row.caution, burden + spent), move.to))
    return best


def solve_with_labels(problem: dict[str, Any]) -> Cost:
    """The best cost, by labels that carry the clock."""
    routes = dijkstra.solve({**problem, "k": 1})["routes"]
    return tuple(routes[0]["cost"]) if routes else (sum(problem["needed"].values()), 0, 0, 0)
