"""Faults that were found and mended, so that they stay so."""

from pathlib import Path

import pytest

from app.cli.house import EXIT_OVER_BUDGET, faults_told
from app.domain.errors import OverBudget
from tests.cli.console import CASE, SECRETS, referral

UNFIT = [
    "nonsense",
    "mysql://user:zzcanary@localhost/x",
    "postgresql://user:zzcanary@127.0.0.1:1/x",
    "sqlite:///text.db",
]


@pytest.mark.parametrize("command", [["route", "--sandbox", "--profile", "-"], ["solve", "-"]], ids=["route", "solve"])
def test_a_file_nested_too_deeply_ends_with_2(command: list[str]) -> None:
    assert referral(*command, stdin="[" * 100_000).exit_code == 2


def test_a_dump_into_a_folder_that_is_not_there_ends_with_3() -> None:
    result = referral("route", "--profile", CASE, "--sandbox", "--dump", "no-such-folder/x.problem.json")
    assert result.exit_code == 3


@pytest.mark.parametrize("url", UNFIT, ids=["no-url", "mysql", "nobody-there", "no-database"])
def test_a_database_that_cannot_be_opened_ends_with_4(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("text.db").write_text("this is no database" * 100, encoding="utf-8")
    for name, value in {**SECRETS, "REFERRAL_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    result = referral("audit")
    assert result.exit_code == 4
    assert "zzcanary" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("LANGUAGES", "xx"), ("POLICY", '{"no_such": 1}'), ("PLANS_AT_ONCE", "no")]
)
def test_settings_that_cannot_be_ends_with_4(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"REFERRAL_{name}", value)
    result = referral("audit")
    assert result.exit_code == 4
    assert name.lower() in result.stderr.lower()


@pytest.mark.parametrize("half", sorted(SECRETS))
def test_one_secret_without_the_other_ends_with_4(half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(half, SECRETS[half])
    result = referral("key", "create", "--role", "operator", "--owner", "sb-kz-line")
    assert result.exit_code == 4
    assert not Path("var/referral.keys").exists()


def test_a_list_with_one_unknown_code_is_not_called_empty() -> None:
    asked = '{"needs": ["XXX-YYY"], "location": {"country": "KZ", "place": "almaty"}}'
    result = referral("route", "--sandbox", "--profile", "-", stdin=asked)
    assert "unknown-code" in result.stderr
    assert "too-few-items" not in result.stderr


def test_a_fault_of_a_profile_begins_with_its_pointer() -> None:
    result = referral("route", "--sandbox", "--profile", "-", stdin='{"needs": [], "location": {}}')
    assert all(line.startswith("/") for line in result.stderr.splitlines())


def test_a_file_with_a_mark_of_the_order_of_bytes_is_read() -> None:
    assert referral("route", "--sandbox", "--profile", "-", stdin=b"\xef\xbb\xbf" + CASE.read_bytes()).exit_code == 0


def test_a_search_over_its_budget_ends_with_5_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, faults_told():
        raise OverBudget("zzcanary")
    assert ended.value.code == EXIT_OVER_BUDGET == 5
    told = capsys.readouterr().err
    assert "over-budget" in told
    assert "zzcanary" not in told
