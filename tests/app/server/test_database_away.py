"""A database that goes away and comes back: a page that says so meanwhile, and all well within five seconds after."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.access import Action, Thing
from app.db import current_session, make_engine
from app.entrance.declaring import allow
from tests import postgres
from tests.app.conftest import Browser, settings_for
from tests.conftest import prepare

PATIENCE = 5.0


def heals(client: FlaskClient, path: str) -> float:
    """Seconds until the address answers again."""
    began = time.monotonic()
    while client.get(path).status_code != 200:
        assert time.monotonic() - began < PATIENCE, f"{path} has not come back"
        time.sleep(0.1)
    return time.monotonic() - began


class TestPostgresql:
    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        # Not below pytest's folder, which the server's own user may not enter.
        folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
        yield folder
        shutil.rmtree(folder, ignore_errors=True)

    @pytest.mark.postgres
    def test_that_is_stopped_and_started_is_met_by_503_and_then_by_pages(self, folder: Path, tmp_path: Path) -> None:
        with postgres.server(folder) as address:
            url = address.format(database="postgres")
            engine = make_engine(url)
            prepare(engine)
            client = create_app(settings_for(tmp_path, url), engine).test_client()
            assert client.get("/readyz").status_code == 200
        for path in ("/readyz", "/sign-in", "/welcome/some-secret"):
            answer = client.get(path)
            if path == "/sign-in":  # needs no database
                assert answer.status_code == 200
                continue
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        with postgres.server(folder):
            assert heals(client, "/readyz") < PATIENCE
            assert client.get("/welcome/some-secret").status_code == 404
            engine.dispose()

    @pytest.mark.postgres
    def test_that_ends_a_connection_when_all_was_read_costs_no_answer(self, postgres_url: str, tmp_path: Path) -> None:
        engine, other = make_engine(postgres_url), make_engine(postgres_url)
        app = create_app(settings_for(tmp_path, postgres_url), engine)
        app.testing = True

        @app.get("/read")
        @allow(Thing.HEALTH, Action.SEE)
        def read() -> str:
            session = current_session()
            backend = session.scalar(text("SELECT pg_backend_pid()"))
            with other.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
            return "all of it"

        client = app.test_client()
        for _ in range(3):
            answer = client.get("/read")
            assert (answer.status_code, answer.text) == (200, "all of it")
        assert client.get("/readyz").status_code == 200
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a pool that counts
        other.dispose()
        engine.dispose()


class TestSqlite:
    def test_that_somebody_else_keeps_locked_is_met_by_503_and_then_by_pages(
        self, tmp_path: Path, sqlite_url: str
    ) -> None:
        engine = make_engine(sqlite_url)
        app = create_app(settings_for(tmp_path, sqlite_url), engine.execution_options(sqlite_wait=0))
        app.testing = True
        visitor = Browser(app.test_client())
        other = make_engine(sqlite_url)
        with other.connect() as connection:
            connection.execute(text("DELETE FROM jobs"))
            answer = visitor.post("/sign-in", 503, email="a@example.org", password="a wrong guess")
            assert answer.headers["Retry-After"] == "5"
            assert visitor.get("/readyz") == "ok"
            connection.rollback()
        visitor.post("/sign-in", 422, email="a@example.org", password="a wrong guess")
        other.dispose()
        engine.dispose()
