"""Random problem files: small, valid, varied, and made to hit the corners of the specification.

`random_problem` follows the conventions of section 6, and what sections 2.1 and 2.4 say of codes: what a
hard edge puts before a needed code is needed too, and unlocking codes are visit codes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .model import PROBLEM_FORMAT, WEEK

DAY = 24 * 60
STAYS = ("SHL-EMG", "SHL-TRN", "SHL-VOT", "HOU-LNG")
RETURN = "RET-AVR"
CASE = "CAS-MGT"
VISITS = (
    "SAF-RSK", "MED-CMR", "LEG-INF", "IDN-FRM", "PSY-CNS", "INT-LNG", "BIA-BID", "LEG-REP", "DOC-REP",
    "EDU-VOC", "EMP-JOB", "FIN-AID", "MED-GEN", "FAM-TRC",
)  # fmt: skip
OWNED = ("CON-ICS", "SAF-PLN", "DOC-PAS")
COUNTRIES = ("KZ", "KG", "UZ")
LINK_POINTS = (0, 30, 60, 90, 120, 150, 210)
STYLES = ("mixed", "ties")


@dataclass(frozen=True)
class Numbers:
    """The small sets from which a style draws its numbers."""

    weights: tuple[int, ...] = (1, 1, 10, 10, 100)
    responses: tuple[int, ...] = (0, 0, 15, 60, 120, 240, DAY, 2 * DAY)
    durations: tuple[int, ...] = (0, 20, 30, 45, 60, 90, 120, 240)
    preferences: tuple[int, ...] = (0, 0, 0, 0, 10, 15, 30, 60, 120, 400)
    cautions: tuple[int, ...] = (0,) * 12 + (50, 100, 200)
    deadlines: tuple[int, ...] = (0, 60, 120, 240, 480, DAY, 2 * DAY, 3 * DAY, 5 * DAY, WEEK)
    crossings: tuple[int, ...] = (0, 30, 60, 120, 300)
    link_points: tuple[int, ...] = LINK_POINTS
    handovers: tuple[int, ...] = (240, 240, 240, 60, 0)
    hours: tuple[str, ...] = ("always", "always", "weekday", "weekend", "narrow", "odd", "days")
    minutes: tuple[int, ...] = ()
    same_place: tuple[int, ...] = (20, 20, 20, 0, 60)
    org_shares: tuple[float, ...] = (0.4, 0.6, 0.8, 1.0)


NUMBERS = {
    "mixed": Numbers(),
    "ties": Numbers(
        weights=(1, 1, 1, 10),
        responses=(0, 60),
        durations=(0, 60),
        preferences=(0, 0, 0, 60),
        cautions=(0,) * 9 + (100,),
        deadlines=(120, 240, DAY),
        crossings=(0, 60),
        link_points=(0, 60, 120),
        handovers=(240, 0),
        hours=("always", "always", "weekday", "two"),
        minutes=(60, 60, 120),
        same_place=(0, 60),
        org_shares=(0.2, 0.4, 0.7),
    ),
}


@dataclass
class Draft:
    """What has been drawn so far."""

    rng: random.Random
    numbers: Numbers
    kinds: dict[str, str] = field(default_factory=dict)
    needed: dict[str, int] = field(default_factory=dict)
    unlocking: list[str] = field(default_factory=list)
    owned: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    orgs: list[str] = field(default_factory=list)
    start: str = ""
    at_start: float = 0.0
    spread: tuple[int, ...] = ()
    return_to: str | None = None

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def some(self, items: Sequence[str], most: int) -> list[str]:
        """Up to `most` of the items, in random order."""
        return self.rng.sample(items, min(len(items), self.rng.randint(0, most)))


def random_problem(
    rng: random.Random,
    *,
    points: int,
    codes: int,
    style: str = "mixed",
    countries: int | None = None,
    places: int | None = None,
    routes: int | None = None,
) -> dict[str, Any]:
    """A random `referral-problem/1` with this many points and codes (needed and unlocking together).

    `style="ties"` draws from few numbers, so that many routes cost the same. The number of countries (1-3),
    of places, and of routes asked for (`k`) are drawn too unless given.
    """
    draft = Draft(rng, NUMBERS[style])
    draw_codes(draft, codes)
    draw_places(draft, countries or rng.choice((1, 2, 2, 3)), places or rng.randint(1, 3 + points // 4))
    draw_orgs(draft, points)
    precedence = draw_edges(draft)
    rows = draw_points(draft, points)
    return {
        "format": PROBLEM_FORMAT,
        "codes": draft.kinds,
        "needed": draft.needed,
        "unlocking": sorted(draft.unlocking),
        "precedence": precedence,
        "already_has": sorted(draft.owned),
        "before_border": draw_before_border(draft),
        "deadline": {c: rng.choice(draft.numbers.deadlines) for c in draft.needed if draft.chance(0.4)},
        "start": {
            "place": draft.start,
            "holder": rng.choice((*draft.orgs, "o0")) if draft.chance(0.5) else None,
            "week_minute": rng.choice((rng.randrange(WEEK), 1320, 540, 4 * DAY + 960, 6 * DAY + 1430, 0)),
        },
        "return_to": draft.return_to,
        "places": draft.places,
        "travel": draw_travel(draft),
        "points": rows,
        "links": draw_links(draft, rows),
        "policy": draw_policy(draft),
        "k": routes or rng.choice((1, 2, 3, 3, 3, 5)),
    }


def draw_codes(draft: Draft, count: int) -> None:
    """Kinds, weights, unlocking codes, and what the person already has."""
    rng = draft.rng
    chosen: list[str] = []
    if draft.chance(0.36) and count > 1:
        chosen.append(RETURN)
    if draft.chance(0.45):
        chosen.append(CASE)
    chosen += rng.sample(STAYS, rng.choice((0, 1, 1, 2, 2, 3)))
    chosen = rng.sample(chosen, min(len(chosen), count))
    visits = rng.sample(VISITS, len(VISITS))
    chosen += visits[: count - len(chosen)]
    rng.shuffle(chosen)
    draft.kinds = {code: kind_of(code) for code in chosen}
    draft.unlocking = draft.some([code for code in chosen if code in VISITS], rng.choice((0, 1, 2, 3)))
    if len(draft.unlocking) == count:
        draft.unlocking.pop()
    wanted = [code for code in chosen if code not in draft.unlocking]
    draft.needed = {code: rng.choice(draft.numbers.weights) for code in wanted}
    free = [code for code in VISITS + STAYS if code not in chosen]
    draft.owned = draft.some([*OWNED, *rng.sample(free, min(2, len(free)))], rng.choice((0, 0, 1, 2)))


def kind_of(code: str) -> str:
    """The kind of a code (section 1)."""
    if code in STAYS:
        return "stay"
    return {RETURN: "return", CASE: "case"}.get(code, "visit")


def draw_places(draft: Draft, countries: int, places: int) -> None:
    """Places in their countries, where the person is, and where home is."""
    rng = draft.rng
    for number in range(max(places, countries)):
        country = COUNTRIES[number] if number < countries else rng.choice(COUNTRIES[:countries])
        draft.places[f"p{number + 1}"] = country
    draft.start = rng.choice(list(draft.places))
    draft.at_start = rng.choice((0.0, 0.0, 0.2, 0.4))
    if RETURN in draft.kinds or draft.chance(0.1):
        draft.return_to = rng.choice(list(draft.places)) if draft.chance(0.93) else None


def draw_orgs(draft: Draft, points: int) -> None:
    """Fewer organizations than points, so that some have several; specialists or generalists."""
    draft.spread = draft.rng.choice(((1,), (1, 1, 2), (1, 1, 2, 2, 3, 4), (2, 3, 4, 5)))
    count = max(1, round(points * draft.rng.choice(draft.numbers.org_shares)))
    draft.orgs = [f"o{number + 1}" for number in range(count)]


def draw_edges(draft: Draft) -> list[list[str]]:
    """A DAG of hard and soft edges; more likely between two stay codes than elsewhere."""
    rng = draft.rng
    order = rng.sample(list(draft.kinds), len(draft.kinds))
    likely = rng.choice((0.05, 0.15, 0.25, 0.4))
    hard_share = rng.choice((0.2, 0.5, 0.8))
    edges = []
    for index, before in enumerate(order):
        for after in order[index + 1 :]:
            beds = before in STAYS and after in STAYS
            if draft.chance(0.6 if beds else likely):
                may_be_hard = after in draft.unlocking or before in draft.needed
                hard = may_be_hard and draft.chance(hard_share)
                edges.append([before, after, "hard" if hard else "soft"])
    return sorted(edges)


def draw_before_border(draft: Draft) -> list[str]:
    """What must be at hand at a border: mostly nothing or codes that can be had, rarely one that cannot."""
    visits = [code for code in draft.kinds if code in VISITS]
    found = draft.some(visits + draft.owned, draft.rng.choice((0, 0, 0, 1, 2)))
    return sorted(found + (["BOR-NON"] if draft.chance(0.04) else []))


def draw_travel(draft: Draft) -> list[list[Any]]:
    """Sparse and symmetric, on a map or at random; crossing points only between countries."""
    rng = draft.rng
    spot = {place: (rng.randrange(500), rng.randrange(500)) for place in draft.places}
    mapped = draft.chance(0.5)
    roads = rng.choice((0.7, 0.9, 1.0))
    rows: list[list[Any]] = []
    for a, b in pairs(list(draft.places)):
        abroad = draft.places[a] != draft.places[b]
        if not draft.chance(roads * (0.8 if abroad else 1.0)):
            continue
        if draft.numbers.minutes:
            minutes = rng.choice(draft.numbers.minutes)
        elif mapped:
            minutes = max(20, abs(spot[a][0] - spot[b][0]) + abs(spot[a][1] - spot[b][1]))
        else:
            minutes = rng.choice((20, 45, 95, 150, 240, 480, 481, 700, 1500))
        ends = [a, b] if draft.chance(0.5) else [b, a]
        rows.append([*ends, minutes, rng.choice(draft.numbers.crossings) if abroad else 0])
    return sorted(rows)


def pairs(items: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every pair once."""
    for index, first in enumerate(items):
        for second in items[index + 1 :]:
            yield first, second


