"""How answers name and reach service points: as the register says now or, while the database is away, said last."""

from collections.abc import Collection
from contextlib import suppress

from app.desk.kept import MOST_ENTRIES, Kept
from app.domain.errors import DatabaseAway, NotFound
from app.domain.provider import Visibility
from app.registry.cards import Entries, Known
from app.registry.edition import Edition
from app.registry.store import Store
from app.routing import Network


class Directory:
    """See the module. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = Kept()

    def keep(self, edition: Edition, network: Network) -> None:
        """What answers over this network may need while the database is away is kept, unless it is too much."""
        if network.columns.rows > MOST_ENTRIES:
            return
        slugs = network.columns.slug
        self._kept.renew(
            edition.entries(
                points={slugs.of(row) for row in range(network.columns.rows)},
                organizations={reception.receiver for reception in network.receptions},
                tier=Visibility.NETWORK,
            )
        )

    def entries(
        self, points: Collection[str], organizations: Collection[str], tier: Visibility
    ) -> tuple[Entries, bool]:
        """As `Store.read_entries`; and whether it is what was kept, since the database is away.

        Raises:
            DatabaseAway: It is, and something was not kept.
        """
        try:
            found = self._store.read_entries(points=points, organizations=organizations, tier=tier)
        except DatabaseAway:
            return self._kept.entries(points=points, organizations=organizations, tier=tier), True
        self._kept.note(found, tier=tier, asked=points)
        return found, False

    def known(self, network: Network, slugs: Collection[str], *, needed: Collection[str]) -> Known:
        """Which of these slugs are published; while the database is away, those that play a part in the network.

        Raises:
            DatabaseAway: It is, and the network has not all that are needed, so that nobody can tell.
        """
        try:
            return self._store.known_slugs(slugs)
        except DatabaseAway:
            seen = Known(
                organizations=frozenset(slug for slug in slugs if _is_organization(network, slug)),
                services=frozenset(slug for slug in slugs if _is_service(network, slug)),
            )
            if not set(needed) <= seen.organizations | seen.services:
                raise
            return seen


def _is_organization(network: Network, slug: str) -> bool:
    return slug in network.columns.organization.vocabulary or bool(network.links_from(slug))


def _is_service(network: Network, slug: str) -> bool:
    with suppress(NotFound):
        return network.row_of(slug) >= 0
    return False
