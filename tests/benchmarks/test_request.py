"""Timers count what a part does itself."""

import asyncio
from collections import Counter

import pytest

from benchmarks import request
from benchmarks._servers import loaded_register


def test_a_part_inside_another_is_not_counted_twice():
    timers = request.Timers()
    inner = timers.around(lambda: sum(range(20_000)), "inner")
    outer = timers.around(lambda: [inner() for _ in range(3)], "outer")
    outer()

    assert timers.seconds["inner"] > timers.seconds["outer"] > 0


def test_a_part_that_fails_is_counted_and_fails():
    timers = request.Timers()
    with pytest.raises(ZeroDivisionError):
        timers.around(lambda: 1 / 0, "part")()
    assert timers.seconds["part"] > 0


def test_timers_are_taken_away_again():
    from app.registry.store import Store

    before = Store.find_key
    with request.timed_parts():
        assert Store.find_key is not before
    assert Store.find_key is before


def test_what_the_engine_does_inside_its_questions_is_theirs():
    timers = request.Timers()
    search = timers.around(lambda: None, "engine: search")
    questions = timers.around(search, f"{request.QUESTIONS}: the rest")
    search()
    questions()

    assert list(timers.seconds) == [
        "engine: search", f"{request.QUESTIONS}: search", f"{request.QUESTIONS}: the rest",
    ]  # fmt: skip
    assert request.ordered(timers.seconds) == list(timers.seconds)


def test_a_part_that_moved_is_found_and_one_that_is_gone_is_told():
    """Then its time belongs to the part around it, and the reader has to know."""
    from app.routing import opening

    assert request.found("app.routing.nowhere:look_again") == (opening, "look_again")
    assert request.found("app.routing.opening:gone") is None
    assert request.found("app.routing.search:Gone.done") is None
    assert "`app.x:gone`" in request.table(Counter({request.REST: 1.0}), 1, ["app.x:gone"])


def test_every_part_of_the_table_is_there(tmp_path, monkeypatch):
    """A part that was renamed is no longer timed, and its time would go to another one."""
    register = loaded_register(tmp_path, source="sandbox")
    for name, value in register.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(request, "bodies", lambda most_needs: request_bodies[:2])
    from benchmarks._bodies import bodies

    request_bodies = bodies()
    with request.timed_parts() as timers:
        total = asyncio.run(request.measured(timers, register.key, repeats=1, most_needs=2))

    outside = {name for where, name in request.PARTS if not where.startswith("app.routing")}
    assert set(total) >= outside - {"holder and excluded providers"} | {request.REST}
    assert all(seconds > 0 for seconds in total.values())
    assert "| **whole** |" in request.table(total, 2)
