"""Issue 2, "What bad input gets": a problem with a stable code and pointers, all faults at once, nothing repeated."""

import json

import pytest

from app.domain.codes import Code
from tests.api.rooms import CANARY, WORDS, a_body, without

LONG = [f"place-{number}" for number in range(60)]


def in_profile(name, value):
    """A body whose profile says that of the field."""
    return a_body(**{name: value})


CASES = {
    "unknown code": (in_profile("needs", ["SHL-VOT", CANARY]), "/profile/needs/1", "unknown-code"),
    "code that is a number": (in_profile("needs", [7]), "/profile/needs/0", "unknown-code"),
    "no needs": (in_profile("needs", []), "/profile/needs", "too-few-items"),
    "needs left out": (without(a_body(), "needs"), "/profile/needs", "missing-field"),
    "needs as text": (in_profile("needs", CANARY), "/profile/needs", "wrong-type"),
    "a need twice": (in_profile("needs", ["SHL-VOT", "SHL-VOT"]), "/profile/needs/1", "duplicate-item"),
    "too many needs": (
        in_profile("needs", ["SHL-VOT", "LEG-INF", "MED-GEN", "MED-SRH", "MHP-CNS", "DOC-IDS", "EDU-VOC", "EMP-JOB",
                             "BAS-FOD", "BAS-NFI", "CAS-MGT", "LEG-IMM", "LEG-FAM"]),
        "/profile/needs", "too-many-codes",
    ),
    "asked for and there": (in_profile("already_has", ["LEG-INF"]), "/profile/already_has/0", "asked-and-had"),
    "unknown place": (
        in_profile("location", {"country": "KZ", "place": CANARY}), "/profile/location/place", "unknown-place",
    ),
    "place with good form": (
        in_profile("location", {"country": "KZ", "place": "zzcanary"}), "/profile/location/place", "unknown-place",
    ),
    "place of another country": (
        in_profile("location", {"country": "UZ", "place": "shymkent"}), "/profile/location/country",
        "place-not-in-country",
    ),
    "unknown country": (
        in_profile("location", {"country": CANARY, "place": "shymkent"}), "/profile/location/country",
        "unknown-country",
    ),
    "location left out": (without(a_body(), "location"), "/profile/location", "missing-field"),
    "coordinates": (
        in_profile("location", {"country": "KZ", "place": "shymkent", "latitude": 42.3}), "/profile/location",
        "personal-data-refused",
    ),
    "unknown language": (in_profile("languages", ["uz", CANARY]), "/profile/languages/1", "unknown-language"),
    "language by name": (in_profile("languages", ["uzbek"]), "/profile/languages/0", "unknown-language"),
    "language with region": (in_profile("languages", ["ru-KZ"]), "/profile/languages/0", "unknown-language"),
    "no language": (in_profile("languages", []), "/profile/languages", "too-few-items"),
    "answer language": ({**a_body(), "language": CANARY}, "/language", "unknown-language"),
    "free text for a closed list": (in_profile("gender", CANARY), "/profile/gender", "unknown-value"),
    "number for a closed list": (in_profile("gender", 1), "/profile/gender", "wrong-type"),
    "free text for nationality": (in_profile("nationality", CANARY), "/profile/nationality", "unknown-country"),
    "age as a number": (in_profile("age", 31), "/profile/age", "number-for-band"),
    "age as a number in a text": (in_profile("age", "31"), "/profile/age", "number-for-band"),
    "age of a child": (
        in_profile("children_with", [{"age": 7, "gender": "female"}]), "/profile/children_with/0/age",
        "number-for-band",
    ),
    "hours for a window": (in_profile("incident_window", 72), "/profile/incident_window", "number-for-band"),
    "birth date for age": (in_profile("age", "1999-01-01"), "/profile/age", "unknown-value"),
    "true for yes": (in_profile("pregnancy", True), "/profile/pregnancy", "wrong-type"),
    "yes for true": (in_profile("avoid_authorities", "yes"), "/profile/avoid_authorities", "wrong-type"),
    "null for an answer": (in_profile("can_pay", None), "/profile/can_pay", "wrong-type"),
    "minutes as true": (
        in_profile("travel", {"longest_visit_minutes": True}), "/profile/travel/longest_visit_minutes", "wrong-type",
    ),
    "minutes as text": (
        in_profile("travel", {"longest_visit_minutes": "60"}), "/profile/travel/longest_visit_minutes", "wrong-type",
    ),
    "negative minutes": (
        in_profile("travel", {"longest_visit_minutes": -1}), "/profile/travel/longest_visit_minutes", "out-of-range",
    ),
    "too many alternatives": ({**a_body(), "alternatives": 6}, "/alternatives", "out-of-range"),
    "alternatives as a fraction": ({**a_body(), "alternatives": 2.5}, "/alternatives", "wrong-type"),
    "unknown explain": ({**a_body(), "explain": CANARY}, "/explain", "unknown-value"),
    "unknown consent": (in_profile("consents", {CANARY: "yes"}), "/profile/consents", "unknown-value"),
    "consent as text": (in_profile("consents", {"health": CANARY}), "/profile/consents/health", "unknown-value"),
    "companion who is no child": (
        in_profile("children_with", [{"age": "25-59", "gender": "male"}]), "/profile/children_with/0/age",
        "not-a-child",
    ),
    "name of a companion": (
        in_profile("children_with", [{"age": "5-11", "gender": "male", "name": CANARY}]), "/profile/children_with/0",
        "personal-data-refused",
    ),
    "infant with pregnancy": (a_body(age="0-4", pregnancy="yes"), "/profile/pregnancy", "too-young"),
    "possibly a child at 25": (a_body(age="25-59", possibly_child="yes"), "/profile/possibly_child", "not-a-child"),
    "no child at 12": (a_body(age="12-14", possibly_child="no"), "/profile/possibly_child", "is-a-child"),
    "provider that is no slug": (
        in_profile("exclude_providers", [CANARY]), "/profile/exclude_providers/0", "not-a-slug",
    ),
    "unknown area": (in_profile("no_go_areas", ["shymkent", "KZ-XYZ"]), "/profile/no_go_areas/1", "unknown-area"),
    "area as text": (in_profile("no_go_areas", [CANARY]), "/profile/no_go_areas/0", "not-a-slug"),
    "too many areas": (in_profile("no_go_areas", LONG), "/profile/no_go_areas", "too-many-items"),
    "unknown place of return": (in_profile("return_to", "zzcanary"), "/profile/return_to", "unknown-place"),
    "time without offset": ({**a_body(), "as_of": "2026-11-23T22:10:00"}, "/as_of", "no-offset"),
    "time as text": ({**a_body(), "as_of": CANARY}, "/as_of", "bad-instant"),
    "time that is none": ({**a_body(), "as_of": "2026-02-30T22:10:00Z"}, "/as_of", "bad-instant"),
    "time far away": ({**a_body(), "as_of": "9999-12-31T23:59:59-14:00"}, "/as_of", "bad-instant"),
    "time as number": ({**a_body(), "as_of": 1764000000}, "/as_of", "wrong-type"),
    "unknown field": (in_profile("favourite_colour", CANARY), "/profile", "unknown-field"),
    "unknown field at the top": ({**a_body(), "colour": CANARY}, "", "unknown-field"),
    "name": (in_profile("name", CANARY), "/profile", "personal-data-refused"),
    "given name": (in_profile("firstName", CANARY), "/profile", "personal-data-refused"),
    "phone": (in_profile("phone_number", CANARY), "/profile", "personal-data-refused"),
    "name in Russian": (in_profile("Фамилия", CANARY), "/profile", "personal-data-refused"),
    "story": ({**a_body(), "notes": CANARY}, "", "personal-data-refused"),
    "passport": (in_profile("passport-no", CANARY), "/profile", "personal-data-refused"),
    "field called as the person": (in_profile(CANARY, "yes"), "/profile", "unknown-field"),
    "profile as text": ({"profile": CANARY}, "/profile", "wrong-type"),
    "profile left out": ({}, "/profile", "missing-field"),
    "a list": ([CANARY], "", "wrong-type"),
    "a text": (CANARY, "", "wrong-type"),
}  # fmt: skip


