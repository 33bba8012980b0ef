"""`referral key`: shown once, never again."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from app.cli import house
from app.domain.errors import NotKnown
from app.registry.seal import Seal
from app.registry.store import Store
from tests.cli.console import SECRETS, done, ran, referral, squeezed

KEY = re.compile(r"rk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


def created(*more: str) -> str:
    """The text of a new key."""
    printed = done("key", "create", "--role", "operator", "--owner", "sb-kz-line", *more)
    key = printed.splitlines()[-1]
    assert KEY.fullmatch(key)
    assert printed.count(key) == 1
    return key


def parts(key: str) -> tuple[str, str]:
    """Prefix and secret."""
    match = KEY.fullmatch(key)
    assert match
    return match[1], match[2]


def is_good(database: Path, key: str, on: date) -> bool:
    """Whether the register would let this key in on that day."""
    seal = Seal(SECRETS["REFERRAL_SEAL_KEY"], pepper=SECRETS["REFERRAL_PEPPER"])
    store = Store.open(f"sqlite:///{database}", seal=seal, clock=lambda: datetime.now(UTC))
    try:
        store.find_key(key, on)
    except NotKnown:
        return False
    finally:
        store.close()
    return True


def expiry(database: Path, key: str) -> date:
    """The last day of a key, as it is kept."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("select expires_on from api_key where prefix = ?", (parts(key)[0],)).fetchone()
    return date.fromisoformat(found[0])


def test_a_key_is_shown_once_and_is_nowhere_again(empty: Path, folder: Path) -> None:
    key = created()
    prefix, secret = parts(key)
    listed = done("key", "list")
    assert prefix in listed
    assert "operator" in listed and "sb-kz-line" in listed
    assert secret not in listed
    assert not any(secret.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert is_good(empty, key, expiry(empty, key))


def test_a_key_is_good_for_as_many_days_as_asked(empty: Path) -> None:
    for days in (1, 730):
        before = datetime.now(UTC).date()
        key = created("--days", str(days))
        last = expiry(empty, key)
        assert before <= last - timedelta(days=days) <= datetime.now(UTC).date()
        assert last.isoformat() in done("key", "list")
        assert is_good(empty, key, last)
        assert not is_good(empty, key, last + timedelta(days=1))


@pytest.mark.parametrize("days", ["0", "-1", "731", "many"])
def test_a_key_for_no_time_or_for_ever_is_not_made(empty: Path, days: str) -> None:
    result = referral("key", "create", "--role", "operator", "--owner", "sb-kz-line", "--days", days)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not empty.exists()


@pytest.mark.parametrize("role", ["root", "", "Operator"])
def test_a_key_has_a_role_that_there_is(empty: Path, role: str) -> None:
    assert referral("key", "create", "--role", role, "--owner", "sb-kz-line").exit_code == 2


def test_a_key_for_some_countries_says_so(empty: Path) -> None:
    created("--country", "uz", "--country", "KG")
    assert "KG UZ" in done("key", "list")


@pytest.mark.parametrize("columns", ["200", "80", "40"])
def test_what_a_list_of_keys_says_is_never_cut(empty: Path, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """Piped: one line a key, however narrow the terminal was."""
    owner = "an-organization-with-a-rather-long-name.of-the-tests"
    printed = done("key", "create", "--role", "government", "--owner", owner, "--country", "KZ", "--country", "UZ")
    key = printed.splitlines()[-1]
    monkeypatch.setenv("COLUMNS", columns)
    (line,) = [line for line in done("key", "list").splitlines() if parts(key)[0] in line]
    assert all(word in line for word in ("government", owner, expiry(empty, key).isoformat(), "KZ UZ"))


def test_on_a_narrow_terminal_the_prefix_is_whole_and_the_rest_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out, and nothing is read as markup."""
    terminal = Console(file=StringIO(), force_terminal=True, width=60, color_system=None)
    monkeypatch.setattr(house, "out", terminal)
    house.print_table(("prefix", "owner", "expires"), [("1240f7ab", "[b]" + "y" * 90 + "[/b]", "2027-11-24")])
    shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert "1240f7ab" in shown
    assert shown.count("y") == 90
    assert "[b]" in shown and "[/b]" in squeezed(shown).replace("│", "").replace("┃", "")
    assert "…" not in shown


def test_a_revoked_key_is_refused(empty: Path) -> None:
    key, other = created(), created()
    assert parts(key)[0] in done("key", "revoke", parts(key)[0])
    today = datetime.now(UTC).date()
    assert not is_good(empty, key, today)
    assert is_good(empty, other, today)
    done("key", "revoke", parts(key)[0])


@pytest.mark.parametrize("prefix", ["00000000", "", "' or 1=1 --"])
def test_revoking_an_unknown_key_ends_with_3(empty: Path, prefix: str) -> None:
    created()
    assert referral("key", "revoke", prefix).exit_code == 3


def test_a_script_takes_the_key_from_the_last_line(folder: Path, program: Path) -> None:
    ended = ran([program, "key", "create", "--role", "auditor", "--owner", "sb-kz-line"], cwd=folder)
    assert ended.exit_code == 0
    assert KEY.fullmatch(ended.stdout.splitlines()[-1])
    assert not KEY.search(ended.stderr)
    listed = ran([program, "key", "list"], cwd=folder)
    assert "auditor" in listed.stdout
    assert not KEY.search(listed.stdout)


def test_a_key_of_a_provider_names_its_organization(empty: Path) -> None:
    done("load", "--folder", "sandbox")
    given = ("key", "create", "--role", "provider", "--owner", "A hospital")
    done(*given, "--organization", "sb-kz-hospital")
    assert "sb-kz-hospital" in done("key", "list")
    assert referral(*given).exit_code == 2
    assert referral(*given, "--organization", "sb-kz-none").exit_code == 3
    of_operator = ("key", "create", "--role", "operator", "--owner", "sb-kz-line", "--organization", "sb-kz-hospital")
    assert referral(*of_operator).exit_code == 2
