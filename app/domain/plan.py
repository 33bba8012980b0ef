"""The answer: routes and leads, with every choice and every no explained; of the person only codes and places."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.provider import Agreement, HandoverMode


class Outcome(StrEnum):
    ROUTES = "routes"
    LEADS_ONLY = "leads_only"
    NO_SAFE_ROUTE = "no_safe_route"


class Grade(StrEnum):
    """`verified`: every gate open on facts checked in time. `listed`: call first, and ask what is unknown."""

    VERIFIED = "verified"
    LISTED = "listed"


class Why(StrEnum):
    """Why a step serves a code (H36)."""

    REQUESTED = "requested"
    REQUIRED = "required"
    UNLOCKS = "unlocks"


class Weight(StrEnum):
    MILD = "mild"
    GRAVE = "grave"


class Movement(StrEnum):
    """Primero's two words, and the two cases in which nobody travels to the provider or everybody travels home."""

    REFERRAL = "referral"
    TRANSFER = "transfer"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text by its key in the catalogues, with the slots it needs. `rule` is the public id that it rests on, or ""."""

    key: str
    rule: str = ""
    slots: Mapping[str, str | int] = ()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A fact that is shown with a step; `points` are what it costs in c2 (grave) or c3 (mild)."""

    weight: Weight
    points: int
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One code served by a step; `rule` names what asked for it when the person did not."""

    code: Code
    why: Why
    rule: str = ""
    share: bool = False
    """H01: whether anything about the person may be handed over for it. False: information only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """The parts of c3 that a step adds, in points; `minutes` is what it adds to the clock."""

    handover: int
    link: int
    crossings: int
    preference: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a route. Minutes count from `as_of`; `place` and `country` are where the service point is."""

    point: str
    organization: str
    country: str
    place: str
    remote: bool
    grade: Grade
    movement: Movement
    serves: tuple[Served, ...]
    agreement: Agreement
    mode: HandoverMode
    travel_minutes: int
    start_minute: int
    end_minute: int
    receiver: str | None
    burden: Burden
    cautions: tuple[Caution, ...]
    questions: tuple[Message, ...]
    """What to ask on the telephone before a word is said about the person; in leads."""
    notices: tuple[Message, ...]
    """To be read aloud before anything is disclosed (H25, O03)."""
    documents: tuple[str, ...]
    backups: tuple[str, ...]
    """Service points that can take the place of this one, best first, at most two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What routes are compared by, smaller first: c0 unserved, c1 windows missed, c2 grave cautions, c3 burden."""

    unserved: int
    windows_missed: int
    grave: int
    burden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way: its steps in order, what it costs, and the needed codes that it leaves unserved."""

    rank: int
    grade: Grade
    cost: Cost
    steps: tuple[Step, ...]
    unserved: tuple[Code, ...]


class GapReason(StrEnum):
    OUT_OF_REACH = "out_of_reach"
    HARD_EDGE = "blocked_by_order"
    NOT_TOGETHER = "not_together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A needed code that the best answer leaves unserved, and why.

    `offered` counts the service points of the countries in play that offer the code at all; `closed_by` counts, per
    rule id, those that the rule closes (one point may be closed by several rules).
    """

    code: Code
    reason: GapReason
    blocked_by: tuple[Code, ...]
    offered: int
    closed_by: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask next: `field` is the JSON Pointer of the profile answer, `opens` counts the points that it opens.

    `gain` is how much the best cost falls, part by part. `neutral` marks what must be asked without leaning (consent
    to police), and those come last.
    """

    field: str
    message: Message
    opens: int
    gain: Cost
    neutral: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A human to call when routes do not suffice, or at once. `source` is "pathway" or "hotline"."""

    name: str
    number: str
    kind: str
    police_link: Answer
    message: Message


class Database(StrEnum):
    """Whether the register could be asked. `away`: the answer rests on the last that was known of it."""

    REACHED = "reached"
    AWAY = "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What the answer was computed from; the same versions and the same question give the same bytes."""

    engine: str
    rules: str
    pathway: str
    data: str
    """The register's revision."""
    database: Database = Database.REACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole answer. `routes` and `leads` are best first; both may be empty, `escalation` never is."""

    outcome: Outcome
    routes: tuple[Route, ...]
    leads: tuple[Route, ...]
    gaps: tuple[Gap, ...]
    questions: tuple[Question, ...]
    escalation: tuple[Escalation, ...]
    warnings: tuple[Message, ...]
    ranking: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One gate that closes codes of one service point, whose answer is missing if any, and what would open it."""

    rule: str
    verdict: str
    codes: tuple[Code, ...]
    message: Message
    opens_with: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Everything that stands between the person and one service point; `open_codes` are what is left."""

    point: str
    open_codes: tuple[Code, ...]
    lead_codes: tuple[Code, ...]
    closings: tuple[Closing, ...]
    travel_minutes: int | None
