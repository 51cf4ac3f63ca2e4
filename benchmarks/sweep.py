"""Hostile requests to every address of a filled Muster: `python -m benchmarks.sweep [REQUESTS] [--seed N]`.

A third each goes to the API with a token, to the pages with an administrator's session, and to the forms with their
token. Each answer must be no failure of ours, carry the content policy and, under /api, be what the OpenAPI document
says. Prints the counts by kind and status; exit code 1 at the first that is otherwise, with the request.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from huey import MemoryHuey
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from app import create_app
from app.db import make_engine, writing_session
from app.programs import bearer
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.services import schema, starter
from app.services.accounts.sessions import start_session
from app.services.staffing.proposals import store_run, work_out
from models import Account, AccountRole, Scope
from tests.app.conftest import settings_for
from tests.app.server.test_every_form import form_token
from tests.factories.hostile import Asked, api_requests, check, form_requests, page_requests, send
from tests.factories.imports import staged
from tests.factories.people import goal, person
from tests.factories.programs import Program
from tests.factories.projects import NOBODY, STARTS_ON, stored


def filled(folder: Path) -> tuple[Flask, Program, FlaskClient]:
    """A Muster with a few of everything, a program that may do all, and a browser in which an administrator is."""
    url = f"sqlite:///{folder / 'muster.sqlite3'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    app = create_app(settings_for(folder, url), engine, MemoryHuey(immediate=True, results=False))
    with writing_session(engine) as session:
        starter.load(session)
        for number in range(30):
            who = person(
                session, f"Person {number}", skills={"SQL": number % 6, "Python": 3}, unit=f"Unit {number % 3}"
            )
            goal(session, who, "Kubernetes")
        staged(session, b"Name,SQL\nAnna Berg,5\n")
        program = Program.starting(app, session, AccountRole.ADMIN, tuple(Scope))
        account = Account(email="sweep@example.org", name="Sweep", role=AccountRole.ADMIN)
        session.add(account)
        session.flush()
        secret = start_session(session, account, "sweep")
        session.commit()
    answer = work_out(engine, COMMAND_LINE_VIEWER, stored(engine), Choices(), STARTS_ON)
    with writing_session(engine) as session:
        store_run(session, NOBODY, answer)
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True
    return app, program, client


def swept(
    kind: str,
    requests: SearchStrategy[Asked],
    sender: FlaskClient,
    document: Any,
    counts: Counter[tuple[str, int]],
    most: int,
    number: int,
) -> None:
    @seed(number)
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def sweep(one: Asked) -> None:
        answer = send(sender, one)
        counts[kind, answer.status_code] += 1
        check(document, one, answer)

    sweep()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", nargs="?", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for pace in ("PACE", "HEAVY_PACE", "WRONG_TOKENS"):
        setattr(bearer, pace, "1000000000 per minute")
    counts: Counter[tuple[str, int]] = Counter()
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        app, program, client = filled(Path(folder))
        document: Any = client.get("/api/v1/openapi.json").json
        kinds = {
            "API": (api_requests(document, program.secret), program.client),
            "page": (page_requests(app), client),
            "form": (form_requests(app, form_token(client)), client),
        }
        for kind, (requests, sender) in kinds.items():
            try:
                swept(kind, requests, sender, document, counts, asked.requests // len(kinds), asked.seed)
            except AssertionError as fault:
                print(f"{kind}: {fault}")
                return 1
    for (kind, status), count in sorted(counts.items()):
        print(f"{kind:5} {status}: {count:,}")
    print(f"{sum(counts.values()):,} requests, {time.process_time() - began:.0f} s of processor time, none failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
