"""Puts the words of names into the vocabulary; `vocabulary` reads it."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from app.registry.listing_tables import WordGramRow, WordRow
from app.registry.scanning import in_pieces
from app.registry.vocabulary import grams

_AT_ONCE = 500


def learn(connection: Connection, words: Iterable[str]) -> None:
    """These folded words are known, but for numbers and single letters."""
    wanted = sorted({word for word in words if len(word) > 2 and not any(map(str.isdigit, word))})
    for some in in_pieces(wanted, _AT_ONCE):
        known = set(connection.scalars(select(col(WordRow.word)).where(col(WordRow.word).in_(some))))
        new = [word for word in some if word not in known]
        if new:
            connection.execute(insert(WordRow), [{"word": word} for word in new])
            connection.execute(
                insert(WordGramRow), [{"gram": gram, "word": word} for word in new for gram in sorted(grams(word))]
            )
