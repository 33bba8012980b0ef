"""Facts about very many service points and links, as a register of any size gives them out: side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from app.domain.codes import Code
from app.domain.profile import AccessNeed, Document, Perpetrator
from app.domain.provider import Eligibility, Link, Quality, Safety, ServicePoint

T = TypeVar("T")
BATCH_POINTS = 40_000
"""Points a batch: enough that what is done once a batch costs nothing, few enough to stay out of the way."""


@dataclass(frozen=True, slots=True)
class Shared(Generic[T]):
    """One value a point, out of values that several may share: the point at `n` has `values[at[n]]`."""

    values: Sequence[T]
    at: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointBatch:
    """What is said of some service points, fact by fact, always in one order.

    A batch may leave facts out, as long as batches before or after it say them of the same points: each fact is told
    of every point once. Texts may be members of the closed lists or their plain values.
    """

    slug: Sequence[str] | None = None
    organization: Shared[str] | None = None
    organization_type: Shared[str] | None = None
    independence: Shared[str] | None = None
    country: Shared[str] | None = None
    place: Shared[str | None] | None = None
    admin1: Shared[str | None] | None = None
    timezone: Shared[str] | None = None
    modality: Shared[str] | None = None
    codes: Shared[tuple[Code, ...]] | None = None
    status: Shared[str] | None = None
    quarantined: Shared[bool] | None = None
    registration: Shared[str] | None = None
    registered_until: Shared[date | None] | None = None
    steward_trust: Shared[bool] | None = None
    licence_required: Shared[str] | None = None
    state_funded: Shared[str] | None = None
    eligibility: Shared[Eligibility] | None = None
    """All of it but `required_documents`."""
    required_documents: Shared[tuple[Document, ...] | None] | None = None
    safety: Shared[Safety] | None = None
    """All of it but `safeguarding_flag` and `affiliations`."""
    safeguarding_flag: Shared[str] | None = None
    affiliations: Shared[tuple[Perpetrator, ...]] | None = None
    quality: Shared[Quality] | None = None
    verified_on: Shared[date | None] | None = None
    """`verification.on`: how and by whom is no matter of routing."""
    capacity: Shared[str] | None = None
    capacity_as_of: Sequence[datetime | None] | None = None
    free_places: Sequence[int | None] | None = None
    weekly: Shared[tuple[tuple[int, int], ...] | None] | None = None
    response_minutes: Sequence[int] | None = None
    duration_minutes: Sequence[int] | None = None
    languages: Shared[tuple[str, ...] | None] | None = None
    interpretation: Shared[tuple[str, ...] | None] | None = None
    interpretation_vetted: Shared[str] | None = None
    accessibility: Shared[tuple[AccessNeed, ...] | None] | None = None
    address_confidential: Shared[bool] | None = None


_OF_EACH = ("slug", "capacity_as_of", "free_places", "response_minutes", "duration_minutes")
"""Facts that are told of each point for itself."""
_FARTHER_IN = {
    "required_documents": "eligibility", "safeguarding_flag": "safety", "affiliations": "safety",
}  # fmt: skip
"""Facts that a service point has inside another one."""
_PLAIN = tuple(field.name for field in fields(PointBatch) if field.name not in {*_OF_EACH, *_FARTHER_IN, "verified_on"})


def in_batches(points: Iterable[ServicePoint]) -> Iterator[PointBatch]:
    """The same points in the same order, in batches."""
    rest = iter(points)
    while chosen := tuple(islice(rest, BATCH_POINTS)):
        yield _batch(chosen)


def _batch(points: Sequence[ServicePoint]) -> PointBatch:
    at = range(len(points))
    facts: dict[str, Any] = {name: [getattr(point, name) for point in points] for name in _OF_EACH}
    for name in _PLAIN:
        facts[name] = Shared([getattr(point, name) for point in points], at)
    for name, part in _FARTHER_IN.items():
        facts[name] = Shared([getattr(getattr(point, part), name) for point in points], at)
    facts["verified_on"] = Shared([point.verification.on for point in points], at)
    return PointBatch(**facts)


NOBODY = _batch(())
"""Every fact, of no point."""


class LinkTerms(NamedTuple):
    """What many links have in common, as in `Link`."""

    agreement: str
    mode: str
    receiver_confirmed: str
    child_ok: str
    interpreter_source: str
    active: bool
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBatch:
    """Some links side by side, always in one order."""

    slug: Sequence[str]
    from_organization: Sequence[str]
    to: Sequence[str]
    terms: Shared[LinkTerms]


def in_link_batches(links: Iterable[Link]) -> Iterator[LinkBatch]:
    """The same links in the same order, in batches."""
    rest = iter(links)
    while chosen := tuple(islice(rest, BATCH_POINTS)):
        yield LinkBatch(
            slug=[link.slug for link in chosen],
            from_organization=[link.from_organization for link in chosen],
            to=[link.to for link in chosen],
            terms=Shared(
                [LinkTerms(*(getattr(link, name) for name in LinkTerms._fields)) for link in chosen], range(len(chosen))
            ),
        )
