"""What an answer holds, in which language, how much of it, and to whom."""

import json
from datetime import datetime

import pytest

from tests.api.rooms import a_body

WHY_NOT = "/v1/routes/why-not"


@pytest.fixture(scope="module")
def answer(room):
    """The answer to the usual body."""
    return room.ask({**a_body(), "explain": "full"})


def steps_of(told):
    """Every step of every route and lead."""
    return [step for route in told["routes"] + told["leads"] for step in route["steps"]]


def test_an_answer_names_its_versions_its_instant_and_its_request(answer):
    """S-21."""
    told = answer.json()

    assert told["outcome"] == "routes"
    assert told["as_of"] == "2026-11-23T22:10:00+05:00"
    assert told["request_id"] == answer.headers["x-request-id"]
    assert all(told["versions"].values())
    assert told["escalation"]


def test_instants_are_minutes_after_as_of_on_the_clock_of_the_place(answer):
    """Interop 5: RFC 3339 with the offset of where the person is."""
    told = answer.json()
    began = datetime.fromisoformat(told["as_of"])

    for step in steps_of(told):
        minutes = (datetime.fromisoformat(step["start_at"]) - began).total_seconds() / 60
        assert (minutes, step["start_at"][-6:]) == (step["start_minute"], "+05:00")


def test_as_of_may_be_told_in_any_offset(room):
    """The same instant, the same answer."""
    first = room.ask({**a_body(), "as_of": "2026-11-23T22:10:00+05:00"}, **{"X-Request-ID": "same-request"})
    second = room.ask({**a_body(), "as_of": "2026-11-23T17:10:00Z"}, **{"X-Request-ID": "same-request"})

    assert first.content == second.content


def test_the_same_request_gives_the_same_bytes(room):
    """Repeatable, but for the request id, which the caller may set."""
    answers = {room.ask(a_body(), **{"X-Request-ID": "same-request"}).content for _ in range(3)}

    assert len(answers) == 1


def test_the_body_names_the_language_over_the_header(room):
    """Machine words stay, texts change."""
    by_header = room.ask(a_body(), **{"Accept-Language": "kk, ru;q=0.8, en;q=0.5"})
    by_body = room.ask({**a_body(), "language": "en"}, **{"Accept-Language": "ru"})

    assert (by_header.headers["content-language"], by_body.headers["content-language"]) == ("ru", "en")
    assert by_header.json()["outcome"] == by_body.json()["outcome"]
    assert by_header.json()["outcome_text"] != by_body.json()["outcome_text"]


def test_problems_speak_the_language_of_the_body_too(room):
    """Whatever else is wrong with it."""
    told = room.ask({**a_body(age=31), "language": "ru"})

    assert told.headers["content-language"] == "ru"
    assert told.json()["title"] == "Запрос нельзя прочесть как анкету"


def test_explain_none_leaves_reasons_out_and_keeps_every_warning(room, answer):
    """Interop 5; cautions and notices are no explanation."""
    bare, full = room.ask({**a_body(), "explain": "none"}).json(), answer.json()

    assert (bare["ranking"], bare["rules"], bare["questions"]) == (None, None, [])
    assert all(step["burden"] is None for step in steps_of(bare))
    assert [s["cautions"] for s in steps_of(bare)] == [s["cautions"] for s in steps_of(full)]
    assert [s["notices"] for s in steps_of(bare)] == [s["notices"] for s in steps_of(full)]
    assert full["ranking"]["handover"] == 240
    assert set(full["rules"]) >= {notice["rule"] for step in steps_of(full) for notice in step["notices"]}


def test_alternatives_are_at_most_as_many_as_asked_for(room):
    """H34."""
    assert len(room.ask({**a_body(), "alternatives": 1}).json()["routes"]) == 1


def test_an_operator_sees_contacts_of_the_network_and_a_partner_does_not(room):
    """S-07: same address, another projection."""
    network, public = (room.ask(a_body(), key=key).json() for key in ("operator", "partner"))
    confidential = [step["provider"] for step in steps_of(public) if step["provider"]["address_confidential"]]

    assert any(step["provider"]["contacts"] for step in steps_of(network) if step["movement"] == "transfer")
    assert confidential
    assert all(provider["contacts"] == [] for provider in confidential)


