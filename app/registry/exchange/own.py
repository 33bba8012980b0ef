"""Records in the shape of the directory's files, from YAML or a spreadsheet: what may be proposed of them.

What only a steward records is never taken over from a file: that a service was verified, that a provider is trusted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.directory import Organization
from app.registry.exchange.account import Account, Row
from app.registry.exchange.soundly import (
    Flaw,
    flaws_of_link,
    flaws_of_organization,
    flaws_of_service,
    house_of,
    lacks_clock,
)
from app.registry.exchange.told import Proposal
from app.registry.exchange.whereabouts import Gazetteer

OTHER_KINDS: Mapping[str, str] = {
    "receptions": "return_reception", "hotlines": "hotline", "cross_border": "cross_border_fact",
}  # fmt: skip
"""Lists of a directory file whose records no draft can be of, with the kind of their records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """One record as it was read. A service names its organization's slug in `owner`."""

    kind: str
    body: dict[str, Any]
    row: Row
    owner: str = ""


def proposals_of(records: Iterable[OwnRecord], account: Account, gazetteer: Gazetteer) -> Iterator[Proposal]:
    """One for each sound record, organizations before the services that name them; the others are rejected."""
    houses: dict[str, Organization | None] = {}
    for record in records:
        if account.is_rejected(record.row):
            continue
        body = dict(record.body)
        if record.kind == "organization":
            _left_to_steward(record, body, "steward_trust", account)
            flaws = flaws_of_organization(body)
            slug = body.get("slug")
            if not flaws and isinstance(slug, str):
                houses.setdefault(slug, house_of(body))
        elif record.kind == "service":
            _left_to_steward(record, body, "verification", account)
            flaws = _of_service(body, houses.get(record.owner), gazetteer)
            body["organization"] = record.owner
        else:
            flaws = flaws_of_link(body) if record.kind == "link" else []
        for field, code, mend in flaws:
            account.reject(record.row, field, code, mend)
        house = houses.get(record.owner)
        if record.kind == "service" and not flaws and house and lacks_clock(body, house):
            reason = "before it can be published it needs a place: its time zone is not known otherwise"
            account.remark(record.row, "place", "no-clock", reason)
        if not flaws:
            yield _proposal(record, body)


def _of_service(body: dict[str, Any], house: Organization | None, gazetteer: Gazetteer) -> list[Flaw]:
    if house is None:
        return [("organization", "unknown-organization", "its organization is not there, or was rejected")]
    return flaws_of_service(body, house, gazetteer)


def _left_to_steward(record: OwnRecord, body: dict[str, Any], name: str, account: Account) -> None:
    if body.pop(name, None):
        account.remark(record.row, name, "left-to-steward", "only a steward records it; not taken over")


def _proposal(record: OwnRecord, body: dict[str, Any]) -> Proposal:
    row = record.row
    note = f"Imported from {row.file}, {row.table} {row.number}."
    slug = str(body.get("slug", ""))
    return Proposal(
        kind=record.kind, slug=slug, body=body, note=note, file=row.file, table=row.table, row=row.number, is_whole=True
    )
