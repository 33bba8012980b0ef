"""`/hsds` as its consumers see it: pages, single records, streams, copies that are still good, and what is refused."""

import json
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from app.api import House
from app.api.access import ACCESS, OPEN_FEED
from app.api.problems import Problem
from app.desk import Desk
from app.domain.directory import Contact
from app.domain.provider import Verification, Visibility
from app.main import create_app
from app.registry.store import Store
from app.registry.tables import id_of
from app.routing import RankingPolicy
from tests.api.rooms import CANARY, WORDS, now, some_settings, the_reference, the_sandbox
from tests.registry.exchange.standard import faults, leaves, needs_the_standard

LISTS = {
    "services": "compiled/service_list.json",
    "organizations": "compiled/organization_list.json",
    "service_at_locations": "compiled/service_at_location_list.json",
    "taxonomies": "taxonomy.json",
    "taxonomy_terms": "taxonomy_term.json",
}
SINGLES = {name: shape.replace("_list", "") for name, shape in LISTS.items()}
STRANGER = "00000000-0000-4000-8000-000000000000"
ENVELOPE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}


@contextmanager
def a_feed(directory=None):
    """A running application over that directory (left out: the sandbox), with its register."""
    settings = some_settings()
    store = Store.open(settings.database_url, seal=settings.secrets().seal(), clock=now, create=True)
    store.load_directory(directory or the_sandbox(), by="a test", reason="invented")

    @contextmanager
    def opening(_):
        desk = Desk(store, the_reference(), policy=RankingPolicy(), clock=now)
        yield House.of(desk, find_key=lambda *_: None, clock=now, most_codes=12)

    with TestClient(create_app(settings, opening=opening)) as client:
        yield client, store
    store.close()


@pytest.fixture(scope="module")
def client(room):
    """A caller without a key."""
    return room.client


