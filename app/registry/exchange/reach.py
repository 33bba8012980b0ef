"""Where a foreign service is and how one reaches it, as far as that may be kept."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.registry.exchange.account import Account, Row
from app.registry.exchange.gathered import prose, text
from app.registry.exchange.linked import Linked
from app.registry.exchange.whereabouts import Gazetteer, country_of, is_secret
from app.registry.shapes import is_web_address
from app.registry.soundness import CONTACT_KINDS

_STREETS = ("address_1", "address_2", "attention")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """One location of a service. `streets` are what must be told nowhere, `address` is what may be sealed.

    `is_named`: an address names the country; otherwise it is the one that was told for the whole file, or "".
    """

    location: str = ""
    rows: tuple[Row, ...] = ()
    country: str = ""
    is_named: bool = False
    place: str | None = None
    town: str = ""
    streets: tuple[str, ...] = ()
    address: str = ""
    is_secret: bool = False
    is_virtual: bool = False


def found_whereabouts(
    found: Linked, location: str, gazetteer: Gazetteer, country: str, account: Account
) -> Whereabouts:
    """The location with that id; what its addresses name and the gazetteer lacks is told to the account."""
    rows = found.parts_of("address", "location", location)
    row = next((one for one in rows if text(one, "address_type") != "postal"), rows[0] if rows else None)
    kind = text(found.locations[location], "location_type").lower()
    if row is None:
        own = country_of(text(found.locations[location], "country"))
        return Whereabouts(
            location=location, country=own or country, is_named=own is not None, is_virtual=kind == "virtual"
        )
    named = country_of(text(row, "country"))
    if text(row, "country") and named is None:
        account.remark(row, "country", "unknown-country", "no country code and no name known here")
    town = text(row, "city")
    place = gazetteer.find(named or country, town, text(row, "state_province")) if named or country else None
    if town and place is None:
        account.remark(row, "city", "unknown-place", "no place of the gazetteer has exactly that name in that country")
    said = [text(one, name) for one in rows for name in _STREETS]
    secret = is_secret(*said, town)
    streets = tuple(dict.fromkeys(street for street in said if street and not is_secret(street)))
    first = [text(row, name) for name in ("address_1", "address_2")]
    return Whereabouts(
        location=location, rows=tuple(rows), country=named or country, is_named=named is not None,
        place=place, town=town, streets=streets, address=", ".join(filter(None, [*first, town])) if any(first) else "",
        is_secret=secret, is_virtual=kind == "virtual",
    )  # fmt: skip


def contacts_of(
    found: Linked, service: Row, key: str, owner: Row, place: Whereabouts, account: Account
) -> list[dict[str, Any]]:
    """How the service is reached: its own ways, else those of its organization. No name of a person is among them."""
    ours = [way for row in found.parts_of("contact", "service", key) for way in _of_our_contact(row)]
    if ours:
        return ours
    own = [
        *_of_phones(found, _rows(found, "phone", key, place), "", account),
        *_of_cells(service, ("email", "url"), "", account),
    ]
    for part in found.parts_of("url", "service", key):
        own += _of_cells(part, ("url",), "", account)
    for contact in _rows(found, "contact", key, place):
        own += _of_person(found, contact, account)
    if not own:
        organization = owner.id
        own += _of_phones(found, found.parts_of("phone", "organization", organization), "of the organization", account)
        own += _of_cells(owner, ("email", "url", "website"), "of the organization", account)
    return list({(one["kind"], one["value"]): one for one in own}.values())


def _rows(found: Linked, table: str, key: str, place: Whereabouts) -> Iterator[Row]:
    """Rows of the service, of it at this location, and of the location."""
    yield from found.parts_of(table, "service", key)
    for point in found.points_at.get((key, place.location), ()):
        yield from found.parts_of(table, "service_at_location", point)
    yield from found.parts_of(table, "location", place.location)


def _of_our_contact(row: Row) -> Iterator[dict[str, Any]]:
    """The contact as our files have it, when a register of this program wrote it."""
    kind, value = text(row, "kind"), prose(row, "value")
    if kind in CONTACT_KINDS and kind != "address" and value:
        note = prose(row, "note")
        yield {"kind": kind, "value": value, "visibility": "public", **({"note": note} if note else {})}


def _of_person(found: Linked, contact: Row, account: Account) -> list[dict[str, Any]]:
    """Ways to reach somebody whose name is not kept: for those who work in the network, not for everybody."""
    post = text(contact, "title", "department")
    if text(contact, "name"):
        account.remark(
            contact, "name", "name-left-out", "names of people are not kept; the post stays, for the network"
        )
    ways = [
        *_of_phones(found, found.parts_of("phone", "contact", contact.id), post, account),
        *_of_cells(contact, ("email",), post, account),
    ]
    return [{**way, "visibility": "network"} for way in ways]


def _of_phones(found: Linked, rows: Iterable[Row], note: str, account: Account) -> list[dict[str, Any]]:
    made = []
    for row in rows:
        number = text(row, "number").strip("\"' ")
        if len(_DIGITS.findall(number)) < _FEWEST_DIGITS:
            account.remark(row, "number", "no-number", "no telephone number; left out")
            continue
        kind = text(row, "type").lower()
        if kind in ("fax", "pager", "tty"):
            account.remark(row, "type", "not-kept", "nobody answers there; left out")
            continue
        extension = text(row, "extension")
        told = "; ".join(filter(None, (note, text(row, "description"))))
        made.append(_contact("phone", f"{number} ext. {extension}" if extension else number, told))
    return made


def _of_cells(row: Row, names: Iterable[str], note: str, account: Account) -> list[dict[str, Any]]:
    made = []
    for name in names:
        value = text(row, name)
        if not value:
            continue
        if name == "email" and _EMAIL.fullmatch(value):
            made.append(_contact("email", value, note))
        elif name != "email" and is_web_address(value):
            made.append(_contact("website", value, note))
        else:
            account.remark(row, name, "unusable-address", "no e-mail or web address as it stands; left out")
    return made


def _contact(kind: str, value: str, note: str) -> dict[str, Any]:
    found = {"kind": kind, "value": value, "visibility": "public"}
    return {**found, "note": note} if note else found
