"""Values of the domain as plain JSON and back, field by field.

Used for JSON columns and for the rows of the change table. It trusts what it reads: only values that were written by
`plain` come back through `value_of`. Files of people are read elsewhere, strictly.
"""

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decode = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """The value as what JSON knows: a frozen dataclass is an object, a tuple an array, days are ISO text, and so are
    instants, in UTC."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain form")


def canonical(value: Any) -> str:
    """Plain JSON as the one text that stands for it: keys sorted, no spaces, nothing escaped but what must be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def value_of(kind: type[T], data: Any) -> T:
    """The value of that type that `plain` wrote as `data`."""
    result: T = _decoder(cast(Any, kind))(data)
    return result


@cache
def _decoder(kind: Any) -> Decode:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (_decoder(argument) for argument in arguments if argument is not type(None))
        return lambda data: None if data is None else inner(data)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_decoder(kind)
    if kind in (date, datetime):
        parse: Decode = kind.fromisoformat
        return parse
    if isinstance(kind, type) and issubclass(kind, Enum):
        members = {member.value: member for member in kind}
        return members.__getitem__
    return _same


def _same(data: Any) -> Any:
    return data


def _tuple_decoder(arguments: tuple[Any, ...]) -> Decode:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        return tuple if item is _same else lambda data: tuple(map(item, data))
    items = tuple(map(_decoder, arguments))
    return lambda data: tuple(decode(part) for decode, part in zip(items, data, strict=True))


def _dataclass_decoder(kind: type[Any]) -> Decode:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    return lambda data: kind(**{name: decoders[name](part) for name, part in data.items()})
