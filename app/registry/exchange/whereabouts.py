"""Which country and town an address names, as the gazetteer has them; and which addresses must not be kept."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from app.domain.place import Place
from app.registry.shapes import is_country

_COUNTRIES = {
    "KZ": "kaz kazakhstan казахстан қазақстан qazaqstan",
    "KG": "kgz kyrgyzstan киргизия кыргызстан kirgizia",
    "TJ": "tjk tajikistan таджикистан тоҷикистон tojikiston",
    "TM": "tkm turkmenistan туркменистан türkmenistan туркмения",
    "UZ": "uzb uzbekistan узбекистан oʻzbekiston o'zbekiston ўзбекистон",
}
_NAMES = {
    "kyrgyz republic": "KG", "кыргыз республикасы": "KG", "республика казахстан": "KZ", "republic of kazakhstan": "KZ",
    "республика таджикистан": "TJ", "republic of tajikistan": "TJ", "республика узбекистан": "UZ",
    "republic of uzbekistan": "UZ", "usa": "US", "united states": "US", "uk": "GB", "gbr": "GB", "russia": "RU",
    "россия": "RU", "rus": "RU",
}  # fmt: skip
_BY_NAME = {name: code for code, names in _COUNTRIES.items() for name in names.split()} | _NAMES
_SECRET = re.compile(
    r"confidential|undisclosed|not (?:disclosed|published|public)|withheld|secret|конфиденциальн|не разглаша|секретн|"
    r"скрыт|купия|құпия|maxfiy",
    re.IGNORECASE,
)
_SHELTER = re.compile(
    r"shelter|refuge|safe ?house|safe (?:home|accommodation|place)|crisis (?:cent|house|accommodation)|"
    r"accommodation|residential|housing|hostel|overnight|domestic (?:violence|abuse)|traffick|battered|"
    r"приют|убежищ|кризисн|шелтер|ночлег|проживан|жиль[её]|насили|торговл\w+ людьми|"
    r"баспана|паноҳгоҳ|panohgoh|boshpana|gaçybatalga",
    re.IGNORECASE,
)
_LEAST_STREET = 5


class Gazetteer:
    """Places by their exact names and aliases, country by country."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_slug: Mapping[str, Place] = {place.slug: place for place in places}
        self._by_name: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for place in self.by_slug.values():
            for name in (place.slug, place.name, place.name_ru, place.name_local, *place.aliases):
                if name:
                    self._by_name[place.country, _plain(name)].add(place.slug)

    def find(self, country: str, town: str, region: str = "") -> str | None:
        """The slug of the one place of that country with exactly that name; `None` when there is none, or several.

        Of several, the one whose region has the ISO 3166-2 code that is given.
        """
        found = self._by_name.get((country, _plain(town)), set())
        if len(found) > 1:
            found = {slug for slug in found if self.by_slug[slug].admin1 == region.strip().upper()}
        return next(iter(found)) if len(found) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").replace("ʻ", "'").replace("’", "'").split())


def country_of(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code that the text is or names; `None` when it is not known what it names."""
    word = " ".join(text.split())
    if is_country(word.upper()) and len(word) == 2:
        return word.upper() if word.upper() != "UK" else "GB"
    return _BY_NAME.get(word.casefold())


def is_secret(*texts: str) -> bool:
    """Whether one of these words of an address says that it is not to be told."""
    return any(_SECRET.search(text) for text in texts)


def may_shelter(*texts: str) -> bool:
    """Whether one of these texts speaks of beds, or of people whom somebody looks for."""
    return any(_SHELTER.search(text) for text in texts)


def mentions_of(streets: Iterable[str]) -> re.Pattern[str] | None:
    """What finds every mention of these streets, longest first; `None` when there is none to find."""
    words = sorted({street for street in streets if len(street) >= _LEAST_STREET}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
