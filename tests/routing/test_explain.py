"""Every choice and every no in words: shares, notices, gaps, why not, people to call (engine 5; H01, H03, H25, H35)."""

from datetime import date

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, Sector
from app.domain.errors import NotFound
from app.domain.place import Place
from app.domain.plan import GapReason, Grade, Movement
from app.domain.profile import (
    AgeBand,
    Document,
    Gender,
    IncidentWindow,
    LegalStatus,
    Location,
    OverrideReason,
    Placement,
    SafeContact,
)
from app.domain.provider import Agreement, Capacity, HandoverMode, Link, Modality, OrganizationType, ReturnReception
from app.routing import RankingPolicy, build_network, open_case, plan, why_not
from app.routing.case import usable
from app.routing.columns import codes_of
from app.texts import languages, say
from tests.routing.networks import MOMENT, Draw, network_of, pathways
from tests.routing.people import TODAY, a_point, a_profile, consenting, points_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
POLICY = RankingPolicy()
MIDDLE = Location(country="KZ", place="middle")


def here(**facts):
    slug = facts.get("slug", "s1")
    return a_point(**{"place": "middle", "slug": slug, "organization": f"o-{slug}", **facts})


def a_case(*points, links=(), receptions=(), holder=None, **answers):
    person = a_profile(**{"location": MIDDLE, **answers})
    return open_case(network_of(points, links, receptions), person, MOMENT, policy=POLICY, k=3, holder=holder)


def a_plan(*points, links=(), receptions=(), holder=None, **answers):
    person = a_profile(**{"location": MIDDLE, **answers})
    return plan(network_of(points, links, receptions), person, MOMENT, policy=POLICY, holder=holder)


def the_step(*points, **given):
    """The one step of the best route or, without one, of the best lead."""
    found = a_plan(*points, **given)
    (step,) = (found.routes or found.leads)[0].steps
    return step


def notices(*points, **given):
    return [(notice.key, notice.rule) for notice in the_step(*points, **given).notices]


# H01: what may be handed over


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("code", [Code.SHL_VOT, Code.LEG_INF, Code.MED_EMG, Code.MHP_CNS, Code.SAF_RSK, Code.BAS_FOD])
def test_something_is_handed_over_only_with_consent_for_its_sector(code, answer):
    """H01: otherwise the step is information, and stays a step."""
    facts = {"codes": (code,)}
    step = the_step(here(**facts), needs=(code,), consents=consenting(CODES[code].sector, answer=answer))
    agreed = answer is YES
    assert [served.share for served in step.serves] == [agreed]
    told = ("notice.consent", "O03") if agreed else ("notice.information_only", "H01")
    assert told in [(n.key, n.rule) for n in step.notices]


def test_every_other_consent_opens_nothing():
    """H01: no blanket flag."""
    others = [sector for sector in Sector if sector is not CODES[Code.SHL_VOT].sector]
    assert not the_step(here(), consents=consenting(*others)).serves[0].share


def test_each_code_of_a_step_has_its_own_consent():
    """A33: health agreed, law not."""
    point = here(codes=(Code.MED_GEN, Code.LEG_INF))
    step = the_step(point, needs=(Code.MED_GEN, Code.LEG_INF), consents=consenting(Sector.HEALTH))
    assert {served.code: served.share for served in step.serves} == {Code.MED_GEN: True, Code.LEG_INF: False}
    assert "notice.consent" in {notice.key for notice in step.notices}


WARM = Link(slug="l1", from_organization="o9", to="s1", agreement=Agreement.SOP, mode=HandoverMode.ACCOMPANIED)


@pytest.mark.parametrize(
    ("agreed", "link", "holder", "mode"),
    [
        pytest.param(True, True, "o9", HandoverMode.ACCOMPANIED, id="a link"),
        pytest.param(False, True, "o9", HandoverMode.INFORMATION, id="a link, no consent"),
        pytest.param(True, True, "o8", HandoverMode.INFORMATION, id="somebody else's link"),
        pytest.param(True, False, None, HandoverMode.INFORMATION, id="no link"),
        pytest.param(True, False, "o-s1", HandoverMode.WARM, id="the same house"),
        pytest.param(False, False, "o-s1", HandoverMode.INFORMATION, id="the same house, no consent"),
    ],
)
def test_without_consent_nobody_is_handed_over(agreed, link, holder, mode):
    """H01: information only, whatever link there is (P02)."""
    consents = consenting(Sector.SAFEHOUSE) if agreed else {}
    step = the_step(here(), links=[WARM] if link else [], holder=holder, consents=consents)
    assert step.mode is mode


