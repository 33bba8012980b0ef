"""Looking only where it matters finds what looking everywhere finds (docs/decisions/0012)."""

import pytest

from app.routing import RankingPolicy, blocks, lookout, plan, surroundings
from app.routing.surroundings import Surroundings
from tests.routing.networks import HURRIED, MOMENT, Draw, Hurried, reordered

POLICY = RankingPolicy()


@pytest.fixture(autouse=True)
def short_sighted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small registers are looked at in pieces, too, and few points at a time."""
    monkeypatch.setattr(surroundings, "EVERYTHING", 0)
    monkeypatch.setattr(lookout, "FIRST", 1)
    monkeypatch.setattr(lookout, "FIRST_LOOK", 1)
    monkeypatch.setattr(lookout, "LEAST_LOOK", 1)


@pytest.mark.parametrize("block", range(5))
def test_the_plan_is_that_of_looking_everywhere(block: int):
    """Routes, leads, gaps and questions alike, to the last character."""
    for seed in range(block * 40, block * 40 + 25):
        draw = Draw(seed, 0.9)
        network, person = draw.network(draw.rng.randint(6, 24)), draw.person()
        near = plan(network, person, MOMENT, policy=POLICY)
        assert near == plan(network, person, MOMENT, policy=POLICY, everything=True), f"world {seed}"


@pytest.mark.parametrize(("first", "most", "block"), [(1, 1, 1), (2, 4, 2), (64, 512, 64)])
def test_sizes_change_nothing(first: int, most: int, block: int, monkeypatch: pytest.MonkeyPatch):
    """How many points are looked at together, and how many at first."""
    monkeypatch.setattr(lookout, "FIRST", first)
    monkeypatch.setattr(lookout, "FIRST_LOOK", most)
    monkeypatch.setattr(blocks, "BLOCK", block)
    for seed in range(300, 330):
        draw = Draw(seed, 0.9)
        network, person = draw.network(draw.rng.randint(6, 24)), draw.person()
        near = plan(reordered(network, seed), person, MOMENT, policy=POLICY)
        assert near == plan(network, person, MOMENT, policy=POLICY, everything=True), f"world {seed}"


@pytest.mark.parametrize("seeds", [range(340, 360), range(975, 985), range(1190, 1200), range(1300, 1306)])
def test_hours_and_windows_change_nothing(seeds: range):
    """A mirage answers no later than any of the points that it stands for, and is open when one of them is."""
    for seed in seeds:
        draw = Hurried(seed, 0.95)
        network, person = draw.network(draw.rng.randint(6, 30)), draw.person()
        near = plan(network, person, HURRIED, policy=POLICY)
        assert near == plan(network, person, HURRIED, policy=POLICY, everything=True), f"world {seed}"


def test_little_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    """What has no code in play is not looked at, unless it belongs to who may hold the case."""
    monkeypatch.setattr(lookout, "FIRST_LOOK", 4)
    seen: list[tuple[int, int]] = []
    begun = Surroundings.__init__

    def watched(self: Surroundings, *arguments: object, **named: object) -> None:
        begun(self, *arguments, **named)
        seen.append((self.case.columns.rows, self.case.network.columns.rows))

    monkeypatch.setattr(Surroundings, "__init__", watched)
    for seed in range(400, 410):
        draw = Draw(seed, 0.9)
        plan(draw.network(40), draw.person(), MOMENT, policy=POLICY)
    assert seen
    assert sum(looked for looked, _ in seen) < sum(rows for _, rows in seen) / 2
