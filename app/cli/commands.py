"""The commands and their options. What they do is in the other modules of this room, which are imported when asked."""

import sys
from datetime import date, datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from app import __version__
from app.cli import incoming
from app.domain.stewardship import QuarantineReason, VerificationMethod, VerifierRole

app = typer.Typer(
    name="referral",
    help="Safe, ranked referral routes for people who have been trafficked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
keys = typer.Typer(help="Keys of the API.", no_args_is_help=True)
app.add_typer(keys, name="key")
incoming.add_to(app)


class Language(StrEnum):
    """A language with a catalogue."""

    EN = "en"
    RU = "ru"


class KeyRole(StrEnum):
    """What a key may stand for."""

    OPERATOR = "operator"
    PARTNER = "partner"
    GOVERNMENT = "government"
    STEWARD = "steward"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PROVIDER = "provider"


class Depth(StrEnum):
    """How much of the reasons an answer tells."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


class ExportFormat(StrEnum):
    """What the register may be written as; `app.cli.exchange` has what writes each."""

    HSDS_JSON = "hsds-json"
    HSDS_CSV = "hsds-csv"
    YAML = "yaml"
    XLSX = "xlsx"


ProfileFile = Annotated[Path, typer.Option("--profile", help="JSON file: a profile or a whole request; - is stdin.")]
Sandbox = Annotated[bool, typer.Option("--sandbox", help="On the invented network instead of the register.")]
AsOf = Annotated[str, typer.Option("--as-of", help="Another moment than now, RFC 3339 with an offset.")]
Told = Annotated[Language, typer.Option("--language", help="Language of the words.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer of the API instead of a sheet.")]
By = Annotated[str, typer.Option("--by", help="Who answers for the change: an organization, never a person's name.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 when the file says something else.")]

_DOWN = "Back to this older schema, such as 0002; base: no tables. Below 0003 it is forgotten which records stewards \
published or archived: after coming up again, `load` removes or overwrites them."


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write RFC 3339, such as 2026-11-23T22:10:00+05:00") from None
    if moment.tzinfo is None:
        raise typer.BadParameter("add the offset from UTC, such as +05:00")
    return moment


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Print and end.")] = False,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    language: Told = Language.EN,
) -> None:
    """Load the public directory, route a real case, print the answer, serve."""
    from app.cli.demo import demo as run
    from app.cli.house import faults_told, settings_for_one_machine

    with faults_told():
        run(settings_for_one_machine(), serve_after=not no_serve, host=host, port=port, language=language)


@app.command()
def serve(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Make secrets of its own, for one machine.")] = False,
) -> None:
    """Serve the API. An empty register gets the public directory first."""
    from app.cli.demo import serve as run
    from app.cli.house import faults_told, fill_when_empty, opened_store
    from app.settings import Settings

    with faults_told():
        settings = Settings(demo=True) if demo else Settings()
        with opened_store(settings) as store:
            fill_when_empty(store, settings, "directory")
        run(settings, host=host, port=port, workers=workers)


@app.command()
def route(
    profile: ProfileFile,
    as_json: AsJson = False,
    dump: Annotated[Path | None, typer.Option("--dump", help="Write the problem here, its answer beside.")] = None,
    sandbox: Sandbox = False,
    as_of: AsOf = "",
    language: Told = Language.EN,
    explain: Annotated[Depth, typer.Option("--explain", help="How much the JSON answer tells.")] = Depth.SUMMARY,
) -> None:
    """Routes and leads for a profile."""
    from app.cli.house import faults_told, opened_desk, settings_for_one_machine
    from app.cli.planning import route as run

    moment = _moment(as_of)
    with faults_told(), opened_desk(settings_for_one_machine(), sandbox=sandbox) as desk:
        run(desk, profile, as_json=as_json, dump=dump, as_of=moment, language=language, explain=explain)


@app.command("why-not")
def why_not(
    point: Annotated[str, typer.Argument(help="Slug of a service point.")],
    profile: ProfileFile,
    as_json: AsJson = False,
    sandbox: Sandbox = False,
    as_of: AsOf = "",
    language: Told = Language.EN,
) -> None:
    """Every rule that closes a service point for a profile, and what would open it."""
    from app.cli.house import faults_told, opened_desk, settings_for_one_machine
    from app.cli.planning import why_not as run

    moment = _moment(as_of)
    with faults_told(), opened_desk(settings_for_one_machine(), sandbox=sandbox) as desk:
        run(desk, point, profile, as_json=as_json, as_of=moment, language=language)


@app.command()
def solve(problem: Annotated[Path, typer.Argument(help="A referral-problem/1 file; - is stdin.")]) -> None:
    """The referral-answer/1 of a problem file, without a register."""
    from app.cli.house import faults_told
    from app.cli.planning import solve_file

    with faults_told():
        solve_file(problem)


@app.command()
def validate(
    folder: Annotated[Path | None, typer.Argument(help="A data tree; left out: the one that is used.")] = None,
) -> None:
    """Read every data file strictly; print all faults of all files at once."""
    from app.cli.house import faults_told
    from app.cli.papers import validate as run
    from app.settings import Settings

    with faults_told():
        run(folder or Settings().data_folder)


@app.command()
def load(
    folder: Annotated[str, typer.Option("--folder", help="Folder of the data tree.")] = "directory",
    by: By = "referral load",
) -> None:
    """Bring the register up to what the data files say; what stewards recorded stays."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told():
        settings = settings_for_one_machine()
        with opened_store(settings) as store:
            register.load(store, settings, folder=folder, by=by)


@app.command()
def migrate(
    down: Annotated[str, typer.Option("--down", help=_DOWN)] = "",
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help="What it cannot hold may be lost.")] = False,
) -> None:
    """Give the database the schema of this program, or, with --down, that of an older one."""
    from app.cli.house import faults_told, out
    from app.registry.database import migrate_down
    from app.registry.store import Store
    from app.settings import Settings

    if down and not accept_loss:
        raise typer.BadParameter("data are lost on the way down: back up first, then add --accept-loss")
    with faults_told():
        settings = Settings()
        if down:
            migrate_down(settings.database_url, down)
            out.print(f"the database has schema {down}", highlight=False)
            return
        folder = settings.sqlite_folder()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        Store.migrate(settings.database_url)
        out.print("the database has the schema of this program", highlight=False)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy the register, while it is used, into a file that is checked to be whole (SQLite)."""
    from app.cli import register
    from app.cli.house import faults_told, settings_for_one_machine

    with faults_told():
        register.backup(settings_for_one_machine(), file, force=force)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `referral backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the register that is there.")] = False,
    by: By = "referral restore",
) -> None:
    """Bring the register back to what a backup says, all of it or nothing (SQLite)."""
    from app.cli import register
    from app.cli.house import faults_told, settings_for_one_machine

    with faults_told():
        register.restore(settings_for_one_machine(), file, force=force, by=by)


@app.command()
def verify(
    slug: Annotated[str, typer.Argument(help="Slug of a service.")],
    method: Annotated[VerificationMethod, typer.Option("--method", help="How it was verified.")],
    role: Annotated[VerifierRole, typer.Option("--role", help="Who looked; never a name.")] = VerifierRole.STEWARD,
    by: By = "steward",
    on: Annotated[str, typer.Option("--on", help="Day, YYYY-MM-DD; left out: today.")] = "",
) -> None:
    """Record that a service was verified: a lead becomes a route where no other fact is missing."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine
    from app.main import now

    try:
        day = date.fromisoformat(on) if on else now().date()
    except ValueError:
        raise typer.BadParameter("write the day as YYYY-MM-DD") from None
    with faults_told(), opened_store(settings_for_one_machine()) as store:
        register.verify(store, slug, method=method, role=role, by=by, on=day)


