"""Whom to call besides the providers of a plan: the hotlines of the register, as safe for this person as is known."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.answer import Answer
from app.domain.directory import Directory, Hotline
from app.domain.pathway import Pathway
from app.domain.plan import Escalation, Message
from app.domain.profile import Profile
from app.domain.provider import AUTHORITIES, FORCE_BODIES, OrganizationType, ServiceStatus
from app.routing import fears_police

_ANSWERING = frozenset({ServiceStatus.ACTIVE, ServiceStatus.UNKNOWN})
"""Hotlines of which nothing says that nobody answers."""


def lines_to_call(directory: Directory, pathways: Mapping[str, Pathway], profile: Profile) -> tuple[Escalation, ...]:
    """Hotlines with a printed number, of the country where the person is, else of her own; police lines last.

    Public emergency numbers come from the pathway and are not listed twice, nor from another country, where they do
    not answer. For somebody who avoids authorities, or whom the police harmed, no line of a state body is shown.
    """
    types = {o.slug: o.type for o in directory.organizations}
    emergency = {c.number for file in pathways.values() for c in file.emergency_contacts}
    printed = [
        line
        for line in directory.hotlines
        if line.number and line.number not in emergency and line.status in _ANSWERING
    ]
    near = [line for line in printed if line.country == profile.location.country]
    lines = near or [line for line in printed if line.country == profile.nationality] or printed
    linked = {line.slug: _police_link(line, types) for line in lines}
    if fears_police(profile):
        state = {line.slug for line in lines if types.get(line.organization or "") in AUTHORITIES}
        lines = [line for line in lines if linked[line.slug] is not Answer.YES and line.slug not in state]
    order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
    return tuple(
        Escalation(
            name=line.name if line.country == profile.location.country else f"{line.name} ({line.country})",
            number=line.number,
            kind="hotline",
            police_link=linked[line.slug],
            message=Message(key="escalation.hotline", slots=MappingProxyType({"caveat": line.caveat})),
        )
        for line in sorted(lines, key=lambda line: (order.index(linked[line.slug]), line.slug))
    )


def _police_link(line: Hotline, types: Mapping[str, OrganizationType]) -> Answer:
    """What is on record; a line of a force body leads to the police, whatever the record leaves open."""
    return Answer.YES if types.get(line.organization or "") in FORCE_BODIES else line.police_link
