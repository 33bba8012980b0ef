"""Looking up registered providers, as they are or as they were on a day: what an authority may see, and nothing else.

The listings hold nothing that may not be told (`app.registry.listings`). What was open on that day and is confidential
by now is left out as well: a past that can be asked for must not say more than the present.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.domain.finding import Area, FoundProvider, Offer, Page, ProvidersAsked, Spell, Town
from app.domain.folding import folded_number, is_whole, searched_words
from app.domain.provider import RegistrationStatus
from app.registry.dialect import bytewise, moment
from app.registry.house import NO_STANDING, STANDINGS, standing_rank
from app.registry.lookup import Looking, instant
from app.registry.sql import ALL, Sql, among, every, like, misfits, some, towns
from app.registry.vocabulary import meant

FACETS = ("status", "country", "kind", "region", "authority")
MOST_AUTHORITIES = 50
"""Values of the facet of authorities, the most frequent ones."""
MOST_SPELLS = 200
"""Listings that a history is made of, the latest ones."""
_REGISTERED = standing_rank(RegistrationStatus.REGISTERED)
_EXPIRED = standing_rank(RegistrationStatus.EXPIRED)
_VERSION = "r.slug = v.slug and r.since = v.since"


def find_providers(
    looking: Looking, asked: ProvidersAsked, gazetteer: Sequence[Town], today: date
) -> Page[FoundProvider]:
    """The page of providers that fit on the day, with counts over all pages."""
    words = meant(looking, searched_words(asked.words)) if asked.words else ()
    if asked.words and not words:
        return Page(total=0, found=(), facets={name: {} for name in FACETS})
    fit = misfits("v.folded", words) if words else Sql("0")
    filters = [*_filters(asked, gazetteer, today), *([Sql("fit is not null")] if words else [])]
    hits = _hits(looking, asked.on, gazetteer, today=today, fit=fit, filters=filters)
    facets = _facets(looking, hits, asked, today)
    return Page(total=sum(facets["status"].values()), found=_page(looking, hits, asked, today), facets=facets)


def find_provider(looking: Looking, slug: str, on: date | None, today: date) -> FoundProvider | None:
    """The provider on that day, `None` when it was not published then or may not be seen."""
    this = Sql("v.slug = {word}", (slug,))
    hits = _hits(looking, on, (), today=today, fit=Sql("0"), filters=[], only=this)
    return next(iter(_page(looking, hits, ProvidersAsked(on=on), today)), None)


def _is_past(on: date | None, today: date) -> bool:
    return on is not None and on < today


def _hits(
    looking: Looking,
    on: date | None,
    gazetteer: Sequence[Town],
    *,
    today: date,
    fit: Sql,
    filters: Sequence[Sql],
    seen: str = "not {}.hidden",
    only: Sql = ALL,
) -> Sql:
    """The beginning of a statement: `town`, and `hit` with one row a listing that holds on the day and fits.

    What may be seen must have been so on the day, and be so now.
    """
    day = on or today
    conditions, now = [Sql("v.published"), Sql(seen.format("v")), only], "v"
    if _is_past(on, today):
        end = moment(looking, datetime.combine(day + timedelta(days=1), time(), UTC))
        conditions.append(Sql("v.from_at < {word} and (v.until_at is null or v.until_at >= {word})", (end, end)))
        conditions.append(Sql(f"c.until is null and {seen.format('c')}"))
        now = "c"
    else:
        conditions.append(Sql("v.until is null"))
    picked = Sql("select v.slug as slug, v.since as since, v.folded as folded, v.country as country, v.kind as kind,")
    picked = picked + f"v.admin1 as admin1, v.consents and {now}.consents as consents, {now}.since as latest," + fit
    picked = picked + "as fit," + _standing(day) + "as standing from listing v"
    picked = picked + ("join listing c on c.slug = v.slug where" if now == "c" else "where") + every(conditions)
    gazetteer = gazetteer or [Town(slug="", country="", admin1="", km=None, area_km=None, minute=0)]
    start = Sql("with") + towns(gazetteer) + ", picked as (" + picked + "), hit as materialized (select * from picked v"
    return start + "where" + every(filters) + ")"


def _standing(day: date) -> Sql:
    """The worst of all registrations, as they hold on the day; what begins later says nothing yet."""
    text = f"""
        coalesce((select min(case
            when r.standing = {_REGISTERED} and r.valid_to < {{word}} then {_EXPIRED}
            when r.standing = {_REGISTERED} and r.valid_from > {{word}} then {NO_STANDING}
            else r.standing end) from listing_registration r where {_VERSION}), {NO_STANDING})
    """
    return Sql(text, (day.isoformat(), day.isoformat()))


def _filters(asked: ProvidersAsked, gazetteer: Sequence[Town], today: date) -> list[Sql]:
    found = []
    if asked.countries:
        found.append(among("v.country", asked.countries))
    if asked.kinds:
        found.append(among("v.kind", [kind.value for kind in asked.kinds]))
    if asked.statuses:
        found.append(among("v.standing", [standing_rank(status.value) for status in asked.statuses]))
    if asked.regions:
        found.append(_in_regions(asked, gazetteer, today))
    registered = []
    if asked.number:
        registered.append(Sql("r.number_folded = {word}", (folded_number(asked.number),)))
    if asked.authority:
        registered += [
            like("r.authority_folded", f"% {word} %" if is_whole(word) else f"% {word}%")
            for word in searched_words(asked.authority)
        ] or [Sql("1 = 0")]
    if registered:
        these = every(registered)
        text = f"exists (select 1 from listing_registration r where {_VERSION} and {these.text})"
        found.append(Sql(text, these.words))
    return found


def _open_place(asked: ProvidersAsked, today: date) -> Sql:
    """True where `listing_place` tells of an open service; on a past day not of one that is confidential by now."""
    still = Sql("not r.confidential")
    if not _is_past(asked.on, today):
        return still
    secret = """
        not exists (select 1 from listing_content k where k.slug = v.slug and k.since = v.latest
            and cast(k.secret as text) like {word} || '"' || r.service || '"' || {word})
    """
    return every([still, Sql(secret, ("%", "%"))])


def _in_regions(asked: ProvidersAsked, gazetteer: Sequence[Town], today: date) -> Sql:
    """True where the seat or an open service is in one of the regions."""
    places = [town.slug for town in gazetteer if town.admin1 in asked.regions]
    seat = among("v.admin1", asked.regions)
    if not places:
        return seat
    here = every([Sql(_VERSION), among("r.place", places), _open_place(asked, today)])
    return some([seat, Sql(f"exists (select 1 from listing_place r where {here.text})", here.words)])


def _facets(looking: Looking, hits: Sql, asked: ProvidersAsked, today: date) -> dict[str, dict[str, int]]:
    """How the providers that fit are spread; a provider counts in every region where it has an open service."""
    statement = hits + """
        select 1, country, kind, cast(standing as text), count(*) from hit group by country, kind, standing
        union all
        select 2, region, null, null, count(*) from (
            select slug, admin1 as region from hit where admin1 is not null
            union
            select v.slug, t.admin1 from hit v
            join listing_place r on r.slug = v.slug and r.since = v.since join town t on t.slug = r.place where
    """ + _open_place(asked, today) + """
        ) places group by region
        union all
        select 3, authority, null, null, n from (
            select r.authority as authority, count(distinct v.slug) as n
            from hit v join listing_registration r on r.slug = v.slug and r.since = v.since where r.authority <> ''
            group by r.authority order by n desc,
    """ + f"{bytewise(looking, 'r.authority')} limit {MOST_AUTHORITIES}) named"  # fmt: skip
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for which, first, kind, standing, number in looking.asked(statement.text, statement.words):
        if which == 1:
            counts["country"][first] += number
            counts["kind"][kind] += number
            counts["status"][STANDINGS[int(standing)].value] += number
        else:
            counts["region" if which == 2 else "authority"][first or ""] += number
    return {name: dict(sorted(counted.items())) for name, counted in counts.items()}


def _page(looking: Looking, hits: Sql, asked: ProvidersAsked, today: date) -> tuple[FoundProvider, ...]:
    order = f"fit, {bytewise(looking, 'folded')}, {bytewise(looking, 'slug')}"
    statement = (
        hits
        + f"""
        select h.slug, h.standing, cast(k.content as text), cast(n.secret as text)
        from (select * from hit order by {order} limit {{word}} offset {{word}}) h
        join listing_content k on k.slug = h.slug and k.since = h.since
        join listing_content n on n.slug = h.slug and n.since = h.latest
        order by h.fit, {bytewise(looking, "h.folded")}, {bytewise(looking, "h.slug")}
    """
    )
    rows = looking.asked(statement.text, (*statement.words, asked.per_page, (asked.page - 1) * asked.per_page))
    day = asked.on or today
    return tuple(_provider(slug, STANDINGS[standing], content, secret, day) for slug, standing, content, secret in rows)


def _provider(slug: str, standing: RegistrationStatus, content: str, secret: str, day: date) -> FoundProvider:
    told, hidden = json.loads(content)["told"], set(json.loads(secret))
    services = [service for service in told["services"] if service["slug"] not in hidden]
    registrations = [{**one, "standing": standing_of(one, day).value} for one in told["registrations"]]
    return FoundProvider(
        slug=slug, standing=standing, content={**told, "services": services, "registrations": registrations}
    )


def standing_of(registration: Mapping[str, Any], day: date) -> RegistrationStatus:
    """The status of one registration as it holds on that day."""
    status, iso = RegistrationStatus(registration["status"]), day.isoformat()
    if status is RegistrationStatus.REGISTERED and registration["valid_to"] and registration["valid_to"] < iso:
        return RegistrationStatus.EXPIRED
    if status is RegistrationStatus.REGISTERED and registration["valid_from"] and registration["valid_from"] > iso:
        return RegistrationStatus.UNKNOWN
    return status


def history(looking: Looking, slug: str) -> tuple[Spell, ...]:
    """The times during which the status of the provider was the same, the latest first.

    There is none for the time in which it was not published, or might not be seen. Made of the last `MOST_SPELLS`
    listings.
    """
    rows = looking.asked(
        f"""
        select v.from_at, v.until_at, v.published, v.hidden, cast(k.content as text)
        from listing v join listing_content k on k.slug = v.slug and k.since = v.since
        where v.slug = {{word}} order by v.since desc limit {MOST_SPELLS}
        """,
        [slug],
    )
    spells: list[Spell] = []
    for from_at, until_at, published, hidden, content in reversed(rows):
        told = json.loads(content)["told"]
        if not published or hidden or not told:
            continue
        spell = Spell(
            begins_at=instant(from_at), ends_at=instant(until_at), status=told["status"],
            registrations=tuple(told["registrations"]),
        )  # fmt: skip
        last = spells[-1] if spells else None
        same = last and (last.status, last.registrations, last.ends_at) == (
            spell.status,
            spell.registrations,
            spell.begins_at,
        )
        if last and same:
            spells[-1] = replace(last, ends_at=spell.ends_at)
        else:
            spells.append(spell)
    return tuple(map(_with_standings, reversed(spells)))


def _with_standings(spell: Spell) -> Spell:
    """The spell with the standing of each registration on its first day, or as it was told where that is not known."""
    begins = spell.begins_at.date() if spell.begins_at else None
    registrations = tuple(
        {**one, "standing": standing_of(one, begins).value if begins else one["status"]} for one in spell.registrations
    )
    return replace(spell, registrations=registrations)


def find_areas(looking: Looking, asked: ProvidersAsked, gazetteer: Sequence[Town], today: date) -> tuple[Area, ...]:
    """Regions with the number of confidential services of consenting, registered providers; by country and region.

    Whoever asks for a name, a number, an authority or a kind is told of none: an answer would say whose they are.
    """
    registered = RegistrationStatus.REGISTERED
    narrowed = asked.words or asked.number or asked.authority or asked.kinds
    if narrowed or (asked.statuses and registered not in asked.statuses):
        return ()
    filters = [Sql(f"v.standing = {_REGISTERED}")]
    filters += [among("v.country", asked.countries)] if asked.countries else []
    hits = _hits(looking, asked.on, gazetteer, today=today, fit=Sql("0"), filters=filters, seen="{}.consents")
    region = "coalesce(t.admin1, v.admin1)"
    inside = every([Sql("r.confidential"), *([among(region, asked.regions)] if asked.regions else [])])
    statement = (
        hits
        + f"""
        select v.country, {region}, count(*) from hit v join listing_place r on {_VERSION}
        left join town t on t.slug = r.place where {inside.text} group by v.country, {region}
    """
    )
    rows = looking.asked(statement.text, (*statement.words, *inside.words))
    found = (Area(country=country, region=region or None, services=number) for country, region, number in rows)
    return tuple(sorted(found, key=lambda area: (area.country, area.region or "")))


def find_offers(looking: Looking, gazetteer: Sequence[Town], countries: Sequence[str]) -> tuple[Offer, ...]:
    """How many public services of each code there are in each region, by country, region and code."""
    chosen = every([
        Sql("v.until is null"), Sql("v.published"), Sql("not v.hidden"), Sql("not r.confidential"),
        *([among("v.country", countries)] if countries else []),
    ])  # fmt: skip
    region = "coalesce(t.admin1, v.admin1)"
    statement = Sql("with") + towns(gazetteer) + f"""
        select v.country, {region}, r.codes, count(*) from listing v join listing_place r on {_VERSION}
        left join town t on t.slug = r.place where
    """ + chosen + f"group by v.country, {region}, r.codes"  # fmt: skip
    counts: Counter[tuple[str, str, str]] = Counter()
    for country, where, codes, number in looking.asked(statement.text, statement.words):
        for code in codes.split():
            counts[country, where or "", code] += number
    return tuple(
        Offer(country=country, region=where or None, code=code, services=number)
        for (country, where, code), number in sorted(counts.items())
    )
