"""How the engine's cost grows with the register, with the number of codes, and where no clean answer is near.

    python -m benchmarks.growth [--sizes 1000 10000] [--queries 40] [--codes 1 2 3] [--quick] [--json FILE]

All networks are open in one process, and each query is put to one after the other, so that a busy machine slows all of
them alike: compare sizes within one run. Every figure is that of a whole plan, with three alternatives, backups and
questions. A query is stopped after `--limit` seconds and then counts as that long.
"""

import argparse
import gc
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean

from app.domain.errors import ReferralError
from app.routing import Network
from benchmarks.measure import (
    Goal,
    Times,
    at_most,
    bytes_of,
    goals_table,
    quantile,
    resident_bytes,
    table,
    timed_ms,
    times_of,
    write_json,
)
from benchmarks.network import answer, moment_of, open_network, register_of
from benchmarks.queries import CLEAN, CODES, Query, queries

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SMALL, LARGE = 10_000, 1_000_000
"""The two sizes between which growth is a goal of issue 3."""
USUAL = (1, 2, 3, 4, 5, 6)
MANY = (7, 8)
OVER = (10, 12)
"""Numbers of codes: those that most ask for, those that are allowed, those that may end in a refusal."""
UNCLEAN = (("rare", 3), ("grave", 3), ("window", 3))
"""Classes without a clean answer nearby, with the codes that are asked for; a goal says how dear they may be."""
BESIDES = (("return", 3), ("none", 2))
"""Classes that are measured and have no goal."""
BUDGET_SECONDS = 2.0
"""The published time budget of a plan."""


class TooLong(Exception):
    """The query was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A register's network, and what it took to open it. Microseconds and bytes are per point."""

    size: int
    network: Network
    build_us: float
    column_bytes: float
    resident_bytes: float
    first_ms: float


@dataclass(slots=True)
class Cell:
    """One class with one number of codes at one size: durations in the order of the queries, and how they ended."""

    kind: str
    codes: int
    size: int
    milliseconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def times(self) -> Times:
        """The quantiles."""
        return times_of(self.milliseconds)


