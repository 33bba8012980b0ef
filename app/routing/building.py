"""Columns from service points, or from batches of them as a register gives them out, one batch in hand at a time.

What is said of many points in the same words is looked at once a batch. The order in which points come changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, count
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.batch import NO_POINTS, PointBatch, in_batches
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import AUTHORITIES, FORCE_BODIES, Modality, ServicePoint
from app.routing.columns import NEVER, NO_END, NO_LIMIT, STAY_BITS, Columns, Index, bits_of
from app.routing.words import Codes, Sets, Words, codes_for, texts

T = TypeVar("T")
Array = NDArray[Any]

MOST_LANGUAGES = 62
"""Languages have a bit each."""
_ANSWER = {Answer.NO: 0, Answer.YES: 1, Answer.UNKNOWN: 2}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_OWN_WORDS = ("organization", "country", "timezone", "organization_type", "independence", "status", "registration",
              "capacity", "modality")  # fmt: skip
_WORDS = (*_OWN_WORDS, "place", "admin1", "facility_regime", "safeguarding_flag")
_MANY = frozenset({"organization"})
"""Words of which a large register has very many."""
_FLAGS = ("quarantined", "steward_trust", "address_confidential")
_ANSWERS = ("state_funded", "licence_required", "interpretation_vetted")
_OF_ELIGIBILITY = ("accepts_children", "requires_formal_status", "requires_cooperation", "requires_criminal_case",
                   "requires_residence", "requires_police_referral", "fee")  # fmt: skip
_OF_SAFETY = ("shares_with_police", "shares_with_immigration", "mandatory_reporter", "confidentiality_policy",
              "child_specialised", "mediates_with_family")  # fmt: skip
_OF_QUALITY = ("trafficking_specialised", "trauma_informed", "staff_gender_choice", "offers_pep",
               "offers_emergency_contraception", "offers_forensic")  # fmt: skip
_OF_SAFETY_LISTS = ("facility_regime", "safeguarding_flag", "affiliations")
_TABLES = {"offer": "offer_sets", "schedule": "schedules", "nationality_rule": "nationality_rules"}
_SETS: Mapping[str, Iterable[Any] | None] = {
    "admits_genders": Placement, "required_documents": Document, "accessibility": AccessNeed,
    "affiliations": Perpetrator, "languages": None, "interpretation": None,
}  # fmt: skip
"""Each set with the closed list whose order its bits have; `None`: the languages of the network."""


class _Seen(dict[Any, int]):
    """What has been met so far, each with its number in the order of meeting."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number


Seen = defaultdict[str, _Seen]


def build_columns(points: Iterable[ServicePoint]) -> Columns:
    """The columns of these points; the order of the input changes nothing.

    Raises:
        ValueError: Two points have one slug, or the points speak more than 62 languages together.
    """
    return columns_of_batches(in_batches(points))


def columns_of_batches(batches: Iterable[PointBatch]) -> Columns:
    """The columns of the points of all batches; where batches are cut changes nothing either.

    Raises:
        ValueError: As for `build_columns`.
    """
    seen: Seen = defaultdict(_Seen)
    slugs: list[str] = []
    pieces: defaultdict[str, list[Array]] = defaultdict(list)
    for batch in chain((NO_POINTS,), batches):
        slugs += batch.slug
        for name, array in _encoded(batch, seen).items():
            pieces[name].append(array)
    return _assembled(slugs, pieces, seen)


def _encoded(batch: PointBatch, seen: Seen) -> dict[str, Array]:
    """Every column of the batch; words, sets and the like as the numbers under which they were first met."""
    return {
        **_words(batch, seen),
        **_numbers(batch),
        **_lists(batch, seen),
        **_eligibility(batch, seen),
        **_safety(batch, seen),
        **_answers_of(batch.quality, _OF_QUALITY),
    }


def _words(batch: PointBatch, seen: Seen) -> dict[str, Array]:
    def numbers(name: str, values: Iterable[str]) -> Array:
        return np.fromiter(map(seen[name].__getitem__, values), np.int32, len(batch.slug))

    return {
        **{name: numbers(name, getattr(batch, name)) for name in _OWN_WORDS},
        "place": numbers("place", (place or "" for place in batch.place)),
        "admin1": numbers("admin1", (region or "" for region in batch.admin1)),
    }


def _numbers(batch: PointBatch) -> dict[str, Array]:
    def day(values: Sequence[date | None], missing: int) -> Array:
        return _looked_up(values, lambda on: missing if on is None else on.toordinal(), np.int32)

    def moment(at: datetime | None) -> int:
        return NEVER if at is None else (at - _EPOCH) // _MICROSECOND

    return {
        **{name: np.array(getattr(batch, name), np.bool_) for name in _FLAGS},
        **{name: np.array([_ANSWER[said] for said in getattr(batch, name)], np.int8) for name in _ANSWERS},
        "free_places": np.array([-1 if free is None else free for free in batch.free_places], np.int32),
        "verified_on": day(batch.verified_on, 0),
        "registered_until": day(batch.registered_until, NO_END),
        "capacity_at": _looked_up(batch.capacity_as_of, moment, np.int64),
        "response": np.array(batch.response_minutes, np.int32),
        "duration": np.array(batch.duration_minutes, np.int32),
    }


def _different(values: Sequence[T]) -> tuple[list[T], Array]:
    """(the objects that differ, which of them each value is); a value that is two objects is looked at twice."""
    ids = list(map(id, values))
    objects = dict(zip(ids, values, strict=True))
    number = dict(zip(objects, count()))
    return list(objects.values()), np.fromiter(map(number.__getitem__, ids), np.int32, len(ids))


