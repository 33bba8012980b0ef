"""networkx: a `DiGraph` and `bidirectional_dijkstra`, which its documentation advises for a single pair.

A `DiGraph` keeps the arc of a pair that was added last, so heavy arcs are added first.
"""

from typing import Any

import networkx as nx
import numpy as np

from benchmarks.peer.product import Cost, product


def solve(problem: dict[str, Any], *, thin: bool = False) -> Cost:
    """The best cost."""
    found = product(problem, thin=thin)
    order = np.argsort(-found.weights)
    columns = (column[order].tolist() for column in (found.tails, found.heads, found.weights))
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(*columns, strict=True))
    length, _ = nx.bidirectional_dijkstra(graph, 0, found.sink)
    return found.cost(length)
