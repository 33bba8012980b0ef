"""JSON Schemas of the data files, for editors: generated from the domain types, so they can not say something else.

They tell keys, types and known values. What values mean together only the loaders know.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app.domain.directory import DirectoryFile
from app.domain.pathway import Pathway

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS: Mapping[str, Any] = {"directory": DirectoryFile, "pathway": Pathway}


def json_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema 2020-12 by kind of file, "directory" and "pathway". Objects allow no key that is not named."""
    return {name: _closed({"$schema": DIALECT, **TypeAdapter(kind).json_schema()}) for name, kind in _KINDS.items()}


def schema_texts() -> dict[str, str]:
    """The text of every schema file by its name, the same bytes every time."""
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in json_schemas().items()
    }


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """The files written, by name; the folder is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in sorted(schema_texts().items()):
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without room for unknown keys, and with at least one citation where a rule must have one."""
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            part["additionalProperties"] = False
            for name in _must_not_be_empty(part):
                part["properties"][name]["minItems"] = 1
    return schema


def _must_not_be_empty(part: Mapping[str, Any]) -> Iterator[str]:
    if "cites" in part.get("required", ()):
        yield "cites"
