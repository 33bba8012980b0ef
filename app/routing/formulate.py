"""From judgement to `SearchProblem`: usable codes, doors, links, travel, opening hours on the person's own clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector
from app.domain.plan import Grade, Weight
from app.domain.profile import Profile
from app.domain.provider import Agreement, Capacity, HandoverMode, Link, ReturnReception, ServicePoint
from app.routing.columns import CODE_BIT, STAY_BITS, bits_of, codes_of
from app.routing.judgement import Judgement
from app.routing.network import Moment, Network
from app.routing.policy import RankingPolicy
from app.routing.preferences import Points
from app.routing.problem import WEEK, Edge, Limits, ProblemLink, ProblemPoint, SearchProblem, Spans
from app.routing.rules import Rule
from app.routing.sequence import Sequence
from app.routing.travel import Travel
from app.routing.verdicts import Bits, Bools, Verdict

OFFICE_HOURS: Spans = tuple((day * 1440 + 540, day * 1440 + 1020) for day in range(5))
"""What an unknown schedule is taken for: Monday to Friday, 09:00 to 17:00 (engine, section 3)."""
BINDING = frozenset({Agreement.SOP, Agreement.MOU, Agreement.TRM})
"""The agreements that carry a person over a border (H30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about one request that the search problem is made from."""

    person: Profile
    network: Network
    moment: Moment
    policy: RankingPolicy
    judgement: Judgement
    sequence: Sequence
    """What is needed, before any door is looked at."""
    orders: Mapping[Grade, Sequence]
    """The same for each grade with the codes that open the doors of its points."""
    travel: Travel
    holder: str | None
    k: int
    beds_only: frozenset[str]
    """Confidential houses of which only the bed is offered, since a route would otherwise only visit them (H15)."""
    doors: tuple[tuple[str, Bits], ...]
    """What rows require first, rule by rule, as bits."""
    preferences: tuple[tuple[str, Points], ...]
    """Points by rule."""
    mild: tuple[tuple[str, Bools], ...]
    """Rows with a mild caution, by message key."""

    @property
    def zone(self) -> str:
        """The time zone of the place where the person is."""
        return self.network.place(self.person.location.place).timezone


def usable(case: Case, grade: Grade) -> Bits:
    """What is usable of every row for that grade, as bits: codes in play that nothing closes."""
    bits = left_by_gates(case, grade) & bits_of(case.orders[grade].codes)
    for _, closed in withheld(case, grade):
        bits &= ~closed
    return bits


def left_by_gates(case: Case, grade: Grade) -> Bits:
    """What the gates leave of every row for that grade, whether anybody needs it or not."""
    return case.judgement.routes if grade is Grade.VERIFIED else case.judgement.leads


def withheld(case: Case, grade: Grade) -> tuple[tuple[str, Bits], ...]:
    """By rule, what is closed for reasons that no single row shows, as bits.

    H15: a confidential house is entered by those who live there; where its bed is not usable, nothing of it is.
    H30: nobody is brought home where no one is bound to receive them.
    """
    left = left_by_gates(case, grade)
    bed = (left & bits_of(case.orders[grade].codes) & STAY_BITS) != 0
    hidden = case.network.columns.hidden
    house = np.where(hidden & ~bed, left, 0)
    lived_in = case.network.columns.slug.among(case.beds_only)
    house = np.where(lived_in, left & ~STAY_BITS, house)
    home = np.zeros_like(left)
    for row in ((left & bits_of([Code.RET_AVR])) != 0).nonzero()[0]:
        if find_reception(case, case.network.columns.point(row), grade) is False:
            home[row] = bits_of([Code.RET_AVR])
    return (
        ("H14", np.where(_returns_into_danger(case), left & bits_of([Code.RET_AVR]), 0)),
        ("H15", house),
        ("H20", np.where(case.network.columns.never_open, left, 0)),
        ("H30", home),
    )


def _returns_into_danger(case: Case) -> bool:
    """H14: the place to which the person would return lies in an area that she must keep away from."""
    if case.person.return_to is None:
        return False
    home = case.network.place(case.person.return_to)
    return bool({home.slug, home.admin1} & set(case.person.no_go_areas))


def find_reception(case: Case, point: ServicePoint, grade: Grade) -> ReturnReception | bool:
    """Who takes over whoever this point brings home (H30); `True`: nobody need; `False`: nobody is bound to.

    Within one country nobody need take over. Abroad the reception must bind for the grade; of several the one with
    the fewest unknown facts counts, then the first by slug.
    """
    if case.person.return_to is None:
        return False
    home = case.network.place(case.person.return_to).country
    if home == point.country:
        return True
    receptions = [
        r
        for r in case.network.receptions
        if r.point == point.slug
        and r.country == home
        and not _expired(r.valid_to, case)
        and is_bound(case, r, grade)
        and is_fit_receiver(case, r.receiver, grade)
    ]
    return min(receptions, key=lambda r: (_unknowns(r), r.slug), default=False)


IDENTITY_RULES = frozenset({"H02", "H12", "H13", "H17", "H18", "H20", "H23"})
"""What an organization is, whichever of its services one looks at."""


def is_fit_receiver(case: Case, organization: str, grade: Grade) -> bool:
    """Whether the organization may take the person over at home: the gates on who a provider is hold for it, too.

    One service with a known danger is enough to close it; an unknown one closes it in routes. It must have a service
    that works. An organization of which the register knows no service is for leads only.
    """
    rows = case.network.columns.rows_of_organization(organization)
    if not len(rows):
        return grade is Grade.LISTED
    works = False
    for judged in case.judgement.judged:
        about_everything = judged.gate.guard_bits & CODE_BIT[Code.CAS_MGT]
        if judged.gate.rule.id not in IDENTITY_RULES or not about_everything:
            continue
        verdicts = judged.verdicts[rows]
        if judged.gate.rule.id == "H20":
            works |= bool((verdicts <= (Verdict.OPEN if grade is Grade.VERIFIED else Verdict.UNKNOWN)).any())
        elif (verdicts >= Verdict.UNSET).any() or (
            (verdicts == Verdict.UNKNOWN).any() and (grade is Grade.VERIFIED or judged.gate.strict)
        ):
            return False
    return works


def _unknowns(terms: ReturnReception | Link) -> int:
    return (terms.agreement is Agreement.UNKNOWN) + (terms.receiver_confirmed is not Answer.YES)


def _expired(valid_to: date | None, case: Case) -> bool:
    return valid_to is not None and valid_to < case.moment.on(case.zone)


def is_bound(case: Case, terms: ReturnReception | Link, grade: Grade) -> bool:
    """H30: consent, a working agreement, the receiver confirmed, a child only where agreed. In leads unknown asks."""
    if case.person.consent(Sector.CROSS_BORDER) is not Answer.YES:
        return False
    asks = grade is Grade.LISTED
    agreed = terms.agreement in BINDING or (asks and terms.agreement is Agreement.UNKNOWN)
    with_child = case.person.may_be_child or bool(case.person.children_with)
    answers = [terms.receiver_confirmed] + ([terms.child_ok] if with_child else [])
    return agreed and all(a is Answer.YES or (asks and a is Answer.UNKNOWN) for a in answers)


def formulate(case: Case, grade: Grade) -> SearchProblem:
    """The search problem of that grade: every point with something usable left, sorted by id."""
    bits, order = usable(case, grade), case.orders[grade]
    columns = case.network.columns
    rows = sorted(bits.nonzero()[0].tolist(), key=columns.slug.at.__getitem__)
    points = tuple(_point(case, row, int(bits[row]), grade) for row in rows)
    start = case.person.location.place
    places = {point.place: columns.country.of(row) for point, row in zip(points, rows, strict=True)}
    places[start] = case.network.place(start).country
    return_to = case.person.return_to if Code.RET_AVR in order.codes else None
    if return_to is not None:
        places[return_to] = case.network.place(return_to).country
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
        places=places,
        travel=_travel(case, points, places, return_to),
        points=points,
        links=_links(case, points, grade),
        limits=_limits(case),
        k=case.k,
    )


def _limits(case: Case) -> Limits:
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


def _point(case: Case, row: int, bits: int, grade: Grade) -> ProblemPoint:
    point = case.network.columns.point(row)
    reception = find_reception(case, point, grade) if bits & bits_of([Code.RET_AVR]) else None
    return ProblemPoint(
        id=point.slug,
        org=point.organization,
        place=place_of(point),
        usable=codes_of(bits),
        requires=tuple(sorted(codes_of(doors(case, row)))),
        remote=bool(case.network.columns.remote[row]),
        receiver=reception.receiver if isinstance(reception, ReturnReception) else None,
        open=_open(case, point),
        not_before=_not_before(case, point),
        response=point.response_minutes,
        duration=point.duration_minutes,
        caution=sum(weight for _, weight in cautions(case, row, bits, Weight.GRAVE)),
        preference=sum(points for _, points in preference(case, row))
        + sum(weight for _, weight in cautions(case, row, bits, Weight.MILD))
        + len(asked(case, row, bits, grade)) * case.policy.mild_caution,
    )


def place_of(point: ServicePoint) -> str:
    """The place in the problem: where no source names the town, the country itself, to which no way leads."""
    return point.place or f"somewhere-in-{point.country.lower()}"


def doors(case: Case, row: int) -> int:
    """What the row requires first, as bits, without what the person already has."""
    required = 0
    for _, bits in case.doors:
        required |= int(bits[row])
    return required & ~bits_of(case.sequence.already_has)


def preference(case: Case, row: int) -> tuple[tuple[str, int], ...]:
    """(rule, points) of every preference that costs something at the row."""
    return tuple((rule, int(points[row])) for rule, points in case.preferences if points[row])


def cautions(case: Case, row: int, bits: int, weight: Weight) -> tuple[tuple[str, int], ...]:
    """(message key, points) of the cautions of that weight that the row brings when these codes are usable."""
    price = case.policy.grave_caution if weight is Weight.GRAVE else case.policy.mild_caution
    found = [
        (relaxed.caution, price)
        for relaxed in case.judgement.relaxed
        if relaxed.weight is weight and int(relaxed.codes[row]) & bits
    ]
    if weight is Weight.MILD:
        found += [(key, price) for key, rows in case.mild if rows[row]]
    return tuple(found)


def asked(case: Case, row: int, bits: int, grade: Grade) -> tuple[Rule, ...]:
    """The rules whose missing fact must be asked for before the row may serve these codes, each once; leads only."""
    if grade is Grade.VERIFIED:
        return ()
    rules = (judged.gate.rule for judged in case.judgement.judged if int(judged.asks[row]) & bits)
    return tuple({rule.id: rule for rule in rules}.values())


def _open(case: Case, point: ServicePoint) -> Spans:
    """The weekly schedule on the clock of the person's place."""
    spans = point.weekly or OFFICE_HOURS
    shift = case.moment.offsets[case.zone] - case.moment.offsets[point.timezone]
    return shifted(spans, shift)


def shifted(spans: Iterable[tuple[int, int]], minutes: int) -> Spans:
    """The same spans of the week, later by that many minutes; cut at the end of the week, joined where they touch."""
    cut: list[tuple[int, int]] = []
    for begin, end in spans:
        start = (begin + minutes) % WEEK
        length = end - begin
        cut.append((start, min(WEEK, start + length)))
        if start + length > WEEK:
            cut.append((0, start + length - WEEK))
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(cut):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _not_before(case: Case, point: ServicePoint) -> int:
    """H20: a full point is asked again when what is known about it runs out; minutes from now.

    An emergency department takes whoever comes, full or not (standards, section 2c).
    """
    if point.capacity is not Capacity.FULL or point.capacity_as_of is None or Code.MED_EMG in point.codes:
        return 0
    bed = any(CODES[code].kind is CodeKind.STAY for code in point.codes)
    hours = case.policy.bed_capacity_hours if bed else case.policy.other_capacity_hours
    left = point.capacity_as_of + timedelta(hours=hours) - case.moment.as_of
    return max(0, int(-(-left.total_seconds() // 60)))


def _travel(
    case: Case, points: tuple[ProblemPoint, ...], places: Mapping[str, str], return_to: str | None
) -> dict[tuple[str, str], tuple[int, int]]:
    """Ways between every place where the person may stay and every place in the problem."""
    bases = {
        case.person.location.place,
        *(p.place for p in points if any(CODES[Code(c)].kind == "stay" for c in p.usable)),
    }
    if return_to is not None:
        bases.add(return_to)
    ways = {}
    for base in sorted(bases):
        for place in sorted(places):
            if place != base and (place, base) not in ways:
                way = case.travel.between(base, place)
                if way is not None:
                    ways[base, place] = (way[0], way[1] * case.policy.crossing)
    return ways


def _links(case: Case, points: tuple[ProblemPoint, ...], grade: Grade) -> tuple[ProblemLink, ...]:
    ids = {point.id for point in points}
    return tuple(
        ProblemLink(
            from_org=link.from_organization,
            to=link.to,
            points=link_points(link, case.policy),
            cross_border=is_bound(case, link, grade),
        )
        for link in case.network.links
        if link.to in ids and link_is_fit(case, link)
    )


def link_is_fit(case: Case, link: Link) -> bool:
    """H26: in force, and no interpreter from the family, the community or an employer."""
    return (
        link.active
        and not _expired(link.valid_to, case)
        and link.interpreter_source not in {"family", "community", "employer"}
    )


def link_points(link: Link, policy: RankingPolicy) -> int:
    """P02 and P06: points of the agreement and of the way of handing over."""
    agreement = {
        Agreement.SOP: policy.link_sop,
        Agreement.TRM: policy.link_sop,
        Agreement.MOU: policy.link_mou,
        Agreement.PRACTICE: policy.link_practice,
    }.get(link.agreement, policy.link_none)
    mode = {
        HandoverMode.ACCOMPANIED: policy.mode_accompanied,
        HandoverMode.WARM: policy.mode_warm,
        HandoverMode.BOOKED: policy.mode_booked,
        HandoverMode.INFORMATION: policy.mode_information,
    }[link.mode]
    return agreement + mode
