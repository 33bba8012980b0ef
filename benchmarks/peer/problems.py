"""Search problems as a register of a given size would make them, in which no cost depends on the clock.

Every door is open all week, everybody answers at once, nothing has a deadline. Then each step costs the same whenever
it is taken, and a problem is a shortest path over (base, holder, codes at hand), which is what peers can solve.

A register has points in 48 towns, the larger the town the more of them, and in the country around, at the coordinates
of the gazetteer. A point offers one of 200 kinds of service, each a set of 1 to 4 of the 45 codes, few of them popular
and many rare. A person needs so many codes, a bed among them in two problems of three. Gates close 60 to 80 % of the
rows at random; what is left and offers a code in play is in the problem. Order follows data/pathways/universal.yaml.
Seeded: the same arguments, the same file.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.codes import CODES, URGENCY_WEIGHT, Code
from app.domain.pathway import PersonCondition, Strength
from app.domain.place import SERVED, Place
from app.registry.pathways import load_pathways
from app.registry.places import load_places

DATA = Path(__file__).parents[2] / "data"
TOWNS, HAMLETS = 48, 150
KINDS_OF_SERVICE = 200
STAYS = tuple(code for code in Code if CODES[code].kind == "stay" and code is not Code.SHL_CHD)
"""Beds of an adult. No problem here is about a child."""
FOR_ADULTS = tuple(code for code in Code if not code.value.startswith("CHD-") and code not in (Code.SHL_CHD, *STAYS))
LINK_POINTS = (0, 30, 60, 90, 120, 150, 210)
PREFERENCES = (0, 0, 0, 0, 20, 30, 45, 60, 90, 120)
DURATIONS = (30, 45, 60, 60, 90, 120)
ALWAYS = [[0, 10_080]]
DOORS = (Code.IDN_FRM, Code.DOC_IDS, Code.LEG_INF, Code.INT_LNG)
"""What a few points require first (engine, section 2.4)."""
BORDER_MINUTES, BORDER_POINTS = 120, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One point of the register, whoever asks."""

    id: str
    org: str
    place: str
    codes: tuple[Code, ...]
    remote: bool
    duration: int
    preference: int
    requires: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Points, links as (organization, point, points of burden), and the towns with their weights."""

    rows: tuple[Row, ...]
    links: tuple[tuple[str, str, int], ...]
    towns: tuple[Place, ...]
    crowds: tuple[float, ...]


@cache
def gazetteer() -> Mapping[str, Place]:
    """The places of the five countries by slug."""
    return {place.slug: place for place in load_places(DATA / "places") if place.country in SERVED}


@cache
def order_of_services() -> tuple[tuple[Code, Code, bool], ...]:
    """The (before, after, hard) of the universal pathway that hold for an adult away from home, sorted, each once."""
    whoever = (PersonCondition(), PersonCondition(in_own_country=False))
    rules = [rule for rule in load_pathways(DATA / "pathways")["*"].precedence if rule.person in whoever]
    return tuple(sorted({(rule.before, rule.after, rule.strength is Strength.HARD) for rule in rules}))


def make_register(size: int, *, seed: int = 1) -> Register:
    """A register of that many points; the catalogue of services and the towns depend on the seed only."""
    rng = random.Random(f"catalogue {seed}")
    ranks = rng.sample(range(1, len(Code) + 1), len(Code))
    popular = {code: rank**-0.7 for code, rank in zip(Code, ranks, strict=True)}
    kinds = [_drawn(rng, popular, rng.choice((1, 1, 1, 1, 2, 2, 2, 3, 3, 4))) for _ in range(KINDS_OF_SERVICE)]
    by_size = sorted(gazetteer().values(), key=lambda place: (-(place.population or 0), place.slug))
    hamlets = rng.sample(by_size[TOWNS:], HAMLETS)
    crowds = [1 / rank for rank in range(1, TOWNS + 1)]
    crowds += [sum(crowds) / 4 / HAMLETS] * HAMLETS
    rng = random.Random(f"register {seed} {size}")
    rows = tuple(_rows(rng, size, kinds, [*by_size[:TOWNS], *hamlets], crowds))
    links = tuple(_links(rng, rows))
    return Register(rows=rows, links=links, towns=(*by_size[:TOWNS], *hamlets), crowds=tuple(crowds))


def _drawn(rng: random.Random, weights: Mapping[Code, float], count: int) -> tuple[Code, ...]:
    """So many different codes, the heavier the likelier, sorted."""
    drawn: set[Code] = set()
    while len(drawn) < count:
        drawn.update(rng.choices(list(weights), list(weights.values()), k=1))
    return tuple(sorted(drawn))


def _rows(
    rng: random.Random, size: int, kinds: Sequence[tuple[Code, ...]], towns: Sequence[Place], crowds: Sequence[float]
) -> Iterator[Row]:
    """Points, 1.4 to an organization on average; an organization is in one town."""
    weights = [rank**-0.9 for rank in range(1, len(kinds) + 1)]
    org, place = -1, ""
    for number in range(size):
        if org < 0 or rng.random() < 1 / 1.4:
            org, place = org + 1, rng.choices(towns, crowds)[0].slug
        codes = rng.choices(kinds, weights)[0]
        travels = any(CODES[code].kind in ("stay", "return") for code in codes)
        door = rng.choice(DOORS)
        yield Row(
            id=f"s{number:07}",
            org=f"o{org:07}",
            place=place,
            codes=codes,
            remote=not travels and rng.random() < 0.08,
            duration=rng.choice(DURATIONS),
            preference=rng.choice(PREFERENCES),
            requires=(door,) if rng.random() < 0.05 and door not in codes else (),
        )


def _links(rng: random.Random, rows: Sequence[Row]) -> Iterator[tuple[str, str, int]]:
    """Three organizations in ten send people on: to 1 to 6 points, most of them in their own country."""
    at_home: dict[str, list[Row]] = {}
    for row in rows:
        at_home.setdefault(gazetteer()[row.place].country, []).append(row)
    places = {row.org: row.place for row in rows}
    for org, place in places.items():
        if rng.random() < 0.3:
            near = at_home[gazetteer()[place].country]
            for to in rng.sample(near, min(len(near), rng.randint(1, 6))):
                yield org, to.id, rng.choice(LINK_POINTS)


def make_problems(size: int, *, codes: int, count: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many `referral-problem/1` values over one register, each with that many needed codes and k = 3."""
    register = make_register(size, seed=seed)
    people = (random.Random(f"person {seed} {size} {codes} {n}") for n in range(count))
    return [_problem(register, rng, codes, bed=n % 3 != 2) for n, rng in enumerate(people)]


