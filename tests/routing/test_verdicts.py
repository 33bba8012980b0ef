"""The few ways to say and combine verdicts, against their meaning row by row."""

from itertools import product

import numpy as np
import pytest

from app.routing.verdicts import (
    NO,
    UNKNOWN,
    YES,
    Verdict,
    all_closed,
    all_open,
    all_unset,
    by_answer,
    closed_unless,
    closed_where,
    is_moot,
    only_where,
    opens_all,
    strictest,
    unknown_where,
)

OPEN, ASK, UNSET, CLOSED = Verdict
FIRST = np.array([False, False, True, True])
SECOND = np.array([False, True, False, True])


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_one_verdict_for_all(rows):
    assert all_open(rows).tolist() == [OPEN] * rows
    assert all_unset(rows).tolist() == [UNSET] * rows
    assert all_closed(rows).tolist() == [CLOSED] * rows
    assert opens_all(all_open(rows))
    assert opens_all(all_closed(rows)) is (rows == 0)
    assert all_open(rows).dtype == all_closed(rows).dtype == np.int8


def test_what_all_rows_share_can_not_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        all_open(3)[0] = CLOSED


def test_known_danger_outweighs_what_is_not_known():
    assert closed_where(FIRST).tolist() == [OPEN, OPEN, CLOSED, CLOSED]
    assert closed_where(FIRST, SECOND).tolist() == [OPEN, ASK, CLOSED, CLOSED]
    assert closed_where(FIRST, SECOND, unset=True).tolist() == [OPEN, ASK, UNSET, UNSET]
    assert unknown_where(SECOND).tolist() == [OPEN, ASK, OPEN, ASK]


def test_known_safety_outweighs_what_is_not_known():
    assert closed_unless(FIRST, SECOND).tolist() == [CLOSED, ASK, OPEN, OPEN]
    assert closed_unless(FIRST, SECOND, unset=True).tolist() == [UNSET, ASK, OPEN, OPEN]


def test_an_answer_says_a_verdict():
    answers = np.array([NO, YES, UNKNOWN, YES], dtype=np.int8)
    for no, yes, unknown in product(Verdict, repeat=3):
        assert by_answer(answers, no=no, yes=yes, unknown=unknown).tolist() == [no, yes, unknown, yes]
    assert opens_all(by_answer(answers))


def test_a_rule_speaks_of_its_rows_only():
    assert only_where(FIRST, all_closed(4)).tolist() == [OPEN, OPEN, CLOSED, CLOSED]
    assert is_moot(~FIRST & FIRST) and not is_moot(FIRST)


def test_of_several_verdicts_the_most_closed_counts():
    every = [np.array(said, dtype=np.int8) for said in product(Verdict, repeat=3)]
    for said in every:
        assert strictest(*(said[place : place + 1] for place in range(3))).tolist() == [max(said)]
    assert strictest(all_open(3), all_open(3)).tolist() == [OPEN] * 3
    assert strictest(all_open(2), np.array([ASK, CLOSED], dtype=np.int8), all_unset(2)).tolist() == [UNSET, CLOSED]
