"""The oracle checks itself: the worked example, the building blocks, and two solvers that must agree."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from typing import Any

import pytest

from . import brute, dijkstra
from .model import WEEK, parse
from .problems import STYLES, random_problem

SOLVERS = [pytest.param(brute.solve, id="brute"), pytest.param(dijkstra.solve, id="dijkstra")]

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
        {"id": "s1", "org": "o1", "place": "p2", "usable": ["SHL-VOT"], "requires": [], "remote": False,
         "receiver": None, "open": [[0, 10080]], "not_before": 0, "response": 60, "duration": 60,
         "caution": 0, "preference": 0},
    ],
    "links": [{"from": "o1", "to": "s1", "points": 30, "cross_border": False}],
    "policy": {
        "handover": 240, "no_link": 210, "same_place": 20, "longest_visit": 480, "longest_transfer": 2880,
    },
    "k": 3,
}  # fmt: skip


def seeded_problem(seed: int, least: int = 2, most: int = 6) -> dict[str, Any]:
    """A small problem that depends on the seed only."""
    rng = random.Random(seed)
    points = rng.randint(least, most)
    return random_problem(rng, points=points, codes=rng.randint(1, 9), style=STYLES[seed % len(STYLES)])


@pytest.mark.parametrize("solve", SOLVERS)
def test_worked_example(solve: Any) -> None:
    """Section 6: 101 points and one window missed; then 240 + 210 + 0 + 95 + 60."""
    assert solve(WORKED_EXAMPLE) == {
        "format": "referral-answer/1",
        "routes": [{"steps": ["s1"], "cost": [101, 1, 0, 605], "backups": [[]]}],
    }


@pytest.mark.parametrize("solve", SOLVERS)
def test_nothing_to_do_is_no_route(solve: Any) -> None:
    """The empty route is a candidate, and is not shown."""
    problem = WORKED_EXAMPLE | {"points": [], "links": []}
    assert solve(problem) == {"format": "referral-answer/1", "routes": []}


@pytest.mark.parametrize("batch", range(10))
def test_brute_equals_dijkstra(batch: int) -> None:
    """300 problems: the same steps, costs and backups."""
    for seed in range(30 * batch, 30 * batch + 30):
        problem = seeded_problem(seed)
        before = copy.deepcopy(problem)
        assert brute.solve(problem) == dijkstra.solve(problem), f"seed {seed}"
        assert problem == before, f"seed {seed} was changed"


def test_order_of_rows_changes_nothing() -> None:
    """Section 4: shuffling rows changes nothing."""
    for seed in range(40):
        problem = seeded_problem(seed, most=5)
        rng = random.Random(seed)
        shuffled = copy.deepcopy(problem)
        for name in ("points", "links", "travel", "precedence"):
            rng.shuffle(shuffled[name])
        assert brute.solve(shuffled) == brute.solve(problem) == dijkstra.solve(shuffled), f"seed {seed}"


def test_no_best_route_has_a_step_without_use() -> None:
    """Section 4: a step that serves only unlocking codes is there because a later step fails without it."""
    for seed in range(120):
        problem = parse(seeded_problem(seed, most=5))
        run = brute.make_run(problem, problem.points)
        route, _ = brute.best_route(run)
        for position, step in enumerate(route):
            if step.served.isdisjoint(problem.needed):
                others = [other for index, other in enumerate(route) if index != position]
                replayed = brute.replay(run, [other.point for other in others])
                same = replayed and [s.served for s in replayed[0]] == [s.served for s in others]
                assert not same, f"seed {seed}"


def test_next_open_against_a_walk_minute_by_minute() -> None:
    """Section 3: the first minute inside the weekly schedule."""
    rng = random.Random(7)
    for seed in range(60):
        problem = parse(seeded_problem(seed))
        for point in problem.points:
            clock = minute = rng.randrange(3 * WEEK)
            while not any(a <= (minute + problem.week_minute) % WEEK < b for a, b in point.open):
                minute += 1
            assert problem.next_open(point, clock) == minute


def test_parse_rejects_what_section_6_forbids() -> None:
    """The solvers rely on these conventions."""
    changes: list[dict[str, Any]] = [
        {"already_has": ["MED-CMR"]},
        {"unlocking": []},
        {"travel": [["p1", "p2", 95, 0], ["p2", "p1", 95, 0]]},
        {"precedence": [["SAF-RSK", "SHL-VOT", "soft"]]},
    ]
    for change in changes:
        with pytest.raises(ValueError):
            parse(WORKED_EXAMPLE | change)


def test_random_problems_are_valid() -> None:
    """Section 6: sorted points, disjoint spans, known places; section 2: hard edges, unlocking codes."""
    for seed in range(200):
        data = seeded_problem(seed, most=12)
        problem = parse(data)
        assert [row["id"] for row in data["points"]] == [point.id for point in problem.points]
        assert all(point.usable and point.place in problem.country for point in problem.points)
        assert all(a not in data["unlocking"] or b in data["unlocking"] for a, b in problem.hard)
        assert all(problem.kinds[code] == "visit" for code in data["unlocking"])
        for point in problem.points:
            edge = -1
            for begin, end in point.open:
                assert edge < begin < end <= WEEK
                edge = end


def test_a_grave_caution_ranks_below_every_route_without_it() -> None:
    """Section 4: c2 is looked at before c3."""
    problem = copy.deepcopy(WORKED_EXAMPLE)
    problem["points"].append(problem["points"][0] | {"id": "s2", "org": "o2", "duration": 5000})
    problem["points"][0]["caution"] = 1
    assert [route["steps"] for route in dijkstra.solve(problem)["routes"]] == [["s2"], ["s1"]]
    assert brute.solve(problem) == dijkstra.solve(problem)
    assert parse(problem).points[0] == replace(parse(WORKED_EXAMPLE).points[0], caution=1)


# Small cases worked out by hand. Unless said otherwise everything is in p1 and always open, answers after 60
# minutes, takes 60, and the person is told of for the first time: 240 + 210.


def tiny(offers: dict[str, tuple[str, list[str]]], **changes: Any) -> dict[str, Any]:
    """A problem from point id -> (organization, usable); all codes weigh 10 unless `needed` is given."""
    codes = sorted({code for _, usable in offers.values() for code in usable})
    kinds = {code: {"SHL": "stay", "RET": "return", "CAS": "case"}.get(code[:3], "visit") for code in codes}
    rows = [
        WORKED_EXAMPLE["points"][0] | {"id": point, "org": org, "place": "p1", "usable": usable}
        for point, (org, usable) in offers.items()
    ]
    empty: dict[str, Any] = {"unlocking": [], "precedence": [], "before_border": [], "deadline": {}}
    needed = {"codes": kinds, "needed": dict.fromkeys(codes, 10), "points": rows, "links": []}
    return WORKED_EXAMPLE | empty | needed | changes


def shown(solved: dict[str, Any]) -> list[tuple[list[str], list[int]]]:
    """Steps and cost of each route."""
    return [(route["steps"], route["cost"]) for route in solved["routes"]]


@pytest.mark.parametrize("solve", SOLVERS)
def test_return_leads_home_and_to_its_receiver(solve: Any) -> None:
    """There (95), an hour, back (95), home (200, 60 points); the receiver then need not be told again."""
    problem = tiny(
        {"s1": ("o1", ["RET-AVR"]), "s2": ("o9", ["MED-CMR"])},
        places={"p1": "KZ", "p2": "KZ", "p3": "KG"},
        travel=[["p1", "p2", 95, 0], ["p1", "p3", 200, 60]],
        return_to="p3",
        before_border=["SAF-RSK"],
        already_has=["SAF-RSK"],
    )
    problem["points"][0] |= {"place": "p2", "receiver": "o9"}
    problem["points"][1] |= {"place": "p3"}
    # burden 450 + 60; clock 95 + 60 + 95 + 200 = 450, then 450 + 60 + 60 + 20 = 590
    assert shown(solve(problem)) == [(["s1", "s2"], [0, 0, 0, 1100])]
    problem["points"][0]["receiver"] = None
    assert shown(solve(problem)) == [(["s1", "s2"], [0, 0, 0, 1550])]
    assert shown(solve(problem | {"already_has": []})) == []


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_border_needs_a_link_and_what_comes_before_it(solve: Any) -> None:
    """Only the link of H30 counts; `before_border` must be at hand before the step, unless remote."""
    problem = tiny(
        {"s1": ("o1", ["CAS-MGT"]), "s2": ("o2", ["SHL-VOT"]), "s3": ("o3", ["SAF-RSK"])},
        places={"p1": "KZ", "p2": "KG"},
        travel=[["p1", "p2", 100, 30]],
        before_border=["SAF-RSK"],
        links=[
            {"from": "o1", "to": "s2", "points": 0, "cross_border": False},
            {"from": "o1", "to": "s2", "points": 90, "cross_border": True},
        ],
    )
    problem["points"][1]["place"] = "p2"
    # s1: 450, clock 140; s3: 450, clock 280; s2: 240 + 90 + 30, clock 280 + 100 + 60
    assert shown(solve(problem))[0] == (["s1", "s3", "s2"], [0, 0, 0, 450 + 450 + 360 + 440])
    del problem["points"][2]
    # the codes stay needed: 20 points for the bed and the assessment
    assert shown(solve(problem)) == [(["s1"], [20, 0, 0, 590])]


@pytest.mark.parametrize("solve", SOLVERS)
def test_one_bed_unless_two_are_ordered(solve: Any) -> None:
    """An edge between stay codes orders the second bed, even a soft one; the same step may serve several."""
    offers = {"s1": ("o1", ["SHL-EMG"]), "s2": ("o2", ["SHL-TRN"]), "s3": ("o3", ["SHL-VOT"])}
    problem = tiny(offers, needed={"SHL-EMG": 10, "SHL-TRN": 10, "SHL-VOT": 1}, k=1)
    assert shown(solve(problem)) == [(["s1"], [11, 0, 0, 450 + 120])]
    ordered = problem | {"precedence": [["SHL-EMG", "SHL-TRN", "soft"]]}
    assert shown(solve(ordered)) == [(["s1", "s2"], [1, 0, 0, 900 + 240])]
    together = tiny({"s1": ("o1", ["SHL-EMG", "SHL-VOT"])})
    assert shown(solve(together)) == [(["s1"], [0, 0, 0, 570])]


@pytest.mark.parametrize("solve", SOLVERS)
def test_each_run_decides_reach_anew(solve: Any) -> None:
    """Without the clinic's organization the soft edge no longer binds; a hard one always does."""
    offers = {"s1": ("o2", ["MED-CMR"]), "s2": ("o2", ["SHL-VOT"]), "s3": ("o3", ["SHL-VOT"])}
    problem = tiny(offers, precedence=[["MED-CMR", "SHL-VOT", "soft"]])
    solved = solve(problem)
    # s1 450, clock 140; s2 450, clock 260
    assert shown(solved) == [(["s1", "s2"], [0, 0, 0, 1160]), (["s3"], [10, 0, 0, 570])]
    assert [route["backups"] for route in solved["routes"]] == [[[], ["s3"]], [[]]]
    hard = problem | {"precedence": [["MED-CMR", "SHL-VOT", "hard"]]}
    assert shown(solve(hard)) == [(["s1", "s2"], [0, 0, 0, 1160])]


