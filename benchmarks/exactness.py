"""The exactness campaign: the engine's answers against solvers that look at everything, on problems drawn at random.

    python -m benchmarks.exactness --brute 100000 --dijkstra 2000
    python -m benchmarks.exactness --register 200 100000 --folder FOLDER

`--brute`: 2 to 9 points, against trying every sequence. `--dijkstra`: 30 to 200 points, against a search without
bounds. Routes, costs and backups must be equal, all of them. `--register`: whole plans on a generated register, once
as they are and once with every row of the register opened; they must be equal to the last word. Ends with 1 when one
differs.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from app.domain.plan import Plan
from app.routing import Network, from_json, plan, solve
from benchmarks.measure import Goal, goals_table, table, write_json
from benchmarks.network import POLICY, answer, moment_of, open_network, register_of
from benchmarks.queries import CLEAN, Query, queries
from tests.oracle import brute, dijkstra
from tests.oracle.problems import random_problem

Check = Callable[[int], str]
FIRST_SEED = 1_000_000
"""Seeds below this one are those of the tests."""
PROCESSES = 2
PROGRESS_SECONDS = 20
CODES = (1, 2, 3, 4, 5, 6)
UNCLEAN = ("return", "rare", "grave", "window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One kind of comparison: how many problems, which seeds differ and how, and how long it took."""

    name: str
    count: int
    differences: tuple[tuple[int, str], ...]
    seconds: float

    @property
    def goal(self) -> Goal:
        """No difference."""
        found = f"{len(self.differences)} of {self.count:,}"
        return Goal(what=f"different answers, {self.name}", goal="0", measured=found, met=not self.differences)


def drawn(seed: int, low: int, high: int) -> dict[str, Any]:
    """A random problem with `low` to `high` service points; every third has many ties."""
    rng = random.Random(seed)
    style = "ties" if seed % 3 == 0 else "mixed"
    return random_problem(rng, points=rng.randint(low, high), codes=rng.randint(2, 6), style=style)


def engine(problem: dict[str, Any]) -> list[dict[str, Any]]:
    """What the engine finds, in the shape of a `referral-answer/1`."""
    return [
        {
            "steps": [step.point for step in found.steps],
            "cost": list(found.cost),
            "backups": [list(step.backups) for step in found.steps],
        }
        for found in solve(from_json(problem))
    ]


def against_brute(seed: int) -> str:
    """What differs from trying every sequence, "" when nothing does."""
    problem = drawn(seed, 2, 9)
    return difference(brute.solve(problem)["routes"], engine(problem))


def against_dijkstra(seed: int) -> str:
    """What differs from the search without bounds, "" when nothing does."""
    problem = drawn(seed, 30, 200)
    return difference(dijkstra.solve(problem)["routes"], engine(problem))


