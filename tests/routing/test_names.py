"""Names that are numbers until somebody asks for them read like the lists that they stand for."""

import numpy as np

from app.routing.names import Names, Slugs, names_of
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


def test_names_are_found_where_they_stand():
    found = names(1, 3, others=("yew",)).and_mirages(2)
    assert [found.find(name) for name in found] == list(range(5))
    assert [found.find(name) for name in ("ash", "oak", "\0", "\0002", "\0x", "")] == [None] * 6
    assert names_of(["b", "a"]).find("a") == 1


def test_numbers_are_the_same_for_the_same_names():
    """Whether an organization has a point here or is only named; mirages are nobody's."""
    known: dict[str, int] = {}
    one = names(1, 3, others=("yew", "ash")).numbers_in(known)
    other = names(0, others=("elm", "yew")).and_mirages(1).numbers_in(known)
    assert (one.tolist()[0], one.tolist()[3]) == (1, other.tolist()[0])
    assert (one.tolist()[1], one.tolist()[2]) == (other.tolist()[1], other.tolist()[2])
    assert other.tolist()[-1] == -1


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
