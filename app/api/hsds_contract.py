"""The open feed's own OpenAPI document: reading only, every operation with an id of its own.

Schemas of HSDS are not repeated here; an object tells the keys that the standard requires and where its whole schema
is. What we add is in the profile.
"""

from collections.abc import Mapping
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app import __version__
from app.api.hsds import JSON, LINES, router
from app.api.hsds_asked import Listed, ListedOrganizations, ListedPoints, ListedServices, ListedTerms
from app.api.problems import MEDIA_TYPE, STATUS, Problem

PREFIX = "/hsds"
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """\
Who helps trafficked persons and vulnerable migrants in Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan,
as the Human Services Data Specification 3.2.3 (Open Referral) writes it. Open, without keys, and public only: of a
confidential location there is no address, no coordinate and no town. Unknown is left out, never guessed; a service that
nobody has verified has no `assured_date`.

Lists are in the order of ids. `postcode` and `proximity` are refused: no postcode is on record. Our additions are
declared in the profile, as JSON merge patches.
"""
_ITEMS: Mapping[str, tuple[str, tuple[str, ...], type[Listed]]] = {
    "services": ("Service", ("id", "name", "status"), ListedServices),
    "organizations": ("Organization", ("id", "name", "description"), ListedOrganizations),
    "service_at_locations": ("ServiceAtLocation", ("id",), ListedPoints),
    "taxonomies": ("Taxonomy", ("id", "name", "description"), Listed),
    "taxonomy_terms": ("TaxonomyTerm", ("id", "name", "description"), ListedTerms),
}
"""Schema, required keys and query of each list."""
_FOR_ALL = ("not-ready", "internal")
_FOR_POST = ("bad-json", "empty-body", "not-acceptable", "body-too-large", "wrong-media-type")


def hsds_document() -> dict[str, Any]:
    """The document, the same for the same code."""
    document = get_openapi(
        title="Referral: open directory (HSDS)",
        version=__version__,
        description=DESCRIPTION,
        routes=router.routes,
        servers=[{"url": PREFIX, "description": "Wherever the service runs."}],
        license_info={"name": "Code Apache 2.0; data as each record's sources say", "identifier": "Apache-2.0"},
    )
    document["paths"] = {path.removeprefix(PREFIX) or "/": told for path, told in document["paths"].items()}
    document["components"] = {"schemas": _schemas()}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """How it is asked, what it gives, and how it fails."""
    _, name, *rest = path.split("/")
    failures = ["faulty-query", *_FOR_ALL, *(["not-found"] if rest not in ([], [""]) else [])]
    operation["tags"] = ["required" if name in ("", "services") and method == "get" else "optional"]
    operation["security"] = []
    if method == "post":
        failures += _FOR_POST
        query = {"$ref": REFERENCE.format(model=_ITEMS[name][2].__name__)}
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": query}}}
    answers: dict[str, Any] = {"200": {"description": "Found.", "content": _content(name, is_list=not rest)}}
    if name in _ITEMS and method == "get":
        answers["304"] = {"description": "The caller's copy (If-None-Match) is still good."}
    for status in sorted({STATUS[code] for code in failures}):
        codes = [code for code in failures if STATUS[code] == status]
        answers[str(status)] = {
            "description": "Problem: " + ", ".join(f"`{code}`" for code in codes) + ".",
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
        }
    operation["responses"] = answers


def _content(name: str, *, is_list: bool) -> dict[str, Any]:
    if name not in _ITEMS:
        return {JSON: {"schema": {"$ref": REFERENCE.format(model="Metadata")} if not name else {"type": "object"}}}
    item = {"$ref": REFERENCE.format(model=_ITEMS[name][0])}
    if not is_list:
        return {JSON: {"schema": item}}
    own = {"type": "object", "properties": {"contents": {"type": "array", "items": item}}}
    page = {"allOf": [{"$ref": REFERENCE.format(model="Page")}, own]}
    return {JSON: {"schema": page}, LINES: {"schema": item}}


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {"Metadata": _metadata(), "Page": _page()}
    for name, (title, required, query) in _ITEMS.items():
        schemas[title] = _item(name, title, required)
        schemas[query.__name__] = _of_model(query)
    # A page of `minimal=true` has nothing but ids and moments, as the standard wants.
    schemas["Service"]["required"] = ["id"]
    schemas["Problem"] = _of_model(Problem, schemas)
    return dict(sorted(schemas.items()))


def _of_model(model: type[BaseModel], beside: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=REFERENCE)
    parts: Mapping[str, Any] = schema.pop("$defs", {})
    if beside is not None:
        beside.update(parts)
    return schema


def _item(name: str, title: str, required: tuple[str, ...]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "title": title,
        "description": f"An object of /{name}: HSDS 3.2.3 with our profile; other keys are as these say.",
        "externalDocs": {"url": "https://docs.openreferral.org/en/latest/hsds/schema_reference.html"},
        "required": list(required),
        "properties": {key: {"type": "string", "format": "uuid"} if key == "id" else text for key in required},
    }


def _metadata() -> dict[str, Any]:
    names = ("version", "profile", "openapi_url", "description")
    return {
        "type": "object",
        "description": "What this interface is.",
        "required": list(names[:3]),
        "properties": {name: {"type": "string"} for name in names},
    }


def _page() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0}
    flag = {"type": "boolean"}
    properties: dict[str, Any] = {
        "total_items": {**number, "description": "Records of the whole list."},
        "total_pages": number,
        "page_number": {**number, "description": "From 1."},
        "size": {**number, "description": "Records of this page."},
        "first_page": flag,
        "last_page": {**flag, "description": "No page behind this one has anything."},
        "empty": flag,
        "contents": {"type": "array", "items": {"type": "object"}},
    }
    return {"type": "object", "required": list(properties), "properties": properties}
