"""A second exact solver, for problems of up to a few hundred points: labels with Pareto dominance, no bounds.

Codes are bits, points and places are numbers. Every step serves something new, so a label's successors have
more codes at hand: labels are settled in the order of how much they have, and each state only once.
Section numbers are those of the engine's specification.
"""

from __future__ import annotations

from collections import defaultdict
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from .model import Problem, answer, parse

NOBODY = -1


class State(NamedTuple):
    """What decides how a route may go on: base and holder (numbers) and codes at hand (bits)."""

    base: int
    holder: int
    have: int


class Rank(NamedTuple):
    """What a partial route has cost so far without the clock, and its tie-break (section 4)."""

    missed: int
    grave: int
    burden: int
    steps: int
    weights: tuple[int, ...]
    points: tuple[int, ...]


class Label(NamedTuple):
    """One partial route that ends in some state."""

    clock: int
    rank: Rank


class Move(NamedTuple):
    """A step as seen from one state; all of it is the same for every label there."""

    point: int
    serves: int
    there: int
    after: int
    burden: int
    to: State


class Plan(NamedTuple):
    """A whole route with its cost."""

    cost: tuple[int, int, int, int]
    points: tuple[int, ...]


class Tables:
    """The problem as numbers; points keep the order of their ids, so comparing numbers compares ids."""

    def __init__(self, problem: Problem) -> None:
        """Number everything in an order that the rows of the file do not decide."""
        self.problem = problem
        self.points = problem.points
        self._number_codes()
        self._number_places()
        self._number_points()
        self.limits = (problem.policy.longest_visit, problem.policy.longest_transfer)

    def _number_codes(self) -> None:
        problem = self.problem
        graph: dict[str, set[str]] = {code: set() for code in sorted(problem.kinds)}
        for before, after in problem.hard + problem.soft:
            graph[after].add(before)
        self.codes = list(TopologicalSorter(graph).static_order())
        self.bit = {code: 1 << number for number, code in enumerate(self.codes)}
        others = set(problem.already_has) | problem.before_border
        others.update(*(point.requires for point in self.points))
        for code in sorted(others - set(self.codes)):
            self.bit[code] = 1 << len(self.bit)
        self.stay = self.mask(problem.stay_codes)
        self.ret = self.mask(problem.return_codes)
        self.case = self.mask(problem.case_codes)
        self.border = self.mask(problem.before_border)
        self.weight = [problem.needed.get(code, 0) for code in self.codes]
        self.deadlines = [(self.bit[code], limit) for code, limit in problem.deadline.items()]
        self.next_bed = {
            self.bit[bed]: self.mask(b for a, b in problem.hard + problem.soft if a == bed) & self.stay
            for bed in problem.stay_codes
        }

    def _number_places(self) -> None:
        problem = self.problem
        names = sorted(problem.country)
        self.place_number = {name: number for number, name in enumerate(names)}
        self.country = [problem.country[name] for name in names]
        self.leg = [[problem.travel(a, b) for b in names] for a in names]
        self.return_to = None if problem.return_to is None else self.place_number[problem.return_to]

    def _number_points(self) -> None:
        problem = self.problem
        names: set[str] = {point.org for point in self.points}
        names |= {point.receiver for point in self.points if point.receiver is not None}
        names |= {problem.holder} if problem.holder is not None else set()
        self.org_names = sorted(names)
        self.org_number = {name: number for number, name in enumerate(self.org_names)}
        self.place = [self.place_number[point.place] for point in self.points]
        self.org = [self.org_number[point.org] for point in self.points]
        self.receiver = [self.org_or_nobody(point.receiver) for point in self.points]
        self.usable = [self.mask(point.usable) for point in self.points]
        self.requires = [self.mask(point.requires) for point in self.points]
        self.link_points: dict[tuple[int, int], int] = {}
        self.border_points: dict[tuple[int, int], int] = {}
        number = {point.id: index for index, point in enumerate(self.points)}
        for (name, point_id), links in problem.links.items():
            if name not in self.org_number or point_id not in number:
                continue
            key = (self.org_number[name], number[point_id])
            self.link_points[key] = min(link.points for link in links)
            at_border = [link.points for link in links if link.cross_border]
            if at_border:
                self.border_points[key] = min(at_border)

    def mask(self, codes: Any) -> int:
        """The bits of some codes."""
        bits = 0
        for code in codes:
            bits |= self.bit[code]
        return bits

    def org_or_nobody(self, name: str | None) -> int:
        """The number of an organization."""
        return NOBODY if name is None else self.org_number[name]

    def within(self, minutes: int, transfer: bool) -> bool:
        """Is a leg within the policy's limit? (section 3)"""
        limit = self.limits[transfer]
        return limit is None or minutes <= limit

    def returns_from(self, base: int, have: int) -> bool:
        """May the third leg of a return be travelled from here? (section 3)"""
        home = self.return_to
        if home is None or self.leg[base][home] is None:
            return False
        return self.country[base] == self.country[home] or not self.border & ~have

    def start(self) -> State:
        """Section 3: where a route starts."""
        problem = self.problem
        holder = self.org_or_nobody(problem.holder)
        return State(self.place_number[problem.place], holder, self.mask(problem.already_has))


