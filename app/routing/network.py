"""`Network`: one immutable snapshot of everything that the engine looks at, whoever asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from app.domain.errors import NotFound
from app.domain.pathway import Pathway
from app.domain.place import Crossing, Place
from app.domain.provider import Link, ReturnReception, ServicePoint
from app.routing.columns import Columns, build_columns
from app.routing.travel import Borders, build_borders


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the request is made: an instant, and how far each time zone is ahead of UTC then, in whole minutes.

    `on` is the day at the person's place.
    """

    as_of: datetime
    offsets: Mapping[str, int]

    def week_minute(self, timezone: str) -> int:
        """Minutes since Monday 00:00 on the clocks of that zone, 0 to 10079."""
        local = self.local(timezone)
        return local.weekday() * 1440 + local.hour * 60 + local.minute

    def local(self, timezone: str) -> datetime:
        """The wall clock of that zone."""
        utc = self.as_of - (self.as_of.utcoffset() or timedelta(0))
        return utc.replace(tzinfo=None) + timedelta(minutes=self.offsets[timezone])

    def on(self, timezone: str) -> date:
        """The day in that zone."""
        return self.local(timezone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Service points as columns, the links between them, places, the ways over borders, every country's rules."""

    columns: Columns
    links: tuple[Link, ...]
    receptions: tuple[ReturnReception, ...]
    places: Mapping[str, Place]
    borders: Borders
    pathways: Mapping[str, Pathway]
    """By country; "*" holds everywhere."""

    def place(self, slug: str) -> Place:
        """The place of that slug.

        Raises:
            NotFound: The gazetteer has none.
        """
        if slug not in self.places:
            raise NotFound("no such place")
        return self.places[slug]

    def row_of(self, point: str) -> int:
        """The row of a service point.

        Raises:
            NotFound: There is none.
        """
        rows = (self.columns.slug == point).nonzero()[0]
        if not len(rows):
            raise NotFound("no such service point")
        return int(rows[0])


def build_network(
    points: Iterable[ServicePoint],
    *,
    links: Iterable[Link],
    receptions: Iterable[ReturnReception],
    places: Iterable[Place],
    crossings: Iterable[Crossing],
    pathways: Mapping[str, Pathway],
) -> Network:
    """The snapshot of these values; their order changes nothing."""
    return Network(
        columns=build_columns(points),
        links=tuple(sorted(links, key=lambda link: link.slug)),
        receptions=tuple(sorted(receptions, key=lambda reception: reception.slug)),
        places=MappingProxyType({place.slug: place for place in places}),
        borders=build_borders(sorted(crossings, key=lambda crossing: crossing.id)),
        pathways=MappingProxyType(dict(pathways)),
    )
