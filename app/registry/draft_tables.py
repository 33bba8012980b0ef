"""The tables of what is proposed, of what loading leaves alone, and of requests that are carried out once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Text
from sqlmodel import Field

from app.registry.columns import JSON_OR_NULL, Instant, Row


class DraftRow(Row, table=True):
    """What somebody proposes. Restricted contacts and addresses are in `sealed` only, as ciphertext."""

    __tablename__ = "draft"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    id: UUID = Field(unique=True)
    kind: str
    slug: str = Field(index=True)
    state: str = Field(index=True)
    body: Any = Field(sa_type=JSON)
    sealed: str | None = Field(default=None, sa_type=Text)
    sealed_count: int
    keeps_sealed: bool
    """Whether the sealed contacts of the published service stay when this takes its place."""
    update_of: str | None = None
    note: str
    organization: str = Field(index=True)
    rests_on: int
    """Number of the last change of the published record that the draft knows; 0: there was no record."""
    by: str
    keys: Any = Field(sa_type=JSON)
    """Prefixes of the keys that wrote in it."""
    decided_by: str
    decision: str
    digest: str
    """A keyed fingerprint of all that is proposed."""
    version: int
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class HeldRecordRow(Row, table=True):
    """A record that was published or archived here: loading a directory leaves it as it is."""

    __tablename__ = "held_record"

    kind: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)


class OnceRow(Row, table=True):
    """An Idempotency-Key that was shown: what came of the first request with it; no answer: it is still at work."""

    __tablename__ = "once"

    key_prefix: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    fingerprint: str
    began_at: datetime = Field(sa_type=Instant)
    answer: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
