"""Consent and firewall: H02 with H03, H04, H05, H25."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, Sector
from app.domain.plan import Weight
from app.domain.profile import AgeBand, LegalStatus, OverrideReason
from app.domain.provider import FORCE_BODIES, OrganizationType
from app.routing.columns import bits_of
from app.routing.gates import GATES, LifeSaving, Relaxation
from app.routing.gates.consent import (
    OVERRIDE_CODES,
    cooperation,
    force_bodies,
    force_bodies_overridden,
    immigration_firewall,
    immigration_firewall_of_force_bodies,
    mandatory_report,
)
from app.routing.verdicts import Verdict, strictest
from tests.routing.people import NOW, a_point, a_profile, columns_of, consenting, verdict_of

OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
POLICE = a_point(organization_type=OrganizationType.LAW_ENFORCEMENT, codes=(Code.SAF_EMG, Code.CJS_REP))
YES, NO, NOBODY_ASKED = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize("kind", sorted(OrganizationType))
@pytest.mark.parametrize(("consent", "closing"), [(YES, OPEN), (NO, CLOSED), (NOBODY_ASKED, UNSET)], ids=str)
def test_a_force_body_is_a_step_only_with_consent(kind, consent, closing):
    """H02, for every code."""
    person = a_profile(consents=consenting(Sector.LAW_ENFORCEMENT, answer=consent))
    expected = closing if kind in FORCE_BODIES else OPEN
    for gate in (force_bodies, force_bodies_overridden):
        assert verdict_of(gate, person, a_point(organization_type=kind)) is expected


IN_DANGER = {"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": YES}
CHILD = {"age": AgeBand.TEEN, "override": OverrideReason.CHILD_PROTECTION}
GUARDIAN_CODES = (Code.CHD_GRD,)


@pytest.mark.parametrize(
    ("person", "codes", "expected"),
    [
        pytest.param(IN_DANGER, (Code.SAF_EMG,), OPEN, id="imminent danger and a reason"),
        pytest.param({"imminent_danger": YES}, (Code.SAF_EMG,), CLOSED, id="imminent danger without a reason"),
        pytest.param({**IN_DANGER, "imminent_danger": NO}, (Code.SAF_EMG,), CLOSED, id="a reason without danger"),
        pytest.param({**IN_DANGER, "imminent_danger": Answer.UNKNOWN}, (Code.SAF_EMG,), CLOSED, id="danger not known"),
        pytest.param(CHILD, GUARDIAN_CODES, OPEN, id="a child and a body with a child mandate"),
        pytest.param(CHILD, (Code.SAF_EMG,), CLOSED, id="a child and a body without one"),
        pytest.param({**CHILD, "age": AgeBand.YOUNG_ADULT}, GUARDIAN_CODES, CLOSED, id="a grown person of 18"),
        pytest.param({**CHILD, "override": None}, GUARDIAN_CODES, CLOSED, id="a child without a reason"),
        pytest.param(
            {**CHILD, "override": OverrideReason.SUICIDE_RISK}, GUARDIAN_CODES, CLOSED, id="a child, another reason"
        ),
        pytest.param(
            {**CHILD, "age": None, "possibly_child": YES}, GUARDIAN_CODES, OPEN, id="possibly a child counts as one"
        ),
    ],
)
def test_an_operator_sets_consent_aside_only_for_life_or_a_child(person, codes, expected):
    """H03."""
    refuses = consenting(Sector.LAW_ENFORCEMENT, answer=NO)
    point = a_point(organization_type=OrganizationType.LAW_ENFORCEMENT, codes=codes)
    assert verdict_of(force_bodies_overridden, a_profile(consents=refuses, **person), point) is expected
    assert verdict_of(force_bodies, a_profile(consents=refuses, **person), point) is CLOSED


def test_the_override_reaches_few_codes_and_the_two_gates_guard_all():
    """H03: never consulates, returns or reports."""
    with_override, without = (gate for gate in reversed(GATES) if gate.rule.id == "H02")
    assert with_override.guard_bits == bits_of(OVERRIDE_CODES)
    assert with_override.guard_bits | without.guard_bits == bits_of(CODES)
    assert not with_override.guard_bits & without.guard_bits
    assert not {Code.CON_SRV, Code.RET_AVR, Code.CJS_REP} & set(OVERRIDE_CODES)


L = LegalStatus


@pytest.mark.parametrize(
    ("status", "sharing", "expected"),
    [
        (L.REGULAR, YES, OPEN),
        (L.REGULAR, Answer.UNKNOWN, OPEN),
        (L.IRREGULAR, NO, OPEN),
        (L.IRREGULAR, YES, CLOSED),
        (L.IRREGULAR, Answer.UNKNOWN, UNKNOWN),
        (L.UNDOCUMENTED, YES, CLOSED),
        (L.UNDOCUMENTED, Answer.UNKNOWN, UNKNOWN),
        (L.PENDING, YES, CLOSED),
        (L.PENDING, Answer.UNKNOWN, UNKNOWN),
        (L.UNKNOWN, NO, OPEN),
        (L.UNKNOWN, YES, UNSET),
        (L.UNKNOWN, Answer.UNKNOWN, UNKNOWN),
    ],
)
def test_data_of_a_person_without_regular_status_reaches_no_immigration_body(status, sharing, expected):
    """H04, scenarios A01 and A45: silence from a provider is not a promise."""
    point = a_point(shares_with_immigration=sharing)
    assert verdict_of(immigration_firewall, a_profile(legal_status=status), point) is expected
    agreed = a_profile(legal_status=status, consents=consenting(Sector.IMMIGRATION))
    assert verdict_of(immigration_firewall, agreed, point) is OPEN
    refused = a_profile(legal_status=status, consents=consenting(Sector.IMMIGRATION, answer=NO))
    assert verdict_of(immigration_firewall, refused, point) is expected


def test_an_immigration_body_counts_as_sharing_whatever_its_record_says():
    """H04."""
    body = a_point(organization_type=OrganizationType.IMMIGRATION, shares_with_immigration=NO)
    person = a_profile(legal_status=L.IRREGULAR)
    assert verdict_of(immigration_firewall_of_force_bodies, person, body) is CLOSED
    assert verdict_of(immigration_firewall, person, body) is OPEN


@pytest.mark.parametrize("kind", sorted(OrganizationType))
@pytest.mark.parametrize("sharing", sorted(Answer))
def test_the_firewall_says_each_row_once(kind, sharing):
    """H04: the gate of force bodies and the gate of the others never both close a row, and together they miss none."""
    person = a_profile(legal_status=L.IRREGULAR)
    points = columns_of(a_point(organization_type=kind, shares_with_immigration=sharing))
    both = [g(person, points, NOW) for g in (immigration_firewall, immigration_firewall_of_force_bodies)]
    assert min(int(v[0]) for v in both) == OPEN
    shares = sharing is YES or kind is OrganizationType.IMMIGRATION
    expected = CLOSED if shares else UNKNOWN if sharing is Answer.UNKNOWN else OPEN
    assert strictest(*both)[0] == expected


def test_the_firewall_gives_way_for_life_with_a_price_but_never_at_force_bodies():
    """Standards 2c, scenario A49."""
    gates = {gate.judge: gate for gate in GATES}
    assert gates[immigration_firewall].life_saving == LifeSaving(
        unknown=Relaxation(caution="caution.immigration_sharing_unknown", weight=Weight.MILD),
        closed=Relaxation(caution="caution.shares_with_immigration", weight=Weight.GRAVE),
    )
    assert gates[immigration_firewall_of_force_bodies].life_saving == LifeSaving()
    assert all(gates[judge].life_saving == LifeSaving() for judge in (force_bodies, force_bodies_overridden))


@pytest.mark.parametrize("field", ["requires_cooperation", "requires_police_referral"])
@pytest.mark.parametrize(
    ("required", "consent", "expected"),
    [
        (NO, NO, OPEN),
        (YES, NO, CLOSED),
        (Answer.UNKNOWN, NO, UNKNOWN),
        (YES, NOBODY_ASKED, UNSET),
        (Answer.UNKNOWN, NOBODY_ASKED, UNKNOWN),
        (YES, YES, OPEN),
        (Answer.UNKNOWN, YES, OPEN),
    ],
)
def test_help_has_no_price_in_cooperation(field, required, consent, expected):
    """H05."""
    person = a_profile(consents=consenting(Sector.LAW_ENFORCEMENT, answer=consent))
    assert verdict_of(cooperation, person, a_point(**{field: required})) is expected


@pytest.mark.parametrize(
    ("required", "case", "expected"),
    [
        (NO, NO, OPEN),
        (YES, NO, CLOSED),
        (YES, Answer.UNKNOWN, UNSET),
        (YES, YES, OPEN),
        (Answer.UNKNOWN, NO, UNKNOWN),
        (Answer.UNKNOWN, YES, OPEN),
    ],
)
def test_a_criminal_case_that_is_required_must_be_there(required, case, expected):
    """H05: consent to the police opens no case, so it opens no door that asks for one."""
    point = a_point(requires_criminal_case=required)
    assert verdict_of(cooperation, a_profile(criminal_case=case), point) is expected
    agreed = a_profile(criminal_case=case, consents=consenting(Sector.LAW_ENFORCEMENT))
    assert verdict_of(cooperation, agreed, point) is expected


@pytest.mark.parametrize(
    ("avoids", "reports", "expected"),
    [
        (False, YES, OPEN),
        (False, Answer.UNKNOWN, OPEN),
        (True, NO, OPEN),
        (True, YES, CLOSED),
        (True, Answer.UNKNOWN, UNKNOWN),
    ],
)
def test_a_provider_that_reports_is_no_step_for_whoever_avoids_authorities(avoids, reports, expected):
    """H25."""
    point = a_point(mandatory_reporter=reports)
    assert verdict_of(mandatory_report, a_profile(avoid_authorities=avoids), point) is expected
