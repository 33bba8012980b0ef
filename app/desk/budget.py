"""A budget of time for one answer: when it is spent the search is given up, never cut short."""

from collections.abc import Callable
from time import monotonic

from app.domain.errors import OverBudget


def within(seconds: float) -> Callable[[], None]:
    """What to ask now and then while an answer is made.

    Raises:
        OverBudget: When asked after that many seconds.
    """
    end = monotonic() + seconds

    def check() -> None:
        if monotonic() > end:
            raise OverBudget("the search took longer than its budget of time")

    return check
