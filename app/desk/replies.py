"""What the desk gives out: a plan with names and contacts beside it, and what it was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.directory import Contact
from app.domain.pathway import Pathway
from app.domain.place import Crossing, Place
from app.domain.plan import Plan, Versions, WhyNot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is read from files once, at the start: the gazetteer, the crossings and the rules of every country; and what
    our HSDS documents add to the standard, as merge patches by the name of their file."""

    places: tuple[Place, ...]
    crossings: tuple[Crossing, ...]
    pathways: Mapping[str, Pathway]
    hsds_profile: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How to name and reach one service point at the caller's tier. Never an address of a confidential location."""

    point: str
    service_name: str
    organization: str
    organization_name: str
    local_name: str
    place: Place | None
    country: str
    address_confidential: bool
    status: str
    status_as_of: str
    verified_on: str
    """ISO day, or "" when nobody has phoned."""
    hours_known: bool
    contacts: tuple[Contact, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A plan with the cards of every service point that it names, keyed by slug, and what it was computed from."""

    plan: Plan
    cards: Mapping[str, Card]
    organizations: Mapping[str, str]
    """Names by slug, of every organization that the plan names."""
    versions: Versions
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotReply:
    """What stands between the person and one service point, with its card."""

    why_not: WhyNot
    card: Card
    versions: Versions
    as_of: datetime
