"""Several workers share the database and nothing else: each follows it, and no request is dropped."""

from dataclasses import replace

from app.desk.watch import EVERY_SECONDS
from app.settings import Settings
from tests.running.servers import BED, Asking, filled, points_of, register, revision_of, serving, the_sandbox


def renamed(directory, slug, name):
    """The directory with another name of one organization."""
    return replace(
        directory,
        organizations=tuple(replace(o, name=name) if o.slug == slug else o for o in directory.organizations),
    )


def test_a_worker_that_nobody_asks_follows_within_two_seconds():
    """It looks every second and waits for a building for one at most."""
    assert EVERY_SECONDS + Settings(demo=True).snapshot_patience_seconds <= 2


def test_two_processes_follow_what_a_third_publishes_and_drop_nothing(database_url, tmp_path):
    """Issue 4, 6: quarantine at the next query on both; the new revision on both; every answer a good one."""
    key = filled(database_url)
    with (
        serving(database_url, key, tmp_path) as one,
        serving(database_url, key, tmp_path) as other,
        register(database_url) as publisher,
        Asking(one) as asked_one,
        Asking(other) as asked_other,
    ):
        for server in (one, other):
            assert BED in points_of(server.ask())

        publisher.quarantine(BED, by="a steward", reason="doubt")
        for server in (one, other):
            assert BED not in points_of(server.ask())

        publisher.load_directory(
            renamed(the_sandbox(), "sb-kz-south-rights", "Renamed"), by="a steward", reason="a new name"
        )
        published = publisher.revision()
        for server in (one, other):
            assert "Renamed" in server.until(lambda answer: revision_of(answer) == published).text
            assert BED not in points_of(server.ask())

        publisher.lift(BED, by="a steward", reason="cleared")
        for server in (one, other):
            assert BED in points_of(server.ask())

    for asking in (asked_one, asked_other):
        assert not asking.errors
        assert {answer.status_code for answer in asking.answers} == {200}
        assert {answer.json()["versions"]["database"] for answer in asking.answers} == {"reached"}
