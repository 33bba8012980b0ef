"""The register: the one door to the database. No row leaves this room, only values of the domain.

    store = Store.open(url, seal=Seal(secret), clock=lambda: datetime.now(UTC))
    store.load_directory(directory, by="referral load", reason="the directory of November")
    published = store.read_published()                   # revision, directory and quarantined, of one moment

All methods may be called from several threads and processes at once. Writers queue; readers see one whole state. What a
person told us never comes here: no method takes a profile, and the reasons of reading are a closed list.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.domain.access import AccessReason, Role
from app.domain.directory import Contact, Directory, Hotline
from app.domain.draft import DraftInput
from app.domain.errors import DatabaseAway
from app.domain.place import Place
from app.domain.provider import Capacity, OrganizationType, Visibility
from app.domain.stewardship import Limits
from app.registry import cards, keys
from app.registry.connected import Connected
from app.registry.driver import opening
from app.registry.exchange.rolls import Memory
from app.registry.keys import KeyRecord
from app.registry.lookup import Lookup
from app.registry.published import Published
from app.registry.seal import Seal

if TYPE_CHECKING:
    from app.domain.finding import Flag, FlaggedField, FlagKind, FlagOutcome
    from app.registry.edition import Edition
    from app.registry.exchange.feed import Feed
    from app.registry.inquiry import Inquiry
    from app.registry.ledger import Cause
    from app.registry.stewardship import Stewardship

_REVISION = Lookup("select revision from register_state")
_HELD = Lookup("select count(*) from held_record")
_REMOVED = Lookup("select count(*) from change where revision = {words} and action = 'removed'")
_QUARANTINE_CHANGES = Lookup(
    "select slug, action from change where revision > {words} and action in ('quarantined', 'lifted') order by number"
)
_QUARANTINED = Lookup("select slug from service_at_location where quarantined")


class Store(Connected):
    """See the module. Made by `Store.open`."""

    def __init__(self, url: str, seal: Seal, clock: Callable[[], datetime]) -> None:
        super().__init__(url)
        self._seal = seal
        self._clock = clock
        self._rolls = Memory()

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
            store = cls(url, seal, clock)
            try:
                if not store._has_schema():
                    if create:
                        store._database.migrate(only_empty=True)
                    store._database.require_schema()
            except BaseException:
                store.close()
                raise
        store._is_there()
        return store

    @staticmethod
    def migrate(url: str) -> None:
        """The database at that URL has the schema of this program.

        Raises:
            WrongSchema: A newer program wrote it.
        """
        from app.registry.database import Database

        with opening(), closing(Database(url)) as database:
            database.migrate()

    def load_directory(self, directory: Directory, *, by: str, reason: str) -> int:
        """The revision of the register, which now says what the directory says, all of it or nothing.

        What is missing in the directory is removed. Quarantines stay, and so does what stewards recorded, published or
        archived. The same directory again changes nothing, not even the revision.

        Raises:
            FaultyData: A slug is given twice, something points nowhere, or was verified or reported in the future.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            return ledger.load(session, directory, seal=self._seal, cause=self._cause(by, reason))

    def propose_drafts(self, drafts: Iterable[DraftInput], *, by: str, reason: str, is_dry: bool = False) -> int:
        """How many drafts were added, in state draft, in one step: all of them or none.

        One that is open already, word for word and against the same record, is not added again and not counted.
        With `is_dry` nothing is added, and it is how many would be.

        Raises:
            FaultyData: A kind is unknown, a slug is none or not that of the body, or `update_of` is not the slug or
                names nothing published. The pointers begin with the number of the draft.
        """
        from app.registry import ledger

        cause = self._cause(by, reason)
        with self._database.reading() if is_dry else self._database.writing() as session:
            return (ledger.count_fresh if is_dry else ledger.propose)(session, drafts, seal=self._seal, cause=cause)

    def read_directory(self) -> Directory:
        """Everything published, sorted by slug, without restricted contacts and addresses.

        Verifications and capacities are the later ones of the loaded directory and of what stewards recorded.
        """
        from app.registry import ledger

        with self._database.reading() as session:
            return ledger.directory_in(session, recorded=True)

    def read_published(self) -> Published:
        """Revision, directory and quarantined services of one and the same moment."""
        from app.registry import ledger

        with self._database.reading() as session:
            revision, quarantined = ledger.revision_in(session), ledger.quarantined_in(session)
            directory = ledger.directory_in(session, recorded=True)
        return Published(revision=revision, directory=directory, quarantined=quarantined)

    @contextmanager
    def edition(self) -> "Iterator[Edition]":
        """The register at one moment, to be read in pieces while this is open; later changes are not seen."""
        from app.registry.edition import Edition

        with self._looking(one_state=True) as looking:
            yield Edition(looking)

    @contextmanager
    def feed(self, places: "Mapping[str, Place]", *, about: str = "") -> "Iterator[Feed]":
        """What is public of the register as HSDS, at one moment.

        Args:
            places: The gazetteer by slug.
            about: Stands for whatever else the documents depend on; it becomes part of the feed's `state`.
        """
        from app.registry.exchange.feed import Feed

        with self._looking(one_state=True) as looking:
            yield Feed(looking, places, self._rolls, about=about)

    @contextmanager
    def inquiry(self) -> "Iterator[Inquiry]":
        """The register at one moment, to be looked through while this is open."""
        from app.registry.inquiry import Inquiry

        with self._looking(one_state=True) as looking:
            yield Inquiry(looking)

    def raise_flag(self, slug: str, *, kind: "FlagKind", field: "FlaggedField", text: str, by: str) -> "Flag":
        """The discrepancy that an authority raises about a provider, on record for stewards.

        Raises:
            NotFound, TooManyFlags: As for `flags.add_flag`.
        """
        from app.registry.flags import add_flag

        with self._database.writing() as session:
            return add_flag(session, slug, kind=kind, field=field, text=text, by=by, at=self._clock())

    def close_flag(self, flag: str, *, outcome: "FlagOutcome", by: str, countries: Collection[str]) -> "Flag":
        """The flag, closed by a steward.

        Raises:
            NotFound, Settled: As for `flags.end_flag`.
        """
        from app.registry.flags import end_flag

        with self._database.writing() as session:
            return end_flag(session, flag, outcome=outcome, by=by, countries=tuple(countries), at=self._clock())

    def revision(self) -> int:
        """Number of the last published change; 0 before anything was published. Reads one row."""
        with self._looking() as looking:
            return int(looking.rows(_REVISION)[0][0])

    def count_held(self) -> int:
        """How many records were published or archived by stewards, so that loading leaves them as they are."""
        with self._looking() as looking:
            return int(looking.rows(_HELD)[0][0])

    def count_removed(self, revision: int) -> int:
        """How many records loading took out of the register with that revision."""
        with self._looking() as looking:
            return int(looking.rows(_REMOVED, [revision])[0][0])

    def list_hotlines(self, country: str | None = None) -> tuple[Hotline, ...]:
        """Hotlines of that country, or of all, sorted by country and slug."""
        found = [line for line, _ in self.list_lines()]
        return tuple(sorted((h for h in found if country in (None, h.country)), key=lambda h: (h.country, h.slug)))

    def list_lines(self) -> tuple[tuple[Hotline, OrganizationType | None], ...]:
        """Every hotline with the type of its organization, `None` where no source names one; sorted by slug."""
        with self._looking() as looking:
            return cards.lines(looking)

    def list_quarantined(self) -> frozenset[str]:
        """Slugs of the services in quarantine, also of removed ones."""
        with self._looking() as looking:
            return frozenset(slug for (slug,) in looking.rows(_QUARANTINED))

    def quarantine_changes(self, *, since: int) -> dict[str, bool]:
        """Services that went into quarantine (true) or out of it (false) after that revision, as they are now.

        Reads what changed and not the whole register, however large it is.
        """
        with self._looking() as looking:
            return {slug: action == "quarantined" for slug, action in looking.rows(_QUARANTINE_CHANGES, [since])}

    def read_entries(
        self, *, points: Collection[str], organizations: Collection[str], tier: Visibility
    ) -> cards.Entries:
        """How to name and reach these service points up to the tier, and the names of these organizations.

        Slugs that are not published are left out. All is of one moment; sealed contacts are never among it.
        """
        with self._looking(one_state=bool(organizations)) as looking:
            return cards.entries(looking, points=points, organizations=organizations, tier=tier)

    def known_slugs(self, slugs: Collection[str]) -> cards.Known:
        """Which of these slugs published organizations and services have."""
        with self._looking() as looking:
            return cards.known_slugs(looking, slugs)

    def verify(self, service_slug: str, *, method: str, role: str, by: str, on: date) -> None:
        """The service counts as verified on that day, by that method, by somebody in that role.

        Raises:
            NotFound: There is no such service.
            FaultyData: The day is yet to come.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            cause = self._cause(by, "verification")
            ledger.record_verification(session, service_slug, method=method, role=role, on=on, cause=cause)

    def record_capacity(
        self, service_slug: str, state: Capacity, free_places: int | None, as_of: datetime, by: str
    ) -> None:
        """The capacity of the service is what was reported at `as_of`.

        Raises:
            NotFound: There is no such service.
            FaultyData: `as_of` is naive, yet to come, or before the last report; or `free_places` is negative.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            cause = self._cause(by, "capacity report")
            ledger.record_report(
                session, service_slug, capacity=state, free_places=free_places, as_of=as_of, cause=cause
            )

    def quarantine(self, service_slug: str, *, by: str, reason: str) -> None:
        """The service is out of all routes from the next reading on; it stays so when the directory is loaded again.

        Raises:
            NotFound: There is no such service.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            ledger.record_quarantine(session, service_slug, quarantined=True, cause=self._cause(by, reason))

    def lift(self, service_slug: str, *, by: str, reason: str) -> None:
        """The service may be in routes again.

        Raises:
            NotFound: There is no such service.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            ledger.record_quarantine(session, service_slug, quarantined=False, cause=self._cause(by, reason))

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
        from app.registry import ledger

        if reason not in set(AccessReason):
            raise ValueError("a restricted contact is read for one of the listed reasons only")
        if tier is not Visibility.RESTRICTED:
            with self._database.reading() as session:
                return _in_order(ledger.open_contacts(session, service_slug, tier=tier))
        with self._database.writing() as session:
            sealed = ledger.sealed_contacts(
                session, service_slug, seal=self._seal, reader=reader, reason=AccessReason(reason), at=self._clock()
            )
            return _in_order([*sealed, *ledger.open_contacts(session, service_slug, tier=tier)])

    def verify_chain(self) -> tuple[str, ...]:
        """What is wrong with the chains of changes and of readings; empty when nothing is. Names rows, not contents."""
        from app.registry import ledger

        with self._database.reading() as session:
            return ledger.chain_faults(session)

    def stewardship(self, *, places: frozenset[str] | None, limits: Limits, one_steward: bool) -> "Stewardship":
        """The register in the hands of stewards and providers; `one_steward`: who wrote a draft may publish it."""
        from app.registry.stewardship import House, Stewardship

        house = House(seal=self._seal, places=places, limits=limits, one_steward=one_steward)
        return Stewardship(self._database, clock=self._clock, house=house)

    def create_key(
        self, role: Role, owner: str, countries: tuple[str, ...], expires_on: date, *, organization: str | None = None
    ) -> tuple[str, KeyRecord]:
        """A new key, as the text to show once, and its record.

        `countries` empty: every country that is served. `organization`: whose records a provider's key may see.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            return ledger.add_key(
                session, self._seal, role=role, owner=owner, countries=countries, today=self._clock().date(),
                expires_on=expires_on, organization=organization,
            )  # fmt: skip

    def find_key(self, text: str, today: date) -> KeyRecord:
        """The record of a good key; the day of its use is noted.

        Raises:
            NotKnown: The text is no key, or its key is unknown, expired or revoked. Nothing tells these apart.
        """
        with self._looking() as looking:
            record = keys.known_key(looking, self._seal, text=text, today=today)
        if record.last_used_on != today:
            with suppress(DatabaseAway), self._looking() as looking:
                keys.mark_used(looking, prefix=record.prefix, today=today)
        return record

    def read_keys(self, prefixes: Collection[str]) -> tuple[KeyRecord, ...]:
        """The records of the keys with these prefixes, also of those that are not good any more."""
        with self._looking() as looking:
            return keys.records(looking, prefixes)

    def revoke_key(self, prefix: str) -> KeyRecord:
        """The record of the key, which is not good any more.

        Raises:
            NotFound: No key has that prefix.
        """
        from app.registry import ledger

        with self._database.writing() as session:
            return ledger.end_key(session, prefix=prefix, at=self._clock())

    def list_keys(self) -> tuple[KeyRecord, ...]:
        """Every key ever made, by prefix."""
        from app.registry import ledger

        with self._database.reading() as session:
            return ledger.all_keys(session)

    def _cause(self, by: str, reason: str) -> "Cause":
        from app.registry import ledger

        return ledger.Cause(by=by, reason=reason, at=self._clock())


def _in_order(placed: list[tuple[int, Contact]]) -> tuple[Contact, ...]:
    return tuple(contact for _, contact in sorted(placed, key=lambda pair: pair[0]))
