"""Who the provider is: H13, H18, H23, H12."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.profile import Location, Perpetrator, ProtectionStatus
from app.domain.provider import AUTHORITIES, Modality, OrganizationType, SafeguardingFlag
from app.routing.gates import GATES, LifeSaving
from app.routing.gates.authorities import (
    conflict_of_interest,
    consular_help,
    criminalisation,
    non_refoulement,
    safeguarding,
)
from app.routing.verdicts import Verdict
from tests.routing.people import a_point, a_profile, consenting, verdict_of

OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
P, T = Perpetrator, OrganizationType


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, {"affiliations": (P.EMPLOYER,)}, OPEN, id="a tie to nobody who did harm opens"),
        pytest.param({"perpetrators": (P.EMPLOYER,)}, {}, OPEN, id="no tie on record opens"),
        pytest.param({"perpetrators": (P.EMPLOYER,)}, {"affiliations": (P.EMPLOYER,)}, CLOSED, id="a tie closes"),
        pytest.param({"perpetrators": (P.EMPLOYER,)}, {"affiliations": (P.POLICE,)}, OPEN, id="another tie opens"),
        pytest.param({"exclude_providers": ("s1",)}, {}, CLOSED, id="a named service closes"),
        pytest.param({"exclude_providers": ("o1",)}, {}, CLOSED, id="a named organization closes"),
        pytest.param({"exclude_providers": ("o2",)}, {}, OPEN, id="another named organization opens"),
        pytest.param({"perpetrators": (P.POLICE,)}, {"organization_type": T.LAW_ENFORCEMENT}, CLOSED, id="police"),
        pytest.param({"perpetrators": (P.POLICE,)}, {"organization_type": T.LOCAL_GOVERNMENT}, OPEN, id="not police"),
        pytest.param({"perpetrators": (P.MILITARY,)}, {"organization_type": T.SECURITY}, CLOSED, id="military"),
        pytest.param({"perpetrators": (P.FAMILY,)}, {"mediates_with_family": Answer.YES}, CLOSED, id="kin, mediates"),
        pytest.param({"perpetrators": (P.PARTNER,)}, {"mediates_with_family": Answer.YES}, CLOSED, id="partner"),
        pytest.param({"perpetrators": (P.FAMILY,)}, {"mediates_with_family": Answer.NO}, OPEN, id="kin, no mediation"),
        pytest.param(
            {"perpetrators": (P.FAMILY,)}, {"mediates_with_family": Answer.UNKNOWN}, UNKNOWN, id="kin, unknown"
        ),
        pytest.param({"perpetrators": (P.RECRUITER,)}, {"mediates_with_family": Answer.YES}, OPEN, id="not kin"),
    ],
)
def test_ties_to_whoever_did_the_harm_close(person, point, expected):
    """H13."""
    assert verdict_of(conflict_of_interest, a_profile(**person), a_point(**point)) is expected


@pytest.mark.parametrize("kind", sorted(OrganizationType))
def test_an_official_who_did_the_harm_closes_every_authority_and_nobody_else(kind):
    """H13."""
    person, point = a_profile(perpetrators=(P.OFFICIAL,)), a_point(organization_type=kind)
    assert verdict_of(conflict_of_interest, person, point) is (CLOSED if kind in AUTHORITIES else OPEN)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (SafeguardingFlag.NONE, OPEN),
        (SafeguardingFlag.CLEARED, OPEN),
        (SafeguardingFlag.OPEN, CLOSED),
        (SafeguardingFlag.SUBSTANTIATED, CLOSED),
    ],
)
def test_an_allegation_closes_until_it_is_cleared(flag, expected):
    """H18."""
    assert verdict_of(safeguarding, a_profile(), a_point(safeguarding_flag=flag)) is expected


@pytest.mark.parametrize(
    ("avoids", "here", "point", "expected"),
    [
        pytest.param(False, "UZ", {"country": "UZ", "shares_with_police": Answer.YES}, OPEN, id="who avoids nobody"),
        pytest.param(True, "UZ", {"country": "UZ", "shares_with_police": Answer.NO}, OPEN, id="UZ, keeps police out"),
        pytest.param(True, "UZ", {"country": "UZ", "shares_with_police": Answer.YES}, CLOSED, id="UZ, shares"),
        pytest.param(True, "UZ", {"country": "UZ", "shares_with_police": Answer.UNKNOWN}, UNKNOWN, id="UZ, unknown"),
        pytest.param(True, "TM", {"country": "TM", "shares_with_police": Answer.UNKNOWN}, UNKNOWN, id="TM, unknown"),
        pytest.param(True, "KZ", {"shares_with_police": Answer.YES}, OPEN, id="KZ, shares"),
        pytest.param(True, "KZ", {"shares_with_police": Answer.UNKNOWN}, OPEN, id="KZ, unknown"),
        pytest.param(True, "KZ", {"organization_type": T.LOCAL_GOVERNMENT}, CLOSED, id="KZ, authority"),
        pytest.param(True, "UZ", {"country": "UZ", "organization_type": T.CONSULATE}, CLOSED, id="UZ, authority"),
        pytest.param(
            True,
            "TM",
            {"modality": Modality.REMOTE, "shares_with_police": Answer.YES},
            CLOSED,
            id="heard in TM from KZ",
        ),
        pytest.param(True, "TM", {"shares_with_police": Answer.YES}, OPEN, id="a house in KZ for somebody in TM"),
    ],
)
def test_nobody_is_exposed_to_criminalisation(avoids, here, point, expected):
    """H23, scenario A11."""
    person = a_profile(avoid_authorities=avoids, location=Location(country=here, place="p1"))
    assert verdict_of(criminalisation, person, a_point(**point)) is expected


@pytest.mark.parametrize(
    ("consent", "expected"), [(Answer.YES, OPEN), (Answer.NO, CLOSED), (Answer.UNKNOWN, UNSET)], ids=str
)
def test_a_consulate_needs_consent_to_consular_contact(consent, expected):
    """H12, scenario A13."""
    person = a_profile(consents=consenting(Sector.CONSULAR, answer=consent))
    assert verdict_of(non_refoulement, person, a_point(organization_type=T.CONSULATE)) is expected
    assert verdict_of(consular_help, person, a_point(codes=(Code.CON_SRV,))) is expected
    assert verdict_of(consular_help, person, a_point(organization_type=T.CONSULATE)) is OPEN


ABROAD = {"nationality": "UZ", "wants_return": Answer.NO}
YES_TO_CONSULAR = {"consents": consenting(Sector.CONSULAR)}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param({}, OPEN, id="no fear, no protection status"),
        pytest.param({"fear_of_return": Answer.YES}, CLOSED, id="fear"),
        pytest.param({"fear_of_return": Answer.UNKNOWN}, UNSET, id="fear not told"),
        pytest.param({"fear_of_return": Answer.UNKNOWN, **YES_TO_CONSULAR}, OPEN, id="fear not told, consent"),
        pytest.param({"fear_of_return": Answer.YES, **YES_TO_CONSULAR}, OPEN, id="fear, explicit consent"),
        pytest.param({"protection_status": ProtectionStatus.ASYLUM_SEEKER}, CLOSED, id="asylum seeker"),
        pytest.param({"protection_status": ProtectionStatus.REFUGEE}, CLOSED, id="refugee"),
        pytest.param({"protection_status": ProtectionStatus.STATELESS}, CLOSED, id="stateless"),
        pytest.param(
            {"protection_status": ProtectionStatus.REFUGEE, "wants_return": Answer.YES}, CLOSED, id="refugee going home"
        ),
        pytest.param({"protection_status": ProtectionStatus.UNKNOWN}, UNSET, id="protection status not told"),
        pytest.param(
            {"protection_status": ProtectionStatus.UNKNOWN, "wants_return": Answer.YES}, OPEN, id="clearly going home"
        ),
        pytest.param({"nationality": "KG", "fear_of_return": Answer.YES}, OPEN, id="not her country"),
        pytest.param({"nationality": None, "fear_of_return": Answer.YES}, UNSET, id="nationality undisclosed"),
        pytest.param({"nationality": None}, OPEN, id="nationality undisclosed, no fear"),
        pytest.param({"nationality": "stateless"}, CLOSED, id="stateless by nationality"),
        pytest.param(
            {"location": Location(country="UZ", place="p1"), "fear_of_return": Answer.YES}, OPEN, id="at home already"
        ),
    ],
)
def test_authorities_of_home_are_closed_to_whoever_may_fear_them(person, expected):
    """H12, scenario A15."""
    body = a_point(country="UZ", organization_type=T.CENTRAL_GOVERNMENT)
    assert verdict_of(non_refoulement, a_profile(**{**ABROAD, **person}), body) is expected
    assert verdict_of(non_refoulement, a_profile(**{**ABROAD, **person}), a_point(country="UZ")) is OPEN


def test_nothing_about_the_provider_gives_way_for_life_saving_codes():
    """Standards 2c: H12, H13, H18 and H23 are never relaxed, and H23 closes unknown facts in leads too."""
    mine = [gate for gate in GATES if gate.rule.id in {"H12", "H13", "H18", "H23"}]
    assert len(mine) == 5
    assert all(gate.life_saving == LifeSaving() for gate in mine)
    assert [gate.rule.id for gate in mine if gate.strict] == ["H23"]
