"""Making the register say what a directory says, with a change row for every record that became another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select, update

from app.domain.directory import Directory, Organization, Service
from app.domain.errors import Fault, FaultyData
from app.registry import rows
from app.registry.chain import append_changes
from app.registry.database import locked_state
from app.registry.marked import pointer
from app.registry.plain import plain
from app.registry.reading import directory_in
from app.registry.seal import Seal
from app.registry.soundness import of_days_to_come
from app.registry.tables import (
    ChangeRow,
    ContactRow,
    CrossBorderFactRow,
    HeldRecordRow,
    HotlineRow,
    LinkRow,
    OrganizationIdentifierRow,
    OrganizationRow,
    Record,
    ReturnReceptionRow,
    SealedContactRow,
    ServiceAtLocationRow,
    ServiceCapacityRow,
    ServicePart,
    ServiceRow,
    id_of,
)

Key = tuple[str, str]
"""Kind of record (the name of its table) and slug."""

RECORDS: Mapping[str, type[Record]] = {
    "organization": OrganizationRow,
    "service": ServiceRow,
    "link": LinkRow,
    "return_reception": ReturnReceptionRow,
    "hotline": HotlineRow,
    "cross_border_fact": CrossBorderFactRow,
}
"""The kinds of records, each after those that it points to."""

_PARTS_OF_SERVICE: tuple[type[ServicePart], ...] = (ContactRow, SealedContactRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who changed something, why, and when."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """A service with whose it is and its place among that organization's services."""

    service: Service
    organization: str
    position: int


def load(session: Session, directory: Directory, *, seal: Seal, cause: Cause) -> int:
    """The revision of the register, which now says what the directory says.

    What was not in it becomes a tombstone. Quarantines, and what stewards recorded about a service that stays, are
    kept. Records that were published or archived here are left as they are, whatever the directory says of them. A
    directory that the register has already changes nothing.

    Raises:
        FaultyData: A slug is given twice, something points to a slug that the directory does not have, or something is
            said to have been verified or reported after the moment of loading.
    """
    _require_past(directory, cause.at)
    _require_whole(directory)
    state = locked_state(session)
    marks = {service.slug: rows.seal_mark(service, seal) for service in _all_services(directory)}
    before = _contents(directory_in(session, recorded=False), _marks_in(session))
    after = _beside_held(session, before, _contents(directory, marks))
    changed = [key for key in _in_order({*before, *after}) if before.get(key) != after.get(key)]
    if not changed:
        return state.revision
    state.revision += 1
    written = {key for key in changed if key in after}
    _write(session, directory, written=written, seal=seal, marks=marks)
    bury(session, [key for key in changed if key not in after], cause.at)
    append_changes(
        session, state, (change_row(key, before.get(key), after.get(key), state.revision, cause) for key in changed)
    )
    return state.revision


def change_row(key: Key, before: Any, after: Any, revision: int, cause: Cause, action: str = "") -> ChangeRow:
    """A row for the end of the chain; number and hashes are given there."""
    action = action or ("created" if before is None else "removed" if after is None else "changed")
    return ChangeRow(
        number=0, previous="", hash="", at=cause.at, by=cause.by, reason=cause.reason, revision=revision,
        kind=key[0], slug=key[1], action=action, before=before, after=after,
    )  # fmt: skip


def _all_services(directory: Directory) -> Iterator[Service]:
    return (service for organization in directory.organizations for service in organization.services)


def _marks_in(session: Session) -> dict[str, str | None]:
    return dict(session.exec(select(ServiceRow.slug, ServiceRow.seal_mark)).all())


def _in_order(keys: set[Key]) -> list[Key]:
    order = list(RECORDS)
    return sorted(keys, key=lambda key: (order.index(key[0]), key[1]))


