"""OR-Tools CP-SAT: a Boolean for every arc, as much flow out of a state as into it, and the least weight.

Of what was tried this was the fastest. `add_circuit`, with loops for states that are not visited, took 2 to 30 times as
long. A model without a product graph (slots for steps; a Boolean for every slot and point; tables for travel and
handover) took 3 to 100 times as long, and most problems over 10,000 points half a minute or more.
"""

from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.peer.product import Cost, product

ALL_THERE_ARE = 0


def solve(problem: dict[str, Any], *, thin: bool = False, workers: int = ALL_THERE_ARE) -> Cost:
    """The best cost."""
    graph = product(problem, thin=thin)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in range(len(graph.tails))]
    out: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    into: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for arc, tail, head in zip(taken, graph.tails.tolist(), graph.heads.tolist(), strict=True):
        out[tail].append(arc)
        into[head].append(arc)
    model.add_exactly_one(out[0])
    model.add_exactly_one(into[graph.sink])
    for state in range(1, graph.sink):
        model.add(cp_model.LinearExpr.sum(out[state]) == cp_model.LinearExpr.sum(into[state]))
    model.minimize(cp_model.LinearExpr.weighted_sum(taken, graph.weights.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise RuntimeError(solver.status_name(status))
    return graph.cost(solver.objective_value)
