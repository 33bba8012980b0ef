"""Where to look: the service points of a network in blocks, nearest and quickest first, and what may lie beyond.

A request looks at few points of a large register. Those that it has not looked at are stood for by *mirages*: points
that serve whatever somebody there offers, to anybody, at once, and no farther away than the nearest of them. A route
without a mirage that is the best of all, mirages included, is the best of the whole register. A mirage on a best route
says where to look next, and vanishes when one has been there (docs/decisions/0012).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.codes import CODES, Code, CodeKind
from app.routing.columns import CODE_BIT, STAY_BITS, Columns, bits_of
from app.routing.field import NEVER, Bools, Ints
from app.routing.links import Links
from app.routing.verdicts import Bits
from app.routing.words import places_in

BLOCK = 64
"""So many rows of one place that offer the same are looked at together."""
FIRST = 128
"""So many rows that offer a code are looked at before anything is known."""
FIRST_LOOK = 2_048
"""So many rows at most are looked at the first time that somebody looks beyond; twice as many each time."""
CLOSE = 500
"""While no more than so many stands may matter, each of them becomes a mirage of its own."""
RINGS = np.array([1, 25, 45, 90, 150, 240, 360, 600], dtype=np.int64)
"""Minutes from the person at which one ring of the surroundings ends and the next begins."""
HEADS = bits_of(code for code, facts in CODES.items() if facts.kind in (CodeKind.STAY, CodeKind.CASE))
"""The codes by which an organization comes to hold the case."""
CASES = HEADS & ~STAY_BITS
RETURN = bits_of([Code.RET_AVR])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """The rows of a network in blocks: `rows[begin:end]` offer the same codes in one place, or from afar in a country.

    `circles` are the rows by which an organization may come to hold the case that has more to give then: other points
    of its own, or links. `circle_codes` are all codes of such a circle.
    """

    rows: NDArray[np.int32]
    begin: Ints
    end: Ints
    place: Ints
    """Where in the network's vocabulary of places; -1 for those to which nobody travels."""
    country: Ints
    offers: Bits
    quickest: Ints
    """Answer and visit together, of the quickest row."""
    duration: Ints
    circles: Ints
    circle_codes: Bits
    linked: Bools
    """Whether a link leads to the point, by the place of its slug in the vocabulary."""


def build_blocks(columns: Columns, links: Links) -> Blocks:
    """The blocks of these columns of a whole network, with its links."""
    offers = columns.offers
    near = np.where(columns.remote, -1, columns.place.at.astype(np.int64))
    country = columns.country.at.astype(np.int64)
    static = columns.response.astype(np.int64) + columns.duration
    rows = np.lexsort((columns.slug.at, static, offers, country, near)).astype(np.int32)
    near, country, sets = near[rows], country[rows], offers[rows]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (near[1:] != near[:-1]) | (country[1:] != country[:-1]) | (sets[1:] != sets[:-1])
    starts = fresh.nonzero()[0]
    within = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    begin = (fresh | (within % BLOCK == 0)).nonzero()[0]
    circles, codes, linked = _circles(columns, offers, links)
    return Blocks(
        rows=rows,
        begin=begin,
        end=np.append(begin[1:], len(rows)) if len(rows) else begin,
        place=near[begin],
        country=country[begin],
        offers=sets[begin],
        quickest=_least(static[rows], begin),
        duration=_least(columns.duration[rows].astype(np.int64), begin),
        circles=circles,
        circle_codes=codes,
        linked=linked,
    )


def _least(values: Ints, begin: Ints) -> Ints:
    return np.minimum.reduceat(values, begin) if len(begin) else values


