"""The whole walk: routes and leads, alternatives, what gives way for a life, and what must hold for every answer."""

from dataclasses import replace

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, Sector
from app.domain.plan import Grade, Movement, Outcome, Weight, Why
from app.domain.profile import AgeBand, IncidentWindow, LegalStatus, Location, OverrideReason, Placement
from app.domain.provider import (
    AUTHORITIES,
    FORCE_BODIES,
    Agreement,
    HandoverMode,
    Link,
    Modality,
    OrganizationType,
    Verification,
)
from app.routing import RankingPolicy, plan, problems_of, solve
from tests.routing.networks import MOMENT, Draw, network_of
from tests.routing.people import a_point, a_profile, consenting

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
POLICY = RankingPolicy()


def here(**facts):
    """A safe point in the town where the person is; its organization is its own."""
    slug = facts.get("slug", "s1")
    return a_point(**{"place": "middle", "slug": slug, "organization": f"o-{slug}", **facts})


def a_plan(*points, links=(), receptions=(), holder=None, k=3, policy=POLICY, **answers):
    person = a_profile(**{"location": Location(country="KZ", place="middle"), **answers})
    return plan(network_of(points, links, receptions), person, MOMENT, policy=policy, k=k, holder=holder)


def ways(routes):
    """Each route as the slugs of its steps."""
    return [[step.point for step in route.steps] for route in routes]


def all_steps(found):
    return [step for route in (*found.routes, *found.leads) for step in route.steps]


# routes


def test_one_safe_house_is_one_route():
    """The numbers of engine 3 and 4, with a bed in the same town."""
    found = a_plan(here())
    assert found.outcome is Outcome.ROUTES
    assert ways(found.routes) == [["s1"]]
    (step,) = found.routes[0].steps
    assert step.movement is Movement.TRANSFER
    assert (step.travel_minutes, step.start_minute, step.end_minute) == (20, 60, 120)
    burden = step.burden
    assert (burden.handover, burden.link, burden.crossings, burden.preference, burden.minutes) == (240, 210, 0, 0, 120)
    cost = found.routes[0].cost
    assert (cost.unserved, cost.windows_missed, cost.grave, cost.burden) == (0, 0, 0, 570)
    assert (found.leads, found.gaps, found.questions) == ((), (), ())


def test_a_visit_ends_at_home_again():
    """Engine 3: two legs."""
    found = a_plan(here(codes=(Code.LEG_INF,)), needs=(Code.LEG_INF,))
    (step,) = found.routes[0].steps
    assert step.movement is Movement.REFERRAL
    assert step.burden.minutes == 60 + 60 + 20
    assert step.end_minute == 120


def test_a_call_travels_nowhere():
    found = a_plan(here(codes=(Code.LEG_INF,), modality=Modality.REMOTE), needs=(Code.LEG_INF,))
    (step,) = found.routes[0].steps
    assert step.remote
    assert (step.travel_minutes, step.start_minute, step.burden.minutes) == (0, 60, 120)


def test_who_holds_the_case_costs_no_handover():
    """Engine 4."""
    (step,) = a_plan(here(), holder="o-s1").routes[0].steps
    assert (step.burden.handover, step.burden.link) == (0, 0)


def test_the_case_goes_with_the_bed():
    """Engine 3: after a transfer the house holds the case, and its own lawyer is no new handover."""
    bed = here(slug="bed", codes=(Code.SHL_VOT,), organization="o1")
    lawyer = here(slug="lawyer", codes=(Code.LEG_INF,), organization="o1")
    steps = a_plan(bed, lawyer, needs=(Code.SHL_VOT, Code.LEG_INF)).routes[0].steps
    assert [(step.point, step.burden.handover) for step in steps] == [("bed", 240), ("lawyer", 0)]


def test_what_the_rules_add_is_marked_with_the_rule():
    """H36."""
    plan_maker, house = here(slug="plan", codes=(Code.SAF_RSK,)), here(slug="house", codes=(Code.SHL_TRN,))
    steps = a_plan(plan_maker, house, needs=(Code.SHL_TRN,)).routes[0].steps
    assert [(s.point, [(x.code, x.why, x.rule) for x in s.serves]) for s in steps] == [
        ("plan", [(Code.SAF_RSK, Why.REQUIRED, "O05-01")]), ("house", [(Code.SHL_TRN, Why.REQUESTED, "")]),
    ]  # fmt: skip


