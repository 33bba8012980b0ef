"""What may still come after a partial route: bounds that never promise less than what really can be served.

The search drops a partial route as soon as these say that no completion can beat the best one known. Every bound here
is of a walk that forgets nothing, so it can only be too hopeful.
"""

from app.routing.ground import NEVER, Ground, Row

State = tuple[str, str | None, int]
"""Base, holder, codes at hand."""


class Outlook:
    """The bounds on one ground; what is asked often is remembered for the length of the run."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._to_come: dict[State, int] = {}
        self._cover: dict[int, int] = {0: 0}
        self._first_telling: dict[str, int] = {}
        self._offers = self._cheapest_offers()
        self._first_beds = frozenset(row.usable & ground.stays for row in ground.rows if row.usable & ground.stays)

    def to_come(self, base: str, holder: str | None, at_hand: int) -> int:
        """The codes that might still be served from that state, as bits.

        Before a return everything is served where one is; after it one is at home, and whoever received the person
        holds the case. So codes that wait for the return count only where they can be served there.
        """
        state = (base, holder, at_hand)
        if state not in self._to_come:
            self._to_come[state] = self._walked(base, holder, at_hand) & ~at_hand
        return self._to_come[state]

    def _walked(self, base: str, holder: str | None, at_hand: int) -> int:
        ground = self._ground
        among = ground.reach & ~at_hand & ~ground.returns & ~(ground.stays & ~self._beds(at_hand))
        bases, holders = {base}, {holder}
        before_return = ground.walk(bases, holders, at_hand, before=ground.binding, among=among)
        receivers = self._receivers(bases, holders, before_return) if ground.returns & ~at_hand else set()
        if not receivers:
            return before_return
        home = {ground.problem.return_to or base}
        return ground.walk(home, receivers, before_return | ground.returns, before=ground.binding, among=among)

    def _receivers(self, bases: set[str], holders: set[str | None], at_hand: int) -> set[str | None]:
        """Who may hold the case after a return that the walk so far allows; empty when it allows none."""
        ground = self._ground
        if not ground.closed(ground.returns, at_hand, ground.binding):
            return set()
        return {
            row.receiver
            for row in ground.rows
            if row.usable & ground.returns and not row.requires & ~at_hand
            for base in bases
            if ground.way_home(base, at_hand) is not None
            and ground.is_near(base, row, as_transfer=False)
            and any(ground.may_enter(base, holder, at_hand, row) for holder in holders)
        }

    def _beds(self, at_hand: int) -> int:
        """The stay codes that may still be served: all before the first bed, then those that edges lead on to."""
        had = at_hand & self._ground.stays
        return self._led_to(had) if had else self._ground.stays

    def _led_to(self, beds: int) -> int:
        seen, todo = 0, beds
        while todo:
            follows = 0
            for bit in self._ground.split(todo):
                follows |= self._ground.after_stay[bit]
            todo = follows & ~seen
            seen |= follows
        return seen

    def beds_lost(self, at_hand: int, hoped_for: int) -> int:
        """Points of needed stay codes, among those hoped for, that must stay unserved: one bed does not do for all."""
        ground = self._ground
        wanted = hoped_for & ground.stays
        if at_hand & ground.stays or not wanted & (wanted - 1):
            return 0
        best = max(ground.weight_of(wanted & (first | self._led_to(first))) for first in self._first_beds)
        return ground.weight_of(wanted) - best

    def least_burden(self, codes: int, holder: str | None) -> int:
        """Points of c3 that serving all these codes adds at the very least, for somebody whose case `holder` holds.

        The cheapest cover of the codes by service points. An organization that may come to hold the case is told the
        story at least once, unless it holds the case already; that one price is shared out among its points.
        """
        told_already = self._first_telling.get(holder or "", 0)
        return max(0, self._covered(codes) - told_already)

    def _covered(self, codes: int) -> int:
        if codes not in self._cover:
            low = codes & -codes
            self._cover[codes] = min(
                (cost + self._covered(codes & ~usable) for usable, cost in self._offers if usable & low),
                default=0,
            )
        return self._cover[codes]

    def _cheapest_offers(self) -> tuple[tuple[int, int], ...]:
        """Each set of needed codes that some point serves, with the least that a step at such a point can cost."""
        ground = self._ground
        bases = {ground.problem.start_place, *(row.place for row in ground.rows if row.usable & ground.stays)}
        if ground.problem.return_to is not None:
            bases.add(ground.problem.return_to)
        tellings = self._tellings()
        least: dict[int, int] = {}
        for row in ground.rows:
            usable = row.usable & ground.needed
            cost = self._least_step(row, bases) + tellings[row.id]
            if usable and cost < least.get(usable, NEVER):
                least[usable] = cost
        return tuple(sorted(least.items()))

    def _tellings(self) -> dict[str, int]:
        """Handover and link points that a step at each point costs at least; notes what a holder need not pay."""
        ground = self._ground
        may_hold = {row.org for row in ground.rows if row.usable & (ground.stays | ground.cases)}
        free = {row.receiver for row in ground.rows if row.receiver} | {ground.problem.start_holder}
        tellings = {}
        for row in ground.rows:
            siblings = [other for other in ground.rows if other.org == row.org and other.usable & ground.needed]
            once = min(self._telling(other) for other in siblings) if siblings else 0
            if row.org in free:
                tellings[row.id] = 0
            elif row.org in may_hold:
                tellings[row.id] = once // max(1, len(siblings))
                self._first_telling[row.org] = once
            else:
                tellings[row.id] = self._telling(row)
        return tellings

    def _telling(self, row: Row) -> int:
        limits = self._ground.problem.limits
        return limits.handover + min([limits.no_link, *self._ground.link_points(row)])

    def _least_step(self, row: Row, bases: set[str]) -> int:
        if row.remote:
            return row.response + row.duration + row.preference
        ground = self._ground
        ways = [way[0] for base in bases if (way := ground.between(base, row.place)) is not None]
        if not ways:
            return NEVER
        back = 0 if row.usable & ground.stays else min(ways)
        return max(row.response, min(ways)) + row.duration + back + row.preference
