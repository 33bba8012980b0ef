"""The schema comes from migrations, fits the tables, and a database of another schema is refused with the way out."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from app.domain.errors import WrongSchema
from app.registry import database
from app.registry.database import Database
from app.registry.seal import Seal
from app.registry.store import SCHEMA, Store
from app.registry.tables import METADATA
from tests.registry.invented import NOW, SECRET, a_rich_directory, a_store, without_sealed


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


def test_down_and_up_again(database_url):
    """The way back is tried, not only written."""
    opened = Database(database_url)
    opened.migrate()
    config = database._config(database.MIGRATIONS)
    with opened._writers.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables_in(database_url) == {"alembic_version"}
    opened.migrate()
    opened.require_schema()
    opened.close()


def test_lists_of_services_outlive_the_way_down_and_up(database_url):
    """They were rows of tables of their own; what nobody says stays apart from none."""
    store = a_store(database_url)
    store.load_directory(a_rich_directory(), by="a steward", reason="load")
    store.close()
    opened = Database(database_url)
    config = database._config(database.MIGRATIONS)
    with opened._writers.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert {"schedule", "language", "accessibility", "required_document"} <= tables_in(database_url)
    opened.migrate()
    opened.close()
    store = a_store(database_url)
    assert store.read_directory() == without_sealed(a_rich_directory())
    assert store.load_directory(a_rich_directory(), by="a steward", reason="the same") == 1
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
    (there / "versions" / "9999_next.py").write_text(
        f'from alembic import op\nimport sqlalchemy as sa\nrevision = "9999"\ndown_revision = "{SCHEMA}"\n'
        'def upgrade():\n    with op.batch_alter_table("organization") as batch:\n'
        '        batch.alter_column("name", new_column_name="title", existing_type=sa.String())\n'
    )
    opened = Database(database_url, migrations=there)
    yield opened
    opened.close()


def test_an_older_database_is_refused_and_not_migrated_by_the_way(newer_program):
    """An operator decides when to migrate; creating does nothing to a database that holds anything."""
    newer_program.migrate(only_empty=True)

    with pytest.raises(WrongSchema, match=f"schema {SCHEMA}, this program needs 9999: run `referral migrate`"):
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
