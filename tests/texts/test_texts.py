"""Every language says everything, and every text that the program asks for is there."""

import json
import re
import warnings
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from app.api.problems import STATUS
from app.domain.codes import Code
from app.domain.plan import GapReason, Outcome
from app.routing import rulebook
from app.routing.verdicts import Verdict
from app.texts import UntranslatedText, keys, languages, say

APP = Path(__file__).resolve().parents[2] / "app"
KEY = re.compile(
    r'"((?:answer|ask|caution|code|contact|escalation|fault|gap|grade|mode|movement|notice|opens|outcome|preference|problem|'
    r'question|sheet|verdict|warning|why|why_not)\.[A-Za-z0-9_.-]+)"'
)


def catalogue(language):
    """The catalogue of that language as the file has it."""
    return json.loads((APP / "texts" / f"{language}.json").read_text(encoding="utf-8"))


def slots(template):
    """Names of the slots of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys(language):
    """A text that is missing would be English in the middle of a sentence."""
    assert set(catalogue(language)) ^ set(catalogue("en")) == set()


@pytest.mark.parametrize("language", languages())
def test_catalogues_are_sorted_and_filled(language):
    """So that changes can be read; an empty text says nothing."""
    texts = catalogue(language)

    assert list(texts) == sorted(texts)
    assert [key for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize("language", languages())
def test_no_language_asks_for_a_slot_that_english_does_not_fill(language):
    """Rules have their English words in the slot; other languages have their own."""
    english = catalogue("en")

    assert {key for key, text in catalogue(language).items() if slots(text) - slots(english[key])} == set()


def test_every_key_that_stands_in_the_code_has_a_text():
    """Found by reading the code; keys that are put together are tested below."""
    asked = {
        match for path in APP.rglob("*.py") for match in KEY.findall(path.read_text(encoding="utf-8"))
        if not path.is_relative_to(APP / "texts")
    }  # fmt: skip

    assert {key for key in asked if key not in keys("en")} == set()


@pytest.mark.parametrize(
    ("family", "values"),
    [("code", Code), ("outcome", Outcome), ("gap", GapReason), ("rule", [rule.id for rule in rulebook()]),
     ("opens", [verdict.name.lower() for verdict in Verdict if verdict.name != "OPEN"]),
     ("problem", [f"{code}.{part}" for code in STATUS for part in ("title", "detail")])],
)  # fmt: skip
def test_every_value_of_a_closed_list_has_a_text(family, values):
    """Texts by key and value."""
    names = [value.value if isinstance(value, StrEnum) else value for value in values]

    assert {f"{family}.{name}" for name in names} - keys("ru") == set()


def test_a_text_has_its_slots_filled():
    """By name."""
    assert say("fault.too-many-codes", "en", mend="10").endswith("at most 10.")


def test_a_key_without_a_text_takes_that_of_its_family():
    """Rules of country files are told in their own words."""
    assert say("rule.XX-G1", "ru", statement="Only with papers.") == "Only with papers."


def test_an_unknown_language_falls_back():
    """To English."""
    assert say("outcome.routes", "xx") == say("outcome.routes", "en")


@pytest.mark.parametrize(("key", "filled"), [("nothing.here", {}), ("fault.too-many-codes", {})])
def test_a_missing_text_warns_and_comes_back_as_its_key(key, filled):
    """Loud in tests, harmless at two in the morning."""
    with pytest.warns(UntranslatedText):
        assert say(key, "en", **filled) == key
    with pytest.raises(UntranslatedText), warnings.catch_warnings():
        warnings.simplefilter("error")
        say(key, "en", **filled)
