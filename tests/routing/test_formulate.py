"""From a judged case to the search problem: what is usable, doors, links, ways, hours (engine, 2.3 to 2.5, 3 and 6)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector
from app.domain.pathway import Citation, Precedence, Strength
from app.domain.plan import Grade
from app.domain.profile import AgeBand, Document, IncidentWindow, LegalStatus, Location, TraffickingStatus, TravelLimits
from app.domain.provider import (
    Agreement,
    Capacity,
    HandoverMode,
    Independence,
    Link,
    Modality,
    OrganizationType,
    ReturnReception,
)
from app.routing import Moment, RankingPolicy, from_json, open_case, to_json
from app.routing.case import Case, find_reception, usable
from app.routing.formulate import formulate
from tests.routing.networks import AS_OF, MOMENT, Draw, network_of, pathways
from tests.routing.people import TODAY, a_point, a_profile, consenting, points_of

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ROUTES, LEADS = Grade.VERIFIED, Grade.LISTED
POLICY = RankingPolicy()
ALWAYS = ((0, 10080),)


def here(**facts):
    """A safe point in the town where the person is."""
    return a_point(**{"place": "middle", **facts})


def receivers_of(receptions):
    """A safe service of every organization that receives, of a code that nobody here asks for."""
    return [
        a_point(slug=f"z-{name}", organization=name, country="UZ", place="valley", codes=(Code.EDU_CHD,))
        for name in sorted({reception.receiver for reception in receptions})
    ]


def a_case(*points, links=(), receptions=(), holder=None, policy=POLICY, moment=MOMENT, network=None, **answers):
    person = a_profile(**{"location": Location(country="KZ", place="middle"), **answers})
    network = network or network_of([*points, *receivers_of(receptions)], links, receptions)
    return open_case(network, person, moment, policy=policy, k=3, holder=holder)


def a_problem(*points, grade=ROUTES, **given):
    return formulate(a_case(*points, **given), grade)


def the_point(problem):
    (point,) = problem.points
    return point


# hours


CLOCKS = Moment(as_of=AS_OF, offsets={"Asia/Almaty": 300, "Asia/Tashkent": 300, "Asia/Ashgabat": 180})


def test_hours_of_a_point_are_told_on_the_clock_of_the_persons_place():
    """Engine 3: schedules are kept in the provider's time zone."""
    point = here(weekly=((540, 1020),), timezone="Asia/Ashgabat")
    assert the_point(a_problem(point, moment=CLOCKS)).open == ((660, 1140),)


OFFICE_HOURS = tuple((day * 1440 + 9 * 60, day * 1440 + 17 * 60) for day in range(5))


def test_unknown_hours_are_taken_for_office_hours_with_a_mild_caution():
    """Engine 3: Monday to Friday, 09:00 to 17:00, on the provider's own clock."""
    known, unknown = the_point(a_problem(here())), the_point(a_problem(here(weekly=None)))
    assert known.open == ALWAYS
    assert unknown.open == OFFICE_HOURS
    assert unknown.preference - known.preference == POLICY.mild_caution
    elsewhere = the_point(a_problem(here(weekly=None, timezone="Asia/Ashgabat"), moment=CLOCKS))
    assert elsewhere.open == tuple((a + 120, b + 120) for a, b in OFFICE_HOURS)


@pytest.mark.parametrize(
    ("codes", "hours_old", "minutes"),
    [
        pytest.param((Code.SHL_VOT,), 3, 21 * 60, id="a bed, 3 hours ago: for 21 more (A37)"),
        pytest.param((Code.SHL_VOT,), 24, 0, id="a bed, a day ago: runs out now"),
        pytest.param((Code.SHL_VOT,), 30, 0, id="a bed, 30 hours ago: ask"),
        pytest.param((Code.LEG_INF,), 3, 165 * 60, id="a visit is believed for a week"),
        pytest.param((Code.LEG_INF,), 200, 0, id="a visit, older than a week"),
    ],
)
def test_a_full_point_begins_when_that_knowledge_runs_out(codes, hours_old, minutes):
    """H20, standards 3c: 24 hours for beds, 7 days otherwise."""
    as_of = AS_OF - timedelta(hours=hours_old)
    point = here(codes=codes, capacity=Capacity.FULL, capacity_as_of=as_of)
    assert the_point(a_problem(point, needs=codes)).not_before == minutes