def test_doors_are_opened_in_order_and_each_step_says_what_for():
    """O07, O08, A31: legal information, identification, the state's bed."""
    points = [
        here(slug="state", requires_formal_status=YES), here(slug="office", codes=(Code.IDN_FRM,)),
        here(slug="lawyer", codes=(Code.LEG_INF,)),
    ]  # fmt: skip
    steps = a_plan(*points).routes[0].steps
    assert [(s.point, [(x.code, x.why, x.rule) for x in s.serves]) for s in steps] == [
        ("lawyer", [(Code.LEG_INF, Why.UNLOCKS, "O08-01")]),
        ("office", [(Code.IDN_FRM, Why.UNLOCKS, "O07")]),
        ("state", [(Code.SHL_VOT, Why.REQUESTED, "")]),
    ]


def test_a_bed_that_asks_nothing_is_found_without_opening_doors():
    points = [
        here(slug="state", requires_formal_status=YES), here(slug="office", codes=(Code.IDN_FRM, Code.LEG_INF)),
        here(slug="house"),
    ]  # fmt: skip
    assert ways(a_plan(*points).routes)[0] == ["house"]


def test_an_unlocking_step_cites_the_hard_edge_that_put_it_first():
    """H36: for a child alone a guardian stands before identification (O10), which is no matter of O08."""
    child = {"age": AgeBand.TEEN, "unaccompanied": YES, "needs": (Code.LIV_GRT,)}
    points = [
        here(slug="grant", codes=(Code.LIV_GRT,), requires_formal_status=YES),
        here(slug="office", codes=(Code.IDN_FRM,)), here(slug="lawyer", codes=(Code.LEG_INF,)),
        here(slug="guardian", codes=(Code.CHD_GRD,)),
    ]  # fmt: skip
    served = {x.code: x for s in a_plan(*points, **child).routes[0].steps for x in s.serves}
    assert served[Code.CHD_GRD].why is Why.UNLOCKS
    assert served[Code.CHD_GRD].rule == "O10-02"
    assert served[Code.LEG_INF].rule == "O08-01"
    assert served[Code.IDN_FRM].rule == "O07"


# alternatives


def test_alternatives_leave_out_the_whole_key_provider():
    """H34, engine 5: if they say no, another organization, not the same one's other house."""
    points = [here(slug=f"s{i}", organization=f"o{i // 2}", response_minutes=60 + i) for i in range(6)]
    found = a_plan(*points)
    assert ways(found.routes) == [["s0"], ["s2"], ["s4"]]
    assert [route.rank for route in found.routes] == [1, 2, 3]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 9])
def test_there_are_at_most_k_alternatives(k):
    """In the order found; fewer when nobody is left."""
    points = [here(slug=f"s{i}", response_minutes=60 + i) for i in range(4)]
    assert ways(a_plan(*points, k=k).routes) == [[f"s{i}"] for i in range(min(k, 4))]


def test_the_key_provider_is_that_of_the_bed_even_when_it_is_not_the_first_step():
    """Engine 5: the first transfer, else the first step."""
    points = [
        here(slug="clinic", codes=(Code.MED_EMG,)), here(slug="bed-a"), here(slug="bed-b", response_minutes=90),
    ]  # fmt: skip
    found = a_plan(*points, needs=(Code.MED_EMG, Code.SHL_VOT))
    assert ways(found.routes)[:2] == [["clinic", "bed-a"], ["clinic", "bed-b"]]


def test_backups_take_the_place_of_one_step():
    """Engine 5: at most two, best first."""
    points = [here(slug=f"s{i}", response_minutes=60 + i) for i in range(4)]
    assert [route.steps[0].backups for route in a_plan(*points).routes] == [("s1", "s2"), ("s2", "s3"), ("s3",)]


# routes and leads


LISTED = {"verified_on": None}


