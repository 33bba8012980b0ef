"""`referral-problem/1` files: what is refused, and that every fault is named at once."""

import copy
from typing import Any

import pytest

from app.domain.errors import FaultyProblem
from app.routing.problem import from_json
from tests.routing.test_search import WORKED_EXAMPLE


def changed(**values: Any) -> dict[str, Any]:
    problem = copy.deepcopy(WORKED_EXAMPLE)
    problem.update(values)
    return problem


def with_point(**values: Any) -> dict[str, Any]:
    problem = copy.deepcopy(WORKED_EXAMPLE)
    problem["points"][0].update(values)
    return problem


@pytest.mark.parametrize(
    ("problem", "pointer", "code"),
    [
        ([], "", "not-an-object"),
        ({"format": "referral-problem/1"}, "/codes", "missing"),
        (changed(extra=1), "/extra", "unknown-key"),
        (changed(format="referral-problem/2"), "/format", "unknown-format"),
        (changed(k=True), "/k", "not-a-whole-number"),
        (changed(k=-1), "/k", "not-a-whole-number"),
        (changed(k=1.5), "/k", "not-a-whole-number"),
        (changed(codes={"MED-CMR": "visit"}), "/codes", "not-the-needed-and-unlocking"),
        (changed(already_has=["MED-CMR"]), "/already_has", "asked-for-again"),
        (changed(precedence=[["MED-CMR", "SHL-VOT", "firm"]]), "/precedence/0", "not-an-edge"),
        (changed(precedence=[["MED-CMR", "NO-CODE", "hard"]]), "/precedence", "unknown-code"),
        (
            changed(precedence=[["MED-CMR", "SHL-VOT", "soft"], ["SHL-VOT", "MED-CMR", "hard"]]),
            "/precedence",
            "cycle",
        ),
        (changed(travel=[["p1", "p2", 5, 0], ["p2", "p1", 5, 0]]), "/travel/1", "repeated-pair"),
        (changed(travel=[["p1", "p9", 5, 0]]), "/travel", "unknown-place"),
        (changed(return_to="p9"), "/return_to", "unknown-place"),
        (changed(start={"place": "p1", "holder": None, "week_minute": 10080}), "/start/week_minute", "not-in-the-week"),
        (with_point(remote=True), "/points/0/usable", "remote-bed"),
        (with_point(usable=["BAS-FOD"]), "/points/0/usable", "unknown-code"),
        (with_point(open=[]), "/points/0/open", "not-a-schedule"),
        (with_point(open=[[10, 5]]), "/points/0/open", "not-a-schedule"),
        (with_point(open=[[0, 10081]]), "/points/0/open", "not-a-schedule"),
        (with_point(place="p9"), "/points/0/place", "unknown-place"),
        (with_point(remote="no"), "/points/0/remote", "not-a-flag"),
    ],
)
def test_what_contradicts_the_definition_is_refused(problem: Any, pointer: str, code: str):
    """Engine, section 6."""
    with pytest.raises(FaultyProblem) as refused:
        from_json(problem)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}


def test_all_faults_are_named_at_once():
    """A reader mends a file once."""
    problem = changed(k=-1, already_has="x", travel=[["p1"]])
    with pytest.raises(FaultyProblem) as refused:
        from_json(problem)
    assert {fault.pointer for fault in refused.value.faults} == {"/k", "/already_has", "/travel/0"}
