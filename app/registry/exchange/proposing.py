"""What an import proposes beside what the register says: new records, changed ones, and those that say nothing new."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.directory import CrossBorderFact, Directory, Hotline, Organization, Service
from app.domain.draft import DraftInput
from app.domain.pathway import Source
from app.domain.provider import Link, ReturnReception, Verification
from app.registry.exchange.account import Account
from app.registry.exchange.told import Proposal
from app.registry.plain import plain
from app.registry.strict import fitted

_TYPES: Mapping[str, type[Any]] = {
    "organization": Organization, "service": Service, "link": Link, "return_reception": ReturnReception,
    "hotline": Hotline, "cross_border_fact": CrossBorderFact,
}  # fmt: skip
_DRAFTABLE = frozenset({"organization", "service", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The drafts to write, and how many proposals are new, change something, or say what is published already."""

    drafts: tuple[DraftInput, ...]
    new: int
    changed: int
    unchanged: int


def compared(proposals: Iterable[Proposal], published: Directory, account: Account) -> Comparison:
    """Proposals beside the register. What cannot be drafted, or points to nothing, is rejected in the account."""
    kept = list(proposals)
    here = dict(_published(published))
    known = {(kind, slug) for kind, slug in here} | {(one.kind, one.slug) for one in kept}
    drafts: list[DraftInput] = []
    new = unchanged = 0
    for proposal in kept:
        there = here.get((proposal.kind, proposal.slug))
        if there is not None and _says_the_same(proposal, there):
            unchanged += 1
        elif proposal.kind not in _DRAFTABLE:
            reason = "no draft can be of it; add it with `referral load`"
            account.reject_proposal(proposal, "not-draftable", reason)
        elif proposal.kind == "link" and not _has_ends(proposal, known):
            account.reject_proposal(
                proposal, "unknown-end", "its organization or service is in neither file nor register"
            )
        else:
            new += there is None
            drafts.append(_draft(proposal, there))
    return Comparison(drafts=tuple(drafts), new=new, changed=len(drafts) - new, unchanged=unchanged)


def _published(directory: Directory) -> Iterator[tuple[tuple[str, str], Any]]:
    for organization in directory.organizations:
        yield ("organization", organization.slug), organization
        for service in organization.services:
            yield ("service", service.slug), (organization.slug, service)
    for kind, records in (
        ("link", directory.links), ("return_reception", directory.receptions), ("hotline", directory.hotlines),
        ("cross_border_fact", directory.cross_border),
    ):  # fmt: skip
        for record in records:
            yield (kind, record.slug), record


def _has_ends(proposal: Proposal, known: set[tuple[str, str]]) -> bool:
    body = proposal.body
    return ("organization", body.get("from_organization")) in known and ("service", body.get("to")) in known


def _said_of(record: Any) -> tuple[Any, dict[str, Any]]:
    """The published value without what only stewards record, and its body."""
    if isinstance(record, Organization):
        bare = replace(record, services=(), steward_trust=False)
        body = plain(bare)
        del body["services"], body["steward_trust"]
        return bare, body
    if isinstance(record, tuple):
        owner, service = record
        bare_service = replace(service, verification=Verification())
        body = plain(bare_service) | {"organization": owner}
        del body["verification"]
        return bare_service, body
    return record, plain(record)


def _says_the_same(proposal: Proposal, record: Any) -> bool:
    there, known = _said_of(record)
    body = dict(_merged(proposal, known))
    if proposal.kind == "service" and body.pop("organization", None) != known.get("organization"):
        return False
    value, flaws = fitted(body, _TYPES[proposal.kind])
    return not flaws and bool(value == there)


def _draft(proposal: Proposal, record: Any) -> DraftInput:
    body: Mapping[str, Any] = proposal.body
    note = proposal.note
    if record is not None:
        body = _merged(proposal, _said_of(record)[1])
    if proposal.source is not None and "sources" not in proposal.body:
        body = {**body, "sources": _one_more(body.get("sources") or [], proposal.source)}
    if isinstance(record, tuple) and record[1].verification.on:
        note += "\nThe published record was verified; this one is not until somebody looks again."
    return DraftInput(
        kind=proposal.kind, slug=proposal.slug, body=dict(body), note=note,
        update_of=proposal.slug if record is not None else None,
    )  # fmt: skip


def _one_more(sources: list[Any], source: Source) -> list[Any]:
    """The sources with that one behind them, unless they name its address already."""
    if any(one["url"] == source.url for one in sources):
        return sources
    return [*sources, {"url": source.url, "title": source.title, "date": source.date}]


def _merged(proposal: Proposal, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a whole record as it is; of another, over what is published and it does not speak of."""
    if proposal.is_whole:
        return _protected(proposal.body, known)
    merged = {name: value for name, value in known.items() if value is not None}
    for name, value in proposal.body.items():
        before = known.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[name] = {**before, **value}
        elif name == "contacts":
            merged[name] = _more_contacts(before or [], value)
        elif value or not before:
            merged[name] = value
    return merged


def _protected(body: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with what is on record to protect people, where it is silent about that; words can take it back."""
    kept = dict(body)
    if known.get("address_confidential") and kept.get("address_confidential") is None:
        kept["address_confidential"] = True
    noted = {
        name: value
        for name in ("safeguarding_flag", "affiliations")
        if (value := (known.get("safety") or {}).get(name))
    }
    if noted:
        kept["safety"] = {**noted, **(kept.get("safety") or {})}
    return kept


def _more_contacts(before: list[Any], more: list[Any]) -> list[Any]:
    """Those that are published, which may be more than the file may know, and the new ones behind them."""
    known = {(one["kind"], one["value"]) for one in before}
    return [*before, *(one for one in more if (one.get("kind"), one.get("value")) not in known)]
