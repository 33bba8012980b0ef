"""The answers of `/v1/routes` as the published schema tells them. `shaping` fills them from a `Reply`."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.plan import Database, GapReason, Grade, Movement, Outcome, Weight, Why
from app.domain.profile import Document
from app.domain.provider import Agreement, HandoverMode


class Told(BaseModel):
    """The root of all answers: nothing beside what is named here. Built when first asked for, as a start is short."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Text(Told):
    """A sentence, by its stable key."""

    key: str = Field(description="Stable key of the text in the catalogues; for machines.")
    rule: str = Field(description="Public id of the rule that it rests on, or empty.", examples=["H19"])
    text: str = Field(description="The sentence in the asked language.")


class CautionText(Text):
    """A fact to mind. Grave ones are a known danger, taken only because nothing else is in time."""

    weight: Weight
    points: int = Field(ge=0, description="What it costs: in `grave` when grave, in `burden` when mild.")


class NamedCode(Told):
    """A code with its name in the asked language."""

    code: Code
    name: str


class ServedCode(NamedCode):
    """One code that a step serves."""

    why: Why = Field(description="Asked for, required by a rule, or needed to open a later step (H36).")
    rule: str = Field(description="What asked for it when the person did not, or empty.")
    share: bool = Field(description="Whether anything about the person may be handed over for it (H01).")


class PlaceName(Told):
    """A place of the gazetteer."""

    slug: str
    country: str = Field(description="ISO 3166-1 alpha-2.")
    name: str = Field(description="In the asked language where the gazetteer has it.")


class ContactLine(Told):
    """One way to reach the provider, of those that the caller's tier may see."""

    kind: str = Field(description="phone, email, website or in_person.")
    value: str
    note: str


class Provider(Told):
    """Who gives a service, and how to reach them. Never the address of a confidential location (H15)."""

    point: str = Field(description="Slug of the service point.")
    service_name: str
    organization: str = Field(description="Slug of the organization.")
    organization_name: str
    local_name: str = Field(description="Name in the language of the country, or empty.")
    country: str = Field(description="ISO 3166-1 alpha-2.")
    place: PlaceName | None = Field(description="Town or district; null when no source names it.")
    address_confidential: bool
    status: str
    status_as_of: str = Field(description="What the source of the status prints as its date, or empty.")
    verified_on: str | None = Field(description="Day of the last verification; null when nobody has phoned.")
    hours_known: bool = Field(description="False: opening hours are assumed; ask.")
    note: str


class ReachableProvider(Provider):
    """A provider with contacts at the caller's tier."""

    contacts: tuple[ContactLine, ...]


class Backup(Told):
    """Another service point that can take this one's place in the route."""

    point: str
    name: str = Field(description="Name of its organization.")


class Receiver(Told):
    """Who takes over at the end of a return (H30)."""

    organization: str
    name: str


class BurdenParts(Told):
    """What a step adds to `burden`, in points; `minutes` is what it adds to the clock."""

    handover: int
    link: int
    crossings: int
    preference: int
    minutes: int


class StepAnswer(Told):
    """One step. Minutes count from `as_of`; instants are on the clock of the place where the person is."""

    number: int = Field(ge=1)
    provider: ReachableProvider
    grade: Grade
    movement: Movement = Field(description="A visit, a move to a place to stay, or a return.")
    remote: bool = Field(description="By telephone or online, or they come; nobody travels to them.")
    serves: tuple[ServedCode, ...]
    agreement: Agreement
    mode: HandoverMode = Field(description="How the person is handed over.")
    receiver: Receiver | None
    travel_minutes: int = Field(ge=0, description="Door to door, one way.")
    start_minute: int = Field(ge=0)
    end_minute: int = Field(ge=0)
    start_at: datetime = Field(description="Earliest start.")
    end_at: datetime
    burden: BurdenParts | None = Field(description="Null with `explain: none`.")
    cautions: tuple[CautionText, ...]
    questions: tuple[Text, ...] = Field(description="To ask by telephone before a word is said about the person.")
    notices: tuple[Text, ...] = Field(description="To read aloud before the person tells anything (H25, O03).")
    documents: tuple[Document, ...] = Field(description="Papers that the provider asks for.")
    backups: tuple[Backup, ...] = Field(description="Best first, at most two.")


