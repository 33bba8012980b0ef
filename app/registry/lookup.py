"""Light readings: what every request reads, compiled once a database and run on a bare connection of the pool.

A session costs ten times such a reading. Statements are still written with the tables of `tables`; only the words that
are looked for change from one time to the next, and they are always bound, never written into the text.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Engine, Select, String, bindparam
from sqlalchemy.engine.interfaces import DBAPIConnection

Rows = Select[*tuple[Any, ...]]
Statement = Callable[[Sequence[ColumnElement[str]]], Rows]
"""Makes the statement for as many words as are given."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One statement over a list of words, which may be empty; `statement` gets one bound parameter a word."""

    statement: Statement
    _ready: dict[tuple[str, int], "_Ready"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def ready(self, dialect: Dialect, number: int) -> "_Ready":
        """The statement for that many words, as this kind of database takes it."""
        found = self._ready.get((dialect.name, number))
        if found is None:
            names = [f"word_{index}" for index in range(number)]
            found = _compiled(self.statement([bindparam(name, type_=String()) for name in names]), dialect)
            self._ready[dialect.name, number] = found
        return found


@dataclass(frozen=True, slots=True)
class _Ready:
    """The text of a statement, and what makes values of its raw columns (`None`: they are values already)."""

    text: str
    order: tuple[int, ...] | None
    """Which word stands at which place; `None` where the driver takes parameters by name."""
    decoders: tuple[Callable[[Any], Any] | None, ...]

    def parameters(self, words: Sequence[str]) -> Any:
        """The words as the driver takes them."""
        if self.order is None:
            return {f"word_{index}": word for index, word in enumerate(words)}
        return tuple(words[index] for index in self.order)

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """One row as values."""
        pairs = zip(raw, self.decoders, strict=True)
        return tuple(value if decode is None else decode(value) for value, decode in pairs)


def _compiled(statement: Rows, dialect: Dialect) -> _Ready:
    compiled = statement.compile(dialect=dialect)
    names: list[str] | None = getattr(compiled, "positiontup", None)
    return _Ready(
        text=str(compiled),
        order=tuple(int(name.removeprefix("word_")) for name in names) if names is not None else None,
        decoders=tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns
        ),
    )


class Looking:
    """A bare connection that is looked through; made by `looking`."""

    def __init__(self, connection: DBAPIConnection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def rows(self, lookup: Lookup, words: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Every row of the statement for these words, in its order."""
        ready = lookup.ready(self._dialect, len(words))
        cursor = self._connection.cursor()
        try:
            cursor.execute(ready.text, ready.parameters(words))
            return [ready.row(raw) for raw in cursor.fetchall()]
        finally:
            cursor.close()


@contextmanager
def looking(engine: Engine, *, one_state: bool = False) -> Iterator[Looking]:
    """One bare connection, given back at the end; with `one_state`, all its statements see one unmoving state."""
    with closing(engine.raw_connection()) as connection:
        raw = connection.dbapi_connection
        assert raw is not None
        with _unmoving(raw, engine.dialect) if one_state else nullcontext():
            yield Looking(raw, engine.dialect)


@contextmanager
def _unmoving(raw: DBAPIConnection, dialect: Dialect) -> Iterator[None]:
    is_server = dialect.name == "postgresql"
    if is_server:
        dialect.set_isolation_level(raw, "REPEATABLE READ")
    else:
        raw.cursor().execute("BEGIN")
    try:
        yield
    finally:
        raw.rollback()
        if is_server:
            dialect.reset_isolation_level(raw)