def is_silent(answer, seen):
    """Nothing of the canary in the answer, its headers, or what the process wrote."""
    heard = (answer.text + str(answer.headers) + seen.out + seen.err).lower()
    return not any(word in heard for word in WORDS)


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_named_by_pointer_and_code_and_never_repeated(room, capfd, case):
    """S-01 and issue 2."""
    body, pointer, code = CASES[case]

    answer = room.ask(body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert is_silent(answer, capfd.readouterr())


def test_all_faults_come_at_once(room):
    """Issue 2: whoever mends a request mends it once."""
    body = a_body(
        needs=["SHL-VOT", "XXX"],
        location={"country": "UZ", "place": "shymkent"},
        age=31,
        name=CANARY,
        children_with=[{"age": "60+"}],
        consents={"health": "maybe"},
    )

    found = {(error["pointer"], error["code"]) for error in room.ask({**body, "as_of": "now"}).json()["errors"]}

    assert found == {
        ("/as_of", "bad-instant"),
        ("/profile", "personal-data-refused"),
        ("/profile/age", "number-for-band"),
        ("/profile/children_with/0/age", "not-a-child"),
        ("/profile/children_with/0/gender", "missing-field"),
        ("/profile/consents/health", "unknown-value"),
        ("/profile/location/country", "place-not-in-country"),
        ("/profile/needs/1", "unknown-code"),
    }


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "empty-body"),
        (b"  \n", 400, "empty-body"),
        (b'{"profile": "zzcanary', 400, "bad-json"),
        (b'{"alternatives": NaN}', 400, "bad-json"),
        (b'{"alternatives": ' + b"9" * 5000 + b"}", 400, "bad-json"),
        (b"[" * 20_000, 400, "bad-json"),
        (b'"\xff\xfe zzcanary"', 400, "bad-json"),
        (json.dumps(a_body()).encode("utf-16"), 400, "bad-json"),
        (b'\xef\xbb\xbf{"profile": {}}', 400, "bad-json"),
    ],
)
def test_what_is_no_json_is_refused(room, capfd, raw, status, code):
    """Interop 5: syntax is 400, meaning is 422."""
    answer = room.client.post("/v1/routes", content=raw, headers=room.headers(**{"Content-Type": "application/json"}))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert is_silent(answer, capfd.readouterr())


