"""What was found, in words that can be shown: steps, gaps, why-not, people to call. Every no names its rule."""

from collections.abc import Iterable
from types import MappingProxyType

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.pathway import EmergencyKind
from app.domain.plan import (
    Burden,
    Caution,
    Closing,
    Cost,
    Escalation,
    Gap,
    GapReason,
    Grade,
    Message,
    Movement,
    Route,
    Served,
    Step,
    Weight,
    Why,
    WhyNot,
)
from app.domain.profile import IncidentWindow, OverrideReason
from app.domain.provider import Agreement, Capacity, HandoverMode, Link, ReturnReception, ServicePoint
from app.routing.columns import bits_of, codes_of
from app.routing.formulate import (
    Case,
    asked,
    cautions,
    find_reception,
    link_is_fit,
    link_points,
    preference,
    usable,
)
from app.routing.ground import Ground
from app.routing.problem import SearchProblem
from app.routing.search import Found, Taken, unserved
from app.routing.sequence import in_force
from app.routing.verdicts import Verdict

OVERRIDDEN = frozenset({Code.SAF_EMG, Code.MED_EMG, Code.MHP_PSY, Code.CHD_GRD, Code.CHD_BIP})
"""H03: what may be shared without consent when life is at risk or a child must be protected. Never more."""


def _message(key: str, rule: str = "", **slots: str | int) -> Message:
    return Message(key=key, rule=rule, slots=MappingProxyType(slots))


def route(case: Case, problem: SearchProblem, found: Found, rank: int, grade: Grade) -> Route:
    """The route as it is shown; `rank` counts from 1."""
    steps = []
    holder, clock = problem.start_holder, 0
    for taken in found.steps:
        step = _step(case, taken, grade, holder, clock)
        steps.append(step)
        clock = taken.end + sum(taken.legs[_legs_before(taken, step) :])
        holder = _next_holder(step, holder)
    return Route(
        rank=rank,
        grade=grade,
        cost=Cost(**dict(zip(Cost.__slots__, found.cost, strict=True))),
        steps=tuple(steps),
        unserved=tuple(Code(code) for code in unserved(problem, found)),
    )


def _legs_before(taken: Taken, step: Step) -> int:
    return 0 if step.remote or not taken.legs else 1


def _next_holder(step: Step, holder: str | None) -> str | None:
    if step.movement is Movement.TRANSFER:
        return step.organization
    if step.movement is Movement.RETURN:
        return step.receiver
    cases = any(CODES[served.code].kind is CodeKind.CASE for served in step.serves)
    return step.organization if cases else holder


def _step(case: Case, taken: Taken, grade: Grade, holder: str | None, clock: int) -> Step:
    columns = case.network.columns
    row = case.network.row_of(taken.point)
    point = columns.points[row]
    remote = bool(columns.remote[row])
    codes = tuple(Code(code) for code in taken.serves)
    bits = int(usable(case, grade)[row])
    movement = _movement(codes)
    served = tuple(_served(case, code) for code in codes)
    link = _link(case, holder, point)
    there = 0 if remote else (taken.legs[0] if taken.legs else 0)
    after = sum(taken.legs) - there
    return Step(
        point=point.slug,
        organization=point.organization,
        country=point.country,
        place=point.place or "",
        remote=remote,
        grade=_grade_of(case, row, codes),
        movement=movement,
        serves=served,
        agreement=link.agreement if link else Agreement.NONE,
        mode=_mode(link, served, point.organization == holder),
        travel_minutes=there,
        start_minute=taken.start,
        end_minute=taken.end,
        receiver=_receiver(case, point, grade) if movement is Movement.RETURN else None,
        burden=Burden(
            handover=taken.handover,
            link=taken.link,
            crossings=taken.crossings,
            preference=_soft_points(case, row, bits, grade),
            minutes=taken.end + after - clock,
        ),
        cautions=_cautions(case, row, bits, point),
        questions=_asked(case, row, bits, grade, movement),
        notices=_notices(case, point, served),
        documents=tuple(document.value for document in point.eligibility.required_documents or ()),
        backups=taken.backups,
    )


def _movement(codes: Iterable[Code]) -> Movement:
    kinds = {CODES[code].kind for code in codes}
    if CodeKind.STAY in kinds:
        return Movement.TRANSFER
    return Movement.RETURN if CodeKind.RETURN in kinds else Movement.REFERRAL


def _grade_of(case: Case, row: int, codes: Iterable[Code]) -> Grade:
    verified = not bits_of(codes) & ~int(case.judgement.routes[row])
    return Grade.VERIFIED if verified else Grade.LISTED


