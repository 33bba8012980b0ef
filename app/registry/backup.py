"""A register in a file is copied while it is used, and comes back as a whole or not at all.

A restored register goes on from where the present one is: its revision is higher than any before, so that no snapshot,
tag or cursor takes old facts for new ones; keys that are revoked stay so, and what is in quarantine stays there.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from app.domain.errors import NotFound, NotRestored
from app.registry.chain import chain_faults
from app.registry.database import Database, locked_state
from app.registry.driver import BUSY_MILLISECONDS, sqlite_file
from app.registry.house import UNCLEARED
from app.registry.loading import Cause
from app.registry.reading import quarantined_in, revision_in
from app.registry.recording import record_quarantine
from app.registry.tables import ApiKeyRow, LocationRow, ServiceRow

_ON_SERVER = "only a register in an SQLite file: for PostgreSQL use pg_dump and pg_restore (docs/operations.md)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The revision of the register now, and the services that were put in quarantine again, by slug."""

    revision: int
    quarantined: tuple[str, ...]


def back_up(url: str, file: Path, *, force: bool) -> int:
    """The revision of the register, of which that file now holds a whole and sound copy, for its owner alone.

    The register may be written meanwhile; the copy is of one moment. A register of an older schema is copied, too.

    Raises:
        NotRestored: The register is on no file, the file is there (and not `force`), or the copy is not sound.
    """
    register = _register(url)
    _refuse_to_overwrite(file, force=force)
    with _draft(file) as draft:
        _copied(register, draft)
        revision = _checked(draft, migrated=False)
        _placed(draft, file, force=force)
    return revision


def restore(url: str, file: Path, *, force: bool, by: str, at: datetime) -> Restored:
    """The register says what the backup says; whoever reads it sees the state before or the state after.

    Args:
        url: Where the register is; it is made when there is none.
        file: What `back_up` wrote, of this schema or an older one.
        force: Whether a register that is there may be replaced.
        by: Who answers for it.
        at: The present moment.

    Raises:
        NotRestored: The register is on no file, or it is there (and not `force`), or the backup is not sound.
        WrongSchema: The backup is of a newer program, or the register that is there of an older one.
    """
    register = _register(url)
    _refuse_to_overwrite(register, force=force)
    if not file.is_file():
        raise NotFound(f"{file}: there is no such file")
    with _draft(register) as draft:
        _copied(file, draft)
        revision = _checked(draft, migrated=True)
        if register.exists():
            return _poured(url, draft, Cause(by=by, reason="restored from a backup", at=at))
        if any(register.with_name(register.name + end).exists() for end in ("-wal", "-journal")):
            raise NotRestored(f"{register}-wal belongs to a register that is gone: move it away first")
        _placed(draft, register, force=False)
    return Restored(revision=revision, quarantined=())


def _register(url: str) -> Path:
    register = sqlite_file(url)
    if register is None:
        raise NotRestored(_ON_SERVER)
    return register.absolute()


def _refuse_to_overwrite(file: Path, *, force: bool) -> None:
    if file.exists() and not force:
        raise NotRestored(f"{file} is there already: name another, or say --force")


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """An empty file beside that one, which only its owner reads; gone at the end, whatever happens."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))
    except OSError:
        raise NotRestored(f"{draft} cannot be made: check the folder and its rights") from None
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _copied(source: Path, draft: Path) -> None:
    """The draft holds what the source holds at one moment, and nothing beside it."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live,
            closing(sqlite3.connect(draft)) as copy,
        ):
            live.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            live.backup(copy)
            copy.execute("pragma journal_mode = delete")
    except sqlite3.Error:
        raise NotRestored(f"{source}: is no SQLite file, or cannot be read") from None


