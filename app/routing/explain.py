"""What could not be found and why, why not a service point, whom to call. Every no names its rule."""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from types import MappingProxyType

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import EmergencyContact, EmergencyKind
from app.domain.plan import (
    Closing,
    Escalation,
    Gap,
    GapReason,
    Grade,
    Message,
    Route,
    WhyNot,
)
from app.domain.profile import HealthFlag, Perpetrator, Profile, SafeContact
from app.routing.case import Case, left_by_gates, usable, withheld
from app.routing.columns import CODE_BIT, bits_of, codes_of
from app.routing.field import Field
from app.routing.gates.medical import MAY_BE_WITHIN_120_HOURS
from app.routing.opening import look
from app.routing.reach import reach_of
from app.routing.run import Found
from app.routing.search import unserved
from app.routing.sequence import in_force
from app.routing.steps import message
from app.routing.terrain import Terrain
from app.routing.verdicts import Bits, Bools, Verdict
from app.routing.words import Rows


def gaps(case: Case, grade: Grade, field: Field, found: tuple[Found, ...]) -> tuple[Gap, ...]:
    """The needed codes that the best answer leaves unserved, heaviest first, then by code."""
    needed = field.frame.needed
    missing = unserved(field.frame, found[0]) if found else tuple(sorted(needed))
    if not missing:
        return ()
    terrain = Terrain(field)
    reach = reach_of(terrain, ~terrain.mirage)
    offering, rows = _offering(case, missing)
    ordered = sorted(missing, key=lambda code: (-needed[code], code))
    return tuple(_gap(offering, rows, usable(offering, grade)[rows], field, reach, Code(code)) for code in ordered)


def _offering(case: Case, codes: Iterable[str]) -> tuple[Case, Rows]:
    """A case with every service point that offers one of these codes in the countries in play, and their rows in it.

    What closes a needed code at a point does not depend on which others the case looks at.
    """
    columns = case.network.columns
    countries = {case.person.location.country}
    if case.person.return_to is not None:
        countries.add(case.network.place(case.person.return_to).country)
    bits = bits_of(Code(code) for code in codes)
    rows = (columns.country.among(countries) & ((columns.offers & bits) != 0)).nonzero()[0]
    if case.columns.rows == columns.rows:
        return case, rows
    return look(case.request, rows, beds_only=case.beds_only), np.arange(len(rows))


def _gap(offering: Case, rows: Rows, left: Bits, field: Field, reach: int, code: Code) -> Gap:
    bit, frame = field.bit[code], field.frame
    offered_usable = bool(((left & bit) != 0).any())
    lost = tuple(
        Code(edge.before)
        for edge in frame.precedence
        if edge.hard and edge.after == code and not field.bit[edge.before] & reach
    )
    if bit & reach:
        reason = GapReason.NOT_TOGETHER
    elif offered_usable and lost:
        reason = GapReason.HARD_EDGE
    else:
        reason = GapReason.OUT_OF_REACH
    offered, closed_by = _closed_by(offering, rows, code)
    return Gap(
        code=code,
        reason=reason,
        blocked_by=tuple(sorted(lost)) if reason is GapReason.HARD_EDGE else (),
        offered=offered,
        closed_by=MappingProxyType(closed_by),
    )


def _closed_by(case: Case, rows: Rows, code: Code) -> tuple[int, dict[str, int]]:
    """How many of these rows offer the code, and how many of them each rule closes."""
    bit = CODE_BIT[code]
    rows = rows[(case.columns.offers[rows] & bit) != 0]
    closed: dict[str, Bools] = {}
    by_gates = ((judged.gate.rule.id, judged.is_closed(rows, bit)) for judged in case.judgement.judged)
    by_others = ((rule, (bits[rows] & bit) != 0) for rule, bits in withheld(case, Grade.VERIFIED))
    for rule, here in (*by_gates, *by_others):
        closed[rule] = closed[rule] | here if rule in closed else here
    counts = {rule: int(np.count_nonzero(here)) for rule, here in sorted(closed.items(), key=itemgetter(0))}
    return len(rows), {rule: count for rule, count in counts.items() if count}


def why_not(case: Case, point: str) -> WhyNot:
    """Every gate that closes something of one service point, in the order of standards 2c, and what would open it.

    Raises:
        NotFound: There is no such point.
    """
    row = case.columns.row_of(point)
    closings = [*_by_gates(case, row), *_by_agreement(case, row), *_by_doors(case, row)]
    place = case.columns.place.of(row)
    way = case.travel.between(case.person.location.place, place)
    same = case.person.location.place == place
    return WhyNot(
        point=point,
        open_codes=codes_of(_left(case, row, Grade.VERIFIED)),
        lead_codes=codes_of(_left(case, row, Grade.LISTED)),
        closings=tuple(closings),
        travel_minutes=case.policy.same_place if same else (way[0] if way else None),
    )


