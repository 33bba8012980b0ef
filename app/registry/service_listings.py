"""Keeps the rows that searches for services look at; `listings` calls it with every change."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from app.domain.folding import fold
from app.registry.house import UNCLEARED, status_in_force
from app.registry.listing_tables import ListingHoursRow, ListingTermsRow, ServiceListingRow
from app.registry.plain import canonical
from app.registry.scanning import in_pieces
from app.registry.tables import LocationRow, OrganizationRow, ServiceAtLocationRow, ServiceRow, id_of

AT_ONCE = 500


def list_services(connection: Connection, slugs: Sequence[str]) -> set[str]:
    """The folded words in the names of these organizations and their services, of which all are listed as they are now.

    A town is no part of a folded text: who may not see the town of a service must not find it by that.
    """
    ids = [id_of("organization", slug) for slug in slugs]
    owned = select(col(ServiceRow.id)).where(col(ServiceRow.organization_id).in_(ids))
    connection.execute(delete(ServiceListingRow).where(col(ServiceListingRow.service_id).in_(owned)))
    rows, terms, hours = [], {}, {}
    alleged = _alleged(connection, ids)
    for found in connection.execute(_published(ids)):
        said = {"eligibility": found.eligibility, "required_documents": found.required_documents}
        key, clock = _key(said), _key(found.weekly) if found.weekly is not None else None
        terms[key] = said
        if clock is not None:
            hours[clock] = {"weekly": found.weekly}
        withheld = found.quarantined or found.organization_id in alleged
        rows.append(_row(found) | {"withheld": withheld, "terms": key, "hours": clock})
    _keep(connection, ListingTermsRow, terms)
    _keep(connection, ListingHoursRow, hours)
    if rows:
        connection.execute(insert(ServiceListingRow), rows)
    named = select(col(OrganizationRow.name), col(OrganizationRow.alternate_name)).where(
        col(OrganizationRow.id).in_(ids)
    )
    texts = [fold(f"{name} {other}") for name, other in connection.execute(named)]
    return {word for text in [*texts, *(row["folded"] for row in rows)] for word in text.split()}


def _key(said: Any) -> str:
    """A short name that is the same for all that say the same."""
    return sha256(canonical(said).encode()).hexdigest()[:24]


def _keep(connection: Connection, table: type[ListingTermsRow | ListingHoursRow], said: Mapping[str, Any]) -> None:
    """These rows are in the table, each under its key."""
    for keys in in_pieces(list(said), AT_ONCE):
        known = set(connection.scalars(select(col(table.key)).where(col(table.key).in_(keys))))
        new = [{"key": key, **said[key]} for key in keys if key not in known]
        if new:
            connection.execute(insert(table), new)


def _alleged(connection: Connection, ids: Sequence[Any]) -> set[Any]:
    """Which of these organizations have an allegation on record that is not cleared: it holds for all that they do."""
    service = ServiceRow.__table__  # type: ignore[attr-defined]
    chosen = select(service.c.organization_id, service.c.safety).where(
        service.c.organization_id.in_(ids), service.c.removed_at.is_(None)
    )
    return {owner for owner, safety in connection.execute(chosen) if safety.get("safeguarding_flag") in UNCLEARED}


def _published(ids: Sequence[Any]) -> Any:
    service, organization, point, location = (
        ServiceRow.__table__, OrganizationRow.__table__, ServiceAtLocationRow.__table__, LocationRow.__table__,  # type: ignore[attr-defined]
    )  # fmt: skip
    return (
        select(
            service.c.id, service.c.organization_id, service.c.slug, service.c.name, service.c.status,
            service.c.codes, service.c.languages, service.c.interpretation, service.c.eligibility,
            service.c.required_documents, service.c.weekly, service.c.assured_date, organization.c.name.label("of"),
            organization.c.alternate_name, organization.c.country, organization.c.located_in, organization.c.admin1,
            organization.c.status.label("of_status"), organization.c.organization_type, point.c.quarantined,
            point.c.verified_on, location.c.place, location.c.address_confidential,
        )
        .join(organization, organization.c.id == service.c.organization_id)
        .join(point, point.c.service_id == service.c.id)
        .join(location, location.c.id == point.c.location_id)
        .where(
            service.c.organization_id.in_(ids), service.c.removed_at.is_(None), organization.c.removed_at.is_(None)
        )
    )  # fmt: skip


def _row(found: Any) -> dict[str, Any]:
    names = filter(None, map(fold, (found.name, found.of, found.alternate_name)))
    spoken = dict.fromkeys([*(found.languages or ()), *(found.interpretation or ())])
    return {
        "service_id": found.id, "slug": found.slug, "folded": f" {' '.join(names)} ",
        "country": found.located_in or found.country, "admin1": found.admin1, "place": found.place,
        "confidential": found.address_confidential,
        "status": status_in_force(found.status, found.of_status), "organization_type": found.organization_type,
        "codes": f" {' '.join(found.codes)} ", "languages": f" {' '.join(spoken)} ",
        "verified_on": max((day for day in (found.assured_date, found.verified_on) if day), default=None),
    }  # fmt: skip
