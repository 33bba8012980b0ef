"""Whom a provider takes in: H06, O07, H21, H31, H28, H26."""

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Document,
    Gender,
    LegalStatus,
    Location,
    Placement,
    TraffickingStatus,
)
from app.domain.provider import Modality
from app.routing.columns import STAYS, URGENT, bits_of
from app.routing.gates import GATES, LifeSaving
from app.routing.gates.access import (
    accessibility,
    admission_of_stays,
    conditions_of_stays,
    conditions_of_urgent_visits,
    conditions_of_visits,
    formal_status_of_stays,
    urgent_care,
    vetted_interpreters,
)
from app.routing.verdicts import Verdict
from tests.routing.people import a_point, a_profile, verdict_of

OPEN, UNKNOWN, UNSET, CLOSED = Verdict.OPEN, Verdict.UNKNOWN, Verdict.UNSET, Verdict.CLOSED
YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
T, L = TraffickingStatus, LegalStatus
WOMEN, MEN = Placement.WOMEN, Placement.MEN


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, {"requires_formal_status": YES}, CLOSED, id="status asked for, not held"),
        pytest.param({"trafficking_status": T.ACTUAL}, {"requires_formal_status": YES}, OPEN, id="identified"),
        pytest.param({"already_has": (Code.IDN_FRM,)}, {"requires_formal_status": YES}, OPEN, id="has had it"),
        pytest.param({"trafficking_status": T.UNKNOWN}, {"requires_formal_status": YES}, UNSET, id="status not told"),
        pytest.param({"trafficking_status": T.NOT}, {"requires_formal_status": YES}, CLOSED, id="not trafficked"),
        pytest.param({}, {"requires_formal_status": NOT_KNOWN}, OPEN, id="conditions on status not known"),
        pytest.param({}, {"required_documents": (Document.PASSPORT,)}, CLOSED, id="a passport asked for, none held"),
        pytest.param(
            {"documents_held": (Document.NATIONAL_ID,)},
            {"required_documents": (Document.PASSPORT,)},
            CLOSED,
            id="another",
        ),
        pytest.param(
            {"documents_held": (Document.PASSPORT,)}, {"required_documents": (Document.PASSPORT,)}, OPEN, id="held"
        ),
        pytest.param({"documents_held": None}, {"required_documents": (Document.PASSPORT,)}, UNSET, id="nobody asked"),
        pytest.param({"documents_held": None}, {"required_documents": ()}, OPEN, id="none asked for"),
        pytest.param({"documents_held": None}, {"required_documents": None}, OPEN, id="papers not known"),
        pytest.param({"can_pay": NO}, {"fee": YES}, CLOSED, id="must pay, cannot"),
        pytest.param({"can_pay": YES}, {"fee": YES}, OPEN, id="must pay, can"),
        pytest.param({"can_pay": NOT_KNOWN}, {"fee": YES}, UNSET, id="must pay, not asked"),
        pytest.param({"can_pay": NO}, {"fee": NOT_KNOWN}, OPEN, id="fee not known"),
    ],
)
def test_urgent_care_that_is_known_to_have_a_price_is_closed(person, point, expected):
    """H06: only what is known closes urgent codes."""
    assert verdict_of(urgent_care, a_profile(**person), a_point(**point)) is expected


@pytest.mark.parametrize(
    ("status", "asks", "expected"),
    [
        (T.POSSIBLE, NO, OPEN),
        (T.POSSIBLE, YES, OPEN),
        (T.POSSIBLE, NOT_KNOWN, UNKNOWN),
        (T.UNKNOWN, NOT_KNOWN, UNKNOWN),
        (T.ACTUAL, NOT_KNOWN, OPEN),
    ],
)
def test_whether_a_bed_asks_for_formal_status_must_be_known(status, asks, expected):
    """O07: where it does, identification is required first and the gate stays open."""
    point = a_point(requires_formal_status=asks)
    assert verdict_of(formal_status_of_stays, a_profile(trafficking_status=status), point) is expected


