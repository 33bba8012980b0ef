"""Which codes may still be served after a partial route, and which of them cannot be had together.

The search drops a partial route as soon as these say that no completion can beat the best one known. Everything here
comes from a walk that forgets nothing, so it can only be too hopeful.
"""

from collections.abc import Iterable

from app.routing.ground import Ground, Order, closed

State = tuple[str, str | None, int]
"""Base, holder, codes at hand."""


class Hope:
    """What may be hoped for on one ground; what is asked often is remembered for the length of the run."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._to_come: dict[State, int] = {}
        stays = ground.order.stays
        self._first_beds = frozenset(row.usable & stays for row in ground.rows if row.usable & stays)

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
        ground, order = self._ground, self._ground.order
        among = ground.reach & ~at_hand & ~order.returns & ~(order.stays & ~self._beds(at_hand))
        bases, holders = {base}, {holder}
        if not order.returns & ~at_hand & ground.reach:
            needed = among & order.needed
            served = ground.walk(bases, holders, at_hand, before=ground.binding, among=among, enough=needed)
            return served | among & order.unlocking
        before_return = ground.walk(bases, holders, at_hand, before=ground.binding, among=among)
        receivers = self._receivers(bases, holders, before_return)
        if not receivers:
            return before_return
        home = {ground.field.frame.return_to or base}
        return ground.walk(home, receivers, before_return | order.returns, before=ground.binding, among=among)

    def _receivers(self, bases: set[str], holders: set[str | None], at_hand: int) -> set[str | None]:
        """Who may hold the case after a return that the walk so far allows; empty when it allows none."""
        ground, returns = self._ground, self._ground.order.returns
        if not closed(returns, at_hand, ground.binding):
            return set()
        return {
            row.receiver
            for row in ground.rows
            if row.usable & returns and not row.requires & ~at_hand
            for base in bases
            if ground.way_home(base, at_hand) is not None
            and ground.is_near(base, row, as_transfer=False)
            and any(ground.may_enter(base, holder, at_hand, row) for holder in holders)
        }

    def _beds(self, at_hand: int) -> int:
        """The stay codes that may still be served: all before the first bed, then those that edges lead on to."""
        order = self._ground.order
        had = at_hand & order.stays
        return order.led_to(had) if had else order.stays

    def beds_lost(self, at_hand: int, hoped_for: int) -> int:
        """Points of needed stay codes, among those hoped for, that must stay unserved: one bed does not do for all."""
        return 0 if at_hand & self._ground.order.stays else beds_lost(self._ground.order, self._first_beds, hoped_for)


def beds_lost(order: Order, first_beds: Iterable[int], hoped_for: int) -> int:
    """The same before any bed; `first_beds` are the sets of stay codes that one point serves."""
    wanted = hoped_for & order.stays
    if not wanted & (wanted - 1):
        return 0
    best = max(order.weight_of(wanted & (first | order.led_to(first))) for first in first_beds)
    return order.weight_of(wanted) - best
