"""The field of a search: the service points of a problem as columns, and the ways between its places.

A search looks at thousands of points and steps on a handful. Bounds are worked out over the columns; a `Row` is made
only of a point on which somebody may step. A field comes from a problem file (`field_of`) or from a case.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.routing.hours import Hours, Ints
from app.routing.names import Names, names_of
from app.routing.problem import WEEK, ProblemLink, SearchProblem, Spans

NEVER = 1 << 60
"""More minutes or points than any route has."""

Named = TypeVar("Named", bound=Hashable)

Bools = NDArray[np.bool_]
Link = tuple[str | None, int, bool]
"""Where it comes from, its points, and whether it leads over a border (H30)."""


class Ways(Protocol):
    """How far places are from each other."""

    @property
    def least(self) -> int:
        """No way takes fewer minutes, within a place neither."""

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """(minutes, crossing points) between two different places; `None` when there is no way."""

    def minutes(self, base: str) -> Ints:
        """Minutes from the base to each place of the field, in its order; `NEVER` where there is no way."""

    def crossings(self, base: str) -> Ints:
        """Crossing points of these ways; whatever number where there is no way."""

    def afar(self, base: str) -> Ints:
        """No stays on the way bring a place nearer to that base than this, in minutes."""


class TableOfWays:
    """The ways of a problem file."""

    def __init__(
        self, travel: Mapping[tuple[str, str], tuple[int, int]], same_place: int, places: Sequence[str]
    ) -> None:
        self._travel, self._places = travel, places
        self._same_place = same_place
        self.least = min((minutes for minutes, _ in travel.values()), default=same_place)
        self.least = min(self.least, same_place)
        self._known: dict[str, Ints] = {}

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """See `Ways`."""
        return self._travel.get((a, b)) or self._travel.get((b, a))

    def minutes(self, base: str) -> Ints:
        """See `Ways`."""
        return self._ways(base)[:, 0]

    def crossings(self, base: str) -> Ints:
        """See `Ways`."""
        return self._ways(base)[:, 1]

    def afar(self, base: str) -> Ints:
        """See `Ways`."""
        return np.full(len(self._places), self.least, dtype=np.int64)

    def _ways(self, base: str) -> Ints:
        if base not in self._known:
            found = [(self._same_place, 0) if p == base else self.between(base, p) for p in self._places]
            ways = np.array([way or (NEVER, 0) for way in found], dtype=np.int64)
            self._known[base] = ways.reshape(len(found), 2)
        return self._known[base]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One point of the field with its codes as bits. A `mirage` stands for points that nobody has looked at yet."""

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
    number: int = field(repr=False)

    def next_open(self, minute: int) -> int:
        """The first minute, `minute` or later, that lies inside the weekly schedule, which repeats for ever."""
        at = (self.week_minute + minute) % WEEK
        for begin, end in self.open:
            if at < end:
                return minute + max(0, begin - at)
        return minute + WEEK - at + self.open[0][0]


@dataclass(frozen=True, kw_only=True, eq=False)
class Field:
    """Points as columns, in the order of their ids. `frame` is the problem without its points, travel and links.

    `bit` gives every code its bit. `org`, `place` and `schedule` are numbers into `orgs`, `places` and `schedules`;
    `receiver` is a number into `orgs`, -1 for none. `links` are those that lead to each point that has any.
    """

    frame: SearchProblem
    bit: Mapping[str, int]
    ways: Ways
    ids: Sequence[str]
    orgs: Names
    places: Sequence[str]
    countries: Sequence[str]
    """Of each place."""
    schedules: Sequence[Spans]
    org: Ints
    place: Ints
    schedule: Ints
    usable: Ints
    requires: Ints
    remote: Bools
    receiver: Ints
    response: Ints
    duration: Ints
    not_before: Ints
    caution: Ints
    preference: Ints
    least_link: Ints
    """For each point the fewest points of a link that leads to it, at most those of no link."""
    links: Mapping[int, tuple[Link, ...]]
    real: int
    """So many points are there; each after them is a mirage that stands for some that nobody has looked at."""
    open_borders: bool = False
    """Whether a mirage in another country may be entered from anywhere."""
    made: dict[int, Row] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self.ids)

    def row(self, number: int) -> Row:
        """The point of that number; the same object every time."""
        if number not in self.made:
            at = self.place.item(number)
            receiver = self.receiver.item(number)
            self.made[number] = Row(
                id=self.ids[number],
                org=self.orgs[self.org.item(number)],
                place=self.places[at],
                country=self.countries[at],
                usable=self.usable.item(number),
                requires=self.requires.item(number),
                remote=self.remote.item(number),
                receiver=None if receiver < 0 else self.orgs[receiver],
                response=self.response.item(number),
                duration=self.duration.item(number),
                not_before=self.not_before.item(number),
                caution=self.caution.item(number),
                preference=self.preference.item(number),
                open=self.schedules[self.schedule.item(number)],
                week_minute=self.frame.week_minute,
                number=number,
            )
        return self.made[number]

    @cached_property
    def hours(self) -> Hours:
        """When the points are open."""
        return Hours(self.schedules, self.frame.week_minute)

    def next_open(self, minutes: Ints, rows: Ints) -> Ints:
        """For each of these points the first minute, that one or later, at which it is open."""
        return self.hours.next_open(minutes, self.schedule[rows])


