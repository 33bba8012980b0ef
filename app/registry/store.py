"""The register: the one door to the database. No row leaves this room, only values of the domain.

    Store.migrate(url)                                   # what `referral migrate` does
    store = Store.open(url, seal=Seal(secret), clock=lambda: datetime.now(UTC))
    store.load_directory(directory, by="referral load", reason="the directory of November")
    published = store.read_published()                   # revision, directory and quarantined, of one moment

All methods may be called from several threads and processes at once. Writers queue; readers see one whole state. What a
person told us never comes here: no method takes a profile, and the reasons of reading are a closed list.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.domain.access import AccessReason, Role
from app.domain.directory import Contact, Directory, Hotline
from app.domain.provider import Capacity, Visibility
from app.registry import keys
from app.registry.chain import chain_faults
from app.registry.contacts import open_contacts, sealed_contacts
from app.registry.database import Database, opening
from app.registry.edition import Edition
from app.registry.keys import KeyRecord
from app.registry.loading import Cause, load
from app.registry.reading import directory_in, hotlines_in
from app.registry.recording import record_quarantine, record_report, record_verification
from app.registry.seal import Seal
from app.registry.tables import RegisterStateRow, ServiceAtLocationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The register at one moment. `quarantined` are slugs of services; no restricted contact is in the directory."""

    revision: int
    directory: Directory
    quarantined: frozenset[str]


