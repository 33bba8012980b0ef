"""A field with its mirages: points that stand for what nobody has looked at (`lookout`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from app.routing.field import NEVER, Field, Ways
from app.routing.hours import Ints
from app.routing.lookout import Mirages
from app.routing.names import mirage


class BeyondWays:
    """The ways between places that are known, and to mirages, of which only the distance from the start is.

    Who is some minutes away from the start is at least the difference away from whoever is fewer: `away` comes from
    chains over any stays, so no way is shorter than that.
    """

    def __init__(self, ways: Ways, away: Mapping[str, int], places: Sequence[str], mirages: Mapping[str, int]) -> None:
        self._ways, self._away, self._mirages = ways, away, mirages
        self.least = ways.least
        self._far = np.array(list(mirages.values()), dtype=np.int64)
        self._known = np.array([away.get(place, NEVER) for place in places], dtype=np.int64)

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """See `Ways`."""
        if a not in self._mirages and b not in self._mirages:
            return self._ways.between(a, b)
        return self._apart(a, b), 0

    def _apart(self, a: str, b: str) -> int:
        if a in self._mirages and b in self._mirages:
            return self.least
        known, far = (b, a) if a in self._mirages else (a, b)
        return max(self.least, self._mirages[far] - self._away.get(known, self._mirages[far]))

    def minutes(self, base: str) -> Ints:
        """See `Ways`."""
        if base in self._mirages:
            real = np.maximum(self.least, self._mirages[base] - self._known)
            return np.concatenate([real, np.full(len(self._far), self.least, dtype=np.int64)])
        return np.concatenate([self._ways.minutes(base), self._to_mirages(base)])

    def crossings(self, base: str) -> Ints:
        """See `Ways`."""
        real = np.zeros_like(self._known) if base in self._mirages else self._ways.crossings(base)
        return np.concatenate([real, np.zeros_like(self._far)])

    def afar(self, base: str) -> Ints:
        """See `Ways`."""
        if base in self._mirages:
            return self.minutes(base)
        return np.concatenate([self._ways.afar(base), self._to_mirages(base)])

    def _to_mirages(self, base: str) -> Ints:
        return np.maximum(self.least, self._far - self._away.get(base, NEVER))


class _Then(Sequence[str]):
    """The ids of the points, then those of the mirages, which have none."""

    def __init__(self, ids: Sequence[str], mirages: int) -> None:
        self._ids, self._mirages = ids, mirages

    def __len__(self) -> int:
        return len(self._ids) + self._mirages

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            begin, end, step = at.indices(len(self))
            inside = end <= len(self._ids) and step == 1
            return self._ids[begin:end] if inside else [self[one] for one in range(begin, end, step)]
        if at >= len(self):
            raise IndexError(at)
        return self._ids[at] if at < len(self._ids) else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Then) and (self._ids, self._mirages) == (other._ids, other._mirages)


def with_mirages(field: Field, mirages: Mirages, *, away: Mapping[str, int], open_borders: bool) -> Field:
    """The field and these mirages after its own points.

    Args:
        field: What was looked at.
        mirages: What may lie beyond.
        away: Minutes from the start to each place at the least.
        open_borders: Whether the person may cross a border at all, with whatever link.
    """
    number = len(mirages.codes)
    if not number:
        return field
    names = [mirage(at) for at in range(number)]
    limits, schedules = field.frame.limits, (*field.schedules, *mirages.schedules)
    none = np.zeros(number, dtype=np.int64)
    more = np.concatenate
    return replace(
        field,
        frame=replace(field.frame, places={**field.frame.places, **dict(zip(names, mirages.country, strict=True))}),
        ways=BeyondWays(field.ways, away, field.places, dict(zip(names, mirages.away.tolist(), strict=True))),
        ids=_Then(field.ids, number),
        orgs=field.orgs.and_mirages(number),
        places=(*field.places, *names),
        countries=(*field.countries, *mirages.country),
        schedules=schedules,
        org=more([field.org, np.arange(number) + len(field.orgs)]),
        place=more([field.place, np.arange(number) + len(field.places)]),
        schedule=more([field.schedule, mirages.schedule + len(field.schedules)]),
        usable=more([field.usable, mirages.codes]),
        requires=more([field.requires, none]),
        remote=more([field.remote, mirages.remote]),
        receiver=more([field.receiver, none - 1]),
        response=more([field.response, mirages.response]),
        duration=more([field.duration, mirages.duration]),
        not_before=more([field.not_before, none]),
        caution=more([field.caution, none]),
        preference=more([field.preference, none]),
        least_link=more([field.least_link, none + limits.no_link]),
        open_borders=open_borders,
        made={},
    )
