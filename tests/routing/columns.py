"""Two sets of columns or of links, compared fact by fact."""

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from app.routing.words import Texts

T = TypeVar("T")


def differences(a: T, b: T) -> list[str]:
    """The names of the columns, tables and indexes in which the two differ; types of numbers count."""
    return [name for name in (f.name for f in fields(a)) if not _same(getattr(a, name), getattr(b, name))]


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, Texts):
        return list(a) == list(b)
    if is_dataclass(a):
        return all(_same(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))
    return bool(a == b)
