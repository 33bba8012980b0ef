"""The page of results: goals first, remarks of people kept."""

from datetime import date

from benchmarks import run
from benchmarks.goals import goals_of


def test_remarks_stay_and_goals_come_first():
    goal = {"what": "a", "goal": "<= 1", "measured": "2", "met": False}
    ran = [run.Ran(name="growth", status=0, printed="| a |", told={"goals": [goal]})]
    written = run.page(ran, "By hand.", date(2026, 11, 24))

    assert run.remarks_in(written) == "By hand."
    assert written.index("| a | <= 1 | 2 | FAIL |") < written.index("## growth.py")
    assert run.remarks_in("an old page") == ""


def test_programs_that_are_not_there_are_not_run():
    assert run.programs(["growth", "swap", "nothing"]) == ["growth", "swap"]


def test_goals_are_read_from_the_figures_of_other_programs():
    """A peer with two graphs counts with the one that serves it best; a capped one is a lower bound."""
    peers = [
        {"name": "networkx", "ratio_to_three_routes": 300.0, "capped": [], "wrong": []},
        {"name": "networkx", "ratio_to_three_routes": 90.0, "capped": [], "wrong": []},
        {"name": "CP-SAT, 1 worker", "ratio_to_three_routes": 2_000.0, "capped": [1], "wrong": []},
    ]
    told = {"cells": [{"points": 10_000, "codes": 3, "peers": peers}]}
    goals = {goal.what: goal for goal in goals_of("peers", told)}

    assert goals["10,000 points, 3 codes: networkx / engine, median"].met is False
    assert goals["10,000 points, 3 codes: CP-SAT / engine, median"].met is True
    assert goals["10,000 points, 3 codes: CP-SAT / engine, median"].measured == "2,000 or more"
    assert goals["10,000 points, 5 codes: networkx / engine, median"].met is None
    rows = [{"server": "whole", "share_of_limit": share, "failed": 0} for share in (0.2, 0.09)]
    assert [goal.met for goal in goals_of("over_http", {"rows": rows})] == [False, True]
    assert goals_of("plan", {}) == goals_of("peers", {}) == []
