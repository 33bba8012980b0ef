"""What the register publishes of a handful of services and organizations, read for one page and given as values.

Of contacts only those for everybody are read at all; nothing here touches the sealed table, the history's contents or
why something is in quarantine.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Contact, Organization, Registration, Service
from app.domain.pathway import Source
from app.domain.profile import AccessNeed, Document
from app.domain.provider import (
    Agreement,
    Capacity,
    Eligibility,
    HandoverMode,
    Independence,
    Link,
    Modality,
    OrganizationType,
    Quality,
    RegistrationStatus,
    Safety,
    ServiceStatus,
    Verification,
    Visibility,
)
from app.registry.exchange.documents import Offer
from app.registry.lookup import Looking, Lookup, day, document, instant
from app.registry.plain import value_of

AT_ONCE = 500
"""Records asked for in one statement."""


class _Row(NamedTuple):
    """One service as the database has it, with its location, what stewards recorded, and whose it is."""

    id: Any
    organization_id: Any
    slug: str
    name: str
    said: Any
    codes: Any
    status: str | None
    eligibility: Any
    eligibility_said: str
    safety: Any
    quality: Any
    assured: Any
    method: str | None
    role: str | None
    state_funded: str
    licence_required: str
    capacity: str
    capacity_as_of: Any
    free_places: int | None
    places_total: int | None
    initial_stay_days: int | None
    response_minutes: int
    duration_minutes: int
    vetted: str
    documents: Any
    weekly: Any
    languages: Any
    interpretation: Any
    accessibility: Any
    sources: Any
    place: str | None
    modality: str
    confidential: Any
    verified: Any
    verified_by: str | None
    verifier: str | None
    reported: str | None
    reported_at: Any
    reported_free: int | None


_SERVICES = Lookup(
    """
    select s.id, s.organization_id, s.slug, s.name, s.description, s.codes, s.status, s.eligibility,
        s.eligibility_description, s.safety, s.quality, s.assured_date, s.assurance_method, s.assurer_role,
        s.state_funded, s.licence_required, s.capacity, s.capacity_as_of, s.free_places, s.places_total,
        s.initial_stay_days, s.response_minutes, s.duration_minutes, s.interpretation_vetted, s.required_documents,
        s.weekly, s.languages, s.interpretation, s.accessibility, s.sources,
        l.place, l.location_type, l.address_confidential,
        p.verified_on, p.verification_method, p.verifier_role, c.state, c.updated, c.available
    from service s
    join location l on l.slug = s.slug
    join service_at_location p on p.slug = s.slug
    left join service_capacity c on c.service_id = s.id
    where s.id in ({words})
    """
)
_CONTACTS = Lookup(
    """
    select service_id, position, kind, value, note from contact
    where visibility = 'public' and kind <> 'address' and service_id in ({words}) order by position
    """
)
_ORGANIZATIONS = Lookup(
    """
    select id, slug, name, country, organization_type, alternate_name, located_in, admin1, independence, status,
        status_as_of, confidence, description, sources
    from organization where id in ({words})
    """,
    (*[None] * 13, document),
)
_REGISTRATIONS = Lookup(
    """
    select organization_id, identifier_scheme, identifier, authority, status, valid_from, valid_to, checked_on
    from organization_identifier where organization_id in ({words}) order by position
    """,
    (*[None] * 5, day, day, day),
)
_LINKS = Lookup(
    """
    select k.from_organization_id, k.slug, o.slug, s.slug, k.agreement, k.mode, k.receiver_confirmed, k.child_ok,
        k.interpreter_source, k.active, k.valid_to
    from link k
    join organization o on o.id = k.from_organization_id
    join service_at_location p on p.id = k.to_id
    join service s on s.id = p.service_id
    join location l on l.id = p.location_id
    where k.removed_at is null and s.removed_at is null and not p.quarantined and not l.address_confidential
        and k.from_organization_id in ({words})
        and not exists (
            select 1 from service own join location house on house.slug = own.slug
            where own.organization_id = o.id and own.removed_at is null and house.address_confidential
        )
    order by k.slug
    """,
    (*[None] * 9, bool, day),
)
"""Links of which neither end has anything confidential: who goes where from a shelter is where one would wait."""

_SLUGS = Lookup("select id, slug from service where id in ({words})")
_CHANGED = Lookup("select slug, max(at) from change where kind = 'service' and slug in ({words}) group by slug")


def offers_in(looking: Looking, ids: Collection[Any]) -> list[Offer]:
    """The services with these ids, in their order; those that are not there are left out. `ids` as a statement had
    them."""
    rows = {row[0]: _Row(*row) for row in _found(looking, _SERVICES, ids)}
    slugs = [row.slug for row in rows.values()]
    changed = {slug: instant(at) for slug, at in _found(looking, _CHANGED, slugs)}
    contacts: defaultdict[Any, list[Contact]] = defaultdict(list)
    for owner, _, kind, value, note in _found(looking, _CONTACTS, list(rows)):
        contacts[owner].append(Contact(kind=kind, value=value, visibility=Visibility.PUBLIC, note=note))
    organizations = organizations_in(looking, {row.organization_id for row in rows.values()})
    return [
        Offer(
            organization=organizations[row.organization_id],
            service=_service(row, contacts[row.id]),
            last_modified=changed.get(row.slug),
        )
        for row in (rows[each] for each in ids if each in rows)
    ]


def changes_in(looking: Looking, ids: Collection[Any]) -> list[tuple[str, datetime | None]]:
    """Slug and last change of the services with these ids, in their order; the rest of them is not read."""
    slugs = dict(_found(looking, _SLUGS, ids))
    changed = {slug: instant(at) for slug, at in _found(looking, _CHANGED, list(slugs.values()))}
    return [(slugs[each], changed.get(slugs[each])) for each in ids if each in slugs]


def organizations_in(looking: Looking, ids: Iterable[Any]) -> dict[Any, Organization]:
    """The organizations with these ids, each by its id, with their registrations and without their services."""
    wanted = list(ids)
    registrations: defaultdict[Any, list[Registration]] = defaultdict(list)
    for owner, *told in _found(looking, _REGISTRATIONS, wanted):
        registrations[owner].append(_registration(*told))
    return {row[0]: _organization(row, registrations[row[0]]) for row in _found(looking, _ORGANIZATIONS, wanted)}


def links_in(looking: Looking, organizations: Collection[Any]) -> Mapping[Any, list[Link]]:
    """The public links that begin at these organizations, by the id of the organization and in the order of slugs."""
    found: defaultdict[Any, list[Link]] = defaultdict(list)
    for owner, *told in _found(looking, _LINKS, organizations):
        found[owner].append(_link(*told))
    return found


def _found(looking: Looking, lookup: Lookup, words: Collection[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows for all words, asked for in few statements of few lengths."""
    listed = list(words)
    for start in range(0, len(listed), AT_ONCE):
        piece = listed[start : start + AT_ONCE]
        filled = piece + [piece[-1]] * ((1 << (len(piece) - 1).bit_length()) - len(piece))
        yield from looking.rows(lookup, filled)


