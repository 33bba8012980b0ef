"""What stewards and providers see: records, drafts, histories, changes, and what is due to be verified."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from app.domain.access import Caller, Role
from app.domain.directory import Service
from app.domain.draft import Draft, DraftKind, DraftState
from app.domain.errors import NotFound
from app.domain.provider import Capacity
from app.domain.stewardship import Due, Limits, PublishedRecord, Recorded, Task, Worklist
from app.registry.bodies import PARTS, for_provider, is_stay, part_of
from app.registry.drafting import draft_of, record_kind
from app.registry.plain import plain
from app.registry.reading import verification_of
from app.registry.records import Standing, find_standing, get_standing, tag_of
from app.registry.tables import (
    DraftRow,
    LinkRow,
    OrganizationRow,
    Record,
    ServiceAtLocationRow,
    ServiceCapacityRow,
    ServiceRow,
    id_of,
)

_LAST = datetime.max.replace(tzinfo=UTC)
"""No calendar knows a later moment."""
_TABLES: Mapping[str, type[Record]] = {"organization": OrganizationRow, "service": ServiceRow, "link": LinkRow}


def is_provider(who: Caller) -> bool:
    """Whether the caller sees its own records only."""
    return who.role is Role.PROVIDER


def require_visible(session: Session, who: Caller, kind: str, slug: str) -> Standing:
    """The published record.

    Raises:
        NotFound: There is none, or it is not the provider's own: both look the same.
    """
    standing = get_standing(session, kind, slug)
    if is_provider(who) and standing.organization != who.organization:
        raise NotFound("there is no such record")
    return standing


def body_of(kind: str, standing: Standing) -> dict[str, Any]:
    """The body of a draft that would publish the record as it is; without restricted contacts."""
    if kind in PARTS:
        assert isinstance(standing.value, Service)
        return part_of(kind, standing.value)
    body = dict(standing.content)
    body.pop("position", None)
    body.pop("sealed", None)
    return body


def read_record(session: Session, who: Caller, kind: DraftKind, slug: str, *, limits: Limits) -> PublishedRecord:
    """The published record as the caller may see it.

    Raises:
        NotFound: There is none for this caller.
    """
    standing = require_visible(session, who, kind, slug)
    hides = is_provider(who)
    body = body_of(kind, standing)
    recorded = _recorded(session, standing.value, limits) if isinstance(standing.value, Service) else None
    if recorded is not None and hides:
        recorded = replace(recorded, quarantined=None)
    seen = PublishedRecord(
        kind=kind, slug=slug, organization=standing.organization, tag="" if hides else tag_of(session, kind, slug),
        body=for_provider(body) if hides else body, sealed_contacts=standing.sealed,
        recorded=None if kind == DraftKind.LOCATION else recorded,
    )  # fmt: skip
    return replace(seen, tag=_digest(seen)) if hides else seen


def _digest(seen: PublishedRecord | Draft) -> str:
    """The tag of what a provider sees: it does not move when something moved that is hidden from her."""
    told = {**asdict(replace(seen, body={})), "body": dict(seen.body)}
    return sha256(json.dumps(told, sort_keys=True, default=plain).encode()).hexdigest()[:16]


def _recorded(session: Session, service: Service, limits: Limits) -> Recorded:
    point = session.get_one(ServiceAtLocationRow, id_of("service_at_location", service.slug))
    report = session.get(ServiceCapacityRow, point.service_id)
    seen, own = verification_of(point), service.verification
    verification = seen if seen.on and (own.on is None or seen.on >= own.on) else own
    capacity, free, as_of = service.capacity, service.free_places, service.capacity_as_of
    if report is not None and (as_of is None or report.updated >= as_of):
        capacity, free, as_of = Capacity(report.state), report.available, report.updated
    return Recorded(
        verification=verification, capacity=capacity, free_places=free, capacity_as_of=as_of,
        capacity_expires_at=_expiry(as_of, is_stay(service.codes), limits), quarantined=point.quarantined,
    )  # fmt: skip


def _expiry(as_of: datetime | None, is_bed: bool, limits: Limits) -> datetime | None:
    hours = limits.stay_capacity_hours if is_bed else limits.capacity_hours
    return as_of + min(timedelta(hours=hours), _LAST - as_of) if as_of else None


def list_records(
    session: Session, who: Caller, kind: DraftKind, *, after: str, limit: int, limits: Limits
) -> tuple[tuple[PublishedRecord, ...], bool]:
    """Published records after that slug, in the order of the database's slugs, and whether there are more."""
    table = _TABLES[record_kind(kind)]
    chosen = select(table.slug).where(col(table.removed_at).is_(None), col(table.slug) > after)
    if is_provider(who):
        owner = id_of("organization", who.organization or "")
        column: Any = {"organization": OrganizationRow.id, "link": LinkRow.from_organization_id}.get(
            record_kind(kind), ServiceRow.organization_id
        )
        chosen = chosen.where(column == owner)
    slugs = session.exec(chosen.order_by(col(table.slug)).limit(limit + 1)).all()
    found = tuple(read_record(session, who, kind, slug, limits=limits) for slug in slugs[:limit])
    return found, len(slugs) > limit


