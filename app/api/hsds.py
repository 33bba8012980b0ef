"""`/hsds`: the open directory as HSDS 3.2.3. Read-only, without keys, the public tier alone (decision 0015).

A GET may be kept by anybody if it is asked again each time (`no-cache`): whoever is in quarantine is out of the next
answer, and what did not change costs 304. A POST twin takes the query in its body; its answer is nobody's to keep.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from app import __version__
from app.api.access import refuse_query
from app.api.house import House, Turnstile, house_of
from app.api.hsds_asked import (
    Alone,
    Listed,
    ListedOrganizations,
    ListedPoints,
    ListedServices,
    ListedTerms,
    read_query,
)
from app.api.planning import json_body
from app.desk import HSDS_VERSION, Depth, Kind, as_uuid, taxonomies, taxonomy_terms
from app.domain.errors import NotFound

router = APIRouter(prefix="/hsds", tags=["hsds"])

OPEN_HEADERS: Mapping[str, str] = {
    "Cache-Control": "public, no-cache",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Any page may read it, any cache may keep it and asks before it gives it out."""
JSON, LINES = "application/json", "application/x-ndjson"
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")

HouseDep = Annotated[House, Depends(house_of)]
BodyDep = Annotated[bytes, Depends(json_body)]
Document = dict[str, Any]


def bare(request: Request) -> None:
    """Nothing, when the address ends where the path ends.

    Raises:
        Refused: "faulty-query".
    """
    refuse_query(request)


BareDep = Depends(bare)


@router.get("", include_in_schema=False, dependencies=[BareDep])
@router.get("/", operation_id="get_api_metadata", summary="What this interface is", dependencies=[BareDep])
def get_api_metadata(request: Request) -> Response:
    """Version of HSDS, the profile that our documents follow, and the description of this interface."""
    base = _base(request)
    told = {
        "version": HSDS_VERSION,
        "profile": f"{base}/hsds/profile/",
        "openapi_url": f"{base}/hsds/openapi.json",
        "description": "Who helps trafficked persons and vulnerable migrants in Central Asia, as far as it is public.",
    }
    return _whole(told)


@router.get("/openapi.json", include_in_schema=False, dependencies=[BareDep])
def get_openapi_document(request: Request) -> Response:
    """The description of this interface: reading only, so that no program that walks through it can change anything."""
    return _whole(request.app.state.hsds_document())


@router.get("/profile/", operation_id="list_profile_files", summary="Our HSDS profile", dependencies=[BareDep])
def list_profile_files(request: Request, house: HouseDep) -> Response:
    """The files of the profile: JSON merge patches (RFC 7386), each for the schema of HSDS with the same name."""
    base = _base(request)
    names = sorted(house.desk.hsds_profile())
    return _whole({"hsds": HSDS_VERSION, "files": {name: f"{base}/hsds/profile/{name}" for name in names}})


@router.get("/profile/{file}", operation_id="get_profile_file", summary="One file of it", dependencies=[BareDep])
def get_profile_file(file: str, house: HouseDep) -> Response:
    """The merge patch of that name."""
    patch = house.desk.hsds_profile().get(file)
    if patch is None:
        raise NotFound("no such file of the profile")
    return _whole(dict(patch))


@router.get("/services", operation_id="list_services", summary="Services")
async def list_services(request: Request, asked: Annotated[ListedServices, Query()]) -> Response:
    """Published services in the order of their ids."""
    return await _listed(request, Kind.SERVICE, asked)


@router.post("/services", operation_id="search_services", summary="Services, asked for in a body")
async def search_services(request: Request, body: BodyDep) -> Response:
    """As the list, with the query in the body and not in the address."""
    return await _listed(request, Kind.SERVICE, read_query(body, ListedServices))


@router.get("/services/{id}", operation_id="get_service", summary="One service", dependencies=[BareDep])
async def get_service(request: Request, id: str) -> Response:
    """The service with everything that is public of it."""
    return await _single(request, Kind.SERVICE, id, Depth.FULL)


@router.get("/organizations", operation_id="list_organizations", summary="Organizations")
async def list_organizations(request: Request, asked: Annotated[ListedOrganizations, Query()]) -> Response:
    """Published organizations in the order of their ids."""
    return await _listed(request, Kind.ORGANIZATION, asked)


