"""The four words a gate can say about a row, and the few ways to combine them.

*Unknown* is a missing fact of the provider, *unset* a missing answer of the person. Neither is ever open. When both are
missing the row is unknown, since the telephone can settle it without asking the person (engine, section 2.5).
"""

from enum import IntEnum
from typing import Any

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

NO, YES, UNKNOWN = np.int8(0), np.int8(1), np.int8(2)
"""How an `Answer` is kept in a column."""


def all_open(rows: int) -> Verdicts:
    """Open for every row."""
    return np.zeros(rows, dtype=np.int8)


def all_closed(rows: int) -> Verdicts:
    """Closed for every row."""
    return np.full(rows, Verdict.CLOSED, dtype=np.int8)


def closed_where(danger: Any, unknown: Any = False, *, unset: bool = False) -> Verdicts:
    """Closed where `danger` is known, unknown where it cannot be told, open elsewhere.

    Args:
        danger: Bools, true where the rule is known to be broken (or would be, if the person's answer is the bad one).
        unknown: Bools, true where a fact of the provider is missing.
        unset: The person's answer is missing: what would be closed is unset instead.
    """
    verdicts = np.where(unknown, np.int8(Verdict.UNKNOWN), np.int8(Verdict.OPEN))
    closed = Verdict.UNSET if unset else Verdict.CLOSED
    return np.where(danger, np.int8(closed), verdicts).astype(np.int8)


def closed_unless(safe: Any, unknown: Any = False, *, unset: bool = False) -> Verdicts:
    """Open where `safe`, unknown where that cannot be told, closed (or unset) everywhere else."""
    return closed_where(~(safe | unknown), unknown & ~safe, unset=unset)


def only_where(rows: Any, verdicts: Verdicts) -> Verdicts:
    """The verdicts on the rows that the rule speaks about; open elsewhere."""
    return np.where(rows, verdicts, np.int8(Verdict.OPEN)).astype(np.int8)


def strictest(*verdicts: Verdicts) -> Verdicts:
    """Row by row the most closed of several verdicts."""
    result = verdicts[0]
    for other in verdicts[1:]:
        result = np.maximum(result, other)
    return result.astype(np.int8)
