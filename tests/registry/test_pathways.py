"""The rules of the countries: what the loader refuses, one row each, and that the real files pass."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.codes import Code
from app.domain.directory import Directory, Organization
from app.domain.errors import FaultyData
from app.domain.pathway import Strength
from app.domain.provider import OrganizationType
from app.registry.directory import load_directory
from app.registry.pathways import REQUIRED_FILES, check_slugs, load_pathways, rules_of
from app.registry.places import load_places

DATA = Path(__file__).resolve().parents[2] / "data"
KNOWN = frozenset({"H02", "H13"})

TEXT = """\
country: "{country}"
version: "2026.11"
title: "Rules of an invented state"
overview: "Nothing in here is true."
sources:
  act:
    url: "https://example.org/act"
    title: "Act of the invented state"
  news:
    url: "https://example.org/news"
    title: "News"
steps:
  - actor: "anybody"
    what: "First contact."
    cites: [{{source: "news", at: "lead"}}]
gates:
  - id: "{name}-G01"
    text: "State beds are for nationals."
    valid_from: "2020-01-01"
    valid_to: "2022-12-31"
    guards: ["SHL-VOT"]
    person: {{nationality_not_in: ["{home}", "stateless"]}}
    point: {{state_funded: true, slug_in: ["xx-house"], place_in: ["nowhere"]}}
    cites: [{{source: "act", at: "article 1"}}]
precedence:
  - id: "{name}-P01"
    text: "An interpreter first."
    before: "INT-LNG"
    after: "LEG-INF"
    strength: "hard"
    valid_from: "2020-01-01"
    cites: [{{source: "act", at: "article 2"}}]
windows:
  - id: "{name}-W01"
    text: "Soon."
    code: "MED-CMR"
    hours: 72
    valid_from: "2020-01-01"
    cites: [{{source: "act", at: "article 3"}}]
stays:
  - id: "{name}-S01"
    text: "A month."
    days: 30
    organization: "xx-house"
    valid_from: "2020-01-01"
    cites: [{{source: "act", at: "article 4"}}]
hazards:
  - id: "{name}-H01"
    text: "Officers took somebody back."
    gate: "{name}-G01"
    valid_from: "2020-01-01"
    cites: [{{source: "news", at: "lead"}}]
