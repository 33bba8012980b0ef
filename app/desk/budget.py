"""A budget of time for one answer: when it is spent the search is given up, never cut short.

What counts is the time that the answer itself computes. Whatever else the machine does meanwhile (another search, a
snapshot that is built) takes nothing of it, so the same question has an answer or has none whoever asks beside it. On a
machine that is far too busy time on the wall ends it, too, at `PATIENCE` times as much: nobody waits for ever.
"""

from collections.abc import Callable
from time import monotonic, thread_time

from app.domain.errors import OverBudget

PATIENCE = 3
"""Two lanes and a building take a third of the time each."""


def within(
    seconds: float,
    *,
    computing: Callable[[], float] = thread_time,
    clock: Callable[[], float] = monotonic,
) -> Callable[[], None]:
    """What to ask now and then while an answer is made, in the thread that makes it.

    Args:
        seconds: How long the thread may compute.
        computing: Seconds that this thread has computed.
        clock: Seconds that only grow.

    Raises:
        OverBudget: When asked after that many seconds of computing, or `PATIENCE` times as many on the clock.
    """
    spent, end = computing() + seconds, clock() + PATIENCE * seconds

    def check() -> None:
        if computing() > spent or clock() > end:
            raise OverBudget("the search took longer than its budget of time")

    return check
