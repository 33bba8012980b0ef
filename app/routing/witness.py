"""Which answers of a person a function looks at: what it found still holds when only other answers change."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar, cast

from app.domain.answer import Answer
from app.domain.codes import Sector
from app.domain.profile import Profile

T = TypeVar("T")
Field = str | tuple[str, Sector]
"""A field of the profile by its name; of the consents each sector for itself, ("consents", sector)."""


class Witness(Profile):
    """A person like the one given, who remembers which of her fields were read; a property counts as what it reads.

    Lives as long as one request, as the profile itself does.
    """

    __slots__ = ("_person", "_read")
    _person: Profile
    _read: set[Field]

    def __init__(self, person: Profile) -> None:
        object.__setattr__(self, "_person", person)
        object.__setattr__(self, "_read", set())

    @property
    def read(self) -> frozenset[Field]:
        """The fields that were read so far."""
        return frozenset(self._read)

    def forget(self) -> None:
        """Nothing counts as read from here on."""
        self._read.clear()

    def consent(self, sector: Sector) -> Answer:
        """As of the person; only this sector counts as read."""
        self._read.add(("consents", sector))
        return self._person.consent(sector)


class Memory:
    """What was found for one person, each with the answers of hers that it rests on. Lives as long as one request."""

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[Hashable, tuple[Any, frozenset[Field]]] | None = None) -> None:
        self._found = dict(found or {})

    def of(self, key: Hashable, person: Profile, find: Callable[[Profile], T]) -> T:
        """What is found for her; nobody looks again for what is known. She is the person of this memory, every time."""
        if key not in self._found:
            witness = Witness(person)
            self._found[key] = (find(witness), witness.read)
        return cast(T, self._found[key][0])

    def without(self, changed: frozenset[Field]) -> "Memory":
        """What holds for a person who differs in these answers, too."""
        return Memory({key: found for key, found in self._found.items() if changed.isdisjoint(found[1])})


def changes(before: Profile, after: Profile) -> frozenset[Field]:
    """The fields in which two profiles differ; no consent counts as one that nobody asked for."""
    both = zip(_NAMES, _answers(before), _answers(after), strict=True)
    names = {name for name, one, other in both if one is not other and one != other}
    if before.consents is after.consents:
        return frozenset(names)
    sectors = {("consents", sector) for sector in Sector if before.consent(sector) is not after.consent(sector)}
    return frozenset(names | sectors)


def _watched(name: str) -> Any:
    def value(self: Witness) -> Any:
        self._read.add(name)
        return getattr(self._person, name)

    return property(value)


def _all_consents(self: Witness) -> Mapping[Sector, Answer]:
    self._read.update(("consents", sector) for sector in Sector)
    return self._person.consents


_NAMES = tuple(field.name for field in fields(Profile) if field.name != "consents")
_answers: Callable[[Profile], tuple[Any, ...]] = attrgetter(*_NAMES)
for _name in _NAMES:
    setattr(Witness, _name, _watched(_name))
cast(Any, Witness).consents = property(_all_consents)
