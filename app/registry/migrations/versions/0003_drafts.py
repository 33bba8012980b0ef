"""Drafts of records, records that loading leaves alone, requests that are carried out once, keys of providers.

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The three tables are there, and a key may be of an organization."""
    op.create_table(
        "draft",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("kind", "slug", "state"),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("sealed_count", sa.Integer(), nullable=False),
        sa.Column("keeps_sealed", sa.Boolean(), nullable=False),
        sa.Column("update_of", sa.String(), nullable=True),
        *_texts("note", "organization"),
        sa.Column("rests_on", sa.Integer(), nullable=False),
        *_texts("by"),
        sa.Column("keys", sa.JSON(), nullable=False),
        *_texts("decided_by", "decision", "digest"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_instants("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_draft")),
        sa.UniqueConstraint("id", name=op.f("uq_draft_id")),
    )
    for column in ("slug", "state", "organization"):
        op.create_index(op.f(f"ix_draft_{column}"), "draft", [column])
    op.create_table(
        "held_record", *_texts("kind", "slug"), sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_held_record"))
    )
    op.create_table(
        "once", *_texts("key_prefix", "token", "fingerprint"), *_instants("began_at"),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key_prefix", "token", name=op.f("pk_once")),
    )  # fmt: skip
    op.add_column("api_key", sa.Column("organization", sa.String(), nullable=True))


def downgrade() -> None:
    """The tables are gone, with every draft; so are keys of providers, a role that the older program cannot read."""
    op.execute("delete from api_key where role = 'provider'")
    op.drop_column("api_key", "organization")
    for table in ("once", "held_record", "draft"):
        op.drop_table(table)


def _texts(*names: str) -> "tuple[sa.Column[str], ...]":
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _instants(*names: str) -> "tuple[sa.Column[object], ...]":
    return tuple(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names)