class Cells:
    """Everything measured."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, int, int], Cell] = {}

    def of(self, kind: str, codes: int, size: int) -> Cell:
        """The cell, made when it is not there."""
        return self._cells.setdefault((kind, codes, size), Cell(kind, codes, size))

    def pooled(self, kinds: Iterable[str], codes: Iterable[int], size: int) -> list[float]:
        """The durations of all these cells together; empty where none was measured."""
        wanted_kinds, wanted_codes = set(kinds), set(codes)
        return [
            one
            for cell in self._cells.values()
            if cell.kind in wanted_kinds and cell.codes in wanted_codes and cell.size == size
            for one in cell.milliseconds
        ]

    def quantile(self, share: float, kinds: Iterable[str], codes: Iterable[int], size: int) -> float | None:
        """That quantile of the pool, `None` where it is empty."""
        pool = self.pooled(kinds, codes, size)
        return quantile(pool, share) if pool else None

    def all(self) -> list[Cell]:
        """Every cell, in the order in which they were measured."""
        return list(self._cells.values())


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


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """What runs inside is broken off with `TooLong` after that time."""

    def stop(*_: object) -> None:
        raise TooLong

    earlier = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)


def ask(network: Network, query: Query, limit: float) -> tuple[float, str]:
    """Milliseconds, and how it ended: an outcome, "refused" or "stopped"."""
    begun = time.perf_counter()
    try:
        with stopped_after(limit):
            outcome = answer(network, query).outcome.value
    except ReferralError as fault:
        outcome = f"refused ({fault.code})"
    except TooLong:
        outcome = "stopped"
    return (time.perf_counter() - begun) * 1000, outcome


def measure(opened: Sequence[Opened], cells: Sequence[tuple[str, int]], count: int, limit: float) -> Cells:
    """Every query of every cell, put to every network in turn; which one comes first changes from query to query."""
    found = Cells()
    for kind, codes in cells:
        for number, query in enumerate(queries(kind, codes, count)):
            turn = number % len(opened)
            for one in (*opened[turn:], *opened[:turn]):
                took, outcome = ask(one.network, query, limit)
                cell = found.of(kind, codes, one.size)
                cell.milliseconds.append(took)
                cell.outcomes[outcome] += 1
        print(f"{kind}, {codes} codes: done", file=sys.stderr, flush=True)
    return found


def ratio(above: float | None, below: float | None) -> float | None:
    """One by the other, where both were measured."""
    return None if above is None or not below else above / below


def goals(opened: Sequence[Opened], cells: Cells) -> list[Goal]:
    """Rows 1 to 4 and 7 of the table of issue 3, as far as this run went."""

    def clean(share: float, codes: Iterable[int], size: int) -> float | None:
        return cells.quantile(share, CLEAN, codes, size)

    def unclean(kind: str, codes: int) -> Goal:
        measured = ratio(cells.quantile(0.5, [kind], [codes], LARGE), clean(0.5, [codes], LARGE))
        return at_most(f"10^6, {codes} codes: p50 of `{kind}` / p50 of city and remote", 5, measured)

    told = [
        at_most(
            f"growth, 1-6 codes: {name} at 10^6 / at 10^4",
            goal,
            ratio(clean(share, USUAL, LARGE), clean(share, USUAL, SMALL)),
        )
        for name, share, goal in (("p50", 0.5, 3), ("p99", 0.99, 6))
    ]
    told.append(at_most("10^6, 1-6 codes: p99 / p50", 8, ratio(clean(0.99, USUAL, LARGE), clean(0.5, USUAL, LARGE))))
    told += [
        at_most(f"10^6: p50 of {codes} codes / of 4", 5, ratio(clean(0.5, [codes], LARGE), clean(0.5, [4], LARGE)))
        for codes in MANY
    ]
    told.append(_over_goal(cells))
    told += [unclean(kind, codes) for kind, codes in UNCLEAN]
    large = max(opened, key=lambda one: one.size)
    told.append(at_most(f"bytes a point in the columns, {large.size:,} points", 200, large.column_bytes))
    told.append(at_most(f"build from the database, us a point, {large.size:,} points", 20, large.build_us))
    return told


def _over_goal(cells: Cells) -> Goal:
    """10 and 12 codes end within the budget, by an answer or by a refusal; a third is allowed for what is under way."""
    pool = cells.pooled(CLEAN, OVER, LARGE)
    ended = max(pool) / 1000 if pool else None
    refused = sum(
        count
        for cell in cells.all()
        if cell.codes in OVER and cell.size == LARGE
        for outcome, count in cell.outcomes.items()
        if outcome.startswith("refused")
    )
    what = f"10^6, 10 and 12 codes: longest, seconds ({refused} of {len(pool)} refused)"
    return at_most(what, BUDGET_SECONDS * 4 / 3, ended)


def table_of_sizes(opened: Sequence[Opened]) -> str:
    """What opening took."""
    header = ("points", "build, us a point", "columns, bytes a point", "resident, bytes a point", "first query, ms")
    return table(header, [(o.size, o.build_us, o.column_bytes, max(0.0, o.resident_bytes), o.first_ms) for o in opened])


def table_of_cells(cells: Cells) -> str:
    """Every cell with its quantiles and how its queries ended."""
    header = ("class", "codes", "points", "queries", "p50, ms", "p95", "p99", "longest", "ended in")
    return table(header, [_row(cell) for cell in cells.all()])


def _row(cell: Cell) -> tuple[object, ...]:
    found = cell.times
    ended = ", ".join(f"{outcome} {count}" for outcome, count in sorted(cell.outcomes.items()))
    return cell.kind, cell.codes, cell.size, found.count, found.p50, found.p95, found.p99, found.most, ended


def table_of_growth(cells: Cells, codes: Sequence[int], sizes: Sequence[int]) -> str:
    """City and remote together, by codes: p50 of each size, and growth from each size to the next."""
    steps = list(pairwise(sizes))
    header = ("codes", *(f"p50 at {size:,}, ms" for size in sizes), *(f"{b:,} / {a:,}" for a, b in steps))
    rows = []
    for count in codes:
        middle = {size: cells.quantile(0.5, CLEAN, [count], size) for size in sizes}
        grown = [ratio(middle[b], middle[a]) for a, b in steps]
        rows.append((count, *(one if one is not None else "-" for one in (*middle.values(), *grown))))
    return table(header, rows)


def growth_per_query(cells: Cells, sizes: Sequence[int]) -> str:
    """The mean over queries of the same query's time at one size by its time at the size before."""
    lines = []
    for a, b in pairwise(sizes):
        below, above = (cells.pooled(CLEAN, USUAL, size) for size in (a, b))
        if below and above:
            middle = quantile([y / x for x, y in zip(below, above, strict=True)], 0.5)
            lines.append(f"The same query at {b:,} by its time at {a:,} points, 1-6 codes: median {middle:.2f}.")
    return "\n".join(lines)


