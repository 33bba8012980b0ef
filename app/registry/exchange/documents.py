"""Values of the register as HSDS 3.2.3 objects, public tier only.

A *head* has what an object has once; a *full* one has its lists and the objects beside it, too. What no source says is
not there. Keys of our own are declared in `data/hsds_profile/` and have the names and values of our files.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from app.domain.answer import Answer
from app.domain.directory import Organization, Service
from app.domain.place import Place
from app.domain.provider import Capacity, Link, Modality, ServiceStatus
from app.registry.exchange.ids import part_id, record_id
from app.registry.exchange.publicity import given, public_contacts, public_registrations, public_safety
from app.registry.exchange.terms import attribute
from app.registry.exchange.weeks import schedules
from app.registry.house import status_in_force
from app.registry.plain import plain

Document = dict[str, Any]
Places = Mapping[str, Place]

STATUS: Mapping[ServiceStatus, str] = MappingProxyType(
    {
        ServiceStatus.ACTIVE: "active",
        ServiceStatus.INACTIVE: "inactive",
        ServiceStatus.DEFUNCT: "defunct",
        ServiceStatus.TEMPORARILY_CLOSED: "temporarily closed",
        ServiceStatus.ANNOUNCED: "inactive",
        ServiceStatus.UNKNOWN: "inactive",
    }
)
"""HSDS has four states and no unknown. What is not known to work is not called active; ours stands beside it."""

UNIT = MappingProxyType({"id": record_id("unit", "place"), "name": "place"})
"""What capacity is counted in: a bed, a seat, a slot; one person."""

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_URI = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#]([A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One published service with its organization, which comes without its services; and when it last changed."""

    organization: Organization
    service: Service
    last_modified: datetime | None


def organization_head(organization: Organization) -> Document:
    """The organization by itself. Without a note its description says what it is and where, since HSDS wants one."""
    kind = organization.type.value.replace("_", " ")
    told: Document = {
        "id": record_id("organization", organization.slug),
        "name": organization.name,
        "description": organization.note or f"{kind}, {organization.located_in or organization.country}",
    }
    if organization.local_name:
        told["alternate_name"] = organization.local_name
    return told | given(
        organization, "slug", "country", "type", "located_in", "admin1", "independence", "status", "status_as_of",
        "confidence", "note",
    )  # fmt: skip


def organization_full(
    organization: Organization, offers: Iterable[Offer], links: Iterable[Link], places: Places, *, full_service: bool
) -> Document:
    """The organization with its registrations, locations, services and agreed ways to others.

    Args:
        organization: Without its services.
        offers: Its published services, in their order.
        links: The public ones that begin at it.
        places: The gazetteer.
        full_service: Its services are full, else heads.
    """
    offered = list(offers)
    told = organization_head(organization)
    registrations = public_registrations(organization.registration)
    told["organization_identifiers"] = [
        {
            "id": part_id("organization_identifier", organization.slug, number),
            "organization_id": told["id"],
            "identifier_scheme": one.scheme,
            "identifier_type": one.scheme,
            "identifier": one.number,
        }
        for number, one in enumerate(registrations)
        if one.scheme and one.number
    ]
    told["locations"] = [location(offer, places, full=True) for offer in offered]
    told["services"] = [
        service_full(offer, places, nested=True) if full_service else service_head(offer, nested=True)
        for offer in offered
    ]
    told |= _lists(
        registration=[given(one) for one in registrations],
        sources=[given(source) for source in organization.sources],
        links=[_link(link) for link in links],
    )
    return told


