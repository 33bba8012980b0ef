"""Light readings: what every request reads, in plain SQL on a bare connection, the same text for both databases.

Only words are bound, never written into the text. Columns that a driver may give as text (days, instants, flags,
documents) are told how to become values; a value of the right kind stays what it is.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from app.registry.driver import BUSY_MILLISECONDS

Decode = Callable[[Any], Any]


class Cursor(Protocol):
    """What both drivers give."""

    def execute(self, text: str, words: Sequence[Any], /) -> Any:
        """Runs one statement."""

    def fetchall(self) -> list[Any]:
        """Every row of it."""

    def close(self) -> Any:
        """Gives it back."""


class Bare(Protocol):
    """A connection of a driver."""

    @property
    def cursor(self) -> Callable[..., Any]:
        """Makes a cursor on it; one with a name PostgreSQL keeps at the server."""

    def commit(self) -> Any:
        """Keeps what was changed."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One statement. `{words}` in its text stands for the list of words; `decoders` has one entry a column, `None` for
    columns that need none."""

    text: str
    decoders: tuple[Decode | None, ...] = ()


class Looking:
    """A bare connection that is looked through. `mark` is how its driver writes a bound word, `?` or `%s`."""

    def __init__(self, connection: Bare, mark: str) -> None:
        self._connection = connection
        self._mark = mark

    def rows(self, lookup: Lookup, words: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of the statement for these words, in its order."""
        cursor: Cursor = self._connection.cursor()
        try:
            cursor.execute(_text(lookup.text, self._mark, len(words)), tuple(words))
            found = cursor.fetchall()
        finally:
            cursor.close()
        if not lookup.decoders:
            return found
        return [
            tuple(decode(value) if decode else value for value, decode in zip(row, lookup.decoders, strict=True))
            for row in found
        ]

    def found(self, text: str, words: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Every row of a statement in whose text each `{word}` is bound, in its order; none of them decoded."""
        return self.rows(Lookup(text.replace("{word}", self._mark)), words)

    def id_word(self, record: UUID) -> Any:
        """The id as the database binds it."""
        return record if self._mark == "%s" else record.hex

    def moment_word(self, moment: datetime) -> Any:
        """The aware moment as the database binds it."""
        in_utc = moment.astimezone(UTC)
        return in_utc if self._mark == "%s" else in_utc.strftime("%Y-%m-%d %H:%M:%S.%f")

    def asked(self, text: str, words: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of a statement that was put together for this question; each `{word}` of it is bound in its order.

        The text itself holds no per cent sign, which the driver of PostgreSQL would take for a mark.
        """
        cursor: Cursor = self._connection.cursor()
        try:
            cursor.execute(text.replace("{word}", self._mark), tuple(words))
            return cursor.fetchall()
        finally:
            cursor.close()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite; else it is PostgreSQL."""
        return self._mark == "?"

    def pieces(self, text: str, rows: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of the statement, at most so many at a time, none of them decoded; never all of them in memory."""
        # The driver of PostgreSQL keeps all rows of a cursor without a name; a name leaves them at the server.
        cursor = self._connection.cursor(*(("pieces",) if self._mark == "%s" else ()))
        try:
            cursor.execute(text)
            while found := cursor.fetchmany(rows):
                yield found
        finally:
            cursor.close()

    def note(self, text: str, words: Sequence[Any]) -> None:
        """One small change, committed at once. Each `{word}` of the text is bound, in its order.

        On SQLite, where a writer waits for every other one, this one gives up at once: what is noted can wait.
        """
        cursor: Cursor = self._connection.cursor()
        try:
            if self._mark == "?":
                cursor.execute("pragma busy_timeout = 20", ())
            cursor.execute(text.replace("{word}", self._mark), tuple(words))
        finally:
            if self._mark == "?":
                cursor.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}", ())
            cursor.close()
        self._connection.commit()


@cache
def _text(text: str, mark: str, number: int) -> str:
    return text.replace("{words}", ", ".join([mark] * number))


def day(value: str | date | None) -> date | None:
    """A day that SQLite keeps as ISO text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def instant(value: str | datetime | None) -> datetime | None:
    """A moment in UTC; SQLite keeps it without the offset."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if value is not None else None


def document(value: Any) -> Any:
    """A JSON document that SQLite keeps as text."""
    return json.loads(value) if isinstance(value, str) else value
