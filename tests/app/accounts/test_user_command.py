"""`muster user`: the door that is left when no administrator can come in."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Account, AccountRole, AuditEntry
from tests.app.conftest import Browser
from tests.factories.commands import muster
from tests.factories.doors import EMAIL, settle_in

pytestmark = pytest.mark.one_database


class TestUserLink:
    def test_lets_a_locked_out_administrator_choose_a_new_password(
        self, app: Flask, tmp_path: Path, engine: Engine, database_url: str, session: Session
    ) -> None:
        settle_in(engine, role=AccountRole.ADMIN)
        code, said, _ = muster(tmp_path, "user", "link", EMAIL, MUSTER_DATABASE_URL=database_url)
        assert (code, "valid for 1 hour:" in said) == (0, True)
        path = re.search(r"/welcome/\S+", said)
        assert path
        browser = Browser(app.test_client())
        browser.post(path[0], password="lantern river copper moth")
        browser.get("/account")
        assert (
            session.scalars(select(AuditEntry).where(AuditEntry.action == "account.link")).one().actor == "command line"
        )

    def test_says_when_nobody_could_come_in_by_it(
        self, tmp_path: Path, engine: Engine, database_url: str, session: Session
    ) -> None:
        settle_in(engine)
        code, _, said = muster(tmp_path, "user", "link", "nobody@example.org", MUSTER_DATABASE_URL=database_url)
        assert (code, "There is no account for nobody@example.org" in said) == (2, True)
        session.scalars(select(Account)).one().active = False
        session.commit()
        code, _, said = muster(tmp_path, "user", "link", EMAIL, MUSTER_DATABASE_URL=database_url)
        assert (code, "is deactivated" in said) == (2, True)


class TestUserCreate:
    def test_makes_an_account_of_every_role_with_a_link(
        self, tmp_path: Path, database_url: str, session: Session
    ) -> None:
        for role in AccountRole:
            told = ("user", "create", f"{role.value}@example.org", "--role", role.value)
            code, said, _ = muster(tmp_path, *told, MUSTER_DATABASE_URL=database_url)
            assert (code, "/welcome/" in said) == (0, True)
        assert {account.role for account in session.scalars(select(Account))} == set(AccountRole)