@pytest.mark.parametrize("capacity", [c for c in Capacity if c is not Capacity.FULL])
def test_a_point_that_is_not_known_to_be_full_begins_at_once(capacity):
    assert the_point(a_problem(here(capacity=capacity, capacity_as_of=AS_OF))).not_before == 0


def test_a_full_point_of_which_nobody_knows_since_when_begins_at_once():
    assert the_point(a_problem(here(capacity=Capacity.FULL, capacity_as_of=None))).not_before == 0


def test_the_hour_when_knowledge_runs_out_is_never_rounded_down():
    """Half a minute too early is too early."""
    as_of = (AS_OF - timedelta(hours=24)).astimezone(UTC) + timedelta(seconds=30)
    assert the_point(a_problem(here(capacity=Capacity.FULL, capacity_as_of=as_of))).not_before == 1


def test_the_life_of_a_report_is_a_setting():
    policy = replace(POLICY, bed_capacity_hours=2)
    point = here(capacity=Capacity.FULL, capacity_as_of=AS_OF - timedelta(hours=1))
    assert the_point(a_problem(point, policy=policy)).not_before == 60


def test_times_at_a_point_come_from_the_register():
    point = the_point(a_problem(here(response_minutes=15, duration_minutes=45)))
    assert (point.response, point.duration) == (15, 45)


# what is listed


def test_points_are_listed_by_id_and_only_with_something_usable():
    """Engine 6."""
    points = [here(slug=slug) for slug in ("s10", "s9", "a", "S2")] + [
        here(slug="other", codes=(Code.EDU_CHD,)), here(slug="closed", quarantined=True)
    ]  # fmt: skip
    assert [point.id for point in a_problem(*points).points] == ["S2", "a", "s10", "s9"]


def test_usable_names_only_codes_in_play():
    """Engine 2.3: offers(v) within N and U."""
    problem = a_problem(here(codes=(Code.SHL_VOT, Code.EDU_CHD, Code.SAF_RSK)), needs=(Code.SHL_TRN, Code.SHL_VOT))
    assert set(the_point(problem).usable) == {Code.SHL_VOT, Code.SAF_RSK}
    assert set(problem.codes) == {Code.SHL_VOT, Code.SHL_TRN, Code.SAF_RSK}


def test_what_the_person_has_is_not_asked_for_again():
    """Engine 6: `already_has` and `codes` share nothing."""
    problem = a_problem(
        here(codes=(Code.SHL_VOT, Code.LEG_INF)), needs=(Code.SHL_VOT, Code.LEG_INF), already_has=(Code.LEG_INF,)
    )
    assert problem.already_has == (Code.LEG_INF,)
    assert set(problem.codes) == set(the_point(problem).usable) == {Code.SHL_VOT}


def test_formal_status_that_was_given_is_at_hand():
    """O07."""
    point = here(requires_formal_status=YES)
    problem = a_problem(point, trafficking_status=TraffickingStatus.ACTUAL)
    assert problem.already_has == (Code.IDN_FRM,)
    assert the_point(problem).requires == ()


def test_a_house_of_which_no_source_names_the_town_is_listed_and_no_way_leads_there():
    """Engine 3; docs/decisions/0004: beds without a place are kept."""
    problem = a_problem(here(slug="s1", place=None), here(slug="s2"))
    lost, found = problem.points
    assert lost.usable == found.usable
    assert problem.places[lost.place] == "KZ"
    assert lost.place not in {"middle", "south", "north"}
    assert not any(lost.place in pair for pair in problem.travel)


def test_a_line_of_which_no_source_names_the_town_is_remote_all_the_same():
    problem = a_problem(here(place=None, codes=(Code.LEG_INF,), modality=Modality.REMOTE), needs=(Code.LEG_INF,))
    assert the_point(problem).remote
    assert problem.places[the_point(problem).place] == "KZ"


@pytest.mark.parametrize("modality", list(Modality))
def test_nobody_travels_to_who_calls_or_comes(modality):
    point = here(codes=(Code.LEG_INF,), modality=modality)
    assert the_point(a_problem(point, needs=(Code.LEG_INF,))).remote is (modality is not Modality.PHYSICAL)


