"""What a steward does to a register: load, verify, quarantine, audit, migrate; and databases that do not fit."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.console import (
    CASE,
    DATA,
    REAL_MOMENT,
    SANDBOX_MOMENT,
    VERIFIED_ON,
    a_case,
    closed_by,
    codes,
    done,
    points,
    ran,
    referral,
    squeezed,
    told,
    write_json,
)

CARE = {"needs": ["MED-EMG"], "location": {"country": "KZ", "place": "almaty"}, "consents": {"health": "yes"}}
AMBULANCE = "kz-ambulance.emergency"
STALE = "sb-kz-stale.bed"


def revision(database: Path) -> int:
    """What the database says of itself."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("select revision from register_state").fetchone()[0])


def altered(database: Path, statement: str) -> None:
    """Somebody writes past the register."""
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def points_used(answer: dict[str, Any]) -> set[str]:
    """Every service point that an answer names in a step or as a backup."""
    steps = [step for kind in ("routes", "leads") for route in answer[kind] for step in route["steps"]]
    return {step["provider"]["point"] for step in steps} | {b["point"] for step in steps for b in step["backups"]}


def test_loading_twice_changes_nothing(empty: Path) -> None:
    assert "revision 1" in done("load", "--folder", "sandbox")
    again = done("load", "--folder", "sandbox")
    assert "revision 1" in again
    assert "nothing changed; 0 records removed" in again
    assert revision(empty) == 1


def test_loading_another_folder_is_a_change(sandbox: Path) -> None:
    loaded = done("load", "--folder", "directory", "--by", "a steward of the tests")
    assert "revision 2" in loaded
    assert "nothing changed" not in loaded
    with closing(sqlite3.connect(sandbox)) as connection:
        removed = connection.execute("select count(*) from change where action = 'removed'").fetchone()[0]
    assert removed > 0
    assert f"; {removed} records removed" in loaded
    assert revision(sandbox) == 2
    done("audit")


def test_going_down_says_what_is_forgotten() -> None:
    help_text = squeezed(done("migrate", "--help")).replace("│", "")
    assert "Below0003itisforgotten" in help_text
    assert "`load`removesoroverwritesthem" in help_text


def test_loading_a_folder_that_is_not_there_changes_nothing(sandbox: Path) -> None:
    result = referral("load", "--folder", "no-such-folder")
    assert result.exit_code == 2
    assert "no-files" in result.stderr
    assert revision(sandbox) == 1


def test_verifying_a_real_service_turns_its_lead_into_a_route(real: Path) -> None:
    asked = ("--profile", write_json(Path("care.json"), CARE), "--as-of", REAL_MOMENT, "--json")
    before = told("route", *asked)
    assert (before["outcome"], before["routes"]) == ("leads_only", [])
    assert AMBULANCE in points(before["leads"][0])
    assert closed_by(told("why-not", AMBULANCE, *asked)) == {"H19"}

    assert "revision 2" in done("verify", AMBULANCE, "--method", "phone", "--on", VERIFIED_ON)

    after = told("route", *asked)
    assert after["outcome"] == "routes"
    (step,) = after["routes"][0]["steps"]
    assert (step["provider"]["point"], step["grade"]) == (AMBULANCE, "verified")
    assert step["provider"]["verified_on"] == VERIFIED_ON
    why = told("why-not", AMBULANCE, *asked)
    assert "H19" not in closed_by(why)
    assert "MED-EMG" in codes(why["open_codes"])
    assert after["versions"]["data"] == "2"


def test_verifying_does_not_fill_in_other_facts(real: Path) -> None:
    asked = ("kz-rodnik.shelter", "--profile", CASE, "--as-of", REAL_MOMENT, "--json")
    before = closed_by(told("why-not", *asked))
    assert "H19" in before
    done("verify", "kz-rodnik.shelter", "--method", "visit", "--on", VERIFIED_ON)
    why = told("why-not", *asked)
    assert closed_by(why) == before - {"H19"}
    assert why["open_codes"] == []


def test_verifying_a_stale_service_opens_it(sandbox: Path) -> None:
    asked = (STALE, "--profile", CASE, "--as-of", SANDBOX_MOMENT, "--json")
    before = told("why-not", *asked)
    assert closed_by(before) == {"H19"}
    assert "SHL-VOT" not in codes(before["open_codes"])
    done("verify", STALE, "--method", "phone", "--role", "steward", "--on", VERIFIED_ON)
    after = told("why-not", *asked)
    assert "H19" not in closed_by(after)
    assert "SHL-VOT" in codes(after["open_codes"])


