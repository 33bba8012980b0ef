"""Published records for those who keep them: organizations, services, locations, service_at_locations and links.

None is edited in place: PATCH makes a draft. What is not a text but an event (verified, full, quarantined) is recorded
beside the record at once.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.access import CallerDep
from app.api.conditions import IdempotencyKey, IfMatch, IfNoneMatch, record_match, record_tag
from app.api.drafts import edit_of
from app.api.steward_answers import (
    ArchivedAnswer,
    ChangesAnswer,
    DraftAnswer,
    HistoryAnswer,
    RecordAnswer,
    RecordsAnswer,
    WorklistAnswer,
)
from app.api.steward_bodies import CapacityBody, EditBody, QuarantineBody, ReasonBody, VerifyBody, read_told
from app.api.upkeep import (
    CHANGING,
    CONDITIONAL,
    NOT_MODIFIED,
    ONCE,
    BodyDep,
    NoQuery,
    Page,
    SlugDep,
    carried_out,
    documented,
    shown,
    stewardship_of,
    told,
    told_draft,
    told_record,
)
from app.domain.access import Caller
from app.domain.draft import DraftKind
from app.domain.stewardship import PublishedRecord

if TYPE_CHECKING:
    from app.registry.stewardship import Acts

router = APIRouter(prefix="/v1", tags=["stewardship"])

COLLECTIONS: Mapping[str, DraftKind] = MappingProxyType(
    {
        "organizations": DraftKind.ORGANIZATION,
        "services": DraftKind.SERVICE,
        "locations": DraftKind.LOCATION,
        "service_at_locations": DraftKind.SERVICE_AT_LOCATION,
        "links": DraftKind.LINK,
    }
)
ARCHIVABLE = ("organizations", "services", "links")
"""A location and a service_at_location go with their service."""


class RecordsAsked(Page):
    """Which records."""

    after: str = Field(default="", max_length=200, pattern=r"^[a-z0-9.-]*$", description="`next` of the page before.")


class HistoryAsked(Page):
    """Which part of a history."""

    after: int = Field(default=0, ge=0, le=2**31 - 1, description="`next` of the page before.")


class ChangesAsked(Page):
    """Which changes."""

    since: str | None = Field(
        default=None, max_length=80, pattern=r"^[A-Za-z0-9_-]+$",
        description="`cursor` of the answer before; left out: from the beginning.",
    )  # fmt: skip


class WorklistAsked(Page):
    """Which services."""

    country: str | None = Field(default=None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")
    days: int = Field(default=14, ge=0, le=366, description="Those that will begin to warn within so many days, too.")
    after: str = Field(
        default="", max_length=240, description="`next` of the page before.",
        pattern=r"^((excluded|warned|never|coming)\.[0-9]{4}-[0-9]{2}-[0-9]{2}\.[a-z0-9.-]+)?$",
    )  # fmt: skip


def _add_list(collection: str, kind: DraftKind) -> None:
    @router.get(f"/{collection}", operation_id=f"list_{collection}", response_model=RecordsAnswer,
                summary=f"Published {collection}", openapi_extra=documented("faulty-query"))  # fmt: skip
    def list_records(request: Request, who: CallerDep, asked: Annotated[RecordsAsked, Query()]) -> Response:
        """All of them for a steward, by slug; for a provider its own."""
        records, more = stewardship_of(request).read(
            lambda views: views.records(who, kind, after=asked.after, limit=asked.limit)
        )
        answers = tuple(RecordAnswer.of(one, record_tag(who, one.tag)) for one in records)
        return shown(request, RecordsAnswer(records=answers, next=records[-1].slug if more else None))


def _add_item(collection: str, kind: DraftKind) -> None:
    # `GET /v1/services/{slug}` is what operators and partners see of it.
    path, name = f"/{collection}/{{slug}}", f"get_{kind}"
    if collection == "services":
        path, name = f"{path}/record", f"{name}_record"

    @router.get(path, operation_id=name, response_model=RecordAnswer,
                summary=f"One published {kind}", responses=NOT_MODIFIED, dependencies=[NoQuery],
                openapi_extra=documented("not-found", "faulty-query"))  # fmt: skip
    def get_record(request: Request, slug: SlugDep, who: CallerDep, if_none_match: IfNoneMatch = None) -> Response:
        """The record with its ETag, without restricted contacts; for a provider without what stewards noted of it."""
        record = stewardship_of(request).read(lambda views: views.record(who, kind, slug))
        etag = record_tag(who, record.tag)
        return shown(request, RecordAnswer.of(record, etag), etag=etag, if_none_match=if_none_match)

    @router.patch(f"/{collection}/{{slug}}", operation_id=f"edit_{kind}", response_model=DraftAnswer, status_code=201,
                  summary=f"Propose an edit of a published {kind}",
                  openapi_extra=documented(*CHANGING, *CONDITIONAL, "not-found", body=EditBody))  # fmt: skip
    def edit_record(
        request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, if_match: IfMatch = None
    ) -> Response:
        """A draft with `update_of`: the published record stays as it is until the draft is published. That of a
        provider is in review at once."""
        match, asked = record_match(who, if_match), read_told(body, EditBody)
        return carried_out(
            request, who, lambda acts: told_draft(who, acts.edit_record(kind, slug, match, edit_of(asked)), 201)
        )

    @router.get(f"/{collection}/{{slug}}/history", operation_id=f"get_history_of_{kind}", response_model=HistoryAnswer,
                summary=f"What became of one {kind}, field by field",
                openapi_extra=documented("not-found", "faulty-query"))  # fmt: skip
    def get_history(
        request: Request, slug: SlugDep, who: CallerDep, asked: Annotated[HistoryAsked, Query()]
    ) -> Response:
        """What changed, from what to what, when, why and by whom; of records that are not published any more, too.

        Restricted contacts, and contacts that are not open any more, are only said to have changed.
        """
        entries, more = stewardship_of(request).read(
            lambda views: views.history(kind, slug, after=asked.after, limit=asked.limit)
        )
        return shown(request, HistoryAnswer.of(entries, more))


def _add_archive(collection: str, kind: DraftKind) -> None:
    @router.post(f"/{collection}/{{slug}}/archive", operation_id=f"archive_{kind}", response_model=ArchivedAnswer,
                 summary=f"Take one {kind} out of the register",
                 openapi_extra=documented(*CHANGING, *CONDITIONAL, *ONCE, "not-found", "in-use",
                                          body=ReasonBody))  # fmt: skip
    def archive_record(
        request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, if_match: IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response:  # fmt: skip
        """The record is a tombstone; links and receptions to a service go with it. An organization goes last."""
        match, asked = record_match(who, if_match), read_told(body, ReasonBody)

        def archived(acts: "Acts") -> dict[str, Any]:
            acts.archive(kind, slug, match, asked.reason)
            return told(200, ArchivedAnswer(kind=kind, slug=slug))

        return carried_out(request, who, archived, key=key, body=body)


for _collection, _kind in COLLECTIONS.items():
    if _collection != "services":
        # `GET /v1/services` is the search of operators and partners.
        _add_list(_collection, _kind)
    _add_item(_collection, _kind)
    if _collection in ARCHIVABLE:
        _add_archive(_collection, _kind)


@router.post("/services/{slug}/verify", operation_id="verify_service", response_model=RecordAnswer,
             summary="Record that somebody looked",
             openapi_extra=documented(*CHANGING, *ONCE, "not-found", body=VerifyBody))  # fmt: skip
def verify_service(
    request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, key: IdempotencyKey = None
) -> Response:
    """The service, verified on that day: a lead becomes a route where no other fact is missing (H19)."""
    asked = read_told(body, VerifyBody)
    return _recorded(
        request, who, key, body,
        lambda acts: acts.verify(slug, method=asked.method.value, role=asked.role.value, on=asked.on),
    )  # fmt: skip


@router.post("/services/{slug}/capacity", operation_id="report_capacity", response_model=RecordAnswer,
             summary="Report free places",
             openapi_extra=documented(*CHANGING, *ONCE, "not-found", body=CapacityBody))  # fmt: skip
def report_capacity(
    request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, key: IdempotencyKey = None
) -> Response:
    """The service with the report, which is believed for a day (beds) or a week (H20). A provider reports its own."""
    asked = read_told(body, CapacityBody)
    as_of: Any = asked.as_of
    return _recorded(
        request, who, key, body,
        lambda acts: acts.report(slug, capacity=asked.state, free_places=asked.free_places, as_of=as_of),
    )  # fmt: skip


@router.post("/services/{slug}/quarantine", operation_id="quarantine_service", response_model=RecordAnswer,
             summary="Take a service out of all routes at once",
             openapi_extra=documented(*CHANGING, *ONCE, "not-found", body=QuarantineBody))  # fmt: skip
def quarantine_service(
    request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, key: IdempotencyKey = None
) -> Response:
    """The service, in no route from the next query on (H18). Its reason is told to stewards and auditors only."""
    reason = _reason(read_told(body, QuarantineBody))
    return _recorded(request, who, key, body, lambda acts: acts.quarantine(slug, is_on=True, reason=reason))


@router.post("/services/{slug}/lift", operation_id="lift_quarantine", response_model=RecordAnswer,
             summary="Let a service into routes again",
             openapi_extra=documented(*CHANGING, *ONCE, "not-found", body=QuarantineBody))  # fmt: skip
def lift_quarantine(
    request: Request, slug: SlugDep, body: BodyDep, who: CallerDep, key: IdempotencyKey = None
) -> Response:
    """The service, out of quarantine; everything else that closes it still does."""
    reason = _reason(read_told(body, QuarantineBody))
    return _recorded(request, who, key, body, lambda acts: acts.quarantine(slug, is_on=False, reason=reason))


@router.get("/changes", operation_id="list_changes", response_model=ChangesAnswer, summary="What changed since",
            openapi_extra=documented("faulty-query", "cursor-unknown"))  # fmt: skip
def list_changes(request: Request, asked: Annotated[ChangesAsked, Query()]) -> Response:
    """Every change of a published record, in the order of the chain, without values; tombstones among them.

    Nothing is ever added before a cursor that was given out, whoever writes at the same time.
    """
    found = stewardship_of(request).read(lambda views: views.changes(since=asked.since, limit=asked.limit))
    return shown(request, ChangesAnswer.of(found))


@router.get("/worklist", operation_id="list_worklist", response_model=WorklistAnswer,
            summary="Services to verify again", openapi_extra=documented("faulty-query"))  # fmt: skip
def list_worklist(request: Request, asked: Annotated[WorklistAsked, Query()]) -> Response:
    """First those that fell out of routes, then those that routes warn of, those never verified, and those to come."""
    found = stewardship_of(request).read(
        lambda views: views.worklist(country=asked.country, days=asked.days, after=asked.after, limit=asked.limit)
    )
    return shown(request, WorklistAnswer.of(found))


def _reason(asked: QuarantineBody) -> str:
    return f"{asked.reason.value}: {asked.note}" if asked.note else asked.reason.value


def _recorded(
    request: Request, who: Caller, key: str | None, body: bytes, work: "Callable[[Acts], PublishedRecord]"
) -> Response:
    return carried_out(request, who, lambda acts: told_record(who, work(acts)), key=key, body=body)
