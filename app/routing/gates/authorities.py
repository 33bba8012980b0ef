"""Who the provider is: ties to whoever did the harm, authorities of home, open allegations. Never relaxed (2c)."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.pathway import Severity
from app.domain.profile import Perpetrator, Profile, ProtectionStatus
from app.domain.provider import AUTHORITIES, OrganizationType, SafeguardingFlag
from app.routing.columns import Columns, perpetrator_bits
from app.routing.gates.gate import Circumstances, Gate
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import (
    UNKNOWN,
    YES,
    Bools,
    Verdicts,
    all_open,
    closed_where,
    only_where,
    strictest,
    unknown_where,
)

CRIMINALISING = ("TM", "UZ")
"""H23: where the law punishes men for same-sex relations (standards, section 9)."""

_PROTECTED = (ProtectionStatus.ASYLUM_SEEKER, ProtectionStatus.REFUGEE, ProtectionStatus.STATELESS)
_OWN_BODIES = {
    Perpetrator.POLICE: (OrganizationType.LAW_ENFORCEMENT, OrganizationType.PROSECUTOR, OrganizationType.SECURITY),
    Perpetrator.MILITARY: (OrganizationType.SECURITY,),
    Perpetrator.OFFICIAL: tuple(sorted(AUTHORITIES)),
}
"""The bodies that a category of perpetrator belongs to; other ties are on the provider's record."""


def conflict_of_interest(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H13: closed where the provider has ties to whoever did the harm, or the person named it as unsafe.

    When the police did it, that is every provider that tells the police or is entered through them.
    """
    danger = list(_named(person, points))
    unsure: list[Bools] = []
    if person.perpetrators:
        danger += [(points.affiliations.bits & perpetrator_bits(person.perpetrators)) != 0]
        bodies = {body for tag in person.perpetrators for body in _OWN_BODIES.get(tag, ())}
        danger += [points.organization_type.among(bodies)] if bodies else []
    if Perpetrator.POLICE in person.perpetrators:
        danger += [points.shares_with_police == YES, points.requires_police_referral == YES]
        unsure += [points.shares_with_police == UNKNOWN]
    if {Perpetrator.FAMILY, Perpetrator.PARTNER} & set(person.perpetrators):
        danger += [points.mediates_with_family == YES]
        unsure += [points.mediates_with_family == UNKNOWN]
    closed = (closed_where(rows) for rows in danger)
    return strictest(all_open(points.rows), *closed, *(unknown_where(rows) for rows in unsure))


def _named(person: Profile, points: Columns) -> Iterator[Bools]:
    if person.exclude_providers:
        yield points.slug.among(person.exclude_providers)
        yield points.organization.among(person.exclude_providers)


def safeguarding(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H18: closed while an allegation of abuse by the provider is open, and for good once it is substantiated."""
    flags = (SafeguardingFlag.OPEN, SafeguardingFlag.SUBSTANTIATED)
    return closed_where(points.safeguarding_flag.among(flags))


def criminalisation(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H23: whoever avoids authorities meets none; in UZ and TM nobody either who is not known to keep the police out.

    A remote or mobile point counts as being where the person is, too.
    """
    if not person.avoid_authorities:
        return all_open(points.rows)
    there = points.country.among(CRIMINALISING)
    if person.location.country in CRIMINALISING:
        there = there | points.remote
    danger = points.is_authority | (there & (points.shares_with_police == YES))
    return closed_where(danger, there & (points.shares_with_police == UNKNOWN))


def non_refoulement(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H12: consulates, and authorities of home while the person is elsewhere, only with consent to consular contact.

    Authorities of home stay open for a person without protection status who does not fear a return. Whoever has not
    said whether she fears it, or what her protection status is without asking to go home, makes the verdict unset;
    so does an undisclosed nationality, for authorities of every other country.
    """
    consent = person.consent(Sector.CONSULAR)
    if consent is Answer.YES:
        return all_open(points.rows)
    consulate = points.organization_type.is_(OrganizationType.CONSULATE)
    return strictest(
        closed_where(consulate, unset=consent is Answer.UNKNOWN),
        only_where(points.is_authority & ~consulate, _authorities_of_home(person, points)),
    )


def _authorities_of_home(person: Profile, points: Columns) -> Verdicts:
    home = _perhaps_home(person, points)
    if person.protection_status in _PROTECTED or person.nationality == "stateless":
        return closed_where(home, unset=person.nationality is None)
    if person.fear_of_return is Answer.YES:
        return closed_where(home, unset=person.nationality is None)
    unclear = person.protection_status is ProtectionStatus.UNKNOWN and person.wants_return is not Answer.YES
    if person.fear_of_return is Answer.UNKNOWN or unclear:
        return closed_where(home, unset=True)
    return all_open(points.rows)


def _perhaps_home(person: Profile, points: Columns) -> Bools:
    """Rows in the person's country of nationality while she is elsewhere; all rows abroad where that is not known."""
    abroad: Bools = ~points.country.is_(person.location.country)
    if person.nationality in (None, "stateless"):
        return abroad
    home: Bools = abroad & points.country.is_(person.nationality)
    return home


def consular_help(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H12: consular assistance through anybody else needs the same consent as the consulate itself."""
    consent = person.consent(Sector.CONSULAR)
    if consent is Answer.YES:
        return all_open(points.rows)
    consulate = points.organization_type.is_(OrganizationType.CONSULATE)
    return closed_where(~consulate, unset=consent is Answer.UNKNOWN)


H13 = Rule(
    id="H13",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A provider is left out that has ties to whoever did the harm, belongs to the same kind of body, works "
    "towards a return to the family when kin did the harm, or was named by the person as unsafe.",
    sources=("S37c", "S26", "S08", "S46b"),
    life_saving="Never relaxed.",
)
H18 = Rule(
    id="H18",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A provider with an open or substantiated allegation of abuse or exploitation is never recommended.",
    sources=("S24", "S22c"),
    life_saving="Never relaxed.",
)
H23 = Rule(
    id="H23",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A person who avoids authorities is sent to none of them, and in Uzbekistan and Turkmenistan only to "
    "providers that are known to share nothing with the police.",
    sources=("S52a", "S52b"),
    life_saving="Never relaxed.",
)
H12 = Rule(
    id="H12",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Consulates, and authorities of the home country of a person who is elsewhere and protected or may fear "
    "a return, are contacted only with her consent to consular contact.",
    sources=("S37b", "S37c", "S37a"),
    life_saving="Never relaxed.",
)

GATES = (
    Gate(rule=H13, judge=conflict_of_interest),
    Gate(rule=H18, judge=safeguarding),
    Gate(rule=H23, judge=criminalisation, strict=True),
    Gate(rule=H12, judge=non_refoulement),
    Gate(rule=replace(H12, guards=(Code.CON_SRV,)), judge=consular_help),
)
