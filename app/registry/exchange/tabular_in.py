"""HSDS as tables: CSV files of a folder or archive, row by row, whatever commas, quotes and encodings they have."""

import csv
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from app.registry.exchange.account import Row
from app.registry.exchange.characters import decoded
from app.registry.exchange.gathered import Gathered
from app.registry.exchange.limits import Limits
from app.registry.exchange.unpacking import Parcel, Piece
from app.registry.exchange.words import column_of, table_of

_LONGEST_ROW_LINES = 500
_DELIMITERS = ",;\t|"
_COMMENTS = frozenset({"datapackage.json", "readme.md", "readme.txt", "license.txt"})

Cells = list[str]


def gather(parcel: Parcel, into: Gathered, limits: Limits, encoding: str) -> None:
    """Every row of every table of the parcel. Faults are told to the account; nothing is raised but `TooMuch`."""
    for piece in parcel.pieces:
        suffix = PurePosixPath(piece.name.lower()).suffix
        if suffix not in (".csv", ".tsv", ".txt") and len(parcel.pieces) > 1:
            if piece.name.lower() not in _COMMENTS:
                into.account.of_file(piece.name, "not-a-table", "only CSV files are read as tables")
            continue
        if piece.name.lower() not in _COMMENTS:
            _gather_piece(piece, into, limits, encoding)


def _gather_piece(piece: Piece, into: Gathered, limits: Limits, encoding: str) -> None:
    said = decoded(piece.content, encoding)
    if said.encoding not in ("utf-8", encoding):
        into.account.of_file(
            piece.name, "encoding", f"read as {said.encoding}; give --encoding if that is wrong", line=1
        )
    if said.is_broken:
        into.account.of_file(piece.name, "lost-characters", f"not all of it is {said.encoding}", line=1)
    rows = records(said.text, limits)
    header = next(((line, cells) for line, cells in rows if any(cell.strip() for cell in cells or ())), None)
    if header is None or header[1] is None:
        into.account.of_file(piece.name, "empty-file", "the file has no row with names of columns")
        return
    table = table_of(PurePosixPath(piece.name).stem) or _table_by_columns(header[1])
    if len(header[1]) > limits.columns:
        into.account.of_file(piece.name, "too-many-columns", f"a table has at most {limits.columns} columns")
        return
    names = [column_of(cell) for cell in header[1]]
    if len(set(names) - {""}) < len([name for name in names if name]):
        into.account.of_file(piece.name, "double-column", "two columns have one name; the first of them counts", line=1)
    for line, cells in rows:
        if cells is not None and not any(cell.strip() for cell in cells):
            continue
        row = Row(piece.name, table or PurePosixPath(piece.name).stem.lower()[:60], line, _together(names, cells or []))
        if cells is None:
            into.refuse(row, "", "bad-row", "a quotation mark is not closed, or the row is too long")
        elif len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            into.refuse(row, "", "wrong-length", f"the row has {len(cells)} cells and the header {len(names)}")
        else:
            into.add(row)


def _together(names: list[str], cells: Cells) -> dict[str, str]:
    """The cells by name; of two columns with one name, the first."""
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and name not in found:
            found[name] = cell
    return found


def _table_by_columns(header: Cells) -> str | None:
    """Which table a file of a strange name most likely holds: one that names an organization and a service."""
    names = {column_of(cell) for cell in header}
    return "service" if {"name", "organization_id"} <= names else None


def records(text: str, limits: Limits) -> Iterator[tuple[int, Cells | None]]:
    """Each row with the number of its first line; `None` instead of cells that cannot be read.

    A quotation mark that is never closed spoils its own line and no other.
    """
    lines = text.split("\n")
    split = _splitter(lines[:20])
    width = 0
    index = 0
    while index < len(lines):
        taken, joined = _record_at(lines, index, limits)
        cells = split(joined)
        is_whole = joined.count('"') % 2 == 0 and len(joined) <= limits.line_characters
        if taken > 1 and (not is_whole or cells is None or (width and len(cells) != width)):
            taken, cells, is_whole = 1, None, False
        if cells is not None and not width and is_whole:
            width = len(cells)
        yield index + 1, cells if is_whole else None
        index += taken


def _record_at(lines: list[str], index: int, limits: Limits) -> tuple[int, str]:
    """How many lines the row that begins there takes, and its text without the end of line."""
    first = lines[index].removesuffix("\r")
    if first.count('"') % 2 == 0:
        return 1, first
    parts, marks, length = [lines[index]], first.count('"'), len(first)
    for line in lines[index + 1 : index + _LONGEST_ROW_LINES]:
        parts.append(line)
        marks += line.count('"')
        length += len(line) + 1
        if marks % 2 == 0 or length > limits.line_characters:
            break
    return len(parts), "\n".join(parts).removesuffix("\r")


def _splitter(head: list[str]) -> Callable[[str], Cells | None]:
    first = next((line for line in head if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))

    def split(line: str) -> Cells | None:
        if '"' not in line and "\r" not in line:
            return line.split(delimiter)
        try:
            return next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return None

    return split
