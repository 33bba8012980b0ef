"""Where a step would take the person: home against her will, or back to where the danger is."""

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Severity
from app.domain.profile import Profile
from app.routing.columns import STAYS, Columns
from app.routing.gates.gate import Circumstances, Gate
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import Bools, Verdicts, all_closed, all_open, all_unset, closed_where


def voluntary_return(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H11: a return only for who wants it, says that she does not fear it, and has said where to.

    `return_risk_assessed` is not looked at: the safety plan (SAF-RSK) served earlier in the route, or already there,
    is the assessment, and O05 puts it first by a hard edge; a decision of ours, so that a return can be planned.
    """
    if person.wants_return is Answer.NO or person.fear_of_return is Answer.YES:
        return all_closed(points.rows)
    told = person.wants_return is Answer.YES and person.fear_of_return is Answer.NO
    if told and person.return_to is not None:
        return all_open(points.rows)
    return all_unset(points.rows)


def no_go_stays(person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    """H14: nobody sleeps inside an area that she must keep away from; a bed whose place is not known may be there."""
    if not person.no_go_areas:
        return all_open(points.rows)
    return closed_where(inside_no_go(person, points), _place_unsure(person, points))


def inside_no_go(person: Profile, points: Columns) -> Bools:
    """Rows whose town or region is one of the person's no-go areas; remote rows are nowhere."""
    town = points.place.among(person.no_go_areas)
    region = points.admin1.among(person.no_go_areas)
    inside: Bools = (town | region) & ~points.remote
    return inside


def _place_unsure(person: Profile, points: Columns) -> Bools:
    unsure: Bools = (points.place.is_("") | points.admin1.is_("")) & ~points.remote
    return unsure


H11 = Rule(
    id="H11",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="A return is a step only for a person who wants it, does not fear it and has said where to; a safety "
    "plan comes first (O05).",
    sources=("S09a", "S06c", "S04b"),
    guards=(Code.RET_AVR,),
    life_saving="Never relaxed.",
)
H14 = Rule(
    id="H14",
    kind=RuleKind.GATE,
    severity=Severity.CRIT,
    statement="Nobody is given a bed inside an area that the person must keep away from; a visit there is shown with a "
    "warning.",
    sources=("S02", "S15"),
    guards=STAYS,
)

GATES = (
    Gate(rule=H11, judge=voluntary_return),
    Gate(rule=H14, judge=no_go_stays),
)
