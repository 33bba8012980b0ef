"""How long it takes from place to place: roads on a great circle, and the crossings between countries.

In one country `max(20, ceil(1.3 x km))` minutes: roads are 1.3 times longer than the great circle, at 60 km/h. Between
countries the quickest chain of crossings open to this person: `ceil(1.3 x km)` for every stretch of road and each
crossing's delay; of equally quick chains the one with fewer points (engine, section 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, ceil, cos, radians, sin, sqrt
from types import MappingProxyType

import networkx as nx

from app.domain.place import Crossing, CrossingStatus, OpenTo, Place, Side

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the Earth, IUGG."""
MINUTES_PER_KM = 1.3
"""Roads 1.3 times longer than the great circle, at 60 km/h: one minute a kilometre. Ours: docs/decisions/0006."""
LEAST_MINUTES = 20

Way = tuple[int, int]
"""Minutes and crossings passed."""


def kilometres(a: Place | Side, b: Place | Side) -> float:
    """Great-circle distance by the haversine formula, kilometres."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def road_minutes(a: Place | Side, b: Place | Side) -> int:
    """Whole minutes on the road of one stretch, 0 or more."""
    return ceil(MINUTES_PER_KM * kilometres(a, b))


@dataclass(frozen=True, slots=True)
class Travel:
    """Ways between places for one person: what she may cross is decided when this value is made.

    `chains` maps a pair of crossing sides to the quickest way between them over land and further crossings.
    """

    places: Mapping[str, Place]
    sides: tuple[Side, ...]
    chains: Mapping[tuple[int, int], Way]

    def between(self, a: str, b: str) -> Way | None:
        """(minutes, crossings) of the quickest way between two different places; `None` when there is none."""
        here, there = self.places.get(a), self.places.get(b)
        if here is None or there is None:
            return None
        if here.country == there.country:
            return max(LEAST_MINUTES, road_minutes(here, there)), 0
        ways = [
            (road_minutes(here, self.sides[i]) + minutes + road_minutes(self.sides[j], there), crossed)
            for (i, j), (minutes, crossed) in self.chains.items()
            if self.sides[i].country == here.country and self.sides[j].country == there.country
        ]
        return min(ways, default=None)


def travel_for(
    places: Mapping[str, Place], crossings: Sequence[Crossing], *, nationality: str | None, borders: bool = True
) -> Travel:
    """Travel as this person can: closed crossings left out, those for citizens kept for citizens alone.

    Args:
        places: The gazetteer by slug.
        crossings: All crossings. A status that is unknown counts as closed.
        nationality: ISO 3166-1 alpha-2, or `None` when it is not known; then nobody's citizen.
        borders: False: the person crosses none.
    """
    passable = [c for c in crossings if borders and _lets_through(c, nationality)]
    sides = tuple(side for crossing in passable for side in crossing.sides)
    return Travel(places, sides, MappingProxyType(_chains(sides, passable)))


def _lets_through(crossing: Crossing, nationality: str | None) -> bool:
    if crossing.status is not CrossingStatus.OPEN:
        return False
    return crossing.open_to is OpenTo.ALL or nationality in {side.country for side in crossing.sides}


def _chains(sides: Sequence[Side], passable: Sequence[Crossing]) -> dict[tuple[int, int], Way]:
    """The quickest ways between all sides. One number orders (minutes, crossings): no chain has 1,000 crossings."""
    graph: nx.Graph[int] = nx.Graph()
    for i, crossing in enumerate(passable):
        graph.add_edge(2 * i, 2 * i + 1, weight=crossing.delay_minutes * 1000 + 1)
    for i, a in enumerate(sides):
        for j in range(i + 1, len(sides)):
            if a.country == sides[j].country:
                graph.add_edge(i, j, weight=road_minutes(a, sides[j]) * 1000)
    found = {}
    for i, reached in nx.all_pairs_dijkstra_path_length(graph, weight="weight"):
        for j, weight in reached.items():
            if sides[i].country != sides[j].country:
                found[i, j] = (weight // 1000, weight % 1000)
    return found
