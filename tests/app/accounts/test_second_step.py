"""Signing in in two steps."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.entrance.signed_in import find_pending, find_signed_in
from app.errors import DomainError
from app.services.accounts import accounts, links, second_factor
from app.services.accounts.second_step import MOST_WRONG_CODES, take_second_step
from app.services.accounts.sessions import start_session
from app.services.audit import COMMAND_LINE, Actor
from app.session_limits import PENDING_LIMIT
from models import Account, AccountRole, AuditEntry, LinkPurpose, SignInSession
from tests.app.conftest import PASSWORD, Browser

pytestmark = pytest.mark.one_database

KEY = "a key for tests that nobody else will ever use"
SALT = "00112233445566778899aabbccddeeff"
EMAIL = "anna@example.org"
BEFORE = timedelta(minutes=5)


@pytest.fixture
def codes(engine: Engine) -> list[str]:
    """The recovery codes of an account with a password and, since five minutes ago, a second factor."""
    with writing_session(engine) as session:
        account = accounts.create_account(
            session, COMMAND_LINE, email=EMAIL, name="Anna Berg", role=AccountRole.MANAGER
        )
        now = datetime.now(UTC)
        secret = links.issue_link(session, account, LinkPurpose.INVITATION)
        accounts.redeem_link(session, secret, PASSWORD, None, now)
        then = now - BEFORE
        actor = Actor("account", account.id)
        made = second_factor.set_up(
            session, actor, account.id, key=KEY, salt=SALT, code=phone(account.id).at(then), at=then
        )
        session.commit()
    return made


def phone(account_id: int) -> TOTP:
    return TOTP(second_factor.seed(KEY, account_id, SALT))


@pytest.fixture
def anna(session: Session, codes: list[str]) -> Account:
    return session.scalars(select(Account)).one()


@pytest.fixture
def halfway(visitor: Browser, anna: Account) -> Browser:
    """A browser after the right password."""
    arrived = visitor.post("/sign-in?next=/skills", email=EMAIL, password=PASSWORD)
    assert arrived.location == "/sign-in/second-step?next=/skills"
    return visitor


STEP = "/sign-in/second-step?next=/skills"


class TestAfterTheRightPassword:
    def test_a_code_of_the_app_opens_the_page_that_was_asked_for(self, halfway: Browser, anna: Account) -> None:
        assert halfway.post(STEP, code=phone(anna.id).at(datetime.now(UTC))).location == "/skills"
        halfway.get("/skills")

    def test_so_does_a_recovery_code(self, halfway: Browser, codes: list[str]) -> None:
        halfway.post(STEP, code=codes[0])
        halfway.get("/skills")

    def test_nothing_opens_before_the_code(self, app: Flask, halfway: Browser) -> None:
        assert halfway.client.get("/people").location.startswith("/sign-in")
        with halfway.client.session_transaction() as cookie:
            secret = cookie["pending"]
        forged = app.test_client()
        with forged.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = secret, True
        assert forged.get("/people").location.startswith("/sign-in")

    def test_the_whole_session_has_a_new_secret(self, app: Flask, halfway: Browser, codes: list[str]) -> None:
        with halfway.client.session_transaction() as cookie:
            before = cookie["pending"]
        halfway.post(STEP, code=codes[0])
        with halfway.client.session_transaction() as cookie:
            assert cookie["_user_id"] != before
            assert "pending" not in cookie
        stolen = app.test_client()
        with stolen.session_transaction() as cookie:
            cookie["pending"] = cookie["_user_id"] = before
        assert stolen.get("/people").status_code == 303
        assert stolen.get("/sign-in/second-step").status_code == 410

    def test_a_wrong_code_says_to_check_the_clock_of_the_phone(self, halfway: Browser) -> None:
        shown = halfway.post(STEP, 422, code="000000").get_data(as_text=True)
        assert "check that the clock of your phone" in shown

    def test_an_empty_code_is_not_counted(self, halfway: Browser, session: Session) -> None:
        halfway.post(STEP, 422, code="")
        session.rollback()
        assert session.scalars(select(SignInSession.wrong_codes).where(SignInSession.pending)).one() == 0

    def test_the_fifth_wrong_code_ends_the_sign_in(self, app: Flask, halfway: Browser, codes: list[str]) -> None:
        with halfway.client.session_transaction() as cookie:
            kept = cookie["pending"]
        for _ in range(MOST_WRONG_CODES - 1):
            halfway.post(STEP, 422, code="000000")
        shown = halfway.post(STEP, 401, code="000000").get_data(as_text=True)
        assert "Sign in again" in shown
        halfway.post(STEP, 410, page="/sign-in", code=codes[0])
        assert halfway.client.get("/skills").status_code == 303
        copied = Browser(app.test_client())
        copied.get("/sign-in")
        with copied.client.session_transaction() as cookie:
            cookie["pending"] = kept
        copied.post(STEP, 410, page="/sign-in", code=codes[0])

    def test_ten_wrong_codes_in_five_minutes_close_the_second_step_however_often_the_sign_in_begins(
        self, halfway: Browser, codes: list[str]
    ) -> None:
        for _ in range(2):
            for _ in range(MOST_WRONG_CODES - 1):
                halfway.post(STEP, 422, code="000000")
            halfway.post(STEP, 401, code="000000")
            halfway.post("/sign-in", email=EMAIL, password=PASSWORD)
        refused = halfway.post(STEP, 429, code=codes[0])
        assert 0 < int(refused.headers["Retry-After"]) <= 300

    def test_wrong_codes_and_the_start_of_the_session_stand_in_the_audit_trail(
        self, halfway: Browser, codes: list[str], session: Session
    ) -> None:
        halfway.post(STEP, 422, code="000000")
        halfway.post(STEP, code=codes[0])
        session.rollback()
        told = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert told[-3:] == ["session.wrong_code", "recovery_code.use", "session.start"]

    def test_never_leaves_for_another_site(self, visitor: Browser, anna: Account, codes: list[str]) -> None:
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        assert visitor.post("/sign-in/second-step?next=//evil.example", code=codes[0]).location == "/"


class TestAPendingSignIn:
    @pytest.fixture
    def secret(self, session: Session, anna: Account) -> str:
        return start_session(session, anna, None)

    def test_lasts_ten_minutes(self, session: Session, secret: str) -> None:
        session.flush()
        now = datetime.now(UTC)
        assert find_pending(session, secret, now) is not None
        assert find_pending(session, secret, now + PENDING_LIMIT) is None

    def test_is_nobody_until_it_is_whole(self, session: Session, secret: str, codes: list[str]) -> None:
        session.flush()
        now = datetime.now(UTC)
        assert find_signed_in(session, secret, now) is None
        entered = take_second_step(session, secret, codes[0], key=KEY, at=now)
        assert find_signed_in(session, entered, now) is not None
        assert find_signed_in(session, secret, now) is None

    def test_ends_when_the_account_is_deactivated(self, session: Session, secret: str, anna: Account) -> None:
        anna.active = False
        session.flush()
        assert find_pending(session, secret, datetime.now(UTC)) is None

    def test_does_not_take_the_same_code_in_two_browsers(self, session: Session, anna: Account, secret: str) -> None:
        other, now = start_session(session, anna, None), datetime.now(UTC)
        session.flush()
        code = phone(anna.id).at(now)
        take_second_step(session, secret, code, key=KEY, at=now)
        with pytest.raises(DomainError, match="has been used"):
            take_second_step(session, other, code, key=KEY, at=now)


class TestTheOneUseLink:
    def test_of_an_account_with_a_second_factor_leads_to_the_second_step(
        self, visitor: Browser, engine: Engine, codes: list[str]
    ) -> None:
        with writing_session(engine) as session:
            secret = links.issue_link(session, session.scalars(select(Account)).one(), LinkPurpose.RESET)
            session.commit()
        arrived = visitor.post(f"/welcome/{secret}", password=PASSWORD + " again")
        assert arrived.location == "/sign-in/second-step"
        assert visitor.client.get("/people").status_code == 303


class TestWithoutASignIn:
    def test_the_page_leads_to_the_first_step(self, visitor: Browser) -> None:
        assert 'href="/sign-in?next=/skills"' in visitor.get("/sign-in/second-step?next=/skills", 410)

    def test_a_code_leads_nowhere(self, visitor: Browser) -> None:
        visitor.post("/sign-in/second-step", 410, page="/sign-in", code="123456")


class TestProvingToBeTheOwnerAgain:
    """What a stolen password alone must not be enough for."""

    ASKED = "/account/confirm?next=/account/email"

    @pytest.fixture
    def entered(self, halfway: Browser, codes: list[str], session: Session) -> Browser:
        halfway.post(STEP, code=codes[0])
        session.rollback()
        for opened in session.scalars(select(SignInSession)):
            opened.authenticated_at = datetime.now(UTC) - timedelta(minutes=11)
        session.commit()
        return halfway

    def test_asks_for_the_password_and_a_code(self, entered: Browser, anna: Account) -> None:
        assert entered.client.get("/account/email").location == self.ASKED
        assert 'name="code"' in entered.get(self.ASKED)
        answer = entered.post(self.ASKED, 422, password=PASSWORD)
        assert "Type a code of your second factor, too." in answer.get_data(as_text=True)
        code = phone(anna.id).at(datetime.now(UTC))
        assert "not your password" in entered.post(self.ASKED, 422, password="wrong horse", code=code).text
        assert entered.client.get("/account/email").status_code == 303
        assert entered.post(self.ASKED, password=PASSWORD, code=code).location == "/account/email"
        entered.get("/account/email")

    def test_takes_a_recovery_code_once(self, entered: Browser, codes: list[str], session: Session) -> None:
        answer = entered.post(self.ASKED, 422, password=PASSWORD, code=codes[0])
        assert "has been used" in answer.get_data(as_text=True)
        entered.post(self.ASKED, password=PASSWORD, code=codes[1])

    def test_ends_guessing_at_the_tenth_code(self, entered: Browser, codes: list[str]) -> None:
        for _ in range(10):
            entered.post(self.ASKED, 422, password=PASSWORD, code="000000")
        entered.post(self.ASKED, 429, password=PASSWORD, code=codes[1])