class Store:
    """See the module. Made by `Store.open`."""

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    @classmethod
    def open(cls, url: str, *, seal: Seal, clock: Callable[[], datetime], create: bool = False) -> "Store":
        """The register at that URL (`sqlite:///FILE`, `sqlite://` for memory, `postgresql://...`).

        Args:
            url: Where the database is.
            seal: The secrets of this deployment.
            clock: Gives the present moment, aware.
            create: An empty database gets its tables first. One that holds anything is never migrated here.

        Raises:
            WrongSchema: The database is empty, older, newer, or no register; the message names the command that helps.
            CannotOpen: It cannot be reached, or is no database.
        """
        with opening():
            database = Database(url)
            try:
                if create:
                    database.migrate(only_empty=True)
                database.require_schema()
            except BaseException:
                database.close()
                raise
        return cls(database, seal, clock)

    @staticmethod
    def migrate(url: str) -> None:
        """The database at that URL has the schema of this program.

        Raises:
            WrongSchema: A newer program wrote it.
        """
        with opening(), closing(Database(url)) as database:
            database.migrate()

    def close(self) -> None:
        """No connection is left open."""
        self._database.close()

    def load_directory(self, directory: Directory, *, by: str, reason: str) -> int:
        """The revision of the register, which now says what the directory says, all of it or nothing.

        What is missing in the directory is removed. Quarantines stay, and so does what stewards recorded. The same
        directory again changes nothing, not even the revision.

        Raises:
            FaultyData: A slug is given twice, or something points to a slug that the directory does not have.
        """
        with self._database.writing() as session:
            return load(session, directory, seal=self._seal, cause=self._cause(by, reason))

    def read_directory(self) -> Directory:
        """Everything published, sorted by slug, without restricted contacts and addresses.

        Verifications and capacities are the later ones of the loaded directory and of what stewards recorded.
        """
        with self._database.reading() as session:
            return directory_in(session, recorded=True)

    def read_published(self) -> Published:
        """Revision, directory and quarantined services of one and the same moment."""
        with self._database.reading() as session:
            return Published(
                revision=_revision(session),
                directory=directory_in(session, recorded=True),
                quarantined=_quarantined(session),
            )

    @contextmanager
    def edition(self) -> Iterator[Edition]:
        """The register at one moment, to be read in pieces while this is open; later changes are not seen."""
        with self._database.reading() as session:
            yield Edition(session)

    def revision(self) -> int:
        """Number of the last published change; 0 before anything was published. Reads one row."""
        with self._database.reading() as session:
            return _revision(session)

    def list_hotlines(self, country: str | None = None) -> tuple[Hotline, ...]:
        """Hotlines of that country, or of all, sorted by country and slug."""
        with self._database.reading() as session:
            found = hotlines_in(session)
        return tuple(sorted((h for h in found if country in (None, h.country)), key=lambda h: (h.country, h.slug)))

    def list_quarantined(self) -> frozenset[str]:
        """Slugs of the services in quarantine, also of removed ones."""
        with self._database.reading() as session:
            return _quarantined(session)

    def verify(self, service_slug: str, *, method: str, role: str, by: str, on: date) -> None:
        """The service counts as verified on that day, by that method, by somebody in that role.

        Raises:
            NotFound: There is no such service.
            FaultyData: The day is yet to come.
        """
        with self._database.writing() as session:
            cause = self._cause(by, "verification")
            record_verification(session, service_slug, method=method, role=role, on=on, cause=cause)

    def record_capacity(
        self, service_slug: str, state: Capacity, free_places: int | None, as_of: datetime, by: str
    ) -> None:
        """The capacity of the service is what was reported at `as_of`.

        Raises:
            NotFound: There is no such service.
            FaultyData: `as_of` is naive, yet to come, or before the last report; or `free_places` is negative.
        """
        with self._database.writing() as session:
            cause = self._cause(by, "capacity report")
            record_report(session, service_slug, capacity=state, free_places=free_places, as_of=as_of, cause=cause)

    def quarantine(self, service_slug: str, *, by: str, reason: str) -> None:
        """The service is out of all routes from the next reading on; it stays so when the directory is loaded again.

        Raises:
            NotFound: There is no such service.
        """
        with self._database.writing() as session:
            record_quarantine(session, service_slug, quarantined=True, cause=self._cause(by, reason))

    def lift(self, service_slug: str, *, by: str, reason: str) -> None:
        """The service may be in routes again.

        Raises:
            NotFound: There is no such service.
        """
        with self._database.writing() as session:
            record_quarantine(session, service_slug, quarantined=False, cause=self._cause(by, reason))

    def contact_card(
        self, service_slug: str, *, tier: Visibility, reader: str, reason: AccessReason
    ) -> tuple[Contact, ...]:
        """The contacts of the service that the tier may see, in the directory's order.

        Only the restricted tier opens the sealed table, and then `reader`, service, reason and moment are on record
        before anything is given out.

        Raises:
            NotFound: There is no such service.
            ValueError: The reason is none of `AccessReason`. It is not repeated.
            WrongSeal: The contacts were sealed with a secret that this deployment does not have.
        """
        if reason not in set(AccessReason):
            raise ValueError("a restricted contact is read for one of the listed reasons only")
        if tier is not Visibility.RESTRICTED:
            with self._database.reading() as session:
                return _in_order(open_contacts(session, service_slug, tier=tier))
        with self._database.writing() as session:
            sealed = sealed_contacts(
                session, service_slug, seal=self._seal, reader=reader, reason=AccessReason(reason), at=self._clock()
            )
            card = _in_order([*sealed, *open_contacts(session, service_slug, tier=tier)])
        return card

    def verify_chain(self) -> tuple[str, ...]:
        """What is wrong with the chains of changes and of readings; empty when nothing is. Names rows, not contents."""
        with self._database.reading() as session:
            return chain_faults(session)

    def create_key(self, role: Role, owner: str, countries: tuple[str, ...], expires_on: date) -> tuple[str, KeyRecord]:
        """A new key, as the text to show once, and its record. `countries` empty: every country that is served."""
        with self._database.writing() as session:
            return keys.add_key(
                session, self._seal, role=role, owner=owner, countries=countries, today=self._clock().date(),
                expires_on=expires_on,
            )  # fmt: skip

    def find_key(self, text: str, today: date) -> KeyRecord:
        """The record of a good key; the day of its use is noted.

        Raises:
            NotKnown: The text is no key, or its key is unknown, expired or revoked. Nothing tells these apart.
        """
        with self._database.reading() as session:
            record = keys.known_key(session, self._seal, text=text, today=today)
        if record.last_used_on != today:
            with self._database.writing() as session:
                keys.mark_used(session, prefix=record.prefix, today=today)
        return record

    def revoke_key(self, prefix: str) -> KeyRecord:
        """The record of the key, which is not good any more.

        Raises:
            NotFound: No key has that prefix.
        """
        with self._database.writing() as session:
            return keys.end_key(session, prefix=prefix, at=self._clock())

    def list_keys(self) -> tuple[KeyRecord, ...]:
        """Every key ever made, by prefix."""
        with self._database.reading() as session:
            return keys.all_keys(session)

    def _cause(self, by: str, reason: str) -> Cause:
        return Cause(by=by, reason=reason, at=self._clock())


def _revision(session: Session) -> int:
    return session.exec(select(RegisterStateRow.revision)).one()


def _quarantined(session: Session) -> frozenset[str]:
    chosen = select(ServiceAtLocationRow.slug).where(col(ServiceAtLocationRow.quarantined).is_(True))
    return frozenset(session.exec(chosen))


def _in_order(placed: list[tuple[int, Contact]]) -> tuple[Contact, ...]:
    return tuple(contact for _, contact in sorted(placed, key=lambda pair: pair[0]))
