"""`/v1/services` and `/v1/register` over HTTP: who may ask, what is refused, what is never told."""

from datetime import UTC, datetime

import pytest

from app.api.access import ACCESS, OPEN
from app.api.query import PERSONAL
from app.domain.access import Role
from tests.api import rooms
from tests.api.rooms import CANARY, WORDS
from tests.api.test_openapi import check, schema_of

GOVERNMENT_MAY = {("GET", "/v1/register"), ("GET", "/v1/register/coverage"), ("GET", "/v1/register/{id}"),
                  ("POST", "/v1/register/{id}/flags")}  # fmt: skip
AN_ID = "sb-kz-allowance"
A_FLAG = {"kind": "expired", "field": "validity", "text": "not in our books"}


def get(room, path, key="operator", **headers):
    """The answer to that key."""
    return room.client.get(path, headers=room.headers(key, **headers))


def filled(path):
    """The path with something in its places."""
    for name, value in (("{id}", AN_ID), ("{slug}", "sb-kg-clinic.care"), ("{country}", "KZ"), ("{flag}", "x" * 8)):
        path = path.replace(name, value)
    return path


def test_a_government_key_reaches_nothing_but_the_register(room):
    """R-02, S-07: every route of the application."""
    for (method, path), roles in ACCESS.items():
        answer = room.client.request(method, filled(path), headers=room.headers("government"), json={})
        if roles is OPEN:
            assert answer.status_code == 200
        elif (method, path) in GOVERNMENT_MAY:
            assert answer.status_code in (200, 422), path
        else:
            assert answer.status_code in (403, 404), path
    assert {key for key, roles in ACCESS.items() if roles and Role.GOVERNMENT in roles} == GOVERNMENT_MAY


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_only_those_who_search_for_people_search_services(room, role):
    """And a partner reads no contact of the network."""
    status = 200 if role in ("operator", "partner", "steward") else 403

    assert get(room, "/v1/services", role).status_code == status
    assert room.ask({}, key=role, path="/v1/services/search").status_code == status


def test_what_describes_a_person_is_never_in_an_address(room, capfd):
    """S-03: refused with the way to send it, and nothing of it is repeated or logged."""
    for name in sorted(PERSONAL):
        answer = get(room, f"/v1/services?{name}={CANARY.split()[0]}")
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["code"] == "person-in-address" and "/v1/services/search" in error["detail"]
        assert not any(word in answer.text.lower() for word in WORDS)
    assert not any(word in capfd.readouterr().err.lower() for word in WORDS)


def test_all_bad_parameters_are_told_at_once_without_their_values(room):
    """Problem document; no echo."""
    answer = get(room, "/v1/services?gender=female&radius_km=3&page=0&page=1&sort=distance&region=XX-99&zzcanary=1"
                       "&code=QWERTOVA&near=zzcanary&country=ZZ&language=qwertova")  # fmt: skip
    errors = {(error.get("parameter"), error["code"]) for error in answer.json()["errors"]}

    assert answer.status_code == 422
    assert errors == {
        ("gender", "person-in-address"), ("page", "bad-parameter"), ("page", "duplicate-parameter"),
        ("region", "unknown-region"), (None, "unknown-parameter"), ("code", "unknown-value"),
        ("near", "unknown-place"), ("country", "bad-parameter"), ("language", "bad-parameter"),
    }  # fmt: skip
    assert not any(word in answer.text.lower() for word in WORDS)
    alone = get(room, "/v1/services?radius_km=3&sort=relevance").json()["errors"]
    assert {error["code"] for error in alone} == {"needs-near", "needs-search"}


@pytest.mark.parametrize(("path", "parameter", "values"), [
    ("/v1/register?status=qwertova", "status", ("registered", "expired")),
    ("/v1/register?kind=qwertova", "kind", ("ngo", "shelter")),
    ("/v1/register/flags?state=qwertova", "state", ("open", "closed", "all")),
    ("/v1/services?code=QWERTOVA", "code", ("MED-EMG", "SHL-VOT")),
    ("/v1/services?sort=qwertova", "sort", ("relevance", "distance", "name")),
    ("/v1/drafts?state=qwertova", "state", ("review", "published")),
])  # fmt: skip
def test_a_value_of_no_closed_list_is_answered_with_the_list(room, path, parameter, values):
    """And is not repeated."""
    answer = get(room, path, "steward")
    (error,) = answer.json()["errors"]

    assert (answer.status_code, error["parameter"], error["code"]) == (422, parameter, "unknown-value")
    assert all(value in error["detail"] for value in values)
    assert "qwertova" not in answer.text.lower()