@pytest.mark.parametrize("key", ["operator", "partner"])
def test_no_answer_holds_a_street(room, key):
    """H15: the sandbox keeps one invented street for every confidential house, in the sealed table."""
    answer = room.ask({**a_body(), "explain": "full", "alternatives": 5}, key=key)

    assert "Invented Street" not in answer.text
    assert '"address"' not in answer.text


def test_why_not_names_every_gate_and_no_contact(room):
    """Whoever may not be sent there needs no number to call."""
    told = room.ask({**a_body(gender="male"), "point": "sb-kz-south-house.bed"}, path=WHY_NOT).json()

    assert "H21" in {closing["rule"] for closing in told["closings"]}
    assert all(closing["text"] and closing["opens_with"]["text"] for closing in told["closings"])
    assert "contacts" not in told["provider"]


def test_why_not_of_a_point_that_is_not_there_is_not_found(room):
    """Absent and hidden look the same."""
    answer = room.ask({**a_body(), "point": "nobody"}, path=WHY_NOT)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_case_without_any_safe_route_is_an_answer(room):
    """H35: 200, with somebody to call and what would help."""
    told = room.ask(a_body(needs=["SHL-CHD"], location={"country": "KZ", "place": "oral"}, travel={
        "longest_visit_minutes": 0, "longest_transfer_minutes": 0})).json()  # fmt: skip

    assert told["outcome"] == "no_safe_route"
    assert told["escalation"]
    assert [gap["code"] for gap in told["gaps"]]


def test_answers_about_people_are_never_kept(answer):
    """S-04."""
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert answer.headers["vary"] == "Authorization, Accept-Language"


@pytest.mark.parametrize("path", ["/v1/codes", "/v1/places", "/v1/rules", "/v1/pathways", "/v1/pathways/KZ",
                                  "/v1/pathways/universal", "/v1/hotlines"])  # fmt: skip
def test_reference_answers_may_be_kept_and_are_told_apart_by_etag(room, path):
    """Interop 5: public, and 304 when the caller has it."""
    first = room.client.get(path)
    again = room.client.get(path, headers={"If-None-Match": f'W/{first.headers["etag"]}, "other"'})

    assert (first.status_code, first.headers["cache-control"]) == (200, "public, max-age=300")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.parametrize("path", ["/v1/codes", "/nowhere", "/health/live", "/v1/routes"])
def test_every_answer_carries_the_safety_headers(room, path):
    """S-04."""
    headers = room.client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("abcDEF-12345", True),
        ("short", False),
        ("x" * 65, False),
        ("Zzcanary Qwertova", False),
        ("имя-человека", False),
    ],
)
def test_a_request_id_is_taken_over_only_in_its_form(room, capfd, told, taken):
    """It stands in logs: nothing else may be put there."""
    answer = room.client.get("/health/live", headers={"X-Request-ID": told.encode()})

    assert (answer.headers["x-request-id"] == told) is taken
    assert ("canary" in capfd.readouterr().err.lower()) is False


def test_one_line_is_logged_for_a_request_and_holds_nothing_else(room, capfd):
    """S-05: the allow-list."""
    room.ask(a_body())

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]

    (line,) = [line for line in lines if line["event"] == "request"]
    assert set(line) == {"at", "level", "event", "request_id", "method", "route", "status", "duration_ms", "role"}
    assert (line["route"], line["role"], line["status"]) == ("/v1/routes", "operator", 200)


def test_places_are_found_in_any_script(room):
    """Forms search as people type."""
    for search in ("Shymk", "шымк", "Чимкент"):
        found = room.client.get("/v1/places", params={"search": search, "country": "KZ", "lang": "ru"}).json()
        assert found["places"][0]["slug"] == "shymkent"
        assert found["places"][0]["name"] == "Шымкент"
    assert "GeoNames" in found["attribution"]


def test_every_rule_is_listed_with_sources_in_both_languages(room):
    """Issue 2: GET /v1/rules lists every gate with its citation."""
    english, russian = (room.client.get(f"/v1/rules?lang={lang}").json()["rules"] for lang in ("en", "ru"))

    assert [rule["id"] for rule in english] == [rule["id"] for rule in russian]
    universal = [(a, b) for a, b in zip(english, russian, strict=True) if not a["valid_from"]]
    assert all(a["statement"] != b["statement"] for a, b in universal)
    assert any(rule["id"] == "KZ-G01" and rule["valid_to"] == "2018-12-31" for rule in english)
    assert all(rule["sources"] for rule in english if rule["kind"] == "gate")
