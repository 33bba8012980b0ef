"""Where to look: the service points of a network in blocks, nearest and quickest first, and what may lie beyond.

A request looks at few points of a large register. Those that it has not looked at are stood for by *mirages*: points
that serve whatever somebody there offers, to anybody, at once, and no farther away than the nearest of them. A route
without a mirage that is the best of all, mirages included, is the best of the whole register. A mirage on a best route
says where to look next, and vanishes when one has been there (docs/decisions/0011).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.codes import CODES, Code, CodeKind
from app.routing.columns import CODE_BIT, STAY_BITS, Columns, bits_of
from app.routing.field import NEVER, Bools, Ints
from app.routing.verdicts import Bits

BLOCK = 64
"""So many rows of one place that offer the same are looked at together."""
FIRST = 48
"""So many rows that offer a code are looked at before anything is known."""
SOME = 16
"""So many rows at least are looked at when one looks somewhere."""
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
    response: Ints
    duration: Ints
    circles: Ints
    circle_codes: Bits


def build_blocks(columns: Columns, links: Iterable[tuple[str, str]]) -> Blocks:
    """The blocks of these columns; links are (organization, service point)."""
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
    circles, codes = _circles(columns, offers, links)
    return Blocks(
        rows=rows,
        begin=begin,
        end=np.append(begin[1:], len(rows)) if len(rows) else begin,
        place=near[begin],
        country=country[begin],
        offers=sets[begin],
        response=_least(columns.response[rows].astype(np.int64), begin),
        duration=_least(columns.duration[rows].astype(np.int64), begin),
        circles=circles,
        circle_codes=codes,
    )


def _least(values: Ints, begin: Ints) -> Ints:
    return np.minimum.reduceat(values, begin) if len(begin) else values


def _circles(columns: Columns, offers: Bits, links: Iterable[tuple[str, str]]) -> tuple[Ints, Bits]:
    organizations = len(columns.organization.vocabulary)
    of = columns.organization.at.astype(np.int64)
    own = np.zeros(organizations, dtype=np.int64)
    np.bitwise_or.at(own, of, offers)
    more = np.bincount(of, minlength=organizations) > 1
    known = {name: number for number, name in enumerate(columns.organization.vocabulary)}
    for sender, target in links:
        number = known.get(sender)
        row = columns.find(target)
        if number is not None and row is not None:
            own[number] |= offers[row]
            more[number] = True
    rows = (((offers & HEADS) != 0) & more[of]).nonzero()[0]
    return rows, own[of[rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirage:
    """What may lie beyond: codes that somebody offers who was not looked at, at the least that it can cost."""

    codes: int
    country: str
    remote: bool
    """Nobody travels there."""
    away: int
    response: int
    duration: int


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
        self._most = FIRST
        self.rows = np.zeros(columns.rows, dtype=np.bool_)

    def look_at(self, rows: Iterable[int]) -> None:
        """These rows are looked at, whatever they offer and wherever they are."""
        self.rows[np.fromiter(rows, dtype=np.int64)] = True

    def look_around(self, codes: int) -> None:
        """Looks at the nearest and quickest points for each code, until there are some or no more."""
        for bit in _split(codes & ~self._elsewhere):
            blocks = (self._open & ((self._blocks.offers & bit) != 0)).nonzero()[0]
            self._see(blocks, FIRST)

    def _see(self, blocks: Ints, rows: int) -> None:
        """Looks at these blocks, the nearest and quickest first, until so many rows were seen."""
        found = self._blocks
        blocks = blocks[~self._seen[blocks]]
        if len(blocks) > rows:
            cost = self._cost(blocks)
            blocks = blocks[np.argpartition(cost, rows)[:rows]]
        blocks = blocks[np.argsort(self._cost(blocks), kind="stable")]
        sizes = found.end[blocks] - found.begin[blocks]
        enough = int(np.searchsorted(np.cumsum(sizes), rows)) + 1
        for block in blocks[:enough].tolist():
            self._seen[block] = True
            self.rows[found.rows[found.begin[block] : found.end[block]]] = True

    def _cost(self, blocks: Ints) -> Ints:
        return 2 * self._away[blocks] + self._blocks.response[blocks] + self._blocks.duration[blocks]

    def look_everywhere(self) -> None:
        """Looks at every point where the person may come."""
        self._seen |= self._open
        self.rows |= self._enterable[self._columns.country.at]

    def look_beyond(self, mirages: Mapping[Mirage, int]) -> None:
        """Looks where these mirages are: at all that is dearer by no more than each may be, nearest and quickest first.

        At least at the nearest; never at more than a growing number, since what is seen there makes others vain.
        """
        self._most *= 2
        for mirage, slack in sorted(mirages.items(), key=lambda one: (one[0].codes, one[0].country, one[0].remote)):
            blocks = self._standing_for(mirage)
            cost = self._cost(blocks)
            least = int(cost.min(initial=NEVER))
            near = blocks[cost <= (least + slack if slack < NEVER else NEVER)]
            self._see(near, self._most)
            self._see(blocks, SOME)
            self._see_heads(mirage.codes, self._most)

    def _standing_for(self, mirage: Mirage) -> Ints:
        found = self._blocks
        fit = self._open & ~self._seen & ((found.offers & mirage.codes) == mirage.codes)
        blocks: Ints = (fit & ((found.place < 0) == mirage.remote)).nonzero()[0]
        return blocks

    def _see_heads(self, codes: int, rows: int) -> None:
        heads, circles = self._unseen_heads(codes)
        heads = heads[(circles & codes) == codes]
        self.rows[heads[np.argsort(self._head_minutes(heads), kind="stable")[:rows]]] = True

    def _heads(self, codes: int) -> Ints:
        circles = self._blocks.circles
        offers = self._columns.offer_sets[self._columns.offer[circles]]
        heads: Ints = ((offers & codes & HEADS) != 0).nonzero()[0]
        return heads

    def _head_minutes(self, heads: Ints) -> Ints:
        columns = self._columns
        minutes: Ints = np.where(columns.remote[heads], 0, self._minutes[columns.place.at[heads].astype(np.int64)])
        return minutes

    def _unseen_heads(self, codes: int) -> tuple[Ints, Bits]:
        """Rows that were not looked at and give their organization the case, with the codes of its whole circle."""
        found, columns = self._blocks, self._columns
        at = self._heads(codes)
        heads = found.circles[at]
        fit = ~self.rows[heads] & self._enterable[columns.country.at[heads]] & (self._head_minutes(heads) < NEVER)
        return heads[fit], found.circle_codes[at[fit]] & codes

    def mirages(self, codes: int) -> tuple[Mirage, ...]:
        """What may lie beyond what was looked at, for these codes."""
        codes &= ~self._elsewhere
        found, columns = self._blocks, self._columns
        offered = np.where(found.place < 0, found.offers & ~STAY_BITS, found.offers) & codes
        blocks = (self._open & ~self._seen & (offered != 0)).nonzero()[0]
        heads, circles = self._unseen_heads(codes)
        masks = np.concatenate([offered[blocks], circles])
        country = np.concatenate([found.country[blocks], columns.country.at[heads].astype(np.int64)])
        remote = np.concatenate([found.place[blocks] < 0, columns.remote[heads]])
        values = [
            np.concatenate([self._away[blocks], self._head_minutes(heads)]),
            np.concatenate([found.response[blocks], columns.response[heads].astype(np.int64)]),
            np.concatenate([found.duration[blocks], columns.duration[heads].astype(np.int64)]),
        ]
        return tuple(self._grouped(masks, country, remote, values))

    def _grouped(self, masks: Bits, country: Ints, remote: Bools, values: list[Ints]) -> Iterable[Mirage]:
        order = np.lexsort((remote, country, masks))
        masks, country, remote = masks[order], country[order], remote[order]
        if not len(masks):
            return
        fresh = np.ones(len(masks), dtype=np.bool_)
        fresh[1:] = (masks[1:] != masks[:-1]) | (country[1:] != country[:-1]) | (remote[1:] != remote[:-1])
        begin = fresh.nonzero()[0]
        least = [np.minimum.reduceat(value[order], begin).tolist() for value in values]
        for at, away, response, duration in zip(begin.tolist(), *least, strict=True):
            name = self._columns.country.vocabulary[country.item(at)]
            for codes in _parts(masks.item(at)):
                afar = bool(remote[at]) and not codes & STAY_BITS
                yield Mirage(codes=codes, country=name, remote=afar, away=away, response=response, duration=duration)


def _parts(codes: int) -> list[int]:
    """These codes, and what is left of them where a gate closes the bed, or what makes an organization hold the case.

    More codes are never worse but for these: a bed moves the person, and the case may leave a better hand.
    """
    parts = {codes, codes & ~STAY_BITS, codes & ~CASES, codes & ~HEADS}
    parts |= {part & ~RETURN for part in parts}
    return sorted(parts - {0})


def _split(bits: int) -> Iterable[int]:
    return [bit for bit in CODE_BIT.values() if bit & bits]
