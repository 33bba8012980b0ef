"""Values of the directory as rows, ready to be written. The other way is `app.registry.reading`."""

from collections.abc import Iterator
from typing import Any

from app.domain.directory import Contact, CrossBorderFact, Hotline, Organization, Service
from app.domain.provider import Link, ReturnReception, Visibility
from app.registry.plain import canonical, plain
from app.registry.seal import Seal
from app.registry.tables import (
    ContactRow,
    CrossBorderFactRow,
    HotlineRow,
    LinkRow,
    LocationRow,
    OrganizationIdentifierRow,
    OrganizationRow,
    ReturnReceptionRow,
    SealedContactRow,
    ServiceAtLocationRow,
    ServiceRow,
    id_of,
)


def is_sealed(contact: Contact) -> bool:
    """Whether the contact belongs into the sealed table: whatever is restricted, and every address."""
    return contact.visibility is Visibility.RESTRICTED or contact.kind == "address"


def seal_mark(service: Service, seal: Seal) -> str | None:
    """The keyed fingerprint of all sealed contacts of the service with their order; `None`: it has none."""
    sealed = [[position, plain(contact)] for position, contact in _sealed_contacts(service)]
    return seal.mark(canonical(sealed), about=service.slug) if sealed else None


def sealed_rows(service: Service, seal: Seal) -> Iterator[SealedContactRow]:
    """The sealed contacts of the service as ciphertext; what was not called restricted is, from here on."""
    for position, contact in _sealed_contacts(service):
        content = plain(contact) | {"visibility": Visibility.RESTRICTED.value}
        yield SealedContactRow(
            service_id=id_of("service", service.slug), position=position,
            ciphertext=seal.sealed(canonical(content), about=service.slug),
        )  # fmt: skip


def _sealed_contacts(service: Service) -> list[tuple[int, Contact]]:
    return [(position, contact) for position, contact in enumerate(service.contacts) if is_sealed(contact)]


def organization_row(organization: Organization) -> OrganizationRow:
    """The organization itself, without its services and registrations."""
    return OrganizationRow(
        id=id_of("organization", organization.slug), slug=organization.slug, name=organization.name,
        alternate_name=organization.local_name, description=organization.note, country=organization.country,
        located_in=organization.located_in, admin1=organization.admin1, organization_type=organization.type.value,
        independence=organization.independence.value, status=organization.status.value,
        status_as_of=organization.status_as_of, confidence=organization.confidence,
        steward_trust=organization.steward_trust, register_consent=organization.register_consent.value,
        sources=plain(organization.sources),
    )  # fmt: skip


def identifier_rows(organization: Organization) -> Iterator[OrganizationIdentifierRow]:
    """The registrations of the organization."""
    for position, registration in enumerate(organization.registration):
        yield OrganizationIdentifierRow(
            organization_id=id_of("organization", organization.slug), position=position,
            identifier_scheme=registration.scheme, identifier=registration.number, authority=registration.authority,
            status=registration.status.value, valid_from=registration.valid_from, valid_to=registration.valid_to,
            checked_on=registration.checked_on,
        )  # fmt: skip


def service_row(service: Service, *, organization: str, position: int, mark: str | None) -> ServiceRow:
    """The service itself, without its parts."""
    eligibility = plain(service.eligibility)
    del eligibility["required_documents"]
    return ServiceRow(
        id=id_of("service", service.slug), slug=service.slug, organization_id=id_of("organization", organization),
        position=position, name=service.name, description=plain(service.said), codes=plain(service.codes),
        status=plain(service.status), eligibility=eligibility, eligibility_description=service.eligibility_said,
        safety=plain(service.safety), quality=plain(service.quality), assured_date=service.verification.on,
        assurance_method=service.verification.method, assurer_role=service.verification.role,
        state_funded=service.state_funded.value, licence_required=service.licence_required.value,
        capacity=service.capacity.value, capacity_as_of=service.capacity_as_of, free_places=service.free_places,
        places_total=service.places_total, initial_stay_days=service.initial_stay_days,
        response_minutes=service.response_minutes, duration_minutes=service.duration_minutes,
        interpretation_vetted=service.interpretation_vetted.value,
        required_documents=plain(service.eligibility.required_documents), weekly=plain(service.weekly),
        languages=plain(service.languages), interpretation=plain(service.interpretation),
        accessibility=plain(service.accessibility), seal_mark=mark, sources=plain(service.sources),
    )  # fmt: skip


def location_row(service: Service) -> LocationRow:
    """Where the service is: the place, never an address."""
    return LocationRow(
        id=id_of("location", service.slug), slug=service.slug, location_type=service.modality.value,
        place=service.place, address_confidential=service.address_confidential,
    )  # fmt: skip


def point_row(service: Service) -> ServiceAtLocationRow:
    """The service at its location, of which nobody has recorded anything yet."""
    return ServiceAtLocationRow(
        id=id_of("service_at_location", service.slug), slug=service.slug,
        service_id=id_of("service", service.slug), location_id=id_of("location", service.slug),
    )  # fmt: skip


def contact_rows(service: Service) -> Iterator[ContactRow]:
    """Open contacts of the service, each with its position."""
    owner = id_of("service", service.slug)
    for position, contact in enumerate(service.contacts):
        if not is_sealed(contact):
            yield ContactRow(
                service_id=owner, position=position, kind=contact.kind, value=contact.value,
                visibility=contact.visibility.value, note=contact.note,
            )  # fmt: skip


def _terms(way: Link | ReturnReception) -> dict[str, Any]:
    return {
        "slug": way.slug,
        "agreement": way.agreement.value,
        "receiver_confirmed": way.receiver_confirmed.value,
        "child_ok": way.child_ok.value,
        "valid_to": way.valid_to,
    }


def link_row(link: Link) -> LinkRow:
    """The link."""
    return LinkRow(
        id=id_of("link", link.slug), from_organization_id=id_of("organization", link.from_organization),
        to_id=id_of("service_at_location", link.to), mode=link.mode.value, interpreter_source=link.interpreter_source,
        active=link.active, **_terms(link),
    )  # fmt: skip


def reception_row(reception: ReturnReception) -> ReturnReceptionRow:
    """The reception."""
    return ReturnReceptionRow(
        id=id_of("return_reception", reception.slug), point_id=id_of("service_at_location", reception.point),
        receiver_id=id_of("organization", reception.receiver), country=reception.country, **_terms(reception),
    )  # fmt: skip


def hotline_row(hotline: Hotline) -> HotlineRow:
    """The hotline."""
    return HotlineRow(
        id=id_of("hotline", hotline.slug), slug=hotline.slug, country=hotline.country, name=hotline.name,
        organization_id=id_of("organization", hotline.organization) if hotline.organization is not None else None,
        number=hotline.number, operator=hotline.operator, audience=hotline.audience, hours=hotline.hours,
        status=hotline.status.value, status_as_of=hotline.status_as_of, police_link=hotline.police_link.value,
        police_link_description=hotline.police_link_said, caveat=hotline.caveat, sources=plain(hotline.sources),
    )  # fmt: skip


def fact_row(fact: CrossBorderFact) -> CrossBorderFactRow:
    """The fact about a way between countries."""
    return CrossBorderFactRow(
        id=id_of("cross_border_fact", fact.slug), slug=fact.slug, kind=fact.kind, countries=list(fact.countries),
        title=fact.title, facts=list(fact.facts), status=fact.status, status_as_of=fact.status_as_of,
        routing_use=fact.routing_use, never=fact.never, sources=plain(fact.sources),
    )  # fmt: skip
