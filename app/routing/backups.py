"""For each step of a route, other points that can take its place (engine, section 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.routing.field import NEVER, Bools, Row
from app.routing.ground import Ground
from app.routing.hours import Ints
from app.routing.labels import CostVector, Label, cost_of, start_label, take

MOST = 2
"""No more backups than these for one step."""


@dataclass(frozen=True, slots=True)
class Backups:
    """Step by step the points that can take its place. `mirages` might do as well, each dearer by so much at most."""

    rows: tuple[tuple[Row, ...], ...]
    mirages: Mapping[int, int]


def backups(ground: Ground, alive: Bools, trail: tuple[Row, ...]) -> Backups:
    """Step by step up to two other points: each step serves the same needed codes; best whole cost first, then id."""
    labels = [start_label(ground)]
    for row in trail:
        move = take(ground, labels[-1], row)
        assert move is not None
        labels.append(move.label)
    mirages: dict[int, int] = {}
    rows = tuple(_instead(ground, alive, trail, labels, at, mirages) for at in range(len(trail)))
    return Backups(rows, mirages)


def _instead(
    ground: Ground, alive: Bools, trail: tuple[Row, ...], labels: list[Label], at: int, mirages: dict[int, int]
) -> tuple[Row, ...]:
    best: list[tuple[CostVector, str, Row]] = []
    dreamt: list[tuple[CostVector, int]] = []
    for least, number in _candidates(ground, alive, trail, labels, at):
        if len(best) == MOST and best[-1][0] < least:
            break
        row = ground.field.row(number)
        cost = _cost_with(ground, (row, *trail[at + 1 :]), labels, at)
        if cost is None:
            continue
        if number >= ground.field.real:
            dreamt.append((cost, number - ground.field.real))
        else:
            best = sorted([*best, (cost, row.id, row)], key=lambda found: found[:2])[:MOST]
    for cost, mirage in dreamt:
        limit = best[-1][0] if len(best) == MOST else None
        if limit is None or cost <= limit:
            slack = limit[3] - cost[3] if limit is not None and limit[:3] == cost[:3] else NEVER
            mirages[mirage] = max(slack, mirages.get(mirage, slack))
    return tuple(row for _, _, row in best)


def _cost_with(ground: Ground, steps: tuple[Row, ...], labels: list[Label], at: int) -> CostVector | None:
    """What the route costs that goes on with these steps; `None` when they do not serve the same needed codes."""
    needed, label = ground.order.needed, labels[at]
    for step, before in zip(steps, labels[at + 1 :], strict=True):
        move = take(ground, label, step)
        if move is None or (move.label.at_hand ^ before.at_hand) & needed:
            return None
        label = move.label
    return cost_of(ground, label)


def _candidates(
    ground: Ground, alive: Bools, trail: tuple[Row, ...], labels: list[Label], at: int
) -> Iterator[tuple[CostVector, int]]:
    """The points that may serve the same needed codes there, each with a cost that the whole route has at least."""
    field, before = ground.field, labels[at]
    needed, hand = ground.order.needed, before.at_hand
    served = labels[at + 1].at_hand & ~hand & needed
    masks = [m for m in np.unique(field.usable[alive]).tolist() if _serves(ground, hand, m, served)]
    fit = alive & np.isin(field.usable, masks) & ((field.requires & ~before.at_hand) == 0)
    fit[trail[at].number] = False
    rows = fit.nonzero()[0]
    if not len(rows):
        return
    rows, end = _ends(ground, before, rows, served)
    rest = trail[at + 1 :]
    end += sum(row.duration for row in rest)
    last = labels[-1]
    grave = last.grave - trail[at].caution + field.caution[rows]
    limits = ground.limits
    told = np.where(field.org[rows] == _holder(ground, before), 0, limits.handover + field.least_link[rows])
    burden = before.burden + told + field.preference[rows] + sum(row.preference for row in rest)
    order = np.lexsort((burden + end, grave))
    c0 = cost_of(ground, last)[0]
    for i in order.tolist():
        yield (c0, 0, int(grave[i]), int(burden[i] + end[i])), int(rows[i])


def _serves(ground: Ground, at_hand: int, usable: int, wanted: int) -> bool:
    """Whether such a point serves something there, and of what is needed just these codes."""
    serves = ground.served(at_hand, usable)
    return bool(serves) and serves & ground.order.needed == wanted


def _holder(ground: Ground, label: Label) -> int:
    number = None if label.holder is None else ground.field.orgs.find(label.holder)
    return -1 if number is None else number


def _ends(ground: Ground, before: Label, rows: Ints, served: int) -> tuple[Ints, Ints]:
    """The points that lie within the limit of the step, and the first minute at which the step there can be over."""
    field = ground.field
    minutes = field.ways.minutes(before.base)[field.place[rows]]
    stays = served & ground.order.stays
    limit = ground.limits.longest_transfer if stays else ground.limits.longest_visit
    near = field.remote[rows] | (minutes <= (NEVER - 1 if limit is None else min(limit, NEVER - 1)))
    rows, minutes = rows[near], np.where(field.remote[rows], 0, minutes)[near]
    called = np.maximum(before.clock + np.maximum(minutes, field.response[rows]), field.not_before[rows])
    back = 0 if stays else minutes
    return rows, field.next_open(called, rows) + field.duration[rows] + back
