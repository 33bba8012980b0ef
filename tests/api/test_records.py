"""Published records for their keepers, through the real desk: what is recorded acts on routes at the next request."""

from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from tests.api.rooms import NOW, a_body, a_room
from tests.api.test_drafts import HOUSE, OFFICE, created, send, step, told

BED = "sb-kz-south-house.bed"


@pytest.fixture(scope="module")
def busy():
    """An application whose register these tests change."""
    with a_room() as opened:
        yield opened


@pytest.fixture
def fresh():
    """An application of its own."""
    with a_room() as opened:
        yield opened


def points_of(room):
    """Every service point that the routes for an invented person name."""
    answer = room.ask(a_body())
    assert answer.status_code == 200
    return {one["provider"]["point"] for route in answer.json()["routes"] for one in route["steps"]}


def test_quarantine_acts_at_the_next_request_and_lifting_too(fresh):
    """H18: out of all routes at once, through the desk that answers hotlines; the reason is told to no one there."""
    before = points_of(fresh)
    assert BED in before
    reason = {"reason": "safeguarding", "note": "a report that is being looked into"}

    answer = send(fresh, "POST", f"/v1/services/{BED}/quarantine", reason)
    assert (answer.status_code, answer.json()["recorded"]["quarantined"]) == (200, True)
    assert BED not in points_of(fresh)
    why = fresh.ask({**a_body(), "point": BED}, path="/v1/routes/why-not")
    assert not any("looked into" in text for text in (answer.text, why.text, fresh.ask(a_body()).text))

    assert send(fresh, "POST", f"/v1/services/{BED}/lift", {"reason": "settled"}).status_code == 200
    assert points_of(fresh) == before


def test_an_archived_service_is_in_no_route(fresh):
    """Nor in any answer; its slug is as good as unknown, its history is not."""
    etag = send(fresh, "GET", f"/v1/services/{BED}/record").headers["etag"]
    assert told(send(fresh, "POST", f"/v1/services/{BED}/archive", {"reason": "x"}))[0] == 428
    gone = send(fresh, "POST", f"/v1/services/{BED}/archive", {"reason": "closed"}, If_Match=etag)
    assert (gone.status_code, gone.json()) == (200, {"kind": "service", "slug": BED, "archived": True})

    assert BED not in points_of(fresh)
    assert told(send(fresh, "GET", f"/v1/services/{BED}/record")) == (404, "not-found")
    entries = send(fresh, "GET", f"/v1/services/{BED}/history").json()["entries"]
    assert [(one["action"], one["reason"]) for one in entries][-1] == ("removed", "closed")


def test_a_published_edit_is_in_the_next_route(fresh):
    """The desk reads what the stewards wrote."""
    record = send(fresh, "GET", f"/v1/services/{BED}/record")
    draft = send(fresh, "PATCH", f"/v1/services/{BED}", {"body": {"status": "temporarily closed"}},
                 If_Match=record.headers["etag"])  # fmt: skip
    assert BED in points_of(fresh)
    step(fresh, step(fresh, draft.json(), "submit").json(), "publish", "second")
    assert BED not in points_of(fresh)


def test_verifying_moves_the_etag_and_the_worklist(busy):
    """H19: due services first; what was verified today is not due."""
    path = f"/v1/services/{OFFICE}"
    before = send(busy, "GET", f"{path}/record")
    body = {"method": "visit", "role": "steward", "on": NOW.date().isoformat()}
    answer = send(busy, "POST", f"{path}/verify", body)

    assert answer.json()["recorded"]["verified_on"] == "2026-11-23"
    assert answer.headers["etag"] != before.headers["etag"]
    assert answer.json()["body"] == before.json()["body"]
    tasks = send(busy, "GET", "/v1/worklist?days=366&limit=200").json()
    assert OFFICE in {one["slug"] for one in tasks["tasks"]} and tasks["total"] >= len(tasks["tasks"])
    assert OFFICE not in {one["slug"] for one in send(busy, "GET", "/v1/worklist?days=30&limit=200").json()["tasks"]}
    assert send(busy, "GET", "/v1/worklist?country=TM&days=366").json()["tasks"][0]["country"] == "TM"
    late = {**body, "on": "2026-12-01"}
    assert told(send(busy, "POST", f"{path}/verify", late)) == (422, "faulty-data")


