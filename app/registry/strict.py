"""Files of data read into the frozen values of the domain, strictly: every fault is collected, none is raised alone.

A file that reads without a fault has only known keys, all needed ones, and values of exactly the declared types.
What the values mean together is checked by whoever asked for them (`pathways`, `directory`, `places`).
"""

import json
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.domain.codes import Code
from app.domain.errors import Fault, FaultyData
from app.registry.marked import Marked, Spot, mark, pointer, put_quotes, quoted

T = TypeVar("T")
Flaw = tuple[Spot, str, str]
"""Where in a file, the code of the fault, the mend."""
Check = Callable[[Any, Spot, list[Flaw]], None]
"""Adds the flaws of a value that stands at a spot."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)")
_WANTED = {
    "string_type": "write text in quotes",
    "int_type": "write a whole number",
    "float_type": "write a number",
    "bool_type": "write true or false",
    "tuple_type": "write a list",
    "dict_type": "write keys with values",
    "dataclass_type": "write keys with values",
    "date_type": 'write a day such as "2024-09-05", in quotes',
    "datetime_type": 'write an instant such as "2024-09-05T08:00Z", in quotes',
    "enum": "write one of the known values, in quotes",
}
_TEXTS = frozenset({"string_type", "enum", "date_type", "datetime_type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[T]):
    """One file as it was read: `value` is there exactly when `faults` is empty. `where` names the file in faults."""

    where: str
    value: T | None
    faults: tuple[Fault, ...]
    lines: Mapping[Spot, int]

    def fault(self, spot: Spot, code: str, mend: str) -> Fault:
        """A fault at that spot of this file; the line is that of the nearest spot around it."""
        return Fault(self.where, line_at(self.lines, spot), pointer(spot), code, mend)


def line_at(lines: Mapping[Spot, int], spot: Spot) -> int:
    """The 1-based line of a spot, or of the nearest spot around it; 0 when there is none."""
    return next((lines[spot[:end]] for end in range(len(spot), -1, -1) if spot[:end] in lines), 0)


def named(path: Path) -> str:
    """How faults name a data file: `data/`, its folder, its name. Nothing about the machine."""
    return f"data/{path.parent.name}/{path.name}"


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean "…"? ` for the closest known word, or "" when none is close."""
    close = get_close_matches(word[:80], sorted(known), n=1, cutoff=0.6)
    return f"did you mean {quoted(close[0])}? " if close else ""


def report(faults: Iterable[Fault]) -> None:
    """Nothing, when there is no fault. Raises `FaultyData` with all of them otherwise, each once."""
    found = tuple(set(faults))
    if found:
        raise FaultyData(found)


