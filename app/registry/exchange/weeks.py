"""Opening hours of a week as HSDS schedules: one object for all days with the same hours."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from app.registry.exchange.ids import part_id, record_id

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_MINUTES = 24 * 60

Span = tuple[int, int]
"""[from, to) in minutes, of a week or of a day."""


def schedules(slug: str, weekly: tuple[Span, ...]) -> list[dict[str, Any]]:
    """The schedules of that service, by first day and hour; spans over midnight are parted at it.

    HSDS knows no 24:00, so what is open until midnight closes at 23:59, as its documentation does for whole days. The
    exact minutes stand beside them under `weekly`.
    """
    days: defaultdict[Span, list[int]] = defaultdict(list)
    for span in weekly:
        for day, hours in _by_day(span):
            days[hours].append(day)
    ordered = sorted(days.items(), key=lambda found: (found[1][0], found[0]))
    return [
        {
            "id": part_id("schedule", slug, number),
            "service_id": record_id("service", slug),
            "freq": "WEEKLY",
            "wkst": "MO",
            "byday": ",".join(DAYS[day] for day in found),
            "opens_at": _clock(opens),
            "closes_at": _clock(min(closes, DAY_MINUTES - 1)),
        }
        for number, ((opens, closes), found) in enumerate(ordered)
    ]


def _by_day(span: Span) -> Iterator[tuple[int, Span]]:
    """The day of the week, Monday is 0, and the minutes of that day, for each day that the span touches."""
    start, end = span
    while start < end:
        day, minute = divmod(start, DAY_MINUTES)
        closes = min(end - day * DAY_MINUTES, DAY_MINUTES)
        yield day, (minute, closes)
        start = (day + 1) * DAY_MINUTES


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"
