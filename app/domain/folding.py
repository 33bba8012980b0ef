"""One folded text for names: Cyrillic and Latin, both scripts of a language, and every kind of apostrophe meet in it.

Folding is for finding and never for showing. It loses what people write differently and keeps what they mean: a word
becomes a row of plain Latin letters that is the same for «Қорғау», "Qorǵau", "Qorg'au" and "korgau". docs/decisions
0018 has the table with its sources. What is left over after folding (a real typing fault) is the vocabulary's business.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

LONGEST_TEXT = 400
"""Characters of a text that are folded; names are shorter."""
MOST_WORDS = 60
SHORTEST_BEGINNING = 2
"""Letters of a folded word that may be the beginning of a longer one; Ош finds Ошский."""

_APOSTROPHES = (
    "'\u2018\u2019\u201a\u201b\u02bb\u02bc\u02bd\u02b9\u02ba\u02c8\u02bf\u02be`\u00b4\u2032\u2035\uff07\u055a\u07f4"
)
_DROPPED = {ord(mark): None for mark in _APOSTROPHES + "\u00ad\u200b\u200c\u200d\u2060\ufeff"}
"""Apostrophes part no word: `Gʻalaba`, `G'alaba` and `Galaba` are one. Nor does what cannot be seen."""

_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        # Cyrillic as all five countries and Russia share it.
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
        "э": "e", "ю": "yu", "я": "ya",
        # Kazakh and Kyrgyz.
        "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
        # Uzbek and Tajik; Turkmen before 1993.
        "ў": "o", "ҳ": "h", "ӣ": "i", "ӯ": "u", "ҷ": "j", "җ": "j", "ј": "j",
        # Latin: Kazakh of 2021, Uzbek (1995, and the letters proposed since), Turkmen, Tajik in Latin letters.
        "ä": "a", "ə": "a", "ğ": "gh", "ǵ": "gh", "ḡ": "gh", "ı": "i", "ñ": "ng", "ň": "ng", "ń": "ng", "ŋ": "ng",
        "ö": "o", "õ": "o", "ō": "o", "ó": "o", "ø": "o", "ş": "sh", "ș": "sh", "š": "sh", "ü": "u", "ū": "u",
        "ú": "u", "ç": "ch", "č": "ch", "ž": "zh", "ý": "y", "ī": "i", "í": "i", "į": "i", "ẋ": "kh",
        "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    }
)  # fmt: skip
"""A letter as it is romanized most fully; `_SOUNDS` makes one of what is romanized in several ways."""
_TABLE = str.maketrans(dict(_LETTERS))

_SOUNDS: tuple[tuple[str, str], ...] = (
    (r"shch|sch|sh|ts|tz", "s"),  # щ ш ц; ş without its mark is s
    (r"tch|tsh", "ch"),
    (r"dzh|dj|zh", "j"),  # ж ҷ җ: Kyrgyz and Kazakh write j for ж
    (r"kh|x", "h"),  # х ҳ һ: x in Uzbek, h in Turkmen and Kazakh
    (r"gh", "g"),
    (r"ph", "f"),
    (r"ck", "k"),
    (r"q", "k"),
    (r"w", "v"),
    (r"c(?=[eiy])", "s"),
    (r"c(?!h)", "k"),
    (r"ng", "n"),  # ң ñ ň
    (r"[iy]o", "e"),  # ё, which is often written е
    (r"y", "i"),  # й ы и і ı
    (r"i+(?=[aeou])", ""),  # я ю е: ya, ia and a after a vowel
    (r"([a-z])\1+", r"\1"),  # a doubled letter is easily missed
)
_STEPS = tuple((re.compile(pattern), by) for pattern, by in _SOUNDS)
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The folded words of the text in their order, parted by single spaces; "" for a text without letters or digits.

    Folding twice gives the same. Only the first `LONGEST_TEXT` characters and `MOST_WORDS` words count.
    """
    return " ".join(folded_words(text))


def folded_words(text: str) -> tuple[str, ...]:
    """The folded words of the text, in their order; a word that folds to nothing is left out."""
    return tuple(filter(None, map(_folded, _words(text))))


def searched_words(text: str) -> tuple[str, ...]:
    """The folded words to look for; none at all where one of them is only a letter held down, which no name has."""
    words = _words(text)
    return () if any(map(_is_held_down, words)) else tuple(filter(None, map(_folded, words)))


def is_whole(word: str) -> bool:
    """Whether a folded word is too short to be the beginning of another one: it stands for itself alone."""
    return len(word) < SHORTEST_BEGINNING


def _words(text: str) -> list[str]:
    composed = unicodedata.normalize(
        "NFC", unicodedata.normalize("NFKC", text[:LONGEST_TEXT].translate(_DROPPED)).casefold()
    )
    return _WORD.findall(composed.translate(_DROPPED))[:MOST_WORDS]


def _is_held_down(word: str) -> bool:
    """`qqqqqqq` would fold to one letter, and so do few real words: the Kyrgyz үйү is the longest of them."""
    return len(_folded(word)) == 1 and (len(word) > 3 or (len(word) == 3 and len(set(word)) == 1))


def folded_number(text: str) -> str:
    """A registration number without case, spaces and punctuation; its letters stay what they are."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST_TEXT].replace("№", "")).casefold()
    return "".join(character for character in composed if character.isalnum())


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    if word.isascii() and word.isdigit():
        return word
    plain = unicodedata.normalize("NFKD", word.translate(_TABLE))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    # Sounds that arise from others are folded, too. No step brings back what another takes away, so this ends.
    while True:
        heard = plain
        for step, by in _STEPS:
            heard = step.sub(by, heard)
        if heard == plain:
            return plain
        plain = heard
