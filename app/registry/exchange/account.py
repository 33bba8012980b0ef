"""What became of every row that an import read: accepted, or rejected with a reason; and what else is to be said."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.registry.exchange.told import Proposal

LONGEST_ID = 80


@dataclass(slots=True, eq=False)
class Row:
    """One record as it was read. `number` is the line, the row of a sheet, or the place in a list, from 1."""

    file: str
    table: str
    number: int
    cells: dict[str, Any]

    @property
    def id(self) -> str:
        """What the file calls the record; "" where it gives no id."""
        value = self.cells.get("id")
        return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


class Remark(NamedTuple):
    """One thing to say about a file (`row` 0) or a row; `rejects` tells whether the row is left out for it."""

    file: str
    table: str
    row: int
    record: str
    field: str
    code: str
    reason: str
    rejects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows of a table were read; each was accepted or rejected."""

    read: int
    rejected: int

    @property
    def accepted(self) -> int:
        """The rows of which something is kept, or which say what the register says already."""
        return self.read - self.rejected


class Account:
    """Collects rows and remarks. A row counts as accepted until something rejects it; every rejection has a remark."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self._read: Counter[str] = Counter()
        self._rejected: dict[str, set[tuple[str, int]]] = {}
        self._columns: Counter[tuple[str, str, str]] = Counter()

    def read(self, row: Row) -> None:
        """The row counts as read."""
        self._read[row.table] += 1

    def reject(self, row: Row, field: str, code: str, reason: str) -> None:
        """The row is left out; nothing is made of it."""
        self._rejected.setdefault(row.table, set()).add((row.file, row.number))
        self.remarks.append(_remark(row, field, code, reason, rejects=True))

    def reject_proposal(self, proposal: Proposal, code: str, reason: str) -> None:
        """The row that made the proposal is left out after all."""
        self.reject(_row_of(proposal), "", code, reason)

    def remark_proposal(self, proposal: Proposal, code: str, reason: str) -> None:
        """The row that made the proposal stays, for what else it makes."""
        self.remark(_row_of(proposal), "", code, reason)

    def remark(self, row: Row, field: str, code: str, reason: str) -> None:
        """The row stays, and this is to be known of it."""
        self.remarks.append(_remark(row, field, code, reason, rejects=False))

    def of_file(self, file: str, code: str, reason: str, *, table: str = "", line: int = 0) -> None:
        """Something is to be known of a whole file, or of a line of it that is no row."""
        self.remarks.append(Remark(file, table, line, "", "", code, reason, line == 0 and not table))

    def leave_out(self, row: Row, columns: Iterable[str]) -> None:
        """These columns of the row are filled and nothing is made of them."""
        for column in columns:
            self._columns[row.file, row.table, column] += 1

    def is_rejected(self, row: Row) -> bool:
        """Whether something rejected the row."""
        return (row.file, row.number) in self._rejected.get(row.table, ())

    def counts(self) -> Mapping[str, Count]:
        """Of every table, by name."""
        return {
            table: Count(read=self._read[table], rejected=len(self._rejected.get(table, ())))
            for table in sorted(self._read)
        }

    def all_remarks(self) -> tuple[Remark, ...]:
        """Every remark: files, then rows; with one for each column that is filled somewhere and kept nowhere."""
        columns = [
            Remark(
                file, table, 0, "", column, "not-kept",
                f"the register has no such field; {count} filled cell(s) were left out", False,
            )
            for (file, table, column), count in self._columns.items()
        ]  # fmt: skip
        return tuple(sorted({*self.remarks, *columns}))


def _row_of(proposal: Proposal) -> Row:
    return Row(proposal.file, proposal.table, proposal.row, {"id": proposal.slug})


def _remark(row: Row, field: str, code: str, reason: str, *, rejects: bool) -> Remark:
    return Remark(row.file, row.table, row.number, row.id[:LONGEST_ID], field, code, reason, rejects)
