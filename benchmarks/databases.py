"""Databases that hold a stored organisation, made once and kept in a folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from app.db import make_engine
from app.services import schema
from benchmarks.stored_organisation import tables
from tests import postgres


@contextmanager
def kept_databases(folder: Path, people: int) -> Iterator[dict[str, str]]:
    """Addresses of a SQLite file and of a PostgreSQL database, by name; the server runs as long as the context."""
    folder.mkdir(parents=True, exist_ok=True)
    server_folder = folder / "postgres"
    server_folder.mkdir(exist_ok=True)
    with postgres.server(server_folder) as server:
        yield {"SQLite": sqlite_file(folder, people), "PostgreSQL": postgres_database(server, people)}


def sqlite_file(folder: Path, people: int) -> str:
    path = folder / f"organisation-{people}.sqlite3"
    url = f"sqlite:///{path}"
    if not path.exists():
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        _migrate(f"sqlite:///{making}")
        with closing(sqlite3.connect(making)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            for table in tables(people):
                places = ", ".join("?" * len(table.columns))
                connection.executemany(
                    f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})", table.rows()
                )
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        making.rename(path)
    _migrate(url)
    return url


def postgres_database(server: str, people: int) -> str:
    name = f"organisation_{people}"
    url = server.format(database=name)
    maintenance = create_engine(server.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            making = server.format(database=f"{name}_making")
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}_making"))
            connection.execute(text(f"CREATE DATABASE {name}_making"))
            _migrate(making)
            _copy_into(making, people)
            connection.execute(text(f"ALTER DATABASE {name}_making RENAME TO {name}"))
    maintenance.dispose()
    _migrate(url)
    return url


def _copy_into(url: str, people: int) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, options="-c timezone=UTC") as connection:
        for table in tables(people):
            with connection.cursor().copy(f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN") as copy:
                for row in table.rows():
                    copy.write_row(row)
        # What the server does by itself some time after so many rows.
        connection.execute("VACUUM ANALYZE")


def _migrate(url: str) -> None:
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
