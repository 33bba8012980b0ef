"""The network's service points as columns: one row a point, sorted by place and slug.

A gate is written once over these columns and judges one row or a million alike. Sets are bits of an int64: codes by
their place in the published table, the others by the vocabularies kept here. There is no column for an address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import AUTHORITIES, ServicePoint
from app.routing.verdicts import Bits, Bools

CODE_BIT: Mapping[Code, int] = MappingProxyType({code: 1 << i for i, code in enumerate(CODES)})
"""The bit of each code, in the order of the published table; 45 bits."""

_ANSWER = {Answer.NO: 0, Answer.YES: 1, Answer.UNKNOWN: 2}
_NO_LIMIT = 120
_NEVER = 4_000_000

Int8s = NDArray[np.int8]
Ints = NDArray[np.int32]


def bits_of(codes: Iterable[Code]) -> int:
    """The codes as one whole number."""
    return sum(CODE_BIT[code] for code in set(codes))


def codes_of(bits: int) -> tuple[Code, ...]:
    """The codes of a whole number, in the order of the published table."""
    return tuple(code for code, bit in CODE_BIT.items() if bits & bit)


STAY_BITS = bits_of(code for code, facts in CODES.items() if facts.kind is CodeKind.STAY)
"""The codes after which a person sleeps somewhere else."""

STAYS: tuple[Code, ...] = tuple(code for code, facts in CODES.items() if facts.kind is CodeKind.STAY)
URGENT: tuple[Code, ...] = (Code.CRI_HOT, Code.SAF_EMG, Code.SHL_EMG, Code.MED_EMG, Code.MED_CMR)
"""H06: help that asks for no victim status, documents, residence or payment."""


def all_but(codes: Iterable[Code]) -> tuple[Code, ...]:
    """Every code that is not among these, in the order of the published table."""
    left_out = set(codes)
    return tuple(code for code in CODES if code not in left_out)


NationalityRule = tuple[tuple[str, ...] | None, tuple[str, ...]]
"""Who is admitted (`None`: no source says) and who is not, as in `Eligibility`."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Every fact that a gate may look at, one row a service point.

    Answers are int8 (0 no, 1 yes, 2 unknown). Bits columns have a `*_known` column beside them where the set itself
    may be unknown. Ages are whole years, -1 where no source says. `verified_on` is a proleptic ordinal day, 0: never.
    """

    points: tuple[ServicePoint, ...]
    slug: NDArray[np.str_]
    organization: NDArray[np.str_]
    country: NDArray[np.str_]
    place: NDArray[np.str_]
    """"" where no source names the town."""
    admin1: NDArray[np.str_]
    organization_type: NDArray[np.str_]
    independence: NDArray[np.str_]
    status: NDArray[np.str_]
    registration: NDArray[np.str_]
    facility_regime: NDArray[np.str_]
    safeguarding_flag: NDArray[np.str_]
    capacity: NDArray[np.str_]
    modality: NDArray[np.str_]
    offers: Bits
    is_authority: Bools
    remote: Bools
    """Remote or mobile: no leg is travelled to it."""
    quarantined: Bools
    steward_trust: Bools
    has_stay: Bools
    hidden: Bools
    """A bed at an address that is confidential."""
    admits_genders: Bits
    """1 women, 2 men."""
    admits_genders_known: Bools
    age_min: Ints
    age_max: Ints
    boys_max_age: Ints
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
    required_documents: Bits
    required_documents_known: Bools
    accessibility: Bits
    accessibility_known: Bools
    affiliations: Bits
    languages: Bits
    languages_known: Bools
    interpretation: Bits
    interpretation_known: Bools
    verified_on: Ints
    registered_until: Ints
    """Proleptic ordinal day, a very late one where no end is on record."""
    capacity_on: Ints
    """Ordinal day (UTC) on which the capacity was reported, 0: never."""
    schedule_known: Bools
    nationality_rule: Ints
    """Where in `nationality_rules` the row's own rule stands."""
    nationality_rules: tuple[NationalityRule, ...]
    language_bit: Mapping[str, int]

    @property
    def rows(self) -> int:
        """How many service points there are."""
        return len(self.points)

    def any_of(self, column: NDArray[np.str_], values: Iterable[str]) -> Bools:
        """True for the rows whose value in `column` is one of `values`."""
        return np.isin(column, [str(value) for value in values])


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


