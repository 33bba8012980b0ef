"""Drafts become what the register says, and records leave it: each in one transaction, with rows on the chain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlmodel import Session, col, select

from app.domain.directory import Organization, Service
from app.domain.draft import DraftKind, DraftState
from app.domain.errors import Conflict, FaultyData
from app.domain.provider import Link, SafeguardingFlag
from app.registry.bodies import PARTS, OwnedService, faults_of, read_body, require_own_slug, whereabouts_flaws
from app.registry.chain import append_changes
from app.registry.drafting import PARTS_OF_SERVICE, is_stale, published_changes, record_kind, whole_body
from app.registry.house import known_of_the_house
from app.registry.loading import Cause, Key, bury, change_row, organization_content
from app.registry.plain import plain
from app.registry.reading import directory_in
from app.registry.records import (
    country_of,
    find_standing,
    get_standing,
    hold,
    is_taken,
    links_to,
    write_link,
    write_organization,
    write_service,
)
from app.registry.seal import Seal
from app.registry.soundness import of_days_to_come
from app.registry.strict import Flaw
from app.registry.tables import (
    DraftRow,
    HotlineRow,
    LinkRow,
    RegisterStateRow,
    ReturnReceptionRow,
    ServiceRow,
    id_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What publishing works with: the session with its locked state, the seal, the gazetteer's slugs, the cause."""

    session: Session
    state: RegisterStateRow
    seal: Seal
    places: frozenset[str] | None
    cause: Cause


def require_ready(press: Press, row: DraftRow) -> Any:
    """The value that the draft would publish.

    Raises:
        FaultyData: It is not sound, by itself or beside what is published; every fault is named.
        Conflict: "stale-draft", what it was written against has changed meanwhile.
    """
    kind = record_kind(row.kind)
    published = published_changes(press.session, [(kind, row.slug)]).get((kind, row.slug))
    if is_stale(row, published):
        raise Conflict("stale-draft", "the published record is another one than the draft was written against")
    body = whole_body(row, press.seal)
    require_own_slug(row.slug, body)
    value = read_body(row.kind, body)
    if row.update_of is not None:
        _require_no_silence(press, row, body)
    if row.kind in PARTS_OF_SERVICE:
        value = _joined(press, row, value)
    flaws = list(_beside_others(press, row, value))
    if row.kind == DraftKind.SERVICE and isinstance(value, OwnedService):
        flaws += of_days_to_come(value.service, press.cause.at)
    if flaws:
        raise FaultyData(faults_of(flaws))
    return value


def _require_no_silence(press: Press, row: DraftRow, body: Mapping[str, Any]) -> None:
    """What protects people is taken back in words, never by leaving it out."""
    standing = get_standing(press.session, row.kind, row.slug).value
    if not isinstance(standing, Service):
        return
    said, flaws = body.get("safety") or {}, list[Flaw]()
    mend = "it is on record; say it again, or say what holds now"
    hides = row.kind != DraftKind.SERVICE_AT_LOCATION and standing.address_confidential
    if hides and not isinstance(body.get("address_confidential"), bool):
        flaws.append((("address_confidential",), "missing-key", mend))
    if row.kind == DraftKind.SERVICE:
        if standing.safety.safeguarding_flag is not SafeguardingFlag.NONE and "safeguarding_flag" not in said:
            flaws.append((("safety", "safeguarding_flag"), "missing-key", mend))
        if standing.safety.affiliations and "affiliations" not in said:
            flaws.append((("safety", "affiliations"), "missing-key", mend))
    if flaws:
        raise FaultyData(faults_of(flaws))


def _joined(press: Press, row: DraftRow, part: Any) -> OwnedService:
    """The published service with that part of it replaced, sound as a whole."""
    standing = get_standing(press.session, row.kind, row.slug)
    service = standing.value
    assert isinstance(service, Service)
    told = {field.name: getattr(part, field.name) for field in fields(PARTS[row.kind])}
    joined = replace(service, **told)
    read_body(DraftKind.SERVICE, plain(joined) | {"organization": standing.organization})
    return OwnedService(organization=standing.organization, service=joined)


def _beside_others(press: Press, row: DraftRow, value: Any) -> Iterator[Flaw]:
    session = press.session
    if is_taken(session, record_kind(row.kind), row.slug):
        yield ("slug",), "duplicate-slug", "another record has this slug; give it another one"
    if isinstance(value, OwnedService):
        country = country_of(session, value.organization)
        if country is None:
            yield ("organization",), "unknown-organization", "name a published organization"
        else:
            yield from whereabouts_flaws(value.service, country, press.places)
    elif isinstance(value, Organization):
        yield from _with_services(press, value)
    elif isinstance(value, Link):
        if country_of(session, value.from_organization) is None:
            yield ("from_organization",), "unknown-organization", "name a published organization"
        if find_standing(session, "service", value.to) is None:
            yield ("to",), "unknown-service", "name a published service"