def test_the_step_shows_the_link_with_fewest_points():
    """Engine 4: of several the one with fewest counts."""
    better = Link(slug="l2", from_organization="o9", to="s1", agreement=Agreement.MOU, mode=HandoverMode.ACCOMPANIED)
    worse = Link(slug="l0", from_organization="o9", to="s1", agreement=Agreement.SOP, mode=HandoverMode.INFORMATION)
    broken = Link(slug="l9", from_organization="o9", to="s1", agreement=Agreement.SOP, mode=HandoverMode.ACCOMPANIED,
                  active=False)  # fmt: skip
    step = the_step(here(), links=[worse, better, broken], holder="o9", consents=consenting(Sector.SAFEHOUSE))
    assert (step.agreement, step.mode, step.burden.link) == (Agreement.MOU, HandoverMode.ACCOMPANIED, 30)


SETTLED = {"consents": consenting(*Sector), "already_has": (Code.SAF_RSK, Code.DOC_IDS)}


def a_link_abroad(**given):
    return Link(**{"slug": "l1", "from_organization": "o9", "to": "s1", "agreement": Agreement.SOP,
                   "mode": HandoverMode.INFORMATION, "receiver_confirmed": YES, **given})  # fmt: skip


ABROAD = {"country": "UZ", "place": "valley"}


def test_a_step_abroad_shows_the_link_that_carries_over_the_border():
    """H30: a practice without confirmed receiver carries nobody."""
    cheap = a_link_abroad(slug="l0", agreement=Agreement.PRACTICE, mode=HandoverMode.ACCOMPANIED)
    step = the_step(here(**ABROAD), links=[cheap, a_link_abroad()], holder="o9", **SETTLED)
    assert step.burden.link == 90
    assert (step.agreement, step.mode) == (Agreement.SOP, HandoverMode.INFORMATION)


# H03: consent set aside


OVERRIDE_CODES = {Code.SAF_EMG, Code.MED_EMG, Code.MHP_PSY, Code.CHD_GRD, Code.CHD_BIP}


@pytest.mark.parametrize("code", [*sorted(OVERRIDE_CODES), Code.SHL_EMG, Code.MED_CMR, Code.SAF_RSK, Code.LEG_INF])
@pytest.mark.parametrize(
    ("answers", "confirmed"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"imminent_danger": YES}, False, id="danger, no reason code"),
        pytest.param({"override": OverrideReason.THREAT_TO_LIFE}, False, id="a reason code, no danger"),
        pytest.param(
            {"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": NOT_KNOWN}, False, id="danger unknown"
        ),
        pytest.param({"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": YES}, True, id="threat to life"),
        pytest.param({"override": OverrideReason.SUICIDE_RISK, "imminent_danger": YES}, True, id="risk of suicide"),
        pytest.param({"override": OverrideReason.CHILD_PROTECTION}, False, id="child protection, a grown woman"),
    ],
)
def test_an_operator_may_share_without_consent_only_for_a_life_and_for_few_codes(code, answers, confirmed):
    """H03, A25."""
    step = the_step(here(codes=(code,)), needs=(code,), **answers)
    assert step.serves[0].share is (confirmed and code in OVERRIDE_CODES)


PROTECTED_CHILD = {"age": AgeBand.TEEN, "unaccompanied": NO, "override": OverrideReason.CHILD_PROTECTION}


def test_for_a_child_the_body_with_the_mandate_may_be_told():
    """H03."""
    body = here(codes=(Code.CHD_GRD,), organization_type=OrganizationType.GUARDIANSHIP)
    assert the_step(body, needs=(Code.CHD_GRD,), **PROTECTED_CHILD).serves[0].share


