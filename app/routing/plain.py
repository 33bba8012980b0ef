"""The search without any bound: every step from every partial route that nothing replaces. Slow and easy to believe."""

from collections.abc import Sequence

from app.routing.field import Row
from app.routing.ground import Ground
from app.routing.labels import Label, cost_of, start_label, take


def plainly(ground: Ground, rows: Sequence[Row]) -> Label:
    """The best route over these points as a label, the start itself when no step is better than none.

    It is what `search.best_label` finds sooner; engine, section 4, says why nothing is lost.
    """
    start = start_label(ground)
    best, waiting = start, [start]
    kept: dict[tuple[str, str | None, int], list[Label]] = {start.state: [start]}
    while waiting:
        label = waiting.pop()
        if not any(rival is label for rival in kept[label.state]):
            continue
        best = min(best, label, key=lambda one: (cost_of(ground, one), one.tie))
        for row in rows:
            move = take(ground, label, row)
            if move is not None and keep(kept.setdefault(move.label.state, []), move.label):
                waiting.append(move.label)
    return best


def keep(rivals: list[Label], new: Label) -> bool:
    """Whether the label survives; drops the rivals that it replaces (the dominance rule)."""
    if any(old.clock <= new.clock and old.rank <= new.rank for old in rivals):
        return False
    rivals[:] = [old for old in rivals if not (new.clock <= old.clock and new.rank <= old.rank)]
    rivals.append(new)
    return True
