"""The body of a request as the published schema tells it: every field, its closed list, and why it is asked for.

`wire` reads bodies with these models and then checks what a schema cannot say. Field by field they are
`app.domain.profile.Profile`; a test keeps the two together.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.api.languages import COUNTRIES
from app.domain.answer import Answer
from app.domain.codes import Code, Sector, Urgency
from app.domain.languages import LANGUAGES
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Document,
    Exploitation,
    Gender,
    GuardianStatus,
    HealthFlag,
    IncidentWindow,
    LegalStatus,
    OverrideReason,
    Perpetrator,
    Placement,
    ProtectionStatus,
    SafeContact,
    TraffickingStatus,
)
from app.domain.provider import OrganizationType

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?")
_SLUG = "[a-z0-9][a-z0-9.-]{0,119}"
_AREA = f"({_SLUG}|[A-Z]{{2}}-[A-Z0-9]{{1,3}})"
_WEEK_MINUTES = 10_080


def _fault(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, "")


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise _fault("unknown-country")
    return value


def _nationality(value: str) -> str:
    return value if value == "stateless" else _country(value)


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise _fault("unknown-language")
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(_SLUG, value):
        raise _fault("not-a-slug")
    return value


def _area(value: str) -> str:
    if not re.fullmatch(_AREA, value):
        raise _fault("not-a-slug")
    return value


def _instant(value: str) -> datetime:
    if not _INSTANT.fullmatch(value):
        raise _fault("bad-instant")
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError:
        raise _fault("bad-instant") from None
    if instant.utcoffset() is None:
        raise _fault("no-offset")
    if not 2000 <= instant.year < 2100:
        raise _fault("bad-instant")
    return instant


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Country = Annotated[str, AfterValidator(_country), _text("[A-Z]{2}")]
Nationality = Annotated[str, AfterValidator(_nationality), _text("([A-Z]{2}|stateless)")]
Language = Annotated[str, AfterValidator(_language), _text("[a-z]{2,3}")]
Slug = Annotated[str, AfterValidator(_slug), _text(_SLUG)]
Area = Annotated[str, AfterValidator(_area), _text(_AREA)]
Instant = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Minutes = Annotated[int, Field(ge=0, le=_WEEK_MINUTES)]


def _set(description: str, most: int) -> Any:
    """A list without duplicates, empty unless it is given."""
    return Field(default=(), max_length=most, description=description, json_schema_extra={"uniqueItems": True})


EXAMPLE: Mapping[str, Any] = MappingProxyType(
    {
        "profile": {
            "needs": ["SHL-VOT", "MED-CMR", "LEG-INF"],
            "gender": "female",
            "age": "18-24",
            "nationality": "UZ",
            "location": {"country": "KZ", "place": "shymkent"},
            "languages": ["uz"],
            "legal_status": "irregular",
            "incident_window": "72h",
            "consents": {"safehouse": "yes", "health": "yes", "legal": "yes"},
        },
        "alternatives": 3,
        "explain": "summary",
        "as_of": "2026-11-23T22:10:00+05:00",
    }
)
"""An invented person."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class LocationBody(_Body):
    """Where the person is: a country and a town or district; no address, no coordinates."""

    country: Country = Field(description="ISO 3166-1 alpha-2 code of the country where the person is.", examples=["KZ"])
    place: Slug = Field(description="Slug of the place, as `GET /v1/places` lists it.", examples=["shymkent"])


class CompanionBody(_Body):
    """A child who travels with the person. No name."""

    age: AgeBand = Field(description="Age band below 18 of the child.")
    gender: Gender = Field(description="Sex of the child, for shelters that take boys up to an age only (H29).")


class TravelBody(_Body):
    """The person's own limits of travel."""

    longest_visit_minutes: Minutes | None = Field(default=None, description="To a visit, one way, in minutes.")
    longest_transfer_minutes: Minutes | None = Field(default=None, description="To a place to stay, in minutes.")
    borders: Answer = Field(default=Answer.UNKNOWN, description="No: crosses no border.")


class PreferencesBody(_Body):
    """What the person would rather have. Costs points, closes nothing (P01)."""

    staff_gender: Placement | None = Field(default=None, description="Wished gender of staff (P10).")
    remote_first: bool = Field(default=False, description="Would rather talk from afar.")
    avoid: tuple[OrganizationType, ...] = _set("Kinds of organization that the person would rather not meet.", 20)


