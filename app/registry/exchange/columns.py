"""The sheets of the spreadsheet: which records stand in which, under which columns."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.directory import CrossBorderFact, Hotline, Organization, Service
from app.domain.provider import Link, ReturnReception
from app.registry.exchange.cells import Column, columns_of

SERVICES = "services"
"""The sheet with one row a service; what is known of its organization stands in the same row."""
INSTRUCTIONS = "instructions"
LISTS = "lists"

CODE_COLUMNS = tuple(f"code_{number}" for number in range(1, 7))
"""One code each, so that a cell can offer the list; further ones are in the last column, parted by `;`."""
MORE_CODES = "more_codes"
OWNER = "organization."

ORGANIZATION_COLUMNS: tuple[Column, ...] = columns_of(Organization, prefix=OWNER, without=frozenset({"services"}))
SERVICE_COLUMNS: tuple[Column, ...] = columns_of(Service)

OTHER_SHEETS: Mapping[str, tuple[str, tuple[Column, ...]]] = MappingProxyType(
    {
        "links": ("link", columns_of(Link)),
        "receptions": ("return_reception", columns_of(ReturnReception)),
        "hotlines": ("hotline", columns_of(Hotline)),
        "cross_border": ("cross_border_fact", columns_of(CrossBorderFact)),
    }
)
"""Sheets of an export that the template does not have: the kind of their records, and their columns."""


def service_header() -> tuple[str, ...]:
    """The names of the columns of the sheet of services, in order: the codes in columns of their own."""
    names: list[str] = [column.name for column in ORGANIZATION_COLUMNS]
    for column in SERVICE_COLUMNS:
        names += [*CODE_COLUMNS, MORE_CODES] if column.name == "codes" else [column.name]
    return tuple(names)


def code_cells(codes: list[str]) -> dict[str, Any]:
    """The codes in their columns, in order."""
    cells: dict[str, Any] = dict(zip(CODE_COLUMNS, codes, strict=False))
    more = codes[len(CODE_COLUMNS) :]
    return {**cells, MORE_CODES: "; ".join(more)} if more else cells
