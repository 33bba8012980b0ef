"""scipy: `csgraph.dijkstra` from the start on a CSR matrix.

Of a single pair its documentation says nothing of its own: one source is the least that can be asked for. A matrix keeps
explicit zeros, but there are none: every arc weighs at least 1. Weights are floats below 2**53, so that sums are exact.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.peer.product import Cost, product


def solve(problem: dict[str, Any]) -> Cost:
    """The best cost."""
    graph = product(problem)
    shape = (graph.states, graph.states)
    matrix = csr_array((graph.weights.astype(np.float64), (graph.tails, graph.heads)), shape=shape)
    return graph.cost(dijkstra(matrix, indices=0)[graph.sink])