def page_of(client, path, **asked):
    """That page; it is one."""
    answer = client.get(f"/hsds/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def is_problem(answer, status, code):
    """Whether it is that problem, whole, and shows nothing of what was sent."""
    told = Problem.model_validate_json(answer.content)
    seen = (answer.text + str(answer.headers)).lower()
    return (answer.status_code, told.code) == (status, code) and not any(word in seen for word in WORDS)


def test_the_root_names_version_profile_and_description(client):
    """Interop 3.5: three parts, or a validator looks elsewhere. Both forms of the address."""
    told = client.get("/hsds/").json()

    assert told["version"] == "3.2.3"
    assert client.get("/hsds").json() == told
    for name in ("profile", "openapi_url"):
        assert client.get(told[name].removeprefix("http://testserver")).status_code == 200


def test_an_odd_host_is_not_repeated(client):
    """An answer that anybody may keep shows nothing that a caller made up."""
    answer = client.get("/hsds/", headers={"Host": 'x"><canary.example'})

    assert "canary" not in answer.text


def test_the_profile_is_published_file_by_file(client):
    """What is not one of its files is not found."""
    files = client.get("/hsds/profile/").json()["files"]

    for name, address in files.items():
        patch = client.get(address.removeprefix("http://testserver")).json()
        Draft202012Validator.check_schema(patch)
        assert name.endswith(".json") and patch["properties"]
    assert is_problem(client.get("/hsds/profile/README.md"), 404, "not-found")
    assert is_problem(client.get("/hsds/profile/..%2fplaces%2fplaces.csv"), 404, "not-found")


@needs_the_standard
@pytest.mark.parametrize("name", LISTS)
def test_every_page_and_every_record_keeps_to_the_standard(client, name):
    """Interop 3.5 (C): first, middle, last; each record of each page by its id, too."""
    first = page_of(client, name, per_page=40)
    pages = [page_of(client, name, per_page=40, page=number + 1) for number in range(first["total_pages"])]
    contents = [each for page in pages for each in page["contents"]]

    assert [page["size"] for page in pages] == [len(page["contents"]) for page in pages]
    assert len({each["id"] for each in contents}) == len(contents) == first["total_items"] > 0
    assert [fault for each in contents for fault in faults(LISTS[name], each)] == []
    for each in contents[:: max(1, len(contents) // 25)]:
        record = page_of(client, f"{name}/{each['id']}")
        assert record["id"] == each["id"]
        assert faults(SINGLES[name], record, profiled=name[:8] != "taxonomy") == []


@pytest.mark.parametrize("name", LISTS)
def test_a_page_knows_where_it_is(client, name):
    """The envelope of HSDS; a page beyond the last is empty and no error."""
    total = page_of(client, name)["total_items"]
    last = -(-total // 2)
    pages = {number: page_of(client, name, per_page=2, page=number) for number in {1, last, last + 1, 1_000_000}}

    for number, page in pages.items():
        assert set(page) == ENVELOPE
        assert (page["page_number"], page["total_pages"], page["total_items"]) == (number, last, total)
        assert (page["first_page"], page["last_page"], page["empty"]) == (number == 1, number >= last, number > last)
    assert page_of(client, name, search="nothing-is-called-so")["total_pages"] == 0


@pytest.mark.parametrize("name", LISTS)
def test_a_stream_has_what_the_pages_have(client, name):
    """One record a line, in the same order, without pages."""
    answer = client.get(f"/hsds/{name}", params={"format": "ndjson", "per_page": 1, "page": 3})
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert lines == page_of(client, name, per_page=500)["contents"]
    assert client.get(f"/hsds/{name}?format=ndjson&search=nothing-is-called-so").text == ""


def test_a_copy_is_good_until_something_changes():
    """A strong tag for each path and query; one change of the register makes another one of each but the terms'."""
    with a_feed() as (client, store):
        paths = [f"/hsds/{name}{query}" for name in LISTS for query in ("", "?per_page=1", "?format=ndjson")]
        paths += [f"/hsds/{name}/{page_of(client, name)['contents'][0]['id']}" for name in LISTS]
        tags = {path: client.get(path).headers["etag"] for path in paths}
        again = {path: client.get(path, headers={"If-None-Match": f'"x", {tag}'}) for path, tag in tags.items()}
        store.verify("sb-kz-adults.bed", method="phone", role="steward", by="a test", on=now().date())
        then = {path: client.get(path, headers={"If-None-Match": tag}).status_code for path, tag in tags.items()}

    assert len(set(tags.values())) == len(paths) and all(tag.startswith('"') for tag in tags.values())
    assert {answer.status_code for answer in again.values()} == {304}
    assert {answer.content for answer in again.values()} == {b""}
    assert {answer.headers["cache-control"] for answer in again.values()} == {"public, no-cache"}
    assert {path: answer.headers["etag"] for path, answer in again.items()} == tags
    assert then == {path: 304 if "taxonom" in path else 200 for path in paths}


def test_whoever_is_in_quarantine_is_out_of_the_next_answer():
    """H18; absent and hidden are the same answer but for its id."""
    with a_feed() as (client, store):
        id = str(id_of("service", "sb-kz-adults.bed"))
        before = page_of(client, f"services/{id}")
        store.quarantine("sb-kz-adults.bed", by="a test", reason="canary")
        hidden, absent = (client.get(f"/hsds/services/{each}").json() for each in (id, STRANGER))

        assert before["slug"] == "sb-kz-adults.bed"
        assert {**hidden, "request_id": ""} == {**absent, "request_id": ""}
        assert id not in client.get("/hsds/services?format=ndjson").text
        assert "canary" not in client.get("/hsds/organizations?full_service=true&format=ndjson").text


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("id", ["7", STRANGER, STRANGER.replace("-", ""), "%20", CANARY.replace(" ", "-"), "%00", "ы"])
def test_an_id_that_nobody_has_is_not_found(client, name, id):
    """Of whatever form it is."""
    assert is_problem(client.get(f"/hsds/{name}/{id}"), 404, "not-found")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("page", "0"), ("page", "-1"), ("page", "1e9"), ("page", CANARY), ("per_page", "0"), ("per_page", "501"),
        ("format", "csv"), ("search", "a\x00b"), ("search", "x" * 101), ("canary", "1"), ("postcode", "723500"),
        ("proximity", "1000"), ("page", ""),
    ],
)  # fmt: skip
def test_a_faulty_parameter_is_a_problem_that_repeats_nothing(client, name, parameter, value):
    """Interop 5; a search by postcode would find nothing and say that there is no help."""
    assert is_problem(client.get(f"/hsds/{name}", params={parameter: value}), 422, "faulty-query")


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("services", "organization_id", "7"), ("services", "taxonomy_term_id", CANARY), ("services", "full", "maybe"),
        ("services", "modified_after", "yesterday"), ("services", "modified_after", "5"),
        ("services", "modified_after", "9999-12-31T23:59:59-12:00"), ("services", "modified_after", "0001-01-01"),
        ("services", "full_service", "true"), ("organizations", "minimal", "true"),
        ("service_at_locations", "minimal", "true"), ("taxonomies", "full", "true"),
    ],
)  # fmt: skip
def test_a_parameter_of_another_list_or_form_is_refused(client, name, parameter, value):
    """Ignored in silence, it would look as if it had counted."""
    assert is_problem(client.get(f"/hsds/{name}", params={parameter: value}), 422, "faulty-query")


