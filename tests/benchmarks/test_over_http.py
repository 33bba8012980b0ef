"""What the measurement of HTTP rests on: good bodies, a client that reads whole answers, equal bytes."""

import json
import os
import socket
import threading
from collections import Counter
from contextlib import suppress

import pytest
from fastapi.testclient import TestClient

from app.api.body import RoutesRequest
from benchmarks import _servers
from benchmarks._bodies import bodies
from benchmarks._client import REQUEST_ID, Connection, Measured, loaded, percentile_ms, request_bytes


def test_the_mix_is_the_same_every_time_and_has_one_to_four_needs():
    """Ratios of one run compare the same requests."""
    made = bodies()
    needs = Counter(len(RoutesRequest.model_validate_json(body, strict=True).profile.needs) for body in made)

    assert made == bodies()
    assert dict(needs) == {1: 12, 2: 12, 3: 12, 4: 12}


def served(pieces, *, times):
    """A port on which whoever asks gets these pieces, one after the other, that many times."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        with suppress(OSError), listening, listening.accept()[0] as connection:
            for _ in range(times):
                connection.recv(65_536)
                for piece in pieces:
                    connection.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    return listening.getsockname()[1]


def test_an_answer_in_pieces_is_read_whole():
    """Nothing is counted before its last byte is here."""
    port = served([b"HTTP/1.1 200 OK\r\nConte", b"nt-Length: 5\r\n\r\nab", b"cde"], times=2)
    connection = Connection(port)

    assert [connection.answer(request_bytes("/x", b"{}", "rk_x")) for _ in range(2)] == [(200, b"abcde")] * 2
    connection.close()


def test_a_server_that_hangs_up_is_no_answer():
    connection = Connection(served([b"HTTP/1.1 200 OK\r\n"], times=1))

    with pytest.raises(ConnectionError):
        connection.answer(request_bytes("/x"))
    connection.close()


def test_a_run_counts_what_was_not_answered_well():
    """A refusal is fast; it must not pass for an answer."""
    port = served([b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"], times=100_000)
    run = loaded(port, [request_bytes("/x", b"{}")], connections=1, seconds=0.05)

    assert run.failed == len(run.seconds) > 0
    assert run.took >= 0.05


def test_runs_add_up():
    total = Measured()
    for _ in range(2):
        total.add(Measured(seconds=[0.1, 0.3], took=0.5, failed=1))

    assert (total.a_second, total.failed, percentile_ms(total.seconds, 50)) == (4.0, 2, pytest.approx(200.0))


def test_all_three_servers_give_the_same_bytes(tmp_path, monkeypatch):
    """The limit of the stack is that of the same answers."""
    register = _servers.loaded_register(tmp_path, source="sandbox")
    for name in set(register.environment) - set(os.environ) | {_servers.ANSWERS}:
        monkeypatch.setenv(name, register.environment[name])
    body = bodies(1)[0]
    headers = {
        "Authorization": f"Bearer {register.key}",
        "Content-Type": "application/json",
        "X-Request-ID": REQUEST_ID,
    }

    def told(factory):
        with TestClient(factory()) as client:
            return client.post("/v1/routes", content=body, headers=headers)

    answer = told(_servers.whole)
    _servers.write_answers(register, {body: answer.content})
    ready, bare = told(_servers.ready), told(_servers.bare)

    assert json.loads(answer.content)["outcome"]
    assert answer.content == ready.content == bare.content
    assert dict(answer.headers) == dict(ready.headers)


def test_the_limit_of_the_stack_asks_for_a_key_too(tmp_path, monkeypatch):
    register = _servers.loaded_register(tmp_path, source="sandbox")
    _servers.write_answers(register, {})
    for name in set(register.environment) - set(os.environ):
        monkeypatch.setenv(name, register.environment[name])

    with TestClient(_servers.ready()) as client:
        answer = client.post("/v1/routes", content=b"{}", headers={"Content-Type": "application/json"})

    assert answer.status_code == 401
