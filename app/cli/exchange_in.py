"""`referral import` and `pull`: what other directories say, as drafts for a steward; dry runs unless told otherwise."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import httpx
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from app.cli.house import EXIT_FAULTY, counted, err, out, print_table
from app.domain.errors import Fault, FaultyData, NotFound
from app.domain.pathway import Source
from app.registry import load_places
from app.registry.exchange.account import Account
from app.registry.exchange.duplicates import Twins, twins, with_twins
from app.registry.exchange.importing import Harvest, read_parcel, read_path
from app.registry.exchange.importing import Progress as Teller
from app.registry.exchange.proposing import Comparison, compared
from app.registry.exchange.pulling import Allowed, Mark, Puller
from app.registry.exchange.reporting import as_csv, as_json
from app.registry.exchange.term_codes import load_mapping
from app.registry.exchange.told import Told
from app.registry.shapes import is_country, is_web_address
from app.registry.store import Store
from app.settings import Settings

_SHOWN = 25
"""Kinds of remarks, and pairs, that a screen shows; the report has all of them."""


def told_of(
    *, country: str, organization_type: str, source_url: str, source_title: str, encoding: str, mapping: Path | None
) -> Told:
    """What the options say of the whole file.

    Raises:
        FaultyData: An option is unusable, or the mapping is.
    """
    faults = []
    if country and not is_country(country.upper()):
        faults.append(Fault("--country", 0, "", "wrong-country", "write two letters, such as KZ"))
    if source_url and not is_web_address(source_url):
        faults.append(Fault("--source", 0, "", "wrong-url", "write an address that begins with https:// or http://"))
    if faults:
        raise FaultyData(tuple(faults))
    return Told(
        country=country.upper(), organization_type=organization_type, encoding=encoding,
        source=Source(url=source_url, title=source_title or source_url) if source_url else None,
        mapping=load_mapping(mapping) if mapping else {},
    )  # fmt: skip


def import_path(
    store: Store, settings: Settings, path: Path, told: Told, *, apply: bool, report: Path | None, by: str
) -> None:
    """What is sound in the file is proposed as drafts when `apply` says so; what became of every row is told."""
    places = load_places(settings.data_folder / "places")
    with _progress() as teller:
        harvest = read_path(path, told, places, progress=teller)
    finish(store, harvest, apply=apply, report=report, by=by, reason=f"import of {path.name}")


def pull(
    store: Store, settings: Settings, url: str, told: Told, *, state: Path | None, apply: bool, report: Path | None,
    by: str,
) -> None:  # fmt: skip
    """What is sound in the feed is proposed as `import_path` does it; nothing, when nothing has changed there.

    The state is written when the drafts are, so that what was only looked at comes again.
    """
    known = _read_state(state)
    allowed = Allowed(hosts=frozenset(settings.pull_hosts), private=settings.pull_private)
    pulled = Puller(allowed).pull(url, known.get(url, ()))
    if pulled.parcel is None:
        out.print("nothing has changed there", highlight=False)
        return
    places = load_places(settings.data_folder / "places")
    with _progress() as teller:
        harvest = read_parcel(pulled.parcel, told, places, progress=teller)
    finish(store, harvest, apply=apply, report=report, by=by, reason=f"pull from {httpx.URL(url).host}")
    if apply and state is not None:
        _write(state, json.dumps({**known, url: pulled.marks}, ensure_ascii=False, indent=1) + "\n")


def _read_state(path: Path | None) -> dict[str, tuple[Mark, ...]]:
    """What servers said of each address last time; empty without a file, or with one that was not written here."""
    if path is None or not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {url: tuple(Mark(str(etag), str(day)) for etag, day in marks) for url, marks in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        mend = "give a file that `referral pull` wrote, or one that is not there yet"
        raise FaultyData((Fault("--state", 0, "", "wrong-state", mend),)) from None


def finish(store: Store, harvest: Harvest, *, apply: bool, report: Path | None, by: str, reason: str) -> None:
    """The harvest beside the register: told, reported, and written down as drafts, all or none, when `apply` says so.

    Ends with the exit code of faulty data when nothing of it can be used.
    """
    published = store.read_directory()
    comparison = compared(harvest.proposals, published, harvest.account)
    pairs = twins(harvest.proposals, published)
    if report is not None:
        _write_report(report, harvest.account, pairs)
    _show(harvest, comparison, pairs, report)
    if not harvest.proposals:
        err.print("nothing in it can be used", style="red")
        raise SystemExit(EXIT_FAULTY)
    drafts = with_twins(comparison.drafts, pairs)
    fresh = store.propose_drafts(drafts, by=by, reason=reason, is_dry=not apply)
    drafted = counted(fresh, "draft")
    told = f"{drafted} written" if apply else f"nothing was written; --apply writes {drafted}"
    if there := len(drafts) - fresh:
        told += f", {counted(there, 'was open', 'were open')} already"
    out.print(told, highlight=False)


@contextmanager
def _progress() -> Iterator[Teller]:
    """A bar on the terminal's error stream; nothing where there is no terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("open", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total or None)

        yield tell


