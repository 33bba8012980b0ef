"""What whoever imports a file says of it, and what an import proposes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.pathway import Source
from app.registry.exchange.term_codes import Mapped

LONGEST_NOTE = 8_000
"""Characters of a draft's note that an import writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of the whole file: what no row of it says and somebody knows. Nothing here is guessed when it is left out.

    `country` is that of organizations whose addresses name none, `organization_type` that of all of them, `source` is
    where the file was published, `mapping` gives codes for foreign terms.
    """

    country: str = ""
    organization_type: str = ""
    source: Source | None = None
    encoding: str = ""
    mapping: Mapped = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One record that a sound row makes, in the shape of the directory's files. `note` is for the steward.

    `is_whole`: the file says all there is to say of the record, so that what it leaves out is unknown. Otherwise a
    record that is there already keeps what the file does not speak of. `source` is where the file was published: one
    more source of a record that is new or changed, and no change by itself.
    """

    kind: str
    slug: str
    body: Mapping[str, Any]
    note: str
    file: str
    table: str
    row: int
    is_whole: bool = False
    source: Source | None = None
