"""How long a way takes: roads inside a country, crossings between countries, and who may use them."""

import random
from itertools import pairwise
from math import acos, ceil, cos, inf, pi, radians, sin

import pytest

from app.domain.place import Crossing, CrossingKind, CrossingStatus, OpenTo, Place, Side
from app.routing.travel import kilometres, road_minutes, travel_for

DEGREE = 145
"""Minutes for one degree of a meridian: ceil(1.3 x pi / 180 x 6371.0088)."""


def a_place(slug, country, lat, lon=70.0):
    return Place(
        slug=slug, country=country, name=slug, name_ru="", name_local="", admin1=f"{country}-1", lat=lat, lon=lon,
        timezone="Asia/Almaty",
    )  # fmt: skip


def a_crossing(a, b, delay=60, lon=70.0, **given):
    """Between two (country, latitude) pairs."""
    (country_a, lat_a), (country_b, lat_b) = a, b
    name = f"{country_a}{lat_a}-{country_b}{lat_b}-{delay}"
    sides = (Side(country=country_a, lat=lat_a, lon=lon), Side(country=country_b, lat=lat_b, lon=lon))
    facts = {"kind": CrossingKind.ROAD, "status": CrossingStatus.OPEN, "id": name, "name": name} | given
    return Crossing(sides=sides, delay_minutes=delay, **facts)


def way(a, b, *crossings, nationality="KZ", borders=True, others=()):
    places = {place.slug: place for place in (a, b, *others)}
    return travel_for(places, crossings, nationality=nationality, borders=borders).between(a.slug, b.slug)


HERE, THERE = a_place("here", "KZ", 40.0), a_place("there", "UZ", 42.0)
BRIDGE = a_crossing(("KZ", 41.0), ("UZ", 41.0))


@pytest.mark.parametrize(
    ("degrees", "minutes"),
    [
        pytest.param(0, 20, id="the same spot"),
        pytest.param(0.01, 20, id="a kilometre"),
        pytest.param(0.138, 20, id="19.95 minutes"),
        pytest.param(0.139, 21, id="20.09 minutes"),
        pytest.param(1, DEGREE, id="a degree"),
        pytest.param(10, 1446, id="ten degrees, rounded up once"),
    ],
)
def test_a_way_inside_a_country_is_the_great_circle_by_road_and_at_least_twenty_minutes(degrees, minutes):
    """Engine 3: max(20, ceil(1.3 x km)), radius 6371.0088 km."""
    assert way(a_place("a", "KZ", 40.0), a_place("b", "KZ", 40.0 + degrees)) == (minutes, 0)


def test_a_place_is_twenty_minutes_from_itself():
    """Engine 3: also to the point where one stays."""
    assert way(HERE, HERE) == (20, 0)


def test_kilometres_follow_the_great_circle_and_not_the_map():
    """A degree of longitude is shorter in the north; checked by the law of cosines."""
    rng = random.Random(7)
    for _ in range(200):
        a, b = (a_place(name, "KZ", rng.uniform(35, 55), rng.uniform(45, 90)) for name in "ab")
        cosine = sin(radians(a.lat)) * sin(radians(b.lat))
        cosine += cos(radians(a.lat)) * cos(radians(b.lat)) * cos(radians(a.lon - b.lon))
        assert kilometres(a, b) == pytest.approx(6371.0088 * acos(min(1.0, cosine)), abs=0.01)
    assert kilometres(a_place("a", "KZ", 0.0), a_place("b", "KZ", 90.0)) == pytest.approx(6371.0088 * pi / 2)


def test_a_crossing_adds_its_delay_and_counts_one():
    """Engine 3: ceil(1.3 x km) for each stretch, and the delay."""
    assert way(HERE, THERE, BRIDGE) == (DEGREE + 60 + DEGREE, 1)


def test_a_border_has_no_least_time_of_its_own():
    """docs/decisions/0006: the same without the floor; each stretch is rounded up by itself."""
    near, over = a_place("near", "KZ", 41.001), a_place("over", "UZ", 40.999)
    assert way(near, over, a_crossing(("KZ", 41.0), ("UZ", 41.0), delay=3)) == (1 + 3 + 1, 1)


def test_without_a_crossing_there_is_no_way_abroad():
    assert way(HERE, THERE) is None


def test_a_place_that_the_gazetteer_does_not_know_has_no_way_to_it():
    """Engine 3: a point whose town no source names."""
    travel = travel_for({"here": HERE}, (), nationality="KZ")
    assert travel.between("here", "somewhere") is None
    assert travel.between("somewhere", "here") is None


