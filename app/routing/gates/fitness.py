"""Whether the provider is fit and there at all: regime, safety facts, registration, freshness, status."""

from dataclasses import replace

from app.domain.codes import Code
from app.domain.pathway import Severity
from app.domain.plan import Weight
from app.domain.profile import Profile
from app.domain.provider import FacilityRegime, RegistrationStatus, ServiceStatus
from app.routing.columns import STAYS, URGENT, Columns, all_but
from app.routing.gates.gate import Circumstances, Gate, LifeSaving, Relaxation
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import NO, UNKNOWN, YES, Bools, Verdict, Verdicts, closed_where, strictest, unknown_where

SHORT_LIVED = (*STAYS, Code.MED_EMG, Code.SAF_EMG)
"""Codes of residential and round-the-clock emergency services, which the shorter limits of H19 hold for."""

_LIFE_SAVING = (Code.SAF_EMG, Code.MED_EMG, Code.MED_CMR, Code.MHP_PSY)
"""Every code that can be in the life-saving set, whoever asks (standards, section 2c)."""


_STATUS = {ServiceStatus.ACTIVE: Verdict.OPEN, ServiceStatus.UNKNOWN: Verdict.UNKNOWN}


def closed_facilities(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H10: detention and facilities that nobody may leave are never a step."""
    return closed_where(points.facility_regime.among((FacilityRegime.CLOSED, FacilityRegime.DETENTION)))


def regime_of_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H10 for beds: whether a person who sleeps there may walk out must be known."""
    return unknown_where(points.facility_regime.is_(FacilityRegime.UNKNOWN))


def safety_facts_of_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H16 for beds: a confidentiality policy and an answer about immigration must be on record; admission is H21."""
    return closed_where(points.confidentiality_policy == NO, _safety_unknown(points))


def safety_facts_of_visits(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H16 for authorities and for steps in another country: what is not known about their handling of data closes."""
    return unknown_where((points.is_authority | _abroad(person, points)) & _safety_unknown(points))


def safety_facts_of_authorities(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H16 for life-saving codes: still closes authorities, but no open medical facility."""
    return unknown_where(points.is_authority & _safety_unknown(points))


def _safety_unknown(points: Columns) -> Bools:
    unknown: Bools = (points.confidentiality_policy == UNKNOWN) | (points.shares_with_immigration == UNKNOWN)
    return unknown


def _abroad(person: Profile, points: Columns) -> Bools:
    abroad: Bools = ~points.country.is_(person.location.country)
    return abroad


def struck_off(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H17: a suspended or revoked registration closes, whatever a steward says."""
    return closed_where(_struck_off(points))


def struck_off_for_urgent_care(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H17 with R-07: for urgent codes a steward's trust, with a reason on record, outweighs a de-registration."""
    return closed_where(_struck_off(points) & ~points.steward_trust)


def _struck_off(points: Columns) -> Bools:
    return points.registration.among((RegistrationStatus.SUSPENDED, RegistrationStatus.REVOKED))


def unregistered(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H17: an unregistered provider passes only with a steward's trust."""
    return closed_where(points.registration.is_(RegistrationStatus.UNREGISTERED) & ~points.steward_trust)


def licence(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H17: an expired registration closes; an unknown one must be asked for where a licence is known to be required."""
    expired = points.registration.is_(RegistrationStatus.EXPIRED)
    expired |= points.registered_until < circumstances.on.toordinal()
    silent = points.registration.is_(RegistrationStatus.UNKNOWN)
    unsure = silent & (points.licence_required == YES)
    return closed_where(expired & ~points.steward_trust, unsure & ~points.steward_trust)


def never_verified(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H19: what was only read in public sources makes leads, life-saving or not: somebody must call first."""
    return unknown_where(points.verified_on == 0)


def stale(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H19: a verification older than the limit no longer counts."""
    return _older_than(points, circumstances, circumstances.exclude_days)


def stale_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H19 with the shorter limit of residential and emergency services."""
    return _older_than(points, circumstances, circumstances.stay_exclude_days)


def _older_than(points: Columns, circumstances: Circumstances, days: int) -> Verdicts:
    last = circumstances.on.toordinal() - days
    return unknown_where((points.verified_on > 0) & (points.verified_on < last))


def not_working(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H20: closed where the service has ended, pauses, has never opened or is quarantined; unknown status asks."""
    said = points.status.mapped(_STATUS, Verdict.CLOSED)
    return strictest(said, closed_where(points.quarantined))


H10 = Rule(
    id="H10",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Detention and closed facilities are never protection, and nobody sleeps where it is unknown whether one "
    "may walk out.",
    sources=("S35c", "S08"),
)
H16 = Rule(
    id="H16",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="Beds, authorities and steps in another country are recommended only when their confidentiality policy "
    "and their sharing with immigration are known; otherwise they are for the telephone.",
    sources=("S15",),
    life_saving="Does not apply to open medical facilities.",
)
H17 = Rule(
    id="H17",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A provider whose registration is suspended, revoked or expired is left out, an unregistered one passes "
    "only with a steward's trust.",
    sources=("S45b", "S38a"),
    life_saving="An expired or unknown registration is kept with a note to call first, a suspended or revoked "
    "one never.",
)
H19 = Rule(
    id="H19",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A record that was never verified, or too long ago, is not presented as a route but as a lead to call "
    "first.",
    sources=("S43a", "S38a", "S38b"),
    life_saving="A stale record is kept with a note to call first; one that was never verified stays a lead.",
)
H20 = Rule(
    id="H20",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A service that is not working, or is quarantined, is left out; a full one is planned for when that may "
    "have changed.",
    sources=("S15", "S34a", "S42"),
)

GATES = (
    Gate(rule=H10, judge=closed_facilities),
    Gate(rule=replace(H10, guards=STAYS), judge=regime_of_stays),
    Gate(rule=replace(H16, guards=STAYS), judge=safety_facts_of_stays),
    Gate(rule=replace(H16, guards=all_but((*STAYS, *_LIFE_SAVING))), judge=safety_facts_of_visits),
    Gate(rule=replace(H16, guards=_LIFE_SAVING), judge=safety_facts_of_authorities),
    Gate(rule=replace(H17, guards=all_but(URGENT)), judge=struck_off),
    Gate(rule=replace(H17, guards=URGENT), judge=struck_off_for_urgent_care),
    Gate(rule=H17, judge=unregistered),
    Gate(
        rule=H17,
        judge=licence,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.registration_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.registration_expired", weight=Weight.MILD),
        ),
    ),
    Gate(rule=H20, judge=not_working),
    Gate(rule=H19, judge=never_verified),
    Gate(
        rule=replace(H19, guards=all_but(SHORT_LIVED)),
        judge=stale,
        life_saving=LifeSaving(unknown=Relaxation(caution="caution.stale", weight=Weight.MILD)),
    ),
    Gate(
        rule=replace(H19, guards=SHORT_LIVED),
        judge=stale_stays,
        life_saving=LifeSaving(unknown=Relaxation(caution="caution.stale", weight=Weight.MILD)),
    ),
)
