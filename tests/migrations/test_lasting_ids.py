"""An id stands for one row for good: what was deleted never comes back as somebody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, text

from app.db import make_engine
from app.queries.schema import migration_config
from app.services import schema
from models import Base
from tests.factories.raw_rows import Row, declared, insert, new_row, reflected, stored_row

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
COUNTED = sorted(name for name, table in Base.metadata.tables.items() if table.primary_key.columns.keys() == ["id"])
GUARDED = {"audit_entries"}
"""Nothing is ever deleted from these."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database as the last version without lasting ids made it."""
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "old", ignore=shutil.ignore_patterns("__pycache__")))
    env = (folder / "env.py").read_text(encoding="utf-8")
    assert "                    never_give_ids_again(connection, given)\n" in env
    (folder / "env.py").write_text(env.replace("never_give_ids_again(connection, given)", "pass"), encoding="utf-8")
    config = migration_config(engine)
    config.set_main_option("script_location", str(folder))
    command.upgrade(config, "0006")
    yield engine
    engine.dispose()


def masters(connection: Connection, kind: str) -> dict[str, str]:
    wanted = text("SELECT name, sql FROM sqlite_master WHERE type = :kind AND sql IS NOT NULL")
    return {row.name: row.sql for row in connection.execute(wanted, {"kind": kind})}


def sequence(connection: Connection, table: str) -> int:
    return connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table}) or 0


def inserted(connection: Connection, table: str, row: Row) -> int:
    """The id that the database gives."""
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    number = connection.scalar(text(f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING id'), row)
    assert number
    return int(number)


class TestARowThatIsDeleted:
    def test_leaves_its_id_to_nobody(self, engine: Engine) -> None:
        known, returned = declared(Base.metadata), []
        assert len(COUNTED) > 30
        with engine.connect() as connection:
            for name in COUNTED:
                if name in GUARDED:
                    continue
                row = new_row(known, [connection], known.tables[name], whole=True)
                del row["id"]
                first = inserted(connection, name, row)
                connection.execute(text(f'DELETE FROM "{name}" WHERE id = :id'), {"id": first})
                second = inserted(connection, name, row)
                if second <= first:
                    returned.append(name)
        assert not returned


class TestAnOlderDatabase:
    def test_keeps_rows_indexes_and_triggers(self, old: Engine) -> None:
        with old.connect() as connection:
            known = reflected(connection)
            kept = {name: stored_row(known, [connection], table, whole=True) for name, table in known.tables.items()}
            connection.execute(text("CREATE TRIGGER units_kept BEFORE DELETE ON units BEGIN SELECT 1; END"))
            indexes = masters(connection, "index")
            connection.commit()
            assert not any("AUTOINCREMENT" in sql for sql in masters(connection, "table").values())
        schema.upgrade(old)
        with old.connect() as connection:
            tables = masters(connection, "table")
            assert [name for name in COUNTED if "AUTOINCREMENT" not in tables[name]] == []
            assert not set(indexes.items()) - set(masters(connection, "index").items())
            assert "units_kept" in masters(connection, "trigger")
            for name in set(COUNTED) & set(kept):
                assert connection.scalar(text(f'SELECT 1 FROM "{name}" WHERE id = :id'), {"id": kept[name]["id"]}), name
                assert sequence(connection, name) >= kept[name]["id"]
        assert schema.differences(old) == []

    def test_gives_no_id_that_provenance_or_the_trail_still_names(self, old: Engine) -> None:
        with old.connect() as connection:
            known = reflected(connection)
            value = new_row(known, [connection], known.tables["imported_values"], whole=True)
            insert(connection, "imported_values", value | {"table_name": "practitioners", "row_id": 5_000_000})
            entry = new_row(known, [connection], known.tables["audit_entries"])
            insert(connection, "audit_entries", entry | {"subject": "project", "subject_id": 6_000_000})
            connection.commit()
        schema.upgrade(old)
        with old.connect() as connection:
            assert sequence(connection, "practitioners") == 5_000_000
            assert sequence(connection, "projects") == 6_000_000


class TestALaterMigration:
    def test_that_makes_a_table_anew_keeps_count(self, sqlite_url: str, tmp_path: Path) -> None:
        engine = make_engine(sqlite_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE sqlite_sequence SET seq = 7000000 WHERE name = 'skills'"))
        folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "new", ignore=shutil.ignore_patterns("__pycache__")))
        head = (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip()
        (folder / "versions" / "9999.py").write_text(
            f"from alembic import op\nrevision, down_revision = '9999', '{head}'\n"
            "def upgrade():\n    with op.batch_alter_table('skills', recreate='always') as table:\n"
            "        table.alter_column('description', server_default='none')\n",
            encoding="utf-8",
        )
        config = migration_config(engine)
        config.set_main_option("script_location", str(folder))
        command.upgrade(config, "head")
        with engine.connect() as connection:
            assert "AUTOINCREMENT" in masters(connection, "table")["skills"]
            assert sequence(connection, "skills") == 7_000_000
        engine.dispose()
