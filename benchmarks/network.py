"""The engine's network of a register, and the clock it is asked on: the two things that every program here needs."""

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.pathway import Pathway
from app.domain.place import Crossing, Place
from app.domain.plan import Plan
from app.registry import load_crossings, load_pathways, load_places
from app.registry.seal import Seal
from app.registry.store import Store
from app.routing import Moment, Network, RankingPolicy, columns_of_batches, links_of_batches, network_of, plan
from benchmarks.queries import Query
from benchmarks.register import SEED, url_of, write_register

DATA = Path(__file__).parents[1] / "data"
POLICY = RankingPolicy()
SECRET = "an invented secret of the benchmarks, long enough"


def open_store(url: str, clock: Callable[[], datetime] | None = None) -> Store:
    """The register at that address."""
    return Store.open(url, seal=Seal(SECRET), clock=clock or (lambda: datetime.now(UTC)))


def open_network(url: str) -> Network:
    """The network of the register at that address, as the desk makes it."""
    places, crossings, pathways = reference()
    with closing(open_store(url)) as store, store.edition() as edition:
        return network_of(
            columns_of_batches(edition.points({place.slug: place for place in places})),
            links=links_of_batches(edition.links()),
            receptions=edition.receptions(),
            places=places,
            crossings=crossings,
            pathways=pathways,
        )


@cache
def reference() -> tuple[tuple[Place, ...], tuple[Crossing, ...], MappingProxyType[str, Pathway]]:
    """Places, crossings and rules of the checkout."""
    pathways = MappingProxyType(dict(load_pathways(DATA / "pathways")))
    return load_places(DATA / "places"), load_crossings(DATA / "places"), pathways


def register_of(size: int, folder: Path) -> str:
    """The address of a register of that many points in the folder; written when it is not there."""
    path = folder / f"register-{size}.sqlite"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_register(path, size, SEED)
    return url_of(path)


@cache
def moment_of(as_of: datetime) -> Moment:
    """That moment with the clocks of every place."""
    places, _, _ = reference()
    return Moment(as_of=as_of, offsets=MappingProxyType(_offsets(as_of, {place.timezone for place in places})))


def _offsets(as_of: datetime, zones: Iterable[str]) -> dict[str, int]:
    offsets = {}
    for zone in sorted(zones):
        ahead = as_of.astimezone(ZoneInfo(zone)).utcoffset()
        offsets[zone] = int(ahead.total_seconds() // 60) if ahead else 0
    return offsets


def answer(network: Network, query: Query, *, watch: Callable[[], None] = lambda: None) -> Plan:
    """The whole plan: three alternatives with backups, and questions.

    `watch` is asked now and then, and raises when it has taken too long.

    Raises:
        ReferralError: The engine refuses, since its budget of time is spent.
    """
    return plan(network, query.person, moment_of(query.as_of), policy=POLICY, k=3, watch=watch)
