"""What serving a set of codes costs at the very least for whoever stays at some base: bounds over columns of a field.

Every bound here promises no more than what really can be served, and no less than what it must cost:

- *burden*: the cheapest cover of the codes by points, and by parties of points where a holder saves the telling.
- *time*: either every step takes its travel, its answer and its visit one after the other; or, where doors open late,
  nothing that covers a late code begins before the earliest of these doors, and what follows takes its time after that.
- *travel*: whoever stays where she is has its ways; whoever may move has to come wherever the last code is served.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from app.routing.circles import Circles
from app.routing.cover import Cover, CoverWithMore
from app.routing.field import NEVER, Bools, Field
from app.routing.ground import Order, split
from app.routing.hours import Ints

DOORS = 3
"""So many doors at most are waited for in the bounds: those that open last."""
MOVING, STILL, CAUTION, DOOR = 0, 1, 2, 3
"""The measures of a cover: with the legs that are certain, within one place, grave cautions, then door by door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """How far things are from a base, place by place, at the least.

    The leg of a visit there, the leg of a stay there, and the way there over whatever stays. A point with a bed is
    visited, too, by who sleeps elsewhere.
    """

    visit: Ints
    stay: Ints
    away: Ints


class Ahead(NamedTuple):
    """What serving some codes as well costs at the least.

    Burden and clock together come to no less than the clock plus `more`, nor than `doors`, both without what a partial
    route has on its own account; grave cautions to `caution`.
    """

    more: int
    doors: int
    caution: int


