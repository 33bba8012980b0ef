"""Tables that the register is searched through. They say nothing that other tables do not say: `listings` fills them.

The exception are flags, which authorities raise and stewards close.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from app.registry.tables import Instant, Row


class ListingRow(Row, table=True):
    """What one organization was in the register from one change of it to the next: HSDS metadata, turned on its side.

    `since` is the number of the change; 0 for what was there before changes were counted. `until` is the number of the
    next one, and null for what holds now; a removed organization has one that is not published.
    """

    __tablename__ = "listing"
    __table_args__ = (Index("ix_listing_until", "until"),)

    slug: str = Field(primary_key=True)
    since: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    until: int | None = None
    from_at: datetime | None = Field(default=None, sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    published: bool
    hidden: bool
    """All of its services are confidential: it is in no list."""
    consents: bool
    """It agreed to be told to authorities as "registered, region X"."""
    folded: str
    country: str
    admin1: str | None = None
    kind: str


class ListingContentRow(Row, table=True):
    """What may be told of it to an authority, apart from the columns that searches run over."""

    __tablename__ = "listing_content"

    slug: str = Field(primary_key=True)
    since: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: Any = Field(sa_type=JSON)
    secret: Any = Field(sa_type=JSON)
    """Slugs of its confidential services; never told."""


class ListingRegistrationRow(Row, table=True):
    """A registration of it."""

    __tablename__ = "listing_registration"

    slug: str = Field(primary_key=True)
    since: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number_folded: str = Field(index=True)
    authority: str
    authority_folded: str
    standing: int
    """Place of its status among all, the worst first."""
    valid_from: date | None = None
    valid_to: date | None = None


class ListingPlaceRow(Row, table=True):
    """Where one of its services is, and which codes it offers; confidential ones only with consent, without codes."""

    __tablename__ = "listing_place"

    slug: str = Field(primary_key=True)
    since: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    service: str
    """Its slug; empty for a confidential one."""
    place: str | None = None
    confidential: bool
    codes: str
    """Codes with a space on both sides."""


class WordRow(Row, table=True):
    """A folded word that stands in a name."""

    __tablename__ = "word"

    word: str = Field(primary_key=True)


class WordGramRow(Row, table=True):
    """Three neighbouring letters of a folded word, its ends marked by a space."""

    __tablename__ = "word_gram"

    gram: str = Field(primary_key=True)
    word: str = Field(primary_key=True)


class RegisterFlagRow(Row, table=True):
    """A discrepancy that an authority raised, and how a steward closed it."""

    __tablename__ = "register_flag"

    id: UUID = Field(primary_key=True)
    slug: str = Field(index=True)
    country: str
    kind: str
    field: str
    text: str
    raised_by: str
    raised_at: datetime = Field(sa_type=Instant)
    outcome: str | None = None
    closed_by: str
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
