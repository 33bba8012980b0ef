"""Published organizations as their services need them, without an object for each."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.batch import Shared
from app.domain.provider import RegistrationStatus
from app.registry.house import worst
from app.registry.lookup import Looking
from app.registry.scanning import SEPARATOR, Numbered, as_text, in_one, scan


class Registered(NamedTuple):
    """The worst status of all registrations of an organization, and the earliest end of one."""

    registration: RegistrationStatus
    registered_until: date | None


class Kind(NamedTuple):
    """What many organizations have in common."""

    organization_type: str
    independence: str
    status: str
    steward_trust: bool


class Seat(NamedTuple):
    """Where an organization stands."""

    country: str
    admin1: str


@dataclass(frozen=True, slots=True)
class Organizations:
    """All of them by number: what they are called, what they are, where they stand, how they are registered."""

    numbers: Mapping[str, int]
    """By id, as text."""
    slugs: list[str]
    kinds: Shared[Kind]
    seats: Shared[Seat]
    registrations: Shared[Registered]


_ORGANIZATIONS = f"""
    select {as_text("id")}, slug,
        {in_one("organization_type", "independence", "status", "case when steward_trust then 'yes' end")},
        {in_one("country", "located_in", "admin1")}
    from organization
    where removed_at is null
    """
_REGISTRATIONS = f"""
    select {as_text("organization_id")}, {in_one("status", as_text("valid_to"))} from organization_identifier
    """


def organizations_in(looking: Looking) -> Organizations:
    """Every published organization, in the order in which they lie in the database."""
    numbers: dict[str, int] = {}
    slugs: list[str] = []
    (kinds, kind_at), (seats, seat_at) = (Numbered(_kind), array("i")), (Numbered(_seat), array("i"))
    for rows in scan(looking, _ORGANIZATIONS):
        ids, names, kind, seat = zip(*rows, strict=True)
        numbers.update(zip(ids, range(len(slugs), len(slugs) + len(ids)), strict=True))
        slugs += names
        kind_at.extend(map(kinds.__getitem__, kind))
        seat_at.extend(map(seats.__getitem__, seat))
    return Organizations(
        numbers, slugs, Shared(kinds.made, kind_at), Shared(seats.made, seat_at), _registrations_in(looking, numbers)
    )


def _registrations_in(looking: Looking, numbers: Mapping[str, int]) -> Shared[Registered]:
    """What all registrations of each organization come to. Most have one; together with others it is another entry."""
    at = array("i", [0]) * len(numbers)
    found: list[tuple[str, ...]] = [()]
    places: dict[tuple[str, ...], int] = {(): 0}
    for rows in scan(looking, _REGISTRATIONS):
        for organization, entry in rows:
            number = numbers.get(organization)
            if number is not None:
                entries = (*found[at[number]], entry)
                at[number] = places.setdefault(entries, len(found))
                if at[number] == len(found):
                    found.append(entries)
    return Shared(tuple(map(_registered, found)), at)


def _kind(said: str) -> Kind:
    kind, independence, status, trust = said.split(SEPARATOR)
    return Kind(kind, independence, status, bool(trust))


def _seat(said: str) -> Seat:
    country, located_in, admin1 = said.split(SEPARATOR)
    return Seat(located_in or country, admin1)


def _registered(entries: Iterable[str]) -> Registered:
    found = [entry.split(SEPARATOR) for entry in entries]
    ends = [date.fromisoformat(end) for _, end in found if end]
    return Registered(worst(RegistrationStatus(status) for status, _ in found), min(ends, default=None))