def grow(candidates: int, have: int, before: list[int]) -> int:
    """The largest closed subset: codes come in topological order, so one pass upwards decides each."""
    got = 0
    left = candidates
    while left:
        bit = left & -left
        left ^= bit
        if not before[bit.bit_length() - 1] & ~(have | got):
            got |= bit
    return got


def predecessors(tables: Tables, edges: list[tuple[str, str]]) -> list[int]:
    """For each code by number, the bits of what must come before it."""
    before = [0] * len(tables.codes)
    for a, b in edges:
        before[tables.codes.index(b)] |= tables.bit[a]
    return before


class Reach:
    """Section 2.6: what can be reached at all when nothing is forgotten."""

    def __init__(self, tables: Tables, pool: list[int]) -> None:
        """Walk until nothing new appears."""
        self.tables = tables
        self.before = predecessors(tables, list(tables.problem.hard))
        start = tables.start()
        self.bases = {start.base}
        self.holders = {start.holder}
        self.have = start.have
        state: tuple[int, int, int] | None = None
        while state != (len(self.bases), len(self.holders), self.have):
            state = (len(self.bases), len(self.holders), self.have)
            for point in pool:
                if not tables.requires[point] & ~self.have:
                    for base in list(self.bases):
                        self._visit(point, base)

    def _enters(self, point: int, base: int) -> bool:
        tables = self.tables
        if tables.country[tables.place[point]] == tables.country[base]:
            return True
        if tables.border & ~self.have and not tables.points[point].remote:
            return False
        return any((holder, point) in tables.border_points for holder in self.holders)

    def _visit(self, point: int, base: int) -> None:
        tables = self.tables
        if not self._enters(point, base):
            return
        offered = tables.usable[point]
        if not tables.returns_from(base, self.have):
            offered &= ~tables.ret
        if tables.points[point].remote:
            self._gain(point, grow(offered, self.have, self.before))
            return
        leg = tables.leg[base][tables.place[point]]
        if leg is None:
            return
        whole = grow(offered, self.have, self.before)
        part = grow(offered & ~tables.stay, self.have, self.before)
        if tables.within(leg[0], transfer=False):
            self._gain(point, part)
        if whole & tables.stay and tables.within(leg[0], transfer=True):
            self._gain(point, whole)

    def _gain(self, point: int, codes: int) -> None:
        tables = self.tables
        self.have |= codes
        if codes & tables.stay:
            self.bases.add(tables.place[point])
        if codes & (tables.stay | tables.case):
            self.holders.add(tables.org[point])
        if codes & tables.ret and tables.return_to is not None:
            self.bases.add(tables.return_to)
            self.holders.add(tables.receiver[point])


