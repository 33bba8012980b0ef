"""Growth: how its figures are put together, and that a short run measures every size with the same queries."""

import json
import time

import pytest

from benchmarks import growth
from benchmarks.cells import OVER_BUDGET, STOPPED, Cells, Timing
from benchmarks.growth import LARGE, SMALL, Opened
from benchmarks.measure import TooLong, stopped_after
from benchmarks.network import open_network, register_of
from benchmarks.queries import CODES, queries


def filled(milliseconds_at_large: float, outcome: str = "routes") -> Cells:
    """Cells in which everything took 10 ms at 10^4 points and so long at 10^6."""
    cells = Cells()
    for kind, codes in [("city", n) for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 12)] + [("rare", 3)]:
        cells.of(kind, codes, SMALL).timings += [Timing(10.0, "routes")] * 5
        cells.of(kind, codes, LARGE).timings += [Timing(milliseconds_at_large, outcome)] * 5
    return cells


def goals_by_name(cells: Cells) -> dict[str, bool | None]:
    opened = [Opened(size=LARGE, network=None, build_us=19, column_bytes=201, resident_bytes=0, first_ms=1)]
    return {goal.what: goal.met for goal in growth.goals(opened, cells)}


def test_goals_are_met_or_missed_as_the_figures_say():
    met, missed = goals_by_name(filled(25.0)), goals_by_name(filled(65.0))

    assert met["growth, 1-6 codes: p50 at 10^6 / at 10^4"] is True
    assert missed["growth, 1-6 codes: p50 at 10^6 / at 10^4"] is False
    assert missed["growth, 1-6 codes: p99 at 10^6 / at 10^4"] is False
    assert met["10^6: p50 of 8 codes / of 4"] is True
    assert met["10^6, 3 codes: p50 of `rare` / p50 of city and remote"] is True
    assert met["10^6, 3 codes: p50 of `grave` / p50 of city and remote"] is None
    assert met["bytes a point in the columns, 1,000,000 points"] is False
    assert met["build from the database, us a point, 1,000,000 points"] is True


def test_queries_that_were_refused_meet_no_goal_but_that_of_ending():
    """All took as long as they were given: the ratio of two such figures is 1 and means nothing."""
    told = goals_by_name(filled(2010.0, OVER_BUDGET))

    assert told["growth, 1-6 codes: p50 at 10^6 / at 10^4"] is False
    assert told["10^6, 1-6 codes: p99 / p50"] is None
    assert told["10^6: p50 of 8 codes / of 4"] is None
    assert told["10^6, 3 codes: p50 of `rare` / p50 of city and remote"] is None
    assert told["10^6, 9 to 12 codes: longest until a plan or the refusal `over-budget`, seconds"] is True
    stopped = goals_by_name(filled(2010.0, STOPPED))
    assert stopped["10^6, 9 to 12 codes: longest until a plan or the refusal `over-budget`, seconds"] is False


def test_tables_show_what_was_refused():
    cells = filled(2010.0, OVER_BUDGET)

    assert f"| 1-6 | {LARGE:,} | 25 | ≥ 2,010 | ≥ 2,010 | ≥ 2,010 | ≥ 2,010 | 25 |  |" in growth.table_of_groups(
        cells, [1, 2], [SMALL, LARGE]
    )
    assert "| 1 | 10.0 | ≥ 2,010 | ≥ 201 |" in growth.table_of_growth(cells, [1], [SMALL, LARGE])
    assert growth.growth_per_query(cells, [SMALL, LARGE]) == ""


def test_a_query_that_takes_too_long_is_stopped():
    with pytest.raises(TooLong), stopped_after(0.05):
        time.sleep(5)
    with stopped_after(0.05):
        pass
    time.sleep(0.1)


def test_a_total_is_shared_out_to_the_last_query():
    """Cells that a 99th percentile rests on get twice as many."""
    cells = growth.cells_of(["city", "remote", "rare"], CODES)
    counts = growth.shares(cells, 350)

    assert sum(counts) == 350
    assert counts[cells.index(("city", 3))] >= 2 * counts[cells.index(("city", 9))] - 1 > 1


def test_a_small_run_measures_every_size_with_the_same_queries(tmp_path):
    opened = [growth.open_at(size, tmp_path) for size in (150, 300)]
    found = growth.measure(opened, [("city", 2), ("none", 1)], [3, 2], limit=20)

    assert sorted((cell.kind, cell.size, len(cell.timings)) for cell in found.all()) == [
        ("city", 150, 3), ("city", 300, 3), ("none", 150, 2), ("none", 300, 2),
    ]  # fmt: skip
    assert found.of("none", 1, 300).outcomes == {"no_safe_route": 2}
    assert "| 150 |" in growth.table_of_sizes(opened)
    assert len(json.loads(json.dumps(growth.as_plain(opened, found)))["cells"][0]["milliseconds"]) == 3


def test_no_query_is_asked_when_the_minutes_are_over(tmp_path):
    network = open_network(register_of(120, tmp_path))
    opened = [Opened(size=120, network=network, build_us=1, column_bytes=1, resident_bytes=1, first_ms=1)]

    assert growth.measure(opened, [("city", 2)], [5], limit=2, minutes=0).all() == []
    assert growth.ask(network, queries("city", 1, 1)[0], 20).outcome in {"routes", "leads_only", "no_safe_route"}
    assert growth.ask(network, queries("city", 3, 1)[0], 0).outcome == OVER_BUDGET
