"""The chain of changes as its readers see it: field by field for one record, and as a feed of what changed at all."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.domain.errors import Conflict
from app.domain.stewardship import Change, Changes, FieldChange, HistoryEntry
from app.registry.drafting import record_kind
from app.registry.plain import canonical
from app.registry.records import find_standing, open_contacts_of
from app.registry.tables import ChangeRow

_CURSOR = re.compile(r"1\.(\d{1,18})\.([0-9a-f]{16})")
_START = "0" * 16
_NOT_TOLD = frozenset({"position"})
_GONE = "removed"


def history(session: Session, kind: str, slug: str, *, after: int, limit: int) -> tuple[tuple[HistoryEntry, ...], bool]:
    """Changes of that record after that number, oldest first, and whether there are more; of removed ones too.

    Of contacts only those are told that are open in the published record now: what was restricted or taken out since
    then is only said to have changed.
    """
    kind = record_kind(kind)
    standing = find_standing(session, kind, slug)
    known = open_contacts_of(standing.content) if standing else frozenset()
    chosen = select(ChangeRow).where(ChangeRow.kind == kind, ChangeRow.slug == slug, col(ChangeRow.number) > after)
    rows = session.exec(chosen.order_by(col(ChangeRow.number)).limit(limit + 1)).all()
    return tuple(_entry(row, known) for row in rows[:limit]), len(rows) > limit


def _entry(row: ChangeRow, known: frozenset[str]) -> HistoryEntry:
    return HistoryEntry(
        number=row.number, at=row.at, revision=row.revision, action=row.action, by=row.by, reason=row.reason,
        changes=tuple(field_changes(row.before or {}, row.after or {}, known)),
    )  # fmt: skip


def field_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], known: frozenset[str], way: str = ""
) -> Iterator[FieldChange]:
    """Every field that differs, sorted by pointer. `known` are the contacts that may be told, as canonical texts."""
    for name in sorted({*before, *after} - (_NOT_TOLD if not way else frozenset())):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if not way and name == "sealed":
            yield FieldChange(pointer="/sealed_contacts", before=None, after=None, hidden=True)
        elif not way and name == "contacts":
            told_old, told_new = _told(old, known), _told(new, known)
            hidden = len(told_old) < len(old or ()) or len(told_new) < len(new or ())
            yield FieldChange(pointer="/contacts", before=told_old, after=told_new, hidden=hidden)
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from field_changes(old, new, known, f"{way}/{name}")
        else:
            yield FieldChange(pointer=f"{way}/{name}", before=old, after=new)


def _told(contacts: Any, known: frozenset[str]) -> list[Any]:
    return [contact for contact in contacts or () if canonical(contact) in known]


def changes(session: Session, *, since: str | None, limit: int) -> Changes:
    """Changes after that cursor, in the order in which they were committed; from the beginning without one.

    Numbers are given out under the lock of the register's state, so a reader who sees a number has seen or can see
    every smaller one: nothing can come in before a cursor later.

    Raises:
        Conflict: "cursor-unknown", the cursor is none of ours, or not of this register as it is now.
    """
    number = _number(session, since) if since is not None else 0
    chosen = select(ChangeRow).where(col(ChangeRow.number) > number).order_by(col(ChangeRow.number))
    rows = session.exec(chosen.limit(limit + 1)).all()
    last = rows[:limit][-1] if rows else None
    return Changes(
        entries=tuple(_change(row) for row in rows[:limit] if row.kind != "draft"),
        cursor=_cursor(last.number, last.hash) if last is not None else since or _cursor(0, _START),
        more=len(rows) > limit,
    )


def _change(row: ChangeRow) -> Change:
    return Change(
        at=row.at, revision=row.revision, kind=row.kind, slug=row.slug, action=row.action, tombstone=row.action == _GONE
    )


def _cursor(number: int, digest: str) -> str:
    return base64.urlsafe_b64encode(f"1.{number}.{digest[:16]}".encode()).decode().rstrip("=")


def _number(session: Session, cursor: str) -> int:
    """The number that the cursor stands for; its row must be on the chain with the hash that it had."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    match = _CURSOR.fullmatch(text)
    if match is not None:
        number, digest = int(match[1]), match[2]
        row = session.get(ChangeRow, number) if 0 < number < 2**31 else None
        if (number == 0 and digest == _START) or (row is not None and row.hash[:16] == digest):
            return number
    raise Conflict("cursor-unknown", "the cursor is not of this register; begin again without one")
