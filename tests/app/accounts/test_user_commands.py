"""`muster user`: the door that is left when no administrator can sign in."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.accounts import user
from models import Account, AccountRole, AuditEntry
from tests.factories.accounts import account, fresh

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _here(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_DATABASE_URL", engine.url.render_as_string(hide_password=False))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(user, arguments, catch_exceptions=True)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence of a command that could not do what it was asked."""
    with pytest.raises(SystemExit) as stop:
        main(["user", *arguments])
    told = capsys.readouterr()
    assert (stop.value.code, told.out, told.err.count("\n")) == (2, "", 1)
    return told.err


class TestUserCommand:
    def test_lists_accounts_as_a_table_and_as_one_document(self, session: Session) -> None:
        account(session, "Ben Ode")
        account(session, "Gone", active=False)
        assert "ben.ode@example.org  Ben Ode  practitioner  invited" in run("list").output
        document = json.loads(run("list", "--json").output)
        assert [(row["email"], row["state"]) for row in document["accounts"]] == [
            ("ben.ode@example.org", "invited"),
            ("gone@example.org", "deactivated"),
        ]

    def test_changes_a_role_deactivates_and_activates(self, session: Session) -> None:
        ben = account(session)
        assert run("role", "BEN.ode@example.org", "admin").exit_code == 0
        account(session, "Other", AccountRole.ADMIN)
        assert run("deactivate", ben.email, "--reason", "left").exit_code == 0
        fresh(session, ben)
        assert (ben.role, ben.active) == (AccountRole.ADMIN, False)
        assert run("activate", ben.email).exit_code == 0
        session.rollback()
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert {entry.actor for entry in entries} == {"command line"}
        told = [(entry.action, entry.reason) for entry in entries]
        assert told == [("account.edit", None), ("account.deactivate", "left"), ("account.activate", None)]

    def test_refuses_to_leave_no_administrator(self, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
        last = account(session, "Last", AccountRole.ADMIN)
        assert "last active administrator" in refused(capsys, "role", last.email, "viewer")
        assert "last active administrator" in refused(capsys, "deactivate", last.email)
        assert session.scalars(select(Account.active)).all() == [True]

    def test_names_an_address_that_nobody_has(self, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
        for arguments in (("role", "x@y.org", "viewer"), ("deactivate", "x@y.org"), ("activate", "x@y.org")):
            assert "There is no account for x@y.org." in refused(capsys, *arguments)
        assert "is not one of" in refused(capsys, "role", "x@y.org", "king")
