"""Parameters and bodies of the searches: what can be asked of the register, in an address and in a body."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.api.body import CompanionBody, Country, Language, Nationality, Slug
from app.api.query import Parameters
from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.finding import FlaggedField, FlagKind, FlagOutcome, Sort
from app.domain.profile import AgeBand, Document, Gender, Placement, TraffickingStatus
from app.domain.provider import OrganizationType, RegistrationStatus

Region = Annotated[str, Field(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$")]
Words = Annotated[str, Field(max_length=100)]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PerPage = Annotated[int, Field(ge=1, le=100)]
Radius = Annotated[int, Field(ge=1, le=5000)]
MOST = 45

SEARCH = "Names of a service or its organization: any script and spelling, with small faults of typing."
CODE = "Codes of `GET /v1/codes`; one of them suffices. May be repeated."
COUNTRY = "ISO 3166-1 alpha-2. May be repeated."
REGION = "ISO 3166-2. May be repeated."
NEAR = "A place, as a slug of `GET /v1/places`; never an address or coordinates. Distance is between towns."
RADIUS = "At most so many kilometres from `near`. A confidential location counts by the largest town of its region."
LANGUAGE = "ISO 639 code, spoken or interpreted there; one of them suffices. May be repeated."
OPEN_NOW = "Only services that are on record as open at this minute; unknown hours are left out."
SORT = "`relevance` needs `search`, `distance` needs `near`. Left out: relevance, distance or name, whichever can be."
DAY = "The day, today or before, at +06:00; its end is that in UTC. Left out: now."
PAGE = "Counted from 1; beyond the end it is empty."
PER_PAGE = "Entries of a page."


class _Filters(BaseModel):
    """What services are searched by. Nothing here is about a person."""

    search: Words = Field(default="", description=SEARCH)
    code: tuple[Code, ...] = Field(default=(), max_length=MOST, description=CODE)
    country: tuple[Country, ...] = Field(default=(), max_length=10, description=COUNTRY)
    region: tuple[Region, ...] = Field(default=(), max_length=50, description=REGION)
    near: Slug | None = Field(default=None, description=NEAR)
    radius_km: Radius | None = Field(default=None, description=RADIUS)
    language: tuple[Language, ...] = Field(default=(), max_length=10, description=LANGUAGE)
    open_now: bool = Field(default=False, description=OPEN_NOW)
    sort: Sort | None = Field(default=None, description=SORT)
    page: PageNumber = Field(default=1, description=PAGE)
    per_page: PerPage = Field(default=20, description=PER_PAGE)


class ServicesQuery(_Filters, Parameters):
    """`GET /v1/services`."""


class RegisterQuery(Parameters):
    """`GET /v1/register`."""

    name: Words = Field(default="", description=SEARCH)
    number: Words = Field(default="", description="A registration number; case, spaces and punctuation do not count.")
    authority: Words = Field(default="", description="Who registered it; every word, as far as it is typed.")
    country: tuple[Country, ...] = Field(default=(), max_length=10, description=COUNTRY)
    region: tuple[Region, ...] = Field(
        default=(), max_length=50, description="ISO 3166-2, of its seat or of an open service. May be repeated."
    )
    status: tuple[RegistrationStatus, ...] = Field(
        default=(), max_length=7, description="Of the registration, as it holds on the day. May be repeated."
    )
    kind: tuple[OrganizationType, ...] = Field(
        default=(), max_length=20, description="Of organization. May be repeated."
    )
    on: date | None = Field(default=None, description=DAY)
    page: PageNumber = Field(default=1, description=PAGE)
    per_page: PerPage = Field(default=20, description=PER_PAGE)


class ProviderQuery(Parameters):
    """`GET /v1/register/{id}`."""

    on: date | None = Field(default=None, description=DAY)


class CoverageQuery(Parameters):
    """`GET /v1/register/coverage`."""

    country: tuple[Country, ...] = Field(default=(), max_length=10, description=COUNTRY)


class FlagsQuery(Parameters):
    """`GET /v1/register/flags`."""

    state: Literal["open", "closed", "all"] = Field(default="open", description="`open`, `closed` or `all`.")
    page: PageNumber = Field(default=1, description=PAGE)
    per_page: PerPage = Field(default=20, description=PER_PAGE)


class NoQuery(Parameters):
    """An address without parameters."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ApplicantBody(_Body):
    """The few answers about a person that conditions of services speak of. Used for this search and forgotten.

    What is left out is not judged. There is no field for a name, number, birth date or story.
    """

    age: AgeBand | None = Field(default=None, description="Age band; never a birth date.")
    gender: Gender | None = Field(default=None, description="As the person says.")
    placement: Placement | None = Field(default=None, description="Among whom the person would live.")
    nationality: Nationality | None = Field(default=None, description="ISO 3166-1 alpha-2 or `stateless`.")
    trafficking_status: TraffickingStatus = Field(
        default=TraffickingStatus.UNKNOWN, description="`actual`: formally identified."
    )
    can_pay: Answer = Field(default=Answer.UNKNOWN, description="Can pay a fee.")
    documents_held: tuple[Document, ...] | None = Field(
        default=None, max_length=len(Document), description="Kinds of papers at hand, never numbers; [] for none."
    )
    children_with: tuple[CompanionBody, ...] = Field(
        default=(), max_length=12, description="Children who travel with the person."
    )


class ServicesSearch(_Filters, _Body):
    """What `GET /v1/services` can be asked for, and what describes a person besides."""

    person: ApplicantBody | None = Field(default=None, description="For whom; null: for nobody in particular.")
    eligibility: tuple[Answer, ...] = Field(
        default=(Answer.YES, Answer.UNKNOWN),
        min_length=1,
        max_length=len(Answer),
        description="Which services are listed, by what their conditions say of the person. Unknown is never yes.",
    )


def _readable(text: str) -> str:
    if not all(character.isprintable() or character == "\n" for character in text) or not text.strip():
        raise PydanticCustomError("unreadable-text", "")
    return text


class FlagRequest(_Body):
    """A discrepancy between the register and the books of an authority. Nothing in it may be about a person."""

    kind: FlagKind = Field(description="What does not agree.")
    field: FlaggedField = Field(description="The value it is about.")
    text: Annotated[str, AfterValidator(_readable)] = Field(
        min_length=1,
        max_length=500,
        description="What the authority's books say. Read by stewards, shown to nobody else.",
    )


class FlagClosing(_Body):
    """How a steward ends a flag. The record itself is changed by a change of its own."""

    outcome: FlagOutcome = Field(description="What came of it.")


BODIES = (ServicesSearch, FlagRequest, FlagClosing)
