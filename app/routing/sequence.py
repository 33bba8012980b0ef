"""What is needed and in which order: wanted and mandated codes, precedence, deadlines, what a border asks for.

Everything that has to do with service points comes later: the codes that open doors are added by `unlock`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from app.domain.answer import Answer
from app.domain.codes import CODES, URGENCY_DEADLINE_MINUTES, URGENCY_WEIGHT, Code, CodeKind, Sector, Urgency
from app.domain.pathway import BorderRule, Dated, Mandate, Pathway, Precedence, Strength, Window
from app.domain.profile import Document, GuardianStatus, HealthFlag, IncidentWindow, Profile, TraffickingStatus
from app.routing.gates.country import person_matches
from app.routing.gates.medical import contraception_is_of_use
from app.routing.witness import Field, Witness

Rule = TypeVar("Rule", bound=Dated)
Conditional = TypeVar("Conditional", Precedence, Mandate, BorderRule)

_PAST_HOURS: Mapping[IncidentWindow, tuple[int, int] | None] = MappingProxyType(
    {
        IncidentWindow.WITHIN_24H: (0, 24),
        IncidentWindow.WITHIN_72H: (24, 72),
        IncidentWindow.WITHIN_120H: (72, 120),
        IncidentWindow.UNKNOWN: (0, 0),
    }
)
"""The least and the greatest hours since the incident. Unknown: treat the window as open and go now (standards, 3b)."""


_LIFE_AT_RISK = frozenset({Code.MED_EMG, Code.SAF_EMG})
"""Needs that have the deadline of an emergency (W06) without anybody naming an urgency."""

_FLAGGED: Mapping[tuple[Code, HealthFlag], Urgency] = MappingProxyType(
    {
        (Code.MHP_PSY, HealthFlag.SUICIDAL_RISK): Urgency.EMERGENCY,
        (Code.MED_GEN, HealthFlag.EMERGENCY): Urgency.EMERGENCY,
        (Code.MED_SUB, HealthFlag.SUBSTANCE_WITHDRAWAL): Urgency.EMERGENCY,
        (Code.MED_SRH, HealthFlag.HIV_TREATMENT): Urgency.URGENT,
        (Code.MED_GEN, HealthFlag.TB_TREATMENT): Urgency.URGENT,
    }
)
"""What a health flag makes of a need: treatment that must not be interrupted, withdrawal, a life at risk. Ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One needed code: its weight in points, and the rule that asked for it, "" when the person did."""

    weight: int
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """What is needed and in which order, before any service point is looked at.

    `edges` are (before, after, hard, rule) over the codes in play, sorted; `unlocking` are codes that weigh nothing.
    """

    needs: Mapping[Code, Need]
    unlocking: tuple[Code, ...]
    already_has: frozenset[Code]
    rules: tuple[Precedence, ...]
    before_border: Mapping[Code, str]
    deadlines: Mapping[Code, int]

    @property
    def codes(self) -> frozenset[Code]:
        """Needed and unlocking codes together."""
        return frozenset(self.needs) | frozenset(self.unlocking)

    @property
    def edges(self) -> tuple[tuple[Code, Code, bool], ...]:
        """(before, after, hard) over the codes in play, sorted, each pair once; hard where any rule says so."""
        pairs: dict[tuple[Code, Code], bool] = {}
        in_play = self.codes
        for rule in self.rules:
            if rule.before in in_play and rule.after in in_play:
                pair = (rule.before, rule.after)
                pairs[pair] = pairs.get(pair, False) or rule.strength is Strength.HARD
        return tuple((before, after, hard) for (before, after), hard in sorted(pairs.items()))

    def hard_before(self, code: Code) -> frozenset[Code]:
        """The codes that hard edges put directly before this one."""
        return frozenset(r.before for r in self.rules if r.after is code and r.strength is Strength.HARD)


def in_force(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """The rules that hold on that day, in their order."""
    return tuple(rule for rule in rules if rule.holds_on(day))


class Concern(NamedTuple, Generic[Conditional]):
    """A rule in force, whether it concerns the person, and the answers of hers that say so."""

    rule: Conditional
    holds: bool
    read: frozenset[Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerns:
    """The rules in force on a day, with what each has to do with the person."""

    precedence: tuple[Concern[Precedence], ...]
    mandates: tuple[Concern[Mandate], ...]
    border: tuple[Concern[BorderRule], ...]
    windows: tuple[Window, ...]

    def hold_as(self, other: "Concerns") -> bool:
        """Whether the same of these rules concern both persons."""
        return all(
            mine is theirs or [one.holds for one in mine] == [one.holds for one in theirs]
            for mine, theirs in (
                (self.precedence, other.precedence),
                (self.mandates, other.mandates),
                (self.border, other.border),
            )
        )


def concerns_of(person: Profile, pathways: Iterable[Pathway], *, on: date) -> Concerns:
    """What the rules of these files (the universal one and her country's) have to do with her on that day."""
    files = tuple(pathways)
    return Concerns(
        precedence=_concerning((p for file in files for p in file.precedence), person, on),
        mandates=_concerning((m for file in files for m in file.mandates), person, on),
        border=_concerning((b for file in files for b in file.border_rules), person, on),
        windows=in_force((w for file in files for w in file.windows), on),
    )


def concerns_again(concerns: Concerns, person: Profile, changed: frozenset[Field]) -> Concerns:
    """The same for a person who differs in these answers: only rules that ask for one of them are weighed again."""

    def again(known: tuple[Concern[Conditional], ...]) -> tuple[Concern[Conditional], ...]:
        if all(changed.isdisjoint(one.read) for one in known):
            return known
        return tuple(one if changed.isdisjoint(one.read) else _concern(one.rule, witness) for one in known)

    witness = Witness(person)
    return replace(
        concerns,
        precedence=again(concerns.precedence),
        mandates=again(concerns.mandates),
        border=again(concerns.border),
    )


def _concerning(rules: Iterable[Conditional], person: Profile, on: date) -> tuple[Concern[Conditional], ...]:
    witness = Witness(person)
    return tuple(_concern(rule, witness) for rule in in_force(rules, on))


def _concern(rule: Conditional, witness: Witness) -> Concern[Conditional]:
    """A condition whose answer is unset counts as fulfilled here: these rules only protect."""
    witness.forget()
    holds = person_matches(rule.person, witness) is not Answer.NO
    return Concern(rule, holds, witness.read)


def sequence(person: Profile, pathways: Iterable[Pathway], *, on: date) -> Sequence:
    """The needs of this person under these pathways (the universal one and her country's), on that day."""
    return sequence_under(concerns_of(person, pathways, on=on), person)


def sequence_under(concerns: Concerns, person: Profile) -> Sequence:
    """The needs of this person under the rules that concern her."""
    rules = _that_hold(concerns.precedence)
    needs = _needs(person, rules, _that_hold(concerns.mandates))
    return Sequence(
        needs=MappingProxyType(needs),
        unlocking=(),
        already_has=_already(person),
        rules=rules,
        before_border=MappingProxyType(
            {rule.code: rule.id for rule in _that_hold(concerns.border) if not _has_papers_for(rule.code, person)}
        ),
        deadlines=MappingProxyType(_deadlines(person, needs, concerns.windows)),
    )


def _that_hold(concerns: Iterable[Concern[Conditional]]) -> tuple[Conditional, ...]:
    return tuple(one.rule for one in concerns if one.holds)


def unlock(plain: Sequence, doors: Iterable[Code]) -> Sequence:
    """The same with the codes that open doors, and all that hard edges put before them (engine, section 2.4).

    A door whose code waits for a bed, a case or a return that nobody needs stays shut: only visits open one.
    """
    found: set[Code] = set()
    for door in sorted(set(doors)):
        together = _before(plain, door)
        if all(CODES[code].kind is CodeKind.VISIT for code in together):
            found |= together
    return replace(plain, unlocking=tuple(sorted(found)))


def _before(plain: Sequence, door: Code) -> set[Code]:
    """The code and all that hard edges put before it, without what is needed or at hand anyway."""
    found: set[Code] = set()
    todo = [door]
    while todo:
        code = todo.pop()
        if code not in found and code not in plain.needs and code not in plain.already_has:
            found.add(code)
            todo += plain.hard_before(code)
    return found


def _needs(person: Profile, rules: tuple[Precedence, ...], mandates: tuple[Mandate, ...]) -> dict[Code, Need]:
    """Wanted codes by their urgency; mandated ones as heavy as the heaviest code that asked for them (section 2.1)."""
    already = _already(person)
    needs = {code: Need(weight=_wanted_weight(code, person)) for code in person.needs if code not in already}
    for code in _endangered(person):
        if code not in already and code not in needs:
            needs[code] = Need(weight=URGENCY_WEIGHT[Urgency.EMERGENCY], rule="O01")
    asks = [(r.after, r.before, r.id) for r in rules if r.strength is Strength.HARD]
    asks += [(asked, m.adds, m.id) for m in mandates for asked in m.asked]
    changed = True
    while changed:
        changed = False
        for asked, added, rule in sorted(asks):
            if asked not in needs or added in already:
                continue
            known = needs.get(added)
            if known is None or known.weight < needs[asked].weight:
                needs[added] = Need(weight=needs[asked].weight, rule=rule if known is None else known.rule)
                changed = True
    return dict(sorted(needs.items()))


def _already(person: Profile) -> frozenset[Code]:
    """What needs no step any more: what the person says, formal status once given (O07), a guardian once appointed."""
    given = {Code.IDN_FRM} if person.trafficking_status is TraffickingStatus.ACTUAL else set()
    given |= {Code.CHD_GRD} if person.guardian is GuardianStatus.APPOINTED else set()
    return frozenset(person.already_has) | (given - set(person.needs))


def _has_papers_for(code: Code, person: Profile) -> bool:
    """O14: a passport in the person's own hands is the paper that a border asks for."""
    return code is Code.DOC_IDS and Document.PASSPORT in (person.documents_held or ())


def _endangered(person: Profile) -> Iterable[Code]:
    """O01: what danger to life asks for before everything else, whether or not anybody asked for it."""
    if person.imminent_danger is Answer.YES:
        yield Code.SAF_EMG
    if HealthFlag.EMERGENCY in person.health_flags:
        yield Code.MED_EMG
    if HealthFlag.SUICIDAL_RISK in person.health_flags:
        yield Code.MHP_PSY


def _wanted_weight(code: Code, person: Profile) -> int:
    """By the code's own urgency, the person's, or what a health flag makes of it: the greatest counts."""
    urgencies = [CODES[code].urgency] + ([person.urgency] if person.urgency else [])
    urgencies += [_FLAGGED[code, flag] for flag in person.health_flags if (code, flag) in _FLAGGED]
    return max(URGENCY_WEIGHT[urgency] for urgency in urgencies)


def _deadlines(person: Profile, needs: Mapping[Code, Need], windows: Iterable[Window]) -> dict[Code, int]:
    """Minutes from now until each needed code's earliest deadline; windows already past set none (W04)."""
    found: dict[Code, list[int]] = {}
    for window in windows:
        minutes = _minutes_left(person.incident_window, window.hours)
        if window.code in needs and minutes is not None and _applies(window, person):
            found.setdefault(window.code, []).append(minutes)
    for code in needs:
        urgency = person.urgency if code in person.needs else None
        if code in _LIFE_AT_RISK:
            urgency = Urgency.EMERGENCY
        if urgency is not None:
            found.setdefault(code, []).append(URGENCY_DEADLINE_MINUTES[urgency])
    return {code: min(minutes) for code, minutes in sorted(found.items())}


def _minutes_left(incident: IncidentWindow, hours: int) -> int | None:
    """Until the window closes, counted from the late edge of the person's band, so that it is surely still open.

    Where that edge lies past the window but the early edge does not, the early edge counts: the window may still be
    open, and later than that it surely is not (docs/decisions/0007).
    """
    band = _PAST_HOURS.get(incident)
    if band is None or band[0] >= hours:
        return None
    early, late = band
    return (hours - late) * 60 if late < hours else (hours - early) * 60


def _applies(window: Window, person: Profile) -> bool:
    """W03 counts only with consent to a forensic examination; W02 only where a new pregnancy is possible."""
    if window.id == "W03":
        return person.consent(Sector.FORENSIC) is Answer.YES
    return window.id != "W02" or contraception_is_of_use(person)