def test_a_region_that_is_none_is_answered_with_what_one_looks_like(room):
    """There are too many to name."""
    errors = get(room, "/v1/register?region=qwertova", "steward").json()["errors"]

    assert any("KZ-75" in error["detail"] for error in errors)


@pytest.mark.parametrize(("clock", "day", "status"), [
    ((23, 17, 59), "2026-11-24", 422), ((23, 18, 0), "2026-11-24", 200), ((23, 23, 59), "2026-11-24", 200),
    ((23, 23, 59), "2026-11-25", 422), ((24, 0, 1), "2026-11-24", 200),
])  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/register", f"/v1/register/{AN_ID}"])
def test_a_day_that_has_begun_in_the_country_may_be_asked_for(room, monkeypatch, clock, day, status, path):
    """At +06:00 it begins six hours before UTC; the answer is the state of now."""
    monkeypatch.setattr(rooms, "NOW", datetime(2026, 11, *clock, tzinfo=UTC))
    answer = get(room, f"{path}?on={day}", "steward")
    told = answer.json()

    assert answer.status_code == status
    if status == 200:
        assert {**told, "on": None} == {**get(room, path, "steward").json(), "on": None}
    else:
        assert [error["code"] for error in told["errors"]] == ["in-the-future"]


@pytest.mark.parametrize("path", ["/v1/register?on=2199-01-01&status=x&per_page=0", "/v1/register/zz?on=x",
                                  "/v1/register/coverage?country=x", "/v1/register/flags?state=x"])  # fmt: skip
def test_the_register_refuses_bad_parameters(room, path):
    """Whoever asks."""
    assert get(room, path, "steward").status_code == 422


@pytest.mark.parametrize("slug", ["nobody", "%00", "%D0%BA", "sb-kz-clinic.care'--", "a" * 199])
def test_what_is_not_there_is_not_found(room, slug):
    """Odd slugs too, and confidential providers like absent ones."""
    assert get(room, f"/v1/services/{slug}").status_code == 404
    assert get(room, f"/v1/register/{slug}", "government").status_code == 404
    assert room.ask(A_FLAG, key="government", path=f"/v1/register/{slug}/flags").status_code == 404


