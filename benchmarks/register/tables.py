"""The drawn facts as rows of the register's tables, in the very form in which the program writes them.

Rows come table by table, each table after those that it points to.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from app.domain.provider import Capacity
from app.registry.tables import id_of
from benchmarks.register.descriptions import ANSWERS, eligibilities, lists_of, qualities, safeties
from benchmarks.register.facts import LISTED, Drawn
from benchmarks.register.offers import KINDS
from benchmarks.register.variants import (
    ACCESS,
    AGREEMENTS,
    DOCUMENTS,
    INTERPRETED,
    INTERPRETER_SOURCES,
    MODES,
    REGISTRATIONS,
    SCHEDULES,
    STATUSES,
    TONGUES,
)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""The day and moment up to which the register was kept; every age of a record counts from here."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for some columns of a table; columns that are not named stay null."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Row]


_WORDS = tuple(answer.value for answer in ANSWERS)
_CAPACITIES = (Capacity.OPEN.value, Capacity.LIMITED.value, Capacity.FULL.value, Capacity.UNKNOWN.value)
_STATUSES = tuple(status.value for status in STATUSES)
_REGISTRATIONS = tuple(status.value for status in REGISTRATIONS)
_AGREEMENTS = tuple(agreement.value for agreement in AGREEMENTS)
_MODES = tuple(mode.value for mode in MODES)
_MODALITIES = ("physical", "remote", "mobile")
_SOURCES = json.dumps([{"url": "https://example.invalid/register", "title": "Invented for benchmarks",
                        "date": "", "supports": ""}])  # fmt: skip
_TERMS = ("agreement", "receiver_confirmed", "child_ok", "valid_days")


def tables(drawn: Drawn) -> Iterator[Table]:
    """Every table that has rows."""
    names = _Names(drawn)
    yield _organizations(drawn, names)
    yield _identifiers(drawn, names)
    yield _services(drawn, names)
    yield _locations(drawn, names)
    yield _points(drawn, names)
    yield _reports(drawn, names)
    yield _contacts(names)
    yield _links(drawn, names)
    yield _receptions(drawn, names)


class _Names:
    """Slugs and ids of organizations and services, by number."""

    def __init__(self, drawn: Drawn) -> None:
        places = drawn.towns.places
        homes = drawn.organizations["town"].tolist()
        self.organizations = [f"{places[home].country.lower()}-org-{n:07d}" for n, home in enumerate(homes)]
        owners, positions = drawn.points["organization"].tolist(), drawn.points["position"].tolist()
        pairs = zip(owners, positions, strict=True)
        self.services = [f"{self.organizations[owner]}.service-{position + 1}" for owner, position in pairs]
        self.organization_ids = [id_of("organization", slug).hex for slug in self.organizations]
        self.service_ids = [id_of("service", slug).hex for slug in self.services]


def _organizations(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "id", "slug", "name", "alternate_name", "description", "country", "located_in", "admin1", "organization_type",
        "independence", "status", "status_as_of", "confidence", "steward_trust", "sources",
    )  # fmt: skip
    facts = lists_of(drawn.organizations, "kind", "town", "status", "steward_trust")

    def rows() -> Iterator[Row]:
        for n, (kind, town, status, trust) in enumerate(facts):
            place, what = drawn.towns.places[town], KINDS[kind]
            yield (
                names.organization_ids[n], names.organizations[n], f"Organization {n:07d}", "", "", place.country, "",
                place.admin1, what.type.value, what.independence.value, _STATUSES[status], "2026-11", "invented",
                int(trust), _SOURCES,
            )  # fmt: skip

    return Table("organization", columns, rows())


def _identifiers(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "organization_id", "position", "identifier_scheme", "identifier", "authority", "status", "valid_from",
        "valid_to", "checked_on",
    )  # fmt: skip
    facts = lists_of(drawn.organizations, "registration", "registered_days", "registration_ends")

    def rows() -> Iterator[Row]:
        for n, (registration, days, ends) in enumerate(facts):
            status = _REGISTRATIONS[registration]
            if status in ("unknown", "not_required") and days % 2:
                continue
            until = _day(-days) if ends and status == "registered" else _day(days) if status == "expired" else None
            yield (
                names.organization_ids[n], 0, "invented-register", f"{n:07d}", "", status, _day(days + 30), until,
                _day(days % 90),
            )  # fmt: skip

    return Table("organization_identifier", columns, rows())


def _services(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "id", "slug", "organization_id", "position", "name", "description", "codes", "status", "eligibility",
        "eligibility_description", "safety", "quality", "assured_date", "assurance_method", "assurer_role",
        "state_funded", "licence_required", "capacity", "capacity_as_of", "free_places", "places_total",
        "response_minutes", "duration_minutes", "interpretation_vetted", "required_documents", "weekly", "languages",
        "interpretation", "accessibility", "sources",
    )  # fmt: skip
    facts = lists_of(
        drawn.points, "organization", "position", "set", "own_status", "state_funded", "licence_required",
        "interpretation_vetted", "response", "duration",
    )  # fmt: skip
    codes = [json.dumps([code.value for code in one]) for one in drawn.offers.sets]
    described = zip(eligibilities(drawn), safeties(drawn), qualities(drawn), _told(drawn), _listed(drawn), strict=True)

    def rows() -> Iterator[Row]:
        for n, (fact, (eligibility, safety, quality, told, listed)) in enumerate(zip(facts, described, strict=True)):
            owner, position, offered, status, funded, licence, vetted, response, duration = fact
            yield (
                names.service_ids[n], names.services[n], names.organization_ids[owner], position,
                f"Service {position + 1} of organization {owner:07d}", "[]", codes[offered],
                _STATUSES[status] if status >= 0 else None, eligibility, "", safety, quality, *told[:3],
                _WORDS[funded], _WORDS[licence], *told[3:], response, duration, _WORDS[vetted], *listed, "[]",
            )  # fmt: skip

    return Table("service", columns, rows())


def _told(drawn: Drawn) -> Iterator[Row]:
    """What the directory itself tells of verification and capacity; the rest was recorded by stewards."""
    facts = lists_of(
        drawn.points, "grade", "by_steward", "verified_days", "capacity", "reported", "reported_minutes", "stay",
        "free_places",
    )  # fmt: skip
    for grade, by_steward, days, capacity, reported, minutes, stay, free in facts:
        verified = (None, None, None) if grade == LISTED or by_steward else (_day(days), "phone", "steward")
        if reported or _CAPACITIES[capacity] == "unknown":
            yield (*verified, "unknown", None, None, None)
        else:
            yield (*verified, _CAPACITIES[capacity], _instant(minutes), *_places(capacity, stay, free))


def _places(capacity: int, stay: int, free: int) -> tuple[int | None, int | None]:
    """Free beds and all beds; of what is no bed nobody counts any."""
    if not stay:
        return None, None
    return (0 if _CAPACITIES[capacity] == "full" else free), 8 + free


def _locations(drawn: Drawn, names: _Names) -> Table:
    facts = lists_of(drawn.points, "away", "town", "no_town", "confidential")
    places = [place.slug for place in drawn.towns.places]

    def rows() -> Iterator[Row]:
        for n, (away, town, no_town, confidential) in enumerate(facts):
            slug = names.services[n]
            place = None if no_town else places[town]
            yield id_of("location", slug).hex, slug, _MODALITIES[away], place, int(confidential)

    return Table("location", ("id", "slug", "location_type", "place", "address_confidential"), rows())


def _points(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "id", "slug", "service_id", "location_id", "quarantined", "quarantine_reason", "verified_on",
        "verification_method", "verifier_role",
    )  # fmt: skip
    facts = lists_of(drawn.points, "quarantined", "grade", "by_steward", "verified_days")

    def rows() -> Iterator[Row]:
        for n, (quarantined, grade, by_steward, days) in enumerate(facts):
            slug = names.services[n]
            steward = by_steward and grade != LISTED
            verified = (_day(days), "phone", "steward") if steward else (None, None, None)
            yield (
                id_of("service_at_location", slug).hex, slug, names.service_ids[n], id_of("location", slug).hex,
                int(quarantined), "being looked into" if quarantined else None, *verified,
            )  # fmt: skip

    return Table("service_at_location", columns, rows())


def _reports(drawn: Drawn, names: _Names) -> Table:
    facts = lists_of(drawn.points, "capacity", "reported", "reported_minutes", "stay", "free_places")

    def rows() -> Iterator[Row]:
        for n, (capacity, reported, minutes, stay, free) in enumerate(facts):
            state = _CAPACITIES[capacity]
            if reported and state != "unknown":
                yield names.service_ids[n], state, _places(capacity, stay, free)[0], _instant(minutes)

    return Table("service_capacity", ("service_id", "state", "available", "updated"), rows())


def _contacts(names: _Names) -> Table:
    """One telephone each."""
    columns = ("service_id", "position", "kind", "value", "visibility", "note")
    return Table("contact", columns, ((one, 0, "phone", "+000 000 000 000", "public", "") for one in names.service_ids))


def _listed(drawn: Drawn) -> Iterator[Row]:
    """Documents, hours, languages, interpretation and accessibility of each service as written; `None`: nobody says.

    Numbers that stand for nobody are 0 for documents and accessibility, -1 for all others.
    """
    countries = drawn.towns.countries()
    papers, needs = [None, *map(_written, DOCUMENTS)], [None, *map(_written, ACCESS)]
    spans, tongues = [*map(_written, SCHEDULES), None], [*map(_written, INTERPRETED), None]
    spoken = {country: [*(_written(some) for some, _ in variants), None] for country, variants in TONGUES.items()}
    facts = lists_of(drawn.points, "town", "documents", "hours", "languages", "interpretation", "accessibility")
    for town, documents, hours, languages, interpretation, access in facts:
        own = spoken[countries[town]][languages]
        yield papers[documents], spans[hours], own, tongues[interpretation], needs[access]


def _written(values: tuple[Any, ...]) -> str:
    return json.dumps(values)


def _links(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "id", "slug", "from_organization_id", "to_id", "agreement", "receiver_confirmed", "child_ok", "valid_to",
        "mode", "interpreter_source", "active",
    )  # fmt: skip
    facts = lists_of(drawn.links, "from", "to", *_TERMS, "mode", "interpreter_source", "active")

    def rows() -> Iterator[Row]:
        for n, (source, target, *terms, mode, interpreters, active) in enumerate(facts):
            slug = f"link-{n:07d}"
            yield (
                id_of("link", slug).hex, slug, names.organization_ids[source],
                id_of("service_at_location", names.services[target]).hex, *_written_terms(*terms), _MODES[mode],
                INTERPRETER_SOURCES[interpreters], int(active),
            )  # fmt: skip

    return Table("link", columns, rows())


def _receptions(drawn: Drawn, names: _Names) -> Table:
    columns = (
        "id", "slug", "point_id", "receiver_id", "country", "agreement", "receiver_confirmed", "child_ok", "valid_to",
    )  # fmt: skip
    facts = lists_of(drawn.receptions, "point", "receiver", *_TERMS)
    homes = drawn.organizations["town"].tolist()

    def rows() -> Iterator[Row]:
        for n, (point, receiver, *terms) in enumerate(facts):
            slug = f"reception-{n:07d}"
            yield (
                id_of("return_reception", slug).hex, slug, id_of("service_at_location", names.services[point]).hex,
                names.organization_ids[receiver], drawn.towns.places[homes[receiver]].country, *_written_terms(*terms),
            )  # fmt: skip

    return Table("return_reception", columns, rows())


def _written_terms(agreement: int, confirmed: int, child: int, days: int) -> Row:
    until = _day(-days) if days > -1_000 else None
    return _AGREEMENTS[agreement], _WORDS[confirmed], _WORDS[child], until


@cache
def _day(ago: int) -> str:
    """The day that many days before `TODAY`, as SQLite keeps it."""
    return (TODAY - timedelta(days=ago)).isoformat()


@cache
def _instant(minutes: int) -> str:
    """The moment that many minutes before `NOW`, as SQLite keeps it."""
    return (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")
