"""Looking through the register: services for those who work with people, registered providers for authorities.

The finder adds to a question what only the gazetteer knows: which towns lie in a region, how far they are from the
place that is named, and what time it is there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.errors import NotFound
from app.domain.finding import (
    Area,
    Flag,
    FlaggedField,
    FlagKind,
    FlagOutcome,
    FoundProvider,
    FoundService,
    Offer,
    Page,
    ProvidersAsked,
    ServicesAsked,
    Spell,
    Town,
)
from app.domain.place import Place
from app.registry.finding import Map
from app.registry.house import SEAT_TIMEZONES
from app.registry.store import Store

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTold:
    """A provider with the times during which its status was the same, the latest first."""

    provider: FoundProvider
    history: tuple[Spell, ...]


class Finder:
    """See the module. Thread-safe; it keeps nothing of a question."""

    def __init__(self, store: Store, places: Mapping[str, Place], clock: Callable[[], datetime]) -> None:
        """A finder over that register and gazetteer; `clock` gives the present moment, aware."""
        self._store = store
        self._places = places
        self._clock = clock
        self._seats = _largest_by_region(places.values())
        zones = {place.timezone for place in places.values()} | set(SEAT_TIMEZONES.values())
        self._zones = MappingProxyType({zone: ZoneInfo(zone) for zone in zones})
        self.regions = frozenset(place.admin1 for place in places.values() if place.admin1)
        """ISO 3166-2 codes of the regions in which the places lie."""

    def services(self, asked: ServicesAsked, *, near: str | None = None) -> Page[FoundService]:
        """One page of the services that fit; `near` is a slug of the gazetteer.

        Raises:
            NotFound: There is no such place.
        """
        around = self._map(near)
        with self._store.inquiry() as inquiry:
            return inquiry.services(asked, around)

    def service(self, slug: str, asked: ServicesAsked) -> FoundService:
        """The published service, as far as the tier of `asked` may see it.

        Raises:
            NotFound: There is none, or none that may be seen.
        """
        _require_text(slug)
        around = self._map(None)
        with self._store.inquiry() as inquiry:
            found = inquiry.service(slug, asked, around)
        if found is None:
            raise NotFound("there is no such service")
        return found

    def providers(self, asked: ProvidersAsked) -> tuple[Page[FoundProvider], tuple[Area, ...]]:
        """One page of the providers that fit on the day, and how many confidential services are registered where.

        Services and registrations are of that day; what is confidential by now is told of no day.
        """
        towns = list(self._map(None).towns.values())
        with self._store.inquiry() as inquiry:
            page = inquiry.providers(asked, towns, today=self._today())
            return page, inquiry.areas(asked, towns, today=self._today())

    def provider(self, slug: str, *, on: date | None = None) -> ProviderTold:
        """The provider on that day (now), with the history of its status.

        Raises:
            NotFound: It was not published on that day, is confidential, or does not exist. Nothing tells these apart.
        """
        _require_text(slug)
        with self._store.inquiry() as inquiry:
            found = inquiry.provider(slug, on=on, today=self._today())
            if found is None:
                raise NotFound("there is no such provider")
            return ProviderTold(provider=found, history=inquiry.history(slug))

    def offers(self, countries: Sequence[str]) -> tuple[Offer, ...]:
        """How many public services of each code there are in each region of these countries (empty: of all)."""
        towns = list(self._map(None).towns.values())
        with self._store.inquiry() as inquiry:
            return inquiry.offers(towns, countries)

    def region_of(self, place: str | None) -> str | None:
        """The region in which the place of that slug lies, if it is known."""
        found = self._places.get(place or "")
        return found.admin1 or None if found else None

    def raise_flag(self, slug: str, *, kind: FlagKind, field: FlaggedField, text: str, by: str) -> Flag:
        """The flag, which is on record; said again in the same words it is the one that is open already.

        Raises:
            NotFound: There is no such provider to be seen.
            TooManyFlags: The authority has too many open ones on this provider.
        """
        self.provider(slug)
        return self._store.raise_flag(slug, kind=kind, field=field, text=text, by=by)

    def flags(self, *, countries: Sequence[str], is_open: bool | None, page: int, per_page: int) -> Page[Flag]:
        """Flags of these countries (empty: of all), the latest first; `is_open` `None`: closed ones, too."""
        with self._store.inquiry() as inquiry:
            return inquiry.flags(countries=countries, is_open=is_open, page=page, per_page=per_page)

    def close_flag(self, flag: str, *, outcome: FlagOutcome, by: str, countries: Sequence[str]) -> Flag:
        """The flag, closed with that outcome; the record itself is changed by a steward's own change.

        Raises:
            NotFound: There is no such flag in these countries.
            Settled: It was closed with another outcome.
        """
        return self._store.close_flag(flag, outcome=outcome, by=by, countries=countries)

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def _map(self, near: str | None) -> Map:
        here = self._places.get(near or "")
        if near is not None and here is None:
            raise NotFound("there is no such place")
        now = self._clock().astimezone(UTC)
        minutes = {name: _minute_of_week(now.astimezone(zone)) for name, zone in self._zones.items()}
        towns = {
            slug: Town(
                slug=slug,
                country=place.country,
                admin1=place.admin1,
                km=_km(here, place),
                area_km=_km(here, self._seats.get(place.admin1)),
                minute=minutes[place.timezone],
            )
            for slug, place in self._places.items()
        }
        seats = {country: minutes[zone] for country, zone in SEAT_TIMEZONES.items()}
        return Map(towns, seats | {"": _minute_of_week(now)})


def _require_text(slug: str) -> None:
    """Nothing, for a text that a database can be asked about.

    Raises:
        NotFound: No record has such a slug.
    """
    if not slug.isascii() or not slug.isprintable():
        raise NotFound("no record has such a slug")


def _largest_by_region(places: Iterable[Place]) -> Mapping[str, Place]:
    found: dict[str, Place] = {}
    for place in sorted(places, key=lambda place: (place.population or 0, place.slug)):
        if place.admin1:
            found[place.admin1] = place
    return MappingProxyType(found)


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def _km(here: Place | None, there: Place | None) -> int | None:
    """Whole kilometres of the great circle between two places."""
    if here is None or there is None:
        return None
    (lat, lon), (other_lat, other_lon) = ((radians(p.lat), radians(p.lon)) for p in (here, there))
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)))
