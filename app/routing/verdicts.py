"""The four words a gate can say about a row, and the few ways to combine them.

*Unknown* is a missing fact of the provider, *unset* a missing answer of the person. Neither is ever open. When both are
missing the row is unknown, since the telephone can settle it without asking the person (engine, section 2.5).
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import reduce
from itertools import product
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


class Verdict(IntEnum):
    """What a gate says about one service point, from most to least open."""

    OPEN = 0
    UNKNOWN = 1
    UNSET = 2
    CLOSED = 3


Verdicts = NDArray[np.int8]
"""One `Verdict` a row, in the order of the columns."""

Bools = NDArray[np.bool_]
Bits = NDArray[np.int64]
Int8s = NDArray[np.int8]

NO, YES, UNKNOWN = (np.array(answer, dtype=np.int8) for answer in (0, 1, 2))
"""How an `Answer` is kept in a column; as arrays, since numpy compares those fastest."""


_UNSET, _CLOSED = np.array(Verdict.UNSET, dtype=np.int8), np.array(Verdict.CLOSED, dtype=np.int8)
_NOTHING, _ALL_UNSET, _ALL_CLOSED = bytes(8), bytes([Verdict.UNSET]), bytes([Verdict.CLOSED])
_OF_ANSWERS: Mapping[tuple[Verdict, Verdict, Verdict], Verdicts] = MappingProxyType(
    {said: np.array(said, dtype=np.int8) for said in product(Verdict, Verdict, Verdict)}
)


def is_moot(rows: Bools) -> bool:
    """Whether no row is meant."""
    return not np.count_nonzero(rows)


def all_open(rows: int) -> Verdicts:
    """Open for every row: one value that every row looks at, so that it costs nothing and can not be written to."""
    return np.ndarray(rows, dtype=np.int8, buffer=_NOTHING, strides=(0,))


def no_codes(rows: int) -> Bits:
    """No code on any row, made as `all_open` is."""
    return np.ndarray(rows, dtype=np.int64, buffer=_NOTHING, strides=(0,))


def opens_all(verdicts: Verdicts) -> bool:
    """Whether every row is open."""
    return not np.count_nonzero(verdicts)


def all_unset(rows: int) -> Verdicts:
    """Unset for every row: the answer of the person decides alone."""
    return np.ndarray(rows, dtype=np.int8, buffer=_ALL_UNSET, strides=(0,))


def all_closed(rows: int) -> Verdicts:
    """Closed for every row."""
    return np.ndarray(rows, dtype=np.int8, buffer=_ALL_CLOSED, strides=(0,))


def by_answer(
    column: NDArray[np.int8],
    *,
    no: Verdict = Verdict.OPEN,
    yes: Verdict = Verdict.OPEN,
    unknown: Verdict = Verdict.OPEN,
) -> Verdicts:
    """For every row what its answer says."""
    return _OF_ANSWERS[no, yes, unknown].take(column)


def closed_where(danger: Bools, unknown: Bools | None = None, *, unset: bool = False) -> Verdicts:
    """Closed where `danger` is known, unknown where it cannot be told, open elsewhere.

    Args:
        danger: True where the rule is known to be broken (or would be, if the person's answer is the bad one).
        unknown: True where a fact of the provider is missing; `None`: no fact is asked for.
        unset: The person's answer is missing: what would be closed is unset instead.
    """
    verdicts: Verdicts = danger.view(np.int8) * (_UNSET if unset else _CLOSED)
    return verdicts if unknown is None else np.maximum(verdicts, unknown_where(unknown))


def unknown_where(unknown: Bools) -> Verdicts:
    """Unknown where a fact of the provider is missing, open elsewhere; nothing is closed."""
    return unknown.view(np.int8)


def closed_unless(safe: Bools, unknown: Bools, *, unset: bool = False) -> Verdicts:
    """Open where `safe`, unknown where that cannot be told, closed (or unset) everywhere else."""
    return closed_where(~(safe | unknown), unknown & ~safe, unset=unset)


def only_where(rows: Bools, verdicts: Verdicts) -> Verdicts:
    """The verdicts on the rows that the rule speaks about; open elsewhere."""
    found: Verdicts = verdicts * rows.view(np.int8)
    return found


def strictest(*verdicts: Verdicts) -> Verdicts:
    """Row by row the most closed of several verdicts."""
    said = [one for one in verdicts if one.strides != (0,) or not opens_all(one[:1])] or verdicts[:1]
    return reduce(np.maximum, said)
