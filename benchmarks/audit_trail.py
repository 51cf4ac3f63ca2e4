"""The audit trail when it is long: `python -m benchmarks.audit_trail [ENTRIES [ROUNDS]]`.

Makes a trail of ENTRIES (200,000) in a SQLite file and in a PostgreSQL database that pass with the run. Measures its
pages by requests within the process, ROUNDS (20) times each, and the walk along the whole chain. Prints medians and the
worst, in milliseconds; processor time of this process beside the wall time.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from huey import MemoryHuey
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.db import make_engine, writing_session
from app.queries.audit.chain import verify_chain
from app.services import schema
from app.services.accounts.sessions import start_session
from app.services.audit import COMMAND_LINE, record
from benchmarks.measurement import peak_memory
from models import Account, AccountRole, AuditEntry, Project
from models.sealing import new_salt, personal_digest, seal_of
from tests import postgres

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SHAPES = (
    ("session.start", "account", {"how": "password"}),
    ("project.edit", "project", {"name": "Data platform", "priority": 3, "summary": "Moves the warehouse. " * 12}),
    ("role.edit", "role", {"name": "Data engineer", "needs": [{"skill": "Python", "level": 3, "must": True}] * 6}),
    ("staffing.propose", "project", {"run": 7, "inputs": "0" * 64, "choices": {"teams": 3, "weights": {"fit": 50}}}),
    ("export.make", "directory", {"kind": "people", "rows": 5000}),
)
PAGES = {
    "newest": "/admin/audit",
    "deep in the middle": "/admin/audit?older={middle}",
    "one action": "/admin/audit?action=export.make",
    "a group": "/admin/audit?action=Projects+and+roles",
    "one account": "/admin/audit?actor=17",
    "one object": "/admin/audit?subject=project&number=42",
    "a day": "/admin/audit?from=2026-03-01&to=2026-03-01",
    "a word in many": "/admin/audit?q=warehouse",
    "a word in none": "/admin/audit?q=nowhere+to+be+found",
    "one entry": "/admin/audit/{middle}",
    "history of a project": "/projects/42/history",
}


def main(arguments: Sequence[str]) -> None:
    entries, rounds = (int(number) for number in (*arguments, *("200000", "20")[len(arguments) :]))
    with tempfile.TemporaryDirectory(prefix="muster-audit-") as name, postgres.server() as server:
        for url in (f"sqlite:///{name}/muster.sqlite3", server.format(database="postgres")):
            measure(make_engine(url), Path(name), entries, rounds)


def measure(engine: Engine, folder: Path, entries: int, rounds: int) -> None:
    schema.upgrade(engine)
    secret = fill(engine, entries)
    print(f"{engine.dialect.name}, {entries:,} entries, {rounds} rounds")
    settings = Settings(
        str(engine.url), folder, secrets.token_hex(32), "http://localhost", "ERROR"
    )  # fmt: skip
    app = create_app(settings, engine, MemoryHuey(immediate=True, results=False))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = secret, True
    for name, path in PAGES.items():
        address = path.format(middle=entries // 2)

        def ask(address: str = address) -> None:
            assert client.get(address).status_code == 200, address

        print(f"  {name:24} {timed(ask, rounds)}")
    print(f"  {'one entry recorded':24} {timed(lambda: append(engine), rounds)}")
    with Session(engine) as session:
        began, own = time.perf_counter(), time.process_time()
        found = verify_chain(session)
        whole, own = time.perf_counter() - began, time.process_time() - own
    assert found.unbroken, found.fault
    print(f"  the chain: {found.entries:,} entries in {whole:.1f} s ({own:.1f} s of the processor)")
    print(f"  at most {peak_memory():.0f} MB")
    engine.dispose()


def fill(engine: Engine, entries: int) -> str:
    """The trail, and the secret of an administrator's session."""
    with writing_session(engine) as session:
        people = [Account(email=f"a{n}@example.org", name=f"Account {n}", role=AccountRole.ADMIN) for n in range(60)]
        session.add_all([*people, Project(id=42, name="Data platform", name_key="data platform")])
        session.flush()
        last, rows = "", list[dict[str, Any]]()
        for row in made(entries):
            row["seal"] = last = seal_of(AuditEntry(**row), last)
            rows.append(row)
            if len(rows) == 10_000:
                session.execute(insert(AuditEntry), rows)
                rows = []
        if rows:
            session.execute(insert(AuditEntry), rows)
        secret = start_session(session, people[0], "benchmark")
        session.commit()
    return secret


def made(entries: int) -> Iterator[dict[str, Any]]:
    for number in range(entries):
        action, subject, values = SHAPES[number % 5 if number % 40 else 4]
        account, salt = 1 + number * 7 % 60, new_salt()
        told = {**values, "number": number}
        yield {
            "at": BEGAN + timedelta(seconds=60 * number),
            "account_id": account,
            "actor": f"account {account}",
            "role": "admin",
            "action": action,
            "subject": subject,
            "subject_id": number % 900,
            "request_id": f"{number:012x}",
            "before": told if action.endswith("edit") else None,
            "after": told,
            "reason": None,
            "salt": salt,
            "digest": personal_digest(salt, told if action.endswith("edit") else None, told, None),
        }


def append(engine: Engine) -> None:
    with writing_session(engine) as session:
        record(session, COMMAND_LINE, "project.edit", "project", 1, before={"name": "a"}, after={"name": "b"})
        session.commit()


def timed(work: Callable[[], None], rounds: int) -> str:
    work()
    walls, own = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - began))
    own = 1000 * (time.process_time() - own) / rounds
    return f"median {statistics.median(walls):7.1f} ms, worst {max(walls):7.1f} ms, processor {own:6.1f} ms"


if __name__ == "__main__":
    main(sys.argv[1:])
