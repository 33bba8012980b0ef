"""networkx: a `DiGraph` and `bidirectional_dijkstra`, which its documentation advises for a single pair.

A `DiGraph` keeps one arc for two states, the one that was added last: the cheapest must be.
"""

from typing import Any

import networkx as nx
import numpy as np

from benchmarks.peer.product import Cost, product
from benchmarks.peer.state_by_state import Steps, arcs, cost


def solve(problem: dict[str, Any], *, thin: bool = False) -> Cost:
    """The best cost."""
    found = product(problem, thin=thin)
    order = np.argsort(-found.weights)
    columns = (column[order].tolist() for column in (found.tails, found.heads, found.weights))
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(*columns, strict=True))
    length, _ = nx.bidirectional_dijkstra(graph, 0, found.sink)
    return found.cost(length)


def solve_state_by_state(problem: dict[str, Any]) -> Cost:
    """The best cost; the graph is made as its documentation shows, arc by arc."""
    steps, graph = Steps(problem), nx.DiGraph()
    for tail, head, weight in arcs(steps):
        known = graph.get_edge_data(tail, head or "end")
        if known is None or weight < known["weight"]:
            graph.add_edge(tail, head or "end", weight=weight)
    length, _ = nx.bidirectional_dijkstra(graph, steps.start, "end")
    return cost(length)
