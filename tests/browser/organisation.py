"""The application as it is served, with its worker and with the sample organisation in its database."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from app import create_app
from app.config import Settings, SingleSignOn
from app.db import make_engine, writing_session
from app.jobs import jobs_of
from app.services.accounts.accounts import create_account
from app.services.accounts.links import issue_link
from app.services.audit import COMMAND_LINE
from app.services.sample import load_sample
from models import AccountRole, LinkPurpose, Project
from tests.browser.gallery_site import serve
from tests.workers import Beside

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SAMPLE_PROJECT = "Claims triage assistant"


@dataclass(frozen=True)
class Organisation:
    """`address` is where it answers; `project_id` is the sample project's. `to_show`: answers that the application gave
    to somebody else, by the address (from its first slash on) at which the browser is given them, once."""

    address: str
    engine: Engine
    project_id: int
    app: Flask
    to_show: dict[str, TestResponse]

    def show(self, page: Page, path: str, answer: TestResponse) -> None:
        """Let the browser show an answer that the application gave to somebody else, with its own headers.

        From the server and not by a route of the driver's, which would turn the browser's cache off.
        """
        self.to_show[path] = answer
        page.goto(self.address + path)
        assert path not in self.to_show, f"the browser asked for {path} in other words"

    def invite(self, role: AccountRole, email: str) -> str:
        """The address of a one-use link for a new account."""
        with writing_session(self.engine) as session:
            account = create_account(session, COMMAND_LINE, email=email, name="Nadia Marsh", role=role)
            secret = issue_link(session, account, LinkPurpose.INVITATION)
            session.commit()
        return f"{self.address}/welcome/{secret}"


def loaded(template: Path, path: Path) -> Path:
    """A copy of a migrated SQLite file, at that path, with the sample organisation."""
    shutil.copy(template, path)
    engine = make_engine(f"sqlite:///{path}")
    with writing_session(engine) as session:
        load_sample(session, COMMAND_LINE, datetime.now(UTC).date())
        session.commit()
    engine.dispose()  # the last connection leaves everything in the one file
    return path


@contextmanager
def served(sample: Path, folder: Path, single_sign_on: SingleSignOn | None = None) -> Iterator[Organisation]:
    """Answers as long as the block runs, from a copy of the sample in a folder of its own."""
    database_url = f"sqlite:///{shutil.copy(sample, folder / 'muster.sqlite3')}"
    engine = make_engine(database_url)
    with writing_session(engine) as session:
        project_id = session.scalars(select(Project.id).where(Project.name == SAMPLE_PROJECT)).one()
    settings = Settings(
        database_url=database_url,
        data_dir=folder,
        secret_key="a key for tests that nobody else will ever use",
        base_url="http://127.0.0.1",
        log_level="WARNING",
        single_sign_on=single_sign_on,
    )
    app = create_app(settings, engine)
    worker = jobs_of(app).consumer(Beside)
    worker.start()
    try:
        to_show: dict[str, TestResponse] = {}

        def site(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            if answer := to_show.pop(environ["RAW_URI"], None):
                return Response(answer.get_data(), answer.status, answer.headers)(environ, start_response)
            return app(environ, start_response)

        with serve(site) as address:
            yield Organisation(address, engine, project_id, app, to_show)
    finally:
        worker.stop(graceful=True)
        engine.dispose()
