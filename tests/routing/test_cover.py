"""Covers against every choice of offers."""

import random
from itertools import chain, combinations

import numpy as np

from app.routing.cover import FEW, Cover


def all_choices(offers: list[tuple[int, list[int]]], codes: int) -> list[int]:
    """The least of each measure by trying every set of offers; a code that nobody offers need not be covered."""
    offered = 0
    for mask, _ in offers:
        offered |= mask
    sets = chain.from_iterable(combinations(offers, size) for size in range(len(offers) + 1))
    least = [1 << 40, 1 << 40]
    for some in sets:
        covered = 0
        for mask, _ in some:
            covered |= mask
        if not codes & offered & ~covered:
            least = [min(known, sum(costs[at] for _, costs in some)) for at, known in enumerate(least)]
    return least


def test_a_cover_is_the_cheapest_choice_in_each_measure():
    """Also when offers are added, few or many."""
    for seed in range(150):
        rng = random.Random(seed)
        offers = [(rng.randrange(16), [rng.randrange(50), rng.randrange(50)]) for _ in range(rng.randint(0, 6 + FEW))]
        first = rng.randint(0, len(offers))

        def columns(some: list[tuple[int, list[int]]]) -> tuple[np.ndarray, np.ndarray]:
            costs = np.array([costs for _, costs in some], dtype=np.int64).reshape(len(some), 2)
            return np.array([mask for mask, _ in some], dtype=np.int64), costs

        cover = Cover(*columns(offers[:first]))
        more = cover.with_offers(*columns(offers[first:]))
        offered = 0
        for mask, _ in offers[:first]:
            offered |= mask
        for codes in range(16):
            assert cover.of(codes).tolist() == all_choices(offers[:first], codes), f"offers {seed}"
            if not codes & ~offered:
                assert more.of(codes).tolist() == all_choices(offers, codes), f"offers {seed}"
