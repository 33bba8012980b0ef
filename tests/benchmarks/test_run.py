"""The page of results: goals first, remarks of people kept."""

from datetime import date
from statistics import median

from benchmarks import run
from benchmarks.goals import goals_of


def test_remarks_stay_and_goals_come_first():
    goal = {"what": "a", "goal": "<= 1", "measured": "2", "met": False}
    ran = [run.Ran(name="growth", status=0, printed="| a |", told={"goals": [goal]})]
    written = run.page(ran, "By hand.", date(2026, 11, 24))

    assert run.remarks_in(written) == "By hand."
    assert written.index("| a | <= 1 | 2 | FAIL |") < written.index("## growth.py")
    assert run.remarks_in("an old page") == ""


def test_what_was_kept_of_other_programs_is_shown_again(tmp_path):
    """One page, though the programs ran one by one; what runs again takes the place of what was kept."""
    swap, growth, again = (
        run.Ran(name=name, status=0, printed=said, told={}, on="2026-11-24", engine="e")
        for name, said in (("swap", "of swap"), ("growth", "first"), ("growth", "second"))
    )
    run.with_kept([swap, growth], tmp_path / "kept")

    assert run.with_kept([again], tmp_path / "kept") == [again, swap]
    assert run.with_kept([again], None) == [again]
    assert "Measured on 2026-11-24, engine e." in run.section(swap)


def test_a_program_is_told_only_what_it_understands(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(run.subprocess, "run", lambda command, **_: told.append(command) or Ended())
    for name in ("exactness", "plan", "swap"):
        run.run(name, quick=True, folder=tmp_path, scratch=tmp_path, journal=tmp_path / "j")

    assert [("--quick" in one, "--journal" in one, "--folder" in one) for one in told] == [
        (True, True, True), (False, False, False), (True, False, True),
    ]  # fmt: skip


class Ended:
    """A program that went well and said nothing."""

    returncode, stdout = 0, ""


def test_programs_that_are_not_there_are_not_run():
    assert run.programs(["growth", "swap", "nothing"]) == ["growth", "swap"]


def a_peer(name, *seconds, capped=(), wrong=(), ours=1.0):
    return {
        "name": name, "seconds": list(seconds), "capped": list(capped), "wrong": list(wrong),
        "ratio_to_three_routes": median(seconds) / ours, "ratio_to_one_route": 2 * median(seconds) / ours,
    }  # fmt: skip


def peers_goals(*peers):
    told = {"cells": [{"points": 10_000, "codes": 3, "peers": peers}]}
    begin, end = "10,000 points, 3 codes: ", " / engine with 3 routes, median"
    return {goal.what.removeprefix(begin).removesuffix(end): goal for goal in goals_of("peers", told)}


def test_goals_are_read_from_the_figures_of_other_programs():
    """A peer with two graphs counts with the one that serves it best."""
    goals = peers_goals(
        a_peer("referral, 3 routes", 1.0, 1.0, 1.0),
        a_peer("networkx", 300, 300, 300),
        a_peer("networkx", 90, 90, 500),
        a_peer("rustworkx", 19, 21, 25),
    )

    assert (goals["networkx"].met, goals["networkx"].measured) == (False, "90.0; with 1 route 180")
    assert goals["rustworkx"].met is True
    assert goals["scipy csgraph"].met is None
    assert goals["costs on which solvers disagree"].met is True
    rows = [{"server": "whole", "share_of_limit": share, "failed": 0} for share in (0.2, 0.0994)]
    assert [(goal.met, goal.measured) for goal in goals_of("over_http", {"rows": rows})] == [
        (False, "0.099"), (True, "0"),
    ]  # fmt: skip
    assert [goal.met for goal in goals_of("start", {"ratio": 1.6})] == [False]
    assert goals_of("plan", {}) == goals_of("peers", {}) == []


def test_a_peer_that_reached_the_cap_proves_no_failure_and_the_engine_at_the_cap_no_pass():
    """The cap of a peer is a lower bound of the ratio, that of the engine an upper one."""
    ours = a_peer("referral, 3 routes", 1.0, 1.0, 1.0)
    slow = a_peer("CP-SAT, 1 worker", 60, 60, 5, capped=[0, 1])
    enough = a_peer("CP-SAT, 1 worker", 2_000, 2_000, 5, capped=[0, 1])
    late = a_peer("referral, 3 routes", 60, 60, 1, capped=[0, 1], ours=60)

    assert (peers_goals(ours, slow)["CP-SAT"].met, peers_goals(ours, enough)["CP-SAT"].met) == (None, True)
    assert peers_goals(ours, slow)["CP-SAT"].measured == "not shown: 60.0; with 1 route 120; 2 of 3 capped"
    assert peers_goals(late, a_peer("networkx", 60_000, 60_000, 5, ours=60))["networkx"].met is None
    assert peers_goals(late, a_peer("networkx", 60, 60, 5, ours=60))["networkx"].met is False
