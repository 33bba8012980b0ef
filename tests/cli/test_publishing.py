"""`referral drafts` and `referral publish`: what was imported is published together, each draft judged by itself."""

from pathlib import Path

import pytest

from tests.cli.console import done, referral, write_json
from tests.registry.exchange.harvests import a_service

ANSWERS = ("--by", "A coordinator", "--reason", "telephoned")


@pytest.fixture
def imported(folder, real) -> Path:
    """A register into which a feed of two services was imported."""
    services = [a_service(id="1"), a_service(id="2", name="Food")]
    told = ("--country", "KZ", "--type", "ngo", "--source", "https://other.example/feed", "--source-title", "A feed")
    done("import", write_json(folder / "other.json", services), *told, "--apply", "--by", "A directory")
    return real


def test_open_drafts_are_listed(imported):
    told = done("drafts", "--of", "A directory")
    assert "organization" in told and "service" in told
    assert "no open draft" in done("drafts", "--of", "nobody")


def test_what_a_list_of_drafts_says_is_never_cut(imported, monkeypatch):
    """Ids and slugs are needed again."""
    wide = done("drafts")
    monkeypatch.setenv("COLUMNS", "40")
    assert done("drafts") == wide
    assert "…" not in wide and "A directory" in wide


def test_nothing_is_published_unless_told(imported):
    assert "3 drafts would be published" in done("publish", "--of", "A directory")
    assert "3 drafts would be published" in done("publish", "--of", "A directory")


def test_what_an_import_wrote_is_published_together(imported):
    """The organization first, since its services stand beside it."""
    assert "3 published, 0 not" in done("publish", "--of", "A directory", "--apply", *ANSWERS)
    assert "0 drafts would be published" in done("publish", "--of", "A directory")
    done("audit")


def test_who_answers_for_it_is_asked_for(imported):
    assert referral("publish", "--apply").exit_code != 0
    assert "3 drafts would be published" in done("publish", "--of", "A directory")


def test_what_is_not_sound_stays_and_is_named(imported):
    """A service without its organization waits; the rest is published."""
    service = next(word for line in done("drafts").splitlines() for word in line.split() if ".food" in word)
    refused = referral("publish", service, "--apply", *ANSWERS)
    assert refused.exit_code != 0
    assert service in refused.stderr and "0 published, 1 not" in refused.stdout
    assert "3 drafts would be published" in done("publish", "--of", "A directory")


def test_a_slug_without_a_draft_is_told(imported):
    refused = referral("publish", "no-such", "--apply", *ANSWERS)
    assert refused.exit_code != 0
    assert "no open draft of: no-such" in refused.stderr
