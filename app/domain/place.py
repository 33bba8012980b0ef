"""Where things are: places of the gazetteer, and the crossings between countries."""

from dataclasses import dataclass
from enum import StrEnum

SERVED = frozenset({"KZ", "KG", "TJ", "TM", "UZ"})
"""The five countries, ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town or district. `admin1` is ISO 3166-2, degrees are WGS 84, `timezone` is an IANA name."""

    slug: str
    country: str
    name: str
    name_ru: str
    name_local: str
    admin1: str
    lat: float
    lon: float
    timezone: str
    population: int | None = None
    aliases: tuple[str, ...] = ()


class CrossingKind(StrEnum):
    ROAD = "road"
    RAIL = "rail"
    AIR = "air"


class CrossingStatus(StrEnum):
    """Unknown is closed."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class OpenTo(StrEnum):
    """Whom a crossing lets through; `citizens`: nationals of the two countries only."""

    ALL = "all"
    CITIZENS = "citizens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Where a crossing begins on one side: a country, and degrees WGS 84."""

    country: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A way between two countries; `delay_minutes` passes between its two sides (a flight is a long delay)."""

    id: str
    name: str
    kind: CrossingKind
    sides: tuple[Side, Side]
    delay_minutes: int
    status: CrossingStatus
    open_to: OpenTo = OpenTo.ALL
