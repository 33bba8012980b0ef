"""The filled spreadsheet as records of ours, row by row. A formula is never taken for its result."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl import load_workbook

from app.registry.exchange.account import Account, Row
from app.registry.exchange.cells import Column, WrongCell, put, read_cell
from app.registry.exchange.characters import cleaned
from app.registry.exchange.columns import (
    CODE_COLUMNS,
    INSTRUCTIONS,
    LISTS,
    MORE_CODES,
    ORGANIZATION_COLUMNS,
    OTHER_SHEETS,
    OWNER,
    SERVICE_COLUMNS,
    SERVICES,
    service_header,
)
from app.registry.exchange.limits import Limits, TooMuch
from app.registry.exchange.own import OwnRecord
from app.registry.exchange.sheet_out import FIRST_ROW, explanation
from app.registry.exchange.slugs import slug_of
from app.registry.exchange.unpacking import Parcel, Piece
from app.texts import languages

_BLANK_ROWS = 500
"""So many empty rows in a row are the end of a sheet, whatever it says of its length."""

Cell = tuple[Any, str]
"""The value and the type of a cell."""
Rows = Iterator[tuple[int, list[Cell]]]


def records_of(parcel: Parcel, account: Account, limits: Limits) -> Iterator[OwnRecord]:
    """Every record of the spreadsheet, an organization before its services. Raises nothing but `TooMuch`."""
    (piece,) = parcel.pieces
    try:
        book = load_workbook(io.BytesIO(piece.content), read_only=True, keep_links=False)
        titles = list(book.sheetnames)
    except Exception:  # the library lets every error of zip and XML through
        raise TooMuch("the spreadsheet is broken; open it, and save it again as xlsx") from None
    if SERVICES not in titles:
        account.of_file(piece.name, "unknown-shape", f"it has no sheet {SERVICES!r}; `referral template` writes one")
        return
    for title in titles:
        if title in (INSTRUCTIONS, LISTS):
            continue
        if title != SERVICES and title not in OTHER_SHEETS:
            account.of_file(piece.name, "unknown-sheet", f"{title[:40]!r} is no sheet of the template", table="sheet")
            continue
        rows = _rows_of(piece, book, title, limits)
        if title == SERVICES:
            yield from _services(piece, rows, account)
        else:
            kind, columns = OTHER_SHEETS[title]
            yield from _others(piece, title, rows, columns, kind, account)


def _rows_of(piece: Piece, book: Any, title: str, limits: Limits) -> Rows:
    """Number, and value and type of each cell, of the rows that are not empty. Raises `TooMuch`."""
    blank = 0
    try:
        sheet = book[title]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=limits.columns), start=1):
            found = [(cell.value, cell.data_type) for cell in cells]
            if all(value is None or value == "" for value, _ in found):
                blank += 1
                if blank > _BLANK_ROWS:
                    return
                continue
            blank = 0
            if number > limits.rows:
                raise TooMuch(f"a sheet has more than {limits.rows} rows")
            yield number, found
    except TooMuch:
        raise
    except Exception:  # as above
        raise TooMuch(f"the sheet {title!r} is broken; open the file, and save it again as xlsx") from None


def _headed(
    piece: Piece, title: str, rows: Rows, columns: Mapping[str, Column | None], account: Account
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Number, and filled cells by the name of their column, of each record; the explanations are passed over."""
    _, first = next(rows, (0, []))
    names = [str(value).strip() if value is not None else "" for value, _ in first]
    for name in sorted({name for name in names if name and name not in columns}):
        account.of_file(piece.name, "unknown-column", f"{title}: no column {name[:60]!r}; left out", line=1)
    if len({name for name in names if name}) < sum(map(bool, names)):
        account.of_file(piece.name, "double-column", f"{title}: two columns have one name; the first counts", line=1)
    told = {explanation(names[0], columns.get(names[0]), language) for language in languages()} if names else set()
    for number, cells in rows:
        if number == FIRST_ROW - 1 and cells and cells[0][0] in told:
            continue
        found: dict[str, Cell] = {}
        for name, cell in zip(names, cells, strict=False):
            if name in columns and cell[0] not in (None, ""):
                found.setdefault(name, cell)
        yield number, found


