"""Random small networks and random people, for the invariants: everything invented, every fact three-valued."""

import random
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.place import Crossing, CrossingKind, CrossingStatus, OpenTo, Place, Side
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Companion,
    Document,
    Exploitation,
    Gender,
    HealthFlag,
    IncidentWindow,
    LegalStatus,
    Location,
    OverrideReason,
    Perpetrator,
    Placement,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
)
from app.domain.provider import (
    Agreement,
    Eligibility,
    FacilityRegime,
    HandoverMode,
    Link,
    Modality,
    OrganizationType,
    Quality,
    RegistrationStatus,
    ReturnReception,
    SafeguardingFlag,
    Safety,
    ServicePoint,
    ServiceStatus,
    Verification,
)
from app.registry.pathways import load_pathways
from app.routing import Moment, Network, build_network
from tests.routing.people import points_of

DATA = Path(__file__).parents[2] / "data"
AS_OF = datetime.fromisoformat("2026-11-23T22:10:00+05:00")
ZONES = {"KZ": "Asia/Almaty", "UZ": "Asia/Tashkent", "TM": "Asia/Ashgabat"}
MOMENT = Moment(as_of=AS_OF, offsets=MappingProxyType(dict.fromkeys(ZONES.values(), 300)))
SPOTS = {
    "north": ("KZ", 51.1, 71.4),
    "south": ("KZ", 43.2, 76.9),
    "middle": ("KZ", 42.3, 69.6),
    "valley": ("UZ", 41.3, 69.2),
    "desert": ("TM", 37.9, 58.4),
}
CODES = (
    Code.MED_EMG, Code.MED_CMR, Code.SHL_EMG, Code.SHL_VOT, Code.SHL_TRN, Code.SHL_CHD, Code.LEG_INF, Code.DOC_IDS,
    Code.SAF_RSK, Code.RET_AVR, Code.CAS_MGT, Code.IDN_FRM, Code.INT_LNG, Code.ASY_ACC, Code.CON_SRV, Code.MHP_PSY,
    Code.CHD_GRD, Code.SAF_EMG, Code.CJS_REP,
)  # fmt: skip

T = TypeVar("T")


@cache
def pathways() -> MappingProxyType[str, Any]:
    """The real rules of the five countries."""
    return MappingProxyType(load_pathways(DATA / "pathways"))


def places() -> tuple[Place, ...]:
    """Five invented places, in three countries."""
    return tuple(
        Place(
            slug=slug, country=country, name=slug, name_ru="", name_local="", admin1=f"{country}-1", lat=lat, lon=lon,
            timezone=ZONES[country],
        )
        for slug, (country, lat, lon) in SPOTS.items()
    )  # fmt: skip


def crossings() -> tuple[Crossing, ...]:
    """One crossing for all, one for citizens."""

    def crossing(name: str, a: str, b: str, open_to: OpenTo) -> Crossing:
        sides = (Side(country=a, lat=41.5, lon=69.0), Side(country=b, lat=41.5, lon=69.0))
        return Crossing(
            id=name, name=name, kind=CrossingKind.ROAD, sides=sides, delay_minutes=90,
            status=CrossingStatus.OPEN, open_to=open_to,
        )  # fmt: skip

    return crossing("all", "KZ", "UZ", OpenTo.ALL), crossing("citizens", "UZ", "TM", OpenTo.CITIZENS)


