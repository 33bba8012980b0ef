"""The published contract: what FastAPI collects, completed by what only we know (bodies, keys, roles, problems)."""

from collections.abc import Iterator
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from app.api.access import ACCESS, OPEN, bearer
from app.api.body import RoutesRequest, WhyNotRequest
from app.api.problems import MEDIA_TYPE, STATUS, Problem
from app.api.search_bodies import BODIES
from app.api.steward_bodies import REQUESTS

REFERENCE = "#/components/schemas/{model}"
TAGS = (
    ("planning", "Routes for a profile. Operators and partners; answers are never kept."),
    ("register", "Services for those who work with people; registered providers for authorities, and nothing else."),
    ("reference", "Codes, places, rules, pathways and hotlines. Open; may be kept for five minutes."),
    ("stewardship", "The register: drafts, published records, their history. Stewards; providers for their own."),
    ("operations", "For those who run the service."),
)
DESCRIPTION = """\
Safe, ranked and explained referral routes for people who have been trafficked, and for migrants who were smuggled or
abused, in Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan.

**Nothing about the person is kept.** A profile comes in the body of a POST, is used for that request, and is in no
log, database, cache or error. Fields for names, numbers, addresses or stories do not exist and are refused.

**Unknown is never yes.** Leave out what nobody asked; the answer tells which question would help most.

Answers are in English or Russian (`Accept-Language`, `lang`, or `language` in a body). Problems follow RFC 9457 and
name every fault by JSON Pointer, without its value. Times are RFC 3339 with an offset; amounts are whole minutes and
points.
"""
_FOR_ALL = ("internal", "not-ready", "database-away")
_BY_METHOD = {
    "post": (
        "bad-json",
        "not-acceptable",
        "body-too-large",
        "wrong-media-type",
        "faulty-profile",
        "busy",
        "over-budget",
    ),
    "get": ("faulty-query",),
}
_FOR_KEYS = ("not-known", "not-allowed")
_BY_PATH = {"/v1/routes/why-not": ("not-found",), "/v1/pathways/{country}": ("not-found",),
            "/v1/services/{slug}": ("not-found",), "/v1/register/{id}": ("not-found",),
            "/v1/register/{id}/flags": ("not-found", "faulty-data", "too-many-flags"),
            "/v1/register/flags/{flag}/close": ("not-found", "faulty-data", "settled")}  # fmt: skip


def install_openapi(app: FastAPI) -> None:
    """Makes `app.openapi()` and `GET /openapi.json` give the completed document, built once when first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def openapi_yaml(app: FastAPI) -> str:
    """The document as YAML, the same text for the same code; what `openapi.yaml` at the top of the repository holds."""
    text: str = yaml.safe_dump(app.openapi(), sort_keys=False, allow_unicode=True, width=120)
    return text


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS],
        servers=[{"url": "/", "description": "Wherever the service runs."}],
        license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in _own_schemas().items():
        schemas[name] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    schemas["ProfileBody"]["properties"]["needs"]["maxItems"] = app.state.most_codes
    document["components"]["securitySchemes"] = {
        "key": bearer.model.model_dump(mode="json", exclude_none=True, by_alias=True)
    }
    for path, method, operation in _operations(document):
        _complete(path, method, operation)
    return document


def _own_schemas() -> dict[str, Any]:
    wanted = [(model, "validation") for model in (RoutesRequest, WhyNotRequest, *BODIES, *REQUESTS)]
    _, told = models_json_schema([*wanted, (Problem, "serialization")], ref_template=REFERENCE)  # type: ignore[list-item]
    found: dict[str, Any] = told["$defs"]
    return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Adds who may call it and how it fails."""
    roles = ACCESS.get((method.upper(), path), frozenset())
    failures = [*_FOR_ALL, *_BY_PATH.get(path, ())]
    own = operation.pop("x-problems", None)
    if own is not None:
        failures += own
    elif path.startswith("/v1"):
        failures += _BY_METHOD[method]
    if roles is OPEN:
        operation["security"] = []
    else:
        operation["security"] = [{"key": []}]
        named = ", ".join(sorted(role.value for role in roles))
        operation["description"] = f"{operation['description']}\n\nRoles: {named}."
        failures += _FOR_KEYS
    responses = operation["responses"]
    responses.pop("422", None)
    for status in sorted({STATUS[code] for code in failures}):
        codes = [code for code in dict.fromkeys(failures) if STATUS[code] == status]
        responses[str(status)] = {
            "description": "Problem: " + ", ".join(f"`{code}`" for code in codes) + ".",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