class ProfileBody(_Body):
    """As little of a person as changes an answer. Used for this request and forgotten.

    There is no field for a name, number, address, birth date, document number or story, and none may be added: such a
    field is refused. Everything but `needs` and `location` may be left out; left out is read carefully, never in
    favour of a step.
    """

    needs: tuple[Code, ...] = Field(
        min_length=1,
        max_length=len(Code),
        description="What the person asks for, as codes of `GET /v1/codes`. A deployment sets how many at most.",
        json_schema_extra={"uniqueItems": True},
    )
    location: LocationBody = Field(description="Where the person is now.")
    already_has: tuple[Code, ...] = _set("Codes that need no step any more.", len(Code))
    urgency: Urgency | None = Field(default=None, description="Urgency that the operator sets (W06).")
    imminent_danger: Answer = Field(default=Answer.UNKNOWN, description="Life at risk now (H03, O01).")
    override: OverrideReason | None = Field(
        default=None, description="Why consent is set aside, and only where H03 lets it be."
    )
    age: AgeBand | None = Field(default=None, description="Age band; never a birth date.")
    possibly_child: Answer = Field(default=Answer.UNKNOWN, description="Yes: treated as a child (H07).")
    unaccompanied: Answer = Field(default=Answer.UNKNOWN, description="A child without parent or guardian (H09).")
    guardian: GuardianStatus = Field(default=GuardianStatus.UNKNOWN, description="Guardian of a child (O10).")
    gender: Gender | None = Field(default=None, description="As the person says; asked only for a placement (H21).")
    placement: Placement | None = Field(default=None, description="Among whom the person would live.")
    avoid_authorities: bool = Field(
        default=False, description="Keep away from authorities, for reasons that nobody need state (H23)."
    )
    nationality: Nationality | None = Field(
        default=None, description="ISO 3166-1 alpha-2 or `stateless`; null: undisclosed. Only for eligibility (H31)."
    )
    legal_status: LegalStatus = Field(default=LegalStatus.UNKNOWN, description="Unknown is read as irregular (H04).")
    protection_status: ProtectionStatus = Field(default=ProtectionStatus.UNKNOWN, description="Asylum (H12, O16).")
    fear_of_return: Answer = Field(default=Answer.UNKNOWN, description="Without reasons (H11, H12).")
    wants_return: Answer = Field(default=Answer.UNKNOWN, description="The person's own wish (H11).")
    return_risk_assessed: Answer = Field(default=Answer.UNKNOWN, description="An individual assessment is done (H11).")
    return_to: Slug | None = Field(default=None, description="Place of return, a slug of `GET /v1/places`.")
    documents_held: tuple[Document, ...] | None = Field(
        default=None,
        max_length=len(Document),
        description="Kinds of papers at hand, never numbers; [] for none, null when nobody asked.",
        json_schema_extra={"uniqueItems": True},
    )
    trafficking_status: TraffickingStatus = Field(
        default=TraffickingStatus.UNKNOWN, description="As others told it; `actual` is formally identified (H33)."
    )
    criminal_case: Answer = Field(default=Answer.UNKNOWN, description="A case has been opened.")
    involved_in_offence: Answer = Field(default=Answer.UNKNOWN, description="Made to break the law (H24).")
    exploitation: tuple[Exploitation, ...] = _set("HTCDS exploitation list.", len(Exploitation))
    perpetrators: tuple[Perpetrator, ...] = _set("Categories of whoever did the harm, never names (H13).", 10)
    exclude_providers: tuple[Slug, ...] = _set("Slugs of providers that the person must not meet (H13).", 50)
    no_go_areas: tuple[Area, ...] = _set("Places (slugs) or regions (ISO 3166-2) to keep away from (H14).", 50)
    languages: tuple[Language, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description="ISO 639 codes of languages the person speaks or signs, best first; null when nobody asked (H27).",
        json_schema_extra={"uniqueItems": True},
    )
    access_needs: tuple[AccessNeed, ...] = _set("What access must allow, not a diagnosis (H28).", len(AccessNeed))
    pregnancy: Answer = Field(default=Answer.UNKNOWN, description="Asked for health and shelter only (W02).")
    children_with: tuple[CompanionBody, ...] = Field(
        default=(), max_length=12, description="Children who travel with the person (H29)."
    )
    incident_window: IncidentWindow = Field(
        default=IncidentWindow.NOT_APPLICABLE, description="How long ago an assault was, as a band (W01 to W04)."
    )
    health_flags: tuple[HealthFlag, ...] = _set("Only what changes the route (O01).", len(HealthFlag))
    consents: dict[Sector, Answer] = Field(
        default_factory=dict, description="Consent by sector; a sector that is left out was not asked (H01)."
    )
    contact_safe: SafeContact | None = Field(default=None, description="The mode of safe contact, never the number.")
    can_pay: Answer = Field(default=Answer.UNKNOWN, description="Can pay a fee (H06).")
    travel: TravelBody = Field(default=TravelBody(), description="Own limits of travel (P11).")
    preferences: PreferencesBody = Field(default=PreferencesBody(), description="Wishes (P01).")


class Explain(StrEnum):
    """How much of the reasons an answer carries. Cautions, notices and questions to ask first are always there."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


class _Asked(_Body):
    profile: ProfileBody
    as_of: Instant | None = Field(
        default=None,
        description="When the answer shall hold, RFC 3339 with an offset; left out: now.",
        examples=["2026-11-23T22:10:00+05:00"],
    )
    language: str | None = Field(
        default=None, description="Language of the texts; wins over Accept-Language.", examples=["en", "ru"]
    )


class RoutesRequest(_Asked):
    """A profile, and what to answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(EXAMPLE)]})

    alternatives: Annotated[int, Field(ge=1, le=5)] = Field(
        default=3, description="Routes at most: the best one, and second plans that do without its key provider (H34)."
    )
    explain: Explain = Field(
        default=Explain.SUMMARY,
        description="`none`: no gap counts, questions, burden or weights; `summary`: all these; `full`: the words of "
        "every rule that is named, too.",
    )


class WhyNotRequest(_Asked):
    """A profile, and the service point that was looked for in the answer."""

    point: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Slug of a service point.", examples=["kz-sandbox-shelter"]
    )
