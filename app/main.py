"""Builds the application from its settings: nothing happens on import, everything in `create_app` and at its start.

uvicorn --factory app.main:create_app --no-access-log
"""

import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app import __version__
from app.api import House, build_api
from app.desk import Desk, Reference
from app.domain.access import Caller
from app.domain.errors import Fault, FaultyData, ReferralError
from app.logs import configure_logs, write
from app.registry import load_crossings, load_pathways, load_places
from app.registry.driver import opening
from app.registry.exchange.profile import load_profile
from app.registry.store import Store
from app.routing import rulebook
from app.settings import Settings

SWITCH_SECONDS = 0.001
"""After how long a computing thread gives the interpreter to another one that waits for it."""
Read = TypeVar("Read")
Opening = Callable[[Settings], AbstractContextManager[House]]


def create_app(settings: Settings | None = None, *, opening: Opening | None = None) -> FastAPI:
    """The application. It opens its register when it starts, and refuses to start on faulty data or a wrong schema.

    Args:
        settings: Left out: read from the environment.
        opening: Gives the house to work with; left out: `open_house`.
    """
    chosen = settings if settings is not None else Settings()
    configure_logs()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with _told(), (opening or open_house)(chosen) as house:
            versions = await run_in_threadpool(house.desk.versions)
            app.state.house = house
            write("started", version=__version__, revision=versions.data)
            with _tuned():
                yield
            app.state.house = None
        write("stopped")

    return build_api(
        lifespan=lifespan,
        write=write,
        body_limit_bytes=chosen.body_limit_bytes,
        plans_at_once=chosen.plans_at_once,
        most_codes=chosen.ranking_policy().longest_code_list,
        languages=chosen.languages,
    )


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """The house of these settings: register open, reference data read, the first network built.

    Raises:
        FaultyData: A file of the data folder has faults; all of them are named.
        WrongSchema: The database has another schema; the message names the command that migrates it.
        MissingSecrets: The settings name no secrets.
    """
    with closing(open_store(settings)) as store, closing(open_desk(store, settings, tell=write)) as desk:
        desk.ready()

        def find_key(text: str, today: date) -> Caller:
            return store.find_key(text, today).caller

        yield House.of(desk, find_key=find_key, clock=now, most_codes=settings.ranking_policy().longest_code_list)


def open_desk(store: Store, settings: Settings, *, tell: Callable[..., None] | None = None) -> Desk:
    """The desk of these settings over that register; `tell` is told when a snapshot was built or could not be.

    Raises:
        FaultyData: As for `open_house`.
    """
    return Desk(
        store,
        read_reference(settings.data_folder),
        policy=settings.ranking_policy(),
        clock=now,
        budget_seconds=settings.search_budget_seconds,
        patience_seconds=settings.snapshot_patience_seconds,
        tell=tell or (lambda *_, **__: None),
    )


def open_store(settings: Settings) -> Store:
    """The register of these settings. An empty database gets its tables; a demonstration's folder is made.

    Raises:
        WrongSchema, MissingSecrets: As for `open_house`.
    """
    seal = settings.secrets().seal()
    with opening():
        folder = settings.sqlite_folder()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return Store.open(settings.database_url, seal=seal, clock=now, create=True)


def read_reference(data_folder: Path) -> Reference:
    """Places, crossings, pathways and the HSDS profile of the data folder.

    Raises:
        FaultyData: Every fault of every file.
    """
    rules = frozenset(rule.id for rule in rulebook())
    faults: list[Fault] = []
    places = _read(faults, lambda: load_places(data_folder / "places"))
    crossings = _read(faults, lambda: load_crossings(data_folder / "places"))
    pathways = _read(faults, lambda: load_pathways(data_folder / "pathways", known_rules=rules))
    profile = _read(faults, lambda: load_profile(data_folder / "hsds_profile"))
    if places is None or crossings is None or pathways is None or profile is None:
        raise FaultyData(tuple(faults))
    return Reference(places=places, crossings=crossings, pathways=MappingProxyType(pathways), hsds_profile=profile)


def _read(faults: list[Fault], reading: Callable[[], Read]) -> Read | None:
    """What was read; `None`, and its faults added to those found before, when it is faulty."""
    try:
        return reading()
    except FaultyData as faulty:
        faults += faulty.faults
        return None


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


@contextmanager
def _tuned() -> Iterator[None]:
    """The interpreter as serving wants it.

    Threads that compute give way to the event loop sooner than after Python's 5 ms, since one request needs it several
    times. What the start has made is here to stay: the garbage collector does not walk through it again and again.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)


@contextmanager
def _told() -> Iterator[None]:
    """Writes why the application refuses to start, one line a fault, and lets the fault go on."""
    try:
        yield
    except FaultyData as faulty:
        for fault in faulty.faults:
            write("refused-to-start", code=fault.code, where=fault.where, line=fault.line, mend=fault.mend)
        raise
    except ReferralError as fault:
        write("refused-to-start", code=fault.code, mend=str(fault))
        raise