def _checked(draft: Path, *, migrated: bool) -> int:
    """The revision of the copy, which is whole: the file, and both chains; with `migrated`, in this schema now.

    Raises:
        NotRestored: It is not.
        WrongSchema: A newer program wrote it.
    """
    with closing(sqlite3.connect(draft)) as copy:
        try:
            found = [row[0] for row in copy.execute("pragma integrity_check(5)")]
            revision = copy.execute("select revision from register_state").fetchone()[0]
        except sqlite3.Error:
            raise NotRestored("what was copied is no register") from None
    if found != ["ok"]:
        raise NotRestored("the file is damaged: SQLite's integrity check fails")
    with closing(Database(f"sqlite:///{draft}")) as database:
        if migrated:
            database.migrate()
        if database.schema_fault():
            return int(revision)
        with database.reading() as session:
            faults, revision = chain_faults(session), revision_in(session)
    if faults:
        raise NotRestored("; ".join(faults[:5]))
    return int(revision)


def _placed(draft: Path, file: Path, *, force: bool) -> None:
    """The draft has the file's name, on the disk; an observer sees none of it or all."""
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    if force:
        draft.replace(file)
    else:
        try:
            os.link(draft, file)
        except FileExistsError:
            _refuse_to_overwrite(file, force=False)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _poured(url: str, draft: Path, cause: Cause) -> Restored:
    """The rows of the register are those of the draft, changed in one transaction."""
    with closing(Database(url)) as database:
        database.require_schema()
        with database.writing() as session:
            before, quarantined = locked_state(session).revision, quarantined_in(session)
            revoked, warnings = _revoked(session), _warnings(session)
            _replace_rows(session, draft)
            state = locked_state(session)
            state.revision = max(before, state.revision) + 1
            for key in session.exec(select(ApiKeyRow).where(col(ApiKeyRow.prefix).in_(revoked))):
                key.revoked_at = key.revoked_at or revoked[key.prefix]
            doubted = quarantined | {slug for slug, _ in warnings - _warnings(session)}
            again = [slug for slug in sorted(doubted - quarantined_in(session)) if _held(session, slug, cause)]
            return Restored(revision=locked_state(session).revision, quarantined=tuple(again))


def _revoked(session: Session) -> dict[str, datetime | None]:
    return {key.prefix: key.revoked_at for key in session.exec(select(ApiKeyRow)) if key.revoked_at is not None}


def _warnings(session: Session) -> set[tuple[str, str]]:
    """What is on record of published services and sends nobody there, or hides where they are; by slug.

    Where the backup does not know it yet the service goes into quarantine, until a steward has looked.
    """
    chosen = select(ServiceRow.slug, ServiceRow.safety, LocationRow.address_confidential).join(
        LocationRow, col(LocationRow.slug) == col(ServiceRow.slug)
    )
    found = set[tuple[str, str]]()
    for slug, safety, confidential in session.exec(chosen.where(col(ServiceRow.removed_at).is_(None))):
        if safety.get("safeguarding_flag") in UNCLEARED:
            found.add((slug, "allegation"))
        found |= {(slug, tie) for tie in safety.get("affiliations") or ()}
        if confidential:
            found.add((slug, "confidential"))
    return found


def _held(session: Session, slug: str, cause: Cause) -> bool:
    """Whether the service, which is in quarantine now, is published in the backup."""
    with suppress(NotFound):
        record_quarantine(session, slug, quarantined=True, cause=cause)
        return True
    return False


def _replace_rows(session: Session, draft: Path) -> None:
    def run(statement: str, *words: Any) -> list[Any]:
        found = session.connection().exec_driver_sql(statement, words)
        return list(found) if found.returns_rows else []

    run("attach database ? as kept", str(draft))
    run("pragma defer_foreign_keys = on")
    tables = [name for (name,) in run("select name from main.sqlite_master where type = 'table'")]
    for table in (name for name in tables if name != "alembic_version" and not name.startswith("sqlite_")):
        columns = ", ".join(f'"{row[1]}"' for row in run(f'pragma main.table_info("{table}")'))
        run(f'delete from main."{table}"')
        run(f'insert into main."{table}" ({columns}) select {columns} from kept."{table}"')
    session.expire_all()
