"""What a gate is, and the list of all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from app.domain.codes import CODES, Code
from app.domain.plan import Weight
from app.domain.profile import HealthFlag, IncidentWindow, Profile
from app.routing.columns import Columns, bits_of
from app.routing.rules import Rule
from app.routing.verdicts import Bits, Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a gate may know besides the person and the provider: the day of the request, and the policy's limits."""

    on: date
    warn_days: int = 90
    exclude_days: int = 365
    stay_warn_days: int = 30
    """Residential and round-the-clock emergency services are asked more often (standards, section 3c)."""
    stay_exclude_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """A closing that is lifted for the life-saving set, at the price of a caution that is shown."""

    caution: str
    """Message key."""
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeSaving:
    """What a gate does to life-saving codes (standards, section 2c); `None` keeps the verdict as it is."""

    unknown: Relaxation | None = None
    closed: Relaxation | None = None
    """Applies to *unset* and *closed* alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A hard rule with its function.

    `strict`: unknown facts of the provider close in leads too (H08, H23; for authorities every gate is strict).
    """

    rule: Rule
    judge: Callable[[Profile, Columns, Circumstances], Verdicts]
    strict: bool = False
    life_saving: LifeSaving = LifeSaving()

    guard_bits: int = field(init=False)
    """The guarded codes as bits."""
    in_routes: Bits = field(init=False, compare=False, repr=False)
    in_leads: Bits = field(init=False, compare=False, repr=False)
    """What is closed in each of the cases that `CASES` counts, life-saving codes too."""
    keeps: Bits | None = field(init=False, compare=False, repr=False)
    """What of that stays open in each case if it saves a life; `None`: nothing ever does."""

    def __post_init__(self) -> None:
        guarded = bits_of(self.rule.guards or CODES)
        at_others, at_authorities = (0, 0, 1, 1), (0, 1, 1, 1)
        in_leads = (*at_others, *at_others, *at_authorities, *at_authorities)
        kept = (0, bool(self.life_saving.unknown), bool(self.life_saving.closed), bool(self.life_saving.closed))
        object.__setattr__(self, "guard_bits", guarded)
        object.__setattr__(self, "in_routes", guarded * np.array((0, 1, 1, 1) * 4))
        object.__setattr__(self, "in_leads", self.in_routes if self.strict else guarded * np.array(in_leads))
        object.__setattr__(self, "keeps", guarded * np.array(kept * 4) if any(kept) else None)


CASES = 16
"""Verdict, plus 4 at a force body, plus 8 at an authority: what a gate closes on a row depends on no more than that."""


def life_saving_codes(person: Profile) -> frozenset[Code]:
    """The set for which some rules give way (standards, 2c): fixed, but for an open window and a suicide risk."""
    codes = {Code.SAF_EMG, Code.MED_EMG}
    past = {IncidentWindow.NOT_APPLICABLE, IncidentWindow.WITHIN_6_MONTHS, IncidentWindow.OLDER}
    if person.incident_window not in past:
        codes.add(Code.MED_CMR)
    if HealthFlag.SUICIDAL_RISK in person.health_flags:
        codes.add(Code.MHP_PSY)
    return frozenset(codes)
