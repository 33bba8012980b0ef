"""Very many rows, as the driver gives them: without an object for each, and never all of them at once."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, Generic, TypeVar

from app.domain.batch import BATCH_POINTS, Shared
from app.registry.lookup import Looking

V = TypeVar("V")
Raw = tuple[Any, ...]

ROWS = 500
"""Rows in hand at a time: few, so that they are gone before anybody looks for garbage among them."""
SEPARATOR = "\x1f"
"""Stands between the texts that `in_one` puts together."""
MOST_REMEMBERED = 50_000
"""Values that a `Memo` keeps."""


def scan(looking: Looking, text: str) -> Iterator[Sequence[Raw]]:
    """The rows of that statement in pieces, none empty, each row a bare tuple: days and moments may be text.

    One scan is to be at its end, or dropped, before the next begins.
    """
    return looking.pieces(text, ROWS)


def in_columns(pieces: Iterable[Sequence[Raw]]) -> Iterator[list[list[Any]]]:
    """The rows of many pieces as columns, together; no row is kept, since to keep them is to keep many objects."""
    columns: list[list[Any]] = []
    for rows in pieces:
        columns = columns or [[] for _ in rows[0]]
        for column, found in zip(columns, zip(*rows, strict=True), strict=True):
            column += found
        if len(columns[0]) >= BATCH_POINTS:
            yield columns
            columns = []
    if columns:
        yield columns


def known_only(columns: Sequence[list[Any]], known: Mapping[str, Any]) -> Sequence[list[Any]]:
    """The columns without the rows whose first value is not known; they are mostly all there."""
    if known.keys() >= set(columns[0]):
        return columns
    here = [first in known for first in columns[0]]
    return [list(compress(column, here)) for column in columns]


def in_pieces(things: Sequence[V], most: int) -> Iterator[Sequence[V]]:
    """The things in their order, at most so many at a time."""
    return (things[start : start + most] for start in range(0, len(things), most))


def as_text(column: str) -> str:
    """The column as text: ids and JSON documents are not made into objects that nobody looks at."""
    return f"cast({column} as text)"


def in_one(*columns: str) -> str:
    """Several short texts as one, so that rows which say the same are looked at once; a missing one is ""."""
    return f" || '{SEPARATOR}' || ".join(f"coalesce({column}, '')" for column in columns)


class Memo(dict[Any, V], Generic[V]):
    """Values that were made from what rows say, each made once; all are forgotten when there are too many."""

    def __init__(self, make: Callable[[Any], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, said: Any) -> V:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[said] = value = self._make(said)
        return value


class Numbered(dict[Any, int], Generic[V]):
    """The number of each value that rows speak of, and `values` by their numbers."""

    def __init__(self, make: Callable[[Any], V]) -> None:
        super().__init__()
        self._make = make
        self.made: list[V] = []

    def __missing__(self, said: Any) -> int:
        self[said] = number = len(self)
        self.made.append(self._make(said))
        return number

    def shared(self, said: Iterable[Any]) -> Shared[V]:
        """The value of each."""
        return self.over(array("i", map(self.__getitem__, said)))

    def over(self, at: "array[int]") -> Shared[V]:
        """The value of each number."""
        return Shared(self.made, at)
