"""Swap under load: which requests count as under way while a snapshot is built, and what a failure does."""

from benchmarks import swap
from benchmarks.network import register_of
from benchmarks.swap import Request, Window


def test_requests_belong_to_a_window_that_they_overlap():
    window = Window(10.0, 12.0)
    requests = [Request(*times, 1) for times in ((8.0, 9.5), (9.0, 10.5), (11.0, 11.5), (11.9, 13.0), (12.5, 12.6))]

    assert [window.overlaps(one) for one in requests] == [False, True, True, True, False]


def test_a_failed_request_misses_the_goal_of_the_swap():
    requests = [Request(0.0, 0.1, 1), Request(0.2, 0.3, -1, "over-budget"), Request(1.0, 1.1, 2)]
    told, lines = swap.goals(requests, [Window(0.9, 1.2)])

    assert [goal.met for goal in told] == [False, True]
    assert told[0].measured == "1 of 3 (over-budget 1)"
    assert "| at rest | 1 | 1 | 100 |" in lines


def test_a_tail_that_more_than_doubles_misses_the_goal_of_the_swap():
    rest, build = [Request(0.0, 0.1, 1)], [Request(1.0, 1.21, 2)]

    assert [goal.met for goal in swap.goals(rest + build, [Window(0.9, 1.2)])[0]] == [True, False]
    assert [goal.met for goal in swap.goals(rest, [])[0]] == [True, None]


def test_the_desk_answers_while_changes_are_published(tmp_path):
    url = register_of(120, tmp_path)
    requests, windows = swap.measure(url, threads=1, changes=2, rest_seconds=0.2)

    assert len(windows) == 2 and {1, 2} <= {one.revision for one in requests}
    assert all(one.revision > 0 for one in requests)
