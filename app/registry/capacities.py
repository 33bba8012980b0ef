"""Which beds and places are free: as the directory says, and over it the last report where that is as late."""

from array import array
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.registry.lists import Numbers
from app.registry.lookup import Looking, instant
from app.registry.scanning import Numbered, as_text, scan

_REPORTS = f"select {as_text('service_id')}, state, available, updated from service_capacity"


class Capacities:
    """Of all services, by their numbers; grows while the services are read."""

    def __init__(self) -> None:
        self._states = Numbered[str](str)
        self._state = array("i")
        self._as_of: list[datetime | None] = []
        self._free: list[int | None] = []

    def add(self, states: Iterable[str], as_of: Iterable[Any], free: Iterable[int | None]) -> None:
        """What the directory says of the next services."""
        self._state.extend(map(self._states.__getitem__, states))
        self._as_of += [None if said is None else instant(said) for said in as_of]
        self._free += free

    def facts(self, looking: Looking, numbers: Numbers) -> dict[str, Any]:
        """State, moment and free places of every service; a report counts when it is as late as the directory."""
        for rows in scan(looking, _REPORTS):
            for service, state, available, updated in rows:
                number = numbers.get(service)
                if number is not None:
                    self._report(number, state, available, instant(updated))
        return {
            "capacity": self._states.over(self._state),
            "capacity_as_of": self._as_of,
            "free_places": self._free,
        }

    def _report(self, number: int, state: str, available: int | None, at: datetime | None) -> None:
        own = self._as_of[number]
        if own is None or (at is not None and at >= own):
            self._state[number], self._as_of[number], self._free[number] = self._states[state], at, available