@pytest.mark.parametrize(
    ("person", "admits", "in_a_bed", "on_a_visit"),
    [
        pytest.param({}, (WOMEN, MEN), OPEN, OPEN, id="everybody"),
        pytest.param({}, (WOMEN,), OPEN, OPEN, id="a woman among women"),
        pytest.param({"gender": Gender.MALE}, (WOMEN,), CLOSED, CLOSED, id="a man, women only"),
        pytest.param({"gender": Gender.MALE, "placement": WOMEN}, (WOMEN,), OPEN, OPEN, id="her own word counts"),
        pytest.param({}, None, UNKNOWN, OPEN, id="admission not known"),
        pytest.param({}, (), CLOSED, CLOSED, id="nobody"),
        pytest.param({"gender": None}, (WOMEN, MEN), OPEN, OPEN, id="not told, everybody"),
        pytest.param({"gender": None}, (WOMEN,), UNSET, UNSET, id="not told, women only"),
        pytest.param({"gender": Gender.NON_BINARY}, (MEN,), UNSET, UNSET, id="placement not told, men only"),
        pytest.param({"gender": Gender.TRANSGENDER_MAN}, None, UNKNOWN, OPEN, id="neither known"),
        pytest.param({"gender": None}, (), CLOSED, CLOSED, id="not told, nobody"),
    ],
)
def test_gender_admission(person, admits, in_a_bed, on_a_visit):
    """H21 for beds, H31 for visits."""
    point = a_point(genders=admits)
    assert verdict_of(admission_of_stays, a_profile(**person), point) is in_a_bed
    assert verdict_of(conditions_of_visits, a_profile(**person), point) is on_a_visit
    assert verdict_of(conditions_of_urgent_visits, a_profile(**person), point) is on_a_visit


@pytest.mark.parametrize(
    ("person", "limits", "in_a_bed", "on_a_visit"),
    [
        pytest.param({}, (0, 120), OPEN, OPEN, id="no limit"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (18, 24), OPEN, OPEN, id="18 to 24 in 18 to 24"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (19, 24), UNSET, UNSET, id="18 to 24 straddles 19"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (18, 23), UNSET, UNSET, id="18 to 24 straddles 23"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (24, 120), UNSET, UNSET, id="the oldest of the band may enter"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (25, 120), CLOSED, CLOSED, id="nobody of the band is old enough"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (0, 18), UNSET, UNSET, id="the youngest of the band may enter"),
        pytest.param({"age": AgeBand.TEEN}, (18, 120), CLOSED, CLOSED, id="17 under 18"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (0, 17), CLOSED, CLOSED, id="18 over 17"),
        pytest.param({"age": AgeBand.TEEN}, (15, 120), OPEN, OPEN, id="girls over 14, A09"),
        pytest.param({"age": AgeBand.YOUNG_TEEN}, (15, 120), CLOSED, CLOSED, id="14 is not over 14"),
        pytest.param({"age": AgeBand.OLDER}, (18, 65), UNSET, UNSET, id="60 and more straddles 65"),
        pytest.param({"age": None}, (0, 120), OPEN, OPEN, id="not told, no limit"),
        pytest.param({"age": None}, (18, 120), UNSET, UNSET, id="not told, a limit"),
        pytest.param({}, (None, None), UNKNOWN, OPEN, id="limits not known"),
        pytest.param({}, (18, None), UNKNOWN, OPEN, id="upper limit not known"),
        pytest.param({"age": AgeBand.TEEN}, (18, None), CLOSED, CLOSED, id="too young whatever the upper limit"),
        pytest.param({"age": AgeBand.OLDER}, (None, 59), CLOSED, CLOSED, id="too old whatever the lower limit"),
        pytest.param({"age": AgeBand.YOUNG_ADULT}, (20, None), UNSET, UNSET, id="straddles, upper limit not known"),
        pytest.param({"age": None}, (None, None), UNKNOWN, OPEN, id="neither known"),
        pytest.param(
            {"age": None, "possibly_child": YES}, (0, 17), OPEN, OPEN, id="possibly a child, children's house"
        ),
        pytest.param({"age": None, "possibly_child": YES}, (18, 120), CLOSED, CLOSED, id="possibly a child, grown-ups"),
        pytest.param(
            {"age": AgeBand.YOUNG_ADULT, "possibly_child": YES}, (0, 17), OPEN, OPEN, id="a disputed age is a child's"
        ),
    ],
)
def test_age_admission(person, limits, in_a_bed, on_a_visit):
    """H21 for beds, H31 for visits; a child is one until shown otherwise (H07)."""
    point = a_point(age_min=limits[0], age_max=limits[1])
    assert verdict_of(admission_of_stays, a_profile(**person), point) is in_a_bed
    assert verdict_of(conditions_of_visits, a_profile(**person), point) is on_a_visit


