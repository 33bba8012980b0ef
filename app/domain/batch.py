"""Service points side by side, as they come from a register of any size: one sequence a fact."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import islice

from app.domain.codes import Code
from app.domain.profile import AccessNeed
from app.domain.provider import Eligibility, Quality, Safety, ServicePoint

BATCH_POINTS = 10_000
"""Points a batch: enough that what is done once a batch costs nothing, few enough to stay out of the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointBatch:
    """The fields of `ServicePoint`, each as the values of all points of the batch, in one order; `on` stands alone.

    Texts may be members of the closed lists or their plain values. Whoever makes a batch lets equal values be one
    object where that is cheap: each object is looked at once.
    """

    slug: Sequence[str]
    organization: Sequence[str]
    organization_type: Sequence[str]
    independence: Sequence[str]
    country: Sequence[str]
    place: Sequence[str | None]
    admin1: Sequence[str | None]
    modality: Sequence[str]
    codes: Sequence[tuple[Code, ...]]
    status: Sequence[str]
    quarantined: Sequence[bool]
    registration: Sequence[str]
    registered_until: Sequence[date | None]
    steward_trust: Sequence[bool]
    licence_required: Sequence[str]
    state_funded: Sequence[str]
    eligibility: Sequence[Eligibility]
    safety: Sequence[Safety]
    quality: Sequence[Quality]
    verified_on: Sequence[date | None]
    """`verification.on`: how and by whom is no matter of routing."""
    capacity: Sequence[str]
    capacity_as_of: Sequence[datetime | None]
    free_places: Sequence[int | None]
    timezone: Sequence[str]
    weekly: Sequence[tuple[tuple[int, int], ...] | None]
    response_minutes: Sequence[int]
    duration_minutes: Sequence[int]
    languages: Sequence[tuple[str, ...] | None]
    interpretation: Sequence[tuple[str, ...] | None]
    interpretation_vetted: Sequence[str]
    accessibility: Sequence[tuple[AccessNeed, ...] | None]
    address_confidential: Sequence[bool]


NO_POINTS = PointBatch(**{field.name: () for field in fields(PointBatch)})
_OF_A_POINT = tuple(field.name for field in fields(PointBatch) if field.name != "verified_on")


def in_batches(points: Iterable[ServicePoint]) -> Iterator[PointBatch]:
    """The same points in the same order, in batches; none for no points."""
    rest = iter(points)
    while chosen := tuple(islice(rest, BATCH_POINTS)):
        yield PointBatch(
            verified_on=[point.verification.on for point in chosen],
            **{name: [getattr(point, name) for point in chosen] for name in _OF_A_POINT},
        )