def test_ways_lead_between_every_place_of_stay_and_every_place_listed():
    """Engine 6: at most one row for two places; minutes and crossing points."""
    points = [
        here(slug="bed", place="south"), here(slug="visit", place="north", codes=(Code.LEG_INF,)),
        here(slug="near", codes=(Code.LEG_INF,)),
    ]  # fmt: skip
    case = a_case(*points, needs=(Code.SHL_VOT, Code.LEG_INF))
    problem = formulate(case, ROUTES)
    pairs = {frozenset(pair) for pair in problem.travel}
    assert len(pairs) == len(problem.travel)
    assert pairs == {frozenset(p) for p in (("middle", "south"), ("middle", "north"), ("south", "north"))}
    for (a, b), way in problem.travel.items():
        assert way == case.travel.between(a, b)


def test_a_way_abroad_carries_points_for_each_crossing():
    """P11."""
    policy = replace(POLICY, crossing=77)
    case = a_case(a_point(place="valley", country="UZ"), policy=policy)
    problem = formulate(case, LEADS)
    ((pair, (minutes, points)),) = problem.travel.items()
    assert set(pair) == {"middle", "valley"}
    assert case.travel.between("middle", "valley") == (minutes, 1)
    assert points == 77


def test_whoever_crosses_no_border_finds_no_way_abroad():
    """P11: the person's own limit; not told is no limit."""
    abroad = a_point(place="valley", country="UZ")
    assert a_problem(abroad, grade=LEADS, travel=TravelLimits(borders=NO)).travel == {}
    assert a_problem(abroad, grade=LEADS, travel=TravelLimits(borders=YES)).travel != {}
    assert a_problem(abroad, grade=LEADS).travel != {}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param(TravelLimits(), (480, 2880), id="none told"),
        pytest.param(TravelLimits(longest_visit_minutes=60, longest_transfer_minutes=600), (60, 600), id="lower"),
        pytest.param(TravelLimits(longest_visit_minutes=9000, longest_transfer_minutes=9000), (480, 2880), id="higher"),
        pytest.param(TravelLimits(longest_visit_minutes=0), (0, 2880), id="nowhere"),
    ],
)
def test_the_persons_own_limits_lower_those_of_the_policy_and_never_raise_them(own, expected):
    """Engine 3."""
    limits = a_problem(here(), travel=own).limits
    assert (limits.longest_visit, limits.longest_transfer) == expected
    assert (limits.handover, limits.no_link, limits.same_place) == (240, 210, 20)


def test_the_start_is_where_and_when_she_asks_and_who_holds_the_case():
    problem = a_problem(here(), holder="o9")
    assert (problem.start_place, problem.start_holder, problem.week_minute) == ("middle", "o9", 1330)
    assert problem.places["middle"] == "KZ"
    assert problem.k == 3


def test_the_home_of_a_return_is_in_the_problem_only_when_a_return_is():
    """Nothing of the person but what the search needs."""
    assert a_problem(here(), return_to="valley").return_to is None
    assert "valley" not in a_problem(here(), return_to="valley").places
    problem = a_problem(here(), needs=(Code.RET_AVR,), return_to="valley")
    assert (problem.return_to, problem.places["valley"]) == ("valley", "UZ")


# doors


def doors_of(problem, slug):
    (point,) = (p for p in problem.points if p.id == slug)
    return set(point.requires)


def test_a_door_that_asks_for_formal_status_brings_identification_and_legal_information():
    """O07, O08, A31: in play, weightless, in order."""
    shelter = here(slug="state", requires_formal_status=YES)
    office = here(slug="office", codes=(Code.IDN_FRM,))
    lawyer = here(slug="lawyer", codes=(Code.LEG_INF,))
    problem = a_problem(shelter, office, lawyer)
    assert doors_of(problem, "state") == {Code.IDN_FRM}
    assert set(problem.unlocking) == {Code.IDN_FRM, Code.LEG_INF}
    assert dict(problem.needed) == {Code.SHL_VOT: 10}
    assert (Code.LEG_INF, Code.IDN_FRM, True) in [(e.before, e.after, e.hard) for e in problem.precedence]
    assert {p.id: p.usable for p in problem.points}["office"] == (Code.IDN_FRM,)


def test_a_door_that_shares_no_language_brings_an_interpreter():
    """H27."""
    problem = a_problem(here(languages=("kk",)), languages=("tg",))
    assert set(the_point(problem).requires) == set(problem.unlocking) == {Code.INT_LNG}


