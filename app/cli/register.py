"""What a steward does to the register: `referral load`, `backup`, `restore`, `verify`, `quarantine`, `key`, `audit`."""

from datetime import date, timedelta
from pathlib import Path

from app.cli.house import EXIT_DIFFERENCE, out, print_table
from app.domain.access import Role
from app.domain.errors import NotFound
from app.main import now
from app.registry import load_directory
from app.registry.driver import opening
from app.registry.store import Store
from app.settings import Settings


def load(store: Store, settings: Settings, *, folder: str, by: str) -> None:
    """The register says what that folder of the data tree says."""
    before = store.revision()
    revision = store.load_directory(load_directory(settings.data_folder / folder), by=by, reason=f"loading of {folder}")
    held = store.count_held()
    removed = store.count_removed(revision) if revision != before else 0
    told = f"; {removed} records removed" if revision != before else ", nothing changed; 0 records removed"
    told += f"; {held} records that stewards published or archived were left as they are" if held else ""
    out.print(f"revision {revision}{told}", highlight=False)


def backup(settings: Settings, file: Path, *, force: bool) -> None:
    """The file holds a whole copy of the register."""
    from app.registry.backup import back_up

    with opening():
        revision = back_up(settings.database_url, file, force=force)
    out.print(f"{file}: revision {revision}, whole", highlight=False, markup=False, soft_wrap=True)


def restore(settings: Settings, file: Path, *, force: bool, by: str) -> None:
    """The register says what the backup says."""
    from app.registry.backup import restore as run

    folder = settings.sqlite_folder()
    with opening():
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        restored = run(settings.database_url, file, force=force, by=by, at=now())
    out.print(f"revision {restored.revision}", highlight=False)
    for slug in restored.quarantined:
        out.print(f"{slug}: still in quarantine", highlight=False, markup=False)


def verify(store: Store, slug: str, *, method: str, role: str, by: str, on: date) -> None:
    """The service counts as verified on that day: a lead becomes a route where no other fact is missing."""
    store.verify(slug, method=method, role=role, by=by, on=on)
    out.print(f"{slug}: verified on {on} by {method}; revision {store.revision()}", highlight=False)


def quarantine(store: Store, slug: str, *, by: str, reason: str, lift: bool) -> None:
    """The service is out of all routes at the next request, or in them again."""
    if lift:
        store.lift(slug, by=by, reason=reason)
    else:
        store.quarantine(slug, by=by, reason=reason)
    out.print(f"{slug}: {'lifted' if lift else 'in quarantine'}; revision {store.revision()}", highlight=False)


def create_key(
    store: Store, *, role: str, owner: str, countries: tuple[str, ...], days: int, today: date,
    organization: str | None = None,
) -> str:  # fmt: skip
    """The text of a new key, which is shown once and kept only as a digest.

    Raises:
        NotFound: A provider's organization is not published.
    """
    if organization is not None and organization not in store.known_slugs([organization]).organizations:
        raise NotFound("no such organization is published")
    until = today + timedelta(days=days)
    text, record = store.create_key(Role(role), owner, countries, until, organization=organization)
    out.print(f"role {record.role}, good until {record.expires_on}, prefix {record.prefix}", highlight=False)
    out.print("This key is shown once:", highlight=False)
    print(text)
    return text


def list_keys(store: Store) -> None:
    """Every key ever made, without its secret."""
    headings = ("prefix", "role", "owner", "expires", "revoked", "organization", "countries", "last used")
    rows = [
        (
            key.prefix, key.role, key.owner, str(key.expires_on), str(key.revoked_at or ""), key.organization or "",
            " ".join(key.countries) or "all", str(key.last_used_on or ""),
        )
        for key in store.list_keys()
    ]  # fmt: skip
    print_table(headings, rows)


def revoke_key(store: Store, prefix: str) -> None:
    """The key is refused from the next request on."""
    store.revoke_key(prefix)
    out.print(f"{prefix}: revoked", highlight=False)


def audit(store: Store) -> None:
    """Says whether the records of changes and of readings are whole; exit code 1 when they are not."""
    faults = store.verify_chain()
    for fault in faults:
        out.print(fault, style="red", highlight=False)
    if faults:
        raise SystemExit(EXIT_DIFFERENCE)
    out.print("the records of changes and of readings are whole", highlight=False)
