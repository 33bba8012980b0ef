"""What people read about a handful of service points and organizations, looked up by slug when an answer names them.

A register of a million points is not kept in memory for the few names of an answer. Nothing here touches the sealed
table.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.answer import Answer
from app.domain.directory import Contact, Hotline
from app.domain.pathway import Source
from app.domain.provider import OrganizationType, ServiceStatus, Visibility
from app.registry.lookup import Looking, Lookup, day, document

SEEN: Mapping[Visibility, frozenset[Visibility]] = {
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


_POINTS = Lookup(
    """
    select s.slug, s.name, s.status, s.assured_date, s.weekly is not null, l.place, l.address_confidential,
        p.verified_on,
        o.slug, o.name, o.alternate_name, o.located_in, o.country, o.status, o.status_as_of, o.description,
        c.kind, c.value, c.visibility, c.note
    from service s
    join organization o on o.id = s.organization_id
    join location l on l.slug = s.slug
    join service_at_location p on p.slug = s.slug
    left join contact c on c.service_id = s.id
    where s.slug in ({words}) and s.removed_at is null
    order by c.position
    """,
    (None, None, None, day, bool, None, bool, day, *[None] * 12),
)
"""One row a contact, and one for a point without any."""

_ORGANIZATIONS = Lookup("select slug, name from organization where slug in ({words}) and removed_at is null")
_SERVICES = Lookup("select slug from service where slug in ({words}) and removed_at is null")
_LINES = Lookup(
    """
    select h.slug, h.country, h.name, h.number, h.operator, h.audience, h.hours, h.status, h.status_as_of,
        h.police_link, h.police_link_description, h.caveat, o.slug, h.sources, o.organization_type
    from hotline h
    left join organization o on o.id = h.organization_id
    where h.removed_at is null
    """,
    (None, None, None, None, None, None, None, None, None, None, None, None, None, document, None),
)


def entries(looking: Looking, *, points: Collection[str], organizations: Collection[str], tier: Visibility) -> Entries:
    """The entries of these points, with open contacts up to the tier, and the names of these organizations."""
    facts: dict[str, tuple[Any, ...]] = {}
    contacts: defaultdict[str, list[Contact]] = defaultdict(list)
    for row in looking.rows(_POINTS, _filled(points)) if points else ():
        slug, kind, value, visibility, note = row[0], *row[-4:]
        facts[slug] = row[:-4]
        if visibility in SEEN[tier]:
            contacts[slug].append(Contact(kind=kind, value=value, visibility=Visibility(visibility), note=note))
    found = [_entry(row, contacts) for row in facts.values()]
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


def lines(looking: Looking) -> tuple[tuple[Hotline, OrganizationType | None], ...]:
    """Every published hotline with the type of its organization, if it has one, sorted by slug."""
    return tuple(sorted((_line(*row) for row in looking.rows(_LINES)), key=lambda line: line[0].slug))


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


def _line(*row: Any) -> tuple[Hotline, OrganizationType | None]:
    (
        slug, country, name, number, operator, audience, hours, status, status_as_of, police_link, said, caveat,
        organization, sources, kind,
    ) = row  # fmt: skip
    line = Hotline(
        slug=slug, country=country, name=name, number=number, operator=operator, audience=audience, hours=hours,
        status=ServiceStatus(status), status_as_of=status_as_of, police_link=Answer(police_link),
        police_link_said=said, caveat=caveat, organization=organization,
        sources=tuple(Source(**source) for source in sources),
    )  # fmt: skip
    return line, OrganizationType(kind) if kind else None