@pytest.mark.parametrize("code", [Code.MED_EMG, Code.MHP_PSY, Code.SAF_EMG])
def test_for_a_child_without_danger_nobody_else_is_told(code):
    """H03: the duty is that of the mandated body."""
    assert not the_step(here(codes=(code,)), needs=(code,), **PROTECTED_CHILD).serves[0].share


# notices


@pytest.mark.parametrize(
    ("reports", "notice"),
    [
        (NO, None),
        (YES, ("notice.mandatory_reporter.yes", "H25")),
        (NOT_KNOWN, ("notice.mandatory_reporter.unknown", "H25")),
    ],
)
def test_a_duty_to_report_is_told_before_anything_is_disclosed(reports, notice):
    """H25: also where it is not known."""
    found = [n for n in notices(here(mandatory_reporter=reports)) if n[1] == "H25"]
    assert found == ([notice] if notice else [])


CARE = {"codes": (Code.MED_CMR,), "organization_type": OrganizationType.HEALTH}


def windows(band, gender=Gender.FEMALE):
    found = notices(here(**CARE), needs=(Code.MED_CMR,), incident_window=IncidentWindow(band), gender=gender)
    return {rule: key for key, rule in found if rule.startswith("W")}


@pytest.mark.parametrize(
    ("band", "rules", "never"),
    [
        pytest.param("24h", {"W01", "W03"}, {"W04"}, id="24 h (A03)"),
        pytest.param("72h", {"W01", "W03"}, set(), id="72 h"),
        pytest.param("unknown", {"W01", "W03"}, {"W04"}, id="unknown: as open"),
        pytest.param("120h", {"W02", "W04"}, {"W01", "W03"}, id="120 h: PEP is not promised (A05)"),
        pytest.param("6mo", {"W04"}, {"W01", "W02", "W03"}, id="six months: care is useful"),
        pytest.param("older", {"W04"}, {"W01", "W02", "W03"}, id="older: care is useful"),
    ],
)
def test_what_is_of_use_is_told_by_the_band(band, rules, never):
    """W01 to W04: never what is past, always what helps."""
    found = set(windows(band))
    assert rules <= found
    assert not never & found


@pytest.mark.parametrize("band", ["24h", "72h", "unknown"])
def test_emergency_contraception_is_told_while_it_is_of_use(band):
    """W02."""
    assert "W02" in windows(band)


def test_a_man_is_not_told_of_emergency_contraception():
    assert "W02" not in windows("120h", Gender.MALE)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("band", list(IncidentWindow))
def test_no_notice_says_too_late(band, language):
    """W04, W09, A05: in no language."""
    for notice in the_step(here(**CARE), needs=(Code.MED_CMR,), incident_window=band).notices:
        said = say(notice.key, language, **notice.slots).casefold()
        assert "too late" not in said
        assert "поздно" not in said


def test_other_care_says_nothing_of_windows():
    found = notices(here(codes=(Code.MED_GEN,)), needs=(Code.MED_GEN,), incident_window=IncidentWindow.WITHIN_24H)
    assert not [rule for _, rule in found if rule.startswith("W")]


# the rest of a step


def test_a_full_house_says_since_it_was_reported_full():
    """H20, A37: it is a later date, and shown."""
    full = here(capacity=Capacity.FULL, capacity_as_of=MOMENT.as_of)
    step = the_step(full)
    assert step.start_minute == 24 * 60
    assert [(c.message.rule, c.points) for c in step.cautions] == [("H20", 0)]


def test_a_step_names_the_papers_to_bring():
    point = here(codes=(Code.EMP_JOB,), required_documents=(Document.PASSPORT,))
    step = the_step(point, needs=(Code.EMP_JOB,), documents_held=(Document.PASSPORT,))
    assert step.documents == ("passport",)


def test_a_house_of_which_no_source_names_the_town_has_no_place():
    line = here(place=None, codes=(Code.LEG_INF,), modality=Modality.REMOTE)
    assert the_step(line, needs=(Code.LEG_INF,)).place == ""


# leads ask


