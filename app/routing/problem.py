"""`SearchProblem`: what is left of a person when the gates have spoken. Codes, places and whole numbers, nothing else.

The value can be written to a `referral-problem/1` file and read back, so that anyone can check or replay an answer
without the register and without the profile (engine, section 6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.domain.errors import Fault, FaultyProblem

FORMAT = "referral-problem/1"
WEEK = 10_080
KINDS = ("stay", "return", "case", "visit")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPoint:
    """A service point that the gates left something of. Minutes and points, whole, 0 or more."""

    id: str
    org: str
    place: str
    usable: tuple[str, ...]
    requires: tuple[str, ...] = ()
    remote: bool = False
    receiver: str | None = None
    open: Spans = ((0, WEEK),)
    not_before: int = 0
    response: int = 0
    duration: int = 0
    caution: int = 0
    preference: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLink:
    """An agreed way from an organization to a point; `cross_border` only where H30 holds."""

    from_org: str
    to: str
    points: int
    cross_border: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`before` is never served in a later step than `after`; a hard edge always binds."""

    before: str
    after: str
    hard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The part of the ranking policy that the search itself applies; `None` sets no limit."""

    handover: int
    no_link: int
    same_place: int
    longest_visit: int | None
    longest_transfer: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProblem:
    """One problem. `travel` maps a pair of places, in one order of the two, to (minutes, crossing points)."""

    codes: Mapping[str, str]
    needed: Mapping[str, int]
    unlocking: tuple[str, ...]
    precedence: tuple[Edge, ...]
    already_has: tuple[str, ...]
    before_border: tuple[str, ...]
    deadline: Mapping[str, int]
    start_place: str
    start_holder: str | None
    week_minute: int
    return_to: str | None
    places: Mapping[str, str]
    travel: Mapping[tuple[str, str], tuple[int, int]]
    points: tuple[ProblemPoint, ...]
    links: tuple[ProblemLink, ...]
    limits: Limits
    k: int = 3


def to_json(problem: SearchProblem) -> dict[str, Any]:
    """The problem as the plain values of a `referral-problem/1` file, points sorted by id."""
    return {
        "format": FORMAT,
        "codes": dict(sorted(problem.codes.items())),
        "needed": dict(sorted(problem.needed.items())),
        "unlocking": sorted(problem.unlocking),
        "precedence": [[e.before, e.after, "hard" if e.hard else "soft"] for e in problem.precedence],
        "already_has": sorted(problem.already_has),
        "before_border": sorted(problem.before_border),
        "deadline": dict(sorted(problem.deadline.items())),
        "start": {
            "place": problem.start_place,
            "holder": problem.start_holder,
            "week_minute": problem.week_minute,
        },
        "return_to": problem.return_to,
        "places": dict(sorted(problem.places.items())),
        "travel": [[a, b, *values] for (a, b), values in sorted(problem.travel.items())],
        "points": [_point_to_json(point) for point in sorted(problem.points, key=lambda p: p.id)],
        "links": [
            {"from": x.from_org, "to": x.to, "points": x.points, "cross_border": x.cross_border}
            for x in sorted(problem.links, key=lambda x: (x.from_org, x.to, x.points, x.cross_border))
        ],
        "policy": {
            "handover": problem.limits.handover,
            "no_link": problem.limits.no_link,
            "same_place": problem.limits.same_place,
            "longest_visit": problem.limits.longest_visit,
            "longest_transfer": problem.limits.longest_transfer,
        },
        "k": problem.k,
    }


def _point_to_json(point: ProblemPoint) -> dict[str, Any]:
    return {
        "id": point.id,
        "org": point.org,
        "place": point.place,
        "usable": sorted(point.usable),
        "requires": sorted(point.requires),
        "remote": point.remote,
        "receiver": point.receiver,
        "open": [list(span) for span in point.open],
        "not_before": point.not_before,
        "response": point.response,
        "duration": point.duration,
        "caution": point.caution,
        "preference": point.preference,
    }


def from_json(data: Any) -> SearchProblem:
    """The problem that these plain values describe.

    Raises:
        FaultyProblem: With every fault found: wrong shapes and types first; when there are none, what contradicts
            section 6 of the engine's definition.
    """
    reader = _Reader()
    problem = reader.problem(data)
    if not reader.faults and problem is not None:
        reader.faults.extend(_contradictions(problem))
    if reader.faults or problem is None:
        raise FaultyProblem(tuple(reader.faults))
    return problem


class _Reader:
    """Reads plain values strictly and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, pointer: str, code: str, mend: str) -> None:
        self.faults.append(Fault(where="problem", line=0, pointer=pointer, code=code, mend=mend))

    def number(self, value: Any, pointer: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fault(pointer, "not-a-whole-number", "write a whole number, 0 or more")
            return 0
        return value

    def limit(self, value: Any, pointer: str) -> int | None:
        return None if value is None else self.number(value, pointer)

    def text(self, value: Any, pointer: str) -> str:
        if not isinstance(value, str):
            self.fault(pointer, "not-a-text", "write a text")
            return ""
        return value

    def text_or_none(self, value: Any, pointer: str) -> str | None:
        return None if value is None else self.text(value, pointer)

    def flag(self, value: Any, pointer: str) -> bool:
        if not isinstance(value, bool):
            self.fault(pointer, "not-a-flag", "write true or false")
        return value is True

    def rows(self, value: Any, pointer: str) -> list[Any]:
        if not isinstance(value, list):
            self.fault(pointer, "not-a-list", "write a list")
            return []
        return value

    def texts(self, value: Any, pointer: str) -> tuple[str, ...]:
        return tuple(self.text(item, f"{pointer}/{i}") for i, item in enumerate(self.rows(value, pointer)))

    def table(self, value: Any, pointer: str, keys: str = "", optional: str = "") -> dict[str, Any]:
        """A JSON object; with `keys` it must hold these and may hold `optional`, and no others."""
        if not isinstance(value, dict):
            self.fault(pointer, "not-an-object", "write an object")
            return {}
        if keys:
            wanted, allowed = set(keys.split()), set(keys.split()) | set(optional.split())
            for key in sorted(wanted - set(value)):
                self.fault(f"{pointer}/{key}", "missing", "add this key")
            for key in sorted(set(value) - allowed):
                self.fault(f"{pointer}/{key}", "unknown-key", "remove this key")
        return value

    def numbers(self, value: Any, pointer: str) -> dict[str, int]:
        return {key: self.number(item, f"{pointer}/{key}") for key, item in self.table(value, pointer).items()}

    def problem(self, data: Any) -> SearchProblem | None:
        top = self.table(
            data,
            "",
            "format codes needed unlocking precedence already_has before_border deadline start return_to places "
            "travel points links policy k",
        )
        if self.faults:
            return None
        if top["format"] != FORMAT:
            self.fault("/format", "unknown-format", f'write "{FORMAT}"')
        start = self.table(top["start"], "/start", "place holder week_minute")
        return SearchProblem(
            codes={k: self.text(v, f"/codes/{k}") for k, v in self.table(top["codes"], "/codes").items()},
            needed=self.numbers(top["needed"], "/needed"),
            unlocking=self.texts(top["unlocking"], "/unlocking"),
            precedence=self.edges(top["precedence"]),
            already_has=self.texts(top["already_has"], "/already_has"),
            before_border=self.texts(top["before_border"], "/before_border"),
            deadline=self.numbers(top["deadline"], "/deadline"),
            start_place=self.text(start.get("place"), "/start/place"),
            start_holder=self.text_or_none(start.get("holder"), "/start/holder"),
            week_minute=self.number(start.get("week_minute"), "/start/week_minute"),
            return_to=self.text_or_none(top["return_to"], "/return_to"),
            places={k: self.text(v, f"/places/{k}") for k, v in self.table(top["places"], "/places").items()},
            travel=self.travel(top["travel"]),
            points=tuple(self.point(p, f"/points/{i}") for i, p in enumerate(self.rows(top["points"], "/points"))),
            links=tuple(self.link(x, f"/links/{i}") for i, x in enumerate(self.rows(top["links"], "/links"))),
            limits=self.limits(top["policy"]),
            k=self.number(top["k"], "/k"),
        )

    def edges(self, value: Any) -> tuple[Edge, ...]:
        edges = []
        for i, row in enumerate(self.rows(value, "/precedence")):
            if not (isinstance(row, list) and len(row) == 3 and row[2] in ("hard", "soft")):
                self.fault(f"/precedence/{i}", "not-an-edge", 'write [before, after, "hard" or "soft"]')
                continue
            before, after = (self.text(row[j], f"/precedence/{i}/{j}") for j in (0, 1))
            edges.append(Edge(before=before, after=after, hard=row[2] == "hard"))
        return tuple(edges)

    def travel(self, value: Any) -> dict[tuple[str, str], tuple[int, int]]:
        travel: dict[tuple[str, str], tuple[int, int]] = {}
        for i, row in enumerate(self.rows(value, "/travel")):
            if not (isinstance(row, list) and len(row) == 4):
                self.fault(f"/travel/{i}", "not-a-travel-row", "write [from, to, minutes, crossing points]")
                continue
            a, b = (self.text(row[j], f"/travel/{i}/{j}") for j in (0, 1))
            if a == b or (a, b) in travel or (b, a) in travel:
                self.fault(f"/travel/{i}", "repeated-pair", "write one row for each pair of different places")
            travel[a, b] = (self.number(row[2], f"/travel/{i}/2"), self.number(row[3], f"/travel/{i}/3"))
        return travel

    def point(self, value: Any, at: str) -> ProblemPoint:
        keys = "id org place usable requires remote receiver open not_before response duration caution preference"
        row = self.table(value, at, keys)
        return ProblemPoint(
            id=self.text(row.get("id"), f"{at}/id"),
            org=self.text(row.get("org"), f"{at}/org"),
            place=self.text(row.get("place"), f"{at}/place"),
            usable=self.texts(row.get("usable"), f"{at}/usable"),
            requires=self.texts(row.get("requires"), f"{at}/requires"),
            remote=self.flag(row.get("remote"), f"{at}/remote"),
            receiver=self.text_or_none(row.get("receiver"), f"{at}/receiver"),
            open=self.spans(row.get("open"), f"{at}/open"),
            not_before=self.number(row.get("not_before"), f"{at}/not_before"),
            response=self.number(row.get("response"), f"{at}/response"),
            duration=self.number(row.get("duration"), f"{at}/duration"),
            caution=self.number(row.get("caution"), f"{at}/caution"),
            preference=self.number(row.get("preference"), f"{at}/preference"),
        )

    def spans(self, value: Any, at: str) -> Spans:
        spans = []
        for i, row in enumerate(self.rows(value, at)):
            pair = self.rows(row, f"{at}/{i}")
            if len(pair) != 2:
                self.fault(f"{at}/{i}", "not-a-span", "write [from, to)")
                continue
            spans.append((self.number(pair[0], f"{at}/{i}/0"), self.number(pair[1], f"{at}/{i}/1")))
        return tuple(spans)

    def link(self, value: Any, at: str) -> ProblemLink:
        row = self.table(value, at, "from to points cross_border")
        return ProblemLink(
            from_org=self.text(row.get("from"), f"{at}/from"),
            to=self.text(row.get("to"), f"{at}/to"),
            points=self.number(row.get("points"), f"{at}/points"),
            cross_border=self.flag(row.get("cross_border"), f"{at}/cross_border"),
        )

    def limits(self, value: Any) -> Limits:
        row = self.table(value, "/policy", "handover no_link same_place longest_visit longest_transfer")
        return Limits(
            handover=self.number(row.get("handover"), "/policy/handover"),
            no_link=self.number(row.get("no_link"), "/policy/no_link"),
            same_place=self.number(row.get("same_place"), "/policy/same_place"),
            longest_visit=self.limit(row.get("longest_visit"), "/policy/longest_visit"),
            longest_transfer=self.limit(row.get("longest_transfer"), "/policy/longest_transfer"),
        )


def _contradictions(p: SearchProblem) -> list[Fault]:
    """What section 6 rules out, although every value has the right type."""
    faults: list[Fault] = []

    def fault(pointer: str, code: str, mend: str) -> None:
        faults.append(Fault(where="problem", line=0, pointer=pointer, code=code, mend=mend))

    for code, kind in p.codes.items():
        if kind not in KINDS:
            fault(f"/codes/{code}", "unknown-kind", "write stay, return, case or visit")
    if set(p.codes) & set(p.already_has):
        fault("/already_has", "asked-for-again", "codes that the person already has are not asked for again")
    if set(p.needed) | set(p.unlocking) != set(p.codes) or set(p.needed) & set(p.unlocking):
        fault("/codes", "not-the-needed-and-unlocking", "name the kind of every needed and every unlocking code")
    for code in (code for code, weight in p.needed.items() if not weight):
        fault(f"/needed/{code}", "no-weight", "a needed code weighs 1 or more")
    if sum(kind == "return" for kind in p.codes.values()) > 1:
        fault("/codes", "two-returns", "at most one code is of the kind return")
    if any(p.codes.get(code) != "visit" for code in p.unlocking):
        fault("/unlocking", "not-a-visit", "unlocking codes are of the kind visit")
    if any(edge.before not in p.codes or edge.after not in p.codes for edge in p.precedence):
        fault("/precedence", "unknown-code", "edges name needed and unlocking codes only")
    elif _has_cycle(p.precedence):
        fault("/precedence", "cycle", "take out the cycle")
    for name, place in (("start/place", p.start_place), ("return_to", p.return_to)):
        if place is not None and place not in p.places:
            fault(f"/{name}", "unknown-place", "name a place that is listed under places")
    if p.week_minute >= WEEK:
        fault("/start/week_minute", "not-in-the-week", "write 0 to 10079")
    if any(a not in p.places or b not in p.places for a, b in p.travel):
        fault("/travel", "unknown-place", "name places that are listed under places")
    if len({point.id for point in p.points}) != len(p.points):
        fault("/points", "repeated-id", "give every point an id of its own")
    for i, point in enumerate(p.points):
        for pointer, code, mend in _point_contradictions(point, p):
            fault(f"/points/{i}/{pointer}", code, mend)
    if {link.to for link in p.links} - {point.id for point in p.points}:
        fault("/links", "unknown-point", "links lead to points that are listed")
    return faults


def _has_cycle(edges: Iterable[Edge]) -> bool:
    order: TopologicalSorter[str] = TopologicalSorter()
    for edge in edges:
        order.add(edge.after, edge.before)
    try:
        order.prepare()
    except CycleError:
        return True
    return False


def _point_contradictions(point: ProblemPoint, p: SearchProblem) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    if point.place not in p.places:
        rows.append(("place", "unknown-place", "name a place that is listed under places"))
    if set(point.usable) - set(p.codes):
        rows.append(("usable", "unknown-code", "usable names needed and unlocking codes only"))
    if point.remote and any(p.codes.get(code) == "stay" for code in point.usable):
        rows.append(("usable", "remote-bed", "a remote point has no stay codes"))
    edges = [edge for span in point.open for edge in span]
    if not edges or any(a >= b for a, b in point.open) or edges != sorted(edges) or edges[-1] > WEEK:
        rows.append(("open", "not-a-schedule", "write sorted, disjoint spans of the week, at least one"))
    return rows
