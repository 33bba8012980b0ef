"""Whose case it is decides what a step costs: nothing is told again in the holder's own house, less along its links.

The *circle* of an organization are its own points and those that its links lead to. Only who holds the case has the use
of it, and one comes to hold a case by serving a bed or the case management: such a point is a *head* of its circle. A
bound that gave everybody the use of every circle would be worthless; so a head and some members of its circle are
bounded together, as one *party* that tells the story at the head and saves it at the members.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from app.routing.field import NEVER, Field
from app.routing.ground import Order
from app.routing.hours import Ints

MOST_PARTIES = 400
"""Members of a circle with more parties a head count as if whoever comes held their case."""

Member = tuple[int, int]
"""A point by its number, and what a step there costs whoever holds the case: handover and link."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circles:
    """Of every organization that may come to hold the case. A party is a row of `parties`: its head, then members.

    `parties` is filled up with -1; `saved` is what a party saves against everybody telling the story anew. `telling`
    is handover and link at each point when one comes without a circle, or as a head in the best of cases.
    """

    of: Mapping[str | None, tuple[Member, ...]]
    members: Ints
    """The points that belong to any circle."""
    least: Ints
    """At each point the least that anybody who may hold the case pays for handover and link."""
    telling: Ints
    parties: Ints
    saved: Ints
    masks: Ints


def circles_of(field: Field, order: Order) -> Circles:
    """The circles of a field."""
    limits = field.frame.limits
    full = limits.handover + limits.no_link
    most = (order.needed | order.unlocking).bit_count()
    heads = ((field.usable & (order.stays | order.cases)) != 0).nonzero()[0]
    takers = {number: field.orgs[number] for number in np.unique(field.org[heads]).tolist()}
    receivers = {number: field.orgs[number] for number in np.unique(field.receiver).tolist() if number >= 0}
    start = field.frame.start_holder
    at_start = None if start is None else field.orgs.find(start)
    always = {start, *receivers.values()}
    of = _members(field, {**takers, **receivers, **({} if at_start is None else {at_start: start})}, always)
    telling = np.full(field.size, full, dtype=np.int64)
    telling[heads] = limits.handover + field.least_link[heads]
    small: dict[str, tuple[Member, ...]] = {}
    for org in takers.values():
        members = of.get(org, ())
        if org in always or _parties_of(len(members), most) > MOST_PARTIES:
            always.add(org)
        elif len(members) > 1:
            small[org] = members
    for org in always:
        for number, cost in of.get(org, ()):
            telling[number] = min(telling[number], cost)
    parties = list(_parties(takers, small, zip(heads.tolist(), field.org[heads].tolist(), strict=True), telling, most))
    table = np.full((len(parties), max((len(numbers) for numbers, _ in parties), default=1)), -1, dtype=np.int64)
    for i, (numbers, _) in enumerate(parties):
        table[i, : len(numbers)] = numbers
    usable = np.append(field.usable, 0)
    least = np.full(field.size, NEVER, dtype=np.int64)
    for members in of.values():
        for number, cost in members:
            least[number] = min(least[number], cost)
    return Circles(
        of=of,
        members=(least < NEVER).nonzero()[0],
        least=least,
        telling=telling,
        parties=table,
        saved=np.array([saved for _, saved in parties], dtype=np.int64),
        masks=np.bitwise_or.reduce(usable[table], axis=1),
    )


@cache
def _parties_of(members: int, most: int) -> int:
    """How many parties a head with so many members in its circle makes, of fewer than so many members."""
    return sum(comb(members, number) for number in range(most))


def _members(
    field: Field, holders: Mapping[int, str | None], others: Set[str | None]
) -> dict[str | None, tuple[Member, ...]]:
    """Own points and those that links lead to, holder by holder; a link that saves nothing is none.

    Args:
        field: With the points.
        holders: Organizations that have points, by their number.
        others: More who may hold the case.
    """
    limits, found = field.frame.limits, dict[str | None, dict[int, int]]()
    held = np.zeros(len(field.orgs), dtype=np.bool_)
    held[list(holders)] = True
    theirs = held[field.org].nonzero()[0]
    order = theirs[np.argsort(field.org[theirs], kind="stable")]
    for number, org in zip(order.tolist(), field.org[order].tolist(), strict=True):
        found.setdefault(holders[org], {})[number] = 0
    named = {*holders.values(), *others}
    for number, links in field.links.items():
        for sender, points, _ in links:
            if points < limits.no_link and sender in named:
                members = found.setdefault(sender, {})
                members[number] = min(members.get(number, limits.no_link + limits.handover), limits.handover + points)
    return {org: tuple(sorted(members.items())) for org, members in found.items()}


def _parties(
    names: Mapping[int, str],
    small: Mapping[str, tuple[Member, ...]],
    heads: Iterable[tuple[int, int]],
    telling: Ints,
    most: int,
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every head with every set of members of its circle, and what such a party saves.

    Each step serves a code, so there are no more steps in a party than codes in play. `heads` come with the numbers of
    their organizations.
    """
    for head, org in heads:
        members = [one for one in small.get(names[org], ()) if one[0] != head]
        for size in range(1, min(most, len(members) + 1)):
            for some in combinations(members, size):
                saved = sum(max(0, telling.item(number) - cost) for number, cost in some)
                yield (head, *(number for number, _ in some)), saved
