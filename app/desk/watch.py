"""A thread that looks at the register every second, whether anybody asks or not.

So a newer snapshot is built before the next question comes, and when the database goes away what is known of it is at
most a second old.
"""

from collections.abc import Callable
from threading import Event, Thread

from app.domain.errors import DatabaseAway

EVERY_SECONDS = 1.0


class Watch:
    """Looks from its making until it is closed."""

    def __init__(
        self, *looks: Callable[[], None], tell: Callable[..., None], every_seconds: float = EVERY_SECONDS
    ) -> None:
        """Begins to look.

        Args:
            looks: What to do each time, in this order.
            tell: Told the event and the error of a look that broke.
            every_seconds: How long to rest between.
        """
        self._looks = looks
        self._tell = tell
        self._every = every_seconds
        self._end = Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody looks any more."""
        self._end.set()
        self._thread.join(timeout=10.0)

    def _run(self) -> None:
        while not self._end.wait(self._every):
            for look in self._looks:
                try:
                    look()
                except DatabaseAway:
                    break
                except Exception as error:
                    # The next look may find it mended; requests tell the rest.
                    self._tell("watch-failed", error=error)