"""


def rules_folder(tmp_path: Path, **edits: list[tuple[str, str]]) -> Path:
    """A folder with the six files, each correct but for the edits of that name."""
    folder = tmp_path / "pathways"
    folder.mkdir()
    for stem in REQUIRED_FILES:
        universal = stem == "universal"
        text = TEXT.format(
            country="*" if universal else stem.upper(),
            name="U" if universal else stem.upper(),
            home="KZ" if universal else stem.upper(),
        )
        for good, bad in edits.get(stem, []):
            assert good in text
            text = text.replace(good, bad, 1)
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path, known_rules: frozenset[str] = KNOWN) -> list[tuple[str, int, str, str, str]]:
    """What the loader says: file, line, pointer, code and mend."""
    with pytest.raises(FaultyData) as raised:
        load_pathways(folder, known_rules=known_rules)
    return [(Path(f.where).name, f.line, f.pointer, f.code, f.mend) for f in raised.value.faults]


def test_good_files_are_keyed_by_country_the_universal_one_first(tmp_path):
    """The shape that the desk and the engine read."""
    pathways = load_pathways(rules_folder(tmp_path), known_rules=KNOWN)

    assert list(pathways) == ["*", "KG", "KZ", "TJ", "TM", "UZ"]
    edge = pathways["TJ"].precedence[0]
    assert (edge.before, edge.after, edge.strength) == (Code.INT_LNG, Code.LEG_INF, Strength.HARD)
    assert pathways["KZ"].gates[0].valid_to == date(2022, 12, 31)
    assert [spot for spot, _ in rules_of(pathways["KZ"])][:2] == [("gates", 0), ("precedence", 0)]


FAULTS = [
    ("wrong country", '"KZ"\nversion', '"KG"\nversion', 1, "/country", "wrong-country", '"KZ"'),
    ("no version", '"2026.11"', '" "', 2, "/version", "empty-text", "write the version"),
    ("no source address", '"https://example.org/act"', '"act.pdf"', 7, "/sources/act/url", "wrong-url", "https://"),
    ("no source title", '"News"', '""', 11, "/sources/news/title", "empty-text", "title"),
    ("uncited rule", '[{source: "act", at: "article 1"}]', "[]", 17, "/gates/0", "uncited-rule", "cite at least one"),
    ("no cites", '    cites: [{source: "act", at: "article 1"}]\n', "", 17, "/gates/0/cites", "missing-key", "`cites`"),
    ("unknown source", '"act", at: "article 1"', '"akt", at: "article 1"', 24, "/gates/0/cites/0/source",
     "unknown-source", 'did you mean "act"?'),
    ("unknown source of a step", '"news", at: "lead"', '"neus", at: "lead"', 15, "/steps/0/cites/0/source",
     "unknown-source", 'did you mean "news"?'),
    ("no locator", '"article 1"', '" "', 24, "/gates/0/cites/0/at", "empty-locator", "article, section or page"),
    ("last day first", '"2022-12-31"', '"2019-12-31"', 20, "/gates/0/valid_to", "wrong-dates", "2020-01-01"),
    ("id of an earlier rule", "KZ-P01", "KZ-G01", 26, "/precedence/0/id", "duplicate-id", "kz.yaml:17"),
    ("id of another file", "KZ-P01", "KG-P01", 26, "/precedence/0/id", "duplicate-id", "kg.yaml:26"),
    ("id with a blank", "KZ-P01", "KZ P01", 26, "/precedence/0/id", "wrong-id", "such as KZ-G01"),
    ("no words", '"Soon."', '""', 35, "/windows/0/text", "empty-text", "sentence"),
    ("no hours", "hours: 72", "hours: 0", 37, "/windows/0/hours", "out-of-range", "1 or more"),
    ("no days", "days: 30", "days: 0", 43, "/stays/0/days", "out-of-range", "1 or more"),
    ("no country", '["KZ", "stateless"]', '["Kz"]', 22, "/gates/0/person/nationality_not_in/0", "wrong-country",
     "capital"),
    ("unknown code", "MED-CMR", "MED-CRM", 36, "/windows/0/code", "unknown-code", '"MED-CMR"'),
    ("code before itself", '"INT-LNG"', '"LEG-INF"', 26, "/precedence/0", "cycle", "LEG-INF -> LEG-INF"),
    ("against the universal order", '"INT-LNG"\n    after: "LEG-INF"', '"LEG-INF"\n    after: "INT-LNG"', 26,
     "/precedence/0", "cycle", "LEG-INF -> INT-LNG -> LEG-INF"),
    ("hazard without its rule", 'gate: "KZ-G01"', 'gate: "KZ-G02"', 50, "/hazards/0/gate", "unknown-rule", "KZ-G01"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "line", "pointer", "code", "mend"), [f[1:] for f in FAULTS],
                         ids=[f[0] for f in FAULTS])  # fmt: skip
def test_a_fault_names_file_line_and_mend(tmp_path, good, bad, line, pointer, code, mend):
    """One thing is wrong in one file; one fault is about it."""
    faults = faults_of(rules_folder(tmp_path, kz=[(good, bad)]))

    assert [fault[:4] for fault in faults if fault[3] != "unused-source"] == [("kz.yaml", line, pointer, code)]
    assert mend in faults[0][4] or mend in faults[-1][4]


def test_a_source_that_nothing_cites_is_a_fault(tmp_path):
    """Either a rule forgot it, or it is left over."""
    edit = ("  news:\n", '  diary: {url: "https://example.org/d", title: "Diary"}\n  news:\n')
    faults = faults_of(rules_folder(tmp_path, tm=[edit]))

    assert [fault[:4] for fault in faults] == [("tm.yaml", 9, "/sources/diary", "unused-source")]


def test_a_long_cycle_is_named_once_even_over_two_files_and_disjoint_years(tmp_path):
    """INT before LEG-INF holds everywhere; two Uzbek rules of other years close the circle."""
    more = """precedence:
  - id: "UZ-P02"
    text: "A circle, first half."
    before: "LEG-INF"
    after: "DOC-IDS"
    strength: "soft"
    valid_from: "1999-01-01"
    valid_to: "1999-12-31"
    cites: [{source: "act", at: "article 7"}]
  - id: "UZ-P03"
    text: "A circle, second half."
    before: "DOC-IDS"
    after: "INT-LNG"
    strength: "soft"
    valid_from: "2005-01-01"
    cites: [{source: "act", at: "article 8"}]