def _served(case: Case, code: Code) -> Served:
    need = case.sequence.needs.get(code)
    if need is None:
        rules = [rule for rule, bits in case.doors if (bits & bits_of([code])).any()]
        rules += [case.sequence.before_border[code]] if code in case.sequence.before_border else []
        return Served(code=code, why=Why.UNLOCKS, rule=min(rules, default="O08"), share=_shares(case, code))
    why = Why.REQUESTED if code in case.person.needs else Why.REQUIRED
    return Served(code=code, why=why, rule=need.rule if why is Why.REQUIRED else "", share=_shares(case, code))


def _shares(case: Case, code: Code) -> bool:
    """H01: only with consent for the sector; H03: or where a confirmed danger overrides, for few codes."""
    person = case.person
    if person.consent(CODES[code].sector) is Answer.YES:
        return True
    confirmed = person.imminent_danger is Answer.YES or (
        person.is_child and person.override is OverrideReason.CHILD_PROTECTION
    )
    return person.override is not None and confirmed and code in OVERRIDDEN


def _link(case: Case, holder: str | None, point: ServicePoint) -> Link | None:
    """The link whose points the search counted: the one with fewest, then the first by slug."""
    fit = [
        link
        for link in case.network.links
        if link.from_organization == holder and link.to == point.slug and link_is_fit(case, link)
    ]
    return min(fit, key=lambda link: (link_points(link, case.policy), link.slug), default=None)


def _mode(link: Link | None, served: Iterable[Served], same_house: bool) -> HandoverMode:
    """H01: where nothing may be shared, the step is information for the person and no handing over."""
    if not any(one.share for one in served):
        return HandoverMode.INFORMATION
    if link is not None:
        return link.mode
    return HandoverMode.WARM if same_house else HandoverMode.INFORMATION


def _receiver(case: Case, point: ServicePoint, grade: Grade) -> str | None:
    reception = find_reception(case, point, grade)
    return reception.receiver if isinstance(reception, ReturnReception) else None


def _soft_points(case: Case, row: int, bits: int, grade: Grade) -> int:
    points = sum(points for _, points in preference(case, row))
    points += sum(points for _, points in cautions(case, row, bits, Weight.MILD))
    return points + len(asked(case, row, bits, grade)) * case.policy.mild_caution


def _cautions(case: Case, row: int, bits: int, point: ServicePoint) -> tuple[Caution, ...]:
    shown = [
        Caution(weight=weight, points=points, message=_message(key))
        for weight in (Weight.GRAVE, Weight.MILD)
        for key, points in cautions(case, row, bits, weight)
    ]
    shown += [
        Caution(weight=Weight.MILD, points=points, message=_message(f"preference.{rule}", rule))
        for rule, points in preference(case, row)
    ]
    if point.capacity is Capacity.FULL:
        shown.append(Caution(weight=Weight.MILD, points=0, message=_message("caution.reported_full", "H20")))
    return tuple(shown)


def _asked(case: Case, row: int, bits: int, grade: Grade, movement: Movement) -> tuple[Message, ...]:
    questions = [_message(f"ask.{rule}", rule) for rule in asked(case, row, bits, grade)]
    if movement is Movement.RETURN and grade is Grade.LISTED:
        questions.append(_message("ask.H30", "H30"))
    return tuple({message.key: message for message in questions}.values())


def _notices(case: Case, point: ServicePoint, served: Iterable[Served]) -> tuple[Message, ...]:
    """To be read aloud before anything is disclosed."""
    notices = []
    if any(one.share for one in served):
        notices.append(_message("notice.consent", "O03"))
    else:
        notices.append(_message("notice.information_only", "H01"))
    if point.safety.mandatory_reporter is not Answer.NO:
        known = point.safety.mandatory_reporter is Answer.YES
        notices.append(_message(f"notice.mandatory_reporter.{'yes' if known else 'unknown'}", "H25"))
    if any(one.code is Code.MED_CMR for one in served):
        notices += _windows(case)
    return tuple(notices)


def _windows(case: Case) -> list[Message]:
    """W01 to W04 and W09: what is still useful, in neutral words, never 'too late'."""
    late = case.person.incident_window in (IncidentWindow.WITHIN_6_MONTHS, IncidentWindow.OLDER)
    if late:
        return [_message("notice.care_still_useful", "W04")]
    if case.person.incident_window is IncidentWindow.WITHIN_120H:
        return [_message("notice.emergency_contraception", "W02"), _message("notice.care_still_useful", "W04")]
    return [_message("notice.pep", "W01"), _message("notice.forensic_optional", "W03")]


def gaps(case: Case, problem: SearchProblem, found: tuple[Found, ...]) -> tuple[Gap, ...]:
    """The needed codes that the best answer leaves unserved, heaviest first, then by code."""
    missing = unserved(problem, found[0]) if found else tuple(sorted(problem.needed))
    ground = Ground(problem)
    ordered = sorted(missing, key=lambda code: (-problem.needed[code], code))
    return tuple(_gap(case, problem, ground, Code(code)) for code in ordered)


