"""Who may do what: one table from endpoint to roles. What is not in it is closed."""

import re
from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from app.api.house import Turnstile, house_of
from app.api.problems import Refused
from app.domain.access import Caller, Role
from app.domain.errors import NotAllowed, NotKnown
from app.domain.provider import Visibility

OPEN = None
"""No key is asked for: forms, reviewers and people who call need these, and nothing in them is about a person."""
CASE_WORK = frozenset({Role.OPERATOR, Role.PARTNER})
"""Who works with people (S-07). A government key never; nor an admin's or a steward's, who keep the register."""
SEEKERS = CASE_WORK | {Role.STEWARD}
"""Who searches services. A government key never: what is searched tells of people."""
AUTHORITIES = frozenset({Role.GOVERNMENT})
"""Who may raise flags, and reaches nothing but the register and what is open to all (R-02)."""
STEWARDS = frozenset({Role.STEWARD})
REGISTER = AUTHORITIES | STEWARDS | {Role.AUDITOR, Role.ADMIN}
"""Who looks up registered providers; none of these works with people."""

KEEPERS = frozenset({Role.STEWARD, Role.PROVIDER})
"""Who writes drafts; a provider of its own records only, as proposals."""
STEWARDS = frozenset({Role.STEWARD})
"""Who decides what is published, verified and quarantined."""
WITNESSES = frozenset({Role.STEWARD, Role.AUDITOR})
"""Who reads the chain of changes."""

ACCESS: Mapping[tuple[str, str], frozenset[Role] | None] = MappingProxyType(
    {
        ("POST", "/v1/routes"): CASE_WORK,
        ("POST", "/v1/routes/why-not"): CASE_WORK,
        ("GET", "/v1/services"): SEEKERS,
        ("POST", "/v1/services/search"): SEEKERS,
        ("GET", "/v1/services/{slug}"): SEEKERS,
        ("GET", "/v1/register"): REGISTER,
        ("GET", "/v1/register/coverage"): REGISTER,
        ("GET", "/v1/register/flags"): STEWARDS,
        ("POST", "/v1/register/flags/{flag}/close"): STEWARDS,
        ("GET", "/v1/register/{id}"): REGISTER,
        ("POST", "/v1/register/{id}/flags"): AUTHORITIES,
        ("GET", "/v1/codes"): OPEN,
        ("GET", "/v1/places"): OPEN,
        ("GET", "/v1/rules"): OPEN,
        ("GET", "/v1/pathways"): OPEN,
        ("GET", "/v1/pathways/{country}"): OPEN,
        ("GET", "/v1/hotlines"): OPEN,
        ("GET", "/v1/drafts"): KEEPERS,
        ("POST", "/v1/drafts"): KEEPERS,
        ("GET", "/v1/drafts/{draft}"): KEEPERS,
        ("GET", "/v1/drafts/{draft}/comparison"): KEEPERS,
        ("PATCH", "/v1/drafts/{draft}"): KEEPERS,
        ("DELETE", "/v1/drafts/{draft}"): KEEPERS,
        ("POST", "/v1/drafts/{draft}/submit"): STEWARDS,
        ("POST", "/v1/drafts/{draft}/publish"): STEWARDS,
        ("POST", "/v1/drafts/{draft}/reject"): STEWARDS,
        ("GET", "/v1/organizations"): KEEPERS,
        ("GET", "/v1/organizations/{slug}"): KEEPERS,
        ("PATCH", "/v1/organizations/{slug}"): KEEPERS,
        ("GET", "/v1/organizations/{slug}/history"): WITNESSES,
        ("POST", "/v1/organizations/{slug}/archive"): STEWARDS,
        ("GET", "/v1/services/{slug}/record"): KEEPERS,
        ("PATCH", "/v1/services/{slug}"): KEEPERS,
        ("GET", "/v1/services/{slug}/history"): WITNESSES,
        ("POST", "/v1/services/{slug}/archive"): STEWARDS,
        ("POST", "/v1/services/{slug}/verify"): STEWARDS,
        ("POST", "/v1/services/{slug}/capacity"): KEEPERS,
        ("POST", "/v1/services/{slug}/quarantine"): STEWARDS,
        ("POST", "/v1/services/{slug}/lift"): STEWARDS,
        ("GET", "/v1/locations"): KEEPERS,
        ("GET", "/v1/locations/{slug}"): KEEPERS,
        ("PATCH", "/v1/locations/{slug}"): KEEPERS,
        ("GET", "/v1/locations/{slug}/history"): WITNESSES,
        ("GET", "/v1/service_at_locations"): KEEPERS,
        ("GET", "/v1/service_at_locations/{slug}"): KEEPERS,
        ("PATCH", "/v1/service_at_locations/{slug}"): KEEPERS,
        ("GET", "/v1/service_at_locations/{slug}/history"): WITNESSES,
        ("GET", "/v1/links"): KEEPERS,
        ("GET", "/v1/links/{slug}"): KEEPERS,
        ("PATCH", "/v1/links/{slug}"): KEEPERS,
        ("GET", "/v1/links/{slug}/history"): WITNESSES,
        ("POST", "/v1/links/{slug}/archive"): STEWARDS,
        ("GET", "/v1/changes"): WITNESSES,
        ("GET", "/v1/worklist"): STEWARDS,
        ("GET", "/health/live"): OPEN,
        ("GET", "/health/ready"): OPEN,
    }
)

_LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
OPEN_FEED = frozenset(
    {("GET", f"/hsds{rest}") for rest in ("", "/", "/openapi.json", "/profile/", "/profile/{file}")}
    | {(method, f"/hsds/{name}") for method in ("GET", "POST") for name in _LISTS}
    | {("GET", f"/hsds/{name}/{{id}}") for name in _LISTS}
)
"""The open directory, which is described in a document of its own. No key is asked for, and none is looked at."""


def methods() -> Mapping[str, str]:
    """The methods of each address, as the header Allow tells them: by the alphabet."""
    known: dict[str, list[str]] = {}
    for method, path in sorted((*ACCESS, *OPEN_FEED)):
        known.setdefault(path, []).append(method)
    return {path: ", ".join(several) for path, several in known.items()}


TIERS: Mapping[Role, Visibility] = MappingProxyType(
    {Role.OPERATOR: Visibility.NETWORK, Role.PARTNER: Visibility.PUBLIC, Role.STEWARD: Visibility.NETWORK}
)
"""Contacts that an answer shows: a hotline of the network sees the network's, another NGO's system the public ones."""

_BEARER = re.compile(r"[Bb]earer +(rk_[A-Za-z0-9_-]{10,200})")

bearer = HTTPBearer(
    scheme_name="key",
    description="An API key, `rk_...`, made by `referral key create` and shown once. It has one role and an expiry.",
    auto_error=False,
)


async def admit(request: Request) -> None:
    """Lets the request through to its endpoint, with the caller in its state when the endpoint asks for a key.

    Raises:
        NotKnown: The endpoint asks for a key and there is no good one. Absent, unknown, expired and revoked look alike.
        NotAllowed: The key's role may not do this.
    """
    template = str(getattr(request.scope.get("route"), "path", ""))
    endpoint = (request.method, template)
    roles = ACCESS.get(endpoint, frozenset())
    if roles is OPEN or endpoint in OPEN_FEED:
        return
    caller = await _caller(request)
    request.scope["state"]["role"] = caller.role.value
    if caller.role not in roles:
        raise NotAllowed("the role may not do this")
    request.state.caller = caller


async def _caller(request: Request) -> Caller:
    house = house_of(request)
    match = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise NotKnown("no key")
    today = house.clock().astimezone(UTC).date()
    turnstile: Turnstile = request.app.state.turnstile
    return await turnstile.looked_up(house.find_key, match.group(1), today)


async def caller_of(request: Request) -> Caller:
    """Whoever was admitted with a key.

    Raises:
        NotKnown: Nobody was; the endpoint is missing in `ACCESS`.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise NotKnown("no key")
    return caller


def check_country(caller: Caller, country: str) -> None:
    """Nothing, when the key is for that country or for all.

    Raises:
        NotAllowed: It is for others only.
    """
    if caller.countries and country not in caller.countries:
        raise NotAllowed("the key is for other countries")


def refuse_query(request: Request) -> None:
    """Nothing, when the address ends where the path ends (S-03: what is asked for a person is never in an address).

    Raises:
        Refused: "faulty-query".
    """
    if request.scope["query_string"]:
        raise Refused("faulty-query")


CallerDep = Annotated[Caller, Depends(caller_of)]
