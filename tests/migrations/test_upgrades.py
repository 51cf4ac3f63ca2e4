"""From every version of the schema to this one, with rows in every table: none is lost and none is changed unsaid."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, text

from app.db import make_engine
from app.queries.schema import migration_config
from app.services import schema
from tests.factories.raw_rows import reflected, stored_row

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
HEAD = int((MIGRATIONS / "HEAD").read_text(encoding="ascii"))
RELEASED = 6
"""The newest that an installation may have had for long."""

ON_SQLITE = [f"{number:04}" for number in range(1, HEAD)]
ON_POSTGRES = [pytest.param(f"{number:04}", marks=pytest.mark.postgres) for number in range(1, RELEASED + 1)]
MEANT = {
    ("audit_entries", "actor"),
    ("audit_entries", "seal"),
    ("audit_entries", "salt"),
    ("audit_entries", "digest"),
    ("imported_values", "held_by_id"),
}
"""What a migration rewrites on purpose; each has a test of its own."""

Snapshot = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
"""Rows by table and key."""


@pytest.fixture
def old_sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    yield engine
    engine.dispose()


@pytest.fixture
def old_postgres(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


def fill(*engines: Engine) -> None:
    """A row and more in every table of the first engine, which is SQLite; the same in those of the others."""
    connections = [engine.connect() for engine in engines]
    try:
        known = reflected(connections[0])
        for table in known.tables.values():
            stored_row(known, connections, table, whole=True)
        for connection in connections:
            connection.commit()
    finally:
        for connection in connections:
            connection.close()


def snapshot(connection: Connection) -> Snapshot:
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    found: Snapshot = {}
    for name in sorted(names):
        keys = inspect(connection).get_pk_constraint(name)["constrained_columns"]
        rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
        found[name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def lost(before: Snapshot, after: Snapshot) -> list[str]:
    """What is no longer as it was, apart from what is meant."""
    wrong = []
    for table, rows in before.items():
        for key, old in rows.items():
            new = after.get(table, {}).get(key)
            if new is None:
                wrong.append(f"a row of {table}")
                continue
            wrong += [
                f"{table}.{name}: {old[name]!r} became {new.get(name)!r}"
                for name in old
                if (table, name) not in MEANT and new.get(name) != old[name]
            ]
    return wrong


def check_upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        before = snapshot(connection)
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert lost(before, snapshot(connection)) == []
    assert schema.differences(engine) == []


class TestFromEveryVersion:
    @pytest.mark.parametrize("revision", ON_SQLITE)
    def test_on_sqlite(self, old_sqlite: Engine, revision: str) -> None:
        command.upgrade(migration_config(old_sqlite), revision)
        fill(old_sqlite)
        check_upgrade(old_sqlite)

    @pytest.mark.parametrize("revision", ON_POSTGRES)
    def test_on_postgres(self, old_sqlite: Engine, old_postgres: Engine, revision: str) -> None:
        for engine in (old_sqlite, old_postgres):
            command.upgrade(migration_config(engine), revision)
        fill(old_sqlite, old_postgres)
        check_upgrade(old_postgres)
