"""Everything about one request before it is a search problem: what is usable where, and what speaks for and against.

A case knows some rows of the network, those that somebody has looked at. Row numbers in a case count these rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.plan import Grade, Weight
from app.domain.profile import Profile
from app.domain.provider import Agreement, HandoverMode, Link, ReturnReception
from app.routing.columns import CODE_BIT, STAY_BITS, Columns, bits_of
from app.routing.gates import Circumstances, Gate
from app.routing.hearing import Hearing
from app.routing.judgement import Judgement
from app.routing.network import Moment, Network
from app.routing.policy import RankingPolicy
from app.routing.preferences import Points
from app.routing.rules import Rule
from app.routing.sequence import Concerns, Sequence
from app.routing.travel import Travel
from app.routing.verdicts import Bits, Bools, Verdict, is_moot, no_codes
from app.routing.witness import Field, Memory
from app.routing.words import Rows

BINDING = frozenset({Agreement.SOP, Agreement.MOU, Agreement.TRM})
"""The agreements that carry a person over a border (H30)."""
_RETURN = bits_of([Code.RET_AVR])


class Agreed(NamedTuple):
    """A link in force, with its points and the number of the organization that has agreed; -1: it has no service."""

    link: Link
    points: int
    organization: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked, of which network and when: everything that does not depend on which points are looked at."""

    person: Profile
    network: Network
    moment: Moment
    policy: RankingPolicy
    gates: tuple[Gate, ...]
    circumstances: Circumstances
    concerns: Concerns
    """The rules of order in force, with what they have to do with the person."""
    sequence: Sequence
    """What is needed, before any door is looked at."""
    rests_on: frozenset[Field]
    """The answers of the person that the sequence rests on, besides what the rules ask for."""
    travel: Travel
    holder: str | None
    k: int
    agreed: dict[int, tuple[Agreed, ...]] = field(default_factory=dict, compare=False, repr=False)
    """The links in force to a point, by the number of its slug, once somebody has asked; the same for every person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request with the service points that are looked at, and everything that a search problem is made from."""

    request: Request
    columns: Columns
    """The service points that are looked at."""
    judgement: Judgement
    orders: Mapping[Grade, Sequence]
    """What is needed, for each grade with the codes that open the doors of its points."""
    beds_only: frozenset[str]
    """Confidential houses of which only the bed is offered, since a route would otherwise only visit them (H15)."""
    doors: tuple[tuple[str, Bits], ...]
    """What rows require first, rule by rule, as bits."""
    preferences: tuple[tuple[str, Points], ...]
    """Points by rule."""
    mild: tuple[tuple[str, Bools], ...]
    """Rows with a mild caution, by message key."""
    left: dict[Grade, Bits] = field(default_factory=dict, compare=False, repr=False)
    """What is usable, once somebody has asked."""
    fit: dict[tuple[str, Grade], bool] = field(default_factory=dict, compare=False, repr=False)
    """Who may receive a person at home, once somebody has asked."""
    hear: Hearing
    """What the gates say about the services of one organization, whether the case looks at them or not."""
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)
    """What was found on these rows, with the answers of the person that it rests on."""

    @property
    def person(self) -> Profile:
        """Who asks."""
        return self.request.person

    @property
    def network(self) -> Network:
        """What is asked."""
        return self.request.network

    @property
    def moment(self) -> Moment:
        """When."""
        return self.request.moment

    @property
    def policy(self) -> RankingPolicy:
        """The weights of this deployment."""
        return self.request.policy

    @property
    def sequence(self) -> Sequence:
        """What is needed, before any door is looked at."""
        return self.request.sequence

    @property
    def travel(self) -> Travel:
        """The ways that are open to the person."""
        return self.request.travel

    @property
    def holder(self) -> str | None:
        """Whose case it is now."""
        return self.request.holder

    @property
    def k(self) -> int:
        """How many routes are asked for."""
        return self.request.k

    @property
    def zone(self) -> str:
        """The time zone of the place where the person is."""
        return self.network.place(self.person.location.place).timezone


def usable(case: Case, grade: Grade) -> Bits:
    """What is usable of every row for that grade, as bits: codes in play that nothing closes."""
    if grade not in case.left:
        case.left[grade] = _usable(case, grade)
    return case.left[grade]


def _usable(case: Case, grade: Grade) -> Bits:
    order = case.orders[grade]
    bits = left_by_gates(case, grade) & bits_of(order.codes)
    for _, closed in withheld(case, grade):
        bits &= ~closed
    brings_home = (bits & _RETURN) != 0
    return bits if is_moot(brings_home) else np.where(brings_home, bits & ~_doors_elsewhere(order), bits)


def _doors_elsewhere(order: Sequence) -> int:
    """Unlocking codes that a point with the return does not serve: all but those that a border asks for.

    A return is a step of its own, so they would only put it off (docs/decisions/0012).
    """
    asked: set[Code] = set()
    todo = list(order.before_border)
    while todo:
        code = todo.pop()
        if code not in asked:
            asked.add(code)
            todo += order.hard_before(code)
    return bits_of(code for code in order.unlocking if code not in asked)


def left_by_gates(case: Case, grade: Grade) -> Bits:
    """What the gates leave of every row for that grade, whether anybody needs it or not."""
    return left_for(case.judgement, grade)


def left_for(judgement: Judgement, grade: Grade) -> Bits:
    """What the gates leave of every row for that grade."""
    return judgement.routes if grade is Grade.VERIFIED else judgement.leads


