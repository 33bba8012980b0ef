"""Random problems with a near and a far town, beds in both, and a dear point at home that serves nearly everything.

What decides here are journeys: which of the far points one sleeps at, and which are then next door.
"""

import random
from typing import Any

VISITS = ("MED-CMR", "LEG-INF", "MHP-CNS", "DOC-IDS", "EMP-JOB")
STAYS = ("SHL-VOT", "SHL-EMG")
OFFICE = [[day * 1440 + 540, day * 1440 + 1020] for day in range(5)]
ALWAYS = [[0, 10080]]


def two_towns(rng: random.Random, *, points: int) -> dict[str, Any]:
    """Such a problem, with that many points besides the dear ones."""
    visits, stays = rng.sample(VISITS, rng.randint(2, 4)), rng.sample(STAYS, rng.choice([1, 1, 1, 2]))
    codes = dict.fromkeys(visits, "visit") | dict.fromkeys(stays, "stay")
    codes |= {"RET-AVR": "return"} if rng.random() < 0.25 else {}
    codes |= {"CAS-MGT": "case"} if rng.random() < 0.3 else {}
    near = ["p0", *(f"n{number}" for number in range(rng.randint(1, 2)))]
    far = [f"f{number}" for number in range(rng.randint(1, 3))]
    some = [_point(rng, f"s{n:02}", rng.choice(far if rng.random() < 0.6 else near), codes) for n in range(points)]
    some += [_dear(rng, f"d{number}", rng.choice(near), visits, stays) for number in range(rng.randint(1, 2))]
    some.sort(key=lambda point: point["id"])
    after = {before: [*stays, *visits[at + 1 :]] for at, before in enumerate(visits)}
    edges = [(before, then) for before in visits for then in after[before] if rng.random() < 0.3]
    linked = [point["id"] for point in some if rng.random() < 0.2]
    return {
        "format": "referral-problem/1",
        "codes": codes,
        "needed": {code: rng.choice([1, 10, 10, 100]) for code in codes},
        "unlocking": [],
        "precedence": [[before, then, rng.choice(["hard", "soft"])] for before, then in edges],
        "already_has": [],
        "before_border": [],
        "deadline": {visits[0]: rng.choice([100, 600, 2000])} if rng.random() < 0.3 else {},
        "start": {"place": "p0", "holder": rng.choice([None, None, "oa"]), "week_minute": rng.choice([600, 1320, 0])},
        "return_to": rng.choice([far[0], "p0", near[-1]]) if "RET-AVR" in codes else None,
        "places": dict.fromkeys([*near, *far], "KZ"),
        "travel": _travel(rng, near, far),
        "points": some,
        "links": [
            {"from": rng.choice(["oa", "ob"]), "to": to, "points": rng.choice([0, 60, 120]), "cross_border": False}
            for to in linked
        ],
        "policy": {
            "handover": 240,
            "no_link": 210,
            "same_place": 20,
            "longest_visit": rng.choice([100, 480, None]),
            "longest_transfer": rng.choice([2880, 600, None]),
        },
        "k": rng.choice([1, 2]),
    }


def _travel(rng: random.Random, near: list[str], far: list[str]) -> list[list[Any]]:
    apart, places = rng.choice([150, 300, 500, 900]), [*near, *far]
    return [
        [a, b, rng.randint(20, 60) if (a in far) == (b in far) else apart + rng.randint(0, 60), 0]
        for at, a in enumerate(places)
        for b in places[at + 1 :]
    ]


def _point(rng: random.Random, name: str, place: str, codes: dict[str, str]) -> dict[str, Any]:
    visits, stays = ([code for code, kind in codes.items() if kind == of] for of in ("visit", "stay"))
    usable = set(rng.sample(visits, rng.randint(1, 2)))
    usable |= {rng.choice(stays)} if rng.random() < 0.45 else set()
    usable |= {"CAS-MGT"} if "CAS-MGT" in codes and rng.random() < 0.3 else set()
    usable = {"RET-AVR"} if "RET-AVR" in codes and rng.random() < 0.2 else usable
    return _made(rng, name, place, usable, rng.choice([0, 0, 0, 30, 90]))


def _dear(rng: random.Random, name: str, place: str, visits: list[str], stays: list[str]) -> dict[str, Any]:
    usable = {*visits, rng.choice(stays)}
    return _made(rng, name, place, usable - {rng.choice([*visits, ""])}, rng.randint(300, 2500))


def _made(rng: random.Random, name: str, place: str, usable: set[str], preference: int) -> dict[str, Any]:
    return {
        "id": name,
        "org": rng.choice(["oa", "ob", f"o-{name}", f"o-{name}"]),
        "place": place,
        "usable": sorted(usable),
        "requires": [],
        "remote": False,
        "receiver": None,
        "open": rng.choice([ALWAYS, ALWAYS, OFFICE]),
        "not_before": 0,
        "response": rng.choice([0, 0, 60, 300]),
        "duration": rng.choice([30, 60, 240]),
        "caution": 0,
        "preference": preference,
    }
