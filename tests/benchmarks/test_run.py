"""The page of results: goals first, remarks of people kept."""

from datetime import date

from benchmarks import run


def test_remarks_stay_and_goals_come_first():
    goal = {"what": "a", "goal": "<= 1", "measured": "2", "met": False}
    ran = [run.Ran(name="growth", status=0, printed="| a |", told={"goals": [goal]})]
    written = run.page(ran, "By hand.", date(2026, 11, 24))

    assert run.remarks_in(written) == "By hand."
    assert written.index("| a | <= 1 | 2 | FAIL |") < written.index("## growth.py")
    assert run.remarks_in("an old page") == ""


def test_programs_that_are_not_there_are_not_run():
    assert run.programs(["growth", "swap", "nothing"]) == ["growth", "swap"]
