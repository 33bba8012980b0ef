"""`referral export`: a whole file or the old one, and what is told beside it."""

import json
import os
import stat
from zipfile import ZipFile

import pytest

from app.cli import exchange
from app.cli.commands import ExportFormat
from tests.cli.console import done, referral


def test_every_format_has_a_writer():
    """And every writer a format."""
    assert set(exchange.EXPORTS) == set(ExportFormat)


def test_the_register_is_written_as_hsds(tmp_path):
    """The public directory, which an empty register does not have before it is loaded."""
    done("load")
    done("export", "--format", "hsds-json", "--to", tmp_path / "page.json")
    done("export", "--format", "hsds-csv", "--to", tmp_path / "tables.zip")

    page = json.loads((tmp_path / "page.json").read_bytes())
    with ZipFile(tmp_path / "tables.zip") as archive:
        rows = archive.read("services.csv").decode().splitlines()
    assert page["size"] == len(page["contents"]) > 100
    assert len(rows) > 100 and rows[0].startswith("id,organization_id,name")
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["page.json"]


def test_standard_output_is_a_file_too():
    """For pipes; what is told beside it goes elsewhere."""
    told = referral("export", "--format", "hsds-json", "--to", "-")

    assert json.loads(told.stdout)["empty"] is True
    assert "0 services" in told.stderr


def test_a_broken_export_leaves_the_old_file(tmp_path):
    """Nothing is half written, and nothing is left lying about."""
    target = tmp_path / "out" / "page.json"
    target.parent.mkdir()
    target.write_text("old")

    with pytest.raises(RuntimeError), exchange.whole_file(target, force=True) as file:
        file.write(b"half")
        raise RuntimeError("the disk is full")

    assert target.read_text() == "old"
    assert os.listdir(target.parent) == ["page.json"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """Exit code 3, as for everything that is named and not there."""
    assert referral("export", "--format", "hsds-csv", "--to", tmp_path / "no" / "x.zip").exit_code == 3
    assert referral("export", "--format", "hsds-csv", "--to", tmp_path).exit_code == 3
    assert referral("export", "--format", "punch-cards", "--to", tmp_path / "x").exit_code == 2


def test_a_file_is_for_its_owner_until_somebody_opens_it(tmp_path):
    """It may be put where others can write; it holds public facts only, and its mode promises nothing more."""
    done("export", "--format", "hsds-json", "--to", tmp_path / "page.json")

    assert stat.S_IMODE((tmp_path / "page.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("command", [["template", "FILE"], ["export", "--format", "hsds-json", "--to", "FILE"]])
def test_a_file_that_is_there_is_replaced_only_when_somebody_says_so(command, tmp_path):
    """As a backup is."""
    target = tmp_path / "file.xlsx"
    target.write_text("old")
    told = [target if word == "FILE" else word for word in command]

    refused = referral(*told)
    assert refused.exit_code == 2 and "--force" in refused.output
    assert target.read_text() == "old"

    done(*told, "--force")
    assert target.read_bytes() != b"old"


def test_a_language_without_texts_is_refused(tmp_path):
    """With those that there are."""
    refused = referral("template", tmp_path / "file.xlsx", "--language", "xx")

    assert refused.exit_code == 2 and "en, ru" in refused.output
    assert list(tmp_path.iterdir()) == []
