"""Whatever goes wrong ends in a page that says so."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import create_app
from app.access import Action, Thing
from app.entrance.declaring import allow
from app.errors import from_integrity_error
from models import Practitioner, Skill
from tests.app.conftest import Browser, check_html, settings_for
from tests.factories.people import person, skill

pytestmark = pytest.mark.one_database


class TestErrorPages:
    def test_a_fault_of_ours_has_a_number_and_no_details(self, new_app: Flask) -> None:
        @new_app.get("/broken")
        @allow(Thing.HEALTH, Action.SEE)
        def broken() -> str:
            raise ZeroDivisionError("secret detail")

        new_app.testing = False
        answer = new_app.test_client().get("/broken")
        body = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] in body
        assert "secret detail" not in body
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        check_html(body)

    @pytest.mark.parametrize("where", ["page", "wsgi"])
    def test_a_fault_that_even_the_error_page_cannot_tell_has_a_last_page(
        self, new_app: Flask, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        @new_app.get("/broken")
        @allow(Thing.HEALTH, Action.SEE)
        def broken() -> str:
            raise ZeroDivisionError("secret detail")

        def fail(*_given: object, **_named: object) -> str:
            raise RuntimeError("secret template")

        monkeypatch.setattr(
            "app.exchange.error_pages.render_template" if where == "page" else "app.exchange.error_pages._page", fail
        )
        new_app.testing = False
        answer = new_app.test_client().get("/broken")
        body = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] in body
        assert "secret" not in body
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        check_html(body)

    @pytest.mark.parametrize(
        "address", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://muster@/x?host=/nowhere"]
    )
    def test_a_database_that_is_away_asks_to_come_back(self, tmp_path: Path, address: str) -> None:
        app = create_app(settings_for(tmp_path, address))
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = "somebody"
        answer = client.get("/people")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        check_html(answer.get_data(as_text=True))

    def test_too_much_at_once_is_refused(self, app: Flask, manager: Browser) -> None:
        app.config["MAX_CONTENT_LENGTH"] = 1000
        answer = manager.client.post("/sign-out", data={"x": "y" * 2000})
        assert answer.status_code == 413
        check_html(answer.get_data(as_text=True))

    @pytest.mark.parametrize("method", ["delete", "put", "patch"])
    def test_other_methods_are_refused(self, manager: Browser, method: str) -> None:
        assert getattr(manager.client, method)("/people").status_code in {400, 405}

    def test_a_refused_method_is_told_which_ones_there_are(self, manager: Browser) -> None:
        answer = manager.post("/people", 405, page="/people")
        assert "GET" in answer.headers["Allow"]

    def test_a_pool_without_a_free_connection_asks_to_come_back(self, tmp_path: Path, sqlite_url: str) -> None:
        engine = create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0)
        client = create_app(settings_for(tmp_path, sqlite_url), engine).test_client()
        with engine.connect():
            answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        engine.dispose()


class TestHealth:
    def test_is_ready_only_at_the_right_schema(self, visitor: Browser, engine: Engine) -> None:
        assert visitor.get("/healthz") == "ok"
        assert visitor.get("/readyz") == "ok"
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert "newer" in visitor.get("/readyz", 503)


class TestViolatedConstraints:
    def test_lead_to_the_field_that_caused_them(self, session: Session) -> None:
        person(session, "Anna", email="anna@example.org")
        session.add(Practitioner(name="Other", name_key="other", email="anna@example.org"))
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        error = from_integrity_error(caught.value)
        assert error is not None
        assert error.field == "email"

    def test_of_several_columns_and_of_checks_are_recognised(self, session: Session) -> None:
        python = skill(session, "Python")
        session.add(Skill(name="python", name_key=python.name_key))
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        error = from_integrity_error(caught.value)
        assert error is not None
        assert error.field == "name"

    def test_that_are_nobodys_typing_mistake_are_left_alone(self, session: Session) -> None:
        session.add(Practitioner(name=" ", name_key="x"))
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        assert from_integrity_error(caught.value) is None
