"""What is within reach against the same walk as the oracle takes it, whatever order sets have."""

from typing import Any

import numpy as np

from app.routing.field import field_of
from app.routing.problem import from_json
from app.routing.reach import reach_of
from app.routing.search import best_below, solve
from app.routing.terrain import Terrain
from tests.oracle import brute


def point(name: str, place: str, codes: list[str], org: str = "") -> dict[str, Any]:
    """A point that is always open and answers at once."""
    return {
        "id": name, "org": org or f"o-{name}", "place": place, "usable": codes, "requires": [], "remote": False,
        "receiver": None, "open": [[0, 10080]], "not_before": 0, "response": 0, "duration": 60, "caution": 0,
        "preference": 0,
    }  # fmt: skip


def problem(codes: dict[str, str], places: dict[str, str], points: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A problem that starts in the first of these places."""
    return {
        "format": "referral-problem/1", "codes": codes, "needed": dict.fromkeys(codes, 10), "unlocking": [],
        "precedence": [], "already_has": [], "before_border": [], "deadline": {},
        "start": {"place": next(iter(places)), "holder": None, "week_minute": 0}, "return_to": None, "places": places,
        "travel": [], "points": points, "links": [],
        "policy": {"handover": 240, "no_link": 210, "same_place": 20, "longest_visit": 480, "longest_transfer": 2880},
        "k": 1,
    } | more  # fmt: skip


def test_a_holder_counts_who_is_near_another_base():
    """The case is at hand through somebody else, and only this holder's link leads over the border."""
    codes = {"SHL-VOT": "stay", "CAS-MGT": "case", "MED-CMR": "visit"}
    for name in range(40):
        home, far, abroad = f"{name}a", f"{name}b", f"{name}c"
        asked = problem(
            codes,
            {home: "KZ", far: "KZ", abroad: "KG"},
            [
                point("a", home, ["CAS-MGT"]),
                point("b", far, ["SHL-VOT"]),
                point("c", far, ["CAS-MGT"], "C"),
                point("d", abroad, ["MED-CMR"]),
            ],
            travel=[[home, far, 700, 0], [far, abroad, 60, 0]],
            links=[{"from": "C", "to": "d", "points": 30, "cross_border": True}],
        )
        found = solve(from_json(asked))
        assert [step.point for step in found[0].steps] == brute.solve(asked)["routes"][0]["steps"] == ["b", "c", "d"]


def test_every_code_that_nothing_closes_is_within_reach():
    """At home, nearby and after a bed; not beyond the longest visit."""
    codes = {"SHL-VOT": "stay", "MED-CMR": "visit", "LEG-INF": "visit"}
    far = problem(
        codes,
        {"p0": "KZ", "p1": "KZ", "p2": "KZ"},
        [point("a", "p1", ["SHL-VOT"]), point("b", "p1", ["MED-CMR"]), point("c", "p2", ["LEG-INF"])],
        travel=[["p0", "p1", 700, 0], ["p1", "p2", 700, 0], ["p0", "p2", 700, 0]],
    )
    terrain = Terrain(field_of(from_json(far)))
    reach = reach_of(terrain, np.ones(3, dtype=np.bool_))
    assert terrain.order.names(reach) == ("MED-CMR", "SHL-VOT")


def test_a_ceiling_below_every_bed_is_no_route():
    """Two beds of which a route has one, and a ceiling that leaves neither."""
    asked = problem(
        {"SHL-VOT": "stay", "SHL-EMG": "stay"},
        {"p0": "KZ"},
        [point("a", "p0", ["SHL-VOT"]), point("b", "p0", ["SHL-EMG"])],
    )
    assert best_below(field_of(from_json(asked)), (10, 0, 0, 100)) == (None, (), {})