def _show(harvest: Harvest, comparison: Comparison, pairs: tuple[Twins, ...], report: Path | None) -> None:
    account = harvest.account
    if account.counts():
        out.print(_table_of_counts(account))
    remarks = account.all_remarks()
    kinds: Counter[tuple[str, str, str, bool]] = Counter()
    first: dict[tuple[str, str, str, bool], tuple[str, int, str]] = {}
    for remark in remarks:
        kind = (remark.table, remark.field, remark.code, remark.rejects)
        kinds[kind] += 1
        first.setdefault(kind, (remark.file, remark.row, remark.reason))
    if kinds:
        rows = []
        for kind, times in sorted(kinds.items(), key=lambda pair: (not pair[0][3], -pair[1], pair[0]))[:_SHOWN]:
            file, row, reason = first[kind]
            cells = ("yes" if kind[3] else "", *kind[:3], str(times), f"{file}:{row}" if row else file, reason)
            rows.append(cells)
        headings = ("rejected", "table", "field", "code", "times", "first at", "reason")
        print_table(headings, rows, title="what there is to say")
    if len(kinds) > _SHOWN:
        out.print(f"and {counted(len(kinds) - _SHOWN, 'kind of remarks', 'kinds of remarks')} more", highlight=False)
    _show_pairs(pairs)
    out.print(
        f"{harvest.form}: {comparison.new} new, {comparison.changed} changed, {comparison.unchanged} as published; "
        f"{counted(len(remarks), 'remark')}, {counted(len(pairs), 'possible duplicate')}"
        + (f"; all of them in {report}" if report else "; --report FILE writes all of them"),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _table_of_counts(account: Account) -> Table:
    table = Table(title="rows", title_justify="left")
    for heading in ("table", "read", "accepted", "rejected"):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    for name, count in account.counts().items():
        table.add_row(Text(name), str(count.read), str(count.accepted), str(count.rejected))
    return table


def _show_pairs(pairs: tuple[Twins, ...]) -> None:
    if not pairs:
        return
    rows = []
    for pair in sorted(pairs, key=lambda pair: (-pair.alike, pair))[:_SHOWN]:
        where = "published" if pair.is_published else "in the file"
        rows.append((pair.kind, pair.first, pair.second, where, str(pair.alike), pair.why))
    headings = ("kind", "this", "that", "that is", "alike", "why")
    print_table(headings, rows, title="possible duplicates; nothing is merged")
    if len(pairs) > _SHOWN:
        out.print(f"and {len(pairs) - _SHOWN} more", highlight=False)


def _write_report(path: Path, account: Account, pairs: tuple[Twins, ...]) -> None:
    """The report is in that file, whole. Raises `FaultyData` for another ending, `NotFound` for a folder not there."""
    if path.suffix not in (".csv", ".json"):
        raise FaultyData((Fault("--report", 0, "", "wrong-name", "let the name end in .csv or .json"),))
    text = as_csv(account, pairs) if path.suffix == ".csv" else as_json(account, pairs)
    _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, newline="", delete=False) as made:
            made.write(text)
        os.replace(made.name, path)
    except OSError:
        raise NotFound(f"{path.parent}: no file can be written there") from None
