"""What to ask next: unset answers that close something, and how much better the best route would be (engine 5)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np
import pytest

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.plan import Cost, Grade
from app.domain.profile import (
    AgeBand,
    Document,
    Gender,
    IncidentWindow,
    LegalStatus,
    Location,
    Perpetrator,
    Placement,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
)
from app.domain.provider import OrganizationType
from app.routing import RankingPolicy, lookout, plan, surroundings
from app.routing.columns import codes_of
from app.routing.field import Field, Row, are_alike, field_of
from app.routing.opening import request_of
from app.routing.problem import ProblemPoint, SearchProblem
from app.routing.questions import _candidates, changed
from app.routing.surroundings import Surroundings
from app.texts import keys, languages
from tests.routing.networks import MOMENT, Draw, network_of
from tests.routing.people import a_point, a_profile, consenting

YES, NO, NOT_TOLD = Answer.YES, Answer.NO, Answer.UNKNOWN
POLICY = RankingPolicy()
MIDDLE = Location(country="KZ", place="middle")
NOTHING = {
    "gender": None, "age": None, "possibly_child": NOT_TOLD, "unaccompanied": NOT_TOLD, "nationality": None,
    "legal_status": LegalStatus.UNKNOWN, "documents_held": None, "trafficking_status": TraffickingStatus.UNKNOWN,
    "criminal_case": NOT_TOLD, "can_pay": NOT_TOLD, "fear_of_return": NOT_TOLD, "wants_return": NOT_TOLD,
    "protection_status": ProtectionStatus.UNKNOWN,
}  # fmt: skip
"""A person who has told nothing."""


def here(**facts):
    slug = facts.get("slug", "s1")
    return a_point(**{"place": "middle", "slug": slug, "organization": f"o-{slug}", **facts})


def a_plan(*points, **answers):
    person = a_profile(**{"location": MIDDLE, **answers})
    return plan(network_of(points), person, MOMENT, policy=POLICY)


def asked(*points, **answers):
    return {question.field.removeprefix("/profile/"): question for question in a_plan(*points, **answers).questions}


def vector(cost):
    return tuple(getattr(cost, name) for name in Cost.__slots__)


def best(found, needed=(10,)):
    """The cost of the best answer; of doing nothing when there is none, one weight and no deadline."""
    routes = found.leads or found.routes
    return vector(routes[0].cost) if routes else (*needed, 0, 0, 0)


# one answer after the other


VISITS = {"needs": (Code.LEG_INF,)}
ONE_BY_ONE = [
    pytest.param("legal_status", {"shares_with_immigration": YES}, {"legal_status": LegalStatus.UNKNOWN}, {},
                 {"legal_status": LegalStatus.REGULAR}, id="status of stay, H04"),
    pytest.param("placement", {"genders": (Placement.MEN,)}, {"gender": None}, {}, {"gender": Gender.MALE},
                 id="among whom, H21"),
    pytest.param("placement", {"genders": (Placement.WOMEN,)}, {"gender": Gender.NON_BINARY}, {},
                 {"placement": Placement.WOMEN}, id="among whom, a person of neither"),
    pytest.param("age", {"age_min": 18}, {"age": None}, {}, {"age": AgeBand.ADULT}, id="age, H21"),
    pytest.param("age", {"age_min": 60}, {"age": None}, {}, {"age": AgeBand.OLDER}, id="age, sixty and more"),
    pytest.param("nationality", {"nationalities": ("UZ",)}, {"nationality": None}, {}, {"nationality": "UZ"},
                 id="nationality, H31"),
    pytest.param("criminal_case", {"requires_criminal_case": YES}, {"criminal_case": NOT_TOLD}, {},
                 {"criminal_case": YES}, id="a case, H05"),
    pytest.param("trafficking_status", {"requires_formal_status": YES, "codes": (Code.SHL_EMG,)},
                 {"trafficking_status": TraffickingStatus.UNKNOWN}, {"needs": (Code.SHL_EMG,)},
                 {"trafficking_status": TraffickingStatus.ACTUAL}, id="formal status, H06"),
    pytest.param("documents_held", {"required_documents": (Document.PASSPORT,), "codes": (Code.SHL_EMG,)},
                 {"documents_held": None}, {"needs": (Code.SHL_EMG,)}, {"documents_held": tuple(Document)},
                 id="papers, H06"),
    pytest.param("can_pay", {"fee": YES, "codes": (Code.SHL_EMG,)}, {"can_pay": NOT_TOLD},
                 {"needs": (Code.SHL_EMG,)}, {"can_pay": YES}, id="money, H06"),
    pytest.param("unaccompanied", {"child_specialised": NO}, {"unaccompanied": NOT_TOLD},
                 {"age": AgeBand.TEEN, "already_has": (Code.CHD_GRD,)}, {"unaccompanied": NO}, id="alone, H08"),
    pytest.param("wants_return", {"codes": (Code.RET_AVR,)}, {"wants_return": NOT_TOLD},
                 {"needs": (Code.RET_AVR,), "return_to": "south", "already_has": (Code.SAF_RSK,)},
                 {"wants_return": YES}, id="to go home, H11"),
    pytest.param("fear_of_return", {"codes": (Code.RET_AVR,)}, {"fear_of_return": NOT_TOLD},
                 {"needs": (Code.RET_AVR,), "return_to": "south", "wants_return": YES,
                  "already_has": (Code.SAF_RSK, Code.ASY_ACC)}, {"fear_of_return": NO}, id="fear, H11"),
    pytest.param("consents/law_enforcement", {"requires_cooperation": YES}, {}, {},
                 {"consents": consenting(Sector.LAW_ENFORCEMENT)}, id="the police, H05"),
    pytest.param("consents/immigration", {"shares_with_immigration": YES}, {},
                 {"legal_status": LegalStatus.IRREGULAR}, {"consents": consenting(Sector.IMMIGRATION)},
                 id="the migration service, H04"),
    pytest.param("consents/consular",
                 {"organization_type": OrganizationType.CONSULATE, "codes": (Code.DOC_IDS,)}, {},
                 {"needs": (Code.DOC_IDS,)}, {"consents": consenting(Sector.CONSULAR)}, id="the consulate, H12"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "facts", "unset", "others", "told"), ONE_BY_ONE)
def test_an_unset_answer_that_keeps_a_door_shut_is_asked_for(field, facts, unset, others, told):
    """Engine 5: with how many points it opens, and how much the best cost falls."""
    now = a_plan(here(**facts), **{**others, **unset})
    questions = {q.field: q for q in now.questions}
    question = questions[f"/profile/{field}"]
    assert question.opens == 1
    weight = {Code.SHL_EMG: 100, Code.SHL_VOT: 10}.get(others.get("needs", (Code.SHL_VOT,))[0], 1)
    then = a_plan(here(**facts), **{**others, **told})
    assert then.routes
    gained = tuple(a - b for a, b in zip(best(now, (weight,)), best(then), strict=True))
    assert vector(question.gain) == gained
    assert gained > (0, 0, 0, 0)


@pytest.mark.parametrize(("field", "facts", "unset", "others", "told"), ONE_BY_ONE)
def test_an_answer_that_was_given_is_not_asked_for(field, facts, unset, others, told):
    """Neither when it opens, nor when it closes."""
    assert field not in asked(here(**facts), **{**others, **told})


NOES = [
    pytest.param("legal_status", {"shares_with_immigration": YES}, {"legal_status": LegalStatus.IRREGULAR}, id="no"),
    pytest.param("legal_status", {"shares_with_immigration": YES}, {"legal_status": LegalStatus.PENDING}, id="pending"),
    pytest.param("placement", {"genders": (Placement.MEN,)}, {"gender": Gender.FEMALE}, id="gender"),
    pytest.param("age", {"age_min": 60}, {"age": AgeBand.YOUNG_ADULT}, id="age"),
    pytest.param("nationality", {"nationalities": ("UZ",)}, {"nationality": "AF"}, id="nationality"),
    pytest.param("criminal_case", {"requires_criminal_case": YES}, {"criminal_case": NO}, id="no case"),
    pytest.param("documents_held", {"required_documents": (Document.PASSPORT,), "codes": (Code.SHL_EMG,)},
                 {"documents_held": (), "needs": (Code.SHL_EMG,)}, id="no papers"),
    pytest.param("trafficking_status", {"requires_formal_status": YES, "codes": (Code.SHL_EMG,)},
                 {"trafficking_status": TraffickingStatus.NOT, "needs": (Code.SHL_EMG,)}, id="not trafficked"),
    pytest.param("can_pay", {"fee": YES}, {"can_pay": NO}, id="no money"),
    pytest.param("unaccompanied", {"child_specialised": NO}, {"age": AgeBand.TEEN, "unaccompanied": YES}, id="alone"),
    pytest.param("consents/law_enforcement", {"requires_cooperation": YES},
                 {"consents": consenting(Sector.LAW_ENFORCEMENT, answer=NO)}, id="no police"),
    pytest.param("consents/immigration", {"shares_with_immigration": YES},
                 {"legal_status": LegalStatus.IRREGULAR, "consents": consenting(Sector.IMMIGRATION, answer=NO)},
                 id="no migration service"),
    pytest.param("consents/consular", {"organization_type": OrganizationType.CONSULATE, "codes": (Code.DOC_IDS,)},
                 {"needs": (Code.DOC_IDS,), "consents": consenting(Sector.CONSULAR, answer=NO)}, id="no consulate"),
    pytest.param("fear_of_return", {"codes": (Code.RET_AVR,)},
                 {"needs": (Code.RET_AVR,), "return_to": "south", "wants_return": YES, "fear_of_return": YES},
                 id="fear"),
    pytest.param("wants_return", {"codes": (Code.RET_AVR,)},
                 {"needs": (Code.RET_AVR,), "return_to": "south", "wants_return": NO}, id="stays"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "facts", "answers"), NOES)
def test_a_no_is_an_answer(field, facts, answers):
    """Nobody is asked twice until she says yes."""
    assert field not in asked(here(**facts), **answers)


def test_possibly_trafficked_is_an_answer_too():
    point = here(requires_formal_status=YES, codes=(Code.SHL_EMG,))
    answers = {"trafficking_status": TraffickingStatus.POSSIBLE, "needs": (Code.SHL_EMG,)}
    assert "trafficking_status" not in asked(point, **answers)


def test_who_did_the_harm_is_asked_where_a_countrys_rule_waits_for_it():
    house = here(country="UZ", place="valley", mediates_with_family=YES)
    there = {"location": Location(country="UZ", place="valley"), "nationality": "UZ"}
    assert a_plan(house, **there, perpetrators=(Perpetrator.EMPLOYER,)).routes
    assert not a_plan(house, **there).routes
    assert "perpetrators" in asked(house, **there)


def test_nothing_is_asked_where_every_answer_is_given():
    assert asked(here(quarantined=True), **{"consents": consenting(*Sector, answer=NO)}) == {}


def test_nothing_is_asked_that_closes_nothing():
    """Engine 5: a person who told nothing, and a house that takes everybody."""
    assert "legal_status" not in asked(here(), **{**NOTHING, "age": AgeBand.ADULT})
    assert asked(here(codes=(Code.EDU_CHD,)), **NOTHING) == {}


def test_nothing_is_asked_that_makes_no_route_better():
    """Engine 5: a second house that is no nearer, or one behind another shut door."""
    open_house, other = here(slug="s1"), here(slug="s2", shares_with_immigration=YES, response_minutes=900)
    assert asked(open_house, other, legal_status=LegalStatus.UNKNOWN) == {}
    assert asked(replace(other, quarantined=True), legal_status=LegalStatus.UNKNOWN) == {}


def test_a_better_house_is_worth_a_question_too():
    """The cost falls in minutes only."""
    slow, quick = here(slug="s1", response_minutes=900), here(slug="s2", shares_with_immigration=YES)
    question = asked(slow, quick, legal_status=LegalStatus.UNKNOWN)["legal_status"]
    assert vector(question.gain) == (0, 0, 0, 840)


def test_the_doors_that_open_on_the_better_route_are_counted():
    points = [here(slug=f"s{i}", shares_with_immigration=YES) for i in range(3)]
    question = asked(*points, legal_status=LegalStatus.UNKNOWN)["legal_status"]
    assert question.opens == 1
    assert question.message.slots["count"] == 1


def test_danger_and_override_are_never_asked_for():
    """Engine 5: never a question whose favourable answer would only relax safety."""
    station = here(codes=(Code.SAF_EMG,), organization_type=OrganizationType.LAW_ENFORCEMENT)
    answers = {"needs": (Code.SAF_EMG,), "imminent_danger": NOT_TOLD}
    assert set(asked(station, **answers)) == {"consents/law_enforcement"}


# in which order


MANY = [
    here(slug="a", codes=(Code.SHL_EMG,), genders=(Placement.MEN,)),
    here(slug="b", codes=(Code.SHL_VOT,), age_min=18, age_max=59),
    here(slug="c", codes=(Code.LEG_INF,), shares_with_immigration=YES),
    here(slug="d", codes=(Code.EDU_VOC,), nationalities=("UZ",)),
    here(slug="e", codes=(Code.EMP_JOB,), requires_criminal_case=YES),
    here(slug="f", codes=(Code.MED_CMR,), fee=YES),
    here(slug="g", codes=(Code.CRI_HOT,), required_documents=(Document.PASSPORT,)),
    here(slug="h", codes=(Code.SAF_EMG,), organization_type=OrganizationType.LAW_ENFORCEMENT),
]
ASKS = {
    **NOTHING, "possibly_child": NO,
    "needs": (Code.SHL_EMG, Code.SHL_VOT, Code.LEG_INF, Code.EDU_VOC, Code.EMP_JOB, Code.MED_CMR, Code.CRI_HOT,
              Code.SAF_EMG),
}  # fmt: skip


def test_at_most_five_are_asked_the_most_useful_first():
    """Engine 5: by how much the cost improves."""
    questions = a_plan(*MANY, **ASKS).questions
    assert len(questions) == 5
    gains = [vector(question.gain) for question in questions]
    assert gains == sorted(gains, reverse=True)
    assert {q.field.rpartition("/")[2] for q in questions[:2]} == {"can_pay", "placement"}, "emergencies first"
    assert not any(question.neutral for question in questions)


def test_what_must_be_asked_without_leaning_comes_last():
    """Engine 5: consent to police is asked neutrally, and last, however much it would open."""
    told = {"can_pay": YES, "documents_held": tuple(Document), "criminal_case": NO, "nationality": "UZ",
            "legal_status": LegalStatus.REGULAR, "gender": Gender.FEMALE}  # fmt: skip
    questions = a_plan(*MANY, **{**ASKS, **told}).questions
    fields_asked = [q.field for q in questions]
    assert "/profile/consents/law_enforcement" in fields_asked
    neutral = [question.neutral for question in questions]
    assert neutral == sorted(neutral)
    by_field = {q.field: q for q in questions}
    assert all(q.neutral is (f.startswith("/profile/consents/")) for f, q in by_field.items())
    heaviest = max(questions, key=lambda question: vector(question.gain))
    assert heaviest.neutral, "the question about the police would gain most here, and still comes last"


# whatever the world


def unset(person: Profile, field: str) -> bool:
    """Whether nobody has answered that field of the profile."""
    name, _, sector = field.removeprefix("/profile/").partition("/")
    if name == "consents":
        return person.consent(Sector(sector)) is NOT_TOLD
    if name == "placement":
        return person.lives_among is None
    if name == "trafficking_status":
        return person.trafficking_status in (TraffickingStatus.UNKNOWN, TraffickingStatus.POSSIBLE)
    value = getattr(person, name)
    return value is None or getattr(value, "value", None) == "unknown"


SHUT = (
    {"shares_with_immigration": YES}, {"genders": (Placement.MEN,)}, {"age_min": 18}, {"nationalities": ("UZ", "KZ")},
    {"requires_criminal_case": YES}, {"requires_formal_status": YES}, {"requires_cooperation": YES}, {"fee": YES},
    {"required_documents": (Document.PASSPORT,)}, {"organization_type": OrganizationType.CONSULATE},
    {"shares_with_police": YES}, {},
)  # fmt: skip
WANTED = (Code.SHL_EMG, Code.SHL_VOT, Code.MED_CMR, Code.LEG_INF, Code.DOC_IDS, Code.CRI_HOT, Code.EMP_JOB)


def a_world(seed):
    """Doors that are each shut by one fact or two, and a person of whom half is not told."""
    draw = Draw(seed)
    points = [
        here(slug=f"s{i}", codes=draw.some(WANTED, 2) or (Code.SHL_VOT,), response_minutes=60 + i,
             **{**draw.one(SHUT), **draw.one(SHUT)})
        for i in range(8)
    ]  # fmt: skip
    told = {name: value for name, value in NOTHING.items() if draw.rng.random() < 0.5}
    needs = draw.some(WANTED, 4) or (Code.SHL_VOT,)
    return network_of(points), a_profile(location=MIDDLE, needs=needs, **told)


def test_questions_on_random_worlds_are_about_unset_answers_and_make_things_better():
    """Engine 5: never more than five, best first, neutral last, each with words in every language."""
    known = {field.name for field in fields(Profile)}
    seen = set()
    for seed in range(25):
        network, person = a_world(seed)
        questions = plan(network, person, MOMENT, policy=POLICY).questions
        assert len(questions) <= 5
        assert [q.neutral for q in questions] == sorted(q.neutral for q in questions)
        assert len({q.field for q in questions}) == len(questions)
        for question in questions:
            assert question.field.split("/")[2] in known, f"world {seed}"
            assert unset(person, question.field), f"world {seed}: {question.field}"
            assert vector(question.gain) > (0, 0, 0, 0), f"world {seed}"
            assert question.opens > 0, f"world {seed}"
            assert all(question.message.key in keys(language) for language in languages())
            seen.add(question.field)
        for neutral in (False, True):
            gains = [vector(q.gain) for q in questions if q.neutral is neutral]
            assert gains == sorted(gains, reverse=True), f"world {seed}"
    assert len(seen) > 6


def test_a_question_changes_nothing_of_the_answer():
    """The profile is what was told: the same person with the consents in another order gets the same."""
    one = {Sector.HEALTH: YES, Sector.LEGAL: NO}
    other = dict(reversed(one.items()))
    found = [
        a_plan(*MANY, **{**ASKS, "consents": MappingProxyType(c), "incident_window": IncidentWindow.WITHIN_24H})
        for c in (one, other)
    ]
    assert repr(found[0].questions) == repr(found[1].questions)


# what differs between two fields


def a_field_and_another(seed: int, *, looks_around: bool = False) -> Iterator[tuple[Field, Field]]:
    """Of one person, and of her with one favourable answer more."""
    draw = Draw(seed, 0.9)
    request = request_of(draw.network(14), draw.person(), MOMENT, policy=POLICY, k=3, holder="o1")
    around = Surroundings(request)
    assert around.is_everything is not looks_around
    for candidate in _candidates(around.case.person):
        for person in candidate.people:
            other = around.of_another(person)
            for grade in Grade:
                yield around.field(grade), other.field(grade)


def differs(before: Field, after: Field, number: int) -> bool:
    """Row by row, as one would do it by hand."""
    was = next((old for old in range(before.real) if before.ids[old] == after.ids[number]), None)
    if was is None:
        return True
    one, other = before.row(was), after.row(number)
    names = [name for name in Row.__slots__ if name != "number"]
    return before.links.get(was) != after.links.get(number) or any(
        getattr(one, name) != getattr(other, name) for name in names
    )


def as_file(field: Field) -> SearchProblem:
    """The points of the field in a problem of their own, with no ways and no links."""
    points = tuple(
        ProblemPoint(
            id=row.id, org=row.org, place=row.place, usable=codes_of(row.usable), requires=codes_of(row.requires),
            remote=row.remote, receiver=row.receiver, open=row.open, response=row.response, duration=row.duration,
            preference=row.preference,
        )
        for row in map(field.row, range(field.size))
    )  # fmt: skip
    return replace(field.frame, points=points)


def without_places(frame: SearchProblem) -> SearchProblem:
    return replace(frame, places={})


@pytest.mark.parametrize("seed", range(40))
def test_rows_that_changed_are_those_that_differ_in_anything(seed: int):
    for before, after in a_field_and_another(seed):
        found = changed(before, after)
        if found is None:
            assert without_places(before.frame) != without_places(after.frame)
            continue
        assert found.tolist() == [number for number in range(after.size) if differs(before, after, number)]
        nothing_lost = set(before.ids) <= set(after.ids)
        assert are_alike(before, after) is (not len(found) and nothing_lost)


def test_fields_of_files_are_compared_by_their_names():
    """Ids, organizations, places and hours stand under other numbers when a point is gone."""
    _, before = next(a_field_and_another(11))
    problem = as_file(before)
    one = field_of(problem)
    assert changed(one, field_of(problem)).tolist() == []
    fewer = replace(problem, points=problem.points[1:])
    assert changed(one, field_of(fewer)).tolist() == []
    assert changed(field_of(fewer), one).tolist() == [0]
    dearer = replace(problem, points=(replace(problem.points[0], preference=999), *problem.points[1:]))
    assert changed(one, field_of(dearer)).tolist() == [0]
    assert changed(one, field_of(replace(problem, start_holder="nobody"))) is None


@pytest.mark.parametrize("seed", range(20))
def test_mirages_count_as_changed_together(seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(surroundings, "EVERYTHING", 0)
    monkeypatch.setattr(lookout, "FIRST", 1)
    for before, after in a_field_and_another(seed, looks_around=True):
        found = changed(before, after)
        if found is None:
            continue
        real = [number for number in found.tolist() if number < after.real]
        assert real == [number for number in range(after.real) if differs(before, after, number)]
        assert found.tolist()[len(real) :] in ([], list(range(after.real, after.size)))
    assert changed(after, after).tolist() == []
    if after.size > after.real:
        slower = replace(after, response=after.response + (np.arange(after.size) == after.size - 1), made={})
        assert changed(after, slower).tolist() == list(range(after.real, after.size))
