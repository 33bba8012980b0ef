"""How the engine compares with other solvers on the same problems, in one run: ratios, and whether costs agree.

Peers get an easier task than the engine. In these problems every door is always open, everybody answers at once and
nothing has a deadline: only then is a problem a shortest path with fixed weights, which is what peers can solve. The
engine solves the same files with its general code, which asks the clock at each step. Peers give the cost of the first
route only, the engine three routes with backups (or one, in the second row).

All get parsed values. What a peer builds is timed with the rest, for it depends on the person. Its product graph is
built in three ways: step by step in Python, as examples in documentation do; the same in numpy; and in numpy with the
cheapest arc of each pair of states alone, which is half of a solver that we wrote for it (benchmarks/peer/product.py).
A peer that reaches the cap counts as the cap: a ratio with such a problem in it is a lower bound.

Prints Markdown. Machines are shared and noisy: compare the rows of one run, never two runs.

    pip install -e ".[bench]"; apt-get install postgresql-15-pgrouting
    python -m benchmarks.peers --small
    python -m benchmarks.peers --json benchmarks/peers.json
"""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peer.contest import ONE_ROUTE, PEERS, THREE_ROUTES, Outcome, Peer, Seat
from benchmarks.peer.problems import make_problems

Cell = dict[str, Any]
Rows = dict[Peer, list[Outcome]]


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Compare the engine with other solvers on the same problems.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], help="points of the register")
    parser.add_argument("--codes", type=int, nargs="+", default=[3, 5], help="needed codes")
    parser.add_argument("--problems", type=int, default=20, help="problems for each size and number of codes")
    parser.add_argument("--cap", type=float, default=60, help="seconds that a peer has for one problem")
    parser.add_argument("--only", nargs="+", default=[], help="words of the names of the peers to compare with")
    parser.add_argument("--small", action="store_true", help="3 problems over 1,000 points, 10 seconds each")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args(words)
    if asked.small:
        asked.sizes, asked.problems, asked.cap = [1_000], 3, 10
    return asked


def present(only: Sequence[str]) -> tuple[Peer, ...]:
    """The peers whose packages are installed; says which are not."""
    chosen = [p for p in PEERS if p.module == "ours" or not only or any(word in p.name for word in only)]
    for name, missing in {peer.name: ", ".join(peer.missing()) for peer in chosen if peer.missing()}.items():
        print(f"{name} is left out: {missing} is not installed.\n")
    return tuple(peer for peer in chosen if not peer.missing())


def cell(size: int, codes: int, seats: Sequence[Seat], problems: int) -> Cell:
    """All outcomes for one size and number of codes."""
    given = make_problems(size, codes=codes, count=problems)
    rows: Rows = {seat.peer: [] for seat in seats}
    for number, problem in enumerate(given):
        turn = number % len(seats)
        for seat in (*seats[turn:], *seats[:turn]):
            rows[seat.peer].append(seat.solve(problem))
        print(f"{size} points, {codes} codes: {number + 1} of {problems}", file=sys.stderr)
    best = [_agreed(rows, number) for number in range(problems)]
    return {
        "points": size,
        "codes": codes,
        "problems": problems,
        "listed": [len(problem["points"]) for problem in given],
        "costs": best,
        "peers": [_figures(peer, rows, best) for peer in rows],
    }


def _agreed(rows: Rows, number: int) -> tuple[int, ...] | None:
    """The least cost that anybody found for a problem."""
    return min((row[number].cost or (sys.maxsize,) for row in rows.values()), default=None)


def _figures(peer: Peer, rows: Rows, best: Sequence[Any]) -> dict[str, Any]:
    row = rows[peer]
    return {
        "name": peer.name,
        "graph": peer.graph,
        "seconds": [round(outcome.seconds, 6) for outcome in row],
        "capped": [number for number, outcome in enumerate(row) if outcome.cost is None],
        "notes": sorted({outcome.note for outcome in row} - {""}),
        "wrong": [n for n, outcome in enumerate(row) if outcome.cost is not None and outcome.cost != best[n]],
        "ratio_to_three_routes": _ratio(row, rows[THREE_ROUTES]),
        "ratio_to_one_route": _ratio(row, rows[ONE_ROUTE]),
    }


def _ratio(row: Sequence[Outcome], ours: Sequence[Outcome]) -> float:
    """Median over the problems of peer / ours."""
    return statistics.median(theirs.seconds / own.seconds for theirs, own in zip(row, ours, strict=True))


def lines(found: Cell) -> Iterator[str]:
    """One cell as Markdown."""
    listed = f"{min(found['listed'])} to {max(found['listed'])}, median {statistics.median(found['listed']):.0f}"
    yield f"### {found['points']:,} points, {found['codes']} needed codes"
    yield ""
    yield f"{found['problems']} problems, points in each: {listed}."
    yield ""
    ours = {number for peer in found["peers"][:2] for number in peer["capped"]}
    if ours:
        yield f"The engine itself reached the cap in {len(ours)}: there a ratio flatters it."
        yield ""
    yield "| solver | product graph | median, ms | longest, ms | / 3 routes | / 1 route | capped | same cost |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for peer in found["peers"]:
        least = "≥ " if peer["capped"] else ""
        milliseconds = [1000 * seconds for seconds in peer["seconds"]]
        columns = (
            peer["name"],
            peer["graph"],
            f"{statistics.median(milliseconds):,.2f}",
            f"{least}{max(milliseconds):,.1f}",
            least + _short(peer["ratio_to_three_routes"]),
            least + _short(peer["ratio_to_one_route"]),
            str(len(peer["capped"]) or ""),
            f"no: {len(peer['wrong'])}" if peer["wrong"] else "yes",
        )
        yield f"| {' | '.join(columns)} |"
    yield ""


def _short(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def machine(peers: Sequence[Peer]) -> dict[str, Any]:
    """What the figures were taken on."""
    packages = sorted({"numpy", *(name for peer in peers for name in peer.needs)})
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def main() -> int:
    """Prints a table for each cell; 1 when two solvers disagree about a cost."""
    asked = options()
    peers = present(asked.only)
    on = machine(peers)
    seats = [Seat(peer, asked.cap) for peer in peers]
    cells = []
    print(
        f"{on['cores']} cores ({on['machine']}), CPython {on['python']}, "
        + ", ".join(map(" ".join, on["packages"].items()))
    )
    print(f"\nCap: {asked.cap:g} seconds for a problem.\n")
    for size in asked.sizes:
        for codes in asked.codes:
            cells.append(cell(size, codes, seats, asked.problems))
            print("\n".join(lines(cells[-1])), flush=True)
            if asked.json:
                told = {"machine": on, "cap_seconds": asked.cap, "cells": cells}
                asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for seat in seats:
        seat.close()
    return int(any(peer["wrong"] for found in cells for peer in found["peers"]))


if __name__ == "__main__":
    sys.exit(main())
