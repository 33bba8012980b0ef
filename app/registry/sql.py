"""A statement that grows: text and the words bound in it, kept together so that their order cannot come apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.finding import Town
from app.domain.folding import is_whole
from app.registry.vocabulary import Meant

ONE = "{word}"


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement; each `{word}` of its text stands for one of the words, in their order."""

    text: str
    words: tuple[Any, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        """Both pieces, one after the other."""
        other = other if isinstance(other, Sql) else Sql(other)
        return Sql(f"{self.text} {other.text}", self.words + other.words)


ALL = Sql("1 = 1")
"""True everywhere."""


def joined(pieces: Iterable[Sql], between: str) -> Sql:
    """The pieces with that text between them; nothing for none."""
    listed = list(pieces)
    return Sql(between.join(piece.text for piece in listed), tuple(word for piece in listed for word in piece.words))


def every(conditions: Sequence[Sql]) -> Sql:
    """True where all of the conditions are."""
    return joined([Sql(f"({one.text})", one.words) for one in conditions] or [Sql("1 = 1")], " and ")


def some(conditions: Sequence[Sql]) -> Sql:
    """True where one of the conditions is."""
    return joined([Sql(f"({one.text})", one.words) for one in conditions] or [Sql("1 = 0")], " or ")


def among(column: str, words: Sequence[Any]) -> Sql:
    """True where the column is one of the words."""
    return Sql(f"{column} in ({', '.join([ONE] * len(words))})", tuple(words))


def like(column: str, pattern: str) -> Sql:
    """True where the column fits the pattern of LIKE."""
    return Sql(f"{column} like {ONE}", (pattern,))


def misfit(folded: str, word: Meant) -> Sql:
    """How badly the folded text fits one typed word: 0 has it, 1 has a longer one, 2 and more a likely one; else null.

    A single letter is no beginning of a longer word. Folded words are letters and digits, so no pattern has a sign of
    its own.
    """
    cases = [(f"% {word.typed} %", 0), *([] if is_whole(word.typed) else [(f"% {word.typed}%", 1)])]
    cases += [(f"% {likely} %", 2 + place) for place, likely in enumerate(word.likely)]
    whens = " ".join(f"when {folded} like {ONE} then {fit}" for _, fit in cases)
    return Sql(f"case {whens} end", tuple(pattern for pattern, _ in cases))


def misfits(folded: str, words: Sequence[Meant]) -> Sql:
    """The sum over all words; null where one of them does not fit at all."""
    return joined([Sql(f"({one.text})", one.words) for one in (misfit(folded, word) for word in words)], " + ")


def towns(gazetteer: Sequence[Town]) -> Sql:
    """The gazetteer as a table `town`, for the beginning of a statement."""
    kinds = ("text", "text", "text", "integer", "integer", "integer")
    first = f"({', '.join(f'cast({ONE} as {kind})' for kind in kinds)})"
    rest = f"({', '.join([ONE] * 6)})"
    rows = ", ".join([first, *[rest] * (len(gazetteer) - 1)])
    words = tuple(
        word
        for town in gazetteer
        for word in (town.slug, town.country, town.admin1 or None, town.km, town.area_km, town.minute)
    )
    return Sql(f"town(slug, country, admin1, km, area_km, minute) as (values {rows})", words)
