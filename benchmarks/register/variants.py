"""The values that the invented providers' facts are drawn from, each with its share of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import Agreement, HandoverMode, RegistrationStatus, SafeguardingFlag, ServiceStatus

DAY = 1440
Spans = tuple[tuple[int, int], ...]


class Hours:
    """Numbers of schedules: two that have names, then those of `OTHER_HOURS` from 2 on, and none."""

    OFFICE = 0
    ALWAYS = 1
    NOT_KNOWN = -1


def weekly(days: range | tuple[int, ...], *spans: tuple[int, int]) -> Spans:
    """These hours on each of these days, Monday 0; spans in hours of the day."""
    return tuple((day * DAY + begin * 60, day * DAY + end * 60) for day in days for begin, end in spans)


_DAYS = (range(6), range(7), (0, 2, 4), (1, 3), (5, 6), range(4))
_SPANS = (((8, 20),), ((9, 18),), ((9, 13), (14, 18)), ((10, 16),), ((16, 22),), ((7, 15),), ((9, 12),))
OFFICE_HOURS = weekly(range(5), (9, 18))
OTHER_HOURS: tuple[Spans, ...] = tuple(weekly(days, *spans) for days, spans in product(_DAYS, _SPANS))
SCHEDULES: tuple[Spans, ...] = (OFFICE_HOURS, ((0, 7 * DAY),), *OTHER_HOURS)
"""By number; -1 is none."""

RESPONSES = (0, 0, 10, 15, 20, 30, 30, 45, 60, 60, 90, 120, 180, 240)
DURATIONS = (30, 30, 45, 45, 60, 60, 60, 90, 90, 120)
"""Minutes: from who answers at once to who calls back in four hours; a visit or an intake of half an hour to two."""

STATUSES: Mapping[ServiceStatus, float] = {
    ServiceStatus.ACTIVE: 0.945,
    ServiceStatus.UNKNOWN: 0.025,
    ServiceStatus.TEMPORARILY_CLOSED: 0.01,
    ServiceStatus.INACTIVE: 0.01,
    ServiceStatus.DEFUNCT: 0.005,
    ServiceStatus.ANNOUNCED: 0.005,
}
REGISTRATIONS: Mapping[RegistrationStatus, float] = {
    RegistrationStatus.REGISTERED: 0.88,
    RegistrationStatus.NOT_REQUIRED: 0.05,
    RegistrationStatus.UNKNOWN: 0.03,
    RegistrationStatus.UNREGISTERED: 0.015,
    RegistrationStatus.EXPIRED: 0.015,
    RegistrationStatus.SUSPENDED: 0.006,
    RegistrationStatus.REVOKED: 0.004,
}
GENDERS: tuple[tuple[Placement, ...] | None, ...] = (
    (Placement.WOMEN,), (Placement.MEN,), (Placement.WOMEN, Placement.MEN), None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ages:
    """Spans of whole years with their shares."""

    spans: tuple[tuple[int, int], ...]
    shares: tuple[float, ...]


AGES_OF_BEDS = Ages(((18, 120), (0, 120), (18, 60), (16, 120), (14, 29)), (0.55, 0.25, 0.1, 0.06, 0.04))
AGES_OF_VISITS = Ages(((0, 120), (18, 120), (14, 35), (12, 120)), (0.74, 0.18, 0.04, 0.04))
AGES_OF_CHILDREN = Ages(((0, 17), (3, 17), (7, 17)), (0.5, 0.35, 0.15))
AGES = AGES_OF_BEDS.spans + AGES_OF_VISITS.spans + AGES_OF_CHILDREN.spans

HERE = "here"
"""Stands for the country of the provider."""
NATIONALITIES: Mapping[tuple[tuple[str, ...], tuple[str, ...]], float] = {
    (("*",), ()): 0.82,
    ((HERE,), ()): 0.1,
    (("KG", "KZ", "TJ", "TM", "UZ"), ()): 0.05,
    (("*",), ("stateless",)): 0.015,
    ((HERE, "stateless"), ()): 0.015,
}
DOCUMENTS: Mapping[tuple[Document, ...], float] = {
    (): 0.955,
    (Document.PASSPORT,): 0.02,
    (Document.NATIONAL_ID,): 0.015,
    (Document.RESIDENCE_PERMIT,): 0.01,
}
ACCESS: Mapping[tuple[AccessNeed, ...], float] = {
    (): 0.25,
    (AccessNeed.MOBILITY,): 0.25,
    (AccessNeed.MOBILITY, AccessNeed.HEARING): 0.1,
    (AccessNeed.MOBILITY, AccessNeed.CARER): 0.1,
    (AccessNeed.VISION, AccessNeed.HEARING): 0.05,
    tuple(AccessNeed): 0.25,
}
REGIMES = (0.84, 0.13, 0.02, 0.01)
"""Open, semi-open, closed, detention; for beds. The fifth is unknown."""
FLAGS = (0.984, 0.008, 0.004, 0.004)
"""In the order of `SafeguardingFlag`."""
AFFILIATIONS = tuple(Perpetrator)
FLAG_VALUES = tuple(SafeguardingFlag)
AGREEMENTS = (
    Agreement.SOP, Agreement.MOU, Agreement.TRM, Agreement.PRACTICE, Agreement.NONE, Agreement.UNKNOWN,
)  # fmt: skip
MODES = tuple(HandoverMode)
INTERPRETER_SOURCES = ("none", "provider", "family")

_STATE_LANGUAGE = {"KZ": "kk", "KG": "ky", "TJ": "tg", "TM": "tk", "UZ": "uz"}


def _tongues(own: str) -> tuple[tuple[tuple[str, ...], float], ...]:
    """What staff speak: the language of the country and Russian mostly, English in one of five, neighbours' rarely."""
    neighbours = [tag for tag in _STATE_LANGUAGE.values() if tag != own]
    return (
        ((own, "ru"), 0.52),
        ((own,), 0.1),
        (("ru",), 0.06),
        (("en", own, "ru"), 0.17),
        *(((own, "ru", tag), 0.03) for tag in neighbours),
        (("en", *sorted(_STATE_LANGUAGE.values()), "ru"), 0.03),
    )


TONGUES: Mapping[str, tuple[tuple[tuple[str, ...], float], ...]] = {
    country: _tongues(own) for country, own in _STATE_LANGUAGE.items()
}
INTERPRETED: tuple[tuple[str, ...], ...] = (
    (),
    ("en", "ru"),
    ("kk", "ky", "ru", "tg", "tk", "uz"),
    ("ar", "en", "fa", "kk", "ky", "ru", "tg", "tk", "tr", "ur", "uz"),
)
