"""What people read about a handful of service points and organizations, looked up by slug when an answer names them.

A register of a million points is not kept in memory for the few names of an answer. Nothing here touches the sealed
table.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from app.domain.directory import Contact
from app.domain.provider import Visibility
from app.registry.lookup import Looking, Lookup, Rows
from app.registry.tables import ContactRow, LocationRow, OrganizationRow, ServiceAtLocationRow, ServiceRow

_SEEN: Mapping[Visibility, frozenset[Visibility]] = {
    Visibility.PUBLIC: frozenset({Visibility.PUBLIC}),
    Visibility.NETWORK: frozenset({Visibility.PUBLIC, Visibility.NETWORK}),
    Visibility.RESTRICTED: frozenset(Visibility),
}
"""Which open contacts a tier may see. Restricted ones are not in the table that is read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One service point as the register names it to people.

    `country` is where its organization stands, `place` the slug of its town or `None`, `verified_on` the later day of
    the directory's verification and of a steward's. `contacts` are those of the tier, in the directory's order.
    """

    point: str
    service_name: str
    organization: str
    organization_name: str
    local_name: str
    country: str
    place: str | None
    address_confidential: bool
    status: str
    status_as_of: str
    verified_on: date | None
    hours_known: bool
    note: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What is published of the points and organizations that were asked for; those that are not there are left out."""

    points: Mapping[str, Entry]
    organizations: Mapping[str, str]
    """Names by slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Which of the slugs that were asked for are published, by what they belong to."""

    organizations: frozenset[str]
    services: frozenset[str]


def _points(words: Sequence[ColumnElement[str]]) -> Rows:
    return (
        select(
            col(ServiceRow.slug), col(ServiceRow.name), col(ServiceRow.status), col(ServiceRow.assured_date),
            col(ServiceRow.hours_known), col(LocationRow.place), col(LocationRow.address_confidential),
            col(ServiceAtLocationRow.verified_on), col(OrganizationRow.slug), col(OrganizationRow.name),
            col(OrganizationRow.alternate_name), col(OrganizationRow.located_in), col(OrganizationRow.country),
            col(OrganizationRow.status), col(OrganizationRow.status_as_of), col(OrganizationRow.description),
        )
        .join_from(ServiceRow, OrganizationRow, col(OrganizationRow.id) == col(ServiceRow.organization_id))
        .join(LocationRow, col(LocationRow.slug) == col(ServiceRow.slug))
        .join(ServiceAtLocationRow, col(ServiceAtLocationRow.slug) == col(ServiceRow.slug))
        .where(col(ServiceRow.slug).in_(words), col(ServiceRow.removed_at).is_(None))
    )  # fmt: skip


def _contacts(words: Sequence[ColumnElement[str]]) -> Rows:
    return (
        select(
            col(ServiceRow.slug), col(ContactRow.kind), col(ContactRow.value), col(ContactRow.visibility),
            col(ContactRow.note),
        )
        .join_from(ServiceRow, ContactRow, col(ContactRow.service_id) == col(ServiceRow.id))
        .where(col(ServiceRow.slug).in_(words))
        .order_by(col(ContactRow.position))
    )  # fmt: skip


def _organizations(words: Sequence[ColumnElement[str]]) -> Rows:
    return select(col(OrganizationRow.slug), col(OrganizationRow.name)).where(
        col(OrganizationRow.slug).in_(words), col(OrganizationRow.removed_at).is_(None)
    )


def _services(words: Sequence[ColumnElement[str]]) -> Rows:
    return select(col(ServiceRow.slug)).where(col(ServiceRow.slug).in_(words), col(ServiceRow.removed_at).is_(None))


_POINTS, _CONTACTS, _ORGANIZATIONS, _SERVICES = map(Lookup, (_points, _contacts, _organizations, _services))


def entries(looking: Looking, *, points: Collection[str], organizations: Collection[str], tier: Visibility) -> Entries:
    """The entries of these points, with open contacts up to the tier, and the names of these organizations."""
    contacts: defaultdict[str, list[Contact]] = defaultdict(list)
    if points:
        for slug, kind, value, visibility, note in looking.rows(_CONTACTS, _filled(points)):
            if visibility in _SEEN[tier]:
                contacts[slug].append(Contact(kind=kind, value=value, visibility=Visibility(visibility), note=note))
    found = [_entry(row, contacts) for row in looking.rows(_POINTS, _filled(points))] if points else []
    names = looking.rows(_ORGANIZATIONS, _filled(organizations)) if organizations else []
    return Entries(points={entry.point: entry for entry in found}, organizations=dict(names))


def known_slugs(looking: Looking, slugs: Collection[str]) -> Known:
    """Which of the slugs are published. A text that can be no slug is known to nobody."""
    words = [slug for slug in slugs if slug.isascii() and slug.isprintable()]
    if not words:
        return Known(organizations=frozenset(), services=frozenset())
    filled = _filled(words)
    return Known(
        organizations=frozenset(slug for slug, _ in looking.rows(_ORGANIZATIONS, filled)),
        services=frozenset(slug for (slug,) in looking.rows(_SERVICES, filled)),
    )


def _filled(words: Collection[str]) -> list[str]:
    """The words, the last one repeated up to a power of two, so that few statements serve all lengths."""
    listed = list(words)
    return listed + [listed[-1]] * ((1 << (len(listed) - 1).bit_length()) - len(listed))


def _entry(row: tuple[Any, ...], contacts: Mapping[str, list[Contact]]) -> Entry:
    (
        point, service_name, own_status, assured, hours_known, place, confidential, verified, organization, name,
        local_name, located_in, country, status, status_as_of, note,
    ) = row  # fmt: skip
    return Entry(
        point=point,
        service_name=service_name,
        organization=organization,
        organization_name=name,
        local_name=local_name,
        country=located_in or country,
        place=place,
        address_confidential=confidential,
        status=own_status or status,
        status_as_of=status_as_of,
        verified_on=max((day for day in (assured, verified) if day), default=None),
        hours_known=hours_known,
        note=note,
        contacts=tuple(contacts.get(point, ())),
    )
