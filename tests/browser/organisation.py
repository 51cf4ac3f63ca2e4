"""The application as it is served, with its worker and with the sample organisation in its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from app import create_app
from app.config import Settings, SingleSignOn
from app.db import make_engine, writing_session
from app.jobs import jobs_of
from app.services.accounts import create_account
from app.services.audit import COMMAND_LINE
from app.services.links import issue_link
from app.services.sample import load_sample
from models import AccountRole, LinkPurpose
from tests.browser.gallery_site import serve
from tests.workers import Beside


@dataclass(frozen=True)
class Organisation:
    """`address` is where it answers; `project_id` is the sample project's."""

    address: str
    engine: Engine
    project_id: int
    app: Flask

    def invite(self, role: AccountRole, email: str) -> str:
        """The address of a one-use link for a new account."""
        with writing_session(self.engine) as session:
            account = create_account(session, COMMAND_LINE, email=email, name="Nadia Marsh", role=role)
            secret = issue_link(session, account, LinkPurpose.INVITATION)
            session.commit()
        return f"{self.address}/welcome/{secret}"


@contextmanager
def served(database_url: str, folder: Path, single_sign_on: SingleSignOn | None = None) -> Iterator[Organisation]:
    """Answers as long as the block runs."""
    engine = make_engine(database_url)
    with writing_session(engine) as session:
        project_id = load_sample(session, COMMAND_LINE, datetime.now(UTC).date())
        session.commit()
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
        with serve(app) as address:
            yield Organisation(address, engine, project_id, app)
    finally:
        worker.stop(graceful=True)
        engine.dispose()
