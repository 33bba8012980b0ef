"""A copy is whole or is not there; a restored register goes on and forgets no warning."""

import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from app.domain.access import AccessReason, Role
from app.domain.errors import CannotOpen, NotFound, NotKnown, NotRestored, WrongSchema
from app.domain.provider import SafeguardingFlag, Visibility
from app.registry.backup import back_up, restore
from app.registry.database import migrate_down
from app.registry.driver import opening
from tests.databases import in_file
from tests.registry.invented import LINE, NOW, SHELTER, a_directory, a_rich_directory, a_store, an_organization

TODAY, LATER = NOW.date(), date(2027, 1, 1)


@pytest.fixture
def url(tmp_path, sqlite_template):
    """A register in a file, with the rich directory."""
    made = in_file(tmp_path, migrated=True, template=sqlite_template)
    with closing(a_store(made)) as store:
        store.load_directory(a_rich_directory(), by="a steward", reason="load")
    return made


@pytest.fixture
def file(tmp_path, url):
    """A backup of it."""
    made = tmp_path / "backup.db"
    back_up(url, made, force=False)
    return made


def brought_back(url, file, **given):
    return restore(url, file, **{"force": True, "by": "a steward", "at": NOW, **given})


def content(url):
    """Every row of every table."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def beside(file):
    """Names of the files in its folder."""
    return sorted(path.name for path in file.parent.iterdir() if not path.name.startswith("register"))


def test_a_backup_holds_everything_and_is_for_its_owner_alone(url, file):
    assert content(f"sqlite:///{file}") == content(url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert beside(file) == ["backup.db"], "no draft is left behind"


def test_a_backup_of_one_moment_is_made_while_the_register_is_written(url, tmp_path):
    """And every copy is sound: its chain follows its rows."""
    stop = threading.Event()

    def write():
        with closing(a_store(url)) as store:
            while not stop.is_set():
                store.quarantine(LINE, by="a steward", reason="doubt")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        revisions = [back_up(url, tmp_path / f"{number}.db", force=False) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    assert revisions == sorted(revisions)


def test_what_is_there_is_not_overwritten_unless_told_so(url, file):
    before = file.read_bytes()
    with pytest.raises(NotRestored, match="--force"):
        back_up(url, file, force=False)
    with pytest.raises(NotRestored, match="--force"):
        brought_back(url, file, force=False)
    assert file.read_bytes() == before
    with closing(a_store(url)) as store:
        store.quarantine(LINE, by="a steward", reason="doubt")
    assert back_up(url, file, force=True) == 2


def test_a_lost_register_comes_back_as_it_was(url, file, tmp_path):
    """With its sealed contacts, which the same secret opens, and its keys."""
    other = f"sqlite:///{tmp_path / 'new.db'}"
    restored = brought_back(other, file, force=False)

    assert (restored.revision, restored.quarantined) == (1, ())
    assert content(other) == content(url)
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    with closing(a_store(other, create=False)) as store:
        assert store.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="x", reason=AccessReason.UPKEEP)
        assert store.verify_chain() == ()


def test_a_register_that_is_in_use_goes_back_under_a_higher_revision(url, file):
    """Whoever has it open sees the state before or the state after; no revision means two things."""
    with closing(a_store(url)) as store:
        store.load_directory(a_directory(an_organization(slug="xz")), by="a steward", reason="a mistake")
        restored = brought_back(url, file)
        assert store.revision() == restored.revision == 3
        assert {o.slug for o in store.read_directory().organizations} == {"xa-moth", "xb-owl"}
        assert store.verify_chain() == ()
        store.quarantine(LINE, by="a steward", reason="doubt")
        assert store.revision() == 4


def test_an_allegation_and_a_hidden_place_do_not_go_back(url, tmp_path):
    """H15, H18: where the backup does not know of them the service waits in quarantine."""
    with closing(a_store(url)) as store:
        before = a_rich_directory()
        store.load_directory(before, by="a loader", reason="load")
        back_up(url, tmp_path / "backup.db", force=False)
        (one, *others) = before.organizations
        warned = tuple(
            replace(service, safety=replace(service.safety, safeguarding_flag=SafeguardingFlag.OPEN))
            for service in one.services
        )
        after = replace(before, organizations=(replace(one, services=warned), *others))
        store.load_directory(after, by="a loader", reason="warned")
        restored = brought_back(url, tmp_path / "backup.db")

        assert set(restored.quarantined) == {service.slug for service in warned}
        assert store.verify_chain() == ()


def test_a_revoked_key_and_a_quarantine_do_not_go_back(url, tmp_path):
    """H18: a warning that came after the backup still holds."""
    with closing(a_store(url)) as store:
        text, record = store.create_key(Role.OPERATOR, "xa-moth", (), LATER)
        back_up(url, tmp_path / "backup.db", force=False)
        store.revoke_key(record.prefix)
        store.quarantine(LINE, by="a steward", reason="doubt")
        restored = brought_back(url, tmp_path / "backup.db")

        assert restored.quarantined == (LINE,)
        assert store.list_quarantined() == {LINE}
        assert store.revision() == restored.revision
        with pytest.raises(NotKnown):
            store.find_key(text, TODAY)
        assert store.verify_chain() == ()


@pytest.mark.parametrize("work", [back_up, brought_back])
def test_a_register_on_a_server_or_in_memory_is_told_the_other_way(work, tmp_path):
    for url in ("sqlite://", "postgresql://nowhere/x"):
        with pytest.raises(NotRestored, match="pg_dump"):
            work(url, tmp_path / "x.db", force=False)


def test_what_is_no_backup_changes_nothing(url, file, tmp_path):
    """A file that is not there, one of another kind, a foreign database, a damaged one, a forged one."""
    (tmp_path / "text.db").write_text("not a database at all" * 100)
    with closing(sqlite3.connect(tmp_path / "recipe.db")) as other:
        other.execute("create table recipe (x)")
    forged = tmp_path / "forged.db"
    forged.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(forged)) as other:
        other.execute("update change set reason = 'another' where number = 1")
        other.commit()
    damaged = tmp_path / "damaged.db"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2 :] = b"\xff" * (len(whole) - len(whole) // 2)
    damaged.write_bytes(whole)
    before = content(url)

    with pytest.raises(NotFound):
        brought_back(url, tmp_path / "absent.db")
    for name in ("text.db", "recipe.db", "forged.db", "damaged.db"):
        with pytest.raises(NotRestored):
            brought_back(url, tmp_path / name)
    assert content(url) == before
    assert not list(tmp_path.glob(".*"))


def test_a_backup_of_an_older_program_is_brought_up_and_one_of_a_newer_is_refused(url, file, tmp_path):
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        with closing(sqlite3.connect(file)) as kept:
            kept.backup(newer)
        newer.execute("update alembic_version set version_num = '9999'")
        newer.commit()
    with pytest.raises(WrongSchema):
        brought_back(url, tmp_path / "newer.db")

    with closing(a_store(url)) as store:
        before = store.read_directory()
    older = f"sqlite:///{tmp_path / 'older.db'}"
    brought_back(older, file, force=False)
    migrate_down(older, "0001")
    back_up(older, tmp_path / "older-backup.db", force=False)
    brought_back(url, tmp_path / "older-backup.db")
    with closing(a_store(url, create=False)) as store:
        assert store.read_directory() == before


def test_the_log_of_a_register_that_is_gone_is_not_read_into_another(file, tmp_path):
    """SQLite would take it for changes of the new file."""
    (tmp_path / "new.db-wal").write_bytes(b"x" * 100)
    with pytest.raises(NotRestored, match="move it away"):
        brought_back(f"sqlite:///{tmp_path / 'new.db'}", file, force=False)
    assert not (tmp_path / "new.db").exists()


def test_a_damaged_register_is_not_written_over(file, tmp_path):
    """It may be all that is left of something: move it away first."""
    (tmp_path / "broken.db").write_text("not a database at all" * 100)
    with pytest.raises(CannotOpen), opening():
        brought_back(f"sqlite:///{tmp_path / 'broken.db'}", file)
    assert (tmp_path / "broken.db").read_text().startswith("not a database")
