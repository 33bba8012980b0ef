"""Plans that are computed once and repeated. For invented people in benchmarks alone: it keeps profiles."""

from collections.abc import Callable
from typing import Any


def repeating(plan: Callable[..., Any]) -> Callable[..., Any]:
    """The engine's `plan`, computed once for every person and then given out again."""
    kept: dict[str, Any] = {}

    def repeated(network: Any, person: Any, *given: Any, **named: Any) -> Any:
        asked_for = repr(person)
        if asked_for not in kept:
            kept[asked_for] = plan(network, person, *given, **named)
        return kept[asked_for]

    return repeated