def _problem(register: Register, rng: random.Random, codes: int, *, bed: bool) -> dict[str, Any]:
    start = rng.choices(register.towns, register.crowds)[0]
    needed = _needed(rng, codes, bed=bed)
    home = _home(rng, start) if Code.RET_AVR in needed else None
    closed = rng.uniform(0.6, 0.8)
    left = [row for row in register.rows if rng.random() >= closed]
    doors = {code for row in left if needed & {*row.codes} for code in row.requires}
    unlocking = _with_what_comes_first(doors) - needed
    points = [point for row in left if (point := _point(row, rng, needed | unlocking, home))]
    listed = {point["id"] for point in points}
    orgs_here = [row.org for row in register.rows if row.place == start.slug]
    return {
        "format": "referral-problem/1",
        "codes": {code.value: CODES[code].kind.value for code in sorted(needed | unlocking)},
        "needed": _weights(needed),
        "unlocking": sorted(code.value for code in unlocking),
        "precedence": [
            [before.value, after.value, "hard" if hard else "soft"]
            for before, after, hard in order_of_services()
            if {before, after} <= needed | unlocking
        ],
        "already_has": [],
        "before_border": [Code.SAF_RSK.value],
        "deadline": {},
        "start": {
            "place": start.slug,
            "holder": rng.choice(orgs_here) if orgs_here and rng.random() < 0.5 else None,
            "week_minute": rng.randrange(10_080),
        },
        "return_to": home.slug if home else None,
        **_map(points, start, home),
        "points": points,
        "links": [
            {"from": org, "to": to, "points": cost, "cross_border": False}
            for org, to, cost in sorted(register.links)
            if to in listed
        ],
        "policy": {"handover": 240, "no_link": 210, "same_place": 20, "longest_visit": 480, "longest_transfer": 2880},
        "k": 3,
    }


