"""One run of a search: all points but those of some organizations, with reach and soft edges decided anew.

Where a field has mirages, a run finds the best route over what is there, and then every mirage over which a route might
cost no more. While there are any, nothing is certain and somebody has to look there first.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.routing.backups import Backups
from app.routing.best import Watch, best_label
from app.routing.fans import Fans, at_most
from app.routing.field import NEVER, Bools, Row
from app.routing.ground import Ground
from app.routing.hours import Ints
from app.routing.labels import CostVector, Label, Move, cost_of, start_label, take
from app.routing.reach import reach_of
from app.routing.terrain import Terrain

ALMOST_ALL = 0.9
"""While fewer points than this share are left, bounds are worked out anew over those that are."""

Beyond = Mapping[int, int]
"""Mirages that may be on a best route, by their place among the mirages, and how much dearer what is there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step of a found route, minutes from `as_of`; `legs` are the minutes of each leg in order.

    `there` of these minutes are travelled before the start, the rest after the end.
    """

    point: str
    serves: tuple[str, ...]
    there: int
    legs: tuple[int, ...]
    start: int
    end: int
    handover: int
    link: int
    crossings: int
    backups: tuple[str, ...] = ()

    @property
    def clock(self) -> int:
        """The minute at which the next step may begin."""
        return self.end + sum(self.legs) - self.there


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A route: its steps in order and its cost."""

    steps: tuple[Taken, ...]
    cost: CostVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """How a field differs from one whose best route costs as much as a ceiling: in these rows, in none besides.

    `reach` are the needed codes within reach there. Rows that were there and are gone are not told.
    """

    rows: Ints
    reach: int


