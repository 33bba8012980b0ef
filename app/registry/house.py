"""What holds for all services of one organization, and which clock counts where nobody knows the town."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.domain.profile import Perpetrator
from app.domain.provider import RegistrationStatus, SafeguardingFlag, Safety, ServiceStatus

SEAT_TIMEZONES: Mapping[str, str] = {
    "KZ": "Asia/Almaty",
    "KG": "Asia/Bishkek",
    "TJ": "Asia/Dushanbe",
    "TM": "Asia/Ashgabat",
    "UZ": "Asia/Tashkent",
}
"""The clock of a country's seat, for services of which nobody knows the town."""

_GRAVEST_FIRST = (
    SafeguardingFlag.SUBSTANTIATED,
    SafeguardingFlag.OPEN,
    SafeguardingFlag.CLEARED,
    SafeguardingFlag.NONE,
)
_WORST_FIRST = (
    RegistrationStatus.REVOKED,
    RegistrationStatus.SUSPENDED,
    RegistrationStatus.EXPIRED,
    RegistrationStatus.UNREGISTERED,
    RegistrationStatus.UNKNOWN,
    RegistrationStatus.REGISTERED,
    RegistrationStatus.NOT_REQUIRED,
)
STANDINGS = _WORST_FIRST
"""Every status of a registration, the worst first."""
NO_STANDING = _WORST_FIRST.index(RegistrationStatus.UNKNOWN)
"""Of an organization without any registration on record."""


UNCLEARED = frozenset({SafeguardingFlag.OPEN, SafeguardingFlag.SUBSTANTIATED})
"""States of an allegation in which nobody is sent there (H18)."""
CLOSED = frozenset({ServiceStatus.INACTIVE, ServiceStatus.DEFUNCT, ServiceStatus.TEMPORARILY_CLOSED})
"""States of an organization in which nothing of it is open."""


class Noted(NamedTuple):
    """The gravest flag of an organization, and all its ties to perpetrators, sorted."""

    safeguarding_flag: SafeguardingFlag
    affiliations: tuple[Perpetrator, ...]


def seat_timezone(country: str) -> str:
    """The clock of the country's seat; UTC for a country whose seat is not known here."""
    return SEAT_TIMEZONES.get(country, "UTC")


def worst(statuses: Iterable[RegistrationStatus]) -> RegistrationStatus:
    """Of several registrations the worst counts; none at all is unknown."""
    return min(statuses, key=_WORST_FIRST.index, default=RegistrationStatus.UNKNOWN)


def standing_rank(status: str) -> int:
    """The place of that status of a registration among all, the worst first."""
    return _WORST_FIRST.index(RegistrationStatus(status))


def known_of_the_house(services: Sequence[Safety]) -> Noted:
    """What is on record of these services of one organization, which holds for every one."""
    flags = {one.safeguarding_flag for one in services}
    ties = {tie for one in services for tie in one.affiliations}
    return Noted(next(flag for flag in _GRAVEST_FIRST if flag in flags), tuple(sorted(ties)))


def status_in_force(own: str | None, of_organization: str) -> str:
    """The status of a service: its own, but an organization that is closed closes whatever it does."""
    if own is None or (of_organization in CLOSED and own not in CLOSED):
        return of_organization
    return own
