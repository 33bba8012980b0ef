"""The steps of a found route as they are shown: what each serves and why, how one gets there, what to mind and ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.plan import (
    Burden,
    Caution,
    Cost,
    Grade,
    Message,
    Movement,
    Route,
    Served,
    Step,
    Weight,
    Why,
)
from app.domain.profile import OverrideReason
from app.domain.provider import Agreement, Capacity, HandoverMode, Link, ReturnReception, ServicePoint
from app.routing.case import (
    Case,
    asked,
    cautions,
    find_reception,
    is_bound,
    link_is_fit,
    link_points,
    preference,
    usable,
)
from app.routing.columns import bits_of
from app.routing.gates.medical import MAY_BE_WITHIN_72_HOURS, MAY_BE_WITHIN_120_HOURS, contraception_is_of_use
from app.routing.problem import SearchProblem
from app.routing.purpose import Purposes, purposes
from app.routing.rules import Rule
from app.routing.run import Found, Taken
from app.routing.search import unserved
from app.routing.sequence import in_force
from app.routing.verdicts import Bits

OVERRIDDEN = frozenset({Code.SAF_EMG, Code.MED_EMG, Code.MHP_PSY, Code.CHD_GRD, Code.CHD_BIP})
"""H03: what may be shared without consent when life is at risk or a child must be protected. Never more."""


def message(key: str, rule: str = "", **slots: str | int) -> Message:
    """The text of that key, to be said with these slots; `rule` is the public id that it rests on."""
    return Message(key=key, rule=rule, slots=MappingProxyType(slots))


@dataclass(frozen=True, slots=True)
class _Stand:
    """How things stand before a step: who holds the case, in which country the person stays, and the clock."""

    holder: str | None
    country: str
    clock: int


def route(case: Case, problem: SearchProblem, found: Found, rank: int, grade: Grade) -> Route:
    """The route as it is shown; `rank` counts from 1."""
    steps, left = [], usable(case, grade)
    stand = _Stand(problem.start_holder, case.person.location.country, 0)
    for taken, opens in zip(found.steps, purposes(case, found, grade), strict=True):
        step = _step(case, left, taken, opens, grade, stand)
        steps.append(step)
        stand = _after(case, step, taken, stand)
    return Route(
        rank=rank,
        grade=grade,
        cost=Cost(**dict(zip(Cost.__slots__, found.cost, strict=True))),
        steps=tuple(steps),
        unserved=tuple(Code(code) for code in unserved(problem, found)),
    )


def _after(case: Case, step: Step, taken: Taken, stand: _Stand) -> _Stand:
    if step.movement is Movement.TRANSFER:
        return _Stand(step.organization, step.country, taken.clock)
    if step.movement is Movement.RETURN and case.person.return_to is not None:
        return _Stand(step.receiver, case.network.place(case.person.return_to).country, taken.clock)
    cases = any(CODES[Code(code)].kind is CodeKind.CASE for code in taken.serves)
    return _Stand(step.organization if cases else stand.holder, stand.country, taken.clock)


def _step(case: Case, left: Bits, taken: Taken, opens: Purposes, grade: Grade, stand: _Stand) -> Step:
    row = case.columns.row_of(taken.point)
    point = case.columns.point(row)
    codes = tuple(Code(code) for code in taken.serves)
    bits = int(left[row])
    movement = _movement(codes)
    served = _shown(case, point, codes, opens)
    terms = _terms(case, row, point, movement, grade, stand)
    link = _link(case, point, grade, stand)
    return Step(
        point=point.slug,
        organization=point.organization,
        country=point.country,
        place=point.place or "",
        remote=bool(case.columns.remote[row]),
        grade=_grade_of(case, row, codes, terms),
        movement=movement,
        serves=served,
        agreement=link.agreement if link else Agreement.NONE,
        mode=_mode(link, served, point.organization == stand.holder),
        travel_minutes=taken.there,
        start_minute=taken.start,
        end_minute=taken.end,
        receiver=_receiver(case, row, grade) if movement is Movement.RETURN else None,
        burden=Burden(
            handover=taken.handover,
            link=taken.link,
            crossings=taken.crossings,
            preference=_soft_points(case, row, bits, grade),
            minutes=taken.clock - stand.clock,
        ),
        cautions=_cautions(case, row, bits, point),
        questions=_asked(case, row, bits, grade, terms),
        notices=_notices(case, point, served),
        documents=tuple(document.value for document in point.eligibility.required_documents or ()),
        backups=tuple(slug for slug in taken.backups if _is_as_safe(case, left, slug, row, movement)),
    )


def _terms(
    case: Case, row: int, point: ServicePoint, movement: Movement, grade: Grade, stand: _Stand
) -> tuple[ReturnReception | Link, ...]:
    """The agreements on which a step over a border rests: the link into another country, the reception at home."""
    terms: list[ReturnReception | Link] = []
    if point.country != stand.country and (link := _link(case, point, grade, stand)) is not None:
        terms.append(link)
    reception = find_reception(case, row, grade) if movement is Movement.RETURN else None
    if isinstance(reception, ReturnReception):
        terms.append(reception)
    return tuple(terms)


def _is_as_safe(case: Case, left: Bits, backup: str, row: int, movement: Movement) -> bool:
    """Whether another point may stand in: no graver caution than the step's own, no confidential house only visited."""
    other = case.columns.row_of(backup)
    if case.columns.hidden[other] and movement is not Movement.TRANSFER:
        return False
    return _grave(case, other, int(left[other])) <= _grave(case, row, int(left[row]))


