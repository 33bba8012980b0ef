"""The register can be looked through: folded names, listings over time, words, flags, and consent to be told.

Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.registry.relisting import recall_consents, relist_all

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Column = sa.Column[Any]
TABLES = ("listing", "listing_content", "listing_registration", "listing_place", "service_listing",
          "listing_terms", "listing_hours", "word", "word_gram", "register_flag")  # fmt: skip


def upgrade() -> None:
    """All tables are there, and filled from the register as it is and from its changes."""
    op.add_column("organization", sa.Column("register_consent", sa.String(), server_default="unknown", nullable=False))
    op.create_table("word", *_texts("word"), sa.PrimaryKeyConstraint("word", name=op.f("pk_word")))
    op.create_table(
        "word_gram", *_texts("gram", "word"), sa.PrimaryKeyConstraint("gram", "word", name=op.f("pk_word_gram"))
    )
    _listings()
    _service_listing()
    _flags()
    recall_consents(op.get_bind())
    relist_all(op.get_bind())


def downgrade() -> None:
    """What searches run over is gone, and so are flags. Consents come back from the chain of changes."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("organization", "register_consent")


def _texts(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.String(), nullable=null) for name in names]


def _numbers(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _yes_or_no(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _moments(*names: str, null: bool = True) -> list[Column]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name in names]


def _version(table: str, *columns: Column, key: tuple[str, ...] = ()) -> None:
    op.create_table(
        table, *_texts("slug"), *_numbers("since", *key), *columns,
        sa.PrimaryKeyConstraint("slug", "since", *key, name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _listings() -> None:
    _version(
        "listing", *_numbers("until", null=True), *_moments("from_at", "until_at"),
        *_yes_or_no("published", "hidden", "consents"), *_texts("folded", "country"), *_texts("admin1", null=True),
        *_texts("kind"),
    )  # fmt: skip
    op.create_index("ix_listing_until", "listing", ["until"])
    _version(
        "listing_content",
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("secret", sa.JSON(), nullable=False),
    )
    _version(
        "listing_registration", *_texts("number_folded", "authority", "authority_folded"), *_numbers("standing"),
        sa.Column("valid_from", sa.Date(), nullable=True), sa.Column("valid_to", sa.Date(), nullable=True),
        key=("position",),
    )  # fmt: skip
    op.create_index(op.f("ix_listing_registration_number_folded"), "listing_registration", ["number_folded"])
    _version(
        "listing_place", *_texts("service"), *_texts("place", null=True), *_yes_or_no("confidential"), *_texts("codes"),
        key=("position",),
    )  # fmt: skip


def _service_listing() -> None:
    op.create_table(
        "service_listing", sa.Column("service_id", sa.Uuid(), nullable=False), *_texts("slug", "folded", "country"),
        *_texts("admin1", "place", null=True), *_yes_or_no("confidential", "withheld"),
        *_texts("status", "organization_type", "codes", "languages"),
        sa.Column("verified_on", sa.Date(), nullable=True), *_texts("terms"), *_texts("hours", null=True),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_listing")),
    )  # fmt: skip
    op.create_index("ix_service_listing_folded", "service_listing", ["folded", "slug"])
    op.create_table(
        "listing_terms", *_texts("key"), sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("required_documents", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_listing_terms")),
    )  # fmt: skip
    op.create_table(
        "listing_hours",
        *_texts("key"),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_listing_hours")),
    )
    spread = ["withheld", "place", "admin1", "country", "status", "organization_type"]
    op.create_index("ix_service_listing_place", "service_listing", spread)
    op.create_index("ix_service_listing_codes", "service_listing", ["withheld", "codes"])


def _flags() -> None:
    op.create_table(
        "register_flag", sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("slug", "country", "kind", "field", "text", "raised_by"), *_moments("raised_at", null=False),
        *_texts("outcome", null=True), *_texts("closed_by"), *_moments("closed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_flag")),
    )  # fmt: skip
    op.create_index(op.f("ix_register_flag_slug"), "register_flag", ["slug"])
