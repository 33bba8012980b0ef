"""The network's service points as columns: one row a point, sorted by place, so that a place is a slice.

A gate is written once over these columns and judges one row or a million alike. Sets are bits of an int64: codes by
their place in the published table, the others by their closed lists and the languages of the network. A point takes
less than 200 bytes here, and `point` makes the value again. There is no column for an address.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.errors import NotFound
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import (
    Capacity,
    Eligibility,
    FacilityRegime,
    Independence,
    Modality,
    OrganizationType,
    Quality,
    RegistrationStatus,
    SafeguardingFlag,
    Safety,
    ServicePoint,
    ServiceStatus,
    Verification,
)
from app.routing.verdicts import Bits, Bools, Int8s
from app.routing.words import Codes, Groups, Rows, Sets, Words, find

CODE_BIT: Mapping[Code, int] = MappingProxyType({code: 1 << i for i, code in enumerate(CODES)})
"""The bit of each code, in the order of the published table; 45 bits."""

Ages = NDArray[np.int16]
Ints = NDArray[np.int32]
Instants = NDArray[np.int64]


def bits_of(codes: Iterable[Code]) -> int:
    """The codes as one whole number."""
    return sum(CODE_BIT[code] for code in set(codes))


def codes_of(bits: int) -> tuple[Code, ...]:
    """The codes of a whole number, in the order of the published table."""
    return tuple(code for code, bit in CODE_BIT.items() if bits & bit)


STAY_BITS = bits_of(code for code, facts in CODES.items() if facts.kind is CodeKind.STAY)
"""The codes after which a person sleeps somewhere else."""
HEADS = bits_of(code for code, facts in CODES.items() if facts.kind in (CodeKind.STAY, CodeKind.CASE))
"""The codes by which an organization comes to hold the case."""

STAYS: tuple[Code, ...] = tuple(code for code, facts in CODES.items() if facts.kind is CodeKind.STAY)
URGENT: tuple[Code, ...] = (Code.CRI_HOT, Code.SAF_EMG, Code.SHL_EMG, Code.MED_EMG, Code.MED_CMR)
"""H06: help that asks for no victim status, documents, residence or payment."""


def all_but(codes: Iterable[Code]) -> tuple[Code, ...]:
    """Every code that is not among these, in the order of the published table."""
    left_out = set(codes)
    return tuple(code for code in CODES if code not in left_out)


NationalityRule = tuple[tuple[str, ...] | None, tuple[str, ...]]
"""Who is admitted (`None`: no source says) and who is not, as in `Eligibility`."""
Weekly = tuple[tuple[int, int], ...] | None
"""Spans of the local week, as in `ServicePoint`; `None` where no source says."""


def document_bits(documents: Iterable[Document]) -> int:
    """Documents as bits, in the order of the closed list."""
    return _set_bits(documents, tuple(Document))


def access_bits(needs: Iterable[AccessNeed]) -> int:
    """Access needs as bits, in the order of the closed list."""
    return _set_bits(needs, tuple(AccessNeed))


def perpetrator_bits(tags: Iterable[Perpetrator]) -> int:
    """Perpetrator categories as bits, in the order of the closed list."""
    return _set_bits(tags, tuple(Perpetrator))


def placement_bits(placements: Iterable[Placement]) -> int:
    """1 women, 2 men."""
    return _set_bits(placements, tuple(Placement))


def _set_bits(values: Iterable[object], order: Sequence[object]) -> int:
    return sum(1 << order.index(value) for value in set(values))


_ANSWERS = (Answer.NO, Answer.YES, Answer.UNKNOWN)
"""What an `Answer` is in a column: 0, 1, 2."""
NO_LIMIT = 1_000
"""Years that nobody reaches: a limit that is not on record."""
NO_END = 4_000_000
"""A proleptic day after every date: an end that is not on record."""
NEVER = -(1 << 63)
"""A moment before every other."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Index:
    """Where to look in the columns of a whole network."""

    row_by_slug: Rows
    """The row of each slug, in the order of the slugs."""
    places: Rows
    """Where the rows of each place begin, in the order of the places; one more at the end."""
    organizations: Groups


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Every fact of a service point that decides or is shown, one row a point.

    The rows of a network are sorted by place, the codes offered (as a number), response and duration together, slug.
    Answers are int8 (0 no, 1 yes, 2 unknown). Ages are whole years; where no source says, the least is -1 and the
    greatest `NO_LIMIT`. `verified_on` is a proleptic ordinal day, 0: never. A text that no source gives is "".
    """

    slug: Words
    organization: Words
    country: Words
    place: Words
    admin1: Words
    timezone: Words
    organization_type: Words
    independence: Words
    status: Words
    registration: Words
    facility_regime: Words
    safeguarding_flag: Words
    capacity: Words
    modality: Words
    offer: Codes
    """Where in `offer_sets` the codes of the row stand."""
    is_authority: Bools
    is_force_body: Bools
    remote: Bools
    """Remote or mobile: no leg is travelled to it."""
    quarantined: Bools
    steward_trust: Bools
    has_stay: Bools
    address_confidential: Bools
    hidden: Bools
    """A bed at an address that is confidential."""
    admits_genders: Sets[Placement]
    """1 women, 2 men."""
    age_min: Ages
    age_max: Ages
    boys_max_age: Ages
    free_places: Ints
    accepts_children: Int8s
    requires_formal_status: Int8s
    requires_cooperation: Int8s
    requires_criminal_case: Int8s
    requires_residence: Int8s
    requires_police_referral: Int8s
    fee: Int8s
    state_funded: Int8s
    licence_required: Int8s
    shares_with_police: Int8s
    shares_with_immigration: Int8s
    mandatory_reporter: Int8s
    confidentiality_policy: Int8s
    child_specialised: Int8s
    separates_children: Int8s
    mediates_with_family: Int8s
    interpretation_vetted: Int8s
    trafficking_specialised: Int8s
    trauma_informed: Int8s
    staff_gender_choice: Int8s
    offers_pep: Int8s
    offers_emergency_contraception: Int8s
    offers_forensic: Int8s
    required_documents: Sets[Document]
    accessibility: Sets[AccessNeed]
    affiliations: Sets[Perpetrator]
    languages: Sets[str]
    interpretation: Sets[str]
    verified_on: Ints
    registered_until: Ints
    """Proleptic ordinal day, `NO_END` where no end is on record."""
    capacity_at: Instants
    """Microseconds since 1970 (UTC) at which the capacity was reported, `NEVER`: never."""
    response: Ints
    """Minutes until somebody answers."""
    duration: Ints
    """Minutes of the visit or the intake."""
    schedule: Codes
    """Where in `schedules` the hours of the row stand."""
    nationality_rule: Codes
    """Where in `nationality_rules` the row's own rule stands."""
    offer_sets: Bits
    schedules: tuple[Weekly, ...]
    nationality_rules: tuple[NationalityRule, ...]
    language_bit: Mapping[str, int]
    index: Index | None
    """Of a whole network only."""

    @property
    def rows(self) -> int:
        """How many service points there are."""
        return len(self.offer)

    @property
    def offers(self) -> Bits:
        """The codes of each row."""
        return self.offer_sets.take(self.offer)

    @property
    def schedule_known(self) -> Bools:
        """Whether the hours of each row are known."""
        return self._of_schedules(lambda weekly: weekly is not None)

    @property
    def never_open(self) -> Bools:
        """Rows of which a source says that they keep no hours at all."""
        return self._of_schedules(lambda weekly: weekly == ())

    @property
    def capacity_as_of(self) -> Instants:
        """Whole minutes since 1970 (UTC) at which the capacity was reported, -1: never."""
        return np.where(self.capacity_at == NEVER, -1, self.capacity_at // _MINUTE)

    @property
    def capacity_on(self) -> Instants:
        """Proleptic ordinal day (UTC) on which the capacity was reported, 0: never."""
        return np.where(self.capacity_at == NEVER, 0, self.capacity_at // _DAY + _EPOCH.toordinal())

    def _of_schedules(self, holds: Callable[[Weekly], bool]) -> Bools:
        return np.array([holds(weekly) for weekly in self.schedules], dtype=np.bool_).take(self.schedule)

    def take(self, rows: Rows | slice) -> "Columns":
        """The columns of these rows alone, in that order; nothing else is copied."""
        shared = {name: getattr(self, name) for name in _OF_ALL_ROWS}
        return Columns(index=None, **shared, **{name: getattr(self, name)[rows] for name in _OF_A_ROW})

    def row_of(self, slug: str) -> int:
        """The row of a service point.

        Raises:
            NotFound: There is none.
        """
        row = self.find(slug)
        if row is None:
            raise NotFound("no such service point")
        return row

    def find(self, slug: str) -> int | None:
        """The row of a service point, `None` when there is none."""
        at = find(self.slug.vocabulary, slug)
        if at is None or self.index is not None:
            return None if at is None or self.index is None else int(self.index.row_by_slug[at])
        rows = (self.slug.at == at).nonzero()[0]
        return int(rows[0]) if len(rows) else None

    def rows_of_slugs(self, places: Rows) -> Rows:
        """The rows of these slugs of the network, told by their places in its vocabulary."""
        return self._whole.row_by_slug[places]

    def place_slice(self, place: str) -> slice:
        """The rows of a place of the network, none when nobody is there."""
        at = find(self.place.vocabulary, place)
        return slice(0, 0) if at is None else slice(*self._whole.places[at : at + 2].tolist())

    def rows_of_organization(self, organization: str) -> Rows:
        """The rows of an organization of the network, in their order; none when it has no service."""
        return self._whole.organizations.of(find(self.organization.vocabulary, organization))

    @property
    def _whole(self) -> Index:
        if self.index is None:
            raise ValueError("only the columns of a whole network are sorted and indexed")
        return self.index

    def point(self, row: int) -> ServicePoint:
        """The service point of that row, codes in the order of the table; who verified it and how is not kept."""
        reported, until = int(self.capacity_at[row]), int(self.registered_until[row])
        return ServicePoint(
            slug=self.slug.of(row),
            organization=self.organization.of(row),
            organization_type=OrganizationType(self.organization_type.of(row)),
            independence=Independence(self.independence.of(row)),
            country=self.country.of(row),
            place=self.place.of(row) or None,
            admin1=self.admin1.of(row) or None,
            modality=Modality(self.modality.of(row)),
            codes=codes_of(int(self.offers[row])),
            status=ServiceStatus(self.status.of(row)),
            quarantined=bool(self.quarantined[row]),
            registration=RegistrationStatus(self.registration.of(row)),
            registered_until=None if until == NO_END else date.fromordinal(until),
            steward_trust=bool(self.steward_trust[row]),
            licence_required=_ANSWERS[self.licence_required[row]],
            state_funded=_ANSWERS[self.state_funded[row]],
            eligibility=_eligibility(self, row),
            safety=_safety(self, row),
            quality=_quality(self, row),
            verification=Verification(on=_day(int(self.verified_on[row]))),
            capacity=Capacity(self.capacity.of(row)),
            capacity_as_of=None if reported == NEVER else _EPOCH + timedelta(microseconds=reported),
            free_places=_number(self.free_places[row]),
            timezone=self.timezone.of(row),
            weekly=self.schedules[self.schedule[row]],
            response_minutes=int(self.response[row]),
            duration_minutes=int(self.duration[row]),
            languages=self.languages.of(row),
            interpretation=self.interpretation.of(row),
            interpretation_vetted=_ANSWERS[self.interpretation_vetted[row]],
            accessibility=self.accessibility.of(row),
            address_confidential=bool(self.address_confidential[row]),
        )


_OF_ALL_ROWS = ("offer_sets", "schedules", "nationality_rules", "language_bit")
_OF_A_ROW = tuple(field.name for field in fields(Columns) if field.name not in (*_OF_ALL_ROWS, "index"))


def _eligibility(columns: Columns, row: int) -> Eligibility:
    admitted, excluded = columns.nationality_rules[columns.nationality_rule[row]]
    return Eligibility(
        genders=columns.admits_genders.of(row),
        age_min=_number(columns.age_min[row]),
        age_max=_limit(columns.age_max[row]),
        nationalities=admitted,
        nationalities_excluded=excluded,
        accepts_children=_ANSWERS[columns.accepts_children[row]],
        boys_max_age=_limit(columns.boys_max_age[row]),
        requires_formal_status=_ANSWERS[columns.requires_formal_status[row]],
        requires_cooperation=_ANSWERS[columns.requires_cooperation[row]],
        requires_criminal_case=_ANSWERS[columns.requires_criminal_case[row]],
        requires_residence=_ANSWERS[columns.requires_residence[row]],
        requires_police_referral=_ANSWERS[columns.requires_police_referral[row]],
        required_documents=columns.required_documents.of(row),
        fee=_ANSWERS[columns.fee[row]],
    )


def _safety(columns: Columns, row: int) -> Safety:
    return Safety(
        shares_with_police=_ANSWERS[columns.shares_with_police[row]],
        shares_with_immigration=_ANSWERS[columns.shares_with_immigration[row]],
        mandatory_reporter=_ANSWERS[columns.mandatory_reporter[row]],
        confidentiality_policy=_ANSWERS[columns.confidentiality_policy[row]],
        facility_regime=FacilityRegime(columns.facility_regime.of(row)),
        child_specialised=_ANSWERS[columns.child_specialised[row]],
        separates_children_from_adults=_ANSWERS[columns.separates_children[row]],
        mediates_with_family=_ANSWERS[columns.mediates_with_family[row]],
        safeguarding_flag=SafeguardingFlag(columns.safeguarding_flag.of(row)),
        affiliations=columns.affiliations.of(row) or (),
    )


def _quality(columns: Columns, row: int) -> Quality:
    return Quality(
        trafficking_specialised=_ANSWERS[columns.trafficking_specialised[row]],
        trauma_informed=_ANSWERS[columns.trauma_informed[row]],
        staff_gender_choice=_ANSWERS[columns.staff_gender_choice[row]],
        offers_pep=_ANSWERS[columns.offers_pep[row]],
        offers_emergency_contraception=_ANSWERS[columns.offers_emergency_contraception[row]],
        offers_forensic=_ANSWERS[columns.offers_forensic[row]],
    )


def _number(value: np.integer[Any]) -> int | None:
    return int(value) if value >= 0 else None


def _limit(years: np.integer[Any]) -> int | None:
    return int(years) if years != NO_LIMIT else None


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
