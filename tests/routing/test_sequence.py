"""What is needed, what must come before what, until when, and what a border asks for (engine, 2.1, 2.2, 2.4)."""

from datetime import date

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector, Urgency
from app.domain.pathway import BorderRule, Citation, Mandate, Pathway, PersonCondition, Precedence, Strength, Window
from app.domain.profile import (
    AgeBand,
    Document,
    Gender,
    GuardianStatus,
    HealthFlag,
    IncidentWindow,
    LegalStatus,
    ProtectionStatus,
    TraffickingStatus,
)
from app.routing.sequence import in_force, sequence, unlock
from tests.routing.networks import pathways
from tests.routing.people import TODAY, a_profile, consenting

YES, NO, NOT_TOLD = Answer.YES, Answer.NO, Answer.UNKNOWN
HARD, SOFT = Strength.HARD, Strength.SOFT
DATED = {"text": "", "valid_from": date(2000, 1, 1), "cites": (Citation(source="x", at="1"),)}
A, B, C, D = Code.LEG_INF, Code.DOC_IDS, Code.SAF_RSK, Code.EDU_VOC
CHILD = {"age": AgeBand.YOUNG_TEEN, "unaccompanied": YES}


def an_edge(before, after, strength=HARD, name="X-1", **given):
    return Precedence(before=before, after=after, strength=strength, id=name, **{**DATED, **given})


def a_mandate(asked, adds, name="M-1", **given):
    return Mandate(asked=asked, adds=adds, id=name, **{**DATED, **given})


def rules(*edges, country="*", **given):
    return Pathway(country=country, version="1", title="", overview="", sources={}, precedence=edges, **given)


def order(person, *files, on=TODAY):
    return sequence(person, files, on=on)


def real(person, on=TODAY, country="KZ"):
    """Under the universal rules and those of one country."""
    return sequence(person, [pathways()["*"], pathways()[country]], on=on)


def weights(found):
    return {code: need.weight for code, need in found.needs.items()}


# what is needed, and how heavy it is


@pytest.mark.parametrize("code", sorted(Code))
def test_a_wanted_code_weighs_by_its_own_urgency(code):
    """Engine 2.1: emergency 100, urgent 10, routine 1; nobody asked for it but the person."""
    points = {Urgency.EMERGENCY: 100, Urgency.URGENT: 10, Urgency.ROUTINE: 1}[CODES[code].urgency]
    need = order(a_profile(needs=(code,)), rules()).needs[code]
    assert (need.weight, need.rule) == (points, "")


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        (None, [100, 10, 1]),
        (Urgency.ROUTINE, [100, 10, 1]),
        (Urgency.URGENT, [100, 10, 10]),
        (Urgency.EMERGENCY, [100, 100, 100]),
    ],
)
def test_the_persons_urgency_raises_a_weight_and_never_lowers_it(urgency, expected):
    """Engine 2.1."""
    wanted = (Code.SHL_EMG, Code.SHL_VOT, Code.LEG_INF)
    found = weights(order(a_profile(needs=wanted, urgency=urgency), rules()))
    assert [found[code] for code in wanted] == expected


def test_psychiatric_care_is_an_emergency_where_there_is_a_risk_of_suicide():
    """Standards 2c, engine 2.1; the flag makes nothing else heavier."""
    wanted = (Code.MHP_PSY, Code.MHP_CNS)
    at_risk = a_profile(needs=wanted, health_flags=(HealthFlag.SUICIDAL_RISK,))
    assert weights(order(at_risk, rules())) == {Code.MHP_CNS: 1, Code.MHP_PSY: 100}
    assert weights(order(a_profile(needs=wanted), rules())) == {Code.MHP_CNS: 1, Code.MHP_PSY: 10}


def test_what_a_hard_edge_puts_first_is_mandated_with_the_rule_that_asked():
    """H36."""
    found = order(a_profile(needs=(B,)), rules(an_edge(A, B, name="X-7")))
    assert (found.needs[A].weight, found.needs[A].rule) == (1, "X-7")
    assert found.needs[B].rule == ""


def test_a_soft_edge_mandates_nothing():
    """Engine 2.2: good order only."""
    found = order(a_profile(needs=(B,)), rules(an_edge(A, B, SOFT)))
    assert set(found.needs) == {B}
    assert found.edges == ()


