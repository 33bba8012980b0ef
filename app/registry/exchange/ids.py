"""Ids of HSDS objects: those of the tables for records, and the same kind of ids for what is only a part of one."""

from functools import lru_cache
from uuid import UUID

from app.registry.identity import id_of


@lru_cache(maxsize=4096)
def record_id(table: str, slug: str) -> str:
    """The id of the record with that slug, as every database and every export of it has it."""
    return str(id_of(table, slug))


def part_id(table: str, slug: str, part: str | int) -> str:
    """The id of a part of that record: of its third schedule, of its attribute for a code. The same in every export."""
    return str(id_of(table, f"{slug}/{part}"))


def as_uuid(text: str) -> UUID | None:
    """The id that the text writes, in the usual form with hyphens; `None` when it is none."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None