def withheld(case: Case, grade: Grade) -> tuple[tuple[str, Bits], ...]:
    """By rule, what is closed for reasons that no single row shows, as bits.

    H15: a confidential house is entered by those who live there; where its bed is not usable, nothing of it is.
    H30: nobody is brought home where no one is bound to receive them.
    """
    left, nothing = left_by_gates(case, grade), no_codes(case.columns.rows)
    bed = (left & bits_of(case.orders[grade].codes) & STAY_BITS) != 0
    house = np.where(case.columns.hidden & ~bed, left, 0)
    if case.beds_only:
        house = np.where(case.columns.slug.among(case.beds_only), left & ~STAY_BITS, house)
    brings_home = left & _RETURN
    return (
        ("H14", brings_home if _returns_into_danger(case) else nothing),
        ("H15", house),
        ("H20", np.where(case.columns.never_open, left, 0)),
        ("H30", _not_received(case, brings_home.nonzero()[0], grade)),
    )


def _not_received(case: Case, rows: Rows, grade: Grade) -> Bits:
    """The return at those of these rows whose arrival at home nobody is bound to receive."""
    home = np.zeros(case.columns.rows, dtype=np.int64)
    if case.person.return_to is not None:
        country = case.network.place(case.person.return_to).country
        rows = rows[~case.columns.country[rows].is_(country)]
        rows = rows[[find_reception(case, row, grade) is False for row in rows.tolist()]]
    home[rows] = _RETURN
    return home


def _returns_into_danger(case: Case) -> bool:
    """H14: the place to which the person would return lies in an area that she must keep away from."""
    if case.person.return_to is None:
        return False
    home = case.network.place(case.person.return_to)
    return bool({home.slug, home.admin1} & set(case.person.no_go_areas))


def find_reception(case: Case, row: int, grade: Grade) -> ReturnReception | bool:
    """Who takes over whoever this point brings home (H30); `True`: nobody need; `False`: nobody is bound to.

    Within one country nobody need take over. Abroad the reception must bind for the grade; of several the one with
    the fewest unknown facts counts, then the first by slug.
    """
    if case.person.return_to is None:
        return False
    home = case.network.place(case.person.return_to).country
    if home == case.columns.country.of(row):
        return True
    receptions = [
        r
        for r in case.network.receptions_at(case.columns.slug.of(row))
        if r.country == home
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
    key = (organization, grade)
    if key not in case.fit:
        case.fit[key] = _is_fit(case.hear(organization), grade)
    return case.fit[key]


def _is_fit(judgement: Judgement, grade: Grade) -> bool:
    if not judgement.points.rows:
        return grade is Grade.LISTED
    works = False
    for judged in judgement.judged:
        about_everything = judged.gate.guard_bits & CODE_BIT[Code.CAS_MGT]
        if judged.gate.rule.id not in IDENTITY_RULES or not about_everything:
            continue
        verdicts = judged.verdicts
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


def doors(case: Case, row: int) -> int:
    """What the row requires first, as bits, without what the person already has."""
    required = 0
    for _, bits in case.doors:
        required |= int(bits[row])
    return required & ~bits_of(case.sequence.already_has)


def all_doors(case: Case) -> Bits:
    """The same of every row."""
    return together((bits for _, bits in case.doors), case.columns.rows) & ~bits_of(case.sequence.already_has)


def together(some: Iterable[Bits], rows: int) -> Bits:
    """Row by row whatever any of these names."""
    found = np.zeros(rows, dtype=np.int64)
    for bits in some:
        found |= bits
    return found


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


def asking(case: Case, grade: Grade) -> tuple[tuple[Rule, Bits], ...]:
    """Rules with the codes for which a missing fact must be asked for first, row by row; each once, none in vain."""
    if grade is Grade.VERIFIED:
        return ()
    found: dict[str, tuple[Rule, Bits]] = {}
    for judged in case.judgement.judged:
        if not judged.asks_anything:
            continue
        rule = judged.gate.rule
        known = found.get(rule.id)
        found[rule.id] = (rule, judged.asks) if known is None else (known[0], known[1] | judged.asks)
    return tuple(found.values())


def asked(case: Case, row: int, bits: int, grade: Grade) -> tuple[Rule, ...]:
    """The rules whose missing fact must be asked for before the row may serve these codes, each once; leads only."""
    return tuple(rule for rule, asks in asking(case, grade) if int(asks[row]) & bits)


def link_is_fit(case: Case, link: Link) -> bool:
    """H26: in force, and no interpreter from the family, the community or an employer."""
    return (
        link.active
        and not _expired(link.valid_to, case)
        and link.interpreter_source not in {"family", "community", "employer"}
    )


def agreed_ways(case: Case, slug: int) -> tuple[Agreed, ...]:
    """The links in force that lead to the point with that number of a slug."""
    known = case.request.agreed
    if slug not in known:
        links, linkage = case.network.links, case.network.linkage
        target = linkage.target.item(slug)
        rows = links.by_target.of(None if target < 0 else target)
        senders = linkage.sender[links.from_organization.at[rows]].tolist()
        known[slug] = tuple(
            Agreed(link, link_points(link, case.policy), number)
            for link, number in zip(map(links.link, rows.tolist()), senders, strict=True)
            if link_is_fit(case, link)
        )
    return known[slug]


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