def test_an_edge_mandates_only_what_stands_before():
    assert set(order(a_profile(needs=(A,)), rules(an_edge(A, B))).needs) == {A}


def test_a_mandated_code_is_as_heavy_as_the_heaviest_that_asked():
    """Engine 2.1: not as its own urgency, which for a safety plan is urgent."""
    edges = [an_edge(C, D, name="X-1"), an_edge(C, Code.SHL_EMG, name="X-2")]
    assert weights(order(a_profile(needs=(D,)), rules(*edges)))[C] == 1
    assert weights(order(a_profile(needs=(D, Code.SHL_EMG)), rules(*edges)))[C] == 100


@pytest.mark.parametrize("chain", [(A, B, C), (B, A, C), (C, B, A), (C, A, B)])
def test_weight_travels_along_a_chain_whatever_the_names(chain):
    """Engine 2.1: until nothing new comes."""
    first, second, third = chain
    edges = [an_edge(first, second, name="X-2"), an_edge(second, third, name="X-1"), an_edge(third, Code.SHL_EMG)]
    found = weights(order(a_profile(needs=(Code.SHL_EMG, D)), rules(*edges)))
    assert found == {first: 100, second: 100, third: 100, Code.SHL_EMG: 100, D: 1}


def test_a_code_that_is_wanted_and_mandated_is_as_heavy_as_who_asked_and_stays_the_persons_own():
    """H36: requested is requested."""
    found = order(a_profile(needs=(A, Code.SHL_EMG)), rules(an_edge(A, Code.SHL_EMG)))
    assert (found.needs[A].weight, found.needs[A].rule) == (100, "")


def test_a_light_asker_takes_no_weight_away():
    found = order(a_profile(needs=(Code.SHL_EMG, D)), rules(an_edge(Code.SHL_EMG, D)))
    assert weights(found) == {Code.SHL_EMG: 100, D: 1}


def test_a_mandate_adds_a_code_when_one_of_those_asked_is_needed():
    """Engine 2.1: the country's own additions, which may ask for more."""
    file = rules(an_edge(B, A), country="KZ", mandates=(a_mandate((Code.RET_AVR, C), A, name="KZ-9"),))
    assert set(order(a_profile(needs=(D,)), file).needs) == {D}
    found = order(a_profile(needs=(C,)), file)
    assert weights(found) == {A: 10, B: 10, C: 10}
    assert found.needs[A].rule == "KZ-9"


def test_mandates_need_no_edge_and_make_none():
    file = rules(mandates=(a_mandate((C,), A),))
    assert order(a_profile(needs=(C,)), file).edges == ()


# what she already has


def test_what_the_person_has_is_needed_no_more_and_mandated_no_more():
    """Engine 2.1: nor is what would have come before it."""
    edges = [an_edge(A, B), an_edge(B, C)]
    found = order(a_profile(needs=(B, C), already_has=(B,)), rules(*edges))
    assert set(found.needs) == {C}
    assert found.already_has == {B}
    assert found.edges == ()


@pytest.mark.parametrize("status", sorted(TraffickingStatus))
def test_formal_status_that_was_given_counts_as_identification(status):
    """O07: told by others, never computed (H33)."""
    found = order(a_profile(trafficking_status=status), rules())
    assert (Code.IDN_FRM in found.already_has) is (status is TraffickingStatus.ACTUAL)


@pytest.mark.parametrize("status", sorted(GuardianStatus))
def test_a_guardian_that_was_appointed_is_asked_for_no_more(status):
    """O10, H09: applied for is not appointed."""
    found = real(a_profile(needs=(Code.SHL_CHD,), guardian=status, **CHILD))
    assert (Code.CHD_GRD in found.needs) is (status is not GuardianStatus.APPOINTED)


# what comes first


def test_edges_are_those_between_codes_in_play_each_pair_once_and_hard_where_any_rule_says_so():
    """Engine 6: edges name only needed and unlocking codes."""
    file = rules(
        an_edge(A, B, SOFT, "X-1"), an_edge(A, B, HARD, "X-2"), an_edge(A, B, SOFT, "X-3"), an_edge(A, C, SOFT, "X-4"),
        an_edge(B, D, SOFT, "X-5"),
    )  # fmt: skip
    found = order(a_profile(needs=(A, B, D)), file)
    assert found.edges == tuple(sorted([(A, B, True), (B, D, False)]))


