"""The product graph of a problem that does not depend on the hour: states, and the cheapest arc between any two.

A state is (base, holder, codes at hand). A step is an arc; where several points lead from one state to the same, only
the cheapest arc is kept, for no shortest path takes another. Only states that can be reached from the start are there.
From every state an arc of what stays unserved leads to one sink, so that a route is a path from `start` to `sink`.

The cost vector is packed into one whole number, c0, then c2, c3 and the number of arcs, each within its span; c1 is 0, for
there are no deadlines. So no weight is 0, which some formats of graphs would take for no arc.
Building it is a part of what a peer has to do for a person, and is timed as a part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from benchmarks.peer.tables import NEVER, Numbers, Tables, TooLarge

Cost = tuple[int, int, int, int]

MOST_ARCS = 20_000_000
BLOCK = 4096
"""Sites whose visits are weighed at a time."""


@dataclass(frozen=True, slots=True)
class Product:
    """Arcs as three arrays of one length, each pair of states once.

    Weights are above 0. States are numbered from 0, the start; the last one is the sink.
    """

    tails: Numbers
    heads: Numbers
    weights: Numbers
    states: int
    spans: tuple[int, int, int]
    """One more than c2, c3 and the number of arcs can be."""

    @property
    def sink(self) -> int:
        """Number of the state after all."""
        return self.states - 1

    def cost(self, weight: float) -> Cost:
        """The cost vector of a path of that weight from the start to the sink."""
        grave_span, burden_span, arcs_span = self.spans
        rest, burden = divmod(round(weight) // arcs_span, burden_span)
        unserved, grave = divmod(rest, grave_span)
        return unserved, 0, grave, burden


def product(problem: Mapping[str, Any]) -> Product:
    """The product graph. Raises `ValueError` where a cost depends on the clock, `TooLarge` where arcs are too many."""
    tables = Tables(problem)
    arcs, visits = _Arcs(tables), _Visits(tables)
    while arcs.pending:
        have, sites = arcs.next()
        served: dict[int, list[int]] = {}
        for number, kind in enumerate(tables.kinds):
            if kind.usable & ~have and not kind.requires & ~have:
                served.setdefault(tables.serves(kind.usable, have), []).append(number)
        served.pop(0, None)
        moving = tables.stay | tables.case | tables.ret
        visits.add(arcs, have, sites, {codes: kinds for codes, kinds in served.items() if not codes & moving})
        for codes, kinds in served.items():
            if codes & moving:
                at = np.concatenate([tables.kinds[number].at for number in kinds])
                _move(tables, arcs, have, sites, codes, at)
    return arcs.product()


class _Arcs:
    """What has been found so far. Codes at hand are taken up smallest first, so that all that leads there is known."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.pending = [tables.at_start]
        self.found: dict[int, list[Numbers]] = {tables.at_start: [np.array([tables.start])]}
        self.number: dict[int, int] = {}
        self.states: list[Numbers] = []
        self.have = self.tails_from = self.count = 0
        self.blocks: list[tuple[Numbers, int, Numbers, Numbers]] = []

    def next(self) -> tuple[int, Numbers]:
        """The next codes at hand, and the sites, sorted, at which one can be with them."""
        self.tails_from += len(self.states[-1]) if self.states else 0
        self.have = heappop(self.pending)
        self.number[self.have] = len(self.number)
        self.states.append(np.unique(np.concatenate(self.found[self.have])))
        return self.have, self.states[-1]

    def add(self, rows: Numbers, codes: int, sites: Numbers, weights: Numbers) -> None:
        """Arcs from rows of the present sites to other sites, by a step that serves these codes. Raises `TooLarge`."""
        open_ = weights < NEVER
        if not open_.all():
            rows, sites, weights = rows[open_], sites[open_], weights[open_]
        if not len(rows):
            return
        after = self.have | codes
        if after not in self.found:
            heappush(self.pending, after)
        self.found.setdefault(after, []).append(sites)
        self.blocks.append((rows + self.tails_from, after, sites, weights))
        self.count += len(rows)
        if self.count > MOST_ARCS:
            raise TooLarge(f"more than {MOST_ARCS:,} arcs")

    def product(self) -> Product:
        """All arcs, with those to the sink."""
        tables = self.tables
        width = tables.site(len(tables.country), 0)
        keys = np.concatenate([number * width + sites for number, sites in enumerate(self.states)])
        tails, weights, heads = (
            [np.zeros(0, dtype=np.int64), *blocks]
            for blocks in (
                (block[0] for block in self.blocks),
                (block[3] for block in self.blocks),
                (self.number[after] * width + sites for _, after, sites, _ in self.blocks),
            )
        )
        at_end = [
            np.full(len(sites), tables.unserved(have) * tables.spans[0] * tables.spans[1])
            for have, sites in zip(self.number, self.states, strict=True)
        ]
        return Product(
            tails=np.concatenate([*tails, np.arange(len(keys))]),
            heads=np.concatenate([np.searchsorted(keys, np.concatenate(heads)), np.full(len(keys), len(keys))]),
            weights=np.concatenate([*weights, *at_end]) * tables.spans[2] + 1,
            states=len(keys) + 1,
            spans=tables.spans,
        )