CONDITIONS = (conditions_of_stays, conditions_of_urgent_visits, conditions_of_visits)


@pytest.mark.parametrize("gate", CONDITIONS, ids=lambda gate: gate.__name__)
@pytest.mark.parametrize(
    ("nationality", "admitted", "excluded", "expected"),
    [
        pytest.param("UZ", ("*",), (), OPEN, id="everybody"),
        pytest.param("UZ", ("UZ", "KG"), (), OPEN, id="listed"),
        pytest.param("UZ", ("KZ",), (), CLOSED, id="not listed"),
        pytest.param("KZ", ("UZ",), (), CLOSED, id="a national who is not listed"),
        pytest.param("UZ", ("*",), ("UZ",), CLOSED, id="excluded"),
        pytest.param("UZ", None, ("UZ",), CLOSED, id="excluded, list not known"),
        pytest.param("UZ", None, (), UNKNOWN, id="list not known, a foreigner"),
        pytest.param("KZ", None, (), OPEN, id="list not known, a national"),
        pytest.param("KZ", None, ("KZ",), CLOSED, id="a national who is excluded"),
        pytest.param("stateless", ("*",), (), OPEN, id="stateless, everybody"),
        pytest.param("stateless", None, (), UNKNOWN, id="stateless, list not known"),
        pytest.param("UZ", (), (), CLOSED, id="nobody"),
        pytest.param(None, ("*",), (), OPEN, id="undisclosed, everybody"),
        pytest.param(None, ("*",), ("UZ",), UNSET, id="undisclosed, somebody excluded"),
        pytest.param(None, ("KZ",), (), UNSET, id="undisclosed, some listed"),
        pytest.param(None, None, (), UNKNOWN, id="undisclosed, list not known"),
    ],
)
def test_nationality_counts_only_where_the_provider_says_so(gate, nationality, admitted, excluded, expected):
    """H31."""
    point = a_point(nationalities=admitted, nationalities_excluded=excluded)
    assert verdict_of(gate, a_profile(nationality=nationality), point) is expected


FOREIGNER = {"nationality": "UZ"}


@pytest.mark.parametrize(
    ("person", "country", "required", "in_a_bed", "on_a_visit"),
    [
        pytest.param({}, "KZ", YES, OPEN, OPEN, id="a national"),
        pytest.param({"legal_status": L.IRREGULAR}, "KZ", YES, OPEN, OPEN, id="a national without papers"),
        pytest.param(FOREIGNER, "KZ", YES, OPEN, OPEN, id="a foreigner with regular status"),
        pytest.param(
            {**FOREIGNER, "legal_status": L.IRREGULAR}, "KZ", YES, CLOSED, CLOSED, id="an irregular foreigner"
        ),
        pytest.param({**FOREIGNER, "legal_status": L.PENDING}, "KZ", YES, CLOSED, CLOSED, id="a pending status"),
        pytest.param({**FOREIGNER, "legal_status": L.UNKNOWN}, "KZ", YES, UNSET, UNSET, id="status not told"),
        pytest.param({**FOREIGNER, "legal_status": L.IRREGULAR}, "KZ", NOT_KNOWN, UNKNOWN, OPEN, id="not known"),
        pytest.param({**FOREIGNER, "legal_status": L.IRREGULAR}, "KZ", NO, OPEN, OPEN, id="not asked for"),
        pytest.param({}, "KZ", NOT_KNOWN, OPEN, OPEN, id="not known, a national"),
        pytest.param(FOREIGNER, "KG", YES, CLOSED, CLOSED, id="regular in another country only"),
        pytest.param(FOREIGNER, "UZ", YES, OPEN, OPEN, id="at home, from abroad"),
        pytest.param({"nationality": None, "legal_status": L.IRREGULAR}, "KZ", YES, UNSET, UNSET, id="undisclosed"),
    ],
)
def test_residence_counts_only_where_the_provider_says_so(person, country, required, in_a_bed, on_a_visit):
    """H31."""
    point = a_point(country=country, requires_residence=required)
    profile = a_profile(location=Location(country="KZ", place="p1"), **person)
    assert verdict_of(conditions_of_stays, profile, point) is in_a_bed
    assert verdict_of(conditions_of_visits, profile, point) is on_a_visit
    assert verdict_of(conditions_of_urgent_visits, profile, point) is on_a_visit


