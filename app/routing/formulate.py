"""From a case to a search: the field of what is usable, with hours on the clock of the person's place, and the file.

The field is what the engine searches. `formulate` writes the same as a `SearchProblem`, for whoever wants to check an
answer without the register and without the profile (engine, section 6).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from app.domain.codes import CODES, Code
from app.domain.plan import Grade, Weight
from app.domain.provider import Capacity
from app.routing.case import (
    Case,
    agreed_ways,
    all_doors,
    asking,
    find_reception,
    is_bound,
    link_is_fit,
    link_points,
    usable,
)
from app.routing.columns import CODE_BIT, HEADS, NEVER, STAY_BITS, bits_of, codes_of
from app.routing.field import NEVER as NO_WAY
from app.routing.field import Field, Link, least_links
from app.routing.hours import OFFICE_HOURS, Ints, shifted
from app.routing.names import Names, Slugs
from app.routing.policy import RankingPolicy
from app.routing.problem import Edge, Limits, ProblemLink, ProblemPoint, SearchProblem, Spans
from app.routing.travel import LEAST_MINUTES, UNIT, Travel
from app.routing.travel import NO_WAY as NO_CHAIN
from app.routing.verdicts import Bits
from app.routing.words import Rows, Words, find

_BITS: Mapping[str, int] = {code.value: bit for code, bit in CODE_BIT.items()}
_MINUTE = 60_000_000


class TravelledWays:
    """The ways of a case: what the person's travel says, with the points of the policy for each crossing."""

    def __init__(self, travel: Travel, policy: RankingPolicy, places: Sequence[str]) -> None:
        self._travel, self._policy = travel, policy
        self.least = min(LEAST_MINUTES, policy.same_place)
        self._at = {place: at for at, place in enumerate(places)}
        self._numbers = np.array([travel.number.get(place, -1) for place in places], dtype=np.int64)

    def between(self, a: str, b: str) -> tuple[int, int] | None:
        """See `Ways`."""
        way = self._travel.between(a, b)
        return None if way is None else (way[0], way[1] * self._policy.crossing)

    def crossings(self, base: str) -> Ints:
        """See `Ways`."""
        if base not in self._travel.number:
            return np.zeros(len(self._numbers), dtype=np.int64)
        there = np.append(self._travel.ways(base), NO_CHAIN)[self._numbers]
        points: Ints = there % UNIT * self._policy.crossing
        if base in self._at:
            points[self._at[base]] = 0
        return points

    def afar(self, base: str) -> Ints:
        """See `Ways`."""
        if base not in self._travel.number:
            return np.full(len(self._numbers), NO_WAY, dtype=np.int64)
        there = np.append(self._travel.least(base), NO_CHAIN)[self._numbers]
        minutes = np.where(there >= NO_CHAIN // UNIT, NO_WAY, there)
        if base in self._at:
            minutes[self._at[base]] = self.least
        return minutes

    def minutes(self, base: str) -> Ints:
        """See `Ways`."""
        minutes = np.full(len(self._numbers), NO_WAY, dtype=np.int64)
        if base in self._travel.number:
            there = np.append(self._travel.ways(base), NO_CHAIN)[self._numbers]
            minutes = np.where(there >= NO_CHAIN, NO_WAY, there // UNIT)
        if base in self._at:
            minutes[self._at[base]] = self._policy.same_place
        return minutes


def frame_of(case: Case, grade: Grade, places: Mapping[str, str]) -> SearchProblem:
    """The problem of that grade without its points, travel and links, over these places by country."""
    order = case.orders[grade]
    start = case.person.location.place
    return_to = case.person.return_to if Code.RET_AVR in order.codes else None
    known = dict(places) | {start: case.network.place(start).country}
    if return_to is not None:
        known[return_to] = case.network.place(return_to).country
    return SearchProblem(
        codes={code: CODES[code].kind for code in sorted(order.codes)},
        needed={code: need.weight for code, need in order.needs.items()},
        unlocking=order.unlocking,
        precedence=tuple(Edge(before=a, after=b, hard=hard) for a, b, hard in order.edges),
        already_has=tuple(sorted(order.already_has - order.codes)),
        before_border=tuple(sorted(order.before_border)),
        deadline={code.value: minutes for code, minutes in order.deadlines.items()},
        start_place=start,
        start_holder=case.holder,
        week_minute=case.moment.week_minute(case.zone),
        return_to=return_to,
        places=known,
        travel={},
        points=(),
        links=(),
        limits=limits_of(case),
        k=case.k,
    )


def limits_of(case: Case) -> Limits:
    """The limits of the policy, or the person's own where they are lower."""
    own = case.person.travel

    def lower(policy: int, limit: int | None) -> int:
        return policy if limit is None else min(policy, limit)

    return Limits(
        handover=case.policy.handover,
        no_link=case.policy.no_link,
        same_place=case.policy.same_place,
        longest_visit=lower(case.policy.longest_visit, own.longest_visit_minutes),
        longest_transfer=lower(case.policy.longest_transfer, own.longest_transfer_minutes),
    )


def field_of_case(case: Case, grade: Grade) -> Field:
    """Every point of the case with something usable left for that grade, sorted by id."""
    bits, columns = usable(case, grade), case.columns
    rows = bits.nonzero()[0]
    rows = rows[np.argsort(columns.slug.at[rows], kind="stable")]
    bits = bits[rows]
    places, place = _places(case, rows)
    receivers = _receivers(case, rows, bits, grade)
    orgs, org, receiver = _organizations(columns.organization, rows, receivers)
    schedules, schedule = _schedules(case, rows)
    links = _links(case, rows, rows[(bits & HEADS) != 0], receivers, grade)
    caution, preference = _points(case, rows, bits, grade)
    return Field(
        real=len(rows),
        frame=frame_of(case, grade, places),
        bit=_BITS,
        ways=TravelledWays(case.travel, case.policy, tuple(places)),
        ids=Slugs(columns.slug, rows),
        orgs=orgs,
        places=tuple(places),
        countries=tuple(places.values()),
        schedules=schedules,
        org=org,
        place=place,
        schedule=schedule,
        usable=bits,
        requires=all_doors(case)[rows],
        remote=columns.remote[rows],
        receiver=receiver,
        response=columns.response[rows].astype(np.int64),
        duration=columns.duration[rows].astype(np.int64),
        not_before=_not_before(case, rows),
        caution=caution,
        preference=preference,
        least_link=least_links(len(rows), links, case.policy.no_link),
        links=links,
    )


_SPARSE = 4_096
"""Numbers below so much, and four times as many as there are, are told apart by counting to the last."""


def _distinct(numbers: Rows, width: int) -> tuple[Ints, Ints]:
    """The numbers that occur, each once and in order, and where among them each stands; all are less than the width."""
    if width > _SPARSE + 4 * len(numbers):
        found, at = np.unique(numbers, return_inverse=True)
        return found.astype(np.int64), at.astype(np.int64)
    occurs = np.zeros(width, dtype=np.bool_)
    occurs[numbers] = True
    return occurs.nonzero()[0], (np.cumsum(occurs) - 1)[numbers]


def _organizations(words: Words, rows: Ints, receivers: Mapping[int, str]) -> tuple[Names, Ints, Ints]:
    """All organizations, which of them each row belongs to, and which receives whom it brings home, -1 for none."""
    found, at = _distinct(words.at[rows], len(words.vocabulary))
    receiver = np.full(len(rows), -1, dtype=np.int64)
    others: dict[str, int] = {}
    for row, name in receivers.items():
        number = find(words.vocabulary, name)
        known = -1 if number is None else int(np.searchsorted(found, number))
        if not 0 <= known < len(found) or found[known] != number:
            known = others.setdefault(name, len(found) + len(others))
        receiver[row] = known
    return Names(words.vocabulary, found, tuple(others)), at, receiver


def _places(case: Case, rows: Ints) -> tuple[dict[str, str], Ints]:
    """The places of these rows with their countries, and where among them each row's own stands.

    Where no source names the town it is the country itself, to which no way leads.
    """
    towns, lands = case.columns.place, case.columns.country
    width = len(lands.vocabulary)
    both = towns.at[rows].astype(np.int64) * width + lands.at[rows]
    keys, at = _distinct(both, len(towns.vocabulary) * width)
    found = {}
    for town, land in (divmod(key, width) for key in keys.tolist()):
        country = lands.vocabulary[land]
        found[towns.vocabulary[town] or f"somewhere-in-{country.lower()}"] = country
    assert len(found) == len(keys), "a place lies in one country"
    return found, at


def _receivers(case: Case, rows: Ints, bits: Bits, grade: Grade) -> dict[int, str]:
    """Who receives whom each of these rows brings home, where somebody does; by the place of the row among them."""
    found = {}
    for at in (bits & bits_of([Code.RET_AVR])).nonzero()[0].tolist():
        reception = find_reception(case, int(rows[at]), grade)
        if not isinstance(reception, bool):
            found[at] = reception.receiver
    return found


def _schedules(case: Case, rows: Ints) -> tuple[tuple[Spans, ...], Ints]:
    """The weekly schedules on the clock of the person's place, and which of them each row keeps."""
    columns = case.columns
    width = len(columns.timezone.vocabulary)
    both = columns.schedule[rows].astype(np.int64) * width + columns.timezone.at[rows]
    keys, at = _distinct(both, len(columns.schedules) * width)
    zone = case.moment.offsets[case.zone]
    found = []
    for schedule, timezone in (divmod(key, width) for key in keys.tolist()):
        shift = zone - case.moment.offsets[columns.timezone.vocabulary[timezone]]
        found.append(shifted(columns.schedules[schedule] or OFFICE_HOURS, shift))
    return tuple(found), at


def _not_before(case: Case, rows: Ints) -> Ints:
    """H20: a full point is asked again when what is known about it runs out; minutes from now.

    An emergency department takes whoever comes, full or not (standards, section 2c).
    """
    columns, policy = case.columns, case.policy
    offers = columns.offers[rows]
    full = columns.capacity.is_(Capacity.FULL)[rows] & (columns.capacity_at[rows] != NEVER)
    full &= (offers & bits_of([Code.MED_EMG])) == 0
    hours = np.where((offers & STAY_BITS) != 0, policy.bed_capacity_hours, policy.other_capacity_hours)
    reported = np.where(full, columns.capacity_at[rows], 0)
    left = reported + hours * 60 * _MINUTE - case.moment.microseconds
    return np.where(full, np.maximum(0, -(-left // _MINUTE)), 0)


def _points(case: Case, rows: Ints, bits: Bits, grade: Grade) -> tuple[Ints, Ints]:
    """Points of the grave cautions, and of preferences, mild cautions and questions together, row by row."""
    grave, soft = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    for relaxed in case.judgement.relaxed:
        shown = (relaxed.codes[rows] & bits) != 0
        if relaxed.weight is Weight.GRAVE:
            grave += shown * case.policy.grave_caution
        else:
            soft += shown * case.policy.mild_caution
    for _, points in case.preferences:
        soft += points[rows]
    for _, holds in case.mild:
        soft += holds[rows] * case.policy.mild_caution
    for _, asks in asking(case, grade):
        soft += ((asks[rows] & bits) != 0) * case.policy.mild_caution
    return grave, soft


def _links(
    case: Case, rows: Ints, heads: Rows, receivers: Mapping[int, str], grade: Grade
) -> dict[int, tuple[Link, ...]]:
    """The links in force that lead to each of these points from whoever may hold the case, by the point's place.

    That is whoever holds it now, the organizations of the heads, and those that receive somebody at home.
    """
    slugs = case.columns.slug.at[rows]
    at = (case.network.linkage.target[slugs] >= 0).nonzero()[0]
    if not len(at):
        return {}
    takers = set(np.unique(case.columns.organization.at[heads]).tolist())
    holders = {case.holder, *receivers.values()}
    found: dict[int, tuple[Link, ...]] = {}
    for number, slug in zip(at.tolist(), slugs[at].tolist(), strict=True):
        ways = [
            way
            for way in agreed_ways(case, slug)
            if way.organization in takers or way.link.from_organization in holders
        ]
        if ways:
            found[number] = tuple(
                (way.link.from_organization, way.points, is_bound(case, way.link, grade)) for way in ways
            )
    return found


def formulate(case: Case, grade: Grade) -> SearchProblem:
    """The search problem of that grade as a value that can be written down: all points of the field, sorted by id."""
    field = field_of_case(case, grade)
    points = tuple(_point(field, number) for number in range(field.size))
    frame = field.frame
    return SearchProblem(
        **{name: getattr(frame, name) for name in frame.__slots__ if name not in ("travel", "points", "links")},
        travel=dict(_travel(field)),
        points=points,
        links=tuple(
            ProblemLink(
                from_org=link.from_organization,
                to=slug,
                points=link_points(link, case.policy),
                cross_border=is_bound(case, link, grade),
            )
            for slug in field.ids
            for link in case.network.links_to(slug)
            if link_is_fit(case, link)
        ),
    )


def _point(field: Field, number: int) -> ProblemPoint:
    row = field.row(number)
    return ProblemPoint(
        id=row.id,
        org=row.org,
        place=row.place,
        usable=codes_of(row.usable),
        requires=tuple(sorted(codes_of(row.requires))),
        remote=row.remote,
        receiver=row.receiver,
        open=row.open,
        not_before=row.not_before,
        response=row.response,
        duration=row.duration,
        caution=row.caution,
        preference=row.preference,
    )


def _travel(field: Field) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """Ways between every place where the person may stay and every place of the field, each pair once."""
    frame = field.frame
    beds = np.unique(field.place[(field.usable & STAY_BITS) != 0]).tolist()
    bases = {frame.start_place, *(field.places[number] for number in beds)}
    if frame.return_to is not None:
        bases.add(frame.return_to)
    told = set()
    for base in sorted(bases):
        for place in sorted(frame.places):
            if place != base and (place, base) not in told:
                told.add((base, place))
                way = field.ways.between(base, place)
                if way is not None:
                    yield (base, place), way
