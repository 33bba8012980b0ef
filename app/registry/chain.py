"""The two chains of the register: what was changed, and who read sealed contacts.

Every row holds SHA-256 over the hash of the row before it and its own canonical JSON; the state row keeps count and
hash of the last one. So an edit, a row taken out, a changed order and a cut tail are all found. What can not be found
is a chain that was computed anew together with the state row: note the heads elsewhere to see that too.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from app.domain.access import AccessReason
from app.registry.listings import relist
from app.registry.plain import canonical
from app.registry.tables import AccessRecordRow, ChangeRow, RegisterStateRow

BEGINNING = "0" * 64
"""The hash before the first row."""

_PAGE = 500


def _linked(previous: str, content: dict[str, Any]) -> str:
    return sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _change_content(row: ChangeRow) -> dict[str, Any]:
    names = ("number", "by", "reason", "revision", "kind", "slug", "action", "before", "after")
    return {"at": _moment(row.at), **{name: getattr(row, name) for name in names}}


def _access_content(row: AccessRecordRow) -> dict[str, Any]:
    return {"at": _moment(row.at), **{name: getattr(row, name) for name in ("number", "reader", "slug", "reason")}}


def append_changes(session: Session, state: RegisterStateRow, rows: Iterable[ChangeRow]) -> None:
    """Adds the rows, in their order, to the end of the chain; number and hashes are given here. What searches run over
    follows them.

    `state` must be the locked row of this transaction, and what the rows tell must be in its tables already.
    """
    added = list(rows)
    for row in added:
        row.number, row.previous = state.change_count + 1, state.change_head
        row.hash = _linked(row.previous, _change_content(row))
        state.change_count, state.change_head = row.number, row.hash
        session.add(row)
    if added:
        session.flush()
        relist(session.connection(), added, number=state.change_count, at=added[-1].at)


def append_access(
    session: Session, state: RegisterStateRow, *, at: datetime, reader: str, slug: str, reason: AccessReason
) -> None:
    """Records one reading of sealed contacts; `state` must be the locked row of this transaction."""
    row = AccessRecordRow(
        number=state.access_count + 1, at=at, reader=reader, slug=slug, reason=reason.value,
        previous=state.access_head, hash="",
    )  # fmt: skip
    row.hash = _linked(row.previous, _access_content(row))
    state.access_count, state.access_head = row.number, row.hash
    session.add(row)


def chain_faults(session: Session) -> tuple[str, ...]:
    """What is wrong with the two chains, in order; empty when both are whole. Names numbers, never contents."""
    state = session.exec(select(RegisterStateRow)).one()
    changes = session.exec(select(ChangeRow).order_by(col(ChangeRow.number)).execution_options(yield_per=_PAGE))
    found = list(_faults("change", ((r, _change_content(r)) for r in changes), state.change_count, state.change_head))
    reads = session.exec(
        select(AccessRecordRow).order_by(col(AccessRecordRow.number)).execution_options(yield_per=_PAGE)
    )
    found += _faults("access_record", ((r, _access_content(r)) for r in reads), state.access_count, state.access_head)
    return tuple(found)


def _faults(
    table: str, rows: Iterable[tuple[ChangeRow | AccessRecordRow, dict[str, Any]]], count: int, head: str
) -> Iterator[str]:
    number, previous = 0, BEGINNING
    for row, content in rows:
        if row.number != number + 1:
            yield f"{table}: rows {number + 1} to {row.number - 1} are missing"
        elif row.previous != previous:
            yield f"{table}: row {row.number} does not follow the row before it"
        if row.hash != _linked(row.previous, content):
            yield f"{table}: row {row.number} was altered"
        number, previous = row.number, row.hash
    if number < count:
        yield f"{table}: rows {number + 1} to {count} are missing at the end"
    elif number > count:
        yield f"{table}: rows {count + 1} to {number} were added outside the register"
    elif previous != head:
        yield f"{table}: the last row is not the one that the register wrote"