def _needed(rng: random.Random, count: int, *, bed: bool) -> set[Code]:
    """So many codes, one a bed or none, with all that hard edges put before them among them."""
    while True:
        drawn = rng.sample(FOR_ADULTS, rng.randint(1, count - bed)) + ([rng.choice(STAYS)] if bed else [])
        needed = _with_what_comes_first(drawn)
        if len(needed) == count and needed <= {*STAYS, *FOR_ADULTS}:
            return needed


def _with_what_comes_first(codes: Iterable[Code]) -> set[Code]:
    found: set[Code] = set()
    pending = [*codes]
    while pending:
        code = pending.pop()
        found.add(code)
        pending += [before for before, after, hard in order_of_services() if hard and after is code]
    return found


def _weights(needed: set[Code]) -> dict[str, int]:
    """By the code's own urgency; what comes first weighs as much as what asked for it."""
    weights = {code: URGENCY_WEIGHT[CODES[code].urgency] for code in needed}
    for _ in needed:
        for before, after, hard in order_of_services():
            if hard and after in needed:
                weights[before] = max(weights[before], weights[after])
    return {code.value: weights[code] for code in sorted(needed)}


def _home(rng: random.Random, start: Place) -> Place:
    abroad = [place for place in gazetteer().values() if place.country != start.country]
    return rng.choice(sorted(abroad, key=lambda place: place.slug))


def _point(row: Row, rng: random.Random, in_play: set[Code], home: Place | None) -> dict[str, Any] | None:
    """The row in the problem; `None` when it offers nothing in play. Half of those who bring home have a receiver."""
    usable = in_play & {*row.codes}
    received = home is not None and rng.random() < 0.5
    if not received:
        usable.discard(Code.RET_AVR)
    if not usable:
        return None
    return {
        "id": row.id,
        "org": row.org,
        "place": row.place,
        "usable": sorted(code.value for code in usable),
        "requires": sorted(code.value for code in row.requires),
        "remote": row.remote,
        "receiver": "received-at-home" if Code.RET_AVR in usable else None,
        "open": ALWAYS,
        "not_before": 0,
        "response": 0,
        "duration": row.duration,
        "caution": 1000 if rng.random() < 0.01 else 0,
        "preference": row.preference,
    }


def _map(points: Sequence[Mapping[str, Any]], start: Place, home: Place | None) -> dict[str, Any]:
    """Places, and the ways between every place where the person may stay and every place of the same country.

    Only the way home crosses borders.
    """
    known = gazetteer()
    beds = {point["place"] for point in points if any(CODES[Code(code)].kind == "stay" for code in point["usable"])}
    ends = {start.slug, *({home.slug} if home else ())}
    places = sorted({point["place"] for point in points} | ends)
    travel: dict[tuple[str, str], list[Any]] = {}
    for base in sorted(beds | ends):
        for place in places:
            if place == base or (place, base) in travel:
                continue
            road = max(20, math.ceil(1.3 * _km(known[base], known[place])))
            if known[base].country == known[place].country:
                travel[base, place] = [base, place, road, 0]
            elif home and home.slug in (base, place):
                travel[base, place] = [base, place, road + BORDER_MINUTES, BORDER_POINTS]
    return {"places": {place: known[place].country for place in places}, "travel": list(travel.values())}


def _km(a: Place, b: Place) -> float:
    """Kilometres on a great circle."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(p.lat), math.radians(p.lon)) for p in (a, b))
    bow = math.sin((lat_b - lat_a) / 2) ** 2
    bow += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(bow))
