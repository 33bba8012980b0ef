"""An invented directory that fills every field of every type, and one with many services."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.domain.access import AccessReason
from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Contact, CrossBorderFact, Directory, Hotline, Organization, Registration, Service
from app.domain.pathway import Source
from app.domain.profile import AccessNeed, Document, Perpetrator, Placement
from app.domain.provider import (
    Agreement,
    Capacity,
    Eligibility,
    FacilityRegime,
    HandoverMode,
    Independence,
    Link,
    Modality,
    OrganizationType,
    Quality,
    RegistrationStatus,
    ReturnReception,
    SafeguardingFlag,
    Safety,
    ServiceStatus,
    Verification,
    Visibility,
)
from app.registry.seal import Seal
from app.registry.store import Store

NOW = datetime(2026, 11, 23, 9, 30, 0, 250_000, tzinfo=UTC)
SECRET = "an invented secret of the tests, long enough"
HIDDEN = ("9 Moonless Lane, Nowhere", "+000 555 0199", "knock thrice")
"""What must be found nowhere in clear."""

A_SOURCE = Source(url="https://example.org/list", title="A list — «список»", date="2024", supports="that it exists")
SHELTER = "xa-moth-bed"
LINE = "xa-moth-line"


def a_store(url: str, *, secret: str = SECRET, clock=lambda: NOW, create: bool = True) -> Store:
    """The register at that URL, with tables, at a standing clock."""
    return Store.open(url, seal=Seal(secret), clock=clock, create=create)


def a_service(**given) -> Service:
    """A service of which only the needful is known."""
    return Service(**{"slug": LINE, "name": "Moth line", "codes": (Code.CRI_HOT,), **given})


def an_organization(**given) -> Organization:
    """An organization of which only the needful is known."""
    return Organization(
        **{"slug": "xa-moth", "name": "Moth House", "country": "KZ", "type": OrganizationType.NGO, **given}
    )


def a_directory(*organizations: Organization, links=(), receptions=(), hotlines=(), cross_border=()) -> Directory:
    """A directory of those records."""
    return Directory(
        organizations=organizations, links=links, receptions=receptions, hotlines=hotlines, cross_border=cross_border
    )


def a_shelter() -> Service:
    """A service with every field filled, and with contacts of every tier."""
    return Service(
        slug=SHELTER, name="Кров мотылька", codes=(Code.SHL_VOT, Code.CAS_MGT), said=("a bed", "a lamp"),
        place="almaty", modality=Modality.MOBILE, status=ServiceStatus.TEMPORARILY_CLOSED,
        eligibility=Eligibility(
            genders=(Placement.WOMEN, Placement.MEN), age_min=18, age_max=120, nationalities=("*",),
            nationalities_excluded=("XB",), accepts_children=Answer.YES, boys_max_age=12,
            requires_formal_status=Answer.NO, requires_cooperation=Answer.NO, requires_criminal_case=Answer.UNKNOWN,
            requires_residence=Answer.NO, requires_police_referral=Answer.YES,
            required_documents=(Document.PASSPORT, Document.OTHER), fee=Answer.NO,
        ),
        eligibility_said="moths only",
        safety=Safety(
            shares_with_police=Answer.NO, shares_with_immigration=Answer.NO, mandatory_reporter=Answer.YES,
            confidentiality_policy=Answer.YES, facility_regime=FacilityRegime.SEMI_OPEN,
            child_specialised=Answer.NO, separates_children_from_adults=Answer.YES, mediates_with_family=Answer.YES,
            safeguarding_flag=SafeguardingFlag.CLEARED, affiliations=(Perpetrator.RELIGIOUS, Perpetrator.OFFICIAL),
        ),
        quality=Quality(trafficking_specialised=Answer.YES, offers_pep=Answer.NO),
        verification=Verification(on=date(2026, 3, 1), method="phone", role="steward"), state_funded=Answer.YES,
        licence_required=Answer.NO, capacity=Capacity.LIMITED,
        capacity_as_of=datetime(2026, 11, 20, 8, 0, 0, 123_456, tzinfo=UTC), free_places=2, places_total=9,
        initial_stay_days=90, weekly=((540, 1080), (1980, 2520)), response_minutes=30, duration_minutes=45,
        languages=("ru", "kk"), interpretation=("uz",), interpretation_vetted=Answer.YES,
        accessibility=(AccessNeed.MOBILITY, AccessNeed.CARER), address_confidential=True,
        contacts=(
            Contact(kind="address", value=HIDDEN[0], visibility=Visibility.RESTRICTED),
            Contact(kind="phone", value="+000 555 0100", note="by day"),
            Contact(kind="phone", value=HIDDEN[1], visibility=Visibility.RESTRICTED, note=HIDDEN[2]),
            Contact(kind="email", value="lamp@example.org", visibility=Visibility.NETWORK),
        ),
        sources=(A_SOURCE, Source(url="https://example.org/b", title="B")),
    )  # fmt: skip


def a_rich_directory() -> Directory:
    """A directory with every kind of record; every field of every type is filled somewhere."""
    moth = an_organization(
        services=(a_shelter(), a_service(weekly=(), languages=(), interpretation=(), accessibility=())),
        local_name="Мотылёк үйі", located_in="KG", admin1="KZ-75", independence=Independence.FAITH,
        status=ServiceStatus.ACTIVE, status_as_of="spring 2025", confidence="high", steward_trust=True,
        register_consent=Answer.YES, note="small",
        registration=(
            Registration(
                scheme="XA-LIC", number="7", authority="Ministry of Lamps", status=RegistrationStatus.EXPIRED,
                valid_from=date(2020, 1, 1), valid_to=date(2025, 12, 31), checked_on=date(2026, 1, 2),
            ),
            Registration(scheme="XA-NGO"),
        ),
        sources=(A_SOURCE,),
    )  # fmt: skip
    receiver = an_organization(slug="xb-owl", name="Owl Post", country="UZ", type=OrganizationType.CONSULATE)
    terms = {"agreement": Agreement.MOU, "receiver_confirmed": Answer.YES, "child_ok": Answer.NO}
    return a_directory(
        moth, receiver,
        links=(
            Link(slug="xl-1", from_organization="xb-owl", to=SHELTER, mode=HandoverMode.WARM,
                 interpreter_source="sender", active=False, valid_to=date(2027, 1, 1), **terms),
            Link(slug="xl-2", from_organization="xa-moth", to=LINE),
        ),
        receptions=(
            ReturnReception(slug="xr-1", point=LINE, receiver="xb-owl", country="UZ", valid_to=date(2027, 5, 5),
                            **terms),
        ),
        hotlines=(
            Hotline(slug="xh-1", country="UZ", name="Owl line"),
            Hotline(slug="xh-2", country="KZ", name="Moth line", number="0 00; 0 01", operator="Moth", audience="all",
                    hours="24/7", status=ServiceStatus.ACTIVE, status_as_of="2025", police_link=Answer.YES,
                    police_link_said="calls are told on", caveat="slow", organization="xa-moth", sources=(A_SOURCE,)),
        ),
        cross_border=(
            CrossBorderFact(slug="xx-1", kind="agreement", countries=("KZ", "UZ"), title="An accord", facts=("a", "b"),
                            status="in force", status_as_of="2021", routing_use="ask", never="assume",
                            sources=(A_SOURCE,)),
        ),
    )  # fmt: skip


def a_large_directory(services: int) -> Directory:
    """That many filled services, three to an organization, with contacts, hours and languages of their own."""
    week = tuple((day * 1440 + 540, day * 1440 + 1080) for day in range(7))
    moths = [
        replace(a_shelter(), slug=f"xm-{number:04}", weekly=week, capacity_as_of=NOW - timedelta(hours=number))
        for number in range(services)
    ]
    return a_directory(
        *(
            an_organization(slug=f"xo-{number:04}", services=tuple(moths[number : number + 3]), sources=(A_SOURCE,) * 3)
            for number in range(0, services, 3)
        )
    )


def without_sealed(directory: Directory) -> Directory:
    """The directory as the register gives it back: nothing restricted, no address."""

    def shown(service: Service) -> Service:
        kept = [c for c in service.contacts if c.visibility is not Visibility.RESTRICTED and c.kind != "address"]
        return replace(service, contacts=tuple(kept))

    return replace(
        directory,
        organizations=tuple(
            replace(organization, services=tuple(map(shown, organization.services)))
            for organization in directory.organizations
        ),
    )


def with_service(directory: Directory, slug: str, **given) -> Directory:
    """The directory with other facts about one service."""
    return replace(
        directory,
        organizations=tuple(
            replace(
                organization,
                services=tuple(replace(s, **given) if s.slug == slug else s for s in organization.services),
            )
            for organization in directory.organizations
        ),
    )


def report_many(url: str, *, reader: str, times: int) -> None:
    """What one of two processes does at once: reports, verifies, reads sealed contacts, makes keys."""
    store = a_store(url, create=False)
    for number in range(times):
        store.record_capacity(SHELTER, Capacity.OPEN, number, NOW, reader)
        store.verify(LINE, method="phone", role="steward", by=reader, on=NOW.date())
        store.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader=reader, reason=AccessReason.UPKEEP)
    store.close()


def create_register(url: str) -> None:
    """What each of two workers does when both start on an empty database."""
    a_store(url).close()
