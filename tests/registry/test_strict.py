"""The strict reader: one row for each way to write a file wrongly, and no content that can make it fall over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.errors import FaultyData
from app.domain.pathway import Pathway
from app.registry.marked import mark
from app.registry.strict import Reading, read, read_folder, report

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of an invented house."""

    name: str
    beds: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Every type that a data file can hold."""

    id: str
    since: date
    codes: tuple[Code, ...] = ()
    rooms: tuple[Room, ...] = ()
    keys: dict[str, Room] = field(default_factory=dict)
    weekly: tuple[tuple[int, int], ...] | None = None
    seen_at: datetime | None = None
    lat: float = 0.0
    warm: Answer = Answer.UNKNOWN
    on: bool = False
    note: str = ""


GOOD = """\
id: "house-1"
since: "2024-09-05"
codes: ["SHL-EMG"]
rooms:
  - name: "blue"
    beds: 2
keys: {first: {name: "green"}}
weekly: [[480, 1020]]
seen_at: "2024-09-05T08:00+05:00"
lat: 41.25
warm: "yes"
on: true
note: >-
  Two words
  in one line.
"""


def reading_of(tmp_path: Path, text: str | bytes) -> Reading[House]:
    """The reading of a file of that text."""
    folder = tmp_path / "houses"
    folder.mkdir(exist_ok=True)
    path = folder / "kz.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, House)


def test_a_good_file_becomes_a_frozen_value(tmp_path):
    """Days, instants, tuples, enumerations and nested values come out as their types."""
    reading = reading_of(tmp_path, GOOD)

    assert reading.faults == ()
    assert reading.value == House(
        id="house-1",
        since=date(2024, 9, 5),
        codes=(Code.SHL_EMG,),
        rooms=(Room(name="blue", beds=2),),
        keys={"first": Room(name="green")},
        weekly=((480, 1020),),
        seen_at=datetime(2024, 9, 5, 3, tzinfo=UTC),
        lat=41.25,
        warm=Answer.YES,
        on=True,
        note="Two words in one line.",
    )


# What is written instead of what, the fault, where it is, on which line, and words of the mend.
FAULTS = [
    ("duplicate key", "lat: 41.25", 'id: "house-2"', "duplicate-key", "/id", 10, "line 1"),
    ("unknown key", "lat: 41.25", "lon: 41.25", "unknown-key", "/lon", 10, '"on"'),
    ("misspelt key", "    beds: 2", "    bedz: 2", "unknown-key", "/rooms/0/bedz", 6, '"beds"'),
    ("key like nothing", "lat: 41.25", "qqqqqqqq: 1", "unknown-key", "/qqqqqqqq", 10, "known here: id, since"),
    ("missing key", 'id: "house-1"\n', "", "missing-key", "/id", 1, "add `id`"),
    ("missing key inside", '- name: "blue"\n    beds', "- beds", "missing-key", "/rooms/0/name", 5, "add `name`"),
    ("text for a number", "beds: 2", 'beds: "2"', "wrong-type", "/rooms/0/beds", 6, "whole number"),
    ("decimal for a whole number", "beds: 2", "beds: 2.5", "wrong-type", "/rooms/0/beds", 6, "whole number"),
    ("truth for a number", "beds: 2", "beds: true", "wrong-type", "/rooms/0/beds", 6, "whole number"),
    ("number for truth", "on: true", "on: 1", "wrong-type", "/on", 12, "true or false"),
    ("text for decimals", "lat: 41.25", 'lat: "41.25"', "wrong-type", "/lat", 10, "a number"),
    ("text for a list", 'codes: ["SHL-EMG"]', 'codes: "SHL-EMG"', "wrong-type", "/codes", 3, "a list"),
    ("list for keys", '{name: "green"}', '["green"]', "wrong-type", "/keys/first", 7, "keys with values"),
    ("span too long", "[[480, 1020]]", "[[480, 1020, 1]]", "wrong-type", "/weekly/0", 8, "at most 2"),
    ("span too short", "[[480, 1020]]", "[[480]]", "missing-item", "/weekly/0/1", 8, "add an item"),
    ("null for text", 'id: "house-1"', "id: null", "wrong-type", "/id", 1, "text in quotes"),
    ("unknown code", '"SHL-EMG"', '"SHL-EMR"', "unknown-code", "/codes/0", 3, 'did you mean "SHL-EMG"?'),
    ("unknown value", '"yes"', '"yess"', "unknown-value", "/warm", 11, 'did you mean "yes"?'),
    ("strange value", '"yes"', '"#!"', "unknown-value", "/warm", 11, "use one of yes, no, unknown"),
    ("no such day", '"2024-09-05"', '"2024-09-31"', "wrong-date", "/since", 2, "calendar"),
    ("day in another form", '"2024-09-05"', '"5.9.2024"', "wrong-date", "/since", 2, '"2024-09-05"'),
    ("seconds for a day", '"2024-09-05"', '"86400"', "wrong-date", "/since", 2, '"2024-09-05"'),
    ("instant without zone", "T08:00+05:00", "T08:00", "wrong-date", "/seen_at", 9, "with its zone"),
    ("anchor", '- name: "blue"', '- name: &a "blue"', "anchor", "/rooms/0/name", 5, "remove &a"),
    ("alias", '"green"}', "*a}", "alias", "/keys/first/name", 7, "instead of *a"),
    ("merge key", "    beds: 2", "    <<: {beds: 2}", "merge-key", "/rooms/0/<<", 6, "write the keys out"),
    ("tag", "beds: 2", "beds: !!int 2", "tag", "/rooms/0/beds", 6, "remove !!int"),
    ("own tag", '- name: "blue"', '- !room {name: "blue"}\n  - name: "red"', "tag", "/rooms/0", 5, "remove !room"),
    ("country that is a no", '"house-1"', "NO", "unquoted", "/id", 1, 'quotes around it: "NO"'),
    ("answer that is a yes", '"yes"', "yes", "unquoted", "/warm", 11, 'quotes around it: "yes"'),
    ("truth spelt on", "on: true", "on: on", "unquoted", "/on", 12, "or write true or false"),
    ("version as a number", '"house-1"', "2026.11", "unquoted", "/id", 1, '"2026.11"'),
    ("bare day", '"2024-09-05"\n', "2024-09-05\n", "unquoted", "/since", 2, '"2024-09-05"'),
    ("bare time", '"house-1"', "08:00", "unquoted", "/id", 1, '"08:00"'),
    ("time in base sixty", "beds: 2", "beds: 10:30", "unquoted", "/rooms/0/beds", 6, '"10:30"'),
    ("number in base eight", "beds: 2", "beds: 010", "unquoted", "/rooms/0/beds", 6, "plain number"),
    ("number in base sixteen", "beds: 2", "beds: 0x10", "unquoted", "/rooms/0/beds", 6, "plain number"),
    ("number without end", "lat: 41.25", "lat: .inf", "unquoted", "/lat", 10, "plain number"),
    ("number of a thousand digits", "beds: 2", "beds: " + "9" * 5000, "unquoted", "/rooms/0/beds", 6, "plain number"),
    ("number as a key", "{first:", "{2024:", "unquoted", "/keys/2024", 7, '"2024"'),
    ("nothing after a key", 'id: "house-1"', "id:", "empty-value", "/id", 1, "write a value"),
    ("list as a key", "{first:", "{[first]:", "wrong-key", "/keys/?", 7, "one word"),
    ("control character", '"house-1"', '"house\\a"', "bad-character", "/id", 1, "control character"),
    ("open bracket", "[[480, 1020]]", "[[480, 1020]", "bad-yaml", "", 9, "mend the YAML"),
    ("tab", "    beds: 2", "\tbeds: 2", "bad-yaml", "", 6, "mend the YAML"),
    ("zero byte", "lat: 41.25", "lat: \0", "bad-yaml", "", 10, "characters that YAML does not allow"),
    ("too deep", "[[480, 1020]]", "[" * 60 + "]" * 60, "bad-yaml", "", 8, "nested too deep"),
    ("second document", "lat: 41.25", "---\nlat: 41.25", "several-documents", "", 10, "keep one document"),
]


@pytest.mark.parametrize(("good", "bad", "code", "pointer", "line", "mend"), [f[1:] for f in FAULTS],
                         ids=[f[0] for f in FAULTS])  # fmt: skip
def test_a_fault_names_file_line_and_mend(tmp_path, good, bad, code, pointer, line, mend):
    """STYLE, Faults. One thing is written wrongly, and the first fault on record is about it."""
    assert good in GOOD
    reading = reading_of(tmp_path, GOOD.replace(good, bad, 1))

    found = {(fault.code, fault.pointer, fault.line): fault for fault in reading.faults}
    assert reading.value is None
    assert (code, pointer, line) in found, reading.faults
    assert mend in found[code, pointer, line].mend
    assert str(found[code, pointer, line]).startswith(f"data/houses/kz.yaml:{line}: {pointer or '/'}: {code}: ")


@pytest.mark.parametrize(("content", "code", "line"), [
    (b"", "empty-file", 1),
    (b"# only a comment\n", "empty-file", 1),
    (b"id: \"a\"\nnote: \"\xff\"\n", "not-utf-8", 2),
    ("id: x\n".encode("utf-16"), "not-utf-8", 1),
    (b"- 1\n- 2\n", "wrong-type", 1),
    (b"just words\n", "wrong-type", 1),
    (b"null\n", "wrong-type", 1),
])  # fmt: skip
def test_a_file_that_is_no_mapping_in_utf8_is_refused(tmp_path, content, code, line):
    """One fault says it all."""
    reading = reading_of(tmp_path, content)

    assert [(fault.code, fault.line) for fault in reading.faults] == [(code, line)]


def test_a_file_that_can_not_be_opened_is_a_fault(tmp_path):
    """Also when a folder has the name of a file."""
    (tmp_path / "houses" / "kz.yaml").mkdir(parents=True)

    assert [fault.code for fault in read(tmp_path / "houses" / "kz.yaml", House).faults] == ["unreadable"]
    assert [fault.code for fault in read(tmp_path / "houses" / "kg.yaml", House).faults] == ["unreadable"]


def test_what_can_not_be_trusted_is_told_once(tmp_path):
    """A value that lost its quotes is not also of the wrong type."""
    reading = reading_of(tmp_path, GOOD.replace('"house-1"', "NO").replace('"2024-09-05"\n', "2024-09-05\n"))

    assert [(fault.code, fault.pointer) for fault in reading.faults] == [("unquoted", "/id"), ("unquoted", "/since")]


@pytest.mark.parametrize("number", ["0005550100", "+0005550100", "5550100", "555_01_00.5"])
def test_a_telephone_number_without_quotes_is_not_repeated(tmp_path, number):
    """It may be the one that must stay secret; file and line suffice."""
    reading = reading_of(tmp_path, GOOD.replace('"house-1"', number))

    assert [(fault.code, fault.line) for fault in reading.faults] == [("unquoted", 1)]
    assert number not in str(reading.faults)


def test_all_faults_of_all_files_come_in_one_report(tmp_path):
    """Readers of data collect every fault before they stop (STYLE)."""
    (tmp_path / "kg.yaml").write_text(GOOD.replace('"SHL-EMG"', '"SHL"').replace("lat:", "lot:"), encoding="utf-8")
    (tmp_path / "kz.yaml").write_text(GOOD.replace("beds: 2", "beds: two"), encoding="utf-8")
    (tmp_path / "uz.yml").write_text(GOOD, encoding="utf-8")

    with pytest.raises(FaultyData) as raised:
        report(fault for reading in read_folder(tmp_path, House) for fault in reading.faults)

    assert [(Path(fault.where).name, fault.code) for fault in raised.value.faults] == [
        ("kg.yaml", "unknown-code"),
        ("kg.yaml", "unknown-key"),
        ("kz.yaml", "wrong-type"),
        ("uz.yml", "wrong-name"),
    ]
    assert len(str(raised.value).splitlines()) == 4


def test_an_empty_folder_is_a_fault(tmp_path):
    """Nothing to read is not the same as nothing to say."""
    assert [fault.code for reading in read_folder(tmp_path, House) for fault in reading.faults] == ["no-files"]


def test_no_message_names_the_machine(tmp_path):
    """Where a checkout lies is nobody's business."""
    reading = reading_of(tmp_path, GOOD.replace("beds: 2", "beds: two"))

    assert str(tmp_path) not in "".join(map(str, reading.faults))


