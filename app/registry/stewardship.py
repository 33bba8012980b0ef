"""Stewardship of the register: everything about drafts and published records that is not loading or routing.

stewardship.read(lambda views: views.record(who, DraftKind.SERVICE, "kz-crisis.bed"))
stewardship.write(who, lambda acts: acts.publish(draft, match, reason))
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from app.domain.access import Caller
from app.domain.draft import Draft, DraftKind, DraftState
from app.domain.errors import NotFound
from app.domain.stewardship import Changes, FieldChange, HistoryEntry, Once, PublishedRecord, Worklist
from app.registry import histories, once, views
from app.registry.acts import Acts, House, find_row
from app.registry.bodies import for_provider
from app.registry.database import Database
from app.registry.drafting import draft_of
from app.registry.records import number_of, open_contacts_of

__all__ = ["Acts", "House", "Stewardship", "Views"]

T = TypeVar("T")


class Stewardship:
    """See the module. Made by `Store.stewardship`; thread-safe."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime], house: House) -> None:
        self._database = database
        self._clock = clock
        self._house = house

    def read(self, work: "Callable[[Views], T]") -> T:
        """What the work finds; all that it reads is of one moment."""
        with self._database.reading() as session:
            return work(Views(session, now=self._clock(), house=self._house))

    def write(self, who: Caller, work: Callable[[Acts], T]) -> T:
        """What the work gives back, when all of it is committed. Its faults leave the register as it was."""
        with self._database.writing() as session:
            return work(Acts(session, who=who, at=self._clock(), house=self._house))

    def write_once(self, who: Caller, asked: Once, work: Callable[[Acts], Any]) -> Any:
        """As `write`, with plain JSON as the answer; the same request again gets the same answer and does nothing.

        Raises:
            Conflict: "key-reused" or "in-flight", beside what the work raises.
        """
        with self._database.writing() as session:
            answer = once.begin(session, asked, self._clock())
        if answer is not None:
            return answer
        try:
            with self._database.writing() as session:
                answer = work(Acts(session, who=who, at=self._clock(), house=self._house))
                once.finish(session, asked, answer)
        except BaseException:
            with self._database.writing() as session:
                once.forget(session, asked)
            raise
        return answer


class Views:
    """What can be read; of use only inside `Stewardship.read`."""

    def __init__(self, session: Session, *, now: datetime, house: House) -> None:
        self._session = session
        self._now = now
        self._house = house

    def record(self, who: Caller, kind: DraftKind, slug: str) -> PublishedRecord:
        """The published record as the caller may see it.

        Raises:
            NotFound: There is none for this caller.
        """
        return views.read_record(self._session, who, kind, slug, limits=self._house.limits)

    def records(
        self, who: Caller, kind: DraftKind, *, after: str, limit: int
    ) -> tuple[tuple[PublishedRecord, ...], bool]:
        """Published records after that slug, and whether there are more."""
        return views.list_records(self._session, who, kind, after=after, limit=limit, limits=self._house.limits)

    def draft(self, who: Caller, draft: str) -> Draft:
        """The draft.

        Raises:
            NotFound: There is none for this caller.
        """
        row = find_row(self._session, who, draft)
        if row is None:
            raise NotFound("there is no such draft")
        return views.seen_draft(who, draft_of(row))

    def comparison(self, who: Caller, draft: Draft) -> tuple[FieldChange, ...]:
        """What the draft would change of the published record, field by field; all of it when it is a new one."""
        standing = views.standing_body(self._session, draft)
        seen = for_provider(standing) if views.is_provider(who) else standing
        known = open_contacts_of(seen) | open_contacts_of(draft.body)
        return tuple(histories.field_changes(seen, draft.body, known))

    def drafts(
        self, who: Caller, *, state: DraftState | None, kind: DraftKind | None, after: int, limit: int
    ) -> tuple[tuple[tuple[int, Draft], ...], bool]:
        """Drafts after that number, each with its own, oldest first; and whether there are more."""
        return views.list_drafts(self._session, who, state=state, kind=kind, after=after, limit=limit)

    def history(self, kind: DraftKind, slug: str, *, after: int, limit: int) -> tuple[tuple[HistoryEntry, ...], bool]:
        """Changes of one record after that number, oldest first, and whether there are more.

        Raises:
            NotFound: There never was such a record.
        """
        found = histories.history(self._session, kind, slug, after=after, limit=limit)
        if not found[0] and not number_of(self._session, kind, slug):
            raise NotFound("there is no such record")
        return found

    def changes(self, *, since: str | None, limit: int) -> Changes:
        """Changes of all records after that cursor.

        Raises:
            Conflict: "cursor-unknown".
        """
        return histories.changes(self._session, since=since, limit=limit)

    def worklist(self, *, country: str | None, days: int, after: str = "", limit: int) -> Worklist:
        """Services whose verification is due within so many days, the most pressing first; after that `next`."""
        return views.worklist(
            self._session, today=self._now.date(), limits=self._house.limits, country=country, days=days, after=after,
            limit=limit,
        )  # fmt: skip
