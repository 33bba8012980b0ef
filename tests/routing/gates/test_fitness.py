"""Whether the provider is fit and there: H10, H16, H17, H19, H20."""

from datetime import timedelta

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code
from app.domain.plan import Weight
from app.domain.profile import LegalStatus, Location
from app.domain.provider import AUTHORITIES, FacilityRegime, OrganizationType, RegistrationStatus, ServiceStatus
from app.routing.columns import STAYS, URGENT, bits_of
from app.routing.gates import GATES, Circumstances, LifeSaving
from app.routing.gates.fitness import (
    closed_facilities,
    licence,
    never_verified,
    not_working,
    regime_of_stays,
    safety_facts_of_authorities,
    safety_facts_of_stays,
    safety_facts_of_visits,
    stale,
    stale_stays,
    struck_off,
    struck_off_for_urgent_care,
    unregistered,
)
from app.routing.verdicts import Verdict
from tests.routing.people import TODAY, a_point, a_profile, verdict_of

OPEN, UNKNOWN, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.CLOSED
YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
PERSON = a_profile()
R = RegistrationStatus


@pytest.mark.parametrize(
    ("regime", "anywhere", "in_a_bed"),
    [
        (FacilityRegime.OPEN, OPEN, OPEN),
        (FacilityRegime.SEMI_OPEN, OPEN, OPEN),
        (FacilityRegime.CLOSED, CLOSED, OPEN),
        (FacilityRegime.DETENTION, CLOSED, OPEN),
        (FacilityRegime.UNKNOWN, OPEN, UNKNOWN),
    ],
)
def test_a_closed_facility_is_never_protection(regime, anywhere, in_a_bed):
    """H10: closed for every code; a bed needs a known regime besides."""
    point = a_point(facility_regime=regime)
    assert verdict_of(closed_facilities, PERSON, point) is anywhere
    assert verdict_of(regime_of_stays, PERSON, point) is in_a_bed


@pytest.mark.parametrize(
    ("policy", "sharing", "in_a_bed", "at_an_authority"),
    [
        (YES, NO, OPEN, OPEN),
        (YES, YES, OPEN, OPEN),
        (YES, NOT_KNOWN, UNKNOWN, UNKNOWN),
        (NO, NO, CLOSED, OPEN),
        (NO, NOT_KNOWN, CLOSED, UNKNOWN),
        (NOT_KNOWN, NO, UNKNOWN, UNKNOWN),
    ],
)
@pytest.mark.parametrize("status", [LegalStatus.REGULAR, LegalStatus.IRREGULAR])
def test_unknown_safety_facts_close_beds_and_authorities(policy, sharing, in_a_bed, at_an_authority, status):
    """H16, whatever the person's status."""
    facts = {"confidentiality_policy": policy, "shares_with_immigration": sharing}
    person, body = a_profile(legal_status=status), OrganizationType.LOCAL_GOVERNMENT
    assert verdict_of(safety_facts_of_stays, person, a_point(**facts)) is in_a_bed
    for gate in (safety_facts_of_visits, safety_facts_of_authorities):
        assert verdict_of(gate, person, a_point(organization_type=body, **facts)) is at_an_authority
        assert verdict_of(gate, person, a_point(**facts)) is OPEN


def test_unknown_safety_facts_close_steps_abroad_but_no_hospital_abroad():
    """H16 and standards 2c."""
    point = a_point(country="KG", confidentiality_policy=NOT_KNOWN)
    assert verdict_of(safety_facts_of_visits, PERSON, point) is UNKNOWN
    assert verdict_of(safety_facts_of_authorities, PERSON, point) is OPEN
    there = a_profile(location=Location(country="KG", place="p9"))
    assert verdict_of(safety_facts_of_visits, there, point) is OPEN


@pytest.mark.parametrize("kind", sorted(OrganizationType))
def test_which_bodies_are_authorities(kind):
    """H16, H23."""
    silent = a_point(organization_type=kind, shares_with_immigration=NOT_KNOWN)
    assert verdict_of(safety_facts_of_visits, PERSON, silent) is (UNKNOWN if kind in AUTHORITIES else OPEN)


def test_the_gates_of_safety_facts_divide_the_codes_between_them():
    """H16: no code is judged twice, none is forgotten."""
    assert sum(gate.guard_bits for gate in GATES if gate.rule.id == "H16") == bits_of(CODES)


