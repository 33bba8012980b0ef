"""Reading a body: what comes out, and that nothing breaks the reader."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.body import ProfileBody
from app.api.languages import preferred_language
from app.api.matching import Gazetteer
from app.api.planning import accepts_json
from app.api.problems import Refused
from app.api.wire import read_routes, read_why_not
from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.errors import FaultyProfile
from app.domain.place import Place
from app.domain.profile import Companion, Gender, Location, Profile, TravelLimits
from tests.api.rooms import a_body
from tests.api.test_openapi import FULL

LANGUAGES = ("en", "ru")


def a_place(slug, country):
    """An invented place of that name."""
    return Place(slug=slug, country=country, name=slug, name_ru="", name_local="", admin1=f"{country}-79", lat=0.0,
                 lon=0.0, timezone="Asia/Almaty")  # fmt: skip


GAZETTEER = Gazetteer(
    places={slug: a_place(slug, country) for slug, country in (
        ("shymkent", "KZ"), ("almaty", "KZ"), ("taraz", "KZ"), ("tashkent", "UZ"))},
    most_codes=10,
)  # fmt: skip


def read(body):
    """The request that the body holds."""
    return read_routes(json.dumps(body).encode(), GAZETTEER, LANGUAGES)


def test_a_small_body_leaves_everything_else_unset():
    """Unset is the careful reading."""
    asked = read({"profile": {"needs": ["MED-GEN"], "location": {"country": "KZ", "place": "shymkent"}}})

    assert asked.profile == Profile(needs=(Code.MED_GEN,), location=Location(country="KZ", place="shymkent"))
    assert (asked.alternatives, asked.explain.value, asked.as_of, asked.language) == (3, "summary", None, None)


def test_a_whole_body_becomes_values_of_the_domain():
    """Every field, in its type."""
    person = read({"profile": FULL}).profile

    assert person.consent(Sector.LEGAL) is Answer.NO
    assert person.children_with[0].gender is Gender.MALE
    assert isinstance(person.children_with[0], Companion)
    assert person.travel == TravelLimits(longest_visit_minutes=300, longest_transfer_minutes=1440, borders=Answer.YES)
    assert person.preferences.avoid == ("law_enforcement",)
    assert person.documents_held == ()
    assert hash((person.needs, person.no_go_areas, person.languages))


def test_why_not_reads_its_point():
    """With the same profile."""
    asked = read_why_not(json.dumps({**a_body(), "point": "sb.bed"}).encode(), GAZETTEER, LANGUAGES)

    assert asked.point == "sb.bed"


@pytest.mark.parametrize("point", ["", "x" * 201, 7, None])
def test_why_not_refuses_what_is_no_point(point):
    """A slug of reasonable length."""
    with pytest.raises(FaultyProfile):
        read_why_not(json.dumps({**a_body(), "point": point}).encode(), GAZETTEER, LANGUAGES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(
        ["yes", "KZ", "shymkent", "SHL-VOT", "ru", "18-24", "2026-11-23T22:10:00+05:00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text() | st.sampled_from(sorted(ProfileBody.model_fields)), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def survives(body):
    """Read, or refused with faults that all have a pointer of known names; never anything else."""
    try:
        read(body)
    except FaultyProfile as faulty:
        assert faulty.faults
        assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in faulty.faults)
        assert not faulty.__context__ or faulty.__suppress_context__
    except Refused as refused:
        assert refused.code in ("bad-json", "empty-body")


@given(JSON)
def test_no_json_breaks_the_reader(body):
    """A fault is an answer, a crash is not."""
    survives(body)


@given(st.dictionaries(st.sampled_from(sorted(ProfileBody.model_fields)), JSON, max_size=8))
def test_no_value_of_any_field_breaks_the_reader(told):
    """The same, deep in the profile."""
    survives({"profile": {**a_body()["profile"], **told}})


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    """The same, before it is JSON."""
    with pytest.raises((FaultyProfile, Refused)):
        read_routes(raw, GAZETTEER, LANGUAGES)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("ru", "ru"), ("RU-kz", "ru"), ("kk, ru;q=0.5", "ru"), ("en;q=0.4, ru;q=0.5", "ru"), ("*", "en"),
        ("fr", "en"), ("ru;q=0", "en"), ("ru;q=zz, en;q=0.1", "en"), (";;;,,,", "en"), ("x" * 9000, "en"),
    ],
)  # fmt: skip
def test_the_language_is_negotiated(header, language):
    """RFC 9110, 12.5.4."""
    assert preferred_language(header, LANGUAGES) == language


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("*/*", True), ("application/json", True), ("text/html, application/json;q=0.9", True), ("text/html", False),
        ("application/*;q=0.1", True), ("application/json;q=0, */*", False), ("", False), ("*/*;q=zz", False),
    ],
)  # fmt: skip
def test_whether_json_is_accepted(accept, is_json):
    """RFC 9110, 12.5.1: the most exact range decides."""
    assert accepts_json(accept) is is_json