def _gap(case: Case, problem: SearchProblem, ground: Ground, code: Code) -> Gap:
    bit = ground.bits([code])
    offered_usable = any(row.usable & bit for row in ground.rows)
    lost = tuple(
        Code(edge.before)
        for edge in problem.precedence
        if edge.hard and edge.after == code and not ground.bits([edge.before]) & ground.reach
    )
    if bit & ground.reach:
        reason = GapReason.NOT_TOGETHER
    elif offered_usable and lost:
        reason = GapReason.HARD_EDGE
    else:
        reason = GapReason.OUT_OF_REACH
    offered, closed_by = _closed_by(case, code)
    return Gap(
        code=code,
        reason=reason,
        blocked_by=tuple(sorted(lost)) if reason is GapReason.HARD_EDGE else (),
        offered=offered,
        closed_by=MappingProxyType(closed_by),
    )


def _closed_by(case: Case, code: Code) -> tuple[int, dict[str, int]]:
    """How many points of the countries in play offer the code, and how many of these each rule closes."""
    columns = case.network.columns
    countries = {case.person.location.country}
    if case.person.return_to is not None:
        countries.add(case.network.place(case.person.return_to).country)
    rows = columns.any_of(columns.country, countries) & ((columns.offers & bits_of([code])) != 0)
    counts: dict[str, int] = {}
    for judged in case.judgement.judged:
        closed = int((rows & ((judged.closes & bits_of([code])) != 0)).sum())
        if closed:
            counts[judged.gate.rule.id] = counts.get(judged.gate.rule.id, 0) + closed
    return int(rows.sum()), dict(sorted(counts.items()))


def why_not(case: Case, point: str) -> WhyNot:
    """Every gate that closes something of one service point, in the order of standards 2c, and what would open it.

    Raises:
        NotFound: There is no such point.
    """
    row = case.network.row_of(point)
    closings = []
    for judged in case.judgement.judged:
        closed = int(judged.closes[row]) & int(case.network.columns.offers[row])
        if closed:
            rule, verdict = judged.gate.rule, Verdict(int(judged.verdicts[row]))
            closings.append(
                Closing(
                    rule=rule.id,
                    verdict=verdict.name.lower(),
                    codes=codes_of(closed),
                    message=_message(f"rule.{rule.id}", rule.id, statement=rule.statement),
                    opens_with=_message(f"opens.{verdict.name.lower()}", rule.id),
                )
            )
    for rule_id, bits in case.doors:
        required = int(bits[row]) & ~bits_of(case.sequence.already_has)
        if required:
            closings.append(
                Closing(
                    rule=rule_id,
                    verdict="requires",
                    codes=codes_of(required),
                    message=_message("why_not.requires_first", rule_id),
                    opens_with=_message("opens.requires", rule_id),
                )
            )
    way = case.travel.between(case.person.location.place, case.network.columns.points[row].place or "")
    same = case.person.location.place == case.network.columns.points[row].place
    return WhyNot(
        point=point,
        open_codes=codes_of(int(case.judgement.routes[row])),
        lead_codes=codes_of(int(case.judgement.leads[row])),
        closings=tuple(closings),
        travel_minutes=case.policy.same_place if same else (way[0] if way else None),
    )


def escalation(case: Case) -> tuple[Escalation, ...]:
    """The public emergency numbers of the country where the person is, as information (H02), ambulance first."""
    pathway = case.network.pathways.get(case.person.location.country)
    contacts = in_force(pathway.emergency_contacts, case.moment.on(case.zone)) if pathway else ()
    order = [EmergencyKind.AMBULANCE, EmergencyKind.DISPATCH, EmergencyKind.FIRE, EmergencyKind.POLICE]
    return tuple(
        Escalation(
            name=contact.name,
            number=contact.number,
            kind=contact.kind.value,
            police_link=contact.police_link,
            message=_message("escalation.emergency_number"),
        )
        for contact in sorted(contacts, key=lambda c: (order.index(c.kind), c.id))
        if not (case.person.avoid_authorities and contact.kind is EmergencyKind.POLICE)
    )


def warnings(case: Case, routes: tuple[Route, ...], leads: tuple[Route, ...]) -> tuple[Message, ...]:
    """What the reader must know about the answer as a whole."""
    found = []
    if leads:
        found.append(_message("warning.leads_call_first", "H19"))
    if not routes and not leads:
        found.append(_message("warning.no_safe_route", "H35"))
    if case.person.is_child:
        found.append(_message("warning.child", "H07"))
    if 0 < len(routes) + len(leads) < 2:
        found.append(_message("warning.single_option", "H34"))
    return tuple(found)
