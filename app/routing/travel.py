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
    return int(_minutes(np.array([_vector(a)], dtype=np.float64), np.array(_vector(b), dtype=np.float64))[0])


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """The places of a gazetteer as columns, and the road from each to every side of its country.

    `minutes_at[n]` is the square of half the chord (on a unit sphere) up to which a road takes `n` minutes.
    """

    number: Mapping[str, int]
    country: tuple[str, ...]
    in_country: Mapping[str, NDArray[np.bool_]]
    vectors: NDArray[np.float64]
    to_sides: Ways
    borders: Borders
    anyhow: Ways
    """The least between all sides, whoever travels and through whichever country: for bounds alone."""


def build_roads(places: Mapping[str, Place], borders: Borders) -> Roads:
    """The roads between these places, and to the sides of the crossings."""
    names = sorted(places)
    country = tuple(places[name].country for name in names)
    here = np.array(country, dtype=np.str_)
    vectors = np.array([_vector(places[name]) for name in names], dtype=np.float64).reshape(len(names), 3)
    sides = np.array([_vector(side) for side in borders.sides], dtype=np.float64).reshape(len(borders.sides), 3)
    to_sides = np.full((len(names), len(borders.sides)), NO_WAY, dtype=np.int64)
    for n, side in enumerate(borders.sides):
        mine = here == side.country
        to_sides[mine, n] = _minutes(vectors[mine], sides[n]) * UNIT
    return Roads(
        number=MappingProxyType({name: n for n, name in enumerate(names)}),
        country=country,
        in_country=MappingProxyType({one: here == one for one in sorted(set(country))}),
        vectors=vectors,
        to_sides=to_sides,
        borders=borders,
        anyhow=_anyhow(borders),
    )


def _anyhow(borders: Borders) -> Ways:
    ways = borders.chains[NOBODYS_CITIZEN].copy()
    for chains in borders.chains.values():
        ways = np.minimum(ways, chains)
    for k in range(len(borders.sides)):
        ways = np.minimum(ways, np.minimum(ways[:, k, None] + ways[None, k, :], NO_WAY))
    return ways


def _vector(place: Place | Side) -> tuple[float, float, float]:
    lat, lon = radians(place.lat), radians(place.lon)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)


_LONGEST = ceil(MINUTES_PER_KM * EARTH_RADIUS_KM * 3.15)
_UP_TO = np.array([sin(n / MINUTES_PER_KM / EARTH_RADIUS_KM / 2) ** 2 for n in range(_LONGEST)], dtype=np.float64)
"""The square of half the chord between two points whose road takes so many minutes, at most a half turn."""


def _minutes(many: NDArray[np.float64], one: NDArray[np.float64]) -> Ways:
    """Whole minutes on the road from each point to one; only sums and products, so the same on every machine."""
    apart = many - one
    half = (apart[:, 0] * apart[:, 0] + apart[:, 1] * apart[:, 1] + apart[:, 2] * apart[:, 2]) / 4
    return np.searchsorted(_UP_TO[: _LONGEST // 2], np.where(half < 1e-18, 0.0, half), side="left").astype(np.int64)


class Travel:
    """Ways between places for one person; lives as long as her request.

    Minutes and crossings together are one number, as in the module; `NO_WAY` where there is none.
    """

    def __init__(self, roads: Roads, chains: Ways | None) -> None:
        self._roads = roads
        self._chains = chains
        self._known: dict[str, Ways] = {}

    @property
    def number(self) -> Mapping[str, int]:
        """Where each place of the gazetteer stands in `ways`."""
        return self._roads.number

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """(minutes, crossings) of the quickest way between two different places; `None` when there is none."""
        here, there = self._roads.number.get(a), self._roads.number.get(b)
        if here is None or there is None:
            return None
        best = int(self.ways(a)[there])
        return None if best >= NO_WAY else divmod(best, UNIT)

    def ways(self, base: str) -> Ways:
        """The quickest way from the base to every place of the gazetteer, in the order of `Roads.number`."""
        if base not in self._known:
            self._known[base] = self._from(base, self._chains)
        return self._known[base]

    def least(self, base: str) -> Ways:
        """No chain of stays on the way makes a place nearer than this: minutes, in the same order."""
        if self._chains is None:
            return self.ways(base) // UNIT
        return np.minimum(self.ways(base), self._from(base, self._roads.anyhow, home_too=True)) // UNIT

    def _from(self, base: str, chains: Ways | None, *, home_too: bool = False) -> Ways:
        roads = self._roads
        number = roads.number[base]
        ways = np.full(len(roads.country), NO_WAY, dtype=np.int64)
        if chains is not None and roads.to_sides.shape[1]:
            out = np.minimum((roads.to_sides[number][:, None] + chains).min(axis=0), NO_WAY)
            ways = np.minimum((out[None, :] + roads.to_sides).min(axis=1), NO_WAY)
        here = roads.in_country[roads.country[number]]
        domestic = np.maximum(LEAST_MINUTES, _minutes(roads.vectors[here], roads.vectors[number])) * UNIT
        ways[here] = np.minimum(domestic, ways[here]) if home_too else domestic
        return ways


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
    return Travel(build_roads(places, built), built.of(nationality, borders=borders))