def test_a_lead_asks_for_what_is_not_known_before_a_word_is_said_of_her():
    """Engine 2.5: rule by rule, each once."""
    both = (Code.SHL_VOT, Code.LEG_INF)
    point = here(verified_on=None, confidentiality_policy=NOT_KNOWN, nationalities=None, codes=both)
    step = the_step(point, needs=both, nationality="UZ")
    assert sorted(question.rule for question in step.questions) == ["H16", "H19", "H31"]


HOMEWARD = {"slug": "s1", "codes": (Code.RET_AVR,)}
WILLING = {"needs": (Code.RET_AVR,), "wants_return": YES, "nationality": "UZ", "return_to": "valley",
           "consents": consenting(*Sector), "already_has": (Code.SAF_RSK, Code.ASY_ACC, Code.DOC_IDS)}  # fmt: skip


def a_reception(**given):
    return ReturnReception(**{"slug": "r1", "point": "s1", "receiver": "o8", "country": "UZ",
                              "agreement": Agreement.TRM, "receiver_confirmed": YES, **given})  # fmt: skip


def test_a_return_names_who_receives():
    """H30."""
    step = the_step(here(**HOMEWARD), receptions=[a_reception()], **WILLING)
    assert (step.movement, step.receiver) == (Movement.RETURN, "o8")
    assert the_step(here(**HOMEWARD), **{**WILLING, "return_to": "south"}).receiver is None


UNSURE = {"receptions": [a_reception(receiver_confirmed=NOT_KNOWN)]}


def test_a_return_of_which_the_reception_is_not_sure_is_a_lead_that_asks():
    """H30, docs/decisions/0003."""
    found = a_plan(here(**HOMEWARD), **UNSURE, **WILLING)
    assert found.routes == ()
    (step,) = found.leads[0].steps
    assert "H30" in {question.rule for question in step.questions}


def test_a_return_of_which_the_reception_is_not_sure_is_not_called_verified():
    """docs/decisions/0003: each step carries its own grade."""
    assert the_step(here(**HOMEWARD), **UNSURE, **WILLING).grade is Grade.LISTED


@pytest.mark.parametrize("terms", [{"agreement": Agreement.UNKNOWN}, {"receiver_confirmed": NOT_KNOWN}])
def test_what_a_link_over_the_border_does_not_say_is_asked(terms):
    step = the_step(here(**ABROAD), links=[a_link_abroad(**terms)], holder="o9", **SETTLED)
    assert "H30" in {question.rule for question in step.questions}


@pytest.mark.parametrize("home", ["south", "valley"])
def test_a_return_of_which_everything_is_known_asks_nothing_of_its_reception(home):
    person = {**WILLING, "return_to": home}
    step = the_step(here(**HOMEWARD, verified_on=None), receptions=[a_reception()], **person)
    assert [question.rule for question in step.questions] == ["H19"]


# gaps


def gaps(*points, **given):
    return {gap.code: gap for gap in a_plan(*points, **given).gaps}


def test_a_code_that_nobody_offers_is_out_of_reach():
    """Engine 5."""
    gap = gaps(here(codes=(Code.EDU_CHD,)))[Code.SHL_VOT]
    assert (gap.reason, gap.blocked_by, gap.offered, dict(gap.closed_by)) == (GapReason.OUT_OF_REACH, (), 0, {})


def test_a_gap_counts_who_offers_the_code_and_which_rules_close_it():
    """H34: each removed provider is countable by rule; one may be closed by several."""
    points = [
        here(slug="s1", quarantined=True), here(slug="s2", quarantined=True, shares_with_immigration=YES),
        here(slug="s3", shares_with_immigration=NOT_KNOWN, quarantined=True), here(slug="s4", codes=(Code.EDU_CHD,)),
        here(slug="s5", country="UZ", place="valley", quarantined=True),
    ]  # fmt: skip
    gap = gaps(*points, legal_status=LegalStatus.IRREGULAR)[Code.SHL_VOT]
    assert (gap.reason, gap.offered) == (GapReason.OUT_OF_REACH, 3)
    assert dict(gap.closed_by) == {"H04": 2, "H16": 1, "H20": 3}


