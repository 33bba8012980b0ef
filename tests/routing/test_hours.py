"""Opening hours on other clocks, put together, and asked for the next minute."""

import random
from itertools import pairwise

import numpy as np
import pytest

from app.routing.hours import Hours, each_once, mask_of, shifted, spans_of

ALWAYS = ((0, 10080),)


@pytest.mark.parametrize(
    ("spans", "minutes", "expected"),
    [
        pytest.param([(540, 1020)], 0, [(540, 1020)], id="the same clock"),
        pytest.param([(540, 1020)], 60, [(600, 1080)], id="an hour later"),
        pytest.param([(540, 1020)], -60, [(480, 960)], id="an hour earlier"),
        pytest.param(ALWAYS, 0, ALWAYS, id="always"),
        pytest.param(ALWAYS, 60, ALWAYS, id="always, on whatever clock"),
        pytest.param(ALWAYS, -345, ALWAYS, id="always, earlier"),
        pytest.param([(10000, 10080)], 60, [(0, 60), (10060, 10080)], id="cut at the end of the week"),
        pytest.param([(10000, 10080)], 80, [(0, 80)], id="wholly over the end"),
        pytest.param([(0, 60)], -30, [(0, 30), (10050, 10080)], id="cut at the beginning"),
        pytest.param([(0, 60)], -60, [(10020, 10080)], id="wholly before the beginning"),
        pytest.param([(9960, 10080), (0, 120)], 0, [(0, 120), (9960, 10080)], id="two spans over the end stay two"),
        pytest.param([(0, 120), (9960, 10080)], 120, [(0, 240)], id="a night is joined again"),
        pytest.param([(0, 120), (9960, 10080)], -200, [(9760, 10000)], id="and earlier"),
        pytest.param([(0, 5000), (5000, 10080)], 0, ALWAYS, id="touching spans are one"),
        pytest.param([(60, 10080), (0, 60)], 0, ALWAYS, id="whatever their order"),
        pytest.param([(0, 10000)], 100, [(100, 10080), (0, 20)][::-1], id="long and cut"),
    ],
)
def test_a_schedule_moves_to_the_clock_of_the_person(spans, minutes, expected):
    """Engine 6: sorted, disjoint, cut at the end of the week; 24/7 stays [[0, 10080]]."""
    assert shifted(tuple(spans), minutes) == tuple(expected)


def test_a_moved_schedule_is_open_in_the_same_minutes():
    """Minute by minute, on random weeks."""
    rng = random.Random(3)
    for _ in range(60):
        cuts = sorted(rng.sample(range(0, 10081, 30), 2 * rng.randint(1, 6)))
        spans = list(zip(cuts[::2], cuts[1::2], strict=True))
        by = rng.randint(-900, 900)
        found = shifted(tuple(rng.sample(spans, len(spans))), by)
        open_before = {minute for a, b in spans for minute in range(a, b, 1)}
        open_after = [minute for a, b in found for minute in range(a, b)]
        assert open_after == sorted((minute + by) % 10080 for minute in open_before)
        assert all(b < c for (_, b), (c, _) in pairwise(found)), "touching spans are joined"


def a_week(rng: random.Random) -> tuple[tuple[int, int], ...]:
    cuts = sorted(rng.sample(range(0, 10081, 15), 2 * rng.randint(1, 5)))
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))


def test_whole_hours_are_open_whenever_the_schedule_is():
    """And hardly more: no hour is added that the schedule does not touch."""
    rng = random.Random(5)
    for _ in range(40):
        spans = a_week(rng)
        hours = {hour for begin, end in spans_of(mask_of(spans).tobytes()) for hour in range(begin // 60, end // 60)}
        assert hours == {minute // 60 for begin, end in spans for minute in range(begin, end)}


def test_hours_of_several_are_those_of_any_of_them():
    """Whoever asks for the next minute is told none that is later than that of the one asked."""
    rng = random.Random(6)
    for _ in range(20):
        weeks = [a_week(rng) for _ in range(4)]
        together = spans_of(np.bitwise_or.reduce([mask_of(week) for week in weeks]).tobytes())
        minutes = np.array(rng.sample(range(30_000), 50))
        several = [Hours([week], 77).next_open(minutes, np.zeros_like(minutes)) for week in weeks]
        assert (Hours([together], 77).next_open(minutes, np.zeros_like(minutes)) <= np.min(several, axis=0)).all()


def test_who_is_never_open_is_taken_for_always_open():
    """A gate says that nobody comes there; a bound need not."""
    assert spans_of(mask_of(()).tobytes()) == ALWAYS


def test_masks_are_kept_once():
    masks = np.array([mask_of(((0, 60),)), mask_of(((60, 120),)), mask_of(((0, 60),))])
    once, at = each_once(masks)
    assert len(once) == 2
    assert (once[at] == masks).all()
