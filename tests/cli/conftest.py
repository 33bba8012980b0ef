"""A folder and an environment of its own for every test, and registers that were filled once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import house
from tests.cli.console import PROGRAM, SECRETS, done, forget_the_caller

WIDE = 400


def pytest_configure(config: pytest.Config) -> None:
    """The mark of tests that build and install; they run like all others."""
    config.addinivalue_line("markers", "slow: builds and installs; deselect with -m 'not slow'")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty working folder of the test; no setting of the caller is seen; lines are wide and without colour."""
    forget_the_caller(monkeypatch)
    monkeypatch.chdir(tmp_path)
    for console in (house.out, house.err):
        monkeypatch.setattr(console, "_width", WIDE)
        monkeypatch.setattr(console, "_force_terminal", False)
        monkeypatch.setattr(console, "_color_system", None)
    return tmp_path


def _filled(folder: Path, of: str) -> Path:
    """A register that holds that folder of the data tree, closed."""
    database = folder / "register.db"
    with pytest.MonkeyPatch.context() as patch:
        forget_the_caller(patch)
        for name, value in {**SECRETS, "REFERRAL_DATABASE_URL": f"sqlite:///{database}"}.items():
            patch.setenv(name, value)
        done("load", "--folder", of)
    return database


@pytest.fixture(scope="session")
def real_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register of the public directory; to be copied."""
    return _filled(tmp_path_factory.mktemp("real"), "directory")


@pytest.fixture(scope="session")
def sandbox_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register of the invented network; to be copied."""
    return _filled(tmp_path_factory.mktemp("sandbox"), "sandbox")


def _chosen(database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for beside in sorted(database.parent.glob(f"{database.name}*")):
        shutil.copy(beside, folder / beside.name)
    for name, value in {**SECRETS, "REFERRAL_DATABASE_URL": f"sqlite:///{folder / database.name}"}.items():
        monkeypatch.setenv(name, value)
    return folder / database.name


@pytest.fixture
def real(real_database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings name a register of this test's own that holds the public directory."""
    yield _chosen(real_database, folder, monkeypatch)


@pytest.fixture
def sandbox(sandbox_database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings name a register of this test's own that holds the invented network."""
    yield _chosen(sandbox_database, folder, monkeypatch)


@pytest.fixture
def empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings name a register that nobody has made yet."""
    for name, value in {**SECRETS, "REFERRAL_DATABASE_URL": f"sqlite:///{folder / 'register.db'}"}.items():
        monkeypatch.setenv(name, value)
    yield folder / "register.db"


@pytest.fixture
def program() -> Path:
    """The installed program."""
    if not PROGRAM.exists():
        pytest.skip("THE INSTALLED PROGRAM IS NOT TESTED: no `referral` beside this Python; pip install -e .")
    return PROGRAM
