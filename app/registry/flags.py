"""Discrepancies that authorities raise. They change no record: a steward looks, and changes it or does not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from app.domain.errors import NotFound, Settled, TooManyFlags
from app.domain.finding import Flag, FlaggedField, FlagKind, FlagOutcome, Page
from app.registry.database import locked_state
from app.registry.listing_tables import ListingRow, RegisterFlagRow
from app.registry.lookup import Looking, instant
from app.registry.sql import Sql, among, every

MOST_OPEN = 20
"""Open flags that one authority may have on one provider."""


def add_flag(
    session: Session, slug: str, *, kind: FlagKind, field: FlaggedField, text: str, by: str, at: datetime
) -> Flag:
    """The flag, on record. One that is open and says the same in the same words is that one.

    Raises:
        NotFound: There is no such provider to be seen.
        TooManyFlags: The authority has `MOST_OPEN` open ones on this provider.
    """
    # Whoever raises flags waits for the others, so that the limit holds.
    locked_state(session)
    listing = session.exec(
        select(ListingRow).where(col(ListingRow.slug) == slug, col(ListingRow.until).is_(None))
    ).one_or_none()
    if listing is None or listing.hidden or not listing.published:
        raise NotFound("there is no such provider")
    mine = session.exec(
        select(RegisterFlagRow).where(
            col(RegisterFlagRow.slug) == slug,
            col(RegisterFlagRow.raised_by) == by,
            col(RegisterFlagRow.outcome).is_(None),
        )
    ).all()
    for row in mine:
        if (row.kind, row.field, row.text) == (kind.value, field.value, text):
            return _flag_of(row)
    if len(mine) >= MOST_OPEN:
        raise TooManyFlags("a steward must look at the open ones first")
    row = RegisterFlagRow(
        id=uuid4(), slug=slug, country=listing.country, kind=kind.value, field=field.value, text=text, raised_by=by,
        raised_at=at, closed_by="",
    )  # fmt: skip
    session.add(row)
    return _flag_of(row)


def end_flag(
    session: Session, flag: str, *, outcome: FlagOutcome, by: str, countries: Sequence[str], at: datetime
) -> Flag:
    """The flag, closed with that outcome; closing it again with the same changes nothing.

    Raises:
        NotFound: There is no such flag in these countries (empty: in any).
        Settled: It was closed with another outcome.
    """
    locked_state(session)
    row = session.get(RegisterFlagRow, UUID(flag))
    if row is None or (countries and row.country not in countries):
        raise NotFound("there is no such flag")
    if row.outcome not in (None, outcome.value):
        raise Settled("the flag has another outcome already")
    if row.outcome is None:
        row.outcome, row.closed_by, row.closed_at = outcome.value, by, at
    return _flag_of(row)


def find_flags(
    looking: Looking, *, countries: Sequence[str], is_open: bool | None, page: int, per_page: int
) -> Page[Flag]:
    """One page of the flags, the latest first."""
    conditions = [among("country", countries)] if countries else []
    if is_open is not None:
        conditions.append(Sql("outcome is null" if is_open else "outcome is not null"))
    these = every(conditions)
    ((total,),) = looking.asked(f"select count(*) from register_flag where {these.text}", these.words)
    rows = looking.asked(
        f"""
        select cast(id as text), slug, kind, field, text, raised_by, raised_at, outcome, closed_by, closed_at
        from register_flag where {these.text} order by raised_at desc, id limit {{word}} offset {{word}}
        """,
        (*these.words, per_page, (page - 1) * per_page),
    )
    return Page(total=total, found=tuple(_flag(*row) for row in rows))


def _flag_of(row: RegisterFlagRow) -> Flag:
    return _flag(
        str(row.id), row.slug, row.kind, row.field, row.text, row.raised_by, row.raised_at, row.outcome, row.closed_by,
        row.closed_at,
    )  # fmt: skip


def _flag(
    key: str, slug: str, kind: str, field: str, text: str, raised_by: str, raised_at: Any, outcome: str | None,
    closed_by: str, closed_at: Any,
) -> Flag:  # fmt: skip
    at = instant(raised_at)
    if at is None:
        raise ValueError("a flag without a moment")
    return Flag(
        id=str(UUID(key)), provider=slug, kind=FlagKind(kind), field=FlaggedField(field), text=text,
        raised_by=raised_by, raised_at=at, outcome=FlagOutcome(outcome) if outcome else None, closed_by=closed_by,
        closed_at=instant(closed_at),
    )  # fmt: skip
