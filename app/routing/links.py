"""The agreed ways of a network, kept compactly and found from both ends; a link is made again when somebody asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.answer import Answer
from app.domain.batch import LinkBatch, in_link_batches
from app.domain.provider import Agreement, HandoverMode, Link
from app.routing.columns import NO_END, Ints
from app.routing.verdicts import Bools
from app.routing.words import Groups, Seen, Texts, Words, find, grouped, settled_words, texts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """Every link, sorted by slug; `valid_to` is a proleptic ordinal day, `NO_END` where no end is on record."""

    slug: Texts
    from_organization: Words
    to: Words
    agreement: Words
    mode: Words
    receiver_confirmed: Words
    child_ok: Words
    interpreter_source: Words
    active: Bools
    valid_to: Ints
    by_origin: Groups
    by_target: Groups

    def __len__(self) -> int:
        return len(self.active)

    def __iter__(self) -> Iterator[Link]:
        return map(self.link, range(len(self)))

    def link(self, row: int) -> Link:
        """The link of that row."""
        until = int(self.valid_to[row])
        return Link(
            slug=self.slug[row],
            from_organization=self.from_organization.of(row),
            to=self.to.of(row),
            agreement=Agreement(self.agreement.of(row)),
            mode=HandoverMode(self.mode.of(row)),
            receiver_confirmed=Answer(self.receiver_confirmed.of(row)),
            child_ok=Answer(self.child_ok.of(row)),
            interpreter_source=self.interpreter_source.of(row),
            active=bool(self.active[row]),
            valid_to=None if until == NO_END else date.fromordinal(until),
        )

    def of_origin(self, organization: str) -> tuple[Link, ...]:
        """The ways that the organization has agreed, by slug."""
        rows = self.by_origin.of(find(self.from_organization.vocabulary, organization))
        return tuple(map(self.link, rows.tolist()))

    def of_target(self, point: str) -> tuple[Link, ...]:
        """The agreed ways to the service point, by slug."""
        return tuple(map(self.link, self.by_target.of(find(self.to.vocabulary, point)).tolist()))


_MANY = ("from_organization", "to")
_TERMS = ("agreement", "mode", "receiver_confirmed", "child_ok", "interpreter_source")


def build_links(links: Iterable[Link]) -> Links:
    """These links; the order of the input changes nothing."""
    return links_of_batches(in_link_batches(links))


def links_of_batches(batches: Iterable[LinkBatch]) -> Links:
    """The links of all batches, whatever their order and wherever they are cut."""
    seen: defaultdict[str, Seen] = defaultdict(Seen)
    slugs: list[str] = []
    met: dict[str, list[NDArray[Any]]] = {name: [_NOBODY] for name in (*_MANY, *_TERMS, "active", "valid_to")}
    for batch in batches:
        slugs += batch.slug
        for name in _MANY:
            met[name].append(_numbers(getattr(batch, name), seen[name]))
        at = np.asarray(batch.terms.at)
        for name in _TERMS:
            met[name].append(_numbers([getattr(terms, name) for terms in batch.terms.values], seen[name])[at])
        met["active"].append(np.array([terms.active for terms in batch.terms.values], np.int32)[at])
        met["valid_to"].append(np.array([_last_day(terms.valid_to) for terms in batch.terms.values], np.int32)[at])
    return _ordered(slugs, {name: np.concatenate(pieces) for name, pieces in met.items()}, seen)


_NOBODY = np.zeros(0, np.int32)


def _numbers(values: Sequence[str], seen: Seen) -> NDArray[Any]:
    return np.fromiter(map(seen.__getitem__, values), np.int32, len(values))


def _last_day(valid_to: date | None) -> int:
    return NO_END if valid_to is None else valid_to.toordinal()


def _ordered(slugs: list[str], met: dict[str, NDArray[Any]], seen: defaultdict[str, Seen]) -> Links:
    order = np.array(sorted(range(len(slugs)), key=slugs.__getitem__), np.int64)
    words = {name: settled_words(met[name][order], seen[name], many=name in _MANY) for name in (*_MANY, *_TERMS)}
    return Links(
        slug=texts([slugs[row] for row in order]),
        active=met["active"][order].astype(np.bool_),
        valid_to=met["valid_to"][order],
        by_origin=grouped(words["from_organization"]),
        by_target=grouped(words["to"]),
        **words,
    )