class CostParts(Told):
    """What routes are compared by, in this order, smaller first."""

    unserved: int = Field(description="Weights of the needed codes that stay unserved.")
    windows_missed: int = Field(description="Needed codes that begin after their deadline, or never.")
    grave: int = Field(description="Grave cautions, in points.")
    burden: int = Field(description="Hand-overs, links, crossings, preferences, mild cautions and minutes, in points.")


class RouteAnswer(Told):
    """One route: its steps in order, and what it costs."""

    rank: int = Field(ge=1)
    grade: Grade = Field(description="`listed` is a lead: call first.")
    cost: CostParts
    steps: tuple[StepAnswer, ...]
    unserved: tuple[NamedCode, ...]


class GapAnswer(NamedCode):
    """A needed code that the best answer leaves unserved, and why."""

    reason: GapReason
    text: str
    blocked_by: tuple[NamedCode, ...]
    offered: int | None = Field(description="Service points nearby that offer it; null with `explain: none`.")
    closed_by: dict[str, int] | None = Field(description="How many of these each rule closes, by rule id.")


class CostGain(CostParts):
    """How much the best cost falls, part by part; a later part may grow when an earlier one falls."""


class QuestionAnswer(Text):
    """What to ask the person next."""

    field: str = Field(description="JSON Pointer of the answer in the request.", examples=["/profile/age"])
    opens: int = Field(description="Service points that the favourable answer opens.")
    gain: CostGain
    neutral: bool = Field(description="Must be asked without leaning.")


class EscalationAnswer(Text):
    """A human to call."""

    name: str
    number: str
    kind: str = Field(description="dispatch, ambulance, police, fire or hotline.")
    police_link: Answer = Field(description="Whether the line is tied to the police.")


class VersionsAnswer(Told):
    """What the answer was computed from: the same versions and request give the same answer."""

    engine: str
    rules: str
    pathway: str
    data: str = Field(description="Revision of the register.")
    database: Database = Field(
        description="`away`: the register could not be asked, and the answer rests on the last that was known of it: "
        "routes, names and contacts of that revision, quarantines of the last moment. It says so in `warnings`, too."
    )


class _Dated(Told):
    as_of: datetime = Field(description="The instant for which it holds, on the clock of the person's place.")
    language: str
    versions: VersionsAnswer
    request_id: str = Field(description="As in the X-Request-ID header.")


class RoutesAnswer(_Dated):
    """Routes and leads, best first, and everything that explains them. Nothing is empty without a reason."""

    outcome: Outcome
    outcome_text: str
    routes: tuple[RouteAnswer, ...]
    leads: tuple[RouteAnswer, ...] = Field(description="Not verified: call first, ask `questions`, then tell.")
    gaps: tuple[GapAnswer, ...]
    questions: tuple[QuestionAnswer, ...]
    escalation: tuple[EscalationAnswer, ...] = Field(description="Humans to call.")
    warnings: tuple[Text, ...]
    ranking: dict[str, int] | None = Field(description="Every weight and limit in force; null with `explain: none`.")
    rules: dict[str, str] | None = Field(description="Words of every rule named, by id; with `explain: full` only.")


class ClosingAnswer(Text):
    """One gate that closes codes of the service point."""

    verdict: str = Field(description="closed, unset (the person was not asked), unknown (the provider) or requires.")
    codes: tuple[NamedCode, ...]
    opens_with: Text


class WhyNotAnswer(_Dated):
    """Everything that stands between the person and one service point; no contacts, since it may be none to call."""

    provider: Provider
    open_codes: tuple[NamedCode, ...] = Field(description="What a route may use.")
    lead_codes: tuple[NamedCode, ...] = Field(description="What a lead may use.")
    closings: tuple[ClosingAnswer, ...]
    travel_minutes: int | None = Field(description="One way; null when there is no way.")
