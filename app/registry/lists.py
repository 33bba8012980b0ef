"""The lists that services have: hours, languages, accessibility, documents. Most rows of a register are their entries.

However many services have the same list, it is made once. An entry comes as one number or one text with its position
in front, so that the rows of a list may come in any order.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, case, cast
from sqlmodel import Session, col

from app.domain.profile import AccessNeed, Document
from app.registry.scanning import as_text, scan
from app.registry.tables import AccessibilityRow, LanguageRow, RequiredDocumentRow, ScheduleRow

L = TypeVar("L")
Numbers = Mapping[str, int]
"""The number of each service, by its id as text."""

_SIXTEEN_BITS = 1 << 16
"""More than a week has minutes."""


@dataclass(frozen=True, slots=True)
class Lists(Generic[L]):
    """One list for each service, as its place among the lists that occur; the first is the empty one."""

    at: "array[int]"
    lists: tuple[L, ...]

    def of(self, number: int) -> L:
        """The list of the service with that number."""
        return self.lists[self.at[number]]


def hours_in(session: Session, numbers: Numbers) -> Lists[tuple[tuple[int, int], ...]]:
    """The weekly spans of each service."""
    position, start, end = ScheduleRow.position, ScheduleRow.from_minute, ScheduleRow.to_minute
    entry = (cast(position, BigInteger) * _SIXTEEN_BITS + col(start)) * _SIXTEEN_BITS + col(end)

    def spans(entries: Iterable[int]) -> tuple[tuple[int, int], ...]:
        return tuple(((entry // _SIXTEEN_BITS) % _SIXTEEN_BITS, entry % _SIXTEEN_BITS) for entry in sorted(entries))

    return lists_in(session, ScheduleRow.service_id, entry, numbers, spans)


def languages_in(session: Session, numbers: Numbers) -> Lists[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(spoken by staff, offered through an interpreter) of each service."""
    kind = case((col(LanguageRow.interpreted), "i"), else_="s")
    entry = as_text(LanguageRow.position) + ":" + kind + col(LanguageRow.code)

    def both(entries: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        texts = _in_order(entries)
        return tuple(t[1:] for t in texts if t[0] == "s"), tuple(t[1:] for t in texts if t[0] == "i")

    return lists_in(session, LanguageRow.service_id, entry, numbers, both)


def needs_in(session: Session, numbers: Numbers) -> Lists[tuple[AccessNeed, ...]]:
    """The access needs that the location of each service meets."""
    entry = as_text(AccessibilityRow.position) + ":" + col(AccessibilityRow.need)
    return lists_in(
        session, AccessibilityRow.service_id, entry, numbers, lambda found: tuple(map(AccessNeed, _in_order(found)))
    )


def documents_in(session: Session, numbers: Numbers) -> Lists[tuple[Document, ...]]:
    """The documents that each service asks for."""
    entry = as_text(RequiredDocumentRow.position) + ":" + col(RequiredDocumentRow.document)
    return lists_in(
        session, RequiredDocumentRow.service_id, entry, numbers, lambda found: tuple(map(Document, _in_order(found)))
    )


def _in_order(entries: Iterable[str]) -> list[str]:
    """The texts behind "position:", by position."""
    placed = sorted((int(position), text) for position, _, text in (entry.partition(":") for entry in entries))
    return [text for _, text in placed]


def lists_in(
    session: Session, owner: Any, entry: ColumnElement[Any], numbers: Numbers, read: Callable[[Iterable[Any]], L]
) -> Lists[L]:
    """What `read` makes of the entries of each owner; `owner` is the column with its id.

    Rows of one owner mostly follow each other; where they do not, a list grows with each piece that is found.
    """
    at = array("i", [0]) * len(numbers)
    found: list[tuple[Any, ...]] = [()]
    places: dict[tuple[Any, ...], int] = {(): 0}
    for rows in scan(session, sqlalchemy.select(as_text(owner), entry)):
        owners, entries = zip(*rows, strict=True)
        cuts = [place for place, (one, next_one) in enumerate(pairwise(owners), 1) if one != next_one]
        for begin, end in pairwise((0, *cuts, len(rows))):
            number = numbers.get(owners[begin])
            if number is not None:
                together = found[at[number]] + entries[begin:end]
                if together not in places:
                    places[together] = len(found)
                    found.append(together)
                at[number] = places[together]
    return Lists(at, tuple(map(read, found)))
