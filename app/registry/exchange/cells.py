"""Values of the directory as cells of a spreadsheet that people can read and write, and back without loss.

An empty cell is what nobody says. A list that says "none at all" is `(none)`. Lists are parted by `; `, hours are
written `Mo 09:00-18:00`, contacts, sources and registrations stand one a line, their parts between `|`. Where a text
holds such marks itself, the cell is JSON.
"""

import json
import re
import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

NONE_AT_ALL = "(none)"
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds, in characters."""

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY_MINUTES = 24 * 60
_SPAN = re.compile(
    r"(Mo|Tu|We|Th|Fr|Sa|Su) (\d\d):([0-5]\d) ?- ?(?:(Mo|Tu|We|Th|Fr|Sa|Su) )?(\d\d):([0-5]\d)", re.IGNORECASE
)


class WrongCell(Exception):
    """The cell is none of what its column holds; the text tells the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name in the header, where its value lies in the record, and what it holds.

    `may_lack`: empty is not the same as none at all.
    """

    name: str
    path: tuple[str, ...]
    kind: Any
    may_lack: bool


def columns_of(kind: type[Any], *, prefix: str = "", without: frozenset[str] = frozenset()) -> tuple[Column, ...]:
    """The columns of records of that type, in the order of its fields; those of a value inside follow in its place."""
    made: list[Column] = []
    hints = get_type_hints(kind)
    for field in fields(kind):
        hint = hints[field.name]
        may_lack = isinstance(hint, types.UnionType)
        bare = next(part for part in get_args(hint) if part is not types.NoneType) if may_lack else hint
        if field.name in without:
            continue
        is_needed = field.default is MISSING and field.default_factory is MISSING
        if is_dataclass(bare):
            for inner in columns_of(bare, prefix=f"{prefix}{field.name}."):  # type: ignore[arg-type]
                made.append(Column(name=inner.name, path=(field.name, *inner.path), kind=inner.kind,
                                   may_lack=inner.may_lack))  # fmt: skip
        else:
            made.append(Column(name=f"{prefix}{field.name}", path=(field.name,), kind=bare,
                               may_lack=may_lack or is_needed))  # fmt: skip
    return tuple(made)


def value_at(body: Any, path: tuple[str, ...]) -> Any:
    """What lies there in plain data."""
    for part in path:
        body = body[part]
    return body


def put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """The value lies there in the body from now on."""
    for part in path[:-1]:
        body = body.setdefault(part, {})
    body[path[-1]] = value


def cell_of(value: Any, column: Column) -> str | int | None:
    """The plain value as a cell; `None` for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | str):
        return value
    if not value:
        return NONE_AT_ALL if column.may_lack else None
    if isinstance(value[0], dict):
        return _lines(value, _item_kind(column.kind))
    if isinstance(value[0], list):
        return "; ".join(_span(*span) for span in value)
    return "; ".join(value) if all(map(_is_safe_item, value)) else json.dumps(value, ensure_ascii=False)


def _is_safe_item(text: str) -> bool:
    return bool(text) and text == text.strip() and not re.search(r"[;\n\r]", text) and text[0] not in "[("


def _item_kind(kind: Any) -> Any:
    return get_args(kind)[0]


def _lines(items: list[dict[str, Any]], kind: Any) -> str:
    names = [field.name for field in fields(kind)]
    lines = []
    for item in items:
        parts = ["" if item[name] is None else str(item[name]) for name in names]
        if any(part != part.strip() or re.search(r"[|\n\r]", part) for part in parts) or parts[0][:1] == "[":
            return json.dumps(items, ensure_ascii=False)
        lines.append(" | ".join(parts).rstrip(" |"))
    text = "\n".join(lines)
    return text if all(lines) else json.dumps(items, ensure_ascii=False)


def _span(opens: int, closes: int) -> str:
    day, start = divmod(opens, _DAY_MINUTES)
    last, end = divmod(closes, _DAY_MINUTES)
    if end == 0:
        last, end = last - 1, _DAY_MINUTES
    until = _clock(end) if last == day else f"{_DAYS[last]} {_clock(end)}"
    return f"{_DAYS[day]} {_clock(start)}-{until}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_cell(cell: Any, column: Column) -> Any:
    """The plain value that a filled cell holds. Raises `WrongCell`."""
    kind = column.kind
    if get_origin(kind) is tuple:
        return _read_list(_text(cell), kind)
    if kind is bool:
        return _read_truth(cell)
    if kind is int:
        return _read_whole(cell)
    if isinstance(cell, datetime | date):
        return _read_moment(cell, kind)
    text = _text(cell)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _member(text, kind)
    return text


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return str(cell)


def _member(text: str, kind: type[StrEnum]) -> str:
    """The value as the list has it, however it is capitalized; an unknown one as it is, to be refused later."""
    known = {member.value.casefold(): member.value for member in kind}
    return known.get(text.strip().casefold(), text.strip())


def _read_truth(cell: Any) -> bool:
    word = _text(cell).strip().lower()
    if word not in ("yes", "no", "true", "false"):
        raise WrongCell("write yes or no")
    return word in ("yes", "true")


def _read_whole(cell: Any) -> int:
    try:
        number = float(cell)
        if isinstance(cell, datetime | date | bool) or not number.is_integer() or abs(number) > 10**12:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise WrongCell("write a whole number") from None
    return int(number)


def _read_moment(cell: datetime | date, kind: Any) -> str:
    """What a spreadsheet made a date of: a day, or a moment without a zone, which is refused later."""
    if kind is datetime or not isinstance(cell, datetime):
        return cell.isoformat()
    return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat()


def _read_list(text: str, kind: Any) -> list[Any]:
    item = _item_kind(kind)
    word = text.strip()
    if word.lower() == NONE_AT_ALL:
        return []
    if word.startswith("["):
        try:
            found = json.loads(word)
        except (ValueError, RecursionError):
            raise WrongCell("it begins like JSON and is none; write the items plainly") from None
        if isinstance(found, list):
            return found
        raise WrongCell("write a list")
    if get_origin(item) is tuple:
        return [_read_span(part) for part in word.split(";") if part.strip()]
    if is_dataclass(item):
        return [_read_line(line, item) for line in text.split("\n") if line.strip()]
    parts = [part.strip() for part in word.split(";") if part.strip()]
    if isinstance(item, type) and issubclass(item, StrEnum):
        return [_member(part, item) for part in parts]
    return parts


def _read_span(text: str) -> list[int]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise WrongCell("write hours such as Mo 09:00-18:00; Sa 10:00-14:00")
    day, last = (_DAYS.index(name.title()) if name else None for name in (match[1], match[4]))
    opens = (day or 0) * _DAY_MINUTES + int(match[2]) * 60 + int(match[3])
    closes = (last if last is not None else day or 0) * _DAY_MINUTES + int(match[5]) * 60 + int(match[6])
    return [opens, closes]


def _read_line(line: str, kind: Any) -> dict[str, Any]:
    """The parts of a line as the fields of that type; empty parts are left out."""
    names = [field.name for field in fields(kind)]
    parts = [part.strip() for part in line.split("|")]
    if len(parts) > len(names):
        raise WrongCell(f"write at most {len(names)} parts between |: {', '.join(names)}")
    return {name: part for name, part in zip(names, parts, strict=False) if part}
