"""Searching services: filters, order, counts and pages are statements of the database, alike on both.

A confidential location counts as standing in the largest town of its region, for filters and for order: so neither
being in a list nor the place in it tells the town (H15).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.domain.admission import conditions_met
from app.domain.answer import Answer
from app.domain.directory import Contact
from app.domain.finding import FoundService, Page, ServicesAsked, Sort, Town
from app.domain.folding import searched_words
from app.domain.profile import Document
from app.domain.provider import Eligibility, Visibility
from app.registry.cards import SEEN
from app.registry.conditions import admission
from app.registry.dialect import bytewise, each_entry
from app.registry.lookup import Looking, day, document, instant
from app.registry.plain import value_of
from app.registry.sql import ALL, Sql, among, every, joined, like, misfits, some, towns
from app.registry.vocabulary import Meant, meant

FACETS = ("country", "region", "status", "organization_type", "code", "admission")
_ADMISSIONS = (Answer.NO, Answer.UNKNOWN, Answer.YES)
_COLUMNS = """
    h.service_id as id, h.slug as slug, h.folded as folded, h.place as place, h.admin1 as admin1,
    h.country as country, h.status as status, h.organization_type as organization_type, h.codes as codes,
    h.verified_on as verified_on
"""
_TOLD = """
    select cast(s.id as text), s.slug, s.name, o.slug, o.name, o.alternate_name, o.organization_type,
        cast(s.codes as text), h.country, h.admin1, h.place, l.location_type, l.address_confidential,
        h.status, o.status_as_of, h.verified_on, cast(s.weekly as text), cast(s.languages as text),
        cast(s.interpretation as text), cast(s.eligibility as text), cast(s.required_documents as text),
        s.eligibility_description, s.capacity, s.capacity_as_of, r.state, r.updated, p.quarantined
"""


@dataclass(frozen=True, slots=True)
class Map:
    """The gazetteer as searches use it: places by slug, and the minute of the week at each country's seat."""

    towns: Mapping[str, Town]
    seats: Mapping[str, int]

    def minute(self, place: str | None, country: str) -> int:
        """The minute of the local week: that of the town, else that of the country's seat, else UTC's."""
        town = self.towns.get(place or "")
        return town.minute if town else self.seats.get(country, self.seats[""])


def find_services(looking: Looking, asked: ServicesAsked, around: Map) -> Page[FoundService]:
    """The page that is asked for, with counts over all pages.

    Args:
        looking: One state of the register.
        asked: What is asked.
        around: Every place; with kilometres where the search names one.
    """
    words = meant(looking, searched_words(asked.words)) if asked.words else ()
    if asked.words and not words:
        return Page(total=0, found=(), facets={name: {} for name in FACETS[: 6 if asked.applicant else 5]})
    unordered = replace(asked, sort=Sort.NAME)
    facets = _facets(looking, _hits(looking, unordered, around, words), unordered, around)
    page = _page(looking, _hits(looking, asked, around, words), asked, around)
    return Page(total=sum(facets["country"].values()), found=page, facets=facets)


def find_service(looking: Looking, slug: str, asked: ServicesAsked, around: Map) -> FoundService | None:
    """The published service of that slug as the asker's tier may see it, if the asker may see it at all."""
    hits = _hits(looking, asked, around, (), only=Sql("h.slug = {word}", (slug,)))
    return next(iter(_page(looking, hits, asked, around)), None)


def _hits(looking: Looking, asked: ServicesAsked, around: Map, words: Sequence[Meant], only: Sql = ALL) -> Sql:
    """A query with one row a service that fits; it needs the tables of `_start`."""
    fit = misfits("h.folded", words) if words else Sql("0")
    picked = Sql(f"select {_COLUMNS},") + fit + f"as fit, {'m.admission' if asked.applicant else '1'} as admission"
    if asked.sort is Sort.DISTANCE:
        km = "t.km" if asked.exact else "case when h.confidential then t.area_km else t.km end"
        picked = picked + f", {km} as km"
    picked = picked + "from service_listing h"
    if asked.sort is Sort.DISTANCE:
        picked = picked + "left join town t on t.slug = h.place"
    if asked.applicant:
        picked = picked + "join judged m on m.key = h.terms"
    picked = picked + "where" + every([*_conditions(looking, asked, around), only])
    outer = _outer(asked)
    return Sql("select * from (") + picked + ") picked where" + every(outer) if outer else picked


