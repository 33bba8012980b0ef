"""What serving a set of codes costs at the very least: bounds over the columns of a field, for one run.

Every bound here promises no more than what really can be served, and no less than what it must cost:

- *burden*: the cheapest cover of the codes by points, and by parties of points where a holder saves the telling.
- *time*: either every step takes its travel, its answer and its visit one after the other; or, where doors open late,
  nothing that covers a late code begins before the earliest of these doors, and what follows takes its time after that.
- *travel*: whoever steps on a point has come to its place, by whatever chain of bases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.routing.circles import Circles
from app.routing.field import NEVER, Bools, Field, Ints
from app.routing.ground import Order, split

Offers = tuple[tuple[int, int], ...]
"""(codes as bits, points or minutes): the least that a step costs which covers just these."""


class Cover:
    """The cheapest way to cover codes by offers; what is asked once is remembered."""

    def __init__(self, offers: Offers, *, missing: int = 0) -> None:
        self._missing = missing
        self._by_bit: dict[int, Offers] = {}
        for bits, cost in offers:
            for bit in split(bits):
                self._by_bit[bit] = (*self._by_bit.get(bit, ()), (bits, cost))
        self._known: dict[int, int] = {0: 0}

    def of(self, codes: int) -> int:
        """The least cost of covering all these codes; one that nobody offers costs `missing`, nothing if not told."""
        known = self._known.get(codes)
        if known is None:
            bit = self._scarcest(codes)
            offers = self._by_bit.get(bit, ((bit, self._missing),))
            known = self._known[codes] = min(cost + self.of(codes & ~bits) for bits, cost in offers)
        return known

    def _scarcest(self, codes: int) -> int:
        return min(split(codes), key=lambda bit: (len(self._by_bit.get(bit, ())), bit))


def least_offers(masks: Ints, costs: Ints) -> Offers:
    """Each set of codes with its least cost, without the sets that a larger one offers for no more."""
    if not len(masks):
        return ()
    order = np.lexsort((costs, masks))
    masks, costs = masks[order], costs[order]
    first = np.concatenate(([True], masks[1:] != masks[:-1]))
    found = sorted(zip(costs[first].tolist(), masks[first].tolist(), strict=True), key=lambda row: (row[0], -row[1]))
    kept: list[tuple[int, int]] = []
    for cost, mask in found:
        if mask and cost < NEVER and not any(not mask & ~larger for larger, _ in kept):
            kept.append((mask, cost))
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Afar:
    """How far things are at the least, place by place: from the nearest base, and from the start over any bases."""

    near: Ints
    away: Ints
    home: Mapping[str, int]
    """From a base to where a return leads, over any bases; a base that is not named may be there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """Column by column the least that a step costs at each point, whoever takes it and from wherever.

    `story` is handover, link and preference; `still` adds the visit and legs within one place; `moving` adds the legs
    that are certain. `tail` is what passes after the start, `start` the first minute at which the visit can begin.
    """

    story: Ints
    still: Ints
    moving: Ints
    tail: Ints
    start: Ints


def least_of(field: Field, order: Order, rows: Ints, telling: Ints, far: Afar) -> Least:
    """The least of these points, when a step at each of them costs at least that telling."""
    near, away = far.near[field.place[rows]], far.away[field.place[rows]]
    remote, stays = field.remote[rows], (field.usable[rows] & order.stays) != 0
    story = telling + field.preference[rows]
    there, back = np.where(remote, 0, near), np.where(remote | stays, 0, near)
    still = np.where(remote, 0, np.where(stays, 0, 2 * field.ways.least))
    duration, response = field.duration[rows], field.response[rows]
    called = np.maximum(np.where(remote, 0, away), np.maximum(response, field.not_before[rows]))
    return Least(
        story=story,
        still=story + duration + still,
        moving=story + duration + back + np.maximum(there, response),
        tail=duration + back,
        start=field.next_open(called, rows),
    )