def draw_points(draft: Draft, count: int) -> list[dict[str, Any]]:
    """The service points, sorted by id; ids are such that text order is not number order.

    Most codes that no point happened to get are given to one that can have them.
    """
    rows = [draw_point(draft, number) for number in range(1, count + 1)]
    offered = {code for row in rows for code in row["usable"]}
    for code in draft.kinds:
        fitting = [row for row in rows if not (row["remote"] and code in STAYS)]
        if code not in offered and code != RETURN and fitting and draft.chance(0.7):
            row = draft.rng.choice(fitting)
            row["usable"] = sorted([*row["usable"], code])
    return sorted(rows, key=lambda row: row["id"])


def draw_point(draft: Draft, number: int) -> dict[str, Any]:
    """One point: remote ones have no stay codes; a return abroad has a receiver."""
    rng = draft.rng
    numbers = draft.numbers
    remote = draft.chance(0.15)
    usable = draw_usable(draft, remote=remote)
    if not usable:
        remote = False
        usable = draw_usable(draft, remote=False) or [rng.choice(list(draft.kinds))]
    receiver = None
    if draft.return_to is not None and RETURN in usable:
        at_home = draft.places[draft.start] == draft.places[draft.return_to]
        if not at_home or draft.chance(0.6):
            receiver = rng.choice((*draft.orgs, "o0"))
    return {
        "id": rng.choice(("s", "s", "s", "S")) + str(number),
        "org": rng.choice(draft.orgs),
        "place": draft.start if draft.chance(draft.at_start) else rng.choice(list(draft.places)),
        "usable": sorted(usable),
        "requires": draw_requires(draft, usable),
        "remote": remote,
        "receiver": receiver,
        "open": draw_hours(rng, rng.choice(numbers.hours)),
        "not_before": rng.choice((300, 1000, 2 * DAY, 5000)) if draft.chance(0.1) else 0,
        "response": rng.choice(numbers.responses),
        "duration": rng.choice(numbers.durations),
        "caution": rng.choice(numbers.cautions),
        "preference": rng.choice(numbers.preferences),
    }


