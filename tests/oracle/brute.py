"""The promise of section 4 taken literally: the minimum over all valid sequences, by looking at each of them.

No bounds, no dominance, nothing clever. For problems of a few points only.
Section numbers are those of the engine's specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .model import Edge, Leg, Point, Problem, answer, parse

Codes = frozenset[str]
Cost = tuple[int, int, int, int]
Key = tuple[Cost, int, tuple[int, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Run:
    """One search: the points it may use and the edges that bind in it (sections 2.2 and 5)."""

    problem: Problem
    points: tuple[Point, ...]
    binding: tuple[Edge, ...]


@dataclass(frozen=True)
class State:
    """Section 3: base `b`, holder `h`, codes at hand `D`, clock `t`."""

    base: str
    holder: str | None
    at_hand: Codes
    clock: int


@dataclass(frozen=True)
class Step:
    """What one step did; `burden` is its part of c3 without the clock."""

    point: Point
    served: Codes
    start: int
    burden: int


Route = tuple[Step, ...]


def solve(data: dict[str, Any]) -> dict[str, Any]:
    """Section 5, alternatives: run again without any point of the key provider of every route found so far.

    `k` routes in all, in the order found; stop when the best route has no step.
    """
    problem = parse(data)
    key_providers: set[str] = set()
    routes: list[dict[str, Any]] = []
    while len(routes) < problem.k:
        run = make_run(problem, [point for point in problem.points if point.org not in key_providers])
        route, clock = best_route(run)
        if not route:
            break
        routes.append(
            {
                "steps": [step.point.id for step in route],
                "cost": list(cost(problem, route, clock)),
                "backups": [backups(run, route, position) for position in range(len(route))],
            }
        )
        key_providers.add(key_provider(problem, route))
    return answer(routes)


def key_provider(problem: Problem, route: Route) -> str:
    """Section 5: the organization of the first transfer, else of the first step."""
    transfers = [step for step in route if step.served & problem.stay_codes]
    return (transfers or route)[0].point.org


# Section 2: which edges bind


def make_run(problem: Problem, points: Sequence[Point]) -> Run:
    """Section 5: each run decides reach and soft edges anew.

    Section 2.2: hard edges always bind; soft ones bind only while A is needed and within reach.
    """
    in_reach = reach(problem, points)
    soft = tuple((a, b) for a, b in problem.soft if a in problem.needed and a in in_reach)
    return Run(problem, tuple(points), problem.hard + soft)


@dataclass
class Walked:
    """All that the reach walk has met so far; nothing is ever taken away."""

    bases: set[str]
    holders: set[str | None]
    codes: set[str]

    def size(self) -> int:
        """Grows as long as something new appears."""
        return len(self.bases) + len(self.holders) + len(self.codes)


def reach(problem: Problem, points: Sequence[Point]) -> Codes:
    """Section 2.6: walk as in section 3 but forget nothing.

    Every base, holder and code once reached stays at hand; a point serves all of `usable(v)` that hard edges
    allow, again and again; go on until nothing new appears.
    """
    walked = Walked({problem.place}, {problem.holder}, set(problem.already_has))
    while True:
        size = walked.size()
        for point in points:
            for base in sorted(walked.bases):
                for holder in sorted(walked.holders, key=str):
                    walk_once(problem, walked, point, base, holder)
        if size == walked.size():
            return frozenset(walked.codes)


def walk_once(problem: Problem, walked: Walked, point: Point, base: str, holder: str | None) -> None:
    """One step of the reach walk, added to what has been met.

    A point serves its visit part under `longest_visit`, and everything under `longest_transfer` when that
    holds a stay code (then one also stays there). A return is there to be served only where the third leg is.
    """
    at_hand = frozenset(walked.codes)
    if not point.requires <= at_hand or not border_is_open(problem, point, base, holder, at_hand):
        return
    candidates = point.usable
    if not can_return(problem, base, at_hand):
        candidates -= problem.return_codes
    everything = closed_set(candidates, at_hand, problem.hard)
    visit_part = closed_set(candidates - problem.stay_codes, at_hand, problem.hard)

    served: set[str] = set()
    if way_exists(problem, point, base, problem.policy.longest_visit):
        served |= visit_part
    if everything & problem.stay_codes and way_exists(problem, point, base, problem.policy.longest_transfer):
        served |= everything

    walked.codes |= served
    if served & problem.stay_codes:
        walked.bases.add(point.place)
    if served & (problem.stay_codes | problem.case_codes):
        walked.holders.add(point.org)
    if served & problem.return_codes and problem.return_to is not None:
        walked.bases.add(problem.return_to)
        walked.holders.add(point.receiver)


# Section 3: one step


def closed_set(candidates: Codes, at_hand: Codes, edges: Sequence[Edge]) -> Codes:
    """The largest subset `S` closed under the edges: every predecessor is in `D` or `S` (section 3)."""
    chosen = set(candidates)
    while True:
        blocked = {b for a, b in edges if b in chosen and a not in chosen and a not in at_hand}
        if not blocked:
            return frozenset(chosen)
        chosen -= blocked


def serves(run: Run, point: Point, at_hand: Codes) -> Codes:
    """Section 3, what a step serves: `usable(v)` without `D`, the one-bed rule, closure, separate return."""
    problem = run.problem
    candidates = point.usable - at_hand - beds_ruled_out(problem, at_hand)
    without_return = closed_set(candidates - problem.return_codes, at_hand, run.binding)
    if without_return:
        return without_return
    return closed_set(candidates & problem.return_codes, at_hand, run.binding)


def beds_ruled_out(problem: Problem, at_hand: Codes) -> Codes:
    """One bed per route, unless the rules order two (section 3).

    Once a stay code has been served, every stay code goes to which no edge (hard or soft) leads from a stay
    code served in an earlier step.
    """
    beds = at_hand & problem.stay_codes
    if not beds:
        return frozenset()
    ordered = {b for a, b in problem.hard + problem.soft if a in beds}
    return problem.stay_codes - ordered


def border_is_open(problem: Problem, point: Point, base: str, holder: str | None, at_hand: Codes) -> bool:
    """Section 3: the same country; or a link of H30 and, unless remote, `before_border` at hand."""
    if problem.country[point.place] == problem.country[base]:
        return True
    if not problem.links_between(holder, point, abroad=True):
        return False
    return point.remote or problem.before_border <= at_hand


def way_exists(problem: Problem, point: Point, base: str, longest: int | None) -> bool:
    """Section 3: remote, or `T(b, place(v))` is finite and within the limit."""
    if point.remote:
        return True
    leg = problem.travel(base, point.place)
    return leg is not None and (longest is None or leg[0] <= longest)


def can_return(problem: Problem, base: str, at_hand: Codes) -> bool:
    """Section 3: `T(b, return_to)` is finite, and `before_border` at hand when it leads abroad."""
    if problem.return_to is None or problem.travel(base, problem.return_to) is None:
        return False
    at_home = problem.country[base] == problem.country[problem.return_to]
    return at_home or problem.before_border <= at_hand


def is_allowed(problem: Problem, state: State, point: Point, served: Codes) -> bool:
    """Section 3: a step is allowed."""
    limit = problem.policy.longest_transfer if served & problem.stay_codes else problem.policy.longest_visit
    return (
        bool(served)
        and point.requires <= state.at_hand
        and border_is_open(problem, point, state.base, state.holder, state.at_hand)
        and way_exists(problem, point, state.base, limit)
        and (not served & problem.return_codes or can_return(problem, state.base, state.at_hand))
    )


def legs_of(problem: Problem, state: State, point: Point, served: Codes) -> tuple[list[Leg], list[Leg]]:
    """Section 3, movement: the legs before the start of the step, and those after it."""
    there: list[Leg] = []
    after: list[Leg] = []
    if not point.remote:
        there.append(finite(problem.travel(state.base, point.place)))
        if not served & problem.stay_codes:
            after.append(there[0])
    if served & problem.return_codes:
        after.append(finite(problem.travel(state.base, str(problem.return_to))))
    return there, after


def finite(leg: Leg | None) -> Leg:
    """A leg of an allowed step always exists."""
    assert leg is not None
    return leg


def where_next(problem: Problem, state: State, point: Point, served: Codes) -> tuple[str, str | None]:
    """Section 3, movement: base and holder after the step."""
    if served & problem.stay_codes:
        return point.place, point.org
    if served & problem.return_codes:
        return str(problem.return_to), point.receiver
    if served & problem.case_codes:
        return state.base, point.org
    return state.base, state.holder


def telling(problem: Problem, state: State, point: Point) -> int:
    """Section 4: handover and link points when `org(v)` is not the holder."""
    if point.org == state.holder:
        return 0
    abroad = problem.country[point.place] != problem.country[state.base]
    links = problem.links_between(state.holder, point, abroad=abroad)
    return problem.policy.handover + min((link.points for link in links), default=problem.policy.no_link)


def take(run: Run, state: State, point: Point) -> tuple[Step, State] | None:
    """Take a step at a point, or None where it is not allowed."""
    problem = run.problem
    served = serves(run, point, state.at_hand)
    if not is_allowed(problem, state, point, served):
        return None
    there, after = legs_of(problem, state, point, served)
    arrival = state.clock + sum(minutes for minutes, _ in there)
    start = problem.next_open(point, max(arrival, state.clock + point.response, point.not_before))
    clock = start + point.duration + sum(minutes for minutes, _ in after)
    crossings = sum(points for _, points in there + after)
    burden = telling(problem, state, point) + crossings + point.preference
    base, holder = where_next(problem, state, point, served)
    return Step(point, served, start, burden), State(base, holder, state.at_hand | served, clock)


# Section 4: which route is best


def start_state(problem: Problem) -> State:
    """Section 3: where a route starts."""
    return State(problem.place, problem.holder, problem.already_has, 0)


def all_routes(run: Run, route: Route, state: State) -> Iterator[tuple[Route, int]]:
    """Every valid sequence of steps that begins with `route`, itself included, with its clock at the end."""
    yield route, state.clock
    for point in run.points:
        taken = take(run, state, point)
        if taken is not None:
            step, after = taken
            yield from all_routes(run, (*route, step), after)


def best_route(run: Run) -> tuple[Route, int]:
    """The minimum over all valid sequences, the empty one among them."""
    found = all_routes(run, (), start_state(run.problem))
    return min(found, key=lambda pair: ranking(run.problem, *pair))


def cost(problem: Problem, route: Route, clock: int) -> Cost:
    """Section 4: (c0, c1, c2, c3)."""
    start_of = {code: step.start for step in route for code in step.served}
    unserved = sum(weight for code, weight in problem.needed.items() if code not in start_of)
    missed = sum(code not in start_of or start_of[code] > limit for code, limit in problem.deadline.items())
    grave = sum(step.point.caution for step in route)
    return unserved, missed, grave, sum(step.burden for step in route) + clock


def ranking(problem: Problem, route: Route, clock: int) -> Key:
    """Section 4: cost, then fewer steps, then heavier first steps, then the tuple of ids by code point."""
    weights = tuple(-sum(problem.needed.get(code, 0) for code in step.served) for step in route)
    return cost(problem, route, clock), len(route), weights, tuple(step.point.id for step in route)


# Section 5: backups


def backups(run: Run, route: Route, position: int) -> list[str]:
    """Up to 2 other points of the run that can take the step's place; best whole cost first, then id."""
    own = route[position].point
    found = []
    for point in run.points:
        if point == own:
            continue
        points = [step.point for step in route]
        points[position] = point
        replaced = replay(run, points)
        if replaced is None:
            continue
        other, clock = replaced
        needed = set(run.problem.needed)
        if [step.served & needed for step in other] == [step.served & needed for step in route]:
            found.append((cost(run.problem, other, clock), point.id))
    return [point_id for _, point_id in sorted(found)[:2]]


def replay(run: Run, points: Sequence[Point]) -> tuple[Route, int] | None:
    """Walk a given sequence of points, or None where a step is not allowed."""
    state = start_state(run.problem)
    route: Route = ()
    for point in points:
        taken = take(run, state, point)
        if taken is None:
            return None
        step, state = taken
        route = (*route, step)
    return route, state.clock