def faults_are_whole(reading: Reading[Pathway]) -> bool:
    """A value or faults, never both; each fault can be printed and says where and how."""
    named = all(fault.where and fault.code and fault.mend and fault.line >= 0 for fault in reading.faults)
    printable = "".join(map(str, reading.faults)).encode()
    return named and isinstance(printable, bytes) and (reading.value is None) == bool(reading.faults)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_fall_over(tmp_path_factory, content):
    """Whatever a disk may hold."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)

    assert faults_are_whole(read(path, Pathway))


REAL = "\n".join((DATA / "pathways" / "kz.yaml").read_text(encoding="utf-8").splitlines()[:30])
SCRIBBLE = st.text(st.sampled_from(list("{}[]:&*!|>'\"%@`\n\t #-?,<\\~0xA9é\x07\x00\ufeff\u2028=ŋ")), max_size=6)
EDITS = st.lists(st.tuples(st.integers(0, len(REAL)), st.integers(0, 40), SCRIBBLE), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EDITS)
def test_no_scribble_in_a_real_file_makes_it_fall_over(tmp_path_factory, edits):
    """A hand that slips, several times."""
    text = REAL
    for start, length, scribble in edits:
        text = text[:start] + scribble + text[start + length :]
    path = tmp_path_factory.getbasetemp() / "scribbled.yaml"
    path.write_text(text, encoding="utf-8", newline="")

    assert faults_are_whole(read(path, Pathway))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.sampled_from(list("{}[]:&*!|>'\"\n -?,<abc")), max_size=60))
def test_marking_never_raises(text):
    """Nor does the layer below the types; the lines it knows are lines of the text."""
    marked = mark("any", text)

    assert marked.is_whole or marked.faults
    assert all(1 <= line <= text.count("\n") + 1 for line in marked.lines.values())
