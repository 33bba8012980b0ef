"""Published service points in batches, straight from the tables and without an object for each row.

They are the points that `service_points` makes of the directory with what stewards recorded, fact by fact: tests
compare the two. Services come as they lie in the database; what other tables say of them comes at the end.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, repeat
from json import loads
from operator import add, mul
from typing import Any, NamedTuple

from app.domain.batch import PointBatch, Shared
from app.domain.codes import Code
from app.domain.place import Place
from app.domain.provider import Eligibility, Quality, SafeguardingFlag, Safety
from app.registry.capacities import Capacities
from app.registry.house import Noted, known_of_the_house, seat_timezone
from app.registry.lists import Lists, documents_in, hours_in, languages_in, needs_in
from app.registry.lookup import Looking, day
from app.registry.organizations import Kind, Organizations, Registered, organizations_in
from app.registry.plain import value_of
from app.registry.scanning import SEPARATOR, Memo, Numbered, as_text, in_columns, in_one, scan

_KNOWN = (
    "s.documents_known", "s.hours_known", "s.languages_known", "s.interpretation_known", "s.accessibility_known",
    "l.address_confidential", "p.quarantined",
)  # fmt: skip
_DOCUMENTS, _HOURS, _LANGUAGES, _INTERPRETATION, _ACCESSIBILITY, _CONFIDENTIAL, _QUARANTINED = (
    1 << place for place in range(len(_KNOWN))
)
_BITS = " + ".join(f"case when {flag} then {1 << place} else 0 end" for place, flag in enumerate(_KNOWN))
_SERVICES = f"""
    select {as_text("s.organization_id")}, {as_text("s.id")}, s.slug, l.place,
        {in_one("l.location_type", "s.state_funded", "s.licence_required", "s.interpretation_vetted")},
        s.status, {_BITS},
        {as_text("s.codes")}, {as_text("s.eligibility")}, {as_text("s.safety")}, {as_text("s.quality")},
        s.assured_date, p.verified_on, s.capacity, s.capacity_as_of, s.free_places, s.response_minutes,
        s.duration_minutes
    from service s
    join location l on l.slug = s.slug
    left join service_at_location p on p.slug = s.slug
    where s.removed_at is null
    """


def points_in(looking: Looking, places: Mapping[str, Place]) -> Iterator[PointBatch]:
    """Every published service point; `places` is the gazetteer by slug."""
    reader = _Reader(organizations_in(looking), places)
    for columns in in_columns(scan(looking, _SERVICES)):
        yield reader.batch(columns)
    yield reader.rest(looking)


class _Way(NamedTuple):
    """What the short texts of a service say of how it works."""

    modality: str
    state_funded: str
    licence_required: str
    interpretation_vetted: str


class _Spot(NamedTuple):
    place: str | None
    country: str
    admin1: str | None
    timezone: str


class _Reader:
    """Makes batches of rows, one after the other, and keeps what has to wait until all are known."""

    def __init__(self, organizations: Organizations, places: Mapping[str, Place]) -> None:
        self._organizations, self._places = organizations, places
        self._codes = Memo[tuple[Code, ...]](lambda said: tuple(map(Code, loads(said))))
        self._eligibility = Memo[Eligibility](lambda said: value_of(Eligibility, loads(said)))
        self._safety = Memo[Safety](lambda said: value_of(Safety, loads(said)))
        self._quality = Memo[Quality](lambda said: value_of(Quality, loads(said)))
        self._numbers: dict[str, int] = {}
        self._owners, self._known = array("i"), bytearray()
        self._noted: defaultdict[int, list[Safety]] = defaultdict(list)
        self._capacities = Capacities()

    def batch(self, columns: Sequence[list[Any]]) -> PointBatch:
        """What these columns of `_SERVICES` say by themselves; services of organizations that are gone are left out."""
        numbers = self._organizations.numbers
        here = [owner in numbers for owner in columns[0]]
        if not all(here):
            columns = [list(compress(column, here)) for column in columns]
        (
            owner_ids, ids, slugs, towns, ways, status, known, codes, eligibility, safety, quality,
            assured, verified, capacity, reported, free, response, duration,
        ) = columns  # fmt: skip
        owners = array("i", map(numbers.__getitem__, owner_ids))
        first = len(self._numbers)
        self._numbers.update(zip(ids, range(first, first + len(ids)), strict=True))
        self._owners += owners
        self._known.extend(known)
        self._capacities.add(capacity, reported, free)
        return PointBatch(
            slug=slugs,
            codes=Numbered(self._codes.__getitem__).shared(codes),
            status=self._statuses(status, owners),
            eligibility=Numbered(self._eligibility.__getitem__).shared(eligibility),
            safety=self._safeties(safety, owners),
            quality=Numbered(self._quality.__getitem__).shared(quality),
            verified_on=Numbered(day).shared(map(_later, assured, verified)),
            response_minutes=response,
            duration_minutes=duration,
            **_fields_of(_Way, Numbered(lambda said: _Way(*said.split(SEPARATOR))).shared(ways)),
            **_fields_of(_Spot, self._spots(towns, owners)),
        )

    def _statuses(self, status: Sequence[str | None], owners: Sequence[int]) -> Shared[str]:
        """The status of the service itself, else that of its organization."""
        kinds = self._organizations.kinds
        both = zip(status, owners, strict=True)
        return Numbered[str](str).shared(
            kinds.values[kinds.at[owner]].status if own is None else own for own, owner in both
        )

    def _spots(self, towns: Sequence[str | None], owners: Sequence[int]) -> Shared[_Spot]:
        """Country, region and clock of the town when the gazetteer has it, else those of the organization."""
        places, seats = self._places, self._organizations.seats

        def spot(said: str | tuple[str | None, int]) -> _Spot:
            if isinstance(said, str):
                place = places[said]
                return _Spot(said, place.country, place.admin1, place.timezone)
            town, seat = said[0], seats.values[said[1]]
            return _Spot(town, seat.country, seat.admin1, seat_timezone(seat.country))

        said = [town if town in places else (town, seats.at[owner]) for town, owner in zip(towns, owners, strict=True)]
        return Numbered(spot).shared(said)

    def _safeties(self, said: Sequence[str], owners: Sequence[int]) -> Shared[Safety]:
        safety = Numbered(self._safety.__getitem__).shared(said)
        noted = {
            number
            for number, one in enumerate(safety.values)
            if one.safeguarding_flag is not SafeguardingFlag.NONE or one.affiliations
        }
        for owner, number in zip(owners, safety.at, strict=True) if noted else ():
            if number in noted:
                self._noted[owner].append(safety.values[number])
        return safety

    def rest(self, looking: Looking) -> PointBatch:
        """What other tables say of all these services: organizations, reports, hours, languages and the like."""
        numbers, organizations, owners = self._numbers, self._organizations, self._owners
        kinds, registrations = organizations.kinds, organizations.registrations
        of_kind = _fields_of(Kind, Shared(kinds.values, _each(kinds.at, owners)))
        del of_kind["status"]
        languages = languages_in(looking, numbers)
        return PointBatch(
            organization=Shared(organizations.slugs, owners),
            address_confidential=Shared((False, True), self._flags(_CONFIDENTIAL)),
            quarantined=Shared((False, True), self._flags(_QUARANTINED)),
            required_documents=self._if_known(documents_in(looking, numbers), _DOCUMENTS),
            weekly=self._if_known(hours_in(looking, numbers), _HOURS),
            accessibility=self._if_known(needs_in(looking, numbers), _ACCESSIBILITY),
            languages=self._if_known(Lists(languages.at, tuple(s for s, _ in languages.lists)), _LANGUAGES),
            interpretation=self._if_known(Lists(languages.at, tuple(i for _, i in languages.lists)), _INTERPRETATION),
            **of_kind,
            **_fields_of(Registered, Shared(registrations.lists, _each(registrations.at, owners))),
            **_fields_of(Noted, self._of_the_houses()),
            **self._capacities.facts(looking, numbers),
        )

    def _if_known(self, lists: Lists[Any], bit: int) -> Shared[Any]:
        """The list of each service, `None` where no source says."""
        known = array("i", map(mul, map(add, lists.at, repeat(1)), self._flags(bit)))
        return Shared((None, *lists.lists), known)

    def _flags(self, bit: int) -> "array[int]":
        """One of the flags of each service, as 0 and 1."""
        return array("i", iter(self._known.translate(bytes(bool(known & bit) for known in range(256)))))

    def _of_the_houses(self) -> Shared[Noted]:
        """What is on record of one service holds for all of its organization; most have nothing on record."""
        noted = Numbered(lambda owner: known_of_the_house(self._noted.get(owner, [Safety()])))
        return noted.shared(owner if owner in self._noted else None for owner in self._owners)


def _later(assured: Any, recorded: Any) -> Any:
    """The later of what the directory says of a verification and of what a steward recorded, both as rows say days."""
    return assured if recorded is None or (assured is not None and assured > recorded) else recorded


def _each(at: Sequence[int], owners: Sequence[int]) -> "array[int]":
    return array("i", map(at.__getitem__, owners))


def _fields_of(kind: type[Any], shared: Shared[Any]) -> dict[str, Any]:
    """Each field of a named tuple by itself."""
    columns = zip(*shared.values, strict=True) if shared.values else ((),) * len(kind._fields)
    return {name: Shared(values, shared.at) for name, values in zip(kind._fields, columns, strict=True)}