def _grave(case: Case, row: int, bits: int) -> int:
    return sum(points for _, points in cautions(case, row, bits, Weight.GRAVE))


def _movement(codes: Iterable[Code]) -> Movement:
    kinds = {CODES[code].kind for code in codes}
    if CodeKind.STAY in kinds:
        return Movement.TRANSFER
    return Movement.RETURN if CodeKind.RETURN in kinds else Movement.REFERRAL


def _grade_of(case: Case, row: int, codes: Iterable[Code], terms: Iterable[ReturnReception | Link]) -> Grade:
    """Verified when every gate is open on checked facts, and every agreement of the step is known to hold."""
    known = not bits_of(codes) & ~int(case.judgement.routes[row])
    bound = all(is_bound(case, one, Grade.VERIFIED) for one in terms)
    return Grade.VERIFIED if known and bound else Grade.LISTED


def _shown(case: Case, point: ServicePoint, codes: Iterable[Code], opens: Purposes) -> tuple[Served, ...]:
    """The needed codes of a step, and the unlocking ones that open something; all, when that would leave none."""
    all_served = tuple(_served(case, point, code, opens) for code in codes)
    shown = tuple(one for one in all_served if one.why is not Why.UNLOCKS or one.code in opens)
    return shown or all_served


def _served(case: Case, point: ServicePoint, code: Code, opens: Purposes) -> Served:
    need = case.sequence.needs.get(code)
    if need is None:
        return Served(code=code, why=Why.UNLOCKS, rule=opens.get(code, ""), share=_shares(case, point, code))
    why = Why.REQUESTED if code in case.person.needs else Why.REQUIRED
    return Served(code=code, why=why, rule=need.rule if why is Why.REQUIRED else "", share=_shares(case, point, code))


def _shares(case: Case, point: ServicePoint, code: Code) -> bool:
    """H01: only with consent for the sector. H03: a confirmed danger overrides, for few codes.

    To protect a child without imminent danger, only towards a body with that mandate.
    """
    person = case.person
    if person.consent(CODES[code].sector) is Answer.YES:
        return True
    if person.override is None or code not in OVERRIDDEN:
        return False
    mandated = bool({Code.CHD_GRD, Code.CHD_BIP} & set(point.codes))
    protects = person.is_child and person.override is OverrideReason.CHILD_PROTECTION and mandated
    return person.imminent_danger is Answer.YES or protects


def _link(case: Case, point: ServicePoint, grade: Grade, stand: _Stand) -> Link | None:
    """The link whose points the search counted: the one with fewest, then the first by slug; abroad only bound ones."""
    abroad = point.country != stand.country
    fit = [
        link
        for link in case.network.links_to(point.slug)
        if link.from_organization == stand.holder
        and link_is_fit(case, link)
        and (not abroad or is_bound(case, link, grade))
    ]
    return min(fit, key=lambda link: (link_points(link, case.policy), link.slug), default=None)