class Outlook:
    """The bounds of one run over the points it may use."""

    def __init__(self, field: Field, order: Order, circles: Circles, rows: Ints, wanted: int, far: Afar) -> None:
        self.order, self.wanted, self.home, self._circles = order, wanted, far.home, circles
        self.least = least = least_of(field, order, rows, circles.telling[rows], far)
        self.masks = field.usable[rows]
        self._at = np.full(field.size + 1, -1, dtype=np.int64)
        self._at[rows] = np.arange(len(rows))
        whole = (self._at[circles.parties] >= 0) | (circles.parties < 0)
        self.parties = np.all(whole, axis=1).nonzero()[0]
        self.members = np.where(circles.parties < 0, len(rows), self._at[circles.parties])[self.parties]
        self.party_masks = circles.masks[self.parties]
        self.story = self._priced(least.story)
        self.still = self._priced(least.still)
        self.moving = self._priced(least.moving)
        self.waiting = tuple(self._waiting(late, codes) for late, codes in self._doors())
        self.cautions = Cover(least_offers(self.masks, field.caution[rows]))

    def party_costs(self, costs: Ints) -> Ints:
        """What each party costs altogether when its points cost that much alone."""
        padded = np.append(costs, 0)
        together: Ints = padded[self.members].sum(axis=1) - self._circles.saved[self.parties]
        return together

    def within(self, costs: Ints, points: Bools, parties: Bools) -> Cover:
        """The cheapest cover at these costs by some of the points and of the parties alone."""
        masks = np.concatenate([self.masks[points], self.party_masks[parties]])
        prices = np.concatenate([costs[points], self.party_costs(costs)[parties]])
        return Cover(least_offers(masks, prices), missing=NEVER)

    def _priced(self, costs: Ints) -> "Priced":
        masks = np.concatenate([self.masks, self.party_masks])
        return Priced(self, costs, least_offers(masks, np.concatenate([costs, self.party_costs(costs)])))

    @cached_property
    def earliest(self) -> dict[int, int]:
        """For each wanted code the first minute at which any point can begin to serve it."""
        found = {}
        for bit in split(self.wanted):
            offering = (self.masks & bit) != 0
            found[bit] = int(self.least.start[offering].min(initial=NEVER))
        return found

    def _doors(self) -> list[tuple[int, int]]:
        """(minute, the codes that nobody serves before it), latest first; at most four."""
        minutes = sorted({minute for minute in self.earliest.values() if minute < NEVER}, reverse=True)
        return [(m, sum(bit for bit, first in self.earliest.items() if first >= m)) for m in minutes[:4]]

    def _waiting(self, minute: int, late: int) -> "tuple[int, int, Priced]":
        cost = self.least.story + np.where((self.masks & late) != 0, self.least.tail, 0)
        return minute, late, self._priced(cost)

    def saved_by(self, holder: str | None) -> tuple[tuple[int, int], ...]:
        """(where among the points, what is saved there) for whoever's case this organization holds."""
        at, telling = self._at, self._circles.telling
        found = ((int(at[number]), int(telling[number]) - cost) for number, cost in self._circles.of.get(holder, ()))
        return tuple((here, saved) for here, saved in found if here >= 0 and saved > 0)

    def burden(self, codes: int, holder: str | None, clock: int, base: str) -> int:
        """Burden and clock together, at the least, when somebody at that clock has served all these codes as well."""
        home = self.home.get(base, 0) if codes & self.order.returns else 0
        onward = 0 if codes & self.order.stays else home
        best = clock + self.moving.of(codes, holder) + onward
        if onward != home:
            best = max(best, clock + self.still.of(codes, holder) + home)
        for minute, late, cover in self.waiting:
            if minute > clock and codes & late:
                after = onward if late & self.order.returns else 0
                best = max(best, minute + cover.of(codes, holder) + after)
        return best

    def missed(self, codes: int) -> int:
        """How many of these codes have a deadline that nobody can keep."""
        return self.late(codes, 0)

    def late(self, codes: int, clock: int) -> int:
        """How many of these codes have a deadline that nobody can keep who goes on at that minute."""
        deadlines = self.order.deadlines.items()
        return sum(1 for bit, d in deadlines if bit & codes and max(clock, self.earliest.get(bit, 0)) > d)


class Priced:
    """The cheapest cover at one kind of price, for whoever holds the case."""

    def __init__(self, outlook: Outlook, costs: Ints, offers: Offers) -> None:
        self._outlook, self._costs, self._offers = outlook, costs, offers
        self._nobody = Cover(offers)
        self._held: dict[str | None, Cover] = {}

    def of(self, codes: int, holder: str | None = None) -> int:
        """The least cost of covering all these codes when that organization holds the case now."""
        if holder is None:
            return self._nobody.of(codes)
        if holder not in self._held:
            saved = self._outlook.saved_by(holder)
            masks, costs = self._outlook.masks, self._costs
            offers = tuple((masks.item(at), costs.item(at) - less) for at, less in saved)
            self._held[holder] = Cover(self._offers + offers) if offers else self._nobody
        return self._held[holder].of(codes)
