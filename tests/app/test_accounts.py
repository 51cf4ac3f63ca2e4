"""Entering and leaving."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import DomainError
from app.security import SEEN_EVERY, find_signed_in, is_local_path
from app.services import accounts, links, sessions
from app.services.audit import COMMAND_LINE
from app.session_limits import ADMINISTRATORS_AGE_LIMIT, IDLE_LIMIT
from models import Account, AccountRole, LinkPurpose, OneTimeLink, SignInSession
from tests.app.conftest import PASSWORD, Browser


def invite(engine: Engine, email: str = "anna@example.org", role: AccountRole = AccountRole.MANAGER) -> str:
    with writing_session(engine) as session:
        account = accounts.create_account(session, COMMAND_LINE, email=email, name="Anna Berg", role=role)
        secret = links.issue_link(session, account, LinkPurpose.INVITATION)
        session.commit()
    return secret


class TestOneUseLink:
    def test_sets_a_password_and_signs_in(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        assert "anna@example.org" in visitor.get(f"/welcome/{secret}")
        visitor.post(f"/welcome/{secret}", password=PASSWORD)
        assert "Anna Berg" in visitor.follow("/")

    def test_works_once(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        visitor.post(f"/welcome/{secret}", password=PASSWORD)
        assert "has been used" in visitor.get(f"/welcome/{secret}", 404)

    def test_is_refused_when_it_is_too_old(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        with writing_session(engine) as session:
            session.scalars(select(OneTimeLink)).one().expires_at = datetime.now(UTC) - timedelta(seconds=1)
            session.commit()
        assert "too old" in visitor.get(f"/welcome/{secret}", 404)

    def test_is_dead_after_a_newer_one_was_issued(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        with writing_session(engine) as session:
            links.issue_link(session, session.scalars(select(Account)).one(), LinkPurpose.RESET)
            session.commit()
        visitor.get(f"/welcome/{secret}", 404)

    @pytest.mark.parametrize("password", ["short", "password1234", "anna.anna.anna", "a" * 300, "musterMuster12"])
    def test_refuses_a_password_that_is_easy_to_guess(self, visitor: Browser, engine: Engine, password: str) -> None:
        secret = invite(engine)
        visitor.post(f"/welcome/{secret}", 422, password=password)
        visitor.get(f"/welcome/{secret}")

    def test_is_stored_as_a_digest_only(self, engine: Engine) -> None:
        secret = invite(engine)
        with writing_session(engine) as session:
            assert secret not in str(session.scalars(select(OneTimeLink)).one().token_hash)


class TestSignIn:
    @pytest.fixture
    def known(self, app: Flask, engine: Engine) -> Browser:
        secret = invite(engine)
        Browser(app.test_client()).post(f"/welcome/{secret}", password=PASSWORD)
        return Browser(app.test_client())

    def test_opens_the_page_that_was_asked_for(self, known: Browser) -> None:
        asked = known.client.get("/projects?state=planned")
        assert asked.status_code == 303
        arrived = known.post(asked.location, email="Anna@Example.org", password=PASSWORD)
        assert arrived.location == "/projects?state=planned"

    @pytest.mark.parametrize(
        ("email", "password"), [("anna@example.org", "wrong horse battery"), ("nobody@example.org", PASSWORD)]
    )
    def test_says_the_same_of_a_wrong_password_and_an_unknown_address(
        self, known: Browser, email: str, password: str
    ) -> None:
        answer = known.post("/sign-in", 422, email=email, password=password).get_data(as_text=True)
        assert "The e-mail address or the password is wrong." in answer

    def test_never_leaves_for_another_site(self, known: Browser) -> None:
        for target in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x"):
            assert not is_local_path(target)
        arrived = known.post("/sign-in?next=//evil.example", email="anna@example.org", password=PASSWORD)
        assert arrived.location == "/"

    def test_refuses_a_form_without_its_token(self, known: Browser) -> None:
        answer = known.client.post("/sign-in", data={"email": "anna@example.org", "password": PASSWORD})
        assert answer.status_code == 400


class TestSession:
    def test_ends_on_the_server_at_sign_out(self, manager: Browser) -> None:
        with manager.client.session_transaction() as cookie:
            stolen = dict(cookie)
        manager.post("/sign-out", page="/people")
        with manager.client.session_transaction() as cookie:
            cookie.update(stolen)
        assert manager.client.get("/people").status_code == 303

    def test_ends_at_once_when_the_account_is_deactivated(self, manager: Browser, session: Session) -> None:
        session.scalars(select(Account)).one().active = False
        session.commit()
        assert manager.client.get("/people").status_code == 303

    def test_ends_when_the_same_browser_enters_again(self, app: Flask, engine: Engine, manager: Browser) -> None:
        before = Browser(app.test_client())
        with manager.client.session_transaction() as cookie, before.client.session_transaction() as copy:
            copy.update(cookie)
        manager.post(f"/welcome/{invite(engine)}", password=PASSWORD)
        assert before.client.get("/people").status_code == 303
        with manager.client.session_transaction() as cookie, before.client.session_transaction() as copy:
            copy.update(cookie)
        manager.post("/sign-in", page="/", email="anna@example.org", password=PASSWORD)
        assert before.client.get("/people").status_code == 303

    def test_is_kept_awake_by_looking_at_pages(self, manager: Browser, session: Session) -> None:
        opened = session.scalars(select(SignInSession)).one()
        opened.last_seen_at = seen_before = datetime.now(UTC) - 2 * SEEN_EVERY
        session.commit()
        manager.get("/skills")
        session.refresh(opened)
        assert opened.last_seen_at > seen_before

    def test_lets_a_page_be_read_while_an_import_writes(
        self, manager: Browser, session: Session, engine: Engine
    ) -> None:
        session.scalars(select(SignInSession)).one().last_seen_at = datetime.now(UTC) - 2 * SEEN_EVERY
        session.commit()
        with writing_session(engine) as writer:
            accounts.create_account(writer, COMMAND_LINE, email="a@x.org", name="A", role=AccountRole.ADMIN)
            manager.get("/skills")

    @pytest.mark.parametrize("limit", [IDLE_LIMIT, ADMINISTRATORS_AGE_LIMIT])
    def test_ends_when_it_is_too_old(self, session: Session, limit: timedelta) -> None:
        account = accounts.create_account(session, COMMAND_LINE, email="a@x.org", name="A", role=AccountRole.ADMIN)
        secret = sessions.start_session(session, account, None)
        session.flush()
        now = datetime.now(UTC)
        assert find_signed_in(session, secret, now) is not None
        assert find_signed_in(session, secret, now + limit) is None


class TestCreatingAnAccount:
    def test_refuses_what_is_no_address(self, session: Session) -> None:
        with pytest.raises(DomainError, match="is not an e-mail address"):
            accounts.create_account(session, COMMAND_LINE, email="anna", name=None, role=AccountRole.ADMIN)

    def test_refuses_a_second_account_for_an_address(self, session: Session) -> None:
        accounts.create_account(session, COMMAND_LINE, email="a@x.org", name=None, role=AccountRole.ADMIN)
        with pytest.raises(DomainError, match="already exists"):
            accounts.create_account(session, COMMAND_LINE, email="A@x.org", name=None, role=AccountRole.ADMIN)


class TestAccess:
    @pytest.mark.parametrize("path", ["/", "/people", "/projects", "/skills", "/imports"])
    def test_a_visitor_is_sent_to_sign_in(self, visitor: Browser, path: str) -> None:
        assert visitor.client.get(path).location.startswith("/sign-in?next=")

    def test_a_practitioner_sees_no_imports(self, practitioner: Browser) -> None:
        practitioner.get("/imports", 403)

    def test_an_address_that_leads_nowhere_is_a_page_of_ours(self, visitor: Browser) -> None:
        visitor.get("/nowhere", 404)
        visitor.get("/people/99999999999999999999999", 404)

    @pytest.mark.parametrize("number", ["0", "-1", "1_0", "٣", "2147483648", "9223372036854775808", "9" * 5000])
    @pytest.mark.parametrize("path", ["/people/{}", "/skills/{}", "/projects/{}", "/proposals/{}", "/imports/{}"])
    def test_a_number_that_no_row_can_have_leads_nowhere(self, admin: Browser, path: str, number: str) -> None:
        admin.get(path.format(number), 404)

    def test_what_a_visitor_wants_to_see_is_asked_for_alike_whether_or_not_its_body_is(self, visitor: Browser) -> None:
        assert visitor.client.head("/people").location == visitor.client.get("/people").location

    def test_a_form_sent_after_the_session_has_ended_is_told_to_sign_in(self, visitor: Browser) -> None:
        answer = visitor.post("/projects/new", 401, page="/sign-in", name="Typed for an hour")
        assert "You are signed out" in answer.get_data(as_text=True)


class TestAppearance:
    def test_is_kept_in_a_cookie_and_shown(self, visitor: Browser) -> None:
        visitor.post("/account/appearance", page="/sign-in", theme="dark")
        assert 'data-theme="dark"' in visitor.get("/sign-in")