def test_a_page_has_its_envelope_and_links(room):
    """As HSDS; beyond the end it is empty."""
    first, beyond = get(room, "/v1/services?per_page=10"), get(room, "/v1/services?per_page=10&page=9999")
    told, none = first.json(), beyond.json()

    assert (told["page_number"], told["size"], told["first_page"], told["last_page"], told["empty"]) == (
        1,
        10,
        True,
        False,
        False,
    )
    assert told["total_pages"] == -(-told["total_items"] // 10)
    assert 'page=2>; rel="next"' in first.headers["link"] and "prev" not in first.headers["link"]
    assert none["contents"] == [] and none["empty"] and none["last_page"] and none["total_items"] == told["total_items"]
    assert f'page={told["total_pages"]}>; rel="prev"' in beyond.headers["link"]
    assert first.headers["cache-control"] == "no-store"


def test_one_service_has_a_tag_and_no_place_when_confidential(room):
    """ETag and 304; a confidential location is a region, for partners and operators alike."""
    hidden = [
        one
        for one in get(room, "/v1/services?code=SHL-VOT&per_page=100").json()["contents"]
        if one["address_confidential"]
    ]
    path = f"/v1/services/{hidden[0]['slug']}"
    answer = get(room, path)

    assert {one["place"] for one in hidden} == {None} == {one["distance_km"] for one in hidden}
    assert answer.json()["region"] and answer.json()["place"] is None
    assert get(room, path, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert get(room, path, "steward").json()["place"] is not None
    assert "quarantined" not in {k for k, v in answer.json().items() if v is not None}


def test_a_search_for_a_person_keeps_unknown_apart_from_yes(room, capfd):
    """And nothing of the person is in a log or an answer."""
    person = {"age": "15-17", "gender": "non_binary", "nationality": "TJ", "can_pay": "no"}
    answer = room.ask({"person": person, "eligibility": ["unknown"], "per_page": 100}, path="/v1/services/search")

    assert answer.status_code == 200 and set(answer.json()["facets"]["admission"]) == {"unknown"}
    for one in answer.json()["contents"]:
        assert one["admission"]["answer"] == "unknown" and "unknown" in one["admission"]["conditions"].values()
    assert "link" not in answer.headers
    assert not {"non_binary", "15-17"} & set(capfd.readouterr().err.split('"'))
    bad = room.ask({"person": {"name": CANARY, "age": 16}, "near": "zzcanary"}, path="/v1/services/search")
    assert {error["code"] for error in bad.json()["errors"]} == {
        "personal-data-refused",
        "number-for-band",
        "unknown-place",
    }
    assert not any(word in bad.text.lower() for word in WORDS)


def test_a_key_for_one_country_sees_that_country(room):
    """Lists are narrowed, others refused, single ones absent."""
    assert set(get(room, "/v1/services", "uzbek").json()["facets"]["country"]) == {"UZ"}
    assert get(room, "/v1/services?country=KZ", "uzbek").status_code == 403
    assert get(room, "/v1/services/sb-kg-clinic.care", "uzbek").status_code == 404


def test_values_of_a_provider_have_sources_and_days(room):
    """R-09; and the authority's answer has no field beside them."""
    told = get(room, f"/v1/register/{AN_ID}", "government").json()
    provider = told["provider"]

    assert provider["name"]["sources"] == [0] and provider["sources"][0]["url"]
    assert provider["registrations"][0]["checked_at"] == "2026-11-10"
    assert provider["services"][0]["checked_at"] and provider["services"][0]["sources"]
    assert provider["region"] == {"value": None, "checked_at": None, "sources": []}
    assert told["history"][0]["ends_at"] is None


def test_coverage_tells_no_small_counts(room):
    """R-08, S-13."""
    counts = [offer["services"] for offer in get(room, "/v1/register/coverage", "government").json()["offers"]]

    assert all(count is None or count >= 10 for count in counts) and counts.count(None)


def test_only_stewards_read_flags(room, document):
    """R-06: the authority gets a receipt without its text."""
    raised = room.ask(A_FLAG, key="government", path=f"/v1/register/{AN_ID}/flags")
    assert raised.status_code == 201 and "books" not in raised.text
    check(document, schema_of(document, "/v1/register/{id}/flags", "post", "201"), raised.json())
    bad = room.ask(
        {"kind": CANARY, "text": "\u0000", "note": CANARY}, key="government", path=f"/v1/register/{AN_ID}/flags"
    )
    assert bad.status_code == 422 and not any(word in bad.text.lower() for word in WORDS)

    (flag,) = [
        one for one in get(room, "/v1/register/flags", "steward").json()["contents"] if one["id"] == raised.json()["id"]
    ]
    assert flag["text"] == A_FLAG["text"]
    close = f"/v1/register/flags/{flag['id']}/close"
    assert [get(room, "/v1/register/flags", role).status_code for role in ("government", "auditor", "admin")] == [
        403
    ] * 3
    assert room.ask({"outcome": "confirmed"}, key="government", path=close).status_code == 403
    assert room.ask({"outcome": "confirmed"}, key="steward", path=close).json()["outcome"] == "confirmed"
    assert room.ask({"outcome": "refuted"}, key="steward", path=close).status_code == 409
    assert room.ask({"outcome": "refuted"}, key="steward", path="/v1/register/flags/x/close").status_code == 404


@pytest.fixture(scope="module")
def document(room):
    """The contract."""
    return room.client.get("/openapi.json").json()


@pytest.mark.parametrize(
    ("path", "template", "key"),
    [
        ("/v1/services?near=osh", "/v1/services", "operator"),
        ("/v1/services/sb-kg-clinic.care", "/v1/services/{slug}", "steward"),
        ("/v1/register", "/v1/register", "government"),
        (f"/v1/register/{AN_ID}", "/v1/register/{id}", "auditor"),
        ("/v1/register/coverage", "/v1/register/coverage", "government"),
        ("/v1/register/flags", "/v1/register/flags", "steward"),
    ],
)
def test_answers_keep_to_the_contract(room, document, path, template, key):
    """Every answer validates against the published schema."""
    check(document, schema_of(document, template, "get", "200"), get(room, path, key).json())