def test_an_authority_brings_legal_information():
    """H24."""
    desk = here(codes=(Code.DOC_IDS,), organization_type=OrganizationType.CENTRAL_GOVERNMENT)
    problem = a_problem(desk, needs=(Code.DOC_IDS,), legal_status=LegalStatus.IRREGULAR)
    assert set(the_point(problem).requires) == set(problem.unlocking) == {Code.LEG_INF}


def test_what_opens_a_door_may_have_a_door_of_its_own():
    """Engine 2.4: until nothing new comes."""
    shelter = here(slug="state", requires_formal_status=YES)
    office = here(slug="office", codes=(Code.IDN_FRM,), languages=("kk",))
    problem = a_problem(shelter, office, languages=("tg",))
    assert set(problem.unlocking) == {Code.IDN_FRM, Code.LEG_INF, Code.INT_LNG}


def test_doors_of_points_with_nothing_left_bring_nothing():
    """Engine 2.4: otherwise usable."""
    closed = here(slug="state", requires_formal_status=YES, quarantined=True)
    unasked = here(slug="school", codes=(Code.EDU_CHD,), requires_formal_status=YES)
    assert a_problem(closed, unasked).unlocking == ()


def test_what_is_needed_or_at_hand_unlocks_nothing():
    shelter = here(slug="state", requires_formal_status=YES)
    needed = a_problem(shelter, needs=(Code.SHL_VOT, Code.IDN_FRM))
    assert needed.unlocking == ()
    assert the_point(needed).requires == (Code.IDN_FRM,)
    at_hand = a_problem(shelter, already_has=(Code.IDN_FRM,))
    assert at_hand.unlocking == ()
    assert the_point(at_hand).requires == ()


def test_a_border_brings_its_codes_once_she_agreed_to_cross_one():
    """Engine 2.4, O05, O14."""
    consent = consenting(Sector.CROSS_BORDER)
    assert set(a_problem(here(), consents=consent).unlocking) == {Code.SAF_RSK, Code.DOC_IDS}
    assert set(a_problem(here(), consents=consent).before_border) == {Code.SAF_RSK, Code.DOC_IDS}
    passport = a_problem(here(), consents=consent, documents_held=(Document.PASSPORT,))
    assert passport.before_border == passport.unlocking == (Code.SAF_RSK,)
    assert a_problem(here()).unlocking == ()


def test_the_door_of_a_lead_adds_nothing_to_the_problem_of_routes():
    """Engine 2.5: routes and leads are never mixed; an unverified record changes no route."""
    verified = here(slug="s1", codes=(Code.RET_AVR, Code.INT_LNG, Code.SAF_RSK))
    listed = here(slug="s2", codes=(Code.RET_AVR,), languages=("kk",), verified_on=None)
    answers = {"needs": (Code.RET_AVR,), "wants_return": YES, "return_to": "south", "languages": ("ru", "tg")}
    alone = a_problem(verified, **answers)
    listed = replace(listed, languages=("uz",))
    assert a_problem(verified, listed, **answers).unlocking == alone.unlocking


def with_rule(network, **given):
    """The network with one more universal order."""
    cites = (Citation(source="x", at="1"),)
    rule = Precedence(id="X-1", text="", valid_from=date(2000, 1, 1), cites=cites, strength=Strength.HARD, **given)
    files = dict(network.pathways)
    files["*"] = replace(files["*"], precedence=(*files["*"].precedence, rule))
    return replace(network, pathways=files)


def test_a_hard_edge_from_a_case_code_to_a_door_makes_a_problem_that_can_be_read_back():
    network = with_rule(network_of([here(requires_formal_status=YES)]), before=Code.CAS_MGT, after=Code.IDN_FRM)
    problem = a_problem(network=network)
    assert from_json(to_json(problem)) is not None


# links


def a_link(**given):
    return Link(**{"slug": "l1", "from_organization": "o9", "to": "s1", "agreement": Agreement.SOP,
                   "mode": HandoverMode.ACCOMPANIED, "receiver_confirmed": YES, "child_ok": YES, **given})  # fmt: skip


