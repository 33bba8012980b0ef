"""Builders of invented people and providers: the defaults are known, valid and safe, so a test says what differs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, Sector
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Gender,
    GuardianStatus,
    LegalStatus,
    Location,
    Placement,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
)
from app.domain.provider import (
    Eligibility,
    FacilityRegime,
    Independence,
    OrganizationType,
    Quality,
    RegistrationStatus,
    Safety,
    ServicePoint,
    ServiceStatus,
    Verification,
)
from app.routing.building import build_columns
from app.routing.columns import Columns
from app.routing.gates.gate import Circumstances, Gate
from app.routing.verdicts import Verdict

TODAY = date(2026, 11, 23)
NOW = Circumstances(on=TODAY)

_SAFE_PERSON: Mapping[str, Any] = MappingProxyType(
    {
        "needs": (Code.SHL_VOT,),
        "location": Location(country="KZ", place="p1"),
        "imminent_danger": Answer.NO,
        "age": AgeBand.ADULT,
        "possibly_child": Answer.NO,
        "unaccompanied": Answer.NO,
        "guardian": GuardianStatus.NONE,
        "gender": Gender.FEMALE,
        "nationality": "KZ",
        "legal_status": LegalStatus.REGULAR,
        "protection_status": ProtectionStatus.NONE,
        "fear_of_return": Answer.NO,
        "wants_return": Answer.NO,
        "return_risk_assessed": Answer.NO,
        "documents_held": (),
        "trafficking_status": TraffickingStatus.POSSIBLE,
        "criminal_case": Answer.NO,
        "involved_in_offence": Answer.NO,
        "languages": ("ru",),
        "pregnancy": Answer.NO,
        "can_pay": Answer.NO,
    }
)

_SAFE_PARTS: Mapping[str, Any] = MappingProxyType(
    {
        "eligibility": Eligibility(
            genders=(Placement.WOMEN, Placement.MEN),
            age_min=0,
            age_max=120,
            nationalities=("*",),
            accepts_children=Answer.YES,
            requires_formal_status=Answer.NO,
            requires_cooperation=Answer.NO,
            requires_residence=Answer.NO,
            required_documents=(),
            fee=Answer.NO,
        ),
        "safety": Safety(
            shares_with_police=Answer.NO,
            shares_with_immigration=Answer.NO,
            mandatory_reporter=Answer.NO,
            confidentiality_policy=Answer.YES,
            facility_regime=FacilityRegime.OPEN,
            child_specialised=Answer.YES,
            separates_children_from_adults=Answer.YES,
        ),
        "quality": Quality(
            trafficking_specialised=Answer.YES,
            trauma_informed=Answer.YES,
            staff_gender_choice=Answer.YES,
            offers_pep=Answer.YES,
            offers_emergency_contraception=Answer.YES,
            offers_forensic=Answer.YES,
        ),
        "verification": Verification(on=TODAY, method="phone", role="steward"),
    }
)

_SAFE_POINT: Mapping[str, Any] = MappingProxyType(
    {
        "slug": "s1",
        "organization": "o1",
        "organization_type": OrganizationType.NGO,
        "independence": Independence.NGO,
        "country": "KZ",
        "place": "p1",
        "admin1": "KZ-00",
        "codes": (Code.SHL_VOT,),
        "status": ServiceStatus.ACTIVE,
        "registration": RegistrationStatus.REGISTERED,
        "licence_required": Answer.NO,
        "state_funded": Answer.NO,
        "timezone": "Asia/Almaty",
        "weekly": ((0, 10080),),
        "languages": ("kk", "ru"),
        "interpretation": (),
        "interpretation_vetted": Answer.YES,
        "accessibility": tuple(AccessNeed),
        **_SAFE_PARTS,
    }
)


def a_profile(**answers: Any) -> Profile:
    """A grown woman of the country, with papers, nothing to fear and every answer given, but for what is named.

    `consents` is a mapping of sectors to answers; sectors not named are not asked.
    """
    return Profile(**{**_SAFE_PERSON, **answers})


def consenting(*sectors: Sector, answer: Answer = Answer.YES) -> Mapping[Sector, Answer]:
    """The same answer for each of these sectors."""
    return MappingProxyType(dict.fromkeys(sectors, answer))


def a_point(**facts: Any) -> ServicePoint:
    """A verified, safe, open house of an NGO that admits everybody and shares nothing, but for what is named.

    Facts of `Eligibility`, `Safety` and `Quality` are named directly: `a_point(fee=Answer.YES)`. `verified_on` is the
    day of the verification, `None` for never.
    """
    given = {**_SAFE_POINT, **facts}
    if "verified_on" in given:
        given["verification"] = Verification(on=given.pop("verified_on"))
    for part in ("eligibility", "safety", "quality"):
        names = {field.name for field in fields(given[part])}
        given[part] = replace(given[part], **{name: given.pop(name) for name in names & set(given)})
    return ServicePoint(**given)


def columns_of(*points: ServicePoint) -> Columns:
    """The columns of these points; of the default one when none is given."""
    return build_columns(points or (a_point(),))


def points_of(columns: Columns) -> tuple[ServicePoint, ...]:
    """The service points of these columns, in their order."""
    return tuple(map(columns.point, range(columns.rows)))


def as_kept(point: ServicePoint) -> ServicePoint:
    """The point as columns give it back: codes in the order of the table, nobody named who verified it."""
    codes = tuple(code for code in CODES if code in point.codes)
    return replace(point, codes=codes, verification=Verification(on=point.verification.on))


def verdict_of(judge: Any, person: Profile, point: ServicePoint, circumstances: Circumstances = NOW) -> Verdict:
    """What one gate, or its function, says about one point."""
    function = judge.judge if isinstance(judge, Gate) else judge
    return Verdict(int(function(person, columns_of(point), circumstances)[0]))