def build_columns(points: Iterable[ServicePoint]) -> Columns:
    """The columns of these points, sorted by place and slug; the order of the input changes nothing.

    Raises:
        ValueError: Two points have one slug, or the points speak more than 62 languages together.
    """
    rows = tuple(sorted(points, key=lambda point: (point.place or "", point.slug)))
    if len({point.slug for point in rows}) != len(rows):
        raise ValueError("two service points share a slug")
    spoken = sorted({tag for p in rows for tag in (p.languages or ()) + (p.interpretation or ())})
    if len(spoken) > 62:
        raise ValueError("more than 62 languages in one network")
    language_bit = MappingProxyType({tag: 1 << i for i, tag in enumerate(spoken)})
    rules = {rule: i for i, rule in enumerate(sorted({_nationality(p) for p in rows}, key=repr))}
    columns: dict[str, Any] = {
        **_texts(rows),
        **_flags(rows),
        **_answers(rows),
        **_numbers(rows),
        **_sets(rows, language_bit),
    }
    return Columns(
        points=rows,
        language_bit=language_bit,
        nationality_rules=tuple(rules),
        nationality_rule=np.array([rules[_nationality(p)] for p in rows], dtype=np.int32),
        **columns,
    )


def _nationality(point: ServicePoint) -> NationalityRule:
    return point.eligibility.nationalities, point.eligibility.nationalities_excluded


def _texts(rows: Sequence[ServicePoint]) -> dict[str, NDArray[np.str_]]:
    def text(values: Iterable[str]) -> NDArray[np.str_]:
        return np.array(list(values), dtype=np.str_)

    return {
        "slug": text(p.slug for p in rows),
        "organization": text(p.organization for p in rows),
        "country": text(p.country for p in rows),
        "place": text(p.place or "" for p in rows),
        "admin1": text(p.admin1 or "" for p in rows),
        "organization_type": text(p.organization_type for p in rows),
        "independence": text(p.independence for p in rows),
        "status": text(p.status for p in rows),
        "registration": text(p.registration for p in rows),
        "facility_regime": text(p.safety.facility_regime for p in rows),
        "safeguarding_flag": text(p.safety.safeguarding_flag for p in rows),
        "capacity": text(p.capacity for p in rows),
        "modality": text(p.modality for p in rows),
    }


def _flags(rows: Sequence[ServicePoint]) -> dict[str, Bools]:
    def flag(values: Iterable[bool]) -> Bools:
        return np.array(list(values), dtype=np.bool_)

    return {
        "is_authority": flag(p.organization_type in AUTHORITIES for p in rows),
        "remote": flag(p.modality.value != "physical" for p in rows),
        "quarantined": flag(p.quarantined for p in rows),
        "steward_trust": flag(p.steward_trust for p in rows),
        "has_stay": flag(bool(bits_of(p.codes) & STAY_BITS) for p in rows),
        "hidden": flag(p.address_confidential and bool(bits_of(p.codes) & STAY_BITS) for p in rows),
        "admits_genders_known": flag(p.eligibility.genders is not None for p in rows),
        "required_documents_known": flag(p.eligibility.required_documents is not None for p in rows),
        "accessibility_known": flag(p.accessibility is not None for p in rows),
        "languages_known": flag(p.languages is not None for p in rows),
        "interpretation_known": flag(p.interpretation is not None for p in rows),
        "schedule_known": flag(p.weekly is not None for p in rows),
    }


