"""The same request of another person: only what her answers bear on is found again, and nobody can tell."""

import random
from dataclasses import fields, replace

import numpy as np
import pytest

from app.domain.plan import Grade
from app.domain.profile import Profile
from app.routing import RankingPolicy
from app.routing.case import Case, Request, usable
from app.routing.columns import CODE_BIT
from app.routing.opening import look, look_again, of_another, request_of
from app.routing.questions import _candidates, _may_open, _opened
from app.routing.surroundings import Surroundings
from tests.routing.networks import MOMENT, Draw

NAMES = tuple(field.name for field in fields(Profile) if field.name not in ("location", "needs"))


def request(draw: Draw, person: Profile, points: int) -> Request:
    network = draw.network(points)
    return request_of(network, person, MOMENT, policy=RankingPolicy(), k=3, holder=None)


def another(person: Profile, draw: Draw, rng: random.Random) -> Profile:
    other = draw.person()
    return replace(person, **{name: getattr(other, name) for name in rng.sample(NAMES, rng.choice((1, 1, 2, 5)))})


def same(one: tuple[tuple[str, object], ...], other: tuple[tuple[str, object], ...]) -> bool:
    return [key for key, _ in one] == [key for key, _ in other] and all(
        np.array_equal(np.asarray(a), np.asarray(b)) for (_, a), (_, b) in zip(one, other, strict=True)
    )


def assert_equal(mended: Case, anew: Case) -> None:
    assert mended.sequence == anew.sequence
    assert dict(mended.orders) == dict(anew.orders)
    for name in ("doors", "preferences", "mild"):
        assert same(getattr(mended, name), getattr(anew, name)), name
    for grade in Grade:
        assert np.array_equal(usable(mended, grade), usable(anew, grade))
    for organization in ("o1", "o3", "o6"):
        assert np.array_equal(mended.hear(organization).routes, anew.hear(organization).routes)


@pytest.mark.parametrize("seed", range(40))
def test_a_mended_case_is_the_case_made_anew(seed: int):
    """Sequence, doors, preferences, cautions and what is usable, after one answer more and after several."""
    draw, rng = Draw(seed, 0.9), random.Random(seed)
    asked = request(draw, draw.person(), 12)
    case = look(asked, slice(None))
    for _ in range(6):
        asked = of_another(asked, another(asked.person, draw, rng))
        before, case = case, look_again(case, asked)
        anew = request_of(asked.network, asked.person, MOMENT, policy=asked.policy, k=3, holder=None)
        assert_equal(case, look(anew, slice(None)))
        usable(before, Grade.VERIFIED)


def test_what_an_answer_does_not_bear_on_stays_the_same_object():
    draw = Draw(7)
    person = replace(draw.person(), urgency=None)
    asked = request(draw, person, 12)
    case = look(asked, slice(None))
    case.orders[Grade.VERIFIED]
    other = look_again(case, of_another(asked, replace(person, children_with=())))
    assert other.sequence is case.sequence
    assert all(one is two for (_, one), (_, two) in zip(case.preferences, other.preferences, strict=True))


def test_somebody_elsewhere_is_nobody_of_whom_more_is_known():
    draw = Draw(3)
    asked = request(draw, draw.person(), 4)
    moved = replace(asked.person, location=replace(asked.person.location, place="desert", country="TM"))
    other = asked.person.location.place == "desert"
    with pytest.raises(ValueError, match="of her own"):
        of_another(asked, replace(moved, location=replace(moved.location, place="north")) if other else moved)


@pytest.mark.parametrize("seed", range(60))
def test_what_no_point_opens_would_open_nothing_on_any_route(seed: int):
    """A question is left out without a search only where `_opened` could count no point, whichever is stepped on."""
    draw = Draw(seed, 0.9)
    around = Surroundings(request(draw, draw.person(), 16))
    names = [around.case.columns.slug.of(row) for row in range(16)]
    for candidate in _candidates(around.case.person):
        for person in candidate.people:
            other = around.of_another(person)
            for grade in Grade:
                left = usable(other.case, grade) != 0
                steps = [name for name, usable_there in zip(names, left.tolist(), strict=True) if usable_there]
                one_by_one = [_opened(around, grade, other.case, (step,)) for step in steps]
                assert not any(one_by_one) or _may_open(around.case, other.case, grade)


@pytest.mark.parametrize("seed", range(60))
def test_the_case_at_hand_tells_what_a_look_at_its_points_tells(seed: int):
    draw, rng = Draw(seed, 0.9), random.Random(seed)
    around = Surroundings(request(draw, draw.person(), 16))
    points = tuple(f"s{number}" for number in rng.sample(range(16), 4))
    needs = around.case.sequence.needs
    at_hand, network = around.as_now(points, needs), around.case.network
    assert at_hand is around.case
    alone = look(around.case.request, np.array(sorted(map(network.row_of, points))))
    needed = sum(CODE_BIT[code] for code in needs)
    for grade in Grade:
        for point in points:
            mine, other = at_hand.columns.row_of(point), alone.columns.row_of(point)
            assert usable(at_hand, grade)[mine] & needed == usable(alone, grade)[other] & needed


def test_a_need_that_comes_with_the_answer_is_looked_at_anew():
    draw = Draw(5, 0.9)
    around = Surroundings(request(draw, draw.person(), 8))
    more = [code for code in CODE_BIT if code not in around.case.sequence.needs][:1]
    assert around.as_now(("s1",), [*around.case.sequence.needs, *more]).columns.rows == 1
