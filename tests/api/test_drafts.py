"""`/v1/drafts` over HTTP: the way of a draft, conditions, repeats, roles, providers, and bodies that are wrong."""

import pytest

from tests.api.rooms import CANARY, NOW, WORDS, a_room

HOUSE, OFFICE = "sb-kz-hospital.emergency", "sb-kz-south-rights.office"
SOUP = {"slug": "sb-kz-hospital.soup", "organization": "sb-kz-hospital", "name": "Soup", "codes": ["BAS-FOD"],
        "place": "almaty"}  # fmt: skip


@pytest.fixture(scope="module")
def busy():
    """An application whose register these tests change."""
    with a_room() as opened:
        yield opened


def send(room, method, path, body=None, key="steward", **headers):
    """The answer; header names may be written with underscores."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    more = {} if body is None else {"json": body}
    return room.client.request(method, path, headers=room.headers(key, **told), **more)


def a_draft(slug=SOUP["slug"], **given):
    """A good new draft."""
    return {"kind": "service", "slug": slug, "body": {**SOUP, "slug": slug}, **given}


def created(room, key="steward", **given):
    """A new draft, as it was answered."""
    answer = send(room, "POST", "/v1/drafts", a_draft(**given), key)
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(room, draft, act, key="steward", **body):
    """The draft after that act, with the ETag that it has now."""
    more = {} if act == "submit" else {"body": body}
    return send(room, "POST", f"/v1/drafts/{draft['id']}/{act}", key=key, If_Match=draft["etag"], **more)


def told(answer):
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def codes(answer):
    """Pointer and code of every fault."""
    return {(one["pointer"], one["code"]) for one in answer.json()["errors"]}


def test_a_draft_goes_its_way(busy):
    """draft, review, published; every step has its ETag, and the address of the draft is told once."""
    answer = send(busy, "POST", "/v1/drafts", a_draft("sb-kz-hospital.way"))
    draft = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/drafts/{draft['id']}")
    assert (draft["state"], answer.headers["etag"]) == ("draft", draft["etag"])
    assert draft["by"].startswith("sb-kz-south-rights (steward, key ")

    review = step(busy, draft, "submit").json()
    assert told(step(busy, review, "publish")) == (403, "own-draft")
    done = step(busy, review, "publish", "second", reason="looked at")

    assert (done.status_code, done.json()["state"], done.json()["decision"]) == (200, "published", "looked at")
    assert send(busy, "GET", "/v1/services/sb-kz-hospital.way/record").json()["body"]["name"] == "Soup"
    assert told(step(busy, done.json(), "reject", reason="late")) == (409, "wrong-state")
    assert told(send(busy, "POST", "/v1/drafts", a_draft("sb-kz-hospital.way"))) == (409, "already-published")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("DELETE", ""), ("POST", "/submit"), ("POST", "/publish"), ("POST", "/reject")],
)
def test_a_change_shows_what_it_has_read(busy, method, path):
    """428 without If-Match, 412 with an old or foreign one; nothing happens then."""
    draft = created(busy, slug="sb-kz-hospital.tag")
    address = f"/v1/drafts/{draft['id']}"
    body = {("PATCH", ""): {"body": {"name": "x"}}, ("POST", "/publish"): {},
            ("POST", "/reject"): {"reason": "no"}}.get((method, path))  # fmt: skip

    assert told(send(busy, method, address + path, body)) == (428, "precondition-required")
    for old in ('"d99"', f"W/{draft['etag']}", '"r1"', "d1", CANARY.split()[0], '"e1"'):
        assert told(send(busy, method, address + path, body, If_Match=old)) == (412, "precondition-failed")
    kept = send(busy, "GET", address)
    assert (kept.json(), kept.headers["etag"]) == (draft, draft["etag"])


def test_any_tag_and_several_tags_match(busy):
    """RFC 9110, 13.1.1 and 13.1.2."""
    draft = created(busy, slug="sb-kz-hospital.any")
    address = f"/v1/drafts/{draft['id']}"
    edited = send(busy, "PATCH", address, {"body": {"name": "Any"}}, If_Match="*").json()
    assert edited["body"]["name"] == "Any"
    several = f'"d7-00000000", {edited["etag"]}'
    noted = send(busy, "PATCH", address, {"note": "n"}, If_Match=several).json()
    assert noted["note"] == "n"
    assert send(busy, "GET", address, If_None_Match=f"W/{noted['etag']}").status_code == 304
    assert send(busy, "GET", address, If_None_Match=edited["etag"]).status_code == 200
    gone = send(busy, "DELETE", address, If_Match=noted["etag"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert told(send(busy, "GET", address)) == (404, "not-found")


def test_a_repeated_request_makes_one_draft(busy):
    """The same key and body: the same answer. Another body: 422. Another caller: another key."""
    asked = a_draft("sb-kz-hospital.once")
    first = send(busy, "POST", "/v1/drafts", asked, Idempotency_Key="one")
    again = send(busy, "POST", "/v1/drafts", asked, Idempotency_Key="one")

    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])
    assert told(send(busy, "POST", "/v1/drafts", a_draft("sb-kz-hospital.two"), Idempotency_Key="one")) == (
        422, "key-reused",
    )  # fmt: skip
    other = send(busy, "POST", "/v1/drafts", asked, "second", Idempotency_Key="one")
    assert other.json()["id"] != first.json()["id"]
    for bad in ("", "x" * 201, "a b"):
        assert told(send(busy, "POST", "/v1/drafts", asked, Idempotency_Key=bad)) == (400, "bad-request")


def test_a_faulty_request_may_be_mended_under_its_key(busy):
    """What came to nothing is not remembered."""
    bad = a_draft("sb-kz-hospital.mend", body={**SOUP, "slug": "sb-kz-hospital.mend", "codes": ["NO"]})
    assert told(send(busy, "POST", "/v1/drafts", bad, Idempotency_Key="mend")) == (422, "faulty-data")
    good = send(busy, "POST", "/v1/drafts", a_draft("sb-kz-hospital.mend"), Idempotency_Key="mend")
    assert good.status_code == 201


def test_a_comparison_tells_what_would_change(busy):
    """Whoever reviews sees the fields and not two long texts."""
    record = send(busy, "GET", f"/v1/services/{OFFICE}/record")
    edit = {"body": {"name": "Other", "quality": {"trauma_informed": "no"}}, "note": "they said so"}
    draft = send(busy, "PATCH", f"/v1/services/{OFFICE}", edit, If_Match=record.headers["etag"])
    assert draft.status_code == 201, draft.text
    found = send(busy, "GET", f"/v1/drafts/{draft.json()['id']}/comparison").json()["changes"]
    old = record.json()["body"]
    assert found == [
        {"pointer": "/name", "before": old["name"], "after": "Other", "hidden": False},
        {"pointer": "/quality/trauma_informed", "before": old["quality"]["trauma_informed"], "after": "no",
         "hidden": False},
    ]  # fmt: skip
    assert send(busy, "GET", f"/v1/services/{OFFICE}/record").json() == record.json()


def test_drafts_are_listed_in_pages(busy):
    """Each once, oldest first."""
    made = [created(busy, slug=f"sb-kz-hospital.page{n}")["id"] for n in range(3)]
    seen, after = [], 0
    while after is not None:
        page = send(busy, "GET", f"/v1/drafts?limit=2&state=draft&kind=service&after={after}").json()
        seen += [one["id"] for one in page["drafts"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) and [one for one in seen if one in made] == made
    assert told(send(busy, "GET", "/v1/drafts?limit=0")) == (422, "faulty-query")
    assert told(send(busy, "GET", f"/v1/drafts?nickname={CANARY}")) == (422, "faulty-query")


@pytest.mark.parametrize("role", ["operator", "partner", "government", "auditor", "admin"])
def test_other_roles_write_nothing(busy, role):
    """A ministry, a hotline and another NGO's system are turned away alike."""
    for method, path in (("POST", "/v1/drafts"), ("GET", "/v1/drafts"), ("GET", f"/v1/services/{OFFICE}/record"),
                         ("POST", f"/v1/services/{OFFICE}/quarantine"), ("GET", "/v1/worklist"),
                         ("PATCH", "/v1/links/none")):  # fmt: skip
        assert told(send(busy, method, path, {} if method != "GET" else None, role)) == (403, "not-allowed")
    assert busy.client.get("/v1/drafts").status_code == 401


