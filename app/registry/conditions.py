"""The conditions of services as the database reckons them: what `app.domain.admission` says, for very many at once.

Each condition is 0 for no, 1 for unknown and 2 for yes. Tests hold both against one another.
"""

from collections.abc import Iterator

from app.domain.admission import Applicant
from app.domain.answer import Answer
from app.domain.profile import Document, Placement, TraffickingStatus
from app.registry.sql import ONE, Sql, joined, like, some


def admission(person: Applicant) -> Sql:
    """What all conditions together say; 1 where nothing is judged."""
    judged = list(_judged(person))
    if not judged:
        return Sql("1")
    no = joined([Sql(f"({one.text}) = 0", one.words) for one in judged], " or ")
    yes = joined([Sql(f"({one.text}) = 2", one.words) for one in judged], " and ")
    return Sql(f"case when {no.text} then 0 when {yes.text} then 2 else 1 end", no.words + yes.words)


def _judged(person: Applicant) -> Iterator[Sql]:
    if person.age is not None:
        yield _age(person.age.years)
    if person.gender is not None or person.placement is not None:
        yield _gender(person.lives_among)
    if person.nationality is not None:
        yield _nationality(person.nationality)
    if person.trafficking_status is not TraffickingStatus.UNKNOWN:
        yield _unless("requires_formal_status", has=person.trafficking_status is TraffickingStatus.ACTUAL)
    if person.can_pay is not Answer.UNKNOWN:
        yield _unless("fee", has=person.can_pay is Answer.YES)
    if person.documents_held is not None:
        yield _documents(person.documents_held)
    if person.children_with:
        yield _children(person)


def _said(name: str) -> str:
    return f"(s.eligibility ->> '{name}')"


def _unless(name: str, *, has: bool) -> Sql:
    return Sql("2") if has else Sql(f"case {_said(name)} when 'yes' then 0 when 'no' then 2 else 1 end")


def _age(years: tuple[int, int]) -> Sql:
    low, high = years
    least, most = (f"cast({_said(name)} as integer)" for name in ("age_min", "age_max"))
    text = (
        f"case when {least} > {ONE} or {most} < {ONE} then 0 when {least} is null or {most} is null then 1 "
        f"when {least} > {ONE} or {most} < {ONE} then 1 else 2 end"
    )
    return Sql(text, (high, low, low, high))


def _has(name: str, *values: str) -> Sql:
    return some([like(_said(name), f'%"{value}"%') for value in values])


def _gender(lives_among: Placement | None) -> Sql:
    silent = f"when {_said('genders')} is null then 1"
    if lives_among is not None:
        admitted = _has("genders", lives_among.value)
        return Sql(f"case {silent} when {admitted.text} then 2 else 0 end", admitted.words)
    women, men = (_has("genders", one.value) for one in (Placement.WOMEN, Placement.MEN))
    text = (
        f"case {silent} when {women.text} then case when {men.text} then 2 else 1 end when {men.text} then 1 else 0 end"
    )
    return Sql(text, women.words + men.words + men.words)


def _nationality(nationality: str) -> Sql:
    excluded = _has("nationalities_excluded", nationality, "*")
    admitted = _has("nationalities", nationality, "*")
    text = (
        f"case when {excluded.text} then 0 when {_said('nationalities')} is null then 1 "
        f"when {admitted.text} then 2 else 0 end"
    )
    return Sql(text, excluded.words + admitted.words)


def _documents(held: tuple[Document, ...]) -> Sql:
    lacking = some(
        [like("cast(s.required_documents as text)", f'%"{one.value}"%') for one in Document if one not in held]
    )
    return Sql(f"case when s.required_documents is null then 1 when {lacking.text} then 0 else 2 end", lacking.words)


def _children(person: Applicant) -> Sql:
    taken = f"case {_said('accepts_children')} when 'yes' then 2 when 'no' then 0 else 1 end"
    if person.boys_years is None:
        return Sql(taken)
    low, high = person.boys_years
    limit = f"cast({_said('boys_max_age')} as integer)"
    text = (
        f"case when {_said('accepts_children')} = 'no' or {limit} < {ONE} then 0 "
        f"when {limit} < {ONE} then 1 else {taken} end"
    )
    return Sql(text, (low, high))
