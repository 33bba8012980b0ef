"""Durations of queries of which some did not end: what is known of their quantiles, and of ratios of these.

A query that was refused or stopped would have taken at least as long as it was given. So a quantile is known within
bounds, and they are one where enough queries ended. A goal is met only by figures that are exact; it may be missed by
bounds, when the least that the ratio can be is too much; else nothing is shown.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.measure import Goal, at_most, quantile, shown

STOPPED = "stopped"
"""The query was broken off from outside: the engine did not heed its budget."""
OVER_BUDGET = "refused (over-budget)"
"""The engine gave the query up: the typed refusal that callers get."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one query took, and how it ended: an outcome of a plan, "refused (why)" or "stopped"."""

    milliseconds: float
    outcome: str

    @property
    def has_ended(self) -> bool:
        """Whether there was a plan; else the duration is a lower bound."""
        return self.outcome != STOPPED and not self.outcome.startswith("refused")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a quantile: `least` and `most` (maybe infinite). `stopped` of `count` queries did not end."""

    least: float
    most: float
    stopped: int
    count: int

    @property
    def is_exact(self) -> bool:
        """Whether the queries that did not end leave this quantile as it is."""
        return self.least == self.most

    def __str__(self) -> str:
        return shown(float(self.least)) if self.is_exact else f"≥ {shown(float(self.least))}"


@dataclass(slots=True)
class Cell:
    """One class with one number of codes at one size: its queries in the order in which they were asked."""

    kind: str
    codes: int
    size: int
    timings: list[Timing] = field(default_factory=list)

    @property
    def outcomes(self) -> Counter[str]:
        """How its queries ended."""
        return Counter(one.outcome for one in self.timings)


class Cells:
    """Everything measured."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, int, int], Cell] = {}

    def of(self, kind: str, codes: int, size: int) -> Cell:
        """The cell, made when it is not there."""
        return self._cells.setdefault((kind, codes, size), Cell(kind, codes, size))

    def pooled(self, kinds: Iterable[str], codes: Iterable[int], size: int) -> list[Timing]:
        """The queries of all these cells together, in the same order at every size; empty where none was measured."""
        wanted_kinds, wanted_codes = set(kinds), set(codes)
        return [
            one
            for cell in sorted(self._cells.values(), key=lambda cell: (cell.kind, cell.codes))
            if cell.kind in wanted_kinds and cell.codes in wanted_codes and cell.size == size
            for one in cell.timings
        ]

    def quantile(self, share: float, kinds: Iterable[str], codes: Iterable[int], size: int) -> Bounds | None:
        """That quantile of the pool, `None` where it is empty."""
        pool = self.pooled(kinds, codes, size)
        return bounds(pool, share) if pool else None

    def all(self) -> list[Cell]:
        """Every cell, in the order in which they were measured."""
        return list(self._cells.values())


def bounds(timings: Iterable[Timing], share: float) -> Bounds:
    """What is known of that quantile.

    Raises:
        ValueError: There are no timings.
    """
    pool = list(timings)
    most = [one.milliseconds if one.has_ended else math.inf for one in pool]
    least = quantile((one.milliseconds for one in pool), share)
    return Bounds(least, quantile(most, share), sum(map(math.isinf, most)), len(pool))


def ratio(above: Bounds | None, below: Bounds | None) -> float | None:
    """One by the other where both are exact, else `None`."""
    exact = above is not None and below is not None and above.is_exact and below.is_exact
    return above.least / below.least if exact and below.least else None


def least_ratio(above: Bounds, below: Bounds) -> float:
    """What one by the other is at least; 0 where nothing is known."""
    return above.least / below.most


def ratio_at_most(what: str, limit: float, above: Bounds | None, below: Bounds | None) -> Goal:
    """The goal that a ratio is at most so much; `met` is `None` where it was not measured or can not be shown."""
    if above is None or below is None:
        return at_most(what, limit, None)
    exact = ratio(above, below)
    if exact is not None:
        return at_most(what, limit, exact)
    parts = dict.fromkeys(f"{one.stopped} of {one.count}" for one in (above, below) if not one.is_exact)
    rests_on = " and ".join(parts) + " stopped"
    least = least_ratio(above, below)
    missed = least > limit
    measured = f"{shown(float(least))} or more: {rests_on}" if missed else f"not shown: {rests_on}"
    return Goal(what=what, goal=f"<= {limit:g}", measured=measured, met=False if missed else None)