@app.command()
def quarantine(
    slug: Annotated[str, typer.Argument(help="Slug of a service.")],
    reason: Annotated[QuarantineReason, typer.Option("--reason", help="Why; stands on the chain of changes.")],
    by: By = "steward",
    lift: Annotated[bool, typer.Option("--lift", help="Take it out of quarantine.")] = False,
) -> None:
    """Take a service out of all routes at the next request."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told(), opened_store(settings_for_one_machine()) as store:
        register.quarantine(store, slug, by=by, reason=reason, lift=lift)


@app.command()
def export(
    form: Annotated[ExportFormat, typer.Option("--format", help="The form of the file.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; - is stdout.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the register into a file for others."""
    from app.cli import exchange
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told():
        settings = settings_for_one_machine()
        with opened_store(settings) as store:
            exchange.export(store, settings, form=form, to=to, force=force)


@app.command()
def audit() -> None:
    """Check that the records of changes and of restricted readings are whole."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told(), opened_store(settings_for_one_machine()) as store:
        register.audit(store)


@app.command()
def openapi(check: Check = False) -> None:
    """Write openapi.yaml into the working folder."""
    from app.cli.papers import write_or_check

    write_or_check("openapi.yaml", Path.cwd(), check=check)


@app.command()
def rules(check: Check = False) -> None:
    """Write docs/rules.md into the working folder."""
    from app.cli.papers import write_or_check

    write_or_check("docs/rules.md", Path.cwd(), check=check)


@app.command()
def schemas(check: Check = False) -> None:
    """Write the JSON Schemas of the data files into the working folder."""
    from app.cli.papers import write_or_check

    write_or_check("data/schemas", Path.cwd(), check=check)


@keys.command("create")
def create_key(
    role: Annotated[KeyRole, typer.Option("--role")],
    owner: Annotated[str, typer.Option("--owner", help="The organization that the key is for.")],
    country: Annotated[list[str] | None, typer.Option("--country", help="Only there; may be repeated.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="How long it is good.")] = 365,
    organization: Annotated[
        str, typer.Option("--organization", help="Of a provider: slug of the published organization it keeps.")
    ] = "",
) -> None:
    """Make a key and show it once."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine
    from app.main import now

    if (role is KeyRole.PROVIDER) != bool(organization):
        raise typer.BadParameter("a provider needs --organization, and no other role has one")
    with faults_told(), opened_store(settings_for_one_machine()) as store:
        countries = tuple(code.upper() for code in country or ())
        register.create_key(
            store, role=role, owner=owner, countries=countries, days=days, today=now().date(),
            organization=organization or None,
        )  # fmt: skip


@keys.command("list")
def list_keys() -> None:
    """Every key ever made, without its secret."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told(), opened_store(settings_for_one_machine()) as store:
        register.list_keys(store)


@keys.command("revoke")
def revoke_key(prefix: Annotated[str, typer.Argument(help="Prefix of the key.")]) -> None:
    """Refuse a key from the next request on."""
    from app.cli import register
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told(), opened_store(settings_for_one_machine()) as store:
        register.revoke_key(store, prefix)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"referral {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Safe, ranked referral routes for people who have been trafficked."""


def main() -> None:
    """Runs the command line. A terminal that lacks a letter shows a mark for it, and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