"""
    faults = faults_of(rules_folder(tmp_path, uz=[("precedence:\n", more)]))

    assert [fault[:4] for fault in faults] == [("uz.yaml", 26, "/precedence/0", "cycle")]
    assert faults[0][4].startswith("LEG-INF -> DOC-IDS -> INT-LNG -> LEG-INF ")


def test_a_universal_cycle_is_told_at_the_universal_file(tmp_path):
    """And not again for each country."""
    edit = ('"INT-LNG"', '"LEG-INF"')

    assert [fault[:2] for fault in faults_of(rules_folder(tmp_path, universal=[edit]))] == [("universal.yaml", 26)]


def test_a_hazard_may_name_a_rule_of_any_file_or_of_the_code(tmp_path):
    """Without the ids of the code nothing is said about hazards."""
    folder = rules_folder(tmp_path, kz=[('gate: "KZ-G01"', 'gate: "H02"')], kg=[('gate: "KG-G01"', 'gate: "U-G01"')])

    assert len(load_pathways(folder, known_rules=KNOWN)) == 6
    assert len(load_pathways(folder)) == 6
    assert [fault[3] for fault in faults_of(folder, frozenset({"H13"}))] == ["unknown-rule"]


def test_every_country_and_the_universal_file_are_needed(tmp_path):
    """Unless the caller asks for less."""
    folder = rules_folder(tmp_path)
    (folder / "tm.yaml").unlink()
    (folder / "universal.yaml").unlink()

    assert [fault[0:2] + fault[3:4] for fault in faults_of(folder)] == [
        ("tm.yaml", 0, "missing-file"),
        ("universal.yaml", 0, "missing-file"),
    ]
    assert list(load_pathways(folder, required=("kz",))) == ["KG", "KZ", "TJ", "UZ"]


def test_a_file_must_be_named_after_a_country(tmp_path):
    """`kazakhstan.yaml` would be a country of nobody."""
    folder = rules_folder(tmp_path)
    (folder / "kz.yaml").rename(folder / "kazakhstan.yaml")

    assert [(fault[0], fault[3]) for fault in faults_of(folder)] == [
        ("kazakhstan.yaml", "wrong-country"),
        ("kz.yaml", "missing-file"),
    ]


def test_faults_of_several_files_come_in_one_report(tmp_path):
    """Also when one file can not be read at all."""
    folder = rules_folder(
        tmp_path,
        kg=[('"article 1"', '""')],
        kz=[("country:", "country: [")],
        uz=[('"hard"', '"hart"'), ("hours: 72", "ours: 72")],
    )

    assert [(fault[0], fault[3]) for fault in faults_of(folder)] == [
        ("kg.yaml", "empty-locator"),
        ("kz.yaml", "bad-yaml"),
        ("uz.yaml", "unknown-value"),
        ("uz.yaml", "missing-key"),
        ("uz.yaml", "unknown-key"),
    ]


def a_directory(*slugs: str) -> Directory:
    """A directory that has only organizations of these slugs."""
    organizations = tuple(
        Organization(slug=slug, name="House", country="KZ", type=OrganizationType.NGO) for slug in slugs
    )
    return Directory(organizations=organizations, links=(), receptions=(), hotlines=(), cross_border=())


def test_names_in_rules_must_be_in_the_directory(tmp_path):
    """A gate that names nobody would never close."""
    folder = rules_folder(tmp_path)
    pathways = {"KZ": load_pathways(folder)["KZ"]}

    assert check_slugs(pathways, a_directory("xx-house")) == ()
    faults = check_slugs(pathways, a_directory("xx-mouse"), places=frozenset({"somewhere"}), folder=folder)
    assert [(f.where, f.line, f.pointer, f.code) for f in faults] == [
        ("data/pathways/kz.yaml", 23, "/gates/0/point/place_in/0", "unknown-place"),
        ("data/pathways/kz.yaml", 23, "/gates/0/point/slug_in/0", "unknown-organization"),
        ("data/pathways/kz.yaml", 44, "/stays/0/organization", "unknown-organization"),
    ]
    assert all("did you mean" in fault.mend for fault in faults if fault.code == "unknown-organization")


def test_the_files_of_the_project_pass():
    """Each country and the universal rules; and whoever they name is in the directory."""
    pathways = load_pathways(DATA / "pathways")
    places = frozenset(place.slug for place in load_places(DATA / "places"))
    directory = load_directory(DATA / "directory", places=places)

    assert list(pathways) == ["*", "KG", "KZ", "RU", "TJ", "TM", "TR", "UZ"]
    assert check_slugs(pathways, directory, places=places, folder=DATA / "pathways") == ()
