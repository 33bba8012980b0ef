"""Reading the parameters of an address: all faults at once, none of their values repeated.

What describes a person is no parameter of anything. Whoever tries is told to send it in a body, which is in no log of
any proxy on the way (S-03).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.api.body import ProfileBody
from app.api.problems import FaultyQuery, Parameter, parameter_fault

Query = TypeVar("Query", bound=BaseModel)
PERSONAL = frozenset(ProfileBody.model_fields) - {"location", "languages"} | {
    "sex",
    "dob",
    "birthdate",
    "nationalities",
}
"""Names that describe a person, whatever an endpoint has for parameters."""


class Parameters(BaseModel):
    """The root of all models of parameters: text as it came, known names only."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_query(
    request: Request, model: type[Query], together: Callable[[Mapping[str, Any]], Iterable[Parameter]] = lambda _: ()
) -> Query:
    """The parameters of the request.

    Args:
        request: Whose address is read. A list may be given by repeating its parameter.
        model: What may be asked. Lists are tuples.
        together: Finds what the model cannot know, in the values as they came.

    Raises:
        FaultyQuery: With every fault.
    """
    given = request.query_params.multi_items()
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is tuple}
    told: dict[str, Any] = {}
    faults: list[Parameter] = []
    for name, value in given:
        if name in lists:
            told[name] = (*told.get(name, ()), value)
        elif name in told:
            faults.append((name if name in model.model_fields else None, "duplicate-parameter", ""))
        else:
            told[name] = value
    personal = [name for name in told if name in PERSONAL and name not in model.model_fields]
    faults += [(name, "person-in-address", "") for name in personal]
    told = {name: value for name, value in told.items() if name not in personal}
    read: Query | None = None
    try:
        read = model.model_validate(told)
    except ValidationError as error:
        faults += _faults(error, model)
    faults += together(told)
    if faults or read is None:
        raise FaultyQuery(faults) from None
    return read


def _faults(error: ValidationError, model: type[BaseModel]) -> Iterator[Parameter]:
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if fault["type"] == "extra_forbidden" or name not in model.model_fields:
            yield None, "unknown-parameter", ""
        else:
            yield name, *parameter_fault(fault)


def parameters_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The parameters as OpenAPI tells them, in the order of the model."""
    whole = model.model_json_schema()
    parts = whole.get("$defs", {})
    found = []
    for name, schema in whole["properties"].items():
        told = {key: value for key, value in _plain(schema, parts).items() if key not in ("title", "description")}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in whole.get("required", ()),
                "description": schema.get("description", ""),
                "schema": told,
            }
        )
    return found


def _plain(schema: Any, parts: Mapping[str, Any]) -> Any:
    """The schema with what it refers to put in its place, and without null: a parameter is there or not."""
    if isinstance(schema, list):
        return [_plain(part, parts) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = parts[schema["$ref"].rsplit("/", 1)[1]]
        return {key: value for key, value in _plain(target, parts).items() if key not in ("title", "description")}
    told = {key: _plain(value, parts) for key, value in schema.items() if key != "default" or value is not None}
    choices = [choice for choice in told.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del told["anyOf"]
        told |= choices[0]
    return told
