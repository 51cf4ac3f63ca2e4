"""Signing in at the organisation's provider."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.config import Join
from app.db import writing_session
from app.services.accounts import accounts
from app.services.accounts.links import issue_link
from app.services.audit import COMMAND_LINE
from models import (
    Account,
    AccountRole,
    AuditEntry,
    ExternalIdentity,
    LinkPurpose,
    Practitioner,
    RolePolicy,
    SignInSession,
)
from tests.app.accounts.single_sign_on.conftest import BEGIN, RETURN, at_the_provider, refused, sign_in
from tests.app.conftest import PASSWORD, Browser, Started, settings_for
from tests.factories.people import person
from tests.identity_provider import SmallProvider

pytestmark = pytest.mark.one_database


class TestSigningIn:
    def test_links_a_verified_address_to_its_account_and_opens_the_page_asked_for(
        self, visitor: Browser, anna: Account, session: Session
    ) -> None:
        assert "Sign in with Example login" in visitor.get("/sign-in?next=/skills")
        assert sign_in(visitor, f"{BEGIN}?next=/skills").location == "/skills"
        assert "Anna Berg" in visitor.get("/skills")
        session.rollback()
        linked = session.scalars(select(ExternalIdentity)).one()
        assert (linked.account_id, linked.subject, linked.email) == (anna.id, "person-1", "anna@example.org")
        assert session.scalars(select(SignInSession.how)).one() == "single_sign_on"
        assert "external_identity.link" in session.scalars(select(AuditEntry.action)).all()

    @pytest.mark.parametrize("fetched", ["cross-site", "same-site"])
    def test_is_not_begun_by_a_link_on_another_site(self, visitor: Browser, anna: Account, fetched: str) -> None:
        followed = visitor.client.get(f"{BEGIN}?next=/skills", headers={"Sec-Fetch-Site": fetched})
        assert followed.location == "/sign-in?next=/skills"
        pressed = visitor.client.get(f"{BEGIN}?next=/skills", headers={"Sec-Fetch-Site": "same-origin"})
        assert pressed.location.startswith("http://127.0.0.1:")

    def test_knows_the_identity_again_whatever_its_address_has_become(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        sign_in(visitor)
        provider.person |= {"email": "anna.new@example.org", "email_verified": False}
        again = Browser(app.test_client())
        sign_in(again)
        assert "Anna Berg" in again.get("/skills")

    def test_asks_with_proof_key_state_and_nonce_that_are_new_each_time(
        self, visitor: Browser, provider: SmallProvider, anna: Account
    ) -> None:
        seen = []
        for _ in range(2):
            asked = parse_qs(urlsplit(visitor.client.get(BEGIN).location).query)
            assert asked["code_challenge_method"] == ["S256"]
            seen.append((asked["state"][0], asked["nonce"][0], asked["code_challenge"][0]))
        assert all(len(value) >= 32 for values in seen for value in values)
        assert len({value for values in seen for value in values}) == 6

    def test_takes_the_address_from_userinfo_when_the_token_is_short(
        self, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        provider.changed = {"email": None, "email_verified": None, "name": None}
        assert sign_in(visitor).location == "/"
        assert "/userinfo" in provider.asked

    def test_takes_no_word_for_an_address_from_where_the_address_is_not(
        self, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        provider.changed, provider.wrong = {"email": None}, "unverified userinfo"
        assert sign_in(visitor).status_code == 403
        assert "/userinfo" in provider.asked

    def test_never_leaves_for_another_site(self, visitor: Browser, anna: Account) -> None:
        assert sign_in(visitor, f"{BEGIN}?next=//evil.example").location == "/"

    def test_ends_the_session_that_the_browser_had(
        self, visitor: Browser, anna: Account, signed_in: Callable[..., Browser], session: Session
    ) -> None:
        back = at_the_provider(visitor)
        other = signed_in("practitioner")
        with visitor.client.session_transaction() as cookie, other.client.session_transaction() as theirs:
            cookie["_user_id"], cookie["_fresh"] = theirs["_user_id"], True
        assert visitor.client.get(back).location == "/"
        assert other.client.get("/people").status_code == 303

    def test_in_two_tabs_works_in_both(self, app: Flask, visitor: Browser, anna: Account) -> None:
        first, second = at_the_provider(visitor), at_the_provider(visitor)
        assert visitor.client.get(first).location == "/"
        assert "not begun in this browser" in visitor.get(second, 422)
        visitor.get("/people")

    def test_asks_nothing_of_whoever_is_signed_in(self, visitor: Browser, anna: Account) -> None:
        sign_in(visitor)
        assert visitor.client.get(BEGIN).location == "/"


class TestWhoMayJoin:
    @pytest.fixture
    def app(self, site: Callable[..., Flask]) -> Flask:
        return site(join=Join.DIRECTORY)

    def test_is_whoever_the_directory_knows_as_a_practitioner(self, visitor: Browser, session: Session) -> None:
        person(session, "Anna Berg", email="anna@example.org")
        session.commit()
        assert sign_in(visitor).location == "/"
        session.rollback()
        account = session.scalars(select(Account)).one()
        assert (account.role, account.name) == (AccountRole.PRACTITIONER, "Anna Berg")
        assert account.practitioner_id == session.scalars(select(Practitioner.id)).one()

    def test_is_nobody_else(self, visitor: Browser) -> None:
        assert "There is no account for" in refused(visitor, 403)

    def test_is_nobody_who_has_left(self, visitor: Browser, session: Session) -> None:
        person(session, "Anna Berg", email="anna@example.org", active=False)
        session.commit()
        assert "There is no account for" in refused(visitor, 403)

    def test_is_nobody_who_has_an_account_of_another_address(self, visitor: Browser, session: Session) -> None:
        known = person(session, "Anna Berg", email="anna@example.org")
        session.flush()
        other = accounts.create_account(session, COMMAND_LINE, email="a@x.org", name="A", role=AccountRole.PRACTITIONER)
        other.practitioner_id = known.id
        session.commit()
        assert "has an account with another e-mail address" in refused(visitor, 403)


class TestTheSecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, anna: Account, session: Session) -> None:
        session.add(RolePolicy(role=AccountRole.MANAGER, second_factor=True))
        session.commit()

    def test_is_asked_for_where_the_role_needs_one(self, visitor: Browser) -> None:
        sign_in(visitor)
        assert visitor.client.get("/people").location == "/account/second-factor"

    def test_is_proved_where_the_provider_says_that_it_asked_for_one(
        self, visitor: Browser, provider: SmallProvider
    ) -> None:
        provider.changed = {"amr": ["pwd", "mfa"]}
        sign_in(visitor)
        visitor.get("/people")


class TestWherePasswordsAreForAdministratorsAlone:
    @pytest.fixture
    def app(self, site: Callable[..., Flask]) -> Flask:
        return site(only=True)

    def make(self, engine: Engine, role: AccountRole) -> str:
        with writing_session(engine) as session:
            account = accounts.create_account(session, COMMAND_LINE, email="p@example.org", name="P", role=role)
            account_link = issue_link(session, account, LinkPurpose.INVITATION)
            accounts.redeem_link(session, account_link, PASSWORD, None, datetime.now(UTC))
            another = issue_link(session, account, LinkPurpose.RESET)
            session.commit()
        return another

    def test_an_administrator_comes_in(self, visitor: Browser, engine: Engine) -> None:
        self.make(engine, AccountRole.ADMIN)
        visitor.post("/sign-in", email="p@example.org", password=PASSWORD)
        visitor.get("/people")

    def test_nobody_else_does_and_the_page_says_why(self, visitor: Browser, engine: Engine) -> None:
        self.make(engine, AccountRole.MANAGER)
        shown = visitor.post("/sign-in", 422, email="p@example.org", password=PASSWORD).get_data(as_text=True)
        assert "Only administrators sign in with a password here; everybody else signs in with Example login." in shown

    def test_a_one_use_link_does_not_get_around_it(self, visitor: Browser, engine: Engine) -> None:
        link = self.make(engine, AccountRole.MANAGER)
        assert "sign in with Example login" in visitor.get(f"/welcome/{link}", 403)


class TestWithoutAProvider:
    @pytest.fixture
    def app(self, started: Started, engine: Engine, database_url: str, tmp_path: Path) -> Flask:
        return started.again(settings_for(tmp_path, database_url), engine)

    def test_nothing_leads_there(self, visitor: Browser) -> None:
        assert "single-sign-on" not in visitor.get("/sign-in")
        for path in (BEGIN, f"{RETURN}?code=a&state=b"):
            visitor.get(path, 404)
