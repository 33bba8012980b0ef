"""What the register says about those who help: organizations, service points and the links between them.

HSDS words, with the project's additions (standards, section 5). A routing value has no field for a street, a
coordinate or a telephone number, so an engine that gets nothing else cannot leak one (H15).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement

UNKNOWN = Answer.UNKNOWN


class OrganizationType(StrEnum):
    """HTCDS organization types [S26], with the values that this field needs besides."""

    NGO = "ngo"
    INTERNATIONAL = "international_organization"
    HEALTH = "health_facility"
    SHELTER = "shelter"
    SOCIAL_SERVICE = "social_service"
    LEGAL_SERVICE = "legal_service"
    SCHOOL = "school"
    COMPANY = "company"
    GUARDIANSHIP = "guardianship_body"
    OMBUDSMAN = "ombudsman"
    CENTRAL_GOVERNMENT = "central_government"
    LOCAL_GOVERNMENT = "local_government"
    LAW_ENFORCEMENT = "law_enforcement"
    PROSECUTOR = "prosecutor"
    SECURITY = "security"
    IMMIGRATION = "immigration"
    CONSULATE = "consulate"


FORCE_BODIES = frozenset(
    {
        OrganizationType.LAW_ENFORCEMENT,
        OrganizationType.PROSECUTOR,
        OrganizationType.SECURITY,
        OrganizationType.IMMIGRATION,
    }
)
"""H02: never a default step."""

AUTHORITIES = FORCE_BODIES | {
    OrganizationType.CONSULATE,
    OrganizationType.CENTRAL_GOVERNMENT,
    OrganizationType.LOCAL_GOVERNMENT,
}
"""H16, H23: for these an unknown fact closes, in leads too."""


class Independence(StrEnum):
    STATE = "state"
    PARA_STATE = "para_state"
    NGO = "ngo"
    INTERNATIONAL = "international"
    FAITH = "faith"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class ServiceStatus(StrEnum):
    """HSDS status, with `announced` (ready but never opened) and `unknown` (not confirmed as working)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"
    ANNOUNCED = "announced"
    UNKNOWN = "unknown"


class RegistrationStatus(StrEnum):
    """H17. `unregistered` passes only with a steward's trust; `unknown` is a question for the telephone."""

    REGISTERED = "registered"
    UNREGISTERED = "unregistered"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


class Capacity(StrEnum):
    OPEN = "open"
    LIMITED = "limited"
    FULL = "full"
    UNKNOWN = "unknown"


class FacilityRegime(StrEnum):
    """H10: whether a person who sleeps there may walk out."""

    OPEN = "open"
    SEMI_OPEN = "semi_open"
    CLOSED = "closed"
    DETENTION = "detention"
    UNKNOWN = "unknown"


class SafeguardingFlag(StrEnum):
    """H18. None on record is not unknown."""

    NONE = "none"
    OPEN = "open"
    SUBSTANTIATED = "substantiated"
    CLEARED = "cleared"


class Modality(StrEnum):
    """`remote`: by telephone or online. `mobile`: comes to the person; no leg is travelled for it either."""

    PHYSICAL = "physical"
    REMOTE = "remote"
    MOBILE = "mobile"


