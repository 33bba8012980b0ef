"""What every run over a field needs to know of its points: which are alike, who is alone, who lives across a border."""

from functools import cached_property

import numpy as np

from app.routing.circles import Circles, circles_of
from app.routing.field import Bools, Field
from app.routing.ground import Order
from app.routing.hours import Ints

NOBODY = "\0"
"""Holds the case when it makes no difference any more who does: no point and no link is theirs."""


class Terrain:
    """A field as its runs see it. `kinds` are pairs of what is usable and what is required; `kind` numbers them."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.order = Order(field)
        usable, u = np.unique(field.usable, return_inverse=True)
        requires, r = np.unique(field.requires, return_inverse=True)
        pairs, kind = np.unique(u * len(requires) + r, return_inverse=True)
        self.kind: Ints = kind.astype(np.int64)
        self.kinds = tuple(
            (usable.item(pair // len(requires)), requires.item(pair % len(requires))) for pair in pairs.tolist()
        )
        self.mirage: Bools = np.arange(field.size) >= field.real
        names = {name: number for number, name in enumerate(dict.fromkeys(field.frame.places.values()))}
        self._countries = names
        of_place = np.array([names[name] for name in field.countries], dtype=np.int64)
        self.country_of_place: Ints = of_place
        self.country: Ints = of_place[field.place] if field.size else field.place
        self.across: dict[str | None, list[int]] = {}
        """The points to which links lead over a border, by where they come from."""
        for number, links in sorted(field.links.items()):
            for sender in {org for org, _, cross in links if cross}:
                self.across.setdefault(sender, []).append(number)
        self.abroad = tuple(sorted({number for numbers in self.across.values() for number in numbers}))
        self._ways: dict[str, tuple[Ints, Ints]] = {}
        self._afar: dict[str, Ints] = {}
        self._telling: dict[str | None, Ints] = {}

    @cached_property
    def circles(self) -> Circles:
        """Of every organization that may come to hold the case."""
        return circles_of(self.field, self.order)

    def country_of(self, base: str) -> int:
        """The number of the country in which a base lies."""
        return self._countries[self.field.frame.places[base]]

    def ways(self, base: str) -> tuple[Ints, Ints]:
        """Minutes and crossing points from the base to every place."""
        if base not in self._ways:
            self._ways[base] = self.field.ways.minutes(base), self.field.ways.crossings(base)
        return self._ways[base]

    def afar(self, base: str) -> Ints:
        """Minutes from the base to every place at the least, over whatever stays."""
        if base not in self._afar:
            self._afar[base] = self.field.ways.afar(base)
        return self._afar[base]

    def telling(self, holder: str | None) -> Ints:
        """Handover and link at every point in the country of the base, when that organization holds the case."""
        if holder not in self._telling:
            limits = self.field.frame.limits
            points = np.full(self.field.size, limits.no_link, dtype=np.int64)
            linked = self._links_from.get(holder, {})
            points[list(linked)] = list(linked.values())
            points += limits.handover
            points[[number for number, cost in self.circles.of.get(holder, ()) if not cost]] = 0
            self._telling[holder] = points
        return self._telling[holder]

    @cached_property
    def _links_from(self) -> dict[str | None, dict[int, int]]:
        """The fewest points of the links to each point, by where they come from."""
        found: dict[str | None, dict[int, int]] = {}
        for number, links in self.field.links.items():
            for sender, points, _ in links:
                theirs = found.setdefault(sender, {})
                theirs[number] = min(points, theirs.get(number, points))
        return found

    @cached_property
    def single(self) -> Bools:
        """Where an organization matters to what is within reach: returns, receivers, links over a border."""
        field, senders = self.field, self.across
        numbers = [number for org in senders if org and (number := field.orgs.find(org)) is not None]
        single = ((field.usable & self.order.returns) != 0) | (field.receiver >= 0)
        single[list(self.abroad)] = True
        found: Bools = single | np.isin(field.org, numbers) if numbers else single
        return found

    @cached_property
    def together(self) -> Bools:
        """Whether a point belongs to a party, or opens a door: what it costs alone says little."""
        found = np.zeros(self.field.size + 1, dtype=np.bool_)
        found[self.circles.parties] = True
        found[-1] = False
        return found[:-1]

    @cached_property
    def circle_codes(self) -> Ints:
        """What is served on other terms to whoever holds the case after a stay or the case at the point."""
        field, found = self.field, dict[str, int]()
        for org, members in self.circles.of.items():
            for number in {*(number for number, _ in members), *self._links_from.get(org, ())}:
                found[org or ""] = found.get(org or "", 0) | field.usable.item(number)
        codes = np.zeros(len(field.orgs) + 1, dtype=np.int64)
        for org, bits in found.items():
            number = field.orgs.find(org)
            codes[-1 if number is None else number] = bits
        theirs: Ints = codes[field.org] if field.size else field.org
        return theirs