@pytest.mark.parametrize("name", LISTS)
def test_a_single_record_takes_no_query(client, name):
    """But whether an organization's services are told in full."""
    id = page_of(client, name)["contents"][0]["id"]
    answer = client.get(f"/hsds/{name}/{id}?full_service=true")

    assert (answer.status_code == 200) if name == "organizations" else is_problem(answer, 422, "faulty-query")


@pytest.mark.parametrize("name", LISTS)
def test_the_post_twin_says_the_same_and_is_kept_by_nobody(client, name):
    """S-03 in spirit: what somebody looks for is in no address."""
    told = client.post(f"/hsds/{name}", json={"search": "e", "page": 2, "per_page": 1})
    stream = client.post(f"/hsds/{name}", json={"format": "ndjson"})

    assert told.json() == page_of(client, name, search="e", page=2, per_page=1)
    assert stream.text == client.get(f"/hsds/{name}?format=ndjson").text
    for answer in (told, stream):
        assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
    assert client.post(f"/hsds/{name}", json={}, headers={"If-None-Match": "*"}).status_code == 200


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty-body"), (b"{", 400, "bad-json"), (b"\xff", 400, "bad-json"), (b"[]", 422, "faulty-query"),
        (b'{"canary": 1}', 422, "faulty-query"), (b'{"page": "1"}', 422, "faulty-query"),
        (b'{"page": 1, "page": 1}', 422, "faulty-query"), (b'{"search": "\\ud800"}', 422, "faulty-query"),
        (b'{"search": "\\u0000"}', 422, "faulty-query"), (b'{"page": true}', 422, "faulty-query"),
        (b'{"page": 1e400}', 422, "faulty-query"), (b"null", 422, "faulty-query"),
        (('{"search": ["' + CANARY + '"]}').encode(), 422, "faulty-query"),
    ],
)  # fmt: skip
def test_a_faulty_body_is_a_problem_that_repeats_nothing(client, name, body, status, code):
    """All faults at once, by pointers to our own names."""
    answer = client.post(f"/hsds/{name}", content=body, headers={"Content-Type": "application/json"})

    assert is_problem(answer, status, code)


def test_all_faults_of_a_body_are_told_at_once(client):
    """By pointer."""
    answer = client.post("/hsds/services", json={"page": 0, "full": 1, "modified_after": 5, "taxonomy_id": "x"})

    assert [each["pointer"] for each in answer.json()["errors"]] == [
        "/full", "/modified_after", "/page", "/taxonomy_id",
    ]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_other_ways_of_asking_are_refused(client, name):
    """A query belongs to GET, a body is JSON, and nothing here can be changed."""
    path = f"/hsds/{name}"

    assert is_problem(client.post(f"{path}?page=1", json={}), 422, "faulty-query")
    assert is_problem(client.post(path, content=b"{}", headers={"Content-Type": "text/plain"}), 415, "wrong-media-type")
    assert is_problem(client.put(path, json={}), 405, "method-not-allowed")
    assert client.put(path, json={}).headers["allow"] == "GET, POST"
    assert is_problem(client.delete(f"{path}/{STRANGER}"), 405, "method-not-allowed")