def _looked_up(values: Sequence[T], number: Callable[[T], int], kind: Any) -> Array:
    """The number of each value, worked out once for each object."""
    objects, at = _different(values)
    return np.array([number(value) for value in objects], kind)[at]


def _answers_of(values: Sequence[Any], names: Iterable[str]) -> dict[str, Array]:
    """The named answers of each value."""
    objects, at = _different(values)
    return {name: np.array([_ANSWER[getattr(value, name)] for value in objects], np.int8)[at] for name in names}


def _lists(batch: PointBatch, seen: Seen) -> dict[str, Array]:
    sets = ("languages", "interpretation", "accessibility")
    return {
        **{name: _looked_up(getattr(batch, name), seen[name].__getitem__, np.int32) for name in sets},
        "schedule": _looked_up(batch.weekly, seen["schedule"].__getitem__, np.int32),
        "offer": _looked_up(batch.codes, lambda codes: seen["offer"][bits_of(codes)], np.int32),
    }


def _eligibility(batch: PointBatch, seen: Seen) -> dict[str, Array]:
    values, at = _different(batch.eligibility)

    def age(ages: Iterable[int | None], missing: int = -1) -> Array:
        return np.array([missing if years is None else years for years in ages], np.int16)[at]

    def number(name: str, found: Iterable[Any]) -> Array:
        return np.array([seen[name][value] for value in found], np.int32)[at]

    return {
        **_answers_of(batch.eligibility, _OF_ELIGIBILITY),
        "age_min": age(value.age_min for value in values),
        "age_max": age((value.age_max for value in values), NO_LIMIT),
        "boys_max_age": age((value.boys_max_age for value in values), NO_LIMIT),
        "admits_genders": number("admits_genders", (value.genders for value in values)),
        "required_documents": number("required_documents", (value.required_documents for value in values)),
        "nationality_rule": number(
            "nationality_rule", ((value.nationalities, value.nationalities_excluded) for value in values)
        ),
    }


def _safety(batch: PointBatch, seen: Seen) -> dict[str, Array]:
    values, at = _different(batch.safety)

    def number(name: str, found: Iterable[Any]) -> Array:
        return np.array([seen[name][value] for value in found], np.int32)[at]

    return {
        **_answers_of(batch.safety, _OF_SAFETY),
        "separates_children": _looked_up(
            batch.safety, lambda value: _ANSWER[value.separates_children_from_adults], np.int8
        ),
        **{name: number(name, (getattr(value, name) for value in values)) for name in _OF_SAFETY_LISTS},
    }


def _assembled(slugs: list[str], pieces: dict[str, list[Array]], seen: Seen) -> Columns:
    """The columns of all pieces, in the order of the network."""
    columns: dict[str, Any] = {name: np.concatenate(pieces.pop(name)) for name in list(pieces)}
    columns["slug"] = _slugs(slugs)
    for name in _WORDS:
        columns[name] = _words_of(columns[name], seen[name], many=name in _MANY)
    for name in ("offer", "schedule", "nationality_rule"):
        columns[name], columns[_TABLES[name]] = _settled(columns[name], seen[name])
    columns["offer_sets"] = np.array(columns["offer_sets"], np.int64)
    columns["language_bit"] = language_bit = _language_bits(seen)
    for name, order in _SETS.items():
        columns[name] = _sets(columns[name], seen[name], language_bit if order is None else _bits_in(order))
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


def _words_of(met: Array, seen: _Seen, *, many: bool) -> Words:
    at, vocabulary = _settled(met, _Seen({str(word): number for word, number in seen.items()}))
    return Words(at, texts(vocabulary) if many else vocabulary)


def _settled(met: Array, seen: _Seen) -> tuple[Codes, tuple[Any, ...]]:
    """(the place of each value in the sorted vocabulary, the vocabulary)."""
    vocabulary = sorted(seen, key=_by_text)
    place = np.empty(len(seen), np.int32)
    place[[seen[value] for value in vocabulary]] = np.arange(len(seen))
    return codes_for(place[met], len(seen)), tuple(vocabulary)


def _by_text(value: Any) -> Any:
    """Texts and numbers as they are; sets and the like, some of which are `None`, by how they are written."""
    return value if isinstance(value, str | int) else repr(value)


def _language_bits(seen: Seen) -> MappingProxyType[str, int]:
    spoken = sorted({tag for name in ("languages", "interpretation") for tags in seen[name] for tag in tags or ()})
    if len(spoken) > MOST_LANGUAGES:
        raise ValueError("more than 62 languages in one network")
    return MappingProxyType(_bits_in(spoken))


def _bits_in(order: Iterable[T]) -> dict[T, int]:
    return {value: 1 << place for place, value in enumerate(order)}


def _sets(met: Array, seen: _Seen, bit: Mapping[Any, int]) -> Sets[Any]:
    at, lists = _settled(met, seen)
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
    by_organization = np.argsort(rows.organization.at, kind="stable")
    index = Index(
        row_by_slug=np.argsort(rows.slug.at).astype(np.int32),
        place_begins=_begins(rows.place),
        organization_begins=_begins(rows.organization),
        organization_rows=by_organization.astype(np.int32),
    )
    return replace(rows, index=index)


def _begins(words: Words) -> Array:
    """Where the rows of each word begin once they are sorted by it; one more at the end."""
    counts = np.bincount(words.at, minlength=len(words.vocabulary))
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