@pytest.mark.parametrize(("slug", "hours"), [(BED, 24), (OFFICE, 168)])
def test_a_report_of_capacity_says_when_it_expires(busy, slug, hours):
    """Standards, section 3c: a day for beds, a week for all else."""
    as_of = NOW - timedelta(minutes=5)
    report = {"state": "limited", "free_places": 1, "as_of": as_of.isoformat()}
    recorded = send(busy, "POST", f"/v1/services/{slug}/capacity", report).json()["recorded"]
    assert (recorded["capacity"], recorded["free_places"]) == ("limited", 1)
    assert recorded["capacity_expires_at"] == (as_of + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    older = {**report, "as_of": (as_of - timedelta(hours=1)).isoformat()}
    assert {one["code"] for one in send(busy, "POST", f"/v1/services/{slug}/capacity", older).json()["errors"]} == {
        "older-report"
    }


def test_a_repeated_report_is_recorded_once(busy):
    """A telephone network that loses answers makes no double entries."""
    report = {"state": "open", "as_of": NOW.isoformat()}
    path = f"/v1/services/{HOUSE}"
    first = send(busy, "POST", f"{path}/capacity", report, Idempotency_Key="r1")
    again = send(busy, "POST", f"{path}/capacity", report, Idempotency_Key="r1")
    assert first.content == again.content
    entries = send(busy, "GET", f"{path}/history?limit=200").json()["entries"]
    assert [one["action"] for one in entries].count("capacity") == 1


@pytest.mark.parametrize("collection", ["organizations", "locations", "service_at_locations", "links"])
def test_collections_are_read_in_pages_and_items_one_by_one(busy, collection):
    """Every record once, by slug, as the item tells it."""
    seen, after = [], ""
    while after is not None:
        page = send(busy, "GET", f"/v1/{collection}?limit=90&after={after}").json()
        seen += page["records"]
        after = page["next"]
    slugs = [one["slug"] for one in seen]
    assert slugs == sorted(set(slugs)) and len(slugs) > 30
    item = send(busy, "GET", f"/v1/{collection}/{slugs[7]}")
    assert (item.json(), item.headers["etag"]) == (seen[7], seen[7]["etag"])
    assert send(busy, "GET", f"/v1/{collection}/{slugs[7]}", If_None_Match=seen[7]["etag"]).status_code == 304


@pytest.mark.parametrize(
    ("collection", "slug", "edit"),
    [
        ("organizations", "sb-kz-hospital", {"note": "A new note"}),
        ("locations", HOUSE, {"place": "taraz"}),
        ("service_at_locations", HOUSE, {"languages": ["kk"]}),
        ("links", "ln-sb-kg-line-kg-house-bed", {"mode": "booked"}),
    ],
)
def test_every_kind_is_edited_by_a_draft(busy, collection, slug, edit):
    """And by nothing else; an old ETag makes none."""
    path = f"/v1/{collection}/{slug}"
    record = send(busy, "GET", path)
    assert told(send(busy, "PATCH", path, {"body": edit})) == (428, "precondition-required")
    assert told(send(busy, "PATCH", path, {"body": edit}, If_Match='"r1"')) == (412, "precondition-failed")
    draft = send(busy, "PATCH", path, {"body": edit}, If_Match=record.headers["etag"]).json()
    assert send(busy, "GET", path).json() == record.json()

    assert step(busy, step(busy, draft, "submit").json(), "publish", "second").status_code == 200
    after = send(busy, "GET", path)
    assert after.json()["body"] == {**record.json()["body"], **edit}
    assert after.headers["etag"] != record.headers["etag"]
    (last,) = send(busy, "GET", f"{path}/history", key="auditor").json()["entries"][-1:]
    assert [one["pointer"] for one in last["changes"]] == [f"/{name}" for name in edit]


def test_the_feed_of_changes_is_followed_by_its_cursor(busy):
    """For a mirror: what changed since it looked last."""
    cursor, more = None, True
    while more:
        page = send(busy, "GET", "/v1/changes?limit=200" + (f"&since={cursor}" if cursor else "")).json()
        cursor, more = page["cursor"], page["more"]
    draft = created(busy, slug="sb-kz-hospital.feed")
    step(busy, step(busy, draft, "submit").json(), "publish", "second")
    page = send(busy, "GET", f"/v1/changes?since={cursor}", key="auditor").json()
    assert [(one["slug"], one["action"], one["tombstone"]) for one in page["changes"]] == [
        ("sb-kz-hospital.feed", "created", False)
    ]
    assert told(send(busy, "GET", "/v1/changes?since=MS4x")) == (422, "cursor-unknown")
    assert told(send(busy, "GET", "/v1/changes?since=%00")) == (422, "faulty-query")


def test_an_organization_leaves_after_its_services(busy):
    """409 while anything needs it."""
    etag = send(busy, "GET", "/v1/organizations/sb-kz-hospital").headers["etag"]
    refused = send(busy, "POST", "/v1/organizations/sb-kz-hospital/archive", {"reason": "x"}, If_Match=etag)
    assert told(refused) == (409, "in-use")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("verify", {"method": "dream", "role": "Anna", "on": "yesterday"}),
        ("capacity", {"state": "packed", "free_places": -1, "as_of": "now"}),
        ("quarantine", {"reason": "because", "note": "x" * 301}),
        ("lift", {}),
    ],
)
def test_reports_take_closed_lists_only(busy, path, body):
    """A name or a story has no place in them."""
    answer = send(busy, "POST", f"/v1/services/{HOUSE}/{path}", body)
    assert told(answer) == (422, "faulty-data")
    wrong = set(body) or {"reason"}
    assert {one["pointer"].strip("/") or "reason" for one in answer.json()["errors"]} == wrong


