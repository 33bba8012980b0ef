"""What stewards do to the register, and what providers propose: each act is whole or has not happened.

All acts of one `Acts` are one transaction, which holds the lock of the register's state: writers queue, so whoever
shows the number that she read changes exactly what she read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.domain.access import Caller, Role
from app.domain.draft import Draft, DraftInput, DraftKind, DraftState
from app.domain.errors import Conflict, FaultyData, NotAllowed, NotFound
from app.domain.provider import Capacity
from app.domain.stewardship import Edit, Limits, PublishedRecord
from app.registry.bodies import faults_of, patched, read_body, require_own_slug, require_theirs, with_hidden
from app.registry.chain import append_changes
from app.registry.database import locked_state
from app.registry.drafting import (
    OPEN_STATES,
    PARTS_OF_SERVICE,
    STEWARDS_NOTE,
    draft_of,
    new_row,
    next_number,
    parted_body,
    published_changes,
    record_kind,
    with_sealed,
)
from app.registry.loading import Cause, change_row
from app.registry.publishing import Press, archive, publish, require_ready
from app.registry.recording import record_quarantine, record_report, record_verification
from app.registry.records import Standing, country_of, find_standing, number_of
from app.registry.seal import Seal
from app.registry.tables import DraftRow
from app.registry.views import body_of, read_record, require_visible, seen_draft

Match = frozenset[str] | None
"""The tags of which one must be that of the record or draft; `None`: whatever it is, as long as it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every act works with: the seal, the gazetteer's slugs, the limits, whether one steward may do without a
    second one."""

    seal: Seal
    places: frozenset[str] | None
    limits: Limits
    one_steward: bool


class Acts:
    """See the module. `who` holds the key; what she may not see is not there for her."""

    def __init__(self, session: Session, *, who: Caller, at: datetime, house: House) -> None:
        self._session = session
        self._who = who
        self._at = at
        self._house = house
        self._state = locked_state(session)

    def create_draft(self, one: DraftInput) -> Draft:
        """The new draft; that of a provider is in review at once.

        Raises:
            NotFound: It is of a record that is not hers to see, or updates one that is not published.
            NotAllowed: Its organization stands in a country that the key is not for.
            FaultyData: The body is not sound by itself.
            Conflict: "already-published", it is of a new record under the slug of a published one.
        """
        if self._is_provider:
            self._require_own_name(one)
            require_theirs(one.body)
        standing = find_standing(self._session, one.kind, one.slug)
        self._require_fitting(one, standing)
        return self._seen(self._added(one, standing))

    def edit_record(self, kind: DraftKind, slug: str, match: Match, edit: Edit) -> Draft:
        """A new draft that would publish the record with the edit.

        Raises:
            NotFound, NotAllowed, FaultyData: As `create_draft`.
            Conflict: "precondition-failed", the record is another one by now.
        """
        standing = require_visible(self._session, self._who, kind, slug)
        _require_match(match, self._read(kind, slug).tag)
        if self._is_provider:
            require_theirs(edit.body)
        keeps = True if edit.keeps_sealed is None else edit.keeps_sealed
        one = DraftInput(
            kind=kind, slug=slug, body=patched(body_of(kind, standing), edit.body), update_of=slug,
            note=edit.note or "", keeps_sealed=keeps,
        )  # fmt: skip
        self._require_fitting(one, standing)
        return self._seen(self._added(one, standing))

    def edit_draft(self, draft: str, match: Match, edit: Edit) -> Draft:
        """The draft with the edit; whoever edits it is one of its authors from now on.

        Raises:
            NotFound, NotAllowed, FaultyData: As `create_draft`.
            Conflict: "precondition-failed"; "wrong-state", it is decided on.
        """
        row = self._open_row(draft, match)
        if self._is_provider:
            require_theirs(edit.body)
        keeps = row.keeps_sealed if edit.keeps_sealed is None else edit.keeps_sealed
        note = row.note if edit.note is None else edit.note
        body = patched(row.body, edit.body)
        one = DraftInput(
            kind=row.kind, slug=row.slug, body=body, update_of=row.update_of, note=note, keeps_sealed=keeps
        )
        self._require_fitting(one, find_standing(self._session, row.kind, row.slug))
        if self._is_provider:
            body = with_hidden(body, row.body)
        before = self._told(row)
        if "contacts" in edit.body:
            self._put_body(row, body if edit.keeps_sealed is False else with_sealed(row, body, self._house.seal))
        else:
            row.body = body
            row.digest = self._house.seal.mark(f"{row.digest}\n{edit.body!r}", about=row.slug)
        row.note, row.keeps_sealed, row.organization = note, keeps, self._owner(one)
        row.keys = sorted({*row.keys, self._who.key_prefix})
        if edit.note is not None:
            self._sign_note(row)
        return self._moved(row, row.state, "edited", before)

    def drop_draft(self, draft: str, match: Match) -> None:
        """The draft is gone; that there was one stays on the chain.

        Raises:
            NotFound: There is none, or it is not hers to see.
            Conflict: "precondition-failed"; "wrong-state", it is decided on.
        """
        row = self._open_row(draft, match)
        self._note(row, "dropped", self._told(row), None, "")
        self._session.delete(row)

    def submit(self, draft: str, match: Match) -> Draft:
        """The draft is in review; it is sound beside what is published.

        Raises:
            NotFound, FaultyData: As `create_draft`.
            Conflict: "precondition-failed", "wrong-state", or "stale-draft".
        """
        row = self._open_row(draft, match, DraftState.DRAFT)
        require_ready(self._press("review"), row)
        return self._moved(row, DraftState.REVIEW, "submitted", self._told(row))

    def publish(self, draft: str, match: Match, reason: str) -> Draft:
        """The draft is what the register says.

        Raises:
            NotFound, NotAllowed, FaultyData: As `create_draft`.
            Conflict: "precondition-failed", "wrong-state", "stale-draft"; "own-draft", her key wrote in it and a second
                pair of eyes is asked for.
        """
        row = self._open_row(draft, match, DraftState.REVIEW)
        if self._who.key_prefix in row.keys and not self._house.one_steward:
            raise Conflict("own-draft", "somebody else publishes a draft than whoever wrote it")
        before = self._told(row)
        publish(self._press(reason), row)
        row.decided_by, row.decision = by_text(self._who), reason
        return self._moved(row, DraftState.PUBLISHED, "published", before, reason)

    def reject(self, draft: str, match: Match, reason: str) -> Draft:
        """The draft is closed and nothing came of it.

        Raises:
            NotFound: There is none.
            Conflict: "precondition-failed" or "wrong-state".
        """
        row = self._open_row(draft, match)
        row.decided_by, row.decision = by_text(self._who), reason
        return self._moved(row, DraftState.REJECTED, "rejected", self._told(row), reason)

    def archive(self, kind: DraftKind, slug: str, match: Match, reason: str) -> int:
        """The number of the change with which the record left the register.

        Raises:
            NotFound: There is none.
            NotAllowed: Its organization stands in a country that the key is not for.
            Conflict: "precondition-failed"; "in-use", an organization that others name.
        """
        standing = require_visible(self._session, self._who, kind, slug)
        self._require_country(standing.organization, {})
        _require_match(match, self._read(kind, slug).tag)
        archive(self._press(reason), standing.kind, slug)
        return number_of(self._session, kind, slug)

    def verify(self, slug: str, *, method: str, role: str, on: date) -> PublishedRecord:
        """The service, verified on that day.

        Raises:
            NotFound, NotAllowed: As `archive`.
            FaultyData: The day is yet to come.
        """
        self._require_service(slug)
        record_verification(self._session, slug, method=method, role=role, on=on, cause=self._cause("verification"))
        return self._record(slug)

    def report(self, slug: str, *, capacity: Capacity, free_places: int | None, as_of: datetime) -> PublishedRecord:
        """The service with that report of its capacity. A provider reports its own without a review.

        Raises:
            NotFound, NotAllowed: As `archive`.
            FaultyData: The moment has no offset, is yet to come or before the last report; or places are negative.
        """
        self._require_service(slug)
        cause = self._cause("capacity report")
        record_report(self._session, slug, capacity=capacity, free_places=free_places, as_of=as_of, cause=cause)
        return self._record(slug)

    def quarantine(self, slug: str, *, is_on: bool, reason: str) -> PublishedRecord:
        """The service, in quarantine or out of it; routes know at the next request.

        Raises:
            NotFound, NotAllowed: As `archive`.
        """
        self._require_service(slug)
        record_quarantine(self._session, slug, quarantined=is_on, cause=self._cause(reason))
        return self._record(slug)

    @property
    def _is_provider(self) -> bool:
        return self._who.role is Role.PROVIDER

    def _cause(self, reason: str) -> Cause:
        return Cause(by=by_text(self._who), reason=reason, at=self._at)

    def _press(self, reason: str) -> Press:
        return Press(
            session=self._session, state=self._state, seal=self._house.seal, places=self._house.places,
            cause=self._cause(reason),
        )  # fmt: skip

    def _record(self, slug: str) -> PublishedRecord:
        self._session.flush()
        return self._read(DraftKind.SERVICE, slug)

    def _read(self, kind: DraftKind, slug: str) -> PublishedRecord:
        return read_record(self._session, self._who, kind, slug, limits=self._house.limits)

    def _require_service(self, slug: str) -> None:
        self._require_country(require_visible(self._session, self._who, "service", slug).organization, {})

    def _require_country(self, organization: str, body: Mapping[str, Any]) -> None:
        """A key for some countries writes there only; a new organization tells its country itself."""
        country = country_of(self._session, organization) or body.get("located_in") or body.get("country")
        if self._who.countries and country not in self._who.countries:
            raise NotAllowed("the key is for other countries")

    def _require_own_name(self, one: DraftInput) -> None:
        """Whether a slug of others is taken is not told. An update of a link is of one that she sees, whatever it is
        called."""
        own = self._who.organization or ""
        is_seen_link = one.kind == DraftKind.LINK and one.update_of is not None
        if not is_seen_link and one.slug != own and not one.slug.startswith(f"{own}."):
            raise NotFound("there is no such record")

    def _require_fitting(self, one: DraftInput, standing: Standing | None) -> None:
        """The draft may be written by whoever asks, and is sound by itself."""
        owner = self._owner(one)
        if self._is_provider:
            of_another = standing is not None and standing.organization != self._who.organization
            if owner != self._who.organization or of_another or (one.kind == "organization" and standing is None):
                raise NotFound("there is no such record")
        if one.update_of is not None and standing is None:
            raise NotFound("there is no such record")
        if one.update_of is None and standing is not None:
            raise Conflict("already-published", "a record with that slug is published; write a draft with update_of")
        require_own_slug(one.slug, one.body)
        self._require_country(owner, one.body)
        if standing is not None:
            self._require_country(standing.organization, {})
        if one.kind in PARTS_OF_SERVICE and one.update_of is None:
            raise FaultyData(faults_of([(("slug",), "missing-key", "a part comes into being with its service")]))
        read_body(one.kind, one.body)

    def _owner(self, one: DraftInput) -> str:
        if one.kind in PARTS_OF_SERVICE:
            standing = find_standing(self._session, one.kind, one.slug)
            return standing.organization if standing else ""
        name = {"organization": "slug", "link": "from_organization"}.get(str(one.kind), "organization")
        told = one.body.get(name, "")
        return told if isinstance(told, str) else ""

    def _added(self, one: DraftInput, standing: Standing | None) -> DraftRow:
        if self._is_provider:
            one = replace(one, body=with_hidden(one.body, body_of(one.kind, standing) if standing else {}))
        key = (record_kind(one.kind), one.slug)
        row = new_row(
            one, parted_body(one.body, slug=one.slug, seal=self._house.seal), number=next_number(self._session),
            rests_on=published_changes(self._session, [key]).get(key, 0), cause=self._cause(one.note),
            keys=(self._who.key_prefix,), is_proposal=self._is_provider,
        )  # fmt: skip
        row.organization = self._owner(one)
        self._session.add(row)
        self._note(row, "proposed", None, self._told(row), "")
        self._session.flush()
        return row

    def _sign_note(self, row: DraftRow) -> None:
        """Whether the note is for stewards only: one of them wrote it."""
        row.keys = sorted({*row.keys, STEWARDS_NOTE} - ({STEWARDS_NOTE} if self._is_provider else set()))

    def _put_body(self, row: DraftRow, body: Mapping[str, Any]) -> None:
        parted = parted_body(body, slug=row.slug, seal=self._house.seal)
        row.body, row.sealed, row.sealed_count, row.digest = parted.body, parted.sealed, parted.count, parted.digest

    def _open_row(self, draft: str, match: Match, *states: DraftState) -> DraftRow:
        row = find_row(self._session, self._who, draft)
        if row is None:
            raise NotFound("there is no such draft")
        _require_match(match, self._seen(row).tag)
        if row.state not in (states or OPEN_STATES):
            raise Conflict("wrong-state", "the draft is not in a state in which that can be done")
        self._require_country(row.organization, row.body)
        standing = find_standing(self._session, row.kind, row.slug)
        if standing is not None:
            self._require_country(standing.organization, {})
        return row

    def _seen(self, row: DraftRow) -> Draft:
        return seen_draft(self._who, draft_of(row))

    def _moved(self, row: DraftRow, state: str, action: str, before: Any, reason: str = "") -> Draft:
        row.state, row.version, row.updated_at = str(state), row.version + 1, self._at
        self._note(row, action, before, self._told(row), reason)
        self._session.flush()
        return self._seen(row)

    @staticmethod
    def _told(row: DraftRow) -> dict[str, Any]:
        """What the chain tells of a draft: where it stands, and a fingerprint of what it says."""
        return {"kind": row.kind, "slug": row.slug, "state": row.state, "digest": row.digest, "version": row.version}

    def _note(self, row: DraftRow, action: str, before: Any, after: Any, reason: str) -> None:
        change = change_row(("draft", str(row.id)), before, after, self._state.revision, self._cause(reason), action)
        append_changes(self._session, self._state, [change])


def by_text(who: Caller) -> str:
    """How the chain names whoever holds the key: organization, role, prefix; never a person."""
    return f"{who.owner} ({who.role.value}, key {who.key_prefix})"


def find_row(session: Session, who: Caller, draft: str) -> DraftRow | None:
    """The draft with that id as far as the caller may see it."""
    try:
        wanted = UUID(draft)
    except ValueError:
        return None
    row = session.exec(select(DraftRow).where(col(DraftRow.id) == wanted)).first()
    if row is not None and who.role is Role.PROVIDER and not (row.is_proposal and row.organization == who.organization):
        return None
    return row


def _require_match(match: Match, tag: str) -> None:
    if match is not None and tag not in match:
        raise Conflict("precondition-failed", "it is another one by now")
