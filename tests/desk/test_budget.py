"""A budget of time: spent, there is no answer, rather than one that might not be the best."""

from datetime import UTC, datetime

import pytest

from app.desk import Desk
from app.desk.budget import PATIENCE, within
from app.domain.errors import OverBudget
from app.routing import RankingPolicy
from tests.desk.test_desk import a_person, reference, store  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 23, 17, 10, tzinfo=UTC)


def test_a_budget_lasts_and_ends():
    within(60.0)()
    with pytest.raises(OverBudget):
        within(-1.0)()


def test_only_computing_counts_unless_the_machine_is_far_too_busy():
    """Who asks at the same time, and a snapshot that is built, take nothing of an answer's budget."""
    spent, wall = [0.0], [0.0]
    check = within(2.0, computing=lambda: spent[0], clock=lambda: wall[0])
    for spent[0], wall[0] in ((0.0, 5.0), (1.9, 5.9)):
        check()
    for spent[0], wall[0] in ((2.1, 2.1), (0.1, 2.0 * PATIENCE + 0.1)):
        with pytest.raises(OverBudget):
            check()


def test_a_desk_whose_budget_is_spent_gives_no_answer(store, reference):  # noqa: F811 - fixtures
    """Never a worse route in place of the best, and no word about the person."""
    desk = Desk(store, reference, policy=RankingPolicy(), clock=lambda: NOW, budget_seconds=-1.0)
    with pytest.raises(OverBudget) as raised:
        desk.plan(a_person())
    assert "almaty" not in str(raised.value).lower()
