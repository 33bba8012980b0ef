"""Which records are published, as their ids in order: sixteen bytes a record, made once for each state of the register.

A page far behind costs what the first one costs, and nothing is looked up for what is not there.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.registry.lookup import Looking
from app.registry.scanning import as_text, scan

WIDTH = 16
"""Bytes of an id."""


class Kind(Enum):
    """What there are lists of. The value is: from where, the id of a record, and what is not a tombstone."""

    SERVICE = ("service s", "s.id", "s.removed_at is null")
    POINT = ("service_at_location p join service s on s.id = p.service_id", "p.id", "s.removed_at is null")
    ORGANIZATION = ("organization o", "o.id", "o.removed_at is null")


@dataclass(frozen=True, slots=True)
class Roll:
    """Ids of the published records of one kind, in order; and of those that are there and withheld."""

    ids: bytes
    withheld: frozenset[bytes]

    def __len__(self) -> int:
        return len(self.ids) // WIDTH

    def __contains__(self, record: bytes) -> bool:
        place = bisect_left(range(len(self)), record, key=self._at)
        return place < len(self) and self._at(place) == record

    def part(self, start: int, number: int) -> list[bytes]:
        """So many ids from that place on, fewer at the end."""
        return [self._at(place) for place in range(start, min(start + number, len(self)))]

    def behind(self, record: bytes | None, number: int) -> list[bytes]:
        """So many ids behind that one, be it there or not; `None`: from the beginning."""
        start = 0 if record is None else bisect_right(range(len(self)), record, key=self._at)
        return self.part(start, number)

    def _at(self, place: int) -> bytes:
        return self.ids[place * WIDTH : (place + 1) * WIDTH]


class Rolls:
    """The rolls of one state of the register. They are made when first asked for, while `looking` sees that state.

    Withheld is what nobody may be sent to, and so is nobody's to list: services in quarantine, all services of a
    provider with an allegation on record that is not cleared (H18), and those of an organization that is gone.
    """

    def __init__(self) -> None:
        self._made: dict[Kind, Roll] = {}
        self._closed: tuple[frozenset[str], frozenset[str]] | None = None

    def roll(self, looking: Looking, kind: Kind) -> Roll:
        """The roll of that kind."""
        if kind not in self._made:
            self._made[kind] = _organizations(looking) if kind is Kind.ORGANIZATION else self._offered(looking, kind)
        return self._made[kind]

    def unlisted(self, looking: Looking) -> frozenset[bytes]:
        """Ids of the organizations of which no service is published."""
        return frozenset(map(as_bytes, self._withheld(looking)[1]))

    def _offered(self, looking: Looking, kind: Kind) -> Roll:
        services, organizations = self._withheld(looking)
        source, key, there = kind.value
        columns = ", ".join(as_text(column) for column in (key, "s.id", "s.organization_id"))
        kept: list[bytes] = []
        withheld: list[bytes] = []
        for rows in scan(looking, f"select {columns} from {source} where {there}"):
            for record, service, organization in rows:
                closed = service in services or organization in organizations
                (withheld if closed else kept).append(as_bytes(record))
        return Roll(b"".join(sorted(kept)), frozenset(withheld))

    def _withheld(self, looking: Looking) -> tuple[frozenset[str], frozenset[str]]:
        """Services and organizations, as the database writes their ids."""
        if self._closed is None:
            self._closed = _texts(looking, _QUARANTINED), _texts(looking, _GONE) | _texts(looking, _ALLEGED)
        return self._closed


_QUARANTINED = f"select {as_text('service_id')} from service_at_location where quarantined"
_GONE = f"select {as_text('id')} from organization where removed_at is not null"
_ALLEGED = f"""
    select distinct {as_text("organization_id")} from service
    where removed_at is null and {as_text("safety")} not like '%"safeguarding_flag": "none"%'
        and safety ->> 'safeguarding_flag' in ('open', 'substantiated')
    """
"""To look at the text first is much quicker than to read every document; almost all say that there is nothing."""


class Memory:
    """Rolls of the state that was asked for last; older ones are forgotten."""

    def __init__(self) -> None:
        self._last: tuple[str, Rolls] = ("", Rolls())

    def rolls(self, state: str) -> Rolls:
        """Those of that state."""
        last = self._last
        if last[0] != state:
            self._last = last = (state, Rolls())
        return last[1]


def as_bytes(text: str) -> bytes:
    """The id that a database writes, with or without hyphens."""
    return bytes.fromhex(text.replace("-", ""))


def as_word(looking: Looking, record: bytes) -> object:
    """The id as the database binds it."""
    return looking.id_word(UUID(bytes=record))


def _organizations(looking: Looking) -> Roll:
    source, key, there = Kind.ORGANIZATION.value
    found = _texts(looking, f"select {as_text(key)} from {source} where {there}")
    return Roll(b"".join(sorted(map(as_bytes, found))), frozenset())


def _texts(looking: Looking, text: str) -> frozenset[str]:
    return frozenset(value for rows in scan(looking, text) for (value,) in rows)
