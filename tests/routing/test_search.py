"""The search against two solvers written by somebody who had not seen it, from the definition alone."""

import random
from typing import Any

import pytest

from app.domain.errors import OverBudget
from app.routing.field import field_of
from app.routing.plain import plainly
from app.routing.problem import from_json, to_json
from app.routing.run import Run
from app.routing.search import solve, unwatched
from app.routing.terrain import Terrain
from tests.oracle import brute, dijkstra
from tests.oracle.problems import random_problem
from tests.oracle.towns import two_towns

WORKED_EXAMPLE: dict[str, Any] = {
    "format": "referral-problem/1",
    "codes": {"MED-CMR": "visit", "SHL-VOT": "stay", "LEG-INF": "visit", "IDN-FRM": "visit"},
    "needed": {"MED-CMR": 100, "SHL-VOT": 10, "LEG-INF": 1},
    "unlocking": ["IDN-FRM"],
    "precedence": [["MED-CMR", "SHL-VOT", "soft"], ["LEG-INF", "IDN-FRM", "hard"]],
    "already_has": [],
    "before_border": ["SAF-RSK"],
    "deadline": {"MED-CMR": 4320},
    "start": {"place": "p1", "holder": None, "week_minute": 1320},
    "return_to": None,
    "places": {"p1": "KZ", "p2": "KZ"},
    "travel": [["p1", "p2", 95, 0]],
    "points": [
        {
            "id": "s1",
            "org": "o1",
            "place": "p2",
            "usable": ["SHL-VOT"],
            "requires": [],
            "remote": False,
            "receiver": None,
            "open": [[0, 10080]],
            "not_before": 0,
            "response": 60,
            "duration": 60,
            "caution": 0,
            "preference": 0,
        }
    ],
    "links": [{"from": "o1", "to": "s1", "points": 30, "cross_border": False}],
    "policy": {"handover": 240, "no_link": 210, "same_place": 20, "longest_visit": 480, "longest_transfer": 2880},
    "k": 3,
}


def answer(problem: dict[str, Any]) -> list[dict[str, Any]]:
    """What the engine finds, in the shape of a `referral-answer/1`."""
    return [
        {
            "steps": [taken.point for taken in found.steps],
            "cost": list(found.cost),
            "backups": [list(taken.backups) for taken in found.steps],
        }
        for found in solve(from_json(problem))
    ]


def drawn(seed: int, low: int, high: int) -> dict[str, Any]:
    """A random problem with `low` to `high` service points."""
    rng = random.Random(seed)
    style = "ties" if seed % 3 == 0 else "mixed"
    return random_problem(rng, points=rng.randint(low, high), codes=rng.randint(2, 6), style=style)


def test_the_worked_example_of_the_definition_costs_what_it_says():
    """Engine, section 6: 101 points and one window unserved, 605 points of burden."""
    assert answer(WORKED_EXAMPLE) == [{"steps": ["s1"], "cost": [101, 1, 0, 605], "backups": [[]]}]


@pytest.mark.parametrize("block", range(10))
def test_up_to_seven_points_the_answer_is_that_of_trying_every_sequence(block: int):
    """Exact: routes, costs and backups alike, on 3,000 problems; `benchmarks.exactness` tries 100,000."""
    for seed in range(block * 300, block * 300 + 300):
        problem = drawn(seed, 2, 7)
        assert answer(problem) == brute.solve(problem)["routes"], f"problem {seed}"


def test_between_two_towns_the_answer_is_that_of_trying_every_sequence():
    """Where journeys decide, and a dear point at home is nearly as good."""
    for seed in range(500):
        problem = two_towns(random.Random(seed), points=4 + seed % 3)
        assert answer(problem) == brute.solve(problem)["routes"], f"problem {seed}"


