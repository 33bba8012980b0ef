"""The exactness campaigns: the engine's answers against solvers that look at everything, on problems drawn at random.

    python -m benchmarks.exactness --brute 100000 --dijkstra 2000 --journal exact.jsonl
    python -m benchmarks.exactness --register 200 100000 --shuffle 100 --folder FOLDER --journal exact.jsonl

`--brute`: 2 to 9 points, against trying every sequence. `--dijkstra`: 30 to 200 points, against a search without
bounds. Routes, costs and backups must be equal, all of them. `--register`: whole plans on a generated register, once
as they are and once with every row of the register opened; they must be equal to the last word. A plan that takes
longer than the limit either way is skipped, and never counted as equal. `--shuffle`: whole plans on networks with rows
in other orders and blocks of other sizes; they must be the same bytes. Ends with 1 when one differs.

With `--journal` a run that was stopped goes on where it was, and runs over other seeds (`--first`) may add to the same
file at the same time: one JSON line for each finished chunk, one for the total.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from app.domain.plan import Plan
from app.routing import Network, build_columns, build_links, from_json, network_of, plan, solve
from benchmarks.campaign import PROCESSES, Campaign, Checked, Total, run
from benchmarks.measure import TooLong, goals_table, stopped_after, table, write_json
from benchmarks.network import POLICY, answer, moment_of, open_network, reference, register_of
from benchmarks.queries import Query, spread
from tests.oracle import brute, dijkstra
from tests.oracle.problems import random_problem

FIRST_SEED = 1_000_000
"""Seeds below this one are those of the tests."""
KINDS = ("city", "remote", "rare", "return", "grave", "window", "none")
CODES = (1, 2, 3, 4)
"""Classes and numbers of codes of whole plans, by turns."""
MOST_OF_A_CLASS = 400
LIMIT_SECONDS = 30.0
SHUFFLED_POINTS = 10_000
BLOCK_SIZES = (1, 7, 64)


def drawn(seed: int, low: int, high: int) -> dict[str, Any]:
    """A random problem with `low` to `high` service points, each number as often; every third has many ties."""
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


def against_brute(seed: int) -> Checked:
    """What differs from trying every sequence; the label is the number of points."""
    problem = drawn(seed, 2, 9)
    differs = difference(brute.solve(problem)["routes"], engine(problem))
    return Checked(f"{len(problem['points'])}", different=differs)


def against_dijkstra(seed: int) -> Checked:
    """What differs from the search without bounds; the label is the number of points, in steps of 50."""
    problem = drawn(seed, 30, 200)
    differs = difference(dijkstra.solve(problem)["routes"], engine(problem))
    low = min(150, max(30, len(problem["points"]) // 50 * 50))
    return Checked(f"{low} and more", different=differs)


def difference(right: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    """The first thing in which two answers differ, "" when there is none."""
    if len(right) != len(found):
        return f"{len(found)} routes, {len(right)} are right"
    for number, (one, other) in enumerate(zip(right, found, strict=True), 1):
        for part in ("cost", "steps", "backups"):
            if one[part] != other[part]:
                return f"route {number}: {part} {other[part]}, right is {one[part]}"
    return ""


def asked(number: int) -> Query:
    """The query of that number: classes by turns, then numbers of codes."""
    turn, kind = divmod(number, len(KINDS))
    again, codes = divmod(turn, len(CODES))
    return _of_class(KINDS[kind], CODES[codes])[again]


@cache
def _of_class(kind: str, codes: int) -> tuple[Query, ...]:
    return spread(kind, codes, MOST_OF_A_CLASS, seed=3)


def with_every_row(network: Network, query: Query) -> Plan:
    """The plan made without leaving any row of the register unopened."""
    return plan(network, query.person, moment_of(query.as_of), policy=POLICY, k=3, everything=True)


def against_every_row(network: Network, limit: float, number: int) -> Checked:
    """What differs between the plan and the plan with every row opened; nothing of the person is told."""
    query = asked(number)
    right = within(limit, partial(with_every_row, network, query))
    found = within(limit, partial(answer, network, query))
    if right is None or found is None:
        slow = " and ".join(name for name, plan in (("around", found), ("everywhere", right)) if plan is None)
        return Checked(query.kind, skipped=f"looking {slow} took more than {limit:g} s")
    return Checked(query.kind, different=parts_that_differ(found, right))


def within(limit: float, work: partial[Plan]) -> Plan | None:
    """What the work gives, `None` when it takes longer."""
    try:
        with stopped_after(limit):
            return work()
    except TooLong:
        return None


def parts_that_differ(found: Plan, right: Plan) -> str:
    """The names of the parts of two plans that are not the same bytes, "" when all are."""
    return ", ".join(name for name in Plan.__slots__ if repr(getattr(found, name)) != repr(getattr(right, name)))


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    """Networks that are built inside keep their rows in blocks of that size.

    Raises:
        LookupError: No module of the engine says any more how large a block is.
    """
    room = [module for name, module in sys.modules.items() if name.startswith("app.routing.")]
    homes = [module for module in room if "BLOCK" in vars(module)]
    if not homes:
        raise LookupError("the engine has no BLOCK")
    kept = [(module, module.BLOCK) for module in homes]
    try:
        for module in homes:
            module.BLOCK = size
        yield
    finally:
        for module, block in kept:
            module.BLOCK = block


def shuffled(network: Network, seed: int, block: int) -> Network:
    """The same register with everything in another order, in blocks of that size."""
    rng, columns = random.Random(seed), network.columns
    points = [columns.point(row) for row in rng.sample(range(columns.rows), columns.rows)]
    links, receptions = list(network.links), list(network.receptions)
    places, crossings, pathways = (list(told) for told in (*reference()[:2], reference()[2].items()))
    for told in (links, receptions, places, crossings, pathways):
        rng.shuffle(told)
    with blocks_of(block):
        return network_of(
            build_columns(points), links=build_links(links), receptions=receptions, places=places, crossings=crossings,
            pathways=dict(pathways),
        )  # fmt: skip


def against_other_orders(network: Network, others: Sequence[Network], limit: float, number: int) -> Checked:
    """What differs between the plan and the plans of other networks of the same register."""
    query = asked(number)
    right = within(limit, partial(answer, network, query))
    for size, other in zip(BLOCK_SIZES, others, strict=True):
        found = within(limit, partial(answer, other, query))
        if right is None or found is None:
            return Checked(query.kind, skipped=f"took more than {limit:g} s")
        if differs := parts_that_differ(found, right):
            return Checked(query.kind, different=f"blocks of {size}: {differs}")
    return Checked(query.kind)


BRUTE = Campaign(
    key="brute", name="2 to 9 points against every sequence", check=against_brute, wanted=100_000, chunk=500
)
DIJKSTRA = Campaign(
    key="dijkstra", name="30 to 200 points against no bounds", check=against_dijkstra, wanted=2_000, chunk=10
)


def register_campaign(size: int, limit: float, folder: Path) -> Campaign:
    """Whole plans on a register of that size; numbers of queries stand for seeds."""
    network = open_network(register_of(size, folder))
    return Campaign(
        key=f"register {size}",
        name=f"plans on {size:,} points that look around against everywhere",
        check=partial(against_every_row, network, limit),
        wanted=200,
        chunk=1,
    )


def shuffle_campaign(size: int, limit: float, folder: Path) -> Campaign:
    """Whole plans on a register of that size and on the same one in other orders and blocks."""
    network = open_network(register_of(size, folder))
    others = [shuffled(network, seed, block) for seed, block in enumerate(BLOCK_SIZES)]
    return Campaign(
        key=f"shuffle {size}",
        name=f"plans on {size:,} points with shuffled rows, blocks of {', '.join(map(str, BLOCK_SIZES))}",
        check=partial(against_other_orders, network, others, limit),
        wanted=100,
        chunk=1,
    )


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brute", type=int, default=0, help="how many problems of 2 to 9 points")
    parser.add_argument("--dijkstra", type=int, default=0, help="how many problems of 30 to 200 points")
    parser.add_argument("--register", type=int, nargs=2, metavar=("PLANS", "POINTS"), help="plans on a register")
    parser.add_argument("--shuffle", type=int, default=0, help=f"how many plans on {SHUFFLED_POINTS:,} points")
    parser.add_argument("--shuffle-points", type=int, default=SHUFFLED_POINTS, help="points of that register")
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, help="seconds that a whole plan gets")
    parser.add_argument("--first", type=int, default=0, help=f"the first seed after {FIRST_SEED:,}, the first query")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many work at the same time")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="how long each campaign may take")
    parser.add_argument("--journal", type=Path, help="a file with what was done, from which a run goes on")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--quick", action="store_true", help="some problems and a small register")
    parser.add_argument("--json", type=Path, help="a file for `run.py`")
    chosen = parser.parse_args(told)
    if chosen.quick:
        chosen.brute, chosen.dijkstra, chosen.register, chosen.shuffle = 500, 10, [7, 2_000], 7
        chosen.shuffle_points = 2_000
    return chosen


def totals(chosen: argparse.Namespace, folder: Path) -> list[Total]:
    """What the campaigns that are asked for found."""

    def done(campaign: Campaign, first: int, count: int) -> Total:
        seeds = range(first + chosen.first, first + chosen.first + count)
        told: dict[str, Any] = {"journal": chosen.journal, "processes": chosen.processes, "minutes": chosen.minutes}
        return run(campaign, seeds, **told)

    found = []
    if chosen.brute:
        found.append(done(BRUTE, FIRST_SEED, chosen.brute))
    if chosen.dijkstra:
        found.append(done(DIJKSTRA, FIRST_SEED, chosen.dijkstra))
    if chosen.register:
        plans, size = chosen.register
        found.append(done(register_campaign(size, chosen.limit, folder), 0, plans))
    if chosen.shuffle:
        found.append(done(shuffle_campaign(chosen.shuffle_points, chosen.limit, folder), 0, chosen.shuffle))
    return found


def table_of(found: Sequence[Total]) -> str:
    """What was compared, what was skipped, and how long it took."""
    header = ("campaign", "compared", "of each kind", "skipped", "seconds of a core", "seconds for 1,000")
    rows = []
    for one in found:
        kinds = ", ".join(f"{label}: {count:,}" for label, count in sorted(one.labels.items()))
        each = 1000 * one.seconds / max(1, one.compared + len(one.skipped))
        rows.append((one.campaign.name, one.compared, kinds, len(one.skipped), one.seconds, each))
    return table(header, rows)


def main() -> int:
    """Runs what is asked for, prints Markdown; 1 when any answer differs."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as thrown_away:
        found = totals(chosen, chosen.folder or Path(thrown_away))
    goals = [one.goal for one in found]
    print(f"{goals_table(goals)}\n\n{table_of(found)}")
    for one in found:
        for seed, what in one.different:
            print(f"\n{one.campaign.name}: seed {seed}: {what}")
    write_json(
        chosen.json, "exactness", goals,
        campaigns=[{"name": one.campaign.name, "labels": one.labels, "seconds": one.seconds,
                    "different": one.different, "skipped": one.skipped} for one in found],
    )  # fmt: skip
    return int(any(one.different for one in found))


if __name__ == "__main__":
    sys.exit(main())
