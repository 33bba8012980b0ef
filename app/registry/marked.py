"""Plain data of a YAML text with the line of every value, and every fault that lies in the writing itself.

Only the plain part of YAML is read: mappings with text keys, lists, text, whole and decimal numbers, true, false, null.
Anchors, aliases, merge keys and tags are refused, and so is whatever YAML 1.1 reads as something else than it looks
like: `NO` and `yes` (truth values), `2024-01-01` (a date), `10:30` (630 seconds), `010` (eight).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from app.domain.errors import Fault

Spot = tuple[str | int, ...]
"""Keys and indexes that lead to a value, from the top of the file."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 40
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?\d{1,9}\.\d{1,15}")
_CLOCK = re.compile(r"\d{1,3}(?::\d\d)+")
_LONG_NUMBER = re.compile(r"[\d_]{5,}")
_PLAIN_KEYS = frozenset({"str", "bool"})
"""A key is always text here, so `on:` may stay as it is; numbers and days as keys are ids that lost their quotes."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a text says. `lines` are 1-based; `bare` holds unquoted numbers and truth values as they were written.

    `spoiled` are the spots whose value could not be trusted; faults found there later would only repeat the first.
    `is_whole` is false when reading stopped, so that nothing more can be said about the file.
    """

    value: Any
    is_whole: bool
    lines: Mapping[Spot, int]
    bare: Mapping[Spot, str]
    spoiled: frozenset[Spot]
    faults: tuple[Fault, ...]


def pointer(spot: Spot) -> str:
    """The JSON Pointer of a spot; "" is the whole file."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in spot)


def quoted(text: str) -> str:
    """The text as one writes it in YAML, in double quotes; cut after 60 characters."""
    return json.dumps(text if len(text) <= 60 else text[:59] + "…", ensure_ascii=False)


def put_quotes(text: str) -> str:
    """The mend for a text that lost its quotes; what may be a telephone number is not repeated."""
    return "put quotes around it" if _LONG_NUMBER.search(text) else f"put quotes around it: {quoted(text)}"


def mark(where: str, text: str) -> Marked:
    """The data of one YAML text; `where` is how its faults name the file. Never raises for any text."""
    reader = _Reader(where)
    value = None
    is_whole = False
    try:
        value = reader.document(text)
        is_whole = True
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        reader.complain((), "bad-yaml", f"mend the YAML: {error.problem or error.context}", at.line + 1 if at else 0)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        reader.complain((), "bad-yaml", "remove the characters that YAML does not allow", line)
    return Marked(
        value=value,
        is_whole=is_whole,
        lines=reader.lines,
        bare=reader.bare,
        spoiled=frozenset(reader.spoiled),
        faults=tuple(reader.faults),
    )


@lru_cache(maxsize=8192)
def _plain_kind(text: str) -> str:
    """What YAML 1.1 takes a plain scalar for. The same few words fill most of a file."""
    resolver: Any = yaml.resolver.Resolver()
    tag: str = resolver.resolve(yaml.ScalarNode, text, (True, False))
    return tag.removeprefix(_TAG)


class _Reader:
    """Turns the events of one text into data, once."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.lines: dict[Spot, int] = {}
        self.bare: dict[Spot, str] = {}
        self.spoiled: set[Spot] = set()
        self.faults: list[Fault] = []

    def complain(self, spot: Spot, code: str, mend: str, line: int) -> None:
        self.faults.append(Fault(self._where, line, pointer(spot), code, mend))

    def document(self, text: str) -> Any:
        self._loader = _LOADER(text)
        try:
            self._take()
            if self._loader.check_event(yaml.StreamEndEvent):
                self._refuse((), "empty-file", "write the file, or remove it", 1)
                return None
            self._take()
            value = self._value(())
            self._take()
            if not self._loader.check_event(yaml.StreamEndEvent):
                line = self._loader.peek_event().start_mark.line + 1
                self._refuse((), "several-documents", "keep one document; remove the line ---", line)
            return value
        finally:
            self._loader.dispose()

    def _take(self) -> Any:
        return self._loader.get_event()

    def _refuse(self, spot: Spot, code: str, mend: str, line: int) -> None:
        self.spoiled.add(spot)
        self.complain(spot, code, mend, line)

    def _value(self, spot: Spot) -> Any:
        event = self._take()
        line = event.start_mark.line + 1
        self.lines.setdefault(spot, line)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(spot, "alias", f"write the value out instead of *{event.anchor}", line)
            return None
        self._refuse_extras(event, spot, line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, spot, line)
        if len(spot) >= _DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=event.start_mark)
        return self._list(spot) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(spot)

    def _refuse_extras(self, event: Any, spot: Spot, line: int) -> None:
        if event.anchor is None and event.tag is None:
            return
        if event.anchor is not None:
            self._refuse(spot, "anchor", f"remove &{event.anchor}; anchors are not read", line)
        if event.tag is not None:
            self._refuse(spot, "tag", f"remove {event.tag.replace(_TAG, '!!')}; tags are not read", line)

    def _list(self, spot: Spot) -> list[Any]:
        items: list[Any] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            items.append(self._value((*spot, len(items))))
        self._take()
        return items

    def _mapping(self, spot: Spot) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            line = self._loader.peek_event().start_mark.line + 1
            key = self._key(spot, line)
            child = (*spot, key)
            if key in found:
                self.complain(child, "duplicate-key", f"named before on line {first[key]}; keep one", line)
                self._value(child)
                continue
            self.lines.setdefault(child, line)
            first[key] = line
            found[key] = self._value(child)
        self._take()
        return found

    def _key(self, spot: Spot, line: int) -> str:
        if not self._loader.check_event(yaml.ScalarEvent):
            self._value((*spot, "?"))
            self._refuse((*spot, "?"), "wrong-key", "a key is one word of text", line)
            return "?"
        event = self._take()
        key = event.value if event.value.isprintable() else _NO_TEXT.sub("?", event.value)
        child = (*spot, key)
        self._refuse_extras(event, child, line)
        kind = self._kind(event)
        if kind == "merge":
            self._refuse(child, "merge-key", "write the keys out; << is not read", line)
        elif kind not in _PLAIN_KEYS:
            self._refuse(child, "unquoted", f"put quotes around the key: {quoted(key)}", line)
        if key != event.value:
            self._refuse(child, "bad-character", "remove the control character from the key", line)
        return key

    def _kind(self, event: Any) -> str:
        """What YAML 1.1 takes the scalar for: str, null, bool, int, float, timestamp, merge or value."""
        if event.style or event.tag is not None:
            return "str"
        return _plain_kind(event.value)

    def _scalar(self, event: Any, spot: Spot, line: int) -> Any:
        text: str = event.value
        kind = self._kind(event)
        if kind == "str" and _NO_TEXT.search(text):
            self._refuse(spot, "bad-character", "remove the control character", line)
            return ""
        if kind == "str" and (event.style or not _CLOCK.fullmatch(text)):
            return text
        if kind == "null" and not text:
            self._refuse(spot, "empty-value", "write a value, or leave the key out when no source says", line)
        if kind == "null":
            return None
        self.bare[spot] = text
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind == "int" and _WHOLE.fullmatch(text):
            return int(text)
        if kind == "float" and _DECIMAL.fullmatch(text):
            return float(text)
        also = {"bool": "; or write true or false", "int": "; or write a plain number", "float": "; or a plain number"}
        self._refuse(spot, "unquoted", put_quotes(text) + also.get(kind, ""), line)
        return text
