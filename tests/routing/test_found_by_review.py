"""Dangers that an independent reading found, and that must not come back."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.plan import Grade, Plan
from app.domain.profile import AgeBand, HealthFlag, IncidentWindow, LegalStatus, Location, Perpetrator, Profile
from app.domain.provider import (
    Agreement,
    Capacity,
    OrganizationType,
    ReturnReception,
    SafeguardingFlag,
    ServicePoint,
    ServiceStatus,
)
from app.routing import RankingPolicy, plan
from tests.routing.networks import AS_OF, MOMENT, network_of
from tests.routing.people import a_point, a_profile

HERE = Location(country="KZ", place="south")
RECEPTION = ReturnReception(
    slug="r1", point="o1.return", receiver="o2", country="UZ", agreement=Agreement.TRM,
    receiver_confirmed=Answer.YES, child_ok=Answer.YES,
)  # fmt: skip
WAY_HOME = a_point(slug="o1.return", organization="o1", place="south", timezone="Asia/Almaty", codes=(Code.RET_AVR,))
RECEIVER = a_point(
    slug="o2.desk", organization="o2", country="UZ", place="valley", timezone="Asia/Tashkent", codes=(Code.CAS_MGT,)
)


def going_home(**answers: object) -> Profile:
    told = {
        "needs": (Code.RET_AVR,), "location": HERE, "nationality": "UZ", "wants_return": Answer.YES,
        "return_to": "valley", "already_has": (Code.SAF_RSK, Code.ASY_ACC, Code.DOC_IDS, Code.LEG_IMM),
        "consents": MappingProxyType({Sector.CROSS_BORDER: Answer.YES, Sector.LAW_ENFORCEMENT: Answer.NO}),
    }  # fmt: skip
    return a_profile(**{**told, **answers})


def answer(person: Profile, *points: ServicePoint, **given: object) -> Plan:
    return plan(network_of(points, **given), person, MOMENT, policy=RankingPolicy())


def receivers(found: Plan) -> set[str | None]:
    return {step.receiver for route in (*found.routes, *found.leads) for step in route.steps}


def test_a_safe_receiver_takes_the_person_over():
    found = answer(going_home(), WAY_HOME, RECEIVER, receptions=[RECEPTION])
    assert receivers(found) == {"o2"}
    assert found.routes[0].steps[0].grade is Grade.VERIFIED


@pytest.mark.parametrize(
    "receiver",
    [
        replace(RECEIVER, organization_type=OrganizationType.LAW_ENFORCEMENT),
        replace(RECEIVER, safety=replace(RECEIVER.safety, safeguarding_flag=SafeguardingFlag.SUBSTANTIATED)),
        replace(RECEIVER, safety=replace(RECEIVER.safety, affiliations=(Perpetrator.RECRUITER,))),
        replace(RECEIVER, status=ServiceStatus.DEFUNCT),
        replace(RECEIVER, quarantined=True),
    ],
    ids=["police", "allegation", "tied to the recruiter", "defunct", "quarantined"],
)
def test_nobody_is_handed_to_a_receiver_whom_a_gate_closes(receiver: ServicePoint):
    """H02, H13, H18 and H20 hold for whoever takes the person over at home."""
    person = going_home(perpetrators=(Perpetrator.RECRUITER,))
    assert receivers(answer(person, WAY_HOME, receiver, receptions=[RECEPTION])) <= {None}


def test_nobody_is_handed_to_a_receiver_whom_she_named():
    """H13."""
    person = going_home(exclude_providers=("o2",))
    assert not answer(person, WAY_HOME, RECEIVER, receptions=[RECEPTION]).routes


@pytest.mark.parametrize("area", ["valley", "UZ-1"])
def test_nobody_is_brought_home_into_an_area_to_keep_away_from(area: str):
    """H14."""
    found = answer(going_home(no_go_areas=(area,)), WAY_HOME, RECEIVER, receptions=[RECEPTION])
    assert not found.routes and not found.leads
    assert "H14" in found.gaps[0].closed_by


def test_an_emergency_department_takes_whoever_comes_full_or_not():
    """Standards 2c, H20."""
    full = a_point(slug="h", codes=(Code.MED_EMG,), place="south", capacity=Capacity.FULL, capacity_as_of=AS_OF)
    found = answer(a_profile(needs=(Code.MED_EMG,), location=HERE), full)
    assert found.routes[0].steps[0].start_minute < 24 * 60


def test_bleeding_is_not_sent_to_a_door_that_opens_next_week():
    """Standards 2c: in time comes before without danger."""
    near = a_point(slug="near", codes=(Code.MED_EMG,), place="south")
    near = replace(near, safety=replace(near.safety, shares_with_immigration=Answer.YES))
    late = a_point(slug="late", codes=(Code.MED_EMG,), place="south", weekly=((8000, 8100),))
    person = a_profile(needs=(Code.MED_EMG,), location=HERE, legal_status=LegalStatus.IRREGULAR)
    first = answer(person, near, late).routes[0]
    assert [step.point for step in first.steps] == ["near"]
    assert answer(person, near).routes[0].cost.grave


def test_a_backup_is_never_more_dangerous_than_the_step():
    """A name that is shown without its caution would be called."""
    safe = a_point(slug="safe", codes=(Code.MED_EMG,), place="south")
    other = replace(safe, slug="zz", organization="o9")
    shares = replace(other, safety=replace(other.safety, shares_with_police=Answer.YES))
    person = a_profile(needs=(Code.MED_EMG,), location=HERE)
    assert answer(person, safe, other).routes[0].steps[0].backups == ("zz",)
    assert answer(person, safe, shares).routes[0].steps[0].backups == ()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"imminent_danger": Answer.YES}, Code.SAF_EMG),
        ({"health_flags": (HealthFlag.EMERGENCY,)}, Code.MED_EMG),
        ({"health_flags": (HealthFlag.SUICIDAL_RISK,)}, Code.MHP_PSY),
    ],
)
def test_danger_to_life_is_answered_first_whatever_was_asked_for(told: dict[str, object], code: Code):
    """O01."""
    help_now = a_point(slug="now", codes=(code,), place="south")
    bed = a_point(slug="bed", organization="o2", codes=(Code.SHL_VOT,), place="south")
    found = answer(a_profile(needs=(Code.SHL_VOT,), location=HERE, **told), help_now, bed)
    assert [step.point for step in found.routes[0].steps] == ["now", "bed"]
    assert found.warnings


def test_an_open_window_is_told_although_nobody_asked_for_care():
    """O02, W01."""
    found = answer(a_profile(needs=(Code.SHL_VOT,), location=HERE, incident_window=IncidentWindow.WITHIN_24H))
    assert "warning.window_open" in {message.key for message in found.warnings}


def test_a_confidential_house_is_never_only_visited():
    """H15: the legal advice of a safe house is for those who live there."""
    near = a_point(slug="near", codes=(Code.SHL_VOT,), place="south", address_confidential=True)
    other = a_point(
        slug="other", organization="o2", codes=(Code.SHL_VOT, Code.LEG_INF), place="north", address_confidential=True
    )
    person = a_profile(needs=(Code.SHL_VOT, Code.LEG_INF), location=HERE)
    for route in answer(person, near, other).routes:
        assert all(Code.SHL_VOT in {one.code for one in step.serves} for step in route.steps)


def test_a_child_whose_husband_did_the_harm_counts_as_alone():
    """H08."""
    mixed = a_point(slug="mixed", codes=(Code.SHL_EMG,), place="south")
    mixed = replace(mixed, safety=replace(mixed.safety, child_specialised=Answer.NO))
    girl = a_profile(
        needs=(Code.SHL_EMG,), location=HERE, age=AgeBand.TEEN, unaccompanied=Answer.NO,
        perpetrators=(Perpetrator.PARTNER,),
    )  # fmt: skip
    assert not answer(girl, mixed).routes


@pytest.mark.parametrize("part", ["shares_with_police", "referral"])
def test_whom_the_police_harmed_is_not_sent_where_the_police_hear_of_it(part: str):
    """H13."""
    house = a_point(slug="house", codes=(Code.LEG_INF,), place="south")
    tells = replace(house, safety=replace(house.safety, shares_with_police=Answer.YES))
    entered = replace(house, eligibility=replace(house.eligibility, requires_police_referral=Answer.YES))
    person = a_profile(
        needs=(Code.LEG_INF,), location=HERE, perpetrators=(Perpetrator.POLICE,),
        consents=MappingProxyType({Sector.LAW_ENFORCEMENT: Answer.YES}),
    )  # fmt: skip
    found = answer(person, tells if part == "shares_with_police" else entered)
    assert not found.routes and not found.leads
