"""How requests of stewards and providers are carried out: one transaction each, at most once, with an ETag."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.access import refuse_query
from app.api.answers import Told
from app.api.conditions import asked_once, draft_tag, is_fresh, record_tag
from app.api.house import house_of
from app.api.planning import json_body
from app.api.problems import request_language
from app.api.steward_answers import DraftAnswer, RecordAnswer
from app.domain.access import Caller
from app.domain.draft import Draft
from app.domain.errors import NotFound
from app.domain.stewardship import PublishedRecord

if TYPE_CHECKING:
    from app.registry.stewardship import Acts, Stewardship

BodyDep = Annotated[bytes, Depends(json_body)]
_SLUG = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+){0,40}")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_SLUG = 200


class Page(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200, description="Entries at most.")


def slug_of(slug: str) -> str:
    """The slug of the address.

    Raises:
        NotFound: It is none, so nothing can have it.
    """
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise NotFound("there is no such record")
    return slug


def id_of(draft: str) -> str:
    """The id of a draft in the address.

    Raises:
        NotFound: It is none, so nothing can have it.
    """
    if not _ID.fullmatch(draft):
        raise NotFound("there is no such draft")
    return draft


SlugDep = Annotated[str, Depends(slug_of)]
DraftDep = Annotated[str, Depends(id_of)]
NoQuery = Depends(refuse_query)


def stewardship_of(request: Request) -> "Stewardship":
    """The register in the hands of stewards.

    Raises:
        Refused: "not-ready".
    """
    return house_of(request).desk.stewardship


def carried_out(
    request: Request, who: Caller, work: "Callable[[Acts], Mapping[str, Any]]", *, key: str | None = None,
    body: bytes = b"",
) -> Response:  # fmt: skip
    """The answer to a request that changes something: `work` gives it as `told_record` and its like do.

    With an Idempotency-Key, the same request again gets the same answer and changes nothing.
    """
    once = asked_once(request, who, key, body)
    stewardship = stewardship_of(request)
    answer = stewardship.write_once(who, once, work) if once is not None else stewardship.write(who, work)
    headers = _headers(request)
    for name in ("ETag", "Location"):
        if answer.get(name):
            headers[name] = answer[name]
    return Response(answer["body"] or None, answer["status"], headers, "application/json" if answer["body"] else None)


def told(status: int, answer: Told | None, *, etag: str = "", location: str = "") -> dict[str, Any]:
    """An answer as it is sent now, and kept to be sent again."""
    body = answer.model_dump_json() if answer is not None else ""
    return {"status": status, "body": body, "ETag": etag, "Location": location}


def told_record(who: Caller, record: PublishedRecord) -> dict[str, Any]:
    """A published record."""
    etag = record_tag(who, record.tag)
    return told(200, RecordAnswer.of(record, etag), etag=etag)


def told_draft(who: Caller, draft: Draft, status: int = 200) -> dict[str, Any]:
    """A draft; a new one (201) with its address."""
    etag = draft_tag(who, draft.tag)
    location = f"/v1/drafts/{draft.id}" if status == 201 else ""
    return told(status, DraftAnswer.of(draft, etag), etag=etag, location=location)


def shown(request: Request, answer: Told, *, etag: str = "", if_none_match: str | None = None) -> Response:
    """The answer to a request that changes nothing; 304 when the copy at hand is still good."""
    headers = _headers(request)
    if etag:
        headers["ETag"] = etag
        if is_fresh(if_none_match, etag):
            return Response(None, 304, headers)
    return Response(answer.model_dump_json(), 200, headers, "application/json")


def _headers(request: Request) -> dict[str, str]:
    return {"Content-Language": request_language(request), "Vary": "Authorization, Accept-Language"}


CHANGING = ("bad-json", "bad-request", "empty-body", "not-acceptable", "body-too-large", "wrong-media-type",
            "faulty-data", "faulty-query")  # fmt: skip
ONCE = ("key-reused", "in-flight")
CONDITIONAL = ("precondition-required", "precondition-failed")


def documented(*problems: str, body: type[BaseModel] | None = None) -> dict[str, Any]:
    """How an operation fails and what its body is, for the contract."""
    told: dict[str, Any] = {"x-problems": list(dict.fromkeys(problems))}
    if body is not None:
        reference = {"$ref": f"#/components/schemas/{body.__name__}"}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    return told


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The copy at hand (If-None-Match) is good."}}
EMPTY: dict[int | str, dict[str, Any]] = {204: {"description": "Done; nothing to say."}}
EXAMPLES: Mapping[str, str] = {"slug": "Slug of a published record.", "draft": "Id of a draft."}
