"""Columns from service points, or from batches of facts as a register gives them out, one batch in hand at a time.

What points share is looked at once a batch. The order in which points come changes nothing.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.batch import NOBODY, PointBatch, Shared, in_batches
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import AUTHORITIES, FORCE_BODIES, Modality, ServicePoint
from app.routing.columns import NEVER, NO_END, NO_LIMIT, STAY_BITS, Columns, Index, bits_of
from app.routing.words import Codes, Seen, Sets, Words, codes_for, grouped, settled, settled_words, texts

T = TypeVar("T")
Array = NDArray[Any]
MOST_LANGUAGES = 62
"""Languages have a bit each."""

_ANSWER: Mapping[str, int] = {Answer.NO: 0, Answer.YES: 1, Answer.UNKNOWN: 2}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


Met = defaultdict[str, Seen]
Encoder = Callable[[Sequence[Any], Seen], Array]
"""Makes numbers of values, of which each is another one."""


def _met(values: Sequence[Any], seen: Seen) -> Array:
    return np.fromiter(map(seen.__getitem__, values), np.int32, len(values))


def _met_texts(values: Sequence[str | None], seen: Seen) -> Array:
    return _met([value or "" for value in values], seen)


def _met_codes(values: Sequence[Any], seen: Seen) -> Array:
    return _met(list(map(bits_of, values)), seen)


def _answers(values: Sequence[str], _: Seen) -> Array:
    return np.fromiter(map(_ANSWER.__getitem__, values), np.int8, len(values))


def _flags(values: Sequence[bool], _: Seen) -> Array:
    return np.array(values, np.bool_)


def _numbers(values: Sequence[int | None], _: Seen) -> Array:
    return np.array([-1 if value is None else value for value in values], np.int32)


def _least_ages(values: Sequence[int | None], _: Seen) -> Array:
    return np.array([-1 if value is None else value for value in values], np.int16)


def _greatest_ages(values: Sequence[int | None], _: Seen) -> Array:
    return np.array([NO_LIMIT if value is None else value for value in values], np.int16)


def _days(values: Sequence[date | None], _: Seen) -> Array:
    return np.array([0 if value is None else value.toordinal() for value in values], np.int32)


def _last_days(values: Sequence[date | None], _: Seen) -> Array:
    return np.array([NO_END if value is None else value.toordinal() for value in values], np.int32)


def _moments(values: Sequence[datetime | None], _: Seen) -> Array:
    return np.array([NEVER if at is None else (at - _EPOCH) // _MICROSECOND for at in values], np.int64)


_WORDS = (
    "organization", "country", "place", "admin1", "timezone", "organization_type", "independence", "status",
    "registration", "facility_regime", "safeguarding_flag", "capacity", "modality",
)  # fmt: skip
_MANY = frozenset({"organization"})
"""Words of which a large register has very many."""
_TABLES = {"offer": "offer_sets", "schedule": "schedules", "nationality_rule": "nationality_rules"}
_SPOKEN = ("languages", "interpretation")
_SETS: Mapping[str, Iterable[Any]] = {
    "admits_genders": Placement, "required_documents": Document, "accessibility": AccessNeed,
    "affiliations": Perpetrator, **dict.fromkeys(_SPOKEN, ()),
}  # fmt: skip
"""Each set with the closed list whose order its bits have; languages have the bits of the network."""

_ENCODERS: Mapping[str, Encoder] = {
    **dict.fromkeys(_WORDS, _met_texts),
    **dict.fromkeys(_SETS, _met),
    "offer": _met_codes, "schedule": _met, "nationality_rule": _met,
    **dict.fromkeys(("quarantined", "steward_trust", "address_confidential"), _flags),
    **dict.fromkeys(("free_places", "response", "duration"), _numbers),
    "age_min": _least_ages, "age_max": _greatest_ages, "boys_max_age": _greatest_ages,
    "verified_on": _days, "registered_until": _last_days, "capacity_at": _moments,
}  # fmt: skip
"""All others are answers."""

_RENAMED = {
    "codes": "offer", "weekly": "schedule", "capacity_as_of": "capacity_at",
    "response_minutes": "response", "duration_minutes": "duration",
}  # fmt: skip
"""Facts whose column has another name."""
_INSIDE: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "eligibility": {
        **{name: attrgetter(name) for name in (
            "accepts_children", "requires_formal_status", "requires_cooperation", "requires_criminal_case",
            "requires_residence", "requires_police_referral", "fee", "age_min", "age_max", "boys_max_age",
        )},
        "admits_genders": attrgetter("genders"),
        "nationality_rule": attrgetter("nationalities", "nationalities_excluded"),
    },
    "safety": {
        **{name: attrgetter(name) for name in (
            "shares_with_police", "shares_with_immigration", "mandatory_reporter", "confidentiality_policy",
            "facility_regime", "child_specialised", "mediates_with_family",
        )},
        "separates_children": attrgetter("separates_children_from_adults"),
    },
    "quality": {name: attrgetter(name) for name in (
        "trafficking_specialised", "trauma_informed", "staff_gender_choice", "offers_pep",
        "offers_emergency_contraception", "offers_forensic",
    )},
}  # fmt: skip
"""The columns of facts that hold several."""


def build_columns(points: Iterable[ServicePoint]) -> Columns:
    """The columns of these points; the order of the input changes nothing.

    Raises:
        ValueError: Two points have one slug, or the points speak more than 62 languages together.
    """
    return columns_of_batches(in_batches(points))


def columns_of_batches(batches: Iterable[PointBatch]) -> Columns:
    """The columns of the points of all batches; where batches are cut changes nothing either.

    Raises:
        ValueError: As for `build_columns`, or a fact is not told of every point.
    """
    seen: Met = defaultdict(Seen)
    slugs, columns = _gathered(batches, seen)
    if any(len(column) != len(slugs) for column in columns.values()):
        raise ValueError("a fact is not told of every service point")
    return _assembled(slugs, columns, seen)


def _gathered(batches: Iterable[PointBatch], seen: Met) -> tuple[list[str], dict[str, Array]]:
    """The slugs in the order in which they came, and the columns in the same order."""
    slugs: list[str] = []
    pieces: defaultdict[str, list[Array]] = defaultdict(list)
    for batch in chain((NOBODY,), batches):
        slugs += batch.slug or ()
        for name, piece in _encoded(batch, seen):
            pieces[name].append(piece)
    return slugs, {name: np.concatenate(pieces.pop(name)) for name in list(pieces)}


def _encoded(batch: PointBatch, seen: Met) -> Iterator[tuple[str, Array]]:
    """The columns that the batch tells of; words, sets and the like as the numbers under which they were first met."""
    for fact in (field.name for field in fields(PointBatch) if field.name != "slug"):
        told = getattr(batch, fact)
        if told is None:
            continue
        values, at = (told.values, _as_rows(told)) if isinstance(told, Shared) else (told, None)
        for name, look in _INSIDE.get(fact, {_RENAMED.get(fact, fact): _itself}).items():
            encode = _ENCODERS.get(name, _answers)
            column = encode(values if look is _itself else list(map(look, values)), seen[name])
            yield name, column if at is None else column[at]


def _itself(value: Any) -> Any:
    return value


def _as_rows(told: Shared[Any]) -> Array | None:
    """Which value each point has; `None`: each value is that of the point in its place."""
    if told.at == range(len(told.values)):
        return None
    return np.asarray(told.at) if isinstance(told.at, array) else np.array(told.at, np.int32)


def _assembled(slugs: list[str], columns: dict[str, Any], seen: Met) -> Columns:
    """The columns in the order of the network."""
    columns["slug"] = _slugs(slugs)
    for name in _WORDS:
        columns[name] = settled_words(columns[name], seen[name], many=name in _MANY)
    for name, table in _TABLES.items():
        columns[name], columns[table] = settled(columns[name], seen[name])
    columns["offer_sets"] = np.array(columns["offer_sets"], np.int64)
    sets = {name: settled(columns[name], seen[name]) for name in _SETS}
    columns["language_bit"] = language_bit = _language_bits(sets[name][1] for name in _SPOKEN)
    for name, (at, lists) in sets.items():
        columns[name] = _sets(at, lists, language_bit if name in _SPOKEN else _bits_in(_SETS[name]))
    columns |= _worked_out(columns)
    return _sorted(Columns(index=None, **columns))


def _slugs(slugs: list[str]) -> Words:
    by_slug = sorted(range(len(slugs)), key=slugs.__getitem__)
    ordered = [slugs[row] for row in by_slug]
    if any(map(str.__eq__, ordered, ordered[1:])):
        raise ValueError("two service points share a slug")
    rank = np.empty(len(slugs), np.int32)
    rank[by_slug] = np.arange(len(slugs))
    return Words(codes_for(rank, len(slugs)), texts(ordered))


def _language_bits(spoken: Iterable[Iterable[tuple[str, ...] | None]]) -> Mapping[str, int]:
    tags = sorted({tag for lists in spoken for tags in lists for tag in tags or ()})
    if len(tags) > MOST_LANGUAGES:
        raise ValueError("more than 62 languages in one network")
    return MappingProxyType(_bits_in(tags))


def _bits_in(order: Iterable[T]) -> dict[T, int]:
    return {value: 1 << place for place, value in enumerate(order)}


def _sets(at: Codes, lists: tuple[Any, ...], bit: Mapping[Any, int]) -> Sets[Any]:
    bits = [sum(bit[value] for value in set(values or ())) for values in lists]
    known = [values is not None for values in lists]
    return Sets(at, lists, np.array(bits, np.int64), np.array(known, np.bool_))


def _worked_out(columns: Mapping[str, Any]) -> dict[str, Array]:
    """The columns that follow from others."""
    stays = ((columns["offer_sets"] & STAY_BITS) != 0)[columns["offer"]]
    return {
        "is_authority": columns["organization_type"].among(AUTHORITIES),
        "is_force_body": columns["organization_type"].among(FORCE_BODIES),
        "remote": ~columns["modality"].is_(Modality.PHYSICAL),
        "has_stay": stays,
        "hidden": stays & columns["address_confidential"],
    }


def _sorted(columns: Columns) -> Columns:
    """The same rows in the order of a network, and the index to find them."""
    busy = columns.response.astype(np.int64) + columns.duration
    order = np.lexsort((columns.slug.at, busy, columns.offer, columns.place.at))
    rows = columns.take(order)
    index = Index(
        row_by_slug=np.argsort(rows.slug.at).astype(np.int32),
        places=grouped(rows.place).begins,
        organizations=grouped(rows.organization),
    )
    return replace(rows, index=index)