def _conditions(looking: Looking, asked: ServicesAsked, around: Map) -> list[Sql]:
    found = []
    if not asked.exact:
        found.append(Sql("h.withheld = false"))
    if asked.codes:
        found.append(some([like("h.codes", f"% {code.value} %") for code in asked.codes]))
    if asked.languages:
        found.append(some([like("h.languages", f"% {tag} %") for tag in asked.languages]))
    if asked.countries:
        found.append(_lies_in("country", asked.countries, around))
    if asked.regions:
        found.append(_lies_in("admin1", asked.regions, around))
    if asked.radius_km is not None:
        found.append(_within(asked.radius_km, around, exact=asked.exact))
    if asked.open_now:
        found.append(_open_now(looking, around))
    return found


def _outer(asked: ServicesAsked) -> list[Sql]:
    """Conditions on what was reckoned for each row."""
    found = []
    if asked.words:
        found.append(Sql("fit is not null"))
    if asked.applicant is not None:
        found.append(among("admission", [_ADMISSIONS.index(one) for one in asked.admissions]))
    return found


def _at(towns: Sequence[str]) -> Sql:
    return among("h.place", towns) if towns else Sql("1 = 0")


def _lies_in(column: str, areas: Sequence[str], around: Map) -> Sql:
    """True where the town is in one of the areas, or where nobody knows the town and the organization is."""
    inside = _at([slug for slug, town in around.towns.items() if getattr(town, column) in areas])
    return some([inside, every([among(f"h.{column}", areas), _unknown_town(around)])])


def _unknown_town(around: Map) -> Sql:
    known = among("h.place", list(around.towns))
    return Sql(f"h.place is null or not {known.text}", known.words)


def _within(radius_km: int, around: Map, *, exact: bool) -> Sql:
    """True where the town is that near; of a confidential location, where the largest town of its region is."""

    def near(km: int | None) -> bool:
        return km is not None and km <= radius_km

    towns = _at([slug for slug, town in around.towns.items() if near(town.km)])
    if exact:
        return towns
    areas = _at([slug for slug, town in around.towns.items() if near(town.area_km)])
    return some([every([Sql("not h.confidential"), towns]), every([Sql("h.confidential"), areas])])


def _open_now(looking: Looking, around: Map) -> Sql:
    """True where the door is open now, by the clock of the town or of the country's seat; unknown hours are not."""
    spans = each_entry(looking, "w.weekly")
    begins, ends = ("cast(e.value ->> 0 as integer)", "cast(e.value ->> 1 as integer)")
    clocks = []
    for minute in sorted({town.minute for town in around.towns.values()} | set(around.seats.values())):
        here = _at([slug for slug, town in around.towns.items() if town.minute == minute])
        seats = [country for country, at in around.seats.items() if at == minute and country]
        elsewhere = every([among("h.country", seats or [""]), _unknown_town(around)])
        inside = f"""
            h.hours in (select w.key from listing_hours w where exists (
                select 1 from {spans} where {begins} <= {minute} and {ends} > {minute}))
        """
        clocks.append(every([Sql(inside), some([here, elsewhere])]))
    return some(clocks)


def _facets(looking: Looking, hits: Sql, asked: ServicesAsked, around: Map) -> dict[str, dict[str, int]]:
    """How the services that fit are spread; the value of what is not known is ""."""
    groups = "place, admin1, country, status, organization_type"
    spread = Sql(f"select 1, {groups}, admission, count(*) from") + "hit" + f"group by {groups}, admission"
    codes = Sql("select 2, codes, null, null, null, null, 0, count(*) from hit group by codes")
    start = _start(asked, around, joined([Sql("hit as"), _materialized(asked), Sql("("), hits, Sql(")")], " "))
    statement = start + spread + "union all" + codes
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for row in looking.asked(statement.text, statement.words):
        which, first, admin1, country, status, organization_type, admitted, number = row
        if which == 2:
            for code in first.split():
                counts["code"][code] += number
            continue
        town = around.towns.get(first or "")
        counts["country"][town.country if town else country] += number
        counts["region"][(town.admin1 if town else admin1) or ""] += number
        counts["status"][status] += number
        counts["organization_type"][organization_type] += number
        counts["admission"][_ADMISSIONS[admitted].value] += number
    if asked.applicant is None:
        del counts["admission"]
    return {name: dict(sorted(counted.items())) for name, counted in counts.items()}


def _materialized(asked: ServicesAsked) -> Sql:
    """What is dear to reckon is reckoned once; what is not is read off the indexes."""
    return Sql("materialized" if asked.words or asked.applicant else "not materialized")


def _start(asked: ServicesAsked, around: Map, *tables: Sql) -> Sql:
    """The beginning of a statement: towns where the order needs them, conditions judged once each, and these tables."""
    if asked.applicant is not None:
        judged = Sql("judged as materialized (select s.key as key,") + admission(asked.applicant)
        tables = (judged + "as admission from listing_terms s)", *tables)
    if asked.sort is Sort.DISTANCE:
        tables = (towns(list(around.towns.values())), *tables)
    return Sql("with") + joined(tables, ", ") if tables else Sql("")