def links_of(*links, grade=ROUTES, **answers):
    found = a_problem(here(slug="s1"), links=links, grade=grade, **answers).links
    return [(link.from_org, link.to, link.points, link.cross_border) for link in found]


AGREEMENTS = {"sop": 0, "trm": 0, "mou": 30, "practice": 60, "none": 120, "unknown": 120}
MODES = {"accompanied": 0, "warm": 30, "booked": 60, "information": 90}


@pytest.mark.parametrize("agreement", list(Agreement))
@pytest.mark.parametrize("mode", list(HandoverMode))
def test_points_of_a_link_are_those_of_its_agreement_and_of_its_mode(agreement, mode):
    """P02, P06, docs/decisions/0005: a TRM is written procedure and counts as SOP."""
    points = AGREEMENTS[agreement.value] + MODES[mode.value]
    assert links_of(a_link(agreement=agreement, mode=mode)) == [("o9", "s1", points, False)]


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        pytest.param({}, True, id="in force"),
        pytest.param({"active": False}, False, id="inactive"),
        pytest.param({"valid_to": TODAY}, True, id="until today"),
        pytest.param({"valid_to": TODAY - timedelta(days=1)}, False, id="until yesterday"),
        pytest.param({"interpreter_source": "family"}, False, id="the family interprets"),
        pytest.param({"interpreter_source": "community"}, False, id="the community interprets"),
        pytest.param({"interpreter_source": "employer"}, False, id="the employer interprets"),
        pytest.param({"interpreter_source": "vetted"}, True, id="a vetted interpreter"),
        pytest.param({"to": "s2"}, False, id="to nobody listed"),
    ],
)
def test_a_link_counts_while_it_is_in_force_and_nobody_close_interprets(given, counts):
    """H26."""
    points = [here(slug="s1"), here(slug="s2", codes=(Code.EDU_CHD,))]
    for grade in Grade:
        assert bool(a_problem(*points, links=[a_link(**given)], grade=grade).links) is counts


def test_whether_a_link_has_run_out_is_told_by_the_calendar_of_her_place():
    """The evening of the 23rd in Almaty is another day elsewhere."""
    late = Moment(as_of=datetime.fromisoformat("2026-11-24T00:30:00+05:00"), offsets=MOMENT.offsets)
    assert a_problem(here(), links=[a_link(valid_to=TODAY)], moment=late).links == ()
    assert a_problem(here(), links=[a_link(valid_to=TODAY)]).links != ()


AGREED = {"consents": consenting(Sector.CROSS_BORDER)}
CHILD = {"age": AgeBand.TEEN, "unaccompanied": NO}
H30 = [
    pytest.param({}, AGREED, True, True, id="an SOP, confirmed, agreed"),
    pytest.param({"agreement": Agreement.MOU}, AGREED, True, True, id="an MoU"),
    pytest.param({"agreement": Agreement.TRM}, AGREED, True, True, id="a transnational mechanism"),
    pytest.param({"agreement": Agreement.PRACTICE}, AGREED, False, False, id="practice is no agreement"),
    pytest.param({"agreement": Agreement.NONE}, AGREED, False, False, id="no agreement"),
    pytest.param({"agreement": Agreement.UNKNOWN}, AGREED, False, True, id="agreement unknown: ask"),
    pytest.param({"receiver_confirmed": NO}, AGREED, False, False, id="receiver not confirmed (A17)"),
    pytest.param({"receiver_confirmed": NOT_KNOWN}, AGREED, False, True, id="receiver unknown: ask"),
    pytest.param({}, {}, False, False, id="consent not asked"),
    pytest.param({}, {"consents": consenting(Sector.CROSS_BORDER, answer=NO)}, False, False, id="consent refused"),
    pytest.param({}, {"consents": consenting(Sector.PROTECTION)}, False, False, id="another consent"),
    pytest.param({"child_ok": NO}, AGREED, True, True, id="children do not matter to a grown woman"),
    pytest.param({}, {**AGREED, **CHILD}, True, True, id="a child, agreed"),
    pytest.param({"child_ok": NO}, {**AGREED, **CHILD}, False, False, id="a child, not agreed"),
    pytest.param({"child_ok": NOT_KNOWN}, {**AGREED, **CHILD}, False, True, id="a child, unknown: ask"),
    pytest.param({"child_ok": NO}, {**AGREED, "possibly_child": YES}, False, False, id="possibly a child is one"),
]