def test_hard_and_soft_may_come_from_two_files():
    found = order(a_profile(needs=(A, B)), rules(an_edge(A, B, SOFT)), rules(an_edge(A, B, HARD), country="KZ"))
    assert found.edges == ((A, B, True),)


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [
        pytest.param(TODAY, None, True, id="from today"),
        pytest.param(date(2026, 11, 24), None, False, id="from tomorrow"),
        pytest.param(date(2000, 1, 1), TODAY, True, id="until today, that day included"),
        pytest.param(date(2000, 1, 1), date(2026, 11, 22), False, id="until yesterday"),
    ],
)
def test_rules_hold_on_their_days_only(begins, ends, holds):
    """Pathway data are dated."""
    dates = {"valid_from": begins, "valid_to": ends}
    file = rules(
        an_edge(A, B, **dates),
        mandates=(a_mandate((B,), C, **dates),),
        border_rules=(BorderRule(code=D, id="B-1", **{**DATED, **dates}),),
        windows=(Window(code=B, hours=72, id="W01", **{**DATED, **dates}),),
    )
    found = order(a_profile(needs=(B,), incident_window=IncidentWindow.WITHIN_24H), file)
    assert (set(found.needs) == {A, B, C}) is holds
    assert (set(found.needs) == {B}) is not holds
    assert (dict(found.before_border) == {D: "B-1"}) is holds
    assert (dict(found.deadlines) == {B: 2880}) is holds
    assert len(in_force(file.precedence, TODAY)) == holds


UNSET_PROTECTS = [
    pytest.param({"nationality_in": ("AF",)}, {"nationality": None}, {"nationality": "KZ"}, id="nationality"),
    pytest.param({"nationality_not_in": ("KZ",)}, {"nationality": None}, {"nationality": "KZ"}, id="not national"),
    pytest.param(
        {"legal_status_in": (LegalStatus.IRREGULAR,)},
        {"legal_status": LegalStatus.UNKNOWN},
        {"legal_status": LegalStatus.REGULAR},
        id="status of stay",
    ),
    pytest.param(
        {"protection_status_in": (ProtectionStatus.REFUGEE,)},
        {"protection_status": ProtectionStatus.UNKNOWN},
        {"protection_status": ProtectionStatus.NONE},
        id="protection",
    ),
    pytest.param({"gender_in": (Gender.FEMALE,)}, {"gender": None}, {"gender": Gender.MALE}, id="gender"),
    pytest.param(
        {"child": True},
        {"age": None, "possibly_child": NOT_TOLD},
        {"age": AgeBand.ADULT, "possibly_child": NO},
        id="age",
    ),
    pytest.param({"unaccompanied": YES}, {"unaccompanied": NOT_TOLD}, {"unaccompanied": NO}, id="alone"),
    pytest.param({"fear_of_return": YES}, {"fear_of_return": NOT_TOLD}, {"fear_of_return": NO}, id="fear"),
    pytest.param({"criminal_case": YES}, {"criminal_case": NOT_TOLD}, {"criminal_case": NO}, id="case"),
    pytest.param(
        {"formally_identified": False},
        {"trafficking_status": TraffickingStatus.UNKNOWN},
        {"trafficking_status": TraffickingStatus.ACTUAL},
        id="identified",
    ),
    pytest.param({"in_own_country": False}, {"nationality": None}, {"nationality": "KZ"}, id="abroad"),
]


@pytest.mark.parametrize(("condition", "unset", "fails"), UNSET_PROTECTS)
def test_a_condition_that_nobody_answered_counts_as_met(condition, unset, fails):
    """Engine 2.1: these rules only protect, and unset is never the convenient reading."""
    concerned = PersonCondition(**condition)
    file = rules(
        an_edge(A, B, person=concerned),
        mandates=(a_mandate((B,), C, person=concerned),),
        border_rules=(BorderRule(code=D, id="B-1", person=concerned, **DATED),),
    )
    protected = order(a_profile(needs=(B,), **unset), file)
    assert set(protected.needs) == {A, B, C}
    assert protected.edges == ((A, B, True),)
    assert dict(protected.before_border) == {D: "B-1"}

    free = order(a_profile(needs=(B,), **fails), file)
    assert set(free.needs) == {B}
    assert dict(free.before_border) == {}


