"""What could be served at all: a walk that forgets nothing, over any number of points (engine, section 2.6).

Points of one kind are served alike, so a kind is looked at once wherever some point of it is near enough. Only a link
that leads over a border, a return and a receiver make an organization matter here; points with any of these are walked
one by one.
"""

import numpy as np

from app.routing.field import NEVER, Bools
from app.routing.ground import Ground, closed
from app.routing.terrain import Terrain


def reach_of(terrain: Terrain, alive: Bools) -> int:
    """Every needed code that some walk over these points could serve, and what is at hand at the start.

    The walk ends as soon as every needed code is served that anybody offers. Unlocking codes count as within reach,
    since nothing depends on theirs.
    """
    order = terrain.order
    kinds = np.unique(terrain.kind[alive]).tolist()
    offered = 0
    for kind in kinds:
        offered |= terrain.kinds[kind][0]
    walk = _Walk(terrain, alive)
    walk.go_on(order.needed & offered)
    return walk.at_hand | order.unlocking


class _Walk:
    """Bases, holders and codes reached so far, and which places are near enough to some base in their country."""

    def __init__(self, terrain: Terrain, alive: Bools) -> None:
        field = terrain.field
        self._terrain, self._order = terrain, terrain.order
        self.at_hand = terrain.order.at_start
        self.holders: set[str | None] = {field.frame.start_holder}
        self.bases: set[str] = set()
        self.countries = np.zeros(int(terrain.country_of_place.max(initial=0)) + 1, dtype=np.bool_)
        self.for_visit = np.zeros(len(field.places), dtype=np.bool_)
        self.for_transfer = np.zeros(len(field.places), dtype=np.bool_)
        self._rows = (alive & ~terrain.single).nonzero()[0]
        self._remote, self._place = field.remote[self._rows], field.place[self._rows]
        self._kind, self._country = terrain.kind[self._rows], terrain.country[self._rows]
        single = (alive & terrain.single).nonzero()[0].tolist()
        self._ground = Ground(field, terrain.order, [field.row(number) for number in single], 0)
        self._add_base(field.frame.start_place)

    def go_on(self, goal: int) -> None:
        """Walks until all codes of the goal are at hand, or nothing new can be reached."""
        several = 1
        while goal & ~self.at_hand:
            before = len(self.bases), len(self.holders), self.at_hand
            beds = self._serve()
            if goal & ~self.at_hand:
                self._step_on_singles()
            if goal & ~self.at_hand:
                for base in [base for base in beds if base not in self.bases][:several]:
                    self._add_base(base)
                several *= 2
            if before == (len(self.bases), len(self.holders), self.at_hand):
                return

    def _add_base(self, base: str) -> None:
        terrain, limits = self._terrain, self._ground.limits
        self.bases.add(base)
        country = terrain.country_of(base)
        if country < len(self.countries):
            self.countries[country] = True
        minutes, here = terrain.ways(base)[0], terrain.country_of_place == country
        self.for_visit |= here & (minutes <= _or(limits.longest_visit))
        self.for_transfer |= here & (minutes <= _or(limits.longest_transfer))

    def _serve(self) -> list[str]:
        """What is served wherever one may come by now; places with a bed to which one might move."""
        stays, hard = self._order.stays, self._order.hard
        afar = self._kinds(self._remote & self.countries[self._country])
        visits = self._kinds(~self._remote & self.for_visit[self._place])
        near = ~self._remote & self.for_transfer[self._place]
        transfers = [kind for kind in self._kinds(near) if self._terrain.kinds[kind][0] & stays]
        beds, before = set[int](), None
        while before != self.at_hand:
            before = self.at_hand
            for kinds, barred in ((afar, 0), (visits, stays), (transfers, 0)):
                for kind in kinds:
                    usable, requires = self._terrain.kinds[kind]
                    if requires & ~self.at_hand:
                        continue
                    serves = closed(usable & ~barred, self.at_hand, hard)
                    if kinds is not transfers:
                        self.at_hand |= serves
                    elif serves & stays:
                        self.at_hand |= serves
                        beds.add(kind)
        some = near & np.isin(self._kind, list(beds))
        return [self._terrain.field.places[number] for number in np.unique(self._place[some]).tolist()]

    def _kinds(self, rows: Bools) -> list[int]:
        found = np.zeros(len(self._terrain.kinds), dtype=np.bool_)
        found[self._kind[rows]] = True
        kinds: list[int] = found.nonzero()[0].tolist()
        return kinds

    def _step_on_singles(self) -> None:
        """The points that are walked one by one, until they add nothing."""
        bases = set(self.bases)
        self.at_hand = self._ground.walk(bases, self.holders, self.at_hand, before=self._order.hard, among=-1)
        for base in sorted(bases - self.bases):
            self._add_base(base)


def _or(limit: int | None) -> int:
    """The limit; a way that does not exist is within none."""
    return NEVER - 1 if limit is None else limit
