"""Requests that are carried out once: an Idempotency-Key is kept for a day with what came of its first request."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from app.domain.errors import Conflict
from app.domain.stewardship import Once
from app.registry.database import locked_state
from app.registry.tables import OnceRow

KEPT = timedelta(hours=24)
LONGEST_AT_WORK = timedelta(minutes=2)
"""After that a request without an answer counts as lost: its process is gone, and it changed nothing."""


def begin(session: Session, once: Once, at: datetime) -> Any | None:
    """What came of the same request before; `None`: it is now at work, and whoever asked goes on.

    Raises:
        Conflict: "key-reused", another request had this key; "in-flight", the same one is at work.
    """
    locked_state(session)
    session.exec(delete(OnceRow).where(col(OnceRow.began_at) < at - KEPT))
    row = session.get(OnceRow, (once.key_prefix, once.token))
    if row is not None and row.fingerprint != once.fingerprint:
        raise Conflict("key-reused", "another request had this Idempotency-Key")
    if row is not None and row.answer is not None:
        return row.answer
    if row is not None and row.began_at > at - LONGEST_AT_WORK:
        raise Conflict("in-flight", "the first request with this Idempotency-Key is at work")
    row = row or OnceRow(
        key_prefix=once.key_prefix, token=once.token, fingerprint=once.fingerprint, began_at=at, answer=None
    )
    row.began_at = at
    session.add(row)
    return None


def finish(session: Session, once: Once, answer: Any) -> None:
    """The answer is kept, in the same transaction as the work behind it.

    Raises:
        Conflict: "in-flight", somebody else took the request over and ended first; this work must not be kept.
    """
    row = session.get(OnceRow, (once.key_prefix, once.token))
    if row is None or row.answer is not None:
        raise Conflict("in-flight", "the same request was carried out elsewhere")
    row.answer = answer


def forget(session: Session, once: Once) -> None:
    """The request came to nothing and may be made again."""
    row = session.get(OnceRow, (once.key_prefix, once.token))
    if row is not None and row.answer is None:
        session.delete(row)
