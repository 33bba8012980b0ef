"""Care that fits its window: medicine against HIV within 72 hours, emergency contraception within 120 (W01, W02).

Rape care is life-saving while a window is open, so a clinic that lacks the medicine is not closed but marked: a grave
caution ranks it below every clinic that has it, and it stays where nothing else is in time (standards, section 2c).
"""

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Severity
from app.domain.plan import Weight
from app.domain.profile import Gender, IncidentWindow, Profile
from app.routing.columns import Columns
from app.routing.gates.gate import Circumstances, Gate, LifeSaving, Relaxation
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import Verdict, Verdicts, all_open, by_answer

MAY_BE_WITHIN_72_HOURS = frozenset({IncidentWindow.WITHIN_24H, IncidentWindow.WITHIN_72H, IncidentWindow.UNKNOWN})
MAY_BE_WITHIN_120_HOURS = MAY_BE_WITHIN_72_HOURS | {IncidentWindow.WITHIN_120H}


def prophylaxis(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """W01: while it may be of use, rape care is sought where medicine against HIV is given."""
    if person.incident_window not in MAY_BE_WITHIN_72_HOURS:
        return all_open(points.rows)
    return by_answer(points.offers_pep, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)


def contraception(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """W02: while it may be of use, and a new pregnancy is possible, where emergency contraception is given."""
    if not contraception_is_of_use(person) or person.incident_window not in MAY_BE_WITHIN_120_HOURS:
        return all_open(points.rows)
    return by_answer(points.offers_emergency_contraception, no=Verdict.CLOSED, unknown=Verdict.UNKNOWN)


def contraception_is_of_use(person: Profile) -> bool:
    """Whether a new pregnancy is possible, as far as anybody said."""
    return person.gender is not Gender.MALE and person.pregnancy is not Answer.YES


W01 = Rule(
    id="W01",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Prevention of HIV begins within 72 hours, as early as possible, and where the medicine is given.",
    sources=("S16a", "S16b", "S16e"),
    guards=(Code.MED_CMR,),
    life_saving="A clinic that lacks it, or of which nothing is known, is kept with a caution.",
)
W02 = Rule(
    id="W02",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Emergency contraception is of use within 120 hours, where it is given.",
    sources=("S16b", "S16e"),
    guards=(Code.MED_CMR,),
    life_saving="A clinic that lacks it, or of which nothing is known, is kept with a caution.",
)

GATES = (
    Gate(
        rule=W01,
        judge=prophylaxis,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.pep_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.no_pep", weight=Weight.GRAVE),
        ),
    ),
    Gate(
        rule=W02,
        judge=contraception,
        life_saving=LifeSaving(
            unknown=Relaxation(caution="caution.contraception_unknown", weight=Weight.MILD),
            closed=Relaxation(caution="caution.no_contraception", weight=Weight.GRAVE),
        ),
    ),
)
