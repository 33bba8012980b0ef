"""`Network`: one immutable snapshot of everything that the engine looks at, whoever asks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from app.domain.errors import NotFound
from app.domain.pathway import CountryGate, Pathway, Requirement
from app.domain.place import Crossing, Place
from app.domain.provider import Link, ReturnReception, ServicePoint
from app.routing.building import build_columns
from app.routing.columns import Columns
from app.routing.gates import GATES, Gate
from app.routing.gates.country import dated_gates
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
    by_origin: Mapping[str, tuple[Link, ...]]
    """Links by the organization that has agreed."""
    by_target: Mapping[str, tuple[Link, ...]]
    """Links by the service point they lead to."""
    receptions: tuple[ReturnReception, ...]
    places: Mapping[str, Place]
    borders: Borders
    pathways: Mapping[str, Pathway]
    """By country; "*" holds everywhere."""
    dated_gates: tuple[tuple[CountryGate | Requirement, Gate], ...]
    """Every gate of these files, with the entry that says when it is in force."""

    def place(self, slug: str) -> Place:
        """The place of that slug.

        Raises:
            NotFound: The gazetteer has none.
        """
        if slug not in self.places:
            raise NotFound("no such place")
        return self.places[slug]

    def gates_on(self, day: date) -> tuple[Gate, ...]:
        """The universal gates, then those of the country files that are in force on that day."""
        return (*GATES, *(gate for rule, gate in self.dated_gates if rule.holds_on(day)))

    def links_from(self, organization: str) -> tuple[Link, ...]:
        """The ways that the organization has agreed, by slug."""
        return self.by_origin.get(organization, ())

    def links_to(self, point: str) -> tuple[Link, ...]:
        """The agreed ways to the service point, by slug."""
        return self.by_target.get(point, ())

    def row_of(self, point: str) -> int:
        """The row of a service point.

        Raises:
            NotFound: There is none.
        """
        return self.columns.row_of(point)


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
    return network_of(
        build_columns(points),
        links=links,
        receptions=receptions,
        places=places,
        crossings=crossings,
        pathways=pathways,
    )


def network_of(
    columns: Columns,
    *,
    links: Iterable[Link],
    receptions: Iterable[ReturnReception],
    places: Iterable[Place],
    crossings: Iterable[Crossing],
    pathways: Mapping[str, Pathway],
) -> Network:
    """The snapshot of these columns and what lies around them; the order of the rest changes nothing."""
    ordered = tuple(sorted(links, key=lambda link: link.slug))
    return Network(
        columns=columns,
        links=ordered,
        by_origin=_grouped(ordered, lambda link: link.from_organization),
        by_target=_grouped(ordered, lambda link: link.to),
        receptions=tuple(sorted(receptions, key=lambda reception: reception.slug)),
        places=MappingProxyType({place.slug: place for place in places}),
        borders=build_borders(sorted(crossings, key=lambda crossing: crossing.id)),
        pathways=MappingProxyType(dict(pathways)),
        dated_gates=dated_gates(pathways),
    )


def _grouped(links: Iterable[Link], end: Callable[[Link], str]) -> Mapping[str, tuple[Link, ...]]:
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        found[end(link)].append(link)
    return MappingProxyType({slug: tuple(group) for slug, group in found.items()})
