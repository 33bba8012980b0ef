"""The spreadsheet of field staff: what they write, what they may choose from, and what is never trusted."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from app.domain.codes import Code
from app.registry.exchange.columns import service_header
from app.registry.exchange.limits import TooMuch
from app.registry.exchange.sheet_out import FIRST_ROW, write_template
from tests.registry.exchange.harvests import harvest, places, records, remarks, require_whole_account

HEADER = service_header()
ROW = {
    "organization.name": "Moth House", "organization.country": "KZ", "organization.type": "NGO",
    "name": "Advice", "code_1": "leg-inf", "code_2": "MHP-CNS", "place": "almaty", "eligibility.genders": "women; men",
    "eligibility.required_documents": "(none)", "weekly": "Mo 09:00-18:00; Sa 10:00-Su 02:00",
    "contacts": "phone | +7 000 000 | public | ask for the desk", "response_minutes": 30, "languages": "ru; kk",
}  # fmt: skip


def filled(*rows: dict, header: tuple[str, ...] = HEADER) -> bytes:
    """A spreadsheet with these rows under the header."""
    book = Workbook()
    sheet = book.active
    sheet.title = "services"
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.get(name) for name in header])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def template() -> bytes:
    """The empty spreadsheet."""
    file = io.BytesIO()
    write_template(file, places(), language="en")
    return file.getvalue()


def test_what_people_write_becomes_a_service_and_its_organization():
    """Slugs are made of the names; lists, hours and contacts are read as they are written."""
    found = harvest(filled(ROW, {**ROW, "name": "Food"}))

    (house,) = records(found, "organization")
    service, _ = records(found, "service")
    assert (house.body["type"], house.body["country"]) == ("ngo", "KZ")
    assert service.body["codes"] == ["LEG-INF", "MHP-CNS"]
    assert service.body["eligibility"] == {"genders": ["women", "men"], "required_documents": []}
    assert service.body["weekly"] == [[540, 1080], [7800, 8760]]
    assert service.body["contacts"] == [
        {"kind": "phone", "value": "+7 000 000", "visibility": "public", "note": "ask for the desk"}
    ]
    require_whole_account(found)


def test_cells_offer_what_is_allowed(template):
    """Codes, places, countries and every closed list; the lists stand in a sheet of their own."""
    book = load_workbook(io.BytesIO(template))
    ranges = [str(choice.sqref) for choice in book["services"].data_validations.dataValidation]
    words = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["lists"].columns}

    assert len(ranges) > 30 and all(str(FIRST_ROW) in where for where in ranges)
    assert words["code"] == [code.value for code in Code]
    assert words["Answer"] == ["yes", "no", "unknown"]
    assert len(words["place"]) == len(places())
    assert book["instructions"]["A1"].value


@pytest.mark.parametrize(
    ("cell", "code"),
    [({"name": "=HYPERLINK(1)"}, "wrong-cell"), ({"response_minutes": "soon"}, "wrong-cell"),
     ({"weekly": "always"}, "wrong-cell"),
     ({"code_1": "XXX"}, "unknown-code"), ({"safety.shares_with_police": "maybe"}, "unknown-value"),
     ({"place": "nowhere"}, "unknown-place"), ({"contacts": "a|b|c|d|e"}, "wrong-cell"),
     ({"languages": "[1"}, "wrong-cell"),
     ({"organization.country": "Kazakhstan"}, "wrong-country"), ({"address_confidential": 7}, "wrong-cell")],
)  # fmt: skip
def test_a_faulty_cell_rejects_its_row_by_its_column(cell, code):
    """And no other row. A formula is not taken for its result."""
    found = harvest(filled({**ROW, "organization.name": "Owl House", "name": "Food"}, {**ROW, **cell}))

    (fault,) = [remark for remark in remarks(found, code) if remark.rejects]
    assert fault.row == 3
    assert [p.body["name"] for p in records(found, "service")] == ["Food"]
    require_whole_account(found)


def test_rows_of_one_organization_must_agree():
    """The first one counts; a row that says otherwise is told."""
    second = {**ROW, "name": "Food", "organization.type": "shelter"}
    found = harvest(filled(ROW, second))

    assert [p.body["name"] for p in records(found, "service")] == ["Advice"]
    assert [remark.field for remark in remarks(found, "said-otherwise")] == ["organization.type"]


def test_other_columns_and_sheets_are_told_and_left_out():
    """So that nobody believes they were read."""
    found = harvest(filled({**ROW, "mood": "good"}, header=(*HEADER, "mood")))

    assert len(records(found, "service")) == 1
    assert len(remarks(found, "unknown-column")) == 1


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("content", [b"", b"<broken", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_a_broken_spreadsheet_is_refused_or_read_without_a_crash(part, content):
    """Whichever part of it is broken."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled(ROW))) as whole, zipfile.ZipFile(held, "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, content if name == part else whole.read(name))
    try:
        require_whole_account(harvest(held.getvalue()))
    except TooMuch:
        pytest.fail("only opening an archive may raise")
