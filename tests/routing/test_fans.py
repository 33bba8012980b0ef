"""Every bound of the search against what really comes: on small problems each allowed sequence is tried, to its end."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from app.routing.fans import Fans
from app.routing.field import NEVER, field_of
from app.routing.labels import CostVector, Label, cost_of, start_label, take
from app.routing.problem import from_json
from app.routing.run import Run
from app.routing.search import unwatched
from app.routing.terrain import NOBODY, Terrain
from tests.oracle.problems import random_problem
from tests.oracle.towns import two_towns

ANY: CostVector = (NEVER, NEVER, NEVER, NEVER)


def drawn(seed: int) -> dict[str, Any]:
    """A small problem, of either kind."""
    rng = random.Random(seed)
    if seed % 2:
        return two_towns(rng, points=rng.randint(3, 5))
    return random_problem(rng, points=rng.randint(3, 6), codes=rng.randint(2, 5), style="mixed")


class Walk:
    """All sequences of a problem, with the fans of its first run."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.run = Run(Terrain(field_of(from_json(problem))), (), unwatched)
        self.ground, self.rows = self.run.ground, [self.run.field.row(n) for n in range(self.run.field.size)]
        self.fans = Fans(Terrain(self.run.field), self.ground, self.run.alive)
        self.faults: list[str] = []

    def best_after(self, label: Label, to_come: int) -> CostVector:
        """The least that any route costs which begins like this one; notes every bound that is greater."""
        left = self.fans.hope.to_come(label.base, label.at_hand, to_come)
        fan = {step.number: step for step in self.fans.open(label, left, ANY)}
        best = cost_of(self.ground, label)
        for row in self.rows:
            move = take(self.ground, label, row)
            if move is None:
                self.faults += [f"{row.id} is not allowed"] if row.number in fan else []
                continue
            cost = self.best_after(move.label, self.fans.hope.after(move.label.at_hand, to_come).to_come)
            best = min(best, cost)
            if row.number in fan:
                step = fan[row.number]
                self.faults += self.differences(self.fans.label(label, step), move.label)
                self.faults += [f"{row.id} after {label.tie}: {step.bound} > {cost}"] if step.bound > cost else []
        bound = self.fans.bound(label, left)
        self.faults += [f"{label.tie}: {bound} > {best}"] if bound > best else []
        return best

    @staticmethod
    def differences(fanned: Label, taken: Label) -> Iterator[str]:
        """What differs between a label of a fan and that of the step; nobody may hold the case where it is the same."""
        for name in Label.__slots__:
            if name == "holder" and fanned.holder == NOBODY:
                continue
            if getattr(fanned, name) != getattr(taken, name):
                yield f"{taken.tie}: {name} differs"


@pytest.mark.parametrize("block", range(4))
def test_no_route_costs_less_than_its_bounds(block: int):
    """Of any label, and of any step of any fan; and each step is what taking it alone makes of it."""
    for seed in range(block * 75, block * 75 + 75):
        walk = Walk(drawn(seed))
        start = start_label(walk.ground)
        walk.best_after(start, walk.run.reach & ~start.at_hand)
        assert walk.faults == [], f"problem {seed}"


def test_points_of_the_best_route_are_promising():
    """What is left out for its cost is on no route that costs as little."""
    for seed in range(300):
        walk = Walk(drawn(seed))
        label, _ = walk.run.best()
        kept = walk.fans.promising(walk.run.alive, cost_of(walk.ground, label))
        assert all(kept[row.number] for row in label.trail), f"problem {seed}"