def difference(right: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    """The first thing in which two answers differ."""
    if len(right) != len(found):
        return f"{len(found)} routes, {len(right)} are right"
    for number, (one, other) in enumerate(zip(right, found, strict=True), 1):
        for part in ("cost", "steps", "backups"):
            if one[part] != other[part]:
                return f"route {number}: {part} {other[part]}, right is {one[part]}"
    return ""


def run(name: str, check: Check, seeds: Sequence[int]) -> Campaign:
    """The check for every seed, in processes of their own."""
    begun = time.perf_counter()
    with get_context("fork").Pool(min(PROCESSES, os.cpu_count() or 1)) as pool:
        jobs = pool.imap_unordered(_Job(check), seeds, chunksize=max(1, min(50, len(seeds) // 20)))
        differences = tuple(sorted(_watched(name, len(seeds), jobs)))
    return Campaign(name=name, count=len(seeds), differences=differences, seconds=time.perf_counter() - begun)


@dataclass(frozen=True, slots=True)
class _Job:
    """A check that tells which seed it was; what breaks is a difference, too."""

    check: Check

    def __call__(self, seed: int) -> tuple[int, str]:
        try:
            return seed, self.check(seed)
        except Exception as fault:
            return seed, f"broke: {type(fault).__name__}"


def _watched(name: str, count: int, results: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The results that differ; each is told at once, and now and then how far things are."""
    told = time.perf_counter()
    differing = 0
    for done, (seed, what) in enumerate(results, 1):
        if what:
            differing += 1
            print(f"{name}: seed {seed}: {what}", flush=True)
            yield seed, what
        if time.perf_counter() - told > PROGRESS_SECONDS or done == count:
            told = time.perf_counter()
            print(f"{name}: {done:,} of {count:,}, {differing} differ", file=sys.stderr, flush=True)


def asked(count: int) -> tuple[Query, ...]:
    """About so many queries of all classes that can be answered, one to six codes."""
    kinds = [(kind, codes) for codes in CODES for kind in (*CLEAN, *UNCLEAN)]
    each = -(-count // len(kinds))
    return tuple(query for kind, codes in kinds for query in queries(kind, codes, each, seed=3))[:count]


def with_every_row(network: Network, query: Query) -> Plan:
    """The plan made without leaving any row of the register unopened."""
    return plan(network, query.person, moment_of(query.as_of), policy=POLICY, k=3, everything=True)


def against_every_row(network: Network, query: Query) -> str:
    """What differs between the plan and the plan with every row opened; nothing of the person is told."""
    found, right = answer(network, query), with_every_row(network, query)
    if found == right:
        return ""
    parts = [name for name in Plan.__slots__ if getattr(found, name) != getattr(right, name)]
    return f"{query.kind}, {query.codes} codes: {', '.join(parts)}"


def run_on_register(count: int, size: int, folder: Path) -> Campaign:
    """Whole plans on a register of that size; numbers of queries stand for seeds."""
    network, wanted = open_network(register_of(size, folder)), asked(count)

    def check(number: int) -> str:
        return against_every_row(network, wanted[number])

    begun = time.perf_counter()
    results = ((number, check(number)) for number in range(len(wanted)))
    name = f"plans on {size:,} points"
    differences = tuple(_watched(name, len(wanted), results))
    return Campaign(name=name, count=len(wanted), differences=differences, seconds=time.perf_counter() - begun)


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brute", type=int, default=0, help="how many problems of 2 to 9 points")
    parser.add_argument("--dijkstra", type=int, default=0, help="how many problems of 30 to 200 points")
    parser.add_argument("--register", type=int, nargs=2, metavar=("PLANS", "POINTS"), help="plans on a register")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="the first seed")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--json", type=Path, help="a file for `run.py`")
    return parser.parse_args(told)


def main() -> int:
    """Runs what is asked for, prints Markdown; 1 when any answer differs."""
    chosen = arguments()
    seeds = {"brute": range(chosen.first, chosen.first + chosen.brute)}
    seeds["dijkstra"] = range(chosen.first, chosen.first + chosen.dijkstra)
    campaigns = []
    if chosen.brute:
        campaigns.append(run("2 to 9 points against every sequence", against_brute, seeds["brute"]))
    if chosen.dijkstra:
        campaigns.append(run("30 to 200 points against no bounds", against_dijkstra, seeds["dijkstra"]))
    if chosen.register:
        with tempfile.TemporaryDirectory() as thrown_away:
            campaigns.append(run_on_register(*chosen.register, chosen.folder or Path(thrown_away)))
    goals = [one.goal for one in campaigns]
    print(goals_table(goals) + "\n")
    print(table(("campaign", "problems", "seconds"), [(one.name, one.count, one.seconds) for one in campaigns]))
    write_json(
        chosen.json, "exactness", goals,
        campaigns=[{"name": c.name, "count": c.count, "seconds": c.seconds, "differences": c.differences}
                   for c in campaigns],
    )  # fmt: skip
    return int(any(one.differences for one in campaigns))


if __name__ == "__main__":
    sys.exit(main())
