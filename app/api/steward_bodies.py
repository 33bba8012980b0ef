"""Bodies of stewards' and providers' requests: strict, every fault at once, no value repeated."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.body import Instant, Slug
from app.api.wire import parsed
from app.domain.draft import DraftKind
from app.domain.errors import Fault, FaultyData
from app.domain.provider import Capacity
from app.domain.stewardship import QuarantineReason, VerificationMethod, VerifierRole

Body = TypeVar("Body", bound=BaseModel)

_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MOST = 2**31 - 1
_MOST_WORDS = 500


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class DraftBody(_Told):
    """A new draft. `body` is a record as the YAML files of the directory write it (`data/schemas`)."""

    kind: DraftKind = Field(description="What it is of.")
    slug: Slug = Field(description="Slug of the record; never changes.", examples=["kz-line.phone"])
    body: dict[str, Any] = Field(
        description="The record: an organization without its services, a service with `organization`, a link, or a "
        "part of a service (location, service_at_location). Restricted contacts are sealed at once."
    )
    update_of: Slug | None = Field(default=None, description="The slug again, when the record is published already.")
    note: str = Field(default="", max_length=_MOST_WORDS, description="For the steward who reviews it.")
    sealed: Literal["keep", "replace"] = Field(
        default="keep",
        description="`keep`: restricted contacts on record stay beside those of the body; `replace`: they go.",
    )


class EditBody(_Told):
    """An edit of a draft, or of a published record, of which it makes a draft."""

    body: dict[str, Any] = Field(default={}, description="JSON Merge Patch (RFC 7396) of the record: null takes away.")
    note: str | None = Field(default=None, max_length=_MOST_WORDS, description="For the steward who reviews it.")
    sealed: Literal["keep", "replace"] | None = Field(default=None, description="As in a new draft.")


class DecisionBody(_Told):
    """Why a draft is published."""

    reason: str = Field(default="", max_length=_MOST_WORDS, description="Stands on the chain of changes.")


class ReasonBody(_Told):
    """Why a draft is rejected, or a record is taken out of the register."""

    reason: str = Field(min_length=1, max_length=_MOST_WORDS, description="Stands on the chain of changes.")


class VerifyBody(_Told):
    """Somebody looked."""

    method: VerificationMethod = Field(description="How.")
    role: VerifierRole = Field(description="Who: a role, never a name.")
    on: date = Field(description="The day, ISO 8601.", examples=["2026-11-20"])


class CapacityBody(_Told):
    """A report of capacity."""

    state: Capacity = Field(description="What was reported.")
    free_places: int | None = Field(default=None, ge=0, le=100_000, description="Free places; null: not told.")
    as_of: Instant = Field(description="When it was so, RFC 3339 with an offset.", examples=["2026-11-23T18:00+05:00"])


class QuarantineBody(_Told):
    """Why a service goes into quarantine or comes out of it. No public answer tells any of it."""

    reason: QuarantineReason = Field(description="From the closed list.")
    note: str = Field(default="", max_length=300, description="A few words about the provider; never about a person.")


REQUESTS: tuple[type[BaseModel], ...] = (
    DraftBody, EditBody, DecisionBody, ReasonBody, VerifyBody, CapacityBody, QuarantineBody,
)  # fmt: skip


def read_told(raw: bytes, kind: type[Body]) -> Body:
    """The request in these bytes.

    Raises:
        Refused: "empty-body" or "bad-json".
        FaultyData: Anything else is wrong; every fault is in it.
    """
    plain = parsed(raw)
    faults = set(_faults_in(plain, ""))
    body: Body | None = None
    try:
        body = kind.model_validate_json(raw, strict=True)
    except ValidationError as error:
        faults |= {_schema_fault(told) for told in error.errors(include_url=False, include_input=False)}
    if faults or body is None:
        # `from None`: the error of the schema holds the body.
        raise FaultyData(tuple(faults)) from None
    return body


def _faults_in(value: Any, way: str) -> Iterator[Fault]:
    """What no database could keep, and keys that stand twice. The pointer is that of the field of the request."""
    if isinstance(value, dict):
        if getattr(value, "repeats", False):
            yield Fault("", 0, way, "duplicate-key", "name every field once")
        for key, part in value.items():
            yield from _faults_in(key, way)
            yield from _faults_in(part, way or (f"/{key}" if key in _FIELDS else ""))
    elif isinstance(value, list):
        for part in value:
            yield from _faults_in(part, way)
    elif isinstance(value, str) and _NO_TEXT.search(value):
        yield Fault("", 0, way, "bad-text", "leave out control characters and broken letters")
    elif isinstance(value, int | float) and abs(value) > _MOST:
        yield Fault("", 0, way, "out-of-range", "use a smaller number")


_FIELDS = frozenset(
    """kind slug body update_of note sealed reason method role on state free_places as_of""".split()  # noqa: SIM905
)
_SIMPLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("missing-field", "this field must be given"),
        "extra_forbidden": ("unknown-field", "leave out what the schema does not name"),
        "string_too_long": ("too-long", "say it in fewer words"),
        "string_too_short": ("empty-text", "say why"),
        "greater_than_equal": ("out-of-range", "use a whole number within the range of the schema"),
        "less_than_equal": ("out-of-range", "use a whole number within the range of the schema"),
        "int_type": ("wrong-type", "use a whole number"),
        "int_from_float": ("wrong-type", "use a whole number"),
        "string_type": ("wrong-type", "use a text"),
        "dict_type": ("wrong-type", "use an object"),
        "model_type": ("wrong-type", "use an object"),
        "not-a-slug": ("not-a-slug", "use a slug as an answer of this service names it"),
        "bad-instant": ("bad-instant", "use RFC 3339 between 2000 and 2099"),
        "no-offset": ("no-offset", "add the offset from UTC, such as +05:00"),
    }
)


def _schema_fault(told: Mapping[str, Any]) -> Fault:
    kind, way = str(told["type"]), told["loc"]
    pointer = f"/{way[0]}" if way and way[0] in _FIELDS and kind != "extra_forbidden" else ""
    if kind in ("enum", "literal_error"):
        expected = str(told.get("ctx", {}).get("expected", ""))
        return Fault("", 0, pointer, "unknown-value", expected.replace("'", "").replace(" or ", ", "))
    if kind.startswith("date"):
        return Fault("", 0, pointer, "wrong-date", "write a day of the calendar")
    code, mend = _SIMPLE.get(kind, ("wrong-type", "see the schema"))
    return Fault("", 0, pointer, code, mend)