def test_what_was_verified_stays_when_the_directory_is_loaded_again(sandbox: Path) -> None:
    done("verify", STALE, "--method", "phone", "--on", VERIFIED_ON)
    assert "nothing changed" in done("load", "--folder", "sandbox")
    why = told("why-not", STALE, "--profile", CASE, "--as-of", SANDBOX_MOMENT, "--json")
    assert why["provider"]["verified_on"] == VERIFIED_ON


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["verify", "kz-nobody.here", "--method", "phone"], 3),
        (["verify", STALE, "--method", "phone", "--on", "9999-12-31"], 2),
        (["verify", STALE, "--method", "phone", "--on", "last week"], 2),
        (["verify", STALE], 2),
        (["quarantine", "kz-nobody.here", "--reason", "other"], 3),
        (["quarantine", "kz-nobody.here", "--reason", "settled", "--lift"], 3),
        (["quarantine", STALE], 2),
        (["quarantine", STALE, "--reason", "Invented Name told us"], 2),
        (["quarantine", STALE, "--reason", "nothing was found", "--lift"], 2),
        (["verify", STALE, "--method", "fax"], 2),
        (["verify", STALE, "--method", "phone", "--role", "director"], 2),
    ],
)
def test_a_record_that_cannot_be_made_changes_nothing(sandbox: Path, arguments: list[str], exit_code: int) -> None:
    result = referral(*arguments)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr.strip()
    assert revision(sandbox) == 1


def test_quarantine_takes_a_point_out_at_once_and_lifting_brings_it_back(sandbox: Path) -> None:
    profile = write_json(Path("case.json"), a_case(needs=["MED-EMG", "SHL-VOT"]))
    asked = ("--profile", profile, "--as-of", SANDBOX_MOMENT, "--json")
    first = told("route", *asked)
    bed = points(first["routes"][0])[-1]

    assert "revision 2" in done("quarantine", bed, "--reason", "complaint")
    without = told("route", *asked)
    assert bed not in points_used(without)
    assert without["routes"]
    why = told("why-not", bed, *asked)
    assert "H20" in closed_by(why)
    assert (why["open_codes"], why["lead_codes"]) == ([], [])
    assert "nothing changed" in done("load", "--folder", "sandbox")
    assert bed not in points_used(told("route", *asked))

    assert "revision 3" in done("quarantine", bed, "--reason", "settled", "--lift")
    again = told("route", *asked)
    assert again["versions"]["data"] == "3"
    assert {**again, "versions": ""} == {**first, "versions": ""}
    done("audit")


def test_the_record_of_changes_is_whole_after_honest_work(sandbox: Path) -> None:
    done("verify", STALE, "--method", "phone", "--on", VERIFIED_ON)
    done("quarantine", STALE, "--reason", "other")
    assert referral("audit").exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update change set reason = 'nothing happened' where number = 3",
        "update change set after = '{}' where number = 2",
        "update register_state set change_count = change_count - 1",
        "delete from change where number = 5",
        "delete from change where number = (select max(number) from change)",
    ],
)
def test_an_altered_record_of_changes_is_found(sandbox: Path, statement: str) -> None:
    altered(sandbox, statement)
    result = referral("audit")
    assert result.exit_code == 1
    assert "change" in result.stdout
    assert "nothing happened" not in result.stdout + result.stderr


def test_the_row_that_was_altered_is_named(sandbox: Path) -> None:
    altered(sandbox, "update change set reason = 'nothing happened' where number = 3")
    assert "row 3" in referral("audit").stdout


COMMANDS = [
    ["route", "--profile", CASE],
    ["why-not", "kz-rodnik.shelter", "--profile", CASE],
    ["load"],
    ["verify", STALE, "--method", "phone"],
    ["quarantine", STALE, "--reason", "other"],
    ["audit"],
    ["migrate"],
    ["key", "list"],
    ["key", "create", "--role", "operator", "--owner", "sb-kz-line"],
    ["serve", "--port", "1"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_of_an_unknown_program_is_refused(sandbox: Path, command: list[str]) -> None:
    altered(sandbox, "update alembic_version set version_num = '9999'")
    before = sandbox.read_bytes()
    result = referral(*command)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "referral migrate" in result.stderr
    assert sandbox.read_bytes() == before


def test_a_database_of_something_else_is_refused(empty: Path) -> None:
    with closing(sqlite3.connect(empty)) as connection, connection:
        connection.execute("create table recipes (name text)")
    result = referral("audit")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "referral migrate" in result.stderr


def test_the_installed_program_refuses_an_unknown_database(sandbox: Path, folder: Path, program: Path) -> None:
    altered(sandbox, "update alembic_version set version_num = '9999'")
    ended = ran(
        [program, "route", "--profile", CASE], cwd=folder, env={"REFERRAL_DATABASE_URL": f"sqlite:///{sandbox}"}
    )
    assert (ended.exit_code, ended.stdout) == (4, "")
    assert "referral migrate" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_migrating_an_empty_database_makes_a_register(empty: Path) -> None:
    done("migrate")
    assert revision(empty) == 0
    done("migrate")
    done("audit")
    assert "revision 1" in done("load", "--folder", "sandbox")


def test_a_deployment_with_half_a_secret_is_not_given_another(
    empty: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFERRAL_PEPPER", "short")
    result = referral("key", "list")
    assert (result.exit_code, result.stdout) == (4, "")
    monkeypatch.delenv("REFERRAL_PEPPER")
    monkeypatch.delenv("REFERRAL_SEAL_KEY")
    monkeypatch.setenv("REFERRAL_KEY_FILE", str(folder / "none.json"))
    result = referral("key", "list")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "REFERRAL_KEY_FILE" in result.stderr


def test_the_data_tree_may_lie_elsewhere(empty: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tree").symlink_to(DATA)
    monkeypatch.setenv("REFERRAL_DATA_FOLDER", str(folder / "tree"))
    assert "revision 1" in done("load", "--folder", "sandbox")
