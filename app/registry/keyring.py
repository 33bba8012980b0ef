"""Making, ending and listing API keys. Knowing one when it is shown is the business of `keys`."""

import re
import secrets
from datetime import date, datetime

from sqlmodel import Session, select

from app.domain.access import Role
from app.domain.errors import NotFound
from app.registry.keys import KeyRecord
from app.registry.seal import Seal
from app.registry.tables import ApiKeyRow


def add_key(
    session: Session, seal: Seal, *, role: Role, owner: str, countries: tuple[str, ...], today: date, expires_on: date,
    organization: str | None = None,
) -> tuple[str, KeyRecord]:  # fmt: skip
    """A new key as the text that is shown once, and its record."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    while session.get(ApiKeyRow, prefix) is not None:
        prefix = secrets.token_hex(4)
    row = ApiKeyRow(
        prefix=prefix, digest=seal.digest(secret), role=role.value, owner=owner, countries=sorted(set(countries)),
        created_on=today, expires_on=expires_on, organization=organization,
    )  # fmt: skip
    session.add(row)
    return f"rk_{prefix}_{secret}", _record(row)


def end_key(session: Session, *, prefix: str, at: datetime) -> KeyRecord:
    """The record of the key, now revoked; one that was revoked before keeps its moment.

    Raises:
        NotFound: No key has that prefix.
    """
    row = session.get(ApiKeyRow, prefix) if re.fullmatch("[0-9a-f]{8}", prefix) else None
    if row is None:
        raise NotFound("no key has that prefix")
    row.revoked_at = row.revoked_at or at
    return _record(row)


def all_keys(session: Session) -> tuple[KeyRecord, ...]:
    """Every key ever made, by prefix."""
    return tuple(sorted(map(_record, session.exec(select(ApiKeyRow))), key=lambda record: record.prefix))


def _record(row: ApiKeyRow) -> KeyRecord:
    return KeyRecord(
        prefix=row.prefix, role=Role(row.role), owner=row.owner, countries=tuple(row.countries),
        created_on=row.created_on, expires_on=row.expires_on, revoked_at=row.revoked_at, last_used_on=row.last_used_on,
        organization=row.organization,
    )  # fmt: skip