def _answers(rows: Sequence[ServicePoint]) -> dict[str, Int8s]:
    def answer(values: Iterable[Answer]) -> Int8s:
        return np.array([_ANSWER[value] for value in values], dtype=np.int8)

    return {
        "accepts_children": answer(p.eligibility.accepts_children for p in rows),
        "requires_formal_status": answer(p.eligibility.requires_formal_status for p in rows),
        "requires_cooperation": answer(p.eligibility.requires_cooperation for p in rows),
        "requires_criminal_case": answer(p.eligibility.requires_criminal_case for p in rows),
        "requires_residence": answer(p.eligibility.requires_residence for p in rows),
        "requires_police_referral": answer(p.eligibility.requires_police_referral for p in rows),
        "fee": answer(p.eligibility.fee for p in rows),
        "state_funded": answer(p.state_funded for p in rows),
        "licence_required": answer(p.licence_required for p in rows),
        "shares_with_police": answer(p.safety.shares_with_police for p in rows),
        "shares_with_immigration": answer(p.safety.shares_with_immigration for p in rows),
        "mandatory_reporter": answer(p.safety.mandatory_reporter for p in rows),
        "confidentiality_policy": answer(p.safety.confidentiality_policy for p in rows),
        "child_specialised": answer(p.safety.child_specialised for p in rows),
        "separates_children": answer(p.safety.separates_children_from_adults for p in rows),
        "mediates_with_family": answer(p.safety.mediates_with_family for p in rows),
        "interpretation_vetted": answer(p.interpretation_vetted for p in rows),
        "trafficking_specialised": answer(p.quality.trafficking_specialised for p in rows),
        "trauma_informed": answer(p.quality.trauma_informed for p in rows),
        "staff_gender_choice": answer(p.quality.staff_gender_choice for p in rows),
        "offers_pep": answer(p.quality.offers_pep for p in rows),
        "offers_emergency_contraception": answer(p.quality.offers_emergency_contraception for p in rows),
        "offers_forensic": answer(p.quality.offers_forensic for p in rows),
    }


def _numbers(rows: Sequence[ServicePoint]) -> dict[str, Ints]:
    def number(values: Iterable[int | None], missing: int = -1) -> Ints:
        return np.array([missing if value is None else value for value in values], dtype=np.int32)

    return {
        "age_min": number(p.eligibility.age_min for p in rows),
        "age_max": number(p.eligibility.age_max for p in rows),
        "boys_max_age": number((p.eligibility.boys_max_age for p in rows), _NO_LIMIT),
        "free_places": number(p.free_places for p in rows),
        "registered_until": number(
            (p.registered_until.toordinal() if p.registered_until else None for p in rows), _NEVER
        ),
        "verified_on": number((p.verification.on.toordinal() if p.verification.on else 0 for p in rows), 0),
        "capacity_on": number((p.capacity_as_of.toordinal() if p.capacity_as_of else 0 for p in rows), 0),
    }


def _sets(rows: Sequence[ServicePoint], language_bit: Mapping[str, int]) -> dict[str, Bits]:
    def bits(values: Iterable[int]) -> Bits:
        return np.array(list(values), dtype=np.int64)

    def spoken(tags: tuple[str, ...] | None) -> int:
        return sum(language_bit[tag] for tag in set(tags or ()))

    return {
        "offers": bits(bits_of(p.codes) for p in rows),
        "admits_genders": bits(placement_bits(p.eligibility.genders or ()) for p in rows),
        "required_documents": bits(document_bits(p.eligibility.required_documents or ()) for p in rows),
        "accessibility": bits(access_bits(p.accessibility or ()) for p in rows),
        "affiliations": bits(perpetrator_bits(p.safety.affiliations) for p in rows),
        "languages": bits(spoken(p.languages) for p in rows),
        "interpretation": bits(spoken(p.interpretation) for p in rows),
    }
