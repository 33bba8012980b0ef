"""Keys of our own that a document in HSDS may carry (docs/decisions/0015): read back where they are there and sound.

A slug counts only when the record's id is the one that this program makes of it: another directory's slug could be the
name of a record of ours.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.registry.exchange.account import Account, Row
from app.registry.exchange.soundly import Flaw
from app.registry.identity import id_of

_ORGANIZATION = frozenset(
    {"country", "type", "located_in", "admin1", "independence", "status", "status_as_of", "confidence", "note",
     "registration", "sources"}
)  # fmt: skip
_SERVICE = frozenset(
    {"codes", "said", "place", "modality", "address_confidential", "eligibility", "safety", "quality", "state_funded",
     "licence_required", "capacity", "capacity_as_of", "free_places", "places_total", "initial_stay_days", "weekly",
     "response_minutes", "duration_minutes", "interpretation", "interpretation_vetted", "accessibility", "sources"}
)  # fmt: skip
OWN_KEYS: Mapping[str, frozenset[str]] = {
    "organization": _ORGANIZATION | {"slug", "links"},
    "service": _SERVICE | {"slug", "directory_status", "verification", "languages", "required_documents"},
    "location": frozenset({"address_confidential", "place", "country", "admin1", "name"}),
    "contact": frozenset({"kind", "value", "note"}),
    "taxonomy_term": frozenset({"kind", "pillar", "urgency", "sector"}),
    "phone": frozenset({"note"}),
}
"""Keys of ours by the table in whose records they may stand."""

_WHOLE_NUMBERS = frozenset({"free_places", "places_total", "initial_stay_days", "response_minutes", "duration_minutes"})
_TRUTHS: Mapping[str, bool] = {"true": True, "false": False}


def is_ours(row: Row) -> bool:
    """Whether a register of this program wrote the record: its id is made of its slug."""
    slug = row.cells.get("slug")
    return isinstance(slug, str) and row.id == str(id_of(row.table, slug))


def with_own_keys(
    body: dict[str, Any], row: Row, judge: Callable[[dict[str, Any]], list[Flaw]], account: Account
) -> dict[str, Any]:
    """The body with what the record says under keys of ours; what is unsound of it is left out and told."""
    names = _ORGANIZATION if row.table == "organization" else _SERVICE
    own = {name: _told(row.cells[name], name) for name in names if name in row.cells}
    if isinstance(own.get("eligibility"), str):
        del own["eligibility"]  # HSDS 1.1 has prose under that name
    if row.table == "service" and is_ours(row):
        own |= _of_our_service(row)
        body = {name: value for name, value in body.items() if name not in ("status", "weekly")}
    if not own:
        return body
    bad = {field.partition(".")[0] for field, _, _ in judge(_over(body, own))} & set(own)
    for name in sorted(bad):
        account.remark(row, name, "unusable-own-key", "it is none of what our files hold under that name; left out")
    return _over(body, {name: value for name, value in own.items() if name not in bad})


def _of_our_service(row: Row) -> dict[str, Any]:
    """What only our own documents mean: the status as the directory has it; no languages at all."""
    found: dict[str, Any] = {}
    if "directory_status" in row.cells:
        found["status"] = row.cells["directory_status"]
    if row.cells.get("languages") == []:
        found["languages"] = []
    return found


def _over(body: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(body)
    for name, value in own.items():
        before = merged.get(name)
        merged[name] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def _told(value: Any, name: str) -> Any:
    """The value as JSON has it; a table has lists and objects as JSON, numbers and truth values as text."""
    if not isinstance(value, str):
        return value
    if value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    if name in _WHOLE_NUMBERS and value.isdecimal() and len(value) < 10:
        return int(value)
    return _TRUTHS.get(value, value) if name == "address_confidential" else value


def links_of(row: Row, slug: str) -> list[dict[str, Any]]:
    """The links that begin at the organization, as our files write them; empty for another's."""
    links = _told(row.cells.get("links"), "links")
    if not isinstance(links, list) or not is_ours(row):
        return []
    return [
        {"from_organization": slug, **{name: value for name, value in link.items() if name != "to_id"}}
        for link in links
        if isinstance(link, dict)
    ]
