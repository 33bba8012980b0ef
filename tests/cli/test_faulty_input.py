"""Faulty and missing files: every fault is named, the exit code tells the kind, no value of a profile is repeated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.api.body import ProfileBody
from tests.cli.console import CASE, SANDBOX_MOMENT, a_case, done, forget_the_caller, ran, referral, write_json

CANARY = "Zzcanary Qwertova"
NUMBER = 7_000_555_0199
WORDS = ("zzcanary", "qwertova", "7000555")
SHAPES: dict[str, Callable[[], Any]] = {
    "text": lambda: CANARY,
    "number": lambda: NUMBER,
    "list": lambda: [CANARY, NUMBER, {CANARY: CANARY}],
    "object": lambda: {CANARY: CANARY, "number": NUMBER},
}
"""What somebody might write where something else belongs."""


def echoes(text: str) -> bool:
    return any(word in text.lower() for word in WORDS)


def no_echo(result: Any, folder: Path, keep: Path | None = None) -> None:
    """Nothing of the canary is on either stream, nor in any file but the one it was read from."""
    leaks = [name for name in ("stdout", "stderr") if echoes(getattr(result, name))]
    kept = [path for path in folder.rglob("*") if path.is_file() and path != keep]
    leaks += [path.name for path in kept if echoes(path.read_bytes().decode("utf-8", "replace"))]
    assert not leaks, f"the canary is in {leaks}"


def named(stderr: str) -> set[tuple[str, str]]:
    """Pointer and code of every fault on the standard error."""
    lines = [line.lstrip(": ").split(": ") for line in stderr.splitlines()]
    return {(line[0], line[1]) for line in lines if len(line) > 1}


def test_every_fault_of_a_profile_is_named_and_no_value_is(real: Path, folder: Path) -> None:
    asked = folder / "profile.json"
    asked.write_text(
        f"""{{
        "needs": ["SHL-VOT", "{CANARY}"], "location": {{"country": "KZ", "place": "almaty"}},
        "gender": "{CANARY}", "gender": "{CANARY}", "age": {NUMBER}, "name": "{CANARY}", "story": "{CANARY}",
        "{CANARY}": "{CANARY}", "languages": ["{CANARY}"], "exclude_providers": ["{CANARY}"],
        "consents": {{"{CANARY}": "yes", "health": "{CANARY}"}}, "travel": {{"telephone": "{CANARY}"}}
        }}""",
        encoding="utf-8",
    )
    result = referral("route", "--profile", asked)
    assert (result.exit_code, result.stdout) == (2, "")
    no_echo(result, folder, keep=asked)
    assert named(result.stderr) >= {
        ("/profile/needs/1", "unknown-code"),
        ("/profile/gender", "unknown-value"),
        ("/profile/age", "number-for-band"),
        ("/profile", "personal-data-refused"),
        ("/profile", "unknown-field"),
        ("/profile", "duplicate-key"),
        ("/profile/languages/0", "unknown-language"),
        ("/profile/exclude_providers/0", "not-a-slug"),
        ("/profile/consents", "unknown-value"),
        ("/profile/consents/health", "unknown-value"),
        ("/profile/travel", "personal-data-refused"),
    }
    again = referral("why-not", "kz-rodnik.shelter", "--profile", asked)
    assert (again.exit_code, again.stdout, again.stderr) == (2, "", result.stderr)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_canary_in_every_field_at_once_comes_back_nowhere(real: Path, folder: Path, shape: str) -> None:
    body = {
        "profile": {name: SHAPES[shape]() for name in ProfileBody.model_fields},
        **{name: SHAPES[shape]() for name in ("as_of", "language", "explain", "alternatives")},
    }
    asked = write_json(folder / "profile.json", body)
    result = referral("route", "--profile", asked, "--json", "--dump", folder / "x.problem.json")
    assert (result.exit_code, result.stdout) == (2, "")
    no_echo(result, folder, keep=asked)
    faulty = {pointer.split("/")[2] for pointer, _ in named(result.stderr) if pointer.startswith("/profile/")}
    assert faulty == set(ProfileBody.model_fields)


@pytest.mark.parametrize("field", ["return_to", "no_go_areas", "location"])
def test_a_well_formed_word_that_is_no_place_is_not_repeated(real: Path, folder: Path, field: str) -> None:
    values = {"return_to": "zzcanary", "no_go_areas": ["zzcanary"], "location": {"country": "KZ", "place": "zzcanary"}}
    asked = write_json(folder / "profile.json", a_case(**{field: values[field]}))
    result = referral("route", "--profile", asked)
    assert result.exit_code == 2
    assert {code for _, code in named(result.stderr)} <= {"unknown-place", "unknown-area"}
    no_echo(result, folder, keep=asked)


def test_a_good_profile_leaves_nothing_of_itself_behind(folder: Path) -> None:
    asked = write_json(folder / "profile.json", a_case(exclude_providers=["kz-yhc-dos"]))
    for options in ([], ["--json", "--explain", "full"], ["--language", "ru"]):
        result = referral("route", "--profile", asked, "--as-of", SANDBOX_MOMENT, "--dump", folder / "x.json", *options)
        assert result.exit_code == 0
        assert "kz-yhc-dos" not in result.stdout + result.stderr
    assert "kz-yhc-dos" not in (folder / "x.json").read_text(encoding="utf-8")
    assert {path.name for path in (folder / "var").iterdir()} >= {"referral.db", "referral.keys"}


def test_a_faulty_profile_through_the_installed_program(folder: Path, program: Path) -> None:
    body = json.dumps(a_case(needs=[CANARY], name=CANARY, age=NUMBER))
    ended = ran([program, "route", "--sandbox", "--profile", "-"], cwd=folder, stdin=body)
    assert (ended.exit_code, ended.stdout) == (2, "")
    no_echo(ended, folder)
    assert {code for _, code in named(ended.stderr)} >= {"unknown-code", "number-for-band", "personal-data-refused"}


@pytest.mark.parametrize("content", ["", "  ", CANARY, "[", "null", "7000555", f'"{CANARY}"', f'["{CANARY}"]', "{}"])
def test_what_is_no_profile_at_all_ends_with_2(folder: Path, content: str) -> None:
    result = referral("route", "--sandbox", "--profile", "-", stdin=content)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()
    no_echo(result, folder)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'{"needs": ["\xff"]}', b"\x00"])
def test_bytes_that_are_no_text_end_with_2(content: bytes) -> None:
    assert referral("route", "--sandbox", "--profile", "-", stdin=content).exit_code == 2
    assert referral("solve", "-", stdin=content).exit_code == 2


@pytest.mark.parametrize("command", [["route", "--sandbox", "--profile"], ["solve"]])
def test_a_missing_file_and_a_folder_end_with_3(folder: Path, command: list[str]) -> None:
    for name in ("no-such-file.json", "."):
        result = referral(*command, name)
        assert (result.exit_code, result.stdout) == (3, "")
        assert name in result.stderr


@pytest.fixture(scope="session")
def dumped(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a good problem file."""
    path = tmp_path_factory.mktemp("problem") / "x.problem.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        forget_the_caller(patch)
        done("route", "--profile", CASE, "--sandbox", "--as-of", SANDBOX_MOMENT, "--json", "--dump", path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def problem(dumped: str) -> dict[str, Any]:
    """A good problem, to be spoilt."""
    value: dict[str, Any] = json.loads(dumped)
    return value


def solved(problem: Any) -> set[tuple[str, str]]:
    """The faults of the problem, which must be refused."""
    result = referral("solve", write_json(Path("faulty.json"), problem))
    assert (result.exit_code, result.stdout) == (2, "")
    return {
        (line.split(": ")[1], line.split(": ")[2]) for line in result.stderr.splitlines() if line.startswith("problem")
    }


def test_all_wrong_values_of_a_problem_are_named(problem: dict[str, Any]) -> None:
    faulty = problem
    faulty["k"] = "three"
    faulty["points"][0]["duration"] = -1
    faulty["points"][1]["remote"] = "no"
    faulty["points"][2]["surprise"] = 1
    del faulty["points"][3]["org"]
    faulty["precedence"] = [["A", "B", "maybe"]]
    faulty["travel"][0] = ["almaty"]
    faulty["policy"]["handover"] = 1.5
    assert solved(faulty) >= {
        ("/k", "not-a-whole-number"),
        ("/points/0/duration", "not-a-whole-number"),
        ("/points/1/remote", "not-a-flag"),
        ("/points/2/surprise", "unknown-key"),
        ("/points/3/org", "missing"),
        ("/precedence/0", "not-an-edge"),
        ("/travel/0", "not-a-travel-row"),
        ("/policy/handover", "not-a-whole-number"),
    }


def test_all_contradictions_of_a_problem_are_named(problem: dict[str, Any]) -> None:
    faulty = problem
    first, second = sorted(faulty["codes"])[:2]
    faulty["precedence"] = [[first, second, "hard"], [second, first, "soft"]]
    faulty["start"]["place"] = "nowhere"
    faulty["start"]["week_minute"] = 10_080
    faulty["points"][0]["usable"] = ["XXX-YYY"]
    faulty["points"][1]["open"] = []
    faulty["points"][2]["id"] = faulty["points"][3]["id"]
    assert solved(faulty) >= {
        ("/precedence", "cycle"),
        ("/start/place", "unknown-place"),
        ("/start/week_minute", "not-in-the-week"),
        ("/points/0/usable", "unknown-code"),
        ("/points/1/open", "not-a-schedule"),
        ("/points", "repeated-id"),
    }


@pytest.mark.parametrize("value", [[], None, 1, "text", {}, {"format": "referral-problem/2"}])
def test_what_is_no_problem_at_all_is_refused(value: Any) -> None:
    assert solved(value)


def test_a_problem_of_another_format_is_refused(problem: dict[str, Any]) -> None:
    assert ("/format", "unknown-format") in solved({**problem, "format": "referral-problem/2"})


def test_a_problem_that_is_no_json_is_refused() -> None:
    result = referral("solve", "-", stdin="{")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bad-json" in result.stderr


@pytest.mark.parametrize("broken", ["points", "codes", "start", "travel", "links", "policy", "places", "precedence"])
def test_any_part_of_a_problem_may_be_nonsense(problem: dict[str, Any], broken: str) -> None:
    for value in (None, 0, "x", [[]], [None], {"": []}, [{}]):
        referral("solve", write_json(Path("faulty.json"), {**problem, broken: value}))
