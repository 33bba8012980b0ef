"""How far places are at the least, over whatever bases a route may move."""

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
    beds = np.zeros(len(field.places), dtype=np.bool_)
    beds[field.place[alive & ((field.usable & order.stays) != 0)]] = True
    near, away, home = _with_mirages(field, beds, radius)
    if order.returns and frame.return_to is not None:
        near, away, _ = _chains(field, frame.start_place, beds, radius, frame.return_to)
        _, _, home = _chains(field, frame.return_to, beds, radius, frame.start_place)
    return Afar(near=near, away=away, home=home)


def _with_mirages(field: Field, beds: Bools, radius: int) -> tuple[Ints, Ints, dict[str, int]]:
    """The same without a return. Mirages of beds are as near to a place as the nearest of them can be."""
    known = field.ways.from_start()
    real = np.arange(len(field.places)) < len(field.places) - (field.size - field.real)
    near, away, _ = _chains(field, field.frame.start_place, beds & real, radius, None)
    if known is None:
        return near, away, {}
    mirages = beds & ~real & (known <= radius)
    if mirages.any():
        near = np.minimum(near, np.maximum(field.ways.least, int(known[mirages].min()) - known))
        near[~real] = field.ways.least
    return near, known, {}


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


def _chains(field: Field, start: str, beds: Bools, radius: int, other: str | None) -> tuple[Ints, Ints, dict[str, int]]:
    """(minutes from the nearest base reached, minutes from the start, minutes from the start to each base).

    Bases are the places with beds, and the other end of a return.
    """
    near = np.full(len(field.places), NEVER, dtype=np.int64)
    away, open_beds = near.copy(), beds.copy()
    reached: dict[str, int] = {}
    elsewhere = {other: NEVER} if other is not None else {}
    base, minutes = start, 0
    while minutes <= radius:
        reached[base] = minutes
        legs = field.ways.minutes(base)
        near, away = np.minimum(near, legs), np.minimum(away, np.minimum(legs + minutes, NEVER))
        for place in elsewhere:
            way = field.ways.between(base, place) if place != base else (0, 0)
            elsewhere[place] = min(elsewhere[place], NEVER if way is None else minutes + way[0])
        waiting = np.where(open_beds, away, NEVER)
        at = int(waiting.argmin()) if len(waiting) else -1
        first = min(elsewhere, key=lambda place: (elsewhere[place], place), default=None)
        if first is not None and (at < 0 or elsewhere[first] <= waiting[at]):
            base, minutes = first, elsewhere.pop(first)
        elif at >= 0 and waiting[at] < NEVER:
            base, minutes, open_beds[at] = field.places[at], int(waiting[at]), False
        else:
            break
        if minutes >= NEVER:
            break
    return near, away, reached
