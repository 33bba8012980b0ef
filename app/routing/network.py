"""`Network`: one immutable snapshot of everything that the engine looks at, whoever asks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from app.domain.errors import NotFound
from app.domain.pathway import CountryGate, Pathway, Requirement
from app.domain.place import Crossing, Place
from app.domain.provider import Link, ReturnReception, ServicePoint
from app.routing.blocks import Blocks, build_blocks
from app.routing.building import build_columns
from app.routing.columns import Columns
from app.routing.gates import GATES, Gate
from app.routing.gates.country import dated_gates
from app.routing.linkage import Linkage, build_linkage
from app.routing.links import Links, build_links
from app.routing.travel import Roads, build_borders, build_roads

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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

    @property
    def microseconds(self) -> int:
        """Since 1970 (UTC)."""
        return (self.as_of - _EPOCH) // timedelta(microseconds=1)

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
    links: Links
    receptions: tuple[ReturnReception, ...]
    by_point: Mapping[str, tuple[ReturnReception, ...]]
    """Receptions by the service point that brings home."""
    places: Mapping[str, Place]
    roads: Roads
    blocks: Blocks
    linkage: Linkage
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
        return self.links.of_origin(organization)

    def links_to(self, point: str) -> tuple[Link, ...]:
        """The agreed ways to the service point, by slug."""
        return self.links.of_target(point)

    def receptions_at(self, point: str) -> tuple[ReturnReception, ...]:
        """Who receives whom the service point brings home, by slug."""
        return self.by_point.get(point, ())

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
        links=build_links(links),
        receptions=receptions,
        places=places,
        crossings=crossings,
        pathways=pathways,
    )


def network_of(
    columns: Columns,
    *,
    links: Links,
    receptions: Iterable[ReturnReception],
    places: Iterable[Place],
    crossings: Iterable[Crossing],
    pathways: Mapping[str, Pathway],
) -> Network:
    """The snapshot of these columns and links and of what lies around them; the order of the rest changes nothing."""
    received = tuple(sorted(receptions, key=lambda reception: reception.slug))
    gazetteer = MappingProxyType({place.slug: place for place in places})
    return Network(
        columns=columns,
        blocks=build_blocks(columns),
        linkage=build_linkage(columns, links),
        links=links,
        receptions=received,
        by_point=_by_point(received),
        places=gazetteer,
        roads=build_roads(gazetteer, build_borders(sorted(crossings, key=lambda crossing: crossing.id))),
        pathways=MappingProxyType(dict(pathways)),
        dated_gates=dated_gates(pathways),
    )


def _by_point(receptions: Iterable[ReturnReception]) -> Mapping[str, tuple[ReturnReception, ...]]:
    found: defaultdict[str, list[ReturnReception]] = defaultdict(list)
    for reception in receptions:
        found[reception.point].append(reception)
    return MappingProxyType({slug: tuple(group) for slug, group in found.items()})
