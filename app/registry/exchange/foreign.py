"""Records of other directories as records of ours: what fits a field goes there, all else is quoted for the steward.

Nothing is guessed. A place is a place of the gazetteer by its exact name, a code is ours or was mapped by a steward,
ages are taken from numbers only. What may give away where people hide is left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from app.domain.codes import CODES, CodeKind
from app.domain.directory import Organization
from app.domain.provider import ServiceStatus
from app.registry.exchange.account import Account, Row
from app.registry.exchange.found_terms import FoundTerms, Said, codes_in
from app.registry.exchange.gathered import prose, text
from app.registry.exchange.hours import weekly
from app.registry.exchange.linked import Linked
from app.registry.exchange.own_keys import is_ours, links_of, with_own_keys
from app.registry.exchange.reach import Whereabouts, contacts_of, found_whereabouts
from app.registry.exchange.silence import Silence
from app.registry.exchange.slugs import slug_of
from app.registry.exchange.soundly import (
    Flaw,
    flaws_of_link,
    flaws_of_organization,
    flaws_of_service,
    house_of,
    lacks_clock,
)
from app.registry.exchange.told import LONGEST_NOTE, Proposal, Told
from app.registry.exchange.tongues import language_tag
from app.registry.exchange.whereabouts import Gazetteer, country_of, may_shelter, mentions_of

LONGEST_NAME = 300
OLDEST_YEARS = 120

_QUOTED_OF_SERVICE = (
    "description", "alternate_name", "interpretation_services", "application_process", "wait_time", "fees",
    "fees_description", "accreditations", "licenses", "assured_date", "alert", "last_modified", "program_id",
)  # fmt: skip
_QUOTED_OF_ORGANIZATION = ("email", "url", "website", "tax_id", "year_incorporated", "legal_status")
_QUOTED_PARTS = {
    "cost_option": ("option", "amount", "currency", "amount_description", "valid_from", "valid_to"),
    "required_document": ("document",),
    "service_area": ("name", "service_area", "description"),
    "service_capacity": ("available", "maximum", "description", "updated"),
}
_HSDS_STATUSES = {
    "active": ServiceStatus.ACTIVE, "inactive": ServiceStatus.INACTIVE, "defunct": ServiceStatus.DEFUNCT,
    "temporarily closed": ServiceStatus.TEMPORARILY_CLOSED, "temporarily_closed": ServiceStatus.TEMPORARILY_CLOSED,
}  # fmt: skip


class _House(NamedTuple):
    """An organization that was proposed: its row, its body, its value, and the streets that nothing may mention."""

    row: Row
    body: dict[str, Any]
    value: Organization
    streets: re.Pattern[str] | None


class Foreign:
    """Makes proposals of what is sound in a file; what stands against a row is told to the account."""

    def __init__(self, found: Linked, account: Account, gazetteer: Gazetteer, told: Told) -> None:
        self._found = found
        self._account = account
        self._gazetteer = gazetteer
        self._told = told
        self._terms = FoundTerms(found, account, told.mapping)

    def proposals(self, progress: Callable[[int], None]) -> Iterator[Proposal]:
        """One for each sound organization, each followed by its services; a service at many locations is as many.

        `progress` is told how many organizations are done.
        """
        for done, (key, row) in enumerate(self._found.organizations.items(), start=1):
            yield from self._organization(key, row)
            progress(done)

    def _organization(self, key: str, row: Row) -> Iterator[Proposal]:
        places = {
            service: [
                found_whereabouts(self._found, location, self._gazetteer, self._told.country, self._account)
                for location in self._found.offered_at.get(service, [])
            ]
            for service in self._found.offered_by[key]
        }
        everywhere = [place for some in places.values() for place in some]
        streets = mentions_of(street for place in everywhere for street in place.streets)
        countries = {place.country for place in everywhere if place.country and place.is_named}
        country = country_of(text(row, "country")) or (
            next(iter(countries)) if len(countries) == 1 else self._told.country
        )
        if not country:
            reason = "its addresses name several" if countries else "no address of it names one"
            self._account.reject(row, "country", "no-country", f"{reason}; give --country")
            self._reject_services(key, "its organization has no country")
            return
        hides = not is_ours(row) and any(
            self._hides(service, row) or any(place.is_secret for place in places[service]) for service in places
        )
        silence = Silence(streets, of_hidden=hides)
        body = self._organization_body(key, row, country, silence)
        body = silence.over(with_own_keys(body, row, flaws_of_organization, self._account))
        flaws = flaws_of_organization(body)
        for spot, code, mend in flaws:
            self._account.reject(row, spot, code, mend)
        if flaws:
            self._reject_services(key, "its organization was rejected")
            return
        note = self._note(row, [(name, prose(row, name)) for name in _QUOTED_OF_ORGANIZATION], silence, body)
        yield replace(self._proposal("organization", row, body, note), source=self._told.source)
        yield from self._links(row, body["slug"])
        value = house_of(body)
        if value is not None:
            house = _House(row, body, value, streets)
            for service in self._found.offered_by[key]:
                yield from self._service(service, house, places[service])

    def _links(self, row: Row, slug: str) -> Iterator[Proposal]:
        for link in links_of(row, slug):
            flaws = flaws_of_link(link)
            for field, code, mend in flaws:
                self._account.remark(row, f"links.{field}", code, mend)
            if not flaws:
                yield self._proposal("link", row, link, f"Imported from {row.file}, {row.table} {row.number}.")

    def _reject_services(self, key: str, reason: str) -> None:
        for service in self._found.offered_by[key]:
            self._account.reject(self._found.services[service], "organization_id", "unknown-organization", reason)

    def _organization_body(self, key: str, row: Row, country: str, silence: Silence) -> dict[str, Any]:
        name = silence.kept(text(row, "name"))
        body: dict[str, Any] = {
            "slug": row.cells["slug"] if is_ours(row) else slug_of(
                f"{country.lower()}-", name, key if key[:1] != "@" else name
            ),
            "name": name, "country": country,
        }  # fmt: skip
        if self._told.organization_type:
            body["type"] = self._told.organization_type
        if text(row, "alternate_name"):
            body["local_name"] = text(row, "alternate_name")
        registrations = [
            {"scheme": text(part, "identifier_scheme", "identifier_type"), "number": text(part, "identifier")}
            for part in self._found.parts_of("organization_identifier", "organization", key)
        ]
        if registrations:
            body["registration"] = registrations
        if prose(row, "description") and not is_ours(row):
            body["note"] = prose(row, "description")
        return body

    def _service(self, key: str, house: _House, places: list[Whereabouts]) -> Iterator[Proposal]:
        row = self._found.services[key]
        said = self._terms.of_service(key)
        is_hidden = self._hides(key, house.row)
        faulty: list[tuple[int, Flaw]] = []
        is_proposed = False
        if "verification" in row.cells:
            self._account.remark(row, "verification", "left-to-steward", "only a steward records it; not taken over")
        for number, place in enumerate(places or [Whereabouts()], start=1):
            hidden_here = is_hidden or place.is_secret
            silence = Silence(house.streets, of_hidden=hidden_here)
            body = self._service_body(key, row, house, place, said, silence)
            self._add_contacts(body, key, house.row, place, is_hidden=hidden_here)
            judge = partial(flaws_of_service, house=house.value, gazetteer=self._gazetteer)
            body = silence.over(with_own_keys(body, row, judge, self._account))
            if hidden_here:
                body["address_confidential"] = True
            flaws = [*judge(body), *_of_country(row, house.value, place)]
            faulty += [(number, flaw) for flaw in flaws]
            if flaws:
                continue
            if lacks_clock(body, house.value):
                reason = "before it can be published it needs a place: its time zone is not known otherwise"
                self._account.remark(row, "place", "no-clock", reason)
            quoted = self._quoted_of_service(key, row, place, is_hidden=hidden_here)
            yield self._proposal("service", row, body, self._note(row, quoted, silence, body))
            is_proposed = True
        self._tell_faulty(row, faulty, is_proposed=is_proposed)

    def _tell_faulty(self, row: Row, faulty: list[tuple[int, Flaw]], *, is_proposed: bool) -> None:
        """The row is rejected for its faulty locations only when it is proposed at no other."""
        for number, (spot, code, mend) in faulty:
            if is_proposed:
                self._account.remark(row, spot, code, f"{mend}; not proposed at its location {number}")
            else:
                self._account.reject(row, spot, code, mend)

    def _hides(self, key: str, owner: Row) -> bool:
        """Whether anything that is said of the service or of its organization speaks of people who hide."""
        row = self._found.services[key]
        said = self._terms.of_service(key)
        names = ("name", "alternate_name", "description", "eligibility_description", "eligibility")
        texts = [prose(one, name) for one in (row, owner) for name in names]
        return not is_ours(row) and (
            may_shelter(*texts, *(word for word, _ in said))
            or any(CODES[code].kind is CodeKind.STAY for code in codes_in(said))
        )

    def _service_body(
        self, key: str, row: Row, house: _House, place: Whereabouts, said: Said, silence: Silence
    ) -> dict[str, Any]:
        name = silence.kept(text(row, "name"))
        identity = (key if key[:1] != "@" else name, place.location)
        slug = house.body["slug"]
        body: dict[str, Any] = {
            "slug": row.cells["slug"] if is_ours(row) else slug_of(f"{slug}.", name, *identity),
            "organization": slug,
            "name": name,
            "codes": [str(code) for code in codes_in(said)],
        }
        if said and not is_ours(row):
            body["said"] = [word for word, _ in said]
        if place.place:
            body["place"] = place.place
        if place.is_virtual:
            body["modality"] = "remote"
        status = text(row, "status").lower()
        if status in _HSDS_STATUSES:
            body["status"] = str(_HSDS_STATUSES[status])
        elif status:
            self._account.remark(row, "status", "unknown-status", "none of the standard's; quoted for the steward")
        ages = self._ages(key, row)
        if ages:
            body["eligibility"] = ages
        eligibility = [prose(row, "eligibility_description"), _prose_of_old(row)] + [
            prose(part, name)
            for part in self._found.parts_of("eligibility", "service", key)
            for name in ("eligibility", "description")
        ]
        if any(eligibility):
            body["eligibility_said"] = "\n".join(filter(None, eligibility))
        self._add_times(body, key, place)
        self._add_languages(body, key)
        return body

    def _ages(self, key: str, row: Row) -> dict[str, int]:
        """Ages that the file gives as numbers."""
        found: dict[str, int] = {}
        for part in (row, *self._found.parts_of("eligibility", "service", key)):
            for theirs, ours in (("minimum_age", "age_min"), ("maximum_age", "age_max")):
                said = text(part, theirs)
                if not said:
                    continue
                years = _whole(said)
                if years is None or (ours == "age_max" and years == 0) or ours in found:
                    self._account.remark(
                        part, theirs, "unusable-age", "no whole years from 0 to 120, said once; left out"
                    )
                else:
                    found[ours] = years
        if found.get("age_min", 0) > found.get("age_max", OLDEST_YEARS):
            self._account.remark(row, "maximum_age", "unusable-age", "below the minimum age; both are left out")
            return {}
        return found

    def _add_times(self, body: dict[str, Any], key: str, place: Whereabouts) -> None:
        rows = [
            *self._found.parts_of("schedule", "service", key),
            *(
                part
                for point in self._found.points_at.get((key, place.location), ())
                for part in self._found.parts_of("schedule", "service_at_location", point)
            ),
        ]
        spans = weekly(rows)
        if spans:
            body["weekly"] = [list(span) for span in spans]
        elif rows:
            self._account.remark(rows[0], "", "unclear-hours", "no plain hours of every week; quoted for the steward")

    def _add_languages(self, body: dict[str, Any], key: str) -> None:
        found: list[str] = []
        for part in self._found.parts_of("language", "service", key):
            word = text(part, "code") or text(part, "language") or text(part, "name")
            tag = language_tag(word) or language_tag(text(part, "name"))
            if tag is None:
                self._account.remark(part, "name", "unknown-language", "no language tag; quoted for the steward")
            else:
                found.append(tag)
        if found:
            body["languages"] = list(dict.fromkeys(found))

    def _add_contacts(self, body: dict[str, Any], key: str, owner: Row, place: Whereabouts, *, is_hidden: bool) -> None:
        contacts = contacts_of(self._found, self._found.services[key], key, owner, place, self._account)
        if is_hidden:
            for row in place.rows:
                if place.streets:
                    reason = "it may be where people hide; street and post code are left out, the town is kept"
                    self._account.remark(row, "address_1", "street-left-out", reason)
        elif place.address:
            contacts.append({"kind": "address", "value": place.address, "visibility": "restricted"})
        if contacts:
            body["contacts"] = contacts

    def _quoted_of_service(self, key: str, row: Row, place: Whereabouts, *, is_hidden: bool) -> list[tuple[str, str]]:
        found = [(name, prose(row, name)) for name in _QUOTED_OF_SERVICE]
        if text(row, "status").lower() not in _HSDS_STATUSES:
            found.append(("status", text(row, "status")))
        for table, names in _QUOTED_PARTS.items():
            for part in self._found.parts_of(table, "service", key):
                found.append((table, ", ".join(filter(None, (prose(part, name) for name in names)))))
        for part in self._found.parts_of("schedule", "service", key):
            names = ("freq", "byday", "weekday", "opens_at", "closes_at", "description", "notes", "original_text")
            found.append(("schedule", " ".join(filter(None, (text(part, name) for name in names)))))
        for part in self._found.parts_of("language", "service", key):
            found.append(("language", " ".join(filter(None, (text(part, "name"), text(part, "language", "note"))))))
        if not is_hidden:
            for part in self._found.parts_of("accessibility", "location", place.location):
                found.append(("accessibility", text(part, "accessibility", "description", "details")))
        if place.town and not place.place:
            found.append(("town", place.town))
        return found

    def _note(self, row: Row, quoted: list[tuple[str, str]], silence: Silence, body: dict[str, Any]) -> str:
        lines = [f"Imported from {row.file}, {row.table} {row.number}, id {row.id[:80] or 'none'}."]
        known = {*body, "sources"} if self._told.source else set(body)
        lacking = [name for name in ("type", "sources") if "organization" not in body and name not in known]
        if lacking:
            lines.append(f"To be filled in before it can be published: {', '.join(lacking)}.")
        lines += [f"{name}: {silence.kept(value)}" for name, value in quoted if value]
        if silence.has_silenced:
            self._account.remark(row, "", "prose-left-out", "what may tell where people hide was left out of texts")
        note = "\n".join(lines)
        if len(note) > LONGEST_NOTE:
            self._account.remark(row, "", "note-cut", f"what was quoted is cut after {LONGEST_NOTE} characters")
            note = note[: LONGEST_NOTE - 1] + "…"
        return note

    @staticmethod
    def _proposal(kind: str, row: Row, body: dict[str, Any], note: str) -> Proposal:
        return Proposal(
            kind=kind, slug=body["slug"], body=body, note=note, file=row.file, table=row.table, row=row.number
        )


def _prose_of_old(row: Row) -> str:
    """HSDS 1.1 has prose where we have an object, which a table holds as JSON."""
    said = row.cells.get("eligibility")
    return said if isinstance(said, str) and said[:1] != "{" else ""


def _of_country(row: Row, house: Organization, place: Whereabouts) -> Iterator[Flaw]:
    """A service has the country of its place, else that of its organization; with neither it cannot be told."""
    here = house.located_in or house.country
    if place.is_named and place.country != here and not place.place and not is_ours(row):
        yield "country", "other-country", "in another country than its organization, in a town that is not known here"


def _whole(said: str) -> int | None:
    try:
        years = float(said)
    except ValueError:
        return None
    return int(years) if years.is_integer() and 0 <= years <= OLDEST_YEARS else None
