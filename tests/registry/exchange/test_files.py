"""The open register as files: the JSON page and the tables, which must hold together."""

import csv
import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.registry import load_directory, load_places
from app.registry.exchange.feed import Depth
from app.registry.exchange.files import write_json, write_tables
from app.registry.exchange.lists import Asked
from app.registry.exchange.rolls import Kind
from app.registry.exchange.tabular import TABLES
from tests.registry.exchange.standard import PROFILE, SCHEMAS, faults, needs_the_standard
from tests.registry.invented import HIDDEN, a_rich_directory, a_store

DATA = Path(__file__).resolve().parents[3] / "data"
PLACES = {place.slug: place for place in load_places(DATA / "places")}


@pytest.fixture(scope="module", params=["directory", "sandbox", "invented"])
def store(request):
    """A register."""
    opened = a_store("sqlite://")
    rich = a_rich_directory() if request.param == "invented" else load_directory(DATA / request.param)
    opened.load_directory(rich, by="a test", reason="invented")
    yield opened
    opened.close()


def written(store, write):
    """How many services were written, and the bytes."""
    file = BytesIO()
    with store.feed(PLACES) as feed:
        return write(feed, file), file.getvalue()


def tables_in(raw):
    """The rows of every table, by its name, and the package."""
    with ZipFile(BytesIO(raw)) as archive:
        package = json.loads(archive.read("datapackage.json"))
        found = {
            each["name"]: list(csv.DictReader(TextIOWrapper(archive.open(each["path"]), encoding="utf-8", newline="")))
            for each in package["resources"]
        }
        assert set(archive.namelist()) == {"datapackage.json", *(each["path"] for each in package["resources"])}
    return found, package


@needs_the_standard
def test_the_json_file_is_one_page_of_all_organizations(store):
    """As the server would say it, and sound by the standard."""
    services, raw = written(store, write_json)
    page = json.loads(raw)
    with store.feed(PLACES) as feed:
        total, contents = feed.page(Kind.ORGANIZATION, Asked(), Depth.FULL_SERVICE, page=1, per_page=1000)

    assert page["contents"] == contents and page["total_items"] == page["size"] == total
    assert (page["first_page"], page["last_page"], page["empty"], page["total_pages"]) == (True, True, False, 1)
    assert services == sum(len(each["services"]) for each in contents) > 0
    assert [fault for each in contents for fault in faults("compiled/organization.json", each, profiled=True)] == []


def test_no_row_points_nowhere(store):
    """Interop 3.5 (F): every id once, every pointer at a row, every needed cell filled."""
    services, raw = written(store, write_tables)
    tables, package = tables_in(raw)
    ids = {name: [row["id"] for row in rows] for name, rows in tables.items()}

    assert services == len(tables["service"]) > 0
    assert {name for name, found in ids.items() if len(set(found)) != len(found)} == set()
    for resource in package["resources"]:
        rows, name = tables[resource["name"]], resource["name"]
        for key in resource["schema"]["foreignKeys"]:
            pointed = {row[key["fields"]] for row in rows} - {""}
            assert pointed <= set(ids[key["reference"]["resource"]]), (name, key)
        for field in resource["schema"]["fields"]:
            if field["constraints"]["required"]:
                assert all(row[field["name"]] for row in rows), (name, field["name"])
    entities = {row["link_entity"] for row in tables["attribute"]}
    assert entities == {"service"}
    assert {row["link_id"] for row in tables["attribute"]} <= set(ids["service"])


def test_cells_hold_what_their_column_says(store):
    """Numbers, truth values, and JSON for lists and objects of ours."""
    tables, package = tables_in(written(store, write_tables)[1])
    read = {
        "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "array": json.loads,
        "object": json.loads, "string": str, "date": str, "datetime": str, "time": str,
    }  # fmt: skip
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            for row in tables[resource["name"]]:
                cell = row[field["name"]]
                assert not cell or read[field["type"]](cell) is not None


def test_tables_and_documents_say_the_same(store):
    """No key of a document is lost on the way into a table."""
    tables, _ = tables_in(written(store, write_tables)[1])
    lists = {"organization", "service_at_locations", "schedules", "languages", "required_documents", "cost_options",
             "capacities", "attributes", "contacts", "phones", "additional_urls"}  # fmt: skip
    with store.feed(PLACES) as feed:
        documents = {each["id"]: each for each in feed.every(Kind.SERVICE, Depth.FULL)}

    for row in tables["service"]:
        document = documents.pop(row["id"])
        assert set(document) - lists == {name for name, cell in row.items() if cell}
        for name, table in (("schedules", "schedule"), ("phones", "phone"), ("contacts", "contact")):
            told = [each["id"] for each in tables[table] if each["service_id"] == row["id"]]
            assert told == [each["id"] for each in document.get(name, [])]
    assert documents == {}


def test_the_same_register_gives_the_same_bytes(store):
    """On every day and machine."""
    for write in (write_json, write_tables):
        assert written(store, write) == written(store, write)


def test_nothing_hidden_is_in_a_file(store):
    """H15: the invented register has an address, a number and a note that nobody may see."""
    tables, _ = tables_in(written(store, write_tables)[1])
    text = written(store, write_json)[1].decode() + json.dumps(tables, ensure_ascii=False)

    assert [word for word in (*HIDDEN, "lamp@example.org") if word in text] == []


@needs_the_standard
def test_columns_are_the_standards_or_declared():
    """Each table is one of HSDS, in a file of its name there."""
    for name, table in TABLES.items():
        official = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        ours = PROFILE.get(f"{name}.json", {"properties": {}})["properties"]
        assert set(table.columns) <= set(official["properties"]) | set(ours), name
        assert table.path == official["path"]


def test_an_empty_register_is_an_empty_file():
    """Still a page, still a package with all tables."""
    opened = a_store("sqlite://")
    page = json.loads(written(opened, write_json)[1])
    tables, _ = tables_in(written(opened, write_tables)[1])
    opened.close()

    assert (page["contents"], page["empty"], page["total_pages"]) == ([], True, 0)
    assert len(tables["taxonomy_term"]) == 45 and tables["service"] == []
