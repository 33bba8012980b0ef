"""Work on a register that is killed in the middle: `python killed.py URL WORK FILE AT`, of which nobody sees the end.

AT is "begin", "middle" or "commit": before the first row is written, before the tenth, before the transaction ends.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event

from tests.running.servers import register, the_sandbox

WRITES = {"begin": 1, "middle": 10}
_WRITING = ("insert", "delete", "update")


def armed(at: str) -> None:
    """From now on the process dies at that place, without a last word."""
    written = 0

    def writes(_: Any, __: Any, statement: str, *rest: Any) -> None:
        nonlocal written
        written += statement.lstrip().lower().startswith(_WRITING)
        if written == WRITES[at]:
            os.kill(os.getpid(), signal.SIGKILL)

    def commits(_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if at == "commit":
        event.listen(Engine, "commit", commits)
    else:
        event.listen(Engine, "before_cursor_execute", writes)


def load(url: str, _: str) -> None:
    """The invented network comes in, service by service."""
    with register(url) as store:
        store.load_directory(the_sandbox(), by="a test", reason="never seen")


def change(url: str, slug: str) -> None:
    """One service goes into quarantine."""
    with register(url) as store:
        store.quarantine(slug, by="a test", reason="never seen")


def restored(url: str, file: str) -> None:
    """A backup comes in."""
    from pathlib import Path

    from app.registry.backup import restore

    restore(url, Path(file), force=True, by="a test", at=datetime.now(UTC))


WORK: dict[str, Callable[[str, str], None]] = {"load": load, "change": change, "restore": restored}


if __name__ == "__main__":
    url, work, given, at = sys.argv[1:]
    with register(url):
        pass
    armed(at)
    WORK[work](url, given)
