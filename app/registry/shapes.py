"""What slugs, countries, regions, languages and addresses look like in data files."""

import re
from collections.abc import Iterable, Iterator

from app.domain.pathway import Source
from app.registry.marked import Spot, quoted
from app.registry.strict import Flaw

_SLUG = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_WEB = re.compile(r"https?://[^\s/]+\S*")


def is_country(text: str) -> bool:
    """Whether it has the shape of ISO 3166-1 alpha-2."""
    return _COUNTRY.fullmatch(text) is not None


def is_region(text: str) -> bool:
    """Whether it has the shape of ISO 3166-2."""
    return _REGION.fullmatch(text) is not None


def is_web_address(text: str) -> bool:
    """Whether a browser could open it: http or https, a host, no space."""
    return _WEB.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Lower-case ASCII words and numbers, joined by single hyphens or dots."""
    return _SLUG.fullmatch(text) is not None


def of_slug(spot: Spot, slug: str) -> Iterator[Flaw]:
    """A flaw unless it is a slug."""
    if not is_slug(slug):
        yield spot, "wrong-slug", f"{quoted(slug)}: use lower-case a-z, digits and single hyphens"


def of_countries(spot: Spot, countries: Iterable[str], *, besides: frozenset[str] = frozenset()) -> Iterator[Flaw]:
    """A flaw for each that is neither ISO 3166-1 alpha-2 in shape nor one of `besides`."""
    for index, country in enumerate(countries):
        if not is_country(country) and country not in besides:
            yield (*spot, index), "wrong-country", f"{quoted(country)}: write two capital letters, such as KZ"


def of_languages(spot: Spot, tags: Iterable[str]) -> Iterator[Flaw]:
    """A flaw for each that is no language tag in shape (BCP 47: language, script, region)."""
    for index, tag in enumerate(tags):
        if not _LANGUAGE.fullmatch(tag):
            yield (*spot, index), "wrong-language", f"{quoted(tag)}: write a language tag such as ru or uz-Latn"


def of_sources(spot: Spot, sources: Iterable[Source]) -> Iterator[Flaw]:
    """Flaws of sources in a list."""
    for index, source in enumerate(sources):
        yield from of_source((*spot, index), source)


def of_source(spot: Spot, source: Source) -> Iterator[Flaw]:
    """A flaw when nobody could open the source, or when it has no title."""
    if not is_web_address(source.url):
        yield (*spot, "url"), "wrong-url", "write an address that begins with https:// or http://"
    if not source.title.strip():
        yield (*spot, "title"), "empty-text", "write the title of the source"
