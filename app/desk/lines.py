"""Whom to call besides the providers of a plan: the hotlines of the register, as safe for this person as is known."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.domain.answer import Answer
from app.domain.directory import Hotline
from app.domain.pathway import Pathway
from app.domain.plan import Escalation, Message
from app.domain.profile import Profile
from app.domain.provider import AUTHORITIES, FORCE_BODIES, OrganizationType, ServiceStatus
from app.routing import fears_police

_ANSWERING = frozenset({ServiceStatus.ACTIVE, ServiceStatus.UNKNOWN})
"""Hotlines of which nothing says that nobody answers."""


Line = tuple[Hotline, OrganizationType | None]
"""A hotline and the type of the organization behind it, where a source names one."""


def emergency_numbers(pathways: Mapping[str, Pathway]) -> frozenset[str]:
    """The public emergency numbers of all countries."""
    return frozenset(contact.number for file in pathways.values() for contact in file.emergency_contacts)


def lines_to_call(lines: Iterable[Line], emergency: frozenset[str], profile: Profile) -> tuple[Escalation, ...]:
    """Hotlines with a printed number, of the country where the person is, else of her own; police lines last.

    Public emergency numbers come from the pathway and are not listed twice, nor from another country, where they do
    not answer. For somebody who avoids authorities, or whom the police harmed, no line of a state body is shown.
    """
    printed = [
        (line, kind)
        for line, kind in lines
        if line.number and line.number not in emergency and line.status in _ANSWERING
    ]
    near = [one for one in printed if one[0].country == profile.location.country]
    chosen = near or [one for one in printed if one[0].country == profile.nationality] or printed
    linked = {line.slug: _police_link(line, kind) for line, kind in chosen}
    if fears_police(profile):
        chosen = [one for one in chosen if linked[one[0].slug] is not Answer.YES and one[1] not in AUTHORITIES]
    order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
    return tuple(
        Escalation(
            name=line.name if line.country == profile.location.country else f"{line.name} ({line.country})",
            number=line.number,
            kind="hotline",
            police_link=linked[line.slug],
            message=Message(key="escalation.hotline", slots=MappingProxyType({"caveat": line.caveat})),
        )
        for line in sorted((line for line, _ in chosen), key=lambda line: (order.index(linked[line.slug]), line.slug))
    )


def _police_link(line: Hotline, kind: OrganizationType | None) -> Answer:
    """What is on record; a line of a force body leads to the police, whatever the record leaves open."""
    return Answer.YES if kind in FORCE_BODIES else line.police_link
