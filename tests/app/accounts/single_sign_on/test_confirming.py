"""Proving at the provider once more to be the account's owner."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.services.accounts import second_factor
from app.services.audit import Actor
from models import (
    Account,
    SignInSession,
)
from tests.app.accounts.single_sign_on.conftest import at_the_provider, sign_in
from tests.app.clocks import later
from tests.app.conftest import Browser
from tests.identity_provider import SmallProvider

pytestmark = pytest.mark.one_database


class TestConfirming:
    CONFIRM = "/account/confirm/single-sign-on?next=/account/second-factor/set-up"

    @pytest.fixture
    def stale(self, visitor: Browser, anna: Account, engine: Engine) -> Browser:
        """Signed in through the provider, twenty minutes ago."""
        sign_in(visitor)
        with writing_session(engine) as session:
            session.scalars(select(SignInSession)).one().authenticated_at = datetime.now(UTC) - timedelta(minutes=20)
            session.commit()
        assert visitor.client.get("/account/second-factor/set-up").location.startswith("/account/confirm")
        return visitor

    def test_asks_the_provider_to_ask_anew(self, stale: Browser, provider: SmallProvider) -> None:
        assert "Confirm with Example login" in stale.get("/account/confirm")
        assert sign_in(stale, self.CONFIRM).location == "/account/second-factor/set-up"
        assert (provider.last_request["prompt"], provider.last_request["max_age"]) == ("login", "0")
        stale.get("/account/second-factor/set-up")

    @pytest.mark.parametrize(("minutes", "asked"), [(60, True), (5, False), (-1, False), (None, False)])
    def test_is_asked_of_whom_the_provider_let_in_without_asking(
        self, visitor: Browser, anna: Account, provider: SmallProvider, minutes: int | None, asked: bool
    ) -> None:
        provider.changed = {"auth_time": None if minutes is None else int(time.time()) - 60 * minutes}
        sign_in(visitor)
        answer = visitor.client.get("/account/email")
        assert (answer.status_code == 303) is asked
        if asked:
            provider.changed = {}
            sign_in(visitor, "/account/confirm/single-sign-on?next=/account/email")
            visitor.get("/account/email")

    def test_gives_the_session_a_new_secret(self, app: Flask, stale: Browser) -> None:
        with stale.client.session_transaction() as cookie:
            before = cookie["_user_id"]
        sign_in(stale, self.CONFIRM)
        old = app.test_client()
        with old.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = before, True
        assert old.get("/people").status_code == 303

    @pytest.mark.parametrize("seconds", [None, -600])
    def test_needs_the_provider_to_say_when_it_asked(
        self, stale: Browser, provider: SmallProvider, seconds: int | None
    ) -> None:
        provider.changed = {"auth_time": None if seconds is None else int(time.time()) + seconds}
        stale.get(at_the_provider(stale, self.CONFIRM), 403)
        assert stale.client.get("/account/second-factor/set-up").location.startswith("/account/confirm")

    def test_needs_the_same_person(self, stale: Browser, provider: SmallProvider) -> None:
        provider.person |= {"sub": "person-2", "email": "ben@example.org"}
        assert "you are somebody else than here" in stale.get(at_the_provider(stale, self.CONFIRM), 403)

    def test_needs_whoever_began_it(self, stale: Browser) -> None:
        back = at_the_provider(stale, self.CONFIRM)
        stale.post("/sign-out", page="/skills")
        assert stale.client.get(back).status_code in {403, 422}

    def test_in_another_tab_lets_a_waiting_form_go_on(self, stale: Browser) -> None:
        go_on = "/account/confirm/go-on?next=/skills"
        shown = stale.post(go_on, 422, page="/skills").get_data(as_text=True)
        assert "You have not confirmed yet" in shown
        assert sign_in(stale, "/account/confirm/single-sign-on?next=/account/confirm/done").location == (
            "/account/confirm/done"
        )
        assert "Close this tab" in stale.get("/account/confirm/done")
        assert stale.post(go_on, page="/skills").location == "/skills"


class TestAnAccountWithASecondFactor:
    CONFIRM = "/account/confirm/single-sign-on?next=/account/email"
    SALT = "00112233445566778899aabbccddeeff"

    @pytest.fixture
    def codes(self, app: Flask, anna: Account, session: Session) -> list[str]:
        key, now = app.config["SECRET_KEY"], datetime.now(UTC)
        code = TOTP(second_factor.seed(key, anna.id, self.SALT)).at(now)
        made = second_factor.set_up(session, Actor.of(anna.id), anna.id, key=key, salt=self.SALT, code=code, at=now)
        session.commit()
        return made

    @pytest.fixture
    def stale(self, visitor: Browser, codes: list[str], provider: SmallProvider, engine: Engine) -> Browser:
        """Signed in with both factors twenty minutes ago; asked anew, the provider asks for a password alone."""
        provider.changed = {"amr": ["pwd", "mfa"]}
        sign_in(visitor)
        provider.changed = {}
        with writing_session(engine) as session:
            session.scalars(select(SignInSession)).one().authenticated_at = datetime.now(UTC) - timedelta(minutes=20)
            session.commit()
        return visitor

    def test_shows_it_after_the_provider(self, stale: Browser, codes: list[str]) -> None:
        there = sign_in(stale, self.CONFIRM).location
        assert there == "/account/confirm?next=/account/email"
        assert stale.client.get("/account/email").location == there, "not confirmed yet"
        page = stale.get(there)
        assert "Example login has said that it is you" in page
        assert 'name="password"' not in page
        assert "Type a code" in stale.post(there, 422).get_data(as_text=True)
        stale.post(there, 422, code="000000")
        assert stale.post(there, code=codes[0]).location == "/account/email"
        stale.get("/account/email")

    def test_is_not_enough_when_the_provider_asked_long_ago(
        self, visitor: Browser, codes: list[str], provider: SmallProvider
    ) -> None:
        provider.changed = {"auth_time": int(time.time()) - 3600}
        there = sign_in(visitor).location
        visitor.post(there, code=codes[0])
        assert visitor.client.get("/account/email").location == "/account/confirm?next=/account/email"

    def test_needs_the_provider_first(self, stale: Browser, codes: list[str]) -> None:
        stale.post("/account/confirm", 422, page="/account/privacy", code=codes[0])
        assert stale.client.get("/account/email").status_code == 303

    def test_has_ten_minutes_between_the_two(self, stale: Browser, codes: list[str]) -> None:
        there = sign_in(stale, self.CONFIRM).location
        with later(timedelta(minutes=11)):
            stale.post(there, 422, page="/account/privacy", code=codes[0])

    def test_is_asked_no_more_where_the_provider_asked_for_two(self, stale: Browser, provider: SmallProvider) -> None:
        provider.changed = {"amr": ["pwd", "mfa"]}
        assert sign_in(stale, self.CONFIRM).location == "/account/email"
