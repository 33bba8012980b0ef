"""Names that are numbers until somebody asks for them read like the lists that they stand for."""

import numpy as np

from app.routing.names import Names, Slugs
from app.routing.words import Words, texts

WORDS = texts(["ash", "birch", "cedar", "elm"])


def names(*numbers: int, others: tuple[str, ...] = ()) -> Names:
    return Names(WORDS, np.array(numbers, dtype=np.int64), others)


def test_names_are_those_of_the_numbers_and_then_the_others():
    found = names(1, 3, others=("yew",))
    assert list(found) == ["birch", "elm", "yew"]
    assert [found[0], found[1], found[2]] == ["birch", "elm", "yew"]
    assert found[1:] == ("elm", "yew")
    assert len(found) == 3
    assert "yew" in found
    assert "ash" not in found


def test_names_are_equal_when_they_read_the_same():
    assert names(1, 3) == names(1, 3)
    assert names(1, 3) != names(1, 2)
    assert names(1, others=("yew",)) != names(1)
    assert names(1) == Names(texts(["birch"]), np.array([0]), ())
    assert names(1) != ["birch"]


def test_slugs_are_those_of_the_rows_in_their_order():
    words = Words(np.array([3, 0, 2], dtype=np.uint8), WORDS)
    found = Slugs(words, np.array([2, 0]))
    assert list(found) == ["cedar", "elm"]
    assert list(found[1:]) == ["elm"]
    assert found == Slugs(words, np.array([2, 0]))
    assert found != Slugs(words, np.array([0, 2]))
