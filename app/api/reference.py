"""What is the same for everybody: codes, places, rules, pathways and hotlines. Open, and may be kept for five minutes.

Parameters stand in the address, since none of them is about a person: a country, a name of a town, a language.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.responses import Response

from app.api.answers import NamedCode, Told
from app.api.house import House, house_of
from app.api.problems import request_language
from app.api.shaping import place_name
from app.domain.codes import CODES, Code, CodeKind, Sector, Urgency
from app.domain.directory import Hotline
from app.domain.pathway import Pathway, Severity
from app.routing import Rule, RuleKind
from app.texts import languages, say

router = APIRouter(
    prefix="/v1",
    tags=["reference"],
    responses={304: {"description": "The caller's copy (If-None-Match) is still good."}},
)

CACHING = "public, max-age=300"
EVERYWHERE = "universal"
"""How the address names the pathway "*"."""
GEONAMES = "GeoNames, www.geonames.org, CC BY 4.0"

_LANGUAGE = f"^({'|'.join(languages())})$"


class Asked(BaseModel):
    """What every reference answer may be asked for."""

    model_config = ConfigDict(extra="forbid")

    lang: str | None = Field(
        default=None, pattern=_LANGUAGE, description="Language of the texts; wins over Accept-Language."
    )


class AskedByCountry(Asked):
    """The same, for one country."""

    country: str | None = Field(default=None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")


class AskedForPlaces(AskedByCountry):
    """A name of a town or a part of it; never an address, and nothing about a person."""

    search: str = Field(default="", max_length=60, description="A name in any script, or a part of it.")
    limit: int = Field(default=50, ge=1, le=500, description="Places at most.")


class CodeAnswer(NamedCode):
    """One need and service code."""

    kind: CodeKind = Field(description="How a step that serves it moves the person.")
    pillar: int = Field(description="Pillar of the National Referral Mechanism, 1 to 4.")
    urgency: Urgency = Field(description="The least urgency of the need.")
    sector: Sector = Field(description="The consent that a referral for it needs (H01).")
    open_eligibility: str = Field(description="Nearest Open Eligibility term (CC BY-SA), or -.")
    sources: tuple[str, ...]


class CodesAnswer(Told):
    """Every code, in the order of the published table."""

    codes: tuple[CodeAnswer, ...]
    language: str


class PlaceAnswer(Told):
    """A town or district."""

    slug: str = Field(description="What a profile names.")
    country: str
    name: str = Field(description="In the asked language where the gazetteer has it.")
    name_latin: str
    name_ru: str
    name_local: str
    admin1: str = Field(description="ISO 3166-2, or empty.")
    timezone: str = Field(description="IANA name.")
    population: int | None


class PlacesAnswer(Told):
    """Places: exact names first, then beginnings, then parts; the larger first."""

    places: tuple[PlaceAnswer, ...]
    attribution: str
    language: str


class RuleAnswer(Told):
    """One public rule: universal ones first, then the gates and requirements of the country files."""

    id: str
    kind: RuleKind
    severity: Severity
    statement: str
    life_saving: str = Field(description="What it does for the life-saving set, or empty.")
    guards: tuple[Code, ...] = Field(description="Codes that it can close; empty: every code, or none to close.")
    sources: tuple[str, ...] = Field(
        description="Ids of docs/sources.md; for a country's rule the file, the source in it and the place in that."
    )
    valid_from: str = Field(description="ISO day from which a country's rule holds; empty for universal rules.")
    valid_to: str = Field(description="ISO day until which it holds, that day included; empty: no end is known.")


class RulesAnswer(Told):
    """Every rule, by id."""

    rules: tuple[RuleAnswer, ...]
    version: str
    language: str


class PathwayHead(Told):
    """A country's pathway, without its rules."""

    country: str = Field(description="ISO 3166-1 alpha-2, or universal for what holds everywhere.")
    version: str
    title: str
    overview: str


class PathwaysAnswer(Told):
    """Every pathway, what holds everywhere first."""

    pathways: tuple[PathwayHead, ...]


class HotlinesAnswer(Told):
    """Numbers to call, by country. Names and notes are as the sources have them."""

    hotlines: tuple[Hotline, ...]


HouseDep = Annotated[House, Depends(house_of)]


