"""The columns of a network: nothing is lost in them, rows are found fast, and a few rows are columns again."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest

from app.domain.batch import PointBatch, Shared, in_batches
from app.domain.codes import Code
from app.domain.errors import NotFound
from app.domain.provider import Modality
from app.routing import build_columns, columns_of_batches
from tests.routing.columns import differences
from tests.routing.networks import Draw
from tests.routing.people import a_point, as_kept, columns_of, points_of

UNLIKELY = {
    "place": None,
    "admin1": None,
    "languages": None,
    "accessibility": None,
    "weekly": None,
    "genders": None,
    "age_min": None,
    "boys_max_age": 120,
    "required_documents": None,
    "nationalities": None,
    "nationalities_excluded": ("RU", "KZ"),
    "registered_until": date.max,
    "verified_on": None,
    "capacity_as_of": datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC),
    "free_places": 0,
    "modality": Modality.REMOTE,
}


def some_points(seed=0, points=40):
    return points_of(Draw(seed).network(points).columns)


def test_every_point_comes_back_as_it_went_in():
    """Lossless, but for who verified it and how, and for the order of codes."""
    for name, value in UNLIKELY.items():
        point = a_point(slug="s2", **{name: value})
        columns = columns_of(point, a_point())
        assert columns.point(columns.row_of("s2")) == as_kept(point), name
    for point in some_points():
        assert columns_of(point).point(0) == as_kept(point)


def test_neither_the_order_of_points_nor_the_batches_change_anything():
    """Engine, section 4: shuffled rows change no byte."""
    points = list(some_points(seed=3, points=60))
    columns = build_columns(points)
    for seed in range(5):
        rng = random.Random(seed)
        rng.shuffle(points)
        cut = sorted(rng.sample(range(1, 60), 4))
        batches = [batch for a, b in pairwise([0, *cut, 60]) for batch in in_batches(points[a:b])]
        assert differences(columns_of_batches(batches), columns) == []


def test_rows_are_sorted_by_place_codes_minutes_and_slug():
    columns = build_columns(some_points(points=80))
    offers = columns.offers
    keys = [
        (
            columns.place.of(row),
            int(offers[row]),
            int(columns.response[row] + columns.duration[row]),
            columns.slug.of(row),
        )
        for row in range(columns.rows)
    ]
    assert keys == sorted(keys)


def test_a_place_is_a_slice_and_an_organization_a_list_of_rows():
    points = some_points(points=80)
    columns = build_columns(points)
    for place in {point.place for point in points}:
        rows = range(columns.rows)[columns.place_slice(place or "")]
        assert {columns.slug.of(row) for row in rows} == {p.slug for p in points if p.place == place}
    for organization in {point.organization for point in points}:
        rows = columns.rows_of_organization(organization)
        assert rows.tolist() == sorted(rows.tolist())
        assert {columns.slug.of(row) for row in rows} == {p.slug for p in points if p.organization == organization}
    assert columns.place_slice("nowhere") == slice(0, 0)
    assert not len(columns.rows_of_organization("nobody"))


def test_few_rows_are_columns_again():
    columns = build_columns(some_points(points=50))
    rows = np.array([40, 3, 17])
    few = columns.take(rows)
    assert few.rows == 3
    assert [few.point(row) for row in range(3)] == [columns.point(row) for row in rows]
    assert [few.row_of(columns.slug.of(row)) for row in rows] == [0, 1, 2]
    assert few.offers.dtype == np.int64
    with pytest.raises(NotFound):
        few.row_of(columns.slug.of(4))
    for whole_only in (lambda: few.place_slice("north"), lambda: few.rows_of_organization("o1")):
        with pytest.raises(ValueError, match="whole network"):
            whole_only()


def test_no_rows_are_columns_too():
    for nothing in (build_columns(()), build_columns(some_points()).take(np.array([], dtype=np.int64))):
        assert nothing.rows == 0
        assert points_of(nothing) == ()
        assert len(nothing.offers) == len(nothing.schedule_known) == len(nothing.languages.known) == 0
        with pytest.raises(NotFound):
            nothing.row_of("s1")
    assert build_columns(()).place_slice("north") == slice(0, 0)


def test_two_points_with_one_slug_are_refused():
    with pytest.raises(ValueError, match="slug"):
        build_columns([a_point(), a_point(place="p2")])


def test_a_network_speaks_at_most_62_languages():
    tags = [f"{a}{b}" for a in "abcdefgh" for b in "abcdefgh"][:63]
    assert build_columns([a_point(languages=tuple(tags[1:]))]).languages.bits[0] == (1 << 62) - 1
    with pytest.raises(ValueError, match="62 languages"):
        build_columns([a_point(languages=tuple(tags))])


def test_when_a_capacity_was_reported_is_known_to_the_minute_and_to_the_day():
    moments = [None, datetime(2026, 11, 23, 0, 0, 59, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
    columns = columns_of(*(a_point(slug=f"s{i}", capacity_as_of=at) for i, at in enumerate(moments)))
    assert columns.capacity_as_of.tolist() == [-1, int(moments[1].timestamp()) // 60, 0]
    assert columns.capacity_on.tolist() == [0, moments[1].toordinal(), moments[2].toordinal()]


def test_facts_may_come_in_any_number_of_batches_but_of_every_point():
    points = some_points(points=30)
    (whole,) = in_batches(points)
    first = replace(whole, languages=None, weekly=None)
    rest = PointBatch(languages=whole.languages, weekly=whole.weekly)
    assert differences(columns_of_batches([first, rest]), build_columns(points)) == []
    with pytest.raises(ValueError, match="not told of every"):
        columns_of_batches([first])


def test_values_that_nobody_has_leave_no_trace():
    """A register may know of lists, words and languages that no published point has."""
    points = some_points(points=30)
    (batch,) = in_batches(points)
    more = {
        name: Shared((*getattr(batch, name).values, value), getattr(batch, name).at)
        for name, value in {
            "languages": ("xx",),
            "place": "nowhere",
            "weekly": ((1, 2),),
            "codes": (Code.EDU_VOC,),
        }.items()
    }
    assert differences(columns_of_batches([replace(batch, **more)]), build_columns(points)) == []
