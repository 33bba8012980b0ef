"""The cheapest way to cover codes by offers, in several measures at once.

An offer is a set of codes that one step covers, or several steps together, with what it costs at the least in each
measure. Measures are independent: each finds its own cheapest cover.
"""

from itertools import combinations

import numpy as np

from app.routing.field import Bools
from app.routing.ground import split
from app.routing.hours import Ints

FEW = 3
"""No more offers than these are added without making the cover anew."""
MANY = 6
"""So many offers are worth comparing with each other before any is used."""


class Cover:
    """Covers by the offers; what is asked once is remembered."""

    def __init__(self, masks: Ints, costs: Ints) -> None:
        """
        Args:
            masks: The codes of each offer as bits; the same codes may be offered more than once.
            costs: What it costs: a row for each offer, a column for each measure.
        """
        self.masks, self.costs = _cheapest(masks, costs)
        self._nothing = np.zeros(costs.shape[1], dtype=np.int64)
        self._known: dict[int, Ints] = {0: self._nothing}
        self._by_bit: dict[int, tuple[list[int], Ints]] = {}

    def of(self, codes: int) -> Ints:
        """The least cost of covering all these codes, in each measure; a code that nobody offers costs nothing."""
        known = self._known.get(codes)
        if known is None:
            bit = self._scarcest(codes)
            masks, costs = self._offering(bit)
            if not masks:
                known = self.of(codes & ~bit)
            else:
                known = (costs + np.array([self.of(codes & ~mask) for mask in masks])).min(axis=0)
            self._known[codes] = known
        return known

    def with_offers(self, masks: Ints, costs: Ints) -> "Cover | CoverWithMore":
        """The same with these offers as well."""
        if len(masks) <= FEW:
            return CoverWithMore(self, masks, costs)
        return Cover(np.concatenate([self.masks, masks]), np.concatenate([self.costs, costs]))

    def _offering(self, bit: int) -> tuple[list[int], Ints]:
        if bit not in self._by_bit:
            at = ((self.masks & bit) != 0).nonzero()[0]
            self._by_bit[bit] = self.masks[at].tolist(), self.costs[at]
        return self._by_bit[bit]

    def _scarcest(self, codes: int) -> int:
        return min(split(codes), key=lambda bit: len(self._offering(bit)[0]))


class CoverWithMore:
    """A cover and a few offers more: each set of these with the cheapest cover of the rest."""

    def __init__(self, cover: Cover, masks: Ints, costs: Ints) -> None:
        self._cover = cover
        chosen = [np.array(some) for size in range(1, len(masks) + 1) for some in combinations(range(len(masks)), size)]
        self._masks = [int(np.bitwise_or.reduce(masks[some])) for some in chosen]
        self._costs = np.array([costs[some].sum(axis=0) for some in chosen])
        self._known: dict[int, Ints] = {}

    def of(self, codes: int) -> Ints:
        """See `Cover`."""
        if codes not in self._known:
            least = self._cover.of(codes)
            useful = [at for at, mask in enumerate(self._masks) if mask & codes]
            if useful:
                rest = np.array([self._cover.of(codes & ~self._masks[at]) for at in useful])
                least = np.minimum(least, (self._costs[useful] + rest).min(axis=0))
            self._known[codes] = least
        return self._known[codes]


def _cheapest(masks: Ints, costs: Ints) -> tuple[Ints, Ints]:
    """Each set of codes once, at its least cost, without the sets that a larger one offers for no more."""
    if not len(masks):
        return masks, costs
    order = np.argsort(masks, kind="stable")
    masks, costs = masks[order], costs[order]
    fresh = np.ones(len(masks), dtype=np.bool_)
    fresh[1:] = masks[1:] != masks[:-1]
    starts = fresh.nonzero()[0]
    masks, costs = masks[starts], np.minimum.reduceat(costs, starts, axis=0)
    useful = masks != 0
    if len(masks) > MANY:
        useful &= ~_outdone(masks, costs)
    return masks[useful], costs[useful]


def _outdone(masks: Ints, costs: Ints) -> Bools:
    within = (masks[:, None] & ~masks[None, :]) == 0
    np.fill_diagonal(within, False)
    for measure in costs.T:
        within &= measure[None, :] <= measure[:, None]
    outdone: Bools = within.any(axis=1)
    return outdone