def _mode(link: Link | None, served: Iterable[Served], same_house: bool) -> HandoverMode:
    """H01: where nothing may be shared, the step is information for the person and no handing over."""
    if not any(one.share for one in served):
        return HandoverMode.INFORMATION
    if link is not None:
        return link.mode
    return HandoverMode.WARM if same_house else HandoverMode.INFORMATION


def _receiver(case: Case, row: int, grade: Grade) -> str | None:
    reception = find_reception(case, row, grade)
    return reception.receiver if isinstance(reception, ReturnReception) else None


def _soft_points(case: Case, row: int, bits: int, grade: Grade) -> int:
    points = sum(points for _, points in preference(case, row))
    points += sum(points for _, points in cautions(case, row, bits, Weight.MILD))
    return points + len(asked(case, row, bits, grade)) * case.policy.mild_caution


def _cautions(case: Case, row: int, bits: int, point: ServicePoint) -> tuple[Caution, ...]:
    shown = [
        Caution(weight=weight, points=points, message=message(key))
        for weight in (Weight.GRAVE, Weight.MILD)
        for key, points in cautions(case, row, bits, weight)
    ]
    shown += [
        Caution(weight=Weight.MILD, points=points, message=message(f"preference.{rule}", rule))
        for rule, points in preference(case, row)
    ]
    if point.capacity is Capacity.FULL:
        shown.append(Caution(weight=Weight.MILD, points=0, message=message("caution.reported_full", "H20")))
    return tuple(shown)


def _asked(
    case: Case, row: int, bits: int, grade: Grade, terms: Iterable[ReturnReception | Link]
) -> tuple[Message, ...]:
    """What to ask on the telephone: missing facts of the provider, and of the agreements that the step rests on."""
    questions = [_question(rule) for rule in asked(case, row, bits, grade)]
    if not all(is_bound(case, one, Grade.VERIFIED) for one in terms):
        questions.append(message("ask.H30", "H30"))
    return tuple(questions)


def _question(rule: Rule) -> Message:
    """The question of a universal rule has words of its own; a country's rule is read out."""
    if rule.valid_from:
        return message("ask.country_gate", rule.id, statement=rule.statement)
    return message(f"ask.{rule.id}", rule.id)


def _notices(case: Case, point: ServicePoint, served: Iterable[Served]) -> tuple[Message, ...]:
    """To be read aloud before anything is disclosed."""
    notices = []
    if any(one.share for one in served):
        notices.append(message("notice.consent", "O03"))
    else:
        notices.append(message("notice.information_only", "H01"))
    if point.safety.mandatory_reporter is not Answer.NO:
        known = point.safety.mandatory_reporter is Answer.YES
        notices.append(message(f"notice.mandatory_reporter.{'yes' if known else 'unknown'}", "H25"))
    if any(one.code is Code.MED_CMR for one in served):
        notices += _windows(case)
    if any(one.code is Code.STA_REF for one in served):
        notices.append(message("notice.reflection_period", "W07"))
    if any(CODES[one.code].kind is CodeKind.STAY for one in served):
        notices += _stay_limits(case, point)
    return tuple(notices)


def _stay_limits(case: Case, point: ServicePoint) -> list[Message]:
    """W08: where a source limits the stay, the next bed is planned before it ends."""
    pathway = case.network.pathways.get(point.country)
    stays = in_force(pathway.stays, case.moment.on(case.zone)) if pathway else ()
    return [
        message("notice.stay_limited", "W08", days=stay.days)
        for stay in stays
        if stay.days is not None and stay.organization == point.organization
    ]


def _windows(case: Case) -> list[Message]:
    """W01 to W04 and W09: what is still useful, in neutral words, never 'too late'."""
    person, told = case.person, []
    if person.incident_window in MAY_BE_WITHIN_72_HOURS:
        told += [message("notice.pep", "W01"), message("notice.forensic_optional", "W03")]
    if person.incident_window in MAY_BE_WITHIN_120_HOURS and contraception_is_of_use(person):
        told.append(message("notice.emergency_contraception", "W02"))
    if person.incident_window not in MAY_BE_WITHIN_72_HOURS:
        told.append(message("notice.care_still_useful", "W04"))
    return told
