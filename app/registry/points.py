"""Published service points in batches, straight from the tables and without an object for each row.

They are the points that `service_points` makes of the directory with what stewards recorded, fact by fact: tests
compare the two. Services come as they lie in the database; what other tables say of them comes at the end.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from json import loads
from typing import Any, NamedTuple, TypeVar

from app.domain.batch import PointBatch, Shared
from app.domain.codes import Code
from app.domain.place import Place
from app.domain.profile import AccessNeed, Document
from app.domain.provider import Eligibility, Quality, SafeguardingFlag, Safety
from app.registry.house import Noted, known_of_the_house, seat_timezone, status_in_force
from app.registry.lookup import Looking, day, instant
from app.registry.organizations import Kind, Organizations, Registered
from app.registry.plain import value_of
from app.registry.scanning import SEPARATOR, Memo, Numbered, as_text, in_columns, in_one, known_only, scan

T = TypeVar("T")
_Report = tuple[str, Any, int | None]
"""State, moment and free places."""
_SERVICES = f"""
    select {as_text("s.organization_id")}, {as_text("s.id")}, s.slug, l.place,
        {in_one("l.location_type", "s.state_funded", "s.licence_required", "s.interpretation_vetted")},
        s.status, case when p.quarantined then 1 else 0 end, case when l.address_confidential then 1 else 0 end,
        {as_text("s.codes")}, {as_text("s.eligibility")}, {as_text("s.required_documents")}, {as_text("s.safety")},
        {as_text("s.quality")}, {as_text("s.weekly")}, {as_text("s.languages")}, {as_text("s.interpretation")},
        {as_text("s.accessibility")},
        case when p.verified_on is null or s.assured_date > p.verified_on then s.assured_date else p.verified_on end,
        s.capacity, s.capacity_as_of, s.free_places, s.response_minutes, s.duration_minutes
    from service s
    join location l on l.slug = s.slug
    left join service_at_location p on p.slug = s.slug
    where s.removed_at is null
    """
_REPORTS = f"select {as_text('service_id')}, state, updated, available from service_capacity"


def points_in(looking: Looking, organizations: Organizations, places: Mapping[str, Place]) -> Iterator[PointBatch]:
    """Every published service point of these organizations; `places` is the gazetteer by slug."""
    reports = {
        service: (state, instant(at), free) for rows in scan(looking, _REPORTS) for service, state, at, free in rows
    }
    reader = _Reader(organizations, reports, places)
    for columns in in_columns(scan(looking, _SERVICES)):
        yield reader.batch(columns)
    yield reader.rest()


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

    def __init__(
        self,
        organizations: Organizations,
        reports: Mapping[str, tuple[str, Any, int | None]],
        places: Mapping[str, Place],
    ) -> None:
        self._organizations, self._reports, self._places = organizations, reports, places
        self._codes = Memo[tuple[Code, ...]](lambda said: tuple(map(Code, loads(said))))
        self._eligibility = Memo[Eligibility](lambda said: value_of(Eligibility, loads(said)))
        self._safety = Memo[Safety](lambda said: value_of(Safety, loads(said)))
        self._quality = Memo[Quality](lambda said: value_of(Quality, loads(said)))
        self._documents = _lists_of(Document)
        self._weekly = _lists_of(tuple)
        self._texts = _lists_of(str)
        self._needs = _lists_of(AccessNeed)
        self._owners = array("i")
        self._noted: defaultdict[int, list[Safety]] = defaultdict(list)

    def batch(self, columns: Sequence[list[Any]]) -> PointBatch:
        """What these columns of `_SERVICES` say by themselves; services of organizations that are gone are left out."""
        numbers = self._organizations.numbers
        (
            owner_ids, ids, slugs, towns, ways, status, quarantined, confidential, codes, eligibility, documents,
            safety, quality, weekly, languages, interpretation, accessibility, verified, capacity, reported, free,
            response, duration,
        ) = known_only(columns, numbers)  # fmt: skip
        owners = array("i", map(numbers.__getitem__, owner_ids))
        self._owners += owners
        as_of = list(map(instant, reported))
        self._report(ids, capacity, as_of, free)
        return PointBatch(
            slug=slugs,
            codes=Numbered(self._codes.__getitem__).shared(codes),
            status=self._statuses(status, owners),
            quarantined=Shared((False, True), array("i", quarantined)),
            address_confidential=Shared((False, True), array("i", confidential)),
            eligibility=Numbered(self._eligibility.__getitem__).shared(eligibility),
            required_documents=Numbered(self._documents.__getitem__).shared(documents),
            safety=self._safeties(safety, owners),
            quality=Numbered(self._quality.__getitem__).shared(quality),
            weekly=Numbered(self._weekly.__getitem__).shared(weekly),
            languages=Numbered(self._texts.__getitem__).shared(languages),
            interpretation=Numbered(self._texts.__getitem__).shared(interpretation),
            accessibility=Numbered(self._needs.__getitem__).shared(accessibility),
            verified_on=Numbered(day).shared(verified),
            capacity=Numbered[str](str).shared(capacity),
            capacity_as_of=as_of,
            free_places=free,
            response_minutes=response,
            duration_minutes=duration,
            **_fields_of(_Way, Numbered(lambda said: _Way(*said.split(SEPARATOR))).shared(ways)),
            **_fields_of(_Spot, self._spots(towns, owners)),
        )

    def _report(self, ids: list[str], state: list[str], as_of: list[datetime | None], free: list[int | None]) -> None:
        """The last report of each service takes the place of what the directory says, when it is as late."""
        for row, report in enumerate(map(self._reports.get, ids)):
            if report is not None:
                (told, at, places), own = report, as_of[row]
                if own is None or at >= own:
                    state[row], as_of[row], free[row] = told, at, places

    def _statuses(self, status: Sequence[str | None], owners: Sequence[int]) -> Shared[str]:
        """See `status_in_force`."""
        kinds = self._organizations.kinds
        both = zip(status, owners, strict=True)
        return Numbered[str](str).shared(
            status_in_force(own, kinds.values[kinds.at[owner]].status) for own, owner in both
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

    def rest(self) -> PointBatch:
        """What organizations say of all these services."""
        organizations, owners = self._organizations, self._owners
        kinds, registrations = organizations.kinds, organizations.registrations
        of_kind = _fields_of(Kind, Shared(kinds.values, _each(kinds.at, owners)))
        del of_kind["status"]
        return PointBatch(
            organization=Shared(organizations.slugs, owners),
            **of_kind,
            **_fields_of(Registered, Shared(registrations.values, _each(registrations.at, owners))),
            **_fields_of(Noted, self._of_the_houses()),
        )

    def _of_the_houses(self) -> Shared[Noted]:
        """What is on record of one service holds for all of its organization; most have nothing on record."""
        noted = Numbered(lambda owner: known_of_the_house(self._noted.get(owner, [Safety()])))
        return noted.shared(owner if owner in self._noted else None for owner in self._owners)


def _lists_of(kind: Callable[[Any], T]) -> Memo[tuple[T, ...] | None]:
    """Lists as they are written; `None` where no source says."""
    return Memo(lambda said: None if said is None else tuple(map(kind, loads(said))))


def _each(at: Sequence[int], owners: Sequence[int]) -> "array[int]":
    return array("i", map(at.__getitem__, owners))


def _fields_of(kind: type[Any], shared: Shared[Any]) -> dict[str, Any]:
    """Each field of a named tuple by itself."""
    columns = zip(*shared.values, strict=True) if shared.values else ((),) * len(kind._fields)
    return {name: Shared(values, shared.at) for name, values in zip(kind._fields, columns, strict=True)}
