"""THE DESK: what the product does, in a handful of methods; the only room that knows register and engine.

It takes the current network (an immutable snapshot, swapped when the register's revision moves), reads the clock once,
asks the engine, and adds what the engine must not know: names, and contacts at the caller's tier. It keeps nothing of
a profile.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app import __version__
from app.domain.answer import Answer
from app.domain.directory import Contact, Directory, Hotline, Organization, Service
from app.domain.errors import Fault, FaultyProfile, NotFound
from app.domain.pathway import Pathway
from app.domain.place import Crossing, Place
from app.domain.plan import Escalation, Grade, Message, Plan, Versions, WhyNot
from app.domain.profile import Profile
from app.domain.provider import AUTHORITIES, FORCE_BODIES, OrganizationType, ServiceStatus, Visibility
from app.registry.directory import service_points
from app.registry.store import Store
from app.routing import (
    Moment,
    Network,
    RankingPolicy,
    Rule,
    SearchProblem,
    build_network,
    country_rules,
    fears_police,
    open_case,
    plan,
    problems_of,
    rulebook,
    why_not,
)

_TIERS = (Visibility.PUBLIC, Visibility.NETWORK, Visibility.RESTRICTED)
_ANSWERING = frozenset({ServiceStatus.ACTIVE, ServiceStatus.UNKNOWN})
"""Hotlines of which nothing says that nobody answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is read from files once, at the start: the gazetteer, the crossings and the rules of every country."""

    places: tuple[Place, ...]
    crossings: tuple[Crossing, ...]
    pathways: Mapping[str, Pathway]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How to name and reach one service point at the caller's tier. Never an address of a confidential location."""

    point: str
    service_name: str
    organization: str
    organization_name: str
    local_name: str
    place: Place | None
    country: str
    address_confidential: bool
    status: str
    status_as_of: str
    verified_on: str
    """ISO day, or "" when nobody has phoned."""
    hours_known: bool
    contacts: tuple[Contact, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A plan with the cards of every service point that it names, keyed by slug, and what it was computed from."""

    plan: Plan
    cards: Mapping[str, Card]
    organizations: Mapping[str, str]
    """Names by slug, of every organization that the plan names."""
    versions: Versions
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotReply:
    """What stands between the person and one service point, with its card."""

    why_not: WhyNot
    card: Card
    versions: Versions
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """Everything of one revision, immutable."""

    revision: int
    network: Network
    directory: Directory
    services: Mapping[str, tuple[Organization, Service]]

    def known(self, holder: str | None) -> str | None:
        """The holder when it is an organization of the register; any other asker holds nothing (engine, section 3)."""
        return holder if any(o.slug == holder for o in self.directory.organizations) else None


class Desk:
    """See the module. Thread-safe: every method works on the snapshot that it took at its start."""

    def __init__(
        self, store: Store, reference: Reference, *, policy: RankingPolicy, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._reference = reference
        self._places = MappingProxyType({place.slug: place for place in reference.places})
        self._policy = policy
        self._clock = clock
        self._lock = Lock()
        self._current: _Snapshot | None = None
        self._rules_version = _digest(f"{r.id}|{r.severity}|{r.statement}" for r in rulebook())

    def plan(
        self,
        profile: Profile,
        *,
        as_of: datetime | None = None,
        alternatives: int = 3,
        tier: Visibility = Visibility.NETWORK,
        holder: str | None = None,
    ) -> Reply:
        """Routes, leads, gaps, questions and people to call, for this person now (or at `as_of`).

        Contacts are shown up to `tier`; sealed ones are never part of an answer, whatever the tier.

        Raises:
            FaultyProfile: A place is not in the gazetteer, or does not lie in the country named, or there are more
                codes than the published limit. Every fault is named, no value repeated.
        """
        snapshot = self._snapshot()
        moment = self._moment(snapshot, as_of)
        self._check(snapshot, profile)
        found = plan(
            snapshot.network, profile, moment, policy=self._policy, k=alternatives, holder=snapshot.known(holder)
        )
        found = replace(found, escalation=found.escalation + self._lines(snapshot, profile))
        points = _named_points(found)
        return Reply(
            plan=found,
            cards=MappingProxyType({slug: self._card(snapshot, slug, tier) for slug in points}),
            organizations=MappingProxyType(_named_organizations(snapshot.directory, found)),
            versions=self._versions(snapshot, profile.location.country),
            as_of=moment.as_of,
        )

    def why_not(self, profile: Profile, point: str, *, as_of: datetime | None = None) -> WhyNotReply:
        """Everything that stands between the person and one service point.

        Raises:
            FaultyProfile: As for `plan`.
            NotFound: There is no such service point.
        """
        snapshot = self._snapshot()
        moment = self._moment(snapshot, as_of)
        self._check(snapshot, profile)
        case = open_case(snapshot.network, profile, moment, policy=self._policy, k=1, holder=None)
        return WhyNotReply(
            why_not=why_not(case, point),
            card=self._card(snapshot, point, Visibility.PUBLIC),
            versions=self._versions(snapshot, profile.location.country),
            as_of=moment.as_of,
        )

    def problems(
        self, profile: Profile, *, as_of: datetime | None = None, alternatives: int = 3, holder: str | None = None
    ) -> tuple[tuple[Grade, SearchProblem], ...]:
        """The search problems behind the plan of this request; nothing about the person but codes and places.

        Raises:
            FaultyProfile: As for `plan`.
        """
        snapshot = self._snapshot()
        moment = self._moment(snapshot, as_of)
        self._check(snapshot, profile)
        return problems_of(
            snapshot.network, profile, moment, policy=self._policy, k=alternatives, holder=snapshot.known(holder)
        )

    def places(self, *, country: str | None = None, search: str = "", limit: int = 50) -> tuple[Place, ...]:
        """Places of the gazetteer: exact names, then beginnings, then parts; the larger first; at most `limit`."""
        wanted = search.casefold().strip()
        ranked = []
        for place in self._reference.places:
            rank = _match(place, wanted)
            if rank is not None and country in (None, place.country):
                ranked.append((rank, -(place.population or 0), place.slug, place))
        return tuple(place for *_, place in sorted(ranked, key=lambda row: row[:3])[:limit])

    def rules(self) -> tuple[Rule, ...]:
        """Every universal rule by public id, then every gate and requirement of the country files with its days."""
        return rulebook() + country_rules(self._reference.pathways)

    def pathways(self) -> tuple[Pathway, ...]:
        """The rules of every country, sorted by country; "*" first."""
        return tuple(pathway for _, pathway in sorted(self._reference.pathways.items()))

    def pathway(self, country: str) -> Pathway:
        """The rules of one country.

        Raises:
            NotFound: It is not served.
        """
        if country not in self._reference.pathways:
            raise NotFound("no such pathway")
        return self._reference.pathways[country]

    def hotlines(self, *, country: str | None = None) -> tuple[Hotline, ...]:
        """Numbers to call, by country and slug."""
        lines = self._snapshot().directory.hotlines
        chosen = [line for line in lines if country in (None, line.country)]
        return tuple(sorted(chosen, key=lambda line: (line.country, line.slug)))

    def versions(self) -> Versions:
        """Of the engine, the rules, the pathways and the data that an answer given now would carry."""
        return self._versions(self._snapshot(), "*")

    def ready(self) -> bool:
        """Whether a plan can be made: the database answers and the snapshot is built."""
        return self._snapshot().network.columns.rows > 0

    def _snapshot(self) -> _Snapshot:
        """The snapshot of the register's revision; built anew, once, when the revision has moved."""
        revision = self._store.revision()
        current = self._current
        if current is not None and current.revision == revision:
            return current
        with self._lock:
            revision = self._store.revision()
            if self._current is None or self._current.revision != revision:
                self._current = self._build()
            return self._current

    def _build(self) -> _Snapshot:
        published = self._store.read_published()
        directory = published.directory
        points = (
            replace(point, quarantined=point.slug in published.quarantined)
            for point in service_points(directory, self._places)
        )
        network = build_network(
            points,
            links=directory.links,
            receptions=directory.receptions,
            places=self._reference.places,
            crossings=self._reference.crossings,
            pathways=self._reference.pathways,
        )
        services = {s.slug: (o, s) for o in directory.organizations for s in o.services}
        return _Snapshot(
            revision=published.revision, network=network, directory=directory, services=MappingProxyType(services)
        )

    def _moment(self, snapshot: _Snapshot, as_of: datetime | None) -> Moment:
        """The clock, read once; the zones of every place and service point."""
        instant = as_of if as_of is not None else self._clock()
        zones = {place.timezone for place in self._reference.places}
        zones |= {point.timezone for point in snapshot.network.columns.points}
        utc = instant.astimezone(UTC)
        offsets = {zone: _offset_minutes(utc, zone) for zone in zones}
        return Moment(as_of=instant, offsets=MappingProxyType(offsets))

    def _check(self, snapshot: _Snapshot, profile: Profile) -> None:
        told = [*self._place_faults(profile), *_provider_faults(snapshot, profile)]
        faults = [Fault("", 0, pointer, code, mend) for pointer, code, mend in told]
        most = self._policy.longest_code_list
        if len(profile.needs) > most:
            faults.append(Fault("", 0, "/profile/needs", "too-many-codes", f"ask for at most {most} needs at once"))
        if faults:
            raise FaultyProfile(tuple(faults))

    def _place_faults(self, profile: Profile) -> Iterable[tuple[str, str, str]]:
        here = self._places.get(profile.location.place)
        if here is None:
            yield "/profile/location/place", "unknown-place", "use a slug that GET /v1/places lists"
        elif here.country != profile.location.country:
            yield "/profile/location/country", "place-not-in-country", "name the country in which the place lies"
        if profile.return_to is not None and profile.return_to not in self._places:
            yield "/profile/return_to", "unknown-place", "use a slug that GET /v1/places lists"
        areas = set(self._places) | {place.admin1 for place in self._reference.places}
        for i, area in enumerate(profile.no_go_areas):
            if area not in areas:
                mend = "use a slug that GET /v1/places lists, or an ISO 3166-2 code"
                yield f"/profile/no_go_areas/{i}", "unknown-area", mend

    def _card(self, snapshot: _Snapshot, slug: str, tier: Visibility) -> Card:
        if slug not in snapshot.services:
            raise NotFound("no such service point")
        organization, service = snapshot.services[slug]
        seen = _TIERS[: _TIERS.index(tier) + 1]
        on = service.verification.on
        return Card(
            point=slug,
            service_name=service.name,
            organization=organization.slug,
            organization_name=organization.name,
            local_name=organization.local_name,
            place=self._places.get(service.place or ""),
            country=organization.located_in or organization.country,
            address_confidential=service.address_confidential,
            status=(service.status or organization.status).value,
            status_as_of=organization.status_as_of,
            verified_on=on.isoformat() if on else "",
            hours_known=service.weekly is not None,
            contacts=tuple(c for c in service.contacts if c.visibility in seen),
            note=organization.note,
        )

    def _lines(self, snapshot: _Snapshot, profile: Profile) -> tuple[Escalation, ...]:
        """Hotlines with a printed number, of the country where the person is, else of her own; police lines last.

        Public emergency numbers come from the pathway and are not listed twice, nor from another country, where they do
        not answer. For somebody who avoids authorities, or whom the police harmed, no line of a state body is shown.
        """
        types = {o.slug: o.type for o in snapshot.directory.organizations}
        emergency = {c.number for file in self._reference.pathways.values() for c in file.emergency_contacts}
        printed = [
            line
            for line in snapshot.directory.hotlines
            if line.number and line.number not in emergency and line.status in _ANSWERING
        ]
        near = [line for line in printed if line.country == profile.location.country]
        lines = near or [line for line in printed if line.country == profile.nationality] or printed
        linked = {line.slug: _police_link(line, types) for line in lines}
        if fears_police(profile):
            state = {line.slug for line in lines if types.get(line.organization or "") in AUTHORITIES}
            lines = [line for line in lines if linked[line.slug] is not Answer.YES and line.slug not in state]
        order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
        return tuple(
            Escalation(
                name=line.name if line.country == profile.location.country else f"{line.name} ({line.country})",
                number=line.number,
                kind="hotline",
                police_link=linked[line.slug],
                message=Message(key="escalation.hotline", slots=MappingProxyType({"caveat": line.caveat})),
            )
            for line in sorted(lines, key=lambda line: (order.index(linked[line.slug]), line.slug))
        )

    def _versions(self, snapshot: _Snapshot, country: str) -> Versions:
        files = [self._reference.pathways[c] for c in ("*", country) if c in self._reference.pathways]
        return Versions(
            engine=__version__,
            rules=self._rules_version,
            pathway=", ".join(dict.fromkeys(f"{file.country}:{file.version}" for file in files)),
            data=str(snapshot.revision),
        )


def _police_link(line: Hotline, types: Mapping[str, OrganizationType]) -> Answer:
    """What is on record; a line of a force body leads to the police, whatever the record leaves open."""
    return Answer.YES if types.get(line.organization or "") in FORCE_BODIES else line.police_link


def _provider_faults(snapshot: _Snapshot, profile: Profile) -> Iterable[tuple[str, str, str]]:
    """H13: a provider that the person fears must be the one that is left out; a slug that fits none protects nobody."""
    known = {o.slug for o in snapshot.directory.organizations} | set(snapshot.services)
    for i, slug in enumerate(profile.exclude_providers):
        if slug not in known:
            mend = "use the slug of an organization or a service point of the register"
            yield f"/profile/exclude_providers/{i}", "unknown-provider", mend


def _named_points(found: Plan) -> tuple[str, ...]:
    slugs = {step.point for route in found.routes + found.leads for step in route.steps}
    slugs |= {slug for route in found.routes + found.leads for step in route.steps for slug in step.backups}
    return tuple(sorted(slugs))


def _named_organizations(directory: Directory, found: Plan) -> dict[str, str]:
    steps = [step for route in found.routes + found.leads for step in route.steps]
    slugs = {step.organization for step in steps} | {step.receiver for step in steps if step.receiver}
    return {o.slug: o.name for o in directory.organizations if o.slug in slugs}


def _offset_minutes(utc: datetime, zone: str) -> int:
    offset = utc.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _match(place: Place, wanted: str) -> int | None:
    """0 for an exact name, 1 for a beginning, 2 for a part, `None` for no match; everything matches nothing asked."""
    if not wanted:
        return 0
    names = [n.casefold() for n in (place.slug, place.name, place.name_ru, place.name_local, *place.aliases) if n]
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else None


def _digest(lines: Iterable[str]) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
