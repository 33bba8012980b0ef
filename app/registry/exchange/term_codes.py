"""Terms of foreign taxonomies as codes: ours by their own name, others by a steward's list, and no others."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from app.domain.codes import Code
from app.domain.errors import Fault, FaultyData
from app.registry.exchange.characters import decoded

_OURS: Mapping[str, Code] = {code.value: code for code in Code}
_COLUMNS = ("term", "codes")

Mapped = Mapping[str, tuple[Code, ...]]
"""Codes by the term's id, code or name, in lower case."""


def load_mapping(path: Path) -> Mapped:
    """What a CSV file with the columns `term` and `codes` says; several codes of one term are parted by blanks.

    Raises:
        FaultyData: With every fault: another header, an empty term, a code that there is not.
    """
    try:
        text = decoded(path.read_bytes()).text
    except OSError:
        raise FaultyData((Fault(path.name, 0, "", "unreadable", "give a file that this program may read"),)) from None
    found: dict[str, tuple[Code, ...]] = {}
    faults: list[Fault] = []
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise FaultyData((Fault(path.name, 0, "", "not-a-table", "give a CSV file"),)) from None
    if not lines or tuple(cell.strip().lower() for cell in lines[0][:2]) != _COLUMNS:
        raise FaultyData((Fault(path.name, 1, "", "wrong-header", "let line 1 be term,codes"),))
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        term, codes = cells[0].strip().lower(), cells[1].split() if len(cells) > 1 else []
        if not term or not codes or any(code not in _OURS for code in codes):
            mend = "write a term, a comma, and codes that `GET /v1/codes` lists"
            faults.append(Fault(path.name, number, "", "unknown-code", mend))
        found[term] = tuple(_OURS[code] for code in codes if code in _OURS)
    if faults:
        raise FaultyData(tuple(faults))
    return found


def codes_of(names: tuple[str, ...], mapping: Mapped) -> tuple[Code, ...]:
    """The codes of a term that has these ids, codes and names; empty when nobody has said which they are."""
    for name in names:
        if name.strip() in _OURS:
            return (_OURS[name.strip()],)
    for name in names:
        if name.strip().lower() in mapping:
            return mapping[name.strip().lower()]
    return ()
