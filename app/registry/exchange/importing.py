"""One file, folder, archive or feed as proposals for the register, with an account of every row in it.

Nothing is written here and nothing is raised for what a file holds: what cannot be used is in the account.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.domain.place import Place
from app.registry.exchange import directory_in, json_in, tabular_in
from app.registry.exchange.account import Account
from app.registry.exchange.foreign import Foreign
from app.registry.exchange.gathered import Gathered
from app.registry.exchange.limits import LIMITS, Limits, TooMuch
from app.registry.exchange.linked import linked
from app.registry.exchange.own import proposals_of
from app.registry.exchange.told import Proposal, Told
from app.registry.exchange.unpacking import Form, Parcel, unpacked
from app.registry.exchange.whereabouts import Gazetteer

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0: nobody knows yet)."""


def in_silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What was read: its form, what it proposes, in the file's order, and what became of every row."""

    form: Form
    proposals: tuple[Proposal, ...]
    account: Account


def read_path(
    path: Path, told: Told, places: Iterable[Place], *, progress: Progress = in_silence, limits: Limits = LIMITS
) -> Harvest:
    """The harvest of whatever is at that path. Never raises for what it holds, nor when it cannot be read."""
    progress("open", 0, 0)
    try:
        parcel = unpacked(path, limits)
    except (TooMuch, OSError) as error:
        reason = str(error) if isinstance(error, TooMuch) else "it cannot be read; give a file or folder that is there"
        return _nothing(path.name, "not-read", reason)
    return read_parcel(parcel, told, places, progress=progress, limits=limits)


def read_parcel(
    parcel: Parcel, told: Told, places: Iterable[Place], *, progress: Progress = in_silence,
    limits: Limits = LIMITS,
) -> Harvest:  # fmt: skip
    """The harvest of a parcel. Never raises for what it holds."""
    if parcel.form is Form.UNKNOWN:
        name = parcel.pieces[0].name if parcel.pieces else ""
        return _nothing(name, "unknown-form", "neither HSDS JSON, tables, our YAML nor the spreadsheet template")
    account, gazetteer = Account(), Gazetteer(places)
    try:
        proposals = tuple(_READERS[parcel.form](parcel, told, gazetteer, account, limits, progress))
    except TooMuch as error:
        return _nothing(parcel.pieces[0].name, "not-read", str(error), form=parcel.form)
    return Harvest(form=parcel.form, proposals=_each_once(proposals, account), account=account)


def _nothing(name: str, code: str, reason: str, *, form: Form = Form.UNKNOWN) -> Harvest:
    account = Account()
    account.of_file(name, code, reason)
    return Harvest(form=form, proposals=(), account=account)


def _each_once(proposals: Iterable[Proposal], account: Account) -> tuple[Proposal, ...]:
    """Of proposals for one slug the first."""
    taken: dict[tuple[str, str], Proposal] = {}
    again: list[tuple[Proposal, Proposal]] = []
    for proposal in proposals:
        first = taken.setdefault((proposal.kind, proposal.slug), proposal)
        if first is not proposal:
            again.append((proposal, first))
    kept = {(one.file, one.table, one.row) for one in taken.values()}
    for proposal, first in again:
        tell = (
            account.remark_proposal
            if (proposal.file, proposal.table, proposal.row) in kept
            else account.reject_proposal
        )
        tell(proposal, "duplicate-slug", f"row {first.row} makes the same record; the first counts")
    return tuple(taken.values())


def _foreign(
    parcel: Parcel, told: Told, gazetteer: Gazetteer, account: Account, limits: Limits, progress: Progress
) -> Iterable[Proposal]:
    gathered = Gathered(account, limits, lambda rows: progress("read", rows, 0))
    gather = tabular_in.gather if parcel.form is Form.TABULAR else json_in.gather
    gather(parcel, gathered, limits, told.encoding)
    progress("follow keys", 0, 0)
    found = linked(gathered)
    total = len(found.organizations)
    return Foreign(found, account, gazetteer, told).proposals(lambda done: progress("judge", done, total))


def _ours(
    parcel: Parcel, told: Told, gazetteer: Gazetteer, account: Account, limits: Limits, progress: Progress
) -> Iterable[Proposal]:
    progress("judge", 0, 0)
    if parcel.form is Form.SHEET:
        from app.registry.exchange import sheet_in  # the spreadsheet library is slow to import

        return proposals_of(sheet_in.records_of(parcel, account, limits), account, gazetteer)
    return proposals_of(directory_in.records_of(parcel, account, limits, told.encoding), account, gazetteer)


_READERS: dict[Form, Callable[[Parcel, Told, Gazetteer, Account, Limits, Progress], Iterable[Proposal]]] = {
    Form.JSON: _foreign,
    Form.NDJSON: _foreign,
    Form.TABULAR: _foreign,
    Form.YAML: _ours,
    Form.SHEET: _ours,
}
