"""Records that may be of one and the same provider, for a steward to look at. Nothing is ever merged here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from rapidfuzz import fuzz

from app.domain.directory import Directory
from app.domain.draft import DraftInput
from app.registry.exchange.slugs import latin_words
from app.registry.exchange.told import LONGEST_NOTE, Proposal

ALIKE = 88.0
"""From 0 to 100: at least so alike are the names of two that are proposed. Our own choice."""
ALIKE_AT_ONE_NUMBER = 60.0
"""The same, for two with one telephone number."""

_LARGEST_BLOCK = 150
_WINDOW = 12
_LETTERS = 4
_NAMED = 5
_NUMBER_ENDS = 9
_COMMON_WORDS = (
    "public association foundation fund center centre crisis ngo the of for oo ou fond tsentr krizisnyy "
    "obshchestvennyy obshchestvennoe obedinenie"
)
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Twins:
    """Two records of one kind that may be one. `is_published`: the second is in the register already."""

    kind: str
    first: str
    second: str
    is_published: bool
    alike: int
    """0 to 100."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    kind: str
    slug: str
    owner: str
    words: str
    country: str
    place: str
    numbers: frozenset[str]
    is_new: bool

    counted: frozenset[str]
    """Numbers in the name: school 12 is not school 13."""


def twins(proposals: Iterable[Proposal], published: Directory) -> tuple[Twins, ...]:
    """Pairs of a proposed record with another proposed or published one, sorted. Only records of one country and with
    the same first letters, place or telephone number are compared, so that it stays quick."""
    there = {(one.kind, one.slug): one for one in _of_directory(published)}
    fresh = [one for one in _of_proposals(proposals) if (one.kind, one.slug) not in there]
    found: dict[tuple[str, ...], Twins] = {}
    for block in _blocks([*fresh, *there.values()]):
        for one, other in _pairs(block):
            first, second = (one, other) if one.is_new else (other, one)
            key = (first.kind, *sorted((first.slug, second.slug)))
            if first.is_new and key not in found and (pair := _judged(first, second)):
                found[key] = pair
    return tuple(sorted(found.values()))


def with_twins(drafts: Iterable[DraftInput], pairs: Iterable[Twins]) -> tuple[DraftInput, ...]:
    """The drafts, each with what it may be the same as in its note, behind the first line; at most so many are named
    that a note stays short, the most alike first."""
    told: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: (-pair.alike, pair)):
        where = "of the register" if pair.is_published else "of the same file"
        for one, other, place in ((pair.first, pair.second, where), (pair.second, pair.first, "of the same file")):
            told[pair.kind, one].append(f"May be the same as {other} {place}: {pair.why} ({pair.alike} of 100).")
    return tuple(
        replace(one, note=_noted(one.note, lines)) if (lines := told.get((one.kind, one.slug))) else one
        for one in drafts
    )


def _noted(note: str, lines: list[str]) -> str:
    first, *others = note.split("\n")
    more = [f"And {len(lines) - _NAMED} more that are alike."] if len(lines) > _NAMED else []
    noted = "\n".join([first, *lines[:_NAMED], *more, *others])
    return noted if len(noted) <= LONGEST_NOTE else noted[: LONGEST_NOTE - 1] + "…"


def _judged(first: _Candidate, second: _Candidate) -> Twins | None:
    if first.counted and second.counted and first.counted != second.counted:
        return None
    shares_number = bool(first.numbers & second.numbers)
    alike = fuzz.token_sort_ratio(first.words, second.words)
    if first.kind == "service" and first.owner == second.owner and not (alike == 100 and first.place == second.place):
        return None
    if alike < (ALIKE_AT_ONE_NUMBER if shares_number else ALIKE):
        return None
    why = "one telephone number and names alike" if shares_number else "names alike"
    return Twins(
        kind=first.kind, first=first.slug, second=second.slug, is_published=not second.is_new, alike=round(alike),
        why=f"{why}, one place" if first.place and first.place == second.place else why,
    )  # fmt: skip


def _blocks(candidates: list[_Candidate]) -> Iterator[list[_Candidate]]:
    blocks: defaultdict[tuple[str, ...], list[_Candidate]] = defaultdict(list)
    for one in candidates:
        bare = "".join(word for word in one.words.split() if word not in _COMMON) or one.words.replace(" ", "")
        blocks[one.kind, one.country, "letters", bare[:_LETTERS]].append(one)
        if one.place:
            blocks[one.kind, one.country, "place", one.place].append(one)
        for number in one.numbers:
            blocks[one.kind, "number", number].append(one)
    yield from blocks.values()


def _pairs(block: list[_Candidate]) -> Iterator[tuple[_Candidate, _Candidate]]:
    """Every pair of a small block; of a large one, those that stand near each other when sorted by name."""
    if len(block) <= _LARGEST_BLOCK:
        yield from combinations(block, 2)
        return
    ordered = sorted(block, key=lambda one: (one.words, one.slug))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 : index + 1 + _WINDOW]:
            yield one, other


def _of_proposals(proposals: Iterable[Proposal]) -> Iterator[_Candidate]:
    countries: dict[str, str] = {}
    names: dict[str, str] = {}
    for one in proposals:
        name = str(one.body.get("name", ""))
        if one.kind == "organization":
            countries[one.slug], names[one.slug] = str(one.body.get("country", "")), name
        if one.kind in ("organization", "service"):
            owner = str(one.body.get("organization", one.slug))
            words = f"{names.get(owner, '')} {name}" if one.kind == "service" else name
            words = latin_words(words)
            yield _Candidate(
                kind=one.kind, slug=one.slug, owner=owner, words=words, counted=_counted(words),
                country=countries.get(owner, ""), place=str(one.body.get("place") or ""), is_new=True,
                numbers=_numbers((c["kind"], c["value"], c.get("note", "")) for c in one.body.get("contacts") or ()),
            )  # fmt: skip


def _of_directory(directory: Directory) -> Iterator[_Candidate]:
    for organization in directory.organizations:
        words = latin_words(organization.name)
        yield _Candidate(
            kind="organization", slug=organization.slug, owner=organization.slug, words=words, counted=_counted(words),
            country=organization.country, place="", numbers=frozenset(), is_new=False,
        )  # fmt: skip
        for service in organization.services:
            words = latin_words(f"{organization.name} {service.name}")
            yield _Candidate(
                kind="service", slug=service.slug, owner=organization.slug,
                words=words, counted=_counted(words),
                country=organization.country, place=service.place or "", is_new=False,
                numbers=_numbers((contact.kind, contact.value, contact.note) for contact in service.contacts),
            )  # fmt: skip


def _counted(words: str) -> frozenset[str]:
    return frozenset(word for word in words.split() if word.isdecimal())


def _numbers(contacts: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    """The last digits of telephone numbers, which are the same however a number is written."""
    digits = ("".join(filter(str.isdecimal, value)) for kind, value, _ in contacts if kind == "phone")
    return frozenset(number[-_NUMBER_ENDS:] for number in digits if len(number) >= _NUMBER_ENDS - 2)
