"""Searching services: what is not about a person in an address, what is in a body. Nothing of either is kept."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.access import TIERS, CallerDep, check_country
from app.api.house import House, house_of
from app.api.matching import PLACE_MEND
from app.api.planning import json_body
from app.api.problems import Parameter, request_language
from app.api.query import parameters_of, read_query
from app.api.reference import sent
from app.api.search_answers import ServicesPage, ServiceTold, envelope, service_told
from app.api.search_bodies import ApplicantBody, NoQuery, ServicesQuery, ServicesSearch
from app.api.upkeep import SlugDep
from app.api.wire import read_body
from app.domain.access import Caller, Role
from app.domain.admission import Applicant
from app.domain.errors import Fault
from app.domain.finding import FoundService, Page, ServicesAsked, Sort
from app.domain.profile import Companion

router = APIRouter(prefix="/v1", tags=["register"])
BodyDep = Annotated[bytes, Depends(json_body)]
HouseDep = Annotated[House, Depends(house_of)]


@router.get(
    "/services",
    operation_id="find_services",
    summary="Services by name, code, place and hours",
    response_model=ServicesPage,
    openapi_extra={"parameters": parameters_of(ServicesQuery)},
)
def find_services(request: Request, caller: CallerDep, house: HouseDep) -> Response:
    """Published services, one page of them, with counts over all pages and a Link header.

    Names are found in any script and spelling. Whoever needs to know whom a service takes asks by
    `POST /v1/services/search`: what describes a person is refused here. A confidential location is told by its region;
    for distance it counts as the largest town of that.
    """
    asked = read_query(request, ServicesQuery, lambda told: _query_faults(told, house))
    page = house.desk.finder.services(_asked(asked, caller), near=asked.near)
    return _page_sent(request, page, asked, caller, house)


@router.post(
    "/services/search",
    operation_id="search_services",
    summary="Services, for a person too",
    response_model=ServicesPage,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ServicesSearch"}}},
        }
    },
)
async def search_services(request: Request, body: BodyDep, caller: CallerDep) -> Response:
    """The same with the filters in the body, and with whom the service is for. What a service does not say of its
    conditions is unknown, and shown so. Nothing of the person is kept; whether a step is safe only routes tell.
    """
    house = house_of(request)
    asked = read_body(body, ServicesSearch, lambda plain: _body_faults(plain, house))

    def found() -> Page[FoundService]:
        return house.desk.finder.services(_asked(asked, caller), near=asked.near)

    return _page_sent(request, await run_in_threadpool(found), asked, caller, house)


@router.get(
    "/services/{slug}",
    operation_id="get_service",
    summary="One service",
    response_model=ServiceTold,
    responses={304: {"description": "The caller's copy (If-None-Match) is still good."}},
)
def get_service(
    request: Request,
    slug: SlugDep,
    caller: CallerDep,
    house: HouseDep,
) -> Response:
    """The service at the caller's tier. What is hidden from the caller looks like what does not exist."""
    read_query(request, NoQuery)
    language = request_language(request)
    asked = ServicesAsked(countries=caller.countries, tier=TIERS[caller.role], exact=_is_steward(caller))
    found = house.desk.finder.service(slug, asked)
    told = service_told(found, house.places, language=language, is_steward=_is_steward(caller))
    return sent(request, told.model_dump_json(exclude={"admission"}).encode(), language, caching=KEPT_BY_CALLER)


KEPT_BY_CALLER = "private, no-cache"
"""A copy may be kept by whoever asked and nobody else, and is asked about again before it is used."""


def _is_steward(caller: Caller) -> bool:
    return caller.role is Role.STEWARD


def _asked(asked: ServicesQuery | ServicesSearch, caller: Caller) -> ServicesAsked:
    for country in asked.country:
        check_country(caller, country)
    person, admissions = None, {}
    if isinstance(asked, ServicesSearch):
        person, admissions = asked.person, {"admissions": asked.eligibility}
    return ServicesAsked(
        words=asked.search, codes=asked.code, countries=asked.country or caller.countries, regions=asked.region,
        languages=asked.language, open_now=asked.open_now, radius_km=asked.radius_km, sort=_sort(asked),
        page=asked.page, per_page=asked.per_page, applicant=_applicant(person) if person else None,
        tier=TIERS[caller.role], exact=_is_steward(caller), **admissions,
    )  # fmt: skip


def _sort(asked: ServicesQuery | ServicesSearch) -> Sort:
    if asked.sort is not None:
        return asked.sort
    return Sort.RELEVANCE if asked.search else Sort.DISTANCE if asked.near else Sort.NAME


def _applicant(person: ApplicantBody) -> Applicant:
    children = tuple(Companion(age=child.age, gender=child.gender) for child in person.children_with)
    return Applicant(**{**dict(person), "children_with": children})


def _together(told: Mapping[str, Any], house: House) -> Iterator[Parameter]:
    """What stands together in a search: a distance from somewhere, an order by what is asked, places that there are."""
    near = told.get("near")
    if isinstance(near, str) and near not in house.places:
        yield "near", "unknown-place", PLACE_MEND
    if told.get("radius_km") is not None and near is None:
        yield "radius_km", "needs-near", "name a place with near"
    if told.get("sort") == Sort.DISTANCE.value and near is None:
        yield "sort", "needs-near", "name a place with near"
    if told.get("sort") == Sort.RELEVANCE.value and not told.get("search"):
        yield "sort", "needs-search", "name what to search for"
    yield from region_faults(told, house)


def region_faults(told: Mapping[str, Any], house: House) -> Iterator[Parameter]:
    """Regions that the gazetteer does not know."""
    regions = told.get("region")
    if isinstance(regions, list | tuple) and any(
        isinstance(region, str) and region not in house.desk.finder.regions for region in regions
    ):
        yield "region", "unknown-region", "use an ISO 3166-2 code that GET /v1/places lists"


def _query_faults(told: Mapping[str, Any], house: House) -> Iterator[Parameter]:
    return _together(told, house)


def _body_faults(plain: Any, house: House) -> Iterator[Fault]:
    if isinstance(plain, dict):
        for name, code, mend in _together(plain, house):
            yield Fault("", 0, f"/{name}", code, mend)


def _page_sent(
    request: Request, page: Page[FoundService], asked: ServicesQuery | ServicesSearch, caller: Caller, house: House
) -> Response:
    language = request_language(request)
    contents = tuple(
        service_told(found, house.places, language=language, is_steward=_is_steward(caller)) for found in page.found
    )
    facets = {name: dict(counts) for name, counts in page.facets.items()}
    told = ServicesPage(**envelope(page, number=asked.page, per_page=asked.per_page), contents=contents, facets=facets)
    headers = {"Content-Language": language, "Vary": "Authorization, Accept-Language"}
    if isinstance(asked, ServicesQuery):
        headers["Link"] = links(request, number=asked.page, pages=told.total_pages)
    return Response(told.model_dump_json(), 200, headers, "application/json")


def links(request: Request, *, number: int, pages: int) -> str:
    """The Link header (RFC 8288) of a page: first, last, and its neighbours as far as there are any."""
    last = max(pages, 1)
    wanted = {"first": 1, "prev": min(number - 1, last), "next": number + 1, "last": last}
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return ", ".join(
        f'<{request.url.path}?{urlencode([*others, ("page", page)])}>; rel="{name}"'
        for name, page in wanted.items()
        if 1 <= page <= last
    )
