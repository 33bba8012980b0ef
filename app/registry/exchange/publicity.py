"""What of a record anybody may read (docs/decisions/0015). What is not named here does not leave through HSDS.

Three rules. A warning is public, a refusal is not: that a place tells the police protects who reads it; a list of those
that do not would be a list for the police. Of a confidential location nobody learns the town, how full it is, or
whether one may walk out. Judgements about a provider (flags, ties, trust) are the register's own.
"""

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any

from app.domain.answer import Answer
from app.domain.directory import Contact, Registration, Service
from app.domain.provider import FacilityRegime, RegistrationStatus, Visibility
from app.registry.plain import plain
from app.registry.soundness import WHEREABOUTS

WARNINGS = ("shares_with_police", "shares_with_immigration", "mandatory_reporter", "mediates_with_family")
"""Facts of safety that are public only when they are yes."""

HARMLESS = ("confidentiality_policy", "child_specialised", "separates_children_from_adults")
"""Facts of safety that are public whatever they are."""


def given(value: Any, *names: str) -> dict[str, Any]:
    """What a frozen value says beyond the defaults of its type, as plain JSON, under the names that our files use.

    `names`: only these fields. A key that is not there means what it means in a file: no source says.
    """
    told: dict[str, Any] = {}
    kind: Any = type(value)
    for name, default in _defaults(kind):
        said = getattr(value, name)
        if said != default and (not names or name in names):
            told[name] = plain(said)
    return told


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Names of the fields with their defaults; `MISSING`, which equals nothing, where a field has none."""
    return tuple((field.name, field.default) for field in fields(kind))


def public_safety(service: Service) -> dict[str, Any]:
    """The facts of safety that are public; of a confidential location never the regime."""
    safety = service.safety
    told = {name: Answer.YES.value for name in WARNINGS if getattr(safety, name) is Answer.YES}
    told |= given(safety, *HARMLESS)
    if not service.address_confidential and safety.facility_regime is not FacilityRegime.UNKNOWN:
        told["facility_regime"] = safety.facility_regime.value
    return told


def public_contacts(service: Service) -> list[tuple[int, Contact]]:
    """Contacts for everybody with their places in the whole list; none of a confidential location tells where it is."""
    return [
        (position, contact)
        for position, contact in enumerate(service.contacts)
        if contact.visibility is Visibility.PUBLIC
        and contact.kind != "address"
        and not (service.address_confidential and contact.kind in WHEREABOUTS)
    ]


def public_registrations(registrations: Iterable[Registration]) -> list[Registration]:
    """Registrations without those that say a provider has none: a list of the unregistered helps a censor only."""
    return [one for one in registrations if one.status is not RegistrationStatus.UNREGISTERED]
