"""Which codes may still be served after a partial route, and which of them cannot be had together.

The search drops a partial route as soon as these say that no completion can beat the best one known. Whatever is within
reach of a run may be hoped for while the person may still move; who stays where she is has what is near.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.routing.field import NEVER, Bools
from app.routing.ground import Ground, Order, closed
from app.routing.hours import Ints
from app.routing.terrain import Terrain


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What is left with some codes at hand. `certain` are the codes that every route serves which loses no more."""

    to_come: int
    hoped_for: int
    """What of this is needed."""
    certain: int
    unserved: int
    """Weights that are lost."""
    missed: int
    """Deadlines of what is lost."""


class Hope:
    """What may be hoped for in one run; what is asked often is remembered for as long."""

    def __init__(self, terrain: Terrain, ground: Ground, alive: Bools) -> None:
        self._terrain, self._ground, self._alive = terrain, ground, alive
        self._near: dict[str, Ints] = {}
        self._kinds: dict[str, list[tuple[int, int]]] = {}
        self._among: dict[int, int] = {}
        self._to_come: dict[tuple[str, int, int], int] = {}
        self._after: dict[tuple[int, int], After] = {}
        stays = ground.order.stays
        kinds = np.unique(terrain.kind[alive]).tolist() if stays else []
        self._first_beds = frozenset(terrain.kinds[kind][0] & stays for kind in kinds) - {0}

    def among(self, at_hand: int) -> int:
        """The codes within reach that beds still allow: all before the first bed, then those that edges lead on to."""
        order = self._ground.order
        had = at_hand & order.stays
        if had not in self._among:
            beds = order.led_to(had) if had else order.stays
            self._among[had] = self._ground.reach & ~(order.stays & ~beds)
        return self._among[had]

    def moves(self, to_come: int) -> bool:
        """Whether the person may still come to stay elsewhere."""
        return bool(to_come & (self._ground.order.stays | self._ground.order.returns))

    def near(self, base: str) -> Ints:
        """The points on which somebody who stays at that base may step."""
        if base not in self._near:
            terrain, field = self._terrain, self._terrain.field
            limit = self._ground.limits.longest_visit
            minutes = terrain.ways(base)[0][field.place]
            here = terrain.country == terrain.country_of(base)
            if field.open_borders:
                here = here | terrain.mirage
            near = here & (field.remote | (minutes <= (NEVER - 1 if limit is None else limit)))
            near[list(terrain.abroad)] = True
            self._near[base] = (near & self._alive).nonzero()[0]
        return self._near[base]

    def to_come(self, base: str, at_hand: int, hoped_for: int) -> int:
        """Of these codes those that might be served from there on, in whatever order.

        All of them while she may move; else those that are near.
        """
        if self.moves(hoped_for):
            return hoped_for
        key = (base, at_hand, hoped_for)
        if key not in self._to_come:
            self._to_come[key] = self._nearby(base, at_hand, hoped_for)
        return self._to_come[key]

    def _nearby(self, base: str, at_hand: int, hoped_for: int) -> int:
        if base not in self._kinds:
            numbers = np.unique(self._terrain.kind[self.near(base)]).tolist()
            self._kinds[base] = [self._terrain.kinds[number] for number in numbers]
        binding, before, now = self._ground.binding, None, at_hand
        while before != now:
            before = now
            for usable, requires in self._kinds[base]:
                if usable & hoped_for & ~now and not requires & ~now:
                    now |= closed(usable & hoped_for, now, binding)
        return now & ~at_hand

    def after(self, at_hand: int, to_come: int) -> After:
        """What is left of the codes to come when these are at hand."""
        key = (at_hand, to_come)
        if key not in self._after:
            self._after[key] = self._left(at_hand, to_come & ~at_hand & self.among(at_hand))
        return self._after[key]

    def _left(self, at_hand: int, to_come: int) -> After:
        order = self._ground.order
        unserved = order.needed & ~at_hand
        hoped_for = to_come & unserved
        beds = 0 if at_hand & order.stays else beds_lost(order, self._first_beds, hoped_for)
        return After(
            to_come=to_come,
            hoped_for=hoped_for,
            certain=hoped_for & ~order.stays if beds else hoped_for,
            unserved=order.weight_of(unserved & ~hoped_for) + beds,
            missed=order.windows_of(unserved & ~hoped_for),
        )


def beds_lost(order: Order, first_beds: Iterable[int], hoped_for: int) -> int:
    """Points of needed stay codes, among those hoped for, that must stay unserved: one bed does not do for all.

    Before any bed; `first_beds` are the sets of stay codes that one point serves.
    """
    wanted = hoped_for & order.stays
    if not wanted & (wanted - 1):
        return 0
    best = max((order.weight_of(wanted & (first | order.led_to(first))) for first in first_beds), default=0)
    return order.weight_of(wanted) - best
