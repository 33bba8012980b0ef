"""Whom a provider takes in: papers, payment, gender, age, nationality, residence, stairs. Silence is not a welcome."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Severity
from app.domain.plan import Weight
from app.domain.profile import LegalStatus, Placement, Profile, TraffickingStatus
from app.routing.columns import (
    NO_LIMIT,
    STAYS,
    URGENT,
    Columns,
    NationalityRule,
    access_bits,
    all_but,
    document_bits,
)
from app.routing.gates.gate import Circumstances, Gate, LifeSaving, Relaxation
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import (
    Verdict,
    Verdicts,
    all_open,
    by_answer,
    closed_unless,
    closed_where,
    only_where,
    opens_all,
    strictest,
    unknown_where,
)

_OLDEST = 120
_UNSET = np.array(Verdict.UNSET, dtype=np.int8)
_URGENT_VISITS = tuple(code for code in URGENT if code not in STAYS)
_OTHER_VISITS = tuple(code for code in all_but(STAYS) if code not in URGENT)


def formally_identified(person: Profile) -> Answer:
    """Whether the person holds the formal status of a victim, as told by others; never computed (H33)."""
    if Code.IDN_FRM in person.already_has or person.trafficking_status is TraffickingStatus.ACTUAL:
        return Answer.YES
    return Answer.UNKNOWN if person.trafficking_status is TraffickingStatus.UNKNOWN else Answer.NO


def admission_years(person: Profile) -> tuple[int, int] | None:
    """The least and greatest age that admission rules are held against; `None`: not known.

    Whoever is possibly a child is one until shown otherwise (H07), also against an adult band that was told.
    """
    if person.is_child:
        if person.age is None:
            return 0, 17
        return person.age.years if person.age.years[1] < 18 else (15, 17)
    return person.age.years if person.age is not None else None


def urgent_care(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H06: urgent care that asks for victim status, papers or money that the person has not is none for her.

    Only known conditions close. A provider whose conditions no source tells stays open for these codes: turning a
    bleeding person away from it would do more harm than asking at its door.
    """
    status = formally_identified(person)
    lacking = (points.required_documents.bits & ~document_bits(person.documents_held or ())) != 0
    return strictest(
        _asks_in_vain(points.requires_formal_status, status),
        closed_where(lacking, unset=person.documents_held is None),
        _asks_in_vain(points.fee, person.can_pay),
    )


def _asks_in_vain(asks: NDArray[np.int8], has: Answer) -> Verdicts:
    if has is Answer.YES:
        return all_open(len(asks))
    return by_answer(asks, yes=Verdict.UNSET if has is Answer.UNKNOWN else Verdict.CLOSED)


def formal_status_of_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """O07: whether a bed needs formal victim status must be known; where it does, IDN-FRM is required first."""
    if formally_identified(person) is Answer.YES:
        return all_open(points.rows)
    return by_answer(points.requires_formal_status, unknown=Verdict.UNKNOWN)


def admission_of_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H21: a bed only where the person's gender and age are admitted; a band that straddles a limit is unset."""
    return strictest(_gender(person, points, silence=True), _age(person, points, silence=True))


def conditions_of_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H31 for beds: the provider's own rules on nationality, residence and payment; unknown residence asks."""
    return strictest(_nationality(person, points), _residence(person, points, silence=True), _fee(person, points))