def _circles(columns: Columns, offers: Bits, links: Links) -> tuple[Ints, Bits, Bools]:
    organizations = len(columns.organization.vocabulary)
    of = columns.organization.at.astype(np.int64)
    own = np.zeros(organizations, dtype=np.int64)
    np.bitwise_or.at(own, of, offers)
    more = np.bincount(of, minlength=organizations) > 1
    linked = np.zeros(len(columns.slug.vocabulary), dtype=np.bool_)
    senders = places_in(links.from_organization.vocabulary, columns.organization.vocabulary)[links.from_organization.at]
    targets = places_in(links.to.vocabulary, columns.slug.vocabulary)[links.to.at]
    linked[targets[targets >= 0]] = True
    both = (senders >= 0) & (targets >= 0)
    senders, targets = senders[both], targets[both]
    np.bitwise_or.at(own, senders, offers[columns.rows_of_slugs(targets)])
    more[senders] = True
    rows = (((offers & HEADS) != 0) & more[of]).nonzero()[0]
    return rows, own[of[rows]], linked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mirages:
    """What may lie beyond, column by column: codes that somebody offers, at the least that it can cost."""

    codes: Bits
    country: tuple[str, ...]
    remote: Bools
    """Nobody travels there."""
    away: Ints
    response: Ints
    duration: Ints
    kind: Ints
    """Which mirages are of one kind: they stand for the same points, whatever a gate may close there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stands:
    """What was not looked at: blocks by their number, then heads of circles by ~row. `kind` says which are alike."""

    number: Ints
    size: Ints
    codes: Bits
    country: Ints
    remote: Bools
    away: Ints
    quickest: Ints
    """Answer and visit together, of the quickest."""
    duration: Ints
    table: Ints
    """What makes stands alike."""
    kind: Ints


class Lookout:
    """What one request has looked at, and what it has not. Lives as long as the request."""

    def __init__(
        self, columns: Columns, blocks: Blocks, *, away: Mapping[str, int], countries: Iterable[str], elsewhere: int = 0
    ) -> None:
        """
        Args:
            columns: Of the whole network.
            blocks: Its blocks.
            away: Minutes to each place at the least, over whatever stays; places that are not named are out of reach.
            countries: Where the person may come at all.
            elsewhere: Codes of which every point that counts is looked at anyway.
        """
        self._columns, self._blocks, self._elsewhere = columns, blocks, elsewhere
        minutes = np.array([away.get(place, NEVER) for place in columns.place.vocabulary] + [0], dtype=np.int64)
        enterable = np.array([name in set(countries) for name in columns.country.vocabulary], dtype=np.bool_)
        self._minutes, self._enterable = minutes, enterable
        self._away = minutes[blocks.place]
        self._open = enterable[blocks.country] & (self._away < NEVER)
        self._seen = np.zeros(len(blocks.begin), dtype=np.bool_)
        self._stands: _Stands | None = None
        self._close: set[tuple[int, ...]] = set()
        """Kinds whose every stand is a mirage of its own by now."""
        self._most = FIRST_LOOK
        self.rows = np.zeros(columns.rows, dtype=np.bool_)

    def look_at(self, rows: Iterable[int]) -> None:
        """These rows are looked at, whatever they offer and wherever they are."""
        self.rows[np.fromiter(rows, dtype=np.int64)] = True

    def look_around(self, codes: int) -> None:
        """Looks at the nearest and quickest points for each code, until there are some or no more."""
        found = self._blocks
        for bit in _split(codes & ~self._elsewhere):
            blocks = (self._open & ~self._seen & ((found.offers & bit) != 0)).nonzero()[0]
            cost = 2 * self._away[blocks] + found.quickest[blocks]
            self._see(blocks[_cheapest(cost, found.end[blocks] - found.begin[blocks], FIRST)])

    def _see(self, blocks: Ints) -> None:
        found = self._blocks
        for block in blocks.tolist():
            self._seen[block] = True
            self.rows[found.rows[found.begin[block] : found.end[block]]] = True

    def look_everywhere(self) -> None:
        """Looks at every point where the person may come."""
        self._seen |= self._open
        self.rows |= self._enterable[self._columns.country.at]

    def look_beyond(self, slack: Mapping[int, int]) -> None:
        """Looks where the mirages of these kinds are: at whatever is dearer than they by no more than that slack.

        The most hopeful come first, no more than a growing number: what is seen there makes others vain.
        """
        stands = self._stands
        assert stands is not None
        allowed = np.full(int(stands.kind.max(initial=0)) + 1, -1, dtype=np.int64)
        allowed[list(slack)] = list(slack.values())
        some = (allowed[stands.kind] >= 0).nonzero()[0]
        least = _least_by(stands.kind, _cost(stands))
        dearer = _cost(stands)[some] - least[stands.kind[some]] - allowed[stands.kind[some]]
        hopeful = dearer <= 0
        some, dearer = (some[hopeful], dearer[hopeful]) if hopeful.any() else (some, dearer)
        near = some[_cheapest(dearer, stands.size[some], self._most)]
        self._most *= 2
        if len(some) <= CLOSE:
            for at in self._first(stands)[list(slack)].tolist():
                self._close.add(tuple(stands.table[:, at].tolist()))
        numbers = stands.number[near]
        self._see(numbers[numbers >= 0])
        self.rows[~numbers[numbers < 0]] = True

    def _heads(self, codes: int) -> tuple[Ints, Bits]:
        """Rows that were not looked at and give their organization the case, with the codes of its whole circle."""
        found, columns = self._blocks, self._columns
        offers = columns.offer_sets[columns.offer[found.circles]]
        at = ((offers & codes & HEADS) != 0).nonzero()[0]
        rows = found.circles[at]
        away = np.where(columns.remote[rows], 0, self._minutes[columns.place.at[rows].astype(np.int64)])
        fit = ~self.rows[rows] & self._enterable[columns.country.at[rows]] & (away < NEVER)
        return rows[fit], found.circle_codes[at[fit]] & codes

    def mirages(self, codes: int) -> Mirages:
        """What may lie beyond what was looked at, for these codes."""
        stands = self._stands = self._unseen(codes & ~self._elsewhere)
        first = self._first(stands)
        kinds = len(first)
        parts = [_parts(mask) for mask in stands.codes[first].tolist()]
        kind = np.repeat(np.arange(kinds), [len(some) for some in parts])
        masks = np.array([part for some in parts for part in some], dtype=np.int64)
        duration, quickest = _least_by(stands.kind, stands.duration), _least_by(stands.kind, stands.quickest)
        names = self._columns.country.vocabulary
        return Mirages(
            codes=masks,
            country=tuple(names[number] for number in stands.country[first][kind].tolist()),
            remote=stands.remote[first][kind] & ((masks & STAY_BITS) == 0),
            away=_least_by(stands.kind, stands.away)[kind],
            response=(quickest - duration)[kind],
            duration=duration[kind],
            kind=kind,
        )

    @staticmethod
    def _first(stands: _Stands) -> Ints:
        """The first stand of each kind."""
        first = np.zeros(int(stands.kind.max(initial=-1)) + 1, dtype=np.int64)
        first[stands.kind[::-1]] = np.arange(len(stands.kind))[::-1]
        return first

    def _unseen(self, codes: int) -> _Stands:
        found, columns = self._blocks, self._columns
        offered = np.where(found.place < 0, found.offers & ~STAY_BITS, found.offers) & codes
        blocks = (self._open & ~self._seen & (offered != 0)).nonzero()[0]
        heads, circles = self._heads(codes)
        near = np.where(columns.remote[heads], 0, self._minutes[columns.place.at[heads].astype(np.int64)])
        static = columns.response[heads].astype(np.int64) + columns.duration[heads]
        masks = np.concatenate([offered[blocks], circles])
        country = np.concatenate([found.country[blocks], columns.country.at[heads].astype(np.int64)])
        remote = np.concatenate([found.place[blocks] < 0, columns.remote[heads]])
        away = np.concatenate([self._away[blocks], near])
        table = np.stack([masks, country, remote.astype(np.int64), np.searchsorted(RINGS, away, side="right")])
        return _Stands(
            number=np.concatenate([blocks, ~heads]),
            size=np.concatenate([found.end[blocks] - found.begin[blocks], np.ones(len(heads), dtype=np.int64)]),
            codes=masks,
            country=country,
            remote=remote,
            away=away,
            quickest=np.concatenate([found.quickest[blocks], static]),
            duration=np.concatenate([found.duration[blocks], columns.duration[heads].astype(np.int64)]),
            table=table,
            kind=self._seen_closely(table),
        )

    def _seen_closely(self, table: Ints) -> Ints:
        """The kind of each stand; one that was a mirage on a route before stands for itself alone."""
        kind = _alike(table)
        if not self._close or not len(kind):
            return kind
        first = np.zeros(int(kind.max()) + 1, dtype=np.int64)
        first[kind] = np.arange(len(kind))
        close = np.array([tuple(table[:, at].tolist()) in self._close for at in first.tolist()], dtype=np.bool_)
        alone = close[kind]
        kind[alone] = len(first) + np.arange(np.count_nonzero(alone))
        numbers: Ints = np.unique(kind, return_inverse=True)[1]
        return numbers


def _cost(stands: _Stands) -> Ints:
    """Minutes of a step there, answer and visit and the way there, and back unless one stays."""
    back = np.where((stands.codes & STAY_BITS) != 0, 0, stands.away)
    cost: Ints = np.maximum(stands.away + stands.duration, stands.quickest) + back
    return cost


def _cheapest(cost: Ints, size: Ints, rows: int) -> Ints:
    """Where the cheapest stand that have so many rows together, or a few more."""
    order = np.argsort(cost, kind="stable") if len(cost) <= rows else np.argpartition(cost, rows)[: rows + 1]
    order = order[np.argsort(cost[order], kind="stable")]
    enough: Ints = order[: int(np.searchsorted(np.cumsum(size[order]), rows)) + 1]
    return enough


def _alike(table: Ints) -> Ints:
    """A number for each column of the table, the same where columns are the same."""
    if not table.shape[1]:
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(table)
    fresh = np.zeros(len(order), dtype=np.int64)
    fresh[1:] = (table[:, order[1:]] != table[:, order[:-1]]).any(axis=0)
    kind = np.empty(len(order), dtype=np.int64)
    kind[order] = np.cumsum(fresh)
    return kind


def _least_by(kind: Ints, values: Ints) -> Ints:
    """The least value of each kind."""
    least = np.full(int(kind.max(initial=-1)) + 1, NEVER, dtype=np.int64)
    np.minimum.at(least, kind, values)
    return least


def _parts(codes: int) -> list[int]:
    """These codes, and what is left of them where a gate closes the bed, or what makes an organization hold the case.

    More codes are never worse but for these: a bed moves the person, and the case may leave a better hand.
    """
    parts = {codes, codes & ~STAY_BITS, codes & ~CASES, codes & ~HEADS}
    parts |= {part & ~RETURN for part in parts}
    return sorted(parts - {0})


def _split(bits: int) -> Iterable[int]:
    return [bit for bit in CODE_BIT.values() if bit & bits]
