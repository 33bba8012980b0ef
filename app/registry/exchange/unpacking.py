"""Files, folders and archives as named bytes, within limits; and what form they have, by content and not by name."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from app.registry.exchange.limits import Limits, TooMuch

_CHUNK = 1024 * 1024
_SHEET_MARKS = ("xl/workbook.xml",)
_YAML_ENDS = (".yaml", ".yml")
_CSV_ENDS = (".csv", ".tsv", ".txt")


class Form(StrEnum):
    """What an import can read."""

    JSON = "json"
    NDJSON = "ndjson"
    TABULAR = "tabular"
    YAML = "yaml"
    SHEET = "xlsx"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file: its name without folders, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Everything that was handed in, and the form it has."""

    form: Form
    pieces: tuple[Piece, ...]


def unpacked(path: Path, limits: Limits) -> Parcel:
    """The parcel at that path.

    Raises:
        TooMuch: It is larger than the limits, or an archive that cannot be opened.
        OSError: It cannot be read.
    """
    if path.is_dir():
        pieces = tuple(_of_folder(path, limits))
        return Parcel(form=_form_of_many(pieces), pieces=pieces)
    if path.stat().st_size > limits.file_bytes:
        raise TooMuch(f"the file is larger than {limits.file_bytes} bytes")
    return of_content(path.name, path.read_bytes(), limits)


def of_content(name: str, content: bytes, limits: Limits) -> Parcel:
    """The parcel that one file is; an archive is opened. Raises `TooMuch`."""
    if content.startswith(b"PK\x03\x04") or content.startswith(b"PK\x05\x06"):
        return _of_archive(name, content, limits)
    piece = Piece(name=name, content=content)
    return Parcel(form=_form_of_one(piece), pieces=(piece,))


def _of_folder(folder: Path, limits: Limits) -> Iterator[Piece]:
    left, count = limits.file_bytes, 0
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        count += 1
        left -= path.stat().st_size
        if left < 0 or count > limits.files:
            raise TooMuch(f"the folder holds more than {limits.files} files or {limits.file_bytes} bytes")
        yield Piece(name=path.name, content=path.read_bytes())


def _of_archive(name: str, content: bytes, limits: Limits) -> Parcel:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > limits.files:
                raise TooMuch(f"the archive holds more than {limits.files} files")
            if sum(entry.file_size for entry in entries) > limits.file_bytes:
                raise TooMuch(f"the archive unpacks to more than {limits.file_bytes} bytes")
            if any(entry.filename in _SHEET_MARKS for entry in entries):
                list(_contents(archive, entries, limits))
                return Parcel(form=Form.SHEET, pieces=(Piece(name=name, content=content),))
            pieces = tuple(_contents(archive, entries, limits))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        raise TooMuch("the archive is broken or locked; pack it again, without a password") from None
    except Exception as error:  # zlib and lzma have errors of their own, and none that they share
        if isinstance(error, TooMuch):
            raise
        raise TooMuch("the archive is broken; pack it again") from None
    return Parcel(form=_form_of_many(pieces), pieces=pieces)


def _contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> Iterator[Piece]:
    """What the entries really hold, whatever the archive says of their size."""
    left = limits.file_bytes
    for entry in sorted(entries, key=lambda entry: entry.filename):
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if not parts or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        held = io.BytesIO()
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TooMuch(f"the archive unpacks to more than {limits.file_bytes} bytes")
                held.write(chunk)
        yield Piece(name=parts[-1], content=held.getvalue())


def _form_of_many(pieces: tuple[Piece, ...]) -> Form:
    ends = [PurePosixPath(piece.name.lower()).suffix for piece in pieces]
    if any(end in _CSV_ENDS for end in ends):
        return Form.TABULAR
    if any(end in _YAML_ENDS for end in ends):
        return Form.YAML
    forms = {_form_of_one(piece) for piece in pieces}
    return Form.JSON if forms & {Form.JSON, Form.NDJSON} else Form.UNKNOWN


def _form_of_one(piece: Piece) -> Form:
    head = piece.content[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()
    if head.startswith(b"["):
        return Form.JSON
    if head.startswith(b"{"):
        return Form.NDJSON if _is_a_line_of_its_own(piece.content) else Form.JSON
    if head.startswith((b"version:", b"---", b"#")) or b"\norganizations:" in piece.content[:65536]:
        return Form.YAML
    name = piece.name.lower()
    if b"," in head or b";" in head or b"\t" in head or name.endswith(_CSV_ENDS):
        return Form.TABULAR if head else Form.UNKNOWN
    return Form.UNKNOWN


def _is_a_line_of_its_own(content: bytes) -> bool:
    """Whether the first line is a whole JSON object and more lines follow."""
    first, _, rest = content.lstrip(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