class _Visits:
    """Steps after which base and holder are what they were. The cheapest of every kind is worked out once for a site."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.rows = {closed: np.full(tables.site(len(tables.country), 0), -1) for closed in (False, True)}
        self.weighed = {closed: np.zeros((0, len(tables.kinds)), dtype=np.int64) for closed in (False, True)}

    def add(self, arcs: _Arcs, have: int, sites: Numbers, served: Mapping[int, list[int]]) -> None:
        """The arcs of visits that serve these codes, by the kinds that serve them."""
        if not served:
            return
        kinds = [number for numbers in served.values() for number in numbers]
        firsts = np.cumsum([0, *(len(numbers) for numbers in served.values())])[:-1]
        weights = np.minimum.reduceat(self._cheapest(sites, have)[:, kinds], firsts, axis=1)
        rows = np.arange(len(sites))
        for column, codes in enumerate(served):
            arcs.add(rows, codes, sites, weights[:, column])

    def _cheapest(self, sites: Numbers, have: int) -> Numbers:
        closed = bool(self.tables.border & ~have)
        rows = self.rows[closed]
        new = sites[rows[sites] < 0]
        if len(new):
            blocks = [new[first : first + BLOCK] for first in range(0, len(new), BLOCK)]
            weighed = [self.tables.weights(block, slice(None), self.tables.visit_way, have) for block in blocks]
            least = [np.minimum.reduceat(weights, self.tables.firsts, axis=1) for weights in weighed]
            rows[new] = np.arange(len(self.weighed[closed]), len(self.weighed[closed]) + len(new))
            self.weighed[closed] = np.concatenate([self.weighed[closed], *least])
        return self.weighed[closed][rows[sites]]


def _move(tables: Tables, arcs: _Arcs, have: int, sites: Numbers, codes: int, at: Numbers) -> None:
    """Adds the steps at these points after which base or holder is another; to one state only the cheapest."""
    rows = np.arange(len(sites))
    base = sites // tables.holders
    fixed = np.zeros_like(sites)
    if codes & tables.stay:
        weights = tables.weights(sites, at, tables.bed_way, have)
        whither = tables.site(tables.place[at], tables.org[at])
    elif codes & tables.ret:
        rows = tables.goes_home(base, have).nonzero()[0]
        last_leg = (tables.minutes + tables.crossing)[base[rows], tables.home]
        weights = tables.weights(sites[rows], at, tables.visit_way, have) + last_leg[:, None]
        whither = tables.site(tables.home, tables.receiver[at])
    else:
        weights, whither = tables.weights(sites, at, tables.visit_way, have), tables.org[at]
        fixed = tables.site(base, 0)
    order = np.argsort(whither, kind="stable")
    firsts = np.flatnonzero(np.diff(whither[order], prepend=-1))
    least = np.minimum.reduceat(weights[:, order], firsts, axis=1)
    heads = fixed[rows][:, None] + whither[order][firsts]
    arcs.add(np.repeat(rows, len(firsts)), codes, heads.ravel(), least.ravel())