@pytest.mark.parametrize(
    ("can_pay", "fee", "expected"),
    [(NO, NO, OPEN), (NO, YES, CLOSED), (NO, NOT_KNOWN, OPEN), (YES, YES, OPEN), (NOT_KNOWN, YES, OPEN)],
)
def test_a_fee_closes_only_to_whoever_is_known_not_to_have_the_money(can_pay, fee, expected):
    """H31; in urgent codes H06 is stricter."""
    for gate in (conditions_of_stays, conditions_of_visits):
        assert verdict_of(gate, a_profile(can_pay=can_pay), a_point(fee=fee)) is expected


def test_the_gates_of_own_conditions_divide_the_codes_between_them():
    """H31: no code is judged twice, none is forgotten; fees of urgent visits are left to H06."""
    guards = {gate.judge: gate.guard_bits for gate in GATES if gate.rule.id == "H31"}
    assert set(guards) == set(CONDITIONS)
    assert sum(guards.values()) == bits_of(CODES)
    assert guards[conditions_of_stays] == bits_of(STAYS)
    assert guards[conditions_of_urgent_visits] == bits_of(URGENT) & ~bits_of(STAYS)


NEEDS = {"access_needs": (AccessNeed.MOBILITY,)}


@pytest.mark.parametrize(
    ("person", "point", "expected"),
    [
        pytest.param({}, {"accessibility": ()}, OPEN, id="no need"),
        pytest.param({}, {"accessibility": None}, OPEN, id="no need, not known"),
        pytest.param(NEEDS, {"accessibility": (AccessNeed.MOBILITY, AccessNeed.VISION)}, OPEN, id="met"),
        pytest.param(NEEDS, {"accessibility": (AccessNeed.VISION,)}, CLOSED, id="stairs, A29"),
        pytest.param(NEEDS, {"accessibility": None}, UNKNOWN, id="not known"),
        pytest.param(NEEDS, {"accessibility": (), "modality": Modality.REMOTE}, OPEN, id="remote"),
        pytest.param(NEEDS, {"accessibility": None, "modality": Modality.MOBILE}, OPEN, id="comes to the person"),
        pytest.param(
            {"access_needs": (AccessNeed.MOBILITY, AccessNeed.HEARING)},
            {"accessibility": (AccessNeed.MOBILITY,)},
            CLOSED,
            id="one of two",
        ),
    ],
)
def test_nobody_is_sent_to_a_place_that_she_cannot_use(person, point, expected):
    """H28."""
    assert verdict_of(accessibility, a_profile(**person), a_point(**point)) is expected


@pytest.mark.parametrize(("vetted", "expected"), [(YES, OPEN), (NO, CLOSED), (NOT_KNOWN, UNKNOWN)])
def test_interpretation_is_a_step_only_with_vetted_interpreters(vetted, expected):
    """H26."""
    assert verdict_of(vetted_interpreters, a_profile(), a_point(interpretation_vetted=vetted)) is expected


def test_what_gives_way_for_life_here():
    """Standards 2c: H28 never drops, an unknown admission is a caution, H06 and H21 stay."""
    lifted = {gate.rule.id for gate in GATES if gate.judge.__module__.endswith("access") and gate.life_saving.closed}
    asked = {gate.rule.id for gate in GATES if gate.judge.__module__.endswith("access") and gate.life_saving.unknown}
    assert lifted == {"H28"}
    assert asked == {"H27", "H28", "H31"}
    kept = [gate for gate in GATES if gate.rule.id in {"H06", "H21", "H26", "O07"}]
    assert all(gate.life_saving == LifeSaving() for gate in kept)