def conditions_of_urgent_visits(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H31 for urgent visits: nationality, residence, gender and age; payment and papers are H06."""
    return strictest(_nationality(person, points), _residence(person, points, silence=False), _person(person, points))


def conditions_of_visits(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H31 for other visits: nationality, residence, gender, age and payment.

    Silence about gender, age and residence is open here: a visit that is refused at the door can be made elsewhere,
    a bed cannot.
    """
    return strictest(conditions_of_urgent_visits(person, points, circumstances), _fee(person, points))


def _person(person: Profile, points: Columns) -> Verdicts:
    return strictest(_gender(person, points, silence=False), _age(person, points, silence=False))


def _gender(person: Profile, points: Columns, *, silence: bool) -> Verdicts:
    """What the genders admitted say, list by list; `silence`: where no source says, it is unknown."""
    admitted, among = points.admits_genders, person.lives_among
    said = [_by_list(admits, among, silence=silence) for admits in admitted.lists]
    return np.array(said, dtype=np.int8).take(admitted.at) if any(said) else all_open(points.rows)


def _by_list(admits: tuple[Placement, ...] | None, among: Placement | None, *, silence: bool) -> Verdict:
    if admits is None:
        return Verdict.UNKNOWN if silence else Verdict.OPEN
    if among is None and admits:
        return Verdict.OPEN if set(admits) == set(Placement) else Verdict.UNSET
    return Verdict.OPEN if among in admits else Verdict.CLOSED


def _age(person: Profile, points: Columns, *, silence: bool) -> Verdicts:
    """What the ages admitted say; `silence`: where no source says, it is unknown."""
    years = admission_years(person)
    low, high = years or (0, _OLDEST)
    outside = (points.age_min > high) | (points.age_max < low)
    straddles = (points.age_min > low) | (points.age_max < high)
    verdicts = np.maximum(closed_where(outside, unset=years is None), closed_where(straddles, unset=True))
    if not silence:
        return verdicts
    return np.maximum(verdicts, unknown_where((points.age_min < 0) | (points.age_max == NO_LIMIT)))


def _nationality(person: Profile, points: Columns) -> Verdicts:
    """What the row's own rule says; where it says nothing, nationals of the point's country are let in."""
    nationality = person.nationality
    abroad = [_by_rule(nationality, rule) for rule in points.nationality_rules]
    if not any(abroad):
        return all_open(points.rows)
    silent = zip(abroad, points.nationality_rules, strict=True)
    home = [Verdict.OPEN if rule[0] is None and said is Verdict.UNKNOWN else said for said, rule in silent]
    national = points.country.is_(nationality or "")
    return np.array([abroad, home], dtype=np.int8)[national.view(np.int8), points.nationality_rule]


def _by_rule(nationality: str | None, rule: NationalityRule) -> Verdict:
    """What one rule says; a silent one is unknown here, and the caller lets nationals of the point's country in."""
    admitted, excluded = rule
    if nationality is None:
        restricts = bool(excluded) or (admitted is not None and "*" not in admitted)
        return Verdict.UNSET if restricts else Verdict.UNKNOWN if admitted is None else Verdict.OPEN
    if nationality in excluded or "*" in excluded:
        return Verdict.CLOSED
    if admitted is None:
        return Verdict.UNKNOWN
    return Verdict.OPEN if {"*", nationality} & set(admitted) else Verdict.CLOSED


def _residence(person: Profile, points: Columns, *, silence: bool) -> Verdicts:
    """Residents: nationals of the point's country, and whoever has regular status in the country where she is."""
    unset = person.nationality is None
    verdicts = by_answer(
        points.requires_residence,
        yes=Verdict.UNSET if unset else Verdict.CLOSED,
        unknown=Verdict.UNKNOWN if silence else Verdict.OPEN,
    )
    if opens_all(verdicts):
        return verdicts
    resident = points.country.is_(person.nationality or "")
    here = points.country.is_(person.location.country)
    if person.has_regular_status:
        resident |= here
    elif person.legal_status is LegalStatus.UNKNOWN:
        verdicts = np.where(here, np.minimum(verdicts, _UNSET), verdicts)
    return only_where(~resident, verdicts)


def _fee(person: Profile, points: Columns) -> Verdicts:
    """Closed where something must be paid and the person cannot; nobody asked: open, and P14 prefers free help."""
    if person.can_pay is not Answer.NO:
        return all_open(points.rows)
    return by_answer(points.fee, yes=Verdict.CLOSED)


def accessibility(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H28: nobody is sent to a place that she cannot enter or use; what is remote or comes to her has no door."""
    needs = access_bits(person.access_needs)
    if not needs:
        return all_open(points.rows)
    met = (needs & ~points.accessibility.bits) == 0
    return closed_unless(
        points.remote | (points.accessibility.known & met), ~points.remote & ~points.accessibility.known
    )


def vetted_interpreters(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H26: interpretation only by vetted interpreters."""
    return by_answer(points.interpretation_vetted, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)


def shared_language(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H27: where nobody knows which languages are spoken it is asked; a known lack asks for an interpreter first."""
    if not person.languages:
        return all_open(points.rows)
    return unknown_where(~points.languages.known)


def interpreters_of_the_language(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H27 for interpreters: they interpret the person's own language."""
    if not person.languages:
        return all_open(points.rows)
    tongues = sum(points.language_bit.get(tag, 0) for tag in set(person.languages))
    theirs = points.languages.bits | points.interpretation.bits
    return closed_unless((theirs & tongues) != 0, ~points.languages.known & ~points.interpretation.known)


H27 = Rule(
    id="H27",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="Where nobody speaks the person's language an interpreter who does comes first; where the languages are "
    "not known they are asked.",
    sources=("S02", "S06a", "S15"),
    life_saving="Never dropped: an interpreter by telephone.",
)
H06 = Rule(
    id="H06",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Urgent help that is known to ask for victim status, documents or money which the person has not is left "
    "out, since urgent help must ask for none of these.",
    sources=("S03a", "S07a", "S16d"),
    guards=URGENT,
)
O07 = Rule(
    id="O07",
    kind=RuleKind.REQUIREMENT,
    severity=Severity.HIGH,
    statement="Where national law asks for formal identification before a benefit, identification comes first, and "
    "whether a bed asks for it must be known.",
    sources=("S50c", "S48", "S47b"),
    guards=tuple(code for code in STAYS if code not in URGENT),
)
H21 = Rule(
    id="H21",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A bed is offered only where the person's gender and age are known to be admitted.",
    sources=("S18c", "S17c"),
    guards=STAYS,
)


def _own_conditions(guards: tuple[Code, ...]) -> Rule:
    return Rule(
        id="H31",
        kind=RuleKind.GATE,
        severity=Severity.CRIT,
        statement="Nationality, status, gender, age and means exclude only where the provider itself excludes them, "
        "and never count in ranking.",
        sources=("S07a", "S05b", "S31a"),
        guards=guards,
        life_saving="An unknown condition is kept with a warning.",
    )


H28 = Rule(
    id="H28",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="A person with access needs is not sent to a place that does not, or is not known to, meet them.",
    sources=("S02", "S38a"),
    life_saving="Kept with a warning: an ambulance or a visit at home may bridge it.",
)
H26 = Rule(
    id="H26",
    kind=RuleKind.GATE,
    severity=Severity.HIGH,
    statement="Nobody from the family, the community or the employer interprets, and interpretation is a step only "
    "with vetted interpreters.",
    sources=("S15", "S37c", "S22a"),
    guards=(Code.INT_LNG,),
)

_ADMISSION = LifeSaving(unknown=Relaxation(caution="caution.admission_unknown", weight=Weight.MILD))

GATES = (
    Gate(
        rule=replace(H27, guards=all_but([Code.INT_LNG])),
        judge=shared_language,
        life_saving=LifeSaving(unknown=Relaxation(caution="caution.languages_unknown", weight=Weight.MILD)),
    ),
    Gate(rule=replace(H27, guards=(Code.INT_LNG,)), judge=interpreters_of_the_language),
    Gate(rule=H06, judge=urgent_care),
    Gate(rule=O07, judge=formal_status_of_stays),
    Gate(rule=H21, judge=admission_of_stays),
    Gate(rule=_own_conditions(STAYS), judge=conditions_of_stays),
    Gate(rule=_own_conditions(_URGENT_VISITS), judge=conditions_of_urgent_visits, life_saving=_ADMISSION),
    Gate(rule=_own_conditions(_OTHER_VISITS), judge=conditions_of_visits, life_saving=_ADMISSION),
    Gate(
        rule=H28,
        judge=accessibility,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.accessibility_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.not_accessible", weight=Weight.MILD),
        ),
    ),
    Gate(rule=H26, judge=vetted_interpreters),
)
