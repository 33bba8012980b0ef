"""Our own YAML files as records, each by itself: one that is faulty does not keep the others out."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from app.domain.errors import Fault
from app.registry.exchange.account import Account, Row
from app.registry.exchange.characters import decoded
from app.registry.exchange.limits import Limits, TooMuch
from app.registry.exchange.own import OTHER_KINDS, OwnRecord
from app.registry.exchange.unpacking import Parcel, Piece
from app.registry.marked import Marked, Spot, mark, pointer
from app.registry.strict import line_at

_LISTS: Mapping[str, str] = {"organizations": "organization", "links": "link", **OTHER_KINDS}
_HEADS = frozenset({"version", "title", "licence", "note"})


def records_of(parcel: Parcel, account: Account, limits: Limits, encoding: str) -> Iterator[OwnRecord]:
    """Every record of every file; what a file has besides is told to the account. Raises nothing but `TooMuch`."""
    for piece in parcel.pieces:
        if PurePosixPath(piece.name.lower()).suffix not in (".yaml", ".yml") and len(parcel.pieces) > 1:
            continue
        if len(piece.content) > limits.document_bytes:
            raise TooMuch(f"a YAML file has at most {limits.document_bytes} bytes")
        yield from _of_piece(piece, account, encoding)


def _of_piece(piece: Piece, account: Account, encoding: str) -> Iterator[OwnRecord]:
    text = decoded(piece.content, encoding)
    if text.is_broken:
        account.of_file(piece.name, "lost-characters", f"not all of it is {text.encoding}", line=1)
    marked = mark(piece.name, text.text)
    if not marked.is_whole or not isinstance(marked.value, dict):
        for fault in marked.faults or (Fault(piece.name, 0, "", "unknown-shape", "write keys with values"),):
            account.of_file(
                piece.name, fault.code, fault.mend, line=fault.line, table="" if fault.line == 0 else "file"
            )
        if not marked.is_whole:
            account.of_file(piece.name, "not-read", "the file is no YAML as a whole, so nothing of it was taken")
        return
    for name in marked.value:
        if name not in _LISTS and name not in _HEADS:
            account.of_file(piece.name, "unknown-key", f"no list of the directory: {name[:40]}", line=1, table="file")
    faults = _Faults(marked)
    for fault in faults.of_no_record():
        account.of_file(piece.name, fault.code, fault.mend, line=fault.line, table="file")
    for name, kind in _LISTS.items():
        items = marked.value.get(name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield from _of_item(piece, kind, item, (name, index), faults, account)


class _Faults:
    """What lies in the writing of a file, by the spot of the record around it."""

    def __init__(self, marked: Marked) -> None:
        self._marked = marked
        self._by_pointer = [(fault.pointer + "/", fault) for fault in marked.faults]

    def line(self, spot: Spot) -> int:
        return line_at(self._marked.lines, spot)

    def of_no_record(self) -> Iterator[Fault]:
        """Faults that lie in no record of a list."""
        for place, fault in self._by_pointer:
            parts = place.split("/")
            if len(parts) < 4 or parts[1] not in _LISTS:
                yield fault

    def under(self, spot: Spot, *, besides: str = "") -> Iterator[Fault]:
        """Faults at that spot or below it, without those below the key `besides`."""
        start = pointer(spot) + "/"
        left_out = f"{start}{besides}/" if besides else None
        for place, fault in self._by_pointer:
            if place.startswith(start) and not (left_out and place.startswith(left_out)):
                yield fault


def _of_item(piece: Piece, kind: str, item: Any, spot: Spot, faults: _Faults, account: Account) -> Iterator[OwnRecord]:
    row = Row(piece.name, kind, faults.line(spot), {"id": item.get("slug", "") if isinstance(item, dict) else ""})
    account.read(row)
    if not isinstance(item, dict):
        account.reject(row, "", "wrong-type", "write keys with values")
        return
    for fault in faults.under(spot, besides="services" if kind == "organization" else ""):
        account.reject(row, fault.pointer.removeprefix(pointer(spot)), fault.code, fault.mend)
    services = item.get("services", [])
    body = {key: value for key, value in item.items() if kind != "organization" or key != "services"}
    if kind == "organization" and not isinstance(services, list):
        account.reject(row, "services", "wrong-type", "write a list")
        services = []
    yield OwnRecord(kind=kind, body=body, row=row)
    owner = item.get("slug", "")
    for index, service in enumerate(services if kind == "organization" else ()):
        for record in _of_item(piece, "service", service, (*spot, "services", index), faults, account):
            yield OwnRecord(
                kind="service", body=record.body, row=record.row, owner=owner if isinstance(owner, str) else ""
            )
