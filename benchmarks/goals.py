"""The goals of issue 3 that programs without goals of their own bear on, read from the figures they write."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from benchmarks.measure import Goal, at_least, at_most, shown

Told = Mapping[str, Any]

PEERS: Mapping[str, float] = MappingProxyType(
    {
        "CP-SAT": 1_000,
        "HiGHS": 200,
        "networkx": 100,
        "rustworkx": 20,
        "scipy csgraph": 10,
        "ladybug, with load": 50,
        "ladybug, query alone": 10,
        "pgRouting, with load": 50,
        "pgRouting, query alone": 10,
    }
)
"""The least median of peer / engine, by the beginning of the peer's name."""
PEER_POINTS, PEER_CODES = 10_000, (3, 5)


def goals_of(program: str, told: Told) -> list[Goal]:
    """The goals that the program told, or that its figures allow to judge; none where it has nothing to do with any."""
    if "goals" in told:
        return [Goal(**goal) for goal in told["goals"]]
    return _READERS[program](told) if program in _READERS and told else []


def of_peers(told: Told) -> list[Goal]:
    """One goal a peer and number of codes. Of several graphs of a peer the one that serves it best counts."""
    cells = {cell["codes"]: cell for cell in told["cells"] if cell["points"] == PEER_POINTS}
    goals = []
    for codes in PEER_CODES:
        peers = cells[codes]["peers"] if codes in cells else ()
        goals += [_of_peer(name, least, codes, peers) for name, least in PEERS.items()]
        wrong = sum(len(peer["wrong"]) for peer in peers)
        if peers:
            what = f"{PEER_POINTS:,} points, {codes} codes: costs on which solvers disagree"
            goals.append(Goal(what=what, goal="0", measured=str(wrong), met=not wrong))
    return goals


def _of_peer(name: str, least: float, codes: int, peers: Sequence[Told]) -> Goal:
    what = f"{PEER_POINTS:,} points, {codes} codes: {name} / engine with 3 routes, median"
    same = [peer for peer in peers if peer["name"].startswith(name)]
    if not same:
        return at_least(what, least, None)
    peer = min(same, key=lambda one: float(one["ratio_to_three_routes"]))
    low, high = (min(ends) for ends in zip(*(median_bounds(one, peers[0]) for one in same), strict=True))
    capped = len({*peer["capped"], *peers[0]["capped"]})
    measured = f"{shown(float(peer['ratio_to_three_routes']))}; with 1 route {shown(float(peer['ratio_to_one_route']))}"
    measured += f"; {capped} of {len(peer['seconds'])} capped" * (low != high)
    met = True if low >= least else False if high < least else None
    return Goal(
        what=what, goal=f">= {least:g}", measured=measured if met is not None else f"not shown: {measured}", met=met
    )


def median_bounds(peer: Told, ours: Told) -> tuple[float, float]:
    """What the median of peer / engine is at least and at most: whoever reached the cap would have gone on."""
    lows, highs = [], []
    for number, (theirs, own) in enumerate(zip(peer["seconds"], ours["seconds"], strict=True)):
        lows.append(0.0 if number in ours["capped"] else theirs / own)
        highs.append(math.inf if number in peer["capped"] else theirs / own)
    return statistics.median(lows), statistics.median(highs)


def of_http(told: Told) -> list[Goal]:
    """Requests a second against the same server that returns ready bytes, the worst of all rows."""
    rows = [row for row in told["rows"] if row["server"] == "whole"]
    failed = sum(row["failed"] for row in rows)
    share = min(row["share_of_limit"] for row in rows)
    what = "requests/s of POST /v1/routes / the same server returning ready bytes"
    return [
        Goal(what=what, goal=">= 0.1", measured=f"{share:.3f}", met=share >= 0.1),
        Goal(what="HTTP: failed requests", goal="0", measured=str(failed), met=not failed),
    ]


def of_start(told: Told) -> list[Goal]:
    """Import and the first answer, against a bare application."""
    return [at_most("import and first answer / bare FastAPI and numpy", 1.5, told["ratio"])]


_READERS: Mapping[str, Callable[[Told], list[Goal]]] = MappingProxyType(
    {"peers": of_peers, "over_http": of_http, "start": of_start}
)
