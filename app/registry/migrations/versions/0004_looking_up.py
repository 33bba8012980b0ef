"""The register can be looked through: folded names, listings over time, words, flags, and consent to be told.

Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.registry.relisting import relist_all

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

Column = sa.Column[Any]
TABLES = ("listing", "listing_content", "listing_registration", "listing_place", "word", "word_gram", "register_flag")


def upgrade() -> None:
    """All tables are there, and filled from the register as it is and from its changes."""
    op.add_column("organization", sa.Column("register_consent", sa.String(), server_default="unknown", nullable=False))
    op.add_column("service", sa.Column("folded", sa.String(), server_default="", nullable=False))
    op.create_table("word", *_texts("word"), sa.PrimaryKeyConstraint("word", name=op.f("pk_word")))
    op.create_table(
        "word_gram", *_texts("gram", "word"), sa.PrimaryKeyConstraint("gram", "word", name=op.f("pk_word_gram"))
    )
    _listings()
    _flags()
    relist_all(op.get_bind())


def downgrade() -> None:
    """What searches run over is gone, and so are flags and consents: the schema before has no room for them."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("service", "folded")
    op.drop_column("organization", "register_consent")


def _texts(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.String(), nullable=null) for name in names]


def _numbers(*names: str, null: bool = False) -> list[Column]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _flagged(*names: str) -> list[Column]:
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
        *_flagged("published", "hidden", "consents"), *_texts("folded", "country"), *_texts("admin1", null=True),
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
        "listing_place", *_texts("service"), *_texts("place", null=True), *_flagged("confidential"), *_texts("codes"),
        key=("position",),
    )  # fmt: skip


def _flags() -> None:
    op.create_table(
        "register_flag", sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("slug", "country", "kind", "field", "text", "raised_by"), *_moments("raised_at", null=False),
        *_texts("outcome", null=True), *_texts("closed_by"), *_moments("closed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_flag")),
    )  # fmt: skip
    op.create_index(op.f("ix_register_flag_slug"), "register_flag", ["slug"])
