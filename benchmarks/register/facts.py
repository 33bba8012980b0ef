"""Every fact of the invented providers, drawn for all of them at once as numpy arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.codes import Code, CodeKind
from app.domain.provider import AUTHORITIES, OrganizationType
from benchmarks.register.offers import KINDS, Offers, draw_offers
from benchmarks.register.towns import Towns, load_towns
from benchmarks.register.variants import (
    ACCESS,
    AFFILIATIONS,
    AGES_OF_BEDS,
    AGES_OF_CHILDREN,
    AGES_OF_VISITS,
    DOCUMENTS,
    DURATIONS,
    FLAGS,
    GENDERS,
    NATIONALITIES,
    OTHER_HOURS,
    REGIMES,
    REGISTRATIONS,
    RESPONSES,
    STATUSES,
    TONGUES,
    Hours,
)

Array = NDArray[Any]
Bools = NDArray[np.bool_]

NO, YES, UNKNOWN = 0, 1, 2
"""Answers, as the arrays hold them."""
SIZES = (0.75, 0.15, 0.06, 0.02, 0.01, 0.01)
"""Shares of organizations with one, two, ... six points: 1.42 on average, as `data/directory` has 1.4."""
FRESH, STALE, LISTED = 0, 1, 2
GRADES = (0.70, 0.05, 0.25)
"""Verified within the limits, verified too long ago, only listed."""
SILENT = np.array([0.02, 0.04, 0.45])
"""How often a fact is unknown, by grade: who phoned has asked; who only read has not."""
CARE_CITIES = frozenset({"almaty", "astana", "tashkent", "bishkek", "dushanbe", "ashgabat"})
"""Where the medicine of rape care (W01, W02) is kept: the seats of the countries and Almaty."""
SHARE_WITH_LINKS = 0.3
LINKS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Drawn:
    """One register as arrays: `organizations` and `points` by the name of the fact, `links` and `receptions` too."""

    towns: Towns
    offers: Offers
    organizations: Mapping[str, Array]
    points: Mapping[str, Array]
    links: Mapping[str, Array]
    receptions: Mapping[str, Array]


class Chance:
    """Draws for `rows` rows; the same seed and calls give the same arrays."""

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        self.rng = rng
        self.rows = rows

    def happens(self, share: float | Array) -> Bools:
        """True with that probability."""
        return np.asarray(self.rng.random(self.rows) < share)

    def among(self, shares: Sequence[float]) -> Array:
        """The number of an outcome; the shares are made to add up to 1."""
        ends = np.cumsum(np.asarray(shares, dtype=np.float64))
        return np.searchsorted(ends / ends[-1], self.rng.random(self.rows), side="right").astype(np.int16)

    def below(self, count: int) -> Array:
        """A whole number from 0 to `count` - 1."""
        return self.rng.integers(0, count, self.rows, dtype=np.int32)

    def answer(self, yes: float | Array, silent: float | Array) -> Array:
        """An answer: unknown with the one probability, else yes with the other."""
        told = np.where(self.happens(yes), YES, NO)
        return np.where(self.happens(silent), UNKNOWN, told).astype(np.int8)


def draw(points: int, seed: int) -> Drawn:
    """A register of exactly that many points."""
    rng = np.random.default_rng([seed, points])
    towns, offers = load_towns(), draw_offers()
    sizes = rng.choice(np.arange(1, 7), size=points, p=SIZES)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), points)) + 1]
    sizes[-1] -= int(sizes.sum()) - points
    organizations = _organizations(Chance(rng, len(sizes)), towns)
    at = _points(Chance(rng, points), np.repeat(np.arange(len(sizes)), sizes), organizations, towns, offers)
    at["position"] = np.arange(points) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Drawn(
        towns=towns,
        offers=offers,
        organizations=organizations,
        points=at,
        links=_links(rng, organizations, at, towns),
        receptions=_receptions(rng, organizations, at, towns, offers),
    )


def _organizations(chance: Chance, towns: Towns) -> dict[str, Array]:
    registered = chance.among(tuple(REGISTRATIONS.values()))
    return {
        "kind": chance.among([kind.share for kind in KINDS]),
        "town": chance.among(towns.chances),
        "status": chance.among(tuple(STATUSES.values())),
        "registration": registered,
        "registered_days": chance.below(900) + 1,
        "registration_ends": chance.happens(0.6),
        "steward_trust": chance.happens(0.01),
    }


def _points(
    chance: Chance, owner: Array, organizations: Mapping[str, Array], towns: Towns, offers: Offers
) -> dict[str, Array]:
    kind = organizations["kind"][owner]
    sets = _sets(chance, kind, offers)
    grade = chance.among(GRADES)
    known: dict[str, Array] = {
        "organization": owner,
        "kind": kind,
        "set": sets,
        "town": _towns_of_points(chance, organizations["town"][owner], towns),
        "no_town": chance.happens(0.003),
        "grade": grade,
        "silent": SILENT[grade],
        "stay": offers.of_kind(CodeKind.STAY)[sets],
        "child": offers.having(Code.CHD_GRD, Code.SHL_CHD)[sets],
        "authority": np.array([one.type in AUTHORITIES for one in KINDS])[kind],
        "health": np.array([one.type is OrganizationType.HEALTH for one in KINDS])[kind],
    }
    known |= _record(chance, known)
    known |= _admission(chance, known)
    known |= _safety(chance, known)
    known |= _quality(chance, known, towns, offers)
    known |= _work(chance, known, towns, offers)
    return known


def _sets(chance: Chance, kind: Array, offers: Offers) -> Array:
    """The set of codes of each point, by the chances of its kind of organization."""
    ends = np.cumsum(offers.chances, axis=1)
    drawn = chance.rng.random(chance.rows)
    sets = np.empty(chance.rows, dtype=np.int16)
    for number in range(len(KINDS)):
        rows = kind == number
        sets[rows] = np.searchsorted(ends[number] / ends[number, -1], drawn[rows], side="right")
    return sets


def _towns_of_points(chance: Chance, home: Array, towns: Towns) -> Array:
    """The town of the organization for 85 %, else another one of its country."""
    elsewhere = home.copy()
    countries = np.array(towns.countries())
    drawn = chance.rng.random(chance.rows)
    for country in sorted(set(towns.countries())):
        there = (countries == country).nonzero()[0]
        ends = np.cumsum(towns.chances[there])
        rows = countries[home] == country
        elsewhere[rows] = there[np.searchsorted(ends / ends[-1], drawn[rows], side="right")]
    return np.where(chance.happens(0.85), home, elsewhere)


def _record(chance: Chance, known: Mapping[str, Array]) -> dict[str, Array]:
    """Who looked last and when (H19), what a steward recorded, quarantines and reports of capacity (H18, H20)."""
    fresh_days = np.where(known["stay"], chance.below(150), chance.below(300))
    return {
        "verified_days": np.where(known["grade"] == FRESH, fresh_days, 400 + chance.below(400)),
        "by_steward": chance.happens(0.7),
        "quarantined": chance.happens(0.004),
        "own_status": np.where(chance.happens(0.05), chance.among(tuple(STATUSES.values())), -1),
        "capacity": np.where(chance.happens(0.1), 2, chance.among([0.55, 0.15, 0.0, 0.2])),
        "reported_minutes": np.where(known["stay"], chance.below(20 * 60), chance.below(160 * 60)),
        "reported": chance.happens(0.5),
        "free_places": chance.below(9),
    }


def _admission(chance: Chance, known: Mapping[str, Array]) -> dict[str, Array]:
    """Whom the point takes in. Of beds much more is asked than of visits."""
    stay, silent, child = known["stay"], known["silent"], known["child"]
    genders = np.where(stay, chance.among([0.42, 0.10, 0.48]), chance.among([0.10, 0.02, 0.88]))
    ages = np.where(stay, chance.among(AGES_OF_BEDS.shares), chance.among(AGES_OF_VISITS.shares))
    ages = np.where(stay, ages, ages + len(AGES_OF_BEDS.shares))
    start = len(AGES_OF_BEDS.shares) + len(AGES_OF_VISITS.shares)
    papers = chance.among(tuple(DOCUMENTS.values()))
    return {
        "genders": np.where(chance.happens(silent), len(GENDERS) - 1, genders),
        "ages": np.where(child, start + chance.among(AGES_OF_CHILDREN.shares), ages),
        "ages_known": ~chance.happens(silent),
        "nationalities": np.where(chance.happens(silent), 0, 1 + chance.among(tuple(NATIONALITIES.values()))),
        "accepts_children": chance.answer(np.where(stay & ~child, 0.5, 0.85), silent),
        "boys_limited": chance.happens(np.where(stay, 0.2, 0.0)),
        "requires_formal_status": chance.answer(np.where(stay, 0.08, 0.015), silent),
        "requires_cooperation": chance.answer(0.02, silent),
        "requires_criminal_case": chance.answer(0.01, 0.0),
        "requires_residence": chance.answer(0.05, silent),
        "requires_police_referral": chance.answer(0.01, 0.0),
        "documents": np.where(chance.happens(silent), 0, 1 + papers),
        "fee": chance.answer(np.where(known["health"], 0.2, 0.05), silent),
    }


def _safety(chance: Chance, known: Mapping[str, Array]) -> dict[str, Array]:
    """With whom the point shares, and what else makes a step there dangerous."""
    stay, silent, authority = known["stay"], known["silent"], known["authority"]
    regimes = chance.among(REGIMES)
    return {
        "shares_with_police": chance.answer(np.where(authority, 0.6, np.where(known["health"], 0.15, 0.07)), silent),
        "shares_with_immigration": chance.answer(np.where(authority, 0.4, 0.04), silent),
        "mandatory_reporter": chance.answer(np.where(authority | known["child"], 0.5, 0.12), silent),
        "confidentiality_policy": chance.answer(0.92, silent),
        "facility_regime": np.where(chance.happens(silent), 4, np.where(stay, regimes, 0)),
        "child_specialised": chance.answer(np.where(known["child"], 0.95, 0.12), silent),
        "separates_children": chance.answer(np.where(known["child"], 0.9, 0.3), silent),
        "mediates_with_family": chance.answer(0.04, silent / 4),
        "safeguarding_flag": chance.among(FLAGS),
        "affiliation": np.where(chance.happens(0.015), 1 + chance.below(len(AFFILIATIONS)), 0),
    }


def _quality(chance: Chance, known: Mapping[str, Array], towns: Towns, offers: Offers) -> dict[str, Array]:
    """Specialisation, and the medicine of rape care: only some cities have any, and there not every clinic."""
    silent = known["silent"]
    supplied = np.array([place.slug in CARE_CITIES for place in towns.places])[known["town"]]
    cares = offers.having(Code.MED_CMR)[known["set"]]
    medicine = np.where(supplied & cares, 0.7, 0.0)
    return {
        "trafficking_specialised": chance.answer(0.3, silent),
        "trauma_informed": chance.answer(0.4, silent),
        "staff_gender_choice": chance.answer(0.5, silent),
        "offers_pep": chance.answer(medicine, silent),
        "offers_emergency_contraception": chance.answer(medicine, silent),
        "offers_forensic": chance.answer(np.where(cares, 0.3, 0.02), silent),
    }


def _work(chance: Chance, known: Mapping[str, Array], towns: Towns, offers: Offers) -> dict[str, Array]:
    """Hours, languages, accessibility, response and duration."""
    silent = known["silent"]
    countries = sorted(TONGUES)
    country = np.array([countries.index(place.country) for place in towns.places])[known["town"]]
    away = chance.happens(np.where(known["stay"], 0.0, 0.0625))
    helpline = offers.in_fields("interpreter")[known["set"]]
    away |= helpline & chance.happens(0.5)
    away &= ~offers.having(Code.MED_EMG, Code.MED_CMR)[known["set"]]
    shares = [[share for _, share in TONGUES[name]] for name in countries]
    spoken = np.select([country == n for n in range(len(countries))], [chance.among(one) for one in shares])
    return {
        "away": np.where(away, 1 + chance.happens(0.1), 0).astype(np.int8),
        "hours": _hours(chance, known, offers),
        "response": np.array(RESPONSES)[chance.below(len(RESPONSES))],
        "duration": np.array(DURATIONS)[chance.below(len(DURATIONS))],
        "languages": np.where(chance.happens(silent), -1, spoken),
        "interpretation": np.where(chance.happens(silent), -1, np.where(helpline, 3, chance.among([0.6, 0.2, 0.2]))),
        "interpretation_vetted": chance.answer(0.85, silent),
        "accessibility": np.where(chance.happens(silent * 0.8), 0, 1 + chance.among(tuple(ACCESS.values()))),
        "confidential": known["stay"] & chance.happens(0.15),
        "state_funded": chance.answer(np.where(known["authority"], 0.95, 0.15), silent),
        "licence_required": chance.answer(np.where(known["health"] | known["stay"], 0.5, 0.05), silent),
    }


def _hours(chance: Chance, known: Mapping[str, Array], offers: Offers) -> Array:
    """State offices keep office hours; beds, emergency rooms, helplines and the police seldom close."""
    emergencies = offers.having(Code.MED_EMG, Code.CRI_HOT, Code.SAF_EMG)[known["set"]]
    police = offers.in_fields("police")[known["set"]]
    always = np.where(known["stay"], 0.6, np.where(emergencies, 0.75, 0.02))
    always = np.where(known["authority"], np.where(police, 0.7, 0.0), always)
    office = np.where(known["authority"], 1.0, 0.93)
    other = 2 + chance.below(len(OTHER_HOURS))
    hours = np.where(chance.happens(always), Hours.ALWAYS, np.where(chance.happens(office), Hours.OFFICE, other))
    return np.where(chance.happens(known["silent"]), Hours.NOT_KNOWN, hours).astype(np.int16)


def _links(
    rng: np.random.Generator, organizations: Mapping[str, Array], points: Mapping[str, Array], towns: Towns
) -> dict[str, Array]:
    """Ways from 30 % of the organizations, one to five each: most to the same town, one in twelve over a border."""
    count = len(organizations["town"])
    many = np.where(rng.random(count) < SHARE_WITH_LINKS, rng.integers(1, LINKS_AT_MOST + 1, count), 0)
    source = np.repeat(np.arange(count), many)
    chance = Chance(rng, len(source))
    home = organizations["town"][source]
    order = np.argsort(points["town"], kind="stable")
    ends = np.searchsorted(points["town"][order], np.arange(len(towns.places) + 1))
    size = (ends[1:] - ends[:-1])[home]
    nearby = order[(ends[home] + (chance.rng.random(len(source)) * size).astype(np.int64)) % len(order)]
    anywhere = chance.below(len(order))
    target = np.where((size > 0) & chance.happens(0.7), nearby, anywhere)
    countries = np.array(towns.countries())
    abroad = countries[points["town"][target]] != countries[home]
    kept = (points["organization"][target] != source) & (~abroad | chance.happens(0.3))
    return {
        "from": source[kept],
        "to": target[kept],
        "abroad": abroad[kept],
        **{name: values[kept] for name, values in _terms(chance, abroad).items()},
        "mode": chance.among([0.2, 0.35, 0.25, 0.2])[kept],
        "interpreter_source": chance.among([0.93, 0.05, 0.02])[kept],
        "active": chance.happens(0.97)[kept],
    }


def _terms(chance: Chance, abroad: Bools) -> dict[str, Array]:
    """Agreement (sop, mou, trm, practice, none, unknown) and what was confirmed; over borders it mostly binds."""
    at_home, over = chance.among([0.35, 0.25, 0.0, 0.25, 0.05, 0.1]), chance.among([0.2, 0.3, 0.3, 0.1, 0.0, 0.1])
    return {
        "agreement": np.where(abroad, over, at_home),
        "receiver_confirmed": chance.answer(0.9, 0.15),
        "child_ok": chance.answer(0.7, 0.2),
        "valid_days": np.where(chance.happens(0.3), chance.below(730) - 20, -1_000),
    }


def _receptions(
    rng: np.random.Generator,
    organizations: Mapping[str, Array],
    points: Mapping[str, Array],
    towns: Towns,
    offers: Offers,
) -> dict[str, Array]:
    """Up to three for each point that brings people home, each with an organization of another country."""
    brings = offers.of_kind(CodeKind.RETURN)[points["set"]].nonzero()[0]
    countries = np.array(towns.countries())
    source = np.repeat(brings, 3)
    chance = Chance(rng, len(source))
    receiver = chance.below(len(organizations["town"]))
    abroad = countries[organizations["town"][receiver]] != countries[points["town"][source]]
    kind = organizations["kind"][receiver]
    fit = np.array([one.type not in AUTHORITIES for one in KINDS])[kind]
    kept = abroad & fit
    terms = _terms(chance, np.ones(len(source), dtype=np.bool_))
    return {
        "point": source[kept],
        "receiver": receiver[kept],
        **{name: values[kept] for name, values in terms.items()},
    }
