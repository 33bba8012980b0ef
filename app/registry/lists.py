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

from app.domain.profile import AccessNeed, Document
from app.registry.lookup import Looking
from app.registry.scanning import Memo, as_text, scan

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


_HOURS = f"""
    select {as_text("service_id")},
        (cast(position as bigint) * {_SIXTEEN_BITS} + from_minute) * {_SIXTEEN_BITS} + to_minute
    from schedule
    """
_PLACE = as_text("position * 2 + case when interpreted then 1 else 0 end")
_LANGUAGES = f"select {as_text('service_id')}, {_PLACE} || code from language"
_NEEDS = f"select {as_text('service_id')}, {as_text('position')} || need from accessibility"
_DOCUMENTS = f"select {as_text('service_id')}, {as_text('position')} || document from required_document"


def hours_in(looking: Looking, numbers: Numbers) -> Lists[tuple[tuple[int, int], ...]]:
    """The weekly spans of each service."""

    def spans(entries: Iterable[int]) -> tuple[tuple[int, int], ...]:
        return tuple(((entry // _SIXTEEN_BITS) % _SIXTEEN_BITS, entry % _SIXTEEN_BITS) for entry in sorted(entries))

    return lists_in(looking, _HOURS, numbers, spans)


def languages_in(looking: Looking, numbers: Numbers) -> Lists[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(spoken by staff, offered through an interpreter) of each service."""

    def both(entries: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        placed = sorted(map(_placed, entries))
        return tuple(code for at, code in placed if not at % 2), tuple(code for at, code in placed if at % 2)

    return lists_in(looking, _LANGUAGES, numbers, both)


def needs_in(looking: Looking, numbers: Numbers) -> Lists[tuple[AccessNeed, ...]]:
    """The access needs that the location of each service meets."""
    return lists_in(looking, _NEEDS, numbers, partial(_in_order, AccessNeed))


def documents_in(looking: Looking, numbers: Numbers) -> Lists[tuple[Document, ...]]:
    """The documents that each service asks for."""
    return lists_in(looking, _DOCUMENTS, numbers, partial(_in_order, Document))


def _placed(entry: str) -> tuple[int, str]:
    """A number and the text behind it, which begins with no digit."""
    text = entry.lstrip("0123456789")
    return int(entry.removesuffix(text)), text


def _in_order(kind: Callable[[str], T], entries: Iterable[str]) -> tuple[T, ...]:
    return tuple(kind(text) for _, text in sorted(map(_placed, entries)))


def lists_in(looking: Looking, text: str, numbers: Numbers, read: Callable[[Iterable[Any]], L]) -> Lists[L]:
    """What `read` makes of the entries of each owner, given in any order; `text` selects ids of owners and entries.

    Rows of one owner mostly follow each other; where they do not, a list grows with each piece that is found.
    """
    at = array("i", [0]) * len(numbers)
    found: list[tuple[Any, ...]] = [()]

    def place(entries: tuple[Any, ...]) -> int:
        found.append(entries)
        return len(found) - 1

    places = Memo(place)
    for rows in scan(looking, text):
        owners, entries = zip(*rows, strict=True)
        cuts = compress(range(1, len(rows)), map(ne, owners, owners[1:]))
        for begin, end in pairwise((0, *cuts, len(rows))):
            number = numbers.get(owners[begin])
            if number is not None:
                piece = entries[begin:end]
                at[number] = places[found[at[number]] + piece if at[number] else piece]
    return Lists(at, tuple(map(read, found)))