def text_of(path: Path) -> tuple[str | None, tuple[Fault, ...]]:
    """The UTF-8 text of a file, or `None` and why it can not be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return None, (Fault(named(path), 0, "", "unreadable", "give a file that this program may read"),)
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, (Fault(named(path), line, "", "not-utf-8", "save the file in UTF-8"),)


def read(path: Path, kind: type[T]) -> Reading[T]:
    """The file as a value of that dataclass, or all its faults. Never raises for any content of the file."""
    where = named(path)
    text, faults = text_of(path)
    if text is None:
        return Reading(where=where, value=None, faults=faults, lines={})
    marked = mark(where, text)
    if not marked.is_whole or () in marked.spoiled:
        return Reading(where=where, value=None, faults=marked.faults, lines=marked.lines)
    value, flaws = _fit(marked, kind)
    reading: Reading[T] = Reading(where=where, value=value, faults=(), lines=marked.lines)
    found = (*marked.faults, *(reading.fault(*flaw) for flaw in flaws))
    return Reading(where=where, value=None if found else value, faults=found, lines=marked.lines)


def fitted(value: Any, kind: type[T]) -> tuple[T | None, list[Flaw]]:
    """Plain JSON as a value of that dataclass, or `None` and what is wrong with it, one flaw a spot."""
    marked = Marked(value=value, is_whole=True, lines={}, bare={}, spoiled=frozenset(), faults=())
    found, flaws = _fit(marked, kind)
    return (None if flaws else found), flaws


def read_folder(folder: Path, kind: type[T]) -> tuple[Reading[T], ...]:
    """Every `*.yaml` of a folder, by name; a reading with a fault when there is none, or one ends in `.yml`."""
    readings = [read(path, kind) for path in sorted(folder.glob("*.yaml"))]
    for path in sorted(folder.glob("*.yml")):
        wrong = Fault(named(path), 0, "", "wrong-name", "let the name end in .yaml")
        readings.append(Reading(where=wrong.where, value=None, faults=(wrong,), lines={}))
    if not readings:
        none = Fault(f"data/{folder.name}", 0, "", "no-files", "give a folder with *.yaml files")
        readings.append(Reading(where=none.where, value=None, faults=(none,), lines={}))
    return tuple(readings)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _fit(marked: Marked, kind: type[T]) -> tuple[T | None, list[Flaw]]:
    """The value, and what the types have to say against it, one flaw a spot."""
    found: list[Flaw] = []
    check = _check_of(typing.cast(Any, kind))
    if check is not None:
        check(marked.value, (), found)
    flaws = [flaw for flaw in found if not _is_under(flaw[0], marked.spoiled)]
    seen = {spot for spot, _, _ in flaws} | marked.spoiled
    try:
        # JSON in strict mode: text stays text, and days, enumerations and tuples come from their JSON forms.
        value: T = _adapter(typing.cast(Any, kind)).validate_json(json.dumps(marked.value), strict=True)
        return value, flaws
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            if not _is_under(problem["loc"], seen):
                flaws.append(_told(problem["type"], problem["loc"], problem["msg"], marked.bare))
    return None, flaws


def _is_under(spot: Spot, spots: typing.AbstractSet[Spot]) -> bool:
    return any(spot[:end] in spots for end in range(len(spot) + 1))


def _told(problem: str, spot: Spot, message: str, bare: Mapping[Spot, str]) -> Flaw:
    """A fault of pydantic in our words."""
    if problem == "missing":
        is_key = isinstance(spot[-1], str)
        return spot, "missing-key" if is_key else "missing-item", f"add `{spot[-1]}`" if is_key else "add an item"
    if problem in _TEXTS and spot in bare:
        return spot, "unquoted", put_quotes(bare[spot])
    if problem.startswith(("date_", "datetime_")) and not problem.endswith("_type"):
        return spot, "wrong-date", "write a day of the calendar"
    return spot, "wrong-type", _WANTED.get(problem, message[:120])


@cache
def _check_of(kind: Any) -> Check | None:
    """What finds, in a value meant to be of that type, what pydantic lets pass or words badly: unknown keys, unknown
    values of enumerations, loose dates. `None` where there is nothing to find."""
    arguments = typing.get_args(kind)
    if isinstance(kind, types.UnionType):
        return _check_of_options(tuple(option for option in arguments if option is not types.NoneType))
    if is_dataclass(kind):
        return _check_of_fields(typing.cast(Any, kind))
    if typing.get_origin(kind) is tuple:
        return _check_of_items(arguments)
    if typing.get_origin(kind) is dict:
        return _check_of_values(_check_of(arguments[1]))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _check_of_members(kind)
    return _check_of_dates(kind) if isinstance(kind, type) and issubclass(kind, date) else None


def _check_of_options(options: tuple[Any, ...]) -> Check | None:
    checks = [check for check in map(_check_of, options) if check]

    def check_all(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        for check in checks:
            check(value, spot, flaws)

    return check_all if checks else None


def _check_of_fields(kind: type[Any]) -> Check:
    checks = {name: _check_of(hint) for name, hint in typing.get_type_hints(kind).items()}

    def check_fields(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        for key, item in value.items() if isinstance(value, dict) else ():
            if key not in checks:
                mend = nearest(key, checks) or f"known here: {', '.join(checks)}"
                flaws.append(((*spot, key), "unknown-key", mend.strip()))
            elif (check := checks[key]) is not None:
                check(item, (*spot, key), flaws)

    return check_fields


def _check_of_items(arguments: tuple[Any, ...]) -> Check | None:
    is_long = arguments[-1] is Ellipsis
    checks = [_check_of(kind) for kind in (arguments[:1] if is_long else arguments)]

    def check_items(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value if is_long else value[: len(checks)]):
                check = checks[0 if is_long else index]
                if check is not None:
                    check(item, (*spot, index), flaws)

    return check_items if any(checks) else None


def _check_of_values(check: Check | None) -> Check | None:
    if check is None:
        return None

    def check_values(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        for key, item in value.items() if isinstance(value, dict) else ():
            check(item, (*spot, key), flaws)

    return check_values


def _check_of_members(kind: type[StrEnum]) -> Check:
    known = [member.value for member in kind]
    members = frozenset(known)

    def check_member(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        if not isinstance(value, str) or value in members:
            return
        if kind is Code:
            mend = f"{nearest(value, known)}use a code of `referral rules`, or leave it out"
            flaws.append((spot, "unknown-code", mend))
        else:
            flaws.append((spot, "unknown-value", f"{nearest(value, known)}use one of {', '.join(known)}"))

    return check_member


def _check_of_dates(kind: type[date]) -> Check:
    is_instant = issubclass(kind, datetime)
    form = _INSTANT if is_instant else _DAY
    day, moment = 'write a day such as "2024-09-05"', 'write an instant with its zone, such as "2024-09-05T08:00Z"'

    def check_date(value: Any, spot: Spot, flaws: list[Flaw]) -> None:
        if isinstance(value, str) and not form.fullmatch(value):
            flaws.append((spot, "wrong-date", moment if is_instant else day))

    return check_date
