"""Runs migrations on the engine that the caller hands over, one transaction for all of them."""

import re
from collections.abc import Collection

from alembic import context
from sqlalchemy import Connection, Engine, text

from models import Base

AUDITED = {
    "account": "accounts",
    "import_batch": "import_batches",
    "practitioner": "practitioners",
    "project": "projects",
    "role": "roles",
}
"""What the audit trail calls a row -> its table."""


def run() -> None:
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection.execution_options(sqlite_begin="IMMEDIATE"),
            target_metadata=Base.metadata,
            # SQLite changes a table by copying it.
            render_as_batch=sqlite,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=False,
            # Alembic does not expect it of SQLite; ours begins transactions for real.
            transactional_ddl=True,
        )
        if sqlite:
            check_references(connection, "OFF")
        try:
            with context.begin_transaction():
                given = highest_ids(connection) if sqlite else {}
                context.run_migrations()
                if sqlite:
                    never_give_ids_again(connection, given)
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"A migration left a row of {broken[0]} that refers to nothing in {broken[2]}.")
        finally:
            if sqlite:
                check_references(connection, "ON")


def check_references(connection: Connection, mode: str) -> None:
    """Dropping the old copy of a table would delete all rows that refer to it. Does nothing within a transaction."""
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={mode}")


def highest_ids(connection: Connection) -> dict[str, int]:
    """By table, the highest id that was ever given, as far as SQLite remembers."""
    if "sqlite_sequence" not in _tables(connection):
        return {}
    return {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}


def never_give_ids_again(connection: Connection, given: dict[str, int]) -> None:
    """The audit trail, provenance, tokens and addresses go on to name rows that are gone, so an id stands for one row
    for good. PostgreSQL counts on by itself; SQLite does for tables made with AUTOINCREMENT, and forgets when a
    migration makes a table anew."""
    for table, sql in sorted(_tables(connection).items()):
        if not re.search(r'\bPRIMARY KEY \("?id"?\)', sql):
            continue
        _make_anew(connection, table, sql)
    there = _tables(connection).keys() & Base.metadata.tables.keys()
    for table in there:
        least = max(given.get(table, 0), _named_elsewhere(connection, table, there))
        place = {"table": table, "least": least}
        known = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), place)
        if known is None and least:
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :least)"), place)
        elif known is not None and known < least:
            connection.execute(text("UPDATE sqlite_sequence SET seq = :least WHERE name = :table"), place)


def _tables(connection: Connection) -> dict[str, str]:
    wanted = text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {row.name: row.sql for row in connection.execute(wanted)}


def _make_anew(connection: Connection, table: str, sql: str) -> None:
    """The same table with its rows, indexes and triggers, whose key counts on."""
    made, keys = re.subn(r'(\n\t"?id"? INTEGER NOT NULL)', r"\1 PRIMARY KEY AUTOINCREMENT", sql)
    made, stated = re.subn(r',\s*(CONSTRAINT "?\w+"? )?PRIMARY KEY \("?id"?\)', "", made)
    made, named = re.subn(rf'^CREATE TABLE "?{table}"?', f'CREATE TABLE "_{table}"', made)
    if (keys, stated, named) != (1, 1, 1):
        raise RuntimeError(f"The table {table} is not as a migration of ours makes it: {sql}")
    rest = connection.scalars(
        text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type <> 'table' AND sql IS NOT NULL"),
        {"table": table},
    ).all()
    columns = ", ".join(f'"{row[1]}"' for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")'))
    for statement in (
        made,
        f'INSERT INTO "_{table}" ({columns}) SELECT {columns} FROM "{table}" ORDER BY id',  # noqa: S608 - our own names
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "_{table}" RENAME TO "{table}"',
        *rest,
    ):
        connection.exec_driver_sql(statement)


def _named_elsewhere(connection: Connection, table: str, there: Collection[str]) -> int:
    """The highest id of the table that provenance or the audit trail names, whether the row is there or not."""
    named: list[int | None] = []
    if "imported_values" in there:
        wanted = text("SELECT max(row_id) FROM imported_values WHERE table_name = :table")
        named.append(connection.scalar(wanted, {"table": table}))
    if "audit_entries" in there:
        wanted = text("SELECT max(subject_id) FROM audit_entries WHERE subject = :subject")
        named += [connection.scalar(wanted, {"subject": word}) for word, of in AUDITED.items() if of == table]
    return max(number or 0 for number in (*named, 0))


run()
