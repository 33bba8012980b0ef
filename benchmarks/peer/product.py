"""The product graph of a problem that does not depend on the hour: a state is (base, holder, codes at hand).

Every step that is allowed in a state is an arc, and from every state an arc of what stays unserved leads to one sink: a
route is a path from the start to the sink. Only states that can be reached are there. Many points lead from one state
to the same; a *thin* graph keeps the cheapest arc of each pair, for no shortest path takes another. That is the first
half of a solver of its own, and most of the work, so peers are shown with and without it.

The cost vector is packed into one whole number: c0, c2, c3 and the number of arcs, each within its span; c1 is 0, for
there are no deadlines. So no weight is 0, which some formats of graphs would take for no arc.

Building the graph is a part of what a peer has to do for a person, and is timed as a part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from benchmarks.peer.tables import NEVER, Numbers, Tables, TooLarge

Cost = tuple[int, int, int, int]

MOST_ARCS = 20_000_000
BLOCK = 2048
"""Sites that are looked at together."""


@dataclass(frozen=True, slots=True)
class Product:
    """Arcs as three arrays of one length. States are numbered from 0, the start; the last one is the sink."""

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


def product(problem: Mapping[str, Any], *, thin: bool) -> Product:
    """The product graph. Raises `ValueError` where a cost depends on the clock, `TooLarge` where arcs are too many."""
    tables = Tables(problem)
    arcs = _Arcs(tables, thin)
    while arcs.pending:
        sites = arcs.next()
        served: dict[int, list[Numbers]] = {}
        for kind in tables.kinds:
            if kind.usable & ~arcs.have and not kind.requires & ~arcs.have:
                served.setdefault(tables.serves(kind.usable, arcs.have), []).append(kind.at)
        for codes, parts in served.items():
            if codes:
                at = np.concatenate(parts)
                for first in range(0, len(sites), BLOCK):
                    arcs.add(codes, at, sites[first : first + BLOCK], first)
    return arcs.product()


class _Arcs:
    """What has been found so far. Codes at hand are taken up smallest first, so that all that leads there is known."""

    def __init__(self, tables: Tables, thin: bool) -> None:
        self.tables, self.thin = tables, thin
        start = tables.problem["start"]
        site = tables.site(tables.place_of[start["place"]], tables.org_of.get(start["holder"], 0))
        self.pending = [tables.at_start]
        self.found: dict[int, list[Numbers]] = {tables.at_start: [np.array([site])]}
        self.number: dict[int, int] = {}
        self.states: list[Numbers] = []
        self.have = self.before = self.count = 0
        self.blocks: list[tuple[Numbers, int, Numbers, Numbers]] = []
        """Tails as numbers of states; codes at hand and sites after the step; weights."""

    def next(self) -> Numbers:
        """Goes on to the next codes at hand; gives the sites, sorted, at which one can be with them."""
        self.before += len(self.states[-1]) if self.states else 0
        self.have = heappop(self.pending)
        self.number[self.have] = len(self.number)
        self.states.append(np.unique(np.concatenate(self.found[self.have])))
        return self.states[-1]

    def add(self, codes: int, at: Numbers, sites: Numbers, first: int) -> None:
        """Adds the steps from these sites, `first` and on of the present ones, that serve these codes at these points.

        Raises `TooLarge`.
        """
        weights, fixed, whither = self._steps(codes, at, sites)
        if self.thin:
            order = np.argsort(whither, kind="stable")
            firsts = np.flatnonzero(np.diff(whither[order], prepend=-1))
            weights, whither = np.minimum.reduceat(weights[:, order], firsts, axis=1), whither[order][firsts]
        rows, columns = np.nonzero(weights < NEVER)
        if not len(rows):
            return
        after, heads = self.have | codes, fixed[rows] + whither[columns]
        if after not in self.found:
            heappush(self.pending, after)
        self.found.setdefault(after, []).append(np.unique(heads))
        self.blocks.append((rows + (self.before + first), after, heads, weights[rows, columns]))
        self.count += len(rows)
        if self.count > MOST_ARCS:
            raise TooLarge(f"more than {MOST_ARCS:,} arcs")

    def _steps(self, codes: int, at: Numbers, sites: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Weights by site and point; and two parts of the site after the step, one by site and one by point."""
        tables = self.tables
        base, nowhere = sites // tables.holders, np.zeros_like(sites)
        weights = tables.weights(sites, at, tables.bed_way if codes & tables.stay else tables.visit_way, self.have)
        if codes & tables.stay:
            return weights, nowhere, tables.site(tables.place[at], tables.org[at])
        if codes & tables.ret:
            last_leg = np.full_like(sites, NEVER)
            goes = tables.goes_home(base, self.have)
            last_leg[goes] = (tables.minutes + tables.crossing)[base[goes], tables.home]
            return weights + last_leg[:, None], nowhere, tables.site(tables.home, tables.receiver[at])
        if codes & tables.case:
            return weights, base * tables.holders, tables.holder_of[tables.org[at]]
        return weights, sites, np.zeros_like(at)

    def product(self) -> Product:
        """All arcs, with those to the sink."""
        tables = self.tables
        width = len(tables.country) * tables.holders
        keys = np.concatenate([number * width + sites for number, sites in enumerate(self.states)])
        none = np.zeros(0, dtype=np.int64)
        heads = np.concatenate([none, *(self.number[after] * width + sites for _, after, sites, _ in self.blocks)])
        burdens = tables.spans[0] * tables.spans[1]
        unserved = [
            np.full(len(sites), tables.unserved(have) * burdens)
            for have, sites in zip(self.number, self.states, strict=True)
        ]
        return Product(
            tails=np.concatenate([*(block[0] for block in self.blocks), np.arange(len(keys))]),
            heads=np.concatenate([np.searchsorted(keys, heads), np.full(len(keys), len(keys))]),
            weights=np.concatenate([*(block[3] for block in self.blocks), *unserved]) * tables.spans[2] + 1,
            states=len(keys) + 1,
            spans=tables.spans,
        )
