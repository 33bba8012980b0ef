"""The application builds itself from its settings, and says why when it refuses to start."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.domain.errors import FaultyData, WrongSchema
from app.main import create_app, open_store, read_reference
from app.settings import MissingSecrets, Settings

DATA = Path(__file__).resolve().parents[1] / "data"


def settings_in(folder, **more):
    """A demonstration in that folder."""
    return Settings(demo=True, database_url=f"sqlite:///{folder / 'demo.db'}", data_folder=DATA, **more)


def refusals(capsys):
    """The lines about a refused start."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] == "refused-to-start"]


def test_an_empty_register_starts_and_is_not_ready(tmp_path):
    """It can be looked up what there is; nothing can be planned."""
    with TestClient(create_app(settings_in(tmp_path))) as client:
        assert client.get("/v1/pathways").status_code == 200
        assert client.get("/health/ready").status_code == 503


def test_a_register_that_is_loaded_later_makes_it_ready(tmp_path):
    """The snapshot follows the revision."""
    from app.registry import load_directory

    settings = settings_in(tmp_path)
    with TestClient(create_app(settings)) as client:
        store = open_store(settings)
        store.load_directory(load_directory(DATA / "sandbox"), by="a test", reason="invented")
        store.close()

        assert client.get("/health/ready").json()["versions"]["data"] == "1"


def test_faulty_data_stops_the_start_and_names_every_fault(tmp_path, capsys):
    """Issue 2: file, line and mend for each fault, of all files."""
    data = tmp_path / "data"
    shutil.copytree(DATA / "pathways", data / "pathways")
    shutil.copytree(DATA / "places", data / "places")
    (data / "pathways" / "kz.yaml").write_text("country: XX\n")
    (data / "places" / "crossings.yaml").write_text("nothing: true\n")

    with pytest.raises(FaultyData), TestClient(create_app(Settings(demo=True, data_folder=data, database_url=
            f"sqlite:///{tmp_path / 'demo.db'}"))):  # fmt: skip
        pass

    files = {Path(line["where"]).name for line in refusals(capsys)}
    assert files >= {"kz.yaml", "crossings.yaml"}


def test_a_database_of_another_schema_stops_the_start(tmp_path, capsys):
    """Issue 2: with the command that migrates it."""
    with sqlite3.connect(tmp_path / "demo.db") as database:
        database.execute("create table something (id integer)")
    database.close()

    with pytest.raises(WrongSchema), TestClient(create_app(settings_in(tmp_path))):
        pass

    (line,) = refusals(capsys)
    assert line["code"] == "wrong-schema"


def test_missing_secrets_stop_the_start(tmp_path, capsys, monkeypatch):
    """With the two ways to set them."""
    monkeypatch.delenv("REFERRAL_DEMO", raising=False)
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with pytest.raises(MissingSecrets), TestClient(create_app(Settings(database_url=url, data_folder=DATA))):
        pass

    assert "REFERRAL_KEY_FILE" in refusals(capsys)[0]["mend"]


def test_reference_data_are_those_of_the_checkout():
    """Five countries, what holds everywhere, and two countries with emergency numbers alone."""
    assert set(read_reference(DATA).pathways) == {"*", "KG", "KZ", "RU", "TJ", "TM", "TR", "UZ"}


def test_nothing_happens_on_import(tmp_path):
    """No file, no database, no line."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import app.main"], cwd=DATA.parent, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("", "")


def test_a_server_starts_without_the_mapper():
    """It reads a register in a file by itself; what writes is imported when somebody writes."""
    program = (
        'import sys, app.main; print(sorted({"sqlalchemy", "sqlmodel", "alembic", "openpyxl"} & set(sys.modules)))'
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