@pytest.mark.parametrize("status", sorted(CrossingStatus))
def test_only_a_crossing_that_is_known_to_be_open_lets_anybody_through(status):
    """docs/decisions/0006: unknown is closed."""
    found = way(HERE, THERE, a_crossing(("KZ", 41.0), ("UZ", 41.0), status=status))
    assert (found is not None) is (status is CrossingStatus.OPEN)


@pytest.mark.parametrize(
    ("nationality", "passes"), [("KZ", True), ("UZ", True), ("KG", False), ("stateless", False), (None, False)]
)
def test_a_crossing_for_citizens_lets_through_nationals_of_its_two_countries(nationality, passes):
    """docs/decisions/0006: a person whose nationality is not known is nobody's citizen."""
    bilateral = a_crossing(("KZ", 41.0), ("UZ", 41.0), open_to=OpenTo.CITIZENS)
    assert (way(HERE, THERE, bilateral, nationality=nationality) is not None) is passes
    assert way(HERE, THERE, BRIDGE, nationality=nationality) == (2 * DEGREE + 60, 1)


def test_a_closed_crossing_for_citizens_is_closed_for_citizens_too():
    bilateral = a_crossing(("KZ", 41.0), ("UZ", 41.0), open_to=OpenTo.CITIZENS, status=CrossingStatus.UNKNOWN)
    assert way(HERE, THERE, bilateral, nationality="UZ") is None


def test_whoever_crosses_no_border_stays_in_the_country():
    """P11: the person's own limit; ways at home stay as they were."""
    assert way(HERE, THERE, BRIDGE, borders=False) is None
    assert way(HERE, a_place("b", "KZ", 41.0), BRIDGE, borders=False) == (DEGREE, 0)


def test_the_quickest_crossing_counts_and_not_the_nearest():
    slow = a_crossing(("KZ", 41.0), ("UZ", 41.0), delay=400)
    round_about = a_crossing(("KZ", 39.0), ("UZ", 39.0), delay=0)
    assert way(HERE, THERE, slow, round_about) == (DEGREE + 0 + 3 * DEGREE - 1, 1)


CHAIN = (a_crossing(("KZ", 41.0), ("KG", 41.0), delay=30), a_crossing(("KG", 42.0), ("UZ", 42.0), delay=40))
FAR = a_place("far", "UZ", 43.0)
CHAIN_MINUTES = DEGREE + 30 + DEGREE + 40 + DEGREE


def test_a_chain_leads_through_a_third_country():
    """Engine 3: every stretch of road, every delay, every crossing."""
    assert way(HERE, FAR, *CHAIN) == (CHAIN_MINUTES, 2)


def test_a_chain_for_citizens_asks_at_every_border():
    """A national of the country of departure may be no citizen of the second border."""
    first, second = (a_crossing(*pair, open_to=OpenTo.CITIZENS) for pair in (
        (("KZ", 41.0), ("KG", 41.0)), (("KG", 42.0), ("UZ", 42.0))
    ))  # fmt: skip
    assert way(HERE, FAR, first, second, nationality="KZ") is None
    assert way(HERE, FAR, first, second, nationality="UZ") is None
    assert way(HERE, FAR, first, second, nationality="KG") is not None


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        pytest.param(30 + DEGREE + 40 - 1, (CHAIN_MINUTES - 1, 1), id="direct is quicker"),
        pytest.param(30 + DEGREE + 40, (CHAIN_MINUTES, 1), id="equally quick: fewer points"),
        pytest.param(30 + DEGREE + 40 + 1, (CHAIN_MINUTES, 2), id="the chain is quicker"),
    ],
)
def test_of_equally_quick_chains_the_one_with_fewer_crossings_counts(delay, expected):
    """Engine 3."""
    direct = a_crossing(("KZ", 41.0), ("UZ", 42.0), delay=delay)
    assert way(HERE, FAR, *CHAIN, direct) == expected
    assert way(HERE, FAR, direct, *reversed(CHAIN)) == expected


def test_a_flight_is_a_crossing_with_a_long_delay():
    """docs/decisions/0006: three hours on the ground and the time in the air."""
    flight = a_crossing(("KZ", 40.0), ("TR", 41.0), delay=520, kind=CrossingKind.AIR)
    assert way(HERE, a_place("abroad", "TR", 42.0), flight) == (0 + 520 + DEGREE, 1)


