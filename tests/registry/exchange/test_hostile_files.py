"""Files that are broken, boundless or meant to hurt: told in a line, never a crash, never without end."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.registry.exchange.characters import decoded, repaired
from app.registry.exchange.importing import Harvest, read_parcel
from app.registry.exchange.limits import LIMITS, TooMuch
from app.registry.exchange.told import Told
from app.registry.exchange.unpacking import Form, Parcel, Piece, of_content
from tests.registry.exchange.dirty import mojibake
from tests.registry.exchange.harvests import a_service, codes, harvest, places, records, remarks, require_whole_account

SMALL = replace(LIMITS, file_bytes=20_000, document_bytes=10_000, rows=50, cell_characters=200)
ORGANIZATIONS = "id,name\n1,Moth House\n"


def zipped(**files: bytes | str) -> bytes:
    """An archive of these CSV files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return held.getvalue()


def tables(services: bytes | str, **told) -> Harvest:
    """What is made of one organization and these services."""
    return harvest(zipped(organizations=ORGANIZATIONS, services=services), name="t.zip", **told)


def names(found: Harvest) -> list[str]:
    """Names of the services that are proposed."""
    return [proposal.body["name"] for proposal in records(found, "service")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "unknown-form"), (b"\0\0\0", "unknown-form"), (b'{"a": ', "broken-json"), (b"[1, 2", "broken-json"),
     (b"[" * 100_000, "broken-json"), (b'{"a":' * 100_000, "broken-json"), (b"{}", "unknown-shape"),
     (b'{"x": 1e999999}', "unknown-shape"), (b"[" + b"9" * 10_000 + b"]", "broken-json"),
     (b"\x89PNG\r\n", "unknown-form")],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_line(content, code):
    """Nothing is proposed."""
    found = harvest(content)

    assert found.proposals == ()
    assert code in codes(found)


