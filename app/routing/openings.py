"""Which steps are allowed, all points at once: first by what is at hand, then by where the person stays.

What is worked out here row by row is, for one row, what `Ground` and `labels.take` say; tests hold the two against each
other. Points abroad are not among these steps, since whether they are allowed depends on who holds the case.
"""

from dataclasses import dataclass

import numpy as np

from app.routing.field import NEVER, Bools
from app.routing.ground import Ground
from app.routing.hours import Ints
from app.routing.terrain import Terrain

ALL = -1
"""Every code."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Openings:
    """The points at which something can be served now, wherever they are, in groups that serve the same."""

    rows: Ints
    group: Ints
    serves: tuple[int, ...]
    """By group, the codes that a step serves."""
    stays: Bools
    returns: Bools
    cases: Bools


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """The steps that are allowed from one base, column by column."""

    openings: Openings
    rows: Ints
    group: Ints
    called: Ints
    """Minutes from the call until both she and the point are ready: the way there, or the answer."""
    not_before: Ints
    schedule: Ints
    tail: Ints
    """Minutes from the start until the next step may begin."""
    extra: Ints
    """Crossing points and preferences."""
    caution: Ints
    mirage: Bools
    circle: Ints
    """What the circle of whoever holds the case after the step can serve."""
    telling: dict[str | None, Ints]
    """Handover and link, by who holds the case; filled when somebody asks."""


class Allowed:
    """The steps of one run; what is asked once is remembered."""

    def __init__(self, terrain: Terrain, ground: Ground, alive: Bools) -> None:
        self._terrain, self._ground, self._alive = terrain, ground, alive
        self._kinds = np.unique(terrain.kind[alive]).tolist()
        self._openings: dict[int, Openings] = {}
        self._steps: dict[tuple[str, int], Steps] = {}

    def openings(self, at_hand: int) -> Openings:
        """Where anything is served with these codes at hand."""
        if at_hand not in self._openings:
            ground, order = self._ground, self._ground.order
            groups: dict[int, int] = {0: -1}
            of_kind = np.full(len(self._terrain.kinds), -1, dtype=np.int64)
            for kind in self._kinds:
                usable, requires = self._terrain.kinds[kind]
                now = 0 if requires & ~at_hand else ground.served(at_hand, usable)
                of_kind[kind] = groups.setdefault(now, len(groups) - 1)
            group = of_kind[self._terrain.kind]
            rows = (self._alive & (group >= 0)).nonzero()[0]
            serves = tuple(groups)[1:]

            def having(codes: int) -> Bools:
                return np.array([bool(some & codes) for some in serves], dtype=np.bool_)

            self._openings[at_hand] = Openings(
                rows=rows,
                group=group[rows],
                serves=serves,
                stays=having(order.stays),
                returns=having(order.returns),
                cases=having(order.cases),
            )
        return self._openings[at_hand]

    def steps(self, base: str, at_hand: int) -> Steps:
        """Those within the country and the limits of the person, mirages wherever she may cross a border."""
        if (base, at_hand) not in self._steps:
            self._steps[base, at_hand] = self._from(base, at_hand, self.openings(at_hand))
        return self._steps[base, at_hand]

    def _from(self, base: str, at_hand: int, openings: Openings) -> Steps:
        terrain, field, limits = self._terrain, self._terrain.field, self._ground.limits
        minutes, points = terrain.ways(base)
        rows, group = openings.rows, openings.group
        longest = np.where(openings.stays, _or(limits.longest_transfer), _or(limits.longest_visit))
        home = self._ground.way_home(base, at_hand) if openings.returns.any() else None
        allowed = terrain.country[rows] == terrain.country_of(base)
        if field.open_borders:
            allowed |= terrain.mirage[rows]
        allowed &= field.remote[rows] | (minutes[field.place[rows]] <= longest[group])
        if home is None:
            allowed &= ~openings.returns[group]
        rows, group = rows[allowed], group[allowed]
        remote, stays, returns = field.remote[rows], openings.stays[group], openings.returns[group]
        there = np.where(remote, 0, minutes[field.place[rows]])
        crossing = np.where(remote, 0, points[field.place[rows]])
        after = np.where(remote | stays, 0, there)
        crossing = np.where(stays, crossing, 2 * crossing)
        if home is not None:
            after, crossing = after + returns * home[0], crossing + returns * home[1]
        return Steps(
            openings=openings,
            rows=rows,
            group=group,
            called=np.maximum(there, field.response[rows]),
            not_before=field.not_before[rows],
            schedule=field.schedule[rows],
            tail=field.duration[rows] + after,
            extra=crossing + field.preference[rows],
            caution=field.caution[rows],
            mirage=terrain.mirage[rows],
            circle=np.where(returns, ALL, terrain.circle_codes[rows]),
            telling={},
        )

    def telling(self, steps: Steps, holder: str | None) -> Ints:
        """Handover and link of each of these steps, when that organization holds the case."""
        if holder not in steps.telling:
            steps.telling[holder] = self._terrain.telling(holder)[steps.rows]
        return steps.telling[holder]

    def states(self, steps: Steps, some: Ints, spent: Bools) -> Ints:
        """A number for each of some steps, the same where they lead to the same base, holder and codes at hand."""
        field, openings = self._terrain.field, steps.openings
        rows, group = steps.rows[some], steps.group[some]
        stays, holds = openings.stays[group], openings.stays[group] | openings.cases[group]
        place = np.where(stays, field.place[rows] + 1, 0)
        holder = np.where(holds & ~spent[some], field.org[rows] + 2, 0)
        holder = np.where(openings.returns[group], field.receiver[rows] + 2, holder)
        state: Ints = (group * (len(field.places) + 1) + place) * (len(field.orgs) + 2) + holder
        return state


def _or(limit: int | None) -> int:
    """The limit; a way that does not exist is within none."""
    return NEVER - 1 if limit is None else limit
