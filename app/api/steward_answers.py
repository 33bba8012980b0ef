"""What stewards and providers are answered, as the published schema tells it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import Field

from app.api.answers import Told
from app.domain.draft import Draft, DraftKind, DraftState
from app.domain.provider import Capacity
from app.domain.stewardship import Changes, Due, FieldChange, HistoryEntry, PublishedRecord, Recorded, Worklist


class RecordedAnswer(Told):
    """What is recorded about a service beside what it says; the later of the directory's and of the stewards'."""

    verified_on: date | None
    verification_method: str | None
    verifier_role: str | None
    capacity: Capacity
    free_places: int | None
    capacity_as_of: datetime | None
    capacity_expires_at: datetime | None = Field(description="From then on the report is not believed any more.")
    quarantined: bool | None = Field(description="Null: not told to providers.")

    @staticmethod
    def of(told: Recorded) -> "RecordedAnswer":
        """The same, as it is answered."""
        return RecordedAnswer(
            verified_on=told.verification.on, verification_method=told.verification.method,
            verifier_role=told.verification.role, capacity=told.capacity, free_places=told.free_places,
            capacity_as_of=told.capacity_as_of, capacity_expires_at=told.capacity_expires_at,
            quarantined=told.quarantined,
        )  # fmt: skip


class RecordAnswer(Told):
    """A published record."""

    kind: DraftKind
    slug: str
    organization: str = Field(description="Slug of the organization whose record it is.")
    etag: str = Field(description="As in the ETag header; for If-Match.")
    body: dict[str, Any] = Field(description="What a draft of this kind says; without restricted contacts.")
    sealed_contacts: int = Field(description="How many restricted contacts and addresses are on record.")
    recorded: RecordedAnswer | None

    @staticmethod
    def of(told: PublishedRecord, etag: str) -> "RecordAnswer":
        """The same, as it is answered."""
        return RecordAnswer(
            kind=DraftKind(told.kind), slug=told.slug, organization=told.organization, etag=etag, body=dict(told.body),
            sealed_contacts=told.sealed_contacts,
            recorded=RecordedAnswer.of(told.recorded) if told.recorded is not None else None,
        )  # fmt: skip


class RecordsAnswer(Told):
    """A page of published records."""

    records: tuple[RecordAnswer, ...]
    next: str | None = Field(description="For `after` of the next page; null: this is the last one.")


class ArchivedAnswer(Told):
    """A record that is not published any more."""

    kind: DraftKind
    slug: str
    archived: bool = True


class DraftAnswer(Told):
    """A draft."""

    id: str
    kind: DraftKind
    slug: str
    state: DraftState
    etag: str = Field(description="As in the ETag header; for If-Match.")
    body: dict[str, Any] = Field(description="What it proposes; without restricted contacts.")
    sealed_contacts: int = Field(description="How many restricted contacts and addresses it brings.")
    sealed: str = Field(description="`keep` or `replace`: what becomes of the restricted contacts on record.")
    update_of: str | None
    note: str
    organization: str
    by: str = Field(description="Organization, role and key prefix of whoever wrote it.")
    decided_by: str
    decision: str
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def of(told: Draft, etag: str) -> "DraftAnswer":
        """The same, as it is answered."""
        return DraftAnswer(
            id=told.id, kind=told.kind, slug=told.slug, state=told.state, etag=etag, body=dict(told.body),
            sealed_contacts=told.sealed_contacts, sealed="keep" if told.keeps_sealed else "replace",
            update_of=told.update_of, note=told.note, organization=told.organization, by=told.by,
            decided_by=told.decided_by, decision=told.decision, created_at=told.created_at,
            updated_at=told.updated_at,
        )  # fmt: skip


class DraftsAnswer(Told):
    """A page of drafts, oldest first."""

    drafts: tuple[DraftAnswer, ...]
    next: int | None = Field(description="For `after` of the next page; null: this is the last one.")


class FieldAnswer(Told):
    """One field that became, or would become, another."""

    pointer: str = Field(description="JSON Pointer into the record.", examples=["/weekly"])
    before: Any = None
    after: Any = None
    hidden: bool = Field(description="True: restricted or former contacts changed, which are not told.")

    @staticmethod
    def all_of(told: Iterable[FieldChange]) -> "tuple[FieldAnswer, ...]":
        """The same, as they are answered."""
        return tuple(
            FieldAnswer(pointer=one.pointer, before=one.before, after=one.after, hidden=one.hidden) for one in told
        )


class ComparisonAnswer(Told):
    """What a draft would change of what is published."""

    changes: tuple[FieldAnswer, ...]


class HistoryEntryAnswer(Told):
    """One change of a record."""

    number: int
    at: datetime
    revision: int
    action: str
    by: str = Field(description="Whoever changed it: organization, role and key prefix; or the command that loaded it.")
    reason: str
    changes: tuple[FieldAnswer, ...]


class HistoryAnswer(Told):
    """Changes of one record, oldest first."""

    entries: tuple[HistoryEntryAnswer, ...]
    next: int | None = Field(description="For `after` of the next page; null: this is the last one.")

    @staticmethod
    def of(entries: tuple[HistoryEntry, ...], more: bool) -> "HistoryAnswer":
        """The same, as it is answered."""
        told = tuple(
            HistoryEntryAnswer(
                number=one.number, at=one.at, revision=one.revision, action=one.action, by=one.by, reason=one.reason,
                changes=FieldAnswer.all_of(one.changes),
            )
            for one in entries
        )  # fmt: skip
        return HistoryAnswer(entries=told, next=entries[-1].number if more else None)


class ChangeAnswer(Told):
    """One change of any record, without values."""

    at: datetime
    revision: int
    kind: str
    slug: str
    action: str
    tombstone: bool = Field(description="True: the record is not published any more.")


class ChangesAnswer(Told):
    """Changes in the order in which they were committed."""

    changes: tuple[ChangeAnswer, ...]
    cursor: str = Field(description="For `since` of the next request; opaque.")
    more: bool = Field(description="True: there are others already.")

    @staticmethod
    def of(told: Changes) -> "ChangesAnswer":
        """The same, as it is answered."""
        changes = tuple(
            ChangeAnswer(
                at=one.at, revision=one.revision, kind=one.kind, slug=one.slug, action=one.action,
                tombstone=one.tombstone,
            )
            for one in told.entries
        )  # fmt: skip
        return ChangesAnswer(changes=changes, cursor=told.cursor, more=told.more)


class TaskAnswer(Told):
    """One service to verify, and why."""

    slug: str
    name: str
    organization: str
    country: str
    why: Due = Field(
        description="`excluded`: in no route any more; `warned`: routes warn; `never`: was never verified, only ever "
        "a lead; `coming`: will warn on `due_on`."
    )
    rule: str = Field(default="H19", description="The rule whose limits count.")
    verified_on: date | None
    due_on: date | None
    limit_days: int | None
    is_short_lived: bool = Field(description="True: the shorter limits of beds and emergency services count.")
    quarantined: bool


class WorklistAnswer(Told):
    """Services to verify, the most pressing first."""

    tasks: tuple[TaskAnswer, ...]
    total: int = Field(description="How many there are, those of other pages included.")
    next: str | None = Field(description="For `after` of the next page; null: this is the last one.")

    @staticmethod
    def of(told: Worklist) -> "WorklistAnswer":
        """The same, as it is answered."""
        tasks = tuple(
            TaskAnswer(
                slug=one.slug, name=one.name, organization=one.organization, country=one.country, why=one.why,
                verified_on=one.verified_on, due_on=one.due_on, limit_days=one.limit_days,
                is_short_lived=one.is_short_lived, quarantined=one.quarantined,
            )
            for one in told.tasks
        )  # fmt: skip
        return WorklistAnswer(tasks=tasks, total=told.total, next=told.next)
