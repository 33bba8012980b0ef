"""THE TEXTS: catalogues of one JSON object a language, from a key to a template with named slots.

Every language has the same keys; machine words (codes, rule ids, values of closed lists) are never translated. A
template is plain text with slots such as `{count}`; templates avoid plurals, so that a number fits every language.
"""

import json
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

FALLBACK = "en"
"""The language that every key is written in first."""

_LANGUAGES = ("en", "ru")


class UntranslatedText(UserWarning):
    """A key that no catalogue has, or a template whose slot was not given. Names the key and nothing else."""


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, as BCP 47 tags; the fallback first."""
    return _LANGUAGES


def say(key: str, language: str, **slots: str | int) -> str:
    """The text of that key in that language, else in the fallback, with its slots filled.

    A key that has no text of its own takes that of its family: `rule.KZ-G1` that of `rule.*`, so that rules which live
    in country files are told in their own words. A key without either, and a template whose slots are not all given,
    come back as the key itself: an operator sees an odd word instead of an error. Both warn `UntranslatedText`, so that
    a test that turns warnings into errors (ours do) finds them.
    """
    catalogue = _catalogue(language if language in _LANGUAGES else FALLBACK)
    template = catalogue.get(key) or catalogue.get(f"{key.partition('.')[0]}.*")
    if template is None:
        warnings.warn(f"no text for {key!r}", UntranslatedText, stacklevel=2)
        return key
    try:
        return template.format_map(slots)
    except KeyError:
        warnings.warn(f"a slot of {key!r} is missing", UntranslatedText, stacklevel=2)
        return key


def keys(language: str) -> frozenset[str]:
    """Every key of the catalogue of that language; families end in `.*`."""
    return frozenset(_catalogue(language))


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    text = resources.files(__package__).joinpath(f"{language}.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))