def _page(looking: Looking, hits: Sql, asked: ServicesAsked, around: Map) -> tuple[FoundService, ...]:
    limits = Sql("limit {word} offset {word}) h", (asked.per_page, (asked.page - 1) * asked.per_page))
    statement = _start(asked, around) + _TOLD + "from (select * from (" + hits + ") x order by"
    statement = statement + _order(looking, asked.sort) + limits
    statement = statement + """
        join service s on s.id = h.id
        join organization o on o.id = s.organization_id
        join location l on l.slug = s.slug
        join service_at_location p on p.service_id = s.id
        left join service_capacity r on r.service_id = s.id
        order by
    """ + _order(looking, asked.sort, "h.")  # fmt: skip
    rows = looking.asked(statement.text, statement.words)
    contacts = _contacts(looking, [row[0] for row in rows], asked.tier)
    return tuple(_found(row, contacts, asked, around) for row in rows)


def _order(looking: Looking, sort: Sort, of: str = "") -> str:
    name = f"{bytewise(looking, of + 'folded')}, {bytewise(looking, of + 'slug')}"
    first = {
        Sort.NAME: "",
        Sort.RELEVANCE: f"{of}fit, ",
        Sort.DISTANCE: f"case when {of}km is null then 1 else 0 end, {of}km, ",
        Sort.VERIFIED: f"case when {of}verified_on is null then 1 else 0 end, {of}verified_on desc, ",
    }
    return first[sort] + name


def _contacts(looking: Looking, ids: Sequence[str], tier: Visibility) -> Mapping[str, list[Contact]]:
    """Open contacts of these services that the tier may see, by the id of the service."""
    if not ids:
        return {}
    seen = sorted(each.value for each in SEEN[tier])
    chosen = every([among("c.service_id", ids), among("c.visibility", seen)])
    rows = looking.asked(
        f"""
        select cast(c.service_id as text), c.kind, c.value, c.visibility, c.note from contact c
        where {chosen.text} order by c.service_id, c.position
        """,
        chosen.words,
    )
    found: dict[str, list[Contact]] = {}
    for service, kind, value, visibility, note in rows:
        contact = Contact(kind=kind, value=value, visibility=Visibility(visibility), note=note)
        found.setdefault(service, []).append(contact)
    return found


def _found(
    row: Sequence[Any], contacts: Mapping[str, list[Contact]], asked: ServicesAsked, around: Map
) -> FoundService:
    (
        key, slug, name, organization, organization_name, local_name, kind, codes, seat, admin1, place, modality,
        confidential, status, status_as_of, verified, weekly, languages, interpretation, eligibility, documents, said,
        capacity, capacity_as_of, reported, reported_at, quarantined,
    ) = row  # fmt: skip
    town, veiled = around.towns.get(place or ""), bool(confidential) and not asked.exact
    own, report = instant(capacity_as_of), instant(reported_at)
    if report is not None and (own is None or report >= own):
        capacity, own = reported, report
    conditions = _eligibility(eligibility, documents)
    return FoundService(
        id=str(UUID(key)), slug=slug, name=name, organization=organization, organization_name=organization_name,
        local_name=local_name, organization_type=kind, codes=tuple(json.loads(codes)),
        country=town.country if town else seat, region=(town.admin1 if town else admin1) or None,
        place=None if veiled else place, distance_km=town.km if town and not veiled else None, modality=modality,
        address_confidential=bool(confidential), status=status, status_as_of=status_as_of, verified_on=day(verified),
        open_now=_is_open(document(weekly), around.minute(place, seat)), languages=_tags(languages),
        interpretation=_tags(interpretation), eligibility=conditions, eligibility_said=said, capacity=capacity,
        capacity_as_of=own, quarantined=bool(quarantined), contacts=tuple(contacts.get(key, ())),
        conditions=conditions_met(asked.applicant, conditions) if asked.applicant else {},
    )  # fmt: skip


def _is_open(weekly: Sequence[Sequence[int]] | None, minute: int) -> Answer:
    if weekly is None:
        return Answer.UNKNOWN
    return Answer.YES if any(begins <= minute < ends for begins, ends in weekly) else Answer.NO


def _eligibility(said: str, documents: str | None) -> Eligibility:
    papers = document(documents)
    told = value_of(Eligibility, json.loads(said))
    return replace(told, required_documents=None if papers is None else tuple(map(Document, papers)))


def _tags(said: str | None) -> tuple[str, ...] | None:
    found = document(said)
    return None if found is None else tuple(found)