def test_one_predicate_that_fails_frees_whatever_else_is_unset():
    """All predicates of a condition must hold."""
    both = PersonCondition(child=True, unaccompanied=YES)
    file = rules(an_edge(A, B, person=both))
    assert set(order(a_profile(needs=(B,), unaccompanied=NOT_TOLD), file).needs) == {B}


# the real rules


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SAF-RSK", "SHL-TRN"), ("SAF-RSK", "RET-AVR"), ("SAF-RSK", "FAM-REU"), ("SAF-RSK", "FAM-TRC"),
        ("LEG-INF", "IDN-FRM"), ("LEG-INF", "CJS-REP"), ("LEG-INF", "CON-SRV"),
    ],
)  # fmt: skip
def test_the_safety_plan_and_legal_information_come_first_for_everybody(before, after):
    """O05, O08: hard."""
    found = real(a_profile(needs=(Code(after),)))
    assert (Code(before), Code(after), True) in found.edges
    assert found.needs[Code(before)].rule.startswith(("O05", "O08"))


ABROAD, AT_HOME = {"nationality": "UZ"}, {"nationality": "KZ"}


@pytest.mark.parametrize("code", [Code.CON_SRV, Code.RET_AVR])
@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param({**AT_HOME, "fear_of_return": NO}, False, id="at home, no fear"),
        pytest.param({**AT_HOME, "fear_of_return": YES}, True, id="at home, fear"),
        pytest.param({**AT_HOME, "fear_of_return": NOT_TOLD}, True, id="at home, nobody asked"),
        pytest.param({**ABROAD, "fear_of_return": NO}, True, id="abroad, no fear"),
        pytest.param({"nationality": None, "fear_of_return": NO}, True, id="nationality not told"),
        pytest.param({"nationality": "stateless", "fear_of_return": NO}, True, id="stateless"),
    ],
)
def test_asylum_is_explained_before_the_own_authorities_and_before_a_return(code, answers, asked):
    """O16: not a national of the country of stay, or fear of return other than no."""
    found = real(a_profile(needs=(code,), **answers))
    assert (Code.ASY_ACC in found.needs) is asked
    assert ((Code.ASY_ACC, code, True) in found.edges) is asked


@pytest.mark.parametrize("bed", ["SHL-EMG", "SHL-VOT", "SHL-TRN", "SHL-CHD", "HOU-LNG"])
@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param(CHILD, True, id="alone"),
        pytest.param({**CHILD, "unaccompanied": NOT_TOLD}, True, id="nobody asked"),
        pytest.param({**CHILD, "unaccompanied": NO}, False, id="with family"),
        pytest.param({"unaccompanied": YES}, False, id="grown up"),
        pytest.param({"possibly_child": YES, "unaccompanied": YES}, True, id="possibly a child"),
        pytest.param({"age": None, "possibly_child": NOT_TOLD, "unaccompanied": YES}, True, id="age not told"),
    ],
)
def test_a_child_alone_who_needs_a_bed_needs_a_guardian(bed, answers, asked):
    """H09; only SHL-CHD waits for it (O10), same-night safety does not."""
    found = real(a_profile(needs=(Code(bed),), **answers))
    assert (Code.CHD_GRD in found.needs) is asked
    if asked:
        assert found.needs[Code.CHD_GRD].weight == found.needs[Code(bed)].weight
        assert ((Code.CHD_GRD, Code(bed), True) in found.edges) is (bed == "SHL-CHD")


def test_best_interests_come_before_a_child_goes_home():
    """O11."""
    home = (Code.RET_AVR, Code.FAM_REU)
    assert Code.CHD_BIP in real(a_profile(needs=home, **CHILD)).needs
    assert Code.CHD_BIP not in real(a_profile(needs=home)).needs


def test_care_comes_before_the_bed_in_good_order_only():
    """O01, O02: soft, so nobody is without a bed because a clinic is missing."""
    found = real(a_profile(needs=(Code.MED_EMG, Code.MED_CMR, Code.SHL_VOT, Code.SHL_EMG)))
    assert (Code.MED_EMG, Code.SHL_VOT, False) in found.edges
    assert (Code.MED_CMR, Code.SHL_VOT, False) in found.edges
    assert not any(before is Code.MED_CMR and after is Code.SHL_EMG for before, after, _ in found.edges)


