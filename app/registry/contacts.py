"""Contact cards. The only code that reads the sealed table, and it never does so without a record of it."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from app.domain.access import AccessReason
from app.domain.directory import Contact
from app.domain.errors import NotFound
from app.domain.provider import Visibility
from app.registry.chain import append_access
from app.registry.database import locked_state
from app.registry.plain import value_of
from app.registry.reading import contact_of
from app.registry.seal import Seal
from app.registry.tables import ContactRow, SealedContactRow, ServiceRow, id_of


def published_service(session: Session, slug: str) -> ServiceRow:
    """The row of a service that is published.

    Raises:
        NotFound: There is none.
    """
    row = session.get(ServiceRow, id_of("service", slug))
    if row is None or row.removed_at is not None:
        raise NotFound("there is no such service")
    return row


def open_contacts(session: Session, slug: str, *, tier: Visibility) -> list[tuple[int, Contact]]:
    """The contacts of the service outside the sealed table that the tier may see, with their positions.

    Raises:
        NotFound: There is no such service.
    """
    owner = published_service(session, slug).id
    seen = [Visibility.PUBLIC] if tier is Visibility.PUBLIC else [Visibility.PUBLIC, Visibility.NETWORK]
    chosen = select(ContactRow).where(col(ContactRow.service_id) == owner, col(ContactRow.visibility).in_(seen))
    return [(row.position, contact_of(row)) for row in session.exec(chosen)]


def sealed_contacts(
    session: Session, slug: str, *, seal: Seal, reader: str, reason: AccessReason, at: datetime
) -> list[tuple[int, Contact]]:
    """The sealed contacts of the service with their positions. If there are any, this reading is on record.

    Raises:
        NotFound: There is no such service.
        WrongSeal: They were sealed with a secret that this deployment does not have.
    """
    state = locked_state(session)
    owner = published_service(session, slug).id
    found = session.exec(select(SealedContactRow).where(col(SealedContactRow.service_id) == owner)).all()
    if found:
        append_access(session, state, at=at, reader=reader, slug=slug, reason=reason)
    return [(row.position, value_of(Contact, json.loads(seal.opened(row.ciphertext, about=slug)))) for row in found]
