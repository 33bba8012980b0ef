"""HSDS as JSON: nested records, pages of a feed, tables in one object, or one record a line, taken apart into rows."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.registry.exchange.account import Row
from app.registry.exchange.characters import decoded
from app.registry.exchange.gathered import Gathered
from app.registry.exchange.limits import Limits, TooMuch
from app.registry.exchange.own_keys import OWN_KEYS
from app.registry.exchange.unpacking import Form, Parcel, Piece
from app.registry.exchange.words import IDENTIFIED, PARENTS, column_of, table_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PAGES = ("contents", "content", "items", "results", "data", "records")
_MARKS = {
    "service": _words(
        "organization organization_id service_at_locations status eligibility schedules regular_schedule fees "
        "interpretation_services application_process eligibility_description cost_options service_taxonomys"
    ),
    "organization": _words("services organization_identifiers tax_id legal_status year_incorporated programs"),
    "service_at_location": _words("service location service_id location_id"),
    "location": _words("location_type latitude longitude addresses physical_addresses"),
}
_SHARED = frozenset({"eligibility", "accessibility"})
"""Keys that HSDS and we have, with different meanings."""
_TWICE = "\0twice"

Found = Mapping[str, Any]


def gather(parcel: Parcel, into: Gathered, limits: Limits, encoding: str) -> None:
    """Every record of every JSON file of the parcel. Faults are told to the account; raises nothing but `TooMuch`."""
    walk = _Walk(into, limits)
    for piece in parcel.pieces:
        walk.file = piece.name
        text = decoded(piece.content, encoding)
        if text.is_broken:
            into.account.of_file(piece.name, "lost-characters", f"not all of it is {text.encoding}", line=1)
        if parcel.form is Form.NDJSON or not _gather_document(piece, text.text, walk, limits):
            _gather_lines(text.text, walk, limits)


def _gather_document(piece: Piece, text: str, walk: "_Walk", limits: Limits) -> bool:
    """Whether the text was one document, or is none at all; `False`: it may be one record a line."""
    if len(piece.content) > limits.document_bytes:
        raise TooMuch(f"a JSON document has at most {limits.document_bytes} bytes; export it as NDJSON or CSV")
    try:
        whole = loaded(text)
    except (ValueError, RecursionError) as error:
        if text.count("\n{") > 1 and text.lstrip().startswith("{"):
            return False
        walk.into.account.of_file(piece.name, "broken-json", _told(error))
        return True
    for name, items in _lists(whole):
        walk.all_of(items, name)
    if not _lists(whole):
        walk.into.account.of_file(piece.name, "unknown-shape", "neither services nor organizations are in it")
    return True


def _gather_lines(text: str, walk: "_Walk", limits: Limits) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            if len(line) > limits.line_characters:
                raise ValueError("the line is too long")
            walk.top(loaded(line), None, number)
        except (ValueError, RecursionError) as error:
            walk.into.refuse(Row(walk.file, "record", number, {}), "", "broken-json", _told(error))


def loaded(text: str) -> Any:
    """The document, with a mark in objects that give a key twice. Raises `ValueError` or `RecursionError`."""
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        found[_TWICE] = sorted(key for key, count in counted.items() if count > 1)
    return found


def _told(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    return "nested too deep" if isinstance(error, RecursionError) else "it cannot be read as JSON"


def _lists(whole: Any) -> list[tuple[str | None, list[Any]]]:
    """The lists of records of a document, each with the table that it names, in the document's order."""
    if isinstance(whole, list):
        return [(None, whole)]
    if not isinstance(whole, dict):
        return []
    for key in _PAGES:
        if isinstance(whole.get(key), list):
            return [(None, whole[key])]
    if not {"name", "id"} & set(whole):
        tables = [(table_of(key), value) for key, value in whole.items() if isinstance(value, list) and table_of(key)]
        if tables:
            return list(tables)
        inner = [value for value in whole.values() if isinstance(value, dict)]
        return _lists(inner[0]) if len(inner) == 1 and len(whole) == 1 else []
    return [(None, [whole])]