def _contents(directory: Directory, marks: Mapping[str, str | None]) -> dict[Key, Any]:
    """Every record as plain JSON. Of sealed contacts it has nothing but their mark."""
    contents: dict[Key, Any] = {}
    for organization in directory.organizations:
        contents["organization", organization.slug] = organization_content(organization)
    for offered in _offered(directory):
        contents["service", offered.service.slug] = service_content(
            offered.service,
            organization=offered.organization,
            position=offered.position,
            mark=marks.get(offered.service.slug),
        )
    for kind, values in (
        ("link", directory.links),
        ("return_reception", directory.receptions),
        ("hotline", directory.hotlines),
        ("cross_border_fact", directory.cross_border),
    ):
        contents.update({(kind, value.slug): plain(value) for value in values})
    return contents


def _beside_held(session: Session, before: Mapping[Key, Any], offered: Mapping[Key, Any]) -> dict[Key, Any]:
    """What is offered, with records that stewards hold as they are, and with nothing that points to what is gone.

    An organization is kept for as long as a held record needs it.
    """
    held = {(row.kind, row.slug) for row in session.exec(select(HeldRecordRow))}
    if not held:
        return dict(offered)
    kept = {key: before[key] for key in held if key in before}
    after = {key: content for key, content in offered.items() if key not in held} | kept
    needed = {named for key, content in kept.items() for named in _named_by(key[0], content)}
    after |= {key: before[key] for key in needed if key[0] == "organization" and key not in after and key in before}
    for kind in RECORDS:
        for key in [key for key in after if key[0] == kind]:
            if not all(named in after for named in _named_by(kind, after[key])):
                del after[key]
    return after


def _named_by(kind: str, content: Mapping[str, Any]) -> list[Key]:
    """The records that this one points to."""
    if kind == "service":
        return [("organization", content["organization"])]
    if kind == "link":
        return [("organization", content["from_organization"]), ("service", content["to"])]
    if kind == "return_reception":
        return [("organization", content["receiver"]), ("service", content["point"])]
    return [("organization", content["organization"])] if content.get("organization") else []


def organization_content(organization: Organization) -> dict[str, Any]:
    """The organization as the chain of changes tells it."""
    content: dict[str, Any] = plain(organization)
    del content["services"]
    return content


def service_content(service: Service, *, organization: str, position: int, mark: str | None) -> dict[str, Any]:
    """The service as the chain of changes tells it. Of sealed contacts it has nothing but their mark."""
    content: dict[str, Any] = plain(service)
    content["contacts"] = [plain(contact) for contact in service.contacts if not rows.is_sealed(contact)]
    return content | {"organization": organization, "position": position, "sealed": mark}


def _offered(directory: Directory) -> Iterator[_Offered]:
    for organization in directory.organizations:
        for position, service in enumerate(organization.services):
            yield _Offered(service=service, organization=organization.slug, position=position)


def _write(
    session: Session, directory: Directory, *, written: set[Key], seal: Seal, marks: Mapping[str, str | None]
) -> None:
    """The written records and their parts are in the database as the directory says."""
    had = _all_keys_in(session)
    organizations = [o for o in directory.organizations if ("organization", o.slug) in written]
    _put(session, had, map(rows.organization_row, organizations))
    for organization in organizations:
        owner = id_of("organization", organization.slug)
        session.exec(delete(OrganizationIdentifierRow).where(col(OrganizationIdentifierRow.organization_id) == owner))
        session.add_all(rows.identifier_rows(organization))
    offered = [each for each in _offered(directory) if ("service", each.service.slug) in written]
    _write_services(session, offered, had=had, seal=seal, marks=marks)
    _put(session, had, (rows.link_row(each) for each in directory.links if ("link", each.slug) in written))
    receptions = (each for each in directory.receptions if ("return_reception", each.slug) in written)
    _put(session, had, map(rows.reception_row, receptions))
    _put(session, had, (rows.hotline_row(each) for each in directory.hotlines if ("hotline", each.slug) in written))
    facts = (each for each in directory.cross_border if ("cross_border_fact", each.slug) in written)
    _put(session, had, map(rows.fact_row, facts))


def _all_keys_in(session: Session) -> set[Key]:
    """The keys of all records in the database, tombstones too."""
    return {(kind, slug) for kind, table in RECORDS.items() for slug in session.exec(select(col(table.slug)))}


