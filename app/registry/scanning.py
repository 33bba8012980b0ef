"""Very many rows, as the driver gives them: without an object for each, and never all of them at once."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy
from sqlalchemy import ColumnElement
from sqlmodel import Session

from app.domain.batch import BATCH_POINTS, Shared

V = TypeVar("V")
Raw = tuple[Any, ...]
Chosen = sqlalchemy.Select[*tuple[Any, ...]]

ROWS = 500
"""Rows in hand at a time: few, so that they are gone before anybody looks for garbage among them."""
SEPARATOR = "\x1f"
"""Stands between the texts that `in_one` puts together."""
MOST_REMEMBERED = 50_000
"""Values that a `Memo` keeps."""


def scan(session: Session, chosen: Chosen) -> Iterator[Sequence[Raw]]:
    """The rows in pieces, none of them empty, each row a bare tuple: days and moments may be text, flags 0 and 1.

    One scan is to be at its end, or dropped, before the next begins.
    """
    connection = session.connection()
    compiled = chosen.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    bound: Mapping[str, Any] = compiled.construct_params()
    order = getattr(compiled, "positiontup", None)
    # The driver of PostgreSQL keeps all rows of a cursor without a name in memory; a name leaves them at the server.
    cursor = connection.connection.cursor(*(("scan",) if connection.dialect.name == "postgresql" else ()))
    try:
        cursor.execute(compiled.string, tuple(bound[name] for name in order) if order else bound)
        while rows := cursor.fetchmany(ROWS):
            yield rows
    finally:
        cursor.close()


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


def as_text(column: Any) -> ColumnElement[str]:
    """The column as text: ids and JSON documents are not made into objects that nobody looks at."""
    return sqlalchemy.cast(column, sqlalchemy.Text)


def in_one(*columns: Any) -> ColumnElement[str]:
    """Several short texts as one, so that rows which say the same are looked at once; a missing one is ""."""
    together: ColumnElement[str] = sqlalchemy.func.coalesce(columns[0], "")
    for column in columns[1:]:
        together = together + SEPARATOR + sqlalchemy.func.coalesce(column, "")
    return together


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


def day(said: str | date | None) -> date | None:
    """A day that SQLite keeps as ISO text."""
    return date.fromisoformat(said) if isinstance(said, str) else said


def moment(said: str | datetime | None) -> datetime | None:
    """A moment in UTC, which SQLite keeps as text without the offset."""
    if isinstance(said, str):
        return datetime.fromisoformat(said + "+00:00").astimezone(UTC)
    return said.astimezone(UTC) if said is not None else None
