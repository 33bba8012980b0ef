"""Quantiles, sizes and goals: small things, but every figure passes through them."""

import numpy as np
import pytest

from benchmarks.measure import at_most, bytes_of, goals_table, quantile, table, times_of


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_quantile_is_one_of_the_values(share, expected):
    assert quantile(range(100, 0, -1), share) == expected


def test_the_quantiles_of_one_value_are_that_value():
    found = times_of([7.0])

    assert (found.p50, found.p95, found.p99, found.most, found.count) == (7.0, 7.0, 7.0, 7.0, 1)


def test_nothing_has_no_quantile():
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_what_is_held_twice_is_counted_once():
    numbers = np.zeros(1000, dtype=np.int64)

    assert 8000 <= bytes_of((numbers, numbers, numbers[10:])) < 9000


def test_a_goal_is_met_at_its_limit_and_not_beyond():
    met, missed, unknown = at_most("a", 3, 3.0), at_most("b", 3, 3.01), at_most("c", 3, None)

    assert (met.met, missed.met, unknown.met) == (True, False, None)
    assert "PASS" in goals_table([met]) and "FAIL" in goals_table([missed])


def test_a_table_shows_as_many_digits_as_count():
    assert table(("x",), [(1234.5,), (12.34,), (0.123,), (1000,)]).splitlines()[2:] == [
        "| 1,234 |", "| 12.3 |", "| 0.12 |", "| 1,000 |",
    ]  # fmt: skip