class Search:
    """One run over a pool of points (section 5: reach and soft edges are decided anew)."""

    def __init__(self, tables: Tables, pool: list[int]) -> None:
        """Decide which edges bind in this run."""
        self.tables = tables
        self.pool = pool
        problem = tables.problem
        reached = Reach(tables, pool).have
        soft = [(a, b) for a, b in problem.soft if a in problem.needed and tables.bit[a] & reached]
        self.before = predecessors(tables, [*problem.hard, *soft])
        self._offers: dict[int, dict[int, int]] = {}

    def serves(self, point: int, have: int) -> int:
        """Section 3, what a step serves."""
        tables = self.tables
        left = tables.usable[point] & ~have
        slept = have & tables.stay
        if slept:
            ordered = 0
            for bed, following in tables.next_bed.items():
                if bed & slept:
                    ordered |= following
            left &= ~tables.stay | ordered
        return grow(left & ~tables.ret, have, self.before) or grow(left & tables.ret, have, self.before)

    def offers(self, have: int) -> dict[int, int]:
        """What each point of the pool would serve now, for those that serve anything and ask nothing more."""
        found = self._offers.get(have)
        if found is None:
            found = {}
            for point in self.pool:
                if not self.tables.requires[point] & ~have:
                    codes = self.serves(point, have)
                    if codes:
                        found[point] = codes
            self._offers[have] = found
        return found

    def move(self, state: State, point: int, codes: int) -> Move | None:
        """Section 3: the step as a move, or None where it is not allowed."""
        tables = self.tables
        row = tables.points[point]
        place = tables.place[point]
        abroad = tables.country[place] != tables.country[state.base]
        known = (tables.border_points if abroad else tables.link_points).get((state.holder, point))
        if abroad and (known is None or (not row.remote and tables.border & ~state.have)):
            return None
        transfer = bool(codes & tables.stay)
        there = after = crossing = 0
        if not row.remote:
            leg = tables.leg[state.base][place]
            if leg is None or not tables.within(leg[0], transfer):
                return None
            there, crossing = leg
            if not transfer:
                after, crossing = there, 2 * crossing
        base, holder = state.base, state.holder
        if transfer:
            base, holder = place, tables.org[point]
        elif codes & tables.ret:
            if not tables.returns_from(state.base, state.have):
                return None
            base, holder = tables.return_to or 0, tables.receiver[point]
            third = tables.leg[state.base][base] or (0, 0)
            after += third[0]
            crossing += third[1]
        elif codes & tables.case:
            holder = tables.org[point]
        burden = crossing + row.preference
        if tables.org[point] != state.holder:
            policy = tables.problem.policy
            burden += policy.handover + (policy.no_link if known is None else known)
        return Move(point, codes, there, after, burden, State(base, holder, state.have | codes))

    def extend(self, label: Label, move: Move) -> Label:
        """Section 3, the clock; section 4, the cost so far."""
        tables = self.tables
        row = tables.points[move.point]
        ready = max(label.clock + move.there, label.clock + row.response, row.not_before)
        start = tables.problem.next_open(row, ready)
        old = label.rank
        rank = Rank(
            old.missed + sum(1 for bit, limit in tables.deadlines if bit & move.serves and start > limit),
            old.grave + row.caution,
            old.burden + move.burden,
            old.steps + 1,
            (*old.weights, -self.weight_of(move.serves)),
            (*old.points, move.point),
        )
        return Label(start + row.duration + move.after, rank)

    def weight_of(self, codes: int) -> int:
        """The weight of the needed codes among these."""
        return sum(weight for number, weight in enumerate(self.tables.weight) if codes >> number & 1)

    def best(self) -> Plan:
        """The best route of the run; the empty one is among them."""
        tables = self.tables
        first = tables.start()
        layers: list[dict[State, list[Label]]] = [defaultdict(list) for _ in range(len(tables.codes) + 1)]
        layers[0][first] = [Label(0, Rank(0, 0, 0, 0, (), ()))]
        champion: tuple[Any, ...] | None = None
        for layer in layers:
            for state, front in layer.items():
                for label in front:
                    final = self._final(state, label)
                    champion = final if champion is None else min(champion, final)
                self._settle(state, front, layers, first.have)
            layer.clear()
        assert champion is not None
        return Plan(champion[0], champion[-1])

    def _settle(self, state: State, front: list[Label], layers: list[dict[State, list[Label]]], owned: int) -> None:
        for point, codes in self.offers(state.have).items():
            move = self.move(state, point, codes)
            if move is None:
                continue
            target = layers[(move.to.have & ~owned).bit_count()][move.to]
            for label in front:
                keep(target, self.extend(label, move))

    def cost_of(self, have: int, label: Label) -> tuple[int, int, int, int]:
        """Section 4: (c0, c1, c2, c3) of a route that ends here."""
        unserved = self.weight_of(~have)
        missed = label.rank.missed + sum(1 for bit, _ in self.tables.deadlines if not bit & have)
        return unserved, missed, label.rank.grave, label.rank.burden + label.clock

    def _final(self, state: State, label: Label) -> tuple[Any, ...]:
        rank = label.rank
        return self.cost_of(state.have, label), rank.steps, rank.weights, rank.points

    def trace(self, points: list[int]) -> tuple[list[int], tuple[int, int, int, int]] | None:
        """Walk given points: what each step served, and the whole cost; None where a step is not allowed."""
        state = self.tables.start()
        label = Label(0, Rank(0, 0, 0, 0, (), ()))
        served = []
        for point in points:
            codes = self.offers(state.have).get(point, 0)
            move = self.move(state, point, codes) if codes else None
            if move is None:
                return None
            label = self.extend(label, move)
            state = move.to
            served.append(codes)
        return served, self.cost_of(state.have, label)

    def needed_of(self, served: list[int]) -> list[int]:
        """Step by step the needed codes among those served."""
        needed = self.tables.mask(self.tables.problem.needed)
        return [codes & needed for codes in served]

    def substitutes(self, points: tuple[int, ...], position: int) -> list[int]:
        """Section 5, backups of one step."""
        original = self.trace(list(points))
        assert original is not None
        ranked = []
        for other in self.pool:
            if other == points[position]:
                continue
            outcome = self.trace([*points[:position], other, *points[position + 1 :]])
            if outcome is not None and self.needed_of(outcome[0]) == self.needed_of(original[0]):
                ranked.append((outcome[1], other))
        ranked.sort()
        return [other for _, other in ranked[:2]]


