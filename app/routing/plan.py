"""The whole walk: sequence, gates, problem, search, explanation. The same values give the same plan, to the byte."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector
from app.domain.pathway import Pathway
from app.domain.plan import Grade, Outcome, Plan, Route
from app.domain.profile import Profile
from app.routing.columns import bits_of, codes_of
from app.routing.explain import escalation, gaps, warnings
from app.routing.formulate import Case, formulate
from app.routing.gates import Circumstances, Gate
from app.routing.judgement import judge
from app.routing.network import Moment, Network
from app.routing.policy import RankingPolicy
from app.routing.preferences import mild_cautions, preference_points
from app.routing.problem import SearchProblem
from app.routing.questions import questions
from app.routing.requirements import required_first
from app.routing.search import Found, solve
from app.routing.sequence import Sequence, sequence, unlock
from app.routing.steps import route
from app.routing.travel import Travel
from app.routing.verdicts import Bits


def plan(
    network: Network,
    person: Profile,
    moment: Moment,
    *,
    policy: RankingPolicy,
    k: int = 3,
    holder: str | None = None,
) -> Plan:
    """Routes, leads, gaps, questions and people to call for this person.

    Args:
        network: The snapshot to search in.
        person: Used for this call and kept nowhere.
        moment: When, with the time zones of every place that matters.
        policy: The weights of this deployment.
        k: How many alternatives at most, 1 or more.
        holder: The organization (slug) that holds the case now, if it is in the register.
    """
    case = open_case(network, person, moment, policy=policy, k=k, holder=holder)
    verified = solved(case, Grade.VERIFIED)
    listed = _leads(case, verified)
    best = listed if listed.found or not verified.found else verified
    routes, leads = _shown(verified), _shown(listed)
    return Plan(
        outcome=_outcome(routes, leads),
        routes=routes,
        leads=leads,
        gaps=gaps(best.case, best.problem, best.found),
        questions=questions(case, best.grade, open_again),
        escalation=escalation(case),
        warnings=warnings(case, routes, leads),
        ranking=policy.as_points(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """The problem of one grade and what the search found in it, best first."""

    case: Case
    grade: Grade
    problem: SearchProblem
    found: tuple[Found, ...]


def solved(case: Case, grade: Grade) -> Solved:
    """The routes of that grade, none of which visits a confidential house without sleeping there (H15).

    Where one would, only the bed of that house is offered and the search is made again; what comes back is exact for
    the problem that comes back with it.
    """
    while True:
        problem = formulate(case, grade)
        found = solve(problem)
        visited = {
            step.point
            for one in found
            for step in one.steps
            if case.network.columns.hidden[case.network.row_of(step.point)] and not _sleeps_there(step.serves)
        }
        if not visited:
            return Solved(case=case, grade=grade, problem=problem, found=found)
        case = replace(case, beds_only=case.beds_only | visited)


def _sleeps_there(codes: tuple[str, ...]) -> bool:
    return any(CODES[Code(code)].kind is CodeKind.STAY for code in codes)


def _shown(one: Solved) -> tuple[Route, ...]:
    return tuple(route(one.case, one.problem, found, rank, one.grade) for rank, found in enumerate(one.found, 1))


def open_case(
    network: Network, person: Profile, moment: Moment, *, policy: RankingPolicy, k: int, holder: str | None
) -> Case:
    """Everything about the request up to the search problem: the order of codes, the gates' judgement, the doors."""
    on = moment.on(network.place(person.location.place).timezone)
    circumstances = circumstances_of(moment, network, person, policy)
    judgement = judge(person, network.columns, all_gates(network, circumstances), circumstances)
    doors = required_first(person, network.columns, circumstances, network.pathways)
    plain = sequence(person, _files(network, person), on=on)
    return Case(
        person=person,
        network=network,
        moment=moment,
        policy=policy,
        judgement=judgement,
        sequence=plain,
        orders=MappingProxyType(
            {
                Grade.VERIFIED: _with_doors(plain, judgement.routes, doors, person),
                Grade.LISTED: _with_doors(plain, judgement.leads, doors, person),
            }
        ),
        travel=Travel(
            network.places,
            network.borders,
            network.borders.of(person.nationality, borders=person.travel.borders is not Answer.NO),
        ),
        holder=holder,
        k=k,
        beds_only=frozenset(),
        doors=doors,
        preferences=preference_points(person, network.columns, policy, circumstances),
        mild=mild_cautions(person, network.columns),
    )


def open_again(case: Case, person: Profile) -> Case:
    """The same case for a person of whom one more answer is known."""
    return open_case(case.network, person, case.moment, policy=case.policy, k=case.k, holder=case.holder)


def circumstances_of(moment: Moment, network: Network, person: Profile, policy: RankingPolicy) -> Circumstances:
    """The day at the person's place, and the policy's limits of age."""
    return Circumstances(
        on=moment.on(network.place(person.location.place).timezone),
        warn_days=policy.warn_days,
        exclude_days=policy.exclude_days,
        stay_warn_days=policy.stay_warn_days,
        stay_exclude_days=policy.stay_exclude_days,
    )


def all_gates(network: Network, circumstances: Circumstances) -> tuple[Gate, ...]:
    """The universal gates, then those of the country files that are in force on the day."""
    return network.gates_on(circumstances.on)


def _files(network: Network, person: Profile) -> tuple[Pathway, ...]:
    """The universal rules and those of the country where the person is."""
    return tuple(network.pathways[c] for c in ("*", person.location.country) if c in network.pathways)


def _with_doors(plain: Sequence, left: Bits, doors: tuple[tuple[str, Bits], ...], person: Profile) -> Sequence:
    """Adds the codes that open doors, and those that open the doors of these, until nothing new appears."""
    abroad = person.consent(Sector.CROSS_BORDER) is Answer.YES
    widened = unlock(plain, plain.before_border if abroad else ())
    while True:
        rows = (left & bits_of(widened.codes)) != 0
        asked = 0
        for _, bits in doors:
            asked |= int(np.bitwise_or.reduce(bits[rows], initial=0))
        wider = unlock(plain, (*widened.unlocking, *codes_of(asked)))
        if wider.unlocking == widened.unlocking:
            return widened
        widened = wider


def _leads(case: Case, verified: Solved) -> Solved:
    """The same search over leads, when routes leave a needed code unserved and leads leave fewer (H35)."""
    unserved = verified.found[0].cost[0] if verified.found else sum(verified.problem.needed.values())
    if not unserved:
        return replace(verified, grade=Grade.LISTED, found=())
    leads = solved(case, Grade.LISTED)
    return leads if leads.found and leads.found[0].cost[0] < unserved else replace(leads, found=())


def _outcome(routes: tuple[Route, ...], leads: tuple[Route, ...]) -> Outcome:
    if routes:
        return Outcome.ROUTES
    return Outcome.LEADS_ONLY if leads else Outcome.NO_SAFE_ROUTE


def problems_of(
    network: Network, person: Profile, moment: Moment, *, policy: RankingPolicy, k: int, holder: str | None
) -> tuple[tuple[Grade, SearchProblem], ...]:
    """The search problems behind the plan of this request, in the order in which their answers are shown."""
    case = open_case(network, person, moment, policy=policy, k=k, holder=holder)
    verified = solved(case, Grade.VERIFIED)
    listed = _leads(case, verified)
    shown = [(Grade.VERIFIED, verified.problem)] if verified.found else []
    if listed.found or not verified.found:
        shown.append((Grade.LISTED, listed.problem))
    return tuple(shown)
