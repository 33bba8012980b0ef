"""Growth: how its figures are put together, and that a short run measures every size with the same queries."""

import json
import time

import pytest

from benchmarks import growth
from benchmarks.growth import LARGE, SMALL, Cells, Opened, TooLong, stopped_after
from benchmarks.network import open_network, register_of
from benchmarks.queries import queries


def filled(milliseconds_at_large: float) -> Cells:
    """Cells in which everything took 10 ms at 10^4 points and so long at 10^6."""
    cells = Cells()
    for kind, codes in [("city", n) for n in (1, 2, 3, 4, 6, 7, 8, 10, 12)] + [("rare", 3)]:
        cells.of(kind, codes, SMALL).milliseconds += [10.0] * 5
        cells.of(kind, codes, LARGE).milliseconds += [milliseconds_at_large] * 5
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


def test_a_query_that_takes_too_long_is_stopped():
    with pytest.raises(TooLong), stopped_after(0.05):
        time.sleep(5)
    with stopped_after(0.05):
        pass
    time.sleep(0.1)


def test_a_small_run_measures_every_size_with_the_same_queries(tmp_path):
    opened = [growth.open_at(size, tmp_path) for size in (150, 300)]
    found = growth.measure(opened, [("city", 2), ("none", 1)], 2, limit=20)

    assert [(cell.kind, cell.size, len(cell.milliseconds)) for cell in found.all()] == [
        ("city", 150, 2), ("city", 300, 2), ("none", 150, 2), ("none", 300, 2),
    ]  # fmt: skip
    assert found.of("none", 1, 300).outcomes == {"no_safe_route": 2}
    assert "| 150 |" in growth.table_of_sizes(opened)
    assert json.loads(json.dumps(growth.as_plain(opened, found)))["cells"][0]["queries"] == 2


def test_a_network_answers_queries(tmp_path):
    network = open_network(register_of(120, tmp_path))

    assert growth.ask(network, queries("city", 1, 1)[0], 20)[1] in {"routes", "leads_only", "no_safe_route"}
