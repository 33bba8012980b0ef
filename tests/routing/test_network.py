"""The moment of a request on the clocks of several zones, and the snapshot that the engine looks at."""

import random
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from app.domain.errors import NotFound
from app.routing import Moment
from tests.routing.networks import Draw, network_of, reordered
from tests.routing.people import a_point, as_kept, points_of

ZONES = MappingProxyType({"UTC": 0, "Asia/Almaty": 300, "Europe/Moscow": 180, "Asia/Kathmandu": 345, "west": -210})


def at(text, zones=ZONES):
    return Moment(as_of=datetime.fromisoformat(text), offsets=zones)


@pytest.mark.parametrize(
    ("instant", "zone", "minute"),
    [
        pytest.param("2026-11-23T00:00:00+00:00", "UTC", 0, id="Monday at midnight is 0"),
        pytest.param("2026-11-22T23:59:59+00:00", "UTC", 10079, id="Sunday's last minute"),
        pytest.param("2026-11-22T23:59:59+00:00", "Asia/Almaty", 299, id="already Monday there"),
        pytest.param("2026-11-22T19:00:00+00:00", "Asia/Almaty", 0, id="midnight there"),
        pytest.param("2026-11-22T18:59:00+00:00", "Asia/Almaty", 10079, id="a minute before"),
        pytest.param("2026-11-23T02:00:00+00:00", "west", 9990, id="still Sunday there"),
        pytest.param("2026-11-23T22:10:00+05:00", "Asia/Almaty", 1330, id="Monday 22:10"),
        pytest.param("2026-11-23T22:10:00+05:00", "Europe/Moscow", 1210, id="Monday 20:10"),
        pytest.param("2026-11-23T22:10:00+05:00", "Asia/Kathmandu", 1375, id="three quarters of an hour"),
        pytest.param("2026-11-23T17:10:59+00:00", "Asia/Almaty", 1330, id="seconds do not count"),
    ],
)
def test_the_minute_of_the_week_is_that_of_the_clocks_there(instant, zone, minute):
    """Engine 6: Monday 00:00 = 0; the zone in which the instant is written does not matter."""
    assert at(instant).week_minute(zone) == minute


def test_an_instant_is_the_same_in_whatever_zone_it_is_written():
    same = ["2026-11-22T20:30:00+00:00", "2026-11-23T01:30:00+05:00", "2026-11-22T17:00:00-03:30"]
    assert {at(text).week_minute("Asia/Almaty") for text in same} == {90}
    assert {at(text).on("Asia/Almaty") for text in same} == {date(2026, 11, 23)}
    assert {at(text).on("UTC") for text in same} == {date(2026, 11, 22)}


def test_the_wall_clock_of_a_zone_has_no_zone_of_its_own():
    assert at("2026-11-23T22:10:00+05:00").local("Europe/Moscow") == datetime(2026, 11, 23, 20, 10)


def test_an_instant_without_a_zone_of_its_own_counts_as_utc():
    moment = Moment(as_of=datetime(2026, 11, 23, 0, 0, tzinfo=UTC), offsets=ZONES)
    assert moment.week_minute("UTC") == 0


def test_a_place_or_a_point_that_is_not_there_is_not_found():
    """The message repeats no name: it may come from a profile."""
    network = network_of([a_point()])
    with pytest.raises(NotFound, match="no such place"):
        network.place("zz-nowhere")
    with pytest.raises(NotFound, match="no such service point") as caught:
        network.row_of("zz-nothing")
    assert "zz" not in str(caught.value)


def test_rows_are_found_by_slug():
    points = [a_point(slug=f"s{i}", place=("south", None, "north")[i % 3]) for i in range(7)]
    network = network_of(random.Random(1).sample(points, 7))
    for point in points:
        assert network.columns.point(network.row_of(point.slug)) == as_kept(point)


def test_the_order_of_rows_changes_nothing_in_the_snapshot():
    """Engine 4: shuffling rows changes nothing."""
    for seed in range(10):
        network = Draw(seed).network(9)
        other = reordered(network, seed)
        assert points_of(other.columns) == points_of(network.columns)
        assert tuple(other.links) == tuple(network.links)
        assert other.receptions == network.receptions
        assert other.roads.borders.sides == network.roads.borders.sides


def test_an_empty_register_is_a_network_too():
    network = network_of([])
    assert network.columns.rows == 0
    with pytest.raises(NotFound):
        network.row_of("s1")


def test_links_are_found_from_both_ends():
    for seed in range(5):
        network = Draw(seed).network(9)
        for organization in {"nobody", *(link.from_organization for link in network.links)}:
            wanted = tuple(link for link in network.links if link.from_organization == organization)
            assert network.links_from(organization) == wanted
        for point in {"nothing", *(link.to for link in network.links)}:
            assert network.links_to(point) == tuple(link for link in network.links if link.to == point)
