"""The open register as files: one JSON document, or a zip of HSDS tables. Written as it is read, never held whole."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.registry.exchange import tabular
from app.registry.exchange.documents import UNIT, Document
from app.registry.exchange.feed import Depth, Feed
from app.registry.exchange.rolls import Kind
from app.registry.exchange.tabular import TABLES, Row
from app.registry.exchange.terms import taxonomies, taxonomy_terms

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same register gives the same bytes on every day."""


def write_json(feed: Feed, file: IO[bytes]) -> int:
    """How many services were written: all organizations in one HSDS page, each with its services in full.

    The document is what `GET /organizations?full_service=true` would say with everything on one page.
    """
    total, services = feed.number(Kind.ORGANIZATION), 0
    head = {
        "total_items": total, "total_pages": min(total, 1), "page_number": 1, "size": total, "first_page": True,
        "last_page": True, "empty": not total,
    }  # fmt: skip
    file.write(json.dumps(head)[:-1].encode() + b', "contents": [')
    for number, organization in enumerate(feed.every(Kind.ORGANIZATION, Depth.FULL_SERVICE)):
        services += len(organization["services"])
        file.write(b",\n" if number else b"\n")
        file.write(json.dumps(organization, ensure_ascii=False).encode())
    file.write(b"\n]}\n")
    return services


def write_tables(feed: Feed, file: IO[bytes]) -> int:
    """How many services were written: a zip with `datapackage.json` and one CSV a table, empty ones too."""
    with TemporaryDirectory(prefix="referral-export-") as name:
        folder = Path(name)
        services = _spool(feed, folder)
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            package = json.dumps(tabular.data_package(feed.revision), indent=2).encode()
            archive.writestr(_entry("datapackage.json"), package)
            for table in TABLES.values():
                spooled = (folder / table.path).open("rb")
                with spooled, archive.open(_entry(table.path), "w", force_zip64=True) as entry:
                    copyfileobj(spooled, entry)
    return services


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _LONG_AGO)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _spool(feed: Feed, folder: Path) -> int:
    """Every table in a file of its own in the folder; how many services there are."""
    services = 0
    with ExitStack() as stack:
        writers = {}
        for name, table in TABLES.items():
            raw = stack.enter_context((folder / table.path).open("wb"))
            text = stack.enter_context(TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False))
            writers[name] = csv.writer(text, lineterminator="\n")
            writers[name].writerow(table.columns)
        for name, row in _all_rows(feed):
            services += name == "service"
            writers[name].writerow(tabular.cells(name, row))
    return services


def _all_rows(feed: Feed) -> Iterator[Row]:
    yield "unit", dict(UNIT)
    yield from _each("taxonomy", taxonomies())
    yield from _each("taxonomy_term", taxonomy_terms())
    for organization in feed.every(Kind.ORGANIZATION, Depth.FULL_SERVICE):
        yield from tabular.rows_of(organization)


def _each(name: str, documents: Iterable[Document]) -> Iterator[tuple[str, Mapping[str, object]]]:
    return ((name, document) for document in documents)
