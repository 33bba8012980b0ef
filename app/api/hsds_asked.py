"""What the lists of the open feed may be asked for: the parameters of HSDS 3.2.3, in an address or in a JSON body.

`postcode` and `proximity` are not among them: the register has no postcode, and an empty list would be read as "there
is no help there".
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.api.problems import Refused
from app.desk import Asked, Depth
from app.domain.errors import Fault, FaultyProfile

PER_PAGE = 50
MOST_PER_PAGE = 500
MOST_MINIMAL = 10_000
"""Records of a page that has ids and moments only: the standard wants all of them on one."""
_YEARS = range(1970, 2200)


def _aware(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError("no such moment")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written_out(value: Any) -> Any:
    """Numbers are no moments, though a reader could make some of them."""
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value):
        raise ValueError("no moment")
    return value


Id = Annotated[UUID | None, Field(description="An id as the feed gives it.")]
Moment = Annotated[datetime, BeforeValidator(_written_out), AfterValidator(_aware)]


class Listed(BaseModel):
    """What every list may be asked for. All that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str = Field(
        default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Words, each of which must be found: in a name, in what is said of eligibility, or as the name of "
        "a town or a code. Nothing about a person.",
    )  # fmt: skip
    page: int = Field(
        default=1, ge=1, le=1_000_000, description="Number of the page, from 1; beyond the last is empty."
    )
    per_page: int | None = Field(
        default=None, ge=1, le=MOST_PER_PAGE, description=f"Records of a page; {PER_PAGE} unless given."
    )
    format: Literal["json", "ndjson"] = Field(
        default="json", description="`ndjson`: all records, one a line, without pages."
    )

    def depth(self) -> Depth:
        """How much is told of each record."""
        return Depth.HEAD

    def asked(self) -> Asked:
        """What a record must meet."""
        names = Asked.__dataclass_fields__.keys() & type(self).model_fields.keys()
        return Asked(**{name: getattr(self, name) for name in names})

    def size(self) -> int:
        """Records of a page."""
        return self.per_page or PER_PAGE


class _OfTaxonomy(Listed):
    taxonomy_term_id: Id = Field(default=None, description="Only what has this term; ids of /taxonomy_terms.")
    taxonomy_id: Id = Field(default=None, description="Only what has any term of this taxonomy.")
    full: bool = Field(default=False, description="With all that is nested.")

    def depth(self) -> Depth:
        return Depth.FULL if self.full else Depth.HEAD


class ListedPoints(_OfTaxonomy):
    """What the list of services at locations may be asked for."""

    organization_id: Id = Field(default=None, description="Only services of this organization.")
    modified_after: Moment | None = Field(
        default=None, description="Only services that changed on or after this moment; without an offset it is UTC."
    )


class ListedServices(ListedPoints):
    """What the list of services may be asked for."""

    minimal: bool = Field(
        default=False, description=f"`id` and `last_modified` only, {MOST_MINIMAL} a page unless `per_page` is given."
    )

    def depth(self) -> Depth:
        """How much is told of each record; `minimal` wins."""
        return Depth.MINIMAL if self.minimal else super().depth()

    def size(self) -> int:
        """Records of a page."""
        return self.per_page or (MOST_MINIMAL if self.minimal else PER_PAGE)


class ListedOrganizations(_OfTaxonomy):
    """What the list of organizations may be asked for."""

    full_service: bool = Field(default=False, description="With all that is nested, services in full, too.")

    def depth(self) -> Depth:
        """How much is told of each record."""
        return Depth.FULL_SERVICE if self.full_service else super().depth()


class ListedTerms(Listed):
    """What the list of taxonomy terms may be asked for."""

    taxonomy_id: Id = Field(default=None, description="Only terms of this taxonomy.")
    top_only: bool = Field(default=False, description="Only terms without a parent; here all are.")
    parent_id: Id = Field(default=None, description="Only terms below this one; here none is.")


class Alone(BaseModel):
    """What a single organization may be asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    full_service: bool = Field(default=False, description="With its services in full.")


class Plain(BaseModel):
    """Nothing may be asked for: the address ends where the path ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultyQuery(FaultyProfile):
    """A body by which no list can be asked for; carries every fault, names and values left out."""

    code = "faulty-query"


Query = TypeVar("Query", bound=Listed)


def read_query(raw: bytes, kind: type[Query]) -> Query:
    """The query in the bytes of a JSON body; `{}` asks for everything.

    Raises:
        Refused: "empty-body" or "bad-json".
        FaultyQuery: Anything else is wrong.
    """
    if not raw.strip():
        raise Refused("empty-body")
    repeated: list[bool] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        repeated.append(len(found) < len(pairs))
        return found

    try:
        json.loads(raw.decode("utf-8"), object_pairs_hook=noted)
    except (ValueError, RecursionError):
        raise Refused("bad-json") from None
    if any(repeated):
        raise FaultyQuery((Fault("", 0, "", "duplicate-key", "name every field once"),))
    try:
        return kind.model_validate_json(raw, strict=True)
    except ValidationError as error:
        faults = tuple(set(_faults(error)))
    raise FaultyQuery(faults)


def _faults(error: ValidationError) -> Iterator[Fault]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        if one["type"] == "extra_forbidden":
            yield Fault("", 0, "", "unknown-field", "leave out what the schema does not name")
        else:
            pointer = f"/{one['loc'][0]}" if one["loc"] else ""
            yield Fault("", 0, pointer, "bad-parameter", "see the schema")
