"""Slugs and organizations of a field as numbers in a vocabulary; a name is made when somebody asks for it."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np

from app.routing.field import Ints
from app.routing.words import Vocabulary, Words


class Slugs(Sequence[str]):
    """The slugs of some rows; each is looked up when somebody asks for it."""

    def __init__(self, words: Words, rows: Ints) -> None:
        self._words, self.rows = words, rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return Slugs(self._words, self.rows[at])
        return self._words.of(int(self.rows[at]))

    def places_of(self, others: "Slugs") -> Ints | None:
        """Where each of the others stands among these, which are sorted; -1: nowhere. `None`: of another network."""
        if self._words.vocabulary is not others._words.vocabulary:
            return None
        mine, theirs = self._words.at[self.rows], others._words.at[others.rows]
        at = np.searchsorted(mine, theirs)
        there = np.append(mine, 0)[at] == theirs
        return np.where(there & (at < len(mine)), at, -1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slugs) and np.array_equal(self._words.at[self.rows], other._words.at[other.rows])


class Names(Sequence[str]):
    """The organizations with these numbers, then others."""

    def __init__(self, vocabulary: Vocabulary, numbers: Ints, others: tuple[str, ...]) -> None:
        self._vocabulary, self._numbers, self._others = vocabulary, numbers, others

    def __len__(self) -> int:
        return len(self._numbers) + len(self._others)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return self._all[at]
        own = len(self._numbers)
        return self._vocabulary[self._numbers.item(at)] if at < own else self._others[at - own]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    @cached_property
    def _all(self) -> tuple[str, ...]:
        return (*map(self._vocabulary.__getitem__, self._numbers.tolist()), *self._others)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Names):
            return NotImplemented
        if self._vocabulary is other._vocabulary and np.array_equal(self._numbers, other._numbers):
            return self._others == other._others
        return self._all == other._all