@pytest.mark.parametrize(("terms", "answers", "routes", "leads"), H30)
def test_a_link_leads_over_a_border_only_where_everything_is_agreed(terms, answers, routes, leads):
    """H30: agreement, receiver confirmed, consent, children; in leads unknown terms are asked."""
    for grade, expected in ((ROUTES, routes), (LEADS, leads)):
        ((*_, cross_border),) = links_of(a_link(**terms), grade=grade, **answers)
        assert cross_border is expected


# the way home


HOMEWARD = {"slug": "s1", "codes": (Code.RET_AVR,)}
WILLING = {"needs": (Code.RET_AVR,), "wants_return": YES, "fear_of_return": NO, "nationality": "UZ",
           "return_to": "valley", "already_has": (Code.SAF_RSK, Code.ASY_ACC)}  # fmt: skip


def a_reception(**given):
    return ReturnReception(**{"slug": "r1", "point": "s1", "receiver": "o8", "country": "UZ",
                              "agreement": Agreement.TRM, "receiver_confirmed": YES, "child_ok": YES,
                              **given})  # fmt: skip


def homeward(*receptions, grade=ROUTES, **answers):
    """The receiver of the one point that brings home, or False where it does not."""
    problem = a_problem(here(**HOMEWARD), receptions=receptions, grade=grade, **{**WILLING, **answers})
    return the_point(problem).receiver if problem.points else False


@pytest.mark.parametrize(("terms", "answers", "routes", "leads"), H30)
def test_a_return_abroad_needs_somebody_there_who_is_bound(terms, answers, routes, leads):
    """H30, engine 2.3."""
    if "age" in answers or "possibly_child" in answers:
        answers = {**answers, "already_has": (*WILLING["already_has"], Code.CHD_BIP, Code.CHD_GRD)}
    for grade, expected in ((ROUTES, routes), (LEADS, leads)):
        assert homeward(a_reception(**terms), grade=grade, **answers) == ("o8" if expected else False)


@pytest.mark.parametrize(
    ("terms", "bound"),
    [
        pytest.param({"country": "KG"}, False, id="for another country"),
        pytest.param({"point": "s2"}, False, id="of another point"),
        pytest.param({"valid_to": TODAY}, True, id="until today"),
        pytest.param({"valid_to": TODAY - timedelta(days=1)}, False, id="ran out yesterday"),
    ],
)
def test_a_reception_counts_for_its_point_its_country_and_its_time(terms, bound):
    for grade in Grade:
        assert homeward(a_reception(**terms), grade=grade, **AGREED) == ("o8" if bound else False)


def test_nobody_need_receive_whoever_stays_in_the_country():
    """Engine 2.3: only abroad."""
    assert homeward(return_to="south") is None
    assert homeward(a_reception(), return_to="south", **AGREED) is None


@pytest.mark.parametrize("grade", list(Grade))
def test_a_return_without_a_place_to_return_to_is_closed(grade):
    """Engine 2.3."""
    assert homeward(a_reception(), grade=grade, return_to=None, **AGREED) is False


def test_of_several_receptions_the_one_with_fewest_unknowns_counts_then_the_first():
    """So that rows in another order give the same receiver."""
    unsure = a_reception(slug="r1", receiver="o1", receiver_confirmed=NOT_KNOWN)
    sure, also = a_reception(slug="r3", receiver="o3"), a_reception(slug="r2", receiver="o2")
    for receptions in ((unsure, sure, also), (also, sure, unsure)):
        assert homeward(*receptions, grade=LEADS, **AGREED) == "o2"
        assert homeward(*receptions, grade=ROUTES, **AGREED) == "o2"
    assert homeward(unsure, grade=LEADS, **AGREED) == "o1"


def test_the_rest_of_a_point_stays_usable_without_a_receiver():
    point = here(slug="s1", codes=(Code.RET_AVR, Code.LEG_INF))
    problem = a_problem(point, **{**WILLING, "needs": (Code.RET_AVR, Code.LEG_INF)})
    assert the_point(problem).usable == (Code.LEG_INF,)
    assert the_point(problem).receiver is None


def test_a_point_that_brings_nobody_home_has_no_receiver():
    problem = a_problem(here(slug="s1", codes=(Code.LEG_INF,)), receptions=[a_reception()], needs=(Code.LEG_INF,))
    assert the_point(problem).receiver is None


