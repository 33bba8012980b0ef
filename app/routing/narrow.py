"""Which points of a field can be in a route that is no worse than one already known: the others are left out.

Points cost little to bound and much to step on. So a run first searches among a few promising points; what it finds is
a route of the whole field, and no point has to be looked at of which every route costs more than that. What is left
out this way is in no best route, so the search among the rest is exact.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.routing.afar import afar, anywhere, unmoved
from app.routing.circles import Circles
from app.routing.field import NEVER, Bools, Field, Ints
from app.routing.ground import Order, split
from app.routing.hope import beds_lost
from app.routing.labels import CostVector
from app.routing.outlook import Afar, Outlook, Priced

ALMOST_ALL = 0.9
"""While fewer points than this share are left, the bounds are worked out anew over those that are."""
RINGS = np.array([60, 150, 300, 500, 800, 1400], dtype=np.int64)
"""Minutes at which one ring around the start ends and the next begins."""
FEW = 10
"""A field with no more points than these is searched as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Points to search among, by their numbers, and the bounds over them."""

    rows: Ints
    outlook: Outlook
    far: Afar | None = None
    slack: Ints | None = None
    """How much dearer each point might be and still be in a route as good; not known when left out."""


class Choice:
    """The points of one run, and what is certain about its routes before any is found.

    `certain` are the codes that every route serves which leaves no more unserved than must be.
    """

    def __init__(self, field: Field, order: Order, circles: Circles, alive: Bools, reach: int) -> None:
        self._field, self._order, self._circles, self._alive = field, order, circles, alive
        self._rows = alive.nonzero()[0]
        self._wanted = order.needed & reach & ~order.at_start
        self._still = unmoved(field, order)
        self._outlook = Outlook(field, order, circles, self._rows, self._wanted, self._still or anywhere(field))
        beds = beds_lost(order, np.unique(field.usable[self._rows] & order.stays).tolist(), self._wanted)
        self.certain = sum(bit for bit in split(self._wanted) if order.weight_of(bit)) & ~(order.stays if beds else 0)
        missing = order.needed & ~reach & ~order.at_start
        self.least: CostVector = (
            order.weight_of(missing) + beds,
            order.windows_of(missing) + self._outlook.missed(self._wanted),
            self._outlook.cautions.of(self.certain),
            0,
        )

    def floor(self) -> CostVector:
        """No route of the run costs less."""
        frame = self._field.frame
        return *self.least[:3], self._outlook.burden(self.certain, frame.start_holder, 0, frame.start_place)

    def is_clean(self, cost: CostVector) -> bool:
        """Whether only burden could be less: nothing unserved, late or grave that need not be."""
        return cost[:3] == self.least[:3]

    def promising(self, each: int) -> Chosen:
        """Some points that are the least burden, or the soonest, of those with the same codes and of each code."""
        field, rows = self._field, self._rows
        if len(rows) <= FEW:
            return Chosen(rows=rows, outlook=self._outlook)
        least = self._outlook.least
        burden = np.maximum(least.moving, least.start + least.tail + least.story)
        if self._still is None:
            burden = burden + 2 * self._minutes_from_start(rows)
        taken = np.zeros(len(rows), dtype=np.bool_)
        for soonest in (burden, least.start):
            order = np.lexsort((rows, soonest, field.caution[rows]))
            order = order[rows[order] < field.real]
            masks, open_at_once = field.usable[rows[order]], field.requires[rows[order]] == 0
            for mask in np.unique(masks) if soonest is burden else ():
                taken[order[(masks == mask).nonzero()[0][:each]]] = True
            for bit in split(self._order.needed | self._order.unlocking):
                offering = (masks & bit) != 0
                taken[order[offering.nonzero()[0][: 2 * each]]] = True
                taken[order[(offering & open_at_once).nonzero()[0][:each]]] = True
        return self._chosen(rows[taken], self._still or anywhere(field))

    def _minutes_from_start(self, rows: Ints) -> Ints:
        minutes = self._field.ways.minutes(self._field.frame.start_place)
        return np.where(self._field.remote[rows], 0, np.minimum(minutes[self._field.place[rows]], NEVER >> 8))

    def within(self, cost: CostVector) -> Chosen:
        """Every point that some route uses whose cost is no greater than this one, of a route that is known."""
        if cost[:2] != self.least[:2] or len(self._rows) <= FEW:
            return Chosen(rows=self._rows, outlook=self._outlook)
        outlook, rows, far = self._outlook, self._rows, self._still
        if far is None:
            radius = (
                cost[3] - outlook.still.of(self.certain, self._field.frame.start_holder) + 2 * self._field.ways.least
                if cost[2] == self.least[2]
                else NEVER
            )
            if radius >= NEVER:
                far = anywhere(self._field)
            else:
                far = afar(self._field, self._order, self._alive, radius)
                here = self._field.remote[rows] | (far.away[self._field.place[rows]] <= radius)
                rows = rows[here]
                outlook = Outlook(self._field, self._order, self._circles, rows, self._wanted, far)
        while True:
            slack = self._slack(rows, outlook, far, cost)
            kept = slack >= 0
            few = np.count_nonzero(kept) >= ALMOST_ALL * len(rows)
            rows, slack = rows[kept], slack[kept]
            if few:
                break
            outlook = Outlook(self._field, self._order, self._circles, rows, self._wanted, far)
        useful = self._unrivalled(self._useful(rows))
        return self._chosen(useful, far, slack[np.searchsorted(rows, useful)])

    def _chosen(self, rows: Ints, far: Afar, slack: Ints | None = None) -> Chosen:
        outlook = Outlook(self._field, self._order, self._circles, rows, self._wanted, far)
        return Chosen(rows=rows, outlook=outlook, far=far, slack=slack)

    def hopeful(self, chosen: Chosen, number: int) -> Chosen:
        """Of these points the ones with most slack: the cheapest routes, if any, go there."""
        if chosen.slack is None or chosen.far is None or len(chosen.rows) <= 2 * number:
            return chosen
        first = np.argsort(-chosen.slack, kind="stable")[:number]
        return self._chosen(np.sort(chosen.rows[first]), chosen.far)

    def _slack(self, rows: Ints, outlook: Outlook, far: Afar, cost: CostVector) -> Ints:
        """How much cheaper than that cost the cheapest route over each point is; negative: it is dearer.

        Grave cautions come first: with fewer of them a route may be dearer by any burden.
        """
        rests = _Rests(
            self.certain & ~self._order.at_start, outlook.masks, self._field.requires[rows] & ~self._order.at_start
        )
        caution = self._field.caution[rows] + rests.covered(outlook.cautions.of)
        alone = np.zeros(len(rows), dtype=np.int64)
        together = np.zeros(len(outlook.parties), dtype=np.int64)
        parties = _Rests(self.certain & ~self._order.at_start, outlook.party_masks, np.zeros_like(outlook.party_masks))
        for costs, cover, more in self._burdens(outlook):
            alone = np.maximum(alone, costs + rests.covered(cover.of) + more)
            together = np.maximum(together, outlook.party_costs(costs) + parties.covered(cover.of))
        points, some = self._travelled(rows, outlook, far, rests, parties)
        alone, together = np.maximum(alone, points), np.maximum(together, some)
        for member in outlook.members.T:
            here = member < len(rows)
            np.minimum.at(alone, member[here], together[here])
        slack: Ints = np.where(caution < cost[2], NEVER, np.where(caution > cost[2], -1, cost[3] - alone))
        return slack

    def _burdens(self, outlook: Outlook) -> Iterator[tuple[Ints, Priced, Ints | int]]:
        """What a step costs at each point, what covers the rest at that price, and what else its route costs."""
        least = outlook.least
        yield least.story, outlook.story, least.start + least.tail
        for minute, late, cover in outlook.waiting:
            yield least.story + np.where((outlook.masks & late) != 0, least.tail, 0), cover, minute

    def _travelled(
        self, rows: Ints, outlook: Outlook, far: Afar, rests: "_Rests", parties: "_Rests"
    ) -> tuple[Ints, Ints]:
        """The least of a route over each point and each party, with its travel.

        Ring by ring: of the routes that come just so far, all points lie within that ring, and one has to get there.
        """
        field, least, near = self._field, outlook.least, 2 * self._field.ways.least
        home = far.home.get(field.frame.start_place, 0) if self.certain & self._order.returns else 0
        onward = 0 if self.certain & self._order.stays else home
        away = np.where(field.remote[rows], 0, far.away[field.place[rows]])
        together_away = np.append(away, 0)[outlook.members].max(axis=1, initial=0)
        alone = np.full(len(rows), NEVER, dtype=np.int64)
        together = np.full(len(outlook.parties), NEVER, dtype=np.int64)
        ring = np.zeros_like(away) if self._still is not None else np.searchsorted(RINGS, away)
        for number in np.unique(ring):
            inside = ring <= number
            edge = int(away[inside].max(initial=0))
            there = max(0, int(away[ring == number].min(initial=NEVER)) - near)
            some = together_away <= edge
            moving, still = outlook.within(least.moving, inside, some), outlook.within(least.still, inside, some)
            for reached, costs, cases, limits in (
                (alone, (least.moving, least.still), rests, (inside, np.maximum(0, away - near))),
                (
                    together,
                    (outlook.party_costs(least.moving), outlook.party_costs(least.still)),
                    parties,
                    (some, np.maximum(0, together_away - near)),
                ),
            ):
                local = costs[0] + cases.covered(moving.of) + onward
                gone = costs[1] + cases.covered(still.of) + np.maximum(np.maximum(limits[1], there), home)
                np.minimum(reached, np.maximum(local, gone), out=reached, where=limits[0])
        return alone, together

    def _useful(self, rows: Ints) -> Ints:
        """Those that serve something needed, or a code that one of the others asks for first.

        A point with a return serves its unlocking codes before it, so any point with these is of use, too.
        """
        field, order = self._field, self._order
        usable = field.usable[rows]
        serving = (usable & order.needed) != 0
        with_return = (usable & order.returns) != 0
        asked = order.before_border | int(np.bitwise_or.reduce(field.requires[rows[serving]], initial=0))
        asked |= int(np.bitwise_or.reduce(usable[with_return], initial=0))
        binding = order.binding(-1)
        while True:
            kept = serving | ((usable & asked) != 0)
            more = asked | int(np.bitwise_or.reduce(field.requires[rows[kept]], initial=0))
            for bit, before in binding.items():
                more |= before if bit & (more | order.needed) else 0
            if more == asked:
                useful: Ints = rows[kept]
                return useful
            asked = more

    def _unrivalled(self, rows: Ints) -> Ints:
        """Without the points of which another in the same place is as good in everything, and better or first by id.

        Whatever route goes there could go to that other one; the order of ids decides where nothing else does.
        """
        field = self._field
        columns = ("place", "usable", "requires", "schedule", "remote")
        same = np.stack([getattr(field, name)[rows] for name in columns])
        alike = self._circles.alike[rows]
        order = np.lexsort((rows, *same))
        order = order[alike[order]]
        fresh = (same[:, order[1:]] != same[:, order[:-1]]).any(axis=0).nonzero()[0] + 1
        kept = np.ones(len(rows), dtype=np.bool_)
        begins, ends = [0, *fresh.tolist()], [*fresh.tolist(), len(order)]
        for begin, end in zip(begins, ends, strict=True):
            if end - begin > 1:
                some = order[begin:end]
                kept[some] = ~_outdone(field, rows[some])
        unrivalled: Ints = rows[kept]
        return unrivalled


def _outdone(field: Field, rows: Ints) -> Bools:
    """Which of these points, sorted by id, another of them makes needless."""
    columns = ("response", "duration", "not_before", "caution", "preference")
    numbers = np.stack([getattr(field, name)[rows] for name in columns], axis=1)
    as_good = (numbers[:, None, :] <= numbers[None, :, :]).all(axis=2)
    cheaper = (numbers[:, None, 3:] < numbers[None, :, 3:]).any(axis=2)
    first = np.arange(len(rows))[:, None] < np.arange(len(rows))[None, :]
    outdone: Bools = np.any(as_good & (cheaper | first), axis=0)
    return outdone


class _Rests:
    """What remains to be served besides each point, what it requires first included; each case once."""

    def __init__(self, certain: int, masks: Ints, requires: Ints) -> None:
        self._cases, self._which = np.unique((certain | requires) & ~masks, return_inverse=True)

    def covered(self, least: Callable[[int], int]) -> Ints:
        """For each point the least that its rest costs."""
        costs = [min(NEVER, least(codes)) for codes in self._cases.tolist()]
        found: Ints = np.array(costs, dtype=np.int64)[self._which]
        return found
