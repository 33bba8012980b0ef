"""The whole walk: sequence, gates, problem, search, explanation. The same values give the same plan, to the byte."""

from dataclasses import dataclass, replace

import numpy as np

from app.domain.codes import CODES, Code, CodeKind
from app.domain.plan import Grade, Outcome, Plan, Route
from app.domain.profile import Profile
from app.routing.best import Watch
from app.routing.case import Case
from app.routing.explain import escalation, gaps, warnings
from app.routing.field import Field
from app.routing.formulate import formulate
from app.routing.labels import CostVector
from app.routing.network import Moment, Network
from app.routing.opening import look, request_of
from app.routing.policy import RankingPolicy
from app.routing.problem import SearchProblem
from app.routing.questions import questions
from app.routing.run import Found
from app.routing.search import Progress, idle_cost, search, unwatched
from app.routing.steps import route
from app.routing.surroundings import Surroundings


def plan(
    network: Network,
    person: Profile,
    moment: Moment,
    *,
    policy: RankingPolicy,
    k: int = 3,
    holder: str | None = None,
    watch: Watch = unwatched,
    everything: bool = False,
) -> Plan:
    """Routes, leads, gaps, questions and people to call for this person.

    Args:
        network: The snapshot to search in.
        person: Used for this call and kept nowhere.
        moment: When, with the time zones of every place that matters.
        policy: The weights of this deployment.
        k: How many alternatives at most, 1 or more.
        holder: The organization (slug) that holds the case now, if it is in the register.
        watch: Asked now and then; raises when it has taken too long.
        everything: Looks at every service point, however far; the plan is the same.

    Raises:
        OverBudget: The watch says so. No plan is given then, never a worse one.
    """
    request = request_of(network, person, moment, policy=policy, k=k, holder=holder)
    around = Surroundings(request, everything=everything)
    verified = solved(around, Grade.VERIFIED, watch)
    listed = _leads(around, verified, watch)
    best = listed if listed.found or not verified.found else verified
    routes, leads = _shown(verified), _shown(listed)
    return Plan(
        outcome=_outcome(routes, leads),
        routes=routes,
        leads=leads,
        gaps=gaps(best.case, best.grade, best.field, best.found),
        questions=questions(around, best.grade, best.cost, watch),
        escalation=escalation(best.case),
        warnings=warnings(best.case, routes, leads),
        ranking=policy.as_points(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """The field of one grade, mirages included, and what the search found in it, best first; no mirage is among it."""

    case: Case
    grade: Grade
    field: Field
    found: tuple[Found, ...]

    @property
    def cost(self) -> CostVector:
        """What the best route costs; when nothing can be done, what doing nothing costs."""
        return self.found[0].cost if self.found else idle_cost(self.field)


def solved(around: Surroundings, grade: Grade, watch: Watch = unwatched) -> Solved:
    """The routes of that grade, none of which visits a confidential house without sleeping there (H15).

    Where one would, only the bed of that house is offered and the search is made again; what comes back is exact for
    the field that comes back with it. Where a mirage would be stepped on, somebody looks there first.
    """
    around.open_all_houses()
    progress = Progress()
    while True:
        field = around.field(grade)
        progress = search(field, progress, watch=watch)
        if progress.beyond:
            around.look_beyond(progress.beyond)
            continue
        columns = around.case.columns
        visited = {
            step.point
            for one in progress.found
            for step in one.steps
            if columns.hidden[columns.row_of(step.point)] and not _sleeps_there(step.serves)
        }
        if not visited:
            return Solved(case=around.case, grade=grade, field=field, found=progress.found)
        around.shut_but_for_beds(visited)
        progress = Progress()


def _sleeps_there(codes: tuple[str, ...]) -> bool:
    return any(CODES[Code(code)].kind is CodeKind.STAY for code in codes)


def _shown(one: Solved) -> tuple[Route, ...]:
    frame = one.field.frame
    return tuple(route(one.case, frame, found, rank, one.grade) for rank, found in enumerate(one.found, 1))


def open_case(
    network: Network,
    person: Profile,
    moment: Moment,
    *,
    policy: RankingPolicy,
    k: int = 1,
    holder: str | None = None,
    point: str | None = None,
) -> Case:
    """The request as a case that looks at one service point, or at all of them.

    Raises:
        NotFound: There is no such service point.
    """
    request = request_of(network, person, moment, policy=policy, k=k, holder=holder)
    return look(request, slice(None) if point is None else np.array([network.row_of(point)]))


def _leads(around: Surroundings, verified: Solved, watch: Watch) -> Solved:
    """The same search over leads, when routes leave a needed code unserved and leads leave fewer (H35)."""
    if not verified.cost[0]:
        return replace(verified, grade=Grade.LISTED, found=())
    leads = solved(around, Grade.LISTED, watch)
    return leads if leads.found and leads.cost[0] < verified.cost[0] else replace(leads, found=())


def _outcome(routes: tuple[Route, ...], leads: tuple[Route, ...]) -> Outcome:
    if routes:
        return Outcome.ROUTES
    return Outcome.LEADS_ONLY if leads else Outcome.NO_SAFE_ROUTE


def problems_of(
    network: Network, person: Profile, moment: Moment, *, policy: RankingPolicy, k: int, holder: str | None
) -> tuple[tuple[Grade, SearchProblem], ...]:
    """The search problems behind the plan of this request, in the order in which their answers are shown.

    Every service point is looked at, so that nobody has to believe that the others could be left out.
    """
    request = request_of(network, person, moment, policy=policy, k=k, holder=holder)
    around = Surroundings(request, everything=True)
    verified = solved(around, Grade.VERIFIED)
    listed = _leads(around, verified, unwatched)
    shown = [(Grade.VERIFIED, verified.case)] if verified.found else []
    if listed.found or not verified.found:
        shown.append((Grade.LISTED, listed.case))
    return tuple((grade, formulate(case, grade)) for grade, case in shown)
