"""The exactness campaigns see a difference where there is one, and count nothing that was not compared."""

import json

import pytest

from app.routing import blocks
from benchmarks import campaign, exactness
from benchmarks.campaign import Campaign, Checked, chunks
from benchmarks.network import open_network, register_of


def a_campaign(check):
    return Campaign(key="test", name="a test", check=check, wanted=10, chunk=4)


def checked(seed: int) -> Checked:
    """Every tenth differs, every fourth is skipped."""
    if seed % 4 == 3:
        return Checked("even", skipped="slow")
    return Checked("odd" if seed % 2 else "even", different="steps" if seed % 10 == 0 else "")


def unwell(seed: int) -> Checked:
    raise ZeroDivisionError


def never(seed: int) -> Checked:
    raise AssertionError("everything is in the journal")


def test_the_campaign_finds_no_difference_and_would_tell_one():
    assert exactness.against_brute(5).different == exactness.against_dijkstra(11).different == ""
    right = [{"cost": [0, 0, 0, 9], "steps": ["a"], "backups": [[]]}]
    wrong = [{"cost": [0, 0, 0, 9], "steps": ["b"], "backups": [[]]}]
    assert "steps" in exactness.difference(right, wrong)
    assert exactness.difference(right, []) == "0 routes, 1 are right"


def test_problems_of_every_size_are_drawn():
    """8 and 9 points as often as the others."""
    sizes = [len(exactness.drawn(seed, 2, 9)["points"]) for seed in range(800)]

    assert all(60 < sizes.count(size) < 140 for size in range(2, 10))


def test_queries_for_plans_come_from_every_class_by_turns():
    asked = [exactness.asked(number) for number in (*range(8), 28)]

    assert tuple(query.kind for query in asked) == (*exactness.KINDS, "city", "city")
    assert [query.codes for query in asked] == [1] * 7 + [2, 1]
    assert asked[0] != asked[8]


def test_what_was_skipped_is_not_counted_as_equal(tmp_path):
    """Nor is a goal met by fewer than it asks for."""
    total = campaign.run(a_campaign(checked), range(1, 10), processes=1)

    assert (total.compared, len(total.skipped), total.different) == (7, 2, [])
    assert (total.goal.met, total.goal.measured) == (None, "not shown: 0 of 7, 2 skipped")
    assert campaign.run(a_campaign(checked), range(1, 10 + 1), processes=1).goal.met is False
    assert campaign.run(a_campaign(unwell), range(1), processes=1).different == [(0, "broke: ZeroDivisionError")]


def test_a_run_goes_on_from_its_journal(tmp_path):
    """A chunk that is there is not done again; a line that was cut off is."""
    journal = tmp_path / "journal.jsonl"
    first = campaign.run(a_campaign(checked), range(2, 12), journal=journal, processes=1)
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"campaign": "te')

    again = campaign.run(a_campaign(never), range(2, 12), journal=journal, processes=1)
    lines = journal.read_text(encoding="utf-8").splitlines()
    assert (again.compared, again.different, again.labels) == (first.compared, first.different, first.labels)
    assert json.loads(lines[3])["total"] is True and json.loads(lines[3])["compared"] == first.compared


def test_what_another_engine_found_does_not_count(tmp_path, monkeypatch):
    journal = tmp_path / "journal.jsonl"
    campaign.run(a_campaign(checked), range(4), journal=journal, processes=1)
    monkeypatch.setattr(campaign, "engine", lambda: "another")

    assert campaign.run(a_campaign(unwell), range(4), journal=journal, processes=1).labels == {"broke": 4}


def test_chunks_of_overlapping_runs_are_the_same():
    assert chunks(range(2, 11), 4) == [range(2, 4), range(4, 8), range(8, 11)]
    assert chunks(range(4, 8), 4) == [range(4, 8)]
    assert chunks(range(3, 3), 4) == []


def test_other_orders_and_blocks_give_the_same_bytes_and_a_slow_plan_is_skipped(tmp_path):
    network = open_network(register_of(1_010, tmp_path))
    others = [exactness.shuffled(network, seed, block) for seed, block in enumerate(exactness.BLOCK_SIZES)]

    assert exactness.against_other_orders(network, others, 60, 0) == Checked("city")
    assert exactness.against_every_row(network, 60, 0) == Checked("city")
    assert exactness.against_every_row(network, 1e-6, 0).skipped
    assert len(others[0].blocks.begin) > len(others[2].blocks.begin)


def test_blocks_have_their_usual_size_afterwards():
    usual = blocks.BLOCK
    with pytest.raises(ZeroDivisionError), exactness.blocks_of(7):
        assert blocks.BLOCK == 7
        raise ZeroDivisionError
    assert usual == blocks.BLOCK
