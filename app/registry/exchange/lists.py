"""Which records a query finds: its conditions in SQL, and the ids of the records that meet them.

A record is in a list or not by public facts alone: a search for a town does not find a confidential service there, nor
one for a contact anything. Lists are in the order of ids, which tells nothing about the records.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.place import Place
from app.registry.exchange.rolls import Kind, as_bytes, as_word
from app.registry.exchange.terms import TAXONOMY_ID, codes_by_term
from app.registry.lookup import Looking
from app.registry.scanning import as_text
from app.texts import FALLBACK, say

MOST_SEARCH_WORDS = 8
_MOST_PLACES = 40
_SLACK = timedelta(days=1)
"""By how much a clock may have gone back between two changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for; all of it must hold. `modified_after` is aware and on-or-after."""

    search: str = ""
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None


class Condition(NamedTuple):
    """SQL that holds for a record, with a `{word}` for each of the words."""

    text: str
    words: tuple[Any, ...] = ()


NOTHING = Condition("1 = 0")
_OFFERED = Condition(
    "s.removed_at is null and s.id not in (select service_id from service_at_location where quarantined)"
)


def ids_of(looking: Looking, kind: Kind, conditions: Sequence[Condition]) -> list[bytes]:
    """Ids of all records of that kind that meet the conditions, in order; withheld ones are among them."""
    source, key, there = kind.value
    where, words = _all_of([Condition(there), *conditions])
    found = looking.found(f"select {as_text(key)} from {source} where {where}", words)
    return sorted(as_bytes(text) for (text,) in found)


def ids_behind(
    looking: Looking, kind: Kind, conditions: Sequence[Condition], *, after: bytes | None, limit: int
) -> list[bytes]:
    """The same, only those behind `after` (`None`: from the beginning) and at most `limit`."""
    source, key, there = kind.value
    behind = [] if after is None else [Condition(f"{key} > {{word}}", (as_word(looking, after),))]
    where, words = _all_of([Condition(there), *behind, *conditions])
    text = f"select {as_text(key)} from {source} where {where} order by {key} limit {{word}}"
    return [as_bytes(found) for (found,) in looking.found(text, (*words, limit))]


def services_of(looking: Looking, organizations: Sequence[bytes]) -> Mapping[bytes, list[bytes]]:
    """Ids of the services of these organizations, by organization and in the directory's order; withheld ones, too."""
    found: dict[bytes, list[bytes]] = {}
    if organizations:
        marks = ", ".join(["{word}"] * len(organizations))
        text = f"""
            select {as_text("organization_id")}, {as_text("id")} from service
            where removed_at is null and organization_id in ({marks}) order by position, id
            """
        words = [as_word(looking, each) for each in organizations]
        for owner, service in looking.found(text, words):
            found.setdefault(as_bytes(owner), []).append(as_bytes(service))
    return found


def conditions_of(looking: Looking, kind: Kind, asked: Asked, places: Mapping[str, Place]) -> list[Condition]:
    """What must hold for a record of that kind to be what is asked for. The gazetteer turns names into towns."""
    is_organization = kind is Kind.ORGANIZATION
    found = list(_of_taxonomy(asked))
    if is_organization and found:
        where, words = _all_of([_OFFERED, *found])
        found = [Condition(f"o.id in (select s.organization_id from service s where {where})", words)]
    for word in asked.search.split()[:MOST_SEARCH_WORDS]:
        found.append(_of_organization(word) if is_organization else _of_service(word, places))
    if asked.organization_id is not None:
        found.append(Condition("s.organization_id = {word}", (looking.id_word(asked.organization_id),)))
    if asked.modified_after is not None:
        found.append(_changed_since(looking, asked.modified_after))
    return found


def _all_of(conditions: Sequence[Condition]) -> tuple[str, tuple[Any, ...]]:
    where = " and ".join(f"({condition.text})" for condition in conditions)
    return where, tuple(word for condition in conditions for word in condition.words)


def _any_of(conditions: Sequence[Condition]) -> Condition:
    text = " or ".join(condition.text for condition in conditions)
    return Condition(text, tuple(word for condition in conditions for word in condition.words))


def _of_taxonomy(asked: Asked) -> Iterator[Condition]:
    if asked.taxonomy_term_id is not None:
        code = codes_by_term().get(asked.taxonomy_term_id)
        yield _with_code([code.value]) if code else NOTHING
    if asked.taxonomy_id is not None:
        yield Condition("cast(s.codes as text) <> '[]'") if asked.taxonomy_id == TAXONOMY_ID else NOTHING


def _with_code(codes: Sequence[str]) -> Condition:
    return _any_of([Condition("cast(s.codes as text) like {word}", (f'%"{code}"%',)) for code in codes])


def _of_organization(word: str) -> Condition:
    return _any_of([_has(column, word) for column in ("o.name", "o.alternate_name", "o.description")])


def _of_service(word: str, places: Mapping[str, Place]) -> Condition:
    """The word is part of the name of service or organization, or of who is eligible; or it names a town or a code."""
    ways = [_has("s.name", word), _has("s.eligibility_description", word)]
    owner = _any_of([_has("name", word), _has("alternate_name", word)])
    ways.append(Condition(f"s.organization_id in (select id from organization where {owner.text})", owner.words))
    towns = _towns(word, places)
    if towns:
        marks = ", ".join(["{word}"] * len(towns))
        where = f"not address_confidential and place in ({marks})"
        ways.append(Condition(f"s.slug in (select slug from location where {where})", towns))
    codes = [code.value for code in codes_by_term().values() if _names_code(word, code.value)]
    if codes:
        ways.append(_with_code(codes))
    return _any_of(ways)


def _names_code(word: str, code: str) -> bool:
    folded = word.casefold()
    return len(folded) > 2 and (folded == code.casefold() or folded in say(f"code.{code}", FALLBACK).casefold())


def _towns(word: str, places: Mapping[str, Place]) -> tuple[str, ...]:
    folded = word.casefold()
    found = (
        place.slug
        for place in places.values()
        if any(folded == name.casefold() for name in (place.slug, place.name, place.name_ru, place.name_local))
    )
    return tuple(found)[:_MOST_PLACES]


def _has(column: str, word: str) -> Condition:
    """The column has the word, small or capital. Databases fold ASCII only, so other letters are tried in turn."""
    forms = dict.fromkeys(_lowered(form) for form in (word, word.lower(), word.upper(), word.capitalize()))
    return _any_of([Condition(f"lower({column}) like {{word}} escape '!'", (_pattern(form),)) for form in forms])


def _lowered(word: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)


def _pattern(word: str) -> str:
    for special in "!%_":
        word = word.replace(special, f"!{special}")
    return f"%{word}%"


def _changed_since(looking: Looking, moment: datetime) -> Condition:
    """The service changed at that moment or later. Where the changes of that time begin is found by halving: they are
    many, numbered in order, and the moments are in that order but for clocks that went back."""
    first = _first_number(looking, moment - _SLACK)
    text = "s.slug in (select slug from change where number >= {word} and at >= {word} and kind = 'service')"
    return Condition(text, (first, looking.moment_word(moment)))


def _first_number(looking: Looking, moment: datetime) -> int:
    lowest, highest = 1, int(looking.found("select coalesce(max(number), 0) from change", ())[0][0]) + 1
    word = looking.moment_word(moment)
    while lowest < highest:
        middle = (lowest + highest) // 2
        text = "select 1 from change where number = {word} and at < {word}"
        lowest, highest = (middle + 1, highest) if looking.found(text, (middle, word)) else (lowest, middle)
    return lowest
