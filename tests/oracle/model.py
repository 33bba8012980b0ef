"""What both solvers share: the parsed problem file, travel, opening hours and links.

Section numbers are those of the engine's specification. Nothing here decides anything about routes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

WEEK = 7 * 24 * 60
PROBLEM_FORMAT = "referral-problem/1"
ANSWER_FORMAT = "referral-answer/1"

Edge = tuple[str, str]
Leg = tuple[int, int]  # minutes, crossing points


@dataclass(frozen=True)
class Point:
    """One service point of the file (section 6)."""

    id: str
    org: str
    place: str
    usable: frozenset[str]
    requires: frozenset[str]
    remote: bool
    receiver: str | None
    open: tuple[tuple[int, int], ...]
    not_before: int
    response: int
    duration: int
    caution: int
    preference: int


@dataclass(frozen=True)
class Link:
    """An agreed way from an organization to a point; agreement and mode are summed up in `points`."""

    points: int
    cross_border: bool


@dataclass(frozen=True)
class Policy:
    """The weights and limits of the file; a limit of None means no limit."""

    handover: int
    no_link: int
    same_place: int
    longest_visit: int | None
    longest_transfer: int | None


@dataclass(frozen=True)
class Problem:
    """A parsed `referral-problem/1`; its points are sorted by id, whatever their order in the file."""

    kinds: dict[str, str]
    needed: dict[str, int]
    hard: tuple[Edge, ...]
    soft: tuple[Edge, ...]
    already_has: frozenset[str]
    before_border: frozenset[str]
    deadline: dict[str, int]
    place: str
    holder: str | None
    week_minute: int
    return_to: str | None
    country: dict[str, str]
    legs: dict[tuple[str, str], Leg]
    points: tuple[Point, ...]
    links: dict[tuple[str, str], tuple[Link, ...]]
    policy: Policy
    k: int

    def travel(self, a: str, b: str) -> Leg | None:
        """T(a, b) and its crossing points, or None where it is infinite (sections 3 and 6)."""
        if a == b:
            return self.policy.same_place, 0
        return self.legs.get((a, b))

    def next_open(self, point: Point, clock: int) -> int:
        """The first minute >= clock inside the weekly schedule, which repeats for ever (section 3)."""
        minute = (self.week_minute + clock) % WEEK
        waits = []
        for begin, end in point.open:
            waits.append(0 if begin <= minute < end else (begin - minute) % WEEK)
        return clock + min(waits)

    def links_between(self, holder: str | None, point: Point, *, abroad: bool) -> list[Link]:
        """Links from the holder to the point; into another country only those of H30 count (section 4)."""
        if holder is None:
            return []
        found = self.links.get((holder, point.id), ())
        return [link for link in found if link.cross_border or not abroad]

    @cached_property
    def stay_codes(self) -> frozenset[str]:
        """The codes of kind stay (section 1)."""
        return self._of_kind("stay")

    @cached_property
    def return_codes(self) -> frozenset[str]:
        """The code of kind return, if any (section 1)."""
        return self._of_kind("return")

    @cached_property
    def case_codes(self) -> frozenset[str]:
        """The codes of kind case: case management (section 1)."""
        return self._of_kind("case")

    def _of_kind(self, kind: str) -> frozenset[str]:
        return frozenset(code for code, its_kind in self.kinds.items() if its_kind == kind)


def parse(data: dict[str, Any]) -> Problem:
    """Read a problem file; complain where it breaks what section 6 promises and the solvers rely on."""
    if data["format"] != PROBLEM_FORMAT:
        raise ValueError(f"not a {PROBLEM_FORMAT}: {data['format']!r}")
    problem = Problem(
        kinds=dict(data["codes"]),
        needed=dict(data["needed"]),
        hard=_edges(data, "hard"),
        soft=_edges(data, "soft"),
        already_has=frozenset(data["already_has"]),
        before_border=frozenset(data["before_border"]),
        deadline={code: limit for code, limit in data["deadline"].items() if code in data["needed"]},
        place=data["start"]["place"],
        holder=data["start"]["holder"],
        week_minute=data["start"]["week_minute"],
        return_to=data["return_to"],
        country=dict(data["places"]),
        legs=_legs(data["travel"]),
        points=tuple(sorted((_point(row) for row in data["points"]), key=lambda point: point.id)),
        links=_links(data["links"]),
        policy=Policy(**data["policy"]),
        k=data["k"],
    )
    _check(problem, data)
    return problem


def answer(routes: list[dict[str, Any]]) -> dict[str, Any]:
    """Wrap routes as a `referral-answer/1`."""
    return {"format": ANSWER_FORMAT, "routes": routes}


def _edges(data: dict[str, Any], wanted: str) -> tuple[Edge, ...]:
    return tuple(sorted((before, after) for before, after, kind in data["precedence"] if kind == wanted))


def _legs(rows: list[list[Any]]) -> dict[tuple[str, str], Leg]:
    legs: dict[tuple[str, str], Leg] = {}
    for a, b, minutes, points in rows:
        if (a, b) in legs:
            raise ValueError(f"two travel rows for {a} and {b}")
        legs[a, b] = legs[b, a] = (minutes, points)
    return legs


def _links(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Link, ...]]:
    links: dict[tuple[str, str], tuple[Link, ...]] = {}
    for row in rows:
        key = (row["from"], row["to"])
        links[key] = (*links.get(key, ()), Link(row["points"], row["cross_border"]))
    return links


def _point(row: dict[str, Any]) -> Point:
    return Point(
        id=row["id"],
        org=row["org"],
        place=row["place"],
        usable=frozenset(row["usable"]),
        requires=frozenset(row["requires"]),
        remote=row["remote"],
        receiver=row["receiver"],
        open=tuple((begin, end) for begin, end in row["open"]),
        not_before=row["not_before"],
        response=row["response"],
        duration=row["duration"],
        caution=row["caution"],
        preference=row["preference"],
    )


def _check(problem: Problem, data: dict[str, Any]) -> None:
    named = {code for edge in problem.hard + problem.soft for code in edge}
    named |= {code for point in problem.points for code in point.usable}
    known = set(problem.kinds)
    ids = [point.id for point in problem.points]
    faults = {
        "edges and usable name only codes": not named <= known,
        "codes are the needed and the unlocking ones": known != set(problem.needed) | set(data["unlocking"]),
        "already_has and codes share nothing": bool(problem.already_has & known),
        "one return code at most": len(problem.return_codes) > 1,
        "ids are unique": len(ids) != len(set(ids)),
        "opening hours are never empty": any(not point.open for point in problem.points),
        "remote points have no stay codes": any(
            point.remote and point.usable & problem.stay_codes for point in problem.points
        ),
    }
    broken = [rule for rule, fault in faults.items() if fault]
    if broken:
        raise ValueError("the problem file breaks: " + "; ".join(broken))
