"""The ground of one run: the rules of moving on, over the points that the run may use.

One `Ground` belongs to one run: it knows which points are left out, what is within reach, and therefore which soft
edges bind (engine, sections 2.2 and 2.6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.routing.field import NEVER, Field, Row


@dataclass(frozen=True, slots=True)
class Legs:
    """Minutes before the start and after the visit, crossing points of all legs, and the minutes leg by leg."""

    there: int
    after: int
    crossings: int
    minutes: tuple[int, ...]


class Order:
    """The codes of a problem as bits, and what its edges say about them. Belongs to the field, not to a run."""

    def __init__(self, field: Field) -> None:
        frame = field.frame
        self._bit = field.bit
        self._named = sorted(field.bit.items())
        self._edges = tuple((self._bit[e.before], self._bit[e.after], e.hard) for e in frame.precedence)
        self.needed = self.bits(frame.needed)
        self.unlocking = self.bits(frame.unlocking)
        self.at_start = self.bits(frame.already_has)
        self.stays = self._of_kind(frame.codes, "stay")
        self.returns = self._of_kind(frame.codes, "return")
        self.cases = self._of_kind(frame.codes, "case")
        self.before_border = self.bits(frame.before_border)
        self.hard = self.binding(0)
        self.after_stay = {bit: self._followers(bit) for bit in split(self.stays)}
        self.deadlines = {self._bit[c]: m for c, m in frame.deadline.items() if c in frame.needed}
        self._weights = {self._bit[code]: weight for code, weight in frame.needed.items()}
        self._weighed: dict[int, int] = {}

    def bits(self, codes: Iterable[str]) -> int:
        """The codes as bits."""
        return sum(self._bit[code] for code in set(codes))

    def names(self, bits: int) -> tuple[str, ...]:
        """The codes of the bits, sorted."""
        return tuple(code for code, bit in self._named if bit & bits)

    def weight_of(self, bits: int) -> int:
        """Points of the needed codes among the bits."""
        bits &= self.needed
        if bits not in self._weighed:
            self._weighed[bits] = sum(weight for bit, weight in self._weights.items() if bit & bits)
        return self._weighed[bits]

    def windows_of(self, bits: int) -> int:
        """How many of the codes have a deadline."""
        return sum(1 for bit in self.deadlines if bit & bits)

    def late(self, bits: int, start: int) -> int:
        """How many of the codes have a deadline before `start`."""
        return sum(1 for bit, deadline in self.deadlines.items() if bit & bits and start > deadline)

    def binding(self, reach: int) -> dict[int, int]:
        """For each code those that must be at hand or served with it: soft edges bind while needed and in reach."""
        before: dict[int, int] = {}
        for first, then, hard in self._edges:
            if hard or first & self.needed & reach:
                before[then] = before.get(then, 0) | first
        return before

    def led_to(self, beds: int) -> int:
        """The stay codes to which edges lead from these, in one step or several."""
        seen, todo = 0, beds
        while todo:
            follows = 0
            for bit in split(todo):
                follows |= self.after_stay[bit]
            todo = follows & ~seen
            seen |= follows
        return seen

    def second_beds(self, at_hand: int) -> int:
        """The stay codes that may not be served any more, since there has been a bed and no edge leads on to them."""
        had = at_hand & self.stays
        if not had:
            return 0
        allowed = 0
        for bit in split(had):
            allowed |= self.after_stay[bit]
        return self.stays & ~allowed

    def _of_kind(self, codes: Mapping[str, str], kind: str) -> int:
        return self.bits(code for code, its_kind in codes.items() if its_kind == kind)

    def _followers(self, stay: int) -> int:
        followers = 0
        for first, then, _ in self._edges:
            followers |= then if first == stay else 0
        return followers & self.stays


def split(bits: int) -> Iterable[int]:
    """Each bit alone, lowest first."""
    while bits:
        low = bits & -bits
        yield low
        bits ^= low


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


class Ground:
    """See the module. Read-only from outside; what is asked often is remembered for the length of the run."""

    def __init__(self, field: Field, order: Order, rows: Sequence[Row], reach: int) -> None:
        self.field = field
        self.order = order
        self.rows = tuple(rows)
        self.alike: dict[tuple[int, int], list[Row]] = {}
        """The rows by what is usable there and what they require."""
        for row in rows:
            self.alike.setdefault((row.usable, row.requires), []).append(row)
        self.reach = reach
        self.binding = order.binding(reach)
        self.limits = field.frame.limits
        self._served: dict[tuple[int, int], int] = {}
        self._ways: dict[tuple[str, str], tuple[int, int] | None] = {}

    def on(self, rows: Sequence[Row]) -> "Ground":
        """The same ground with these rows alone; reach and edges stay as they are."""
        return Ground(self.field, self.order, rows, self.reach)

    # what a step serves

    def serves(self, at_hand: int, row: Row) -> int:
        """The codes that a step at the row serves now, as bits; a return stands alone (engine, section 3)."""
        return self.served(at_hand, row.usable)

    def served(self, at_hand: int, usable: int) -> int:
        """The same for any point with these usable codes."""
        key = (at_hand, usable)
        if key not in self._served:
            order = self.order
            open_now = usable & ~at_hand & ~order.second_beds(at_hand)
            served = closed(open_now & ~order.returns, at_hand, self.binding)
            self._served[key] = served or closed(open_now & order.returns, at_hand, self.binding)
        return self._served[key]

    # how one gets there

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """(minutes, crossing points) of the way from `a` to `b`; `None` when there is none."""
        if a == b:
            return self.limits.same_place, 0
        key = (a, b)
        if key not in self._ways:
            self._ways[key] = self.field.ways.between(a, b)
        return self._ways[key]

    def may_enter(self, base: str, holder: str | None, at_hand: int, row: Row) -> bool:
        """Whether the step stays in the country, or may leave it: a link that satisfies H30, and what a border asks."""
        if row.country == self.country(base):
            return True
        if row.number >= self.field.real:
            return self.field.open_borders
        if row.number not in self.field.links:
            return False
        if self._link(holder, row, abroad=True) is None:
            return False
        return row.remote or not self.order.before_border & ~at_hand

    def country(self, place: str) -> str:
        """The country of a place where somebody may stay."""
        return self.field.frame.places[place]

    def legs(self, base: str, at_hand: int, row: Row, serves: int) -> Legs | None:
        """The legs of the step, or `None` when there is no way within the limits."""
        returns = serves & self.order.returns
        home = self.way_home(base, at_hand) if returns else None
        if returns and home is None:
            return None
        third = home or (0, 0)
        onward = (third[0],) if home else ()
        if row.remote:
            return Legs(0, third[0], third[1], onward)
        way = self.between(base, row.place)
        stays = serves & self.order.stays
        limit = self.limits.longest_transfer if stays else self.limits.longest_visit
        if way is None or (limit is not None and way[0] > limit):
            return None
        if stays:
            return Legs(way[0], 0, way[1], (way[0],))
        return Legs(way[0], way[0] + third[0], 2 * way[1] + third[1], (way[0], way[0], *onward))

    def way_home(self, base: str, at_hand: int) -> tuple[int, int] | None:
        """(minutes, crossing points) of the last leg of a return from that base; `None` when it is not allowed."""
        to = self.field.frame.return_to
        if to is None:
            return None
        if self.country(to) != self.country(base) and self.order.before_border & ~at_hand:
            return None
        return self.between(base, to)

    def moves_to(self, base: str, holder: str | None, row: Row, serves: int) -> tuple[str, str | None]:
        """The base and the holder after the step."""
        if serves & self.order.stays:
            return row.place, row.org
        if serves & self.order.returns:
            assert self.field.frame.return_to is not None
            return self.field.frame.return_to, row.receiver
        return base, row.org if serves & self.order.cases else holder

    def handover(self, base: str, holder: str | None, row: Row) -> tuple[int, int]:
        """(handover points, link points) of going to the row; both 0 when its organization holds the case already."""
        if row.org == holder:
            return 0, 0
        link = self._link(holder, row, abroad=row.country != self.country(base))
        return self.limits.handover, self.limits.no_link if link is None else link

    def _link(self, holder: str | None, row: Row, *, abroad: bool) -> int | None:
        """Fewest points of the links from the holder to the row; abroad only those count that satisfy H30."""
        links = self.field.links.get(row.number, ())
        found = [points for org, points, cross in links if org == holder and (cross or not abroad)]
        return min(found) if found else None

    def is_near(self, base: str, row: Row, *, as_transfer: bool) -> bool:
        """Whether the row is within the longest transfer, or the longest visit; a remote point always is."""
        if row.remote:
            return True
        way = self.between(base, row.place)
        limit = self.limits.longest_transfer if as_transfer else self.limits.longest_visit
        return way is not None and (limit is None or way[0] <= limit)

    # a walk that forgets nothing

    def walk(
        self,
        bases: set[str],
        holders: set[str | None],
        at_hand: int,
        *,
        before: Mapping[int, int],
        among: int,
        enough: int = -1,
    ) -> int:
        """The codes at hand after a walk that forgets nothing: bases, holders and codes once reached stay reached.

        Args:
            bases: Where the walk begins; the bases that it reaches are added.
            holders: Who may hold the case; those who may come to hold it are added.
            at_hand: Codes at hand at the beginning.
            before: For each code those that bind it.
            among: Only these codes are served.
            enough: Once all these are at hand the walk ends, wherever it is.
        """
        moving = self.order.stays | self.order.cases | self.order.returns
        rows = [(row, row.usable & among) for row in self.rows if row.usable & among]
        seen = None
        while seen != (len(bases), len(holders), at_hand):
            seen = (len(bases), len(holders), at_hand)
            for row, usable in rows:
                if row.requires & ~at_hand or not (usable & ~at_hand or usable & moving):
                    continue
                at_hand |= self._walk_in(row, bases, holders, at_hand, before, usable)
                if not enough & ~at_hand:
                    return at_hand
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
        added, order = 0, self.order
        for base in tuple(bases):
            if not self._is_entered(base, holders, at_hand, row):
                continue
            home = usable & order.returns and self.way_home(base, at_hand) is not None
            offered = usable if home else usable & ~order.returns
            with_bed = closed(offered, at_hand, before)
            if with_bed & order.stays and self.is_near(base, row, as_transfer=True):
                bases.add(row.place)
                holders.add(row.org)
                added |= with_bed
            if self.is_near(base, row, as_transfer=False):
                added |= closed(offered & ~order.stays, at_hand, before)
            if added & order.returns and home:
                bases.add(self.field.frame.return_to or base)
                holders.add(row.receiver)
            if added & order.cases:
                holders.add(row.org)
            if not usable & ~(at_hand | added) and self._has_moved_all(row, usable, bases, holders):
                break
        return added

    def _has_moved_all(self, row: Row, usable: int, bases: set[str], holders: set[str | None]) -> bool:
        """Whether no step at the row can add a base or a holder any more."""
        order = self.order
        if usable & order.returns or (usable & order.stays and row.place not in bases):
            return False
        return not usable & (order.stays | order.cases) or row.org in holders

    def _is_entered(self, base: str, holders: set[str | None], at_hand: int, row: Row) -> bool:
        """Whether anybody of these holders may send the person there from that base."""
        if row.country == self.country(base):
            return True
        if row.number < self.field.real and row.number not in self.field.links:
            return False
        return any(self.may_enter(base, holder, at_hand, row) for holder in holders)


__all__ = ["NEVER", "Ground", "Legs", "Order", "closed", "split"]
