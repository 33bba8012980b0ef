"""The register as files of the directory, as people write them: what is unknown is left out, texts are in quotes.

`load_directory` reads them back to the same directory; the same directory gives the same bytes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import IO, Any

import yaml

from app.domain.directory import Directory
from app.registry.plain import plain

LICENCE = "as agreed with whoever gave the file"
VERSION = "export"

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WIDTH = 1_000_000
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Files of the archive carry the earliest day that it knows, so that bytes tell only what is in them."""


class _Key(str):
    """A key, which needs no quotes."""


class _Dumper(_DUMPER):  # type: ignore[misc]
    """Texts in double quotes, keys without, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written as a reference to something before it."""
        return True


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
_Dumper.add_representer(_Key, lambda dumper, key: dumper.represent_scalar("tag:yaml.org,2002:str", str(key)))


def write_directory(file: IO[bytes], directory: Directory, *, licence: str = LICENCE) -> None:
    """An archive with the directory's files is in the file; nothing that is sealed is in it."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in directory_files(directory, licence=licence):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text.encode("utf-8"))


def directory_files(directory: Directory, *, licence: str = LICENCE) -> Iterator[tuple[str, str]]:
    """Name and text of each file: organizations a country, then numbers to call, links, and facts; none is empty."""
    for country in sorted({organization.country for organization in directory.organizations}):
        here = [organization for organization in directory.organizations if organization.country == country]
        yield f"{country.lower()}.yaml", _text(f"Export of the register: {country}", licence, {"organizations": here})
    for name, lists in (
        ("hotlines", {"hotlines": directory.hotlines}),
        ("links", {"links": directory.links, "receptions": directory.receptions}),
        ("cross_border", {"cross_border": directory.cross_border}),
    ):
        if any(lists.values()):
            yield f"{name}.yaml", _text(f"Export of the register: {name}", licence, lists)


def _text(title: str, licence: str, lists: Mapping[str, Iterable[Any]]) -> str:
    whole: dict[str, Any] = {"version": VERSION, "title": title, "licence": licence}
    whole |= {name: [_written(record) for record in records] for name, records in lists.items() if records}
    out = io.StringIO()
    yaml.dump(_keyed(whole), out, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return out.getvalue()


def _written(value: Any) -> dict[str, Any]:
    """The fields of a record that say something else than their defaults, as plain data."""
    found: dict[str, Any] = {}
    for field in fields(value):
        said = getattr(value, field.name)
        is_needed = field.default is MISSING and field.default_factory is MISSING
        if is_needed or said != field.default:
            found[field.name] = _part(said)
    return found


def _part(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _written(value)
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [_written(item) for item in value]
    return plain(value)


def _keyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_Key(key): _keyed(item) for key, item in value.items()}
    return [_keyed(item) for item in value] if isinstance(value, list) else value
