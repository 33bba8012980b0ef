"""Every public rule as a value: the gates' own rules, and those that act elsewhere, so that none is hidden.

`GET /v1/rules` and docs/rules.md are made from here. The numbers are those of the project's standards; where a rule is
not modelled its statement says so.
"""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.codes import CODES, Code
from app.domain.pathway import Severity
from app.routing.gates import GATES
from app.routing.rules import Rule, RuleKind

_HEAD = "| Rule | Severity | Acts as | What it says | Codes | Life-saving codes | Sources |"
_FAMILIES = {"H": "Hard rules", "O": "Order", "W": "Windows of time", "P": "Preferences"}


def rulebook() -> tuple[Rule, ...]:
    """All universal rules, each id once: hard rules, order, windows, preferences, by number within each."""
    merged: dict[str, Rule] = {}
    for rule in (*(gate.rule for gate in GATES), *_ELSEWHERE):
        known = merged.get(rule.id)
        merged[rule.id] = rule if known is None else _merge(known, rule)
    return tuple(sorted(merged.values(), key=_place))


def _place(rule: Rule) -> tuple[int, int]:
    return "".join(_FAMILIES).index(rule.id[0]), int(rule.id[1:])


def _merge(one: Rule, other: Rule) -> Rule:
    """The rule of two gates with one id: it guards what either guards; all codes together are every code."""
    guards = {*one.guards, *other.guards}
    everything = not one.guards or not other.guards or guards == set(CODES)
    return replace(
        one,
        guards=() if everything else tuple(code for code in CODES if code in guards),
        life_saving=one.life_saving or other.life_saving,
    )


def markdown(rules: Iterable[Rule]) -> str:
    """The rules as a Markdown document that ends in a newline: one table a family, in the order given.

    Ids that belong to no universal family (country rules) come in a table of their own, last.
    """
    lines = [
        "# Rules",
        "",
        "Written from the code by `referral rules`; do not edit. Sources: [sources.md](sources.md).",
    ]
    given = tuple(rules)
    for letter, title in {**_FAMILIES, "": "Country rules"}.items():
        family = [rule for rule in given if _family(rule) == letter]
        if family:
            lines += ["", f"## {title}", "", _HEAD, "| --- | --- | --- | --- | --- | --- | --- |", *map(_row, family)]
    return "\n".join((*lines, ""))


def _family(rule: Rule) -> str:
    return rule.id[0] if rule.id[:1] in _FAMILIES and rule.id[1:].isdigit() else ""


