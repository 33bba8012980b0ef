"""Where to look: the service points of a network in blocks, nearest and quickest first, and what may lie beyond.

A request looks at few points of a large register. Those that it has not looked at are stood for by *mirages*: points
that serve whatever somebody there offers, to anybody, at once, and no farther away than the nearest of them. A route
without a mirage that is the best of all, mirages included, is the best of the whole register. A mirage on a best route
says where to look next, and vanishes when one has been there (docs/decisions/0012).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.domain.codes import Code
from app.routing.blocks import Blocks
from app.routing.columns import CODE_BIT, HEADS, STAY_BITS, Columns, bits_of
from app.routing.field import NEVER, Bools
from app.routing.hours import Ints, each_once, shifted, spans_of
from app.routing.linkage import Linkage
from app.routing.network import Moment
from app.routing.problem import Spans
from app.routing.verdicts import Bits
from app.routing.words import Rows

FIRST = 128
"""So many rows that offer a code are looked at before anything is known."""
FIRST_LOOK = 2_048
"""So many rows at most are looked at the first time that somebody looks beyond; twice as many each time."""
LEAST_LOOK = 256
"""So many rows at least, as far as there are any, since a round of looking costs more than these."""
CLOSE = 500
"""While no more than so many stands may matter, each of them becomes a mirage of its own."""
RINGS = np.array([1, 25, 45, 90, 150, 240, 360, 600], dtype=np.int64)
"""Minutes from the person at which one ring of the surroundings ends and the next begins."""
WAITS = np.array([1, 120, 300, 540, 900, 1_440, 2_880], dtype=np.int64)
"""Minutes of waiting before a door that part the blocks of a ring in the same way."""
RETURN = bits_of([Code.RET_AVR])
CASES = HEADS & ~STAY_BITS
_MOST_BITS = 30
"""So many codes leave room for an aspect in one number."""


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
    schedules: tuple[Spans, ...]
    """On the clock of the person's place."""
    schedule: Ints
    kind: Ints
    """Which mirages are of one kind: they stand for the same points, whatever a gate may close there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stands:
    """What was not looked at: blocks by their number, then heads of circles by ~row. `kind` says which are alike."""

    number: Ints
    size: Ints
    codes: Bits
    country: Ints
    zone: Ints
    remote: Bools
    away: Ints
    response: Ints
    duration: Ints
    hours: Ints
    cost: Ints
    """Minutes of a step there at the least: waiting, the visit, the way there, and back unless one stays."""
    aspect: Ints
    """What makes stands that offer the same alike, as one number."""
    kind: Ints
    order: Ints
    """The stands, one kind after the other."""
    begins: Ints
    """Where each kind begins there."""

    @property
    def first(self) -> Ints:
        """The first stand of each kind."""
        return self.order[self.begins]

    def least(self, values: Ints) -> Ints:
        """The least value of each kind."""
        return np.minimum.reduceat(values[self.order], self.begins) if len(self.begins) else values


class Lookout:
    """What one request has looked at, and what it has not. Lives as long as the request."""

    def __init__(
        self,
        columns: Columns,
        blocks: Blocks,
        linkage: Linkage,
        *,
        away: Mapping[str, int],
        countries: Iterable[str],
        moment: Moment,
        zone: str,
        elsewhere: int = 0,
    ) -> None:
        """
        Args:
            columns: Of the whole network.
            blocks: Its blocks.
            linkage: Which rows belong together in it.
            away: Minutes to each place at the least, over whatever stays; places that are not named are out of reach.
            countries: Where the person may come at all.
            moment: When that is.
            zone: That of the person's place.
            elsewhere: Codes of which every point that counts is looked at anyway.
        """
        self._columns, self._blocks, self._linkage, self._elsewhere = columns, blocks, linkage, elsewhere
        minutes = np.array([away.get(place, NEVER) for place in columns.place.vocabulary] + [0], dtype=np.int64)
        enterable = np.array([name in set(countries) for name in columns.country.vocabulary], dtype=np.bool_)
        self._minutes, self._enterable = minutes, enterable
        self._away = minutes[blocks.place]
        self._open = enterable[blocks.country] & (self._away < NEVER)
        zones = columns.timezone.vocabulary
        self._week_minute = np.array([moment.week_minute(name) for name in zones], dtype=np.int64)
        self._later = [moment.offsets[zone] - moment.offsets[name] for name in zones]
        """How far the clock of the person's place is ahead of that of each zone."""
        self._start = np.full(len(blocks.begin), NEVER, dtype=np.int64)
        self._start[self._open] = self._starts(
            *(column[self._open] for column in (self._away, blocks.response, blocks.zone, blocks.hours))
        )
        self._seen = np.zeros(len(blocks.begin), dtype=np.bool_)
        self._stands: _Stands | None = None
        self._close: set[tuple[int, int]] = set()
        """Kinds, by codes and aspect, whose every stand is a mirage of its own by now."""
        self._known: dict[tuple[int, int], tuple[_Stands, Mirages]] = {}
        self._most = FIRST_LOOK
        self.rows = np.zeros(columns.rows, dtype=np.bool_)

    def _starts(self, away: Ints, response: Ints, zone: Ints, hours: Ints) -> Ints:
        """Minutes until somebody there may begin, when one calls and sets out at once."""
        now = self._week_minute[zone]
        found: Ints = self._blocks.week.next_open(now + np.maximum(away, response), hours) - now
        return found

    def look_at(self, rows: Iterable[int] | Rows) -> None:
        """These rows are looked at, whatever they offer and wherever they are."""
        self.rows[rows if isinstance(rows, np.ndarray) else np.fromiter(rows, dtype=np.int64)] = True

    def look_around(self, codes: int) -> None:
        """Looks at the nearest and quickest points for each code, until there are some or no more."""
        found = self._blocks
        for bit in _split(codes & ~self._elsewhere):
            blocks = (self._open & ~self._seen & ((found.offers & bit) != 0)).nonzero()[0]
            cost = self._start[blocks] + found.duration[blocks] + self._away[blocks]
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

    def look_beyond(self, slack: Mapping[int, int]) -> bool:
        """Looks where the mirages of these kinds are: at whatever is dearer than they by no more than that slack.

        The most hopeful come first, no more than a growing number: what is seen there makes others vain. Whether there
        was anything to be seen, be it rows that a circle had shown before.
        """
        stands = self._stands
        assert stands is not None
        allowed = np.full(len(stands.begins), -1, dtype=np.int64)
        allowed[list(slack)] = list(slack.values())
        some = (allowed[stands.kind] >= 0).nonzero()[0]
        dearer = stands.cost[some] - stands.least(stands.cost)[stands.kind[some]] - allowed[stands.kind[some]]
        hopeful = int(stands.size[some[dearer <= 0]].sum())
        near = some[_cheapest(dearer, stands.size[some], min(self._most, max(hopeful, LEAST_LOOK)))]
        self._most *= 2
        if len(some) <= CLOSE:
            of = stands.first[list(slack)]
            self._close |= set(zip(stands.codes[of].tolist(), stands.aspect[of].tolist(), strict=True))
        self._known.clear()
        numbers = stands.number[near]
        self._see(numbers[numbers >= 0])
        self.rows[~numbers[numbers < 0]] = True
        return bool(len(numbers))

    def _heads(self, codes: int) -> tuple[Ints, Bits]:
        """Rows that were not looked at and give their organization the case, with the codes of its whole circle."""
        linkage, columns = self._linkage, self._columns
        offers = columns.offer_sets[columns.offer[linkage.heads]]
        at = ((offers & codes & HEADS) != 0).nonzero()[0]
        rows = linkage.heads[at]
        away = np.where(columns.remote[rows], 0, self._minutes[columns.place.at[rows].astype(np.int64)])
        fit = ~self.rows[rows] & self._enterable[columns.country.at[rows]] & (away < NEVER)
        return rows[fit], linkage.codes[at[fit]] & codes

    def mirages(self, codes: int) -> Mirages:
        """What may lie beyond what was looked at, for these codes; the same object while nothing else is looked at."""
        key = codes, int(np.count_nonzero(self.rows))
        if key not in self._known:
            stands = self._unseen(codes & ~self._elsewhere)
            self._known[key] = stands, self._dreamt(stands)
        self._stands, mirages = self._known[key]
        return mirages

    def _dreamt(self, stands: _Stands) -> Mirages:
        first, kinds = stands.first, len(stands.begins)
        parts = [_parts(mask) for mask in stands.codes[first].tolist()]
        kind = np.repeat(np.arange(kinds), [len(some) for some in parts])
        masks = np.array([part for some in parts for part in some], dtype=np.int64)
        names = self._columns.country.vocabulary
        schedules, schedule = self._hours(stands)
        return Mirages(
            codes=masks,
            country=tuple(names[number] for number in stands.country[first][kind].tolist()),
            remote=stands.remote[first][kind] & ((masks & STAY_BITS) == 0),
            away=stands.least(stands.away)[kind],
            response=stands.least(stands.response)[kind],
            duration=stands.least(stands.duration)[kind],
            schedules=schedules,
            schedule=schedule[kind],
            kind=kind,
        )

    def _hours(self, stands: _Stands) -> tuple[tuple[Spans, ...], Ints]:
        """The hours in which any stand of a kind is open, and which of them each kind keeps."""
        masks, zones = self._blocks.open_hours, len(self._later)
        if not len(stands.begins):
            return (), stands.begins
        once, mask = each_once(np.bitwise_or.reduceat(masks[stands.hours[stands.order]], stands.begins, axis=0))
        keys, schedule = np.unique(mask * zones + stands.zone[stands.first], return_inverse=True)
        pairs = [divmod(key, zones) for key in keys.tolist()]
        kept = tuple(shifted(spans_of(once[at].tobytes()), self._later[zone]) for at, zone in pairs)
        return kept, schedule.astype(np.int64)

    def _unseen(self, codes: int) -> _Stands:
        found, columns = self._blocks, self._columns
        offered = np.where(found.place < 0, found.offers & ~STAY_BITS, found.offers) & codes
        blocks = (self._open & ~self._seen & (offered != 0)).nonzero()[0]
        heads, circles = self._heads(codes)
        near = np.where(columns.remote[heads], 0, self._minutes[columns.place.at[heads].astype(np.int64)])
        zone, hours = columns.timezone.at[heads].astype(np.int64), found.hours_of_schedule[columns.schedule[heads]]
        response, duration = columns.response[heads].astype(np.int64), columns.duration[heads].astype(np.int64)
        both = np.concatenate
        masks = both([offered[blocks], circles])
        country = both([found.country[blocks], columns.country.at[heads].astype(np.int64)])
        remote = both([found.place[blocks] < 0, columns.remote[heads]])
        away = both([self._away[blocks], near])
        zones = both([found.zone[blocks], zone])
        responses, durations = both([found.response[blocks], response]), both([found.duration[blocks], duration])
        start = both([self._start[blocks], self._starts(near, response, zone, hours)])
        waits = WAITS.searchsorted(start - np.maximum(away, responses), side="right")
        rings = RINGS.searchsorted(away, side="right")
        aspect = country * len(self._later) + zones
        for part, number in ((remote, 2), (rings, len(RINGS) + 1), (waits, len(WAITS) + 1)):
            aspect = aspect * number + part
        kind = self._seen_closely(masks, aspect, _alike(_dense(masks, codes), aspect))
        order = np.argsort(kind, kind="stable")
        return _Stands(
            number=both([blocks, ~heads]),
            size=both([found.end[blocks] - found.begin[blocks], np.ones(len(heads), dtype=np.int64)]),
            codes=masks,
            country=country,
            zone=zones,
            remote=remote,
            away=away,
            response=responses,
            duration=durations,
            hours=both([found.hours[blocks], hours]),
            cost=start + durations + np.where((masks & STAY_BITS) != 0, 0, away),
            aspect=aspect,
            kind=kind,
            order=order,
            begins=np.searchsorted(kind[order], np.arange(int(kind.max(initial=-1)) + 1)),
        )

    def _seen_closely(self, codes: Bits, aspect: Ints, kind: Ints) -> Ints:
        """The kind of each stand; one that was a mirage on a route before stands for itself alone."""
        if not self._close or not len(kind):
            return kind
        some = np.zeros(int(kind.max()) + 1, dtype=np.int64)
        some[kind] = np.arange(len(kind))
        pairs = zip(codes[some].tolist(), aspect[some].tolist(), strict=True)
        alone = np.array([pair in self._close for pair in pairs], dtype=np.bool_)[kind]
        kind[alone] = len(some) + np.arange(np.count_nonzero(alone))
        return _numbers(kind)


