"""All gates over all rows: what is left of every service point, for routes and for leads, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.codes import Code
from app.domain.plan import Weight
from app.domain.profile import Profile
from app.routing.columns import CODE_BIT, STAY_BITS, Columns, bits_of
from app.routing.gates import Circumstances, Gate, life_saving_codes
from app.routing.verdicts import Bits, Verdict, Verdicts

ALL_BITS = bits_of(CODE_BIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one gate said: its verdicts, and which codes of each row it closes in routes and in leads, as bits.

    `asks` are the codes that a lead may serve although this gate does not know a fact of the provider.
    """

    gate: Gate
    verdicts: Verdicts
    closes: Bits
    closes_leads: Bits
    asks: Bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """A life-saving exception: on these rows the codes stay open, and the caution is shown and costs points."""

    gate: Gate
    caution: str
    weight: Weight
    codes: Bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is left of `offers` for routes and for leads, row by row, with everything that explains the difference."""

    points: Columns
    routes: Bits
    leads: Bits
    judged: tuple[Judged, ...]
    relaxed: tuple[Relaxed, ...]


def judge(person: Profile, points: Columns, gates: Sequence[Gate], circumstances: Circumstances) -> Judgement:
    """The judgement of these gates over these columns; the order of the gates changes only explanations."""
    saving = bits_of(life_saving_codes(person))
    possible = np.where(points.remote, points.offers & ~STAY_BITS, points.offers)
    routes, leads = possible.copy(), possible.copy()
    judged: list[Judged] = []
    relaxed: list[Relaxed] = []
    for gate in gates:
        verdicts = gate.judge(person, points, circumstances)
        one, exceptions = _apply(gate, verdicts, points, saving)
        judged.append(one)
        relaxed += exceptions
        routes &= ~one.closes
        leads &= ~one.closes_leads
    return Judgement(points=points, routes=routes, leads=leads, judged=tuple(judged), relaxed=tuple(relaxed))


def _apply(gate: Gate, verdicts: Verdicts, points: Columns, saving: int) -> tuple[Judged, list[Relaxed]]:
    guarded = gate.guard_bits & ALL_BITS
    unknown, barred = verdicts == Verdict.UNKNOWN, verdicts >= Verdict.UNSET
    exceptions = []
    lifted = {}
    for rows, relaxation in ((unknown, gate.life_saving.unknown), (barred, gate.life_saving.closed)):
        lifted[id(rows)] = 0 if relaxation is None else saving & guarded
        if relaxation is not None and lifted[id(rows)]:
            codes = np.where(rows, points.offers & lifted[id(rows)], 0)
            exceptions.append(Relaxed(gate=gate, caution=relaxation.caution, weight=relaxation.weight, codes=codes))
    by_unknown = np.where(unknown, guarded & ~lifted[id(unknown)], 0).astype(np.int64)
    by_bar = np.where(barred, guarded & ~lifted[id(barred)], 0).astype(np.int64)
    strict = points.is_authority | gate.strict
    asks = np.where(strict, 0, by_unknown).astype(np.int64)
    one = Judged(
        gate=gate,
        verdicts=verdicts,
        closes=by_unknown | by_bar,
        closes_leads=by_bar | np.where(strict, by_unknown, 0),
        asks=asks,
    )
    return one, exceptions


def codes_left(bits: Bits, row: int, codes: frozenset[Code]) -> int:
    """The bits of a row that are among these codes."""
    return int(bits[row]) & bits_of(codes)