def test_answers_keep_to_the_contract_and_to_its_statuses(busy):
    """What the document says is what comes."""
    document = busy.client.get("/openapi.json").json()
    record = send(busy, "GET", f"/v1/services/{OFFICE}/record")
    draft = created(busy, slug="sb-kz-hospital.contract")
    asked = [
        ("/v1/services/{slug}/record", "get", record),
        ("/v1/services/{slug}/history", "get", send(busy, "GET", f"/v1/services/{OFFICE}/history")),
        ("/v1/organizations", "get", send(busy, "GET", "/v1/organizations")),
        ("/v1/drafts", "get", send(busy, "GET", "/v1/drafts")),
        ("/v1/drafts/{draft}", "get", send(busy, "GET", f"/v1/drafts/{draft['id']}")),
        ("/v1/drafts/{draft}/comparison", "get", send(busy, "GET", f"/v1/drafts/{draft['id']}/comparison")),
        ("/v1/drafts/{draft}/submit", "post", step(busy, draft, "submit")),
        ("/v1/drafts/{draft}/submit", "post", step(busy, draft, "submit")),
        ("/v1/changes", "get", send(busy, "GET", "/v1/changes")),
        ("/v1/worklist", "get", send(busy, "GET", "/v1/worklist?days=366")),
        ("/v1/services/{slug}", "patch", send(busy, "PATCH", f"/v1/services/{OFFICE}", {"body": {"name": "N"}},
                                              If_Match="*")),
        ("/v1/services/{slug}", "patch", send(busy, "PATCH", f"/v1/services/{OFFICE}", {"body": {}})),
    ]  # fmt: skip
    for path, method, answer in asked:
        media = document["paths"][path][method]["responses"][str(answer.status_code)]["content"]
        (schema,) = (one["schema"] for one in media.values())
        whole = {**schema, "components": document["components"]}
        Draft202012Validator(whole).validate(answer.json())


def test_the_worklist_is_read_to_its_end_in_pages(busy):
    """Every service once, in one order."""
    whole = send(busy, "GET", "/v1/worklist?days=366&limit=200").json()
    seen, after = [], ""
    while after is not None:
        page = send(busy, "GET", f"/v1/worklist?days=366&limit=60&after={after}").json()
        seen += page["tasks"]
        after = page["next"]
    assert len({one["slug"] for one in seen}) == len(seen) == whole["total"] == page["total"]
    assert seen[: len(whole["tasks"])] == whole["tasks"]
    assert told(send(busy, "GET", "/v1/worklist?after=excluded")) == (422, "faulty-query")
