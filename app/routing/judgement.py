"""All gates over all rows: what is left of every service point, for routes and for leads, and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from app.domain.codes import Code
from app.domain.plan import Weight
from app.domain.profile import Profile
from app.routing.columns import STAY_BITS, Columns, bits_of
from app.routing.gates import Circumstances, Gate, life_saving_codes
from app.routing.gates.gate import CASES
from app.routing.verdicts import Bits, Bools, Int8s, Verdict, Verdicts, is_moot, opens_all
from app.routing.witness import Field, Witness
from app.routing.words import Rows


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """A life-saving exception: on these rows the codes stay open, and the caution is shown and costs points."""

    gate: Gate
    caution: str
    weight: Weight
    cases: Int8s
    kept: Bits
    """What each of these cases keeps open, if it is offered."""
    offered: Bits
    """The life-saving codes that each row offers."""

    @cached_property
    def codes(self) -> Bits:
        """The codes that stay open, row by row; worked out when somebody asks."""
        return self.kept.take(self.cases) & self.offered


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one gate said: its verdicts, and which codes of each row it closes in routes and in leads, as bits."""

    gate: Gate
    verdicts: Verdicts
    read: frozenset[Field]
    """The answers of the person that the gate looked at; whatever the others are, it says the same."""
    relaxed: tuple[Relaxed, ...]
    """The exceptions that may keep something open."""
    cases: Int8s
    """The verdict of each row together with who is there, as `CASES` counts them."""
    in_routes: Bits
    in_leads: Bits
    """What each of these cases closes."""

    @cached_property
    def closes(self) -> Bits:
        """The codes that the gate closes in routes, row by row; worked out when somebody asks."""
        return self.in_routes.take(self.cases)

    def is_closed(self, rows: Rows, code: int) -> Bools:
        """Whether the gate closes the code in routes, for these rows."""
        closing: Bools = (self.in_routes & code) != 0
        return closing.take(self.cases[rows]) if closing.any() else np.zeros(len(rows), dtype=np.bool_)

    @cached_property
    def closes_leads(self) -> Bits:
        """The codes that the gate closes in leads, row by row."""
        if self.in_leads is self.in_routes:
            return self.closes
        return self.in_leads.take(self.cases)

    @cached_property
    def asks_anything(self) -> bool:
        """Whether there is any such code on any row."""
        asking = self.in_routes != self.in_leads
        return bool(asking.any() and asking.take(self.cases).any())

    @cached_property
    def asks(self) -> Bits:
        """The codes that a lead may serve although this gate does not know a fact of the provider."""
        return (self.in_routes ^ self.in_leads).take(self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is left of `offers` for routes and for leads, row by row, with everything that explains the difference."""

    points: Columns
    saving: frozenset[Code]
    """The life-saving codes, as things stand with this person."""
    routes: Bits
    leads: Bits
    judged: tuple[Judged, ...]

    @property
    def relaxed(self) -> tuple[Relaxed, ...]:
        """All exceptions, gate by gate."""
        return tuple(relaxed for one in self.judged for relaxed in one.relaxed)


class _Said(NamedTuple):
    """The answer of one gate, and which fields of the person it looked at for it."""

    gate: Gate
    verdicts: Verdicts
    read: frozenset[Field]
    closing: bool
    """Whether any row is not open."""


def judge(person: Profile, points: Columns, gates: Sequence[Gate], circumstances: Circumstances) -> Judgement:
    """The judgement of these gates over these columns; the order of the gates changes only explanations."""
    saving = life_saving_codes(person)
    said = _ask(gates, person, points, circumstances)
    return _together(points, saving, _judged(said, points, saving))


def judge_again(
    judgement: Judgement, person: Profile, changed: frozenset[Field], circumstances: Circumstances
) -> Judgement:
    """The judgement for a person who differs in these fields: only the gates that looked at one of them are asked.

    What they leave is the same array as before when all of them say the same.

    Args:
        judgement: Of the same rows, under the same circumstances.
        person: As she is now.
        changed: What `app.routing.witness.changes` says of her before and now, or more.
        circumstances: Of the earlier judgement.
    """
    points, saving = judgement.points, life_saving_codes(person)
    places = [place for place, one in enumerate(judgement.judged) if not changed.isdisjoint(one.read)]
    asked = _ask([judgement.judged[place].gate for place in places], person, points, circumstances)
    if saving != judgement.saving:
        said = [_Said(one.gate, one.verdicts, one.read, one.in_routes is not _NOTHING) for one in judgement.judged]
        for place, answer in zip(places, asked, strict=True):
            said[place] = answer
        return _together(points, saving, _judged(said, points, saving))
    judged, others = list(judgement.judged), dict[int, _Said]()
    for place, answer in zip(places, asked, strict=True):
        known = judged[place]
        if not np.array_equal(answer.verdicts, known.verdicts):
            others[place] = answer
        elif answer.read != known.read:
            judged[place] = replace(known, read=answer.read)
    if not others:
        return replace(judgement, judged=tuple(judged))
    for place, anew in zip(others, _judged(others.values(), points, saving), strict=True):
        judged[place] = anew
    return _together(points, saving, judged)


def _ask(gates: Sequence[Gate], person: Profile, points: Columns, circumstances: Circumstances) -> list[_Said]:
    witness, said = Witness(person), []
    for gate in gates:
        verdicts = gate.judge(witness, points, circumstances)
        said.append(_Said(gate, verdicts, witness.read, not opens_all(verdicts)))
        witness.forget()
    return said


def _together(points: Columns, saving: frozenset[Code], judged: Iterable[Judged]) -> Judgement:
    """What no gate closes."""
    kept = tuple(judged)
    closed, closed_leads = np.zeros(points.rows, dtype=np.int64), np.zeros(points.rows, dtype=np.int64)
    keep = points.rows <= _KEPT
    for one in kept:
        if one.in_routes is not _NOTHING:
            closed |= one.closes if keep else one.in_routes.take(one.cases)
            closed_leads |= one.closes_leads if keep else one.in_leads.take(one.cases)
    possible = points.offers & ~(points.remote * np.array(STAY_BITS))
    return Judgement(
        points=points, saving=saving, routes=possible & ~closed, leads=possible & ~closed_leads, judged=kept
    )


_KEPT = 1_000
"""What a gate closes is kept row by row for another person while there are no more rows than these."""
_FOUR, _EIGHT = np.array(4, dtype=np.int8), np.array(8, dtype=np.int8)
_NOTHING = np.zeros(CASES, dtype=np.int64)
_UNKNOWN = np.array(Verdict.UNKNOWN, dtype=np.int8)
_ARE_UNKNOWN = np.array([0, -1, 0, 0] * 4, dtype=np.int64)
_ARE_BARRED = np.array([0, 0, -1, -1] * 4, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is known of the rows before any gate is asked."""

    who: Int8s
    """What the row adds to the case of a verdict."""
    saves: Bits
    """The life-saving codes in each case; at a force body no SAF-EMG, since only other help is meant (2c)."""
    offered: Bits
    """The life-saving codes that each row offers."""
    urgent: Rows
    """The rows that offer any."""


def _rows(points: Columns, saving: frozenset[Code]) -> _Rows:
    who = points.is_authority.view(np.int8) * _EIGHT + points.is_force_body.view(np.int8) * _FOUR
    elsewhere, at_force_body = bits_of(saving), bits_of(saving - {Code.SAF_EMG})
    saves = np.array(([elsewhere] * 4 + [at_force_body] * 4) * 2, dtype=np.int64)
    offered = points.offers & elsewhere
    return _Rows(who, saves, offered, np.flatnonzero(offered))


def _judged(said: Iterable[_Said], points: Columns, saving: frozenset[Code]) -> Iterator[Judged]:
    """What the answers close."""
    rows = _rows(points, saving)
    for one in said:
        gate, verdicts, in_routes, in_leads = one.gate, one.verdicts, _NOTHING, _NOTHING
        cases, relaxed = verdicts, list[Relaxed]()
        if one.closing:
            cases, in_routes, in_leads = verdicts + rows.who, gate.in_routes, gate.in_leads
            if gate.keeps is not None:
                kept = gate.keeps & rows.saves
                in_routes, in_leads = in_routes & ~kept, in_leads & ~kept
                relaxed += _relaxed(one, cases, kept, rows)
        yield Judged(
            gate=gate, verdicts=verdicts, read=one.read, relaxed=tuple(relaxed),
            cases=cases, in_routes=in_routes, in_leads=in_leads,
        )  # fmt: skip


def _relaxed(said: _Said, cases: Int8s, kept: Bits, rows: _Rows) -> Iterator[Relaxed]:
    """The exceptions of the gate for those of its verdicts that are found where life-saving codes are offered."""
    here, rules = said.verdicts.take(rows.urgent), said.gate.life_saving
    for relaxation, among, found in (
        (rules.unknown, _ARE_UNKNOWN, here == _UNKNOWN),
        (rules.closed, _ARE_BARRED, here > _UNKNOWN),
    ):
        if relaxation is not None and not is_moot(found):
            yield Relaxed(
                gate=said.gate, caution=relaxation.caution, weight=relaxation.weight,
                cases=cases, kept=kept & among, offered=rows.offered,
            )  # fmt: skip