def test_a_lone_surrogate_is_refused(room):
    """Python reads it as JSON, the schema does not: it must not break anything."""
    raw = b'{"profile": {"needs": ["\\ud800"], "location": {"country": "KZ", "place": "shymkent"}}}'

    answer = room.client.post("/v1/routes", content=raw, headers=room.headers(**{"Content-Type": "application/json"}))

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"profile": {"age": "18-24", "age": "5-11"}}', "/profile"),
        (b'{"profile": {}, "profile": {}}', ""),
        (b'{"profile": {"Zzcanary": {"a": 1, "a": 2}}}', "/profile"),
    ],
)
def test_a_field_that_stands_there_twice_is_refused(room, capfd, raw, pointer):
    """Two readers could take different ones."""
    answer = room.client.post("/v1/routes", content=raw, headers=room.headers(**{"Content-Type": "application/json"}))

    assert (pointer, "duplicate-key") in {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert is_silent(answer, capfd.readouterr())


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=koi8-r"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_content_type_is_refused(room, capfd, headers):
    """415 before the body is read as anything."""
    answer = room.client.post("/v1/routes", content=CANARY.encode(), headers=room.headers(**headers))

    assert (answer.status_code, answer.json()["code"]) == (415, "wrong-media-type")
    assert is_silent(answer, capfd.readouterr())


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*;q=0.5", "application/json;q=0, text/html"])
def test_an_answer_in_another_form_is_refused(room, accept):
    """406: there is no printable sheet yet."""
    assert room.ask(a_body(), Accept=accept).status_code == 406


def test_a_body_of_one_megabyte_is_refused(room, capfd):
    """By its declared length."""
    answer = room.ask(a_body(needs=[CANARY * 40_000]))

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert is_silent(answer, capfd.readouterr())


def test_a_body_without_a_declared_length_is_refused_as_soon_as_it_is_too_long(room):
    """By its real length: what follows is not read."""
    pieces = iter([b" " * 60_000] * 1000)
    answer = room.client.post(
        "/v1/routes", content=pieces, headers=room.headers(**{"Content-Type": "application/json"})
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("length", ["65537", "-1", "9" * 30, "1e3"])
def test_an_odd_declared_length_is_refused(room, length):
    """Whatever a client declares, nobody waits for it."""
    headers = room.headers(**{"Content-Type": "application/json", "Content-Length": length})

    assert room.client.post("/v1/routes", content=b"{}", headers=headers).status_code == 413


def test_a_body_at_the_cap_is_read(room):
    """65,536 bytes are in, one more is out."""
    raw = json.dumps(a_body(age=31)).encode()
    headers = room.headers(**{"Content-Type": "application/json"})

    fits = room.client.post("/v1/routes", content=raw + b" " * (65_536 - len(raw)), headers=headers)
    too_long = room.client.post("/v1/routes", content=raw + b" " * (65_537 - len(raw)), headers=headers)

    assert (fits.status_code, too_long.status_code) == (422, 413)


def test_twenty_needs_are_refused_and_the_limit_is_named(room):
    """Issue 3: refused, never cut."""
    answer = room.ask(in_profile("needs", [code.value for code in tuple(Code)[:20]]))

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["pointer"]) == (422, "too-many-codes", "/profile/needs")
    assert "12" in error["detail"]


def test_nothing_may_be_asked_for_a_person_in_the_address(room, capfd):
    """S-03."""
    answer = room.client.post(f"/v1/routes?name={CANARY}", json=a_body(), headers=room.headers())

    assert (answer.status_code, answer.json()["code"]) == (422, "faulty-query")
    assert is_silent(answer, capfd.readouterr())


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/v1/places?limit=0", "limit"),
        ("/v1/places?limit=x", "limit"),
        ("/v1/places?country=kz", "country"),
        ("/v1/places?search=" + "zzcanary" * 9, "search"),
        ("/v1/places?zzcanary=1", None),
        ("/v1/codes?lang=zzcanary", "lang"),
        ("/v1/pathways/zzcanary", "country"),
    ],
)
def test_a_faulty_address_is_told_without_its_value(room, capfd, address, parameter):
    """The name of a known parameter is ours; nothing else comes back."""
    answer = room.client.get(address)

    assert (answer.status_code, answer.json()["code"]) == (422, "faulty-query")
    assert [error.get("parameter") for error in answer.json()["errors"]] == [parameter]
    assert is_silent(answer, capfd.readouterr())


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_another_method_is_a_problem_too(room, method):
    """Interop 5: one form of error, also for the framework's own."""
    answer = room.client.request(method, "/v1/routes", headers=room.headers())

    assert (answer.status_code, answer.json()["code"], answer.headers["allow"]) == (405, "method-not-allowed", "POST")


def test_an_unknown_address_is_a_problem_too(room, capfd):
    """And is not repeated."""
    answer = room.client.get("/v1/zzcanary")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert is_silent(answer, capfd.readouterr())
