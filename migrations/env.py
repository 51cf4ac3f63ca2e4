"""Runs migrations on the engine that the caller hands over, one transaction for all of them."""

from alembic import context
from sqlalchemy import Connection, Engine

from models import Base


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
                context.run_migrations()
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"A migration left a row of {broken[0]} that refers to nothing in {broken[2]}.")
        finally:
            if sqlite:
                check_references(connection, "ON")


def check_references(connection: Connection, mode: str) -> None:
    """Dropping the old copy of a table would delete all rows that refer to it. Does nothing within a transaction."""
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={mode}")


run()
