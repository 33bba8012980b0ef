"""`/v1/drafts`: what is proposed, from the first word to the day on which it is published or rejected."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import CallerDep
from app.api.conditions import IdempotencyKey, IfMatch, IfNoneMatch, draft_match, draft_tag
from app.api.steward_answers import ComparisonAnswer, DraftAnswer, DraftsAnswer, FieldAnswer
from app.api.steward_bodies import DecisionBody, DraftBody, EditBody, ReasonBody, read_told
from app.api.upkeep import (
    CHANGING,
    CONDITIONAL,
    EMPTY,
    NOT_MODIFIED,
    ONCE,
    BodyDep,
    DraftDep,
    NoQuery,
    Page,
    carried_out,
    documented,
    shown,
    stewardship_of,
    told,
    told_draft,
)
from app.domain.draft import DraftInput, DraftKind, DraftState
from app.domain.stewardship import Edit

if TYPE_CHECKING:
    from app.registry.stewardship import Acts

router = APIRouter(prefix="/v1/drafts", tags=["stewardship"])


class DraftsAsked(Page):
    """Which drafts."""

    state: DraftState | None = Field(default=None, description="Only those in that state.")
    kind: DraftKind | None = Field(default=None, description="Only those of that kind.")
    after: int = Field(default=0, ge=0, le=2**31 - 1, description="`next` of the page before.")


@router.get("", operation_id="list_drafts", summary="Drafts, oldest first", response_model=DraftsAnswer,
            openapi_extra=documented("faulty-query"))  # fmt: skip
def list_drafts(request: Request, who: CallerDep, asked: Annotated[DraftsAsked, Query()]) -> Response:
    """Every draft for a steward; for a provider those that its own keys proposed."""
    drafts, more = stewardship_of(request).read(
        lambda views: views.drafts(who, state=asked.state, kind=asked.kind, after=asked.after, limit=asked.limit)
    )
    answers = tuple(DraftAnswer.of(draft, draft_tag(who, draft.tag)) for _, draft in drafts)
    return shown(request, DraftsAnswer(drafts=answers, next=drafts[-1][0] if more else None))


@router.post("", operation_id="create_draft", summary="Propose a new record, or another text of a published one",
             status_code=201, response_model=DraftAnswer,
             openapi_extra=documented(*CHANGING, *ONCE, "not-found", "already-published", body=DraftBody))  # fmt: skip
def create_draft(request: Request, body: BodyDep, who: CallerDep, key: IdempotencyKey = None) -> Response:
    """The draft. That of a provider is of its own organization and in review at once."""
    asked = read_told(body, DraftBody)
    proposed = DraftInput(
        kind=asked.kind, slug=asked.slug, body=asked.body, update_of=asked.update_of, note=asked.note,
        keeps_sealed=asked.sealed == "keep",
    )  # fmt: skip
    return carried_out(request, who, lambda acts: told_draft(who, acts.create_draft(proposed), 201), key=key, body=body)


@router.get("/{draft}", operation_id="get_draft", summary="One draft", response_model=DraftAnswer,
            responses=NOT_MODIFIED, dependencies=[NoQuery],
            openapi_extra=documented("not-found", "faulty-query"))  # fmt: skip
def get_draft(request: Request, draft: DraftDep, who: CallerDep, if_none_match: IfNoneMatch = None) -> Response:
    """The draft with its ETag."""
    found = stewardship_of(request).read(lambda views: views.draft(who, draft))
    etag = draft_tag(who, found.tag)
    return shown(request, DraftAnswer.of(found, etag), etag=etag, if_none_match=if_none_match)


@router.get("/{draft}/comparison", operation_id="compare_draft", summary="What a draft would change",
            response_model=ComparisonAnswer, dependencies=[NoQuery],
            openapi_extra=documented("not-found", "faulty-query"))  # fmt: skip
def compare_draft(request: Request, draft: DraftDep, who: CallerDep) -> Response:
    """Every field of the published record that would become another, as the register is now."""
    changes = stewardship_of(request).read(lambda views: views.comparison(who, views.draft(who, draft)))
    return shown(request, ComparisonAnswer(changes=FieldAnswer.all_of(changes)))


@router.patch("/{draft}", operation_id="edit_draft", summary="Edit a draft", response_model=DraftAnswer,
              openapi_extra=documented(*CHANGING, *CONDITIONAL, "not-found", "wrong-state", body=EditBody))  # fmt: skip
def edit_draft(request: Request, draft: DraftDep, body: BodyDep, who: CallerDep, if_match: IfMatch = None) -> Response:
    """The draft, changed. Whoever edits it is one of its authors."""
    match, asked = draft_match(who, if_match), read_told(body, EditBody)
    return carried_out(request, who, lambda acts: told_draft(who, acts.edit_draft(draft, match, edit_of(asked))))


@router.delete("/{draft}", operation_id="drop_draft", summary="Drop a draft", status_code=204, responses=EMPTY,
               dependencies=[NoQuery],
               openapi_extra=documented("not-found", "faulty-query", "wrong-state", *CONDITIONAL))  # fmt: skip
def drop_draft(request: Request, draft: DraftDep, who: CallerDep, if_match: IfMatch = None) -> Response:
    """Nothing is left of it but a line on the chain of changes."""
    match = draft_match(who, if_match)

    def dropped(acts: "Acts") -> dict[str, Any]:
        acts.drop_draft(draft, match)
        return told(204, None)

    return carried_out(request, who, dropped)


@router.post("/{draft}/submit", operation_id="submit_draft", summary="Ask for a review", response_model=DraftAnswer,
             dependencies=[NoQuery],
             openapi_extra=documented("not-found", "faulty-query", "faulty-data", "bad-request", *CONDITIONAL, *ONCE,
                                      "stale-draft", "wrong-state"))  # fmt: skip
def submit_draft(
    request: Request, draft: DraftDep, who: CallerDep, if_match: IfMatch = None, key: IdempotencyKey = None
) -> Response:
    """The draft, in review: it is sound beside everything that is published."""
    match = draft_match(who, if_match)
    return carried_out(request, who, lambda acts: told_draft(who, acts.submit(draft, match)), key=key)


@router.post("/{draft}/publish", operation_id="publish_draft", summary="Publish a draft", response_model=DraftAnswer,
             openapi_extra=documented(*CHANGING, *CONDITIONAL, *ONCE, "not-found", "own-draft", "stale-draft",
                                      "wrong-state", body=DecisionBody))  # fmt: skip
def publish_draft(
    request: Request, draft: DraftDep, body: BodyDep, who: CallerDep, if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """The register says what the draft says, in one step; the draft that said it before is archived.

    Somebody else publishes a draft than whoever wrote it, unless the deployment has one steward only.
    """
    match, asked = draft_match(who, if_match), read_told(body, DecisionBody)
    return carried_out(
        request, who, lambda acts: told_draft(who, acts.publish(draft, match, asked.reason)), key=key, body=body
    )


@router.post("/{draft}/reject", operation_id="reject_draft", summary="Reject a draft", response_model=DraftAnswer,
             openapi_extra=documented(*CHANGING, *CONDITIONAL, *ONCE, "not-found", "wrong-state",
                                      body=ReasonBody))  # fmt: skip
def reject_draft(
    request: Request, draft: DraftDep, body: BodyDep, who: CallerDep, if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """The draft is closed; whoever proposed it reads why."""
    match, asked = draft_match(who, if_match), read_told(body, ReasonBody)
    return carried_out(
        request, who, lambda acts: told_draft(who, acts.reject(draft, match, asked.reason)), key=key, body=body
    )


def edit_of(asked: EditBody) -> Edit:
    """The edit that a body asks for."""
    keeps = None if asked.sealed is None else asked.sealed == "keep"
    return Edit(body=asked.body, note=asked.note, keeps_sealed=keeps)
