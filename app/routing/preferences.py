"""Soft rules: what makes one safe service point better than another, in whole points, and mild cautions.

P02, P04, P06 and P11 concern links, steps and legs, and live in the search. P07 (responsiveness), P15 (continuity),
P16 (load spreading) and P17 (depth of fallback) are not modelled: no record of ours says what they would weigh.
Nationality, gender, age and status of the person never count for or against her (H31); status counts only where a
state body is one more risk for her (P05).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

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
from app.routing.verdicts import NO, UNKNOWN, YES, Bools, is_moot
from app.routing.witness import Memory

Points = NDArray[np.int32]
_Costs = Callable[[Profile, Columns, RankingPolicy], Points]
_SHORT_LIVED = bits_of(SHORT_LIVED)


def preference_points(
    person: Profile,
    points: Columns,
    policy: RankingPolicy,
    circumstances: Circumstances | None = None,
    memory: Memory | None = None,
) -> tuple[tuple[str, Points], ...]:
    """(rule id, points of every row, 0 or more), in the order of the ids; more points are worse.

    Without circumstances the day is not known and P08, freshness, is left out. The memory is that of this person and
    these rows.
    """
    memory = Memory() if memory is None else memory
    costs = dict(_COSTS)
    if circumstances is not None:
        costs["P08"] = partial(_stale, circumstances)
    return tuple(
        (rule, memory.of(rule, person, partial(_of_rows, costs[rule], points, policy))) for rule in sorted(costs)
    )


def _of_rows(cost: _Costs, points: Columns, policy: RankingPolicy, person: Profile) -> Points:
    return cost(person, points, policy)


def _cost(rows: Bools, points: int) -> Points:
    cost: Points = np.multiply(rows, points, dtype=np.int32)
    return cost


def _free(points: Columns) -> Points:
    """Nothing to pay on any row."""
    return np.zeros(points.rows, dtype=np.int32)


def _stated(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P01: kinds of provider that the person would rather not meet, and meeting in person at all."""
    cost, wishes = _free(points), person.preferences
    if wishes.avoid:
        cost += _cost(points.organization_type.among(wishes.avoid), policy.avoided_type)
    if wishes.remote_first:
        cost += _cost(~points.modality.is_(Modality.REMOTE), policy.not_remote)
    return cost


def _specialised(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P03: each specialisation that would help this person and is not known to be there."""
    cost = _free(points)
    trafficked = person.trafficking_status in (TraffickingStatus.POSSIBLE, TraffickingStatus.ACTUAL)
    if trafficked or person.exploitation:
        cost += _cost(points.trafficking_specialised != YES, policy.not_specialised)
    if _sexual_violence(person):
        cost += _cost(points.trauma_informed != YES, policy.not_specialised)
    if person.is_child:
        cost += _cost(points.child_specialised != YES, policy.not_specialised)
    return cost


def _sexual_violence(person: Profile) -> bool:
    return (
        person.incident_window is not IncidentWindow.NOT_APPLICABLE
        or Exploitation.SEXUAL_EXPLOITATION in person.exploitation
    )


def _state_body(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P05: state bodies, for somebody without regular status or with reasons to avoid authorities."""
    if not person.avoid_authorities and person.has_regular_status:
        return _free(points)
    state = points.independence.among((Independence.STATE, Independence.PARA_STATE))
    return _cost(state | points.is_authority, policy.state_body)


def _not_spoken(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P09: every word goes through an interpreter, the provider's own or one brought along."""
    if not person.languages:
        return _free(points)
    return _cost(points.languages.known & ~speaks(person, points), policy.interpreter)


def _staff_gender_missing(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P10: asked for, and by default after sexual violence."""
    if person.preferences.staff_gender is None and not _sexual_violence(person):
        return _free(points)
    return _cost(points.staff_gender_choice != YES, policy.staff_gender)


def _inside_no_go(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P12: a visit inside an area that the person must keep away from."""
    if not person.no_go_areas:
        return _free(points)
    return _cost(inside_no_go(person, points), policy.no_go_visit)


def _institution(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P13: for a child, beds that are not known to be open; the register keeps no finer kind of care."""
    if not person.is_child:
        return _free(points)
    return _cost(points.has_stay & ~points.facility_regime.is_(FacilityRegime.OPEN), policy.institution)


def _fee(person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P14: wherever something is or may be asked for, whatever the person can pay."""
    return _cost(points.fee != NO, policy.fee)


def _stale(circumstances: Circumstances, person: Profile, points: Columns, policy: RankingPolicy) -> Points:
    """P08: verified longer ago than the warning limit; the shorter limit for beds and emergency services.

    What was never verified is asked about (H19), and costs that question.
    """
    short = (points.offers & _SHORT_LIVED) != 0
    today = circumstances.on.toordinal()
    oldest = np.array([today - circumstances.warn_days, today - circumstances.stay_warn_days], dtype=np.int32)
    return _cost((points.verified_on > 0) & (points.verified_on < oldest.take(short)), policy.stale)


_COSTS: Mapping[str, _Costs] = MappingProxyType(
    {
        "P01": _stated,
        "P03": _specialised,
        "P05": _state_body,
        "P09": _not_spoken,
        "P10": _staff_gender_missing,
        "P12": _inside_no_go,
        "P13": _institution,
        "P14": _fee,
    }
)


def mild_cautions(person: Profile, points: Columns) -> tuple[tuple[str, Bools], ...]:
    """(message key, rows where it holds) of facts that are shown with a step and cost as much as a mild caution."""
    return tuple((key, rows) for key, rows in _mild(person, points) if not is_moot(rows))


def _mild(person: Profile, points: Columns) -> Iterator[tuple[str, Bools]]:
    yield "caution.schedule_unknown", ~points.schedule_known
    if person.languages:
        saving = (points.offers & bits_of(life_saving_codes(person))) != 0
        yield "caution.interpreter_by_phone", speechless(person, points) & saving
        unvetted = points.interpretation_vetted == UNKNOWN
        yield "caution.interpreter_not_vetted", interprets(person, points) & ~speaks(person, points) & unvetted
    else:
        yield "caution.language_not_asked", np.ones(points.rows, dtype=np.bool_)
    if person.no_go_areas:
        yield "caution.no_go_visit", inside_no_go(person, points)