def test_a_gap_counts_in_the_country_of_return_too():
    """The countries in play."""
    points = [here(slug="s1", quarantined=True), here(slug="s2", **ABROAD, quarantined=True)]
    assert gaps(*points, return_to="valley")[Code.SHL_VOT].offered == 2
    assert gaps(*points)[Code.SHL_VOT].offered == 1


def test_a_code_that_is_open_but_too_far_is_out_of_reach_and_closed_by_nobody():
    gap = gaps(here(codes=(Code.LEG_INF,), place="north"), needs=(Code.LEG_INF,))[Code.LEG_INF]
    assert (gap.reason, gap.offered, dict(gap.closed_by)) == (GapReason.OUT_OF_REACH, 1, {})


def test_good_order_is_no_reason_for_a_gap():
    """Engine 2.2: a soft edge lets go when what it puts first is out of reach."""
    found = gaps(here(codes=(Code.LEG_INF,), place="north"), needs=(Code.MED_EMG, Code.LEG_INF))
    assert {gap.reason for gap in found.values()} == {GapReason.OUT_OF_REACH}
    assert {gap.blocked_by for gap in found.values()} == {()}
    assert not gaps(here(codes=(Code.LEG_INF,)), needs=(Code.MED_EMG, Code.LEG_INF)).get(Code.LEG_INF)


def test_a_code_that_must_wait_for_what_nobody_serves_is_blocked_by_order():
    """Engine 2.2: hard edges always bind, and the gap says why."""
    found = gaps(here(codes=(Code.SHL_TRN,)), needs=(Code.SHL_TRN,))
    assert (found[Code.SHL_TRN].reason, found[Code.SHL_TRN].blocked_by) == (GapReason.HARD_EDGE, (Code.SAF_RSK,))
    assert (found[Code.SAF_RSK].reason, found[Code.SAF_RSK].offered) == (GapReason.OUT_OF_REACH, 0)


def test_a_bed_beside_another_bed_is_not_together_with_the_rest():
    """Engine 3: one bed a route."""
    points = [here(slug="s1", codes=(Code.SHL_EMG,)), here(slug="s2")]
    found = gaps(*points, needs=(Code.SHL_EMG, Code.SHL_VOT))
    assert {code: gap.reason for code, gap in found.items()} == {Code.SHL_VOT: GapReason.NOT_TOGETHER}


def test_the_heaviest_gap_comes_first():
    found = a_plan(needs=(Code.LEG_INF, Code.SHL_VOT, Code.DOC_IDS, Code.SHL_EMG)).gaps
    assert [gap.code for gap in found] == [Code.SHL_EMG, Code.SHL_VOT, Code.DOC_IDS, Code.LEG_INF]


HOME_MINISTRY = {"codes": (Code.CON_SRV,), "organization_type": OrganizationType.CENTRAL_GOVERNMENT, **ABROAD}
AFRAID = {"needs": (Code.CON_SRV,), "nationality": "UZ", "fear_of_return": YES, "return_to": "valley",
          "already_has": (Code.LEG_INF, Code.ASY_ACC)}  # fmt: skip


def test_a_point_is_counted_once_for_a_rule():
    gap = gaps(here(**HOME_MINISTRY), **AFRAID)[Code.CON_SRV]
    assert (gap.offered, gap.closed_by["H12"]) == (1, 1)


def test_no_rule_closes_more_points_than_offer_the_code():
    """On random worlds; H12 apart, see above."""
    for seed in range(25):
        draw = Draw(seed)
        found = plan(draw.network(10), draw.person(), MOMENT, policy=POLICY)
        for gap in found.gaps:
            counts = {rule: count for rule, count in gap.closed_by.items() if rule != "H12"}
            assert all(0 < count <= gap.offered for count in counts.values()), f"world {seed}"


def test_a_return_that_nobody_receives_is_counted_under_its_rule():
    gap = gaps(here(**HOMEWARD), **WILLING)[Code.RET_AVR]
    assert (gap.offered, dict(gap.closed_by)) == (1, {"H30": 1})


# why not


