"""Making accounts, and what is open to whom."""

import pytest
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.services.accounts import accounts
from app.services.audit import COMMAND_LINE
from models import AccountRole
from tests.app.conftest import Browser


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
