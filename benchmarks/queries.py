"""What is asked of the engine: people at places and moments, in classes that try it in different ways.

| class | who asks |
| --- | --- |
| city | Somebody in one of the twelve largest towns. |
| remote | Somebody in a village. |
| return | Somebody in a city who wishes to go home over a border, has agreed to that and said where to. |
| rare | A need that few points of a country meet, asked for in a village. |
| grave | After an assault, where no clinic within reach has the medicine: a known danger, or nothing in time. |
| window | Formal identification within a day, asked for in the night to Saturday when offices are closed. |
| none | Everything asked for is closed, or lies behind a border: authorities for who avoids them, a feared return. |

The same kind, number of codes and seed always give the same queries, whatever the register.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from app.domain.codes import Code, Sector, Urgency
from app.domain.place import Place
from app.domain.profile import (
    AgeBand,
    Document,
    Gender,
    IncidentWindow,
    LegalStatus,
    Perpetrator,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
)
from benchmarks.people import NO, UNSET, YES, a_person, some_needs
from benchmarks.register.facts import CARE_CITIES
from benchmarks.register.towns import load_towns

DAY = datetime.fromisoformat("2026-11-23T14:30:00+05:00")
EVENING = datetime.fromisoformat("2026-11-23T19:40:00+05:00")
NIGHT = datetime.fromisoformat("2026-11-24T02:10:00+05:00")
FRIDAY_NIGHT = datetime.fromisoformat("2026-11-28T01:30:00+05:00")
"""A Monday afternoon and evening, the night after it, and the night to Saturday; registers end on that Monday."""
MOMENTS = (DAY, EVENING, NIGHT)
CODES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
"""How many codes a person asks for, cell by cell."""
RARE = (Code.STA_REF, Code.INT_LNG, Code.CHD_GRD)
DRAWN = 400
"""From so many queries of a class those that are asked are taken by turns, where they are spread."""
UNREACHED_MINUTES = 500
"""Further than any visit (`RankingPolicy.longest_visit`, 480 minutes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to the engine. The moment belongs to it, since hours decide."""

    kind: str
    codes: int
    person: Profile
    as_of: datetime


def queries(kind: str, codes: int, count: int, seed: int = 1) -> tuple[Query, ...]:
    """`count` queries of that class, each asking for that many codes; of `none` five at most.

    Raises:
        KeyError: There is no such class.
    """
    rng = random.Random(f"{kind}/{codes}/{seed}")
    return tuple(_query(kind, codes, rng) for _ in range(count))


def spread(kind: str, codes: int, count: int, seed: int = 1) -> tuple[Query, ...]:
    """`count` queries of that class, taken by turns from all moments and countries, so that few stand for many.

    Fewer are the first of more.
    """
    drawn: dict[tuple[datetime, str], list[Query]] = {}
    for query in queries(kind, codes, max(count, DRAWN), seed):
        drawn.setdefault((query.as_of, query.person.location.country), []).append(query)
    moments = sorted({moment for moment, _ in drawn})
    countries = sorted({country for _, country in drawn})
    slanted = [
        drawn.get((moment, countries[(number + shift) % len(countries)]), [])
        for shift in range(len(countries))
        for number, moment in enumerate(moments)
    ]
    ordered = [query for turn in zip_longest(*slanted) for query in turn if query is not None]
    return tuple(ordered[:count])


def _query(kind: str, codes: int, rng: random.Random) -> Query:
    as_of = FRIDAY_NIGHT if kind == "window" else rng.choice(MOMENTS)
    return Query(kind=kind, codes=codes, person=KINDS[kind](rng, codes), as_of=as_of)


def _city(rng: random.Random, codes: int) -> Profile:
    return a_person(rng, rng.choice(load_towns().cities), some_needs(rng, codes))


def _remote(rng: random.Random, codes: int) -> Profile:
    return a_person(rng, rng.choice(load_towns().rural), some_needs(rng, codes))


def _return(rng: random.Random, codes: int) -> Profile:
    cities = load_towns().cities
    here = rng.choice(cities)
    home = rng.choice([city for city in cities if city.country != here.country])
    return a_person(
        rng, here, some_needs(rng, codes, first=(Code.RET_AVR,)),
        **_grown(rng), nationality=home.country, return_to=home.slug, wants_return=YES, fear_of_return=NO,
        protection_status=ProtectionStatus.NONE, perpetrators=(Perpetrator.EMPLOYER,),
        documents_held=rng.choice(((), (Document.PASSPORT,))),
        consents={Sector.CROSS_BORDER: YES, Sector.CONSULAR: YES},
    )  # fmt: skip


def _rare(rng: random.Random, codes: int) -> Profile:
    code = rng.choice(RARE)
    alone = {"age": AgeBand.TEEN, "possibly_child": YES, "unaccompanied": YES, "children_with": ()}
    told = alone if code is Code.CHD_GRD else _grown(rng)
    return a_person(rng, rng.choice(load_towns().rural), some_needs(rng, codes, first=(code,)), **told)


def _grave(rng: random.Random, codes: int) -> Profile:
    recent = rng.choice((IncidentWindow.WITHIN_24H, IncidentWindow.WITHIN_72H))
    told = {"age": rng.choice((AgeBand.YOUNG_ADULT, AgeBand.ADULT)), "possibly_child": NO, "gender": Gender.FEMALE}
    return a_person(
        rng, rng.choice(_without_medicine()), some_needs(rng, codes, first=(Code.MED_CMR,)),
        **told, pregnancy=NO, incident_window=recent, consents={Sector.CROSS_BORDER: NO},
    )  # fmt: skip


def _window(rng: random.Random, codes: int) -> Profile:
    here = rng.choice(load_towns().cities)
    return a_person(
        rng, here, some_needs(rng, codes, first=(Code.IDN_FRM,)),
        **_grown(rng), nationality=here.country, legal_status=LegalStatus.REGULAR, urgency=Urgency.EMERGENCY,
        avoid_authorities=False, perpetrators=(Perpetrator.EMPLOYER,), trafficking_status=TraffickingStatus.POSSIBLE,
        consents={Sector.LAW_ENFORCEMENT: YES, Sector.IMMIGRATION: YES},
    )  # fmt: skip


_CLOSED = (Code.IDN_FRM, Code.CJS_REP, Code.CON_SRV, Code.RET_AVR, Code.SHL_VOT)
_WHAT_COMES_FIRST = (Code.LEG_INF, Code.SAF_RSK, Code.ASY_ACC, Code.LEG_IMM, Code.CHD_GRD, Code.CHD_BIP, Code.SAF_EMG)


def _none(rng: random.Random, codes: int) -> Profile:
    """All regions of the country are no-go areas for a bed, all offices are authorities, the return is feared."""
    here = rng.choice(load_towns().cities)
    regions = sorted({place.admin1 for place in load_towns().places if place.country == here.country})
    needs = tuple(rng.sample(_CLOSED, min(codes, len(_CLOSED))))
    return a_person(
        rng, here, needs,
        **_grown(rng), already_has=_WHAT_COMES_FIRST, avoid_authorities=True, fear_of_return=YES, wants_return=NO,
        no_go_areas=tuple(regions), imminent_danger=NO, health_flags=(),
        trafficking_status=rng.choice((TraffickingStatus.POSSIBLE, TraffickingStatus.UNKNOWN)),
        consents={Sector.CROSS_BORDER: NO, Sector.CONSULAR: NO, Sector.LAW_ENFORCEMENT: NO},
    )  # fmt: skip


def _grown(rng: random.Random) -> dict[str, Any]:
    return {"age": rng.choice((AgeBand.YOUNG_ADULT, AgeBand.ADULT, AgeBand.ADULT)), "possibly_child": NO}


@cache
def _without_medicine() -> tuple[Place, ...]:
    """Towns from which no city with the medicine of rape care can be visited within the country."""
    places = load_towns().places
    cities = [place for place in places if place.slug in CARE_CITIES]
    return tuple(
        place
        for place in places[:300]
        if all(road_minutes(place, city) > UNREACHED_MINUTES for city in cities if city.country == place.country)
    )


def road_minutes(one: Place, other: Place) -> int:
    """Minutes between two places by the engine's rule: 1.3 minutes a kilometre of great circle, 20 at least."""
    a, b = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return max(20, math.ceil(1.3 * 2 * 6371.0088 * math.asin(math.sqrt(half))))


KINDS: Mapping[str, Callable[[random.Random, int], Profile]] = MappingProxyType(
    {
        "city": _city,
        "remote": _remote,
        "return": _return,
        "rare": _rare,
        "grave": _grave,
        "window": _window,
        "none": _none,
    }
)
"""The classes by name."""
CLEAN = ("city", "remote")
"""Classes with a clean answer nearby; the others are held against them."""

__all__ = ["CLEAN", "CODES", "KINDS", "MOMENTS", "RARE", "UNSET", "Query", "queries", "road_minutes", "spread"]