def test_what_nobody_has_phoned_is_a_lead():
    """Engine 2.5, H19."""
    found = a_plan(here(**LISTED))
    assert found.outcome is Outcome.LEADS_ONLY
    assert (found.routes, ways(found.leads)) == ((), [["s1"]])
    (step,) = found.leads[0].steps
    assert (found.leads[0].grade, step.grade) == (Grade.LISTED, Grade.LISTED)
    assert [question.rule for question in step.questions] == ["H19"]


def test_nothing_at_all_is_an_answer():
    """H35: never empty."""
    found = a_plan()
    assert found.outcome is Outcome.NO_SAFE_ROUTE
    assert (found.routes, found.leads) == ((), ())
    assert [gap.code for gap in found.gaps] == [Code.SHL_VOT]
    assert found.escalation


def test_leads_are_shown_only_when_they_serve_more():
    """docs/decisions/0003: a quicker lead that serves no more is not shown."""
    slow = here(slug="slow", response_minutes=600)
    assert a_plan(slow, here(slug="quick", **LISTED)).leads == ()
    lawyer = here(slug="lawyer", codes=(Code.LEG_INF,), **LISTED)
    found = a_plan(slow, lawyer, needs=(Code.SHL_VOT, Code.LEG_INF))
    assert found.outcome is Outcome.ROUTES
    assert ways(found.routes) == [["slow"]]
    assert sorted(ways(found.leads)[0]) == ["lawyer", "slow"]


def test_a_lead_may_contain_a_verified_point_and_each_step_has_its_own_grade():
    """docs/decisions/0003."""
    points = [here(slug="bed"), here(slug="lawyer", codes=(Code.LEG_INF,), **LISTED)]
    (route, *_) = a_plan(*points, needs=(Code.SHL_VOT, Code.LEG_INF)).leads
    grades = {step.point: step.grade for step in route.steps}
    assert route.grade is Grade.LISTED
    assert grades == {"bed": Grade.VERIFIED, "lawyer": Grade.LISTED}
    assert all(not step.questions for step in route.steps if step.grade is Grade.VERIFIED)


@pytest.mark.parametrize("kind", sorted(AUTHORITIES))
def test_an_authority_of_which_a_fact_is_missing_is_no_lead(kind):
    """Engine 2.5."""
    consents = consenting(Sector.LAW_ENFORCEMENT, Sector.CONSULAR, Sector.IMMIGRATION)
    facts = {"codes": (Code.DOC_IDS,), "organization_type": kind}
    assert ways(a_plan(here(**facts), needs=(Code.DOC_IDS,), consents=consents).routes) == [["s1"]]
    found = a_plan(here(**facts, **LISTED), needs=(Code.DOC_IDS,), consents=consents)
    assert found.outcome is Outcome.NO_SAFE_ROUTE


@pytest.mark.parametrize(
    ("facts", "answers"),
    [
        pytest.param(
            {"child_specialised": NOT_KNOWN},
            {"age": AgeBand.TEEN, "unaccompanied": YES, "already_has": (Code.CHD_GRD,)},
            id="H08: a child alone",
        ),
        pytest.param({"shares_with_police": NOT_KNOWN, "country": "UZ", "place": "valley"},
                     {"avoid_authorities": True, "location": Location(country="UZ", place="valley")}, id="H23"),
        pytest.param({"genders": (Placement.WOMEN,), **LISTED}, {"gender": None}, id="what nobody told of the person"),
        pytest.param({"quarantined": True}, {}, id="H20: a known fact"),
    ],
)  # fmt: skip
def test_what_is_strict_known_or_unset_is_no_lead(facts, answers):
    """Engine 2.5: these stay closed in leads."""
    assert a_plan(here(**facts), **answers).outcome is Outcome.NO_SAFE_ROUTE


def test_where_the_fact_and_the_answer_are_missing_the_telephone_settles_it():
    """Engine 2.5: unknown, so a lead, without asking her."""
    assert a_plan(here(genders=None), gender=None).outcome is Outcome.LEADS_ONLY


# when hard rules collide


IRREGULAR = {"needs": (Code.MED_EMG,), "legal_status": LegalStatus.IRREGULAR}


def a_hospital(**facts):
    return here(**{"codes": (Code.MED_EMG,), "organization_type": OrganizationType.HEALTH, **facts})


