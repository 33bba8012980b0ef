"""The JSON columns of a service: whom it takes in, what makes it safe, what makes it good.

They are made as values of the domain and turned by the program's own `plain`; each different one is made once.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from app.domain.answer import Answer
from app.domain.profile import Placement
from app.domain.provider import Eligibility, FacilityRegime, Quality, Safety
from app.registry.plain import plain
from benchmarks.register.facts import YES, Drawn
from benchmarks.register.variants import AFFILIATIONS, AGES, FLAG_VALUES, GENDERS, HERE, NATIONALITIES

ANSWERS = (Answer.NO, Answer.YES, Answer.UNKNOWN)
_REGIMES = (
    FacilityRegime.OPEN, FacilityRegime.SEMI_OPEN, FacilityRegime.CLOSED, FacilityRegime.DETENTION,
    FacilityRegime.UNKNOWN,
)  # fmt: skip
_NATIONALITIES = tuple(NATIONALITIES)


def lists_of(facts: Any, *names: str) -> Iterator[tuple[Any, ...]]:
    """The named facts row by row, as plain Python values."""
    return zip(*(facts[name].tolist() for name in names), strict=True)


def eligibilities(drawn: Drawn) -> Iterator[str]:
    """The column `eligibility`, point by point."""
    facts = lists_of(
        drawn.points, "genders", "ages", "ages_known", "nationalities", "accepts_children", "boys_limited",
        "requires_formal_status", "requires_cooperation", "requires_criminal_case", "requires_residence",
        "requires_police_referral", "fee",
    )  # fmt: skip
    countries = drawn.towns.countries()
    towns = drawn.points["town"].tolist()
    return (_eligibility(countries[town], *fact) for town, fact in zip(towns, facts, strict=True))


@cache
def _eligibility(
    country: str, genders: int, ages: int, ages_known: bool, nationalities: int, children: int, boys: bool, *needs: int
) -> str:
    status, cooperation, case, residence, referral, fee = (ANSWERS[need] for need in needs)
    low, high = AGES[ages] if ages_known else (None, None)
    admitted, excluded = _NATIONALITIES[nationalities - 1] if nationalities else (None, ())
    limited = boys and children == YES and GENDERS[genders] == (Placement.WOMEN,)
    told = plain(
        Eligibility(
            genders=GENDERS[genders], age_min=low, age_max=high,
            nationalities=tuple(country if one == HERE else one for one in admitted) if admitted else None,
            nationalities_excluded=excluded, accepts_children=ANSWERS[children], boys_max_age=12 if limited else None,
            requires_formal_status=status, requires_cooperation=cooperation, requires_criminal_case=case,
            requires_residence=residence, requires_police_referral=referral, fee=fee,
        )
    )  # fmt: skip
    del told["required_documents"]
    return json.dumps(told)


def safeties(drawn: Drawn) -> Iterator[str]:
    """The column `safety`, point by point."""
    facts = lists_of(
        drawn.points, "shares_with_police", "shares_with_immigration", "mandatory_reporter", "confidentiality_policy",
        "facility_regime", "child_specialised", "separates_children", "mediates_with_family", "safeguarding_flag",
        "affiliation",
    )  # fmt: skip
    return (_safety(*fact) for fact in facts)


@cache
def _safety(
    police: int, immigration: int, reporter: int, policy: int, regime: int, child: int, separates: int, mediates: int,
    flag: int, affiliation: int,
) -> str:  # fmt: skip
    return json.dumps(
        plain(
            Safety(
                shares_with_police=ANSWERS[police], shares_with_immigration=ANSWERS[immigration],
                mandatory_reporter=ANSWERS[reporter], confidentiality_policy=ANSWERS[policy],
                facility_regime=_REGIMES[regime], child_specialised=ANSWERS[child],
                separates_children_from_adults=ANSWERS[separates], mediates_with_family=ANSWERS[mediates],
                safeguarding_flag=FLAG_VALUES[flag], affiliations=AFFILIATIONS[affiliation - 1 : affiliation],
            )
        )
    )  # fmt: skip


def qualities(drawn: Drawn) -> Iterator[str]:
    """The column `quality`, point by point."""
    facts = lists_of(
        drawn.points, "trafficking_specialised", "trauma_informed", "staff_gender_choice", "offers_pep",
        "offers_emergency_contraception", "offers_forensic",
    )  # fmt: skip
    return (_quality(*fact) for fact in facts)


@cache
def _quality(*answers: int) -> str:
    specialised, informed, staff, pep, contraception, forensic = (ANSWERS[answer] for answer in answers)
    return json.dumps(
        plain(
            Quality(
                trafficking_specialised=specialised, trauma_informed=informed, staff_gender_choice=staff,
                offers_pep=pep, offers_emergency_contraception=contraception, offers_forensic=forensic,
            )
        )
    )  # fmt: skip
