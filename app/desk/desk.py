"""The desk: what the product does, in a handful of methods.

It takes the current network (an immutable snapshot, swapped when the register's revision moves), reads the clock once,
asks the engine, and adds what the engine must not know: names, and contacts at the caller's tier, looked up in the
register for the few points of the answer. It keeps nothing of a profile.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from app import __version__
from app.desk.budget import within
from app.desk.directory import Directory
from app.desk.finder import Finder
from app.desk.gazetteer import find_places
from app.desk.lines import emergency_numbers, lines_to_call
from app.desk.replies import Card, Reference, Reply, WhyNotReply
from app.desk.snapshots import Snapshot, Snapshots
from app.domain.directory import Hotline
from app.domain.errors import Busy, Fault, FaultyProfile, NotFound
from app.domain.pathway import Pathway
from app.domain.place import Place
from app.domain.plan import Database, Grade, Message, Plan, Step, Versions
from app.domain.profile import Profile
from app.domain.provider import Visibility
from app.domain.stewardship import Limits
from app.registry.cards import Entries, Entry, Known
from app.registry.exchange.feed import Feed
from app.registry.store import Store
from app.routing import (
    SHORT_LIVED,
    Moment,
    RankingPolicy,
    Rule,
    SearchProblem,
    columns_of_batches,
    country_rules,
    links_of_batches,
    network_of,
    open_case,
    plan,
    problems_of,
    rulebook,
    why_not,
)

if TYPE_CHECKING:
    from app.registry.stewardship import Stewardship

_TRIES = 3
"""How often an answer is made anew because a point that it names is not published any more."""


class Desk:
    """See the module. Thread-safe: every method works on the snapshot that it took at its start."""

    def __init__(
        self,
        store: Store,
        reference: Reference,
        *,
        policy: RankingPolicy,
        clock: Callable[[], datetime],
        budget_seconds: float = 2.0,
        patience_seconds: float = 1.0,
        away_seconds: float = 600.0,
        tell: Callable[..., None] = lambda *_, **__: None,
        one_steward: bool = False,
    ) -> None:
        """A desk over that register; nothing is read of it yet.

        Args:
            store: The register.
            reference: Gazetteer, crossings and pathways.
            policy: The weights and limits of this deployment.
            clock: Gives the present moment, aware.
            budget_seconds: How long one search may take.
            patience_seconds: How long a request waits for the snapshot of a newer revision, before it goes on with the
                one that is there.
            away_seconds: How long answers still rest on the last snapshot after the database went away.
            tell: Told the event and its fields when a snapshot was built, or could not be.
            one_steward: Whether whoever wrote a draft may publish it too.
        """
        self._store = store
        self._one_steward = one_steward
        self._reference = reference
        self._places = MappingProxyType({place.slug: place for place in reference.places})
        self.finder = Finder(store, self._places, clock)
        """Looks through the register."""
        self._policy = policy
        self._clock = clock
        self._budget_seconds = budget_seconds
        self._directory = Directory(store)
        self._snapshots = Snapshots(
            store, lambda: self._build(), patience_seconds=patience_seconds, away_seconds=away_seconds, tell=tell
        )
        self._areas = frozenset(self._places) | {place.admin1 for place in reference.places}
        self._emergency = emergency_numbers(reference.pathways)
        self._rules = rulebook() + country_rules(reference.pathways)
        self._feed_about = _digest([__version__, repr(reference.places), repr(reference.hsds_profile)])
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
            OverBudget: The search did not end within its budget of time.
            Busy: Points were removed again and again while the answer was made.
            DatabaseAway: It is, and what the answer needs is not kept.
        """
        snapshot = self._snapshots.current()
        moment = self._moment(snapshot, as_of)
        holder = self._checked(snapshot, profile, holder)
        gone: set[str] = set()
        for _ in range(_TRIES):
            found = plan(
                snapshot.network,
                profile,
                moment,
                policy=self._policy,
                k=alternatives,
                holder=holder,
                watch=within(self._budget_seconds),
            )
            points, receivers = _named_points(found), _receivers(found)
            entries, is_kept = self._directory.entries(points, receivers, tier)
            gone |= points - set(entries.points)
            if points <= set(entries.points):
                used = replace(snapshot, is_last_known=True) if is_kept else snapshot
                return self._reply(used, profile, moment, found, entries)
            snapshot = self._snapshots.current().without(gone)
        raise Busy("the register moved while the answer was made")

    def _reply(self, snapshot: Snapshot, profile: Profile, moment: Moment, found: Plan, entries: Entries) -> Reply:
        lines = lines_to_call(snapshot.lines, self._emergency, profile)
        away = (Message(key="warning.database_away", slots={}),) if snapshot.is_last_known else ()
        named = {step.organization for step in _steps(found)}
        names = {e.organization: e.organization_name for e in entries.points.values() if e.organization in named}
        return Reply(
            plan=replace(found, escalation=found.escalation + lines, warnings=away + found.warnings),
            cards=MappingProxyType({slug: self._card(entry) for slug, entry in sorted(entries.points.items())}),
            organizations=MappingProxyType(names | dict(entries.organizations)),
            versions=self._versions(snapshot, profile.location.country),
            as_of=moment.as_of,
        )

    def why_not(self, profile: Profile, point: str, *, as_of: datetime | None = None) -> WhyNotReply:
        """Everything that stands between the person and one service point.

        Raises:
            FaultyProfile: As for `plan`.
            NotFound: There is no such service point.
            DatabaseAway: As for `plan`.
        """
        snapshot = self._snapshots.current()
        moment = self._moment(snapshot, as_of)
        self._checked(snapshot, profile, None)
        case = open_case(snapshot.network, profile, moment, policy=self._policy, point=point)
        found = why_not(case, point)
        entries, is_kept = self._directory.entries({point}, set(), Visibility.PUBLIC)
        entry = entries.points.get(point)
        if entry is None:
            raise NotFound("no such service point")
        snapshot = replace(snapshot, is_last_known=True) if is_kept else snapshot
        return WhyNotReply(
            why_not=found,
            card=self._card(entry),
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
        snapshot = self._snapshots.current()
        moment = self._moment(snapshot, as_of)
        holder = self._checked(snapshot, profile, holder)
        return problems_of(snapshot.network, profile, moment, policy=self._policy, k=alternatives, holder=holder)

    @cached_property
    def stewardship(self) -> "Stewardship":
        """The register in the hands of stewards and providers, with the gazetteer and the limits of this deployment."""
        policy = self._policy
        limits = Limits(
            warn_days=policy.warn_days, exclude_days=policy.exclude_days, stay_warn_days=policy.stay_warn_days,
            stay_exclude_days=policy.stay_exclude_days, stay_capacity_hours=policy.bed_capacity_hours,
            capacity_hours=policy.other_capacity_hours, short_lived=frozenset(SHORT_LIVED),
        )  # fmt: skip
        return self._store.stewardship(places=frozenset(self._places), limits=limits, one_steward=self._one_steward)

    def close(self) -> None:
        """No snapshot is being built any more; call it before the register is closed."""
        self._snapshots.close()

    def places(self, *, country: str | None = None, search: str = "", limit: int = 50) -> tuple[Place, ...]:
        """Places of the gazetteer: exact names, then beginnings, then parts; the larger first; at most `limit`."""
        return find_places(self._reference.places, country=country, search=search, limit=limit)

    def rules(self) -> tuple[Rule, ...]:
        """Every universal rule by public id, then every gate and requirement of the country files with its days."""
        return self._rules

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
        chosen = [line for line, _ in self._snapshots.current().lines if country in (None, line.country)]
        return tuple(sorted(chosen, key=lambda line: (line.country, line.slug)))

    def feed(self) -> AbstractContextManager[Feed]:
        """What is public of the register as HSDS, at one moment."""
        return self._store.feed(self._places, about=self._feed_about)

    def hsds_profile(self) -> Mapping[str, Mapping[str, Any]]:
        """What our HSDS documents add to the standard: merge patches by the name of their file."""
        return self._reference.hsds_profile

    def versions(self) -> Versions:
        """Of the engine, the rules, the pathways and the data that an answer given now would carry."""
        return self._versions(self._snapshots.current(), "*")

    def follow(self) -> None:
        """The snapshot of a newer revision is being built, if the register is ahead; nobody waits for it.

        Raises:
            DatabaseAway: The register cannot be reached.
        """
        self._snapshots.follow()

    def ready(self) -> bool:
        """Whether a plan can be made: the snapshot is built, and the database answers or has not been away for long."""
        return self._snapshots.current().network.columns.rows > 0

    def _build(self) -> Snapshot:
        with self._store.edition() as edition:
            network = network_of(
                columns_of_batches(edition.points(self._places)),
                links=links_of_batches(edition.links()),
                receptions=edition.receptions(),
                places=self._reference.places,
                crossings=self._reference.crossings,
                pathways=self._reference.pathways,
            )
            revision = edition.revision
            self._directory.keep(edition, network)
        zones = {place.timezone for place in self._reference.places}
        zones |= set(network.columns.timezone.vocabulary)
        return Snapshot(
            revision=revision,
            network=network,
            lines=self._store.list_lines(),
            zones=MappingProxyType({zone: ZoneInfo(zone) for zone in zones}),
        )

    def _moment(self, snapshot: Snapshot, as_of: datetime | None) -> Moment:
        """The clock, read once; the zones of every place and service point."""
        instant = as_of if as_of is not None else self._clock()
        utc = instant.astimezone(UTC)
        offsets = {name: _offset_minutes(utc, zone) for name, zone in snapshot.zones.items()}
        return Moment(as_of=instant, offsets=MappingProxyType(offsets))

    def _checked(self, snapshot: Snapshot, profile: Profile, holder: str | None) -> str | None:
        """The holder when it is an organization of the register; any other asker holds nothing (engine, section 3).

        Raises:
            FaultyProfile: With every fault of the profile.
            DatabaseAway: It is, and nobody can tell whether a provider to be left out is one.
        """
        slugs = {*profile.exclude_providers, *([holder] if holder is not None else [])}
        known = self._directory.known(snapshot.network, slugs, needed=profile.exclude_providers)
        told = [*self._place_faults(profile), *_provider_faults(known, profile)]
        faults = [Fault("", 0, pointer, code, mend) for pointer, code, mend in told]
        most = self._policy.longest_code_list
        if len(profile.needs) > most:
            faults.append(Fault("", 0, "/profile/needs", "too-many-codes", f"ask for at most {most} needs at once"))
        if faults:
            raise FaultyProfile(tuple(faults))
        return holder if holder in known.organizations else None

    def _place_faults(self, profile: Profile) -> Iterable[tuple[str, str, str]]:
        here = self._places.get(profile.location.place)
        if here is None:
            yield "/profile/location/place", "unknown-place", "use a slug that GET /v1/places lists"
        elif here.country != profile.location.country:
            yield "/profile/location/country", "place-not-in-country", "name the country in which the place lies"
        if profile.return_to is not None and profile.return_to not in self._places:
            yield "/profile/return_to", "unknown-place", "use a slug that GET /v1/places lists"
        for i, area in enumerate(profile.no_go_areas):
            if area not in self._areas:
                mend = "use a slug that GET /v1/places lists, or an ISO 3166-2 code"
                yield f"/profile/no_go_areas/{i}", "unknown-area", mend

    def _card(self, entry: Entry) -> Card:
        return Card(
            point=entry.point,
            service_name=entry.service_name,
            organization=entry.organization,
            organization_name=entry.organization_name,
            local_name=entry.local_name,
            place=self._places.get(entry.place or ""),
            country=entry.country,
            address_confidential=entry.address_confidential,
            status=entry.status,
            status_as_of=entry.status_as_of,
            verified_on=entry.verified_on.isoformat() if entry.verified_on else "",
            hours_known=entry.hours_known,
            contacts=entry.contacts,
            note=entry.note,
        )

    def _versions(self, snapshot: Snapshot, country: str) -> Versions:
        files = [self._reference.pathways[c] for c in ("*", country) if c in self._reference.pathways]
        return Versions(
            engine=__version__,
            rules=self._rules_version,
            pathway=", ".join(dict.fromkeys(f"{file.country}:{file.version}" for file in files)),
            data=str(snapshot.revision),
            database=Database.AWAY if snapshot.is_last_known else Database.REACHED,
        )


def _provider_faults(known: Known, profile: Profile) -> Iterable[tuple[str, str, str]]:
    """H13: a provider that the person fears must be the one that is left out; a slug that fits none protects nobody."""
    for i, slug in enumerate(profile.exclude_providers):
        if slug not in known.organizations and slug not in known.services:
            mend = "use the slug of an organization or a service point of the register"
            yield f"/profile/exclude_providers/{i}", "unknown-provider", mend


def _steps(found: Plan) -> Iterator[Step]:
    return (step for route in found.routes + found.leads for step in route.steps)


def _named_points(found: Plan) -> set[str]:
    return {slug for step in _steps(found) for slug in (step.point, *step.backups)}


def _receivers(found: Plan) -> set[str]:
    return {step.receiver for step in _steps(found) if step.receiver}


def _offset_minutes(utc: datetime, zone: ZoneInfo) -> int:
    offset = utc.astimezone(zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _digest(lines: Iterable[str]) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
