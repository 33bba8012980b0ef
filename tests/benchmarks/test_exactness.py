"""The exactness campaign sees a difference where there is one."""

from benchmarks import exactness


def test_the_campaign_finds_no_difference_and_would_tell_one():
    assert exactness.against_brute(5) == exactness.against_dijkstra(11) == ""
    right = [{"cost": [0, 0, 0, 9], "steps": ["a"], "backups": [[]]}]
    wrong = [{"cost": [0, 0, 0, 9], "steps": ["b"], "backups": [[]]}]
    assert "steps" in exactness.difference(right, wrong)
    assert exactness.difference(right, []) == "0 routes, 1 are right"


def test_queries_for_plans_come_from_every_class():
    asked = exactness.asked(36)

    assert len(asked) == 36 and {query.kind for query in asked} == {
        "city", "remote", "return", "rare", "grave", "window",
    }  # fmt: skip
