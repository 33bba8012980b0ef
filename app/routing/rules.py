"""The rules as values: what `GET /v1/rules`, docs/rules.md and every explanation are made from."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.codes import Code
from app.domain.pathway import Severity


class RuleKind(StrEnum):
    """Where a rule acts. A *gate* closes codes of service points; a *requirement* asks for another code first."""

    GATE = "gate"
    REQUIREMENT = "requirement"
    ORDER = "order"
    WINDOW = "window"
    PREFERENCE = "preference"
    LINK = "link"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One public rule.

    `guards` are the codes whose serving it can close; empty: every code. `sources` are ids of docs/sources.md.
    `statement` is one English sentence in our words; the catalogues hold it in the other languages under
    `rule.<id>`. `life_saving` says what the rule does for the life-saving set (standards, section 2c), or "".
    """

    id: str
    kind: RuleKind
    severity: Severity
    statement: str
    sources: tuple[str, ...]
    guards: tuple[Code, ...] = ()
    life_saving: str = ""
    valid_from: str = ""
    valid_to: str = ""
    """ISO days between which a country's rule holds, both included; "" where no end is known."""
