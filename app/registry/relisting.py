"""Makes all listings anew from the chain of changes and the tables: for a register that had none, or has lost them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from app.domain.folding import folded_words
from app.registry.learning import learn
from app.registry.listing_tables import ListingContentRow, ListingPlaceRow, ListingRegistrationRow, ListingRow
from app.registry.listings import (
    AT_ONCE,
    Dated,
    Listing,
    Plain,
    insert_listings,
    listing_of,
    listings_in,
)
from app.registry.scanning import in_pieces
from app.registry.service_listings import list_services
from app.registry.tables import ChangeRow, OrganizationRow

_PAGE = 500
_OWNED = ("organization", "service")


def recall_consents(connection: Connection) -> None:
    """Organizations consent as the chain of changes last told; for a schema that has just got room for it again."""
    last: dict[str, str] = {}
    for same in _by_revision(connection):
        for row in same:
            if row.kind == "organization" and row.after is not None:
                last[row.slug] = row.after.get("register_consent", "unknown")
    for slug, consent in last.items():
        if consent != "unknown":
            ours = col(OrganizationRow.slug) == slug
            connection.execute(update(OrganizationRow).where(ours).values(register_consent=consent))


def relist_all(connection: Connection) -> None:
    """Listings of all times, folded names and words are those of the register.

    What holds now is read from the tables; what held before is told by the chain of changes. Where no change tells
    since when an organization is published, its listing has no beginning.
    """
    for table in (ListingRow, ListingContentRow, ListingRegistrationRow, ListingPlaceRow):
        connection.execute(delete(table))
    told = _Replay()
    for same in _by_revision(connection):
        told.follow(same)
    slugs = sorted({*told.listings, *connection.scalars(select(col(OrganizationRow.slug)))})
    for some in in_pieces(slugs, AT_ONCE):
        found = listings_in(connection, some)
        insert_listings(connection, (dated for slug in some for dated in _as_of_now(told, slug, found.get(slug))))
        names = [name for slug in some for one, *_ in told.listings.get(slug, ()) for name in one.names]
        learn(connection, {*list_services(connection, some), *(word for name in names for word in folded_words(name))})


def _as_of_now(told: "_Replay", slug: str, now: Listing | None) -> Sequence[Dated]:
    """What was told of that slug, the last of it as the tables say."""
    dated = told.listings.get(slug, [])
    if not dated:
        return [(now, 0, None, None, None)] if now else []
    last, since, until, from_at, until_at = dated[-1]
    settled = now.after(last) if now else last._replace(published=False)
    return [*dated[:-1], (settled, since, until, from_at, until_at)]


def _by_revision(connection: Connection) -> Iterator[list[Any]]:
    """Changes of organizations and services in their order, those that were made at once together."""
    names = ("number", "at", "revision", "kind", "slug", "action", "after")
    chosen = (
        select(*(col(getattr(ChangeRow, name)) for name in names))
        .where(col(ChangeRow.kind).in_(_OWNED))
        .order_by(col(ChangeRow.number))
    )
    same: list[Any] = []
    for row in connection.execute(chosen, execution_options={"yield_per": _PAGE}):
        if same and same[-1].revision != row.revision:
            yield same
            same = []
        same.append(row)
    if same:
        yield same


class _Replay:
    """What the register said, change by change."""

    def __init__(self) -> None:
        self.listings: defaultdict[str, list[Dated]] = defaultdict(list)
        self._organizations: dict[str, Plain] = {}
        self._services: dict[str, dict[str, Any]] = {}
        self._verified: dict[str, Plain] = {}
        self._owned: defaultdict[str, set[str]] = defaultdict(set)

    def follow(self, rows: Iterable[Any]) -> None:
        """These changes, made at once, have happened."""
        touched: set[str] = set()
        for row in rows:
            number, at = row.number, row.at
            touched |= self._organization(row) if row.kind == "organization" else self._service(row)
        for slug in sorted(touched):
            self._list(slug, number, at)

    def _organization(self, row: Any) -> set[str]:
        if row.after is None:
            self._organizations.pop(row.slug, None)
        else:
            self._organizations[row.slug] = {**self._organizations.get(row.slug, {}), **row.after}
        return {row.slug}

    def _service(self, row: Any) -> set[str]:
        before = self._services.pop(row.slug, {})
        touched = {before["organization"]} if before else set()
        self._owned[before.get("organization", "")].discard(row.slug)
        if row.after is None:
            self._verified.pop(row.slug, None)
            return touched
        if row.action == "verified":
            self._verified[row.slug] = row.after["verification"]
        else:
            before = {**before, **row.after}
        if "organization" not in before:
            return touched
        self._services[row.slug] = before
        self._owned[before["organization"]].add(row.slug)
        return touched | {before["organization"]}

    def _list(self, slug: str, number: int, at: datetime) -> None:
        dated = self.listings[slug]
        old = dated[-1][0] if dated else None
        organization = self._organizations.get(slug)
        if organization is not None:
            one = listing_of(organization, [self._with_verification(each) for each in self._offered(slug)]).after(old)
        elif old is not None:
            one = old._replace(published=False)
        else:
            return
        if one == old:
            return
        if dated:
            last, since, _, from_at, _ = dated[-1]
            dated[-1] = (last, since, number, from_at, at)
        dated.append((one, number, None, at, None))

    def _offered(self, slug: str) -> list[Mapping[str, Any]]:
        services = [self._services[service] for service in self._owned[slug]]
        return sorted(services, key=lambda service: (service.get("position", 0), service["slug"]))

    def _with_verification(self, service: Mapping[str, Any]) -> Mapping[str, Any]:
        """The service with the later one of its own verification and a steward's."""
        stewards = self._verified.get(service["slug"])
        own = service["verification"]
        if stewards is None or (own["on"] or "") > (stewards["on"] or ""):
            return service
        return {**service, "verification": stewards}
