"""The schemas for editors: what is in the checkout is what the types say, and the files of the project follow it."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.registry.marked import mark
from app.registry.schemas import json_schemas, schema_texts, write_schemas

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = [
    *(("pathway", path) for path in sorted((DATA / "pathways").glob("*.yaml"))),
    *(("directory", path) for folder in ("directory", "sandbox") for path in sorted((DATA / folder).glob("*.yaml"))),
]


@pytest.mark.parametrize("name", sorted(schema_texts()))
def test_the_schema_in_the_checkout_is_the_one_of_the_types(name):
    """Mend: `write_schemas(Path("data/schemas"))` of app.registry.schemas."""
    assert (DATA / "schemas" / name).read_text(encoding="utf-8") == schema_texts()[name]


@pytest.mark.parametrize("name", ["directory", "pathway"])
def test_a_schema_is_one_of_2020_12_and_closed(name):
    """No object takes a key that nobody reads."""
    schema = json_schemas()[name]
    objects = [part for part in (schema, *schema["$defs"].values()) if "properties" in part]

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert len(objects) > 8
    assert all(part["additionalProperties"] is False for part in objects)
    assert all(part.get("description") and part.get("title") for part in objects)


@pytest.mark.parametrize(("kind", "path"), FILES, ids=[f"{path.parent.name}-{path.stem}" for _, path in FILES])
def test_the_files_of_the_project_follow_their_schema(kind, path):
    """An editor that knows the schema shows no false alarm."""
    content = mark(path.name, path.read_text(encoding="utf-8")).value
    validator = Draft202012Validator(json_schemas()[kind], format_checker=Draft202012Validator.FORMAT_CHECKER)

    assert [error.json_path for error in validator.iter_errors(content)] == []


def test_a_schema_refuses_unknown_keys_and_uncited_rules():
    """The two faults that an editor can show at once."""
    law = {"id": "KZ-L01", "text": "A law.", "valid_from": "2020-01-01", "cites": []}
    pathway = {
        "country": "KZ",
        "version": "1",
        "title": "t",
        "overview": "o",
        "sources": {},
        "laws": [law],
        "colour": 1,
    }

    found = {error.validator for error in Draft202012Validator(json_schemas()["pathway"]).iter_errors(pathway)}
    assert found == {"additionalProperties", "minItems"}


def test_schemas_are_written_to_a_new_folder(tmp_path):
    """The same bytes every time."""
    written = write_schemas(tmp_path / "new" / "schemas")

    assert {path.name: path.read_text(encoding="utf-8") for path in written} == schema_texts()
    assert [path.name for path in write_schemas(tmp_path / "new" / "schemas")] == sorted(schema_texts())