def _service(row: _Row, contacts: Iterable[Contact]) -> Service:
    eligibility = value_of(Eligibility, document(row.eligibility))
    service = Service(
        slug=row.slug, name=row.name, codes=tuple(map(Code, document(row.codes))), said=tuple(document(row.said)),
        place=row.place, modality=Modality(row.modality), status=ServiceStatus(row.status) if row.status else None,
        eligibility=replace(eligibility, required_documents=_list(Document, row.documents)),
        eligibility_said=row.eligibility_said, safety=value_of(Safety, document(row.safety)),
        quality=value_of(Quality, document(row.quality)),
        verification=Verification(on=day(row.assured), method=row.method, role=row.role),
        state_funded=Answer(row.state_funded), licence_required=Answer(row.licence_required),
        capacity=Capacity(row.capacity), capacity_as_of=instant(row.capacity_as_of), free_places=row.free_places,
        places_total=row.places_total, initial_stay_days=row.initial_stay_days,
        response_minutes=row.response_minutes, duration_minutes=row.duration_minutes,
        interpretation_vetted=Answer(row.vetted), address_confidential=bool(row.confidential),
        weekly=_list(tuple, row.weekly), languages=_list(str, row.languages),
        interpretation=_list(str, row.interpretation), accessibility=_list(AccessNeed, row.accessibility),
        contacts=tuple(contacts), sources=_sources(document(row.sources)),
    )  # fmt: skip
    return _recorded(service, row)


def _recorded(service: Service, row: _Row) -> Service:
    """The service with what stewards recorded as late as the directory or later."""
    verified, reported_at = day(row.verified), instant(row.reported_at)
    own = service.verification.on
    if verified and (own is None or verified >= own):
        found = Verification(on=verified, method=row.verified_by, role=row.verifier)
        service = replace(service, verification=found)
    if row.reported and reported_at and (service.capacity_as_of is None or reported_at >= service.capacity_as_of):
        service = replace(
            service, capacity=Capacity(row.reported), capacity_as_of=reported_at, free_places=row.reported_free
        )
    return service


def _list(kind: Any, said: Any) -> tuple[Any, ...] | None:
    return None if said is None else tuple(map(kind, document(said)))


def _sources(said: Iterable[dict[str, str]]) -> tuple[Source, ...]:
    return tuple(Source(**source) for source in said)


def _organization(row: tuple[Any, ...], registrations: Iterable[Registration]) -> Organization:
    (
        _, slug, name, country, kind, local_name, located_in, admin1, independence, status, status_as_of, confidence,
        note, sources,
    ) = row  # fmt: skip
    return Organization(
        slug=slug, name=name, country=country, type=OrganizationType(kind), local_name=local_name,
        located_in=located_in, admin1=admin1, independence=Independence(independence), status=ServiceStatus(status),
        status_as_of=status_as_of, confidence=confidence, registration=tuple(registrations), note=note,
        sources=_sources(sources),
    )  # fmt: skip


def _registration(
    scheme: str, number: str, authority: str, status: str, valid_from: Any, valid_to: Any, checked_on: Any
) -> Registration:
    return Registration(
        scheme=scheme, number=number, authority=authority, status=RegistrationStatus(status), valid_from=valid_from,
        valid_to=valid_to, checked_on=checked_on,
    )  # fmt: skip


def _link(
    slug: str, origin: str, to: str, agreement: str, mode: str, confirmed: str, child_ok: str, interpreter: str,
    active: bool, valid_to: Any,
) -> Link:  # fmt: skip
    return Link(
        slug=slug, from_organization=origin, to=to, agreement=Agreement(agreement), mode=HandoverMode(mode),
        receiver_confirmed=Answer(confirmed), child_ok=Answer(child_ok), interpreter_source=interpreter, active=active,
        valid_to=valid_to,
    )  # fmt: skip
