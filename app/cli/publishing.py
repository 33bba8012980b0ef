"""What `referral drafts` and `referral publish` do: imported drafts are looked through and published together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cli.house import EXIT_DIFFERENCE, counted, err, out, print_table
from app.desk import Desk
from app.domain.access import Caller, Role
from app.domain.draft import Draft, DraftKind, DraftState
from app.domain.errors import FaultyData, NotFound, ReferralError

if TYPE_CHECKING:
    from app.registry.stewardship import Acts

OPEN = (DraftState.DRAFT, DraftState.REVIEW)
ORDER = (
    DraftKind.ORGANIZATION, DraftKind.SERVICE, DraftKind.LOCATION, DraftKind.SERVICE_AT_LOCATION, DraftKind.LINK,
)  # fmt: skip
"""What others need comes first: a service stands beside its organization, a link between two of them."""
KEY = "command-line"
"""Stands where requests have the prefix of a key; whoever wrote a draft with a key is somebody else."""
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which open drafts are meant: those with these slugs, those that `written_by` wrote; with neither, every one."""

    slugs: frozenset[str]
    written_by: str = ""

    def holds(self, draft: Draft) -> bool:
        """Whether the draft is one of them."""
        by_slug = not self.slugs or draft.slug in self.slugs
        return draft.state in OPEN and by_slug and (not self.written_by or draft.by == self.written_by)


def list_drafts(desk: Desk, chosen: Chosen) -> None:
    """A table of the open drafts, in the order in which they would be published."""
    headings = ("draft", "kind", "slug", "update of", "state", "by", "note")
    found = open_drafts(desk, chosen)
    if not found:
        out.print("no open draft", highlight=False)
        return
    rows = [(one.id, one.kind, one.slug, one.update_of or "", one.state, one.by, one.note) for one in found]
    print_table(headings, rows)


def publish(desk: Desk, chosen: Chosen, *, apply: bool, by: str, reason: str) -> None:
    """Every draft that is sound beside what is published becomes what the register says, one by one.

    Those that are not are named, and stay as they were. Without `apply` it is only told how many there are.

    A draft that somebody with a key wrote has to be in review: only who wrote it knows when it is finished.

    Raises:
        NotFound: A slug has no open draft, or nothing says which drafts are meant.
        SystemExit: One or more could not be published.
    """
    if not chosen.slugs and not chosen.written_by:
        raise NotFound("name the records, or with --of whose drafts are meant")
    found = open_drafts(desk, chosen)
    missing = chosen.slugs - {one.slug for one in found}
    if missing:
        raise NotFound(f"no open draft of: {', '.join(sorted(missing))}")
    if not apply:
        out.print(f"{counted(len(found), 'draft')} would be published; --apply does it", highlight=False)
        return
    refused = [told for one in found if (told := _publish_one(desk, one, by=by, reason=reason))]
    for told in refused:
        err.print(told, style="red", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{len(found) - len(refused)} published, {len(refused)} not", highlight=False)
    if refused:
        raise SystemExit(EXIT_DIFFERENCE)


def open_drafts(desk: Desk, chosen: Chosen) -> list[Draft]:
    """The drafts that are meant and not decided on, what others need first, then as they were written."""
    return [one for kind in ORDER for one in _drafts_of(desk, kind) if chosen.holds(one)]


def _drafts_of(desk: Desk, kind: DraftKind) -> Iterator[Draft]:
    after, more = 0, True
    while more:
        page, more = _page(desk, kind, after)
        yield from (draft for _, draft in page)
        after = page[-1][0] if page else after


def _page(desk: Desk, kind: DraftKind, after: int) -> tuple[tuple[tuple[int, Draft], ...], bool]:
    return desk.stewardship.read(
        lambda views: views.drafts(_steward(""), state=None, kind=kind, after=after, limit=_PAGE)
    )


def _publish_one(desk: Desk, draft: Draft, *, by: str, reason: str) -> str:
    """Why the draft was not published; "" when it was."""
    try:
        desk.stewardship.write(_steward(by), lambda acts: _published(acts, draft, reason))
    except FaultyData as faulty:
        return f"{draft.kind} {draft.slug}: " + "; ".join(str(fault) for fault in faulty.faults)
    except ReferralError as refused:
        return f"{draft.kind} {draft.slug}: {refused}"
    return ""


def _published(acts: "Acts", draft: Draft, reason: str) -> None:
    """In one transaction: an imported draft is submitted first, so that it is judged as any other."""
    seen = frozenset({draft.tag})
    imported = draft.state is DraftState.DRAFT and ", key " not in draft.by
    submitted = acts.submit(draft.id, seen) if imported else draft
    acts.publish(draft.id, frozenset({submitted.tag}), reason)


def _steward(by: str) -> Caller:
    return Caller(role=Role.STEWARD, owner=by, key_prefix=KEY)
