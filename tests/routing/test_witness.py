"""Which answers of a person were looked at, and a judgement that is mended instead of made again."""

import random
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.profile import AgeBand, HealthFlag, Perpetrator, Profile
from app.routing.gates import GATES, Gate
from app.routing.judgement import judge, judge_again
from app.routing.opening import all_gates
from app.routing.verdicts import Verdicts
from app.routing.witness import Memory, Witness, changes
from tests.routing.networks import Draw
from tests.routing.people import NOW, a_point, a_profile, columns_of, consenting

NAMES = tuple(field.name for field in fields(Profile))


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_the_persons_own_and_counts_as_read(name):
    person = a_profile(consents=consenting(Sector.HEALTH))
    witness = Witness(person)
    assert getattr(witness, name) == getattr(person, name)
    every_sector = frozenset(("consents", sector) for sector in Sector)
    assert witness.read == (every_sector if name == "consents" else {name})
    witness.forget()
    assert witness.read == frozenset()


@pytest.mark.parametrize(
    ("answers", "name", "read"),
    [
        pytest.param({"age": AgeBand.TEEN}, "is_child", {"age"}, id="a child by her age"),
        pytest.param({"age": None}, "is_child", {"age", "possibly_child"}, id="perhaps a child"),
        pytest.param({"age": AgeBand.ADULT}, "may_be_child", {"age", "possibly_child"}, id="grown"),
        pytest.param({"age": AgeBand.ADULT}, "is_alone", {"age", "possibly_child", "unaccompanied"}, id="grown, alone"),
        pytest.param(
            {"age": AgeBand.TEEN, "perpetrators": (Perpetrator.FAMILY,)}, "is_alone", {"age", "perpetrators"}, id="kin"
        ),
        pytest.param({}, "has_regular_status", {"legal_status"}, id="status"),
        pytest.param({}, "lives_among", {"placement", "gender"}, id="whom she lives among"),
    ],
)
def test_a_property_counts_as_the_answers_that_it_reads(answers, name, read):
    person = a_profile(**answers)
    witness = Witness(person)
    assert getattr(witness, name) == getattr(person, name)
    assert witness.read == read


def test_consent_counts_sector_by_sector():
    witness = Witness(a_profile(consents=consenting(Sector.HEALTH)))
    assert witness.consent(Sector.HEALTH) is Answer.YES
    assert witness.consent(Sector.CONSULAR) is Answer.UNKNOWN
    assert witness.read == {("consents", Sector.HEALTH), ("consents", Sector.CONSULAR)}


def test_a_witness_is_a_person_and_can_not_be_changed():
    witness = Witness(a_profile())
    assert isinstance(witness, Profile)
    with pytest.raises(AttributeError):
        witness.age = AgeBand.CHILD


def test_changes_name_what_differs():
    before = a_profile(consents=consenting(Sector.HEALTH))
    assert changes(before, replace(before)) == frozenset()
    after = replace(before, age=None, consents=consenting(Sector.HEALTH, Sector.CONSULAR))
    assert changes(before, after) == {"age", ("consents", Sector.CONSULAR)}
    assert changes(after, before) == changes(before, after)


def test_nobody_asked_is_no_change_from_not_being_there():
    person = a_profile()
    asked = replace(person, consents=consenting(Sector.HEALTH, answer=Answer.UNKNOWN))
    assert changes(person, asked) == frozenset()


def changed(person: Profile, other: Profile, rng: random.Random) -> Profile:
    """The person with a few of another one's answers."""
    names = rng.sample([name for name in NAMES if name != "location"], rng.choice((1, 1, 2, 3, 8)))
    return replace(person, **{name: getattr(other, name) for name in names})


def same(a: object, b: object) -> bool:
    return bool(np.array_equal(np.asarray(a), np.asarray(b)))


def assert_equal(mended, anew):
    assert same(mended.routes, anew.routes)
    assert same(mended.leads, anew.leads)
    assert mended.saving == anew.saving
    for one, other in zip(mended.judged, anew.judged, strict=True):
        assert one.gate is other.gate
        assert one.read == other.read
        for name in ("verdicts", "closes", "closes_leads", "asks"):
            assert same(getattr(one, name), getattr(other, name)), (one.gate.rule.id, name)
    assert len(mended.relaxed) == len(anew.relaxed)
    for one, other in zip(mended.relaxed, anew.relaxed, strict=True):
        assert (one.gate, one.caution, one.weight) == (other.gate, other.caution, other.weight)
        assert same(one.codes, other.codes)


@pytest.mark.parametrize("seed", range(40))
def test_a_mended_judgement_is_the_judgement_made_anew(seed):
    """Only gates that looked at a changed answer are asked again; nobody can tell the difference."""
    draw, rng = Draw(seed), random.Random(seed)
    network = draw.network(15)
    gates = all_gates(network, NOW)
    person = draw.person()
    judgement = judge(person, network.columns, gates, NOW)
    for _ in range(8):
        other = changed(person, draw.person(), rng)
        mended = judge_again(judgement, other, changes(person, other), NOW)
        assert_equal(mended, judge(other, network.columns, gates, NOW))
        person, judgement = other, mended


def test_a_changed_life_saving_set_is_weighed_at_every_gate():
    """Standards 2c: a suicide risk makes `MHP-PSY` life-saving, whatever gate closed it before."""
    points = columns_of(a_point(codes=(Code.MHP_PSY,), shares_with_police=Answer.UNKNOWN, languages=None))
    before, after = a_profile(), a_profile(health_flags=(HealthFlag.SUICIDAL_RISK,))
    judgement = judge(before, points, GATES, NOW)
    mended = judge_again(judgement, after, changes(before, after), NOW)
    assert judgement.routes[0] == 0
    assert mended.routes[0]
    assert_equal(mended, judge(after, points, GATES, NOW))


def test_a_gate_that_looked_at_nothing_changed_is_not_asked_again():
    asked: list[str] = []

    def heard(gate: Gate) -> Gate:
        def judge_and_tell(*about: Any) -> Verdicts:
            asked.append(gate.rule.id)
            return gate.judge(*about)

        return replace(gate, judge=judge_and_tell)

    points, person = columns_of(a_point()), a_profile()
    judgement = judge(person, points, [heard(gate) for gate in GATES], NOW)
    other = replace(person, urgency=None, exploitation=(), can_pay=Answer.YES)
    asked.clear()
    mended = judge_again(judgement, other, changes(person, other), NOW)
    assert set(asked) == {"H06", "H31"}
    assert mended.routes is judgement.routes
    assert mended.leads is judgement.leads


def test_what_was_found_is_found_once_until_an_answer_changes_that_it_rests_on():
    person, found = a_profile(), Memory()
    asked: list[Profile] = []

    def how_old(witness: Profile) -> AgeBand | None:
        asked.append(witness)
        return witness.age

    assert found.of("age", person, how_old) is found.of("age", person, how_old) is AgeBand.ADULT
    elder = replace(person, age=AgeBand.OLDER)
    assert found.without(frozenset({"gender"})).of("age", elder, how_old) is AgeBand.ADULT
    assert len(asked) == 1
    assert found.without(changes(person, elder)).of("age", elder, how_old) is AgeBand.OLDER
    assert len(asked) == 2
