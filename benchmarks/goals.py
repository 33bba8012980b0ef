"""The goals of issue 3 that programs without goals of their own bear on, read from the figures they write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from benchmarks.measure import Goal, at_least

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
    same = [peer for peer in peers if peer["name"].startswith(name)]
    what = f"{PEER_POINTS:,} points, {codes} codes: {name} / engine, median"
    ratio = min((peer["ratio_to_three_routes"] for peer in same), default=None)
    capped = any(peer["capped"] for peer in same)
    goal = at_least(what, least, ratio)
    return Goal(**(asdict(goal) | {"measured": f"{goal.measured} or more"})) if capped else goal


def of_http(told: Told) -> list[Goal]:
    """Requests a second against the same server that returns ready bytes, the worst of all rows."""
    rows = [row for row in told["rows"] if row["server"] == "whole"]
    failed = sum(row["failed"] for row in rows)
    share = min((row["share_of_limit"] for row in rows), default=None)
    return [
        at_least("requests/s of POST /v1/routes / the same server returning ready bytes", 0.1, share),
        Goal(what="HTTP: failed requests", goal="0", measured=str(failed), met=not failed),
    ]


_READERS: Mapping[str, Callable[[Told], list[Goal]]] = MappingProxyType({"peers": of_peers, "over_http": of_http})
