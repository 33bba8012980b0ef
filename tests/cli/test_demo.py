"""`referral demo`: from nothing to leads on the real directory and a route on the invented one."""

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from app.texts import say
from tests.cli.console import CASE, SANDBOX_MOMENT, ran, referral, squeezed, told
from tests.cli.test_register import revision


def test_a_demonstration_makes_what_it_needs_and_shows_both_answers(folder: Path, program: Path) -> None:
    first = ran([program, "demo", "--no-serve"], cwd=folder)
    assert first.exit_code == 0, first.stderr
    assert "Traceback" not in first.stderr
    shows_both(first.stdout)

    assert sorted(path.name for path in folder.iterdir()) == ["var"]
    keys = folder / "var" / "referral.keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    database, kept = folder / "var" / "referral.db", keys.read_bytes()
    assert revision(database) == 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select count(*) from service where slug like 'sb-%'").fetchone() == (0,)
    assert not any(secret in first.stdout + first.stderr for secret in re.findall(r'"([^"]{32,})"', kept.decode()))

    second = referral("demo", "--no-serve", "--language", "ru")
    assert second.exit_code == 0
    assert squeezed(say("sheet.lead", "ru", rank=1)) in squeezed(second.stdout)
    assert revision(database) == 1
    assert keys.read_bytes() == kept


def shows_both(printed: str) -> None:
    """Leads first, then the route; telephone numbers, no street."""
    paper = squeezed(printed)
    leads, routes = (squeezed(say(f"outcome.{outcome}", "en")) for outcome in ("leads_only", "routes"))
    assert leads in paper and routes in paper
    assert paper.index(leads) < paper.index(routes)
    real, _, invented = paper.partition(routes)
    assert squeezed(say("sheet.lead", "en", rank=1)) in real
    assert "[sb-" not in real and "[kz-" in real
    assert squeezed(say("sheet.route", "en", rank=1)) in invented
    answer = told("route", "--profile", CASE, "--sandbox", "--as-of", SANDBOX_MOMENT, "--json")
    assert all(f"[{step['provider']['point']}]" in invented for step in answer["routes"][0]["steps"])
    assert "InventedStreet" not in paper


def test_the_key_file_of_another_is_not_made_twice(folder: Path) -> None:
    assert referral("key", "list").exit_code == 0
    kept = (folder / "var" / "referral.keys").read_bytes()
    assert referral("key", "list").exit_code == 0
    assert (folder / "var" / "referral.keys").read_bytes() == kept
    assert sorted(path.name for path in (folder / "var").glob("referral.keys*")) == ["referral.keys"]