def are_alike(one: Field, other: Field) -> bool:
    """Whether nobody who searches could tell these fields apart; ways are those of the same person."""
    same = (
        one.frame == other.frame
        and one.ids == other.ids
        and one.orgs == other.orgs
        and one.places == other.places
        and one.schedules == other.schedules
        and one.links == other.links
        and one.open_borders == other.open_borders
    )
    return same and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in _COLUMNS)


_COLUMNS = (
    "org", "place", "schedule", "usable", "requires", "remote", "receiver", "response", "duration", "not_before",
    "caution", "preference",
)  # fmt: skip


def field_of(problem: SearchProblem) -> Field:
    """The field of a problem; the order of its points changes nothing."""
    points = sorted(problem.points, key=lambda point: point.id)
    links = _links({p.id: i for i, p in enumerate(points)}, problem.links, _holders(problem))
    bit = bits_in(problem)
    usable = {codes: sum(bit[code] for code in set(codes)) for codes in {p.usable for p in points}}
    requires = {codes: sum(bit[code] for code in set(codes)) for codes in {p.requires for p in points}}
    orgs = _numbered(chain((p.org for p in points), (p.receiver for p in points if p.receiver is not None)))
    places = _numbered(p.place for p in points)
    schedules = _numbered(p.open for p in points)

    def ints(values: Sequence[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    return Field(
        real=len(points),
        frame=problem,
        bit=bit,
        ways=TableOfWays(problem.travel, problem.limits.same_place, tuple(places)),
        ids=[p.id for p in points],
        orgs=names_of(orgs),
        places=tuple(places),
        countries=tuple(problem.places[place] for place in places),
        schedules=tuple(schedules),
        org=ints([orgs[p.org] for p in points]),
        place=ints([places[p.place] for p in points]),
        schedule=ints([schedules[p.open] for p in points]),
        usable=ints([usable[p.usable] for p in points]),
        requires=ints([requires[p.requires] for p in points]),
        remote=np.array([p.remote for p in points], dtype=np.bool_),
        receiver=ints([-1 if p.receiver is None else orgs[p.receiver] for p in points]),
        response=ints([p.response for p in points]),
        duration=ints([p.duration for p in points]),
        not_before=ints([p.not_before for p in points]),
        caution=ints([p.caution for p in points]),
        preference=ints([p.preference for p in points]),
        least_link=least_links(len(points), links, problem.limits.no_link),
        links=links,
    )


def bits_in(problem: SearchProblem) -> dict[str, int]:
    """A bit for every code of the problem, also for those that only a door or a border asks for; by name."""
    named = {code for point in problem.points for code in point.requires} | set(problem.before_border)
    codes = sorted(set(problem.codes) | set(problem.already_has) | named)
    return {code: 1 << i for i, code in enumerate(codes)}


def _numbered(values: Iterable[Named]) -> dict[Named, int]:
    """Each value once, with its number, in the order of first mention."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _holders(problem: SearchProblem) -> frozenset[str | None]:
    """Who may come to hold the case; links from anybody else are never used."""
    receives = {code for code, kind in problem.codes.items() if kind in ("stay", "case")}
    takes = {point.org for point in problem.points if not receives.isdisjoint(point.usable)}
    return frozenset({problem.start_holder, *takes, *(point.receiver for point in problem.points)})


def _links(
    numbers: Mapping[str, int], links: Iterable[ProblemLink], holders: frozenset[str | None]
) -> dict[int, tuple[Link, ...]]:
    found: dict[int, list[Link]] = {}
    for link in links:
        if link.to in numbers and link.from_org in holders:
            found.setdefault(numbers[link.to], []).append((link.from_org, link.points, link.cross_border))
    return {number: tuple(several) for number, several in found.items()}


def least_links(points: int, links: Mapping[int, tuple[Link, ...]], no_link: int) -> Ints:
    """For each point the fewest points of a link that leads to it, at most those of no link."""
    least = np.full(points, no_link, dtype=np.int64)
    for number, several in links.items():
        least[number] = min(no_link, min(points for _, points, _ in several))
    return least
