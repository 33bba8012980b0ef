"""How much an import takes in. What is larger is refused with the limit, never cut."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes, rows and characters; the same for files, archives and feeds."""

    file_bytes: int = 256 * 1024 * 1024
    """The largest file, and the largest sum of what an archive unpacks to."""
    document_bytes: int = 96 * 1024 * 1024
    """The largest JSON or YAML document: such a one is read as a whole. NDJSON and CSV are read row by row."""
    line_characters: int = 4 * 1024 * 1024
    """The longest line of NDJSON, and the longest row of CSV."""
    files: int = 200
    """Files of an archive or folder."""
    rows: int = 1_000_000
    """Rows of all tables together."""
    columns: int = 500
    """Columns of a table."""
    cell_characters: int = 100_000
    """A longer cell rejects its row."""
    depth: int = 16
    """How deep records of a JSON document may lie in each other."""


LIMITS = Limits()


class TooMuch(Exception):
    """A limit is passed; the text names it. Caught by whoever opened the file."""
