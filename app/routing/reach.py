"""What could be served at all: a walk that forgets nothing, over any number of points (engine, section 2.6).

Points that differ in nothing that such a walk notices are looked at once. Only a link that leads over a border, a
return and a receiver make an organization matter here; points with any of these are walked one by one.
"""

from collections.abc import Iterable

import numpy as np

from app.routing.field import Bools, Field
from app.routing.ground import Ground, Order, closed

_Kind = tuple[int, int, int, bool]
"""Place, usable, requires, remote."""


def reach_of(field: Field, order: Order, alive: Bools) -> int:
    """Every needed code that some walk over these points could serve, and what is at hand at the start.

    The walk ends as soon as every needed code is served that anybody offers. Unlocking codes count as within reach,
    since nothing depends on theirs.
    """
    rows = alive.nonzero()[0]
    goal = order.needed & int(np.bitwise_or.reduce(field.usable[rows], initial=0))
    single, kinds = _kinds(field, order, rows)
    walk = _Walk(field, order, single)
    while goal & ~walk.at_hand:
        before = walk.state()
        for kind in kinds:
            walk.pass_by(kind)
            if not goal & ~walk.at_hand:
                break
        walk.step_on_singles()
        if walk.state() == before:
            break
    return walk.at_hand | order.unlocking


class _Walk:
    """Bases, holders and codes reached so far, and which places are near enough to some base in their country."""

    def __init__(self, field: Field, order: Order, single: Iterable[int]) -> None:
        self.field, self.order = field, order
        self.at_hand = order.at_start
        self.holders: set[str | None] = {field.frame.start_holder}
        self.bases: set[str] = set()
        self.countries: set[str] = set()
        self.for_visit = np.zeros(len(field.places), dtype=np.bool_)
        self.for_transfer = np.zeros(len(field.places), dtype=np.bool_)
        self._country = np.array(field.countries, dtype=np.str_)
        self._ground = Ground(field, order, [field.row(int(number)) for number in single], 0)
        self._add_base(field.frame.start_place)

    def state(self) -> tuple[int, int, int]:
        """Changes whenever something new is reached."""
        return len(self.bases), len(self.holders), self.at_hand

    def _add_base(self, base: str) -> None:
        if base in self.bases:
            return
        self.bases.add(base)
        country = self.field.frame.places[base]
        self.countries.add(country)
        minutes = self.field.ways.minutes(base)
        here, limits = self._country == country, self.field.frame.limits
        never = np.iinfo(np.int64).max
        self.for_visit |= here & (minutes <= _or(limits.longest_visit, never))
        self.for_transfer |= here & (minutes <= _or(limits.longest_transfer, never))

    def pass_by(self, kind: _Kind) -> None:
        """What a domestic point of that kind adds."""
        place, usable, requires, remote = kind
        if requires & ~self.at_hand:
            return
        if remote:
            if self.field.countries[place] in self.countries:
                self.at_hand |= closed(usable, self.at_hand, self.order.hard)
            return
        if usable & self.order.stays and self.for_transfer[place]:
            with_bed = closed(usable, self.at_hand, self.order.hard)
            if with_bed & self.order.stays:
                self.at_hand |= with_bed
                self._add_base(self.field.places[place])
        if self.for_visit[place]:
            self.at_hand |= closed(usable & ~self.order.stays, self.at_hand, self.order.hard)

    def step_on_singles(self) -> None:
        """The points that are walked one by one, until they add nothing."""
        bases = set(self.bases)
        self.at_hand = self._ground.walk(bases, self.holders, self.at_hand, before=self.order.hard, among=-1)
        for base in sorted(bases - self.bases):
            self._add_base(base)


def _or(limit: int | None, never: int) -> int:
    """The limit; a way that does not exist is within none."""
    return min(limit, never) if limit is not None else (1 << 60) - 1


def _kinds(
    field: Field, order: Order, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> tuple[list[int], list[_Kind]]:
    crossing = {number for number, links in field.links.items() if any(cross for _, _, cross in links)}
    senders = {org for links in field.links.values() for org, _, cross in links if cross}
    numbers = [number for number, org in enumerate(field.orgs) if org in senders]
    single = ((field.usable[rows] & order.returns) != 0) | (field.receiver[rows] >= 0)
    if crossing:
        single |= np.isin(rows, sorted(crossing)) | np.isin(field.org[rows], numbers)
    plain = rows[~single]
    table = np.stack([field.place[plain], field.usable[plain], field.requires[plain], field.remote[plain]], axis=1)
    kinds = [(place, usable, requires, bool(remote)) for place, usable, requires, remote in _distinct(table)]
    return rows[single].tolist(), kinds


def _distinct(table: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[tuple[int, ...]]:
    return sorted(set(map(tuple, table.tolist())))
