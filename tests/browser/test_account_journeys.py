"""What somebody does about their own account, and a form that outlives its session, in a real browser."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app.db import writing_session
from models import AccountRole, SignInSession
from tests.app.conftest import PASSWORD
from tests.browser.visits import PHONE, WAYS, Visit, email

pytestmark = pytest.mark.browser
NEW = "lantern river copper moth"


class TestOnesOwnAccount:
    @WAYS
    def test_is_looked_at_and_its_password_changed(self, visit: Visit, scheme: str) -> None:
        page = visit.page
        visit.enter(AccountRole.PRACTITIONER, email("own", visit, scheme))
        page.goto(visit.organisation.address + "/account")
        visit.arrive("Your account")
        tabs = page.get_by_role("navigation", name="Your account")
        tabs.get_by_role("link", name="Sessions").click()
        visit.arrive("Sessions")
        expect(visit.main()).to_contain_text("This one")
        tabs.get_by_role("link", name="Password").click()
        visit.arrive("Password")
        page.get_by_label("Current password").fill("wrong horse battery")
        page.get_by_label("New password").fill(NEW)
        page.get_by_role("button", name="Change password").click()
        expect(visit.main()).to_contain_text("This is not your current password.")
        # The console's word for a refused form, which is what was to be seen.
        assert "422" in visit.complaints.pop()
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_label("New password").fill(NEW)
        page.get_by_role("button", name="Change password").click()
        visit.arrive("Your account")
        expect(visit.main()).to_contain_text("Your password is changed")
        visit.sign_out()
        page.get_by_role("link", name="Forgot your password?").click()
        visit.arrive("Forgot your password?")


class TestAFormThatOutlivesItsSession:
    @pytest.mark.parametrize(("width", "scheme", "javascript"), [(1440, "light", True), (PHONE, "dark", False)])
    def test_is_sent_again_after_signing_in_in_a_new_tab(self, visit: Visit, scheme: str) -> None:
        page, address = visit.page, email("kept", visit, scheme)
        visit.enter(AccountRole.MANAGER, address)
        page.goto(visit.organisation.address + "/projects/new")
        name = f"Typed for an hour, {scheme}"
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Goal and description").fill('First line\n"second" & <third>')
        with writing_session(visit.organisation.engine) as session:
            session.execute(update(SignInSession).values(ended_at=SignInSession.created_at))
            session.commit()
        create = visit.main().locator("form button[type=submit]:visible").last
        create.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
        page.locator("summary", has_text="What you typed").click()
        expect(page.get_by_role("main")).to_contain_text(name)
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in in a new tab").click()
        tab = opened.value
        tab.get_by_label("E-mail address").fill(address)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Sign in").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Home")
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("main")).to_contain_text("perhaps in another tab")
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(name)))
        expect(page.get_by_role("main")).to_contain_text('"second" & <third>')