def _with_services(press: Press, organization: Organization) -> Iterator[Flaw]:
    """Services without a place keep the clock of their organization's country, so that must have one."""
    owner = id_of("organization", organization.slug)
    chosen = select(ServiceRow.slug).where(col(ServiceRow.organization_id) == owner)
    for slug in press.session.exec(chosen.where(col(ServiceRow.removed_at).is_(None))):
        service = get_standing(press.session, "service", slug).value
        assert isinstance(service, Service)
        for _ in whereabouts_flaws(service, organization.located_in or organization.country, None):
            yield ("country",), "no-clock", "a service without a place needs a country whose time zone is known here"
            return


def publish(press: Press, row: DraftRow) -> None:
    """The register says what the draft says. The draft that said it before is archived.

    Raises:
        FaultyData, Conflict: As `require_ready`.
    """
    value = require_ready(press, row)
    kind = record_kind(row.kind)
    before = find_standing(press.session, kind, row.slug)
    after = _written(press, row, value)
    press.state.revision += 1
    change = change_row((kind, row.slug), before.content if before else None, after, press.state.revision, press.cause)
    append_changes(press.session, press.state, [change])
    hold(press.session, kind, row.slug)
    archive_drafts(press, kind, row.slug)
    row.state = DraftState.PUBLISHED.value


def _written(press: Press, row: DraftRow, value: Any) -> dict[str, Any]:
    if isinstance(value, OwnedService):
        keeps = row.keeps_sealed or row.kind == DraftKind.LOCATION
        return write_service(
            press.session, value.service, organization=value.organization, keeps_sealed=keeps, seal=press.seal
        )
    if isinstance(value, Organization):
        write_organization(press.session, value)
        return organization_content(value)
    write_link(press.session, value)
    content: dict[str, Any] = plain(value)
    return content


def archive_drafts(press: Press, kind: str, slug: str) -> None:
    """Drafts that said until now what the record says are archived, without contacts: these may be taken back."""
    chosen = select(DraftRow).where(col(DraftRow.slug) == slug, DraftRow.state == DraftState.PUBLISHED.value)
    for row in press.session.exec(chosen):
        if record_kind(row.kind) == kind:
            row.state, row.version = DraftState.ARCHIVED.value, row.version + 1
            row.body = {name: value for name, value in row.body.items() if name != "contacts"}
            row.updated_at = press.cause.at


def archive(press: Press, kind: str, slug: str) -> None:
    """The record is not published any more, nor what cannot be without it: links and receptions that lead there.

    Raises:
        NotFound: There is no such record.
        Conflict: "in-use", an organization still has services, hotlines or receptions; or what is on record of the
            service alone holds for others of its organization.
    """
    standing = get_standing(press.session, kind, slug)
    if isinstance(standing.value, Service):
        _require_no_memory(press, standing.value, standing.organization)
    gone: list[Key] = [(kind, slug)]
    if kind == DraftKind.ORGANIZATION:
        gone += _links_from(press, slug)
    elif kind == DraftKind.SERVICE:
        gone += links_to(press.session, slug)
    press.state.revision += 1
    for key in gone:
        content = _content(press, key)
        bury(press.session, [key], press.cause.at)
        append_changes(press.session, press.state, [change_row(key, content, None, press.state.revision, press.cause)])
        hold(press.session, *key)
        archive_drafts(press, *key)


def _require_no_memory(press: Press, service: Service, organization: str) -> None:
    """An allegation or a tie that is noted at one service holds for its whole organization (H13, H18), and would go
    with it."""
    owner = id_of("organization", organization)
    chosen = select(ServiceRow.slug).where(col(ServiceRow.organization_id) == owner)
    standing = press.session.exec(chosen.where(col(ServiceRow.removed_at).is_(None))).all()
    values = [get_standing(press.session, "service", slug).value for slug in standing if slug != service.slug]
    others = [one.safety for one in values if isinstance(one, Service)]
    if others and known_of_the_house([*others, service.safety]) != known_of_the_house(others):
        raise Conflict("in-use", "what is on record of it holds for its organization; note it at another service first")


def _content(press: Press, key: Key) -> Any:
    if key[0] == "return_reception":
        receptions = directory_in(press.session, recorded=False).receptions
        return next(plain(one) for one in receptions if one.slug == key[1])
    return get_standing(press.session, *key).content


def _links_from(press: Press, slug: str) -> list[Key]:
    owner, session = id_of("organization", slug), press.session
    uses = (
        select(ServiceRow.id).where(col(ServiceRow.organization_id) == owner, col(ServiceRow.removed_at).is_(None)),
        select(HotlineRow.id).where(col(HotlineRow.organization_id) == owner, col(HotlineRow.removed_at).is_(None)),
        select(ReturnReceptionRow.id).where(
            col(ReturnReceptionRow.receiver_id) == owner, col(ReturnReceptionRow.removed_at).is_(None)
        ),
    )
    if any(session.exec(use).first() for use in uses):
        raise Conflict("in-use", "archive its services first; hotlines and receptions must not name it any more")
    links = select(LinkRow.slug).where(col(LinkRow.from_organization_id) == owner, col(LinkRow.removed_at).is_(None))
    return [("link", found) for found in session.exec(links)]