@pytest.mark.parametrize("solve", SOLVERS)
def test_ties(solve: Any) -> None:
    """Fewer steps, then heavier first, then ids by code point."""
    offers = {"s1": ("o1", ["LEG-INF"]), "s2": ("o1", ["MED-CMR"]), "s3": ("o1", ["LEG-INF", "MED-CMR"])}
    problem = tiny(offers, start={"place": "p1", "holder": "o1", "week_minute": 0})
    problem |= {"policy": problem["policy"] | {"same_place": 0}, "k": 1}
    for row in problem["points"]:
        row |= {"response": 0, "duration": 0}
    assert shown(solve(problem)) == [(["s3"], [0, 0, 0, 0])]
    pair = problem | {"points": problem["points"][:2]}
    assert shown(solve(pair)) == [(["s1", "s2"], [0, 0, 0, 0])]
    heavy = pair | {"needed": {"LEG-INF": 1, "MED-CMR": 10}}
    assert shown(solve(heavy)) == [(["s2", "s1"], [0, 0, 0, 0])]
    twins = pair | {"points": [pair["points"][0] | {"id": name} for name in ("s2", "s10", "S9")]}
    assert solve(twins)["routes"][0] == {"steps": ["S9"], "cost": [10, 0, 0, 0], "backups": [["s10", "s2"]]}


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_later_start_that_waits_for_the_same_door_costs_only_its_burden(solve: Any) -> None:
    """The second point opens late: the slower but cheaper first step wins."""
    offers = {"s1": ("o1", ["MED-CMR"]), "s2": ("o2", ["MED-CMR"]), "s3": ("o3", ["SHL-VOT"])}
    problem = tiny(offers, precedence=[["MED-CMR", "SHL-VOT", "hard"]], k=1)
    problem["points"][0]["preference"] = 1
    problem["points"][1]["duration"] = 500
    problem["points"][2]["open"] = [[0, 1], [3320, 3321]]  # 2000 minutes after the start at 1320
    assert shown(solve(problem)) == [(["s2", "s3"], [0, 0, 0, 900 + 2060])]
