"""A database that goes away and comes back costs errors only while it is away; routes go on and say so."""

import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.access import Role
from tests import postgres
from tests.conftest import without_postgres
from tests.databases import in_file
from tests.running.servers import BED, filled, points_of, register, serving


class File:
    """A register in a file, which is away when it is moved away."""

    def __init__(self, url):
        self.url = url
        self.file = Path(url.removeprefix("sqlite:///"))

    def leave(self):
        for path in self.file.parent.glob(f"{self.file.name}*"):
            path.rename(path.parent / f"away-{path.name}")

    def come_back(self):
        for path in self.file.parent.glob("away-*"):
            path.rename(path.parent / path.name.removeprefix("away-"))


class Power:
    """A PostgreSQL of its own, which is away when its power goes."""

    def __init__(self, url, place):
        self.url, self.place = url, place

    def leave(self):
        postgres.stop(self.place)

    def come_back(self):
        assert postgres.start(self.place) == self.url


@contextmanager
def own_postgres():
    """A server that the test may kill."""
    place = Path(tempfile.mkdtemp(prefix="referral-pg-"))
    try:
        url = postgres.start(place)
        if not url:
            without_postgres()
        yield Power(url, place)
    finally:
        if (place / "data" / "postmaster.pid").exists():
            postgres.stop(place)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path, sqlite_template):
    """A database that can leave and come back."""
    if request.param == "sqlite":
        yield File(in_file(tmp_path, migrated=True, template=sqlite_template))
    else:
        with own_postgres() as power:
            yield power


def test_routes_go_on_while_the_database_is_away_and_say_so(database, tmp_path):
    """Issue 4, 6. What cannot be told is refused: another key, a provider to be left out that nobody knows."""
    key = filled(database.url)
    with register(database.url) as store:
        store.quarantine(BED, by="a steward", reason="doubt")
        other = store.create_key(Role.OPERATOR, "sb-kz-line", (), store.list_keys()[0].expires_on)[0]
    with serving(database.url, key, tmp_path) as server:
        before = server.ask()
        database.leave()
        during = [server.ask() for _ in range(3)]
        ready = server.ready()
        refused = [server.ask(key=other), server.ask(exclude_providers=["no-such-provider"])]
        hotlines = server.client.get("/v1/hotlines?country=KZ")
        database.come_back()
        after = server.until(lambda answer: answer.status_code == 200 and not is_away(answer))
        with register(database.url) as store:
            store.lift(BED, by="a steward", reason="cleared")
        lifted = server.ask()

        assert before.status_code == 200 and not is_away(before)
        for answer in during:
            assert answer.status_code == 200 and is_away(answer)
            assert answer.json()["warnings"][0]["text"].startswith("The register cannot be reached")
            assert answer.json()["routes"] == before.json()["routes"]
            assert answer.json()["leads"] == before.json()["leads"]
            assert BED not in points_of(answer)
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        for answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (503, "database-away")
            assert answer.headers["retry-after"]
        assert hotlines.status_code == 200
        assert after.json()["routes"] == before.json()["routes"]
        assert server.ready().json()["status"] == "ready"
        assert server.ask(key=other).status_code == 200
        assert BED in points_of(lifted)


def is_away(answer):
    """Whether the answer says that it rests on the last that was known."""
    return answer.json()["versions"]["database"] == "away"


def test_a_writer_who_takes_long_keeps_no_question_waiting(tmp_path, sqlite_template):
    """Readers of a file in WAL mode see the state before; that a key was used is noted another time."""
    url = in_file(tmp_path, migrated=True, template=sqlite_template)
    key = filled(url)
    with serving(url, key, tmp_path) as server, closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as writer:
        writer.execute("begin immediate")
        writer.execute("update service_at_location set quarantined = 1")
        answers = [server.ask() for _ in range(2)]
        writer.rollback()

    assert {answer.status_code for answer in answers} == {200}
    assert all(not is_away(answer) and BED in points_of(answer) for answer in answers)
