"""All gates over all rows: what is left of every service point, for routes and for leads, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.codes import Code
from app.domain.plan import Weight
from app.domain.profile import Profile
from app.domain.provider import FORCE_BODIES
from app.routing.columns import CODE_BIT, STAY_BITS, Columns, bits_of
from app.routing.gates import Circumstances, Gate, Relaxation, life_saving_codes
from app.routing.verdicts import Bits, Bools, Verdict, Verdicts

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
    saving = _life_saving(person, points)
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


def _life_saving(person: Profile, points: Columns) -> Bits:
    """The life-saving codes row by row; at a force body no SAF-EMG, since only other help is meant (standards, 2c)."""
    codes = life_saving_codes(person)
    force = points.organization_type.among(FORCE_BODIES)
    return np.where(force, bits_of(codes - {Code.SAF_EMG}), bits_of(codes)).astype(np.int64)


def _apply(gate: Gate, verdicts: Verdicts, points: Columns, saving: Bits) -> tuple[Judged, list[Relaxed]]:
    guarded = gate.guard_bits & ALL_BITS
    unknown, barred = verdicts == Verdict.UNKNOWN, verdicts >= Verdict.UNSET
    by_unknown, asked_less = _closing(gate, gate.life_saving.unknown, unknown, guarded, saving, points)
    by_bar, barred_less = _closing(gate, gate.life_saving.closed, barred, guarded, saving, points)
    strict = points.is_authority | gate.strict
    one = Judged(
        gate=gate,
        verdicts=verdicts,
        closes=by_unknown | by_bar,
        closes_leads=by_bar | np.where(strict, by_unknown, 0),
        asks=np.where(strict, 0, by_unknown).astype(np.int64),
    )
    return one, [*asked_less, *barred_less]


def _closing(
    gate: Gate, relaxation: Relaxation | None, rows: Bools, guarded: int, saving: Bits, points: Columns
) -> tuple[Bits, list[Relaxed]]:
    """The codes that one verdict closes on its rows, and the exception that keeps life-saving codes open there."""
    closed = np.where(rows, np.int64(guarded), 0)
    if relaxation is None:
        return closed, []
    kept = np.where(rows, points.offers & guarded & saving, 0)
    exception = Relaxed(gate=gate, caution=relaxation.caution, weight=relaxation.weight, codes=kept)
    return closed & ~saving, [exception]
