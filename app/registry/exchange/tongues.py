"""Language tags for what foreign files write as language: tags, and names that mean one language only."""

import re
from collections.abc import Mapping

from app.domain.languages import LANGUAGES

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z]{2})?")
_THREE: Mapping[str, str] = {
    "rus": "ru", "eng": "en", "kaz": "kk", "kir": "ky", "tgk": "tg", "tuk": "tk", "uzb": "uz", "tur": "tr", "spa": "es",
    "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "ara": "ar", "fas": "fa", "per": "fa", "urd": "ur", "zho": "zh",
    "chi": "zh", "ukr": "uk", "hin": "hi", "pus": "ps", "kur": "ku", "aze": "az", "bel": "be", "kat": "ka", "geo": "ka",
    "hye": "hy", "arm": "hy", "mon": "mn", "uig": "ug", "tat": "tt", "kor": "ko", "jpn": "ja", "vie": "vi", "ita": "it",
    "por": "pt", "pol": "pl", "som": "so", "amh": "am", "ben": "bn", "pan": "pa", "nep": "ne", "tgl": "tl",
}  # fmt: skip
_NAMES: Mapping[str, str] = {
    "russian": "ru", "русский": "ru", "english": "en", "английский": "en", "kazakh": "kk", "казахский": "kk",
    "қазақша": "kk", "kyrgyz": "ky", "кыргызский": "ky", "кыргызча": "ky", "tajik": "tg", "таджикский": "tg",
    "тоҷикӣ": "tg", "turkmen": "tk", "туркменский": "tk", "türkmençe": "tk", "uzbek": "uz", "узбекский": "uz",
    "turkish": "tr", "турецкий": "tr", "spanish": "es", "french": "fr", "german": "de", "arabic": "ar", "urdu": "ur",
    "ukrainian": "uk", "hindi": "hi",
}  # fmt: skip


def language_tag(said: str) -> str | None:
    """The tag of that language; `None` for a word that is no tag of a language and no name known here."""
    word = said.strip()
    if word.lower() in _NAMES:
        return _NAMES[word.lower()]
    if not _TAG.fullmatch(word):
        return None
    first, *rest = word.split("-")
    language = _THREE.get(first.lower(), first.lower())
    if language not in LANGUAGES:
        return None
    parts = [language]
    parts += [part.title() if len(part) == 4 else part.upper() for part in rest]
    return "-".join(parts)
