"""What a service point asks for first: the codes that must be at hand before it serves anything (`requires(v)`).

A requirement belongs to the point and binds all its codes, as the engine has it. Nobody is exempt from formal status
for granting it: it could be waived by a code that the person can never be served there (docs/decisions/0010). Papers
bind no point that offers urgent help, since H06 judges those; an interpreter's own desk asks for no interpreter.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import itemgetter

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.pathway import Pathway, Requirement
from app.domain.profile import Profile
from app.routing.columns import CODE_BIT, URGENT, Columns, bits_of, document_bits
from app.routing.gates.access import formally_identified
from app.routing.gates.country import in_country, person_matches, point_matches
from app.routing.gates.gate import Circumstances, life_saving_codes
from app.routing.verdicts import NO, YES, Bits, Bools, is_moot
from app.routing.witness import Memory

_WITH_PAPERS = bits_of((*URGENT, Code.DOC_IDS))


def required_first(
    person: Profile,
    points: Columns,
    circumstances: Circumstances,
    pathways: Mapping[str, Pathway],
    memory: Memory | None = None,
) -> tuple[tuple[str, Bits], ...]:
    """By rule id, which codes each row requires first, as bits; ids sorted, rules that bind no row left out.

    What the person already has is left in; the caller takes it out. The memory is that of this person and these rows.
    """
    required: dict[str, Bits] = {}
    memory = Memory() if memory is None else memory
    for number, (rule, code, binds) in enumerate(_requirements(points, circumstances, pathways)):
        bits = memory.of((required_first, number), person, partial(_bound, binds, code))
        if bits is not None:
            required[rule] = required[rule] | bits if rule in required else bits
    return tuple(sorted(required.items(), key=itemgetter(0)))


def _bound(binds: Callable[[Profile], Bools], code: Code, person: Profile) -> Bits | None:
    """The code on the rows that it binds; `None` where it binds no row."""
    rows = binds(person)
    return None if is_moot(rows) else rows * np.array(CODE_BIT[code])


def _requirements(
    points: Columns, circumstances: Circumstances, pathways: Mapping[str, Pathway]
) -> Iterator[tuple[str, Code, Callable[[Profile], Bools]]]:
    """Rule, the code that it asks for, and the rows that it binds for a person."""
    yield "O07", Code.IDN_FRM, partial(identification_first, points=points)
    yield "O14", Code.DOC_IDS, partial(documents_first, points=points)
    yield "H24", Code.LEG_INF, partial(legal_information_first, points=points)
    yield "H27", Code.INT_LNG, partial(interpreter_first, points=points)
    for country in sorted(pathways):
        for rule in pathways[country].requirements:
            if rule.holds_on(circumstances.on):
                yield rule.id, rule.requires, partial(_country_rule, rule, pathways[country].country, points=points)


def identification_first(person: Profile, points: Columns) -> Bools:
    """O07: rows known to need formal victim status, which the person does not hold and they do not grant."""
    if formally_identified(person) is Answer.YES:
        return _nowhere(points)
    rows: Bools = points.requires_formal_status == YES
    return rows


def documents_first(person: Profile, points: Columns) -> Bools:
    """O14: rows known to need documents that the person does not hold; never rows with urgent codes (H06).

    A person who was not asked counts as holding none.
    """
    missing: Bools = (points.required_documents.bits & ~document_bits(person.documents_held or ())) != 0
    return missing & ~_offers(points, _WITH_PAPERS)


def legal_information_first(person: Profile, points: Columns) -> Bools:
    """H24: authorities, for whoever is without regular status or drawn into an offence; not where life is asked for."""
    if person.has_regular_status and person.involved_in_offence is not Answer.YES:
        return _nowhere(points)
    saving = life_saving_codes(person) & set(person.needs)
    return points.is_authority & ~_offers(points, bits_of(saving))


def interpreter_first(person: Profile, points: Columns) -> Bools:
    """H27: rows where no language is shared and none is interpreted; never rows that can save life.

    Nobody asked the person, or no source tells the provider's languages: a caution and no requirement.
    """
    if not person.languages:
        return _nowhere(points)
    help_at_once = bits_of(life_saving_codes(person)) | CODE_BIT[Code.INT_LNG]
    return speechless(person, points) & ~_offers(points, help_at_once)


def speaks(person: Profile, points: Columns) -> Bools:
    """Rows whose staff is known to speak a language of the person."""
    spoken: Bools = points.languages.known & ((points.languages.bits & _tongues(person, points)) != 0)
    return spoken


def interprets(person: Profile, points: Columns) -> Bools:
    """Rows known to interpret into a language of the person, and not known to do it with unvetted helpers (H26)."""
    offered: Bools = points.interpretation.known & ((points.interpretation.bits & _tongues(person, points)) != 0)
    vetted_or_unknown: Bools = offered & (points.interpretation_vetted != NO)
    return vetted_or_unknown


def speechless(person: Profile, points: Columns) -> Bools:
    """Rows whose languages are known, and where neither staff nor interpreters are known to speak the person's."""
    alone = points.languages.known & ~speaks(person, points) & ~interprets(person, points)
    return alone & bool(person.languages)


def _tongues(person: Profile, points: Columns) -> int:
    return sum(points.language_bit.get(tag, 0) for tag in set(person.languages or ()))


def _offers(points: Columns, codes: int) -> Bools:
    offering: Bools = (points.offers & codes) != 0
    return offering


def _nowhere(points: Columns) -> Bools:
    return np.zeros(points.rows, dtype=np.bool_)


def _country_rule(rule: Requirement, country: str, person: Profile, points: Columns) -> Bools:
    """Rows that a country's requirement binds: certain matches that offer a guarded code; an unset answer binds.

    A possible match is closed by the gate of the same id until the fact is known, and asked about in leads.
    """
    here = in_country(points, country)
    if is_moot(here) or person_matches(rule.person, person) is Answer.NO:
        return _nowhere(points)
    matches, _ = point_matches(rule.point, points)
    return matches & here & _offers(points, bits_of(rule.guards)) if rule.guards else matches & here