def service_head(offer: Offer, *, nested: bool = False) -> Document:
    """The service by itself with its organization's head; `nested` in its organization it has only its id."""
    service, organization = offer.service, offer.organization
    told: Document = {
        "id": record_id("service", service.slug),
        "organization_id": record_id("organization", organization.slug),
        "name": service.name,
        "status": STATUS[ServiceStatus(status_in_force(service.status, organization.status))],
    }
    if service.said:
        told["description"] = "; ".join(service.said)
    told |= _reach(service) | _people(service) | _assurance(offer)
    told |= {"slug": service.slug, "modality": service.modality.value}
    told |= {"address_confidential": service.address_confidential}
    if service.status is not None:
        told["directory_status"] = service.status.value
    told |= given(service, "initial_stay_days", "state_funded", "licence_required", "response_minutes")
    told |= given(service, "duration_minutes", "interpretation_vetted")
    told |= _capacity(service)
    told |= {name: facts for name, facts in _facts(service).items() if facts}
    if not nested:
        told["organization"] = organization_head(organization)
    return told


def service_full(offer: Offer, places: Places, *, nested: bool = False, points: bool = True) -> Document:
    """The service with everything that is public of it; without `points` it does not say where it is."""
    service = offer.service
    told = service_head(offer, nested=nested)
    owner = {"service_id": told["id"]}
    told |= _lists(
        codes=plain(service.codes), said=plain(service.said), place=_place(service), weekly=plain(service.weekly),
        interpretation=plain(service.interpretation), accessibility=plain(service.accessibility),
        sources=[] if service.address_confidential else [given(source) for source in service.sources],
    )  # fmt: skip
    told["attributes"] = [attribute(service.slug, code) for code in service.codes]
    told |= _ways(service, owner)
    if service.weekly is not None:
        told["schedules"] = schedules(service.slug, service.weekly)
    if service.languages is not None:
        told["languages"] = [
            {"id": part_id("language", service.slug, tag), **owner, "code": tag} for tag in service.languages
        ]
    documents = service.eligibility.required_documents
    if documents is not None:
        told["required_documents"] = [
            {"id": part_id("required_document", service.slug, one.value), **owner, "document": one.value}
            for one in documents
        ]
    if service.eligibility.fee is not Answer.UNKNOWN:
        option = "fee" if service.eligibility.fee is Answer.YES else "free"
        told["cost_options"] = [{"id": part_id("cost_option", service.slug, option), **owner, "option": option}]
    capacity = _reported(service, owner)
    if capacity:
        told["capacities"] = [capacity]
    if points:
        told["service_at_locations"] = [_point(offer) | {"location": location(offer, places, full=True)}]
    return told


def point_head(offer: Offer, places: Places) -> Document:
    """The service at its location, with the heads of both."""
    return _point(offer) | {"location": location(offer, places, full=False), "service": service_head(offer)}


def point_full(offer: Offer, places: Places) -> Document:
    """The service at its location, with everything that is public of both."""
    full = service_full(offer, places, points=False)
    return _point(offer) | {"location": location(offer, places, full=True), "service": full}


def minimal(slug: str, last_modified: datetime | None) -> Document:
    """The id of the service and when it last changed."""
    return {"id": record_id("service", slug)} | _modified(last_modified)


def location(offer: Offer, places: Places, *, full: bool) -> Document:
    """Where the service is: country, region, and the town unless the location is confidential.

    It never has an address or a coordinate: the register knows towns only, and those of a town are not the house's.
    """
    service, organization = offer.service, offer.organization
    place = places.get(service.place or "")
    told: Document = {
        "id": record_id("location", service.slug),
        "location_type": "virtual" if service.modality is Modality.REMOTE else "physical",
        "organization_id": record_id("organization", organization.slug),
        "address_confidential": service.address_confidential,
        "country": place.country if place else organization.located_in or organization.country,
    }
    admin1 = place.admin1 if place else None if service.place else organization.admin1
    if admin1:
        told["admin1"] = admin1
    if place and not service.address_confidential:
        told["name"] = place.name
    told |= _lists(place=_place(service))
    if full and service.accessibility is not None:
        told["accessibility"] = [
            {
                "id": part_id("accessibility", service.slug, need.value),
                "location_id": told["id"],
                "description": need.value,
            }
            for need in service.accessibility
        ]
    return told


