"""The public rules: complete, each once, in order, explained."""

from app.domain.codes import Code
from app.routing.columns import STAYS
from app.routing.gates import GATES
from app.routing.rulebook import markdown, rulebook
from app.routing.rules import Rule, RuleKind

BY_ID = {rule.id: rule for rule in rulebook()}


def test_every_rule_of_the_standards_is_there_once_and_in_order():
    wanted = [
        f"{letter}{n:02}" for letter, last in (("H", 36), ("O", 19), ("W", 9), ("P", 17)) for n in range(1, last + 1)
    ]
    assert [rule.id for rule in rulebook()] == wanted


def test_every_gate_and_only_a_gate_is_called_one():
    """O07 has a gate too, for beds of which it is not known whether they need it; it acts as a requirement."""
    assert {rule.id for rule in rulebook() if rule.kind is RuleKind.GATE} == {g.rule.id for g in GATES} - {"O07"}
    assert {rule.id for rule in rulebook() if rule.kind is RuleKind.REQUIREMENT} == {"H24", "O07", "O14"}


def test_every_rule_has_a_sentence_and_a_source():
    for rule in rulebook():
        assert rule.statement.endswith(".") and rule.sources, rule.id


def test_two_gates_of_one_rule_guard_what_either_guards():
    assert BY_ID["H02"].guards == ()
    assert BY_ID["H12"].guards == ()
    assert BY_ID["H31"].guards == ()
    assert BY_ID["H08"].guards == STAYS
    assert BY_ID["H11"].guards == (Code.RET_AVR,)


def test_the_document_has_a_table_a_family_and_one_line_a_rule():
    text = markdown(rulebook())
    assert text.startswith("# Rules\n") and text.endswith("|\n")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Hard rules", "## Order", "## Windows of time", "## Preferences"]
    assert sum(line.startswith(("| H", "| O", "| W", "| P")) for line in text.splitlines()) == len(rulebook())


def test_a_country_rule_stands_in_a_table_of_its_own():
    own = Rule(
        id="KZ-G1", kind=RuleKind.GATE, severity=BY_ID["H02"].severity, statement="A | B.", sources=("kz:x art. 1",)
    )
    text = markdown((BY_ID["H02"], own))
    assert "## Country rules\n" in text
    assert "| KZ-G1 | crit | gate | A \\| B. | all | as for all | kz:x art. 1 |" in text