@pytest.mark.parametrize(
    ("status", "trust", "routine", "urgent"),
    [
        (R.REGISTERED, False, OPEN, OPEN),
        (R.NOT_REQUIRED, False, OPEN, OPEN),
        (R.SUSPENDED, False, CLOSED, CLOSED),
        (R.SUSPENDED, True, CLOSED, OPEN),
        (R.REVOKED, False, CLOSED, CLOSED),
        (R.REVOKED, True, CLOSED, OPEN),
        (R.UNREGISTERED, False, CLOSED, CLOSED),
        (R.UNREGISTERED, True, OPEN, OPEN),
        (R.EXPIRED, False, CLOSED, CLOSED),
        (R.EXPIRED, True, OPEN, OPEN),
        (R.UNKNOWN, False, OPEN, OPEN),
    ],
)
def test_registration(status, trust, routine, urgent):
    """H17 and R-07, scenario A23."""
    point = a_point(registration=status, steward_trust=trust)
    everywhere = [verdict_of(gate, PERSON, point) for gate in (unregistered, licence)]
    assert max(verdict_of(struck_off, PERSON, point), *everywhere) is routine
    assert max(verdict_of(struck_off_for_urgent_care, PERSON, point), *everywhere) is urgent


@pytest.mark.parametrize(
    ("required", "trust", "expected"),
    [(NO, False, OPEN), (NOT_KNOWN, False, OPEN), (YES, False, UNKNOWN), (YES, True, OPEN)],
)
def test_an_unknown_registration_is_asked_for_where_a_licence_is_required(required, trust, expected):
    """H17."""
    point = a_point(registration=R.UNKNOWN, licence_required=required, steward_trust=trust)
    assert verdict_of(licence, PERSON, point) is expected


def test_a_steward_is_heard_on_de_registration_only_for_urgent_codes():
    """R-07; and an expired registration gives way for life, a suspended one never (standards 2c)."""
    gates = {gate.judge: gate for gate in GATES}
    assert gates[struck_off_for_urgent_care].guard_bits == bits_of(URGENT)
    assert gates[struck_off].guard_bits == bits_of(CODES) & ~bits_of(URGENT)
    assert gates[licence].life_saving.closed.weight is Weight.MILD
    kept = (struck_off, struck_off_for_urgent_care, unregistered)
    assert all(gates[judge].life_saving == LifeSaving() for judge in kept)


@pytest.mark.parametrize(
    ("days", "visit", "bed"),
    [
        pytest.param(0, OPEN, OPEN, id="today"),
        pytest.param(180, OPEN, OPEN, id="180 days"),
        pytest.param(181, OPEN, UNKNOWN, id="181 days"),
        pytest.param(365, OPEN, UNKNOWN, id="365 days"),
        pytest.param(366, UNKNOWN, UNKNOWN, id="366 days"),
    ],
)
def test_a_verification_runs_out(days, visit, bed):
    """H19, with the shorter limit for beds and emergency services."""
    point = a_point(verified_on=TODAY - timedelta(days=days))
    assert verdict_of(stale, PERSON, point) is visit
    assert verdict_of(stale_stays, PERSON, point) is bed
    assert verdict_of(never_verified, PERSON, point) is OPEN


def test_the_limits_are_those_of_the_circumstances():
    """H19: the limits belong to the deployment."""
    point, tight = a_point(verified_on=TODAY - timedelta(days=11)), Circumstances(on=TODAY, exclude_days=10)
    assert verdict_of(stale, PERSON, point, tight) is UNKNOWN
    assert verdict_of(stale_stays, PERSON, point, tight) is OPEN


def test_a_record_that_was_never_verified_is_a_lead_and_not_a_stale_record():
    """H19: no exception for life-saving codes; somebody must call first."""
    point, gates = a_point(verified_on=None), {gate.judge: gate for gate in GATES}
    assert verdict_of(never_verified, PERSON, point) is UNKNOWN
    assert verdict_of(stale, PERSON, point) is OPEN
    assert verdict_of(stale_stays, PERSON, point) is OPEN
    assert gates[never_verified].life_saving == LifeSaving()
    assert gates[never_verified].guard_bits == bits_of(CODES)
    assert gates[stale].life_saving.unknown.caution == "caution.stale"
    assert gates[stale_stays].guard_bits == bits_of((*STAYS, Code.MED_EMG, Code.SAF_EMG))
    assert gates[stale].guard_bits | gates[stale_stays].guard_bits == bits_of(CODES)
    assert not gates[stale].guard_bits & gates[stale_stays].guard_bits


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ServiceStatus.ACTIVE, OPEN),
        (ServiceStatus.UNKNOWN, UNKNOWN),
        (ServiceStatus.INACTIVE, CLOSED),
        (ServiceStatus.DEFUNCT, CLOSED),
        (ServiceStatus.TEMPORARILY_CLOSED, CLOSED),
        (ServiceStatus.ANNOUNCED, CLOSED),
    ],
)
def test_a_service_that_is_not_working_is_closed(status, expected):
    """H20, for life-saving codes too; quarantine closes whatever the status."""
    assert verdict_of(not_working, PERSON, a_point(status=status)) is expected
    assert verdict_of(not_working, PERSON, a_point(status=status, quarantined=True)) is CLOSED
    (gate,) = (gate for gate in GATES if gate.rule.id == "H20")
    assert gate.life_saving == LifeSaving()