class Draw:
    """Random values; `sure` is how often a fact is known and safe."""

    def __init__(self, seed: int, sure: float = 0.75) -> None:
        self.rng = random.Random(seed)
        self.sure = sure

    def one(self, values: Any) -> Any:
        return self.rng.choice(list(values))

    def some(self, values: Any, most: int) -> tuple[Any, ...]:
        values = list(values)
        return tuple(self.rng.sample(values, self.rng.randint(0, min(most, len(values)))))

    def mostly(self, usual: T, *others: T) -> T:
        return usual if self.rng.random() < self.sure else self.one(others)

    def fact(self, safe: Answer) -> Answer:
        return self.mostly(safe, *Answer)

    def point(self, number: int) -> ServicePoint:
        """One service point with facts that are mostly known and safe."""
        no, yes = Answer.NO, Answer.YES
        country, place = self.one([(country, slug) for slug, (country, *_) in SPOTS.items()])
        modality = self.mostly(Modality.PHYSICAL, *Modality)
        return ServicePoint(
            slug=f"s{number}",
            organization=f"o{self.rng.randint(1, 6)}",
            organization_type=self.mostly(OrganizationType.NGO, *OrganizationType),
            country=country,
            place=self.mostly(place, None),
            admin1=f"{country}-1",
            modality=modality,
            codes=self.some(CODES, 5) or (Code.LEG_INF,),
            status=self.mostly(ServiceStatus.ACTIVE, *ServiceStatus),
            quarantined=self.mostly(False, True),
            registration=self.mostly(RegistrationStatus.REGISTERED, *RegistrationStatus),
            state_funded=self.fact(no),
            licence_required=self.fact(no),
            eligibility=Eligibility(
                genders=self.mostly((Placement.WOMEN, Placement.MEN), None, (Placement.WOMEN,), ()),
                age_min=self.mostly(0, None, 18),
                age_max=self.mostly(120, None, 17, 24),
                nationalities=self.mostly(("*",), None, ("KZ",), ("UZ",)),
                accepts_children=self.fact(yes),
                requires_formal_status=self.fact(no),
                requires_cooperation=self.fact(no),
                requires_criminal_case=self.mostly(no, yes),
                requires_residence=self.fact(no),
                requires_police_referral=self.mostly(no, yes),
                required_documents=self.mostly((), None, (Document.PASSPORT,)),
                fee=self.fact(no),
            ),
            safety=Safety(
                shares_with_police=self.fact(no),
                shares_with_immigration=self.fact(no),
                mandatory_reporter=self.fact(no),
                confidentiality_policy=self.fact(yes),
                facility_regime=self.mostly(FacilityRegime.OPEN, *FacilityRegime),
                child_specialised=self.fact(yes),
                separates_children_from_adults=self.fact(yes),
                mediates_with_family=self.fact(no),
                safeguarding_flag=self.mostly(SafeguardingFlag.NONE, *SafeguardingFlag),
                affiliations=self.mostly((), (self.one(Perpetrator),)),
            ),
            quality=Quality(offers_pep=self.fact(yes)),
            verification=self.mostly(
                Verification(on=date(2026, 11, 10), method="phone", role="steward"),
                Verification(),
                Verification(on=date(2025, 1, 1), method="phone", role="steward"),
            ),
            timezone=ZONES[country],
            weekly=self.mostly(((0, 10080),), None, ((540, 1020),)),
            languages=self.mostly(("ru", "uz"), None, ("kk",)),
            interpretation=self.mostly(None, ("uz",)),
            interpretation_vetted=self.fact(yes),
            accessibility=self.mostly(tuple(AccessNeed), None, ()),
        )

    def network(self, points: int) -> Network:
        """A network of that many service points with random links and receptions."""
        drawn = [self.point(number) for number in range(points)]
        return network_of(drawn, self.links(drawn), self.receptions(drawn))

    def links(self, points: list[ServicePoint]) -> list[Link]:
        return [
            Link(
                slug=f"l{i}", from_organization=f"o{self.rng.randint(1, 6)}", to=self.one(points).slug,
                agreement=self.one(Agreement), mode=self.one(HandoverMode), receiver_confirmed=self.one(Answer),
                child_ok=self.one(Answer), active=self.mostly(True, False),
                interpreter_source=self.mostly("none", "family"),
            )
            for i in range(len(points))
        ]  # fmt: skip

    def receptions(self, points: list[ServicePoint]) -> list[ReturnReception]:
        home = [point for point in points if Code.RET_AVR in point.codes]
        return [
            ReturnReception(
                slug=f"r{i}", point=point.slug, receiver=f"o{self.rng.randint(1, 6)}", country="UZ",
                agreement=self.one(Agreement), receiver_confirmed=self.one(Answer), child_ok=self.one(Answer),
            )
            for i, point in enumerate(home)
        ]  # fmt: skip

    def person(self) -> Profile:
        """A person with random needs and answers, many of them unset."""
        country, place = self.one([(country, slug) for slug, (country, *_) in SPOTS.items()])
        return Profile(
            needs=self.some(CODES, 4) or (Code.SHL_VOT,),
            location=Location(country=country, place=place),
            imminent_danger=self.one(Answer),
            override=self.mostly(None, *OverrideReason),
            age=self.one([*AgeBand, None]),
            possibly_child=self.mostly(Answer.NO, *Answer),
            unaccompanied=self.one(Answer),
            gender=self.one([*Gender, None]),
            avoid_authorities=self.mostly(False, True),
            nationality=self.one(["KZ", "UZ", "TM", "AF", None]),
            legal_status=self.one(LegalStatus),
            protection_status=self.one(ProtectionStatus),
            fear_of_return=self.one(Answer),
            wants_return=self.one(Answer),
            return_to=self.one(["valley", "desert", "north", None]),
            documents_held=self.one([None, (), (Document.PASSPORT,)]),
            trafficking_status=self.one(TraffickingStatus),
            criminal_case=self.one(Answer),
            involved_in_offence=self.one(Answer),
            exploitation=self.some(Exploitation, 2),
            perpetrators=self.some(Perpetrator, 2),
            no_go_areas=self.mostly((), (self.one(SPOTS),)),
            languages=self.one([None, ("uz",), ("tg",), ("ru", "kk")]),
            access_needs=self.mostly((), (AccessNeed.MOBILITY,)),
            children_with=self.mostly((), (Companion(age=AgeBand.CHILD, gender=Gender.MALE),)),
            incident_window=self.one(IncidentWindow),
            health_flags=self.mostly((), (HealthFlag.SUICIDAL_RISK,)),
            consents=MappingProxyType({sector: self.one(Answer) for sector in Sector if self.rng.random() < 0.8}),
            can_pay=self.one(Answer),
        )


