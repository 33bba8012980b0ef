"""The first tables, and the state of an empty register.

Revises: nothing
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Column = sa.Column[Any]

TABLES = (
    "organization", "organization_identifier", "service", "location", "service_at_location", "service_capacity",
    "contact", "sealed_contact", "schedule", "language", "accessibility", "required_document", "link",
    "return_reception", "hotline", "cross_border_fact", "change", "access_record", "api_key", "register_state",
)  # fmt: skip
"""In an order in which a table comes after those that it points to."""


def upgrade() -> None:
    """The schema is that of revision 0001, and the register is empty."""
    _organizations()
    _services()
    _points()
    for table, columns in (
        ("contact", _texts("kind", "value", "visibility", "note")),
        ("sealed_contact", [sa.Column("ciphertext", sa.Text(), nullable=False)]),
        ("schedule", _numbers("from_minute", "to_minute")),
        ("accessibility", _texts("need")),
        ("required_document", _texts("document")),
    ):
        _part(table, "service", columns)
    _languages()
    _ways()
    _information()
    _history()
    _state()


def downgrade() -> None:
    """The database is empty."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _texts(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.String(), nullable=null) for name in names]


def _numbers(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _flags(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _days(*names: str, null: bool = True) -> list[Column]:
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def _instant(name: str, null: bool = True) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _documents(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.JSON(), nullable=null) for name in names]


def _uuid(name: str, null: bool = False) -> Column:
    return sa.Column(name, sa.Uuid(), nullable=null)


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _record(table: str, *columns: Column, points_to: dict[str, str] | None = None) -> None:
    """A table of records with an id and a slug; `points_to` gives the table that each indexed column points to."""
    ways = points_to or {}
    op.create_table(
        table, _uuid("id"), *_texts("slug"), *columns, *(_points_to(table, *way) for way in ways.items()),
        _key(table, "id"), sa.UniqueConstraint("slug", name=op.f(f"uq_{table}_slug")),
    )  # fmt: skip
    for column in ways:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _part(table: str, owner: str, columns: list[Column]) -> None:
    """A table of the ordered parts of a record."""
    op.create_table(
        table, _uuid(f"{owner}_id"), *_numbers("position"), *columns,
        _points_to(table, f"{owner}_id", owner), _key(table, f"{owner}_id", "position"),
    )  # fmt: skip


def _organizations() -> None:
    _record(
        "organization",
        *_texts("name", "alternate_name", "description", "country", "located_in"),
        *_texts("admin1", null=True),
        *_texts("organization_type", "independence", "status", "status_as_of", "confidence"),
        *_flags("steward_trust"),
        *_documents("sources"),
        _instant("removed_at"),
    )
    _part(
        "organization_identifier", "organization",
        [*_texts("identifier_scheme", "identifier", "authority", "status"),
         *_days("valid_from", "valid_to", "checked_on")],
    )  # fmt: skip


def _services() -> None:
    _record(
        "service",
        _uuid("organization_id"),
        *_numbers("position"),
        *_texts("name"),
        *_documents("description", "codes"),
        *_texts("status", null=True),
        *_documents("eligibility"),
        *_texts("eligibility_description"),
        *_documents("safety", "quality"),
        *_days("assured_date"),
        *_texts("assurance_method", "assurer_role", null=True),
        *_texts("state_funded", "licence_required", "capacity"),
        _instant("capacity_as_of"),
        *_numbers("free_places", "places_total", "initial_stay_days", null=True),
        *_numbers("response_minutes", "duration_minutes"),
        *_texts("interpretation_vetted"),
        *_flags("documents_known", "hours_known", "languages_known", "interpretation_known", "accessibility_known"),
        *_texts("seal_mark", null=True),
        *_documents("sources"),
        _instant("removed_at"),
        points_to={"organization_id": "organization"},
    )


def _points() -> None:
    _record("location", *_texts("location_type"), *_texts("place", null=True), *_flags("address_confidential"))
    _record(
        "service_at_location",
        _uuid("service_id"),
        _uuid("location_id"),
        *_flags("quarantined"),
        *_texts("quarantine_reason", null=True),
        *_days("verified_on"),
        *_texts("verification_method", "verifier_role", null=True),
        points_to={"service_id": "service", "location_id": "location"},
    )
    op.create_table(
        "service_capacity", _uuid("service_id"), *_texts("state"), *_numbers("available", null=True),
        _instant("updated", null=False),
        _points_to("service_capacity", "service_id", "service"), _key("service_capacity", "service_id"),
    )  # fmt: skip


def _languages() -> None:
    op.create_table(
        "language", _uuid("service_id"), *_flags("interpreted"), *_numbers("position"), *_texts("code"),
        _points_to("language", "service_id", "service"), _key("language", "service_id", "interpreted", "position"),
    )  # fmt: skip


def _ways() -> None:
    _record(
        "link",
        _uuid("from_organization_id"),
        _uuid("to_id"),
        *_texts("agreement", "mode", "receiver_confirmed", "child_ok", "interpreter_source"),
        *_flags("active"),
        *_days("valid_to"),
        _instant("removed_at"),
        points_to={"from_organization_id": "organization", "to_id": "service_at_location"},
    )
    _record(
        "return_reception",
        _uuid("point_id"),
        _uuid("receiver_id"),
        *_texts("country", "agreement", "receiver_confirmed", "child_ok"),
        *_days("valid_to"),
        _instant("removed_at"),
        points_to={"point_id": "service_at_location", "receiver_id": "organization"},
    )


def _information() -> None:
    _record(
        "hotline",
        _uuid("organization_id", null=True),
        *_texts("country", "name", "number", "operator", "audience", "hours", "status", "status_as_of"),
        *_texts("police_link", "police_link_description", "caveat"),
        *_documents("sources"),
        _instant("removed_at"),
        points_to={"organization_id": "organization"},
    )
    _record(
        "cross_border_fact",
        *_texts("kind"),
        *_documents("countries"),
        *_texts("title"),
        *_documents("facts"),
        *_texts("status", "status_as_of", "routing_use", "never"),
        *_documents("sources"),
        _instant("removed_at"),
    )


def _history() -> None:
    number = sa.Column("number", sa.Integer(), autoincrement=False, nullable=False)
    op.create_table(
        "change", number, _instant("at", null=False), *_texts("by", "reason"), *_numbers("revision"),
        *_texts("kind", "slug", "action"), *_documents("before", "after", null=True), *_texts("previous", "hash"),
        _key("change", "number"),
    )  # fmt: skip
    op.create_index(op.f("ix_change_revision"), "change", ["revision"])
    op.create_index(op.f("ix_change_slug"), "change", ["slug"])
    number = sa.Column("number", sa.Integer(), autoincrement=False, nullable=False)
    op.create_table(
        "access_record", number, _instant("at", null=False), *_texts("reader", "slug", "reason", "previous", "hash"),
        _key("access_record", "number"),
    )  # fmt: skip
    op.create_index(op.f("ix_access_record_slug"), "access_record", ["slug"])


def _state() -> None:
    op.create_table(
        "api_key", *_texts("prefix", "digest", "role", "owner"), *_documents("countries"),
        *_days("created_on", "expires_on", null=False), _instant("revoked_at"), *_days("last_used_on"),
        _key("api_key", "prefix"),
    )  # fmt: skip
    state = op.create_table(
        "register_state", sa.Column("id", sa.Integer(), autoincrement=False, nullable=False), *_numbers("revision"),
        *_numbers("change_count"), *_texts("change_head"), *_numbers("access_count"), *_texts("access_head"),
        _key("register_state", "id"), sa.CheckConstraint("id = 1", name=op.f("ck_register_state_one_row")),
    )  # fmt: skip
    beginning = "0" * 64
    op.bulk_insert(state, [{
        "id": 1, "revision": 0, "change_count": 0, "change_head": beginning, "access_count": 0,
        "access_head": beginning,
    }])  # fmt: skip
