"""What a steward records about one service: verification, capacity, quarantine. Each is a change with a revision."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.domain.errors import Fault, FaultyData
from app.domain.provider import Capacity
from app.registry.chain import append_changes
from app.registry.contacts import published_service
from app.registry.database import locked_state
from app.registry.loading import Cause, change_row
from app.registry.plain import plain
from app.registry.reading import verification_of
from app.registry.soundness import CLOCKS, ZONES
from app.registry.tables import RegisterStateRow, ServiceAtLocationRow, ServiceCapacityRow, id_of


def record_verification(session: Session, slug: str, *, method: str, role: str, on: date, cause: Cause) -> None:
    """The service was verified on that day, by that method, by somebody in that role.

    Raises:
        NotFound: There is no such service.
        FaultyData: The day is yet to come.
    """
    if on > (cause.at + ZONES).date():
        raise _faulty("/on", "in-the-future", "give the day on which somebody looked")
    state, point = _state_and_point(session, slug)
    before = plain(verification_of(point))
    point.verified_on, point.verification_method, point.verifier_role = on, method, role
    _publish(
        session,
        state,
        slug,
        "verified",
        cause,
        {"verification": before},
        {"verification": plain(verification_of(point))},
    )


def record_quarantine(session: Session, slug: str, *, quarantined: bool, cause: Cause) -> None:
    """The service is out of all routes, or may be in them again.

    Raises:
        NotFound: There is no such service.
    """
    state, point = _state_and_point(session, slug)
    before = {"quarantined": point.quarantined}
    point.quarantined, point.quarantine_reason = quarantined, cause.reason if quarantined else None
    action = "quarantined" if quarantined else "lifted"
    _publish(session, state, slug, action, cause, before, {"quarantined": quarantined})


def record_report(
    session: Session, slug: str, *, capacity: Capacity, free_places: int | None, as_of: datetime, cause: Cause
) -> None:
    """The capacity of the service is what was reported.

    Raises:
        NotFound: There is no such service.
        FaultyData: The moment has no time zone, is yet to come, or is before the last report; or places are negative.
    """
    if as_of.tzinfo is None:
        raise _faulty("/as_of", "no-time-zone", "give the moment of the report with its offset")
    if as_of > cause.at + CLOCKS:
        raise _faulty("/as_of", "in-the-future", "give the moment of the report")
    if free_places is not None and free_places < 0:
        raise _faulty("/free_places", "negative", "give the number of free places, 0 or more")
    state, point = _state_and_point(session, slug)
    row = session.get(ServiceCapacityRow, point.service_id)
    if row is not None and row.updated > as_of:
        raise _faulty("/as_of", "older-report", "a later report is on record already")
    before = _report(row) if row else None
    row = row or ServiceCapacityRow(service_id=point.service_id, state=capacity.value, updated=as_of)
    row.state, row.available, row.updated = capacity.value, free_places, as_of
    session.add(row)
    _publish(session, state, slug, "capacity", cause, before, _report(row))


def _report(row: ServiceCapacityRow) -> dict[str, Any]:
    return {"capacity": row.state, "free_places": row.available, "capacity_as_of": plain(row.updated)}


def _state_and_point(session: Session, slug: str) -> tuple[RegisterStateRow, ServiceAtLocationRow]:
    state = locked_state(session)
    published_service(session, slug)
    return state, session.get_one(ServiceAtLocationRow, id_of("service_at_location", slug))


def _publish(
    session: Session, state: RegisterStateRow, slug: str, action: str, cause: Cause, before: Any, after: Any
) -> None:
    state.revision += 1
    append_changes(session, state, [change_row(("service", slug), before, after, state.revision, cause, action)])


def _faulty(pointer: str, code: str, mend: str) -> FaultyData:
    return FaultyData((Fault("", 0, pointer, code, mend),))
