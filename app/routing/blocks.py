"""The rows of a network in blocks: what is looked at together, and the least that can be said of it beforehand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.columns import Columns
from app.routing.hours import OFFICE_HOURS, Hours, Ints, Masks, each_once, mask_of, spans_of
from app.routing.verdicts import Bits

BLOCK = 64
"""So many rows of one place that offer the same are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """The rows of a network in blocks: `rows[begin:end]` offer the same in one place, or from afar in a country."""

    rows: NDArray[np.int32]
    begin: Ints
    end: Ints
    place: Ints
    """Where in the network's vocabulary of places; -1 for those to which nobody travels."""
    country: Ints
    zone: Ints
    """Where in the network's vocabulary of time zones."""
    offers: Bits
    response: Ints
    duration: Ints
    """Minutes, each the least of any row."""
    hours: Ints
    """Where in `open_hours` the hours stand in which any row is open."""
    open_hours: Masks
    """On the clocks of the zone; whole hours, and the whole of an hour that is open in part."""
    hours_of_schedule: Ints
    """Where in `open_hours` each schedule of the network stands."""
    week: Hours
    """The same, laid out to be asked for the next hour; minutes since Monday 00:00."""


def build_blocks(columns: Columns) -> Blocks:
    """The blocks of these columns of a whole network.

    Rows of a block follow one another by their hours, then by how soon they answer, so that blocks of a large town are
    of one kind.
    """
    offers = columns.offers
    near = np.where(columns.remote, -1, columns.place.at.astype(np.int64))
    country, zone = columns.country.at.astype(np.int64), columns.timezone.at.astype(np.int64)
    static = columns.response.astype(np.int64) + columns.duration
    schedule = columns.schedule.astype(np.int64)
    rows = np.lexsort((columns.slug.at, static, schedule, offers, zone, country, near)).astype(np.int32)
    alike = np.stack([near, country, zone, offers])[:, rows]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (alike[:, 1:] != alike[:, :-1]).any(axis=0)
    starts = fresh.nonzero()[0]
    within = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    begin = (fresh | (within % BLOCK == 0)).nonzero()[0]
    near, country, zone, sets = alike[:, begin]
    masks = np.array([mask_of(weekly or OFFICE_HOURS) for weekly in columns.schedules], dtype=np.uint8).reshape(-1, 21)
    together = np.bitwise_or.reduceat(masks[schedule[rows]], begin, axis=0) if len(begin) else masks[:0]
    open_hours, number = each_once(np.concatenate([masks, together]))
    return Blocks(
        rows=rows,
        begin=begin,
        end=np.append(begin[1:], len(rows)) if len(rows) else begin,
        place=near,
        country=country,
        zone=zone,
        offers=sets,
        response=_least(columns.response[rows].astype(np.int64), begin),
        duration=_least(columns.duration[rows].astype(np.int64), begin),
        hours=number[len(masks) :],
        open_hours=open_hours,
        hours_of_schedule=number[: len(masks)],
        week=Hours([spans_of(mask) for mask in map(bytes, open_hours)], 0),
    )


def _least(values: Ints, begin: Ints) -> Ints:
    return np.minimum.reduceat(values, begin) if len(begin) else values
