"""Signing in with a password, and out."""

import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from huey import MemoryHuey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from app.db import writing_session
from app.entrance.hosts import is_local_path
from app.services.accounts import sign_in
from app.services.accounts.passwords import SHORTEST_PASSWORD
from models import Account, AuditEntry, SignInSession
from tests.app.conftest import Browser, settings_for
from tests.factories.doors import EMAIL, PASSWORD, invite, settle_in

WRONG = "The e-mail address or the password is wrong."
CASES = {
    "a wrong password": (EMAIL, "wrong horse battery"),
    "an unknown address": ("nobody@example.org", PASSWORD),
    "an account that was switched off": ("gone@example.org", PASSWORD),
    "an account without a password": ("new@example.org", PASSWORD),
}


@pytest.fixture
def known(app: Flask, engine: Engine) -> Browser:
    """A browser that has never seen Anna, whose account has a password; nor those who cannot come in."""
    settle_in(engine)
    settle_in(engine, "gone@example.org")
    invite(engine, "new@example.org")
    with writing_session(engine) as session:
        session.scalars(select(Account).where(Account.email == "gone@example.org")).one().active = False
        session.commit()
    return Browser(app.test_client())


class TestSigningIn:
    def test_opens_the_page_that_was_asked_for(self, known: Browser) -> None:
        asked = known.client.get("/projects?state=planned")
        assert asked.status_code == 303
        arrived = known.post(asked.location, email="Anna@Example.org", password=PASSWORD)
        assert arrived.location == "/projects?state=planned"

    @pytest.mark.parametrize("case", CASES)
    def test_says_the_same_whatever_is_wrong(self, known: Browser, case: str) -> None:
        email, password = CASES[case]
        answer = known.post("/sign-in", 422, email=email, password=password).get_data(as_text=True)
        assert WRONG in answer
        assert password not in answer

    @pytest.mark.usefixtures("real_hashes")
    def test_takes_as_long_whatever_is_wrong(self, app: Flask, known: Browser) -> None:
        took: dict[str, list[float]] = {case: [] for case in CASES}
        for _ in range(7):
            for number, (case, (email, password)) in enumerate(CASES.items()):
                client = Browser(app.test_client())
                client.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
                page = client.get("/sign-in")
                took[case].append(seconds_of(client, page, email, password))
        medians = {case: statistics.median(times) for case, times in took.items()}
        assert max(medians.values()) / min(medians.values()) < 1.25, medians

    def test_leaves_every_attempt_in_the_audit_trail(self, known: Browser, session: Session) -> None:
        for email, password in CASES.values():
            known.post("/sign-in", 422, email=email, password=password)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.refuse")).all()
        ids = {account.email: account.id for account in session.scalars(select(Account))}
        assert [entry.subject_id for entry in entries] == [ids.get(email) for email, _ in CASES.values()]
        assert not any(PASSWORD in str(vars(entry)) for entry in entries)

    def test_never_leaves_for_another_site(self, known: Browser) -> None:
        for target in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x"):
            assert not is_local_path(target)
        arrived = known.post("/sign-in?next=//evil.example", email=EMAIL, password=PASSWORD)
        assert arrived.location == "/"

    def test_refuses_a_form_without_its_token(self, known: Browser) -> None:
        answer = known.client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 400

    def test_holds_no_lock_while_it_verifies(
        self, known: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verified, written = sign_in.verify, []

        def verify(attempt: sign_in.Attempt, password: str) -> sign_in.Verdict:
            with writing_session(engine) as session:
                session.add(Account(email=f"{len(written)}@x.org", name="Written meanwhile", role="viewer"))
                session.commit()
            written.append(1)
            return verified(attempt, password)

        monkeypatch.setattr(sign_in, "verify", verify)
        known.post("/sign-in", email=EMAIL, password=PASSWORD)
        assert written

    def test_is_refused_when_the_password_was_changed_while_it_was_verified(
        self, known: Browser, engine: Engine, session: Session
    ) -> None:
        attempt = sign_in.find_attempt(session, EMAIL)
        session.rollback()
        verdict = sign_in.verify(attempt, PASSWORD)
        with writing_session(engine) as writing:
            writing.scalars(select(Account).where(Account.email == EMAIL)).one().password_hash = "another"
            writing.commit()
        with writing_session(engine) as writing:
            assert sign_in.finish(writing, attempt, verdict, None) is None

    def test_needs_an_account_that_somebody_made(self, visitor: Browser, session: Session) -> None:
        assert session.scalars(select(Account)).all() == [], "no default account"
        for email in ("admin", "admin@localhost", "administrator@example.org"):
            visitor.post("/sign-in", 422, email=email, password="admin" * SHORTEST_PASSWORD)


def seconds_of(browser: Browser, page: str, email: str, password: str) -> float:
    """Processor time of one attempt, the same for a quiet machine and a busy one."""
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    began = time.process_time()
    answer = browser.client.post("/sign-in", data={"csrf_token": token, "email": email, "password": password})
    took = time.process_time() - began
    assert answer.status_code == 422
    return took


class TestLeaving:
    def test_ends_the_session_on_the_server(self, manager: Browser) -> None:
        with manager.client.session_transaction() as cookie:
            stolen = dict(cookie)
        answer = manager.post("/sign-out", page="/people")
        assert '"cache"' in answer.headers["Clear-Site-Data"]
        with manager.client.session_transaction() as cookie:
            cookie.update(stolen)
        assert manager.client.get("/people").status_code == 303


class TestCookies:
    @pytest.fixture
    def secure(self, app: Flask, engine: Engine, tmp_path: Path) -> Browser:
        settings = replace(settings_for(tmp_path, str(engine.url)), base_url="https://muster.example")
        served = create_app(settings, engine, MemoryHuey(immediate=True, results=False))
        client = served.test_client()
        client.environ_base.update({"HTTP_HOST": "muster.example", "wsgi.url_scheme": "https"})
        return Browser(client)

    def test_over_https_are_bound_to_the_host_and_hidden_from_scripts(self, secure: Browser, engine: Engine) -> None:
        settle_in(engine)
        page = secure.client.get("/sign-in", base_url="https://muster.example").get_data(as_text=True)
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        answer = secure.client.post(
            "/sign-in",
            base_url="https://muster.example",
            headers={"Referer": "https://muster.example/sign-in"},
            data={"csrf_token": token, "email": EMAIL, "password": PASSWORD},
        )
        assert answer.status_code == 303
        cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
        assert set(cookies) == {"__Host-muster", "__Host-muster-device"}
        for line in cookies.values():
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in line.split(";")}
            assert "Domain" not in line

    def test_hold_an_opaque_secret_that_is_stored_as_a_digest(self, known: Browser, session: Session) -> None:
        known.post("/sign-in", email=EMAIL, password=PASSWORD)
        with known.client.session_transaction() as cookie:
            secret = cookie["_user_id"]
        assert len(secret) >= 43, "256 bits"
        assert secret not in {row.token_hash for row in session.scalars(select(SignInSession))}

    def test_and_pages_of_whoever_is_signed_in_are_not_kept(self, known: Browser) -> None:
        known.post("/sign-in", email=EMAIL, password=PASSWORD)
        for path in ("/", "/people", "/account", "/account/sessions", "/nowhere"):
            assert known.client.get(path).headers["Cache-Control"] == "no-store"