def test_a_key_for_some_countries_writes_there_only(busy):
    """The key of a steward in Tashkent."""
    key = "uzbek-steward"
    assert told(send(busy, "POST", "/v1/drafts", a_draft(), key)) == (403, "not-allowed")
    reason = {"reason": "complaint"}
    assert told(send(busy, "POST", f"/v1/services/{OFFICE}/quarantine", reason, key)) == (403, "not-allowed")
    draft = created(busy, slug="sb-kz-hospital.abroad")
    assert told(step(busy, draft, "submit", key)) == told(step(busy, draft, "reject", key, reason="no"))
    assert told(step(busy, draft, "submit", key)) == (403, "not-allowed")
    service = send(busy, "POST", "/v1/services/sb-uz-hospital.emergency/verify",
                   {"method": "phone", "role": "steward", "on": "2026-11-20"}, key)  # fmt: skip
    assert service.status_code == 200


def test_a_provider_proposes_for_its_own_records(busy):
    """In review at once; a steward decides, and the provider reads why."""
    draft = created(busy, "provider", slug="sb-kz-hospital.tea")
    assert (draft["state"], draft["etag"][:2]) == ("review", '"e')
    record = send(busy, "GET", f"/v1/services/{HOUSE}/record", key="provider")
    edit = send(busy, "PATCH", f"/v1/services/{HOUSE}", {"body": {"name": "New"}}, "provider",
                If_Match=record.headers["etag"])  # fmt: skip
    assert (edit.status_code, edit.json()["state"], edit.json()["update_of"]) == (201, "review", HOUSE)
    mine = {one["id"] for one in send(busy, "GET", "/v1/drafts", key="provider").json()["drafts"]}
    assert mine == {draft["id"], edit.json()["id"]}
    for act in ("submit", "publish", "reject"):
        assert told(step(busy, draft, act, "provider")) == (403, "not-allowed")

    seen = send(busy, "GET", f"/v1/drafts/{draft['id']}").json()
    assert step(busy, seen, "reject", reason="no kitchen there").status_code == 200
    assert send(busy, "GET", f"/v1/drafts/{draft['id']}", key="provider").json()["decision"] == "no kitchen there"


