"""How the engine's cost grows with the register, with the number of codes, and where no clean answer is near.

    python -m benchmarks.growth [--sizes 1000 10000] [--queries 50 | --total 1200] [--minutes 20] [--json FILE]

All networks are open in one process, and each query is put to one after the other, so that a busy machine slows all of
them alike: compare sizes within one run. Every figure is that of a whole plan, with three alternatives, backups and
questions. A query gets the published budget of time (`--limit` changes it); when the engine refuses it for that, its
time is a lower bound ("≥"), and a goal that rests on such a time is not shown to be met.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

from app.desk.budget import within
from app.domain.errors import ReferralError
from app.routing import Network
from benchmarks.cells import (
    OVER_BUDGET,
    STOPPED,
    Bounds,
    Cell,
    Cells,
    Timing,
    bounds,
    least_ratio,
    ratio,
    ratio_at_most,
)
from benchmarks.measure import (
    Goal,
    TooLong,
    at_most,
    bytes_of,
    goals_table,
    quantile,
    resident_bytes,
    shown,
    stopped_after,
    table,
    timed_ms,
    write_json,
)
from benchmarks.network import answer, moment_of, open_network, register_of
from benchmarks.queries import CLEAN, CODES, KINDS, Query, queries, spread

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SMALL, LARGE = 10_000, 1_000_000
"""The two sizes between which growth is a goal of issue 3."""
USUAL = (1, 2, 3, 4, 5, 6)
MANY = (7, 8)
OVER = (9, 10, 12)
"""Numbers of codes: those that most ask for, those that are allowed, those that may end in a refusal."""
UNCLEAN = (("rare", 3), ("grave", 3), ("window", 3))
"""Classes without a clean answer nearby, with the codes that are asked for; a goal says how dear they may be."""
BESIDES = (("return", 3), ("none", 2))
"""Classes that are measured and have no goal."""
BUDGET_SECONDS = 2.0
"""The published time budget of a plan."""
GRACE = 4 / 3
"""A third is allowed for what is under way when the budget ends."""
HEEDLESS = 3
"""What goes on for so many budgets is stopped from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A register's network, and what it took to open it. Microseconds and bytes are per point."""

    size: int
    network: Network
    build_us: float
    column_bytes: float
    resident_bytes: float
    first_ms: float


def open_at(size: int, folder: Path) -> Opened:
    """The network of a register of that size, opened and asked once."""
    url = register_of(size, folder)
    gc.collect()
    before, begun = resident_bytes(), time.perf_counter()
    network = open_network(url)
    took = time.perf_counter() - begun
    gc.collect()
    grown = resident_bytes() - before
    first = queries("city", 3, 1, seed=99)[0]
    moment_of(first.as_of)
    return Opened(
        size=size,
        network=network,
        build_us=took * 1e6 / size,
        column_bytes=bytes_of(network.columns) / size,
        resident_bytes=grown / size,
        first_ms=timed_ms(lambda: answer(network, first)),
    )


def ask(network: Network, query: Query, limit: float) -> Timing:
    """The query with a budget of `limit` seconds, as the desk puts it; stopped from outside when that is ignored."""
    begun = time.perf_counter()
    try:
        with stopped_after(limit * HEEDLESS):
            outcome = answer(network, query, watch=within(limit)).outcome.value
    except ReferralError as fault:
        outcome = f"refused ({fault.code})"
    except TooLong:
        outcome = STOPPED
    return Timing((time.perf_counter() - begun) * 1000, outcome)


