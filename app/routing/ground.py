"""The ground of one search: a problem compiled to bits and tables, and the questions that a walk on it asks.

One `Ground` belongs to one run: it knows which points are left out, what is within reach, and therefore which soft
edges bind (engine, sections 2.2 and 2.6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.routing.problem import WEEK, ProblemPoint, SearchProblem, Spans

NEVER = 1 << 60


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A point with its codes as bits."""

    id: str
    org: str
    place: str
    country: str
    usable: int
    requires: int
    remote: bool
    receiver: str | None
    response: int
    duration: int
    not_before: int
    caution: int
    preference: int
    open: Spans = field(repr=False)
    week_minute: int = field(repr=False)

    def next_open(self, minute: int) -> int:
        """The first minute, `minute` or later, that lies inside the weekly schedule, which repeats for ever."""
        at = (self.week_minute + minute) % WEEK
        for begin, end in self.open:
            if at < end:
                return minute + max(0, begin - at)
        return minute + WEEK - at + self.open[0][0]


@dataclass(frozen=True, slots=True)
class Legs:
    """Minutes before the start and after the visit, crossing points of all legs, and the minutes leg by leg."""

    there: int
    after: int
    crossings: int
    minutes: tuple[int, ...]


class Ground:
    """See the module. Read-only from outside; what is asked often is remembered for the length of the run."""

    def __init__(self, problem: SearchProblem, *, without: frozenset[str] = frozenset()) -> None:
        self.problem = problem
        order = sorted(set(problem.codes) | set(problem.already_has) | _named(problem))
        self._bit = {code: 1 << i for i, code in enumerate(order)}
        self._order = tuple(order)
        self.needed = self.bits(problem.needed)
        self.at_start = self.bits(problem.already_has)
        self.stays = self._of_kind("stay")
        self.returns = self._of_kind("return")
        self.cases = self._of_kind("case")
        self._before_border = self.bits(problem.before_border)
        self._weights = {self._bit[code]: weight for code, weight in problem.needed.items()}
        self._weighed: dict[int, int] = {}
        self._deadlines = {self._bit[c]: m for c, m in problem.deadline.items() if c in problem.needed}
        self._hard = self._predecessors(hard_only=True)
        self.after_stay = {bit: self._followers(bit) for bit in self.split(self.stays)}
        self._travel = dict(problem.travel) | {(b, a): way for (a, b), way in problem.travel.items()}
        self._links = self._best_links()
        self.rows = tuple(self._row(p) for p in problem.points if p.org not in without)
        self.reach = self._reach()
        self.binding = self._predecessors(hard_only=False)
        self._served: dict[tuple[int, int], int] = {}

    # codes

    def bits(self, codes: Iterable[str]) -> int:
        """The codes as bits."""
        return sum(self._bit[code] for code in set(codes))

    def names(self, bits: int) -> tuple[str, ...]:
        """The codes of the bits, sorted."""
        return tuple(code for code in self._order if self._bit[code] & bits)

    def weight_of(self, bits: int) -> int:
        """Points of the needed codes among the bits."""
        bits &= self.needed
        if bits not in self._weighed:
            self._weighed[bits] = sum(weight for bit, weight in self._weights.items() if bit & bits)
        return self._weighed[bits]

    def windows_of(self, bits: int) -> int:
        """How many of the codes have a deadline."""
        return sum(1 for bit in self._deadlines if bit & bits)

    def late(self, bits: int, start: int) -> int:
        """How many of the codes have a deadline before `start`."""
        return sum(1 for bit, deadline in self._deadlines.items() if bit & bits and start > deadline)

    def split(self, bits: int) -> Iterable[int]:
        """Each bit alone, lowest first."""
        while bits:
            low = bits & -bits
            yield low
            bits ^= low

    def _of_kind(self, kind: str) -> int:
        return self.bits(code for code, its_kind in self.problem.codes.items() if its_kind == kind)

    def _predecessors(self, *, hard_only: bool) -> dict[int, int]:
        """For each code the codes that must be at hand or served with it; soft ones only while needed and in reach."""
        before: dict[int, int] = {}
        for edge in self.problem.precedence:
            bit = self._bit[edge.before]
            if edge.hard or (not hard_only and bit & self.needed & self.reach):
                before[self._bit[edge.after]] = before.get(self._bit[edge.after], 0) | bit
        return before

    def _followers(self, stay: int) -> int:
        """The stay codes to which an edge leads from this one: the rules order two beds."""
        edges = self.problem.precedence
        return self.bits(e.after for e in edges if self._bit[e.before] == stay) & self.stays

    @staticmethod
    def closed(candidates: int, at_hand: int, before: Mapping[int, int]) -> int:
        """The largest part of the candidates whose every predecessor is at hand or in that part."""
        while True:
            kept = candidates
            for bit, needs in before.items():
                if bit & kept and needs & ~(at_hand | kept):
                    kept &= ~bit
            if kept == candidates:
                return kept
            candidates = kept

    # what a step serves

    def serves(self, at_hand: int, row: Row) -> int:
        """The codes that a step at the row serves now, as bits; a return stands alone (engine, section 3)."""
        key = (at_hand, row.usable)
        if key not in self._served:
            open_now = row.usable & ~at_hand & ~self._second_beds(at_hand)
            served = self.closed(open_now & ~self.returns, at_hand, self.binding)
            self._served[key] = served or self.closed(open_now & self.returns, at_hand, self.binding)
        return self._served[key]

    def _second_beds(self, at_hand: int) -> int:
        """The stay codes that may not be served any more, since there has been a bed and no edge leads on to them."""
        had = at_hand & self.stays
        if not had:
            return 0
        allowed = 0
        for bit in self.split(had):
            allowed |= self.after_stay[bit]
        return self.stays & ~allowed

    # how one gets there

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """(minutes, crossing points) of the way from `a` to `b`; `None` when there is none."""
        return (self.problem.limits.same_place, 0) if a == b else self._travel.get((a, b))

    def may_enter(self, base: str, holder: str | None, at_hand: int, row: Row) -> bool:
        """Whether the step stays in the country, or may leave it: a link that satisfies H30, and what a border asks."""
        if row.country == self.problem.places[base]:
            return True
        if self._links.get((holder, row.id, True)) is None:
            return False
        return row.remote or not self._before_border & ~at_hand

    def legs(self, base: str, at_hand: int, row: Row, serves: int) -> Legs | None:
        """The legs of the step, or `None` when there is no way within the limits."""
        home = self.way_home(base, at_hand) if serves & self.returns else None
        if serves & self.returns and home is None:
            return None
        third = home or (0, 0)
        onward = (third[0],) if home else ()
        if row.remote:
            return Legs(0, third[0], third[1], onward)
        way = self.between(base, row.place)
        limits = self.problem.limits
        limit = limits.longest_transfer if serves & self.stays else limits.longest_visit
        if way is None or (limit is not None and way[0] > limit):
            return None
        if serves & self.stays:
            return Legs(way[0], 0, way[1], (way[0],))
        return Legs(way[0], way[0] + third[0], 2 * way[1] + third[1], (way[0], way[0], *onward))

    def way_home(self, base: str, at_hand: int) -> tuple[int, int] | None:
        """(minutes, crossing points) of the last leg of a return from that base; `None` when it is not allowed."""
        to = self.problem.return_to
        if to is None:
            return None
        places = self.problem.places
        if places[to] != places[base] and self._before_border & ~at_hand:
            return None
        return self.between(base, to)

    def moves_to(self, base: str, holder: str | None, row: Row, serves: int) -> tuple[str, str | None]:
        """The base and the holder after the step."""
        if serves & self.stays:
            return row.place, row.org
        if serves & self.returns:
            assert self.problem.return_to is not None
            return self.problem.return_to, row.receiver
        return base, row.org if serves & self.cases else holder

    def handover(self, base: str, holder: str | None, row: Row) -> tuple[int, int]:
        """(handover points, link points) of going to the row; both 0 when its organization holds the case already."""
        if row.org == holder:
            return 0, 0
        abroad = row.country != self.problem.places[base]
        link = self._links.get((holder, row.id, abroad))
        limits = self.problem.limits
        return limits.handover, limits.no_link if link is None else link

    def link_points(self, row: Row) -> list[int]:
        """Points of every link that leads to the row, from whomever."""
        return [link.points for link in self.problem.links if link.to == row.id]

    def _best_links(self) -> dict[tuple[str | None, str, bool], int]:
        """Fewest points from a holder to a point, by whether it leads abroad, where only links under H30 count."""
        best: dict[tuple[str | None, str, bool], int] = {}
        for link in self.problem.links:
            for abroad in (False, True) if link.cross_border else (False,):
                key = (link.from_org, link.to, abroad)
                best[key] = min(link.points, best.get(key, NEVER))
        return best

    def _row(self, point: ProblemPoint) -> Row:
        return Row(
            id=point.id,
            org=point.org,
            place=point.place,
            country=self.problem.places[point.place],
            usable=self.bits(point.usable),
            requires=self.bits(point.requires),
            remote=point.remote,
            receiver=point.receiver,
            response=point.response,
            duration=point.duration,
            not_before=point.not_before,
            caution=point.caution,
            preference=point.preference,
            open=point.open,
            week_minute=self.problem.week_minute,
        )

    # reach

    def _reach(self) -> int:
        """Every code that some walk could serve, forgetting nothing (engine, section 2.6)."""
        bases, holders = {self.problem.start_place}, {self.problem.start_holder}
        return self.walk(bases, holders, self.at_start, before=self._hard, among=-1)

    def walk(
        self, bases: set[str], holders: set[str | None], at_hand: int, *, before: Mapping[int, int], among: int
    ) -> int:
        """The codes at hand after a walk that forgets nothing: bases, holders and codes once reached stay reached.

        Args:
            bases: Where the walk begins; the bases that it reaches are added.
            holders: Who may hold the case; those who may come to hold it are added.
            at_hand: Codes at hand at the beginning.
            before: For each code those that bind it.
            among: Only these codes are served.
        """
        rows = [row for row in self.rows if row.usable & among]
        seen = None
        while seen != (len(bases), len(holders), at_hand):
            seen = (len(bases), len(holders), at_hand)
            for row in rows:
                if not row.requires & ~at_hand:
                    at_hand |= self._walk_in(row, bases, holders, at_hand, before, row.usable & among)
        return at_hand

    def _walk_in(
        self,
        row: Row,
        bases: set[str],
        holders: set[str | None],
        at_hand: int,
        before: Mapping[int, int],
        usable: int,
    ) -> int:
        """What the row adds to the codes at hand from any base and holder reached; adds the bases and holders too."""
        added = 0
        for base in tuple(bases):
            if self.problem.places[base] != row.country and not any(
                self.may_enter(base, holder, at_hand, row) for holder in holders
            ):
                continue
            home = usable & self.returns and self.way_home(base, at_hand) is not None
            offered = usable if home else usable & ~self.returns
            with_bed = self.closed(offered, at_hand, before)
            if with_bed & self.stays and self.is_near(base, row, as_transfer=True):
                bases.add(row.place)
                holders.add(row.org)
                added |= with_bed
            if self.is_near(base, row, as_transfer=False):
                added |= self.closed(offered & ~self.stays, at_hand, before)
            if added & self.returns and home:
                bases.add(self.problem.return_to or base)
                holders.add(row.receiver)
        if added & self.cases:
            holders.add(row.org)
        return added

    def is_near(self, base: str, row: Row, *, as_transfer: bool) -> bool:
        """Whether the row is within the longest transfer, or the longest visit; a remote point always is."""
        if row.remote:
            return True
        way, limits = self.between(base, row.place), self.problem.limits
        limit = limits.longest_transfer if as_transfer else limits.longest_visit
        return way is not None and (limit is None or way[0] <= limit)


def _named(problem: SearchProblem) -> set[str]:
    """Codes that only a door or a border asks for; they may be served by nobody, and must still have a bit."""
    return {code for point in problem.points for code in point.requires} | set(problem.before_border)
