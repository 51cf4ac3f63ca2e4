"""The bytes of what was deleted: overwritten in the database's file, its log and the queue's file.

A database keeps the old bytes of a changed row until something else needs their place. Two commands that no transaction
can hold give them up, so this comes after the commit; done again, it does no harm.
"""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

PATIENCE_SECONDS = 5.0
BETWEEN_SECONDS = 0.1

log = logging.getLogger("app.free_space")


def wipe_free_space(engine: Engine) -> bool:
    """Write the database anew without its free space and empty its log. False when somebody was reading or writing for
    too long; the daily retention run then does it."""
    try:
        return _wipe_sqlite(engine) if engine.dialect.name == "sqlite" else _wipe_postgres(engine)
    except OperationalError as error:
        log.warning("free space was not wiped: %s", error.orig)
        return False


def wipe_file(path: Path) -> None:
    """The same for an SQLite file of somebody else's making, such as the queue's. Nothing where there is none."""
    if path.is_file():
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _wipe_sqlite(engine: Engine) -> bool:
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("VACUUM")
        deadline = time.monotonic() + PATIENCE_SECONDS
        # Somebody who still reads the old state keeps the log from being emptied.
        while raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(BETWEEN_SECONDS)
    return True


def _wipe_postgres(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("RESET statement_timeout")
    return True
