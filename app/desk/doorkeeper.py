"""Who a key belongs to; while the database is away, of those keys that it called good a short time ago.

What is remembered is a digest under a secret of this process, never a key. A key that is found to be unknown, expired
or revoked is forgotten at once, whoever found it: `refresh` looks through all that are remembered, again and again.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from secrets import token_bytes
from threading import Lock
from time import monotonic

from app.domain.access import Caller
from app.domain.errors import DatabaseAway, NotKnown
from app.registry.keys import KeyRecord
from app.registry.store import Store

MOST_KEYS = 1_000


@dataclass(frozen=True, slots=True)
class _Good:
    """A key as the database called it good at `seen_at`, on the monotonic clock."""

    record: KeyRecord
    seen_at: float


class Doorkeeper:
    """See the module. Thread-safe."""

    def __init__(self, store: Store, *, away_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        """Nobody is known yet.

        Args:
            store: The register with the keys.
            away_seconds: How long a key counts as good after the database said so, while that is away.
            clock: Seconds that only grow.
        """
        self._store = store
        self._away_seconds = away_seconds
        self._clock = clock
        self._secret = token_bytes(32)
        self._lock = Lock()
        self._good: OrderedDict[bytes, _Good] = OrderedDict()

    def find(self, text: str, today: date) -> Caller:
        """The caller behind a good key.

        Raises:
            NotKnown: It is no good key.
            DatabaseAway: Nobody can tell.
        """
        digest = hmac.digest(self._secret, text.encode(), "sha256")
        seen_at = self._clock()
        try:
            record = self._store.find_key(text, today)
        except NotKnown:
            self._forget(digest)
            raise
        except DatabaseAway:
            return self._remembered(digest, today)
        self._remember(digest, _Good(record, seen_at))
        return record.caller

    def refresh(self) -> None:
        """Every remembered key is good as of now; the others are forgotten.

        Raises:
            DatabaseAway: It cannot be told; nothing has changed.
        """
        with self._lock:
            known = dict(self._good)
        seen_at = self._clock()
        records = {
            record.prefix: record for record in self._store.read_keys({one.record.prefix for one in known.values()})
        }
        for digest, one in known.items():
            record = records.get(one.record.prefix)
            if record is None or record.revoked_at is not None or record.created_on != one.record.created_on:
                self._forget(digest)
            else:
                self._confirm(digest, _Good(record, seen_at))

    def _remembered(self, digest: bytes, today: date) -> Caller:
        with self._lock:
            one = self._good.get(digest)
        if one is None or self._clock() - one.seen_at > self._away_seconds:
            raise DatabaseAway("nobody can tell whether the key is good")
        if today > one.record.expires_on:
            raise NotKnown("the key is not known")
        return one.record.caller

    def _remember(self, digest: bytes, good: _Good) -> None:
        with self._lock:
            self._good[digest] = good
            self._good.move_to_end(digest)
            while len(self._good) > MOST_KEYS:
                self._good.popitem(last=False)

    def _confirm(self, digest: bytes, good: _Good) -> None:
        """Unless somebody found it to be bad meanwhile."""
        with self._lock:
            if digest in self._good:
                self._good[digest] = good

    def _forget(self, digest: bytes) -> None:
        with self._lock:
            self._good.pop(digest, None)
