"""What `benchmarks/peers.py` compares with: peers find what the oracle finds, and too slow is not wrong."""

import random
from heapq import heappop, heappush

import pytest

from app.routing import from_json
from benchmarks import peers
from benchmarks.peer.contest import ONE_ROUTE, PEERS, THREE_ROUTES, Outcome, Seat
from benchmarks.peer.problems import make_problems
from benchmarks.peer.product import product
from benchmarks.peer.tables import is_static
from tests.oracle import dijkstra
from tests.oracle.problems import STYLES, random_problem

SMALL = [*make_problems(120, codes=3, count=4), *make_problems(120, codes=5, count=5)]


def best_cost(problem):
    """What the oracle finds, as a tuple."""
    routes = dijkstra.solve({**problem, "k": 1})["routes"]
    return tuple(routes[0]["cost"]) if routes else (sum(problem["needed"].values()), 0, 0, 0)


def shortest(graph):
    """The least weight from the start to the sink, in plain Python."""
    after: dict[int, list[tuple[int, int]]] = {}
    for tail, head, weight in zip(graph.tails.tolist(), graph.heads.tolist(), graph.weights.tolist(), strict=True):
        after.setdefault(tail, []).append((head, weight))
    queue, settled = [(0, 0)], set()
    while queue:
        length, state = heappop(queue)
        if state == graph.sink:
            return length
        if state not in settled:
            settled.add(state)
            for head, weight in after[state]:
                heappush(queue, (length + weight, head))
    raise AssertionError("no way to the sink")


def without_a_clock(seed):
    """A random problem of the oracle's tests, with borders, returns and several beds, in which hours do not count."""
    rng = random.Random(seed)
    style = STYLES[seed % len(STYLES)]
    problem = random_problem(rng, points=rng.randint(2, 25), codes=rng.randint(1, 8), style=style)
    points = [{**p, "open": [[0, 10_080]], "not_before": 0, "response": 0} for p in problem["points"]]
    return {**problem, "deadline": {}, "points": points}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: f"{peer.name} {peer.graph}".strip())
def test_a_peer_finds_the_cost_of_the_best_route(peer):
    """The same cost vector as the oracle, which knows nothing of product graphs."""
    if peer.missing():
        pytest.skip(f"{', '.join(peer.missing())} is not installed: it comes with the extra «bench»")
    before, solve = peer.calls()
    for problem in SMALL:
        given = before(problem)
        assert tuple(solve(given)) == best_cost(problem)
        if hasattr(given, "close"):
            given.close()


@pytest.mark.parametrize("thin", [False, True], ids=["every step", "thin"])
def test_the_shortest_path_of_the_product_graph_is_the_best_route(thin):
    """Sections 2.6, 3 and 4 of the engine's definition, without the clock: 200 problems with everything in them."""
    for seed in range(200):
        problem = without_a_clock(seed)
        graph = product(problem, thin=thin)
        assert graph.cost(shortest(graph)) == best_cost(problem), f"seed {seed}"


def test_a_thin_graph_has_each_pair_of_states_once():
    """A matrix holds one number for two states."""
    for problem in SMALL:
        graph = product(problem, thin=True)
        assert len({*zip(graph.tails.tolist(), graph.heads.tolist(), strict=True)}) == len(graph.tails)
        assert graph.weights.min() > 0


@pytest.mark.parametrize("change", [{"open": [[0, 60]]}, {"not_before": 1}, {"response": 1}])
def test_a_cost_that_depends_on_the_clock_is_refused(change):
    """A weight of an arc is the same at every hour."""
    problem = SMALL[0]
    first, *rest = problem["points"]

    with pytest.raises(ValueError, match="clock"):
        product({**problem, "points": [{**first, **change}, *rest]}, thin=True)


def test_problems_are_the_same_files_every_time_and_nothing_in_them_depends_on_the_hour():
    """Seeded; valid; so many needed codes; a bed in two of three."""
    again = [*make_problems(120, codes=3, count=4), *make_problems(120, codes=5, count=5)]

    assert again == SMALL
    assert [len(problem["needed"]) for problem in SMALL] == [3] * 4 + [5] * 5
    for number, problem in enumerate(make_problems(400, codes=4, count=6)):
        from_json(problem)
        assert is_static(problem)
        beds = [code for code in problem["needed"] if problem["codes"][code] == "stay"]
        assert len(beds) == (number % 3 != 2)


def test_a_peer_that_is_too_slow_is_capped_and_begins_anew():
    """Its process is ended; the next problem finds another."""
    plain = next(peer for peer in PEERS if peer.module == "state_by_state")
    seat = Seat(plain, cap_seconds=0)
    try:
        assert seat.solve(SMALL[0]) == Outcome(0, None, "time")
        seat.cap_seconds = 60
        assert seat.solve(SMALL[0]).cost == best_cost(SMALL[0])
    finally:
        seat.close()


class Timed:
    """A seat whose outcomes are given."""

    def __init__(self, peer, *outcomes):
        self.peer = peer
        self.outcomes = list(outcomes)

    def solve(self, problem):
        return self.outcomes.pop(0)


def test_the_table_has_medians_of_ratios_and_says_what_was_capped_or_wrong():
    """A ratio with a capped problem is a lower bound; another cost than the least is wrong."""
    best, worse = (0, 0, 0, 5), (0, 0, 0, 6)
    seats = [
        Timed(THREE_ROUTES, Outcome(0.002, best), Outcome(0.004, best), Outcome(0.001, best)),
        Timed(ONE_ROUTE, Outcome(0.001, best), Outcome(0.002, best), Outcome(0.001, best)),
        Timed(PEERS[2], Outcome(0.02, best), Outcome(0.008, worse), Outcome(5, None, "time")),
    ]
    found = peers.cell(60, 3, seats, 3)

    assert found["peers"][2]["wrong"] == [1]
    assert found["peers"][2]["capped"] == [2]
    assert list(peers.lines(found))[-2] == (
        f"| {PEERS[2].name} | {PEERS[2].graph} | 20.00 | ≥ 5,000.0 | ≥ 10 | ≥ 20 | 1 | no: 1 |"
    )
    assert "The engine itself" not in "\n".join(peers.lines(found))


def test_the_table_says_when_the_engine_itself_was_too_slow():
    """A ratio to a cap is nothing to be proud of."""
    best = (0, 0, 0, 5)
    seats = [
        Timed(THREE_ROUTES, Outcome(5, None, "time")),
        Timed(ONE_ROUTE, Outcome(0.001, best)),
        Timed(PEERS[2], Outcome(6, best)),
    ]

    assert "The engine itself reached the cap in 1: there a ratio flatters it." in peers.lines(
        peers.cell(60, 3, seats, 1)
    )
