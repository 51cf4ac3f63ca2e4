"""The bytes of what was deleted: overwritten in the database's file, its log and the queue's file.

A database keeps the old bytes of a changed row until something else needs their place. Two commands that no transaction
can hold give them up, so this comes after the commit; done again, it does no harm.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

PATIENCE_SECONDS = 5.0

log = logging.getLogger("app.free_space")


def wipe_free_space(engine: Engine) -> bool:
    """Write the database anew without its free space and empty its log. False when somebody was reading or writing for
    too long; the daily retention run then does it."""
    if engine.dialect.name == "sqlite":
        return wipe_file(Path(engine.url.database or ""))
    try:
        _wipe_postgres(engine)
    except OperationalError as error:
        log.warning("free space was not wiped: %s", error.orig)
        return False
    return True


def wipe_file(path: Path) -> bool:
    """The same for one SQLite file, such as the queue's. True where there is none."""
    if not path.is_file():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            # Somebody who still reads the old state keeps the log from being emptied.
            busy, _in_log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        log.warning("free space of %s was not wiped: %s", path.name, error)
        return False
    return not busy


def _wipe_postgres(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("RESET statement_timeout")
