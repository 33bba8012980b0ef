"""Where providers are: the real towns of the gazetteer, the large ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.place import SERVED, Place
from app.registry import load_places

PLACES = Path(__file__).parents[2] / "data" / "places"
RURAL_SHARE = 0.15
"""Points outside the towns."""
RURAL_BELOW = 20_000
"""Inhabitants below which a place counts as rural; places without a number are small ones."""


@dataclass(frozen=True, slots=True)
class Towns:
    """Places of the five countries, the most people first, and how often each is drawn."""

    places: tuple[Place, ...]
    chances: NDArray[np.float64]

    @property
    def rural(self) -> tuple[Place, ...]:
        """The small places."""
        return tuple(place for place in self.places if is_rural(place))

    @property
    def cities(self) -> tuple[Place, ...]:
        """The twelve largest towns; two in five points stand there."""
        return self.places[:12]

    def countries(self) -> tuple[str, ...]:
        """The country of each place."""
        return tuple(place.country for place in self.places)


def is_rural(place: Place) -> bool:
    """Whether fewer than `RURAL_BELOW` people live there, or nobody has counted."""
    return (place.population or 0) < RURAL_BELOW


@cache
def load_towns(folder: Path = PLACES) -> Towns:
    """The towns, with weights by Zipf's law over the rank of their population, and the rural share spread evenly.

    The exponent is 1, a little steeper than the numbers of people themselves (the largest town has 6 % of them and
    11 % of the points): who helps sits in the capitals.
    """
    return _weighted([place for place in load_places(folder) if place.country in SERVED])


def _weighted(places: Sequence[Place]) -> Towns:
    ranked = sorted(places, key=lambda place: (-(place.population or 0), place.slug))
    zipf = 1 / np.arange(1, len(ranked) + 1)
    small = np.array([is_rural(place) for place in ranked], dtype=np.float64)
    chances = (1 - RURAL_SHARE) * zipf / zipf.sum() + RURAL_SHARE * small / small.sum()
    return Towns(places=tuple(ranked), chances=chances)