def cautions(found, weight):
    return {c.message.key for step in all_steps(found) for c in step.cautions if c.weight is weight}


def test_the_only_hospital_in_reach_is_kept_with_a_warning():
    """A49, standards 2c: unknown sharing is mild."""
    found = a_plan(a_hospital(shares_with_immigration=NOT_KNOWN), **IRREGULAR)
    assert ways(found.routes) == [["s1"]]
    assert "caution.immigration_sharing_unknown" in cautions(found, Weight.MILD)
    assert found.routes[0].cost.grave == 0


def test_a_known_danger_is_taken_only_when_nothing_else_serves_as_much():
    """Standards 2c: a grave caution ranks below every route without one that is in time, however far that is."""
    shares = a_hospital(slug="shares", shares_with_immigration=YES)
    unsure = a_hospital(slug="unsure", shares_with_immigration=NOT_KNOWN, response_minutes=900)
    safe = a_hospital(slug="safe", response_minutes=1300)
    assert ways(a_plan(shares, **IRREGULAR).routes) == [["shares"]]
    assert cautions(a_plan(shares, **IRREGULAR), Weight.GRAVE) == {"caution.shares_with_immigration"}
    assert a_plan(shares, **IRREGULAR).routes[0].cost.grave == POLICY.grave_caution
    assert ways(a_plan(shares, safe, **IRREGULAR).routes) == [["safe"], ["shares"]]
    assert ways(a_plan(shares, unsure, safe, **IRREGULAR).routes) == [["unsure"], ["safe"], ["shares"]]
    too_late = a_hospital(slug="safe", response_minutes=1500)
    assert ways(a_plan(shares, too_late, **IRREGULAR).routes) == [["shares"], ["safe"]]


def test_in_time_comes_before_without_danger():
    """Engine 4: c1 before c2; rape care whose window closes, or with the risk read to her first."""
    rape = {"needs": (Code.MED_CMR,), "legal_status": LegalStatus.IRREGULAR,
            "incident_window": IncidentWindow.WITHIN_24H}  # fmt: skip
    shares = a_hospital(slug="shares", codes=(Code.MED_CMR,), shares_with_immigration=YES)
    late = a_hospital(slug="late", codes=(Code.MED_CMR,), response_minutes=2881)
    in_time = replace(late, response_minutes=2880)
    assert ways(a_plan(shares, late, **rape).routes)[0] == ["shares"]
    assert ways(a_plan(shares, in_time, **rape).routes)[0] == ["late"]


def test_the_police_are_no_hospital():
    """Standards 2c: never relaxed."""
    station = a_hospital(organization_type=OrganizationType.LAW_ENFORCEMENT)
    assert a_plan(station, **IRREGULAR).outcome is Outcome.NO_SAFE_ROUTE


@pytest.mark.parametrize("kind", sorted(FORCE_BODIES))
@pytest.mark.parametrize(
    ("code", "answers", "allowed"),
    [
        pytest.param(Code.SAF_EMG, {}, False, id="no override"),
        pytest.param(Code.SAF_EMG, {"imminent_danger": YES}, False, id="danger without a reason code"),
        pytest.param(Code.SAF_EMG, {"override": OverrideReason.THREAT_TO_LIFE}, False, id="a reason, no danger"),
        pytest.param(
            Code.SAF_EMG, {"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": YES}, True, id="both"
        ),
        pytest.param(
            Code.CJS_REP, {"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": YES}, False, id="a report"
        ),
        pytest.param(
            Code.DOC_IDS, {"override": OverrideReason.THREAT_TO_LIFE, "imminent_danger": YES}, False, id="papers"
        ),
    ],
)
def test_an_operator_sets_consent_aside_only_for_a_life_and_with_a_reason(kind, code, answers, allowed):
    """H03."""
    found = a_plan(here(codes=(code,), organization_type=kind), needs=(code,), already_has=(Code.LEG_INF,), **answers)
    assert bool(all_steps(found)) is allowed
    assert all(served.share for step in all_steps(found) for served in step.serves)


# what must hold for every answer


NEAR = (("KZ", "middle"),) * 4 + (("UZ", "valley"),) * 3 + (("KZ", "south"),)


