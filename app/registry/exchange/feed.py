"""The public register as HSDS 3.2.3 at one moment: lists in pages, single documents, and one behind the other.

    with store.feed(places) as feed:
        total, contents = feed.page(Kind.SERVICE, Asked(search="osh"), Depth.HEAD, page=1, per_page=50)

Documents are plain JSON objects, since the standard defines them as such. Made by `Store.feed`, and of use only while
that is open.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import Any
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.place import Place
from app.registry.exchange import documents
from app.registry.exchange.documents import Document, Offer
from app.registry.exchange.lists import Asked, Condition, Kind, conditions_of, ids_of, number_of, services_of
from app.registry.exchange.offers import links_in, offers_in, organizations_in
from app.registry.lookup import Looking, Lookup

PIECE = 100
"""Records that are read and told at a time when all are."""

_STATE = Lookup("select revision, change_head from register_state")


class Depth(Enum):
    """How much is told of each record: its id and last change, what it has once, everything, or that with its services
    in full (an organization)."""

    MINIMAL = "minimal"
    HEAD = "head"
    FULL = "full"
    FULL_SERVICE = "full_service"


class Feed:
    """See the module."""

    def __init__(self, looking: Looking, places: Mapping[str, Place], *, about: str = "") -> None:
        self._looking = looking
        self._places = places
        revision, head = looking.rows(_STATE)[0]
        self.revision: int = revision
        self.state = f"{revision}-{head}-{about}"
        """Another text for every state: the revision, the end of the chain of changes, and `about`."""

    def page(self, kind: Kind, asked: Asked, depth: Depth, *, page: int, per_page: int) -> tuple[int, list[Document]]:
        """How many records there are, and those of that page; a page beyond the last is empty. Pages begin at 1."""
        conditions = conditions_of(self._looking, kind, asked, self._places)
        total = number_of(self._looking, kind, conditions)
        offset = (page - 1) * per_page
        if offset >= total:
            return total, []
        ids = ids_of(self._looking, kind, conditions, limit=per_page, offset=offset)
        pieces = (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))
        return total, list(chain.from_iterable(self._told(kind, piece, depth) for piece in pieces))

    def piece(self, kind: Kind, asked: Asked, depth: Depth, *, after: Any = None) -> tuple[Any, list[Document]]:
        """The next few records behind `after`, and what to give as `after` next time; `None` when these were the last.

        `after` is `None` at the beginning, then what came back; it is worth nothing elsewhere.
        """
        conditions = conditions_of(self._looking, kind, asked, self._places)
        ids = ids_of(self._looking, kind, conditions, limit=PIECE, after=after)
        return ids[-1] if len(ids) == PIECE else None, self._told(kind, ids, depth)

    def every(self, kind: Kind, depth: Depth) -> Iterator[Document]:
        """All records of that kind, of this one moment, without all of them in memory."""
        after: Any = None
        while True:
            after, told = self.piece(kind, Asked(), depth, after=after)
            yield from told
            if after is None:
                return

    def number(self, kind: Kind) -> int:
        """How many records of that kind are published."""
        return number_of(self._looking, kind, ())

    def one(self, kind: Kind, record: UUID, depth: Depth) -> Document:
        """The record with that id.

        Raises:
            NotFound: It is not published: never was, is removed, or in quarantine; nothing tells these apart.
        """
        _, key, _ = kind.value
        only = Condition(f"{key} = {{word}}", (self._looking.id_word(record),))
        told = self._told(kind, ids_of(self._looking, kind, [only], limit=1), depth)
        if not told:
            raise NotFound("no such record")
        return told[0]

    def _told(self, kind: Kind, ids: list[Any], depth: Depth) -> list[Document]:
        if kind is Kind.ORGANIZATION:
            return self._organizations(ids, depth)
        if kind is Kind.POINT:
            offers = self._offers_at(ids)
            made = documents.point_head if depth is Depth.HEAD else documents.point_full
            return [made(offer, self._places) for offer in offers]
        offers = offers_in(self._looking, ids)
        if depth is Depth.MINIMAL:
            return [documents.minimal(offer) for offer in offers]
        if depth is Depth.HEAD:
            return [documents.service_head(offer) for offer in offers]
        return [documents.service_full(offer, self._places) for offer in offers]

    def _offers_at(self, points: list[Any]) -> list[Offer]:
        """The services at these points, in their order."""
        if not points:
            return []
        marks = ", ".join(["{word}"] * len(points))
        found = dict(
            self._looking.found(f"select id, service_id from service_at_location where id in ({marks})", tuple(points))
        )
        return offers_in(self._looking, [found[point] for point in points if point in found])

    def _organizations(self, ids: list[Any], depth: Depth) -> list[Document]:
        organizations = organizations_in(self._looking, ids)
        if depth is Depth.HEAD:
            return [documents.organization_head(organizations[each]) for each in ids]
        services = services_of(self._looking, ids)
        links = links_in(self._looking, ids)
        return [
            documents.organization_full(
                organizations[each],
                offers_in(self._looking, services.get(each, [])),
                links.get(each, []),
                self._places,
                full_service=depth is Depth.FULL_SERVICE,
            )
            for each in ids
        ]
