"""The few words in which SQLite and PostgreSQL differ."""

from datetime import UTC, datetime

from app.registry.lookup import Looking


def bytewise(looking: Looking, text: str) -> str:
    """That text, compared byte by byte: the same order in every database, whatever its locale."""
    return text + (" collate binary" if looking.is_sqlite else ' collate "C"')


def each_entry(looking: Looking, column: str) -> str:
    """A table `e` with one row an entry of that JSON list, in a column `value`."""
    return f"json_each({column}) e" if looking.is_sqlite else f"json_array_elements({column}) e(value)"


def moment(looking: Looking, at: datetime) -> str | datetime:
    """The moment as the driver wants it bound; SQLite keeps moments as text in UTC, without the offset."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if looking.is_sqlite else at