def _put(session: Session, had: set[Key], records: Iterable[Record]) -> None:
    """Each record is in the database with these values; a tombstone stands up again."""
    for record in records:
        if (str(record.__tablename__), record.slug) in had:
            session.merge(record)
        else:
            session.add(record)
    session.flush()


def _write_services(
    session: Session, offered: list[_Offered], *, had: set[Key], seal: Seal, marks: Mapping[str, str | None]
) -> None:
    _put(
        session,
        had,
        (
            rows.service_row(o.service, organization=o.organization, position=o.position, mark=marks[o.service.slug])
            for o in offered
        ),
    )
    for service in (each.service for each in offered):
        if ("service", service.slug) in had:
            session.merge(rows.location_row(service))
            _delete_parts(session, service.slug)
        else:
            session.add(rows.location_row(service))
    session.flush()
    for service in (each.service for each in offered):
        if ("service", service.slug) not in had:
            session.add(rows.point_row(service))
        session.add_all(rows.contact_rows(service))
        session.add_all(rows.sealed_rows(service, seal))
    session.flush()


def _delete_parts(session: Session, slug: str) -> None:
    for part in _PARTS_OF_SERVICE:
        session.exec(delete(part).where(col(part.service_id) == id_of("service", slug)))


def bury(session: Session, removed: list[Key], at: datetime) -> None:
    """The removed records are tombstones without parts. A quarantine outlives its service, for it may come back."""
    for kind, slug in removed:
        table = RECORDS[kind]
        session.exec(update(table).where(col(table.slug) == slug).values(removed_at=at))
        if kind == "service":
            _delete_parts(session, slug)
            owner = id_of("service", slug)
            session.exec(delete(ServiceCapacityRow).where(col(ServiceCapacityRow.service_id) == owner))
            session.exec(
                update(ServiceAtLocationRow)
                .where(col(ServiceAtLocationRow.slug) == slug)
                .values(verified_on=None, verification_method=None, verifier_role=None)
            )


def _require_past(directory: Directory, at: datetime) -> None:
    """A day is let pass: files are written beforehand, and in any zone."""
    faults = [
        Fault("", 0, pointer((service.slug, *spot)), code, mend)
        for service in _all_services(directory)
        for spot, code, mend in of_days_to_come(service, at + timedelta(days=1))
    ]
    if faults:
        raise FaultyData(tuple(faults))


def _require_whole(directory: Directory) -> None:
    organizations = {organization.slug for organization in directory.organizations}
    services = {service.slug for service in _all_services(directory)}
    faults = [
        Fault("", 0, place, "unknown-slug", "name a record of this directory, or leave this one out")
        for place, slug, is_service in _pointers(directory)
        if slug not in (services if is_service else organizations)
    ]
    faults += [
        Fault("", 0, f"/{slug}", "duplicate-slug", "give every record a slug of its own")
        for slug, count in Counter(_all_slugs(directory)).items()
        if count > 1
    ]
    if faults:
        raise FaultyData(tuple(faults))


def _pointers(directory: Directory) -> Iterator[tuple[str, str, bool]]:
    """Where something points to another record, the slug that is named, and whether a service is meant."""
    for link in directory.links:
        yield f"/links/{link.slug}/from_organization", link.from_organization, False
        yield f"/links/{link.slug}/to", link.to, True
    for reception in directory.receptions:
        yield f"/receptions/{reception.slug}/point", reception.point, True
        yield f"/receptions/{reception.slug}/receiver", reception.receiver, False
    for hotline in directory.hotlines:
        if hotline.organization is not None:
            yield f"/hotlines/{hotline.slug}/organization", hotline.organization, False


def _all_slugs(directory: Directory) -> Iterator[str]:
    yield from (organization.slug for organization in directory.organizations)
    yield from (service.slug for service in _all_services(directory))
    for records in (directory.links, directory.receptions, directory.hotlines, directory.cross_border):
        yield from (record.slug for record in records)
