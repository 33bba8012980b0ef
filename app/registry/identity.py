"""The ids of records, which are the same in every database and in every feed."""

from uuid import UUID, uuid5

PROJECT = UUID("6f0c2d4e-5b1a-5c7e-9d38-2a4be1f07c53")
"""The namespace of every id; never changes."""


def id_of(table: str, slug: str) -> UUID:
    """The id of the record with that slug, the same in every database; any text has one."""
    return uuid5(PROJECT, f"{table}/{slug}".encode("utf-8", "backslashreplace").decode())
