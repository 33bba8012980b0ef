"""How long it takes from place to place: roads on a great circle, and the crossings between countries.

In one country `max(20, ceil(1.3 x km))` minutes: roads are 1.3 times longer than the great circle, at 60 km/h. Between
countries the quickest chain of crossings open to this person: `ceil(1.3 x km)` for every stretch of road and each
crossing's delay; of equally quick chains the one with fewer points (engine, section 3).

Minutes and crossings of a chain are kept as one number, minutes times `UNIT` plus crossings, so that the smaller number
is the better chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, ceil, cos, radians, sin, sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.domain.place import SERVED, Crossing, CrossingStatus, OpenTo, Place, Side

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the Earth, IUGG."""
MINUTES_PER_KM = 1.3
"""Roads 1.3 times longer than the great circle, at 60 km/h: one minute a kilometre. Ours: docs/decisions/0006."""
LEAST_MINUTES = 20
UNIT = 1000
"""No chain has so many crossings."""
NO_WAY = np.int64(1 << 60)

Ways = NDArray[np.int64]
NOBODYS_CITIZEN = ""


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
class Borders:
    """Every chain of crossings, for every group of people that crossings tell apart; no person is in it.

    `chains` maps a nationality, or `NOBODYS_CITIZEN`, to the best ways between all sides, a square matrix.
    """

    sides: tuple[Side, ...]
    chains: Mapping[str, Ways]

    def of(self, nationality: str | None, *, borders: bool = True) -> Ways | None:
        """The chains for that nationality; `None` for somebody who crosses no border."""
        if not borders:
            return None
        return self.chains.get(nationality or NOBODYS_CITIZEN, self.chains[NOBODYS_CITIZEN])


def build_borders(crossings: Sequence[Crossing]) -> Borders:
    """The chains over these crossings. A status that is unknown counts as closed."""
    passable = [crossing for crossing in crossings if crossing.status is CrossingStatus.OPEN]
    sides = tuple(side for crossing in passable for side in crossing.sides)
    groups = {NOBODYS_CITIZEN, *(side.country for c in passable if c.open_to is OpenTo.CITIZENS for side in c.sides)}
    roads = _roads_between(sides)
    return Borders(sides, MappingProxyType({group: _best(roads, passable, group) for group in sorted(groups)}))


def _roads_between(sides: Sequence[Side]) -> Ways:
    ways = np.full((len(sides), len(sides)), NO_WAY, dtype=np.int64)
    for i, a in enumerate(sides):
        for j, b in enumerate(sides[: i + 1]):
            if a.country == b.country:
                ways[i, j] = ways[j, i] = 0 if i == j else road_minutes(a, b) * UNIT
    return ways


def _best(roads: Ways, passable: Sequence[Crossing], nationality: str) -> Ways:
    """The best ways between all sides for one group (Floyd and Warshall), on through the five countries alone.

    A country outside them is a beginning or an end: nobody is sent home over Moscow (docs/decisions/0006).
    """
    ways = roads.copy()
    for k, crossing in enumerate(passable):
        if crossing.open_to is OpenTo.ALL or nationality in {side.country for side in crossing.sides}:
            ways[2 * k, 2 * k + 1] = ways[2 * k + 1, 2 * k] = crossing.delay_minutes * UNIT + 1
    sides = [side for crossing in passable for side in crossing.sides]
    transit = [i for i, side in enumerate(sides) if side.country in SERVED]
    for k in transit:
        ways = np.minimum(ways, np.minimum(ways[:, k, None] + ways[None, k, :], NO_WAY))
    return ways


class Travel:
    """Ways between places for one person; lives as long as her request."""

    def __init__(self, places: Mapping[str, Place], borders: Borders, chains: Ways | None) -> None:
        self._places = places
        self._sides = borders.sides
        self._chains = chains
        self._stretches: dict[str, tuple[NDArray[np.intp], Ways]] = {}

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """(minutes, crossings) of the quickest way between two different places; `None` when there is none."""
        here, there = self._places.get(a), self._places.get(b)
        if here is None or there is None:
            return None
        if here.country == there.country:
            return max(LEAST_MINUTES, road_minutes(here, there)), 0
        if self._chains is None:
            return None
        (from_sides, out), (to_sides, onward) = self._to_sides(here), self._to_sides(there)
        ways = out[:, None] + self._chains[np.ix_(from_sides, to_sides)] + onward[None, :]
        best = int(ways.min(initial=NO_WAY))
        return None if best >= NO_WAY else divmod(best, UNIT)

    def _to_sides(self, place: Place) -> tuple[NDArray[np.intp], Ways]:
        """The sides in the place's country, and the road to each."""
        if place.slug not in self._stretches:
            near = [i for i, side in enumerate(self._sides) if side.country == place.country]
            roads = np.array([road_minutes(place, self._sides[i]) * UNIT for i in near], dtype=np.int64)
            self._stretches[place.slug] = (np.array(near, dtype=np.intp), roads)
        return self._stretches[place.slug]


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
    built = build_borders(crossings)
    return Travel(places, built, built.of(nationality, borders=borders))
