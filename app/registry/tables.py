"""The tables of the register, in the words of HSDS 3.2 with the project's additions.

Only this room sees these classes. Ids are UUID5 of table and slug, so that a record keeps its id in every database and
in every feed. A published record that goes away keeps its row as a tombstone (`removed_at`). SQLModel does not
validate rows; only values of `app.domain` are written here.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Text
from sqlmodel import Field

from app.registry.columns import JSON_OR_NULL, METADATA, Instant, Row
from app.registry.draft_tables import DraftRow, HeldRecordRow, OnceRow
from app.registry.identity import id_of

__all__ = [
    "METADATA", "AccessRecordRow", "ApiKeyRow", "ChangeRow", "ContactRow", "CrossBorderFactRow", "DraftRow",
    "HeldRecordRow", "HotlineRow", "LinkRow", "LocationRow", "OnceRow", "OrganizationIdentifierRow", "OrganizationRow",
    "Record", "RegisterStateRow", "ReturnReceptionRow", "Row", "SealedContactRow", "ServiceAtLocationRow",
    "ServiceCapacityRow", "ServicePart", "ServiceRow", "id_of",
]  # fmt: skip


class Record(Row):
    """What is published under a slug; `removed_at` makes it a tombstone."""

    id: UUID = Field(primary_key=True)
    slug: str = Field(unique=True)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class ServicePart(Row):
    """One of several things that a service has, in their order."""

    service_id: UUID = Field(primary_key=True, foreign_key="service.id")
    position: int = Field(primary_key=True)


class OrganizationRow(Record, table=True):
    """HSDS organization."""

    __tablename__ = "organization"

    name: str
    alternate_name: str
    description: str
    country: str
    located_in: str
    admin1: str | None = None
    organization_type: str
    independence: str
    status: str
    status_as_of: str
    confidence: str
    steward_trust: bool
    register_consent: str = "unknown"
    sources: Any = Field(sa_type=JSON)


class OrganizationIdentifierRow(Row, table=True):
    """HSDS organization_identifier, with the state of the registration."""

    __tablename__ = "organization_identifier"

    organization_id: UUID = Field(primary_key=True, foreign_key="organization.id")
    position: int = Field(primary_key=True)
    identifier_scheme: str
    identifier: str
    authority: str
    status: str
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None


class ServiceRow(Record, table=True):
    """HSDS service, as the directory says it, with its schedule, languages, accessibility and required documents.

    Of these lists, null is what no source says; an empty one says that there are none.
    """

    __tablename__ = "service"

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    position: int
    name: str
    description: Any = Field(sa_type=JSON)
    codes: Any = Field(sa_type=JSON)
    status: str | None = None
    eligibility: Any = Field(sa_type=JSON)
    eligibility_description: str
    safety: Any = Field(sa_type=JSON)
    quality: Any = Field(sa_type=JSON)
    assured_date: date | None = None
    assurance_method: str | None = None
    assurer_role: str | None = None
    state_funded: str
    licence_required: str
    capacity: str
    capacity_as_of: datetime | None = Field(default=None, sa_type=Instant)
    free_places: int | None = None
    places_total: int | None = None
    initial_stay_days: int | None = None
    response_minutes: int
    duration_minutes: int
    interpretation_vetted: str
    required_documents: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    weekly: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    """Spans [from, to) in minutes of the local week, Monday 00:00 is 0."""
    languages: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    """Spoken by staff."""
    interpretation: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    """Offered through an interpreter."""
    accessibility: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    seal_mark: str | None = None
    """A keyed fingerprint of the sealed contacts, to see that they changed; `None`: there are none."""
    sources: Any = Field(sa_type=JSON)


class LocationRow(Row, table=True):
    """HSDS location: a place of the gazetteer. It has no column for a street or a coordinate."""

    __tablename__ = "location"

    id: UUID = Field(primary_key=True)
    slug: str = Field(unique=True)
    location_type: str
    place: str | None = None
    address_confidential: bool


class ServiceAtLocationRow(Row, table=True):
    """HSDS service_at_location, with what a steward recorded about it; loading a directory does not touch that."""

    __tablename__ = "service_at_location"

    id: UUID = Field(primary_key=True)
    slug: str = Field(unique=True)
    service_id: UUID = Field(foreign_key="service.id", index=True)
    location_id: UUID = Field(foreign_key="location.id", index=True)
    quarantined: bool = False
    quarantine_reason: str | None = None
    verified_on: date | None = None
    verification_method: str | None = None
    verifier_role: str | None = None


class ServiceCapacityRow(Row, table=True):
    """HSDS service_capacity: the last report of a steward or of the provider."""

    __tablename__ = "service_capacity"

    service_id: UUID = Field(primary_key=True, foreign_key="service.id")
    state: str
    available: int | None = None
    updated: datetime = Field(sa_type=Instant)


class ContactRow(ServicePart, table=True):
    """HSDS contact and phone: a way to reach a service that is public or for the network, never a restricted one."""

    __tablename__ = "contact"

    kind: str
    value: str
    visibility: str
    note: str


class SealedContactRow(ServicePart, table=True):
    """A restricted contact or the address of a location, as ciphertext only."""

    __tablename__ = "sealed_contact"

    ciphertext: str = Field(sa_type=Text)


class LinkRow(Record, table=True):
    """An agreed way from an organization to a service point of another."""

    __tablename__ = "link"

    from_organization_id: UUID = Field(foreign_key="organization.id", index=True)
    to_id: UUID = Field(foreign_key="service_at_location.id", index=True)
    agreement: str
    mode: str
    receiver_confirmed: str
    child_ok: str
    interpreter_source: str
    active: bool
    valid_to: date | None = None


class ReturnReceptionRow(Record, table=True):
    """Which organization abroad takes over whoever a return service brings home."""

    __tablename__ = "return_reception"

    point_id: UUID = Field(foreign_key="service_at_location.id", index=True)
    receiver_id: UUID = Field(foreign_key="organization.id", index=True)
    country: str
    agreement: str
    receiver_confirmed: str
    child_ok: str
    valid_to: date | None = None


class HotlineRow(Record, table=True):
    """A number to call."""

    __tablename__ = "hotline"

    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", index=True)
    country: str
    name: str
    number: str
    operator: str
    audience: str
    hours: str
    status: str
    status_as_of: str
    police_link: str
    police_link_description: str
    caveat: str
    sources: Any = Field(sa_type=JSON)


class CrossBorderFactRow(Record, table=True):
    """What a source documents about a way between countries."""

    __tablename__ = "cross_border_fact"

    kind: str
    countries: Any = Field(sa_type=JSON)
    title: str
    facts: Any = Field(sa_type=JSON)
    status: str
    status_as_of: str
    routing_use: str
    never: str
    sources: Any = Field(sa_type=JSON)


class ChangeRow(Row, table=True):
    """One record that became another; append-only, chained by hashes. `before` is null for a new one."""

    __tablename__ = "change"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    by: str
    reason: str
    revision: int = Field(index=True)
    kind: str
    slug: str = Field(index=True)
    action: str
    before: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    after: Any = Field(default=None, sa_type=JSON_OR_NULL, nullable=True)
    previous: str
    hash: str


class AccessRecordRow(Row, table=True):
    """One reading of sealed contacts; append-only, chained by hashes."""

    __tablename__ = "access_record"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    reader: str
    slug: str = Field(index=True)
    reason: str
    previous: str
    hash: str


class ApiKeyRow(Row, table=True):
    """A key as its prefix and a keyed digest of its secret."""

    __tablename__ = "api_key"

    prefix: str = Field(primary_key=True)
    digest: str
    role: str
    owner: str
    countries: Any = Field(sa_type=JSON)
    created_on: date
    expires_on: date
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_on: date | None = None
    organization: str | None = None
    """Slug of the organization whose records a provider's key may see and propose to change."""


class RegisterStateRow(Row, table=True):
    """The one row with the revision, and with the end of both chains, so that a cut tail is seen.

    The schema version is Alembic's own row.
    """

    __tablename__ = "register_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int
    change_count: int
    change_head: str
    access_count: int
    access_head: str