def test_an_archive_that_unpacks_to_more_than_the_limit_is_refused():
    """By what it says of itself, and by what it really holds."""
    bomb = zipped(services=b"a" * 1_000_000)

    with pytest.raises(TooMuch, match="unpacks to more"):
        of_content("bomb.zip", bomb, SMALL)
    with pytest.raises(TooMuch):
        of_content("liar.zip", bomb.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")), SMALL)


@pytest.mark.parametrize("cut", [10, 60, -30])
def test_a_broken_archive_is_refused(cut):
    """Wherever it breaks off."""
    with pytest.raises(TooMuch, match="broken"):
        of_content("t.zip", zipped(services=ORGANIZATIONS * 20)[:cut], LIMITS)


def test_more_rows_and_larger_documents_than_the_limit_are_refused():
    """With the limit in the reason."""
    assert codes(harvest([a_service(id=str(n)) for n in range(60)], limits=SMALL)) == {"not-read": 1}
    assert codes(harvest([a_service(description="x" * 15_000)], limits=SMALL)) == {"not-read": 1}


def test_a_huge_cell_rejects_its_row_only():
    """The others are read."""
    found = harvest([a_service(id="1", description="x" * 300), a_service(id="2")], limits=SMALL)

    assert [remark.code for remark in found.account.all_remarks() if remark.rejects] == ["too-long"]
    assert len(records(found, "service")) == 1
    require_whole_account(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_every_encoding_in_use_is_read(encoding):
    """By its mark, or by what it looks like."""
    found = tables("id,organization_id,name\r\n1,1,Кабинет психолога\r\n2,1,Медпункт\r\n".encode(encoding))

    assert names(found) == ["Кабинет психолога", "Медпункт"]


def test_western_letters_stand_alone_and_cyrillic_ones_side_by_side():
    """How one-byte encodings are told apart; one may say which."""
    assert decoded("Café für Mädchen".encode("latin-1")).text == "Café für Mädchen"
    assert decoded("Кафе".encode("cp1251")).text == "Кафе"
    assert decoded("Кафе".encode("koi8-r"), "koi8-r").text == "Кафе"
    assert decoded("Кафе".encode(), "no-such-encoding").text == "Кафе"


def test_misread_letters_are_turned_back_and_told():
    """For somebody to look at. Lost ones stay lost."""
    found = tables(f"id,organization_id,name\n1,1,{mojibake('Кабинет')}\n2,1,Advice \ufffd\n")

    assert names(found) == ["Кабинет", "Advice \ufffd"]
    assert codes(found) == {"mojibake": 1, "lost-characters": 1}


@pytest.mark.parametrize("text", ["Кабинет", "Бишкек", "Ош", "Café", "Ўзбекистон", "Қазақстан", "РСФСР", "plain"])
def test_what_was_read_rightly_is_left_alone(text):
    """A repair that is not needed would be damage."""
    assert repaired(text) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_may_be_parted_by_any_usual_mark(delimiter):
    """As spreadsheets of different countries save them."""
    rows = [["id", "organization_id", "name"], ["1", "1", '"Food, warm; and ""soup"""']]

    assert names(tables("\n".join(map(delimiter.join, rows)))) == ['Food, warm; and "soup"']


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_only():
    """The rows behind it are read."""
    rows = "".join(f"{n},1,Advice {n}\n" for n in range(2, 30))
    found = tables('id,organization_id,name\n1,1,"Advice\n' + rows)

    assert len(names(found)) == 28
    assert codes(found) == {"bad-row": 1}
    require_whole_account(found)


def test_rows_of_another_length_are_rejected():
    """Their cells may have moved."""
    found = tables("id,organization_id,name\n1,1\n2,1,Advice,more\n3,1,Food\n4,1,Soup,\n")

    assert names(found) == ["Food", "Soup"]
    assert codes(found) == {"wrong-length": 2}


def test_a_line_of_ndjson_that_is_broken_is_rejected_alone():
    """By its number."""
    lines = [json.dumps(a_service()), "{broken", json.dumps(a_service(id="2")), '"text"']
    found = harvest("\n".join(lines).encode())

    assert len(records(found, "service")) == 2
    assert [(r.row, r.code) for r in found.account.all_remarks() if r.rejects] == [
        (2, "broken-json"),
        (4, "not-a-record"),
    ]


def test_a_key_that_is_given_twice_is_told():
    """JSON readers differ in which one they take."""
    found = harvest(json.dumps(a_service())[:-1].encode() + b', "name": "Other"}')

    assert names(found) == ["Other"]
    assert [remark.field for remark in remarks(found, "double-key")] == ["name"]


def test_records_that_lie_too_deep_in_each_other_are_rejected():
    """Each organization has a service that has an organization."""
    record: dict = {"id": "0", "name": "end"}
    for n in range(40):
        record = {"id": str(n), "name": "x", "services": [{"id": f"s{n}", "name": "y", "organization": record}]}
    found = harvest([record])

    assert remarks(found, "too-deep")
    require_whole_account(found)


_KEYS = (
    "id name organization organization_id services service locations location addresses phones number contacts "
    "service_at_locations attributes taxonomy_term codes safety eligibility weekly schedules opens_at "
    "closes_at byday languages status country city slug registration links sources contents capacities "
    "verification "
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["1", "KZ", "Almaty", "09:00", "active", "\ud800", "=1+1", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            _KEYS.split()
        ), inner, max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(_JSON)
def test_no_json_makes_it_fail(value):
    """Whatever lies under the keys that it knows; and the account is whole."""
    found = harvest(json.dumps(value).encode())

    require_whole_account(found)
    json.dumps([[p.body, p.note] for p in found.proposals]).encode()


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(list(Form)))
def test_no_bytes_make_it_fail(content, form):
    """Whatever form they are taken for."""
    found = read_parcel(Parcel(form=form, pieces=(Piece(name="services.csv", content=content),)), Told(), places())

    require_whole_account(found)


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from('",;\n\r=-:[]{}#&*!|>\'"'), max_size=200))
def test_no_text_makes_a_table_or_a_file_of_ours_fail(text):
    """Quotation marks, anchors and ends of lines in any order."""
    for head, name, form in (
        ("id,organization_id,name\n", "services.csv", Form.TABULAR), ("organizations:\n- ", "kz.yaml", Form.YAML)
    ):  # fmt: skip
        piece = Piece(name=name, content=(head + text).encode("utf-8", "replace"))
        require_whole_account(read_parcel(Parcel(form=form, pieces=(piece,)), Told(), places()))
