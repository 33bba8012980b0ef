"""Queries are questions that the desk would take, and each class is what its name says."""

from collections import Counter

import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector
from app.domain.profile import AgeBand, IncidentWindow
from app.routing import RankingPolicy, plan
from benchmarks.network import moment_of, open_network, reference
from benchmarks.queries import CODES as CELLS
from benchmarks.queries import KINDS, MOMENTS, RARE, queries, road_minutes, spread
from benchmarks.register import url_of, write_register
from benchmarks.register.facts import CARE_CITIES
from benchmarks.register.towns import is_rural, load_towns

PLACES = {place.slug: place for place in reference()[0]}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return open_network(url_of(write_register(tmp_path_factory.mktemp("register") / "r.sqlite", 500)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codes", CELLS)
def test_the_desk_would_take_them(kind, codes):
    """As many different codes as asked for, places of the gazetteer, one bed or the two that follow each other."""
    for query in queries(kind, codes, 20):
        person = query.person
        wanted = min(codes, 5) if kind == "none" else codes
        assert len(set(person.needs)) == len(person.needs) == wanted
        assert PLACES[person.location.place].country == person.location.country
        assert person.return_to is None or person.return_to in PLACES
        areas = set(PLACES) | {place.admin1 for place in PLACES.values()}
        assert set(person.no_go_areas) <= areas
        beds = {code for code in person.needs if CODES[code].kind is CodeKind.STAY}
        assert len(beds) < 2 or beds == {Code.SHL_EMG, Code.SHL_TRN}
        assert query.as_of.utcoffset() is not None


def test_the_same_seed_asks_the_same_and_another_one_does_not():
    assert queries("city", 3, 10, seed=1) == queries("city", 3, 10, seed=1)
    assert queries("city", 3, 10, seed=1) != queries("city", 3, 10, seed=2)
    assert queries("city", 3, 5) == queries("city", 3, 10)[:5]


def test_few_queries_are_spread_over_moments_and_countries():
    """A handful stands for many; fewer are the first of more, and each is one that would be drawn anyway."""
    few = spread("city", 3, 15)

    assert Counter(query.as_of for query in few) == dict.fromkeys(MOMENTS, 5)
    assert len({(query.as_of, query.person.location.country) for query in few}) == 15
    assert spread("city", 3, 40)[:15] == few
    assert set(map(repr, few)) <= set(map(repr, queries("city", 3, 400)))


def test_people_leave_answers_out():
    """So that questions have something to ask."""
    people = [query.person for query in queries("city", 3, 200)]
    unasked = Counter[str]()
    for person in people:
        unasked["nationality"] += person.nationality is None
        unasked["age"] += person.age is None
        unasked["documents"] += person.documents_held is None
        unasked["police"] += person.consent(Sector.LAW_ENFORCEMENT) is Answer.UNKNOWN

    assert all(0.01 < count / len(people) < 0.6 for count in unasked.values())
    assert {person.is_child for person in people} == {True, False}


def test_each_class_is_what_its_name_says():
    cities = {place.slug for place in load_towns().cities}
    care = [PLACES[slug] for slug in CARE_CITIES]
    for query in queries("city", 2, 20):
        assert query.person.location.place in cities
    for query in queries("remote", 2, 20):
        assert is_rural(PLACES[query.person.location.place])
    for query in queries("return", 2, 20):
        person = query.person
        assert Code.RET_AVR in person.needs and person.wants_return is Answer.YES
        assert PLACES[person.return_to].country == person.nationality != person.location.country
    for query in queries("rare", 2, 20):
        assert set(RARE) & set(query.person.needs)
        assert Code.CHD_GRD not in query.person.needs or query.person.age is AgeBand.TEEN
    for query in queries("grave", 2, 20):
        here = PLACES[query.person.location.place]
        assert query.person.incident_window in (IncidentWindow.WITHIN_24H, IncidentWindow.WITHIN_72H)
        assert all(road_minutes(here, city) > 480 for city in care if city.country == here.country)


def test_nothing_is_found_for_those_to_whom_everything_is_closed(network):
    for query in queries("none", 2, 6):
        found = plan(network, query.person, moment_of(query.as_of), policy=RankingPolicy())
        assert found.routes == () and found.leads == ()


def test_something_is_found_in_a_city_and_windows_are_missed_at_night(network):
    policy = RankingPolicy()
    found = [plan(network, q.person, moment_of(q.as_of), policy=policy, k=1) for q in queries("city", 2, 6)]
    late = [plan(network, q.person, moment_of(q.as_of), policy=policy, k=1) for q in queries("window", 2, 4)]

    assert sum(bool(one.routes) for one in found) >= 4
    assert all(one.routes[0].cost.windows_missed for one in late if one.routes)