def test_a_report_to_the_police_comes_before_nothing():
    """H05: never upstream of help."""
    found = real(a_profile(needs=tuple(Code), **CHILD, fear_of_return=YES, nationality=None))
    assert not any(before is Code.CJS_REP for before, _, _ in found.edges)


def test_formal_identification_comes_before_no_help_by_an_edge():
    """O06: presumption is enough; only a door can ask for it (O07)."""
    found = real(a_profile(needs=tuple(Code)))
    assert not any(before is Code.IDN_FRM and CODES[after].kind is CodeKind.STAY for before, after, _ in found.edges)


def test_the_rules_of_another_country_do_not_hold_here():
    wanted = {"needs": (Code.RET_AVR,), "legal_status": LegalStatus.IRREGULAR, "nationality": "UZ"}
    assert Code.LEG_IMM in real(a_profile(**wanted)).needs
    assert Code.LEG_IMM not in real(a_profile(**wanted), country="KG").needs


# deadlines


def deadline(**answers):
    return real(a_profile(needs=(Code.MED_CMR,), **answers)).deadlines.get(Code.MED_CMR)


FORENSIC = {"consents": consenting(Sector.FORENSIC)}


@pytest.mark.parametrize(
    ("band", "gender", "minutes"),
    [
        pytest.param("24h", "female", 48 * 60, id="24 h: surely 48 of 72 left"),
        pytest.param("24h", "male", 48 * 60, id="24 h, a man: the same window of PEP"),
        pytest.param("72h", "female", 48 * 60, id="72 h: perhaps still 48"),
        pytest.param("72h", "male", 48 * 60, id="72 h, a man"),
        pytest.param("120h", "female", 48 * 60, id="120 h: emergency contraception only, perhaps still 48"),
        pytest.param("120h", "male", None, id="120 h, a man: no window is left (W02)"),
        pytest.param("120h", "transgender_man", 48 * 60, id="120 h, a trans man: W02 is not for men only by gender"),
        pytest.param("120h", "undisclosed", 48 * 60, id="120 h, not told: taken as open"),
        pytest.param("6mo", "female", None, id="six months: none (W04)"),
        pytest.param("older", "female", None, id="older: none (W04)"),
        pytest.param("unknown", "female", 72 * 60, id="unknown: open and whole, go now"),
        pytest.param("unknown", "male", 72 * 60, id="unknown, a man"),
        pytest.param("n/a", "female", None, id="no assault"),
    ],
)
def test_the_deadline_of_care_after_rape_follows_the_band(band, gender, minutes):
    """W01, W02, W04; docs/decisions/0007."""
    assert deadline(incident_window=IncidentWindow(band), gender=Gender(gender)) == minutes


@pytest.mark.parametrize(
    ("consents", "minutes"),
    [
        pytest.param({}, 2000 * 60, id="not asked"),
        pytest.param({"consents": consenting(Sector.FORENSIC, answer=NO)}, 2000 * 60, id="refused"),
        pytest.param(FORENSIC, 48 * 60, id="agreed"),
    ],
)
def test_the_forensic_window_counts_with_consent_only(consents, minutes):
    """W03: beside a longer window of the same code the earliest counts."""
    windows = (
        Window(code=Code.MED_CMR, hours=2024, id="W01", **DATED),
        Window(code=Code.MED_CMR, hours=72, id="W03", **DATED),
    )
    person = a_profile(needs=(Code.MED_CMR,), incident_window=IncidentWindow.WITHIN_24H, **consents)
    assert order(person, rules(windows=windows)).deadlines == {Code.MED_CMR: minutes}


def test_a_window_of_a_code_that_is_not_needed_sets_no_deadline():
    found = real(a_profile(needs=(Code.SHL_VOT,), incident_window=IncidentWindow.WITHIN_24H))
    assert dict(found.deadlines) == {}


@pytest.mark.parametrize(
    ("urgency", "minutes"), [(Urgency.EMERGENCY, 1440), (Urgency.URGENT, 4320), (Urgency.ROUTINE, 20160), (None, None)]
)
def test_the_persons_urgency_is_a_deadline_for_every_wanted_code(urgency, minutes):
    """W06: 24 hours, 72 hours, 14 days; mandated codes have none of it."""
    found = real(a_profile(needs=(Code.SHL_TRN, Code.LEG_INF), urgency=urgency))
    assert Code.SAF_RSK in found.needs
    assert dict(found.deadlines) == ({} if minutes is None else {Code.SHL_TRN: minutes, Code.LEG_INF: minutes})


