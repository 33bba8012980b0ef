"""How the rows of a network and the links between them belong together, by numbers alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.columns import HEADS, Columns
from app.routing.hours import Ints
from app.routing.links import Links
from app.routing.verdicts import Bits
from app.routing.words import Groups, Rows, places_in


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linkage:
    """Circles of organizations, and where links begin and end.

    The circle of an organization are its own rows and those that its links lead to. A *head* is a row by which an
    organization may come to hold the case that has more to give then.
    """

    circle: Groups
    """By the organization's place in the vocabulary of the columns; a row may stand there twice."""
    heads: Ints
    codes: Bits
    """Of each head, all codes of its circle."""
    target: NDArray[np.int32]
    """For each slug of the columns its place among the targets of links, -1 for none."""
    sender: NDArray[np.int32]
    """For each origin of links its place among the organizations of the columns, -1 for none."""

    def circle_of(self, organization: int) -> Rows:
        """The rows of the circle of the organization with that number."""
        return self.circle.of(organization)


def build_linkage(columns: Columns, links: Links) -> Linkage:
    """The linkage of the columns of a whole network and its links."""
    organizations = len(columns.organization.vocabulary)
    of, offers = columns.organization.at.astype(np.int64), columns.offers
    origin = places_in(links.from_organization.vocabulary, columns.organization.vocabulary)
    slug_of_target = places_in(links.to.vocabulary, columns.slug.vocabulary)
    target = np.full(len(columns.slug.vocabulary), -1, dtype=np.int32)
    there = (slug_of_target >= 0).nonzero()[0]
    target[slug_of_target[there]] = there
    senders, slugs = origin[links.from_organization.at], slug_of_target[links.to.at]
    both = (senders >= 0) & (slugs >= 0)
    senders, led_to = senders[both], columns.rows_of_slugs(slugs[both])
    whose = np.concatenate([of, senders])
    rows = np.concatenate([np.arange(columns.rows, dtype=np.int32), led_to.astype(np.int32)])
    order = np.argsort(whose, kind="stable")
    begins = np.zeros(organizations + 1, dtype=np.int32)
    np.cumsum(np.bincount(whose, minlength=organizations), out=begins[1:])
    circle = Groups(begins, rows[order])
    codes = np.zeros(organizations, dtype=np.int64)
    some = (np.diff(begins) > 0).nonzero()[0]
    if len(some):
        codes[some] = np.bitwise_or.reduceat(offers[circle.rows], begins[some].astype(np.int64))
    heads = (((offers & HEADS) != 0) & (np.diff(begins)[of] > 1)).nonzero()[0]
    return Linkage(circle=circle, heads=heads, codes=codes[of[heads]], target=target, sender=origin.astype(np.int32))
