"""Every constraint of every table, against raw SQL: the database refuses what the code would never send."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DataError, IntegrityError

from models import Base
from tests.factories.raw_rows import Row, Schema, declared, insert, new_row, unique_columns, usual, violating

NO_ROW = 2_000_000_000
TABLES = sorted(Base.metadata.tables)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def schema() -> Schema:
    return declared(Base.metadata)


def refused(connection: Connection, table: Table, row: Row) -> bool:
    point = connection.begin_nested()
    try:
        insert(connection, table.name, row)
    except (IntegrityError, DataError):
        return True
    finally:
        point.rollback()
    return False


class TestEveryTable:
    """All in one test, because a fresh database for each would take minutes."""

    def test_takes_a_right_row_and_none_that_breaks_a_constraint(self, connection: Connection, schema: Schema) -> None:
        taken = []
        for name in TABLES:
            table = schema.tables[name]
            row = new_row(schema, [connection], table, whole=True)
            assert not refused(connection, table, row), f"{name} takes no row at all"
            taken += [f"{name}: {what}" for what, wrong in wrong_rows(schema, table, row)
                      if not refused(connection, table, wrong)]  # fmt: skip
        assert not taken

    def test_takes_nothing_twice_that_is_unique(self, connection: Connection, schema: Schema) -> None:
        taken = []
        for name in TABLES:
            table = schema.tables[name]
            first = new_row(schema, [connection], table, whole=True)
            for column in {column for columns in unique_columns(table) for column in columns}:
                if first[column] is None:
                    first[column] = usual(table.columns[column])
            insert(connection, name, first)
            for columns in unique_columns(table):
                other = new_row(schema, [connection], table, whole=True)
                if not refused(connection, table, other | {column: first[column] for column in columns}):
                    taken.append(f"{name}: {columns}")
        assert not taken


def wrong_rows(schema: Schema, table: Table, row: Row) -> Iterator[tuple[str, Row]]:
    """For each rule of the table, its name and a row that breaks it."""
    for rule, check in schema.checks[table.name].items():
        yield rule, violating(schema, table, check, row)
    for column in table.columns:
        # Without an id the database gives the next.
        if not column.nullable and column.name != "id":
            yield f"{column.name} empty", row | {column.name: None}
        if column.foreign_keys:
            yield f"{column.name} of nothing", row | {column.name: NO_ROW}


class TestTheWalk:
    def test_meets_every_kind_of_constraint(self, schema: Schema) -> None:
        assert len(TABLES) > 40
        assert sum(len(checks) for checks in schema.checks.values()) > 60
        assert sum(len(unique_columns(table)) for table in schema.tables.values()) > 60
