"""Writing drafts down. What may become of them afterwards is in `publishing`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.domain.draft import Draft, DraftInput, DraftKind, DraftState
from app.domain.errors import Fault, FaultyData
from app.domain.provider import Visibility
from app.registry.chain import append_changes
from app.registry.database import locked_state
from app.registry.loading import RECORDS, Cause, change_row
from app.registry.marked import Spot, pointer
from app.registry.plain import canonical, plain
from app.registry.seal import Seal
from app.registry.shapes import is_slug
from app.registry.tables import ChangeRow, DraftRow, OrganizationRow, ServiceRow

PARTS_OF_SERVICE = frozenset({DraftKind.LOCATION, DraftKind.SERVICE_AT_LOCATION})
"""They are published under the slug of their service."""
OPEN_STATES = (DraftState.DRAFT.value, DraftState.REVIEW.value)
STEWARDS_NOTE = "stewards-note"
"""Beside the keys that wrote in a draft: a steward wrote its note, so its provider is not shown it."""
CONTENT_ACTIONS = ("created", "changed", "removed")
"""Actions of changes after which a record says something else; what stewards record beside it is not among them."""
_SLUGS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A body without its restricted contacts and addresses, these as ciphertext (`None`: there are none), their
    number, and a keyed fingerprint of both together."""

    body: dict[str, Any]
    sealed: str | None
    count: int
    digest: str


def propose(session: Session, drafts: Iterable[DraftInput], *, seal: Seal, cause: Cause) -> int:
    """How many drafts were added; one that is open already, word for word and against the same record, is not.

    Raises:
        FaultyData: See `Store.propose_drafts`; nothing is added then.
    """
    state = locked_state(session)
    added = _fresh_rows(session, drafts, seal=seal, cause=cause)
    session.add_all(added)
    if added:
        told = {"count": len(added), "first": added[0].number, "digest": seal.mark(_digests(added), about="drafts")}
        append_changes(
            session, state, [change_row(("draft", str(added[0].id)), None, told, state.revision, cause, "proposed")]
        )
    session.flush()
    return len(added)


def count_fresh(session: Session, drafts: Iterable[DraftInput], *, seal: Seal, cause: Cause) -> int:
    """How many drafts `propose` would add; none is. Raises `FaultyData` as it does."""
    return len(_fresh_rows(session, drafts, seal=seal, cause=cause))


def _fresh_rows(session: Session, drafts: Iterable[DraftInput], *, seal: Seal, cause: Cause) -> list[DraftRow]:
    offered = list(drafts)
    _require_sound(offered)
    published = published_changes(session, [(record_kind(one.kind), one.slug) for one in offered])
    owners = owners_of(session, offered)
    faults = [
        _fault((index, "update_of"), "unknown-record", "name a published record of that kind, or leave it out")
        for index, one in enumerate(offered)
        if one.update_of is not None and (record_kind(one.kind), one.slug) not in published
    ]
    if faults:
        raise FaultyData(tuple(faults))
    known = _open_digests(session, [one.slug for one in offered], published)
    number = next_number(session)
    added: list[DraftRow] = []
    for one in offered:
        parted = parted_body(one.body, slug=one.slug, seal=seal)
        if (one.kind, one.slug, parted.digest) in known:
            continue
        known.add((str(one.kind), one.slug, parted.digest))
        rests_on = published.get((record_kind(one.kind), one.slug), 0)
        row = new_row(one, parted, number=number + len(added), rests_on=rests_on, cause=cause)
        row.organization = owners.get(one.slug, row.organization)
        added.append(row)
    return added


def _digests(rows: Iterable[DraftRow]) -> str:
    return canonical([[row.kind, row.slug, row.digest] for row in rows])


def _require_sound(offered: list[DraftInput]) -> None:
    faults = [_fault((index, *spot), code, mend) for index, one in enumerate(offered) for spot, code, mend in _of(one)]
    if faults:
        raise FaultyData(tuple(faults))