def test_filters_reach_the_register(client):
    """The parameters of HSDS, each of them."""
    organization = str(id_of("organization", "sb-kz-adults"))
    terms = {term["code"]: term["id"] for term in page_of(client, "taxonomy_terms")["contents"]}
    taxonomy = page_of(client, "taxonomies")["contents"][0]["id"]
    own = {"organization_id": organization, "taxonomy_term_id": terms["SHL-VOT"], "taxonomy_id": taxonomy}

    for name in ("services", "service_at_locations"):
        (head,) = page_of(client, name, **own)["contents"]
        (full,) = page_of(client, name, full="true", **own)["contents"]
        assert full == page_of(client, f"{name}/{head['id']}")
        assert page_of(client, name, **{**own, "taxonomy_term_id": terms["CJS-REP"]})["empty"]
        assert page_of(client, name, modified_after="2100-01-01T00:00:00Z", **own)["empty"]
        assert page_of(client, name, modified_after="2026-11-23", **own)["total_items"] == 1
    assert page_of(client, "services", minimal="true")["size"] == page_of(client, "services")["total_items"]
    assert page_of(client, "taxonomy_terms", taxonomy_id=taxonomy, top_only="true")["total_items"] == len(terms) == 45
    assert page_of(client, "taxonomy_terms", parent_id=taxonomy)["empty"]
    assert page_of(client, "taxonomy_terms", taxonomy_id=STRANGER)["empty"]
    full = page_of(client, "organizations", full_service="true", search="Women Alone")["contents"]
    assert full == [page_of(client, f"organizations/{organization}", full_service="true")]
    assert "attributes" in full[0]["services"][0]
    assert "attributes" not in page_of(client, f"organizations/{organization}")["services"][0]


def test_the_feed_may_be_read_by_any_page(client):
    """Interop 3.5: open access; the rest of the service stays closed to other origins."""
    assert client.get("/hsds/services").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/v1/codes").headers


def test_its_own_document_describes_it_and_only_reads(client):
    """A validator sends what it finds with real ids: no operation here changes anything."""
    document = client.get("/hsds/openapi.json").json()
    operations = [(path, method, told) for path, way in document["paths"].items() for method, told in way.items()]
    ids = [told["operationId"] for _, _, told in operations]
    described = {(method.upper(), f"/hsds{path}") for path, method, _ in operations}

    validate(document)
    assert len(ids) == len(set(ids))
    assert {method for path, method, _ in operations if "{" in path} == {"get"}
    assert {method for _, method, _ in operations} == {"get", "post"}
    assert described == OPEN_FEED - {("GET", "/hsds"), ("GET", "/hsds/openapi.json")}
    assert all(told["responses"]["200"] and told["summary"] and told["description"] for _, _, told in operations)
    assert not any(path.startswith("/hsds") for path in client.get("/openapi.json").json()["paths"])
    assert OPEN_FEED.isdisjoint(ACCESS)


@pytest.mark.parametrize("name", LISTS)
def test_answers_keep_to_that_document(client, name):
    """What it promises of pages and records."""
    document = client.get("/hsds/openapi.json").json()
    for path, answer in ((f"/{name}", page_of(client, name)), (f"/{name}", page_of(client, name, search="zz"))):
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer)


