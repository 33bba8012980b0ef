"""A country's rules as dated, cited values: what `data/pathways/*.yaml` holds, in the same names.

A country file may add gates, requirements, mandates and precedence; it can never lift a universal rule, since
universal gates live in code. Conditions are a closed list of predicates, all of which must hold; there is no
expression language.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.profile import Exploitation, Gender, LegalStatus, Perpetrator, ProtectionStatus
from app.domain.provider import OrganizationType


class Severity(StrEnum):
    """Crit: a violating output is a safety incident. High: must not ship. Med: must warn. Low: ranking only."""

    CRIT = "crit"
    HIGH = "high"
    MED = "med"
    LOW = "low"


class Strength(StrEnum):
    """A hard edge protects and always binds; a soft one is good order (engine, section 2.2)."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that was read: address, title, the date it carries ("" when none), and what it supports."""

    url: str
    title: str
    date: str = ""
    supports: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source by its id, with a locator in it (article, section, page)."""

    source: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCondition:
    """Holds for a person when every predicate that is set holds. Unset answers make it unset, not false."""

    nationality_in: tuple[str, ...] = ()
    nationality_not_in: tuple[str, ...] = ()
    legal_status_in: tuple[LegalStatus, ...] = ()
    protection_status_in: tuple[ProtectionStatus, ...] = ()
    gender_in: tuple[Gender, ...] = ()
    exploitation_in: tuple[Exploitation, ...] = ()
    perpetrator_in: tuple[Perpetrator, ...] = ()
    child: bool | None = None
    unaccompanied: Answer | None = None
    formally_identified: bool | None = None
    criminal_case: Answer | None = None
    """The answer about an opened criminal case that makes the condition hold; unknown counts as unset."""
    fear_of_return: Answer | None = None
    avoids_authorities: bool | None = None
    in_own_country: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCondition:
    """Holds for a service point when every predicate that is set holds; an unknown fact makes it unknown."""

    organization_type_in: tuple[OrganizationType, ...] = ()
    slug_in: tuple[str, ...] = ()
    """Slugs of organizations."""
    state_funded: bool | None = None
    place_in: tuple[str, ...] = ()
    mediates_with_family: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A rule with an id, its words, the days on which it holds (both included), and what it rests on."""

    id: str
    text: str
    valid_from: date
    valid_to: date | None = None
    cites: tuple[Citation, ...]

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryGate(Dated):
    """Closes the guarded codes of the points that match, for the persons that match. Empty `guards`: every code."""

    severity: Severity = Severity.HIGH
    guards: tuple[Code, ...] = ()
    person: PersonCondition = PersonCondition()
    point: PointCondition = PointCondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Dated):
    """A point that matches serves the guarded codes only after `requires` is at hand (O07)."""

    requires: Code
    guards: tuple[Code, ...] = ()
    person: PersonCondition = PersonCondition()
    point: PointCondition = PointCondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate(Dated):
    """Adds `adds` to what is needed when one of `asked` is needed and the person matches (H36: shown as required)."""

    asked: tuple[Code, ...]
    adds: Code
    person: PersonCondition = PersonCondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence(Dated):
    """`before` is never served in a later step than `after`, for persons that match."""

    before: Code
    after: Code
    strength: Strength
    person: PersonCondition = PersonCondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderRule(Dated):
    """`code` must be at hand before a border is crossed (O05, O14, H09)."""

    code: Code
    person: PersonCondition = PersonCondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Dated):
    """A needed code should begin within `hours` of the incident (W01 to W03)."""

    code: Code
    hours: int


class BodyRole(StrEnum):
    FIRST_RESPONDER = "first_responder"
    IDENTIFYING = "identifying_authority"
    SERVICE = "service"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Dated):
    """Who takes part in the national mechanism, and as what. `organization` is its slug in the directory, if there."""

    name: str
    role: BodyRole
    organization: str | None = None


class EmergencyKind(StrEnum):
    DISPATCH = "dispatch"
    AMBULANCE = "ambulance"
    POLICE = "police"
    FIRE = "fire"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyContact(Dated):
    """A public emergency number. Showing it is information, not a referral (H02)."""

    name: str
    number: str
    kind: EmergencyKind
    police_link: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard(Dated):
    """A danger that a source documents; `rule` is what we conclude from it and `gate` the id of the rule that acts."""

    rule: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay(Dated):
    """A documented length of stay, in whole days (W08); `None` when the source gives none."""

    days: int | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayStep:
    """One line of the national pathway in words, for people to read."""

    actor: str
    what: str
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """One file of rules. `country` is ISO 3166-1 alpha-2, or "*" for the universal file."""

    country: str
    version: str
    title: str
    overview: str
    sources: dict[str, Source]
    steps: tuple[PathwayStep, ...] = ()
    laws: tuple[Dated, ...] = ()
    bodies: tuple[Body, ...] = ()
    gates: tuple[CountryGate, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    precedence: tuple[Precedence, ...] = ()
    border_rules: tuple[BorderRule, ...] = ()
    windows: tuple[Window, ...] = ()
    stays: tuple[Stay, ...] = ()
    emergency_contacts: tuple[EmergencyContact, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    assumptions: tuple[str, ...] = ()
    not_modelled: tuple[str, ...] = ()