def test_everything_else_is_not_there_for_a_provider(busy):
    """404, as if it did not exist; lists hold its own only."""
    steward_draft = created(busy, slug="sb-kz-hospital.secret")
    foreign = {**SOUP, "slug": "sb-kz-south-rights.soup", "organization": "sb-kz-south-rights"}
    asked = [
        ("GET", f"/v1/services/{OFFICE}/record", None),
        ("GET", "/v1/organizations/sb-kz-south-rights", None),
        ("GET", "/v1/locations/" + OFFICE, None),
        ("GET", f"/v1/drafts/{steward_draft['id']}", None),
        ("PATCH", f"/v1/services/{OFFICE}", {"body": {"name": "x"}}),
        ("DELETE", f"/v1/drafts/{steward_draft['id']}", None),
        ("POST", "/v1/drafts", a_draft("sb-kz-south-rights.soup", body=foreign)),
        ("POST", "/v1/drafts", a_draft("sb-kz-none.soup", body={**foreign, "slug": "sb-kz-none.soup"})),
        ("POST", f"/v1/services/{OFFICE}/capacity", {"state": "full", "as_of": NOW.isoformat()}),
        ("GET", "/v1/services/none-at-all/record", None),
    ]
    for method, path, body in asked:
        assert told(send(busy, method, path, body, "provider", If_Match="*")) == (404, "not-found"), path
    for collection in ("organizations", "locations", "service_at_locations", "links"):
        found = send(busy, "GET", f"/v1/{collection}?limit=200", key="provider").json()["records"]
        assert {one["organization"] for one in found} <= {"sb-kz-hospital"}


