"""Who asks, and what the key that they show allows."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a key stands for. A key has exactly one role."""

    OPERATOR = "operator"
    PARTNER = "partner"
    GOVERNMENT = "government"
    STEWARD = "steward"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PROVIDER = "provider"


class AccessReason(StrEnum):
    """Why a restricted contact is read. A closed list, so that nobody can write a person's story into the record."""

    HANDOVER = "handover"
    EMERGENCY = "emergency"
    VERIFICATION = "verification"
    UPKEEP = "upkeep"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever holds a good key: an organization in a role, never a person.

    `countries` are ISO 3166-1 alpha-2 codes that the key is for; empty means every country that is served.
    `organization` is the slug of the organization whose records a provider may see; others have none.
    """

    role: Role
    owner: str
    countries: tuple[str, ...] = ()
    key_prefix: str
    organization: str | None = None
