"""The database: engine, sessions, and what SQLite needs to behave. Plain SQLAlchemy."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_SECONDS = 30
POSTGRES_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "lock_timeout=15000",
        "statement_timeout=60000",
        "timezone=UTC",
        # A plan for lists of any length would look for each of a hundred thousand ids one by one.
        "plan_cache_mode=force_custom_plan",
    )
)

View = TypeVar("View", bound=Callable[..., Any])


def make_engine(url: str) -> Engine:
    """An engine whose SQLite connections check foreign keys, wait for locks and begin transactions when told to."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"options": POSTGRES_OPTIONS})
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own guess of when a transaction begins leaks rows out of rolled-back tests; we emit BEGIN ourselves.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a read lock that must be raised later fails instead of waiting.
    options = connection.get_execution_options()
    milliseconds = options.get("sqlite_wait", BUSY_SECONDS) * 1000
    connection.connection.cursor().execute(f"PRAGMA busy_timeout={milliseconds}")
    connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")


def for_writing(engine: Engine) -> Engine:
    """The same engine and pool; on SQLite its transactions begin with the write lock."""
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def reading_session(engine: Engine) -> Session:
    """A session whose transaction only reads: it keeps nobody from writing."""
    return Session(engine.execution_options(sqlite_begin="DEFERRED"), autoflush=False)


def writing_session(engine: Engine) -> Session:
    """A session whose transaction may write. The caller commits; leaving the `with` block without it rolls back."""
    return Session(for_writing(engine), autoflush=False)


def impatient_session(engine: Engine) -> Session:
    """A writing session for what is not worth waiting for: OperationalError at once while somebody else writes to
    SQLite. On PostgreSQL, where only writers of the same row meet, it waits like any other."""
    return Session(for_writing(engine).execution_options(sqlite_wait=0), autoflush=False)


def wait_for_turn(session: Session, lock: int) -> None:
    """From now to its end, this transaction is the only one that asked for the lock, a number of 64 bits. On SQLite
    whoever may write is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})


def init_app(app: Flask, engine: Engine) -> None:
    app.extensions["muster-engine"] = engine
    app.teardown_appcontext(_close_session)


def current_engine() -> Engine:
    engine: Engine = current_app.extensions["muster-engine"]
    return engine


def writes_no_rows(view: View) -> View:
    """Declare that the view writes nothing here although it takes a POST: it waits for nobody who writes to SQLite."""
    view.writes_no_rows = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def current_session() -> Session:
    """The session of this request: one transaction, rolled back at the end unless the view committed it."""
    if "session" not in g:
        engine, view = current_engine(), current_app.view_functions.get(request.endpoint or "")
        reads = request.method in SAFE_METHODS or getattr(view, "writes_no_rows", False)
        g.session = Session(engine if reads else for_writing(engine), autoflush=False)
    session: Session = g.session
    return session


def _close_session(_error: Any = None) -> None:
    session = g.pop("session", None)
    if session is not None:
        try:
            session.close()
        except DBAPIError as error:
            # A connection that broke after the last statement: the database has rolled back, and the answer stands.
            if not error.connection_invalidated:
                raise
