"""Weekly opening hours of HSDS schedules, when they say nothing else than hours of every week."""

import re
from collections.abc import Iterable

from app.registry.exchange.account import Row
from app.registry.exchange.gathered import text

Spans = tuple[tuple[int, int], ...]

_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?")
_LIMITING = ("valid_from", "valid_to", "dtstart", "until", "count", "bymonthday", "byweekno", "byyearday")


def weekly(rows: Iterable[Row]) -> Spans | None:
    """The minutes of the week that these rows name together, sorted and disjoint; `None` when one of them is not plain.

    Half of the hours would say that a door is closed that may be open, so it is all or nothing.
    """
    spans: list[tuple[int, int]] = []
    for row in rows:
        found = _spans(row)
        if found is None:
            return None
        spans += found
    return _joined(spans) if spans else None


def _spans(row: Row) -> list[tuple[int, int]] | None:
    days = _days(text(row, "byday", "weekday"))
    opens, closes = _minute(text(row, "opens_at")), _minute(text(row, "closes_at"))
    is_weekly = text(row, "freq").upper() in ("", "WEEKLY") and text(row, "interval") in ("", "1")
    if not days or opens is None or closes is None or not is_weekly or any(text(row, name) for name in _LIMITING):
        return None
    if opens == closes and opens:
        return None
    if closes in (_DAY_MINUTES - 1, 0):
        closes = _DAY_MINUTES
    found = []
    for day in days:
        start = day * _DAY_MINUTES + opens
        end = day * _DAY_MINUTES + closes + (0 if closes > opens else _DAY_MINUTES)
        found += [(start, end)] if end <= _WEEK_MINUTES else [(start, _WEEK_MINUTES), (0, end - _WEEK_MINUTES)]
    return found


def _days(said: str) -> list[int]:
    """Numbers of the days, Monday 0; empty when one of them is no plain day of the week."""
    found = []
    for part in re.split(r"[,;\s]+", said.strip().lower()):
        if part.isdecimal() and 1 <= int(part) <= 7:
            found.append(int(part) - 1)
        elif part[:2] in _DAYS and (len(part) == 2 or part.isalpha()):
            found.append(_DAYS.index(part[:2]))
        else:
            return []
    return sorted(set(found))


def _minute(said: str) -> int | None:
    match = _CLOCK.fullmatch(said)
    if match is None:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= _DAY_MINUTES else None


def _joined(spans: list[tuple[int, int]]) -> Spans:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
