"""Hours, languages, accessibility and documents of a service stand with it, as its codes do; null: no source says.

Before, each entry was a row of a table of its own, ten rows a service, and a flag parted "nobody says" from "none".

Revises: 0001
"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class _List(NamedTuple):
    """A list of a service: its column; the table, the flag and the condition that it had before, and its values."""

    column: str
    table: str
    flag: str
    values: tuple[str, ...]
    which: str = "true"


LISTS = (
    _List("required_documents", "required_document", "documents_known", ("document",)),
    _List("weekly", "schedule", "hours_known", ("from_minute", "to_minute")),
    _List("languages", "language", "languages_known", ("code",), "not interpreted"),
    _List("interpretation", "language", "interpretation_known", ("code",), "interpreted"),
    _List("accessibility", "accessibility", "accessibility_known", ("need",)),
)


def upgrade() -> None:
    """Every list is in its column; the tables and flags are gone."""
    for one in LISTS:
        op.add_column("service", sa.Column(one.column, sa.JSON(), nullable=True))
        op.execute(_gathered(one))
    for one in LISTS:
        op.drop_column("service", one.flag)
    for table in dict.fromkeys(one.table for one in LISTS):
        op.drop_table(table)


def downgrade() -> None:
    """Every entry is a row again. The flags keep a default, which SQLite asks for where rows are there."""
    _table("schedule", sa.Column("from_minute", sa.Integer(), nullable=False),
           sa.Column("to_minute", sa.Integer(), nullable=False))  # fmt: skip
    _table("language", sa.Column("interpreted", sa.Boolean(), nullable=False),
           sa.Column("code", sa.String(), nullable=False), key=("interpreted",))  # fmt: skip
    _table("accessibility", sa.Column("need", sa.String(), nullable=False))
    _table("required_document", sa.Column("document", sa.String(), nullable=False))
    for one in LISTS:
        op.execute(_scattered(one))
        op.add_column("service", sa.Column(one.flag, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.execute(f"update service set {one.flag} = {one.column} is not null")
        op.drop_column("service", one.column)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _gathered(one: _List) -> str:
    """Puts the entries into the column, in their order."""
    entry, these = ", ".join(one.values), f"service_id = service.id and {one.which}"
    if _on_sqlite():
        together = f"json_array({entry})" if len(one.values) > 1 else entry
        ordered = f"(select {entry} from {one.table} where {these} order by position)"
        listed = f"(select json_group_array({together}) from {ordered})"
    else:
        together = f"json_build_array({entry})" if len(one.values) > 1 else entry
        listed = f"coalesce((select json_agg({together} order by position) from {one.table} where {these}), '[]')"
    return f"update service set {one.column} = {listed} where {one.flag}"


def _scattered(one: _List) -> str:
    """Makes a row of each entry of the column."""
    numbers = range(len(one.values)) if len(one.values) > 1 else None
    if _on_sqlite():
        values = [f"json_extract(e.value, '$[{n}]')" for n in numbers] if numbers else ["e.value"]
        entries, position = f"json_each(service.{one.column}) e", "e.key"
    else:
        values = [f"cast(e.value ->> {n} as integer)" for n in numbers] if numbers else ["e.value #>> '{}'"]
        entries, position = f"json_array_elements(service.{one.column}) with ordinality e(value, n)", "e.n - 1"
    names, told = list(one.values), list(values)
    if one.table == "language":
        names, told = [*names, "interpreted"], [*told, str(one.which == "interpreted").lower()]
    into = f"{one.table} (service_id, position, {', '.join(names)})"
    return f"insert into {into} select service.id, {position}, {', '.join(told)} from service, {entries}"


def _table(name: str, *columns: "sa.Column[object]", key: tuple[str, ...] = ()) -> None:
    op.create_table(
        name, sa.Column("service_id", sa.Uuid(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f(f"fk_{name}_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", *key, "position", name=op.f(f"pk_{name}")),
    )  # fmt: skip
