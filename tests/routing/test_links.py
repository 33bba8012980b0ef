"""The agreed ways of a network: nothing is lost, and both ends find them."""

import random
from datetime import date
from itertools import pairwise

from app.domain.answer import Answer
from app.domain.batch import in_link_batches
from app.domain.provider import Agreement, HandoverMode, Link
from app.routing import build_links, links_of_batches
from tests.routing.columns import differences

RNG = random.Random(5)


def a_link(number: int) -> Link:
    return Link(
        slug=f"ln-{number}",
        from_organization=f"o{RNG.randint(0, 9)}",
        to=f"s{RNG.randint(0, 30)}",
        agreement=RNG.choice(list(Agreement)),
        mode=RNG.choice(list(HandoverMode)),
        receiver_confirmed=RNG.choice(list(Answer)),
        child_ok=RNG.choice(list(Answer)),
        interpreter_source=RNG.choice(["none", "sender", "family"]),
        active=RNG.random() < 0.8,
        valid_to=RNG.choice([None, date(2026, 11, 23), date.max]),
    )


LINKS = tuple(map(a_link, range(120)))
BY_SLUG = tuple(sorted(LINKS, key=lambda link: link.slug))


def test_every_link_comes_back_by_slug():
    links = build_links(LINKS)
    assert len(links) == len(LINKS)
    assert tuple(links) == BY_SLUG


def test_links_are_found_from_both_ends_by_slug():
    links = build_links(LINKS)
    for end in {"nobody", *(link.from_organization for link in LINKS)}:
        assert links.of_origin(end) == tuple(link for link in BY_SLUG if link.from_organization == end)
    for end in {"nothing", *(link.to for link in LINKS)}:
        assert links.of_target(end) == tuple(link for link in BY_SLUG if link.to == end)


def test_neither_the_order_of_links_nor_the_batches_change_anything():
    whole, shuffled = build_links(LINKS), list(LINKS)
    for seed in range(5):
        rng = random.Random(seed)
        rng.shuffle(shuffled)
        cut = sorted(rng.sample(range(1, len(LINKS)), 3))
        batches = [b for i, j in pairwise([0, *cut, len(LINKS)]) for b in in_link_batches(shuffled[i:j])]
        assert differences(links_of_batches(batches), whole) == []


def test_no_links_are_links_too():
    links = build_links(())
    assert len(links) == 0 and tuple(links) == ()
    assert links.of_origin("o1") == links.of_target("s1") == ()