def _of(one: DraftInput) -> Iterator[tuple[Spot, str, str]]:
    kinds = [kind.value for kind in DraftKind]
    if one.kind not in kinds:
        yield ("kind",), "unknown-value", f"use one of {', '.join(kinds)}"
    if not is_slug(one.slug):
        yield ("slug",), "wrong-slug", "use lower-case a-z, digits and single hyphens"
    if one.body.get("slug", one.slug) != one.slug:
        yield ("body", "slug"), "wrong-slug", "give the slug of the draft"
    if one.update_of not in (None, one.slug):
        yield ("update_of",), "wrong-slug", "name the record by its slug, which never changes"
    if one.update_of is None and one.kind in PARTS_OF_SERVICE:
        yield ("update_of",), "missing-key", "add `update_of`: a part comes into being with its service"


def _fault(spot: Spot, code: str, mend: str) -> Fault:
    return Fault("", 0, pointer(spot), code, mend)


def record_kind(kind: str) -> str:
    """The kind of record under which changes of this kind of draft are on the chain."""
    return "service" if kind in PARTS_OF_SERVICE else str(kind)


def published_changes(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The number of the last change of what it says, of each of these records that is published now."""
    wanted: dict[str, set[str]] = {}
    for kind, slug in keys:
        wanted.setdefault(kind, set()).add(slug)
    found: dict[tuple[str, str], int] = {}
    for kind, slugs in wanted.items():
        table = RECORDS[kind]
        for some in _in_pieces(sorted(slugs)):
            here = session.exec(select(table.slug).where(col(table.slug).in_(some), col(table.removed_at).is_(None)))
            found |= {(kind, slug): 0 for slug in here}
            numbers = session.exec(
                select(ChangeRow.slug, func.max(ChangeRow.number))
                .where(
                    col(ChangeRow.slug).in_(some), ChangeRow.kind == kind, col(ChangeRow.action).in_(CONTENT_ACTIONS)
                )
                .group_by(col(ChangeRow.slug))
            )
            found |= {(kind, slug): number for slug, number in numbers if (kind, slug) in found}
    return found


def _open_digests(
    session: Session, slugs: Iterable[str], published: Mapping[tuple[str, str], int]
) -> set[tuple[str, str, str]]:
    """Of the open drafts that are written against what is published now; the others can never be published."""
    found: set[tuple[str, str, str]] = set()
    for some in _in_pieces(sorted(set(slugs))):
        chosen = select(DraftRow).where(col(DraftRow.slug).in_(some), col(DraftRow.state).in_(OPEN_STATES))
        for row in session.exec(chosen):
            now = published.get((record_kind(row.kind), row.slug))
            if not is_stale(row, now):
                found.add((row.kind, row.slug, row.digest))
    return found


def is_stale(row: DraftRow, last_change: int | None) -> bool:
    """Whether the published record is another one than the draft was written against. `last_change` is what
    `published_changes` gives for it, `None` for nothing."""
    return (last_change is None) != (row.update_of is None) or (last_change or 0) != row.rests_on


def _in_pieces(words: list[str]) -> Iterator[list[str]]:
    return (words[start : start + _SLUGS_AT_ONCE] for start in range(0, len(words), _SLUGS_AT_ONCE))


def next_number(session: Session) -> int:
    """The number of the next draft; only of use while the state is locked."""
    return (session.exec(select(func.max(DraftRow.number))).one() or 0) + 1


def new_row(
    one: DraftInput, parted: Parted, *, number: int, rests_on: int, cause: Cause, keys: tuple[str, ...] = (),
    is_proposal: bool = False,
) -> DraftRow:  # fmt: skip
    """A draft that nobody has decided on; that of a provider is in review at once."""
    state = DraftState.REVIEW if is_proposal else DraftState.DRAFT
    return DraftRow(
        number=number, id=uuid4(), kind=str(one.kind), slug=one.slug, state=state.value, body=parted.body,
        sealed=parted.sealed, sealed_count=parted.count, keeps_sealed=one.keeps_sealed, is_proposal=is_proposal,
        update_of=one.update_of, note=one.note, organization=owner_of(one), rests_on=rests_on, by=cause.by,
        keys=list(keys), decided_by="", decision="", digest=parted.digest, version=1, created_at=cause.at,
        updated_at=cause.at,
    )  # fmt: skip


def owners_of(session: Session, offered: Iterable[DraftInput]) -> dict[str, str]:
    """Whose the service is, by its slug, for those that are parts of one."""
    slugs = sorted({one.slug for one in offered if one.kind in PARTS_OF_SERVICE})
    found: dict[str, str] = {}
    for some in _in_pieces(slugs):
        chosen = select(ServiceRow.slug, OrganizationRow.slug).join(
            OrganizationRow, col(OrganizationRow.id) == col(ServiceRow.organization_id)
        )
        found |= dict(session.exec(chosen.where(col(ServiceRow.slug).in_(some))).all())
    return found


def owner_of(one: DraftInput) -> str:
    """The slug of the organization whose record it is, or ""."""
    if one.kind == DraftKind.ORGANIZATION:
        return one.slug
    named = one.body.get("from_organization" if one.kind == DraftKind.LINK else "organization", "")
    return named if isinstance(named, str) else ""


def parted_body(body: Mapping[str, Any], *, slug: str, seal: Seal) -> Parted:
    """The body as it may be kept: what is restricted in it is sealed."""
    contacts = body.get("contacts")
    secret = [
        [position, contact]
        for position, contact in enumerate(contacts if isinstance(contacts, list | tuple) else ())
        if _is_secret(contact)
    ]
    clear = dict(body)
    if secret and contacts is not None:
        clear["contacts"] = [contact for contact in contacts if not _is_secret(contact)]
    return Parted(
        body=clear,
        sealed=seal.sealed(canonical(secret), about=slug) if secret else None,
        count=len(secret),
        digest=seal.mark(canonical(body), about=slug),
    )


def _is_secret(contact: Any) -> bool:
    return isinstance(contact, Mapping) and (
        contact.get("visibility") == Visibility.RESTRICTED.value or contact.get("kind") == "address"
    )


def whole_body(row: DraftRow, seal: Seal) -> dict[str, Any]:
    """The body with its restricted contacts, for publishing; never shown.

    Raises:
        WrongSeal: They were sealed with a secret that this deployment does not have.
    """
    body: dict[str, Any] = dict(row.body)
    if row.sealed is not None:
        contacts = list(body.get("contacts", ()))
        for position, contact in json.loads(seal.opened(row.sealed, about=row.slug)):
            contacts.insert(position, contact)
        body["contacts"] = contacts
    return body


def with_sealed(row: DraftRow, body: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """The body with the restricted contacts that the draft has already, each once; never shown.

    Raises:
        WrongSeal: They were sealed with a secret that this deployment does not have.
    """
    contacts = list(body.get("contacts") or ())
    known = {canonical(contact) for contact in contacts}
    for _, contact in json.loads(seal.opened(row.sealed, about=row.slug)) if row.sealed is not None else ():
        if canonical(contact) not in known:
            contacts.append(contact)
    return {**body, "contacts": contacts} if contacts or "contacts" in body else dict(body)


def draft_of(row: DraftRow) -> Draft:
    """The row as a value."""
    return Draft(
        id=str(UUID(str(row.id))), kind=DraftKind(row.kind), slug=row.slug, state=DraftState(row.state), body=row.body,
        sealed_contacts=row.sealed_count, keeps_sealed=row.keeps_sealed, update_of=row.update_of, note=row.note,
        organization=row.organization, by=row.by, decided_by=row.decided_by, decision=row.decision,
        version=row.version, tag=_tag_of(row), created_at=row.created_at, updated_at=row.updated_at,
        is_note_hidden=STEWARDS_NOTE in row.keys,
    )  # fmt: skip


def _tag_of(row: DraftRow) -> str:
    """The version counts; the rest parts versions of one number, written before and after a copy was put back."""
    return f"{row.version}-{sha256(f'{row.digest} {plain(row.updated_at)}'.encode()).hexdigest()[:8]}"
