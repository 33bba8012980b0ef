"""rustworkx: a `PyDiGraph` filled from one list of weighted edges, and `dijkstra_shortest_path_lengths` to one goal."""

from typing import Any

import rustworkx as rx

from benchmarks.peer.product import Cost, product
from benchmarks.peer.state_by_state import Steps, arcs, cost


def solve(problem: dict[str, Any], *, thin: bool = False) -> Cost:
    """The best cost."""
    found = product(problem, thin=thin)
    graph: rx.PyDiGraph[None, int] = rx.PyDiGraph(node_count_hint=found.states, edge_count_hint=len(found.tails))
    columns = (column.tolist() for column in (found.tails, found.heads, found.weights))
    graph.extend_from_weighted_edge_list(list(zip(*columns, strict=True)))
    lengths = rx.dijkstra_shortest_path_lengths(graph, 0, float, goal=found.sink)
    return found.cost(lengths[found.sink])


def solve_state_by_state(problem: dict[str, Any]) -> Cost:
    """The best cost; states are numbered as they are met."""
    steps = Steps(problem)
    number: dict[object, int] = {None: 0, steps.start: 1}
    found = [(number[tail], number.setdefault(head, len(number)), weight) for tail, head, weight in arcs(steps)]
    graph: rx.PyDiGraph[None, int] = rx.PyDiGraph()
    graph.extend_from_weighted_edge_list(found)
    return cost(rx.dijkstra_shortest_path_lengths(graph, 1, float, goal=0)[0])