def list_drafts(
    session: Session, who: Caller, *, state: DraftState | None, kind: DraftKind | None, after: int, limit: int
) -> tuple[tuple[tuple[int, Draft], ...], bool]:
    """Drafts after that number with their numbers, oldest first, and whether there are more."""
    chosen = select(DraftRow).where(col(DraftRow.number) > after)
    if state is not None:
        chosen = chosen.where(DraftRow.state == state.value)
    if kind is not None:
        chosen = chosen.where(DraftRow.kind == kind.value)
    if is_provider(who):
        chosen = chosen.where(col(DraftRow.is_proposal).is_(True), DraftRow.organization == (who.organization or ""))
    found = session.exec(chosen.order_by(col(DraftRow.number)).limit(limit + 1)).all()
    return tuple((row.number, seen_draft(who, draft_of(row))) for row in found[:limit]), len(found) > limit


def seen_draft(who: Caller, draft: Draft) -> Draft:
    """The draft as the caller may see it."""
    if not is_provider(who):
        return draft
    seen = replace(draft, body=for_provider(draft.body), note="" if draft.is_note_hidden else draft.note)
    return replace(seen, tag=_digest(replace(seen, tag="", version=0)))


def standing_body(session: Session, draft: Draft) -> Mapping[str, Any]:
    """The body of the published record that the draft would replace; empty when there is none."""
    standing = find_standing(session, draft.kind, draft.slug)
    return body_of(draft.kind, standing) if standing else {}


def worklist(
    session: Session, *, today: date, limits: Limits, country: str | None, days: int, after: str, limit: int
) -> Worklist:
    """Services whose verification is due, or will be within so many days, that come after that one in their order.

    First those that fell out of routes, then those that routes warn of, then those never verified, then those to come;
    within each the longest due first, then by slug (H19; standards, section 3c).
    """
    rows = session.exec(
        select(
            ServiceRow.slug, ServiceRow.name, ServiceRow.codes, ServiceRow.assured_date,
            ServiceAtLocationRow.verified_on, ServiceAtLocationRow.quarantined, OrganizationRow.slug,
            OrganizationRow.country, OrganizationRow.located_in,
        )  # type: ignore[call-overload]
        .join(ServiceAtLocationRow, col(ServiceAtLocationRow.service_id) == col(ServiceRow.id))
        .join(OrganizationRow, col(OrganizationRow.id) == col(ServiceRow.organization_id))
        .where(col(ServiceRow.removed_at).is_(None))
    )  # fmt: skip
    tasks = []
    for slug, name, codes, loaded, recorded, quarantined, organization, home, seat in rows:
        if country is not None and country != (seat or home):
            continue
        seen = max((day for day in (loaded, recorded) if day), default=None)
        short = not limits.short_lived.isdisjoint(codes)
        why, limit_days = _why(seen, short, today, limits)
        due = _day_after(seen, limit_days) if seen and limit_days is not None else None
        if why is not Due.COMING or (due is not None and due <= today + timedelta(days=days)):
            tasks.append(
                Task(
                    slug=slug, name=name, organization=organization, country=seat or home, why=why, verified_on=seen,
                    due_on=due, limit_days=limit_days, is_short_lived=short, quarantined=quarantined,
                )
            )  # fmt: skip
    tasks.sort(key=_urgency)
    rest = [task for task in tasks if not after or _urgency(task) > _urgency_in(after)]
    return Worklist(
        tasks=tuple(rest[:limit]), total=len(tasks), next=_told(rest[limit - 1]) if len(rest) > limit else None
    )


def _urgency(task: Task) -> tuple[int, str, str]:
    return list(Due).index(task.why), (task.due_on or date.min).isoformat(), task.slug


def _told(task: Task) -> str:
    """The place of the task in the order, which stays when the task is done meanwhile."""
    return f"{task.why}.{_urgency(task)[1]}.{task.slug}"


def _urgency_in(after: str) -> tuple[int, str, str]:
    why, day, slug = after.split(".", 2)
    return list(Due).index(Due(why)), day, slug


def _day_after(seen: date, days: int) -> date:
    return seen + min(timedelta(days=days), date.max - seen)


def _why(seen: date | None, short: bool, today: date, limits: Limits) -> tuple[Due, int | None]:
    if seen is None:
        return Due.NEVER, None
    warn = limits.stay_warn_days if short else limits.warn_days
    exclude = limits.stay_exclude_days if short else limits.exclude_days
    age = (today - seen).days
    if age > exclude:
        return Due.EXCLUDED, exclude
    return (Due.WARNED if age > warn else Due.COMING), warn
