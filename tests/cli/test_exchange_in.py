"""`referral import`, `pull` and `template`: dry unless told, whole or not at all, every row told."""

import csv
import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.console import ROOT, SECRETS, done, referral, write_json
from tests.registry.exchange.dirty import as_json, nested_2_0
from tests.registry.exchange.harvests import a_service

KILLED = """
import os, signal
from sqlalchemy import event
from sqlalchemy.orm import Session
from app.registry.draft_tables import DraftRow

@event.listens_for(Session, "after_flush")
def die(session, context):
    if any(isinstance(one, DraftRow) for one in session.new):
        os.kill(os.getpid(), signal.SIGKILL)

from app.cli import main
main()
"""
"""The command line of a process that is killed when its drafts are in the database and not committed."""


def drafts(database: Path) -> int:
    """How many drafts the register holds."""
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute("select count(*) from draft").fetchone()
    connection.close()
    return count


@pytest.fixture
def feed_file(folder) -> Path:
    """A document of another directory: two sound services, and one without a name."""
    services = [a_service(id="1"), a_service(id="2", name="Food"), a_service(id="3", name="")]
    return write_json(folder / "other.json", services)


def test_a_dry_run_writes_nothing(feed_file, real):
    """It tells what would come of it."""
    told = done("import", feed_file, "--country", "KZ")

    assert "3 new, 0 changed, 0 as published" in told and "nothing was written" in told
    assert "missing-name" in told
    assert drafts(real) == 0


def test_apply_writes_every_sound_row_as_a_draft_once(feed_file, real):
    """The same file again adds nothing; nothing is published by it."""
    done("import", feed_file, "--country", "KZ", "--apply", "--by", "A directory")
    assert drafts(real) == 3

    again = done("import", feed_file, "--country", "KZ", "--apply", "--by", "A directory")
    assert "0 drafts written, 3 were open already" in again
    dry = done("import", feed_file, "--country", "KZ")
    assert "nothing was written; --apply writes 0 drafts, 3 were open already" in dry
    assert drafts(real) == 3


def test_one_is_told_in_the_singular(folder, real):
    """One draft, one remark, one duplicate."""
    organization = {**a_service()["organization"], "services": [], "no_such_field": 1}
    file = write_json(folder / "other.json", [organization])

    told = done("import", file, "--country", "KZ", "--apply")
    assert "1 remark," in told and "1 draft written" in told
    assert "1 was open already" in done("import", file, "--country", "KZ")


def test_a_process_that_is_killed_in_the_middle_leaves_the_register_as_it_was(folder, real):
    """All of the drafts or none. The next run writes them all."""
    file = folder / "other.json"
    file.write_bytes(as_json(nested_2_0(300)))
    command = [sys.executable, "-c", KILLED, "import", str(file), "--country", "KZ", "--apply"]
    env = {**SECRETS, "REFERRAL_DATABASE_URL": f"sqlite:///{real}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert drafts(real) == 0
    done("audit")

    done("import", file, "--country", "KZ", "--apply")
    assert drafts(real) > 200
    done("audit")


@pytest.mark.parametrize("name", ["report.csv", "report.json"])
def test_the_report_has_every_remark(feed_file, folder, real, name):
    """With file, table, row, record, field, code and reason."""
    done("import", feed_file, "--country", "KZ", "--report", folder / name)

    text = (folder / name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines())) if name.endswith("csv") else json.loads(text)["remarks"]
    (missing,) = [row for row in rows if row["code"] == "missing-name"]
    assert (missing["file"], missing["table"], str(missing["row"]), missing["record"], missing["field"]) == (
        "other.json", "service", "3", "3", "name"
    )  # fmt: skip
    assert missing["rejected"] == "yes" and missing["reason"]


def test_no_cell_of_the_report_is_a_formula(folder, real):
    """Whatever a file calls its records."""
    file = write_json(folder / "other.json", [a_service(id="=1+1", name="")])
    done("import", file, "--country", "KZ", "--report", folder / "report.csv")

    assert "'=1+1" in (folder / "report.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{", b"PK\x03\x04broken", b"[]"])
def test_a_file_that_holds_nothing_of_use_ends_as_faulty(content, folder, empty):
    """With a reason, and without a trace of the program's inside."""
    (folder / "file").write_bytes(content)
    ended = referral("import", folder / "file", "--apply")

    assert ended.exit_code == 2
    assert "Traceback" not in ended.output and "nothing in it can be used" in ended.output


@pytest.mark.parametrize("options", [["--country", "Kazakhstan"], ["--source", "nowhere"], ["--mapping", "missing.csv"],
                                     ["--report", "report.txt"]])  # fmt: skip
def test_unusable_options_are_refused(options, feed_file, real):
    """Before anything is written."""
    assert referral("import", feed_file, *options, "--apply").exit_code == 2
    assert drafts(real) == 0


def test_a_mapping_makes_codes_of_foreign_terms(folder, real):
    """Of a steward's own list."""
    (folder / "terms.csv").write_text("term,codes\nFood,BAS-FOD BAS-NFI\n", encoding="utf-8")
    term = {"id": "x", "taxonomy_term": {"id": "t", "name": "Food"}}
    file = write_json(folder / "other.json", [a_service(attributes=[term])])
    done("import", file, "--country", "KZ", "--mapping", folder / "terms.csv", "--apply")

    with sqlite3.connect(real) as connection:
        ((body,),) = connection.execute("select body from draft where kind = 'service'").fetchall()
    connection.close()
    assert json.loads(body)["codes"] == ["BAS-FOD", "BAS-NFI"]


@pytest.mark.parametrize("form", ["yaml", "xlsx", "hsds-json", "hsds-csv"])
def test_what_was_exported_changes_nothing_when_it_is_imported(form, folder, real):
    """Every form that goes out comes in."""
    done("export", "--format", form, "--to", folder / "out")

    assert "0 new, 0 changed" in done("import", folder / "out", "--apply")
    assert drafts(real) == 0


def test_the_template_is_empty_and_reads_as_such(folder, empty):
    """Its explanations are no records, in either language."""
    for language in ("en", "ru"):
        done("template", folder / "template.xlsx", "--language", language, "--force")
        assert "0 new, 0 changed" in referral("import", folder / "template.xlsx").output


def test_no_feed_is_asked_unless_somebody_allowed_its_host(real):
    """By the settings."""
    ended = referral("pull", "https://feed.example/hsds/services")

    assert ended.exit_code == 2
    assert "host-not-allowed" in ended.output
