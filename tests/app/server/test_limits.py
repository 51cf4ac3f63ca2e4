"""How often something may be asked."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.entrance.limits import ENGINE, TAKEN_OUT, UPLOADS, client, refuse_if_spent, spend
from app.errors import TooOften
from models import Account
from tests.app.conftest import Browser
from tests.app.server.test_every_form import form_token
from tests.factories.projects import stored

pytestmark = pytest.mark.one_database


class TestALimit:
    def test_refuses_the_one_too_many_and_says_how_long_to_wait(self, app: Flask) -> None:
        with app.app_context():
            for _ in range(3):
                spend("3 per minute", "api", "token 7")
            with pytest.raises(TooOften) as refused:
                spend("3 per minute", "api", "token 7")
        assert 1 <= refused.value.retry_after <= 60
        assert str(refused.value.retry_after) in refused.value.sentence

    def test_counts_for_everybody_apart(self, app: Flask) -> None:
        with app.app_context():
            spend("1 per minute", "api", "token 7")
            spend("1 per minute", "api", "token 8")
            spend("1 per minute", "forms", "token 7")

    def test_that_only_failures_count_against_is_looked_at_without_counting(self, app: Flask) -> None:
        with app.app_context():
            for _ in range(5):
                refuse_if_spent("1 per minute", "sign-in", "anna")
            spend("1 per minute", "sign-in", "anna")
            with pytest.raises(TooOften):
                refuse_if_spent("1 per minute", "sign-in", "anna")

    def test_knows_the_client_by_the_connection_and_not_by_what_it_claims(self, app: Flask) -> None:
        claimed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
        with app.test_request_context(headers=claimed, environ_base={"REMOTE_ADDR": "198.51.100.1"}):
            assert client() == "198.51.100.1"


class TestWhatTakesWorkOrMuchOut:
    @pytest.mark.parametrize(
        ("path", "pace"),
        [
            ("/projects/{}/proposals", ENGINE),
            ("/exports/people", TAKEN_OUT),
            ("/admin/audit/export", TAKEN_OUT),
            ("/account/privacy/data", TAKEN_OUT),
            ("/imports", UPLOADS),
            ("/skills/lists", UPLOADS),
        ],
    )
    def test_is_limited_for_an_account(
        self,
        app: Flask,
        engine: Engine,
        admin: Browser,
        signed_in: Callable[..., Browser],
        session: Session,
        path: str,
        pace: tuple[str, str],
    ) -> None:
        number, path = session.scalars(select(Account.id)).one(), path.format(stored(engine))
        with app.app_context():
            for _ in range(int(pace[0].split()[0])):
                spend(*pace, str(number))
        other = signed_in("admin", "other@example.org")
        refused = admin.client.post(path, data={"csrf_token": form_token(admin.client)})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert other.client.post(path, data={"csrf_token": form_token(other.client)}).status_code != 429