def _left(case: Case, row: int, grade: Grade) -> int:
    bits = int(left_by_gates(case, grade)[row])
    for _, closed in withheld(case, grade):
        bits &= ~int(closed[row])
    return bits


def _by_gates(case: Case, row: int) -> Iterator[Closing]:
    for judged in case.judgement.judged:
        closed = int(judged.closes[row]) & int(case.columns.offers[row])
        if closed:
            rule, verdict = judged.gate.rule, Verdict(int(judged.verdicts[row]))
            yield Closing(
                rule=rule.id,
                verdict=verdict.name.lower(),
                codes=codes_of(closed),
                message=message(f"rule.{rule.id}", rule.id, statement=rule.statement),
                opens_with=message(f"opens.{verdict.name.lower()}", rule.id),
            )


def _by_agreement(case: Case, row: int) -> Iterator[Closing]:
    """H15 and H30; unknown where the terms of an agreement may yet be asked for."""
    asks = dict(withheld(case, Grade.LISTED))
    for rule, bits in withheld(case, Grade.VERIFIED):
        if int(bits[row]):
            verdict = Verdict.CLOSED if int(asks[rule][row]) or rule == "H15" else Verdict.UNKNOWN
            yield Closing(
                rule=rule,
                verdict=verdict.name.lower(),
                codes=codes_of(int(bits[row])),
                message=message(f"why_not.{rule}", rule),
                opens_with=message(f"opens.{verdict.name.lower()}", rule),
            )


def _by_doors(case: Case, row: int) -> Iterator[Closing]:
    for rule, bits in case.doors:
        required = int(bits[row]) & ~bits_of(case.sequence.already_has)
        if required:
            yield Closing(
                rule=rule,
                verdict="requires",
                codes=codes_of(required),
                message=message("why_not.requires_first", rule),
                opens_with=message("opens.requires", rule),
            )


def fears_police(person: Profile) -> bool:
    """Whether a number that leads to the police is kept from the list (H13, H23)."""
    return person.avoid_authorities or Perpetrator.POLICE in person.perpetrators


def leads_to_police(contact: EmergencyContact) -> bool:
    """Whether the police hear of it when the number is called."""
    return contact.kind is EmergencyKind.POLICE or contact.police_link is Answer.YES


def escalation(case: Case) -> tuple[Escalation, ...]:
    """The public emergency numbers of the country where the person is, as information (H02), ambulance first."""
    pathway = case.network.pathways.get(case.person.location.country)
    contacts = in_force(pathway.emergency_contacts, case.moment.on(case.zone)) if pathway else ()
    order = [EmergencyKind.AMBULANCE, EmergencyKind.DISPATCH, EmergencyKind.FIRE, EmergencyKind.POLICE]
    return tuple(
        Escalation(
            name=contact.name,
            number=contact.number,
            kind=contact.kind.value,
            police_link=contact.police_link,
            message=message("escalation.emergency_number"),
        )
        for contact in sorted(contacts, key=lambda c: (order.index(c.kind), c.id))
        if not (
            fears_police(case.person) and (contact.kind is EmergencyKind.POLICE or contact.police_link is Answer.YES)
        )
    )


def _life_at_risk(person: Profile) -> list[Message]:
    """O01, O02: what cannot wait for any route, said first and in neutral words."""
    told = []
    if person.imminent_danger is Answer.YES:
        told.append(message("warning.imminent_danger", "O01"))
    if {HealthFlag.EMERGENCY, HealthFlag.SUICIDAL_RISK} & set(person.health_flags) or Code.MED_EMG in person.needs:
        told.append(message("warning.call_ambulance", "O01"))
    if person.incident_window in MAY_BE_WITHIN_120_HOURS:
        told.append(message("warning.window_open", "O02"))
    return told


def warnings(case: Case, routes: tuple[Route, ...], leads: tuple[Route, ...]) -> tuple[Message, ...]:
    """What the reader must know about the answer as a whole."""
    found = []
    if leads:
        found.append(message("warning.leads_call_first", "H19"))
    if not routes and not leads:
        found.append(message("warning.no_safe_route", "H35"))
    found += _life_at_risk(case.person)
    if case.person.contact_safe is SafeContact.NONE:
        found.append(message("warning.no_call_back"))
    if case.person.is_child:
        found.append(message("warning.child", "H07"))
    if 0 < len(routes) + len(leads) < 2:
        found.append(message("warning.single_option", "H34"))
    return tuple(found)
