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

    assert [goal.met for goal in told] == [False, True, True]
    assert told[0].measured == "1 of 3 (over-budget 1)"
    assert "| at rest | 1 | 1 | 100 |" in lines


def test_a_tail_that_more_than_doubles_misses_the_goal_of_the_swap():
    rest, build = [Request(0.0, 0.1, 1)], [Request(1.0, 1.21, 2)]

    assert [goal.met for goal in swap.goals(rest + build, [Window(0.9, 1.2)])[0]] == [True, False, True]
    assert [goal.met for goal in swap.goals(rest, [])[0]] == [True, None, True]


def test_a_change_that_nobody_ever_knew_misses_a_goal_of_the_swap():
    requests = [Request(0.0, 0.1, 1), Request(1.0, 1.1, 1)]
    told, lines = swap.goals(requests, [Window(0.9, 1.2, is_known=False)])

    assert [goal.met for goal in told] == [True, True, False]
    assert lines.endswith("From a change to the first answer that knows it: never.")


def test_no_change_is_published_once_the_seconds_are_spent(tmp_path):
    """A busy machine tells less and does not hang."""
    url = register_of(120, tmp_path)
    assert swap.measure(url, threads=1, changes=3, rest_seconds=0.0, seconds=0.0)[1] == []


def test_the_desk_answers_while_changes_are_published(tmp_path):
    url = register_of(120, tmp_path)
    requests, windows = swap.measure(url, threads=1, changes=2, rest_seconds=0.2)

    assert len(windows) == 2 and {1, 2} <= {one.revision for one in requests}
    assert all(one.revision > 0 for one in requests)
