"""One person's way through the pages, held to what every page is held to."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from models import AccountRole
from tests.app.conftest import PASSWORD
from tests.browser.inspection import Complaints, faults
from tests.browser.organisation import Organisation

PHONE = 390

WAYS = pytest.mark.parametrize(
    ("width", "scheme", "javascript"),
    [(1440, "light", True), (1440, "dark", False), (PHONE, "dark", True), (PHONE, "light", False)],
)
"""Wide and narrow, light and dark, with and without JavaScript: every two of them together at least once."""


class Visit:
    """One person's way through the pages. `arrive` holds every page to what all pages are held to."""

    def __init__(self, context: BrowserContext, organisation: Organisation, *, narrow: bool, scripted: bool) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints = Complaints(self.page)
        self.organisation = organisation
        self.narrow = narrow
        self.scripted = scripted

    def arrive(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        where = self.page.url
        assert not faults(self.page, axe=self.scripted), where
        assert not self.complaints, (where, self.complaints)

    def enter(self, role: AccountRole, email: str) -> None:
        """Open the one-use link and choose a password."""
        self.page.goto(self.organisation.invite(role, email))
        self.arrive("Welcome to Muster")
        self.page.get_by_label("Choose a password").fill(PASSWORD)
        self.page.get_by_role("button", name="Set password and sign in").click()
        self.arrive("Home")

    def menu(self, name: str) -> None:
        """Follow a link of the main navigation: the sidebar, or the bar at the foot of a phone."""
        bar = "Main, short" if self.narrow else "Main"
        link = self.page.get_by_role("navigation", name=bar, exact=True).get_by_role(
            "link", name=re.compile(f"^{name}")
        )
        if self.narrow and not link.count():
            self.page.get_by_role("button", name="More").click()
            link = self.page.get_by_role("navigation", name="All pages").get_by_role(
                "link", name=re.compile(f"^{name}")
            )
        link.click()

    def sign_out(self) -> None:
        if self.narrow:
            self.page.get_by_role("button", name="More").click()
        self.page.locator("button:visible", has_text="Sign out").click()
        self.arrive("Sign in")

    def main(self) -> Locator:
        return self.page.get_by_role("main")


def email(role: str, visit: Visit, scheme: str) -> str:
    return f"{role}-{scheme}-{'narrow' if visit.narrow else 'wide'}@example.org"