def draw_usable(draft: Draft, *, remote: bool) -> list[str]:
    """Some codes that such a point can have."""
    fitting = [
        code
        for code in draft.kinds
        if not (remote and code in STAYS) and not (code == RETURN and draft.return_to is None)
    ]
    count = draft.rng.choice(draft.spread)
    return draft.rng.sample(fitting, min(count, len(fitting)))


def draw_requires(draft: Draft, usable: list[str]) -> list[str]:
    """Mostly nothing; else what can be had first, and rarely what nobody gives."""
    if not draft.chance(0.35):
        return []
    visits = [code for code in draft.needed if code in VISITS and code not in usable]
    doors = [code for code in draft.unlocking if code not in usable]
    found = draft.some(doors * 4 + draft.owned + visits, 2) + (["DOC-NON"] if draft.chance(0.03) else [])
    return sorted(set(found))


def draw_hours(rng: random.Random, kind: str) -> list[list[int]]:
    """Sorted disjoint spans of the week, never empty."""
    if kind == "always":
        return [[0, WEEK]]
    if kind == "weekday":
        return [[day * DAY + 540, day * DAY + 1020] for day in range(5)]
    if kind == "weekend":
        return [[0, rng.choice((1, 300, 480))], [WEEK - rng.choice((1, 240, DAY)), WEEK]]
    if kind == "narrow":
        begin = rng.randrange(WEEK - 60)
        return [[begin, begin + rng.choice((1, 15, 60))]]
    if kind == "two":
        return [[day * DAY + 600, day * DAY + 660] for day in range(7)]
    if kind == "days":
        begin, length = rng.randrange(0, 1200), rng.choice((60, 120, 240))
        days = rng.sample(range(7), rng.randint(1, 6))
        return [[day * DAY + begin, day * DAY + begin + length] for day in sorted(days)]
    cuts = sorted(rng.sample(range(WEEK + 1), 2 * rng.randint(1, 4)))
    return [list(span) for span in zip(cuts[::2], cuts[1::2], strict=True)]


def draw_links(draft: Draft, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links, some of them double, some within one organization, some across borders (H30)."""
    rng = draft.rng
    density = rng.choice((0.1, 0.4, 0.7)) * min(1.0, 8 / len(draft.orgs))
    cross = rng.choice((0.4, 0.8, 1.0))
    links = []
    for org in [*draft.orgs, "o0"]:
        for row in rows:
            while draft.chance(density):
                points = rng.choice(draft.numbers.link_points)
                link = {"from": org, "to": row["id"], "points": points, "cross_border": draft.chance(cross)}
                links.append(link)
    return sorted(links, key=lambda link: (link["from"], link["to"], link["points"], link["cross_border"]))


def draw_policy(draft: Draft) -> dict[str, Any]:
    """The limits are sometimes null, and seldom short."""
    rng = draft.rng
    return {
        "handover": rng.choice(draft.numbers.handovers),
        "no_link": 210,
        "same_place": rng.choice(draft.numbers.same_place),
        "longest_visit": rng.choice((None, 480, 480, 240, 95, 1000)),
        "longest_transfer": rng.choice((None, 2880, 2880, 720, 480, 150)),
    }
