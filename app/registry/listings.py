"""Keeps what searches run over in step with the register: listings of organizations, folded names, known words.

Whoever changes an organization or a service adds a row to the chain of changes, and that alone brings it here: nobody
has to think of it. A listing holds only what an authority may be told (docs/decisions/0018), so that what is hidden
cannot be asked for at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import col

from app.domain.folding import fold, folded_number
from app.domain.provider import OrganizationType
from app.registry.house import standing_rank
from app.registry.learning import learn
from app.registry.listing_tables import ListingContentRow, ListingPlaceRow, ListingRegistrationRow, ListingRow
from app.registry.lookup import day
from app.registry.plain import plain
from app.registry.scanning import in_pieces
from app.registry.service_listings import list_services
from app.registry.tables import (
    ChangeRow,
    LocationRow,
    OrganizationIdentifierRow,
    OrganizationRow,
    ServiceAtLocationRow,
    ServiceRow,
    id_of,
)

AT_ONCE = 500
"""Organizations in hand at a time."""
Plain = Mapping[str, Any]
"""A record as plain JSON."""


class Spot(NamedTuple):
    """Where a service is, and what it offers; of a confidential one neither slug nor codes are kept."""

    service: str
    place: str | None
    confidential: bool
    codes: tuple[str, ...]


class Listing(NamedTuple):
    """One organization as searches see it. `places` are those of its services.

    `secret` are slugs of services that are confidential now, or were when they were last published.
    """

    slug: str
    published: bool
    hidden: bool
    consents: bool
    names: tuple[str, ...]
    country: str
    admin1: str | None
    kind: str
    content: Plain
    secret: tuple[str, ...]
    registrations: tuple[Plain, ...]
    places: tuple["Spot", ...]

    def after(self, old: "Listing | None") -> "Listing":
        """The same, following that one: what was kept secret stays so until it is published openly."""
        if old is None:
            return self
        told = {spot.service for spot in self.places if not spot.confidential}
        secret = tuple(sorted({*self.secret, *old.secret} - told))
        hidden = self.hidden or (bool(secret) and not told)
        return self._replace(secret=secret, hidden=hidden, content={} if hidden else self.content)


def listing_of(organization: Plain, services: Sequence[Plain]) -> Listing:
    """The listing of an organization with its published services, each as plain JSON of the domain's value.

    An organization all of whose services are confidential is hidden: its name would tell of them. So is a shelter of
    which no service is published yet, as long as it does not consent.
    """
    consents = organization.get("register_consent") == "yes"
    secret = [service for service in services if service["address_confidential"]]
    told = [service for service in services if not service["address_confidential"]]
    silent = organization["type"] == OrganizationType.SHELTER and not consents
    hidden = not told and (bool(secret) or silent)
    places = [Spot(service["slug"], service.get("place"), False, tuple(service["codes"])) for service in told]
    places += [Spot("", service.get("place"), True, ()) for service in secret if consents]
    registrations = tuple(organization["registration"])
    return Listing(
        slug=organization["slug"], published=True, hidden=hidden, consents=consents,
        names=(organization["name"], organization["local_name"]),
        country=organization["located_in"] or organization["country"], admin1=organization["admin1"],
        kind=organization["type"], content={} if hidden else _content(organization, told),
        secret=tuple(sorted(service["slug"] for service in secret)), registrations=registrations,
        places=tuple(places),
    )  # fmt: skip


def _content(organization: Plain, told: Iterable[Plain]) -> dict[str, Any]:
    """What may be told to an authority: no note, no trust, no contact, no town, nobody's name but the provider's."""
    return {
        "slug": organization["slug"],
        "name": organization["name"],
        "local_name": organization["local_name"],
        "kind": organization["type"],
        "country": organization["located_in"] or organization["country"],
        "region": organization["admin1"],
        "status": organization["status"],
        "status_as_of": organization["status_as_of"],
        "registrations": list(organization["registration"]),
        "services": [_service_content(service) for service in told],
        "sources": _sources(organization),
    }


def _service_content(service: Plain) -> dict[str, Any]:
    verification = service["verification"]
    return {
        "slug": service["slug"],
        "name": service["name"],
        "codes": list(service["codes"]),
        "status": service["status"],
        "place": service.get("place"),
        "licence_required": service["licence_required"],
        "verified_on": verification["on"],
        "verification_method": verification["method"],
        "sources": _sources(service),
    }


def _sources(record: Plain) -> list[dict[str, Any]]:
    """Where it is from, without what it is said to support: that may be about people or about the police."""
    return [{name: source.get(name, "") for name in ("url", "title", "date")} for source in record["sources"]]


def owners_of(rows: Iterable[ChangeRow]) -> set[str]:
    """Slugs of the organizations that these changes are about; services are told by `services_of`."""
    found = set()
    for row in rows:
        if row.kind == "organization":
            found.add(row.slug)
        elif row.kind == "service":
            told = (side.get("organization") for side in (row.before, row.after) if isinstance(side, dict))
            found |= {slug for slug in told if isinstance(slug, str)}
    return found


def relist(connection: Connection, rows: Sequence[ChangeRow], *, number: int, at: datetime) -> None:
    """Listings, folded names and words are those of the register as it is after these changes, the last of them
    `number`; the tables are written already."""
    owners = owners_of(rows)
    services = [id_of("service", row.slug) for row in rows if row.kind == "service"]
    for some in in_pieces(services, AT_ONCE):
        chosen = (
            select(col(OrganizationRow.slug))
            .join(ServiceRow, col(ServiceRow.organization_id) == col(OrganizationRow.id))
            .where(col(ServiceRow.id).in_(some))
        )
        owners |= set(connection.scalars(chosen))
    for slugs in in_pieces(sorted(owners), AT_ONCE):
        found = listings_in(connection, slugs)
        write_listings(connection, slugs, found, number=number, at=at)
        learn(connection, list_services(connection, slugs))


def listings_in(connection: Connection, slugs: Sequence[str]) -> dict[str, Listing]:
    """The listing of each of these organizations that is published, from the tables as they are."""
    ids = [id_of("organization", slug) for slug in slugs]
    chosen = select(OrganizationRow.__table__).where(  # type: ignore[attr-defined]
        col(OrganizationRow.id).in_(ids), col(OrganizationRow.removed_at).is_(None)
    )
    organizations = {row.id: row for row in connection.execute(chosen)}
    registrations: defaultdict[Any, list[Plain]] = defaultdict(list)
    order = col(OrganizationIdentifierRow.organization_id), col(OrganizationIdentifierRow.position)
    for row in connection.execute(
        select(OrganizationIdentifierRow.__table__)  # type: ignore[attr-defined]
        .where(col(OrganizationIdentifierRow.organization_id).in_(ids))
        .order_by(*order)
    ):
        registrations[row.organization_id].append(_registration(row))
    services: defaultdict[Any, list[Plain]] = defaultdict(list)
    for row in connection.execute(_services_of(ids)):
        services[row.organization_id].append(_service(row))
    return {
        row.slug: listing_of(_organization(row, registrations[key]), services[key])
        for key, row in organizations.items()
    }


def _services_of(ids: Sequence[Any]) -> Any:
    return (
        select(
            *(col(getattr(ServiceRow, name)) for name in _SERVICE_COLUMNS),
            col(LocationRow.place), col(LocationRow.address_confidential), col(ServiceAtLocationRow.verified_on),
            col(ServiceAtLocationRow.verification_method),
        )
        .join(ServiceAtLocationRow, col(ServiceAtLocationRow.service_id) == col(ServiceRow.id))
        .join(LocationRow, col(LocationRow.id) == col(ServiceAtLocationRow.location_id))
        .where(col(ServiceRow.organization_id).in_(ids), col(ServiceRow.removed_at).is_(None))
        .order_by(col(ServiceRow.organization_id), col(ServiceRow.position), col(ServiceRow.id))
    )  # fmt: skip


_SERVICE_COLUMNS = ("organization_id", "slug", "name", "codes", "status", "licence_required", "assured_date",
                    "assurance_method", "sources")  # fmt: skip


def _organization(row: Any, registrations: Sequence[Plain]) -> Plain:
    return {
        "slug": row.slug, "name": row.name, "local_name": row.alternate_name, "country": row.country,
        "located_in": row.located_in, "admin1": row.admin1, "type": row.organization_type, "status": row.status,
        "status_as_of": row.status_as_of, "register_consent": row.register_consent, "sources": row.sources,
        "registration": registrations,
    }  # fmt: skip


def _registration(row: Any) -> Plain:
    return {
        "scheme": row.identifier_scheme, "number": row.identifier, "authority": row.authority, "status": row.status,
        "valid_from": plain(row.valid_from), "valid_to": plain(row.valid_to), "checked_on": plain(row.checked_on),
    }  # fmt: skip


def _service(row: Any) -> Plain:
    own, stewards = (row.assured_date, row.assurance_method), (row.verified_on, row.verification_method)
    day, method = max((own, stewards), key=lambda verified: (verified[0] is not None, verified[0]))
    return {
        "slug": row.slug, "name": row.name, "codes": row.codes, "status": row.status, "place": row.place,
        "address_confidential": row.address_confidential, "licence_required": row.licence_required,
        "verification": {"on": plain(day), "method": method}, "sources": row.sources,
    }  # fmt: skip


def write_listings(
    connection: Connection, slugs: Sequence[str], found: Mapping[str, Listing], *, number: int, at: datetime | None
) -> None:
    """Each listing that is another one than before holds from that change on; what is not found is not published."""
    before = {one.slug: (since, one) for since, one in _current(connection, slugs)}
    new, ended = [], []
    for slug in slugs:
        since, old = before.get(slug, (None, None))
        one = found[slug].after(old) if slug in found else old and old._replace(published=False)
        if one is None or one == old:
            continue
        new.append(one)
        if since is not None:
            ended.append({"of": slug, "at_since": since, "number": number, "moment": at})
    if ended:
        table = ListingRow.__table__  # type: ignore[attr-defined]
        connection.execute(
            update(table)
            .where(table.c.slug == bindparam("of"), table.c.since == bindparam("at_since"))
            .values(until=bindparam("number"), until_at=bindparam("moment")),
            ended,
        )
    insert_listings(connection, [(one, number, None, at, None) for one in new])


Dated = tuple[Listing, int, int | None, datetime | None, datetime | None]
"""A listing with the numbers and moments of the changes that began and ended it."""


def insert_listings(connection: Connection, dated: Iterable[Dated]) -> None:
    """These listings are in the tables."""
    listings, contents, registrations, places = [], [], [], []
    for one, since, until, from_at, until_at in dated:
        key = {"slug": one.slug, "since": since}
        listings.append(
            {**key, "until": until, "from_at": from_at, "until_at": until_at, "published": one.published,
             "hidden": one.hidden, "consents": one.consents, "folded": f" {fold(' '.join(one.names))} ",
             "country": one.country, "admin1": one.admin1, "kind": one.kind}
        )  # fmt: skip
        contents.append({**key, "content": _kept(one), "secret": list(one.secret)})
        registrations += [{**key, **row} for row in _registration_rows(one)]
        places += [
            {**key, "position": position, "service": spot.service, "place": spot.place,
             "confidential": spot.confidential, "codes": f" {' '.join(spot.codes)} "}
            for position, spot in enumerate(one.places)
        ]  # fmt: skip
    for table, rows in (
        (ListingRow, listings), (ListingContentRow, contents), (ListingRegistrationRow, registrations),
        (ListingPlaceRow, places),
    ):  # fmt: skip
        if rows:
            connection.execute(insert(table), rows)


def _registration_rows(one: Listing) -> Iterator[dict[str, Any]]:
    for position, said in enumerate(one.registrations):
        yield {
            "position": position, "number_folded": folded_number(said["number"]), "authority": said["authority"],
            "authority_folded": f" {fold(said['authority'])} ", "standing": standing_rank(said["status"]),
            "valid_from": day(said["valid_from"]), "valid_to": day(said["valid_to"]),
        }  # fmt: skip


def _kept(one: Listing) -> dict[str, Any]:
    """All of a listing that has no column, so that the next one can be held against it."""
    return {
        "told": one.content,
        "names": list(one.names),
        "registrations": list(one.registrations),
        "places": [list(spot) for spot in one.places],
    }


def _current(connection: Connection, slugs: Sequence[str]) -> Iterator[tuple[int, Listing]]:
    chosen = (
        select(ListingRow.__table__, col(ListingContentRow.content), col(ListingContentRow.secret))  # type: ignore[attr-defined]
        .join(
            ListingContentRow,
            (col(ListingContentRow.slug) == col(ListingRow.slug))
            & (col(ListingContentRow.since) == col(ListingRow.since)),
        )
        .where(col(ListingRow.slug).in_(slugs), col(ListingRow.until).is_(None))
    )
    for row in connection.execute(chosen):
        kept = row.content
        yield row.since, Listing(
            slug=row.slug, published=row.published, hidden=row.hidden, consents=row.consents,
            names=tuple(kept["names"]), country=row.country, admin1=row.admin1, kind=row.kind, content=kept["told"],
            secret=tuple(row.secret), registrations=tuple(kept["registrations"]),
            places=tuple(Spot(of, place, veiled, tuple(codes)) for of, place, veiled, codes in kept["places"]),
        )  # fmt: skip
