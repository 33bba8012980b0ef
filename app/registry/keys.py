"""API keys: made once, shown once, kept as a prefix and a keyed digest.

A key reads `rk_<8 hexadecimal digits>_<43 characters>`; the last part carries 256 random bits, so that a fast keyed
digest (HMAC-SHA256 with a pepper) is enough and a slow password hash would only invite denial of service.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy
from sqlmodel import Session, col, select, update

from app.domain.access import Caller, Role
from app.domain.errors import NotFound, NotKnown
from app.registry.lookup import Looking, Lookup
from app.registry.seal import Seal
from app.registry.tables import ApiKeyRow

_KEY = re.compile(r"rk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """What is on record about a key; not the key. `last_used_on` is a day only, and no address is kept.

    `countries` are ISO 3166-1 alpha-2 codes, sorted; empty means every country that is served. The key is good through
    `expires_on`.
    """

    prefix: str
    role: Role
    owner: str
    countries: tuple[str, ...]
    created_on: date
    expires_on: date
    revoked_at: datetime | None = None
    last_used_on: date | None = None

    @property
    def caller(self) -> Caller:
        """Whoever shows this key."""
        return Caller(role=self.role, owner=self.owner, countries=self.countries, key_prefix=self.prefix)


_FACTS = ("prefix", "role", "owner", "countries", "created_on", "expires_on", "revoked_at", "last_used_on")
_BY_PREFIX = Lookup(
    lambda words: sqlalchemy.select(col(ApiKeyRow.digest), *(getattr(ApiKeyRow, name) for name in _FACTS)).where(
        col(ApiKeyRow.prefix).in_(words)
    )
)


def _record(row: ApiKeyRow) -> KeyRecord:
    return _told(*(getattr(row, name) for name in _FACTS))


def _told(
    prefix: str,
    role: str,
    owner: str,
    countries: Iterable[str],
    created_on: date,
    expires_on: date,
    revoked_at: datetime | None,
    last_used_on: date | None,
) -> KeyRecord:
    return KeyRecord(
        prefix=prefix, role=Role(role), owner=owner, countries=tuple(countries), created_on=created_on,
        expires_on=expires_on, revoked_at=revoked_at, last_used_on=last_used_on,
    )  # fmt: skip


def add_key(
    session: Session, seal: Seal, *, role: Role, owner: str, countries: tuple[str, ...], today: date, expires_on: date
) -> tuple[str, KeyRecord]:
    """A new key as the text that is shown once, and its record."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    while session.get(ApiKeyRow, prefix) is not None:
        prefix = secrets.token_hex(4)
    row = ApiKeyRow(
        prefix=prefix, digest=seal.digest(secret), role=role.value, owner=owner, countries=sorted(set(countries)),
        created_on=today, expires_on=expires_on,
    )  # fmt: skip
    session.add(row)
    return f"rk_{prefix}_{secret}", _record(row)


def known_key(looking: Looking, seal: Seal, *, text: str, today: date) -> KeyRecord:
    """The record of a good key. Every text costs one look-up and one comparison in constant time.

    Raises:
        NotKnown: The text is no key, or its key is unknown, expired or revoked. Nothing tells these apart.
    """
    match = _KEY.fullmatch(text)
    prefix, secret = match.groups() if match else ("", "")
    digest, *facts = next(iter(looking.rows(_BY_PREFIX, [prefix])), (_NO_DIGEST,))
    same = hmac.compare_digest(digest, seal.digest(secret))
    record = _told(*facts) if facts else None
    if record is None or not same or record.revoked_at is not None or today > record.expires_on:
        raise NotKnown("the key is not known")
    return record


def mark_used(session: Session, *, prefix: str, today: date) -> None:
    """Notes the day on which the key was last used."""
    session.exec(update(ApiKeyRow).where(col(ApiKeyRow.prefix) == prefix).values(last_used_on=today))


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