def _cheapest(cost: Ints, size: Ints, rows: int) -> Ints:
    """Where the cheapest stand that have so many rows together, or a few more."""
    order = np.argsort(cost, kind="stable") if len(cost) <= rows else np.argpartition(cost, rows)[: rows + 1]
    order = order[np.argsort(cost[order], kind="stable")]
    enough: Ints = order[: int(np.searchsorted(np.cumsum(size[order]), rows)) + 1]
    return enough


def _dense(masks: Bits, codes: int) -> Ints:
    """The masks with the bits of these codes alone, one beside the other."""
    found = np.zeros(len(masks), dtype=np.int64)
    for bit in _split(codes):
        found = found * 2 + ((masks & bit) != 0)
    return found if codes.bit_count() <= _MOST_BITS else _numbers(found)


def _alike(codes: Ints, aspect: Ints) -> Ints:
    """A number for each stand, from 0 on without a gap, the same where both are the same."""
    return _numbers(codes * (int(aspect.max(initial=0)) + 1) + aspect)


def _numbers(values: Ints) -> Ints:
    numbers: Ints = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return numbers


@cache
def _parts(codes: int) -> tuple[int, ...]:
    """These codes, and what is left of them where a gate closes the bed, or what makes an organization hold the case.

    More codes are never worse but for these: a bed moves the person, and the case may leave a better hand.
    """
    parts = {codes, codes & ~STAY_BITS, codes & ~CASES, codes & ~HEADS}
    parts |= {part & ~RETURN for part in parts}
    return tuple(sorted(parts - {0}))


def _split(bits: int) -> Iterable[int]:
    return [bit for bit in CODE_BIT.values() if bit & bits]
