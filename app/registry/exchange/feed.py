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
from app.domain.provider import Link
from app.registry.exchange import documents
from app.registry.exchange.documents import Document, Offer
from app.registry.exchange.lists import Asked, Condition, conditions_of, ids_behind, ids_of, services_of
from app.registry.exchange.offers import changes_in, links_in, offers_in, organizations_in
from app.registry.exchange.rolls import Kind, Memory, Roll, as_bytes, as_word
from app.registry.identity import id_of
from app.registry.lookup import Looking, Lookup
from app.registry.scanning import as_text

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

    def __init__(self, looking: Looking, places: Mapping[str, Place], memory: Memory, *, about: str = "") -> None:
        self._looking = looking
        self._places = places
        revision, head = looking.rows(_STATE)[0]
        self.revision: int = revision
        self.state = f"{revision}-{head}-{about}"
        """Another text for every state: the revision, the end of the chain of changes, and `about`."""
        self._rolls = memory.rolls(self.state)

    def page(self, kind: Kind, asked: Asked, depth: Depth, *, page: int, per_page: int) -> tuple[int, list[Document]]:
        """How many records there are, and those of that page; a page beyond the last is empty. Pages begin at 1."""
        start = (page - 1) * per_page
        conditions = self._conditions(kind, asked)
        if conditions:
            found = self._listed(kind, asked, ids_of(self._looking, kind, conditions))
            total, ids = len(found), found[start : start + per_page]
        else:
            roll = self._roll(kind)
            total, ids = len(roll), roll.part(start, per_page)
        pieces = (ids[first : first + PIECE] for first in range(0, len(ids), PIECE))
        return total, list(chain.from_iterable(self._told(kind, piece, depth) for piece in pieces))

    def piece(
        self, kind: Kind, asked: Asked, depth: Depth, *, after: bytes | None = None, limit: int = PIECE
    ) -> tuple[bytes | None, list[Document]]:
        """At most `limit` records behind `after`, and what to give as `after` next time; `None`: there are no more.

        `after` is `None` at the beginning, then what came back; it is worth nothing elsewhere.
        """
        conditions = self._conditions(kind, asked)
        if conditions:
            found = ids_behind(self._looking, kind, conditions, after=after, limit=limit)
            ids = self._listed(kind, asked, found)
        else:
            found = ids = self._roll(kind).behind(after, limit)
        return found[-1] if len(found) == limit else None, self._told(kind, ids, depth)

    def every(self, kind: Kind, depth: Depth) -> Iterator[Document]:
        """All records of that kind, of this one moment, without all of them in memory."""
        after: bytes | None = None
        while True:
            after, told = self.piece(kind, Asked(), depth, after=after)
            yield from told
            if after is None:
                return

    def number(self, kind: Kind) -> int:
        """How many records of that kind are published."""
        return len(self._roll(kind))

    def one(self, kind: Kind, record: UUID, depth: Depth) -> Document:
        """The record with that id.

        Raises:
            NotFound: It is not published: never was, is removed, or withheld; nothing tells these apart.
        """
        if record.bytes not in self._roll(kind):
            raise NotFound("no such record")
        return self._told(kind, [record.bytes], depth)[0]

    def _roll(self, kind: Kind) -> Roll:
        return self._rolls.roll(self._looking, kind)

    def _conditions(self, kind: Kind, asked: Asked) -> list[Condition]:
        return conditions_of(self._looking, kind, asked, self._places)

    def _listed(self, kind: Kind, asked: Asked, ids: list[bytes]) -> list[bytes]:
        """Those of the ids that are not withheld. An organization is not found by services that are."""
        withheld = self._roll(kind).withheld
        if kind is Kind.ORGANIZATION and (asked.taxonomy_id or asked.taxonomy_term_id):
            withheld = self._rolls.unlisted(self._looking)
        return [each for each in ids if each not in withheld]

    def _words(self, ids: list[bytes]) -> list[Any]:
        return [as_word(self._looking, each) for each in ids]

    def _offers(self, services: list[bytes]) -> list[Offer]:
        return offers_in(self._looking, self._words(services))

    def _told(self, kind: Kind, ids: list[bytes], depth: Depth) -> list[Document]:
        if kind is Kind.ORGANIZATION:
            return self._organizations(ids, depth)
        if kind is Kind.POINT:
            made = documents.point_head if depth is Depth.HEAD else documents.point_full
            return [made(offer, self._places) for offer in self._offers_at(ids)]
        if depth is Depth.MINIMAL:
            return [documents.minimal(*found) for found in changes_in(self._looking, self._words(ids))]
        offers = self._offers(ids)
        if depth is Depth.HEAD:
            return [documents.service_head(offer) for offer in offers]
        return [documents.service_full(offer, self._places) for offer in offers]

    def _offers_at(self, points: list[bytes]) -> list[Offer]:
        """The services at these points, in their order."""
        if not points:
            return []
        marks = ", ".join(["{word}"] * len(points))
        columns = f"{as_text('id')}, {as_text('service_id')}"
        text = f"select {columns} from service_at_location where id in ({marks})"
        found = {
            as_bytes(point): as_bytes(service) for point, service in self._looking.found(text, self._words(points))
        }
        return self._offers([found[point] for point in points if point in found])

    def _organizations(self, ids: list[bytes], depth: Depth) -> list[Document]:
        words = self._words(ids)
        organizations = organizations_in(self._looking, words)
        if depth in (Depth.HEAD, Depth.MINIMAL):
            return [documents.organization_head(organizations[word]) for word in words]
        links, withheld = self._links(ids), self._roll(Kind.SERVICE).withheld
        services = {
            owner: [each for each in offered if each not in withheld]
            for owner, offered in services_of(self._looking, ids).items()
        }
        offers = iter(self._offers([each for owner in ids for each in services.get(owner, ())]))
        return [
            documents.organization_full(
                organizations[word],
                [next(offers) for _ in services.get(owner, ())],
                links.get(owner, ()),
                self._places,
                full_service=depth is Depth.FULL_SERVICE,
            )
            for owner, word in zip(ids, words, strict=True)
        ]

    def _links(self, ids: list[bytes]) -> Mapping[bytes, list[Link]]:
        """The public links that begin at these organizations; those of which an end is withheld are not told."""
        closed, points = self._rolls.unlisted(self._looking), self._roll(Kind.POINT)
        begin = [each for each in ids if each not in closed]
        found = links_in(self._looking, self._words(begin))
        return {
            owner: [link for link in found.get(word, ()) if id_of("service_at_location", link.to).bytes in points]
            for owner, word in zip(begin, self._words(begin), strict=True)
        }
