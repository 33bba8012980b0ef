"""The exact best routes of a `SearchProblem`: the minimum over all valid sequences of steps.

Best-first search over partial routes (labels), with lower bounds (A*) and the dominance rule of the engine's
definition, section 4. Codes are bits of a whole number. `plain.plainly` finds the same without any bound.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from app.routing.backups import backups
from app.routing.best import Watch
from app.routing.field import Field, field_of
from app.routing.ground import Order
from app.routing.labels import CostVector, cost_of
from app.routing.problem import SearchProblem
from app.routing.reach import reach_of
from app.routing.run import Beyond, Found, Run, Unlike
from app.routing.terrain import Terrain


def unwatched() -> None:
    """A watch that never ends a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Routes found so far, and where somebody has to look before the next is certain.

    `without` are the key providers of the routes found. `known` is what a next route costs, though not surely the best;
    `proven` are its points when it is, as long as `reach` is what is within reach of the run.
    """

    found: tuple[Found, ...] = ()
    without: tuple[str, ...] = ()
    beyond: Beyond = field(default_factory=dict)
    known: CostVector | None = None
    proven: tuple[str, ...] = ()
    reach: int = 0


def solve(problem: SearchProblem, *, watch: Watch = unwatched) -> tuple[Found, ...]:
    """Up to `problem.k` routes, in the order found: the best, then the best without its key provider, and so on.

    The key provider of a route is the organization of its first transfer, else of its first step. Every run decides
    reach and soft edges anew, and leaves out every point of the key providers of the routes before it. Ends early when
    the best route has no step.

    Raises:
        OverBudget: The watch says so. No route is given then, never a worse one.
    """
    return search(field_of(problem), Progress(), watch=watch).found


def search(field: Field, progress: Progress, *, watch: Watch = unwatched) -> Progress:
    """The same on a field, from the routes that were found on a smaller one; stops where somebody has to look first.

    Args:
        field: With mirages of what was not looked at, or without any.
        progress: Of the same search so far.
        watch: Asked now and then.

    Raises:
        OverBudget: The watch says so.
    """
    terrain, before = Terrain(field), progress
    while len(before.found) < field.frame.k:
        run = Run(terrain, before.without, watch)
        again = run.again(before.proven, before.reach)
        label, beyond = run.best(before.known) if again is None else (again, {})
        if beyond:
            known = cost_of(run.ground, label) if label.trail else before.known
            return replace(before, beyond=beyond, known=known, proven=())
        if not label.trail:
            break
        others = backups(run.ground, run.alive, label.trail)
        if others.mirages:
            proven = tuple(row.id for row in label.trail)
            return replace(before, beyond=others.mirages, proven=proven, reach=run.reach)
        before = Progress(
            found=(*before.found, run.told(label, others)), without=(*before.without, run.key_provider(label))
        )
    return Progress(found=before.found, without=before.without)


def best_below(
    field: Field, ceiling: CostVector | None, *, watch: Watch = unwatched, unlike: Unlike | None = None
) -> tuple[CostVector | None, tuple[str, ...], Beyond]:
    """The cost and the points of the best route, if it costs less than the ceiling, and where to look first.

    Without a ceiling doing nothing counts, too. See `search` for the rest.

    Raises:
        OverBudget: The watch says so.
    """
    run = Run(Terrain(field), (), watch)
    if ceiling is not None and (beyond := run.within_reach()):
        return None, (), beyond
    if ceiling is not None and unlike is not None and not run.may_be_below(ceiling, unlike):
        return None, (), {}
    label, beyond = run.best() if ceiling is None else run.below(ceiling)
    cost = cost_of(run.ground, label)
    if ceiling is not None and cost >= ceiling:
        return None, (), beyond
    return cost, tuple(row.id for row in label.trail), beyond


def needed_in_reach(field: Field) -> int:
    """The needed codes, as bits, that some walk could serve; they decide which soft edges bind."""
    terrain = Terrain(field)
    return reach_of(terrain, np.ones(field.size, dtype=np.bool_)) & terrain.order.needed


def idle_cost(field: Field) -> CostVector:
    """What it costs to do nothing."""
    order = Order(field)
    needed = order.needed & ~order.at_start
    return order.weight_of(needed), order.windows_of(needed), 0, 0


def unserved(problem: SearchProblem, found: Found) -> tuple[str, ...]:
    """The needed codes that the route leaves unserved, sorted."""
    served = {code for step in found.steps for code in step.serves}
    return tuple(sorted(set(problem.needed) - served))
