"""Databases for every test that wants one: the real thing, on SQLite and on PostgreSQL, fresh for each test."""

import itertools
import shutil
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from app.db import make_engine, writing_session
from app.services import schema, starter
from tests import postgres

# The same examples every time, so that a red run is a change's fault; how slow a busy machine draws them is nobody's.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
settings.load_profile("suite")

_numbers = itertools.count(1)


def prepare(engine: Engine) -> None:
    schema.upgrade(engine)
    with writing_session(engine) as session:
        starter.load(session)
        session.commit()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the shipped catalogue; tests get copies."""
    path = tmp_path_factory.mktemp("template") / "muster.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    prepare(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def maintenance(postgres_server: str) -> Iterator[Connection]:
    """Where databases are made and dropped: one connection for all, since opening it takes longer than that."""
    engine = create_engine(postgres_server.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, maintenance: Connection) -> str:
    """The address of a server whose database `muster_template` is migrated and has the shipped catalogue."""
    maintenance.execute(text("DROP DATABASE IF EXISTS muster_template"))
    maintenance.execute(text("CREATE DATABASE muster_template"))
    engine = make_engine(postgres_server.format(database="muster_template"))
    prepare(engine)
    engine.dispose()
    return postgres_server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "muster.sqlite3")
    return f"sqlite:///{tmp_path / 'muster.sqlite3'}"


@pytest.fixture
def postgres_url(postgres_template: str, maintenance: Connection) -> Iterator[str]:
    name = f"muster_test_{next(_numbers)}"
    # Copied file by file, with the cache of its tables; before PostgreSQL 15 there was no other way, nor a word for it.
    files = "STRATEGY FILE_COPY" if maintenance.dialect.server_version_info >= (15,) else ""
    maintenance.execute(text(f"DROP DATABASE IF EXISTS {name}"))
    maintenance.execute(text(f"CREATE DATABASE {name} TEMPLATE muster_template {files}"))
    yield postgres_template.format(database=name)
    maintenance.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of pages, forms, mails and limits need not run twice: what reads and writes rows has tests on each kind."""
    twice = [item for item in items if item.get_closest_marker("one_database") and item.get_closest_marker("postgres")]
    if twice:
        config.hook.pytest_deselected(items=twice)
        left_out = {id(item) for item in twice}
        items[:] = [item for item in items if id(item) not in left_out]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the schema and the shipped catalogue; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def dialects() -> dict[str, Dialect]:
    return {}


@pytest.fixture(scope="session")
def compiled() -> MutableMapping[Any, Any]:
    """What statements compile to. Compiling them anew for each test's engine would take a seventh of the suite."""
    return LRUCache(3000)


@pytest.fixture
def engine(database_url: str, dialects: dict[str, Dialect], compiled: MutableMapping[Any, Any]) -> Iterator[Engine]:
    engine = make_engine(database_url)
    if engine.dialect.name not in dialects:
        dialects[engine.dialect.name] = engine.dialect
        engine.connect().close()  # a dialect learns what its database can do
    # A compiled statement is found again only by the dialect that it was compiled for.
    engine.dialect = dialects[engine.dialect.name]
    engine.update_execution_options(compiled_cache=compiled)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """What the test does not commit is rolled back. Takes SQLite's write lock only when it writes, so that the
    application can write while the test looks on."""
    with Session(engine, autoflush=False, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def statements(session: Session) -> Callable[[], list[str]]:
    """Call it to begin listening: the list grows with every statement that the session sends from then on."""

    def listen() -> list[str]:
        sent: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: sent.append(given[2]))
        return sent

    return listen