def test_a_reception_is_found_for_whom_it_binds():
    case = a_case(here(**HOMEWARD), receptions=[a_reception()], **{**WILLING, **AGREED})
    found = find_reception(case, 0, ROUTES)
    assert isinstance(found, ReturnReception)
    assert found.slug == "r1"


# cautions


BLEEDING = {"needs": (Code.MED_EMG,), "legal_status": LegalStatus.IRREGULAR}


def cost_of(grade=ROUTES, **facts):
    point = the_point(a_problem(here(codes=(Code.MED_EMG,), **facts), grade=grade, **BLEEDING))
    return point.caution, point.preference


def test_a_known_danger_is_grave_and_a_missing_fact_mild():
    """Standards 2c, engine 6: `caution` sums grave ones, mild ones are part of `preference`."""
    grave, soft = cost_of()
    assert grave == 0
    assert cost_of(shares_with_immigration=NOT_KNOWN) == (0, soft + POLICY.mild_caution)
    assert cost_of(shares_with_immigration=YES) == (POLICY.grave_caution, soft)


def test_cautions_have_their_published_weight():
    policy = replace(POLICY, grave_caution=7, mild_caution=5)
    points = [here(slug=f"s{i}", codes=(Code.MED_EMG,), shares_with_immigration=a) for i, a in enumerate((YES, NO))]
    shares, safe = a_problem(*points, policy=policy, **BLEEDING).points
    assert (shares.caution, safe.caution) == (7, 0)


def test_the_same_caution_counts_for_a_life_saving_code_only():
    """A shelter beside the emergency room brings no caution of its own: it is closed."""
    point = here(codes=(Code.MED_EMG, Code.MED_GEN), shares_with_immigration=YES)
    problem = a_problem(point, **{**BLEEDING, "needs": (Code.MED_GEN,)})
    assert problem.points == ()
    both = the_point(a_problem(point, **{**BLEEDING, "needs": (Code.MED_GEN, Code.MED_EMG)}))
    assert both.usable == (Code.MED_EMG,)
    assert both.caution == POLICY.grave_caution


UNKNOWNS = [
    pytest.param({"verified_on": None}, 1, id="never verified: one question (0003)"),
    pytest.param({"verified_on": None, "nationalities": None}, 1, id="nationality is asked of foreigners only"),
    pytest.param({"verified_on": None, "confidentiality_policy": NOT_KNOWN}, 2, id="and no word on confidentiality"),
    pytest.param({"facility_regime": "unknown"}, 1, id="may one walk out?"),
]


@pytest.mark.parametrize(("facts", "asked"), UNKNOWNS)
def test_each_missing_fact_of_a_lead_is_a_mild_caution(facts, asked):
    """Engine 2.5."""
    known = the_point(a_problem(here(), grade=LEADS))
    missing = the_point(a_problem(here(**facts), grade=LEADS))
    assert missing.preference - known.preference == asked * POLICY.mild_caution
    assert missing.caution == 0


def test_a_missing_fact_counts_once_whatever_it_keeps_closed():
    """Engine 2.5: every missing fact costs a mild caution; here the nationalities, for the bed and for the lawyer."""
    person = {"needs": (Code.SHL_VOT, Code.LEG_INF), "nationality": "UZ"}
    known = the_point(a_problem(here(codes=person["needs"]), grade=LEADS, **person))
    missing = the_point(a_problem(here(codes=person["needs"], nationalities=None), grade=LEADS, **person))
    assert missing.preference - known.preference == POLICY.mild_caution


def test_a_missing_fact_costs_nothing_in_routes_which_have_none():
    state = {"independence": Independence.STATE}
    assert the_point(a_problem(here(**state))).preference == the_point(a_problem(here(), grade=LEADS)).preference


def test_a_stale_emergency_room_is_kept_with_a_mild_caution():
    """H19, standards 2c."""
    _, soft = cost_of()
    grave, stale = cost_of(verified_on=date(2025, 1, 1))
    assert grave == 0
    assert stale - soft == POLICY.mild_caution + POLICY.stale


# confidential houses, H15


