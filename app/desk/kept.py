"""Names and contacts that an answer needs, kept for the time while the database is away.

Kept are the entries of the snapshot, as long as they are not too many, and those that answers named lately; at most
`MOST_ENTRIES`. Only what the network may see is among them: restricted contacts and addresses are in another table,
sealed, and never come here.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from threading import Lock

from app.domain.errors import DatabaseAway
from app.domain.provider import Visibility
from app.registry.cards import Entries, Entry

MOST_ENTRIES = 5_000
"""About a kilobyte each."""

_ORDER = (Visibility.PUBLIC, Visibility.NETWORK)
"""Tiers that are kept, the lower one first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An entry with the contacts up to a tier."""

    entry: Entry
    tier: Visibility


class Kept:
    """See the module. Thread-safe."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self._most = most
        self._lock = Lock()
        self._points: OrderedDict[str, _Kept] = OrderedDict()
        self._organizations: OrderedDict[str, str] = OrderedDict()

    def renew(self, entries: Entries) -> None:
        """Everything that was kept is replaced by these, of the network's tier."""
        with self._lock:
            self._points.clear()
            self._organizations.clear()
        self.note(entries, tier=Visibility.NETWORK, asked=())

    def note(self, entries: Entries, *, tier: Visibility, asked: Collection[str]) -> None:
        """What the register said of the points that were asked for is kept; those that it does not have any more are
        not."""
        with self._lock:
            for slug in asked:
                if slug not in entries.points:
                    self._points.pop(slug, None)
            for slug, entry in entries.points.items() if tier in _ORDER else ():
                before = self._points.get(slug)
                if before is None or _ORDER.index(before.tier) <= _ORDER.index(tier):
                    self._points[slug] = _Kept(entry, tier)
                self._points.move_to_end(slug)
            self._organizations |= entries.organizations
            for kept in (self._points, self._organizations):
                while len(kept) > self._most:
                    kept.popitem(last=False)

    def entries(self, *, points: Collection[str], organizations: Collection[str], tier: Visibility) -> Entries:
        """As `Store.read_entries`, out of what is kept.

        Raises:
            DatabaseAway: One of them is not kept, or not with the contacts of that tier.
        """
        with self._lock:
            found = {slug: self._points.get(slug) for slug in points}
            names = {slug: self._organizations.get(slug) for slug in organizations}
        shown = {slug: one.entry for slug, one in found.items() if one is not None and _covers(one, tier)}
        told = {slug: name for slug, name in names.items() if name is not None}
        if len(shown) < len(found) or len(told) < len(names):
            raise DatabaseAway("what the answer names was not kept")
        return Entries(points=_up_to(shown, tier), organizations=told)


def _covers(one: _Kept, tier: Visibility) -> bool:
    return tier in _ORDER and _ORDER.index(one.tier) >= _ORDER.index(tier)


def _up_to(entries: Mapping[str, Entry], tier: Visibility) -> dict[str, Entry]:
    seen = _ORDER[: _ORDER.index(tier) + 1]
    return {
        slug: replace(entry, contacts=tuple(contact for contact in entry.contacts if contact.visibility in seen))
        for slug, entry in entries.items()
    }
