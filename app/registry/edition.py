"""The register as it stands at one moment, to be read in pieces: whatever is read, all is of that moment."""

from collections.abc import Iterator, Mapping
from datetime import date

import sqlalchemy
from sqlalchemy import case
from sqlmodel import Session, col, select

from app.domain.batch import LinkBatch, LinkTerms, PointBatch
from app.domain.place import Place
from app.domain.provider import ReturnReception
from app.registry.points import points_in
from app.registry.reading import receptions_in
from app.registry.scanning import SEPARATOR, Numbered, as_text, in_columns, in_one, scan
from app.registry.tables import LinkRow, OrganizationRow, RegisterStateRow, ServiceAtLocationRow

_LINKS = (
    sqlalchemy.select(
        col(LinkRow.slug), col(OrganizationRow.slug), col(ServiceAtLocationRow.slug),
        in_one(
            LinkRow.agreement, LinkRow.mode, LinkRow.receiver_confirmed, LinkRow.child_ok, LinkRow.interpreter_source,
            case((col(LinkRow.active), "yes"), else_=""), as_text(LinkRow.valid_to),
        ),
    )
    .join(OrganizationRow, col(OrganizationRow.id) == col(LinkRow.from_organization_id))
    .join(ServiceAtLocationRow, col(ServiceAtLocationRow.id) == col(LinkRow.to_id))
    .where(col(LinkRow.removed_at).is_(None))
)  # fmt: skip


class Edition:
    """See the module. Made by `Store.edition`, and of use only while that is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.revision: int = session.exec(select(RegisterStateRow.revision)).one()

    def points(self, places: Mapping[str, Place]) -> Iterator[PointBatch]:
        """Every published service point, in batches; verifications and capacities are the later ones.

        Args:
            places: The gazetteer by slug: country, region and clock of a point are those of its town.
        """
        return points_in(self._session, places)

    def links(self) -> Iterator[LinkBatch]:
        """Every published link, in no particular order."""
        for columns in in_columns(scan(self._session, _LINKS)):
            slugs, organizations, points, said = columns
            yield LinkBatch(slug=slugs, from_organization=organizations, to=points, terms=Numbered(_terms).shared(said))

    def receptions(self) -> tuple[ReturnReception, ...]:
        """Every published reception of returns, by slug."""
        return receptions_in(self._session)


def _terms(said: str) -> LinkTerms:
    agreement, mode, confirmed, child_ok, interpreter, active, valid_to = said.split(SEPARATOR)
    end = date.fromisoformat(valid_to) if valid_to else None
    return LinkTerms(agreement, mode, confirmed, child_ok, interpreter, bool(active), end)
