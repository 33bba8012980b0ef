"""A problem in which nothing depends on the clock, as bits and arrays: what steps serve, where they lead, their cost.

Written for peers alone, in numpy, after sections 2.6, 3 and 4 of docs/engine.md; it shares nothing with `app.routing`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 1 << 60
NOBODY = 0
"""The number of no holder at all."""
EXACT_BITS = 53
"""Whole numbers below 2 to this power are exact as floats."""


class TooLarge(Exception):
    """The problem does not fit into what a peer can count with or hold."""


class Kind(NamedTuple):
    """Points that offer and require the same; `at` are their numbers."""

    usable: int
    requires: int
    at: Numbers


@dataclass(slots=True)
class Walk:
    """What a walk that forgets nothing has found so far."""

    bases: set[int]
    holders: set[int]
    at_hand: int


def is_static(problem: Mapping[str, Any]) -> bool:
    """Whether no cost of the problem depends on the hour."""
    return not problem["deadline"] and all(
        point["open"] == [[0, 10_080]] and not point["not_before"] and not point["response"]
        for point in problem["points"]
    )


class Tables:
    """See the module. Points that no route can use are left out, and points of one kind stand side by side."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        """Raises `ValueError` where a cost depends on the clock, `TooLarge` where weights are not exact as floats."""
        if not is_static(problem):
            raise ValueError("a cost that depends on the clock is no weight of an arc")
        self.problem = problem
        self.policy = problem["policy"]
        self._number_codes()
        self._number_places()
        self._number_points()
        self._number_links()
        self._choose_spans()
        self.binding = self._predecessors("hard")
        live, walk = self._reach()
        self.binding = self._predecessors("hard", "soft", reached=walk.at_hand)
        self._keep(live)
        self._weigh_hands(live, sorted(walk.holders))
        self._weigh_ways()

    # numbering

    def _number_codes(self) -> None:
        problem = self.problem
        graph: dict[str, set[str]] = {code: set() for code in sorted(problem["codes"])}
        for before, after, _ in problem["precedence"]:
            graph[after].add(before)
        self.codes = list(TopologicalSorter(graph).static_order())
        others = {*problem["already_has"], *problem["before_border"]}
        others.update(*(point["requires"] for point in problem["points"]))
        names = [*self.codes, *sorted(others - {*self.codes})]
        self.bit = {name: 1 << number for number, name in enumerate(names)}
        kinds = problem["codes"]
        self.stay, self.case, self.ret = (
            self.mask(code for code in self.codes if kinds[code] == kind) for kind in ("stay", "case", "return")
        )
        self.border = self.mask(problem["before_border"])
        self.at_start = self.mask(problem["already_has"])
        edges = [(before, after) for before, after, _ in problem["precedence"]]
        self.next_bed = {
            self.bit[bed]: self.mask(after for before, after in edges if before == bed) & self.stay
            for bed in self.codes
            if kinds[bed] == "stay"
        }

    def mask(self, codes: Iterable[str]) -> int:
        """The bits of some codes."""
        bits = 0
        for code in codes:
            bits |= self.bit[code]
        return bits

    def _predecessors(self, *strengths: str, reached: int = 0) -> list[int]:
        """For each code, the bits of what must come first; over a soft edge only what is needed and within reach."""
        before = [0] * len(self.codes)
        for first, then, strength in self.problem["precedence"]:
            bit = self.bit[first]
            if strength in strengths and (strength == "hard" or (first in self.problem["needed"] and bit & reached)):
                before[self.bit[then].bit_length() - 1] |= bit
        return before

    def _number_places(self) -> None:
        places = self.problem["places"]
        self.place_of = {name: number for number, name in enumerate(places)}
        countries = sorted({*places.values()})
        self.country = _column(countries.index(country) for country in places.values())
        self.minutes = np.full((len(places), len(places)), NEVER, dtype=np.int64)
        self.crossing = np.zeros_like(self.minutes)
        rows = self.problem["travel"]
        a, b = (_column(self.place_of[row[end]] for row in rows) for end in (0, 1))
        self.minutes[a, b] = self.minutes[b, a] = _column(row[2] for row in rows)
        self.crossing[a, b] = self.crossing[b, a] = _column(row[3] for row in rows)
        np.fill_diagonal(self.minutes, self.policy["same_place"])
        home = self.problem["return_to"]
        self.home = -1 if home is None else self.place_of[home]

    def _number_points(self) -> None:
        points, start = self.problem["points"], self.problem["start"]
        names = {start["holder"], *(point["receiver"] for point in points), *(point["org"] for point in points)}
        self.org_of = {name: number for number, name in enumerate(sorted(names - {None}), start=NOBODY + 1)}
        self.place = _column(self.place_of[point["place"]] for point in points)
        self.org = _column(self.org_of[point["org"]] for point in points)
        self.receiver = _column(self.org_of.get(point["receiver"], NOBODY) for point in points)
        self.remote = _column(point["remote"] for point in points) == 1
        self.grave = _column(point["caution"] for point in points)
        self.own = _column(point["duration"] + point["preference"] for point in points)
        groups: dict[tuple[int, int], list[int]] = {}
        for index, point in enumerate(points):
            groups.setdefault((self.mask(point["usable"]), self.mask(point["requires"])), []).append(index)
        self.kinds = tuple(Kind(*key, np.array(members, dtype=np.int64)) for key, members in groups.items())

    def _number_links(self) -> None:
        """Links from whoever may hold the case: from whom, to which point, points, whether over a border."""
        number = {point["id"]: index for index, point in enumerate(self.problem["points"])}
        links = [link for link in self.problem["links"] if link["from"] in self.org_of]
        self.link_from = _column(self.org_of[link["from"]] for link in links)
        self.link_to = _column(number[link["to"]] for link in links)
        self.link_points = _column(link["points"] for link in links)
        self.link_abroad = _column(link["cross_border"] for link in links) == 1

    def _choose_spans(self) -> None:
        """One more than c2, c3 and the number of arcs can be. Each step serves a new code, so these bound the steps."""
        steps = len(self.codes)
        far = int(self.minutes[self.minutes < NEVER].max(initial=0) + self.crossing.max(initial=0))
        link = int(self.link_points.max(initial=self.policy["no_link"]))
        step = 3 * far + self.policy["handover"] + link + int(self.own.max(initial=0))
        self.spans = steps * int(self.grave.max(initial=0)) + 1, steps * step + 1, steps + 2
        bits = ((sum(self.problem["needed"].values()) + 1) * math.prod(self.spans)).bit_length()
        if bits > EXACT_BITS:
            raise TooLarge(f"a weight of {bits} bits is not exact as a float")

    # what a step serves

    def serves(self, usable: int, have: int) -> int:
        """What a step at a point that offers this serves, with these codes at hand."""
        left = usable & ~have
        slept = have & self.stay
        if slept:
            ordered = 0
            for bed, following in self.next_bed.items():
                if bed & slept:
                    ordered |= following
            left &= ~self.stay | ordered
        return self._closed(left & ~self.ret, have) or self._closed(left & self.ret, have)

    def _closed(self, candidates: int, have: int) -> int:
        """The largest part in which each has all that comes first; codes are numbered in such an order."""
        got = 0
        while candidates:
            bit = candidates & -candidates
            candidates ^= bit
            if not self.binding[bit.bit_length() - 1] & ~(have | got):
                got |= bit
        return got

    def unserved(self, have: int) -> int:
        """The weight of what is needed and not at hand."""
        return sum(weight for code, weight in self.problem["needed"].items() if not self.bit[code] & have)

    def goes_home(self, bases: Numbers, have: int) -> Bools:
        """From which bases the last leg of a return can be travelled."""
        if self.home < 0:
            return np.zeros(len(bases), dtype=np.bool_)
        at_home = (self.country[bases] == self.country[self.home]) | (not self.border & ~have)
        goes: Bools = at_home & (self.minutes[bases, self.home] < NEVER)
        return goes

    # reach

    def _reach(self) -> tuple[Bools, Walk]:
        """Which points can ever be visited, and all that a walk finds that forgets nothing."""
        live, start = np.zeros(len(self.org), dtype=np.bool_), self.problem["start"]
        walk = Walk({self.place_of[start["place"]]}, {self.org_of.get(start["holder"], NOBODY)}, self.at_start)
        before: tuple[int, ...] = ()
        while before != (before := (len(walk.bases), len(walk.holders), walk.at_hand, int(live.sum()))):
            bases = np.array(sorted(walk.bases), dtype=np.int64)
            homeward = bases[self.goes_home(bases, walk.at_hand)] if self.ret else bases[:0]
            for part, lost in ((bases, self.ret), (homeward, 0)):
                if len(part):
                    self._look_around(walk, live, part, lost)
        return live, walk

    def _look_around(self, walk: Walk, live: Bools, bases: Numbers, lost: int) -> None:
        visits, moves = self._within(bases, sorted(walk.holders), walk.at_hand)
        for kind in self.kinds:
            if kind.requires & ~walk.at_hand:
                continue
            offered = kind.usable & ~lost
            near, whole = kind.at[visits[kind.at]], self._closed(offered, walk.at_hand)
            self._gain(walk, near, self._closed(offered & ~self.stay, walk.at_hand))
            live[near] = True
            if whole & self.stay:
                beds = kind.at[moves[kind.at]]
                self._gain(walk, beds, whole)
                live[beds] = True

    def _gain(self, walk: Walk, at: Numbers, codes: int) -> None:
        """Adds to the walk what these points serve."""
        if not len(at):
            return
        walk.at_hand |= codes
        if codes & self.stay:
            walk.bases.update(self.place[at].tolist())
        if codes & (self.stay | self.case):
            walk.holders.update(self.org[at].tolist())
        if codes & self.ret and self.home >= 0:
            walk.bases.add(self.home)
            walk.holders.update(self.receiver[at].tolist())

    def _within(self, bases: Numbers, holders: Sequence[int], have: int) -> tuple[Bools, Bools]:
        """Points that a visit can reach from one of the bases, and those that a transfer can."""
        at = bases[:, None]
        linked = np.zeros(len(self.org), dtype=np.bool_)
        linked[self.link_to[self.link_abroad & np.isin(self.link_from, holders)]] = True
        if self.border & ~have:
            linked &= self.remote
        enters = (self.country[at] == self.country[self.place]) | linked
        minutes = np.where(self.remote, 0, self.minutes[at, self.place])
        visits = (enters & (minutes <= self._limit("longest_visit"))).any(axis=0)
        return visits, (enters & (minutes <= self._limit("longest_transfer"))).any(axis=0)

    def _limit(self, name: str) -> int:
        limit: int | None = self.policy[name]
        return NEVER - 1 if limit is None else limit

    # weights

    def _keep(self, live: Bools) -> None:
        for name in ("place", "org", "receiver", "remote", "grave", "own"):
            setattr(self, name, getattr(self, name)[live])
        number = np.cumsum(live) - 1
        kept = (Kind(kind.usable, kind.requires, number[kind.at[live[kind.at]]]) for kind in self.kinds)
        self.kinds = tuple(kind for kind in kept if len(kind.at))
        self.own = self.own + self.grave * self.spans[1]

    def _weigh_hands(self, live: Bools, holders: Sequence[int]) -> None:
        """Handover and link points by holder and point: at home, and over a border, where a link must be."""
        self.holders = len(holders)
        self.holder_of = np.full(len(self.org_of) + 1, -1)
        self.holder_of[holders] = np.arange(len(holders))
        self.hand, self.hand_abroad = (np.full((len(holders), len(self.org)), NEVER) for _ in range(2))
        between = live[self.link_to] & (self.holder_of[self.link_from] >= 0)
        for table, counts in ((self.hand, between), (self.hand_abroad, between & self.link_abroad)):
            at = self.holder_of[self.link_from[counts]], (np.cumsum(live) - 1)[self.link_to[counts]]
            np.minimum.at(table, at, self.link_points[counts])
        self.hand[self.hand == NEVER] = self.policy["no_link"]
        same = self.org == np.array(holders)[:, None]
        for table in (self.hand, self.hand_abroad):
            table[table < NEVER] += self.policy["handover"]
            table[same & (table < NEVER)] = 0

    def _weigh_ways(self) -> None:
        """What a visit and a transfer travel from every place."""
        self.abroad = self.country[:, None] != self.country[self.place]
        minutes = np.where(self.remote, 0, self.minutes[:, self.place])
        way = minutes + np.where(self.remote, 0, self.crossing[:, self.place])
        self.visit_way = np.where(minutes <= self._limit("longest_visit"), 2 * way, NEVER)
        self.bed_way = np.where(minutes <= self._limit("longest_transfer"), way, NEVER)

    def site(self, base: Any, org: Any) -> Any:
        """A base and the organization that holds the case as one number, or arrays of them."""
        return base * self.holders + self.holder_of[org]

    def weights(self, sites: Numbers, at: Numbers, way: Numbers, have: int) -> Numbers:
        """The weight of a step from each site to each of the points; `NEVER` or more where it is not allowed."""
        base, holder = (part[:, None] for part in np.divmod(sites, self.holders))
        hand, abroad = self.hand[holder, at], self.abroad[base, at]
        if abroad.any():
            hand = np.where(abroad, self.hand_abroad[holder, at], hand)
            if self.border & ~have:
                hand[abroad & ~self.remote[at]] = NEVER
        weighed: Numbers = way[base, at] + self.own[at] + hand
        return weighed


def _column(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int64)
