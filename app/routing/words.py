"""Texts and sets of a register, kept as small numbers: a million rows speak the same few thousand words."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.routing.verdicts import Bits, Bools, Int8s

T = TypeVar("T")
Codes = NDArray[np.unsignedinteger[Any]]
"""Row by row a place in a vocabulary, in the smallest whole numbers that hold it."""
Rows = NDArray[np.integer[Any]]
"""Row numbers."""

_FEW = 16
"""So many words are looked for one by one."""


def codes_for(numbers: NDArray[Any], vocabulary: int) -> Codes:
    """The same numbers in the smallest type that holds every place of a vocabulary of that size."""
    return numbers.astype(np.min_scalar_type(max(0, vocabulary - 1)))


class Vocabulary(Protocol):
    """Texts that differ, sorted by code point."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, at: int, /) -> str:
        """The text at that place."""

    def __iter__(self) -> Iterator[str]:
        """All, in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A vocabulary of very many texts, without an object for each: all letters in one row, and where each begins."""

    letters: bytes
    begins: "array[int]"

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, at: int, /) -> str:
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self.letters[self.begins[at] : self.begins[at + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))


def texts(sorted_texts: Sequence[str]) -> Texts:
    """The same texts, compactly; they come sorted and none twice."""
    together = "".join(sorted_texts)
    lengths = map(len, sorted_texts if together.isascii() else map(str.encode, sorted_texts))
    letters = together.encode()
    numbers = "I" if len(letters) < 1 << 32 else "Q"
    return Texts(letters, array(numbers, accumulate(lengths, initial=0)))


def find(vocabulary: Vocabulary, text: str) -> int | None:
    """The place of the text in the vocabulary; `None`: it is not there."""
    at = bisect_left(vocabulary, text)
    return at if at < len(vocabulary) and vocabulary[at] == text else None


def places_in(vocabulary: Vocabulary, other: Vocabulary) -> NDArray[np.int64]:
    """Where each text of a vocabulary stands in another one, -1 where it does not."""
    places = np.full(len(vocabulary), -1, dtype=np.int64)
    rest = enumerate(other)
    at, there = next(rest, (0, None))
    for number, text in enumerate(vocabulary):
        while there is not None and there < text:
            at, there = next(rest, (0, None))
        if there == text:
            places[number] = at
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One text a row, as its place in a sorted vocabulary; to sort by these numbers is to sort by the texts."""

    at: Codes
    vocabulary: Vocabulary

    def of(self, row: int) -> str:
        """The text of that row."""
        return self.vocabulary[int(self.at[row])]

    def is_(self, text: str) -> Bools:
        """True for the rows with that text."""
        code = find(self.vocabulary, text)
        if code is None:
            return np.zeros(len(self.at), dtype=np.bool_)
        same: Bools = self.at == code
        return same

    def among(self, words: Iterable[str]) -> Bools:
        """True for the rows whose text is one of these."""
        codes = [code for word in words if (code := find(self.vocabulary, word)) is not None]
        if len(codes) > _FEW:
            return np.isin(self.at, codes)
        rows = np.zeros(len(self.at), dtype=np.bool_)
        for code in codes:
            rows |= self.at == code
        return rows

    def mapped(self, to: Mapping[Any, int], other: int) -> Int8s:
        """For every row the number that its text stands for, `other` where none is named; for small vocabularies."""
        return np.array([to.get(word, other) for word in self.vocabulary], dtype=np.int8).take(self.at)

    def __getitem__(self, rows: Rows | slice) -> "Words":
        """The texts of these rows, in that order, over the same vocabulary."""
        return Words(self.at[rows], self.vocabulary)


@dataclass(frozen=True, slots=True, eq=False)
class Sets(Generic[T]):
    """One set a row out of those that occur, each as people wrote it and as bits; `None` where no source says."""

    at: Codes
    lists: tuple[tuple[T, ...] | None, ...]
    bits_of_lists: Bits
    lists_known: Bools

    @property
    def bits(self) -> Bits:
        """The set of each row, 0 where it is not known."""
        return self.bits_of_lists.take(self.at)

    @property
    def known(self) -> Bools:
        """Whether a source says it, row by row."""
        return self.lists_known.take(self.at)

    def of(self, row: int) -> tuple[T, ...] | None:
        """The set of that row, in the order in which it was written."""
        return self.lists[int(self.at[row])]

    def __getitem__(self, rows: Rows | slice) -> "Sets[T]":
        """The sets of these rows, in that order."""
        return Sets(self.at[rows], self.lists, self.bits_of_lists, self.lists_known)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The rows of each word of a column, one word after the other; those of a word in their order."""

    begins: Rows
    """Where the rows of each word begin in `rows`; one more at the end."""
    rows: Rows

    def of(self, code: int | None) -> Rows:
        """The rows of the word at that place of the vocabulary; none of no word."""
        return self.rows[:0] if code is None else self.rows[int(self.begins[code]) : int(self.begins[code + 1])]


def grouped(words: Words) -> Groups:
    """The rows of a column by its words."""
    counts = np.bincount(words.at, minlength=len(words.vocabulary))
    begins = np.concatenate((np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)))
    return Groups(begins, np.argsort(words.at, kind="stable").astype(np.int32))


class Seen(dict[Any, int]):
    """What has been met so far, each with its number in the order of meeting."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number


def settled(met: NDArray[Any], seen: Seen) -> tuple[Codes, tuple[Any, ...]]:
    """(the place of each value in the sorted vocabulary, the vocabulary); what no row has is left out."""
    used = np.bincount(met, minlength=len(seen)).astype(np.bool_)
    vocabulary = sorted((value for value, number in seen.items() if used[number]), key=_by_text)
    place = np.zeros(len(seen), np.int32)
    place[[seen[value] for value in vocabulary]] = np.arange(len(vocabulary))
    return codes_for(place[met], len(vocabulary)), tuple(vocabulary)


def settled_words(met: NDArray[Any], seen: Seen, *, many: bool) -> Words:
    """A column of the texts that were met; `many`: kept without an object for each text."""
    at, vocabulary = settled(met, Seen({str(word): number for word, number in seen.items()}))
    return Words(at, texts(vocabulary) if many else vocabulary)


def _by_text(value: Any) -> Any:
    """Texts and numbers as they are; sets and the like, some of which are `None`, by how they are written."""
    return value if isinstance(value, str | int) else repr(value)
