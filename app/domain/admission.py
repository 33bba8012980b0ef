"""What a service's own conditions say of a person, condition by condition: yes, no, or that no source says.

This is for looking through the register; whether a step is safe is decided by the gates of the engine, which know more
of the person. A condition that the person said nothing about is not judged. Silence of the provider is unknown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.answer import Answer
from app.domain.profile import AgeBand, Companion, Document, Gender, Placement, TraffickingStatus
from app.domain.provider import Eligibility

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The few answers about a person that conditions of services speak of; used for one search and forgotten.

    `None` and unknown: not told, and not judged. `documents_held` () means that there are none.
    """

    age: AgeBand | None = None
    gender: Gender | None = None
    placement: Placement | None = None
    nationality: str | None = None
    trafficking_status: TraffickingStatus = TraffickingStatus.UNKNOWN
    can_pay: Answer = UNKNOWN
    documents_held: tuple[Document, ...] | None = None
    children_with: tuple[Companion, ...] = ()

    @property
    def lives_among(self) -> Placement | None:
        """Whom a shelter would place the person with: her own word, else by gender, else not known."""
        if self.placement is not None:
            return self.placement
        return {Gender.FEMALE: Placement.WOMEN, Gender.MALE: Placement.MEN}.get(self.gender) if self.gender else None

    @property
    def boys_years(self) -> tuple[int, int] | None:
        """The least and the greatest age that the oldest boy with the person may have; `None`: no boy is with her.

        A child whose gender is not told may be a boy: then the least is 0.
        """
        bands = [(child.age.years, child.gender) for child in self.children_with]
        may_be = [years for years, gender in bands if gender is not Gender.FEMALE]
        surely = [years for years, gender in bands if gender is Gender.MALE]
        if not may_be:
            return None
        return max((low for low, _ in surely), default=0), max(high for _, high in may_be)


def conditions_met(person: Applicant, said: Eligibility) -> Mapping[str, Answer]:
    """The answer to each condition that the person told something about, by the name of it; empty: nothing was told."""
    return dict(_judged(person, said))


def admits(conditions: Mapping[str, Answer]) -> Answer:
    """Whether the service takes the person in: no if one condition says no, unknown if one is unknown, else yes.

    Nothing judged is unknown.
    """
    found = set(conditions.values())
    if NO in found:
        return NO
    return YES if found == {YES} else UNKNOWN


def _judged(person: Applicant, said: Eligibility) -> Iterator[tuple[str, Answer]]:
    if person.age is not None:
        yield "age", _age(person.age.years, said)
    if person.gender is not None or person.placement is not None:
        yield "gender", _gender(person.lives_among, said)
    if person.nationality is not None:
        yield "nationality", _nationality(person.nationality, said)
    if person.trafficking_status is not TraffickingStatus.UNKNOWN:
        has = person.trafficking_status is TraffickingStatus.ACTUAL
        yield "formal_status", YES if has else _opposite(said.requires_formal_status)
    if person.can_pay is not UNKNOWN:
        yield "fee", YES if person.can_pay is YES else _opposite(said.fee)
    if person.documents_held is not None:
        yield "documents", _documents(person.documents_held, said)
    if person.children_with:
        yield "children", _children(person, said)


def _opposite(asked: Answer) -> Answer:
    return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[asked]


def _age(years: tuple[int, int], said: Eligibility) -> Answer:
    low, high = years
    least, most = said.age_min, said.age_max
    if (least is not None and least > high) or (most is not None and most < low):
        return NO
    if least is None or most is None or least > low or most < high:
        return UNKNOWN
    return YES


def _gender(among: Placement | None, said: Eligibility) -> Answer:
    if said.genders is None:
        return UNKNOWN
    if among is None:
        return YES if set(said.genders) == set(Placement) else NO if not said.genders else UNKNOWN
    return YES if among in said.genders else NO


def _nationality(nationality: str, said: Eligibility) -> Answer:
    if {nationality, "*"} & set(said.nationalities_excluded):
        return NO
    if said.nationalities is None:
        return UNKNOWN
    return YES if {nationality, "*"} & set(said.nationalities) else NO


def _documents(held: tuple[Document, ...], said: Eligibility) -> Answer:
    if said.required_documents is None:
        return UNKNOWN
    return YES if set(said.required_documents) <= set(held) else NO


def _children(person: Applicant, said: Eligibility) -> Answer:
    if said.accepts_children is NO:
        return NO
    boys, limit = person.boys_years, said.boys_max_age
    if boys is None or limit is None:
        return said.accepts_children
    if boys[0] > limit:
        return NO
    return UNKNOWN if boys[1] > limit else said.accepts_children