def _row(rule: Rule) -> str:
    cells = (
        rule.id,
        rule.severity.value,
        rule.kind.value,
        rule.statement,
        ", ".join(rule.guards) or "all",
        rule.life_saving or "as for all",
        ", ".join(rule.sources),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(rule_id: str, kind: RuleKind, severity: Severity, sources: str, statement: str, *guards: Code) -> Rule:
    return Rule(
        id=rule_id, kind=kind, severity=severity, statement=statement, sources=tuple(sources.split()), guards=guards
    )


_ANSWER, _ORDER, _LINK = RuleKind.ANSWER, RuleKind.ORDER, RuleKind.LINK
_NEEDS, _WINDOW, _PREFERS = RuleKind.REQUIREMENT, RuleKind.WINDOW, RuleKind.PREFERENCE
_CRIT, _HIGH, _MED, _LOW = Severity.CRIT, Severity.HIGH, Severity.MED, Severity.LOW

_ELSEWHERE = (
    _rule("H03", _ANSWER, _CRIT, "S17a S17d",
          "An operator may set consent aside, with a reason code, only in imminent danger or to protect a "
          "child, and only for the listed codes; it never reaches consulates or returns.",
          Code.SAF_EMG, Code.MED_EMG, Code.MHP_PSY, Code.CHD_GRD, Code.CHD_BIP),
    _rule("H07", _ANSWER, _CRIT, "S04a S35d",
          "Everyone who is, or may be, under 18 is treated as a child until shown otherwise."),
    _rule("H09", _ORDER, _CRIT, "S04a S35b",
          "A child who is alone is not placed, taken over a border or returned before a guardian or a child-protection "
          "authority is in the route; emergency care and safety for the night may come before.",
          Code.SHL_CHD, Code.RET_AVR),
    _rule("H15", _ANSWER, _CRIT, "S18c S29a S13a",
          "A confidential address is in no answer, log, export, map or error; routing values have no field for one."),
    _rule("H22", _ANSWER, _HIGH, "S23 S56 S46c",
          "Whoever finds no bed because beds are for others gets everything else, a person to call and the gap on "
          "record; admission rules are never loosened in silence."),
    _rule("H24", _NEEDS, _HIGH, "S10 S07c S46c",
          "A person without regular status, or drawn into an offence, hears legal information before any authority, so "
          "that no step obliges her to accuse herself."),
    _rule("H30", _LINK, _CRIT, "S11 S50c S09c",
          "A border is crossed only over a working agreement, with the receiver confirmed and the person's consent; "
          "a child only where that is agreed for children."),
    _rule("H32", _ANSWER, _HIGH, "S07a S26b",
          "Urgent help and protection do not depend on being a victim of trafficking, and nobody is labelled one."),
    _rule("H33", _ANSWER, _CRIT, "S44c S26b",
          "Victim status, age and credibility are never decided, scored or guessed."),
    _rule("H34", _ANSWER, _HIGH, "S18a S22a",
          "More than one option is given where there is one, and what was left out can be counted by rule."),
    _rule("H35", _ANSWER, _CRIT, "S34a S18b",
          "An answer is never empty: it names a human to call, the needs that stay open and what would change that."),
    _rule("H36", _ANSWER, _MED, "S22a S18a",
          "Steps serve what the person asked for and what a rule puts before it; each says which."),
    _rule("O01", _ORDER, _CRIT, "S18b S18a", "In immediate danger safety and emergency care come before all else."),
    _rule("O02", _ORDER, _CRIT, "S18b S18a S16c",
          "Emergency care and care after rape do not wait for shelter, interviews, legal or police steps."),
    _rule("O03", _ANSWER, _CRIT, "S15 S26",
          "Options and the limits of confidentiality are explained before consent is asked."),
    _rule("O04", _ANSWER, _CRIT, "S18a", "Consent comes before anything is shared or handed over."),
    _rule("O05", _ORDER, _CRIT, "S09a S09c",
          "A safety plan comes before moving house, crossing a border, returning, or contact with the family.",
          Code.SHL_TRN, Code.RET_AVR, Code.FAM_TRC, Code.FAM_REU),
    _rule("O06", _ANSWER, _CRIT, "S04b S03c",
          "Reasonable grounds are enough for help; formal identification is not asked for first."),
    _rule("O08", _ORDER, _HIGH, "S10b S06a",
          "Legal information comes before identification by authorities, a statement to the police and status steps.",
          Code.IDN_FRM, Code.CJS_REP),
    _rule("O09", _ORDER, _HIGH, "S03a S03c",
          "A decision to cooperate is asked for only after a reflection period was offered.", Code.CJS_REP),
    _rule("O10", _ORDER, _CRIT, "S04a S46a",
          "Child protection is notified and a guardian found before a child is placed, interviewed, moved over a "
          "border or returned."),
    _rule("O11", _ORDER, _CRIT, "S09a S04b",
          "A best-interests procedure comes before family reunification, return and long-term care.",
          Code.FAM_REU, Code.RET_AVR, Code.SHL_CHD),
    _rule("O12", _ANSWER, _CRIT, "S04a", "In a dispute about age a child is protected first and assessed later."),
    _rule("O13", _LINK, _HIGH, "S09c", "The receiver has confirmed before anybody travels over a border."),
    _rule("O14", _NEEDS, _HIGH, "S38a",
          "Documents come before a border and before services that ask for them, never before shelter or health care "
          "that is urgent."),
    _rule("O15", _ORDER, _LOW, "S01", "Safety and health come before training, work and grants.",
          Code.EDU_VOC, Code.EMP_JOB, Code.LIV_GRT),
    _rule("O16", _ORDER, _CRIT, "S37c S03a",
          "Asylum is explained before a consulate or a return, to whoever is not at home or may fear going back.",
          Code.CON_SRV, Code.RET_AVR),
    _rule("O17", _ANSWER, _MED, "S18b S41b",
          "A referral is closed when the receiver has answered. Not modelled: no case is kept here."),
    _rule("O18", _ANSWER, _HIGH, "S55a",
          "Risk, consent and needs are asked again at each step; a route is an answer for now."),
    _rule("O19", _ANSWER, _LOW, "S01b", "Today's step is shown first."),
    _rule("W03", _WINDOW, _HIGH, "S16c",
          "A forensic examination, only if the person agrees, is within 72 hours; treatment does not depend on it.",
          Code.MED_CMR),
    _rule("W04", _WINDOW, _HIGH, "S16b", "Care is useful for months after; nothing says that it is too late.",
          Code.MED_CMR, Code.MED_GEN),
    _rule("W05", _WINDOW, _CRIT, "S16d", "These treatments ask for no police report and no documents.", Code.MED_CMR),
    _rule("W06", _WINDOW, _HIGH, "S20a",
          "First contact within 24 hours in an emergency, 72 hours when urgent, two weeks otherwise."),
    _rule("W07", _WINDOW, _MED, "S03a S03b S03d",
          "A reflection period lasts 30 days at least; no help ends with it. Shown, not counted.", Code.STA_REF),
    _rule("W08", _WINDOW, _MED, "S46a",
          "Where a stay is limited by law the next bed is planned before it ends. Shown from the country's file."),
    _rule("W09", _WINDOW, _LOW, "S15", "Windows are told in neutral words; no countdown presses anybody."),
    _rule("P01", _PREFERS, _HIGH, "S15",
          "What the person would rather have counts: kinds of provider to avoid, talking from afar."),
    _rule("P02", _PREFERS, _HIGH, "S19c S18a S55a",
          "Being accompanied is better than a call, a booking or an address."),
    _rule("P03", _PREFERS, _MED, "S01b",
          "Specialised help is better than general help, where it would help this person."),
    _rule("P04", _PREFERS, _HIGH, "S22a S18a", "Fewer organizations hear the story."),
    _rule("P05", _PREFERS, _MED, "S50b S06a",
          "For a person without regular status or with little trust, state bodies come after others that do as well."),
    _rule("P06", _PREFERS, _MED, "S19c S17e", "An agreed way is better than an informal one."),
    _rule("P07", _PREFERS, _MED, "S21b", "Proven responsiveness. Not modelled: no such record is kept."),
    _rule("P08", _PREFERS, _MED, "S43a S38b", "A recent verification is better than an old one."),
    _rule("P09", _PREFERS, _MED, "S38a", "Speaking directly is better than through an interpreter."),
    _rule("P10", _PREFERS, _MED, "S22a S37c",
          "A choice of the staff's gender is better where it is asked for, and after sexual violence."),
    _rule("P11", _PREFERS, _MED, "S43a S18b", "Less travel and fewer crossings are better."),
    _rule("P12", _PREFERS, _HIGH, "S55a", "Help outside the areas that the person keeps away from is better."),
    _rule("P13", _PREFERS, _HIGH, "S36",
          "For a child, open care is better than care that restricts. Family-based care has no record of its own."),
    _rule("P14", _PREFERS, _MED, "S46a", "Help that is known to be free is better."),
    _rule("P15", _PREFERS, _LOW, "S01", "Continuity over the pillars of the referral mechanism. Not modelled."),
    _rule("P16", _PREFERS, _LOW, "S18a", "Spreading the load over providers. Not modelled."),
    _rule("P17", _PREFERS, _MED, "S15",
          "Routes with a confirmed second option. Not modelled as points; backups are shown with each step."),
)  # fmt: skip
