"""Every fault as RFC 9457 `application/problem+json`: one table of status numbers, no value of the request repeated."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.domain.errors import Fault, FaultyData, FaultyProfile, ReferralError
from app.texts import say

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:referral:problem:"
MOST_ERRORS = 100
"""No answer lists more faults; whoever mends these sees the rest next."""

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "bad-json": 400,
        "bad-request": 400,
        "empty-body": 400,
        "not-known": 401,
        "not-allowed": 403,
        "own-draft": 403,
        "not-found": 404,
        "method-not-allowed": 405,
        "not-acceptable": 406,
        "already-published": 409,
        "in-flight": 409,
        "in-use": 409,
        "settled": 409,
        "stale-draft": 409,
        "wrong-state": 409,
        "precondition-failed": 412,
        "body-too-large": 413,
        "wrong-media-type": 415,
        "cursor-unknown": 422,
        "faulty-data": 422,
        "faulty-profile": 422,
        "faulty-query": 422,
        "key-reused": 422,
        "precondition-required": 428,
        "too-many-flags": 429,
        "internal": 500,
        "busy": 503,
        "database-away": 503,
        "not-ready": 503,
        "over-budget": 503,
    }
)
"""HTTP status by problem code. A fault of ours that is not here is our own mistake: 500."""

HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "not-known": {"WWW-Authenticate": 'Bearer realm="referral"'},
        "busy": {"Retry-After": "1"},
        "database-away": {"Retry-After": "2"},
        "not-ready": {"Retry-After": "5"},
        "body-too-large": {"Connection": "close"},
    }
)
_BY_STATUS = {400: "bad-request", 401: "not-known", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed",
              406: "not-acceptable", 413: "body-too-large", 415: "wrong-media-type", 503: "not-ready"}  # fmt: skip


class Refused(ReferralError):
    """A request that is turned away before anybody looks at what it asks; `code` is one of `STATUS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


Parameter = tuple[str | None, str, str]
"""A parameter at fault (`None`: one that is not ours), the code of the fault, and how to mend it."""


class FaultyQuery(ReferralError):
    """Parameters of the address are wrong; carries every fault, values left out."""

    code = "faulty-query"

    def __init__(self, faults: Iterable[Parameter]) -> None:
        self.faults = tuple(sorted(set(faults), key=str))
        super().__init__(f"{len(self.faults)} faults in the address")


class ProblemError(BaseModel):
    """One fault. It tells where and how to mend it, and never repeats what stood there."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    pointer: str = Field(
        description="JSON Pointer into the request body (RFC 6901); the parent object when the name of a field is at "
        "fault, since names are not repeated. Empty for the whole body and for a query parameter.",
        examples=["/profile/location/place"],
    )
    parameter: str | None = Field(default=None, description="Query parameter at fault, if one is.")
    code: str = Field(description="Stable code of the fault.", examples=["unknown-place"])
    detail: str = Field(description="How to mend it, in the asked language.")


class Problem(BaseModel):
    """A problem as RFC 9457 tells it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: str = Field(description="`urn:referral:problem:` and the code.", examples=["urn:referral:problem:not-known"])
    title: str = Field(description="What happened, in the asked language; the same for every problem of that code.")
    status: int = Field(description="The HTTP status, again.", ge=400, le=599)
    detail: str = Field(description="What to do about it, in the asked language.")
    code: str = Field(description="Stable code.", examples=sorted(STATUS))
    errors: tuple[ProblemError, ...] = Field(description="Every fault of the request at once, by pointer.")
    request_id: str = Field(description="As in the X-Request-ID header; name it when you ask for help.")


def problem_response(
    code: str, *, language: str, request_id: str, errors: Iterable[ProblemError] = (), allow: str | None = None
) -> Response:
    """The problem of that code, ready to send. `allow` is the Allow header of a 405."""
    status = STATUS[code]
    problem = Problem(
        type=TYPE_PREFIX + code,
        title=say(f"problem.{code}.title", language),
        status=status,
        detail=say(f"problem.{code}.detail", language),
        code=code,
        errors=tuple(errors)[:MOST_ERRORS],
        request_id=request_id,
    )
    headers = {"Content-Language": language, **HEADERS.get(code, {}), **({"Allow": allow} if allow else {})}
    return Response(problem.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def fault_errors(faults: Iterable[Fault], language: str) -> tuple[ProblemError, ...]:
    """The faults as the problem lists them, by pointer and code, each once."""
    return tuple(
        ProblemError(pointer=fault.pointer, code=fault.code, detail=_mending(fault.code, fault.mend, language))
        for fault in sorted(set(faults))
    )


def parameter_errors(faults: Iterable[Parameter], language: str) -> tuple[ProblemError, ...]:
    """The faults of parameters as the problem lists them."""
    return tuple(
        ProblemError(pointer="", parameter=name, code=code, detail=_mending(code, mend, language))
        for name, code, mend in faults
    )


def parameter_fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    """The code of what pydantic found wrong with a parameter, and how to mend it: the values of a closed list."""
    if fault["type"] in ("enum", "literal_error"):
        return "unknown-value", str(fault["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    return "bad-parameter", ""


def _mending(code: str, mend: str, language: str) -> str:
    return say(f"fault.{code}", language, mend=mend)


def request_language(request: Request) -> str:
    """The language of the answer: the one the header asks for, unless the request itself names another."""
    return str(request.scope["state"]["language"])


def respond(request: Request, code: str, errors: Iterable[ProblemError] = (), allow: str | None = None) -> Response:
    """The problem of that code as the answer to this request."""
    return problem_response(
        code,
        language=request_language(request),
        request_id=str(request.scope["state"]["request_id"]),
        errors=errors,
        allow=allow,
    )


async def _on_ours(request: Request, error: ReferralError) -> Response:
    if error.code not in STATUS or STATUS[error.code] == 500:
        raise error
    if isinstance(error, FaultyQuery):
        return respond(request, error.code, parameter_errors(error.faults, request_language(request)))
    faults = error.faults if isinstance(error, FaultyProfile | FaultyData) else ()
    return respond(request, error.code, fault_errors(faults, request_language(request)))


async def _on_framework(request: Request, error: HTTPException) -> Response:
    allow = _methods_of(request) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else None
    return respond(request, _BY_STATUS.get(error.status_code, "bad-request"), allow=allow)


def _methods_of(request: Request) -> str:
    """Every method that the address knows, by the alphabet; the framework names those of one endpoint only."""
    methods: Mapping[str, str] = request.app.state.methods
    return methods.get(str(getattr(request.scope.get("route"), "path", "")), "GET")


async def _on_query(request: Request, error: RequestValidationError) -> Response:
    """Path and query parameters only: bodies are read by `wire`. An unknown parameter is not named."""
    language = request_language(request)
    found: set[Parameter] = set()
    for fault in error.errors():
        unknown = fault["type"] == "extra_forbidden" or len(fault["loc"]) < 2
        name = None if unknown else str(fault["loc"][1])
        found.add((name, *(("unknown-parameter", "") if unknown else parameter_fault(fault))))
    return respond(request, "faulty-query", parameter_errors(sorted(found, key=str), language))


def install_problems(app: FastAPI) -> None:
    """Makes every fault of ours and of the framework a problem."""
    handlers: dict[Any, Any] = {
        ReferralError: _on_ours, HTTPException: _on_framework, RequestValidationError: _on_query,
    }  # fmt: skip
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
