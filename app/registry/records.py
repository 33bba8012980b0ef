"""One published record at a time: reading it as a body, writing it, taking it out. Loading does the same for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from app.domain.directory import Contact, Organization, Service
from app.domain.draft import DraftKind
from app.domain.errors import NotFound
from app.domain.provider import Link
from app.registry import rows
from app.registry.drafting import record_kind
from app.registry.loading import RECORDS, organization_content, service_content
from app.registry.plain import canonical, plain
from app.registry.reading import link_in, organization_in, service_in
from app.registry.seal import Seal
from app.registry.tables import (
    ChangeRow,
    ContactRow,
    HeldRecordRow,
    LinkRow,
    OrganizationIdentifierRow,
    OrganizationRow,
    ReturnReceptionRow,
    SealedContactRow,
    ServiceAtLocationRow,
    ServiceRow,
    id_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A published record: whose it is, what the chain of changes says of it, and its value."""

    kind: str
    slug: str
    organization: str
    content: Mapping[str, Any]
    value: Organization | Service | Link
    sealed: int


def find_standing(session: Session, kind: str, slug: str) -> Standing | None:
    """The published record behind a kind of draft and a slug; for a part, its service."""
    kind = record_kind(kind)
    if kind == DraftKind.ORGANIZATION:
        organization = organization_in(session, slug)
        if organization is None:
            return None
        content = organization_content(organization)
        return Standing(kind=kind, slug=slug, organization=slug, content=content, value=organization, sealed=0)
    if kind == DraftKind.LINK:
        link = link_in(session, slug)
        if link is None:
            return None
        owner = link.from_organization
        return Standing(kind=kind, slug=slug, organization=owner, content=plain(link), value=link, sealed=0)
    return _service_standing(session, slug)


def _service_standing(session: Session, slug: str) -> Standing | None:
    found = service_in(session, slug)
    if found is None:
        return None
    row, service = found
    owner = session.get_one(OrganizationRow, row.organization_id).slug
    content = service_content(service, organization=owner, position=row.position, mark=row.seal_mark)
    sealed = session.exec(
        select(func.count()).select_from(SealedContactRow).where(col(SealedContactRow.service_id) == row.id)
    ).one()
    return Standing(kind="service", slug=slug, organization=owner, content=content, value=service, sealed=sealed)


def get_standing(session: Session, kind: str, slug: str) -> Standing:
    """The published record.

    Raises:
        NotFound: There is none.
    """
    found = find_standing(session, kind, slug)
    if found is None:
        raise NotFound("there is no such record")
    return found


def number_of(session: Session, kind: str, slug: str) -> int:
    """The number of the last change of that record, of whatever sort; 0 when there never was one."""
    chosen = select(func.max(ChangeRow.number)).where(ChangeRow.kind == record_kind(kind), ChangeRow.slug == slug)
    return session.exec(chosen).one() or 0


def tag_of(session: Session, kind: str, slug: str) -> str:
    """The number of the last change of that record with the beginning of its hash: it never comes again for another
    content, in a register put back from a copy either."""
    chosen = select(ChangeRow).where(ChangeRow.kind == record_kind(kind), ChangeRow.slug == slug)
    last = session.exec(chosen.order_by(col(ChangeRow.number).desc()).limit(1)).first()
    return f"{last.number}-{last.hash[:8]}" if last else "0-00000000"


def country_of(session: Session, organization: str) -> str | None:
    """Where the published organization stands; `None`: there is none."""
    found = organization_in(session, organization)
    return (found.located_in or found.country) if found else None


def is_taken(session: Session, kind: str, slug: str) -> bool:
    """Whether a record of another kind is published under that slug."""
    return any(
        session.exec(select(table.id).where(col(table.slug) == slug, col(table.removed_at).is_(None))).first()
        for name, table in RECORDS.items()
        if name != kind
    )


def hold(session: Session, kind: str, slug: str) -> None:
    """From now on loading a directory leaves the record alone."""
    if session.get(HeldRecordRow, (kind, slug)) is None:
        session.add(HeldRecordRow(kind=kind, slug=slug))


def write_organization(session: Session, organization: Organization) -> None:
    """The organization is published as it is here; its services are not touched."""
    session.merge(rows.organization_row(organization))
    session.flush()
    owner = id_of("organization", organization.slug)
    session.exec(delete(OrganizationIdentifierRow).where(col(OrganizationIdentifierRow.organization_id) == owner))
    session.add_all(rows.identifier_rows(organization))
    session.flush()


def write_link(session: Session, link: Link) -> None:
    """The link is published as it is here."""
    session.merge(rows.link_row(link))
    session.flush()


def write_service(
    session: Session, service: Service, *, organization: str, keeps_sealed: bool, seal: Seal
) -> dict[str, Any]:
    """The service is published as it is here; gives what the chain of changes says of it.

    With `keeps_sealed` the restricted contacts on record stay, and those of the service come behind them.
    """
    owner = id_of("service", service.slug)
    before = session.get(ServiceRow, owner)
    stays = before is not None and before.removed_at is None
    position = before.position if before is not None and stays else _next_position(session, organization)
    mark = rows.seal_mark(service, seal)
    first = 0
    if before is not None and stays and keeps_sealed and before.seal_mark is not None:
        mark = seal.mark(canonical([before.seal_mark, mark]), about=service.slug) if mark else before.seal_mark
        first = _behind_sealed(session, service.slug)
    session.merge(rows.service_row(service, organization=organization, position=position, mark=mark))
    session.merge(rows.location_row(service))
    session.flush()
    if session.get(ServiceAtLocationRow, id_of("service_at_location", service.slug)) is None:
        session.add(rows.point_row(service))
    session.exec(delete(ContactRow).where(col(ContactRow.service_id) == owner))
    if not first:
        session.exec(delete(SealedContactRow).where(col(SealedContactRow.service_id) == owner))
    session.flush()
    session.add_all(rows.contact_rows(service))
    for row in rows.sealed_rows(service, seal):
        row.position += first
        session.add(row)
    session.flush()
    return service_content(service, organization=organization, position=position, mark=mark)


def _next_position(session: Session, organization: str) -> int:
    owner = id_of("organization", organization)
    last = session.exec(select(func.max(ServiceRow.position)).where(col(ServiceRow.organization_id) == owner)).one()
    return 0 if last is None else last + 1


def _behind_sealed(session: Session, slug: str) -> int:
    owner = id_of("service", slug)
    chosen = select(func.max(SealedContactRow.position)).where(col(SealedContactRow.service_id) == owner)
    last = session.exec(chosen).one()
    return 0 if last is None else last + 1


def open_contacts_of(content: Mapping[str, Any]) -> frozenset[str]:
    """The open contacts of a record as canonical texts."""
    return frozenset(canonical(contact) for contact in content.get("contacts", ()))


def links_to(session: Session, slug: str) -> list[tuple[str, str]]:
    """Kind and slug of published links and receptions that lead to the service."""
    point = id_of("service_at_location", slug)
    links = select(LinkRow.slug).where(col(LinkRow.to_id) == point, col(LinkRow.removed_at).is_(None))
    receptions = select(ReturnReceptionRow.slug).where(
        col(ReturnReceptionRow.point_id) == point, col(ReturnReceptionRow.removed_at).is_(None)
    )
    return [
        *(("link", found) for found in session.exec(links)),
        *(("return_reception", found) for found in session.exec(receptions)),
    ]


def contact_key(contact: Contact) -> str:
    """A contact as a canonical text."""
    return canonical(plain(contact))
