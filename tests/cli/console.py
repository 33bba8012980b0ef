"""The command line as tests use it: in this process, or the installed program in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CASE = DATA / "examples" / "forced-labour-almaty.json"
PROGRAM = Path(sys.executable).parent / "referral"

SANDBOX_MOMENT = "2026-11-23T22:10:00+05:00"
"""When the facts of the sandbox are fresh."""
REAL_MOMENT = "2026-11-20T11:00:00+05:00"
"""A Friday morning in Almaty, after the public directory was read."""
VERIFIED_ON = "2026-11-20"
"""A day before both moments' exclusion and not in the future of whoever runs the tests."""

SECRETS = {"REFERRAL_PEPPER": "an invented pepper of the tests, long enough", "REFERRAL_SEAL_KEY": "s" * 40}


def forget_the_caller(patch: pytest.MonkeyPatch) -> None:
    """Settings of whoever runs the tests, and the manners of their terminal, are gone."""
    for name in [name for name in os.environ if name.startswith("REFERRAL_")]:
        patch.delenv(name)
    for name in ("FORCE_COLOR", "COLUMNS"):
        patch.delenv(name, raising=False)


def referral(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    """What `referral ARGUMENTS` prints and how it ends. An error that no command expects comes through."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)


def done(*arguments: str | Path, stdin: str | bytes = "") -> str:
    """The standard output of a command that must end well."""
    result = referral(*arguments, stdin=stdin)
    assert result.exit_code == 0, f"{arguments[0]} ended with {result.exit_code}"
    return result.stdout


def told(*arguments: str | Path, stdin: str | bytes = "") -> Any:
    """The JSON on the standard output of a command that must end well."""
    return json.loads(done(*arguments, stdin=stdin))


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ran in a process of its own."""

    exit_code: int
    stdout: str
    stderr: str


def ran(command: list[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
    """How a program ends, in that folder, with an environment that holds nothing of the register but what is given."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("REFERRAL_", "PYTHONPATH", "PYTHONWARNINGS", "FORCE_COLOR"))
    }
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**own, "COLUMNS": "200", "PYTHONUTF8": "1", **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ended(finished.returncode, finished.stdout, finished.stderr)


def write_json(path: Path, value: Any) -> Path:
    """The path of a file that now holds the value."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def a_case(**profile: Any) -> dict[str, Any]:
    """The profile of the example, with other answers where they are given."""
    return {**json.loads(CASE.read_text(encoding="utf-8"))["profile"], **profile}


def squeezed(text: str) -> str:
    """The text without any white space, so that where a terminal breaks lines does not matter."""
    return "".join(text.split())


def points(route: Mapping[str, Any]) -> list[str]:
    """The service points of a route of the JSON answer, in order."""
    return [step["provider"]["point"] for step in route["steps"]]


def closed_by(why_not: Mapping[str, Any]) -> set[str]:
    """The rules that close something, of the JSON answer to why-not."""
    return {closing["rule"] for closing in why_not["closings"]}


def codes(named: list[Mapping[str, Any]]) -> set[str]:
    """The codes of a list of codes with names."""
    return {one["code"] for one in named}
