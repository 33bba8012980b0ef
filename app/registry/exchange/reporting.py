"""The account of an import as one file, whole: CSV for a spreadsheet, JSON for a program."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from app.registry.exchange.account import Account, Remark
from app.registry.exchange.duplicates import Twins

COLUMNS = ("file", "table", "row", "record", "field", "code", "rejected", "reason")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(account: Account, pairs: Iterable[Twins]) -> str:
    """Every remark and every pair, one a row, with a header. No cell begins a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for remark in account.all_remarks():
        writer.writerow([_harmless(cell) for cell in _cells(remark)])
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(pairs))
    return text.getvalue()


def as_json(account: Account, pairs: Iterable[Twins]) -> str:
    """The same, with the number of rows of each table."""
    counts = {
        table: {"read": count.read, "accepted": count.accepted, "rejected": count.rejected}
        for table, count in account.counts().items()
    }
    remarks = [dict(zip(COLUMNS, _cells(remark), strict=True)) for remark in account.all_remarks()]
    told = [
        {"kind": p.kind, "first": p.first, "second": p.second, "is_published": p.is_published, "alike": p.alike,
         "why": p.why}
        for p in pairs
    ]  # fmt: skip
    whole = {"tables": counts, "remarks": remarks, "possible_duplicates": told}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cells(remark: Remark) -> list[str | int]:
    return [
        remark.file, remark.table, remark.row, remark.record, remark.field, remark.code,
        "yes" if remark.rejects else "no", remark.reason,
    ]  # fmt: skip


def _rows(pairs: Iterable[Twins]) -> Iterator[list[str | int]]:
    for pair in pairs:
        where = "the register" if pair.is_published else "this file"
        reason = f"may be the same as {pair.second} of {where}: {pair.why} ({pair.alike} of 100)"
        yield ["", pair.kind, 0, pair.first, "", "may-be-duplicate", "no", reason]


def _harmless(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
