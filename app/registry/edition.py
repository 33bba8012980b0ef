"""The register as it stands at one moment, to be read in pieces: whatever is read, all is of that moment."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property

from app.domain.answer import Answer
from app.domain.batch import LinkBatch, LinkTerms, PointBatch
from app.domain.place import Place
from app.domain.provider import Agreement, ReturnReception, Visibility
from app.registry.cards import Entries, entries
from app.registry.lookup import Looking, Lookup, day
from app.registry.organizations import Organizations, organizations_in
from app.registry.points import points_in
from app.registry.scanning import SEPARATOR, Numbered, as_text, in_columns, in_one, known_only, scan

_PAGE = 512
"""Entries read with one statement."""

_REVISION = Lookup("select revision from register_state")
_TERMS = in_one(
    "l.agreement", "l.mode", "l.receiver_confirmed", "l.child_ok", "l.interpreter_source",
    "case when l.active then 'yes' end", as_text("l.valid_to"),
)  # fmt: skip
_LINKS = f"""
    select {as_text("l.from_organization_id")}, l.slug, p.slug, {_TERMS}
    from link l
    join service_at_location p on p.id = l.to_id
    where l.removed_at is null
    """
_RECEPTIONS = Lookup(
    """
    select r.slug, p.slug, o.slug, r.country, r.agreement, r.receiver_confirmed, r.child_ok, r.valid_to
    from return_reception r
    join organization o on o.id = r.receiver_id
    join service_at_location p on p.id = r.point_id
    where r.removed_at is null
    """,
    (None, None, None, None, Agreement, Answer, Answer, day),
)


class Edition:
    """See the module. Made by `Store.edition`, and of use only while that is open."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self.revision: int = looking.rows(_REVISION)[0][0]

    @cached_property
    def _organizations(self) -> Organizations:
        return organizations_in(self._looking)

    def points(self, places: Mapping[str, Place]) -> Iterator[PointBatch]:
        """Every published service point, in batches; verifications and capacities are the later ones.

        Args:
            places: The gazetteer by slug: country, region and clock of a point are those of its town.
        """
        return points_in(self._looking, self._organizations, places)

    def entries(self, *, points: Collection[str], organizations: Collection[str], tier: Visibility) -> Entries:
        """As `Store.read_entries`, of this moment; any number of them."""
        listed, found = sorted(points), Entries(points={}, organizations={})
        for first in range(0, max(len(listed), 1), _PAGE):
            page = entries(
                self._looking, points=listed[first : first + _PAGE], organizations=organizations if not first else (),
                tier=tier,
            )  # fmt: skip
            found = Entries(
                points={**found.points, **page.points}, organizations={**found.organizations, **page.organizations}
            )
        return found

    def links(self) -> Iterator[LinkBatch]:
        """Every published link of a published organization, in no particular order."""
        numbers, names = self._organizations.numbers, self._organizations.slugs
        for columns in in_columns(scan(self._looking, _LINKS)):
            origins, slugs, points, said = known_only(columns, numbers)
            yield LinkBatch(
                slug=slugs,
                from_organization=[names[numbers[origin]] for origin in origins],
                to=points,
                terms=Numbered(_terms).shared(said),
            )

    def receptions(self) -> tuple[ReturnReception, ...]:
        """Every published reception of returns, by slug."""
        found = (_reception(*row) for row in self._looking.rows(_RECEPTIONS))
        return tuple(sorted(found, key=lambda reception: reception.slug))


def _terms(said: str) -> LinkTerms:
    agreement, mode, confirmed, child_ok, interpreter, active, valid_to = said.split(SEPARATOR)
    end = date.fromisoformat(valid_to) if valid_to else None
    return LinkTerms(agreement, mode, confirmed, child_ok, interpreter, bool(active), end)


def _reception(
    slug: str, point: str, receiver: str, country: str, agreement: Agreement, confirmed: Answer, child_ok: Answer,
    valid_to: date | None,
) -> ReturnReception:  # fmt: skip
    return ReturnReception(
        slug=slug, point=point, receiver=receiver, country=country, agreement=agreement,
        receiver_confirmed=confirmed, child_ok=child_ok, valid_to=valid_to,
    )  # fmt: skip