class Visibility(StrEnum):
    """Who may see a record or a contact."""

    PUBLIC = "public"
    NETWORK = "network"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whom a service takes. `None` anywhere means that no source says; an empty tuple means nobody.

    `nationalities` lists who is admitted, `nationalities_excluded` who is not; ("*",) admits all. Ages are whole years,
    both ends included; 0 and 120 mean no limit.
    """

    genders: tuple[Placement, ...] | None = None
    age_min: int | None = None
    age_max: int | None = None
    nationalities: tuple[str, ...] | None = None
    nationalities_excluded: tuple[str, ...] = ()
    accepts_children: Answer = UNKNOWN
    """Takes in a grown-up's children too (H29)."""
    boys_max_age: int | None = None
    """The oldest boy who may stay with his mother; `None`: no such limit on record."""
    requires_formal_status: Answer = UNKNOWN
    requires_cooperation: Answer = UNKNOWN
    requires_criminal_case: Answer = Answer.NO
    requires_residence: Answer = UNKNOWN
    requires_police_referral: Answer = Answer.NO
    """Entry only through the police; no source for it means no, a source makes it yes."""
    required_documents: tuple[Document, ...] | None = None
    fee: Answer = UNKNOWN
    """Yes: something must be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What decides whether a step there can hurt. Unknown is never good news."""

    shares_with_police: Answer = UNKNOWN
    shares_with_immigration: Answer = UNKNOWN
    mandatory_reporter: Answer = UNKNOWN
    confidentiality_policy: Answer = UNKNOWN
    facility_regime: FacilityRegime = FacilityRegime.UNKNOWN
    child_specialised: Answer = UNKNOWN
    separates_children_from_adults: Answer = UNKNOWN
    mediates_with_family: Answer = Answer.NO
    """On record as working towards a return to the family; a danger when kin did the harm (H13)."""
    safeguarding_flag: SafeguardingFlag = SafeguardingFlag.NONE
    affiliations: tuple[Perpetrator, ...] = ()
    """Ties on record to a category of perpetrator (H13). None on record is not unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What makes one safe service better than another, and what medical care it can give (W01 to W03)."""

    trafficking_specialised: Answer = UNKNOWN
    trauma_informed: Answer = UNKNOWN
    staff_gender_choice: Answer = UNKNOWN
    offers_pep: Answer = UNKNOWN
    offers_emergency_contraception: Answer = UNKNOWN
    offers_forensic: Answer = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Who looked last, and how. `on` is `None` when the record was only read in public sources (grade *listed*)."""

    on: date | None = None
    method: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePoint:
    """One service at one location: HSDS `service_at_location`, flattened to what a router may know.

    `place` is a slug of the gazetteer, or `None` when no source names the town. `weekly` holds disjoint
    [from, to) minutes of the local week, Monday 00:00 = 0, or `None` when hours are unknown; `timezone` is IANA.
    `languages` are spoken by staff, `interpretation` is offered there; `None` means that no source says.
    """

    slug: str
    organization: str
    organization_type: OrganizationType
    independence: Independence = Independence.UNKNOWN
    country: str
    place: str | None
    admin1: str | None = None
    modality: Modality = Modality.PHYSICAL
    codes: tuple[Code, ...]
    status: ServiceStatus = ServiceStatus.UNKNOWN
    quarantined: bool = False
    registration: RegistrationStatus = RegistrationStatus.UNKNOWN
    registered_until: date | None = None
    """The last day on which the registration holds; `None`: no end is on record."""
    steward_trust: bool = False
    """A steward lets an unregistered or de-registered provider pass, with a reason on record (H17, R-07)."""
    licence_required: Answer = UNKNOWN
    state_funded: Answer = UNKNOWN
    eligibility: Eligibility = Eligibility()
    safety: Safety = Safety()
    quality: Quality = Quality()
    verification: Verification = Verification()
    capacity: Capacity = Capacity.UNKNOWN
    capacity_as_of: datetime | None = None
    """When the capacity was reported (UTC, aware); `None`: never."""
    free_places: int | None = None
    timezone: str
    weekly: tuple[tuple[int, int], ...] | None = None
    response_minutes: int = 60
    duration_minutes: int = 60
    languages: tuple[str, ...] | None = None
    interpretation: tuple[str, ...] | None = None
    interpretation_vetted: Answer = UNKNOWN
    accessibility: tuple[AccessNeed, ...] | None = None
    address_confidential: bool = False


class Agreement(StrEnum):
    SOP = "sop"
    MOU = "mou"
    TRM = "trm"
    PRACTICE = "practice"
    NONE = "none"
    UNKNOWN = "unknown"


class HandoverMode(StrEnum):
    ACCOMPANIED = "accompanied"
    WARM = "warm"
    BOOKED = "booked"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An agreed way from one organization (slug) to a service point (slug) of another (P02, P06, H30)."""

    slug: str
    from_organization: str
    to: str
    agreement: Agreement = Agreement.UNKNOWN
    mode: HandoverMode = HandoverMode.INFORMATION
    receiver_confirmed: Answer = UNKNOWN
    child_ok: Answer = UNKNOWN
    interpreter_source: str = "none"
    active: bool = True
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReception:
    """Who takes over whoever a return service brings home (H30): `point` offers RET-AVR, `receiver` is abroad."""

    slug: str
    point: str
    receiver: str
    country: str
    """The country of return that the arrangement covers, ISO 3166-1 alpha-2."""
    agreement: Agreement = Agreement.UNKNOWN
    receiver_confirmed: Answer = UNKNOWN
    child_ok: Answer = UNKNOWN
    valid_to: date | None = None
