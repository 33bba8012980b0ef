"""API keys as they are shown: known by a prefix and a keyed digest. Making and ending them is the `keyring`'s.

A key reads `rk_<8 hexadecimal digits>_<43 characters>`; the last part carries 256 random bits, so that a fast keyed
digest (HMAC-SHA256 with a pepper) is enough and a slow password hash would only invite denial of service.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.access import Caller, Role
from app.domain.errors import NotKnown
from app.registry.lookup import Looking, Lookup, day, document, instant
from app.registry.seal import Seal

_KEY = re.compile(r"rk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_NO_DIGEST = "0" * 64
_BY_PREFIX = Lookup(
    "select digest, prefix, role, owner, countries, created_on, expires_on, revoked_at, last_used_on, organization "
    "from api_key where prefix in ({words})",
    (None, None, Role, None, document, day, day, instant, day, None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """What is on record about a key; not the key. `last_used_on` is a day only, and no address is kept.

    `countries` are ISO 3166-1 alpha-2 codes, sorted; empty means every country that is served. The key is good through
    `expires_on`. `organization` is the slug of a provider's own organization.
    """

    prefix: str
    role: Role
    owner: str
    countries: tuple[str, ...]
    created_on: date
    expires_on: date
    revoked_at: datetime | None = None
    last_used_on: date | None = None
    organization: str | None = None

    @property
    def caller(self) -> Caller:
        """Whoever shows this key."""
        return Caller(
            role=self.role, owner=self.owner, countries=self.countries, key_prefix=self.prefix,
            organization=self.organization,
        )  # fmt: skip


def known_key(looking: Looking, seal: Seal, *, text: str, today: date) -> KeyRecord:
    """The record of a good key. Every text costs one look-up and one comparison in constant time.

    Raises:
        NotKnown: The text is no key, or its key is unknown, expired or revoked. Nothing tells these apart.
    """
    match = _KEY.fullmatch(text)
    prefix, secret = match.groups() if match else ("", "")
    digest, *facts = next(iter(looking.rows(_BY_PREFIX, [prefix])), (_NO_DIGEST,))
    same = hmac.compare_digest(digest, seal.digest(secret))
    record = _record(*facts) if facts else None
    if record is None or not same or record.revoked_at is not None or today > record.expires_on:
        raise NotKnown("the key is not known")
    return record


def records(looking: Looking, prefixes: Collection[str]) -> tuple[KeyRecord, ...]:
    """What is on record about the keys with these prefixes."""
    if not prefixes:
        return ()
    return tuple(_record(*facts) for _, *facts in looking.rows(_BY_PREFIX, list(prefixes)))


def mark_used(looking: Looking, *, prefix: str, today: date) -> None:
    """Notes the day on which the key was last used; while somebody else writes that waits for the next use."""
    looking.note("update api_key set last_used_on = {word} where prefix = {word}", [today.isoformat(), prefix])


def _record(
    prefix: str,
    role: Role,
    owner: str,
    countries: list[str],
    created_on: date,
    expires_on: date,
    revoked_at: datetime | None,
    last_used_on: date | None,
    organization: str | None,
) -> KeyRecord:
    return KeyRecord(
        prefix=prefix, role=role, owner=owner, countries=tuple(countries), created_on=created_on,
        expires_on=expires_on, revoked_at=revoked_at, last_used_on=last_used_on, organization=organization,
    )  # fmt: skip
