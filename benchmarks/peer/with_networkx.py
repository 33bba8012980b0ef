"""networkx: a `DiGraph` and `bidirectional_dijkstra`, which is what its documentation advises for a single pair."""

from typing import Any

import networkx as nx

from benchmarks.peer.product import Cost, product


def solve(problem: dict[str, Any]) -> Cost:
    """The best cost."""
    found = product(problem)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(found.tails.tolist(), found.heads.tolist(), found.weights.tolist(), strict=True))
    length, _ = nx.bidirectional_dijkstra(graph, 0, found.sink)
    return found.cost(length)
