"""The codes of needs and services as an HSDS taxonomy: one taxonomy, one term a code, no tree."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from app.domain.codes import CODES, Code
from app.registry.exchange.ids import part_id, record_id
from app.registry.identity import id_of
from app.texts import FALLBACK, say

NAME = "Referral needs and services"
SLUG = "codes"
TAXONOMY_ID = id_of("taxonomy", SLUG)


def taxonomy() -> dict[str, Any]:
    """The one taxonomy."""
    return {
        "id": str(TAXONOMY_ID),
        "name": NAME,
        "description": "What trafficked persons and vulnerable migrants need, and the services that meet it.",
        "version": f"{len(CODES)} codes",
    }


def taxonomies(search: str = "") -> list[dict[str, Any]]:
    """Every taxonomy in whose name or description all words are found."""
    return [each for each in (taxonomy(),) if _is_found(each, search)]


def taxonomy_terms(search: str = "", *, taxonomy: UUID | None = None) -> list[dict[str, Any]]:
    """Every term in whose code, name or description all words are found, in the order of the published table; of that
    taxonomy only, when one is named."""
    if taxonomy not in (None, TAXONOMY_ID):
        return []
    return [each for each in map(term, CODES) if _is_found(each, search)]


def _is_found(told: Mapping[str, Any], search: str) -> bool:
    text = " ".join(str(told.get(name, "")) for name in ("code", "name", "description")).casefold()
    return all(word in text for word in search.casefold().split())


def term_id(code: Code) -> str:
    """The id of the term of that code."""
    return record_id("taxonomy_term", code.value)


def term(code: Code) -> dict[str, Any]:
    """The term of that code, with what is fixed about it."""
    return dict(_term(code))


@cache
def _term(code: Code) -> Mapping[str, Any]:
    facts = CODES[code]
    return {
        "id": term_id(code),
        "code": code.value,
        "name": say(f"code.{code.value}", FALLBACK),
        "description": f"Pillar {facts.pillar} of the National Referral Mechanism; "
        f"sector {facts.sector.value.replace('_', ' ')}; at least {facts.urgency.value}.",
        "taxonomy": NAME,
        "taxonomy_id": str(TAXONOMY_ID),
        "language": FALLBACK,
        "kind": facts.kind.value,
        "pillar": facts.pillar,
        "urgency": facts.urgency.value,
        "sector": facts.sector.value,
    }


@cache
def codes_by_term() -> Mapping[UUID, Code]:
    """Every code by the id of its term, in the order of the published table."""
    return {UUID(term_id(code)): code for code in CODES}


def attribute(slug: str, code: Code) -> dict[str, Any]:
    """What ties a service to the term of one of its codes."""
    return {
        "id": part_id("attribute", slug, code.value),
        "link_id": record_id("service", slug),
        "taxonomy_term_id": term_id(code),
        "link_type": "taxonomy_term",
        "link_entity": "service",
        "taxonomy_term": term(code),
    }