class _Walk:
    """Takes records apart: a record within a record becomes a row of its own that points to its owner.

    `file` is the one whose records are being taken; records with one id in several pages of a feed are one record.
    """

    def __init__(self, into: Gathered, limits: Limits) -> None:
        self.file = ""
        self.into = into
        self._limits = limits
        self._numbers: Counter[str] = Counter()
        self._embedded: dict[tuple[str, str], Row] = {}
        self._opened: set[tuple[str, str]] = set()
        self._tops: set[tuple[str, str]] = set()
        self._doubled: set[tuple[str, str]] = set()

    def all_of(self, items: list[Any], table: str | None) -> None:
        """Every record of a list. Those of tables that point to each other do so by their columns."""
        for number, item in enumerate(items, start=1):
            self.top(item, table, number)

    def top(self, item: Any, table: str | None, number: int) -> None:
        """A record that lies in no other."""
        if not isinstance(item, dict):
            self.into.refuse(Row(self.file, "record", number, {}), "", "not-a-record", "an object is wanted here")
            return
        self._take(item, table or kind_of(item), owner=None, depth=0, is_top=True)

    def _next(self, table: str) -> int:
        self._numbers[table] += 1
        return self._numbers[table]

    def _take(self, item: Found, table: str, *, owner: tuple[str, str] | None, depth: int, is_top: bool) -> str:
        """The id of the record, which is a row now, and so are the records in it."""
        row = Row(self.file, table, 0, {})
        inner: list[tuple[str, str, Any, bool]] = []
        for key, value in item.items():
            is_ours = key in OWN_KEYS.get(table, ()) and is_own(key, value)
            child = table_of(key) if isinstance(value, dict | list) and value and not is_ours else None
            if child and (isinstance(value, dict) or all(isinstance(one, dict) for one in value)):
                inner.append((key, child, value, isinstance(value, dict) and child in PARENTS))
            elif key != _TWICE:
                row.cells.setdefault(column_of(key), value)
        if owner is not None:
            row.cells.setdefault(f"{owner[0]}_id", owner[1])
        if table == "address" and "address_type" not in row.cells:
            row.cells["address_type"] = "physical"
        if not self._is_new(row, is_top=is_top):
            if inner and (table, row.id) not in self._opened and depth < self._limits.depth:
                self._take_inner(row, inner, (table, row.id), depth + 1)
            return row.id
        if depth >= self._limits.depth:
            reason = f"records lie at most {self._limits.depth} deep in each other"
            self.into.refuse(row, "", "too-deep", reason)
            return row.id
        if isinstance(item.get(_TWICE), list):
            fields = ", ".join(str(key)[:40] for key in item[_TWICE][:5])
            self.into.account.remark(row, fields, "double-key", "given twice in one record; the last one counts")
        twin = is_top and (table, row.id) in self._doubled
        self._take_inner(row, inner, (table, f"{row.id}#{row.number}" if twin else row.id), depth + 1)
        self.into.add(row)
        return row.id

    def _is_new(self, row: Row, *, is_top: bool) -> bool:
        """Whether the row has a number and an id of its own now; `False`: the record was met before, inside others."""
        key = (row.table, row.id)
        if row.id and row.table in IDENTIFIED and key in self._embedded and not (is_top and key in self._tops):
            self._tops |= {key} if is_top else set()
            self._meet_again(self._embedded[key], row)
            return False
        row.number = self._next(row.table)
        if row.id and is_top and key in self._tops:
            self._doubled.add(key)
        if not row.id:
            row.cells["id"] = f"@{row.table}-{row.number}"
            if row.table in IDENTIFIED:
                self.into.account.remark(row, "id", "missing-id", "without an id; told apart by its place in the file")
        elif row.table in IDENTIFIED:
            self._embedded.setdefault(key, row)
            self._tops |= {key} if is_top else set()
        return True

    def _meet_again(self, first: Row, again: Row) -> None:
        for name, value in again.cells.items():
            known = first.cells.get(name)
            if known is None:
                first.cells[name] = value
            elif known != value and name != "id" and str(value).strip() != str(known).strip():
                reason = "the same id comes again with another value; the first one counts"
                self.into.account.remark(first, name, "said-otherwise", reason)

    def _take_inner(
        self, row: Row, inner: list[tuple[str, str, Any, bool]], owner: tuple[str, str], depth: int
    ) -> None:
        self._opened.add(owner)
        for key, table, value, is_parent in inner:
            if is_parent:
                row.cells[f"{table}_id"] = self._take(value, table, owner=None, depth=depth, is_top=False)
                continue
            for one in value if isinstance(value, list) else [value]:
                kind = "postal" if key.startswith("postal") else ""
                item = {"address_type": kind, **one} if kind and table == "address" else one
                self._take(item, table, owner=owner, depth=depth, is_top=False)


def is_own(key: str, value: Any) -> bool:
    """Whether that key carries an object of ours and not a record of HSDS with the same name."""
    if not isinstance(value, dict | list) or not value:
        return True
    if isinstance(value, list) and isinstance(value[0], dict):
        return table_of(key) is None
    return key not in _SHARED or "id" not in value


def kind_of(item: Found) -> str:
    """Which record a nested object most likely is, by the keys that only this kind has."""
    keys = {column_of(key) for key in item} | set(item)
    if {"service", "location"} <= keys:
        return "service_at_location"
    points = {table: len(marks & keys) for table, marks in _MARKS.items()}
    best = max(points, key=lambda table: points[table])
    return best if points[best] else "service"
