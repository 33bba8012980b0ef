"""What a route comes to at the least after each step that is open: bounds, one for all steps that serve the same."""

from dataclasses import dataclass

import numpy as np

from app.routing.field import Bools
from app.routing.ground import Ground
from app.routing.hope import Hope
from app.routing.hours import Ints
from app.routing.labels import CostVector, Label
from app.routing.openings import Openings
from app.routing.outlook import Outlook
from app.routing.terrain import NOBODY

ELSEWHERE = ""
"""Stands for a base that nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prospects:
    """What is left after a step of each group, each of them a row."""

    left: Ints
    """The codes that may still be served."""
    certain: tuple[int, ...]
    """Those of them that every route serves which loses no more."""
    unserved: Ints
    """Weights that are lost."""
    missed: Ints
    """Deadlines of what is lost."""
    caution: Ints
    """Points of grave cautions of what is certain to come."""
    ahead: Ints
    doors: Ints
    """See `Outlook.ahead`; first for whoever has no circle, then for whoever may hold any case."""
    due: tuple[tuple[int, Bools, Ints], ...]
    """(deadline, whether its code is served by this step, the first minute of it later, else -1), code by code."""


class Bounds:
    """The bounds of one run; what is asked once is remembered."""

    def __init__(self, ground: Ground, hope: Hope) -> None:
        self._ground, self._hope = ground, hope
        self._known: dict[tuple[str, str | None, int, int], Prospects] = {}

    def of(self, label: Label, to_come: int, here: Outlook) -> CostVector:
        """No route that goes on from the label costs less: it serves all that may come, or costs more in c0."""
        after = self._hope.after(label.at_hand, to_come)
        ahead = here.ahead(after.certain, label.holder, self.home(label.base, after.certain, after.to_come))
        return (
            after.unserved,
            label.late + after.missed + here.late(after.hoped_for, label.clock),
            label.grave + ahead.caution,
            label.burden + max(label.clock + ahead.more, ahead.doors),
        )

    def after(self, label: Label, openings: Openings, to_come: int, here: Outlook, elsewhere: Outlook) -> Prospects:
        """The same after each step from the label, without what the label and the step cost themselves."""
        key = (*label.state, to_come)
        if key not in self._known:
            self._known[key] = self._after(label, openings, to_come, here, elsewhere)
        return self._known[key]

    def _after(self, label: Label, openings: Openings, to_come: int, here: Outlook, elsewhere: Outlook) -> Prospects:
        afters = [self._hope.after(label.at_hand | serves, to_come) for serves in openings.serves]
        moves = (openings.stays | openings.returns).tolist()
        outlooks = [elsewhere if goes else here for goes in moves]
        both = []
        for after, outlook, goes, gives in zip(afters, outlooks, moves, openings.cases.tolist(), strict=True):
            home = 0 if goes else self.home(label.base, after.certain, after.to_come)
            mine = outlook.ahead(after.certain, NOBODY if goes or gives else label.holder, home)
            both.append((mine, outlook.ahead(after.certain, None, home, anybody=True) if goes or gives else mine))
        table = np.array(both, dtype=np.int64).reshape(len(afters), 2, 3)
        return Prospects(
            left=np.array([after.to_come for after in afters], dtype=np.int64),
            certain=tuple(after.certain for after in afters),
            unserved=np.array([after.unserved for after in afters], dtype=np.int64),
            missed=np.array([after.missed for after in afters], dtype=np.int64),
            caution=table[:, 0, 2],
            ahead=table[:, :, 0],
            doors=table[:, :, 1],
            due=tuple(
                (
                    deadline,
                    np.array([bool(serves & bit) for serves in openings.serves], dtype=np.bool_),
                    np.array(
                        [
                            outlook.earliest.get(bit, 0) if after.hoped_for & bit else -1
                            for after, outlook in zip(afters, outlooks, strict=True)
                        ],
                        dtype=np.int64,
                    ),
                )
                for bit, deadline in self._ground.order.deadlines.items()
            ),
        )

    def home(self, base: str, codes: int, to_come: int) -> int:
        """Minutes to where a return leads, if these codes have the return and nobody can move before it."""
        order, to = self._ground.order, self._ground.field.frame.return_to
        if not codes & order.returns or to_come & order.stays or to is None or to == base:
            return 0
        way = self._ground.between(base, to)
        return 0 if way is None else way[0]
