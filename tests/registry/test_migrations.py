"""The schema comes from migrations, fits the tables, and a database of another schema is refused with the way out."""

from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.domain.access import AccessReason, Role
from app.domain.draft import DraftInput
from app.domain.errors import WrongSchema
from app.domain.provider import Visibility
from app.registry import database
from app.registry.database import Database
from app.registry.seal import Seal
from app.registry.store import Store
from app.registry.tables import METADATA
from tests.registry.invented import LINE, NOW, SECRET, SHELTER, a_rich_directory, a_store, without_sealed


@pytest.fixture
def database_url(empty_url):
    """Here the tests migrate by themselves."""
    return empty_url


def do(url, statement):
    """One statement on the database, committed."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def tables_in(url):
    """Names of all tables."""
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def open_only(url):
    """Opens and never creates."""
    return Store.open(url, seal=Seal(SECRET), clock=lambda: NOW)


def test_migrations_make_the_tables_that_the_code_knows(database_url):
    """Alembic itself finds nothing to add, on both databases."""
    Store.migrate(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_constraints_have_the_names_of_the_convention(database_url):
    """A later migration can name what it changes, on both databases."""
    Store.migrate(database_url)
    engine = create_engine(database_url)
    seen = inspect(engine)
    assert seen.get_pk_constraint("service")["name"] == "pk_service"
    assert [c["name"] for c in seen.get_unique_constraints("service")] == ["uq_service_slug"]
    assert [c["name"] for c in seen.get_foreign_keys("service")] == ["fk_service_organization_id_organization"]
    assert [c["name"] for c in seen.get_check_constraints("register_state")] == ["ck_register_state_one_row"]
    engine.dispose()


VERSIONS = [one.revision for one in ScriptDirectory.from_config(database._config(database.MIGRATIONS)).walk_revisions()]
"""Of the schema, the last one first."""


def schema(url):
    """What the tables are made of; the order of columns and the names of indexes' columns tell nothing."""
    engine = create_engine(url)
    seen = inspect(engine)
    found = {}
    for table in seen.get_table_names():
        found[table] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)},
            "key": seen.get_pk_constraint(table),
            "indexes": sorted((i["name"], i["column_names"], bool(i["unique"])) for i in seen.get_indexes(table)),
            "ways": sorted((f["name"], f["constrained_columns"]) for f in seen.get_foreign_keys(table)),
            "unique": sorted((u["name"], u["column_names"]) for u in seen.get_unique_constraints(table)),
            "checks": sorted(c["name"] for c in seen.get_check_constraints(table)),
        }
    engine.dispose()
    return found


