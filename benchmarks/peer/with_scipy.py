"""scipy: `csgraph.dijkstra` from the start, on a CSR matrix.

A matrix holds one number for two states, so the graph is thin. It has no call for a single pair; one source is the
least that can be asked for. Weights are above 0, and below 2**53, so that sums of floats are exact.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.peer.product import Cost, product


def solve(problem: dict[str, Any]) -> Cost:
    """The best cost."""
    graph = product(problem, thin=True)
    shape = (graph.states, graph.states)
    matrix = csr_array((graph.weights.astype(np.float64), (graph.tails, graph.heads)), shape=shape)
    return graph.cost(dijkstra(matrix, indices=0)[graph.sink])
