"""HiGHS: one unit of flow from the start to the sink at the least cost, as a linear program passed in arrays.

A flow of one unit has whole values at every corner, so no integer variables are needed; they would only cost time. Its
documentation has presolve switched off where that pays, as it does here, and leaves the choice of simplex to HiGHS.
"""

from typing import Any

import highspy
import numpy as np

from benchmarks.peer.product import Cost, product


def solve(problem: dict[str, Any], *, thin: bool = False) -> Cost:
    """The best cost."""
    graph = product(problem, thin=thin)
    arcs = len(graph.tails)
    flow = highspy.HighsLp()
    flow.num_col_, flow.num_row_ = arcs, graph.states
    flow.col_cost_ = graph.weights.astype(np.float64)
    flow.col_lower_, flow.col_upper_ = np.zeros(arcs), np.full(arcs, highspy.kHighsInf)
    balance = np.zeros(graph.states)
    balance[0], balance[graph.sink] = 1, -1
    flow.row_lower_ = flow.row_upper_ = balance
    flow.a_matrix_.start_ = np.arange(0, 2 * arcs + 1, 2)
    flow.a_matrix_.index_ = np.column_stack((graph.tails, graph.heads)).ravel().astype(np.int32)
    flow.a_matrix_.value_ = np.tile([1.0, -1.0], arcs)
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("presolve", "off")
    highs.passModel(flow)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(highs.modelStatusToString(highs.getModelStatus()))
    taken = np.asarray(highs.getSolution().col_value) > 0.5
    return graph.cost(int(graph.weights[taken].sum()))
