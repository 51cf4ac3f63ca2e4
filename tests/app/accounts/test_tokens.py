"""The pages of API tokens: making one, which is shown once, and revoking it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import DomainError
from app.services.accounts.administration import activate, deactivate
from app.services.accounts.tokens import MOST_TOKENS, issue_token
from app.services.audit import COMMAND_LINE, Actor
from models import Account, AccountRole, ApiToken, AuditEntry, FirstAnswer, RolePolicy, Scope, SignInSession
from tests.app.conftest import Browser
from tests.factories.doors import EMAIL, PASSWORD, invite, reset_link, settle_in
from tests.factories.programs import Program

pytestmark = pytest.mark.one_database

NOW = datetime(2027, 1, 6, 12, tzinfo=UTC)
SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def account(session: Session, email: str = "a@example.org") -> Account:
    made = Account(email=email, name="Anna", role=AccountRole.MANAGER)
    session.add(made)
    session.flush()
    return made


def issue(session: Session, owner: Account, days: float = 30, **told: object) -> tuple[ApiToken, str]:
    scopes = told.get("scopes", [Scope.PROPOSE])
    name = str(told.get("name", "Nightly"))
    return issue_token(session, Actor.of(owner.id), owner.id, name, scopes, NOW + timedelta(days=days), NOW)  # type: ignore[arg-type]


def make(browser: Browser, **fields: object) -> str:
    """The token that the page shows."""
    data = {"name": "Nightly", "scopes": ["read:directory"], "expires_on": SOON} | fields
    shown = browser.post("/account/tokens/new", 200, **data).get_data(as_text=True)
    found = re.search(r"muster_[\w-]{43}", shown)
    assert found, shown
    return found[0]


class TestIssuing:
    def test_stores_a_digest_and_never_the_token(self, session: Session) -> None:
        token, secret = issue(session, account(session))
        columns = [str(value) for value in vars(token).values()]
        assert not any(secret in value for value in columns)
        assert secret.startswith(token.prefix)
        assert len(token.prefix) == 12
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert entry.action == "token.issue"
        assert secret not in str(entry.after)

    def test_gives_every_token_128_bits_and_more(self, session: Session) -> None:
        owner = account(session)
        made = {issue(session, owner)[1] for _ in range(20)}
        assert len(made) == 20
        assert {len(secret) for secret in made} == {len("muster_") + 43}

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"name": " "}, "name"),
            ({"scopes": []}, "scopes"),
            ({"days": 0}, "expires_on"),
            ({"days": 367}, "expires_on"),
        ],
    )
    def test_refuses_what_a_token_needs_with_a_sentence(
        self, session: Session, told: dict[str, float], field: str
    ) -> None:
        with pytest.raises(DomainError) as refused:
            issue(session, account(session), **told)
        assert refused.value.field == field

    def test_stops_at_a_number_of_tokens_that_work(self, session: Session) -> None:
        owner = account(session)
        last = [issue(session, owner) for _ in range(MOST_TOKENS)][-1][0]
        with pytest.raises(DomainError, match="Revoke one"):
            issue(session, owner)
        last.revoked_at = NOW
        session.flush()
        issue(session, owner)


class TestThePage:
    def test_shows_the_token_once(self, practitioner: Browser) -> None:
        secret = make(practitioner)
        listed = practitioner.get("/account/tokens")
        assert secret not in listed
        assert secret[:12] in listed
        assert "Read people and skills" in listed

    def test_makes_one_token_of_a_form_that_is_sent_twice_and_says_so(
        self, engine: Engine, session: Session, practitioner: Browser, manager: Browser
    ) -> None:
        shown = practitioner.get("/account/tokens/new")
        key = re.search(r'name="once" value="([^"]+)"', shown)
        assert key
        secret = make(practitioner, once=key[1])
        fields = {"name": "Nightly", "scopes": ["read:directory"], "expires_on": SOON, "once": key[1]}
        again = practitioner.post("/account/tokens/new", **fields)
        page = practitioner.get(again.location)
        assert "“Nightly” was made once, though its form was sent more than once" in page
        assert secret not in page
        assert len(session.scalars(select(ApiToken)).all()) == 1
        stored = [str(value) for row in session.scalars(select(FirstAnswer)) for value in vars(row).values()]
        assert stored
        assert not any(secret in value for value in stored)
        assert "was made once" not in manager.get(again.location)

    def test_makes_a_token_that_opens_what_it_is_for(self, app: Flask, manager: Browser) -> None:
        client, headers = app.test_client(), {"Authorization": f"Bearer {make(manager)}"}
        assert client.get("/api/v1/people", headers=headers).status_code == 200
        assert client.get("/api/v1/projects", headers=headers).status_code == 403

    def test_offers_only_what_the_role_may_do(self, practitioner: Browser, admin: Browser) -> None:
        assert "read:audit" not in practitioner.get("/account/tokens/new")
        assert "propose" not in practitioner.get("/account/tokens/new")
        assert "read:audit" in admin.get("/account/tokens/new")
        refused = practitioner.post(
            "/account/tokens/new", 422, name="x", scopes=["read:directory", "read:audit"], expires_on=SOON
        )
        assert "muster_" not in refused.get_data(as_text=True)

    @pytest.mark.parametrize("day", ["", "2020-01-01", "2099-01-01", "2027-02-29", "0000-00-00", "9999-12-31", "x"])
    def test_keeps_what_was_typed_beside_a_wrong_day(self, practitioner: Browser, day: str) -> None:
        page = practitioner.post(
            "/account/tokens/new", 422, name="Nightly run", scopes=["read:directory"], expires_on=day
        ).get_data(as_text=True)
        assert 'value="Nightly run"' in page

    def test_asks_who_is_there_before_a_token_is_made(self, engine: Engine, practitioner: Browser) -> None:
        with writing_session(engine) as session:
            session.execute(update(SignInSession).values(authenticated_at=datetime.now(UTC) - timedelta(minutes=11)))
            session.commit()
        assert practitioner.client.get("/account/tokens/new").status_code == 303
        practitioner.get("/account/tokens")

    def test_revokes_at_once(self, app: Flask, practitioner: Browser) -> None:
        headers = {"Authorization": f"Bearer {make(practitioner)}"}
        client = app.test_client()
        assert client.get("/api/v1/people", headers=headers).status_code == 200
        practitioner.post("/account/tokens/1/revoke", page="/account/tokens")
        assert client.get("/api/v1/people", headers=headers).status_code == 401
        assert "Revoked" in practitioner.get("/account/tokens")

    def test_knows_nobody_elses_tokens(self, practitioner: Browser, manager: Browser) -> None:
        make(manager, name="The manager's")
        assert "The manager" not in practitioner.get("/account/tokens")
        practitioner.post("/account/tokens/1/revoke", 404, page="/account/tokens/new")
        practitioner.post("/account/tokens/999/revoke", 404, page="/account/tokens/new")

    def test_lets_an_administrator_revoke_anybodys(self, app: Flask, practitioner: Browser, admin: Browser) -> None:
        secret = make(practitioner, name="Nightly")
        assert "Nightly" in admin.get("/admin/tokens")
        admin.post("/admin/tokens/1/revoke", page="/admin/tokens")
        answer = app.test_client().get("/api/v1/people", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 401


class TestASecondFactorThatTheRoleMustHave:
    def test_is_asked_of_the_accounts_of_tokens_too(self, engine: Engine, program: Callable[..., Program]) -> None:
        asking = program("manager")
        asking.get("/api/v1/projects")
        with writing_session(engine) as session:
            session.merge(RolePolicy(role=AccountRole.MANAGER, second_factor=True))
            session.commit()
        asking.get("/api/v1/projects", 401)


class TestDeactivatingAnAccount:
    def test_ends_its_tokens_for_good(self, session: Session) -> None:
        owner = account(session)
        token, _ = issue(session, owner)
        session.commit()
        deactivate(session, COMMAND_LINE, owner.id)
        activate(session, COMMAND_LINE, owner.id)
        session.commit()
        session.refresh(token)
        assert token.revoked_at is not None


class TestANewPassword:
    NEW = "lantern river copper moth"

    @pytest.fixture
    def token(self, engine: Engine, session: Session) -> ApiToken:
        settle_in(engine)
        anna, at = session.scalars(select(Account)).one(), datetime.now(UTC)
        made, _ = issue_token(
            session, Actor.of(anna.id), anna.id, "Nightly", [Scope.PROPOSE], at + timedelta(days=9), at
        )
        session.commit()
        return made

    @pytest.fixture
    def anna(self, visitor: Browser, token: ApiToken) -> Browser:
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        return visitor

    def ended(self, session: Session, token: ApiToken) -> bool:
        session.rollback()
        session.refresh(token)
        noted = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "token.revoke")).all()
        assert noted == ([] if token.revoked_at is None else [{"token": token.prefix}])
        return token.revoked_at is not None

    def test_by_a_link_ends_the_tokens_and_says_so(
        self, visitor: Browser, engine: Engine, session: Session, token: ApiToken
    ) -> None:
        there = f"/welcome/{reset_link(engine)}"
        assert "Your open sessions and your API tokens end." in visitor.get(there)
        visitor.post(there, password=self.NEW)
        assert "Your API tokens are ended" in visitor.get("/account")
        assert self.ended(session, token)

    def test_that_is_the_first_one_speaks_of_no_tokens(self, visitor: Browser, engine: Engine) -> None:
        there = f"/welcome/{invite(engine)}"
        assert "API tokens" not in visitor.get(there)
        visitor.post(there, password=PASSWORD)
        assert "API tokens are ended" not in visitor.get("/account")

    def test_by_its_owner_ends_them_where_that_is_wanted(
        self, anna: Browser, session: Session, token: ApiToken
    ) -> None:
        assert "Also end my API tokens" in anna.get("/account/password")
        anna.post("/account/password", current=PASSWORD, password=self.NEW)
        assert not self.ended(session, token)
        anna.post("/account/password", current=self.NEW, password=PASSWORD, end_tokens="y")
        assert "all other sessions and your API tokens are ended" in anna.get("/account")
        assert self.ended(session, token)
