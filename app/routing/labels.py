"""Partial routes: where the person stands after some steps, and what the next step makes of that.

Everything that can follow a label depends only on its base, its holder and the codes at hand, which is its *state*.
"""

from dataclasses import dataclass
from typing import NamedTuple

from app.routing.field import Row
from app.routing.ground import Ground, Legs

CostVector = tuple[int, int, int, int]
"""c0 weights unserved, c1 windows missed, c2 grave cautions, c3 burden; compared in this order, smaller first."""

Tie = tuple[int, tuple[int, ...], tuple[str, ...]]
"""Steps; weights of needed codes served step by step, negated so that heavier is smaller; ids of the points."""


@dataclass(frozen=True, slots=True)
class Label:
    """A partial route. `burden` is c3 without the clock; `trail` holds the rows taken, first to last."""

    base: str
    holder: str | None
    at_hand: int
    clock: int
    late: int
    grave: int
    burden: int
    tie: Tie
    trail: tuple[Row, ...]

    @property
    def state(self) -> tuple[str, str | None, int]:
        """What everything that follows depends on."""
        return self.base, self.holder, self.at_hand

    @property
    def rank(self) -> tuple[int, int, int, Tie]:
        """What the dominance rule compares, apart from the clock."""
        return self.late, self.grave, self.burden, self.tie


class Move(NamedTuple):
    """One allowed step: the label after it, the codes it serves as bits, its legs, its start, and what it costs."""

    label: Label
    serves: int
    legs: Legs
    start: int
    handover: int
    link: int


def start_label(ground: Ground) -> Label:
    """The person where she is, before any step."""
    frame = ground.field.frame
    return Label(frame.start_place, frame.start_holder, ground.order.at_start, 0, 0, 0, 0, (0, (), ()), ())


def take(ground: Ground, label: Label, row: Row) -> Move | None:
    """The step at that row; `None` when it is not allowed."""
    at_hand = label.at_hand
    serves = ground.served(at_hand, row.usable)
    if not serves or row.requires & ~at_hand:
        return None
    if not ground.may_enter(label.base, label.holder, at_hand, row):
        return None
    legs = ground.legs(label.base, at_hand, row, serves)
    if legs is None:
        return None
    start = row.next_open(max(label.clock + legs.there, label.clock + row.response, row.not_before))
    handover, link = ground.handover(label.base, label.holder, row)
    base, holder = ground.moves_to(label.base, label.holder, row, serves)
    steps, weights, ids = label.tie
    after = Label(
        base,
        holder,
        at_hand | serves,
        start + row.duration + legs.after,
        label.late + ground.order.late(serves, start),
        label.grave + row.caution,
        label.burden + handover + link + legs.crossings + row.preference,
        (steps + 1, (*weights, -ground.order.weight_of(serves)), (*ids, row.id)),
        (*label.trail, row),
    )
    return Move(after, serves, legs, start, handover, link)


def cost_of(ground: Ground, label: Label) -> CostVector:
    """What the route costs if it ends here."""
    unserved = ground.order.needed & ~label.at_hand
    return (
        ground.order.weight_of(unserved),
        label.late + ground.order.windows_of(unserved),
        label.grave,
        label.burden + label.clock,
    )