class Run:
    """One search over the field without the points of some organizations."""

    def __init__(self, terrain: Terrain, without: tuple[str, ...], watch: Watch) -> None:
        self.field, self.order = terrain.field, terrain.order
        self._terrain, self._watch = terrain, watch
        self.alive: Bools = np.ones(self.field.size, dtype=np.bool_)
        if without:
            left_out = [number for org in without if (number := self.field.orgs.find(org)) is not None]
            self.alive = ~np.isin(self.field.org, left_out)
        self._dreams = bool((self.alive & terrain.mirage).any())
        self.reach = reach_of(terrain, self.alive)
        self.ground = Ground(self.field, self.order, (), self.reach)

    def best(self, known: CostVector | None = None) -> tuple[Label, Beyond]:
        """The best route as a label, the start itself when no step is better than none; and where to look first.

        Args:
            known: What a route costs that was found before, if any: no dearer one is looked for while there is one.
        """
        beyond = self.within_reach()
        if beyond:
            return start_label(self.ground), beyond
        label, most = self._best_without_mirages(known)
        if not self._dreams:
            return label, {}
        return label, (self._wanting(label) if self._is_flawed(most) else {}) or self.below(most)[1]

    def _best_without_mirages(self, known: CostVector | None) -> tuple[Label, CostVector]:
        real = self.alive & ~self._terrain.mirage
        if known is not None:
            kept = self._promising(real, known)
            label, most = best_label(self.ground, self._fans(kept), (known, (NEVER,)), self._watch)
            if cost_of(self.ground, label) <= known:
                return label, most
        return best_label(self.ground, self._fans(real), None, self._watch)

    def below(self, ceiling: CostVector) -> tuple[Label, Beyond]:
        """The best route that costs less than the ceiling, the start itself when there is none; where to look first."""
        fans = self._fans(self._promising(self.alive, ceiling))
        label, most = best_label(self.ground, fans, (ceiling, ()), self._watch)
        if not len(fans.dreamt):
            return label, {}
        near = at_most(tuple(fans.dreamt.T), most)
        slack = np.where((fans.dreamt[:, :3] != most[:3]).any(axis=1), NEVER, most[3] - fans.dreamt[:, 3])
        return label, dict(zip(near.nonzero()[0].tolist(), slack[near].tolist(), strict=True))

    def again(self, points: tuple[str, ...], reach: int) -> Label | None:
        """The route over these points, proven to be the best when fewer were known; if the same edges still bind.

        No mirage could be on a better one, and whatever has been looked at since is what mirages stood for.
        """
        label, ids, real = start_label(self.ground), self.field.ids, self.field.real
        if not points or self.reach != reach:
            return None
        for point in points:
            at = bisect_left(ids, point, 0, real)
            move = take(self.ground, label, self.field.row(at)) if at < real and ids[at] == point else None
            if move is None:
                return None
            label = move.label
        return label

    def _is_flawed(self, most: CostVector) -> bool:
        """Whether mirages promise a route with less unserved, late or grave than this."""
        start = start_label(self.ground)
        return self._fans(self.alive).bound(start, self.reach & ~start.at_hand)[:3] < most[:3]

    def _wanting(self, label: Label) -> Beyond:
        """The mirages of whatever this route leaves unserved, or might serve too late or with a grave caution."""
        real, order, before = self.field.real, self.order, start_label(self.ground)
        wanted = order.needed & ~label.at_hand | (sum(order.deadlines) if label.late else 0)
        for row in label.trail:
            move = take(self.ground, before, row)
            assert move is not None
            wanted, before = wanted | (move.serves if row.caution else 0), move.label
        rows = (self.alive[real:] & ((self.field.usable[real:] & wanted) != 0)).nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

    def may_be_below(self, ceiling: CostVector, unlike: Unlike) -> bool:
        """Whether a route may cost less than the ceiling that was not there where the fields differ in no row.

        With the same reach the same edges bind. Then a route over rows that are the same was there before, and cost no
        less; so it has to step on one that is not, and that one has to be near enough.
        """
        if self.reach & self.order.needed != unlike.reach:
            return True
        return bool(len(unlike.rows)) and bool(self._promising(self.alive, ceiling)[unlike.rows].any())

    def _fans(self, alive: Bools) -> Fans:
        return Fans(self._terrain, self.ground, alive)

    def _promising(self, alive: Bools, most: CostVector) -> Bools:
        """Of these points those over which a route may cost no more than that; without the others bounds are sharp."""
        while True:
            kept = self._fans(alive).promising(alive, most)
            if np.count_nonzero(kept) >= ALMOST_ALL * np.count_nonzero(alive):
                return kept
            alive = kept

    def within_reach(self) -> Beyond:
        """The mirages on which it rests what is within reach, and so which edges bind."""
        if not self._dreams:
            return {}
        real, usable = self.field.real, self.field.usable
        lost = self.reach & ~reach_of(self._terrain, self.alive & ~self._terrain.mirage) & self.order.needed
        rows = (self.alive[real:] & ((usable[real:] & lost) != 0)).nonzero()[0]
        if lost and not len(rows):
            rows = self.alive[real:].nonzero()[0]
        return dict.fromkeys(rows.tolist(), NEVER)

    def told(self, label: Label, others: Backups) -> Found:
        """The route of that label with its backups."""
        before, steps = start_label(self.ground), []
        for row, instead in zip(label.trail, others.rows, strict=True):
            move = take(self.ground, before, row)
            assert move is not None
            steps.append(_told(self.ground, row, move, tuple(other.id for other in instead)))
            before = move.label
        return Found(steps=tuple(steps), cost=cost_of(self.ground, label))

    def key_provider(self, label: Label) -> str:
        """The organization of the first transfer, else of the first step."""
        at_hand = self.order.at_start
        for row in label.trail:
            serves = self.ground.served(at_hand, row.usable)
            if serves & self.order.stays:
                return row.org
            at_hand |= serves
        return label.trail[0].org


def _told(ground: Ground, row: Row, move: Move, others: tuple[str, ...]) -> Taken:
    return Taken(
        point=row.id,
        serves=ground.order.names(move.serves),
        there=move.legs.there,
        legs=move.legs.minutes,
        start=move.start,
        end=move.start + row.duration,
        handover=move.handover,
        link=move.link,
        crossings=move.legs.crossings,
        backups=others,
    )
