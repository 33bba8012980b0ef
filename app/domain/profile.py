"""The person, as little of her as changes an answer. Used for one request and forgotten.

No name, number, address, story or free text has a field here (standards, section 4). Every field but the needs and
the country may stay unset; unset is the careful reading, never the convenient one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.domain.answer import Answer
from app.domain.codes import Code, Sector, Urgency

UNKNOWN = Answer.UNKNOWN


class Gender(StrEnum):
    """Self-identified; six values, after HTCDS [S26]."""

    FEMALE = "female"
    MALE = "male"
    TRANSGENDER_WOMAN = "transgender_woman"
    TRANSGENDER_MAN = "transgender_man"
    NON_BINARY = "non_binary"
    UNDISCLOSED = "undisclosed"


class Placement(StrEnum):
    """Whom the person would live among."""

    WOMEN = "women"
    MEN = "men"


class AgeBand(StrEnum):
    """Bands with the edges that admission rules use: 14 to 15 [S17c] and 17 to 18 [S04a]."""

    INFANT = "0-4"
    CHILD = "5-11"
    YOUNG_TEEN = "12-14"
    TEEN = "15-17"
    YOUNG_ADULT = "18-24"
    ADULT = "25-59"
    OLDER = "60+"

    @property
    def years(self) -> tuple[int, int]:
        """The least and the greatest whole age of the band; 120 ends the last."""
        if self is AgeBand.OLDER:
            return 60, 120
        low, high = self.value.split("-")
        return int(low), int(high)


class LegalStatus(StrEnum):
    REGULAR = "regular"
    IRREGULAR = "irregular"
    UNDOCUMENTED = "undocumented"
    PENDING = "pending"
    UNKNOWN = "unknown"


class ProtectionStatus(StrEnum):
    NONE = "none"
    ASYLUM_SEEKER = "asylum_seeker"
    REFUGEE = "refugee"
    STATELESS = "stateless"
    UNKNOWN = "unknown"


class TraffickingStatus(StrEnum):
    """As told by others; never computed here (H33). `actual` means formally identified."""

    POSSIBLE = "possible"
    ACTUAL = "actual"
    NOT = "not"
    UNKNOWN = "unknown"


class Exploitation(StrEnum):
    """HTCDS exploitation list [S26], with forced criminality as its users ask (HTCDS issue 28)."""

    FORCED_LABOUR = "forced_labour"
    SEXUAL_EXPLOITATION = "sexual_exploitation"
    CHILD_LABOUR = "child_labour"
    FORCED_MARRIAGE = "forced_marriage"
    SERVITUDE = "servitude"
    FORCED_MILITARY = "forced_military"
    ORGAN_REMOVAL = "organ_removal"
    FORCED_BEGGING = "forced_begging"
    FORCED_ADOPTION = "forced_adoption"
    FORCED_CRIMINALITY = "forced_criminality"
    SURROGACY = "surrogacy"
    OTHER = "other"


class Perpetrator(StrEnum):
    """Category of whoever did the harm; never a name (H13)."""

    FAMILY = "family"
    PARTNER = "partner"
    EMPLOYER = "employer"
    RECRUITER = "recruiter"
    POLICE = "police"
    OFFICIAL = "official"
    MILITARY = "military"
    RELIGIOUS = "religious"
    COMMUNITY = "community"
    ONLINE = "online"


class Document(StrEnum):
    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    BIRTH_CERTIFICATE = "birth_certificate"
    RESIDENCE_PERMIT = "residence_permit"
    OTHER = "other"


class AccessNeed(StrEnum):
    MOBILITY = "mobility"
    VISION = "vision"
    HEARING = "hearing"
    COGNITIVE = "cognitive"
    PSYCHOSOCIAL = "psychosocial"
    CARER = "carer"


class IncidentWindow(StrEnum):
    """How long ago the assault was, in the bands of the clinical windows (W01 to W04); never a date."""

    WITHIN_24H = "24h"
    WITHIN_72H = "72h"
    WITHIN_120H = "120h"
    WITHIN_6_MONTHS = "6mo"
    OLDER = "older"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "n/a"


class HealthFlag(StrEnum):
    EMERGENCY = "emergency"
    SUICIDAL_RISK = "suicidal_risk"
    HIV_TREATMENT = "hiv_treatment"
    TB_TREATMENT = "tb_treatment"
    SUBSTANCE_WITHDRAWAL = "substance_withdrawal"


class GuardianStatus(StrEnum):
    NONE = "none"
    APPOINTED = "appointed"
    APPLIED = "applied"
    UNKNOWN = "unknown"


class SafeContact(StrEnum):
    """How the person can safely be reached; the mode, never the number."""

    NONE = "none"
    CALL = "call"
    SMS = "sms"
    MESSENGER = "messenger"
    VIA_REFERRER = "via_referrer"


class OverrideReason(StrEnum):
    """Why an operator sets consent aside (H03). Asked for and recorded as a code, never as prose."""

    THREAT_TO_LIFE = "threat_to_life"
    SUICIDE_RISK = "suicide_risk"
    CHILD_PROTECTION = "child_protection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the person is: a country (ISO 3166-1 alpha-2) and a place of the gazetteer (slug). No coordinates."""

    country: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A child who travels with the person: an age band and a sex, no name."""

    age: AgeBand
    gender: Gender


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelLimits:
    """The person's own limits, in whole minutes one way; `None` sets none. `borders` no: crosses none."""

    longest_visit_minutes: int | None = None
    longest_transfer_minutes: int | None = None
    borders: Answer = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the person would rather have (P01). Soft: costs points, closes nothing."""

    staff_gender: Placement | None = None
    remote_first: bool = False
    avoid: tuple[str, ...] = ()
    """Organization types (values of `OrganizationType`) that the person would rather not meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One person's needs and the few answers that change which way is safe.

    `nationality` is ISO 3166-1 alpha-2, "stateless", or `None` for undisclosed. `languages` are BCP 47 primary tags
    such as "ru" or "kk", or `None` when nobody asked. `no_go_areas` are place slugs or ISO 3166-2 codes.
    `already_has` are codes that need no step any more. `return_to` is a place slug.
    """

    needs: tuple[Code, ...]
    location: Location
    already_has: tuple[Code, ...] = ()
    urgency: Urgency | None = None
    imminent_danger: Answer = UNKNOWN
    override: OverrideReason | None = None
    age: AgeBand | None = None
    possibly_child: Answer = UNKNOWN
    unaccompanied: Answer = UNKNOWN
    guardian: GuardianStatus = GuardianStatus.UNKNOWN
    gender: Gender | None = None
    placement: Placement | None = None
    avoid_authorities: bool = False
    nationality: str | None = None
    legal_status: LegalStatus = LegalStatus.UNKNOWN
    protection_status: ProtectionStatus = ProtectionStatus.UNKNOWN
    fear_of_return: Answer = UNKNOWN
    wants_return: Answer = UNKNOWN
    return_risk_assessed: Answer = UNKNOWN
    return_to: str | None = None
    documents_held: tuple[Document, ...] | None = None
    trafficking_status: TraffickingStatus = TraffickingStatus.UNKNOWN
    criminal_case: Answer = UNKNOWN
    involved_in_offence: Answer = UNKNOWN
    exploitation: tuple[Exploitation, ...] = ()
    perpetrators: tuple[Perpetrator, ...] = ()
    exclude_providers: tuple[str, ...] = ()
    no_go_areas: tuple[str, ...] = ()
    languages: tuple[str, ...] | None = None
    access_needs: tuple[AccessNeed, ...] = ()
    pregnancy: Answer = UNKNOWN
    children_with: tuple[Companion, ...] = ()
    incident_window: IncidentWindow = IncidentWindow.NOT_APPLICABLE
    health_flags: tuple[HealthFlag, ...] = ()
    consents: Mapping[Sector, Answer] = field(default_factory=lambda: MappingProxyType({}))
    contact_safe: SafeContact | None = None
    can_pay: Answer = UNKNOWN
    travel: TravelLimits = TravelLimits()
    preferences: Preferences = Preferences()

    def consent(self, sector: Sector) -> Answer:
        """Whether the person agreed to that sector; unknown means nobody asked."""
        return self.consents.get(sector, Answer.UNKNOWN)

    @property
    def is_child(self) -> bool:
        """H07: under 18, or possibly under 18; a child until shown otherwise."""
        if self.age is not None and self.age.years[1] < 18:
            return True
        return self.possibly_child is Answer.YES

    @property
    def may_be_child(self) -> bool:
        """H07 where a wrong guess would harm: a child, or somebody of whom nobody has said that she is grown."""
        return self.is_child or (self.age is None and self.possibly_child is not Answer.NO)

    @property
    def is_alone(self) -> Answer:
        """Whether a child is without a protective grown-up: also when her family or partner did the harm (H08, H09)."""
        if self.is_child and {Perpetrator.FAMILY, Perpetrator.PARTNER} & set(self.perpetrators):
            return Answer.YES
        return self.unaccompanied

    @property
    def has_regular_status(self) -> bool:
        """H04: unknown counts as irregular."""
        return self.legal_status is LegalStatus.REGULAR

    @property
    def lives_among(self) -> Placement | None:
        """Whom a shelter would place the person with (H21): her own word, else by gender, else not known."""
        if self.placement is not None:
            return self.placement
        return {Gender.FEMALE: Placement.WOMEN, Gender.MALE: Placement.MEN}.get(self.gender) if self.gender else None
