"""Runs the migrations on the connection that `Database.migrate` hands over, inside its transaction."""

from alembic import context

from app.registry import listing_tables  # noqa: F401 - its tables are part of the metadata
from app.registry.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