class Outlook:
    """The bounds from one base over some points, for whichever codes and whoever holds the case.

    `moves` tells whether the person may still come to stay elsewhere. `doors` are (minute, codes), latest first: nobody
    serves these codes before that minute.
    """

    def __init__(
        self, field: Field, order: Order, circles: Circles, rows: Ints, wanted: int, legs: Legs, *, moves: bool
    ) -> None:
        self.moves, self.away = moves, legs.away
        self._order, self._circles, self._wanted = order, circles, wanted
        self._bits = np.array(list(split(wanted)), dtype=np.int64)
        place, self._masks = field.place[rows], field.usable[rows] & wanted
        remote, self._stays = field.remote[rows], (field.usable[rows] & order.stays) != 0
        self._cases = (field.usable[rows] & order.cases) != 0
        away = np.where(remote, 0, legs.away[place])
        called = np.maximum(away, np.maximum(field.response[rows], field.not_before[rows]))
        start = field.hours.next_open(called, field.schedule[rows])
        self._at = np.full(field.size + 1, -1, dtype=np.int64)
        self._at[rows] = np.arange(len(rows))
        self.earliest, self.gone = self._first(start, away)
        self.doors = self._doors()
        story = circles.telling[rows] + field.preference[rows]
        visit, stay = np.where(remote, 0, legs.visit[place]), np.where(remote, 0, legs.stay[place])
        around = np.where(remote, 0, 2 * field.ways.least)
        self._visits = self._measured(field, rows, story, visit, visit, around)
        self._costs = np.where(
            self._stays[:, None] & moves, self._measured(field, rows, story, stay, 0 * stay, 0 * stay), self._visits
        )
        self._nobodys = self._cover()
        self._held: dict[str | None, Cover | CoverWithMore] = {}
        self._ahead: dict[tuple[int, str | None, bool, int], Ahead] = {}
        self.least = field.ways.least

    def _measured(self, field: Field, rows: Ints, story: Ints, there: Ints, back: Ints, around: Ints) -> Ints:
        """What a step at each point costs in each measure, with these legs; `around` are those within one place."""
        duration, tail = field.duration[rows], field.duration[rows] + back
        measures = [story + tail + np.maximum(there, field.response[rows]), story + duration + around]
        doors = [story + np.where((self._masks & late) != 0, tail, 0) for _, late in self.doors]
        return np.stack([*measures, field.caution[rows], *doors], axis=1)

    def _first(self, start: Ints, away: Ints) -> tuple[dict[int, int], dict[int, int]]:
        """For each wanted code the first minute at which anybody can begin to serve it, and how far that is."""
        offered = (self._masks[:, None] & self._bits[None, :]) != 0
        starts = np.where(offered, start[:, None], NEVER).min(axis=0, initial=NEVER).tolist()
        minutes = np.where(offered, away[:, None], NEVER).min(axis=0, initial=NEVER).tolist()
        bits = self._bits.tolist()
        return dict(zip(bits, starts, strict=True)), dict(zip(bits, minutes, strict=True))

    def _doors(self) -> tuple[tuple[int, int], ...]:
        minutes = sorted({minute for minute in self.earliest.values() if minute < NEVER}, reverse=True)
        return tuple((m, sum(bit for bit, first in self.earliest.items() if first >= m)) for m in minutes[:DOORS])

    def _cover(self) -> Cover:
        """Points, those with a bed also as a visit, and parties of points that tell their story once.

        A head without case management has the case by its bed alone; nobody else need come to stay.
        """
        circles, order = self._circles, self._order
        masks = [self._masks, self._masks[self._stays] & ~order.stays]
        costs = [self._costs, self._visits[self._stays]]
        whole = np.all((self._at[circles.parties] >= 0) | (circles.parties < 0), axis=1).nonzero()[0]
        if len(whole):
            members = np.where(circles.parties < 0, len(self._masks), self._at[circles.parties])[whole]
            least = np.concatenate([self._least, np.zeros_like(self._costs[:1])])
            heads = np.where(self._cases[:, None], self._least, self._costs)[members[:, 0]]
            together = heads + least[members[:, 1:]].sum(axis=1)
            saved = np.repeat(circles.saved[whole][:, None], together.shape[1], axis=1)
            saved[:, CAUTION] = 0
            masks.append(circles.masks[whole] & self._wanted)
            costs.append(together - saved)
        return Cover(np.concatenate(masks), np.concatenate(costs))

    @cached_property
    def _least(self) -> Ints:
        """What a step at each point costs, whether somebody stays there or not."""
        least: Ints = np.minimum(self._costs, self._visits)
        return least

    @cached_property
    def anybodys(self) -> Cover | CoverWithMore:
        """The covers when nobody knows who holds the case: at each point the least that anybody pays for telling."""
        return self._saving(self._circles.members, self._circles.least[self._circles.members])

    def cover(self, holder: str | None) -> Cover | CoverWithMore:
        """The covers when that organization holds the case now."""
        if holder not in self._held:
            members = self._circles.of.get(holder, ())
            numbers, costs = np.array(members, dtype=np.int64).reshape(len(members), 2).T
            self._held[holder] = self._saving(numbers, costs)
        return self._held[holder]

    def _saving(self, numbers: Ints, costs: Ints) -> Cover | CoverWithMore:
        """The covers with these points where only so much is paid for telling."""
        at, saved = self._at[numbers], self._circles.telling[numbers] - costs
        some = (at >= 0) & (saved > 0)
        if not some.any():
            return self._nobodys
        at, saved = at[some], saved[some]
        less = self._least[at] - saved[:, None]
        less[:, CAUTION] = self._least[at, CAUTION]
        return self._nobodys.with_offers(self._masks[at], less)

    def ahead(self, codes: int, holder: str | None, home: int, *, anybody: bool = False) -> Ahead:
        """What serving these codes as well comes to.

        Args:
            codes: What is still to be served.
            holder: Who holds the case.
            home: Minutes of the journey home, if these codes have the return.
            anybody: Nobody knows who holds the case.
        """
        key = (codes, holder, anybody, home)
        if key not in self._ahead:
            cover = self.anybodys if anybody else self.cover(holder)
            self._ahead[key] = self._from(codes, cover.of(codes).tolist(), home)
        return self._ahead[key]

    def _from(self, codes: int, costs: list[int], home: int) -> Ahead:
        order = self._order
        onward = 0 if codes & order.stays else home
        more, doors = costs[MOVING] + onward, 0
        if self.moves:
            more = max(more, costs[STILL] + max(home, self.way(codes) - 2 * self.least))
        for at, (minute, late) in enumerate(self.doors, DOOR):
            if codes & late:
                doors = max(doors, minute + costs[at] + (onward if late & order.returns else 0))
        return Ahead(more, doors, costs[CAUTION])

    def has(self, rows: Ints) -> Bools:
        """Which of these points are among its own."""
        found: Bools = self._at[rows] >= 0
        return found

    def over(self, rows: Ints, away: Ints, certain: int, home: int) -> Ints:
        """Burden and grave cautions of a route over each of these points at the least: two columns.

        Args:
            rows: Points of this outlook, no member of a party.
            away: Minutes to each of them.
            certain: The codes that the route serves in all.
            home: Minutes of the journey home, if it has one.
        """
        at = self._at[rows]
        rests, which = np.unique(certain & ~self._masks[at], return_inverse=True)
        covers = [self._nobodys.of(rest) for rest in rests.tolist()]
        costs = self._least[at] + np.reshape(covers, (len(rests), self._costs.shape[1])).astype(np.int64)[which]
        onward = 0 if certain & self._order.stays else home
        burden = costs[:, MOVING] + onward
        if self.moves:
            ways = np.array([self.way(rest) for rest in rests.tolist()], dtype=np.int64)[which]
            gone = np.maximum(np.maximum(ways, away) - 2 * self.least, home)
            burden = np.maximum(burden, costs[:, STILL] + gone)
        for door, (minute, late) in enumerate(self.doors, DOOR):
            if certain & late:
                burden = np.maximum(burden, minute + costs[:, door] + (onward if late & self._order.returns else 0))
        return np.stack([costs[:, CAUTION], burden], axis=1)

    def way(self, codes: int) -> int:
        """Minutes to where the farthest of these codes is served."""
        return max((self.gone[bit] for bit in split(codes & self._wanted) if self.gone[bit] < NEVER), default=0)

    def late(self, codes: int, clock: int) -> int:
        """How many of these codes have a deadline that nobody can keep who goes on at that minute."""
        deadlines = self._order.deadlines.items()
        return sum(1 for bit, d in deadlines if bit & codes and max(clock, self.earliest.get(bit, 0)) > d)
