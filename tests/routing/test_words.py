"""Texts as numbers, and sets as numbers: what comes out is what went in."""

import numpy as np
import pytest

from app.routing.words import Sets, Texts, Words, codes_for, find, places_in, texts

WORDS = ("", "Osh", "aktau", "almaty", "Ош", "Өзген", "𐰀")
"""Sorted by code point; some letters take several bytes."""


def a_column(at, vocabulary=WORDS):
    return Words(codes_for(np.array(at), len(vocabulary)), vocabulary)


def test_many_texts_are_kept_without_an_object_for_each():
    kept = texts(WORDS)
    assert isinstance(kept, Texts)
    assert len(kept) == len(WORDS)
    assert tuple(kept) == WORDS
    assert [kept[at] for at in range(len(WORDS))] == list(WORDS)
    for at in (-1, len(WORDS)):
        with pytest.raises(IndexError):
            kept[at]


def test_no_texts_are_a_vocabulary_too():
    assert tuple(texts(())) == ()
    assert find(texts(()), "osh") is None


@pytest.mark.parametrize("vocabulary", [WORDS, texts(WORDS)], ids=["words", "texts"])
def test_a_text_is_found_where_it_stands(vocabulary):
    assert [find(vocabulary, word) for word in WORDS] == list(range(len(WORDS)))
    assert [find(vocabulary, word) for word in ("A", "alma", "almaty-2", "𐰁")] == [None] * 4


def test_codes_take_the_smallest_numbers_that_hold_them():
    assert [codes_for(np.zeros(1), size).dtype for size in (0, 1, 256, 257, 65536, 65537)] == [
        np.uint8, np.uint8, np.uint8, np.uint16, np.uint16, np.uint32,
    ]  # fmt: skip


def test_rows_are_asked_for_a_text():
    column = a_column([3, 0, 3, 6])
    assert column.is_("almaty").tolist() == [True, False, True, False]
    assert column.is_("").tolist() == [False, True, False, False]
    assert column.is_("nowhere").tolist() == [False] * 4
    assert [column.of(row) for row in range(4)] == ["almaty", "", "almaty", "𐰀"]


@pytest.mark.parametrize("size", [3, 1000], ids=["few words", "many words"])
def test_rows_are_asked_for_any_of_several_texts(size):
    vocabulary = tuple(f"{number:04}" for number in range(size))
    column = a_column([0, 2, 1, 2], vocabulary)
    assert column.among(["0002", "nowhere", "0000"]).tolist() == [True, True, False, True]
    assert column.among([]).tolist() == column.among(["nowhere"]).tolist() == [False] * 4


def test_chosen_rows_keep_the_vocabulary():
    column = a_column([3, 0, 5])[np.array([2, 0])]
    assert column.vocabulary is WORDS
    assert [column.of(row) for row in range(2)] == ["Өзген", "almaty"]
    assert len(a_column([])[np.array([], dtype=int)].is_("almaty")) == 0


def test_a_set_is_given_back_as_it_was_written_and_as_bits():
    sets = Sets(
        np.array([1, 0, 2], np.uint8), (None, ("ru", "kk"), ()), np.array([0, 3, 0]), np.array([False, True, True])
    )
    assert [sets.of(row) for row in range(3)] == [("ru", "kk"), None, ()]
    assert sets.bits.tolist() == [3, 0, 0]
    assert sets.known.tolist() == [True, False, True]
    assert sets[1:].known.tolist() == [False, True]


def test_a_word_stands_for_a_number():
    column = a_column([3, 0, 6])
    assert column.mapped({"almaty": 2, "nowhere": 7}, 1).tolist() == [2, 1, 1]
    assert column.mapped({}, 1).dtype == np.int8


def test_words_of_one_vocabulary_are_found_in_another():
    assert places_in(("", "aktau", "b", "Ош", "я"), WORDS).tolist() == [0, 2, -1, 4, -1]
    assert places_in(texts(WORDS), WORDS).tolist() == list(range(len(WORDS)))
    assert places_in((), WORDS).tolist() == []
    assert places_in(("a",), ()).tolist() == [-1]