def a_rich_world(seed):
    """Facts mostly known, towns near each other, a person who mostly told all and agreed: much is open, not all."""
    draw = Draw(seed, 0.985)
    points = []
    for number in range(draw.rng.randint(8, 14)):
        country, place = draw.one(NEAR)
        point = replace(draw.point(number), country=country, place=place, admin1=f"{country}-1")
        phoned = draw.one((point.verification, point.verification, Verification()))
        shares = draw.one((NO, NO, NO, YES, NOT_KNOWN))
        points.append(replace(point, verification=phoned, safety=replace(point.safety, shares_with_immigration=shares)))
    links = [
        replace(link, agreement=draw.mostly(Agreement.SOP, *Agreement), receiver_confirmed=draw.one((YES, NOT_KNOWN)))
        for _ in range(3) for link in draw.links(points)
    ]  # fmt: skip
    links = [replace(link, slug=f"l{i}") for i, link in enumerate(links)]
    receptions = [replace(r, agreement=Agreement.TRM, receiver_confirmed=YES) for r in draw.receptions(points)]
    wary = draw.person()
    person = a_profile(
        needs=wary.needs, location=Location(country="KZ", place="middle"), return_to=draw.one(("valley", "south")),
        nationality="UZ", wants_return=YES, legal_status=wary.legal_status, incident_window=wary.incident_window,
        consents=consenting(*(s for s in Sector if s is not Sector.IMMIGRATION or seed % 3)), languages=wary.languages,
        documents_held=wary.documents_held, already_has=draw.some((Code.SAF_RSK, Code.ASY_ACC, Code.LEG_INF), 3),
    )  # fmt: skip
    return network_of(points, links, receptions), person, draw.one(["o1", "o2", "o3"])


def worlds(seeds):
    """Rich ones, and every fourth as random as they come."""
    for seed in seeds:
        draw = Draw(seed)
        yield seed, *(a_rich_world(seed) if seed % 4 else (draw.network(12), draw.person(), None))


@pytest.fixture(scope="module")
def answers():
    """(name, network, person, plan, problems by grade) of random worlds."""
    found = []
    for seed, network, person, holder in worlds(range(2000, 2060)):
        given = {"policy": POLICY, "holder": holder, "k": 3}
        answer = plan(network, person, MOMENT, **given)
        found.append((f"world {seed}", network, person, answer, dict(problems_of(network, person, MOMENT, **given))))
    assert sum(bool(all_steps(answer)) for _, _, _, answer, _ in found) > 20
    return found


def test_the_parts_of_the_burden_are_its_whole(answers):
    """Engine 4: c3 is handovers, links, crossings, preferences and the clock, each named."""
    for where, _, _, answer, _ in answers:
        for route in (*answer.routes, *answer.leads):
            parts = [step.burden for step in route.steps]
            total = sum(b.handover + b.link + b.crossings + b.preference + b.minutes for b in parts)
            assert route.cost.burden == total, where
            assert all(min(b.handover, b.link, b.crossings, b.preference, b.minutes) >= 0 for b in parts), where


def test_every_point_of_preference_is_shown(answers):
    """Design 4: cost with each part named; a mild caution, a preference, or a question for the telephone."""
    for where, _, _, answer, _ in answers:
        for step in all_steps(answer):
            shown = sum(c.points for c in step.cautions if c.weight is Weight.MILD)
            asked = [question for question in step.questions if question.rule != "H30"]
            assert step.burden.preference == shown + POLICY.mild_caution * len(asked), where


def test_grave_cautions_are_shown_and_counted(answers):
    """Engine 4: c2."""
    for where, _, _, answer, _ in answers:
        for route in (*answer.routes, *answer.leads):
            grave = sum(c.points for step in route.steps for c in step.cautions if c.weight is Weight.GRAVE)
            assert route.cost.grave == grave, where


def test_what_is_unserved_is_what_no_step_serves(answers):
    """Engine 4: c0."""
    for where, _, _, answer, problems in answers:
        for route in (*answer.routes, *answer.leads):
            needed = problems[route.grade].needed
            served = {one.code for step in route.steps for one in step.serves}
            assert set(route.unserved) == set(needed) - served, where
            assert route.cost.unserved == sum(needed[code] for code in route.unserved), where


