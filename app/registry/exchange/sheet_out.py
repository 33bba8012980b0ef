"""The register as a spreadsheet, and the empty one for field staff: one row a service, lists to choose from."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.datavalidation import DataValidation

from app.domain.codes import Code
from app.domain.directory import Directory
from app.domain.errors import Fault, FaultyData
from app.domain.place import SERVED, Place
from app.registry.exchange.cells import LONGEST_CELL, Column, cell_of, value_at
from app.registry.exchange.columns import (
    CODE_COLUMNS,
    INSTRUCTIONS,
    LISTS,
    MORE_CODES,
    ORGANIZATION_COLUMNS,
    OTHER_SHEETS,
    SERVICE_COLUMNS,
    SERVICES,
    code_cells,
    service_header,
)
from app.registry.plain import plain
from app.texts import keys, say

FIRST_ROW = 3
"""The first row of records: the header and its explanations stand above."""

_EMPTY_ROWS = 2_000
_WIDTH = 22
_INSTRUCTIONS = 9
_FORMULA_STARTS = ("=", "+", "-", "@")
_COUNTRIES = "country"
_PLACES = "place"
_YES_NO = "yes_no"
_CODES = "code"


def write_template(file: IO[bytes], places: Iterable[Place], *, language: str) -> None:
    """The empty spreadsheet is in the file."""
    _write(file, {}, tuple(places), language)


def write_sheet(file: IO[bytes], directory: Directory, places: Iterable[Place], *, language: str) -> None:
    """The whole directory is in the file, without what is sealed.

    Raises:
        FaultyData: A text is too long for a cell, or holds characters that no spreadsheet keeps.
    """
    kinds = {
        "links": directory.links, "receptions": directory.receptions, "hotlines": directory.hotlines,
        "cross_border": directory.cross_border,
    }  # fmt: skip
    rows: dict[str, Iterator[Mapping[str, Any]]] = {SERVICES: _service_rows(directory)}
    for title, records in kinds.items():
        rows[title] = _rows(records, OTHER_SHEETS[title][1])
    _write(file, rows, tuple(places), language)


def _write(
    file: IO[bytes], rows: Mapping[str, Iterator[Mapping[str, Any]]], places: tuple[Place, ...], language: str
) -> None:
    book = Workbook(write_only=True)
    lists = _lists(places)
    told = book.create_sheet(INSTRUCTIONS)
    told.column_dimensions["A"].width = 110
    for number in range(1, _INSTRUCTIONS + 1):
        told.append([_styled(told, say(f"form.instruction.{number}", language), is_head=number == 1)])
    columns = {column.name: column for column in (*ORGANIZATION_COLUMNS, *SERVICE_COLUMNS)}
    _write_records(book, SERVICES, service_header(), columns, rows.get(SERVICES, iter(())), lists, language)
    for title, (_, own) in OTHER_SHEETS.items():
        if title in rows:
            header = tuple(column.name for column in own)
            _write_records(book, title, header, {column.name: column for column in own}, rows[title], lists, language)
    kept = book.create_sheet(LISTS)
    kept.append(list(lists))
    for index in range(max(map(len, lists.values()))):
        kept.append([words[index] if index < len(words) else None for words in lists.values()])
    book.save(file)


def _write_records(
    book: Workbook, title: str, header: tuple[str, ...], columns: Mapping[str, Column],
    rows: Iterator[Mapping[str, Any]], lists: Mapping[str, list[str]], language: str,
) -> None:  # fmt: skip
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    for index in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH
    sheet.append([_styled(sheet, name, is_head=True) for name in header])
    sheet.append([_styled(sheet, explanation(name, columns.get(name), language)) for name in header])
    count = 0
    for row in rows:
        count += 1
        sheet.append([_cell(sheet, row.get(name), title, count, name) for name in header])
    last = FIRST_ROW + count + _EMPTY_ROWS
    for index, name in enumerate(header, start=1):
        words = _list_of(name, columns.get(name))
        if words is not None:
            letter = get_column_letter(list(lists).index(words) + 1)
            choice = DataValidation(
                type="list", formula1=f"={LISTS}!${letter}$2:${letter}${len(lists[words]) + 1}", allow_blank=True,
                showErrorMessage=words not in (_PLACES, _COUNTRIES),
            )  # fmt: skip
            here = get_column_letter(index)
            choice.add(f"{here}{FIRST_ROW}:{here}{last}")
            sheet.data_validations.append(choice)


def _service_rows(directory: Directory) -> Iterator[Mapping[str, Any]]:
    for organization in directory.organizations:
        house = plain(organization)
        own = {column.name: cell_of(value_at(house, column.path), column) for column in ORGANIZATION_COLUMNS}
        if not organization.services:
            yield own
        for body in house["services"]:
            cells = {column.name: cell_of(value_at(body, column.path), column) for column in SERVICE_COLUMNS}
            yield {**own, **cells, **code_cells(body["codes"])}


def _rows(records: Iterable[Any], columns: tuple[Column, ...]) -> Iterator[Mapping[str, Any]]:
    for record in records:
        body = plain(record)
        yield {column.name: cell_of(value_at(body, column.path), column) for column in columns}


def _cell(sheet: Any, value: str | int | None, title: str, number: int, name: str) -> Any:
    """The value as it is; a text that looks like a formula, or like a fault, stays a text."""
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST_CELL:
        raise FaultyData((_fault(title, number, name, "too-long", f"a cell holds {LONGEST_CELL} characters"),))
    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError:
        raise FaultyData((_fault(title, number, name, "bad-character", "a control character is in it"),)) from None
    cell.data_type = "s"
    if value.startswith(_FORMULA_STARTS):
        cell.style = "Normal"
        cell.quotePrefix = True
    return cell


def _fault(title: str, number: int, name: str, code: str, reason: str) -> Fault:
    mend = f"{reason}; export as yaml instead"
    return Fault(title, number + FIRST_ROW - 1, f"/{name}", code, mend)


def _styled(sheet: Any, text: str, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_head:
        cell.font = Font(bold=True)
    else:
        cell.fill = PatternFill("solid", start_color="EEEEEE")
    return cell


def _lists(places: tuple[Place, ...]) -> dict[str, list[str]]:
    """What cells offer to choose from, by the name of the list."""
    named: dict[str, list[str]] = {
        _CODES: [code.value for code in Code],
        _COUNTRIES: sorted(SERVED),
        _PLACES: sorted(place.slug for place in places),
        _YES_NO: ["yes", "no"],
    }
    for column in (*ORGANIZATION_COLUMNS, *SERVICE_COLUMNS, *(c for _, own in OTHER_SHEETS.values() for c in own)):
        if _is_choice(column.kind):
            named.setdefault(column.kind.__name__, [member.value for member in column.kind])
    return named


def _list_of(name: str, column: Column | None) -> str | None:
    if name in CODE_COLUMNS:
        return _CODES
    if column is None:
        return None
    if column.path[-1] in ("country", "located_in"):
        return _COUNTRIES
    if column.path == ("place",):
        return _PLACES
    if column.kind is bool:
        return _YES_NO
    return column.kind.__name__ if _is_choice(column.kind) else None


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def explanation(name: str, column: Column | None, language: str) -> str:
    """What to write under that column: its own words, else those for what it holds."""
    key = f"form.column.{name}"
    if key in keys(language):
        return say(key, language)
    if name in CODE_COLUMNS or name == MORE_CODES:
        return say("form.column.code", language)
    return say(f"form.kind.{_kind_word(column)}", language)


def _kind_word(column: Column | None) -> str:
    kind = column.kind if column else str
    if kind is bool:
        return "yes_no"
    if kind is int:
        return "whole"
    if _is_choice(kind):
        return "choice"
    if kind is datetime:
        return "moment"
    if kind is date:
        return "day"
    return "text" if kind is str else "several"
