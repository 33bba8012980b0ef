"""Rows as values of the directory. The other way is `app.registry.rows`.

Nothing here touches the sealed table.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy
from sqlmodel import Session, col, select

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Contact, CrossBorderFact, Directory, Hotline, Organization, Registration, Service
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
    ReturnReception,
    Safety,
    ServiceStatus,
    Verification,
    Visibility,
)
from app.registry.plain import value_of
from app.registry.tables import (
    ContactRow,
    CrossBorderFactRow,
    HotlineRow,
    LinkRow,
    LocationRow,
    OrganizationIdentifierRow,
    OrganizationRow,
    Record,
    RegisterStateRow,
    ReturnReceptionRow,
    ServiceAtLocationRow,
    ServiceCapacityRow,
    ServiceRow,
)

R = TypeVar("R", bound=Record)
S = TypeVar("S", Link, ReturnReception, Hotline)
V = TypeVar("V")


def directory_in(session: Session, *, recorded: bool) -> Directory:
    """Everything that is published, sorted by slug; restricted contacts and addresses left out.

    `recorded`: with the verifications and capacities that stewards recorded, where they are later than the
    directory's own; without, it is what was loaded.
    """
    services = _services(session)
    if recorded:
        services = _with_records(session, services)
    offered: defaultdict[UUID, list[tuple[int, Service]]] = defaultdict(list)
    for row, service in services:
        offered[row.organization_id].append((row.position, service))
    registrations = _registrations(session)
    organizations = _sorted(session.exec(select(OrganizationRow).where(col(OrganizationRow.removed_at).is_(None))))
    return Directory(
        organizations=tuple(
            _organization(row, registrations.get(row.id, ()), offered.get(row.id, ())) for row in organizations
        ),
        links=_links(session),
        receptions=_receptions(session),
        hotlines=hotlines_in(session),
        cross_border=_facts(session),
    )


def service_in(session: Session, slug: str) -> tuple[ServiceRow, Service] | None:
    """The published service as it was loaded or published, restricted contacts left out, with its row."""
    found = session.exec(
        select(ServiceRow, LocationRow)
        .join(LocationRow, col(LocationRow.slug) == col(ServiceRow.slug))
        .where(col(ServiceRow.slug) == slug, col(ServiceRow.removed_at).is_(None))
    ).first()
    if found is None:
        return None
    row, location = found
    contacts = select(ContactRow).where(col(ContactRow.service_id) == row.id).order_by(col(ContactRow.position))
    return row, _service(row, location, tuple(map(contact_of, session.exec(contacts))))


def organization_in(session: Session, slug: str) -> Organization | None:
    """The published organization without its services."""
    row = session.exec(
        select(OrganizationRow).where(col(OrganizationRow.slug) == slug, col(OrganizationRow.removed_at).is_(None))
    ).first()
    if row is None:
        return None
    registered = select(OrganizationIdentifierRow).where(col(OrganizationIdentifierRow.organization_id) == row.id)
    in_order = session.exec(registered.order_by(col(OrganizationIdentifierRow.position)))
    return _organization(row, tuple(map(_registration, in_order)), ())


def link_in(session: Session, slug: str) -> Link | None:
    """The published link."""
    return next(iter(_links(session, slug)), None)


def hotlines_in(session: Session) -> tuple[Hotline, ...]:
    """Every published hotline, sorted by slug."""
    rows = session.exec(
        select(HotlineRow, OrganizationRow.slug)
        .outerjoin(OrganizationRow, col(OrganizationRow.id) == col(HotlineRow.organization_id))
        .where(col(HotlineRow.removed_at).is_(None))
    )
    return _by_slug(_hotline(row, organization) for row, organization in rows)


def revision_in(session: Session) -> int:
    """Number of the last published change."""
    return session.exec(select(RegisterStateRow.revision)).one()


def quarantined_in(session: Session) -> frozenset[str]:
    """Slugs of the services in quarantine, also of removed ones."""
    chosen = select(ServiceAtLocationRow.slug).where(col(ServiceAtLocationRow.quarantined).is_(True))
    return frozenset(session.exec(chosen))


def verification_of(row: ServiceRow | ServiceAtLocationRow) -> Verification:
    """What the directory says (of a service row), or what a steward recorded (of a service_at_location row)."""
    if isinstance(row, ServiceRow):
        return Verification(on=row.assured_date, method=row.assurance_method, role=row.assurer_role)
    return Verification(on=row.verified_on, method=row.verification_method, role=row.verifier_role)


def contact_of(row: ContactRow) -> Contact:
    """A contact that is not sealed."""
    return _contact(row.kind, row.value, row.visibility, row.note)


def _contact(kind: str, value: str, visibility: str, note: str) -> Contact:
    return Contact(kind=kind, value=value, visibility=Visibility(visibility), note=note)


def _sorted(rows: Iterable[R]) -> list[R]:
    """By slug; sorted here, since databases sort text each in their own way."""
    return sorted(rows, key=lambda row: row.slug)


def _by_slug(values: Iterable[S]) -> tuple[S, ...]:
    return tuple(sorted(values, key=lambda value: value.slug))


def _links(session: Session, slug: str | None = None) -> tuple[Link, ...]:
    """Every published link, or the one with that slug."""
    chosen = (
        select(LinkRow, OrganizationRow.slug, ServiceAtLocationRow.slug)
        .join(OrganizationRow, col(OrganizationRow.id) == col(LinkRow.from_organization_id))
        .join(ServiceAtLocationRow, col(ServiceAtLocationRow.id) == col(LinkRow.to_id))
        .where(col(LinkRow.removed_at).is_(None))
    )
    if slug is not None:
        chosen = chosen.where(col(LinkRow.slug) == slug)
    return _by_slug(_link(*row) for row in session.exec(chosen))


def _receptions(session: Session) -> tuple[ReturnReception, ...]:
    """Every published reception of returns, sorted by slug."""
    rows = session.exec(
        select(ReturnReceptionRow, OrganizationRow.slug, ServiceAtLocationRow.slug)
        .join(OrganizationRow, col(OrganizationRow.id) == col(ReturnReceptionRow.receiver_id))
        .join(ServiceAtLocationRow, col(ServiceAtLocationRow.id) == col(ReturnReceptionRow.point_id))
        .where(col(ReturnReceptionRow.removed_at).is_(None))
    )
    return _by_slug(_reception(*row) for row in rows)


def _facts(session: Session) -> tuple[CrossBorderFact, ...]:
    rows = session.exec(select(CrossBorderFactRow).where(col(CrossBorderFactRow.removed_at).is_(None)))
    return tuple(map(_fact, _sorted(rows)))


def _registrations(session: Session) -> Mapping[UUID, tuple[Registration, ...]]:
    found: defaultdict[UUID, list[Registration]] = defaultdict(list)
    for row in session.exec(select(OrganizationIdentifierRow).order_by(col(OrganizationIdentifierRow.position))):
        found[row.organization_id].append(_registration(row))
    return {key: tuple(values) for key, values in found.items()}


def _contacts(session: Session) -> Mapping[str, tuple[Contact, ...]]:
    """Open contacts by the slug of the service that has them, in their order. Read as bare columns: they are many."""
    chosen = (
        sqlalchemy.select(
            col(ServiceRow.slug), col(ContactRow.kind), col(ContactRow.value), col(ContactRow.visibility),
            col(ContactRow.note),
        )
        .join_from(ContactRow, ServiceRow, col(ContactRow.service_id) == col(ServiceRow.id))
        .order_by(col(ContactRow.position))
    )  # fmt: skip
    found: defaultdict[str, list[Contact]] = defaultdict(list)
    for slug, *fields in session.connection().execute(chosen):
        found[slug].append(_contact(*fields))
    return {slug: tuple(contacts) for slug, contacts in found.items()}


def _services(session: Session) -> list[tuple[ServiceRow, Service]]:
    contacts = _contacts(session)
    rows = session.exec(
        select(ServiceRow, LocationRow)
        .join(LocationRow, col(LocationRow.slug) == col(ServiceRow.slug))
        .where(col(ServiceRow.removed_at).is_(None))
    )
    return [(row, _service(row, location, contacts.get(row.slug, ()))) for row, location in rows]


def _service(row: ServiceRow, location: LocationRow, contacts: tuple[Contact, ...]) -> Service:
    documents = _list(Document, row.required_documents)
    eligibility = replace(value_of(Eligibility, row.eligibility), required_documents=documents)
    return Service(
        slug=row.slug, name=row.name, codes=tuple(map(Code, row.codes)), said=tuple(row.description),
        place=location.place, modality=Modality(location.location_type),
        status=ServiceStatus(row.status) if row.status is not None else None,
        eligibility=eligibility, eligibility_said=row.eligibility_description,
        safety=value_of(Safety, row.safety), quality=value_of(Quality, row.quality), verification=verification_of(row),
        state_funded=Answer(row.state_funded), licence_required=Answer(row.licence_required),
        capacity=Capacity(row.capacity), capacity_as_of=row.capacity_as_of, free_places=row.free_places,
        places_total=row.places_total, initial_stay_days=row.initial_stay_days,
        response_minutes=row.response_minutes, duration_minutes=row.duration_minutes,
        interpretation_vetted=Answer(row.interpretation_vetted), address_confidential=location.address_confidential,
        weekly=_list(tuple, row.weekly), languages=_list(str, row.languages),
        interpretation=_list(str, row.interpretation), accessibility=_list(AccessNeed, row.accessibility),
        contacts=contacts, sources=_sources(row.sources),
    )  # fmt: skip


def _list(kind: Callable[[Any], V], said: list[Any] | None) -> tuple[V, ...] | None:
    return None if said is None else tuple(map(kind, said))


def _with_records(session: Session, services: list[tuple[ServiceRow, Service]]) -> list[tuple[ServiceRow, Service]]:
    """The services with what stewards recorded later than the directory says."""
    verified = select(ServiceAtLocationRow).where(col(ServiceAtLocationRow.verified_on).is_not(None))
    points = {row.service_id: verification_of(row) for row in session.exec(verified)}
    reports = {row.service_id: row for row in session.exec(select(ServiceCapacityRow))}
    return [(row, _recorded_over(service, points.get(row.id), reports.get(row.id))) for row, service in services]


def _recorded_over(service: Service, found: Verification | None, report: ServiceCapacityRow | None) -> Service:
    """The service with the later of two verifications and of two reports of capacity; a record wins a tie."""
    if found and found.on and (service.verification.on is None or found.on >= service.verification.on):
        service = replace(service, verification=found)
    if report is not None and (service.capacity_as_of is None or report.updated >= service.capacity_as_of):
        service = replace(
            service, capacity=Capacity(report.state), capacity_as_of=report.updated, free_places=report.available
        )
    return service


def _sources(data: list[dict[str, str]]) -> tuple[Source, ...]:
    return tuple(Source(**source) for source in data)


def _registration(row: OrganizationIdentifierRow) -> Registration:
    return Registration(
        scheme=row.identifier_scheme, number=row.identifier, authority=row.authority,
        status=RegistrationStatus(row.status), valid_from=row.valid_from, valid_to=row.valid_to,
        checked_on=row.checked_on,
    )  # fmt: skip


def _organization(
    row: OrganizationRow, registrations: tuple[Registration, ...], services: Iterable[tuple[int, Service]]
) -> Organization:
    return Organization(
        slug=row.slug, name=row.name, country=row.country, type=OrganizationType(row.organization_type),
        local_name=row.alternate_name, located_in=row.located_in, admin1=row.admin1,
        independence=Independence(row.independence), status=ServiceStatus(row.status), status_as_of=row.status_as_of,
        confidence=row.confidence, registration=registrations, steward_trust=row.steward_trust,
        register_consent=Answer(row.register_consent), note=row.description,
        services=tuple(service for _, service in sorted(services, key=lambda placed: (placed[0], placed[1].slug))),
        sources=_sources(row.sources),
    )  # fmt: skip


def _link(row: LinkRow, organization: str, point: str) -> Link:
    return Link(
        slug=row.slug, from_organization=organization, to=point,
        agreement=Agreement(row.agreement), mode=HandoverMode(row.mode),
        receiver_confirmed=Answer(row.receiver_confirmed), child_ok=Answer(row.child_ok),
        interpreter_source=row.interpreter_source, active=row.active, valid_to=row.valid_to,
    )  # fmt: skip


def _reception(row: ReturnReceptionRow, receiver: str, point: str) -> ReturnReception:
    return ReturnReception(
        slug=row.slug, point=point, receiver=receiver, country=row.country,
        agreement=Agreement(row.agreement), receiver_confirmed=Answer(row.receiver_confirmed),
        child_ok=Answer(row.child_ok), valid_to=row.valid_to,
    )  # fmt: skip


def _hotline(row: HotlineRow, organization: str | None) -> Hotline:
    return Hotline(
        slug=row.slug, country=row.country, name=row.name, number=row.number, operator=row.operator,
        audience=row.audience, hours=row.hours, status=ServiceStatus(row.status), status_as_of=row.status_as_of,
        police_link=Answer(row.police_link), police_link_said=row.police_link_description, caveat=row.caveat,
        organization=organization, sources=_sources(row.sources),
    )  # fmt: skip


def _fact(row: CrossBorderFactRow) -> CrossBorderFact:
    return CrossBorderFact(
        slug=row.slug, kind=row.kind, countries=tuple(row.countries), title=row.title, facts=tuple(row.facts),
        status=row.status, status_as_of=row.status_as_of, routing_use=row.routing_use, never=row.never,
        sources=_sources(row.sources),
    )  # fmt: skip