def rows_of(url, columns):
    """Every row of these tables, in these columns."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: sorted(str(tuple(row)) for row in connection.execute(text(_selection(table, names))))
            for table, names in columns.items()
        }
    engine.dispose()
    return found


def _selection(table, names):
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    return f'select {listed} from "{table}"'


def filled(url):
    """A register with facts, changes, a key, a reading and a quarantine."""
    store = a_store(url)
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    store.create_key(Role.OPERATOR, "xa-moth", ("KZ",), date(2027, 1, 1))
    store.quarantine(LINE, by="a steward", reason="doubt")
    store.contact_card(SHELTER, tier=Visibility.RESTRICTED, reader="a steward", reason=AccessReason.UPKEEP)
    store.close()


@pytest.mark.parametrize("version", [*VERSIONS[1:], "base"])
def test_down_to_every_version_and_up_again_is_the_same_schema(database_url, version):
    """The way back is tried, not only written; and everything that the older schema can hold is still there."""
    filled(database_url)
    before = schema(database_url)
    database.migrate_down(database_url, version)
    older = schema(database_url)
    both = {t: before[t]["columns"].keys() & older[t]["columns"].keys() for t in before.keys() & older.keys()}
    kept = {table: names for table, names in both.items() if names and table != "alembic_version"}
    held = rows_of(database_url, kept)
    assert (set(older) == {"alembic_version"}) is (version == "base")
    Store.migrate(database_url)

    assert schema(database_url) == before
    if version != "base":
        assert rows_of(database_url, kept) == held
        store = a_store(database_url, create=False)
        assert store.read_directory() == without_sealed(a_rich_directory())
        assert (store.list_quarantined(), len(store.list_keys()), store.verify_chain()) == ({LINE}, 1, ())
        store.close()


@pytest.mark.parametrize("version", ["9999", "head", VERSIONS[0], "-1", ""])
def test_there_is_a_way_down_to_older_versions_only(database_url, version):
    Store.migrate(database_url)
    with pytest.raises(WrongSchema, match=f"way down to: {', '.join([*VERSIONS[1:], 'base'])}"):
        database.migrate_down(database_url, version)


def test_there_is_no_way_down_from_what_is_no_register_of_ours(database_url):
    with pytest.raises(WrongSchema, match="empty"):
        database.migrate_down(database_url, "base")
    Store.migrate(database_url)
    do(database_url, "update alembic_version set version_num = '9999'")
    with pytest.raises(WrongSchema, match="9999"):
        database.migrate_down(database_url, "base")


def test_lists_of_services_outlive_the_way_down_and_up(database_url):
    """They were rows of tables of their own; what nobody says stays apart from none."""
    store = a_store(database_url)
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    store.close()
    database.migrate_down(database_url, "0001")
    assert {"schedule", "language", "accessibility", "required_document"} <= tables_in(database_url)
    Store.migrate(database_url)
    store = a_store(database_url)
    assert store.read_directory() == without_sealed(a_rich_directory())
    assert store.load_directory(a_rich_directory(), by="a steward", reason="the same") == 1
    store.close()


def test_the_way_down_takes_drafts_and_keys_of_providers_along(database_url):
    """An older program can read neither; everything else stays, and the way up is open again."""
    store = a_store(database_url)
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    body = {"slug": "xa-new", "name": "New", "country": "KZ", "type": "ngo"}
    store.propose_drafts([DraftInput(kind="organization", slug="xa-new", body=body)], by="an import", reason="a file")
    store.create_key(Role.PROVIDER, "xa-moth", (), NOW.date(), organization="xa-moth")
    kept = store.create_key(Role.STEWARD, "xa-keepers", (), NOW.date())[1]
    store.close()
    database.migrate_down(database_url, "0002")
    assert {"draft", "held_record", "once"}.isdisjoint(tables_in(database_url))
    Store.migrate(database_url)
    store = a_store(database_url)
    assert store.read_directory() == without_sealed(a_rich_directory())
    assert store.list_keys() == (kept,)
    assert store.verify_chain() == ()
    store.close()


def test_migrating_twice_changes_nothing(database_url):
    """And a filled register stays as it is."""
    store = a_store(database_url)
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    Store.migrate(database_url)

    assert store.read_directory() == without_sealed(a_rich_directory())
    store.close()


def test_an_empty_database_is_refused_until_it_is_migrated(database_url):
    """With the command that helps."""
    with pytest.raises(WrongSchema, match="empty: run `referral migrate`"):
        open_only(database_url)
    assert tables_in(database_url) == set()

    Store.migrate(database_url)
    open_only(database_url).close()


def test_an_empty_database_can_be_created_at_once(database_url):
    """`create` is for a fresh start."""
    a_store(database_url, create=True).close()

    assert {"service", "alembic_version"} <= tables_in(database_url)
    open_only(database_url).close()


@pytest.mark.parametrize("create", [False, True])
def test_a_newer_database_is_refused(database_url, create):
    """This program does not know what a newer one keeps there."""
    Store.migrate(database_url)
    do(database_url, "update alembic_version set version_num = '9999'")

    with pytest.raises(WrongSchema, match=r"schema 9999.*newer program, then run `referral migrate`"):
        a_store(database_url, create=create)
    with pytest.raises(WrongSchema, match=r"schema 9999.*newer program"):
        Store.migrate(database_url)


@pytest.mark.parametrize("create", [False, True])
def test_a_database_of_somebody_else_is_refused(database_url, create):
    """Nothing is written into it, not even by `create`."""
    do(database_url, "create table recipe (name varchar(9))")

    with pytest.raises(WrongSchema, match=r"not a register.*referral migrate"):
        a_store(database_url, create=create)
    assert tables_in(database_url) == {"recipe"}


@pytest.fixture
def newer_program(database_url, tmp_path):
    """A database made by this program, in the hands of one that has one more migration."""
    Store.migrate(database_url)
    here = Path(database.__file__).parent / "migrations"
    there = tmp_path / "migrations"
    (there / "versions").mkdir(parents=True)
    for path in [*here.glob("*.*"), *here.glob("versions/*.py")]:
        (there / path.relative_to(here)).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (there / "versions" / "9998_next.py").write_text(
        f'from alembic import op\nimport sqlalchemy as sa\nrevision = "9998"\ndown_revision = "{VERSIONS[0]}"\n'
        'def upgrade():\n    with op.batch_alter_table("organization") as batch:\n'
        '        batch.alter_column("name", new_column_name="title", existing_type=sa.String())\n'
    )
    opened = Database(database_url, migrations=there)
    yield opened
    opened.close()


def test_an_older_database_is_refused_and_not_migrated_by_the_way(newer_program):
    """An operator decides when to migrate; creating does nothing to a database that holds anything."""
    newer_program.migrate(only_empty=True)

    with pytest.raises(WrongSchema, match=rf"schema {VERSIONS[0]}, this program needs 9998: run `referral migrate`"):
        newer_program.require_schema()


def test_a_table_that_others_point_to_can_be_rebuilt(database_url, newer_program):
    """On SQLite a column is renamed by rebuilding its table, while services point to it."""
    organization = "'00000000000000000000000000000001'"
    do(
        database_url,
        "insert into organization (id, slug, name, alternate_name, description, country, located_in,"
        " organization_type, independence, status, status_as_of, confidence, steward_trust, sources)"
        f" values ({organization}, 'xa', 'Moth', '', '', 'KZ', '', 'ngo', 'ngo', 'active', '', '', false, '[]')",
    )
    do(
        database_url,
        "insert into hotline (id, slug, organization_id, country, name, number, operator, audience, hours, status,"
        " status_as_of, police_link, police_link_description, caveat, sources)"
        f" values ({organization}, 'xh', {organization}, 'KZ', '', '', '', '', '', '', '', '', '', '', '[]')",
    )
    newer_program.migrate()
    newer_program.require_schema()
    engine = create_engine(database_url)
    with engine.connect() as connection:
        joined = "select o.title from organization o join hotline h on h.organization_id = o.id"
        assert connection.execute(text(joined)).scalar_one() == "Moth"
    engine.dispose()


def test_a_file_database_is_quick_and_safe(tmp_path):
    """SQLite as the facts found it: WAL, NORMAL, five seconds of patience, foreign keys."""
    opened = Database(f"sqlite:///{tmp_path / 'register.db'}")
    with opened.reading() as session:
        raw = session.connection().exec_driver_sql
        settings = [
            raw(f"pragma {n}").scalar() for n in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    opened.close()

    assert settings == ["wal", 1, 5000, 1]


def test_migrations_are_beside_the_code():
    """They are data of the package, so that a wheel carries them."""
    files = {path.name for path in database.MIGRATIONS.rglob("*.*") if path.suffix in (".py", ".mako")}

    assert {"env.py", "script.py.mako", "0001_first_tables.py", "0002_lists_of_services.py"} <= files
