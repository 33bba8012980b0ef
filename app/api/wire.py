"""From the bytes of a body to a `Profile`: strict, every fault at once, no value repeated.

Names of unknown fields are not repeated either, since a name may be typed there; the fault points at the object that
holds the field. Three readings find the faults: the text (duplicate keys), the schema (`body`), and what belongs
together (places in countries, duplicates in lists, answers that cannot be true at the same time).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.api.body import Explain, ProfileBody, RoutesRequest, WhyNotRequest
from app.api.matching import Gazetteer, together_faults
from app.api.problems import Refused
from app.api.search_bodies import BODIES
from app.domain.codes import Sector
from app.domain.errors import Fault, FaultyProfile
from app.domain.profile import Companion, Location, Preferences, Profile, TravelLimits

Body = TypeVar("Body", bound=BaseModel)

PERSONAL_WORDS = frozenset(
    """
    name names firstname lastname fullname surname patronymic nickname alias phone telephone mobile tel msisdn whatsapp
    telegram viber email mail address street house flat apartment building postcode zip latitude longitude lat lon lng
    gps coordinates geo birthday birthdate birth dob passport iin inn pinfl pin ssn idnumber number serial photo picture
    image fingerprint biometric biometrics story narrative note notes comment comments description text message details
    remark remarks history religion ethnicity ethnic orientation sexuality hiv diagnosis ip
    имя фамилия отчество телефон адрес улица почта паспорт иин пинфл рассказ история заметка комментарий
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is not read by anybody
)
"""Words in the name of a field that tell that it is about who somebody is, where she lives or what she told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesAsked:
    """What `POST /v1/routes` asks for. `language` is `None` unless the body names one."""

    profile: Profile
    alternatives: int
    explain: Explain
    as_of: datetime | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotAsked:
    """What `POST /v1/routes/why-not` asks for."""

    profile: Profile
    point: str
    as_of: datetime | None
    language: str | None


def read_routes(raw: bytes, gazetteer: Gazetteer, languages: tuple[str, ...]) -> RoutesAsked:
    """The request in these bytes.

    Raises:
        Refused: "empty-body" or "bad-json".
        FaultyProfile: Anything else is wrong; every fault is in it.
    """
    body = _read(raw, RoutesRequest, gazetteer, languages)
    return RoutesAsked(
        profile=_profile(body.profile),
        alternatives=body.alternatives,
        explain=body.explain,
        as_of=_instant(body.as_of),
        language=body.language,
    )


def read_why_not(raw: bytes, gazetteer: Gazetteer, languages: tuple[str, ...]) -> WhyNotAsked:
    """The request in these bytes.

    Raises:
        Refused, FaultyProfile: As for `read_routes`.
    """
    body = _read(raw, WhyNotRequest, gazetteer, languages)
    return WhyNotAsked(
        profile=_profile(body.profile), point=body.point, as_of=_instant(body.as_of), language=body.language
    )


def named_language(raw: bytes, languages: tuple[str, ...]) -> str | None:
    """The language that a body names, if it is one of these, whatever else is wrong with the body."""
    try:
        body = parsed(raw)
    except Refused:
        return None
    language = body.get("language") if isinstance(body, dict) else None
    return language if isinstance(language, str) and language in languages else None


def _read(raw: bytes, kind: type[Body], gazetteer: Gazetteer, languages: tuple[str, ...]) -> Body:
    return read_body(raw, kind, lambda plain: together_faults(plain, gazetteer, languages))


def read_body(raw: bytes, kind: type[Body], together: Callable[[Any], Iterable[Fault]] = lambda _: ()) -> Body:
    """The body of that kind in these bytes; `together` finds what its schema cannot say, in the plain JSON.

    Raises:
        Refused, FaultyProfile: As for `read_routes`.
    """
    plain = parsed(raw)
    faults = set(_duplicate_keys(plain, ()))
    body: Body | None = None
    try:
        body = kind.model_validate_json(raw, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        faults |= {_schema_fault(fault["type"], fault["loc"], fault.get("input"), fault.get("ctx")) for fault in found}
    faults |= set(together(plain))
    faults = {one for one in faults if one.code != "too-few-items" or not _has_faulty_items(one.pointer, faults)}
    if faults or body is None:
        # `from None`: the error of the schema holds the body.
        raise FaultyProfile(tuple(faults)) from None
    return body


def _has_faulty_items(pointer: str, faults: Iterable[Fault]) -> bool:
    """Whether the list at that pointer is only short because its items are faulty themselves."""
    return any(other.pointer.startswith(f"{pointer}/") for other in faults)


class _Object(dict[str, Any]):
    """A JSON object that remembers whether a key stood in it twice."""

    repeats = False


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    made.repeats = len(made) < len(pairs)
    return made


def _no_constant(name: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def parsed(raw: bytes) -> Any:
    """The JSON in these bytes; objects tell by `repeats` whether a key stood in them twice.

    Raises:
        Refused: "empty-body" or "bad-json".
    """
    if not raw.strip():
        raise Refused("empty-body")
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("bad-json") from None


def _duplicate_keys(value: Any, way: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, _Object):
        if value.repeats:
            yield fault(way, "duplicate-key", "name every field once")
        for key, part in value.items():
            yield from _duplicate_keys(part, (*way, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _duplicate_keys(part, (*way, index))


def fault(way: Iterable[str | int], code: str, mend: str) -> Fault:
    """A fault of the body at that way, cut before the first name that is not one of ours."""
    pointer = ""
    for part in way:
        if isinstance(part, str) and part not in _field_names():
            break
        pointer += f"/{part}"
    return Fault("", 0, pointer, code, mend)


@cache
def _field_names() -> frozenset[str]:
    """Every name that the schema knows: of fields, and of the sectors under `consents`."""
    names = {sector.value for sector in Sector}
    pending: list[type[BaseModel]] = [RoutesRequest, WhyNotRequest, *BODIES]
    while pending:
        for name, field in pending.pop().model_fields.items():
            names.add(name)
            pending += _models_in(field.annotation)
    return frozenset(names)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


_SIMPLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("missing-field", "this field must be given"),
        "too_long": ("too-many-items", "shorten the list"),
        "too_short": ("too-few-items", "name at least one"),
        "string_too_long": ("not-a-slug", "use a slug as an answer of this service names it"),
        "string_too_short": ("not-a-slug", "use a slug as an answer of this service names it"),
        "greater_than_equal": ("out-of-range", "use a whole number within the range of the schema"),
        "less_than_equal": ("out-of-range", "use a whole number within the range of the schema"),
        "int_from_float": ("wrong-type", "use a whole number"),
        "int_type": ("wrong-type", "use a whole number"),
        "bool_type": ("wrong-type", "use true or false"),
        "string_type": ("wrong-type", "use a text"),
        "tuple_type": ("wrong-type", "use a list"),
        "dict_type": ("wrong-type", "use an object"),
        "model_type": ("wrong-type", "use an object"),
        "unknown-country": ("unknown-country", "use an ISO 3166-1 alpha-2 code"),
        "unknown-language": ("unknown-language", "use an ISO 639 code"),
        "not-a-slug": ("not-a-slug", "use a slug as an answer of this service names it"),
        "bad-instant": ("bad-instant", "use RFC 3339 between 2000 and 2099"),
        "unreadable-text": ("unreadable-text", "write plain text"),
        "no-offset": ("no-offset", "add the offset from UTC, such as +05:00"),
    }
)
"""Code and mend by the type of a schema error."""

_TEXTS = ("search", "text")
_BANDS = ("age", "incident_window")


def _schema_fault(kind: str, way: tuple[int | str, ...], value: Any, context: Mapping[str, Any] | None) -> Fault:
    if kind == "extra_forbidden":
        personal = _is_personal(str(way[-1]))
        code = "personal-data-refused" if personal else "unknown-field"
        return fault(way[:-1], code, "leave out what the schema does not name")
    if kind == "enum":
        return _enum_fault(way, value, context or {})
    if kind.startswith("string_too_") and way[-1] in _TEXTS:
        return fault(way, "bad-length", "keep within the length of the schema")
    code, mend = _SIMPLE.get(kind, ("wrong-type", "see the schema"))
    return fault(way, code, mend)


def _enum_fault(way: tuple[int | str, ...], value: Any, context: Mapping[str, Any]) -> Fault:
    names = [part for part in way if isinstance(part, str)]
    if way[-1] == "[key]":
        return fault(way[:-2], "unknown-value", ", ".join(sector.value for sector in Sector))
    if names[-1] in _BANDS and (isinstance(value, int | float) or re.fullmatch(r"\s*\d+\s*", str(value))):
        return fault(way, "number-for-band", _allowed(context))
    if names[-1] in ("needs", "already_has"):
        return fault(way, "unknown-code", "use a code that GET /v1/codes lists")
    return fault(way, "unknown-value" if isinstance(value, str) else "wrong-type", _allowed(context))


def _allowed(context: Mapping[str, Any]) -> str:
    """The closed list of the schema."""
    return str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")


def _is_personal(name: str) -> bool:
    parted = re.sub(r"([a-zа-я])([A-ZА-Я])", r"\1 \2", name)
    words = re.split(r"[\W\d_]+", parted.lower())
    return not PERSONAL_WORDS.isdisjoint([*words, "".join(words)])


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _profile(body: ProfileBody) -> Profile:
    told = {field.name: getattr(body, field.name) for field in fields(Profile)}
    told["location"] = Location(country=body.location.country, place=body.location.place)
    told["children_with"] = tuple(Companion(age=child.age, gender=child.gender) for child in body.children_with)
    told["consents"] = MappingProxyType(dict(body.consents))
    told["travel"] = TravelLimits(**dict(body.travel))
    told["preferences"] = Preferences(**dict(body.preferences))
    return Profile(**told)
