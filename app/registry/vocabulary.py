"""Words that stand in names, and which of them somebody may have meant who typed another one.

Candidates come from the database by three neighbouring letters, so that it never gives out more than a bounded number
of words; how like they are is measured here. Numbers are no words: a wrong number is another number.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.registry.dialect import bytewise
from app.registry.lookup import Looking

MOST_CANDIDATES = 300
"""Words that are measured for one that was typed."""
MOST_MEANT = 10
"""Words that one typed word may stand for, besides itself."""
MOST_TYPED = 8
"""Words of a search that count."""


class Meant(NamedTuple):
    """A typed word, folded, and the known words it may be a misspelling of, the likeliest first."""

    typed: str
    likely: tuple[str, ...]


def grams(word: str) -> set[str]:
    """All runs of three letters of the word with a space before and after it."""
    marked = f" {word} "
    return {marked[start : start + 3] for start in range(len(marked) - 2)}


def meant(looking: Looking, typed: Iterable[str]) -> tuple[Meant, ...]:
    """What each of the folded words may mean; the first `MOST_TYPED` different ones count."""
    return tuple(Meant(word, tuple(_likely(looking, word))) for word in [*dict.fromkeys(typed)][:MOST_TYPED])


def _likely(looking: Looking, word: str) -> Iterator[str]:
    faults = allowed_faults(word)
    if not faults:
        return
    these = sorted(grams(word))
    rows = looking.asked(
        f"""
        select word, count(*) as shared from word_gram where gram in ({", ".join(["{word}"] * len(these))})
        group by word order by shared desc, {bytewise(looking, "word")} limit {MOST_CANDIDATES}
        """,
        these,
    )
    candidates = [candidate for candidate, _ in rows if candidate != word]
    measured = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=faults, limit=None)
    likeliest = sorted((round(distance), candidate) for candidate, distance, _ in measured)
    yield from (candidate for _, candidate in likeliest[:MOST_MEANT])


def allowed_faults(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many or swapped: none in a short one or in a number."""
    if any(map(str.isdigit, word)) or len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2