def _lists(**found: Any) -> Document:
    """Those that say something; an empty list of what may be unknown says that there are none."""
    may_be_empty = ("weekly", "interpretation", "accessibility", "codes")
    return {name: value for name, value in found.items() if value or (value == [] and name in may_be_empty)}


def _place(service: Service) -> str | None:
    return None if service.address_confidential else service.place


def _point(offer: Offer) -> Document:
    slug = offer.service.slug
    return {
        "id": record_id("service_at_location", slug),
        "service_id": record_id("service", slug),
        "location_id": record_id("location", slug),
    }


def _modified(at: datetime | None) -> Document:
    return {"last_modified": at.astimezone(UTC).isoformat().replace("+00:00", "Z")} if at else {}


def _assurance(offer: Offer) -> Document:
    on = offer.service.verification.on
    return ({"assured_date": on.isoformat()} if on else {}) | _modified(offer.last_modified)


def _people(service: Service) -> Document:
    told: Document = {}
    eligibility = service.eligibility
    if service.eligibility_said:
        told["eligibility_description"] = service.eligibility_said
    if eligibility.age_min is not None:
        told["minimum_age"] = eligibility.age_min
    if eligibility.age_max is not None:
        told["maximum_age"] = eligibility.age_max
    if service.interpretation:
        told["interpretation_services"] = ", ".join(service.interpretation)
    return told


def _facts(service: Service) -> Document:
    return {
        "eligibility": given(service.eligibility),
        "safety": public_safety(service),
        "quality": given(service.quality),
        "verification": given(service.verification),
    }


def _capacity(service: Service) -> Document:
    """What was reported of places; nothing of a confidential location, where it would tell how many people sleep."""
    if service.address_confidential:
        return {}
    return given(service, "capacity", "capacity_as_of", "free_places", "places_total")


def _reported(service: Service, owner: Document) -> Document:
    """HSDS has a number or nothing: a report without one, or without its moment, is not there."""
    free, at = service.free_places, service.capacity_as_of
    if service.address_confidential or service.capacity is Capacity.UNKNOWN or free is None or at is None:
        return {}
    told = {
        "id": part_id("service_capacity", service.slug, UNIT["name"]), **owner, "unit_id": UNIT["id"],
        "unit": dict(UNIT), "available": free, "updated": plain(at),
    }  # fmt: skip
    return told | ({"maximum": service.places_total} if service.places_total is not None else {})


def _reach(service: Service) -> Document:
    """The first e-mail and web address for everybody."""
    told: Document = {}
    for _, contact in public_contacts(service):
        if contact.kind == "email" and _EMAIL.fullmatch(contact.value):
            told.setdefault("email", contact.value)
        elif contact.kind == "website" and _URI.fullmatch(contact.value):
            told.setdefault("url", contact.value)
    return told


def _ways(service: Service, owner: Document) -> Document:
    """All contacts for everybody as they stand in our files; numbers and web addresses again, as HSDS has them."""
    contacts, phones, urls = [], [], []
    for position, contact in public_contacts(service):
        told: Document = {"id": part_id("contact", service.slug, position), **owner}
        told |= given(contact, "kind", "value", "note")
        described = {"description": contact.note} if contact.note else {}
        if contact.kind == "phone":
            phone = {"id": part_id("phone", service.slug, position), **owner, "number": contact.value}
            phones.append(phone | described)
        elif contact.kind == "email" and _EMAIL.fullmatch(contact.value):
            told["email"] = contact.value
        elif contact.kind == "website" and _URI.fullmatch(contact.value):
            label = {"label": contact.note} if contact.note else {}
            urls.append({"id": part_id("url", service.slug, position), **owner, "url": contact.value} | label)
        contacts.append(told)
    return _lists(contacts=contacts, phones=phones, additional_urls=urls[1:])


def _link(link: Link) -> Document:
    return {"to_id": record_id("service_at_location", link.to)} | given(
        link, "slug", "to", "agreement", "mode", "receiver_confirmed", "child_ok", "interpreter_source", "active",
        "valid_to",
    )  # fmt: skip