@pytest.mark.parametrize(("urgency", "minutes"), [("emergency", 1440), ("urgent", 2880), ("routine", 2880)])
def test_of_two_deadlines_the_earlier_counts(urgency, minutes):
    """Engine 4."""
    assert deadline(incident_window=IncidentWindow.WITHIN_24H, urgency=Urgency(urgency)) == minutes


def test_what_she_has_has_no_deadline():
    person = a_profile(needs=(Code.MED_CMR,), already_has=(Code.MED_CMR,), urgency=Urgency.EMERGENCY)
    assert dict(real(person).deadlines) == {}


# borders


@pytest.mark.parametrize(
    ("documents", "asked"),
    [
        pytest.param((), True, id="no papers"),
        pytest.param(None, True, id="nobody asked"),
        pytest.param((Document.NATIONAL_ID, Document.BIRTH_CERTIFICATE), True, id="no passport"),
        pytest.param((Document.PASSPORT,), False, id="a passport"),
    ],
)
def test_a_border_asks_for_papers_of_whoever_holds_no_passport(documents, asked):
    """O14; the safety plan is asked of everybody (O05)."""
    found = real(a_profile(documents_held=documents))
    assert dict(found.before_border) == {Code.SAF_RSK: "O05-05"} | ({Code.DOC_IDS: "O14-03"} if asked else {})


def test_a_border_asks_for_a_guardian_of_a_child_alone():
    """H09."""
    assert real(a_profile(**CHILD)).before_border[Code.CHD_GRD] == "H09-02"
    assert Code.CHD_GRD not in real(a_profile(age=AgeBand.YOUNG_TEEN, unaccompanied=NO)).before_border


# codes that open doors


def test_a_door_adds_what_it_asks_for_and_what_hard_edges_put_before():
    """Engine 2.4: IDN-FRM, and LEG-INF before it (O08); they weigh nothing."""
    plain = real(a_profile(needs=(Code.SHL_VOT,)))
    found = unlock(plain, [Code.IDN_FRM])
    assert found.unlocking == (Code.IDN_FRM, Code.LEG_INF)
    assert found.needs == plain.needs
    assert found.codes == {Code.SHL_VOT, Code.IDN_FRM, Code.LEG_INF}
    assert (Code.LEG_INF, Code.IDN_FRM, True) in found.edges


def test_a_door_adds_nothing_that_is_needed_or_at_hand():
    plain = real(a_profile(needs=(Code.SHL_VOT, Code.LEG_INF), already_has=(Code.DOC_IDS,)))
    assert unlock(plain, [Code.IDN_FRM, Code.DOC_IDS, Code.LEG_INF]).unlocking == (Code.IDN_FRM,)
    assert unlock(plain, []).unlocking == ()


def test_what_stands_before_a_code_at_hand_is_not_added():
    plain = real(a_profile(already_has=(Code.IDN_FRM,)))
    assert unlock(plain, [Code.IDN_FRM]).unlocking == ()


def test_hard_edges_are_followed_all_the_way():
    file = rules(an_edge(A, B), an_edge(D, A), an_edge(Code.BAS_FOD, D, SOFT))
    assert unlock(order(a_profile(), file), [B]).unlocking == tuple(sorted([A, B, D]))


def test_only_visits_open_doors():
    """Engine 2.4, 6: an unlocking code is of the kind visit."""
    kinds = {CODES[code].kind: code for code in reversed(Code)}
    found = unlock(order(a_profile(needs=(Code.EDU_VOC,)), rules()), kinds.values())
    assert {CODES[code].kind for code in found.unlocking} == {CodeKind.VISIT}


def test_the_order_of_needs_and_files_changes_nothing():
    one = sequence(a_profile(needs=tuple(Code), **CHILD), [pathways()["*"], pathways()["KZ"]], on=TODAY)
    other = sequence(a_profile(needs=tuple(reversed(Code)), **CHILD), [pathways()["*"], pathways()["KZ"]], on=TODAY)
    assert repr(one) == repr(other)
