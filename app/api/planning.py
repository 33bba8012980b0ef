"""`POST /v1/routes` and `POST /v1/routes/why-not`: the profile comes in the body, is used, and is forgotten."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.api.access import TIERS, CallerDep, check_country, refuse_query
from app.api.answers import RoutesAnswer, Told, WhyNotAnswer
from app.api.body import Explain, RoutesRequest, WhyNotRequest
from app.api.house import House, Turnstile, house_of
from app.api.problems import Refused, request_language
from app.api.reference import statements
from app.api.shaping import Manner, shaped_routes, shaped_why_not
from app.api.wire import named_language, read_routes, read_why_not
from app.domain.profile import Profile

router = APIRouter(prefix="/v1", tags=["planning"])

_JSON = re.compile(r'application/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?', re.IGNORECASE)
_JSON_RANGES = ("application/json", "application/*", "*/*")


def _request_body(model: type[RoutesRequest] | type[WhyNotRequest]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}}


async def json_body(request: Request) -> bytes:
    """The body, not yet read as JSON.

    Raises:
        Refused: The address carries a query, no JSON is accepted, or the body is of another type.
    """
    refuse_query(request)
    if not accepts_json(request.headers.get("accept", "*/*")):
        raise Refused("not-acceptable")
    encoding = request.headers.get("content-encoding", "identity").lower()
    if not _JSON.fullmatch(request.headers.get("content-type", "")) or encoding != "identity":
        raise Refused("wrong-media-type")
    return await request.body()


def accepts_json(accept: str) -> bool:
    """Whether an Accept header (RFC 9110, 12.5.1) lets JSON be sent; the most exact range decides."""
    qualities: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        told = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        qualities[media] = float(told) if re.fullmatch(r"[01](\.\d{0,3})?", told) else 0.0
    return next((qualities[media] > 0 for media in _JSON_RANGES if media in qualities), False)


BodyDep = Annotated[bytes, Depends(json_body)]


@router.post(
    "/routes",
    summary="Safe, ranked, explained routes for one profile",
    operation_id="plan_routes",
    response_model=RoutesAnswer,
    openapi_extra=_request_body(RoutesRequest),
)
async def plan_routes(request: Request, body: BodyDep, caller: CallerDep) -> Response:
    """Routes over verified providers; where these do not suffice, leads over listed ones: call first. `outcome` tells
    which. Finding no safe route is an answer (200), with gaps, questions and people to call.

    The profile is used for this request and kept nowhere; the answer is never cached.
    """
    house = house_of(request)
    languages = _languages(request, body)
    asked = read_routes(body, house.gazetteer, languages)
    check_country(caller, asked.profile.location.country)

    def planned() -> bytes:
        reply = house.desk.plan(
            asked.profile,
            as_of=asked.as_of,
            alternatives=asked.alternatives,
            tier=TIERS[caller.role],
            holder=caller.owner,
        )
        return _told(shaped_routes(reply, _manner(request, house, asked.profile, asked.explain)))

    return _answer(request, await _computed(request, planned))


@router.post(
    "/routes/why-not",
    summary="What stands between the person and one service point",
    operation_id="explain_why_not",
    response_model=WhyNotAnswer,
    openapi_extra=_request_body(WhyNotRequest),
)
async def explain_why_not(request: Request, body: BodyDep, caller: CallerDep) -> Response:
    """Every rule that closes something of the service point for this profile, and what would open it."""
    house = house_of(request)
    languages = _languages(request, body)
    asked = read_why_not(body, house.gazetteer, languages)
    check_country(caller, asked.profile.location.country)

    def explained() -> bytes:
        reply = house.desk.why_not(asked.profile, asked.point, as_of=asked.as_of)
        return _told(shaped_why_not(reply, _manner(request, house, asked.profile, Explain.SUMMARY)))

    return _answer(request, await _computed(request, explained))


def _languages(request: Request, body: bytes) -> tuple[str, ...]:
    """The languages offered; the one that the body names is from now on that of the request, of its problems too."""
    offered: tuple[str, ...] = request.app.state.languages
    named = named_language(body, offered)
    if named is not None:
        request.scope["state"]["language"] = named
    return offered


async def _computed(request: Request, work: Callable[[], bytes]) -> bytes:
    """The work, done beside the event loop: a plan is computing, not waiting."""
    turnstile: Turnstile = request.app.state.turnstile
    return await turnstile.computed(work)


def _manner(request: Request, house: House, profile: Profile, explain: Explain) -> Manner:
    language = request_language(request)
    return Manner(
        language=language,
        explain=explain,
        timezone=house.places[profile.location.place].timezone,
        request_id=str(request.scope["state"]["request_id"]),
        statements=statements(house.desk.rules(), language) if explain is Explain.FULL else {},
    )


def _told(answer: Told) -> bytes:
    return answer.model_dump_json().encode()


def _answer(request: Request, body: bytes) -> Response:
    headers = {"Content-Language": request_language(request), "Vary": "Authorization, Accept-Language"}
    return Response(body, 200, headers, "application/json")
