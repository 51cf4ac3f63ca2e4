"""What a form does not hold is left unread, whatever a browser sends."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Project
from tests.app.conftest import Browser
from tests.factories.accounts import MANAGER, PRACTITIONER, VIEWER, account, fresh, rights
from tests.factories.administrators import with_token
from tests.factories.people import person

pytestmark = pytest.mark.one_database


class TestUnaskedFields:
    """Mass assignment: what a form does not hold is left unread, whatever a browser sends."""

    FOREIGN = {  # noqa: RUF012 - a constant of the tests
        "id": 1,
        "active": "",
        "email": "evil@example.org",
        "password_hash": "x",
        "practitioner_id": 1,
        "created_at": "2000-01-01",
    }

    def test_change_nothing_of_an_account_that_is_saved(self, admin: Browser, session: Session) -> None:
        person(session)
        ben = account(session, password_hash="old")
        admin.post(f"/admin/accounts/{ben.id}", **rights(ben, name="Ben Two"), **self.FOREIGN)
        fresh(session, ben)
        known = (ben.name, ben.email, ben.active, ben.password_hash, ben.practitioner_id)
        assert known == ("Ben Two", "ben.ode@example.org", True, "old", None)

    def test_change_nothing_of_an_account_that_is_made(self, admin: Browser, session: Session) -> None:
        person(session)
        session.commit()
        foreign = {**self.FOREIGN, "email": "new@example.org", "version": 77}
        admin.post("/admin/accounts/new", 200, name="New", role="viewer", **foreign)
        made = session.scalars(select(Account).where(Account.email == "new@example.org")).one()
        assert (made.active, made.password_hash, made.practitioner_id) == (True, None, None)
        assert made.version < 77

    def test_change_nothing_of_a_project_that_is_made(self, manager: Browser, session: Session) -> None:
        stranger = account(session)
        foreign = {"id": 77, "version": 77, "manager_id": stranger.id, "name_key": "x", "created_at": "2000-01-01"}
        manager.post("/projects/new", name="Churn", state="planned", priority="3", **foreign)
        made = session.scalars(select(Project)).one()
        leader = session.scalars(select(Account).where(Account.email == "manager@example.org")).one()
        assert (made.name, made.name_key, made.manager_id) == ("Churn", "churn", leader.id)
        assert (made.id != 77, made.version < 77, made.created_at.year > 2000) == (True, True, True)

    @pytest.mark.parametrize("version", ["", "x", "-1", "0", "999999999999", "1e9"])
    def test_a_version_that_was_never_shown_saves_nothing(self, admin: Browser, session: Session, version: str) -> None:
        ben = account(session)
        sent = {**rights(ben, role="admin"), "version": version}
        answer = admin.client.post(f"/admin/accounts/{ben.id}", data=with_token(admin, ben.id, sent))
        assert answer.status_code in {409, 422}
        fresh(session, ben)
        assert ben.role is PRACTITIONER

    def test_nobody_but_an_administrator_reaches_any_of_it(
        self, signed_in: Callable[..., Browser], session: Session
    ) -> None:
        ben = account(session)
        for role in (MANAGER, PRACTITIONER, VIEWER):
            browser = signed_in(role.value, f"{role.value}@example.org")
            for path in ("", "/person"):
                browser.get(f"/admin/accounts/{ben.id}{path}", 403)
            browser.post(f"/admin/accounts/{ben.id}", 403, page="/people", **rights(ben, role="admin"))
