"""The register as it stands at one moment, to be read in pieces: whatever is read, all is of that moment."""

from collections.abc import Iterator, Mapping

import sqlalchemy
from sqlmodel import Session, col, select

from app.domain.answer import Answer
from app.domain.batch import PointBatch
from app.domain.place import Place
from app.domain.provider import Agreement, HandoverMode, Link, ReturnReception
from app.registry.points import points_in
from app.registry.reading import receptions_in
from app.registry.scanning import Memo, day, scan
from app.registry.tables import LinkRow, OrganizationRow, RegisterStateRow, ServiceAtLocationRow

_LINKS = (
    sqlalchemy.select(
        col(LinkRow.slug), col(OrganizationRow.slug), col(ServiceAtLocationRow.slug), col(LinkRow.agreement),
        col(LinkRow.mode), col(LinkRow.receiver_confirmed), col(LinkRow.child_ok), col(LinkRow.interpreter_source),
        col(LinkRow.active), col(LinkRow.valid_to),
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

    def links(self) -> Iterator[Link]:
        """Every published link, in no particular order."""
        days, agreements, modes, answers = Memo(day), Memo(Agreement), Memo(HandoverMode), Memo(Answer)
        for rows in scan(self._session, _LINKS):
            for slug, organization, point, agreement, mode, confirmed, child, interpreter, active, valid_to in rows:
                yield Link(
                    slug=slug, from_organization=organization, to=point, agreement=agreements[agreement],
                    mode=modes[mode], receiver_confirmed=answers[confirmed], child_ok=answers[child],
                    interpreter_source=interpreter, active=bool(active), valid_to=days[valid_to],
                )  # fmt: skip

    def receptions(self) -> tuple[ReturnReception, ...]:
        """Every published reception of returns, by slug."""
        return receptions_in(self._session)
