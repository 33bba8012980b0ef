"""How long a plan takes, and how much of it is the search: ratios inside one run, on the two networks of the checkout.

Prints a Markdown table. Machines are shared and noisy: compare the columns of one run, never runs.

    python benchmarks/plan.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import json

from app.routing import RankingPolicy, open_case, plan, problems_of, solve, to_json
from tests.oracle import dijkstra
from tests.test_cases import moment, network, person

CASE = Path(__file__).parents[1] / "data" / "examples" / "forced-labour-almaty.json"
AS_OF = "2026-11-23T22:10:00+05:00"
RUNS = 20
POLICY = RankingPolicy()
REMARK = (
    '"Unpruned" is the second oracle of the tests, label correcting with dominance and no bounds. At this size the '
    "bounds cost about what they save; they are there for the cases with many needs, where they make an answer "
    "possible at all."
)


def median_ms(work: Callable[[], object]) -> float:
    """Median of the runs, milliseconds."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def row(name: str) -> str:
    """One network: the whole plan, what comes before the search, the search, and an unpruned search of the same."""
    known = network(name)
    asked = person({"profile": json.loads(CASE.read_text(encoding="utf-8"))["profile"]}, known)
    when = moment(AS_OF, known)
    _, problem = problems_of(known, asked, when, policy=POLICY, k=3, holder=None)[0]
    plain = to_json(problem)
    whole = median_ms(lambda: plan(known, asked, when, policy=POLICY))
    before = median_ms(lambda: open_case(known, asked, when, policy=POLICY, k=3, holder=None))
    search = median_ms(lambda: solve(problem))
    unpruned = median_ms(lambda: dijkstra.solve(plain))
    points = len(problem.points)
    return (
        f"| {name} | {points} | {whole:.1f} | {before / whole:.2f} | {search / whole:.2f} | {unpruned / search:.1f} |"
    )


def main() -> None:
    """Prints the table."""
    print("| network | points in the problem | plan, ms | gates and order / plan | search / plan | unpruned / search |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in ("real", "sandbox"):
        print(row(name))
    print(f"\n{REMARK}")


if __name__ == "__main__":
    main()
