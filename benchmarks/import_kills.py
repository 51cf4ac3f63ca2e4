"""Target I5: a worker is killed (SIGKILL) at a random moment of reading, applying and undoing an import. Afterwards the
directory is as before or as after, the database is sound, and the work, queued again, ends as if nothing had been.

`python -m benchmarks.import_kills` prints the table that stands in README.md. The moments are spread over the time that
the work takes, which is measured first, from its start to a little after its end.
"""

import argparse
import csv
import io
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from huey import SqliteHuey
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from app.db import make_engine, writing_session
from app.jobs import Jobs
from app.queries.jobs import job_of
from app.services import schema, starter
from app.services.audit import COMMAND_LINE
from app.services.imports import background, batches
from models import AuditEntry, ImportBatch, ImportedValue, ImportLines
from tests import postgres
from tests.factories.snapshots import snapshot

KINDS = ("read", "apply", "undo")
SKILLS = ("Python", "SQL", "Java", "Docker", "Kubernetes", "Terraform", "Kafka", "Airflow", "Spark", "React")
FIRST, LAST = -0.05, 1.10
"""The moments of the kills, in shares of the time that the work takes."""
MEASURED = 5


def sheet(people: int) -> bytes:
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["Name", "Email", "Title", "Department", *SKILLS])
    dice = random.Random(5)
    for n in range(people):
        name = f"Anna {chr(65 + n // 26 % 26)}{chr(97 + n % 26)}berg{'abcdefghij'[n // 676 % 10]}"
        levels = [dice.randint(1, 5) for _ in SKILLS]
        table.writerow([name, f"p{n}@example.org", "Engineer", f"Unit {n % 12}", *levels])
    return rows.getvalue().encode()


class Database:
    """Copies of templates, one a trial. `address` is that of the copy in use."""

    def __init__(self, name: str, address: str, make: Callable[[str], None], copy: Callable[[str], None]) -> None:
        self.name, self.address, self.make, self.copy = name, address, make, copy

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        engine = make_engine(self.address)
        yield engine
        engine.dispose()


def sqlite_database(folder: Path) -> Database:
    address = folder / "trial.sqlite3"

    def fresh() -> None:
        for leftover in folder.glob("trial.sqlite3*"):
            leftover.unlink()

    def make(name: str) -> None:
        engine = make_engine(f"sqlite:///{address}")
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        engine.dispose()
        shutil.copy(address, folder / f"{name}.sqlite3")

    def copy(name: str) -> None:
        fresh()
        if name != "empty":
            shutil.copy(folder / f"{name}.sqlite3", address)

    return Database("SQLite", f"sqlite:///{address}", make, copy)


