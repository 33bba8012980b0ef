"""The lists that services have: hours, languages, accessibility, documents. Most rows of a register are their entries.

However many services have the same list, it is made once. An entry comes as one number or text that begins with its
position, so that the rows of a list may come in any order.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import compress, pairwise
from operator import ne
from typing import Any, Generic, TypeVar

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, case, cast
from sqlmodel import Session, col

from app.domain.profile import AccessNeed, Document
from app.registry.scanning import Memo, as_text, scan
from app.registry.tables import AccessibilityRow, LanguageRow, RequiredDocumentRow, ScheduleRow

L = TypeVar("L")
T = TypeVar("T")
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
    place = col(LanguageRow.position) * 2 + case((col(LanguageRow.interpreted), 1), else_=0)

    def both(entries: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        placed = sorted(map(_placed, entries))
        return tuple(code for at, code in placed if not at % 2), tuple(code for at, code in placed if at % 2)

    return lists_in(session, LanguageRow.service_id, as_text(place) + col(LanguageRow.code), numbers, both)


def needs_in(session: Session, numbers: Numbers) -> Lists[tuple[AccessNeed, ...]]:
    """The access needs that the location of each service meets."""
    entry = as_text(AccessibilityRow.position) + col(AccessibilityRow.need)
    return lists_in(session, AccessibilityRow.service_id, entry, numbers, partial(_in_order, AccessNeed))


def documents_in(session: Session, numbers: Numbers) -> Lists[tuple[Document, ...]]:
    """The documents that each service asks for."""
    entry = as_text(RequiredDocumentRow.position) + col(RequiredDocumentRow.document)
    return lists_in(session, RequiredDocumentRow.service_id, entry, numbers, partial(_in_order, Document))


def _placed(entry: str) -> tuple[int, str]:
    """A number and the text behind it, which begins with no digit."""
    text = entry.lstrip("0123456789")
    return int(entry.removesuffix(text)), text


def _in_order(kind: Callable[[str], T], entries: Iterable[str]) -> tuple[T, ...]:
    return tuple(kind(text) for _, text in sorted(map(_placed, entries)))


def lists_in(
    session: Session, owner: Any, entry: ColumnElement[Any], numbers: Numbers, read: Callable[[Iterable[Any]], L]
) -> Lists[L]:
    """What `read` makes of the entries of each owner, given in any order; `owner` is the column with its id.

    Rows of one owner mostly follow each other; where they do not, a list grows with each piece that is found.
    """
    at = array("i", [0]) * len(numbers)
    found: list[tuple[Any, ...]] = [()]

    def place(entries: tuple[Any, ...]) -> int:
        found.append(entries)
        return len(found) - 1

    places = Memo(place)
    for rows in scan(session, sqlalchemy.select(as_text(owner), entry)):
        owners, entries = zip(*rows, strict=True)
        cuts = compress(range(1, len(rows)), map(ne, owners, owners[1:]))
        for begin, end in pairwise((0, *cuts, len(rows))):
            number = numbers.get(owners[begin])
            if number is not None:
                piece = entries[begin:end]
                at[number] = places[found[at[number]] + piece if at[number] else piece]
    return Lists(at, tuple(map(read, found)))
