"""`referral validate`, `openapi`, `rules`, `schemas` and `--version`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __version__
from tests.cli.console import DATA, ROOT, done, ran, referral

PAPERS = {
    "openapi": ["openapi.yaml"],
    "rules": ["docs/rules.md"],
    "schemas": ["data/schemas/directory.schema.json", "data/schemas/pathway.schema.json"],
}


@pytest.fixture
def tree(folder: Path) -> Iterator[Path]:
    """A data tree of the test's own."""
    yield Path(shutil.copytree(DATA, folder / "tree"))


def spoil(path: Path, old: str, new: str) -> int:
    """The line in which the first `old` is now `new`."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if old in line)
    lines[number] = lines[number].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
    return number + 1


def test_the_data_tree_is_sound() -> None:
    printed = done("validate")
    assert "directory" in printed and "sandbox" in printed
    assert done("validate", DATA) == printed


def test_a_copy_of_the_data_tree_is_as_sound(tree: Path) -> None:
    assert done("validate", tree) == done("validate")


def test_all_faults_of_all_files_are_named_with_file_and_line(tree: Path) -> None:
    spoilt = [
        ("data/directory/kz.yaml", spoil(tree / "directory" / "kz.yaml", '"LEG-INF"', '"LEG-ING"'), "unknown-code"),
        (
            "data/directory/kz.yaml",
            spoil(tree / "directory" / "kz.yaml", 'type: "ngo"', 'type: "ngoo"'),
            "unknown-value",
        ),
        ("data/sandbox/uz.yaml", spoil(tree / "sandbox" / "uz.yaml", "fee:", "price:"), "unknown-key"),
    ]
    result = referral("validate", tree)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    for line, (file, number, code) in zip(lines, sorted(spoilt), strict=True):
        assert line.startswith(f"{file}:{number}: /")
        assert f": {code}: " in line


def test_faults_of_places_pathways_and_directories_come_together(tree: Path) -> None:
    (tree / "places" / "places.csv").write_text("slug\nalmaty\n", encoding="utf-8")
    (tree / "pathways" / "uz.yaml").write_text("version: [\n", encoding="utf-8")
    (tree / "directory" / "tm.yaml").write_text("version: 1\n", encoding="utf-8")
    result = referral("validate", tree)
    assert result.exit_code == 2
    for file in ("data/places/places.csv", "data/pathways/uz.yaml", "data/directory/tm.yaml"):
        assert file in result.stderr


def test_a_folder_that_is_no_data_tree_ends_with_2(folder: Path) -> None:
    result = referral("validate", folder / "nothing")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "missing-file" in result.stderr


def test_the_installed_program_names_file_and_line_when_piped(tree: Path, folder: Path, program: Path) -> None:
    line = spoil(tree / "directory" / "kz.yaml", '"LEG-INF"', '"LEG-ING"')
    ended = ran([program, "validate", tree], cwd=folder, env={"COLUMNS": "80"})
    assert ended.exit_code == 2
    assert f"data/directory/kz.yaml:{line}: " in ended.stderr


@pytest.mark.parametrize("command", PAPERS)
def test_what_is_written_from_the_code_is_up_to_date_in_the_checkout(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = referral(command, "--check")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("command", PAPERS)
def test_an_altered_file_is_found_and_left_alone(command: str, folder: Path) -> None:
    assert referral(command, "--check").exit_code == 1, "a missing file is a difference too"
    assert not list(folder.iterdir())
    done(command)
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert written == PAPERS[command]
    assert referral(command, "--check").exit_code == 0
    altered = folder / PAPERS[command][0]
    altered.write_text(altered.read_text(encoding="utf-8") + "\n# by hand\n", encoding="utf-8")
    before = altered.read_bytes()
    result = referral(command, "--check")
    assert result.exit_code == 1
    assert PAPERS[command][0] in result.stderr
    assert not any(other in result.stderr for other in PAPERS[command][1:])
    assert altered.read_bytes() == before


def test_the_version_is_that_of_the_package(folder: Path, program: Path) -> None:
    assert done("--version") == f"referral {__version__}\n"
    assert ran([program, "--version"], cwd=folder).stdout == f"referral {__version__}\n"


def test_help_names_every_command() -> None:
    printed = done("--help")
    for command in ("demo", "serve", "route", "why-not", "solve", "validate", "load", "migrate", "verify", "quarantine",
                    "audit", "openapi", "rules", "schemas", "key"):  # fmt: skip
        assert command in printed


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["route"], ["route", "--language", "xx"], ["key"]])
def test_a_wrong_call_ends_with_2_and_shows_how(arguments: list[str]) -> None:
    result = referral(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stdout + result.stderr
