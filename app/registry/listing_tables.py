"""Tables that the register is searched through. They say nothing that other tables do not say: `listings` fills them.

The exception are flags, which authorities raise and stewards close.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from app.registry.columns import JSON_OR_NULL, Instant, Row


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


class ServiceListingRow(Row, table=True):
    """A published service as searches see it: few and short columns, since a search may look at every row."""

    __tablename__ = "service_listing"
    __table_args__ = (
        Index("ix_service_listing_folded", "folded", "slug"),
        Index("ix_service_listing_place", "withheld", "place", "admin1", "country", "status", "organization_type"),
        Index("ix_service_listing_codes", "withheld", "codes"),
    )
    # The last two let counts over the whole register be read off in order.

    service_id: UUID = Field(primary_key=True)
    slug: str
    folded: str
    """Its name and those of its organization as `app.domain.folding` writes them, a space on both sides."""
    country: str
    """Of the organization; that of the town goes before it."""
    admin1: str | None = None
    place: str | None = None
    confidential: bool
    withheld: bool
    """In quarantine, or of an organization with an allegation on record that is not cleared (H18)."""
    status: str
    organization_type: str
    codes: str
    """With a space on both sides of each."""
    languages: str
    """Spoken or interpreted, with a space on both sides of each."""
    verified_on: date | None = None
    terms: str
    """Which conditions it has: the key of a row of `listing_terms`."""
    hours: str | None = None
    """Which hours it keeps: the key of a row of `listing_hours`; null: no source says."""


class ListingTermsRow(Row, table=True):
    """Conditions of one or many services, so that a search reckons each only once."""

    __tablename__ = "listing_terms"

    key: str = Field(primary_key=True)
    eligibility: Any = Field(sa_type=JSON)
    required_documents: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)


class ListingHoursRow(Row, table=True):
    """Opening hours of one or many services."""

    __tablename__ = "listing_hours"

    key: str = Field(primary_key=True)
    weekly: Any = Field(sa_type=JSON)


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