def test_a_provider_neither_sees_nor_writes_what_is_on_record_about_it(busy):
    """H13, H17, H18: an allegation is not told to whom it is about, and does not go away by an edit of theirs."""
    record = send(busy, "GET", f"/v1/services/{HOUSE}/record")
    flagged = send(busy, "PATCH", f"/v1/services/{HOUSE}", {"body": {"safety": {"safeguarding_flag": "open"}}},
                   If_Match=record.headers["etag"]).json()  # fmt: skip
    step(busy, step(busy, flagged, "submit").json(), "publish", "second")
    own = send(busy, "GET", f"/v1/services/{HOUSE}/record", key="provider").json()
    assert {"safeguarding_flag", "affiliations"}.isdisjoint(own["body"]["safety"])
    assert own["recorded"]["quarantined"] is None

    for body in ({"safety": {"safeguarding_flag": "none"}}, {"verification": {"on": "2026-11-20"}},
                 {"capacity": "open"}):  # fmt: skip
        refused = send(busy, "PATCH", f"/v1/services/{HOUSE}", {"body": body}, "provider", If_Match=own["etag"])
        assert told(refused) == (422, "faulty-data")
    wiped = send(busy, "PATCH", f"/v1/services/{HOUSE}", {"body": {"safety": None}}, "provider", If_Match=own["etag"])
    whole = send(busy, "POST", "/v1/drafts",
                 {"kind": "service", "slug": HOUSE, "update_of": HOUSE,
                  "body": {k: v for k, v in own["body"].items() if not k.startswith(("capacity", "free", "verif"))}},
                 "provider")  # fmt: skip
    for answer in (wiped, whole):
        assert answer.status_code == 201, answer.text
        assert "safeguarding_flag" not in answer.text
        draft = send(busy, "GET", f"/v1/drafts/{answer.json()['id']}").json()
        assert draft["body"]["safety"]["safeguarding_flag"] == "open"


def test_a_providers_tag_tells_of_nothing_hidden(busy):
    """Quarantine moves the tag of stewards only."""
    path = f"/v1/services/{HOUSE}/record"
    before = [send(busy, "GET", path, key=key).headers["etag"] for key in ("steward", "provider")]
    assert send(busy, "POST", f"/v1/services/{HOUSE}/quarantine", {"reason": "complaint"}).status_code == 200
    after = [send(busy, "GET", path, key=key).headers["etag"] for key in ("steward", "provider")]
    assert send(busy, "POST", f"/v1/services/{HOUSE}/lift", {"reason": "settled"}).status_code == 200
    assert after[0] != before[0] and after[1] == before[1]


def test_a_stewards_note_is_not_shown_to_the_provider(busy):
    """What a provider wrote it reads; what a steward made of it it does not."""
    draft = created(busy, "provider", slug="sb-kz-hospital.noted", note="please look")
    path = f"/v1/drafts/{draft['id']}"
    assert send(busy, "PATCH", path, {"body": {"name": "Better"}}, If_Match="*").status_code == 200
    assert send(busy, "GET", path, key="provider").json()["note"] == "please look"
    assert send(busy, "PATCH", path, {"note": "under suspicion"}, If_Match="*").json()["note"] == "under suspicion"
    seen = [send(busy, "GET", path, key="provider"), send(busy, "GET", "/v1/drafts?limit=200", key="provider")]
    assert not any("suspicion" in one.text for one in seen)
    mine = send(busy, "PATCH", path, {"note": "mine"}, "provider", If_Match=seen[0].headers["etag"])
    assert (mine.status_code, mine.json()["note"]) == (200, "mine")


def test_a_provider_cannot_tell_a_taken_slug_from_a_free_one(busy):
    """Whatever else is wrong with the body."""
    for slug in (OFFICE, "sb-kz-south-rights.none", "sb-kz-hospital-2.bed"):
        for body in ({**SOUP, "slug": slug}, {**SOUP}, {"capacity": "open"}):
            assert told(send(busy, "POST", "/v1/drafts", a_draft(slug, body=body), "provider")) == (404, "not-found")


def test_a_provider_that_sends_its_record_back_is_told_what_to_leave_out(busy):
    """The names that are recorded beside a record, and nothing that was sent."""
    body = send(busy, "GET", f"/v1/services/{HOUSE}/record", key="provider").json()["body"]
    asked = a_draft(HOUSE, body=body, update_of=HOUSE)
    (fault,) = send(busy, "POST", "/v1/drafts", asked, "provider").json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/body", "recorded-beside")
    assert all(name in fault["detail"] for name in ("verification", "capacity_as_of", "free_places"))


def test_a_provider_reports_its_own_capacity_at_once(busy):
    """Beds are full within the hour, not within the review."""
    told_full = {"state": "full", "free_places": 0, "as_of": NOW.isoformat()}
    answer = send(busy, "POST", f"/v1/services/{HOUSE}/capacity", told_full, "provider")
    assert (answer.status_code, answer.json()["recorded"]["capacity"]) == (200, "full")


