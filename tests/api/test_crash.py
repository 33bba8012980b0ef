"""When the house breaks: a bare 500, a log line with places in the code, and not a word of the person."""

import asyncio
import json

import pytest

from app.desk import Desk
from app.domain.errors import Fault, FaultyProblem, FaultyProfile, NotFound, OverBudget
from tests.api.rooms import CANARY, WORDS, a_body, a_room


def _breaks(error):
    """A desk that raises that error with the person's own words in it."""

    class Broken(Desk):
        def plan(self, profile, *_, **__):
            raise error

        why_not = plan

    return Broken


def _deep(profile):
    raise KeyError(CANARY) from ValueError(profile)


class _Chained(Desk):
    def plan(self, profile, *_, **__):
        _deep(profile)


@pytest.mark.parametrize(
    "desk",
    [
        _breaks(RuntimeError(CANARY)),
        _breaks(FaultyProblem((Fault(CANARY, 1, CANARY, CANARY, CANARY),))),
        _breaks(RecursionError(CANARY)),
        _breaks(UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY)),
        _breaks(ExceptionGroup(CANARY, [ValueError(CANARY)])),
        _Chained,
    ],
)
def test_a_crash_says_nothing(desk, capfd):
    """S-01: neither answer nor log holds a message or a value of the traceback."""
    with a_room(desk) as room:
        answer = room.ask(a_body(exclude_providers=["zzcanary-qwertova"]), **{"X-Request-ID": "crash-test-0001"})
    seen = capfd.readouterr()

    lines = [json.loads(line) for line in seen.err.splitlines()]
    (crash,) = [line for line in lines if line["event"] == "crash"]
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["cache-control"] == "no-store"
    assert crash["request_id"] == answer.json()["request_id"] == "crash-test-0001"
    assert crash["frames"]
    assert not any(word in (answer.text + seen.out + seen.err).lower() for word in WORDS)


def test_after_a_crash_the_next_request_is_served(capfd):
    """One broken plan breaks no other; the turnstile lets the next one in."""
    with a_room(_breaks(RuntimeError(CANARY)), plans_at_once=1) as room:
        assert [room.ask(a_body()).status_code for _ in range(3)] == [500, 500, 500]
        assert room.client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound(CANARY), 404), (FaultyProfile((Fault("", 0, "/profile/needs", "some-new-code", "mend it"),)), 422)],
)
def test_faults_of_the_desk_become_problems(error, status, capfd):
    """Their messages stay inside; pointers, codes and mends are ours."""
    with a_room(_breaks(error)) as room:
        answer = room.ask({**a_body(), "point": "x"}, path="/v1/routes/why-not")
    seen = capfd.readouterr()

    assert answer.status_code == status
    assert not any(word in (answer.text + seen.out + seen.err).lower() for word in WORDS)


def test_a_desk_that_cannot_plan_is_not_ready(capfd):
    """503 until it can."""

    class Empty(Desk):
        def ready(self):
            return False

    class Dead(Desk):
        def ready(self):
            raise OSError(CANARY)

    for desk in (Empty, Dead):
        with a_room(desk) as room:
            answer = room.client.get("/health/ready")
            assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
            assert answer.headers["retry-after"]
            room.client.app.state.house = None
            assert room.client.get("/v1/hotlines").status_code == 503
            assert room.client.get("/health/live").status_code == 200
    assert "canary" not in capfd.readouterr().err.lower()


def test_too_many_plans_at_once_are_told_to_come_back():
    """503 with Retry-After; a place that is given back can be taken again."""
    with a_room(plans_at_once=1) as room:
        with room.client.app.state.turnstile.passed():
            answer = room.ask(a_body())

        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "1")
        assert room.ask(a_body()).status_code == 200


def test_a_search_over_its_budget_is_a_problem_of_its_own_and_never_a_worse_route(capfd):
    """Issue 3: typed, without a value of the profile, and without a promise that trying again will help."""
    with a_room(_breaks(OverBudget(CANARY))) as room:
        for path, more in (("/v1/routes", {}), ("/v1/routes/why-not", {"point": "x"})):
            answer = room.ask({**a_body(), **more}, path=path)
            told = answer.json()
            assert (answer.status_code, told["code"], told["errors"]) == (503, "over-budget", [])
            assert told["type"] == "urn:referral:problem:over-budget"
            assert "retry-after" not in answer.headers
            assert not any(word in answer.text.lower() for word in WORDS)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert "crash" not in {line["event"] for line in lines}


def test_a_caller_who_hangs_up_breaks_nothing(capfd):
    """One line about the request, none about a crash, and nothing sent to nobody."""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    with a_room() as room:
        headers = {"host": "x", "content-type": "application/json", "content-length": "9", **room.headers()}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/v1/routes", "raw_path": b"/v1/routes", "query_string": b"", "server": ("x", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        asyncio.run(room.client.app(scope, receive, send))

    events = [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()]
    assert (events.count("request"), events.count("crash"), sent) == (1, 0, [])
