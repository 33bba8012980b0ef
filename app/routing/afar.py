"""How far places are at the least, over whatever bases a route may move."""

from heapq import heappop, heappush

import numpy as np

from app.routing.field import NEVER, Bools, Field, Ints
from app.routing.ground import Order
from app.routing.outlook import Afar


def afar(field: Field, order: Order, alive: Bools, radius: int) -> Afar:
    """The distances of a run in which nobody comes further than `radius` minutes from the start.

    A chain of bases leads over places where somebody may sleep, and over the place of a return. Places beyond the
    radius have a distance greater than it, whichever.
    """
    frame = field.frame
    bases = {field.places[number] for number in _beds(field, order, alive)}
    if order.returns and frame.return_to is not None:
        bases.add(frame.return_to)
    near, away, _ = _chains(field, frame.start_place, bases, radius)
    home: dict[str, int] = {}
    if order.returns and frame.return_to is not None:
        _, _, home = _chains(field, frame.return_to, bases | {frame.start_place}, radius)
    return Afar(near=near, away=away, home=home)


def unmoved(field: Field, order: Order) -> Afar | None:
    """The distances of a run in which the person never sleeps elsewhere; `None` where she may."""
    if order.stays or order.returns:
        return None
    minutes = field.ways.minutes(field.frame.start_place)
    return Afar(near=minutes, away=minutes, home={})


def anywhere(field: Field) -> Afar:
    """The distances when nothing is known: every place may be the one where somebody stays."""
    same = np.full(len(field.places), field.ways.least, dtype=np.int64)
    return Afar(near=same, away=same, home={})


def _beds(field: Field, order: Order, alive: Bools) -> list[int]:
    beds: list[int] = np.unique(field.place[alive & ((field.usable & order.stays) != 0)]).tolist()
    return beds


def _chains(field: Field, start: str, bases: set[str], radius: int) -> tuple[Ints, Ints, dict[str, int]]:
    """(minutes from the nearest base reached, minutes from the start, minutes from the start to each base)."""
    near = np.full(len(field.places), NEVER, dtype=np.int64)
    away = near.copy()
    reached: dict[str, int] = {}
    queue = [(0, start)]
    while queue:
        minutes, base = heappop(queue)
        if minutes > radius:
            break
        if base in reached:
            continue
        reached[base] = minutes
        legs = field.ways.minutes(base)
        near, away = np.minimum(near, legs), np.minimum(away, np.minimum(legs + minutes, NEVER))
        for number, leg in enumerate(legs.tolist()):
            place = field.places[number]
            if leg < NEVER and place in bases and place not in reached:
                heappush(queue, (minutes + leg, place))
        beyond = bases - reached.keys() - set(field.places)
        for place in sorted(beyond):
            way = field.ways.between(base, place)
            if way is not None:
                heappush(queue, (minutes + way[0], place))
    return near, away, reached