@router.post("/organizations", operation_id="search_organizations", summary="Organizations, asked for in a body")
async def search_organizations(request: Request, body: BodyDep) -> Response:
    """As the list, with the query in the body and not in the address."""
    return await _listed(request, Kind.ORGANIZATION, read_query(body, ListedOrganizations))


@router.get("/organizations/{id}", operation_id="get_organization", summary="One organization")
async def get_organization(request: Request, id: str, asked: Annotated[Alone, Query()]) -> Response:
    """The organization with everything that is public of it."""
    return await _single(request, Kind.ORGANIZATION, id, Depth.FULL_SERVICE if asked.full_service else Depth.FULL)


@router.get("/service_at_locations", operation_id="list_service_at_locations", summary="Services at their locations")
async def list_service_at_locations(request: Request, asked: Annotated[ListedPoints, Query()]) -> Response:
    """Published services at their locations in the order of their ids."""
    return await _listed(request, Kind.POINT, asked)


@router.post(
    "/service_at_locations", operation_id="search_service_at_locations", summary="The same, asked for in a body"
)
async def search_service_at_locations(request: Request, body: BodyDep) -> Response:
    """As the list, with the query in the body and not in the address."""
    return await _listed(request, Kind.POINT, read_query(body, ListedPoints))


@router.get(
    "/service_at_locations/{id}", operation_id="get_service_at_location", summary="One service at its location",
    dependencies=[BareDep],
)  # fmt: skip
async def get_service_at_location(request: Request, id: str) -> Response:
    """The service at its location with everything that is public of both."""
    return await _single(request, Kind.POINT, id, Depth.FULL)


@router.get("/taxonomies", operation_id="list_taxonomies", summary="Taxonomies")
def list_taxonomies(request: Request, asked: Annotated[Listed, Query()]) -> Response:
    """The one taxonomy that services are put in."""
    return _of_few(request, taxonomies(asked.search), asked)


@router.post("/taxonomies", operation_id="search_taxonomies", summary="Taxonomies, asked for in a body")
def search_taxonomies(request: Request, body: BodyDep) -> Response:
    """As the list, with the query in the body and not in the address."""
    asked = read_query(body, Listed)
    return _of_few(request, taxonomies(asked.search), asked)


@router.get("/taxonomies/{id}", operation_id="get_taxonomy", summary="One taxonomy", dependencies=[BareDep])
def get_taxonomy(request: Request, id: str) -> Response:
    """The taxonomy with that id."""
    return _known(request, _with_id(taxonomies(), id))


@router.get("/taxonomy_terms", operation_id="list_taxonomy_terms", summary="Taxonomy terms")
def list_taxonomy_terms(request: Request, asked: Annotated[ListedTerms, Query()]) -> Response:
    """The codes of needs and services, in the order of the published table."""
    return _of_few(request, _terms(asked), asked)


@router.post("/taxonomy_terms", operation_id="search_taxonomy_terms", summary="Taxonomy terms, asked for in a body")
def search_taxonomy_terms(request: Request, body: BodyDep) -> Response:
    """As the list, with the query in the body and not in the address."""
    asked = read_query(body, ListedTerms)
    return _of_few(request, _terms(asked), asked)


@router.get("/taxonomy_terms/{id}", operation_id="get_taxonomy_term", summary="One term", dependencies=[BareDep])
def get_taxonomy_term(request: Request, id: str) -> Response:
    """The term with that id."""
    return _known(request, _with_id(taxonomy_terms(), id))


def _terms(asked: ListedTerms) -> list[Document]:
    """No term has a parent: all are on top, and none is below another."""
    return taxonomy_terms(asked.search, taxonomy=asked.taxonomy_id) if asked.parent_id is None else []


def _with_id(documents: Sequence[Document], id: str) -> Document:
    found = next((document for document in documents if document["id"] == str(as_uuid(id))), None)
    if found is None:
        raise NotFound("no such record")
    return found