def as_plain(opened: Sequence[Opened], cells: Cells) -> Mapping[str, object]:
    """What the JSON file holds besides the goals; `rows` is what `plot.py` draws, in seconds."""
    clean = sorted({(c.codes, c.size) for c in cells.all() if c.kind in CLEAN})
    pools = {key: cells.pooled(CLEAN, [key[0]], key[1]) for key in clean}
    return {
        "rows": [
            {"codes": codes, "points": size, "p50": quantile(pool, 0.5) / 1000, "p99": quantile(pool, 0.99) / 1000}
            for (codes, size), pool in pools.items()
        ],
        "sizes": [
            {"points": o.size, "build_us": o.build_us, "column_bytes": o.column_bytes, "first_ms": o.first_ms,
             "resident_bytes": o.resident_bytes}
            for o in opened
        ],
        "cells": [
            {"kind": c.kind, "codes": c.codes, "points": c.size, "outcomes": dict(c.outcomes),
             "mean": mean(c.milliseconds), "p50": c.times.p50, "p95": c.times.p95, "p99": c.times.p99,
             "longest": c.times.most, "queries": c.times.count}
            for c in cells.all()
        ],
    }  # fmt: skip


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, with the short run filled in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="points of the registers")
    parser.add_argument("--queries", type=int, default=50, help="queries a cell")
    parser.add_argument("--codes", type=int, nargs="+", default=list(CODES), help="codes that people ask for")
    parser.add_argument(
        "--kinds", nargs="+", default=[*CLEAN, *(kind for kind, _ in (*UNCLEAN, *BESIDES))], help="classes"
    )
    parser.add_argument("--limit", type=float, default=30.0, help="seconds after which a query is stopped")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--quick", action="store_true", help="two small registers, few codes and queries")
    parser.add_argument("--json", type=Path, help="a file for `run.py`")
    chosen = parser.parse_args(told)
    if chosen.quick:
        chosen.sizes, chosen.codes, chosen.queries = [1_000, 10_000], [1, 2, 3, 4], min(chosen.queries, 6)
    chosen.sizes.sort()
    return chosen


def main() -> None:
    """Opens the registers, asks, prints Markdown."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as thrown_away:
        opened = [open_at(size, chosen.folder or Path(thrown_away)) for size in chosen.sizes]
        cells = [(kind, codes) for kind in CLEAN if kind in chosen.kinds for codes in chosen.codes]
        cells += [cell for cell in (*UNCLEAN, *BESIDES) if cell[0] in chosen.kinds]
        found = measure(opened, cells, chosen.queries, chosen.limit)
    told = goals(opened, found)
    parts = [
        goals_table(told),
        table_of_sizes(opened),
        table_of_growth(found, chosen.codes, chosen.sizes),
        growth_per_query(found, chosen.sizes),
        table_of_cells(found),
    ]
    print("\n\n".join(part for part in parts if part))
    write_json(chosen.json, "growth", told, **as_plain(opened, found))


if __name__ == "__main__":
    main()