def a_secret_directory():
    """The sandbox, each service with secrets of every kind; and the secrets."""
    secrets = []

    def secret(kind, slug):
        secrets.append(f"hush-{kind}-{len(secrets)}")
        return f"{secrets[-1]}@example.org"

    def guarded(service):
        hidden = [
            Contact(
                kind=kind, value=secret(kind, service.slug), visibility=visibility, note=secret("note", service.slug)
            )
            for kind in ("phone", "email", "website", "in_person", "address")
            for visibility in (Visibility.RESTRICTED, Visibility.NETWORK)
        ]
        hidden.append(Contact(kind="address", value=secret("street", service.slug)))
        if service.address_confidential:
            hidden.append(Contact(kind="in_person", value=secret("door", service.slug)))
        return replace(service, contacts=(*service.contacts, *hidden))

    directory = the_sandbox()
    kept = tuple(replace(o, services=tuple(map(guarded, o.services))) for o in directory.organizations)
    return replace(directory, organizations=kept), secrets


def test_no_secret_of_the_register_is_in_any_answer(capfd):
    """Interop 3.5 (D), S-24: confidential doors, contacts of the network, restricted and sealed ones; answers of every
    path, errors, headers and log lines."""
    directory, secrets = a_secret_directory()
    with a_feed(directory) as (client, store):
        store.quarantine("sb-kz-adults.bed", by="hush-author-1", reason="hush-reason-1")
        seen = []
        for name in LISTS:
            ids = [each["id"] for each in page_of(client, name, per_page=500)["contents"]]
            paths = [f"/hsds/{name}/{id}" for id in [*ids[:6], STRANGER]]
            paths += [f"/hsds/{name}?{query}" for query in ("format=ndjson", "per_page=500", "page=0", "search=hush")]
            paths += [f"/hsds/{name}?full=true&per_page=500", f"/hsds/{name}?full_service=true&format=ndjson"]
            answers = [client.get(path) for path in paths]
            answers.append(client.post(f"/hsds/{name}", json={"search": "hush"}))
            seen += [answer.text + str(answer.headers) for answer in answers]
            assert answers[-1].json()["empty"]
    log = "".join(capfd.readouterr())

    assert len(secrets) > 1000
    assert "hush" not in "".join(seen)
    assert "hush" not in log


def test_neither_order_nor_search_tells_where_a_confidential_location_is():
    """S-11: the same lists, wherever the houses are; a town finds no hidden house."""
    sandbox = the_sandbox()

    def moved(service):
        return replace(service, place="osh") if service.address_confidential else service

    elsewhere = replace(
        sandbox,
        organizations=tuple(replace(o, services=tuple(map(moved, o.services))) for o in sandbox.organizations),
    )
    told = []
    for directory in (sandbox, elsewhere):
        with a_feed(directory) as (client, _):
            asked = [{}, *({"search": town} for town in ("osh", "almaty", "Ош", "shymkent"))]
            told.append([
                [each["id"] for each in page_of(client, name, per_page=500, **each_asked)["contents"]]
                for name in ("services", "service_at_locations", "organizations") for each_asked in asked
            ])  # fmt: skip
            hidden = [
                each["service_at_locations"][0]["location"]
                for each in page_of(client, "services", full="true", per_page=500)["contents"]
                if each["address_confidential"]
            ]
            words = {word for each in hidden for word in leaves(each)}
            assert len(hidden) > 10 and not words & {"osh", "Osh", "almaty", "Almaty", "shymkent", "Shymkent"}

    assert told[0] == told[1]


def test_ids_are_the_same_in_every_register(client):
    """A link into our feed holds after a restore."""
    for each in page_of(client, "services", per_page=500)["contents"]:
        assert UUID(each["id"]) == id_of("service", each["slug"])


def test_a_log_line_has_no_query_and_no_id(client, capfd):
    """S-05."""
    client.get(f"/hsds/services?search={CANARY}")
    client.get(f"/hsds/services/{STRANGER}")
    log = capfd.readouterr().err.lower()

    assert '"route": "/hsds/services/{id}"' in log
    assert STRANGER not in log and not any(word in log for word in WORDS)


def test_what_nobody_verified_has_no_day(client):
    """P08: unknown is left out."""
    told = page_of(client, "services", full="true", per_page=500)["contents"]

    assert all(("assured_date" in each) == ("on" in each.get("verification", {})) for each in told)
    assert Verification().on is None