def keep(front: list[Label], new: Label) -> None:
    """Section 4, dominance: not a later clock and not a larger rank (which includes the tie) replaces."""
    clock, rank = new
    for other in front:
        if other.clock <= clock and other.rank <= rank:
            return
    front[:] = [other for other in front if clock > other.clock or rank > other.rank]
    front.append(new)


def solve(data: dict[str, Any]) -> dict[str, Any]:
    """All routes of a `referral-problem/1` with their backups, as a `referral-answer/1` (section 5)."""
    tables = Tables(parse(data))
    pool = list(range(len(tables.points)))
    routes: list[dict[str, Any]] = []
    for _ in range(tables.problem.k):
        search = Search(tables, pool)
        plan = search.best()
        if not plan.points:
            break
        positions = range(len(plan.points))
        routes.append(
            {
                "steps": [tables.points[point].id for point in plan.points],
                "cost": list(plan.cost),
                "backups": [
                    [tables.points[other].id for other in search.substitutes(plan.points, position)]
                    for position in positions
                ],
            }
        )
        key = _key_provider(search, plan)
        pool = [point for point in pool if tables.org[point] != key]
    return answer(routes)


def _key_provider(search: Search, plan: Plan) -> int:
    tables = search.tables
    walked = search.trace(list(plan.points))
    assert walked is not None
    for point, codes in zip(plan.points, walked[0], strict=True):
        if codes & tables.stay:
            return tables.org[point]
    return tables.org[plan.points[0]]