def test_nothing_stands_before_an_open_point():
    found = why_not(a_case(here()), "s1")
    assert (found.point, found.open_codes, found.lead_codes, found.closings) == (
        "s1", (Code.SHL_VOT,), (Code.SHL_VOT,), (),
    )  # fmt: skip
    assert found.travel_minutes == 20


@pytest.mark.parametrize(
    ("facts", "answers", "rule", "verdict"),
    [
        pytest.param({"quarantined": True}, {}, "H20", "closed", id="closed"),
        pytest.param({"verified_on": None}, {}, "H19", "unknown", id="a fact is missing"),
        pytest.param({"genders": (Placement.WOMEN,)}, {"gender": None}, "H21", "unset", id="an answer is missing"),
    ],
)
def test_every_closing_names_its_rule_its_word_and_its_codes(facts, answers, rule, verdict):
    """Engine 5: and what would open it."""
    point = here(codes=(Code.SHL_VOT, Code.SHL_EMG), **facts)
    (closing,) = why_not(a_case(point, **answers), "s1").closings
    assert (closing.rule, closing.verdict) == (rule, verdict)
    assert set(closing.codes) == {Code.SHL_VOT, Code.SHL_EMG}
    assert (closing.message.rule, closing.opens_with.rule) == (rule, rule)
    assert closing.opens_with.key == f"opens.{verdict}"
    assert closing.message.slots["statement"]


def test_every_gate_that_closes_something_is_named_in_the_order_of_the_rules():
    """Standards 2c: who the provider is, consent and firewall, admission, fitness."""
    point = here(
        quarantined=True, shares_with_immigration=YES, accepts_children=NO, affiliations=(), safeguarding_flag="open",
        requires_cooperation=YES,
    )  # fmt: skip
    found = why_not(a_case(point, legal_status=LegalStatus.IRREGULAR), "s1")
    assert [c.rule for c in found.closings] == ["H18", "H04", "H05", "H20"]
    assert found.open_codes == found.lead_codes == ()


def test_what_must_come_first_is_a_closing_that_another_step_opens():
    """O07, O14: requires."""
    case = a_case(here(requires_formal_status=YES, required_documents=(Document.PASSPORT,)))
    found = why_not(case, "s1")
    assert [(c.rule, c.verdict, c.codes) for c in found.closings] == [
        ("O07", "requires", (Code.IDN_FRM,)), ("O14", "requires", (Code.DOC_IDS,)),
    ]  # fmt: skip
    assert found.open_codes == (Code.SHL_VOT,)
    at_hand = a_case(here(requires_formal_status=YES), already_has=(Code.IDN_FRM,))
    assert why_not(at_hand, "s1").closings == ()


def test_a_point_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        why_not(a_case(here()), "zz-nothing")


@pytest.mark.parametrize(
    ("facts", "way"), [({"place": None}, False), ({"place": "desert", "country": "TM"}, False), (ABROAD, True)]
)
def test_why_not_tells_the_way_or_that_there_is_none(facts, way):
    case = a_case(here(**facts), nationality="AF")
    found = why_not(case, "s1").travel_minutes
    assert found == (case.travel.between("middle", "valley")[0] if way else None)


def test_why_not_names_the_receiver_that_is_missing():
    found = why_not(a_case(here(**HOMEWARD), **WILLING), "s1")
    assert Code.RET_AVR not in found.open_codes
    assert "H30" in {closing.rule for closing in found.closings}


def test_why_not_names_the_confidential_house():
    house = here(codes=(Code.SHL_VOT, Code.LEG_INF), address_confidential=True)
    case = a_case(house, needs=(Code.LEG_INF,))
    assert not usable(case, Grade.VERIFIED).any()
    found = why_not(case, "s1")
    assert Code.LEG_INF not in found.open_codes
    assert "H15" in {closing.rule for closing in found.closings}