@pytest.mark.parametrize("block", range(4))
def test_up_to_sixty_points_the_answer_is_that_of_an_unpruned_search(block: int):
    """The bounds cut nothing that counts."""
    for seed in range(block * 40, block * 40 + 40):
        problem = drawn(100_000 + seed, 20, 60)
        assert answer(problem) == dijkstra.solve(problem)["routes"], f"problem {seed}"


def test_the_plain_search_finds_the_same():
    """No bounds, every step that is allowed: the readable definition of the best route."""
    for seed in range(200):
        field = field_of(from_json(drawn(seed, 5, 20)))
        run = Run(Terrain(field), (), unwatched)
        label, beyond = run.best()
        plain = plainly(run.ground, [field.row(number) for number in range(field.size)])
        assert (label.trail, beyond) == (plain.trail, {}), f"problem {seed}"


def offering(point: str, place: str, codes: list[str], preference: int = 0) -> dict[str, Any]:
    """A point that is always open and answers at once."""
    return {
        "id": point, "org": f"o-{point}", "place": place, "usable": codes, "requires": [], "remote": False,
        "receiver": None, "open": [[0, 10080]], "not_before": 0, "response": 0, "duration": 60, "caution": 0,
        "preference": preference,
    }  # fmt: skip


def test_a_point_with_a_bed_may_be_visited_by_who_sleeps_next_door():
    """The way to a far bed counts once, however many points with beds are visited there."""
    codes = {"MED-CMR": "visit", "SHL-VOT": "stay", "LEG-INF": "visit", "MHP-CNS": "visit"}
    problem = WORKED_EXAMPLE | {
        "codes": codes,
        "needed": dict.fromkeys(codes, 10),
        "unlocking": [],
        "precedence": [["MED-CMR", "SHL-VOT", "hard"]],
        "before_border": [],
        "deadline": {},
        "travel": [["p1", "p2", 300, 0]],
        "points": [
            offering("dear", "p1", sorted(codes), preference=1480),
            offering("first", "p1", ["MED-CMR"]),
            offering("one", "p2", ["LEG-INF", "SHL-VOT"]),
            offering("two", "p2", ["MHP-CNS", "SHL-VOT"]),
        ],
        "links": [],
    }
    assert answer(problem) == brute.solve(problem)["routes"]
    assert answer(problem)[0]["steps"] == ["first", "one", "two"]


def test_a_search_over_its_budget_gives_no_route():
    """Never a worse route in place of the best."""

    def spent() -> None:
        raise OverBudget("spent")

    with pytest.raises(OverBudget):
        solve(from_json(WORKED_EXAMPLE), watch=spent)


def test_shuffled_rows_change_nothing():
    """The same input in another order gives the same answer, to the byte."""
    for seed in range(200):
        problem = drawn(seed, 5, 20)
        before = answer(problem)
        rng = random.Random(seed)
        for key in ("points", "links", "travel", "precedence"):
            rng.shuffle(problem[key])
        problem["travel"] = [[b, a, *rest] for a, b, *rest in problem["travel"]]
        assert answer(problem) == before, f"problem {seed}"


def test_a_problem_that_is_written_and_read_back_is_the_same_problem():
    """The dump is complete."""
    for seed in range(100):
        once = from_json(drawn(seed, 2, 20))
        again = from_json(to_json(once))
        assert to_json(again) == to_json(once)
        assert solve(again) == solve(once)


def test_an_alternative_shares_no_point_with_the_key_providers_before_it():
    """H34: if A says no, then a plan without A."""
    for seed in range(300):
        problem = drawn(seed, 6, 20)
        organization = {point["id"]: point["org"] for point in problem["points"]}
        kinds = problem["codes"]
        barred: set[str] = set()
        for found in solve(from_json(problem)):
            assert barred.isdisjoint({organization[step.point] for step in found.steps})
            stays = [s for s in found.steps if any(kinds[code] == "stay" for code in s.serves)]
            barred.add(organization[(stays or found.steps)[0].point])