def _services(piece: Piece, rows: Rows, account: Account) -> Iterator[OwnRecord]:
    columns: dict[str, Column | None] = dict.fromkeys(service_header())
    columns |= {column.name: column for column in (*ORGANIZATION_COLUMNS, *SERVICE_COLUMNS)}
    houses: dict[str, dict[str, Any]] = {}
    for number, cells in _headed(piece, SERVICES, rows, columns, account):
        has_service = any(not name.startswith(OWNER) for name in cells)
        row = Row(piece.name, "service" if has_service else "organization", number, {"id": _id(cells, "slug")})
        house_row = Row(piece.name, "organization", number, {"id": _id(cells, f"{OWNER}slug")})
        house, wrong = _body(cells, ORGANIZATION_COLUMNS)
        owner = _with_slug(house, str(house.get("country", "")).lower() + "-")
        if owner not in houses:
            houses[owner] = house
            account.read(house_row)
            _reject(house_row, wrong, account)
            yield OwnRecord(kind="organization", body=house, row=house_row)
        elif not has_service:
            account.read(row)
            account.reject(row, f"{OWNER}slug", "duplicate-slug", "an earlier row has this organization already")
        if has_service:
            body, flaws = _body(cells, SERVICE_COLUMNS)
            _add_codes(body, cells)
            _with_slug(body, f"{owner}.", str(body.get("place", "")))
            account.read(row)
            _reject(row, flaws, account)
            for name in [name for name in house if houses[owner].get(name, house[name]) != house[name]]:
                reason = "an earlier row of this organization says otherwise"
                account.reject(row, f"{OWNER}{name}", "said-otherwise", reason)
            yield OwnRecord(kind="service", body=body, row=row, owner=owner)


def _others(
    piece: Piece, title: str, rows: Rows, columns: tuple[Column, ...], kind: str, account: Account
) -> Iterator[OwnRecord]:
    named: dict[str, Column | None] = {column.name: column for column in columns}
    for number, cells in _headed(piece, title, rows, named, account):
        row = Row(piece.name, kind, number, {"id": _id(cells, "slug")})
        account.read(row)
        body, flaws = _body(cells, columns)
        _reject(row, flaws, account)
        yield OwnRecord(kind=kind, body=body, row=row)


def _id(cells: Mapping[str, Cell], name: str) -> str:
    return str(cells[name][0]).strip() if name in cells else ""


def _with_slug(body: dict[str, Any], prefix: str, *besides: str) -> str:
    """The slug of the record; where the row gives none, one is made of its name."""
    name = str(body.get("name", ""))
    if "slug" not in body and name:
        body["slug"] = slug_of(prefix, name, name, *besides)
    return str(body.get("slug", ""))


def _body(cells: Mapping[str, Cell], columns: tuple[Column, ...]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The record that the cells hold, and what is wrong with single cells."""
    body: dict[str, Any] = {}
    flaws: list[tuple[str, str, str]] = []
    for column in columns:
        if column.name not in cells or column.name == "codes":
            continue
        value, kind = cells[column.name]
        try:
            put(body, column.path, read_cell(_plain(value, kind), column))
        except WrongCell as wrong:
            flaws.append((column.name, "wrong-cell", str(wrong)))
    return body, flaws


def _plain(value: Any, kind: str) -> Any:
    """The value of a cell. Raises `WrongCell` for a formula, for a fault, and for a text beyond measure."""
    if kind == "f":
        raise WrongCell("a formula is not read; paste its value")
    if kind == "e":
        raise WrongCell("the cell shows a fault of the spreadsheet; write a value")
    return cleaned(value) if isinstance(value, str) and value != value.strip("\r\x00") else value


def _add_codes(body: dict[str, Any], cells: Mapping[str, Cell]) -> None:
    codes = [str(cells[name][0]).strip().upper() for name in CODE_COLUMNS if name in cells]
    codes += [code.strip().upper() for code in _id(cells, MORE_CODES).split(";") if code.strip()]
    body["codes"] = codes


def _reject(row: Row, flaws: list[tuple[str, str, str]], account: Account) -> None:
    for field, code, mend in flaws:
        account.reject(row, field, code, mend)
