"""Killing the process in the middle of a change, a load or a restore leaves the register as it was."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect, text

from app.registry.backup import back_up
from tests.databases import in_file
from tests.registry.invented import LINE, a_rich_directory
from tests.running.servers import ROOT, register


def content(url):
    """Every row of every table, in no order."""
    engine = create_engine(url)
    with closing(engine.connect()) as connection:
        found = {
            table: sorted(str(tuple(row)) for row in connection.execute(text(f'select * from "{table}"')))
            for table in inspect(engine).get_table_names()
        }
    engine.dispose()
    return found


def killed(url, work, given, at):
    """How the process that does this work ended; it was killed at that place."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.running.killed", url, work, str(given), at],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]


def filled(url):
    with register(url) as store:
        store.load_directory(a_rich_directory(), by="a steward", reason="load")


@pytest.mark.parametrize(
    ("work", "at"), [("load", "begin"), ("load", "middle"), ("load", "commit"), ("change", "commit")]
)
def test_a_load_or_a_change_that_is_killed_was_never_there(database_url, work, at):
    """Issue 4; and the next writer finds nothing in the way."""
    filled(database_url)
    before = content(database_url)

    killed(database_url, work, LINE, at)

    assert content(database_url) == before
    with register(database_url) as store:
        assert store.verify_chain() == ()
        store.quarantine(LINE, by="a steward", reason="doubt")
        assert store.revision() == 2


@pytest.mark.parametrize("at", ["middle", "commit"])
def test_a_restore_that_is_killed_was_never_there(tmp_path, sqlite_template, at):
    url = in_file(tmp_path, migrated=True, template=sqlite_template)
    filled(url)
    back_up(url, tmp_path / "backup.db", force=False)
    with register(url) as store:
        store.quarantine(LINE, by="a steward", reason="doubt")
    before = content(url)

    killed(url, "restore", tmp_path / "backup.db", at)

    assert content(url) == before
    with register(url) as store:
        assert (store.verify_chain(), store.revision(), store.list_quarantined()) == ((), 2, {LINE})
