"""Gates that a country's rules add: conditions about the person and the provider, each in three values.

A country file can only close. Its conditions are conjunctions of a closed list of predicates; an unset answer of the
person makes a condition unset, an unknown fact of the provider makes it unknown, and neither is ever open.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import partial

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import CountryGate, Pathway, PersonCondition, PointCondition, Requirement, Severity
from app.domain.profile import Gender, LegalStatus, Profile, ProtectionStatus
from app.routing.columns import Columns
from app.routing.gates.access import formally_identified
from app.routing.gates.gate import Circumstances, Gate
from app.routing.rules import Rule, RuleKind
from app.routing.verdicts import (
    NO,
    UNKNOWN,
    YES,
    Bools,
    Int8s,
    Verdicts,
    all_open,
    closed_where,
    is_moot,
    only_where,
    unknown_where,
)

EVERYWHERE = "*"
"""The country of the universal file."""


def country_gates(pathways: Mapping[str, Pathway], on: date) -> tuple[Gate, ...]:
    """The gates of these country files that are in force on that day, by country and then in the order of the file."""
    return tuple(gate for rule, gate in dated_gates(pathways) if rule.holds_on(on))


def dated_gates(pathways: Mapping[str, Pathway]) -> tuple[tuple[CountryGate | Requirement, Gate], ...]:
    """Every gate of these files, in force or not, with the entry that says when; in the order of `country_gates`."""
    gates: list[tuple[CountryGate | Requirement, Gate]] = []
    for country in sorted(pathways):
        file = pathways[country]
        gates += [(rule, _gate(rule, file.country)) for rule in file.gates]
        gates += [(rule, _asking_gate(rule, file.country)) for rule in file.requirements]
    return tuple(gates)


def country_rules(pathways: Mapping[str, Pathway]) -> tuple[Rule, ...]:
    """Every gate and requirement of these files as a rule with its days, in force or not, by country and then id."""
    rules = [
        _rule(rule, file.country, RuleKind.GATE, rule.severity) for file in pathways.values() for rule in file.gates
    ]
    rules += [
        _rule(rule, file.country, RuleKind.REQUIREMENT, Severity.HIGH)
        for file in pathways.values()
        for rule in file.requirements
    ]
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _rule(rule: CountryGate | Requirement, country: str, kind: RuleKind, severity: Severity) -> Rule:
    file = "universal" if country == EVERYWHERE else country.lower()
    return Rule(
        id=rule.id,
        kind=kind,
        severity=severity,
        statement=rule.text,
        sources=tuple(f"{file}:{cited.source} {cited.at}" for cited in rule.cites),
        guards=rule.guards,
        valid_from=rule.valid_from.isoformat(),
        valid_to=rule.valid_to.isoformat() if rule.valid_to else "",
    )


def _gate(rule: CountryGate, country: str) -> Gate:
    return Gate(rule=_rule(rule, country, RuleKind.GATE, rule.severity), judge=partial(_judge, rule, country))


def _asking_gate(rule: Requirement, country: str) -> Gate:
    """Closes the guarded codes where it is not known whether the requirement speaks about the provider."""
    return Gate(
        rule=_rule(rule, country, RuleKind.REQUIREMENT, Severity.HIGH), judge=partial(_judge_unsure, rule, country)
    )


def _judge_unsure(
    rule: Requirement, country: str, person: Profile, points: Columns, circumstances: Circumstances
) -> Verdicts:
    here = in_country(points, country)
    if is_moot(here) or person_matches(rule.person, person) is Answer.NO or has_already(person, rule.requires):
        return all_open(points.rows)
    _, unsure = point_matches(rule.point, points)
    return unknown_where(here & unsure)


def has_already(person: Profile, code: Code) -> bool:
    """Whether the person needs no step for that code; formal status counts once it is given."""
    return code in person.already_has or (code is Code.IDN_FRM and formally_identified(person) is Answer.YES)


def _judge(rule: CountryGate, country: str, person: Profile, points: Columns, circumstances: Circumstances) -> Verdicts:
    return country_verdicts(rule, country, person, points)


def country_verdicts(rule: CountryGate, country: str, person: Profile, points: Columns) -> Verdicts:
    """What this rule of that country ("*": of all) says about every row; rows of other countries are open."""
    here = in_country(points, country)
    if is_moot(here) or (concerned := person_matches(rule.person, person)) is Answer.NO:
        return all_open(points.rows)
    matches, unsure = point_matches(rule.point, points)
    return only_where(here, closed_where(matches, unsure, unset=concerned is Answer.UNKNOWN))


def in_country(points: Columns, country: str) -> Bools:
    """The rows that a file's rules speak about."""
    if country == EVERYWHERE:
        return np.ones(points.rows, dtype=np.bool_)
    rows: Bools = points.country.is_(country)
    return rows