def test_nobody_is_sent_on_through_a_country_outside_the_five():
    """docs/decisions/0006: such a country is a beginning or an end of a chain, never a part of the way."""
    out, back = a_crossing(("KZ", 40.0), ("TR", 40.0), delay=5), a_crossing(("TR", 40.0), ("UZ", 42.0), delay=5)
    abroad = a_place("abroad", "TR", 40.0)
    assert way(HERE, THERE, out, back) is None
    assert way(HERE, THERE, out, back, BRIDGE) == (2 * DEGREE + 60, 1)
    assert way(HERE, abroad, out, back) == (5, 1)
    assert way(abroad, THERE, out, back) == (5, 1)
    assert way(abroad, FAR, out, *CHAIN) == (5 + CHAIN_MINUTES, 3)


def test_a_way_at_home_never_leaves_the_country():
    """Engine 3: in one country the road, whatever is quicker abroad."""
    tunnel = [a_crossing(("KZ", 40.0), ("UZ", 50.0), delay=0), a_crossing(("UZ", 50.0), ("KZ", 50.0), delay=0)]
    assert way(HERE, a_place("north", "KZ", 50.0), *tunnel) == (1446, 0)


COUNTRIES = ("KZ", "KG", "UZ", "TJ")


def a_random_map(rng):
    def spot():
        return rng.uniform(39, 44), rng.uniform(66, 72)

    places = {}
    for i in range(6):
        lat, lon = spot()
        places[f"p{i}"] = a_place(f"p{i}", rng.choice(COUNTRIES), lat, lon)
    crossings = []
    for i in range(rng.randint(0, 7)):
        a, b = rng.sample(COUNTRIES, 2)
        sides = tuple(Side(country=c, lat=lat, lon=lon) for c in (a, b) for lat, lon in [spot()])
        crossings.append(
            Crossing(
                id=f"c{i}", name="", kind=CrossingKind.ROAD, sides=sides, delay_minutes=rng.choice((0, 30, 90, 400)),
                status=rng.choice(list(CrossingStatus)[:1] * 4 + list(CrossingStatus)),
                open_to=rng.choice(list(OpenTo)),
            )
        )  # fmt: skip
    return places, crossings, rng.choice((*COUNTRIES, None))


def by_hand(a, b, crossings, nationality):
    """The same from the definition, by relaxing every leg until nothing changes."""
    if a.country == b.country:
        return max(20, ceil(1.3 * kilometres(a, b))), 0
    usable = [
        c for c in crossings
        if c.status is CrossingStatus.OPEN
        and (c.open_to is OpenTo.ALL or nationality in {side.country for side in c.sides})
    ]  # fmt: skip
    nodes = [a, b, *(side for c in usable for side in c.sides)]
    legs = [(a, b, road_minutes(a, b), 0) for a in nodes for b in nodes if a is not b and a.country == b.country]
    for c in usable:
        legs += [(x, y, c.delay_minutes, 1) for x, y in (c.sides, c.sides[::-1])]
    best = {id(node): (inf, inf) for node in nodes} | {id(a): (0, 0)}
    for _ in nodes:
        for x, y, minutes, crossed in legs:
            reached = (best[id(x)][0] + minutes, best[id(x)][1] + crossed)
            best[id(y)] = min(best[id(y)], reached)
    return None if best[id(b)][0] == inf else best[id(b)]


def test_ways_on_random_maps_are_those_of_the_definition_and_the_same_both_ways():
    """Engine 3: the quickest chain, fewest crossings among equals; T is symmetric."""
    seen = 0
    for seed in range(60):
        places, crossings, nationality = a_random_map(random.Random(seed))
        travel = travel_for(places, crossings, nationality=nationality)
        for a, b in pairwise(places):
            found = travel.between(a, b)
            assert found == by_hand(places[a], places[b], crossings, nationality), f"map {seed}"
            assert found == travel.between(b, a), f"map {seed}"
            assert found is None or all(type(number) is int for number in found)
            seen += bool(found and found[1] > 1)
    assert seen > 5, "the maps have chains"


def test_the_order_of_crossings_changes_nothing():
    for seed in range(30):
        places, crossings, nationality = a_random_map(random.Random(seed))
        one = travel_for(places, crossings, nationality=nationality)
        other = travel_for(places, crossings[::-1], nationality=nationality)
        assert all(one.between(a, b) == other.between(a, b) for a in places for b in places), f"map {seed}"
