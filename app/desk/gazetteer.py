"""Finding a place by what people type, in any script that the gazetteer has."""

from collections.abc import Iterable

from app.domain.place import Place


def find_places(places: Iterable[Place], *, country: str | None, search: str, limit: int) -> tuple[Place, ...]:
    """Exact names, then beginnings, then parts; the larger first; at most `limit`."""
    wanted = search.casefold().strip()
    ranked = []
    for place in places:
        rank = _match(place, wanted)
        if rank is not None and country in (None, place.country):
            ranked.append((rank, -(place.population or 0), place.slug, place))
    return tuple(place for *_, place in sorted(ranked, key=lambda row: row[:3])[:limit])


def _match(place: Place, wanted: str) -> int | None:
    """0 for an exact name, 1 for a beginning, 2 for a part, `None` for no match; everything matches nothing asked."""
    if not wanted:
        return 0
    names = [n.casefold() for n in (place.slug, place.name, place.name_ru, place.name_local, *place.aliases) if n]
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else None
