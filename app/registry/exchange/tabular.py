"""HSDS tables: which there are in our exports, their columns and keys, and nested documents as their rows.

A column of ours that holds a list or an object has it as JSON text. Its package says so.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.registry.exchange.documents import Document
from app.registry.exchange.profile import HSDS_VERSION

Row = tuple[str, Mapping[str, Any]]
"""The name of a table and one row of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file of the package.

    `columns` are names with their types in the words of Tabular Data Package, those of the standard first. `points` are
    columns that name a row of another table. `required` is never empty.
    """

    path: str
    columns: Mapping[str, str]
    points: Mapping[str, str]
    required: tuple[str, ...]


def _table(path: str, columns: str, *, points: str = "", required: str = "", ours: str = "") -> Table:
    """Columns as "name name:type", pointers as "column:table"; a column without a type is a string."""
    typed = [each.partition(":") for each in ["id", *columns.split(), *ours.split()]]
    return Table(
        path=path,
        columns={name: kind or "string" for name, _, kind in typed},
        points={name: table for name, _, table in (each.partition(":") for each in points.split())},
        required=("id", *required.split()),
    )


TABLES: Mapping[str, Table] = {
    "organization": _table(
        "organizations.csv", "name alternate_name description", required="name description",
        ours="slug country type located_in admin1 independence status status_as_of confidence note registration:array "
        "links:array sources:array",
    ),
    "service": _table(
        "services.csv",
        "organization_id name description url email status interpretation_services eligibility_description "
        "minimum_age:number maximum_age:number assured_date:date last_modified:datetime",
        points="organization_id:organization", required="organization_id name status",
        ours="slug codes:array said:array place modality address_confidential:boolean directory_status "
        "eligibility:object safety:object quality:object verification:object state_funded licence_required capacity "
        "capacity_as_of:datetime free_places:integer places_total:integer initial_stay_days:integer weekly:array "
        "response_minutes:integer duration_minutes:integer interpretation:array interpretation_vetted "
        "accessibility:array sources:array",
    ),
    "location": _table(
        "locations.csv", "location_type organization_id name", points="organization_id:organization",
        required="location_type", ours="address_confidential:boolean place country admin1",
    ),
    "service_at_location": _table(
        "service_at_location.csv", "service_id location_id", points="service_id:service location_id:location",
        required="service_id location_id",
    ),
    "organization_identifier": _table(
        "organization_identifiers.csv", "organization_id identifier_scheme identifier_type identifier",
        points="organization_id:organization", required="organization_id identifier_type identifier",
    ),
    "contact": _table("contacts.csv", "service_id email", points="service_id:service", ours="kind value note"),
    "phone": _table(
        "phones.csv", "service_id number description", points="service_id:service", required="number"
    ),
    "url": _table("url.csv", "label url service_id", points="service_id:service", required="url"),
    "schedule": _table(
        "schedules.csv", "service_id wkst freq byday opens_at:time closes_at:time", points="service_id:service"
    ),
    "language": _table("languages.csv", "service_id code", points="service_id:service"),
    "required_document": _table("required_documents.csv", "service_id document", points="service_id:service"),
    "cost_option": _table("cost_options.csv", "service_id option", points="service_id:service", required="service_id"),
    "accessibility": _table("accessibility.csv", "location_id description", points="location_id:location"),
    "service_capacity": _table(
        "service_capacity.csv", "service_id unit_id available:number maximum:number updated:datetime",
        points="service_id:service unit_id:unit", required="service_id unit_id available updated",
    ),
    "unit": _table("units.csv", "name", required="name"),
    "attribute": _table(
        "attributes.csv", "link_id taxonomy_term_id link_type link_entity",
        points="taxonomy_term_id:taxonomy_term", required="link_id taxonomy_term_id link_entity",
    ),
    "taxonomy": _table("taxonomies.csv", "name description version", required="name description"),
    "taxonomy_term": _table(
        "taxonomy_terms.csv", "code name description taxonomy language taxonomy_id", points="taxonomy_id:taxonomy",
        required="name description", ours="kind pillar:integer urgency sector",
    ),
}  # fmt: skip
"""Every table, each behind those that the reader wants to see first."""

_NESTED = {
    "services": "service",
    "service_at_locations": "service_at_location",
    "location": "location",
    "accessibility": "accessibility",
    "organization_identifiers": "organization_identifier",
    "contacts": "contact",
    "phones": "phone",
    "additional_urls": "url",
    "schedules": "schedule",
    "languages": "language",
    "required_documents": "required_document",
    "cost_options": "cost_option",
    "capacities": "service_capacity",
    "attributes": "attribute",
}
"""The table of what is nested under a key. Units and terms are the same for all, and written once."""


def rows_of(organization: Document) -> Iterator[Row]:
    """The rows of a full organization with full services, each before those that point to it."""
    yield from _rows("organization", organization)


def _rows(table: str, document: Document) -> Iterator[Row]:
    columns = TABLES[table].columns
    yield table, {name: document[name] for name in columns if name in document}
    for key, below in _NESTED.items():
        found = document.get(key)
        for nested in found if isinstance(found, list) else [found] if isinstance(found, dict) else []:
            if isinstance(nested, dict):
                yield from _rows(below, nested)


def cells(table: str, row: Mapping[str, Any]) -> list[str]:
    """The row as text, one cell a column; what is not known is empty."""
    return ["" if name not in row else _cell(row[name]) for name in TABLES[table].columns]


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def data_package(revision: int) -> Document:
    """What `datapackage.json` says: the files, their columns, and which column points where."""
    return {
        "profile": "tabular-data-package",
        "name": "referral-directory",
        "title": "Referral: the open directory as HSDS tables",
        "version": f"revision {revision}",
        "hsds_version": HSDS_VERSION,
        "resources": [_resource(name, table) for name, table in TABLES.items()],
    }


def _resource(name: str, table: Table) -> Document:
    fields = [
        {"name": column, "type": kind, "constraints": {"required": column in table.required, "unique": column == "id"}}
        for column, kind in table.columns.items()
    ]
    return {
        "name": name,
        "path": table.path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": fields,
            "primaryKey": "id",
            "foreignKeys": [
                {"fields": column, "reference": {"resource": other, "fields": "id"}}
                for column, other in table.points.items()
            ],
        },
    }
