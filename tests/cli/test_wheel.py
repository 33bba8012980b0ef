"""What is installed from a wheel is the whole product: code, texts, migrations and data, without a checkout."""

import importlib.util
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.console import DATA, ROOT, ran
from tests.cli.test_demo import shows_both

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    for name in ("build", "hatchling"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(
                f"THE WHEEL IS NOT TESTED: `{name}` is not installed here; python -m pip install build hatchling"
            )
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    ended = ran(command, cwd=folder)
    assert ended.exit_code == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    (built,) = folder.glob("*.whl")
    return built


def test_a_wheel_carries_everything_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    for path in DATA.rglob("*"):
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts:
            carried = tmp_path / "app" / "_data" / path.relative_to(DATA)
            assert carried.read_bytes() == path.read_bytes()
    assert {"app/_data/schemas/directory.schema.json", "app/_data/schemas/pathway.schema.json"} <= names
    code = [path for path in (ROOT / "app").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in code} <= names
    assert {"app/texts/en.json", "app/texts/ru.json", "app/registry/migrations/env.py"} <= names
    assert any(re.fullmatch(r"app/registry/migrations/versions/0001_.*\.py", name) for name in names)

    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"app"}
    assert not any(name.endswith((".pyc", ".db", ".keys")) or name.startswith("app/_data/places/cut") for name in names)
    (info,) = tmp_path.glob("*.dist-info")
    assert "referral = app.cli:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert {path.name for path in (info / "licenses").iterdir()} >= {"LICENSE", "NOTICE"}


def test_an_installed_wheel_demonstrates_itself_without_a_checkout(wheel: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("pip") is None:
        pytest.skip("THE INSTALLED WHEEL IS NOT TESTED: this environment has no pip")
    target, folder = tmp_path / "target", tmp_path / "folder"
    folder.mkdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-index"]
    installed = ran([*pip, "--target", target, wheel], cwd=folder)
    assert installed.exit_code == 0, installed.stderr[-2000:]

    start = "import sys, app.cli; print(app.cli.__file__, file=sys.stderr); app.cli.main()"
    env = {"PYTHONPATH": str(target)}
    shown = ran([sys.executable, "-c", start, "demo", "--no-serve"], cwd=folder, env=env)
    assert shown.exit_code == 0, shown.stderr[-2000:]
    assert Path(shown.stderr.splitlines()[0]).is_relative_to(target), "another copy of the program was tested"
    shows_both(shown.stdout)
    assert sorted(path.name for path in folder.iterdir()) == ["var"]

    checked = ran([sys.executable, "-c", start, "validate"], cwd=folder, env=env)
    assert checked.exit_code == 0, checked.stderr[-2000:]
