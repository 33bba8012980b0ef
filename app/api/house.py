"""What a running application works with: the desk, the keys, the clock and the gazetteer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request

from app.api.matching import Gazetteer
from app.api.problems import Refused
from app.desk import Desk
from app.domain.access import Caller
from app.domain.place import Place

EVERY_PLACE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Made when the application starts, thrown away when it stops.

    `find_key` gives the caller behind the text of a key on a day, or raises `NotKnown`. `places` are those of the
    gazetteer, by slug; `gazetteer` has them for reading bodies, with the number of needs that a profile may name.
    """

    desk: Desk
    find_key: Callable[[str, date], Caller]
    clock: Callable[[], datetime]
    places: Mapping[str, Place]
    gazetteer: Gazetteer

    @staticmethod
    def of(
        desk: Desk, *, find_key: Callable[[str, date], Caller], clock: Callable[[], datetime], most_codes: int
    ) -> "House":
        """The house of this desk, with the places that the desk knows; a profile may name `most_codes` needs."""
        places = MappingProxyType({place.slug: place for place in desk.places(limit=EVERY_PLACE)})
        gazetteer = Gazetteer(places=places, most_codes=most_codes)
        return House(desk=desk, find_key=find_key, clock=clock, places=places, gazetteer=gazetteer)


LANES = 2
"""Threads that compute plans. More would only take the interpreter from one another, and from the event loop; with a
single one, a search that takes its whole budget would hold up everybody."""
LISTS = 2
"""Threads that read pages of the open feed: whoever copies all of it leaves the others their turn."""
Made = TypeVar("Made")


class Turnstile:
    """Takes on a number of plans at the same time; the next one is told to come back, not kept waiting.

    Of those that it took on, `LANES` are computed; the others wait without a thread of their own, so that requests
    which compute nothing, such as the health check, are answered meanwhile.
    """

    def __init__(self, at_once: int) -> None:
        self._places = BoundedSemaphore(at_once)
        self._lanes = CapacityLimiter(LANES)
        self._door = CapacityLimiter(1)
        self._lists = CapacityLimiter(LISTS)

    async def looked_up(self, work: Callable[..., Made], *given: object) -> Made:
        """What a short look into the register gives back, done in a thread of its own, one after the other."""
        return await run_sync(work, *given, limiter=self._door)

    async def listed(self, work: Callable[[], Made]) -> Made:
        """What a reading of the open feed gives back; a few at a time, the others wait without a thread."""
        return await run_sync(work, limiter=self._lists)

    async def computed(self, work: Callable[[], Made]) -> Made:
        """What the work gives back, done in one of the lanes.

        Raises:
            Refused: "busy": all places are taken.
        """
        with self.passed():
            return await run_sync(work, limiter=self._lanes)

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Holds one of the places.

        Raises:
            Refused: "busy": all are taken.
        """
        if not self._places.acquire(blocking=False):
            raise Refused("busy")
        try:
            yield
        finally:
            self._places.release()


def house_of(request: Request) -> House:
    """The house behind this request.

    Raises:
        Refused: "not-ready": it is not open yet, or no more.
    """
    app: FastAPI = request.app
    house: House | None = getattr(app.state, "house", None)
    if house is None:
        raise Refused("not-ready")
    return house