def test_steps_stand_in_time(answers):
    """Engine 3: nobody begins before she arrives and they answer."""
    for where, network, _, answer, _ in answers:
        for route in (*answer.routes, *answer.leads):
            clock = 0
            for step in route.steps:
                point = network.columns.point(network.row_of(step.point))
                assert step.start_minute >= clock + max(step.travel_minutes, point.response_minutes), where
                assert step.end_minute == step.start_minute + point.duration_minutes, where
                clock += step.burden.minutes
                assert clock >= step.end_minute, where


def test_why_a_code_is_served_is_said(answers):
    """H36: requested without a rule, required and unlocks with one."""
    for where, _, person, answer, problems in answers:
        for route in (*answer.routes, *answer.leads):
            problem = problems[route.grade]
            for one in (one for step in route.steps for one in step.serves):
                expected = (
                    Why.UNLOCKS if one.code in problem.unlocking
                    else Why.REQUESTED if one.code in person.needs else Why.REQUIRED
                )  # fmt: skip
                assert one.why is expected, where
                assert (one.rule == "") or one.why is not Why.REQUESTED, where
                assert one.rule or one.why is not Why.REQUIRED, where


def test_grades_outcomes_and_ranks_are_told_truly(answers):
    """Engine 2.5; a route never holds a listed point."""
    for where, _, _, answer, _ in answers:
        assert all(route.grade is Grade.VERIFIED for route in answer.routes), where
        assert all(step.grade is Grade.VERIFIED for route in answer.routes for step in route.steps), where
        assert not any(step.questions for route in answer.routes for step in route.steps), where
        assert all(route.grade is Grade.LISTED for route in answer.leads), where
        for routes in (answer.routes, answer.leads):
            assert [route.rank for route in routes] == list(range(1, len(routes) + 1)), where
            assert all(route.steps for route in routes), where
        expected = Outcome.ROUTES if answer.routes else Outcome.LEADS_ONLY if answer.leads else Outcome.NO_SAFE_ROUTE
        assert answer.outcome is expected, where
        if answer.routes and answer.leads:
            assert answer.leads[0].cost.unserved < answer.routes[0].cost.unserved, where


def test_the_problems_behind_a_plan_have_its_answers(answers):
    """Engine 6: so that anybody can check them."""
    for where, _, _, answer, problems in answers:
        for grade, routes in ((Grade.VERIFIED, answer.routes), (Grade.LISTED, answer.leads)):
            if routes:
                found = [([t.point for t in f.steps], f.cost) for f in solve(problems[grade])]
                shown = [
                    ([s.point for s in r.steps], tuple(getattr(r.cost, name) for name in type(r.cost).__slots__))
                    for r in routes
                ]  # fmt: skip
                assert shown == found, where


def test_alternatives_share_no_key_provider(answers):
    """H34."""
    for where, _, _, answer, _ in answers:
        for routes in (answer.routes, answer.leads):
            gone = set()
            for route in routes:
                assert not gone & {step.organization for step in route.steps}, where
                beds = [step for step in route.steps if step.movement is Movement.TRANSFER]
                gone.add((beds or route.steps)[0].organization)


def test_gaps_are_what_the_best_answer_leaves_heaviest_first(answers):
    """Engine 5."""
    for where, _, _, answer, problems in answers:
        best = (answer.leads or answer.routes or (None,))[0]
        grade = Grade.VERIFIED if best is not None and not answer.leads else Grade.LISTED
        needed = problems[grade].needed
        missing = set(best.unserved) if best else set(needed)
        codes = [gap.code for gap in answer.gaps]
        assert codes == sorted(missing, key=lambda code: (-needed[code], code)), where


def test_the_answer_repeats_no_weight_but_all_of_the_policy():
    """Engine 4: weights are echoed."""
    policy = replace(POLICY, handover=7)
    assert a_plan(here(), policy=policy).ranking == policy.as_points()
    assert a_plan(here(), policy=policy).routes[0].steps[0].burden.handover == 7


