"""An organization is judged once a person, and again only where another person's answers concern a gate."""

from dataclasses import replace

import numpy as np

from app.domain.answer import Answer
from app.routing.gates import GATES
from app.routing.hearing import Hearing
from app.routing.judgement import judge
from tests.routing.people import NOW, a_point, a_profile, columns_of


def test_an_organization_is_judged_with_all_its_services_and_once():
    points = columns_of(a_point(), a_point(slug="s2"), a_point(slug="s3", organization="o2"))
    hear = Hearing(a_profile(), points, GATES, NOW)
    assert hear.find("o1") is None
    assert hear("o1").points.rows == 2
    assert hear("o1") is hear("o1") is hear.find("o1")
    assert hear("nobody").points.rows == 0


def test_another_person_hears_what_she_would_have_heard_anyway():
    points = columns_of(a_point(fee=Answer.UNKNOWN), a_point(slug="s2", fee=Answer.YES))
    person = a_profile()
    other = replace(person, can_pay=Answer.YES)
    hear = Hearing(person, points, GATES, NOW)
    hear("o1")
    anew = judge(other, points, GATES, NOW)
    for heard in (hear.of_another(other), Hearing(person, points, GATES, NOW).of_another(other)):
        assert np.array_equal(heard("o1").routes, anew.routes)
        assert np.array_equal(heard("o1").leads, anew.leads)
