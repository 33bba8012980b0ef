"""The commands that bring in what others wrote, and their options."""

from pathlib import Path
from typing import Annotated

import typer

from app.domain.provider import OrganizationType

Apply = Annotated[bool, typer.Option("--apply", help="Write the drafts, all or none. Without it: a dry run.")]
Report = Annotated[Path | None, typer.Option("--report", help="Write every remark into this .csv or .json file.")]
Country = Annotated[str, typer.Option("--country", help="Of organizations whose addresses name none; such as KZ.")]
Type = Annotated[
    OrganizationType | None, typer.Option("--type", help="What all its organizations are, where the file cannot say.")
]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", help="CSV with the columns term,codes: our codes for foreign terms.")
]
SourceAddress = Annotated[str, typer.Option("--source", help="Web address where it was published.")]
SourceTitle = Annotated[str, typer.Option("--source-title", help="Title of what was published there.")]
Encoding = Annotated[str, typer.Option("--encoding", help="Where it is not what it looks like; such as cp1251.")]
By = Annotated[str, typer.Option("--by", help="Who answers for the drafts: an organization, never a person's name.")]


def import_file(
    path: Annotated[Path, typer.Argument(help="HSDS JSON or tables, our YAML, the xlsx template; or a folder or zip.")],
    apply: Apply = False,
    report: Report = None,
    country: Country = "",
    organization_type: Type = None,
    mapping: Mapping = None,
    source: SourceAddress = "",
    source_title: SourceTitle = "",
    encoding: Encoding = "",
    by: By = "referral import",
) -> None:
    """Propose what a file of another directory says, as drafts for a steward; tell what becomes of every row."""
    from app.cli import exchange_in
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told():
        told = exchange_in.told_of(
            country=country, organization_type=str(organization_type or ""), source_url=source,
            source_title=source_title, encoding=encoding, mapping=mapping,
        )  # fmt: skip
        settings = settings_for_one_machine()
        with opened_store(settings) as store:
            exchange_in.import_path(store, settings, path, told, apply=apply, report=report, by=by)


def pull(
    url: Annotated[str, typer.Argument(help="Address of a list of an HSDS feed; its host is in REFERRAL_PULL_HOSTS.")],
    state: Annotated[Path | None, typer.Option("--state", help="Remembers what came, to ask only for news.")] = None,
    apply: Apply = False,
    report: Report = None,
    country: Country = "",
    organization_type: Type = None,
    mapping: Mapping = None,
    source_title: SourceTitle = "",
    by: By = "referral pull",
) -> None:
    """Propose what the feed of another directory says, as drafts; like import, page by page."""
    from app.cli import exchange_in
    from app.cli.house import faults_told, opened_store, settings_for_one_machine

    with faults_told():
        told = exchange_in.told_of(
            country=country, organization_type=str(organization_type or ""), source_url=url.partition("?")[0],
            source_title=source_title, encoding="", mapping=mapping,
        )  # fmt: skip
        settings = settings_for_one_machine()
        with opened_store(settings) as store:
            exchange_in.pull(store, settings, url, told, state=state, apply=apply, report=report, by=by)


def template(
    path: Annotated[Path, typer.Argument(help="The xlsx file to write.")],
    language: Annotated[str, typer.Option("--language", help="Of the explanations: en or ru.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the empty spreadsheet for field staff; `referral import` reads it when it is filled in."""
    from app.cli import exchange
    from app.cli.house import faults_told
    from app.settings import Settings

    with faults_told():
        exchange.template(Settings(), to=path, language=language, force=force)


Slugs = Annotated[list[str] | None, typer.Argument(help="Of the records; left out: all.")]
WrittenBy = Annotated[str, typer.Option("--of", help="Only what was written by this; as `drafts` shows it.")]


def drafts(slugs: Slugs = None, written_by: WrittenBy = "") -> None:
    """List the drafts that nobody has decided on."""
    from app.cli import publishing
    from app.cli.house import faults_told, opened_desk, settings_for_one_machine

    with faults_told(), opened_desk(settings_for_one_machine()) as desk:
        publishing.list_drafts(desk, publishing.Chosen(slugs=frozenset(slugs or ()), written_by=written_by))


def publish(
    slugs: Slugs = None,
    written_by: WrittenBy = "",
    apply: Annotated[bool, typer.Option("--apply", help="Publish them. Without it: a dry run.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who answers for it: an organization, never a person's name.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Kept with the change, such as what was checked.")] = "",
) -> None:
    """Publish drafts together, such as those of an import; each that is sound, the others are named."""
    from app.cli import publishing
    from app.cli.house import faults_told, opened_desk, settings_for_one_machine

    if apply and not (by and reason):
        raise typer.BadParameter("--apply needs --by and --reason")
    with faults_told(), opened_desk(settings_for_one_machine()) as desk:
        chosen = publishing.Chosen(slugs=frozenset(slugs or ()), written_by=written_by)
        publishing.publish(desk, chosen, apply=apply, by=by, reason=reason)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are commands of that program."""
    app.command("import")(import_file)
    app.command()(pull)
    app.command()(template)
    app.command()(drafts)
    app.command()(publish)