def shares(cells: Sequence[tuple[str, int]], total: int) -> list[int]:
    """How many of `total` queries each cell gets: those whose 99th percentile is a goal twice as many as the others."""
    weights = [2 if kind in CLEAN and codes in USUAL else 1 for kind, codes in cells]
    ends = [total * sum(weights[: number + 1]) // sum(weights) for number in range(len(weights))]
    return [end - begin for begin, end in pairwise([0, *ends])]


def measure(
    opened: Sequence[Opened],
    cells: Sequence[tuple[str, int]],
    counts: Sequence[int],
    limit: float,
    minutes: float = float("inf"),
) -> Cells:
    """Every query of every cell, put to every network in turn; which one comes first changes from query to query.

    Cells get their queries by turns, so that what is there when the minutes are over is spread over all of them.
    """
    found, end = Cells(), time.monotonic() + 60 * minutes
    asked = [spread(kind, codes, count) for (kind, codes), count in zip(cells, counts, strict=True)]
    most = max(counts, default=0)
    for number in range(most):
        for at, (kind, codes) in enumerate(cells):
            if not _is_due(number, counts[at], most):
                continue
            if time.monotonic() > end:
                print("the minutes are over", file=sys.stderr, flush=True)
                return found
            query = asked[at][(number + 1) * counts[at] // most - 1]
            turn = number % len(opened)
            for one in (*opened[turn:], *opened[:turn]):
                found.of(kind, codes, one.size).timings.append(ask(one.network, query, limit))
        print(f"round {number + 1} of {most}: done", file=sys.stderr, flush=True)
    return found


def _is_due(number: int, count: int, most: int) -> bool:
    """Whether a cell with `count` queries asks one in this round of `most`."""
    return (number + 1) * count // most > number * count // most


def goals(opened: Sequence[Opened], cells: Cells) -> list[Goal]:
    """Rows 1 to 4 and 7 of the table of issue 3, as far as this run went."""
    told = [
        ratio_at_most(
            f"growth, 1-6 codes: {name} at 10^6 / at 10^4",
            goal,
            cells.quantile(share, CLEAN, USUAL, LARGE),
            cells.quantile(share, CLEAN, USUAL, SMALL),
        )
        for name, share, goal in (("p50", 0.5, 3), ("p99", 0.99, 6))
    ]
    tail, middle = (cells.quantile(share, CLEAN, USUAL, LARGE) for share in (0.99, 0.5))
    told.append(ratio_at_most("10^6, 1-6 codes: p99 / p50", 8, tail, middle))
    four = cells.quantile(0.5, CLEAN, [4], LARGE)
    told += [
        ratio_at_most(f"10^6: p50 of {codes} codes / of 4", 5, cells.quantile(0.5, CLEAN, [codes], LARGE), four)
        for codes in MANY
    ]
    told.append(_over_goal(cells))
    told += [
        ratio_at_most(
            f"10^6, {codes} codes: p50 of `{kind}` / p50 of city and remote",
            5,
            cells.quantile(0.5, [kind], [codes], LARGE),
            cells.quantile(0.5, CLEAN, [codes], LARGE),
        )
        for kind, codes in UNCLEAN
    ]
    large = max(opened, key=lambda one: one.size)
    told.append(at_most(f"bytes a point in the columns, {large.size:,} points", 200, large.column_bytes))
    told.append(at_most(f"build from the database, us a point, {large.size:,} points", 20, large.build_us))
    return told


def _over_goal(cells: Cells) -> Goal:
    """Many codes are accepted, and end within the budget and its grace, by a plan or by `over-budget`."""
    what = f"10^6, {OVER[0]} to {OVER[-1]} codes: longest until a plan or the refusal `over-budget`, seconds"
    limit = round(BUDGET_SECONDS * GRACE, 2)
    pool = cells.pooled(CLEAN, OVER, LARGE)
    if not pool:
        return at_most(what, limit, None)
    longest = max(pool, key=lambda one: one.milliseconds).milliseconds / 1000
    refused = sum(one.outcome == OVER_BUDGET for one in pool)
    otherwise = sum(not one.has_ended and one.outcome != OVER_BUDGET for one in pool)
    measured = f"{longest:.2f} ({refused} of {len(pool)} refused" + (f", {otherwise} otherwise)" if otherwise else ")")
    return Goal(what=what, goal=f"<= {limit:g}", measured=measured, met=not otherwise and longest <= limit)


def table_of_sizes(opened: Sequence[Opened]) -> str:
    """What opening took."""
    header = ("points", "build, us a point", "columns, bytes a point", "resident, bytes a point", "first query, ms")
    return table(header, [(o.size, o.build_us, o.column_bytes, max(0.0, o.resident_bytes), o.first_ms) for o in opened])


def table_of_groups(cells: Cells, codes: Sequence[int], sizes: Sequence[int]) -> str:
    """City and remote together, by codes: 1 to 6 in one line first, then each number of codes."""
    header = ("city and remote, codes", "points", "queries", "p50, ms", "p95", "p99", "longest", "refused", "stopped")
    groups = {"1-6": USUAL} | {str(count): (count,) for count in codes}
    rows = []
    for name, group in groups.items():
        for size in sizes:
            if pool := cells.pooled(CLEAN, group, size):
                rows.append((name, size, len(pool), *_figures(pool)))
    return table(header, rows)


def _figures(pool: Sequence[Timing]) -> tuple[object, ...]:
    refused = sum(one.outcome.startswith("refused") for one in pool)
    stopped = sum(one.outcome == STOPPED for one in pool)
    return (*(str(bounds(pool, share)) for share in (0.5, 0.95, 0.99, 1.0)), refused or "", stopped or "")


def table_of_cells(cells: Cells) -> str:
    """Every cell with its quantiles and how its queries ended."""
    header = ("class", "codes", "points", "queries", "p50, ms", "p95", "p99", "longest", "ended in")
    kinds = list(KINDS)
    ordered = sorted(cells.all(), key=lambda cell: (kinds.index(cell.kind), cell.codes, cell.size))
    return table(header, map(_row, ordered))


def _row(cell: Cell) -> tuple[object, ...]:
    ended = ", ".join(f"{outcome} {count}" for outcome, count in sorted(cell.outcomes.items()))
    figures = _figures(cell.timings)[:4]
    return cell.kind, cell.codes, cell.size, len(cell.timings), *figures, ended


def table_of_growth(cells: Cells, codes: Sequence[int], sizes: Sequence[int]) -> str:
    """City and remote together, by codes: p50 of each size, and growth from each size to the next."""
    steps = list(pairwise(sizes))
    header = ("codes", *(f"p50 at {size:,}, ms" for size in sizes), *(f"{b:,} / {a:,}" for a, b in steps))
    groups = {"1-6": USUAL} | {str(count): (count,) for count in codes}
    rows = []
    for name, group in groups.items():
        middle = {size: cells.quantile(0.5, CLEAN, group, size) for size in sizes}
        if all(middle.values()):
            grown = [_grown(middle[b], middle[a]) for a, b in steps]
            rows.append((name, *map(str, middle.values()), *grown))
    return table(header, rows)


def _grown(above: Bounds, below: Bounds) -> str:
    exact, least = ratio(above, below), least_ratio(above, below)
    return shown(exact) if exact is not None else f"≥ {shown(least)}" if least else "not shown"


def growth_per_query(cells: Cells, sizes: Sequence[int]) -> str:
    """The median over queries of the same query's time at one size by its time at the size before."""
    lines = []
    for a, b in pairwise(sizes):
        below, above = (cells.pooled(CLEAN, USUAL, size) for size in (a, b))
        pairs = [(x, y) for x, y in zip(below, above, strict=True) if x.has_ended and y.has_ended]
        if pairs:
            middle = quantile([y.milliseconds / x.milliseconds for x, y in pairs], 0.5)
            told = f"The same query at {b:,} by its time at {a:,} points, 1-6 codes: median {middle:.2f}"
            lines.append(f"{told} ({len(pairs)} of {len(below)} ended at both).")
    return "\n".join(lines)


def as_plain(opened: Sequence[Opened], cells: Cells) -> Mapping[str, object]:
    """What the JSON file holds besides the goals; `rows` is what `plot.py` draws, in seconds."""
    clean = sorted({(c.codes, c.size) for c in cells.all() if c.kind in CLEAN})
    pools = {key: cells.pooled(CLEAN, [key[0]], key[1]) for key in clean}
    return {
        "rows": [
            {"codes": codes, "points": size, "p50": bounds(pool, 0.5).least / 1000,
             "p99": bounds(pool, 0.99).least / 1000, "stopped": bounds(pool, 1.0).stopped, "queries": len(pool)}
            for (codes, size), pool in pools.items()
        ],
        "sizes": [
            {"points": o.size, "build_us": o.build_us, "column_bytes": o.column_bytes, "first_ms": o.first_ms,
             "resident_bytes": o.resident_bytes}
            for o in opened
        ],
        "cells": [
            {"kind": c.kind, "codes": c.codes, "points": c.size, "outcomes": dict(c.outcomes),
             "mean": mean(one.milliseconds for one in c.timings),
             "milliseconds": [round(one.milliseconds, 3) for one in c.timings],
             "stopped": [number for number, one in enumerate(c.timings) if not one.has_ended]}
            for c in cells.all()
        ],
    }  # fmt: skip


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, with the short run filled in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="points of the registers")
    parser.add_argument("--queries", type=int, default=50, help="queries a cell")
    parser.add_argument("--total", type=int, help="queries in all, spread over the cells; instead of --queries")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="ask no more queries after that")
    parser.add_argument("--codes", type=int, nargs="+", default=list(CODES), help="codes that people ask for")
    parser.add_argument(
        "--kinds", nargs="+", default=[*CLEAN, *(kind for kind, _ in (*UNCLEAN, *BESIDES))], help="classes"
    )
    parser.add_argument("--limit", type=float, default=BUDGET_SECONDS, help="seconds that a query gets")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--quick", action="store_true", help="two small registers, few codes and queries")
    parser.add_argument("--json", type=Path, help="a file for `run.py`")
    chosen = parser.parse_args(told)
    if chosen.quick:
        chosen.sizes, chosen.codes, chosen.queries = [1_000, 10_000], [1, 2, 3, 4], min(chosen.queries, 6)
    chosen.sizes.sort()
    return chosen