def test_what_a_plan_may_use_is_what_why_not_calls_open():
    """On random worlds; what H15 and H30 take away without a gate is left out, see above."""
    for seed in range(80):
        draw = Draw(seed, 0.95)
        network = draw.network(6)
        case = open_case(network, draw.person(), MOMENT, policy=POLICY, k=1, holder=None)
        for row, point in enumerate(points_of(network.columns)):
            found = why_not(case, point.slug)
            for grade, shown in ((Grade.VERIFIED, found.open_codes), (Grade.LISTED, found.lead_codes)):
                in_play = set(shown) & case.orders[grade].codes - {Code.RET_AVR}
                assert set(codes_of(int(usable(case, grade)[row]))) - {Code.RET_AVR} == in_play, f"world {seed}"
            closed = {code for c in found.closings if c.verdict != "requires" for code in c.codes}
            beds = {code for code in point.codes if CODES[code].kind == "stay"}
            gone = set(point.codes) - set(found.open_codes) - (beds if case.network.columns.remote[row] else set())
            assert gone <= closed, f"world {seed}"


# people to call


FIVE = {"KZ": "almaty", "KG": "bishkek", "TJ": "dushanbe", "TM": "ashgabat", "UZ": "tashkent"}


def a_town(country):
    return Place(slug=FIVE[country], country=country, name="", name_ru="", name_local="", admin1=f"{country}-1",
                 lat=41.0, lon=69.0, timezone="Asia/Almaty")  # fmt: skip


@pytest.mark.parametrize("country", sorted(FIVE))
@pytest.mark.parametrize("wary", [False, True])
def test_there_is_always_somebody_to_call(country, wary):
    """H35: public emergency numbers, ambulance first; whoever avoids authorities is not shown the police."""
    network = build_network(
        [], links=[], receptions=[], places=map(a_town, FIVE), crossings=[], pathways=pathways()
    )  # fmt: skip
    person = a_profile(location=Location(country=country, place=FIVE[country]), avoid_authorities=wary)
    found = plan(network, person, MOMENT, policy=POLICY).escalation
    assert found
    assert all(contact.number for contact in found)
    kinds = [contact.kind for contact in found]
    assert kinds[0] == "ambulance"
    assert ("police" in kinds) is not wary


def test_the_police_come_last_among_numbers():
    """H02: shown, as information."""
    kinds = [contact.kind for contact in a_plan(here()).escalation]
    assert kinds == sorted(kinds, key=["ambulance", "dispatch", "fire", "police"].index)


def test_people_to_call_are_named_beside_a_good_route_too():
    """H35: in every answer."""
    assert a_plan(here()).routes
    assert a_plan(here()).escalation == a_plan().escalation


# warnings


@pytest.mark.parametrize(
    ("points", "answers", "warned"),
    [
        pytest.param(["s1", "s2"], {}, set(), id="two ways"),
        pytest.param(["s1"], {}, {"H34"}, id="one way only"),
        pytest.param([], {}, {"H35"}, id="none"),
        pytest.param(["s1", "s2"], {"age": AgeBand.TEEN, "unaccompanied": NO}, {"H07"}, id="a child"),
        pytest.param(["s1", "s2"], {"possibly_child": YES, "unaccompanied": NO}, {"H07"}, id="possibly a child"),
    ],
)
def test_what_the_reader_must_know_is_said(points, answers, warned):
    found = a_plan(*(here(slug=slug) for slug in points), **answers)
    assert {warning.rule for warning in found.warnings} == warned


def test_leads_come_with_the_warning_to_call_first():
    found = a_plan(*(here(slug=slug, verified_on=None) for slug in ("s1", "s2")))
    assert {warning.rule for warning in found.warnings} == {"H19"}


def test_whoever_cannot_be_called_back_is_not_called_back():
    """Standards 4, contact_safe."""
    keys = {warning.key for warning in a_plan(here(), contact_safe=SafeContact.NONE).warnings}
    assert "warning.no_call_back" in keys
    assert "warning.no_call_back" not in {w.key for w in a_plan(here(), contact_safe=SafeContact.CALL).warnings}


def test_numbers_hold_on_their_days():
    """Pathway data are dated: before any of it, nobody is known."""
    early = MOMENT.as_of.replace(year=1999)
    moment = type(MOMENT)(as_of=early, offsets=MOMENT.offsets)
    network = network_of([here(verified_on=date(1999, 11, 1))])
    person = a_profile(location=MIDDLE)
    assert TODAY.year > 1999
    assert plan(network, person, moment, policy=POLICY).escalation == ()
