"""What stewards and providers see of published records, and what they record about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.domain.codes import Code
from app.domain.provider import Capacity, Verification


class VerificationMethod(StrEnum):
    """How somebody looked."""

    PHONE = "phone"
    VISIT = "visit"
    EMAIL = "e-mail"
    VIDEO = "video"
    LETTER = "letter"


class VerifierRole(StrEnum):
    """Who looked: a role, never a name."""

    STEWARD = "steward"
    OPERATOR = "operator"
    PARTNER = "partner"
    FIELDWORKER = "fieldworker"


class QuarantineReason(StrEnum):
    """Why a service is taken out of all routes, or let in again (`settled`). No answer to others tells it."""

    SAFEGUARDING = "safeguarding"
    COMPROMISED = "compromised"
    COMPLAINT = "complaint"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    WRONG_DATA = "wrong_data"
    SETTLED = "settled"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a verification and a report of capacity are believed (standards, section 3c; H19).

    `stay_` are those of services that offer a code of `short_lived`; for capacity, a bed for the night.
    """

    warn_days: int
    exclude_days: int
    stay_warn_days: int
    stay_exclude_days: int
    stay_capacity_hours: int
    capacity_hours: int
    short_lived: frozenset[Code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a patch asks for: a JSON Merge Patch of the body; `None` leaves note or sealed contacts as they are."""

    body: Mapping[str, Any]
    note: str | None = None
    keeps_sealed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """An Idempotency-Key of one API key. `token` and `fingerprint` are digests: of the text shown, of the request."""

    key_prefix: str
    token: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is recorded about a service beside what it says: the later of the directory's and of the stewards'.

    `capacity_expires_at` is when the report is not believed any more, `None` without a report. A provider is not told
    whether it is in quarantine (`None`).
    """

    verification: Verification
    capacity: Capacity
    free_places: int | None
    capacity_as_of: datetime | None
    capacity_expires_at: datetime | None
    quarantined: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRecord:
    """A published record as its keepers see it. `tag` is another one after everything that is recorded about it; for
    its provider, after everything that she sees of it.

    `body` is what a draft of that kind would say; restricted contacts and addresses are only counted.
    """

    kind: str
    slug: str
    organization: str
    tag: str
    body: Mapping[str, Any]
    sealed_contacts: int
    recorded: Recorded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that became another, by JSON Pointer; `hidden`: its values are restricted and left out."""

    pointer: str
    before: Any
    after: Any
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One change of one record: who, when, why, and every field that became another."""

    number: int
    at: datetime
    revision: int
    action: str
    by: str
    reason: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of any record, without values; a `tombstone` is of a record that is not published any more."""

    at: datetime
    revision: int
    kind: str
    slug: str
    action: str
    tombstone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes in their order. `cursor` continues after the last of them; `more`: there are others already."""

    entries: tuple[Change, ...]
    cursor: str
    more: bool


class Due(StrEnum):
    """Why somebody should look at a service again (H19)."""

    EXCLUDED = "excluded"
    """Verified so long ago that it is in no route any more."""
    WARNED = "warned"
    """Verified so long ago that routes warn."""
    NEVER = "never"
    """Never verified: only ever a lead."""
    COMING = "coming"
    """Will begin to warn on `due_on`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One service whose verification is due. `limit_days` is the limit that `why` speaks of, `due_on` its day."""

    slug: str
    name: str
    organization: str
    country: str
    why: Due
    verified_on: date | None
    due_on: date | None
    limit_days: int | None
    is_short_lived: bool
    quarantined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """Services to verify, the most pressing first; `total` counts those that are not on this page too.

    `next` is where the next page begins, `None` on the last one.
    """

    tasks: tuple[Task, ...]
    total: int
    next: str | None
