"""The register as authorities may look it up, and the flags that they raise; apart from all that is about people."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.access import CallerDep, check_country
from app.api.house import House, house_of
from app.api.planning import json_body
from app.api.problems import Parameter, Refused, request_language
from app.api.query import parameters_of, read_query
from app.api.search_answers import (
    CoverageAnswer,
    FlagReceipt,
    FlagsPage,
    FlagTold,
    ProviderAnswer,
    RegisterPage,
    area_told,
    envelope,
    flag_told,
    offer_told,
    provider_told,
    receipt,
    spell_told,
)
from app.api.search_bodies import CoverageQuery, FlagClosing, FlagRequest, FlagsQuery, ProviderQuery, RegisterQuery
from app.api.searching import links, region_faults
from app.api.wire import read_body
from app.domain.access import Caller
from app.domain.errors import FaultyData, FaultyProfile, NotFound
from app.domain.finding import Flag, FoundProvider, ProvidersAsked

router = APIRouter(prefix="/v1/register", tags=["register"])
BodyDep = Annotated[bytes, Depends(json_body)]
HouseDep = Annotated[House, Depends(house_of)]
Slug = Annotated[str, Path(max_length=200, alias="id", description="As the look-up gives it.")]
LATEST_CLOCK = timedelta(hours=6)
"""How far ahead of UTC it is where the service is used; a day that has begun there may be asked for."""
_OPEN: Mapping[str, bool | None] = MappingProxyType({"open": True, "closed": False, "all": None})


def _body(model: type[BaseModel]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}}


@router.get(
    "",
    operation_id="find_providers",
    summary="Registered providers, now or on a day",
    response_model=RegisterPage,
    openapi_extra={"parameters": parameters_of(RegisterQuery)},
)
def find_providers(request: Request, caller: CallerDep, house: HouseDep) -> Response:
    """Providers by name, number, authority, country, region and status, with where each value is from and when it was
    checked; unknown is shown as unknown. With `on`, what was published at the end of that day, and the registrations
    as they held on it; with a day that has begun in Kyrgyzstan and not yet in UTC, what is published now.

    Confidential services are told as "registered, region X" only, and only where the provider consents.
    """
    asked = read_query(request, RegisterQuery, lambda told: _faults(told, house))
    on = _today(house) if asked.on is None else asked.on
    wanted = ProvidersAsked(
        words=asked.name, number=asked.number, authority=asked.authority, countries=_countries(caller, asked.country),
        regions=asked.region, statuses=asked.status, kinds=asked.kind, on=on, page=asked.page, per_page=asked.per_page,
    )  # fmt: skip
    page, areas = house.desk.finder.providers(wanted)
    regions = {slug: place.admin1 for slug, place in house.places.items()}
    told = RegisterPage(
        **envelope(page, number=asked.page, per_page=asked.per_page),
        on=on,
        contents=tuple(provider_told(found, regions) for found in page.found),
        facets={name: dict(counts) for name, counts in page.facets.items()},
        confidential=tuple(map(area_told, areas)),
    )
    return _sent(request, told, Link=links(request, number=asked.page, pages=told.total_pages))


@router.get(
    "/coverage",
    operation_id="show_coverage",
    summary="What is offered in which region",
    response_model=CoverageAnswer,
    openapi_extra={"parameters": parameters_of(CoverageQuery)},
)
def show_coverage(request: Request, caller: CallerDep, house: HouseDep) -> Response:
    """How many public services of each code a region has; confidential ones are not counted, small counts not told."""
    asked = read_query(request, CoverageQuery)
    offers = house.desk.finder.offers(_countries(caller, asked.country))
    return _sent(request, CoverageAnswer(offers=tuple(map(offer_told, offers))))


@router.get(
    "/flags",
    operation_id="list_flags",
    summary="Discrepancies that authorities raised",
    response_model=FlagsPage,
    openapi_extra={"parameters": parameters_of(FlagsQuery)},
)
def list_flags(request: Request, caller: CallerDep, house: HouseDep) -> Response:
    """The flags of the countries of the key, the latest first."""
    asked = read_query(request, FlagsQuery)
    page = house.desk.finder.flags(
        countries=caller.countries, is_open=_OPEN[asked.state], page=asked.page, per_page=asked.per_page
    )
    told = FlagsPage(
        **envelope(page, number=asked.page, per_page=asked.per_page), contents=tuple(map(flag_told, page.found))
    )
    return _sent(request, told, Link=links(request, number=asked.page, pages=told.total_pages))


@router.post(
    "/flags/{flag}/close",
    operation_id="close_flag",
    summary="End a flag with an outcome",
    response_model=FlagTold,
    openapi_extra=_body(FlagClosing),
)
async def close_flag(request: Request, flag: str, body: BodyDep, caller: CallerDep) -> Response:
    """The flag, closed. It changes nothing of the provider: whoever confirms one changes the record besides."""
    house = house_of(request)
    asked = _read(body, FlagClosing)

    def closed() -> Flag:
        return house.desk.finder.close_flag(
            _known_form(flag), outcome=asked.outcome, by=caller.owner, countries=caller.countries
        )

    return _sent(request, flag_told(await run_in_threadpool(closed)))


@router.get(
    "/{id}",
    operation_id="get_provider",
    summary="One registered provider with its history",
    response_model=ProviderAnswer,
    openapi_extra={"parameters": parameters_of(ProviderQuery)},
)
def get_provider(request: Request, slug: Slug, caller: CallerDep, house: HouseDep) -> Response:
    """The provider now or on a day, and the times during which its status was the same. Confidential, absent and not
    yet or no more published look alike.
    """
    asked = read_query(request, ProviderQuery, lambda told: _day_faults(told, house))
    on = _today(house) if asked.on is None else asked.on
    found = house.desk.finder.provider(slug, on=on)
    _check_home(caller, found.provider)
    regions = {place: one.admin1 for place, one in house.places.items()}
    told = ProviderAnswer(
        on=on, provider=provider_told(found.provider, regions), history=tuple(map(spell_told, found.history))
    )
    return _sent(request, told)


@router.post(
    "/{id}/flags",
    operation_id="raise_flag",
    summary="Tell a steward that something does not agree",
    response_model=FlagReceipt,
    status_code=201,
    openapi_extra=_body(FlagRequest),
)
async def raise_flag(request: Request, slug: Slug, body: BodyDep, caller: CallerDep) -> Response:
    """A receipt. Stewards read the flag and nobody else; the record stays as it is until a steward changes it."""
    house = house_of(request)
    asked = _read(body, FlagRequest)

    def raised() -> Flag:
        _check_home(caller, house.desk.finder.provider(slug).provider)
        return house.desk.finder.raise_flag(slug, kind=asked.kind, field=asked.field, text=asked.text, by=caller.owner)

    return _sent(request, receipt(await run_in_threadpool(raised)), status=201)


def _sent(request: Request, told: BaseModel, *, status: int = 200, **headers: str) -> Response:
    always = {"Content-Language": request_language(request), "Vary": "Authorization, Accept-Language"}
    return Response(told.model_dump_json(), status, always | headers, "application/json")


def _read(body: bytes, kind: type[Any]) -> Any:
    """The body of that kind.

    Raises:
        Refused: It is no JSON.
        FaultyData: With every fault.
    """
    try:
        return read_body(body, kind)
    except FaultyProfile as faulty:
        raise FaultyData(faulty.faults) from None


def _known_form(flag: str) -> str:
    try:
        return str(UUID(flag))
    except ValueError:
        raise Refused("not-found") from None


def _today(house: House) -> date:
    return house.clock().astimezone(UTC).date()


def _countries(caller: Caller, asked: tuple[str, ...]) -> tuple[str, ...]:
    for country in asked:
        check_country(caller, country)
    return asked or caller.countries


def _check_home(caller: Caller, found: FoundProvider) -> None:
    if caller.countries and found.content["country"] not in caller.countries:
        raise NotFound("there is no such provider")


def _faults(told: Mapping[str, Any], house: House) -> Iterator[Parameter]:
    yield from region_faults(told, house)
    yield from _day_faults(told, house)


def _day_faults(told: Mapping[str, Any], house: House) -> Iterator[Parameter]:
    try:
        later = date.fromisoformat(str(told.get("on", ""))) > (house.clock().astimezone(UTC) + LATEST_CLOCK).date()
    except ValueError:
        return
    if later:
        yield "on", "in-the-future", "name today or a day before"