def person_matches(condition: PersonCondition, person: Profile) -> Answer:
    """Whether every predicate that is set holds: no as soon as one fails, unknown where an answer is missing.

    No exploitation or no category of perpetrator told is a missing answer, not a no.
    """
    answers = set(_about_person(condition, person))
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _about_person(condition: PersonCondition, person: Profile) -> Iterator[Answer]:
    if condition.nationality_in:
        yield _among(person.nationality, condition.nationality_in, None)
    if condition.nationality_not_in:
        yield _opposite(_among(person.nationality, condition.nationality_not_in, None))
    if condition.legal_status_in:
        yield _among(person.legal_status, condition.legal_status_in, LegalStatus.UNKNOWN)
    if condition.protection_status_in:
        yield _among(person.protection_status, condition.protection_status_in, ProtectionStatus.UNKNOWN)
    if condition.gender_in:
        unset = person.gender is None or person.gender is Gender.UNDISCLOSED
        yield _among(person.gender, condition.gender_in, person.gender if unset else None)
    if condition.exploitation_in:
        yield _overlap(person.exploitation, condition.exploitation_in)
    if condition.perpetrator_in:
        yield _overlap(person.perpetrators, condition.perpetrator_in)
    yield from _about_answers(condition, person)


def _about_answers(condition: PersonCondition, person: Profile) -> Iterator[Answer]:
    if condition.child is not None:
        yield _wanted(_is_child(person), condition.child)
    if condition.unaccompanied is not None:
        yield _same(person.is_alone, condition.unaccompanied)
    if condition.formally_identified is not None:
        yield _wanted(formally_identified(person), condition.formally_identified)
    if condition.criminal_case is not None:
        yield _same(person.criminal_case, condition.criminal_case)
    if condition.fear_of_return is not None:
        yield _same(person.fear_of_return, condition.fear_of_return)
    if condition.avoids_authorities is not None:
        yield _answer(person.avoid_authorities is condition.avoids_authorities)
    if condition.in_own_country is not None:
        yield _wanted(_in_own_country(person), condition.in_own_country)


def _answer(holds: bool) -> Answer:
    return Answer.YES if holds else Answer.NO


def _opposite(answer: Answer) -> Answer:
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, Answer.UNKNOWN)


def _among(value: object, values: Collection[object], unset: object) -> Answer:
    """Yes where the value is listed, also when the list names the unset value itself."""
    if value in values:
        return Answer.YES
    return Answer.UNKNOWN if value == unset else Answer.NO


def _overlap(told: Collection[object], values: Collection[object]) -> Answer:
    if not told:
        return Answer.UNKNOWN
    return _answer(bool(set(told) & set(values)))


def _same(told: Answer, wanted: Answer) -> Answer:
    if told is wanted:
        return Answer.YES
    return Answer.UNKNOWN if told is Answer.UNKNOWN else Answer.NO


def _wanted(told: Answer, wanted: bool) -> Answer:
    return told if wanted else _opposite(told)


def _is_child(person: Profile) -> Answer:
    if person.is_child:
        return Answer.YES
    unclear = person.age is None and person.possibly_child is Answer.UNKNOWN
    return Answer.UNKNOWN if unclear else Answer.NO


def _in_own_country(person: Profile) -> Answer:
    if person.nationality is None:
        return Answer.UNKNOWN
    return _answer(person.nationality == person.location.country)


def point_matches(condition: PointCondition, points: Columns) -> tuple[Bools, Bools]:
    """(rows for which every predicate that is set holds, rows for which that cannot be told)."""
    certain = possible = np.ones(points.rows, dtype=np.bool_)
    for holds, unsure in _about_points(condition, points):
        possible = possible & (holds if unsure is None else holds | unsure)
        certain = certain & holds
    return certain, possible & ~certain


def _about_points(condition: PointCondition, points: Columns) -> Iterator[tuple[Bools, Bools | None]]:
    """(rows for which a predicate holds, rows for which that cannot be told) of each predicate that is set."""
    if condition.organization_type_in:
        yield points.organization_type.among(condition.organization_type_in), None
    if condition.slug_in:
        yield points.organization.among(condition.slug_in), None
    if condition.place_in:
        yield points.place.among(condition.place_in), points.place.is_("")
    if condition.state_funded is not None:
        yield _fact(points.state_funded, condition.state_funded)
    if condition.mediates_with_family is not None:
        yield _fact(points.mediates_with_family, condition.mediates_with_family)


def _fact(column: Int8s, wanted: bool) -> tuple[Bools, Bools]:
    return column == (YES if wanted else NO), column == UNKNOWN