@router.get("/codes", operation_id="list_codes", summary="Need and service codes", response_model=CodesAnswer)
def list_codes(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """The codes that a profile asks for and a service offers."""
    language = _language(request, asked)
    codes = tuple(
        CodeAnswer(
            code=code,
            name=say(f"code.{code.value}", language),
            kind=facts.kind,
            pillar=facts.pillar,
            urgency=facts.urgency,
            sector=facts.sector,
            open_eligibility=facts.open_eligibility,
            sources=facts.sources,
        )
        for code, facts in CODES.items()
    )
    return _published(request, CodesAnswer(codes=codes, language=language), language)


@router.get("/places", operation_id="list_places", summary="The gazetteer", response_model=PlacesAnswer)
def list_places(request: Request, asked: Annotated[AskedForPlaces, Query()], house: HouseDep) -> Response:
    """The places that a profile can name. What is typed into `search` is a name of a town; it is not logged."""
    language = _language(request, asked)
    found = house.desk.places(country=asked.country, search=asked.search, limit=asked.limit)
    places = tuple(
        PlaceAnswer(
            slug=place.slug,
            country=place.country,
            name=place_name(place, language),
            name_latin=place.name,
            name_ru=place.name_ru,
            name_local=place.name_local,
            admin1=place.admin1,
            timezone=place.timezone,
            population=place.population,
        )
        for place in found
    )
    return _published(request, PlacesAnswer(places=places, attribution=GEONAMES, language=language), language)


@router.get("/rules", operation_id="list_rules", summary="Every rule with its source", response_model=RulesAnswer)
def list_rules(request: Request, asked: Annotated[Asked, Query()], house: HouseDep) -> Response:
    """Gates, requirements, order, windows and preferences, with severity and sources (docs/sources.md)."""
    language = _language(request, asked)
    rules = house.desk.rules()
    words = statements(rules, language)
    told = tuple(
        RuleAnswer(
            id=rule.id,
            kind=rule.kind,
            severity=rule.severity,
            statement=words[rule.id],
            life_saving=rule.life_saving,
            guards=rule.guards,
            sources=rule.sources,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
        )
        for rule in rules
    )
    version = house.desk.versions().rules
    return _published(request, RulesAnswer(rules=told, version=version, language=language), language)


@router.get("/pathways", operation_id="list_pathways", summary="The countries served", response_model=PathwaysAnswer)
def list_pathways(request: Request, asked: Annotated[Asked, Query()], house: HouseDep) -> Response:
    """The national pathways in force, without their rules. Their texts are in English."""
    heads = tuple(
        PathwayHead(country=_named(p.country), version=p.version, title=p.title, overview=p.overview)
        for p in house.desk.pathways()
    )
    return _published(request, PathwaysAnswer(pathways=heads), "en")


@router.get("/pathways/{country}", operation_id="get_pathway", summary="One country's rules", response_model=Pathway)
def get_pathway(
    request: Request,
    country: Annotated[str, Path(pattern=f"^([A-Z]{{2}}|{EVERYWHERE})$", description="ISO 3166-1, or universal.")],
    asked: Annotated[Asked, Query()],
    house: HouseDep,
) -> Response:
    """Dated rules with their citations, bodies, emergency contacts, hazards, assumptions, and what is not modelled."""
    pathway = house.desk.pathway("*" if country == EVERYWHERE else country)
    return sent(request, TypeAdapter(Pathway).dump_json(pathway), "en")


@router.get("/hotlines", operation_id="list_hotlines", summary="Numbers to call", response_model=HotlinesAnswer)
def list_hotlines(request: Request, asked: Annotated[AskedByCountry, Query()], house: HouseDep) -> Response:
    """Hotlines with hours, languages and ties to the police as far as sources tell; unknown is unknown."""
    lines = house.desk.hotlines(country=asked.country)
    return _published(request, HotlinesAnswer(hotlines=lines), "en")


def statements(rules: Iterable[Rule], language: str) -> dict[str, str]:
    """The words of every rule by id; English where the catalogue has no others."""
    return {rule.id: say(f"rule.{rule.id}", language, statement=rule.statement) for rule in rules}


def _named(country: str) -> str:
    return EVERYWHERE if country == "*" else country


def _language(request: Request, asked: Asked) -> str:
    offered: tuple[str, ...] = request.app.state.languages
    if asked.lang in offered:
        request.scope["state"]["language"] = asked.lang
    return request_language(request)


def _published(request: Request, answer: Told, language: str) -> Response:
    return sent(request, answer.model_dump_json().encode(), language)


def sent(request: Request, body: bytes, language: str, *, caching: str = CACHING) -> Response:
    """The answer with its strong ETag; 304 without a body when the caller has it already."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": caching, "Content-Language": language, "ETag": etag, "Vary": "Accept-Language"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(None, 304, headers)
    return Response(body, 200, headers, "application/json")