def cells_of(kinds: Iterable[str], codes: Iterable[int]) -> list[tuple[str, int]]:
    """The cells that are asked for: clean classes with every number of codes, the others with their own."""
    wanted, numbers = set(kinds), list(codes)
    cells = [(kind, count) for kind in CLEAN if kind in wanted for count in numbers]
    return cells + [cell for cell in (*UNCLEAN, *BESIDES) if cell[0] in wanted]


def main() -> None:
    """Opens the registers, asks, prints Markdown."""
    chosen = arguments()
    cells = cells_of(chosen.kinds, chosen.codes)
    counts = [chosen.queries] * len(cells) if chosen.total is None else shares(cells, chosen.total)
    with tempfile.TemporaryDirectory() as thrown_away:
        opened = [open_at(size, chosen.folder or Path(thrown_away)) for size in chosen.sizes]
        found = measure(opened, cells, counts, chosen.limit, chosen.minutes)
    told = goals(opened, found)
    parts = [
        goals_table(told),
        f"A query gets {chosen.limit:g} seconds.",
        table_of_sizes(opened),
        table_of_growth(found, chosen.codes, chosen.sizes),
        growth_per_query(found, chosen.sizes),
        table_of_groups(found, chosen.codes, chosen.sizes),
        table_of_cells(found),
    ]
    print("\n\n".join(part for part in parts if part))
    write_json(chosen.json, "growth", told, limit_seconds=chosen.limit, **as_plain(opened, found))


if __name__ == "__main__":
    main()