class Hurried(Draw):
    """Offices with all kinds of hours, slow to answer or slow to end, and people for whom hours decide."""

    def point(self, number: int) -> ServicePoint:
        """A service point that may be shut, may call back late, or may take its time."""
        day = self.rng.randrange(0, 7)
        hours = ((day * 1440 + 540, day * 1440 + 600), (((day + 2) % 7) * 1440 + 555, ((day + 2) % 7) * 1440 + 1020))
        sets = ((Code.MED_CMR,), (Code.MED_CMR, Code.SHL_EMG), (Code.LEG_INF, Code.SAF_RSK), (Code.SHL_VOT,))
        country, place = self.one((("KZ", "south"), ("KZ", "middle")))
        some = (None, ((0, 10_080),), ((480, 1_020), (1_920, 2_460)), ((2_880, 2_940),), tuple(sorted(hours)))
        return replace(
            super().point(number),
            codes=self.one(sets),
            country=country,
            place=place,
            admin1=f"{country}-1",
            weekly=self.one(some),
            timezone=ZONES[self.one(ZONES)],
            response_minutes=self.one((0, 30, 240, 1_200, 4_000, 6_000)),
            duration_minutes=self.one((15, 60, 240, 4_500)),
        )

    def person(self) -> Profile:
        """Somebody after an assault, for whom medicine in time is asked for."""
        person = super().person()
        recent = (IncidentWindow.WITHIN_24H, IncidentWindow.WITHIN_72H, IncidentWindow.WITHIN_120H)
        needs = dict.fromkeys((Code.MED_CMR, *person.needs))
        place = Location(country="KZ", place=self.one(("south", "middle")))
        return replace(person, location=place, needs=tuple(needs)[:4], incident_window=self.one(recent))


HURRIED = Moment(as_of=AS_OF, offsets=MappingProxyType(dict(zip(ZONES.values(), (300, 360, 270), strict=True))))
"""The same evening, where zones lie an hour and half an hour apart."""


def network_of(points: Any, links: Any = (), receptions: Any = ()) -> Network:
    """The snapshot of these service points, on the invented places, under the real rules."""
    return build_network(
        points, links=links, receptions=receptions, places=places(), crossings=crossings(), pathways=pathways()
    )


def reordered(network: Network, seed: int) -> Network:
    """The same network, made from rows in another order."""
    rng = random.Random(seed)
    points, links, receptions = list(points_of(network.columns)), list(network.links), list(network.receptions)
    for rows in (points, links, receptions):
        rng.shuffle(rows)
    return network_of(points, links, receptions)


__all__ = ["AS_OF", "HURRIED", "MOMENT", "Draw", "Hurried", "network_of", "pathways", "reordered", "replace"]
