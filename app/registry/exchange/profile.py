"""The HSDS profile of this project: what our documents say beyond the standard, as JSON merge patches (RFC 7386)."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.domain.errors import Fault, FaultyData

HSDS_VERSION = "3.2.3"
"""In three parts: validators take two parts for a version of another standard."""


def load_profile(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Every patch of the folder by its file name, which is that of the schema it changes.

    Raises:
        FaultyData: A file is no JSON object, or there is none; all such files are named.
    """
    patches: dict[str, Mapping[str, Any]] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.json")):
        try:
            patch = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            patch = None
        if isinstance(patch, dict):
            patches[path.name] = patch
        else:
            faults.append(Fault(str(path), 0, "", "bad-json", "write one JSON object"))
    if not patches and not faults:
        faults.append(Fault(str(folder), 0, "", "no-profile", "keep the merge patches of the HSDS profile here"))
    if faults:
        raise FaultyData(tuple(faults))
    return MappingProxyType(patches)


def merged(target: Any, patch: Any) -> Any:
    """The target with the patch applied, as RFC 7386 defines it; neither is changed."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
