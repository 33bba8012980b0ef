"""Rows of a foreign file with their keys followed: whose each is, and which point to nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.registry.exchange.account import Account, Row
from app.registry.exchange.gathered import Gathered, pointers, text

_OWNERS: Mapping[str, tuple[str, ...]] = {
    "address": ("location",),
    "phone": ("contact", "service_at_location", "service", "location", "organization"),
    "contact": ("service_at_location", "service", "location", "organization"),
    "schedule": ("service_at_location", "service", "location"),
    "language": ("service", "location", "phone"),
    "eligibility": ("service",),
    "organization_identifier": ("organization",),
    "cost_option": ("service",),
    "required_document": ("service",),
    "accessibility": ("location",),
    "url": ("service", "organization"),
    "service_area": ("service_at_location", "service"),
    "service_capacity": ("service",),
    "service_taxonomy": ("service",),
}
"""The tables that a row may belong to, nearest first."""

_BEFORE = ("contact", "phone")
"""Owners that belong to others themselves, in the order in which their own owners are looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What is sound of a file. Ids are the file's own; every list keeps the order of the file."""

    organizations: dict[str, Row] = field(default_factory=dict)
    services: dict[str, Row] = field(default_factory=dict)
    locations: dict[str, Row] = field(default_factory=dict)
    points: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Service and location ("" for none) of each service_at_location."""
    points_at: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids of service_at_locations by service and location."""
    offered_at: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Locations of each service."""
    offered_by: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Services of each organization."""
    terms: dict[str, Row] = field(default_factory=dict)
    parts: defaultdict[tuple[str, str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Rows by their table, the table of their owner, and its id."""

    def parts_of(self, table: str, owner: str, key: str) -> list[Row]:
        """The rows of a table that belong to that record."""
        return self.parts.get((table, owner, key), [])


def linked(gathered: Gathered) -> Linked:
    """The rows that are sound with whatever they belong to; every other one is rejected with its reason."""
    found, account = Linked(), gathered.account
    tables = gathered.tables
    found.organizations.update(_by_id(tables["organization"], account, needs_name=True))
    for key, row in _by_id(tables["service"], account, needs_name=True):
        owner = pointers(row, "organization_id")
        if owner in found.organizations:
            found.services[key] = row
            found.offered_by[owner].append(key)
        elif owner:
            account.reject(row, "organization_id", "unknown-organization", "no sound organization has that id")
        else:
            account.reject(row, "organization_id", "missing-organization", "no organization is named")
    locations = dict(_by_id(tables["location"], account, needs_name=False))
    _follow_points(tables["service_at_location"], locations, found, account)
    _follow_locations(locations, found, account)
    for name in ("taxonomy", "taxonomy_term"):
        found.terms.update((row.id, row) for row in tables[name] if row.id)
    _follow_parts(gathered, found)
    return found


def _by_id(rows: list[Row], account: Account, *, needs_name: bool) -> Iterator[tuple[str, Row]]:
    taken: dict[str, int] = {}
    for row in rows:
        key = row.id
        if not key and needs_name:
            key = f"@{row.table}-{row.number}"
            account.remark(row, "id", "missing-id", "without an id nothing can point to it; its name stands for it")
        if not key:
            account.reject(row, "id", "missing-id", "nothing can point to a record without an id")
        elif key in taken:
            reason = f"row {taken[key]} has that id too; the first one counts"
            account.reject(row, "id", "duplicate-id", reason)
        elif needs_name and not text(row, "name"):
            account.reject(row, "name", "missing-name", "a record without a name cannot be looked up")
        else:
            taken[key] = row.number
            yield key, row


def _follow_points(rows: list[Row], locations: Mapping[str, Row], found: Linked, account: Account) -> None:
    for row in rows:
        service, location = pointers(row, "service_id"), pointers(row, "location_id")
        if service not in found.services:
            account.reject(row, "service_id", "unknown-service", "no sound service has that id")
        elif location and location not in locations:
            account.reject(row, "location_id", "unknown-location", "no sound location has that id")
        elif row.id and row.id in found.points:
            account.reject(row, "id", "duplicate-id", "another service_at_location has that id; the first one counts")
        else:
            found.points[row.id or f"@{row.number}"] = (service, location)
            found.points_at[service, location].append(row.id or f"@{row.number}")
            if location and location not in found.offered_at[service]:
                found.offered_at[service].append(location)


def _follow_locations(locations: Mapping[str, Row], found: Linked, account: Account) -> None:
    for key, row in locations.items():
        service = pointers(row, "service_id")
        if service in found.services and key not in found.offered_at[service]:
            found.offered_at[service].append(key)
    used = {key for keys in found.offered_at.values() for key in keys}
    for key, row in locations.items():
        if key in used:
            found.locations[key] = row
        else:
            account.reject(row, "id", "no-service", "no sound service is given there")


def _follow_parts(gathered: Gathered, found: Linked) -> None:
    known: dict[str, set[str]] = {
        "organization": set(found.organizations),
        "service": set(found.services),
        "location": set(found.locations),
        "service_at_location": set(found.points),
    }
    for table in (*_BEFORE, *(name for name in _OWNERS if name not in _BEFORE)):
        known[table] = set()
        for row in gathered.tables[table]:
            if table == "service_taxonomy":
                _name_service(row)
            owner = _owner(row, known, gathered.account)
            if owner is not None:
                found.parts[table, *owner].append(row)
                known[table].add(row.id)


def _name_service(row: Row) -> None:
    """A term of HSDS 2 and 3 names its service as what it is linked to; terms of other records are not kept."""
    entity = text(row, "link_entity", "link_type").lower()
    if "service_id" not in row.cells and "link_id" in row.cells and entity in ("", "service", "services", "link_type"):
        row.cells["service_id"] = row.cells["link_id"]


def _owner(row: Row, known: Mapping[str, set[str]], account: Account) -> tuple[str, str] | None:
    """The nearest record that the row names and that is sound; the row is rejected when there is none."""
    named = [(table, pointers(row, f"{table}_id")) for table in _OWNERS[row.table]]
    given = [(table, key) for table, key in named if key]
    sound = [(table, key) for table, key in given if key in known.get(table, ())]
    if not sound:
        reason = "what it belongs to is not there, or was rejected" if given else "it belongs to nothing"
        account.reject(row, f"{given[0][0]}_id" if given else "", "unknown-owner", reason)
        return None
    for table, _ in [pair for pair in given if pair not in sound]:
        account.remark(row, f"{table}_id", "unknown-owner", "that record is not there, or was rejected")
    return sound[0]
