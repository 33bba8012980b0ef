"""Soft rules: what makes one safe service point better than another, in whole points, and mild cautions.

P02, P04, P06 and P11 concern links, steps and legs, and live in the search. P07 (responsiveness), P15 (continuity),
P16 (load spreading) and P17 (depth of fallback) are not modelled: no record of ours says what they would weigh.
Nationality, gender, age and status of the person never count for or against her (H31); status counts only where a
state body is one more risk for her (P05).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.domain.profile import Exploitation, IncidentWindow, Profile, TraffickingStatus
from app.domain.provider import FacilityRegime, Independence, Modality
from app.routing.columns import Columns, bits_of
from app.routing.gates.fitness import SHORT_LIVED
from app.routing.gates.gate import Circumstances, life_saving_codes
from app.routing.gates.movement import inside_no_go
from app.routing.policy import RankingPolicy
from app.routing.requirements import interprets, speaks, speechless
from app.routing.verdicts import NO, UNKNOWN, YES, Bools

Points = NDArray[np.int32]


def preference_points(
    person: Profile, points: Columns, policy: RankingPolicy, circumstances: Circumstances | None = None
) -> tuple[tuple[str, Points], ...]:
    """(rule id, points of every row, 0 or more), in the order of the ids; more points are worse.

    Without circumstances the day is not known and P08, freshness, is left out.
    """
    found = [
        ("P01", _stated(person, points, policy)),
        ("P03", _specialised(person, points, policy)),
        ("P05", _cost(_state_body(person, points), policy.state_body)),
        ("P09", _cost(_not_spoken(person, points), policy.interpreter)),
        ("P10", _cost(_staff_gender_missing(person, points), policy.staff_gender)),
        ("P12", _cost(inside_no_go(person, points), policy.no_go_visit)),
        ("P13", _cost(_institution(person, points), policy.institution)),
        ("P14", _cost(points.fee != NO, policy.fee)),
    ]
    if circumstances is not None:
        found.append(("P08", _cost(_stale(points, circumstances), policy.stale)))
    return tuple(sorted(found, key=lambda row: row[0]))


def _cost(rows: Bools, points: int) -> Points:
    return np.where(rows, np.int32(points), np.int32(0)).astype(np.int32)


def _stated(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P01: kinds of provider that the person would rather not meet, and meeting in person at all."""
    avoided = points.organization_type.among(person.preferences.avoid)
    in_person = ~points.modality.is_(Modality.REMOTE)
    return _cost(avoided, policy.avoided_type) + _cost(in_person & person.preferences.remote_first, policy.not_remote)


def _specialised(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P03: each specialisation that would help this person and is not known to be there."""
    trafficked = person.trafficking_status in (TraffickingStatus.POSSIBLE, TraffickingStatus.ACTUAL)
    trafficked = trafficked or bool(person.exploitation)
    return (
        _cost((points.trafficking_specialised != YES) & trafficked, policy.not_specialised)
        + _cost((points.trauma_informed != YES) & _sexual_violence(person), policy.not_specialised)
        + _cost((points.child_specialised != YES) & person.is_child, policy.not_specialised)
    )


def _sexual_violence(person: Profile) -> bool:
    return (
        person.incident_window is not IncidentWindow.NOT_APPLICABLE
        or Exploitation.SEXUAL_EXPLOITATION in person.exploitation
    )


def _state_body(person: Profile, points: Columns) -> Bools:
    """P05: state bodies, for somebody without regular status or with reasons to avoid authorities."""
    wary = person.avoid_authorities or not person.has_regular_status
    state = points.independence.among((Independence.STATE, Independence.PARA_STATE))
    return (state | points.is_authority) & wary


def _not_spoken(person: Profile, points: Columns) -> Bools:
    """P09: every word goes through an interpreter, the provider's own or one brought along."""
    return points.languages.known & ~speaks(person, points) & bool(person.languages)


def _staff_gender_missing(person: Profile, points: Columns) -> Bools:
    """P10: asked for, and by default after sexual violence."""
    asked = person.preferences.staff_gender is not None or _sexual_violence(person)
    rows: Bools = (points.staff_gender_choice != YES) & asked
    return rows


def _institution(person: Profile, points: Columns) -> Bools:
    """P13: for a child, beds that are not known to be open; the register keeps no finer kind of care."""
    rows: Bools = points.has_stay & ~points.facility_regime.is_(FacilityRegime.OPEN) & person.is_child
    return rows


def _stale(points: Columns, circumstances: Circumstances) -> Bools:
    """P08: verified longer ago than the warning limit; the shorter limit for beds and emergency services.

    What was never verified is asked about (H19), and costs that question.
    """
    short = (points.offers & bits_of(SHORT_LIVED)) != 0
    limit = np.where(short, circumstances.stay_warn_days, circumstances.warn_days)
    rows: Bools = (points.verified_on > 0) & (circumstances.on.toordinal() - points.verified_on > limit)
    return rows


def mild_cautions(person: Profile, points: Columns) -> tuple[tuple[str, Bools], ...]:
    """(message key, rows where it holds) of facts that are shown with a step and cost as much as a mild caution."""
    return tuple((key, rows) for key, rows in _mild(person, points) if rows.any())


def _mild(person: Profile, points: Columns) -> Iterator[tuple[str, Bools]]:
    told = bool(person.languages)
    yield "caution.schedule_unknown", ~points.schedule_known
    yield "caution.language_not_asked", np.full(points.rows, not told)
    saving = (points.offers & bits_of(life_saving_codes(person))) != 0
    yield "caution.interpreter_by_phone", speechless(person, points) & saving
    through = interprets(person, points) & ~speaks(person, points)
    yield "caution.interpreter_not_vetted", through & (points.interpretation_vetted == UNKNOWN)
    yield "caution.no_go_visit", inside_no_go(person, points)
