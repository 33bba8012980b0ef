"""A thread that looks again and again; what breaks a look does not stop it."""

import threading
from contextlib import closing

from app.desk.watch import Watch
from app.domain.errors import DatabaseAway

LONG = 60.0


def test_a_look_that_breaks_is_told_and_the_next_one_comes():
    """While the database is away the others are left for the next time, and nothing is told: requests tell it."""
    told, looks, done = [], [], threading.Event()
    faults = [DatabaseAway("away"), ValueError("not to be repeated"), None]

    def first():
        looks.append("first")
        if fault := faults[(looks.count("first") - 1) % 3]:
            raise fault

    def second():
        looks.append("second")
        if looks.count("second") == 2:
            done.set()

    with closing(Watch(first, second, tell=lambda event, **fields: told.append(event), every_seconds=0.001)) as watch:
        assert done.wait(LONG)
    assert not watch._thread.is_alive()
    assert looks[:5] == ["first", "first", "second", "first", "second"]
    assert told[:1] == ["watch-failed"]
