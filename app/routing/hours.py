"""Opening hours: spans of the week on some clock, moved to another, asked for the next minute, and put together."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.routing.problem import WEEK, Spans

Ints = NDArray[np.int64]
Masks = NDArray[np.uint8]
"""Hours of the week in which somebody may be open, a bit for each, 21 bytes a row."""
OFFICE_HOURS: Spans = tuple((day * 1440 + 540, day * 1440 + 1020) for day in range(5))
"""What an unknown schedule is taken for: Monday to Friday, 09:00 to 17:00 (engine, section 3)."""
_HOUR = 60


class Hours:
    """The weekly schedules of a field, laid end to end, so that all points are asked at once."""

    def __init__(self, schedules: Sequence[Spans], week_minute: int) -> None:
        self._week_minute = week_minute
        begins, ends = list[int](), list[int]()
        for number, spans in enumerate(schedules):
            begins += [begin for begin, _ in spans] + [spans[0][0] + WEEK]
            ends += [number * 2 * WEEK + end for _, end in spans] + [(number + 1) * 2 * WEEK - 1]
        self._begins, self._ends = np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)

    def next_open(self, minutes: Ints, schedules: Ints) -> Ints:
        """For each of these schedules, by number, the first minute, that one or later, at which it is open."""
        at = (minutes + self._week_minute) % WEEK
        begins = self._begins[self._ends.searchsorted(at + schedules * (2 * WEEK), side="right")]
        found: Ints = minutes + np.maximum(0, begins - at)
        return found


@lru_cache(maxsize=4_096)
def shifted(spans: Spans, minutes: int) -> Spans:
    """The same spans of the week, later by that many minutes; cut at the end of the week, joined where they touch."""
    cut: list[tuple[int, int]] = []
    for begin, end in spans:
        start = (begin + minutes) % WEEK
        length = end - begin
        cut.append((start, min(WEEK, start + length)))
        if start + length > WEEK:
            cut.append((0, start + length - WEEK))
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(cut):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def mask_of(spans: Spans) -> Masks:
    """The hours of the week that such a schedule touches; all where it is never open, which is for a gate to say."""
    hours = np.zeros(WEEK // _HOUR, dtype=np.bool_)
    for begin, end in spans:
        hours[np.arange(begin // _HOUR, -(-end // _HOUR)) % len(hours)] = True
    return np.packbits(hours if hours.any() else ~hours)


@lru_cache(maxsize=65_536)
def spans_of(mask: bytes) -> Spans:
    """The hours of a mask as spans of minutes of the week, sorted and apart."""
    hours, found, at = np.unpackbits(np.frombuffer(mask, dtype=np.uint8)).tolist(), list[tuple[int, int]](), 0
    for is_open, some in groupby(hours):
        length = len(list(some))
        found += [(at * _HOUR, (at + length) * _HOUR)] if is_open else []
        at += length
    return tuple(found)


def each_once(masks: Masks) -> tuple[Masks, Ints]:
    """Each mask once, and where each of the given ones stands among them."""
    words = np.zeros((len(masks), 3), dtype=np.int64)
    words.view(np.uint8).reshape(len(masks), 24)[:, : masks.shape[1]] = masks
    order = np.lexsort(words.T)
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (words[order][1:] != words[order][:-1]).any(axis=1)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(fresh) - 1
    return masks[order[fresh]], number
