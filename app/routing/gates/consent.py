"""Consent and firewall: force bodies, immigration, cooperation as a price, reports that a provider must make."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.pathway import Severity
from app.domain.plan import Weight
from app.domain.profile import LegalStatus, OverrideReason, Profile
from app.domain.provider import OrganizationType
from app.routing.columns import Columns, all_but, bits_of
from app.routing.gates.gate import Circumstances, Gate, LifeSaving, Relaxation
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import (
    UNKNOWN,
    YES,
    Bools,
    Verdict,
    Verdicts,
    all_open,
    by_answer,
    closed_where,
    only_where,
    strictest,
)

OVERRIDE_CODES = (Code.SAF_EMG, Code.MED_EMG, Code.MHP_PSY, Code.CHD_GRD, Code.CHD_BIP)
"""H03: the only codes for which consent may be set aside."""
_CHILD_MANDATE = bits_of((Code.CHD_GRD, Code.CHD_BIP))


def force_bodies(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H02: police, prosecutors, security and immigration bodies only with consent to law enforcement."""
    return _without_consent(person, points.is_force_body)


def force_bodies_overridden(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H02 with H03: the same for the few codes for which an operator may set consent aside, with a reason code.

    Imminent danger opens every force body for them. Without it only child protection does, and only a body that is on
    record with a child-protection mandate, which is read from its offering guardianship or best-interests procedures.
    """
    bodies = points.is_force_body
    if person.override is not None and person.imminent_danger is Answer.YES:
        return all_open(points.rows)
    if person.is_child and person.override is OverrideReason.CHILD_PROTECTION:
        bodies = bodies & ((points.offers & _CHILD_MANDATE) == 0)
    return _without_consent(person, bodies)


def _without_consent(person: Profile, bodies: Bools) -> Verdicts:
    consent = person.consent(Sector.LAW_ENFORCEMENT)
    if consent is Answer.YES:
        return all_open(len(bodies))
    return closed_where(bodies, unset=consent is Answer.UNKNOWN)


def immigration_firewall(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H04: nobody without regular status is sent where data reaches immigration enforcement.

    An unknown legal status counts as irregular, and a known sharing is then unset: the person's answer may open it.
    """
    return only_where(~points.is_force_body, _firewall(person, points))


def immigration_firewall_of_force_bodies(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H04 for force bodies: the life-saving set means non-police help (standards, 2c), so here nothing gives way."""
    return only_where(points.is_force_body, _firewall(person, points))


def _firewall(person: Profile, points: Columns) -> Verdicts:
    if person.has_regular_status or person.consent(Sector.IMMIGRATION) is Answer.YES:
        return all_open(points.rows)
    itself = points.organization_type.is_(OrganizationType.IMMIGRATION)
    shares = itself | (points.shares_with_immigration == YES)
    return closed_where(
        shares, points.shares_with_immigration == UNKNOWN, unset=person.legal_status is LegalStatus.UNKNOWN
    )


def telling_the_police(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H01: a provider that passes what it hears to the police is none for a person who did not agree to that."""
    consent = person.consent(Sector.LAW_ENFORCEMENT)
    if consent is Answer.YES:
        return all_open(points.rows)
    told = Verdict.UNSET if consent is Answer.UNKNOWN else Verdict.CLOSED
    return by_answer(points.shares_with_police, yes=told, unknown=Verdict.UNKNOWN)


def cooperation(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H05: help has no price in cooperation: none required, no criminal case that is not there, no entry by the police.

    Consent to law enforcement opens the first and the last; only a case that is already open opens the second.
    """
    consent = person.consent(Sector.LAW_ENFORCEMENT)
    return strictest(
        _required(points.requires_cooperation, consent),
        _required(points.requires_criminal_case, person.criminal_case),
        _required(points.requires_police_referral, consent),
    )


def _required(required: NDArray[np.int8], given: Answer) -> Verdicts:
    if given is Answer.YES:
        return all_open(len(required))
    asked = Verdict.UNSET if given is Answer.UNKNOWN else Verdict.CLOSED
    return by_answer(required, yes=asked, unknown=Verdict.UNKNOWN)


def mandatory_report(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H25: whoever avoids authorities is not sent to a provider that must, or may have to, report to them."""
    if not person.avoid_authorities:
        return all_open(points.rows)
    return by_answer(points.mandatory_reporter, yes=Verdict.CLOSED, unknown=Verdict.UNKNOWN)


H01 = Rule(
    id="H01",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Nothing about the person is handed over for a code unless she agreed for its sector; the step is then "
    "information only. A provider that passes what it hears to the police, or may, is a step only for a person who "
    "agreed.",
    sources=("S41a", "S55b", "S18a", "S15"),
    life_saving="Unknown sharing is kept with a warning; known sharing only when nothing else is in time, with the "
    "risk read to the person first. An address may always be given as information.",
)
H02 = Rule(
    id="H02",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Police, prosecutors, security and immigration bodies are steps only for a person who agreed to law "
    "enforcement; the one exception is H03.",
    sources=("S02", "S50b"),
    life_saving="Never relaxed.",
)
H04 = Rule(
    id="H04",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A person without regular status is not sent where data reaches immigration enforcement, or may reach "
    "it, unless she agreed to that.",
    sources=("S31a", "S31c"),
    life_saving="Unknown sharing is kept with a warning; known sharing only when nothing else is in time, with the "
    "risk read to the person first; never for force bodies.",
)
H05 = Rule(
    id="H05",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Help that is given only to those who cooperate with a prosecution, have an open criminal case or come "
    "through the police is not offered to a person who has not chosen that.",
    sources=("S02", "S50d", "S50e"),
    life_saving="Unknown conditions are kept with a warning.",
)
H25 = Rule(
    id="H25",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="What a provider must report is told before anything is disclosed, and a person who avoids authorities "
    "is not sent to a provider that reports.",
    sources=("S17d", "S22d"),
)

GATES = (
    Gate(
        rule=H01,
        judge=telling_the_police,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.police_sharing_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.shares_with_police", weight=Weight.GRAVE),
        ),
    ),
    Gate(rule=replace(H02, guards=all_but(OVERRIDE_CODES)), judge=force_bodies),
    Gate(rule=replace(H02, guards=OVERRIDE_CODES), judge=force_bodies_overridden),
    Gate(
        rule=H04,
        judge=immigration_firewall,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.immigration_sharing_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.shares_with_immigration", weight=Weight.GRAVE),
        ),
    ),
    Gate(rule=H04, judge=immigration_firewall_of_force_bodies),
    Gate(
        rule=H05,
        judge=cooperation,
        life_saving=LifeSaving(unknown=Relaxation(caution="caution.cooperation_unknown", weight=Weight.MILD)),
    ),
    Gate(rule=H25, judge=mandatory_report),
)