async def _listed(request: Request, kind: Kind, asked: Listed) -> Response:
    if asked.format == "ndjson":
        return await _streamed(request, kind, asked)

    def read() -> Response:
        with house_of(request).desk.feed() as feed:
            etag = _etag(request, feed.state, asked.model_dump_json())
            if _has(request, etag):
                return _unchanged(etag)
            total, contents = feed.page(kind, asked.asked(), asked.depth(), page=asked.page, per_page=asked.size())
        return _sent(request, _json(_envelope(contents, total, page=asked.page, size=asked.size())), etag)

    return await _turnstile(request).listed(read)


async def _streamed(request: Request, kind: Kind, asked: Listed) -> Response:
    """Everything, piece by piece: each piece is of one moment, and who is put into quarantine meanwhile is left out."""
    house, turnstile = house_of(request), _turnstile(request)

    def state() -> str:
        with house.desk.feed() as feed:
            return feed.state

    def piece(after: Any) -> tuple[Any, bytes]:
        with house.desk.feed() as feed:
            after, found = feed.piece(kind, asked.asked(), asked.depth(), after=after)
        return after, b"".join(_json(document) + b"\n" for document in found)

    etag = _etag(request, await turnstile.listed(state), asked.model_dump_json())
    if _has(request, etag):
        return _unchanged(etag)

    async def pieces() -> AsyncIterator[bytes]:
        after, lines = await turnstile.listed(lambda: piece(None))
        yield lines
        while after is not None:
            after, lines = await turnstile.listed(lambda last=after: piece(last))  # type: ignore[misc]
            yield lines

    return StreamingResponse(pieces(), 200, _headers(request, etag), LINES)


async def _single(request: Request, kind: Kind, id: str, depth: Depth) -> Response:
    record = as_uuid(id)
    if record is None:
        raise NotFound("no such record")

    def read() -> Response:
        with house_of(request).desk.feed() as feed:
            etag = _etag(request, feed.state, depth.value)
            document = feed.one(kind, record, depth)
        return _unchanged(etag) if _has(request, etag) else _sent(request, _json(document), etag)

    return await _turnstile(request).listed(read)


def _of_few(request: Request, documents: Sequence[Document], asked: Listed) -> Response:
    """The page of a list that is the same until the program changes."""
    etag = _etag(request, __version__, asked.model_dump_json())
    if _has(request, etag):
        return _unchanged(etag)
    if asked.format == "ndjson":
        lines = b"".join(_json(document) + b"\n" for document in documents)
        return Response(lines, 200, _headers(request, etag), LINES)
    size = asked.size()
    contents = documents[(asked.page - 1) * size : asked.page * size]
    return _sent(request, _json(_envelope(contents, len(documents), page=asked.page, size=size)), etag)


def _known(request: Request, document: Document) -> Response:
    etag = _etag(request, __version__, "")
    return _unchanged(etag) if _has(request, etag) else _sent(request, _json(document), etag)


def _envelope(contents: Sequence[Document], total: int, *, page: int, size: int) -> Document:
    """The page as HSDS wants it. `size` is that of a full page, not of this one."""
    pages = -(-total // size)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": list(contents),
    }


def _etag(request: Request, *parts: str) -> str:
    """The strong tag of what this path says to this query while the register is in this state."""
    return f'"{sha256(json.dumps([request.url.path, *parts]).encode()).hexdigest()[:32]}"'


def _has(request: Request, etag: str) -> bool:
    """Whether a GET tells that the caller has the answer already."""
    if request.method != "GET":
        return False
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in known or "*" in known


def _headers(request: Request, etag: str) -> dict[str, str]:
    """Those of an answer that may be kept; a search by POST is nobody's to keep."""
    if request.method != "GET":
        return {"Cache-Control": "no-store"}
    return {**OPEN_HEADERS, "ETag": etag}


def _unchanged(etag: str) -> Response:
    return Response(None, 304, {**OPEN_HEADERS, "ETag": etag})


def _sent(request: Request, body: bytes, etag: str) -> Response:
    return Response(body, 200, _headers(request, etag), JSON)


def _whole(told: Document) -> Response:
    return Response(_json(told), 200, dict(OPEN_HEADERS), JSON)


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _turnstile(request: Request) -> Turnstile:
    turnstile: Turnstile = request.app.state.turnstile
    return turnstile


def _base(request: Request) -> str:
    """Where the caller reaches this service; an odd host is not repeated."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""