WRONG = [
    ({"kind": CANARY}, ("/kind", "unknown-value")),
    ({"slug": CANARY}, ("/slug", "not-a-slug")),
    ({CANARY: 1}, ("", "unknown-field")),
    ({"note": "x" * 501}, ("/note", "too-long")),
    ({"note": CANARY + "\x00"}, ("/note", "bad-text")),
    ({"sealed": CANARY}, ("/sealed", "unknown-value")),
    ({"body": CANARY}, ("/body", "wrong-type")),
    ({"body": {**SOUP, "free_places": 10**30}}, ("/body", "out-of-range")),
    ({"body": {**SOUP, CANARY: CANARY}}, ("/body", "unknown-field")),
    ({"body": {**SOUP, "safety": {CANARY: CANARY}}}, ("/body/safety", "unknown-field")),
    ({"body": {**SOUP, "codes": [CANARY]}}, ("/body/codes/0", "unknown-code")),
    ({"body": {**SOUP, "modality": CANARY}}, ("/body/modality", "unknown-value")),
    ({"body": {**SOUP, "languages": [CANARY]}}, ("/body/languages/0", "wrong-language")),
    ({"body": {**SOUP, "capacity_as_of": CANARY}}, ("/body/capacity_as_of", "wrong-date")),
    ({"body": {**SOUP, "sources": [{"url": CANARY, "title": "t"}]}}, ("/body/sources/0/url", "wrong-url")),
    ({"body": {**SOUP, "eligibility": {"nationalities": [CANARY]}}},
     ("/body/eligibility/nationalities/0", "wrong-country")),
    ({"body": {**SOUP, "contacts": [{"kind": CANARY, "value": CANARY}]}}, ("/body/contacts/0/kind", "unknown-value")),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("given", "found"), WRONG)
def test_every_fault_is_named_and_nothing_is_repeated(busy, given, found, language):
    """Pointer and code; the value stands nowhere in the answer."""
    answer = send(busy, "POST", "/v1/drafts", a_draft(**given), Accept_Language=language)

    assert told(answer) == (422, "faulty-data")
    assert found in codes(answer)
    assert not any(word in answer.text.lower() for word in WORDS)


def test_all_faults_come_at_once(busy):
    """Mended in one go."""
    body = {**SOUP, "codes": ["NO"], "place": 7, "modality": "flying", "weekly": "always", "slug": SOUP["slug"]}
    answer = send(busy, "POST", "/v1/drafts", a_draft(body=body))
    assert {pointer for pointer, _ in codes(answer)} == {
        "/body/codes/0", "/body/place", "/body/modality", "/body/weekly",
    }  # fmt: skip


@pytest.mark.parametrize("raw", [b"", b"{", b'{"kind": NaN}', b"[" * 5000, b"\xff", b'"x"', b"null", b"[]"])
def test_what_is_no_object_is_a_problem(busy, raw):
    """And never a crash."""
    headers = busy.headers("steward", **{"Content-Type": "application/json"})
    answer = busy.client.post("/v1/drafts", content=raw, headers=headers)
    assert told(answer)[0] in (400, 422)


def test_other_media_types_and_doubled_keys_are_refused(busy):
    """415, and a fault of its own."""
    headers = busy.headers("steward", **{"Content-Type": "text/plain"})
    assert told(busy.client.post("/v1/drafts", content=b"{}", headers=headers)) == (415, "wrong-media-type")
    headers = busy.headers("steward", **{"Content-Type": "application/json"})
    raw = b'{"kind":"link","kind":"link","slug":"x","body":{"a":{"b":1,"b":2}}}'
    answer = busy.client.post("/v1/drafts", content=raw, headers=headers)
    assert {("", "duplicate-key"), ("/body", "duplicate-key")} <= codes(answer)


@pytest.mark.parametrize("odd", ["%00", "..", "a%2Fb", "x" * 300, "%F0%9F%98%80", "A", "1' or '1'='1"])
def test_odd_addresses_lead_nowhere(busy, odd):
    """No database is asked for them."""
    for path in (f"/v1/services/{odd}", f"/v1/drafts/{odd}", f"/v1/links/{odd}"):
        assert send(busy, "GET", path).status_code == 404
