"""Imports as tests make them: any content, told nothing, beside the real gazetteer."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.place import Place
from app.registry import load_places
from app.registry.exchange.importing import Harvest, read_parcel
from app.registry.exchange.limits import LIMITS, Limits
from app.registry.exchange.told import Proposal, Told
from app.registry.exchange.unpacking import of_content

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "hsds"
EXAMPLES = SHARED / "examples-3.2.3"


@cache
def places() -> tuple[Place, ...]:
    """The gazetteer."""
    return load_places(ROOT / "data" / "places")


def harvest(content: bytes | Any, *, name: str = "file.json", limits: Limits = LIMITS, **told: Any) -> Harvest:
    """What is made of that content; anything but bytes is written as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_parcel(of_content(name, raw, limits), Told(**{"country": "KZ", **told}), places(), limits=limits)


def records(found: Harvest, kind: str) -> list[Proposal]:
    """The proposals of that kind, in their order."""
    return [proposal for proposal in found.proposals if proposal.kind == kind]


def the_service(found: Harvest) -> Proposal:
    """The only service."""
    (service,) = records(found, "service")
    return service


def remarks(found: Harvest, code: str) -> list[Any]:
    """The remarks with that code."""
    return [remark for remark in found.account.all_remarks() if remark.code == code]


def codes(found: Harvest) -> Counter[str]:
    """How often each code comes."""
    return Counter(remark.code for remark in found.account.all_remarks())


def require_whole_account(found: Harvest) -> None:
    """Fails unless every row is accepted or rejected, and every rejected one is explained."""
    explained: dict[str, set[tuple[str, int]]] = {}
    for remark in found.account.all_remarks():
        assert remark.reason and remark.code
        if remark.rejects and remark.row:
            explained.setdefault(remark.table, set()).add((remark.file, remark.row))
    for table, count in found.account.counts().items():
        assert count.accepted + count.rejected == count.read
        assert count.accepted >= 0
        assert len(explained.get(table, ())) == count.rejected


def a_service(**given: Any) -> dict[str, Any]:
    """A nested service of HSDS 3 of which only the needful is said."""
    return {
        "id": "8b2f2f80-0000-4000-8000-000000000001", "name": "Advice", "status": "active",
        "organization": {"id": "8b2f2f80-0000-4000-8000-000000000002", "name": "Moth House", "description": "Moths."},
        **given,
    }  # fmt: skip


def at(**address: Any) -> dict[str, Any]:
    """A location with that address, as the part of a service."""
    return {"service_at_locations": [{"id": "p", "location": {"id": "l", "location_type": "physical", "addresses": [
        {"id": "a", "address_1": "1 Main Street", "city": "Almaty", "country": "KZ", **address}]}}]}  # fmt: skip