def postgres_databases(server: str) -> Database:
    def run(*statements: str) -> None:
        engine = create_engine(server.format(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def make(name: str) -> None:
        run(f"DROP DATABASE IF EXISTS kills_{name} WITH (FORCE)", f"CREATE DATABASE kills_{name} TEMPLATE kills_trial")

    def copy(name: str) -> None:
        template = "template0" if name == "empty" else f"kills_{name}"
        run("DROP DATABASE IF EXISTS kills_trial WITH (FORCE)", f"CREATE DATABASE kills_trial TEMPLATE {template}")

    return Database("PostgreSQL", server.format(database="kills_trial"), make, copy)


def prepare(database: Database, content: bytes) -> None:
    """A template a kind of work: everything is there but the work, which waits for a worker."""
    database.copy("empty")
    with database.engine() as engine:
        schema.upgrade(engine)
        with writing_session(engine) as session:
            starter.load(session)
            batch_id = batches.receive(session, COMMAND_LINE, content=content, filename="people.csv").id
            background.ask_read(session, COMMAND_LINE, batch_id)
            session.commit()
    database.make("read")
    for kind in ("apply", "undo"):
        with database.engine() as engine:
            work(engine, waiting_job(engine), None)
            with writing_session(engine) as session:
                batch = session.get_one(ImportBatch, batch_id)
                if kind == "apply":
                    background.ask_apply(session, COMMAND_LINE, batch_id, batch.plan_digest)
                else:
                    background.ask_undo(session, COMMAND_LINE, batch_id)
                session.commit()
        database.make(kind)


def waiting_job(engine: Engine) -> int:
    with Session(engine) as session:
        job = job_of(session, background.SUBJECT, session.scalars(select(ImportBatch.id)).one())
        assert job is not None
        return job.id


def work(engine: Engine, job_id: int, queue: Path | None) -> None:
    """As a worker does, with a queue file as beside a server."""
    with tempfile.TemporaryDirectory() as folder:
        file = queue or Path(folder) / "queue.sqlite3"
        Jobs(engine, SqliteHuey("muster", filename=str(file), immediate=True, immediate_use_memory=False)).run(job_id)


def resume(engine: Engine, queue: Path) -> None:
    """What every worker does now and then, an hour later: take up what a dead one left."""
    huey = SqliteHuey("muster", filename=str(queue), immediate=True, immediate_use_memory=False, results=False)
    Jobs(engine, huey).recover(datetime.now(UTC) + timedelta(hours=1))


def digest(engine: Engine) -> str:
    """Of the directory and what is kept of the import; not of the job."""
    with Session(engine) as session:
        batch = session.execute(select(ImportBatch.state, ImportBatch.plan_digest, func.length(ImportBatch.content)))
        told = [list(map(str, row)) for row in batch]
        beside = (ImportedValue, ImportLines, AuditEntry)
        told.append([str(session.scalar(select(func.count()).select_from(kind))) for kind in beside])
        held = session.scalar(select(func.count()).where(ImportedValue.held_by_id.is_not(None)))
        document = json.dumps([told, held, snapshot(session)], default=str, sort_keys=True)
    return sha256(document.encode()).hexdigest()


def sound(engine: Engine) -> bool:
    if schema.differences(engine):
        return False
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            return whole == "ok" and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
    return True


def wait_for_the_server(engine: Engine) -> None:
    """Until PostgreSQL has noticed that the client is gone, and rolled back or committed."""
    if engine.dialect.name != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        while connection.scalar(others):
            time.sleep(0.01)
            connection.rollback()


def killed_after(database: Database, job_id: int, queue: Path, seconds: float | None) -> tuple[float, bool]:
    """Seconds until the worker ended or was killed, and whether it had ended by itself."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        # Nothing of the parent's is used from here on but its imported modules.
        try:
            engine = make_engine(database.address)
            os.write(told, b"s")
            work(engine, job_id, queue)
            os.write(told, b"d")
        finally:
            os._exit(0)
    os.close(told)
    if seconds is None or seconds > 0:
        os.read(ready, 1)
    started = time.perf_counter()
    if seconds is not None:
        time.sleep(max(0.0, seconds))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    taken = time.perf_counter() - started
    ended = os.read(ready, 2)
    os.close(ready)
    return taken, b"d" in ended


def trials(database: Database, kind: str, count: int, folder: Path, dice: random.Random) -> tuple[str, bool]:
    """A line of the table, and whether every trial ended as it must."""
    queue = folder / "queue.sqlite3"

    def begin() -> int:
        database.copy(kind)
        for leftover in folder.glob("queue.sqlite3*"):
            leftover.unlink()
        with database.engine() as engine:
            return waiting_job(engine)

    job_id = begin()
    with database.engine() as engine:
        before = digest(engine)
    taken = []
    for _ in range(MEASURED):
        job_id = begin()
        seconds, ended = killed_after(database, job_id, queue, None)
        assert ended
        taken.append(seconds)
    with database.engine() as engine:
        after = digest(engine)
    assert before != after
    duration = statistics.median(taken)
    seen: Counter[str] = Counter()
    for n in range(count):
        share = FIRST + (LAST - FIRST) * (n + dice.random()) / count
        job_id = begin()
        _, ended = killed_after(database, job_id, queue, share * duration)
        with database.engine() as engine:
            wait_for_the_server(engine)
            found = digest(engine)
            seen["ended"] += ended
            seen["before"] += found == before
            seen["after"] += found == after
            seen["sound"] += sound(engine)
            resume(engine, queue)
            seen["again"] += digest(engine) == after and sound(engine)
    whole = seen["before"] + seen["after"] == seen["sound"] == seen["again"] == count
    committed = seen["after"] - seen["ended"]
    line = (
        f"| {kind} | {database.name} | {duration:.2f} | {count} | {seen['before']} | {committed} | {seen['ended']} "
        f"| {count - seen['before'] - seen['after']} | {seen['sound']} | {seen['again']} |"
    )
    return line, whole


HEAD = (
    "| work | database | takes, s | kills | as before | as after, killed behind the commit | had ended "
    "| half done | sound | done when queued again |\n|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=34, help="for each kind of work on each database")
    parser.add_argument("--people", type=int, default=400, help="rows of the sheet, each with ten levels")
    parser.add_argument("--work", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--on", nargs="+", choices=("SQLite", "PostgreSQL"), default=("SQLite", "PostgreSQL"))
    parser.add_argument("--seed", type=int, default=20261121)
    asked = parser.parse_args()
    content, dice, good = sheet(asked.people), random.Random(asked.seed), True
    print(HEAD)
    with tempfile.TemporaryDirectory() as name, postgres.server() as server:
        folder = Path(name)
        for database in (sqlite_database(folder), postgres_databases(server)):
            if database.name not in asked.on:
                continue
            prepare(database, content)
            for kind in asked.work:
                line, whole = trials(database, kind, asked.kills, folder, dice)
                good &= whole
                print(line, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