def test_nobody_visits_a_confidential_house_who_does_not_live_there():
    """H15: where the bed is not usable, nothing of the house is."""
    house = here(codes=(Code.SHL_VOT, Code.LEG_INF), address_confidential=True)
    assert a_problem(house, needs=(Code.LEG_INF,)).points == ()
    assert the_point(a_problem(house, needs=(Code.SHL_VOT, Code.LEG_INF))).usable == (Code.SHL_VOT, Code.LEG_INF)
    office = here(codes=(Code.LEG_INF,), address_confidential=True)
    assert the_point(a_problem(office, needs=(Code.LEG_INF,))).usable == (Code.LEG_INF,)


# every problem


def worlds(seeds):
    """Random ones; in every second one nearly everything is known and safe."""
    draw_sure = (0.85, 0.97)
    for seed in seeds:
        draw = Draw(seed, draw_sure[seed % 2])
        network = draw.network(draw.rng.randint(0, 16))
        holder = draw.one([None, "o1", "o2"])
        case = open_case(network, draw.person(), MOMENT, policy=POLICY, k=draw.rng.randint(1, 3), holder=holder)
        yield seed, case


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in (0, 100, 200)])
def test_every_problem_can_be_written_down_and_read_back(seeds):
    """Engine 6: closed over `codes`, known places, disjoint hours, sorted points; nothing is refused."""
    listed = 0
    for seed, case in worlds(seeds):
        for grade in Grade:
            problem = formulate(case, grade)
            plain = json.loads(json.dumps(to_json(problem)))
            assert to_json(from_json(plain)) == plain, f"world {seed}"
            _is_sound(problem, case, grade, f"world {seed}, {grade.value}")
            listed += len(problem.points)
    assert listed > 200


def _is_sound(problem, case: Case, grade, where):
    codes, at_hand = set(problem.codes), set(problem.already_has)
    assert set(problem.needed) | set(problem.unlocking) == codes, where
    assert not set(problem.needed) & set(problem.unlocking), where
    assert not codes & at_hand, where
    assert not set(case.person.needs) - codes - set(case.person.already_has), where
    assert set(problem.deadline) <= set(problem.needed), where
    assert all(kind == CODES[Code(code)].kind for code, kind in problem.codes.items()), where
    assert all(CODES[Code(code)].kind is CodeKind.VISIT for code in problem.unlocking), where
    assert [p.id for p in problem.points] == sorted(p.id for p in problem.points), where
    bits = usable(case, grade)
    assert {p.id for p in problem.points} == {
        p.slug for p, left in zip(points_of(case.network.columns), bits, strict=True) if left
    }, where
    for point in problem.points:
        assert point.usable, where
        assert not set(point.requires) & at_hand, where
        assert point.caution == 0 or grade is LEADS or set(point.usable) & _SAVING, where
        for (a, b), (c, _) in pairwise(point.open):
            assert 0 <= a < b < c, where
    assert all(a != b and (b, a) not in problem.travel for a, b in problem.travel), where


_SAVING = {Code.SAF_EMG, Code.MED_EMG, Code.MED_CMR, Code.MHP_PSY}


def test_what_routes_may_use_leads_may_use_too():
    """Engine 2.5: verified points inside leads."""
    for seed, case in worlds(range(60)):
        assert not (usable(case, ROUTES) & ~usable(case, LEADS)).any(), f"world {seed}"


def test_nothing_of_the_person_is_in_a_problem_but_codes_and_places():
    """Engine 6: no answer, no nationality, no band."""
    person = {
        "age": AgeBand.YOUNG_ADULT, "nationality": "AF", "legal_status": LegalStatus.UNDOCUMENTED,
        "languages": ("prs",), "no_go_areas": ("north",), "exclude_providers": ("o77",),
        "incident_window": IncidentWindow.WITHIN_72H, "return_to": "valley",
    }  # fmt: skip
    text = json.dumps(to_json(a_problem(here(), grade=LEADS, **person)))
    for word in ("18-24", "AF", "undocumented", "prs", "north", "o77", "72h", "valley", "female", "yes", "no "):
        assert f'"{word}"' not in text


def test_a_point_that_is_known_never_to_open_is_not_listed():
    assert a_problem(here(weekly=())).points == ()


def test_the_real_pathways_are_those_of_the_data_folder():
    """What these tests stand on."""
    assert set(pathways()) == {"*", "KG", "KZ", "RU", "TJ", "TM", "TR", "UZ"}
