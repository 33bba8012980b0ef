"""The page for whoever runs the service: every command in it exists, and those that can are run, in its order."""

import re
import shlex
from contextlib import closing

import click
import pytest
import typer

from app.cli.commands import app
from app.registry.store import Store
from app.settings import Settings
from tests.cli.console import CASE, ROOT, done

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ONLY_READ = ("serve", "demo", "pull")
"""Commands that end when somebody stops them, or that ask other machines."""


def commands(text):
    """Every `referral` command of the page's examples, as words."""
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("referral ")]


def parsed(words):
    """Reads the words as the program would, without doing anything."""
    command, context = typer.main.get_command(app), None
    while isinstance(command, click.Group) or hasattr(command, "resolve_command"):
        context = command.make_context("referral", list(words), parent=context) if context is None else context
        _, command, words = command.resolve_command(context, list(words))
        if not hasattr(command, "resolve_command"):
            break
        context = command.make_context("part", list(words), parent=context)
    command.make_context("part", list(words), parent=context)


@pytest.mark.parametrize("words", commands(PAGE), ids=lambda words: " ".join(words))
def test_every_command_of_the_page_is_one(words):
    parsed(words)


def test_a_command_that_is_none_would_be_found():
    for words in (["no-such"], ["backup"], ["load", "--no-such"], ["key", "creat"]):
        with pytest.raises(Exception, match=r"(?i)no such|missing"):
            parsed(words)


def test_the_commands_of_the_page_run_in_its_order(empty, folder):
    """As on a machine where nothing was yet."""
    (folder / "profile.json").write_text(CASE.read_text(encoding="utf-8"), encoding="utf-8")
    page, _, _ = PAGE.partition("## PostgreSQL")
    prefix, ran = "", []
    for words in commands(page):
        if words[0] in ONLY_READ:
            continue
        out = done(*[prefix if word == "PREFIX" else word for word in words])
        prefix = prefix or (found.group(1) if (found := re.search(r"prefix ([0-9a-f]{8})", out)) else "")
        ran.append(words[0])
    assert len(ran) > 20 and {"migrate", "load", "key", "backup", "restore", "quarantine"} <= set(ran)
    settings = Settings()
    with closing(Store.open(settings.database_url, seal=settings.secrets().seal(), clock=None)) as store:
        assert store.verify_chain() == ()
        assert [key.revoked_at is not None for key in store.list_keys() if key.prefix == prefix] == [True]


def test_every_setting_is_in_the_table_with_what_it_is_unless_set():
    table = dict(re.findall(r"^\| `REFERRAL_([A-Z_]+)` \| `?(.*?)`? \|", PAGE, re.M))
    fields = Settings.model_fields

    assert table.keys() == {name.upper() for name in fields}
    for name in ("body_limit_bytes", "plans_at_once", "search_budget_seconds", "snapshot_patience_seconds",
                 "away_seconds"):  # fmt: skip
        assert float(table[name.upper()]) == fields[name].default
    assert table["DATABASE_URL"] == fields["database_url"].default
