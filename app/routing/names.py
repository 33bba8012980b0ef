"""Slugs and organizations of a field as numbers in a vocabulary; a name is made when somebody asks for it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np

from app.routing.hours import Ints
from app.routing.words import Vocabulary, Words, find


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
    """The organizations with these numbers, then others, then those of mirages, of which nobody knows the name."""

    def __init__(self, vocabulary: Vocabulary, numbers: Ints, others: tuple[str, ...], mirages: int = 0) -> None:
        self._vocabulary, self._numbers, self._others, self._mirages = vocabulary, numbers, others, mirages

    def __len__(self) -> int:
        return len(self._numbers) + len(self._others) + self._mirages

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return self._all[at]
        own, others = len(self._numbers), len(self._others)
        if at < own:
            return self._vocabulary[self._numbers.item(at)]
        if at < own + others:
            return self._others[at - own]
        if at >= len(self):
            raise IndexError(at)
        return mirage(at - own - others)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def and_mirages(self, number: int) -> "Names":
        """The same, and then so many mirages."""
        return Names(self._vocabulary, self._numbers, self._others, number)

    def find(self, name: str) -> int | None:
        """Where the name stands; `None`: nowhere."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def numbers_in(self, known: dict[str, int]) -> Ints:
        """A number for each name that any names over the same vocabulary have for it, too; mirages share one.

        Args:
            known: What others are numbered by, from one call to the next.
        """
        others = [self._number_of(name, known) for name in self._others]
        return np.concatenate([self._numbers, np.array([*others, *[-1] * self._mirages], dtype=np.int64)])

    def is_over(self, other: "Names") -> bool:
        """Whether numbers of the other stand for the same names."""
        return self._vocabulary is other._vocabulary

    @cached_property
    def _found(self) -> dict[str, int | None]:
        return {name: len(self._numbers) + at for at, name in enumerate(self._others)}

    def _look_up(self, name: str) -> int | None:
        if name.startswith(MIRAGE):
            number = name.removeprefix(MIRAGE)
            is_one = number.isdecimal() and int(number) < self._mirages
            return len(self._numbers) + len(self._others) + int(number) if is_one else None
        known = find(self._vocabulary, name)
        at = -1 if known is None else int(np.searchsorted(self._numbers, known))
        return at if 0 <= at < len(self._numbers) and self._numbers[at] == known else None

    def _number_of(self, name: str, known: dict[str, int]) -> int:
        number = find(self._vocabulary, name)
        return known.setdefault(name, -2 - len(known)) if number is None else number

    @cached_property
    def _all(self) -> tuple[str, ...]:
        own = map(self._vocabulary.__getitem__, self._numbers.tolist())
        return (*own, *self._others, *map(mirage, range(self._mirages)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Names):
            return NotImplemented
        if self._vocabulary is other._vocabulary and np.array_equal(self._numbers, other._numbers):
            return (self._others, self._mirages) == (other._others, other._mirages)
        return self._all == other._all


MIRAGE = "\0"
"""What the name of a mirage begins with; no name of a register does."""


def mirage(number: int) -> str:
    """The name of the mirage of that number, also of its place."""
    return f"{MIRAGE}{number}"


def names_of(names: Iterable[str]) -> Names:
    """These names in their order, each once."""
    return Names((), np.zeros(0, dtype=np.int64), tuple(names))
