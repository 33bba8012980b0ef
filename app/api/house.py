"""What a running application works with: the desk, the keys, the clock and the gazetteer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from types import MappingProxyType

from fastapi import FastAPI, Request

from app.api.problems import Refused
from app.desk import Desk
from app.domain.access import Caller
from app.domain.place import Place

EVERY_PLACE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Made when the application starts, thrown away when it stops.

    `find_key` gives the caller behind the text of a key on a day, or raises `NotKnown`. `most_codes` is how many needs
    one profile may name. `places` are those of the gazetteer, by slug.
    """

    desk: Desk
    find_key: Callable[[str, date], Caller]
    clock: Callable[[], datetime]
    most_codes: int
    places: Mapping[str, Place]

    @staticmethod
    def of(
        desk: Desk, *, find_key: Callable[[str, date], Caller], clock: Callable[[], datetime], most_codes: int
    ) -> "House":
        """The house of this desk, with the places that the desk knows."""
        places = MappingProxyType({place.slug: place for place in desk.places(limit=EVERY_PLACE)})
        return House(desk=desk, find_key=find_key, clock=clock, most_codes=most_codes, places=places)


class Turnstile:
    """Lets a number of plans be computed at the same time; the next one is told to come back, not kept waiting."""

    def __init__(self, at_once: int) -> None:
        self._places = BoundedSemaphore(at_once)

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
