"""Figures with queries in them that did not end: bounds are told as bounds, and no goal is met by accident."""

import math

import pytest

from benchmarks.cells import OVER_BUDGET, STOPPED, Cells, Timing, bounds, ratio_at_most


def timings(*milliseconds: float, refused: int = 0, at: float = 2000.0) -> list[Timing]:
    return [Timing(one, "routes") for one in milliseconds] + [Timing(at, OVER_BUDGET)] * refused


def test_a_quantile_is_exact_where_enough_queries_ended():
    """What did not end lies above the median, wherever it would have ended."""
    pool = timings(*range(1, 100), refused=1)

    assert bounds(pool, 0.5).is_exact and bounds(pool, 0.5).least == 50
    assert bounds(pool, 0.99).is_exact and bounds(pool, 0.99).least == 99
    assert bounds(pool, 1.0).most == math.inf and str(bounds(pool, 1.0)) == "≥ 2,000"


def test_a_query_that_was_stopped_early_may_lie_anywhere_above():
    """Not every query is stopped after the same time: 5 ms and more may be the greatest of all."""
    pool = [*timings(1, 2, 10), Timing(5, STOPPED)]

    assert (bounds(pool, 0.5).least, bounds(pool, 0.5).most) == (2, 2)
    assert (bounds(pool, 0.75).least, bounds(pool, 0.75).most) == (5, 10)
    assert (bounds(pool, 0.75).stopped, bounds(pool, 0.75).count) == (1, 4)


@pytest.mark.parametrize(
    ("above", "below", "measured", "met"),
    [
        (timings(5, 5, 5), timings(2, 2, 2), "2.50", True),
        (timings(7, 7, 7), timings(2, 2, 2), "3.50", False),
        (timings(5, 5, 5, refused=2), timings(2, 2, 2), "2.50", True),
        (timings(5, refused=2, at=8), timings(2, 2, 2), "4.00 or more: 2 of 3 stopped", False),
        (timings(5, refused=2, at=5), timings(2, 2, 2), "not shown: 2 of 3 stopped", None),
        (timings(9, 9, 9), timings(2, refused=2), "not shown: 2 of 3 stopped", None),
        (timings(5, refused=2), timings(2, refused=3), "not shown: 2 of 3 and 3 of 4 stopped", None),
    ],
)
def test_a_goal_is_met_by_exact_figures_and_may_be_missed_by_bounds(above, below, measured, met):
    goal = ratio_at_most("growth", 3, bounds(above, 0.5), bounds(below, 0.5))

    assert (goal.measured, goal.met) == (measured, met)


def test_nothing_measured_is_neither_met_nor_missed():
    assert ratio_at_most("growth", 3, None, bounds(timings(1), 0.5)).met is None


def test_pools_have_the_same_queries_in_the_same_order_at_every_size():
    """Whichever size was asked first."""
    cells = Cells()
    for kind, size in (("remote", 1), ("city", 2), ("city", 1), ("remote", 2)):
        cells.of(kind, 3, size).timings.append(Timing(float(ord(kind[0])), "routes"))

    assert [one.milliseconds for one in cells.pooled(("city", "remote"), [3], 1)] == [99.0, 114.0]
    assert cells.pooled(("city", "remote"), [3], 1) == cells.pooled(("city", "remote"), [3], 2)
    assert cells.quantile(0.5, ["city"], [4], 1) is None
