"""Invitations where a mail server is set up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import mail
from models import Account
from tests.app.conftest import Browser, Started, mailing
from tests.factories.accounts import account
from tests.factories.people import person
from tests.mail_server import MailServer, serving

pytestmark = pytest.mark.one_database


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def app(engine: Engine, tmp_path: Path, server: MailServer, started: Started) -> Flask:
    return mailing(started, engine, tmp_path, server.port)


class TestInvitationMail:
    def test_brings_each_person_their_own_link(
        self, app: Flask, server: MailServer, admin: Browser, session: Session
    ) -> None:
        people = [person(session, name, email=f"{name}@example.org".lower()) for name in ("Anna", "Ben")]
        session.commit()
        sent = {"people": [one.id for one in people], "role": "practitioner"}
        page = admin.post("/admin/accounts/invite-people", 200, **sent).get_data(as_text=True)
        assert "Each link is also on its way by mail." in page
        app.extensions[mail.EXTENSION].settle(20)
        assert sorted(message["To"] for message in server.mails) == ["anna@example.org", "ben@example.org"]
        for message in server.mails:
            link = next(line for line in message.get_content().splitlines() if "/welcome/" in line)
            assert link in page

    def test_says_to_somebody_with_a_password_that_an_administrator_made_the_link(
        self, app: Flask, server: MailServer, admin: Browser, session: Session
    ) -> None:
        ben = account(session, password_hash="x")
        admin.post(f"/admin/accounts/{ben.id}/link", 200, page=f"/admin/accounts/{ben.id}")
        app.extensions[mail.EXTENSION].settle(20)
        (message,) = server.mails
        assert message["To"] == "ben.ode@example.org"
        assert "an administrator made a link for you" in message.get_content()

    def test_is_not_sent_for_what_was_refused(
        self, app: Flask, server: MailServer, admin: Browser, session: Session
    ) -> None:
        account(session)
        admin.post("/admin/accounts/new", 422, email="ben.ode@example.org", role="viewer")
        app.extensions[mail.EXTENSION].settle(20)
        assert not server.mails
        assert len(session.scalars(select(Account)).all()) == 2
