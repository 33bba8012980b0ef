"""Rows of a foreign file, table by table, in the words of HSDS 3; and how one reads their cells."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.registry.exchange.account import Account, Row
from app.registry.exchange.characters import BROKEN, cleaned, one_line, repaired
from app.registry.exchange.limits import Limits, TooMuch
from app.registry.exchange.own_keys import OWN_KEYS
from app.registry.exchange.words import KEPT, USED, is_nothing

_TOLD_EVERY = 1_000

Tables = Mapping[str, list[Row]]


class Gathered:
    """What a file holds, row by row; sees to limits, to cells that are none, and to what characters went through."""

    def __init__(self, account: Account, limits: Limits, progress: Callable[[int], None]) -> None:
        self.account = account
        self._progress = progress
        self.tables: defaultdict[str, list[Row]] = defaultdict(list)
        self._limits = limits
        self._count = 0

    def add(self, row: Row) -> None:
        """The row is among the rows of its table, unless a cell of it is beyond all bounds.

        Args:
            row: As it was read; its cells are cleaned here.

        Raises:
            TooMuch: There are more rows than the limit.
        """
        self._count_row(row)
        if row.table not in KEPT:
            self.account.reject(row, "", "not-kept", "the register has no such record")
            return
        besides = OWN_KEYS.get(row.table, frozenset())
        self._clean(row, besides)
        if self.account.is_rejected(row):
            return
        known = USED[row.table] | besides
        self.account.leave_out(row, [name for name in row.cells if name not in known])
        self.tables[row.table].append(row)

    def refuse(self, row: Row, field: str, code: str, reason: str) -> None:
        """The row was read and nothing can be made of it."""
        self._count_row(row)
        self.account.reject(row, field, code, reason)

    def _count_row(self, row: Row) -> None:
        self._count += 1
        if self._count > self._limits.rows:
            raise TooMuch(f"there are more than {self._limits.rows} rows; import the file in parts")
        if self._count % _TOLD_EVERY == 0:
            self._progress(self._count)
        self.account.read(row)

    def _clean(self, row: Row, besides: frozenset[str]) -> None:
        for name, value in list(row.cells.items()):
            if isinstance(value, float) and (value != value or abs(value) == float("inf")):
                self.account.remark(row, name, "not-a-number", "the file says NaN or infinity; taken as unknown")
                del row.cells[name]
            elif value is None or (value in ([], {}) and name not in besides):
                del row.cells[name]
            elif isinstance(value, dict | list) and name not in besides and not _is_plain_list(value):
                self.account.remark(row, name, "not-a-value", "one value is wanted here; left out")
                del row.cells[name]
            elif isinstance(value, str):
                self._clean_text(row, name, value)

    def _clean_text(self, row: Row, name: str, value: str) -> None:
        if len(value) > self._limits.cell_characters:
            self.account.reject(
                row, name, "too-long", f"a cell holds at most {self._limits.cell_characters} characters"
            )
            return
        text = cleaned(value)
        if is_nothing(text):
            del row.cells[name]
            return
        mended = repaired(text)
        if mended != text:
            reason = "UTF-8 that was read as something else; turned back, so look at it"
            self.account.remark(row, name, "mojibake", reason)
        if BROKEN in mended:
            self.account.remark(row, name, "lost-characters", "characters were lost before this file was written")
        row.cells[name] = mended


def _is_plain_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str | int) for item in value)


def text(row: Row, *names: str) -> str:
    """The first of these cells that says something, as one line of text; "" when none does."""
    for name in names:
        value = row.cells.get(name)
        if isinstance(value, str) and value:
            return one_line(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, list):
            return one_line(", ".join(map(str, value)))
    return ""


def prose(row: Row, name: str) -> str:
    """The cell as text with its lines."""
    value = row.cells.get(name)
    return value if isinstance(value, str) else text(row, name)


def pointers(row: Row, name: str) -> str:
    """The id of the record that a cell points to; "" when it points to none."""
    value: Any = row.cells.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value).strip()


def by_owner(rows: Iterable[Row], name: str) -> Mapping[str, list[Row]]:
    """The rows by the id in that column; rows without one are left out."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        owner = pointers(row, name)
        if owner:
            found[owner].append(row)
    return found


def all_rows(tables: Tables) -> Iterator[Row]:
    """Every row, table by table."""
    for name in sorted(tables):
        yield from tables[name]
