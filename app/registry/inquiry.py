"""The register at one moment, to be looked through. Made by `Store.inquiry`, and of use only while that is open."""

from collections.abc import Sequence
from datetime import date

from app.domain.finding import (
    Area,
    Flag,
    FoundProvider,
    FoundService,
    Offer,
    Page,
    ProvidersAsked,
    ServicesAsked,
    Spell,
    Town,
)
from app.registry import finding, providers
from app.registry.finding import Map
from app.registry.lookup import Looking


class Inquiry:
    """See the module. Every answer is bounded by the size of its page."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    def services(self, asked: ServicesAsked, around: Map) -> Page[FoundService]:
        """One page of the services that fit."""
        return finding.find_services(self._looking, asked, around)

    def service(self, slug: str, asked: ServicesAsked, around: Map) -> FoundService | None:
        """The published service of that slug, if whoever asks may see it."""
        return finding.find_service(self._looking, slug, asked, around)

    def providers(self, asked: ProvidersAsked, towns: Sequence[Town], *, today: date) -> Page[FoundProvider]:
        """One page of the registered providers that fit on the day."""
        return providers.find_providers(self._looking, asked, towns, today)

    def provider(self, slug: str, *, on: date | None, today: date) -> FoundProvider | None:
        """The provider of that slug on the day, if it may be seen."""
        return providers.find_provider(self._looking, slug, on, today)

    def history(self, slug: str) -> tuple[Spell, ...]:
        """The times during which its status was the same, the latest first."""
        return providers.history(self._looking, slug)

    def areas(self, asked: ProvidersAsked, towns: Sequence[Town], *, today: date) -> tuple[Area, ...]:
        """Where confidential services are registered, by country and region."""
        return providers.find_areas(self._looking, asked, towns, today)

    def offers(self, towns: Sequence[Town], countries: Sequence[str]) -> tuple[Offer, ...]:
        """How many public services of each code there are, by country, region and code."""
        return providers.find_offers(self._looking, towns, countries)

    def flags(self, *, countries: Sequence[str], is_open: bool | None, page: int, per_page: int) -> Page[Flag]:
        """One page of the flags, the latest first."""
        from app.registry.flags import find_flags

        return find_flags(self._looking, countries=countries, is_open=is_open, page=page, per_page=per_page)
