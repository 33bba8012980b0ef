"""What is said of a provider, without what may tell where people hide (H15).

Streets that the file gives as addresses are taken out of every text. Of those who may shelter somebody, a text that
reads as if it held an address of its own is left out as a whole.
"""

import re
from collections.abc import Mapping
from typing import Any

LEFT_OUT = "[left out: it may tell where people hide]"

_STREET = re.compile(
    r"\b(?:street|str|st|lane|ln|road|rd|avenue|ave|drive|boulevard|blvd|square|alley|block|floor|apartment|apt|flat)\b|"
    r"\b(?:ул|улиц\w*|пр|просп\w*|пер|переул\w*|мкр|микрорайон\w*|кв|квартал\w*|дом|бульвар\w*|шоссе|көше\w*|махалл\w*)\b|"
    r"\b(?:k[oöóʻ'’]*cha\w*|mahalla\w*|köçe\w*|kuchai)\b|кӯча",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d")
_KEPT_AS_THEY_ARE = frozenset({"slug", "organization", "country", "codes", "place"})


class Silence:
    """Takes texts and gives back what may be kept of them; remembers whether something had to go."""

    def __init__(self, mentions: re.Pattern[str] | None, *, of_hidden: bool) -> None:
        self._mentions = mentions
        self._of_hidden = of_hidden
        self.has_silenced = False

    def kept(self, text: str) -> str:
        """The text, or what may be kept of it."""
        told = self._mentions.sub("[street left out]", text) if self._mentions else text
        if self._of_hidden and _NUMBER.search(told) and _STREET.search(told):
            told = LEFT_OUT
        self.has_silenced |= told != text
        return told

    def over(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The record with every text of it so treated; an address among its contacts stays, since it is sealed."""
        return {name: value if name in _KEPT_AS_THEY_ARE else self._part(value) for name, value in body.items()}

    def _part(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.kept(value)
        if isinstance(value, dict):
            if value.get("kind") == "address":
                return value
            return {name: self._part(item) for name, item in value.items()}
        return [self._part(item) for item in value] if isinstance(value, list) else value
