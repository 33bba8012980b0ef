"""The official HSDS schemas, read from beside the project; and which keys they and our profile know.

Their compiled schemas have every nested object with its `name`, which is the name of the file that a patch of the
profile is for.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from app.registry.exchange.profile import load_profile, merged

ROOT = Path(__file__).resolve().parents[3]
OFFICIAL = ROOT.parent / "shared" / "hsds"
SCHEMAS = OFFICIAL / "schema-3.1-dev"
EXAMPLES = OFFICIAL / "examples-3.2.3"
PROFILE = load_profile(ROOT / "data" / "hsds_profile")
NOT_TESTED = f"NOT TESTED AGAINST THE STANDARD: the official HSDS schemas are not in {OFFICIAL.name} beside the project"

needs_the_standard = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=NOT_TESTED)


@cache
def schema(name: str) -> Any:
    """The official schema of that path, such as "compiled/service.json"."""
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def example(name: str) -> Any:
    """The official example of that name."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@cache
def validator(name: str, *, profiled: bool = False) -> Draft202012Validator:
    """What checks an object against that schema; `profiled`: with our profile, refusing keys that neither knows."""
    found = schema(name)
    files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}
    resources = [(file, Resource(content, DRAFT202012)) for file, content in files.items() if file != "openapi.json"]
    return Draft202012Validator(
        closed(found) if profiled else found,
        registry=Registry().with_resources(resources),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def faults(name: str, body: Any, *, profiled: bool = False) -> list[str]:
    """What is wrong with the object, by that schema."""
    return [f"{error.json_path}: {error.message}" for error in validator(name, profiled=profiled).iter_errors(body)]


def closed(node: Any) -> Any:
    """The schema with our profile applied to every nested object, and no other key allowed."""
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "properties" not in node:
        return {key: closed(value) for key, value in node.items()}
    patched = merged(node, PROFILE.get(f"{node.get('name')}.json", {}))
    inner = {key: closed(value) for key, value in node["properties"].items()}
    return patched | {"properties": patched["properties"] | inner, "additionalProperties": False}


def leaves(value: Any) -> Iterator[str]:
    """Every text and number in a document, and every key, as text."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield str(value)
