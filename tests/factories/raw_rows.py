"""Rows for any table, found from its constraints alone: ones that it takes, and for each constraint one it must not.

A check is tried in SQLite on candidate values of the columns that it names, until one makes it true or false.
"""

import itertools
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, MetaData, Table, inspect, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import UniqueConstraint
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Integer, LargeBinary, Numeric, TypeDecorator

Row = dict[str, Any]
_numbers = itertools.count(900_000)


@dataclass(frozen=True)
class Schema:
    """Tables, and the checks of each by name as SQLite reads them."""

    tables: Mapping[str, Table]
    checks: Mapping[str, Mapping[str, str]]


def declared(metadata: MetaData) -> Schema:
    compiler = sqlite.dialect().ddl_compiler(sqlite.dialect(), None)  # type: ignore[arg-type]  # needs no statement

    def spelled(check: CheckConstraint) -> str:
        return compiler.sql_compiler.process(check.sqltext, include_table=False, literal_binds=True)

    checks = {
        table.name: {str(one.name): spelled(one) for one in table.constraints if isinstance(one, CheckConstraint)}
        for table in metadata.tables.values()
    }
    return Schema(metadata.tables, checks)


def reflected(connection: Connection) -> Schema:
    """Of a SQLite database, whatever its version."""
    metadata = MetaData()
    metadata.reflect(connection)
    metadata.remove(metadata.tables["alembic_version"])
    inspector = inspect(connection)
    checks = {
        name: {str(one["name"]): one["sqltext"] for one in inspector.get_check_constraints(name)}
        for name in metadata.tables
    }
    return Schema(metadata.tables, checks)


def kind_of(column: Column[Any]) -> type:
    of = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    kinds = (Boolean, Integer, Numeric, DateTime, Date, JSON, LargeBinary)
    return next((kind for kind in kinds if isinstance(of, kind)), str)


def usual(column: Column[Any]) -> Any:
    """A value that is fresh where the type has room for it."""
    fresh = next(_numbers)
    values: dict[type, Any] = {
        Boolean: False,
        Integer: 1,
        Numeric: 1,
        DateTime: "2026-05-01 10:00:00",
        Date: "2026-05-01",
        JSON: "{}",
        LargeBinary: b"x",
    }
    length = getattr(column.type, "length", None) or 40
    return values.get(kind_of(column), f"x{fresh}"[-length:])


def candidates(column: Column[Any], check: str) -> list[Any]:
    """Values of the column's type at and beyond every border, and the words that the check itself says."""
    numbers = [int(found) for found in re.findall(r"(?<![\w.'])\d{1,9}(?![\w.'])", check)]
    borders = sorted({number + step for number in (*numbers, 0, 1) for step in (-1, 0, 1)})
    found: dict[type, list[Any]] = {
        Boolean: [True, False],
        Integer: borders,
        Numeric: [*borders, 0.5],
        DateTime: ["2026-05-01 10:00:00", "2026-06-01 10:00:00"],
        Date: ["2026-05-01", "2026-06-01", "2026-04-01"],
        JSON: ["{}"],
        LargeBinary: [b"x"],
        str: [*re.findall(r"'([^']*)'", check), "x", " ", "Capital", "1111100", "nonsense"],
    }
    null: list[Any] = [None] if column.nullable else []
    return [*found[kind_of(column)], *null]


def holds(check: str, row: Mapping[str, Any]) -> bool:
    """As a database sees it: what cannot be told is not violated."""
    named = {name: value for name, value in row.items() if re.search(rf"\b{name}\b", check)}
    columns = ", ".join(f':{name} AS "{name}"' for name in named) or "1"
    with sqlite3.connect(":memory:") as tried:
        (answer,) = tried.execute(f"SELECT ({check}) FROM (SELECT {columns})", named).fetchone()
    return answer is None or bool(answer)


def variants(table: Table, check: str, row: Row) -> Iterator[Row]:
    """The row with other values in the columns that the check names. Columns that refer to another row stay as long as
    that does it; then those that may be are empty too."""
    named = [column for column in table.columns if re.search(rf"\b{column.name}\b", check)]
    free = [column for column in named if not column.foreign_keys]
    referring = [column for column in named if column.foreign_keys and column.nullable]
    for empty in itertools.product((False, True), repeat=len(referring)):
        start = row | {column.name: None for column, none in zip(referring, empty, strict=True) if none}
        for values in itertools.product(*(candidates(column, check) for column in free)):
            yield start | {column.name: value for column, value in zip(free, values, strict=True)}
    for column in referring:
        if any(key.column.table is table for key in column.foreign_keys):
            yield row | {column.name: row["id"]}
    if not free:
        for values in itertools.permutations([row[column.name] for column in named]):
            yield row | {column.name: value for column, value in zip(named, values, strict=True)}
        yield row | dict.fromkeys((column.name for column in named), row[named[0].name])


def new_row(schema: Schema, connections: Sequence[Connection], table: Table, *, whole: bool = False) -> Row:
    """A row that the table takes, with an id nobody has, not stored yet. The rows it refers to are stored, on each of
    the connections alike.

    `whole`: columns that may be empty are filled where they refer to another table.
    """
    row: Row = {}
    for column in table.columns:
        counted = column.name == "id" and not column.foreign_keys
        row[column.name] = next(_numbers) if counted else None if column.nullable else usual(column)
        for key in column.foreign_keys:
            other = key.column.table
            if other is not table and (whole or not column.nullable):
                row[column.name] = stored_row(schema, connections, other)[key.column.name]
    checks = schema.checks[table.name].values()
    for check in checks:
        if not holds(check, row):
            kept = [other for other in checks if other == check or holds(other, row)]
            row = next(one for one in variants(table, check, row) if all(holds(other, one) for other in kept))
    return row


def stored_row(schema: Schema, connections: Sequence[Connection], table: Table, *, whole: bool = False) -> Row:
    row = new_row(schema, connections, table, whole=whole)
    for connection in connections:
        insert(connection, table.name, row)
    return row


def insert(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({places})'), row)


def violating(schema: Schema, table: Table, check: str, row: Row) -> Row:
    """The row changed so that it violates the check, and no other of the table's if that can be."""
    others = [one for one in schema.checks[table.name].values() if one != check]
    found = [one for one in variants(table, check, row) if not holds(check, one)]
    return next((one for one in found if all(holds(other, one) for other in others)), found[0])


def unique_columns(table: Table) -> list[tuple[str, ...]]:
    """Of every unique constraint and index, and of a key that is not counted up."""
    keys = [tuple(table.primary_key.columns.keys())]
    keys += [tuple(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [tuple(one.columns.keys()) for one in table.indexes if one.unique]
    return keys
