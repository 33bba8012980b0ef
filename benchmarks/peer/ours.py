"""This project's own engine. It knows no static problems: the clock, windows and doors are worked out all the same."""

from typing import Any

from app.routing import SearchProblem, from_json
from app.routing import solve as routes_of
from benchmarks.peer.product import Cost


def read(problem: dict[str, Any], *, k: int) -> SearchProblem:
    """The problem as the engine has it when the gates have spoken, with so many routes asked for."""
    return from_json({**problem, "k": k})


def solve(problem: SearchProblem) -> Cost:
    """The cost of the first route, after all that were asked for were found, with backups for every step."""
    found = routes_of(problem)
    return found[0].cost if found else (sum(problem.needed.values()), 0, 0, 0)