def test_no_point_is_offered_a_person_who_named_it_unsafe(answers):
    """H13, on every step and every backup."""
    for where, network, person, answer, _ in answers:
        if answer.routes:
            step = answer.routes[0].steps[0]
            wary = replace(person, exclude_providers=(step.organization,))
            again = plan(network, wary, MOMENT, policy=POLICY)
            for other in all_steps(again):
                assert other.organization != step.organization, where
                for slug in other.backups:
                    point = network.columns.point(network.row_of(slug))
                    assert point.organization != step.organization, where


def test_a_record_that_nobody_verified_changes_no_route():
    """Leads are never mixed into routes."""
    answers = {"needs": (Code.RET_AVR,), "wants_return": YES, "return_to": "south", "languages": ("ru", "tg")}
    answers["already_has"] = (Code.SAF_RSK,)
    verified = here(slug="s1", codes=(Code.RET_AVR, Code.INT_LNG))
    listed = here(slug="s2", place="north", codes=(Code.RET_AVR,), languages=("uz",), verified_on=None)
    before = a_plan(verified, **answers).routes
    assert before
    assert [route.cost for route in a_plan(verified, listed, **answers).routes] == [route.cost for route in before]


# links abroad


SETTLED = {"consents": consenting(Sector.CROSS_BORDER), "already_has": (Code.SAF_RSK, Code.DOC_IDS)}


def a_link(**given):
    return Link(**{"slug": "l1", "from_organization": "o9", "to": "abroad", "agreement": Agreement.SOP,
                   "mode": HandoverMode.INFORMATION, "receiver_confirmed": YES, **given})  # fmt: skip


def abroad(**facts):
    return here(**{"slug": "abroad", "country": "UZ", "place": "valley", **facts})


def test_a_bed_abroad_needs_a_link_of_the_holder_and_what_the_border_asks():
    """H30, O05, O14."""
    assert ways(a_plan(abroad(), links=[a_link()], holder="o9", **SETTLED).routes) == [["abroad"]]
    assert a_plan(abroad(), links=[a_link()], holder="o8", **SETTLED).outcome is Outcome.NO_SAFE_ROUTE
    assert a_plan(abroad(), links=[a_link()], **SETTLED).outcome is Outcome.NO_SAFE_ROUTE
    unready = {**SETTLED, "already_has": (Code.SAF_RSK,)}
    assert a_plan(abroad(), links=[a_link()], holder="o9", **unready).outcome is Outcome.NO_SAFE_ROUTE


def test_a_line_abroad_needs_a_link_and_no_papers():
    """Engine 3: unless it is remote."""
    line = abroad(codes=(Code.LEG_INF,), modality=Modality.REMOTE)
    agreed = {"needs": (Code.LEG_INF,), "consents": consenting(Sector.CROSS_BORDER)}
    assert ways(a_plan(line, links=[a_link()], holder="o9", **agreed).routes) == [["abroad"]]
    assert a_plan(line, holder="o9", **agreed).outcome is Outcome.NO_SAFE_ROUTE


def test_a_border_costs_points_and_is_named():
    """P11."""
    (step,) = a_plan(abroad(), links=[a_link()], holder="o9", **SETTLED).routes[0].steps
    assert step.burden.crossings == POLICY.crossing
    assert (step.country, step.place) == ("UZ", "valley")
    assert step.burden.link == 90


def test_nobody_is_sent_abroad_who_did_not_agree(answers):
    """H30: no step, no backup, also over the telephone."""
    for where, network, person, answer, _ in answers:
        if person.consent(Sector.CROSS_BORDER) is YES or person.return_to is not None:
            continue
        for step in all_steps(answer):
            countries = {network.columns.point(network.row_of(slug)).country for slug in (step.point, *step.backups)}
            assert countries == {person.location.country}, where


def test_every_code_can_be_asked_for():
    """45 codes, one safe house with all of them."""
    for code in Code:
        found = a_plan(here(codes=tuple(Code)), needs=(code,), consents=consenting(*Sector), return_to="south",
                       wants_return=YES)  # fmt: skip
        served = {one.code for step in all_steps(found) for one in step.serves}
        assert code in served, code
        assert {x.code for s in all_steps(found) for x in s.serves if x.share} == {
            c for c in served if CODES[c].sector in Sector
        }
