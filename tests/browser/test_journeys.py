"""What people come to Muster for, from the one-use link to signing out, on the sample organisation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from models import AccountRole
from tests.app.conftest import PASSWORD
from tests.browser.conftest import OpenContext
from tests.browser.inspection import Complaints, accessibility_violations, keyboard_faults, sideways_scroll
from tests.browser.organisation import Organisation, served

WORKBOOK = Path(__file__).parents[2] / "sample" / "legacy_skills_sheet.xlsx"
PHONE = 390

WAYS = pytest.mark.parametrize(
    ("width", "scheme", "javascript"),
    [(1440, "light", True), (1440, "dark", False), (PHONE, "dark", True), (PHONE, "light", False)],
)
"""Wide and narrow, light and dark, with and without JavaScript: every two of them together at least once."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def organisation(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    folder = tmp_path_factory.mktemp("organisation")
    (folder / "muster.sqlite3").write_bytes(sqlite_template.read_bytes())
    with served(f"sqlite:///{folder / 'muster.sqlite3'}", folder) as organisation:
        yield organisation


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
        if self.scripted:  # axe is a script too, and waits for timers that never come without
            assert not accessibility_violations(self.page), where
        assert sideways_scroll(self.page) == 0, where
        assert not keyboard_faults(self.page), where
        assert not self.complaints, where

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


@pytest.fixture
def visit(open_context: OpenContext, organisation: Organisation, width: int, scheme: str, javascript: bool) -> Visit:
    context = open_context(width, scheme, javascript=javascript)
    return Visit(context, organisation, narrow=width == PHONE, scripted=javascript)


def email(role: str, visit: Visit, scheme: str) -> str:
    return f"{role}-{scheme}-{'narrow' if visit.narrow else 'wide'}@example.org"


class TestManager:
    @WAYS
    def test_finds_people_and_staffs_a_project(self, visit: Visit, scheme: str) -> None:
        visit.enter(AccountRole.MANAGER, email("manager", visit, scheme))
        self.find_somebody(visit)
        self.propose_teams(visit)
        self.lock_and_unlock(visit)
        visit.sign_out()

    def find_somebody(self, visit: Visit) -> None:
        page = visit.page
        visit.menu("People")
        visit.arrive("People")
        page.get_by_role("searchbox", name="Search people and skills").fill("k8s")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=k8s**")
        found = visit.main().get_by_role("list", name="People").get_by_role("listitem")
        expect(found.first).to_contain_text("Kubernetes")
        if visit.narrow:
            page.locator("summary", has_text="Filter").click()
        page.get_by_role("checkbox", name=re.compile("^Docker")).check()
        page.get_by_role("button", name="Show results").click()
        page.wait_for_url("**skill=**")
        visit.arrive("People")
        expect(found.first).to_contain_text("Docker")
        name = found.first.get_by_role("heading").inner_text()
        found.first.get_by_role("link", name=name).click()
        visit.arrive(name)

    def propose_teams(self, visit: Visit) -> None:
        visit.menu("Projects")
        visit.arrive("Projects")
        visit.main().get_by_role("link", name="Claims triage assistant").click()
        visit.arrive("Claims triage assistant")
        visit.main().get_by_role("link", name="Propose teams").click()
        visit.arrive("Propose teams")
        visit.main().get_by_role("button", name="Propose teams").click()
        visit.page.wait_for_url("**/proposals/*")
        visit.arrive("Claims triage assistant")
        teams = visit.page.get_by_role("region", name=re.compile(r"^Team [ABC]: "))
        expect(teams).to_have_count(3)
        expect(visit.page.get_by_text("No better team exists under these rules.")).to_be_visible()
        roles = visit.page.get_by_role("table", name="Who fills which role in each team").get_by_role("rowheader")
        expect(roles).to_have_count(7)

    def lock_and_unlock(self, visit: Visit) -> None:
        page, first = visit.page, visit.page.url
        lock = page.locator("button:visible").filter(has_text=re.compile("^Lock ")).first
        name = lock.inner_text().removeprefix("Lock ").strip()
        lock.click()
        page.wait_for_url(lambda url: url.split("#")[0].split("?")[0] != first)
        visit.arrive("Claims triage assistant")
        choices = page.get_by_role("region", name="Your choices")
        chip = choices.get_by_role("button", name=re.compile(f"{re.escape(name)} as "))
        expect(chip).to_be_visible()
        locked = page.url
        chip.click()
        page.wait_for_url(lambda url: url != locked)
        visit.arrive("Claims triage assistant")
        expect(choices).to_contain_text("Usual weights, nobody locked or excluded")


class TestAdministrator:
    @pytest.mark.parametrize(("width", "scheme", "javascript"), [(PHONE, "light", True), (1440, "dark", False)])
    def test_imports_the_same_sheet_again_and_nothing_changes(self, visit: Visit, scheme: str) -> None:
        page = visit.page
        visit.enter(AccountRole.ADMIN, email("admin", visit, scheme))
        visit.menu("Imports")
        visit.arrive("Imports")
        page.get_by_label("Skills sheet").set_input_files(WORKBOOK)
        page.get_by_role("button", name="Read the sheet").click()
        visit.arrive(WORKBOOK.name)
        expect(visit.main()).to_contain_text("Nothing to change")
        expect(page.get_by_role("button", name="Apply")).to_have_count(0)
        visit.sign_out()


class TestPractitioner:
    @pytest.mark.parametrize(("width", "scheme", "javascript"), [(PHONE, "light", True)])
    def test_reads_the_directory_and_is_offered_neither_staffing_nor_imports(self, visit: Visit, scheme: str) -> None:
        visit.enter(AccountRole.PRACTITIONER, email("practitioner", visit, scheme))
        visit.menu("Skills")
        visit.arrive("Skills")
        visit.menu("Projects")
        visit.arrive("Projects")
        visit.main().get_by_role("link", name="Claims triage assistant").click()
        visit.arrive("Claims triage assistant")
        assert not visit.page.get_by_role("link", name="Propose teams").count()
        assert not visit.page.locator("a[href='/imports'], a[href='/proposals']").count()


class TestKeyboard:
    @pytest.mark.parametrize(("width", "scheme", "javascript"), [(1440, "light", True)])
    def test_skips_to_the_content_and_reaches_its_controls(self, visit: Visit, scheme: str) -> None:
        page = visit.page
        visit.enter(AccountRole.MANAGER, email("keyboard", visit, scheme))
        for path, control in (("/people", "searchbox"), ("/projects", "link"), ("/skills", "searchbox")):
            page.goto(visit.organisation.address + path)
            page.keyboard.press("Tab")
            expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            expect(visit.main().get_by_role(control).first).to_be_focused()  # type: ignore[arg-type]  # a role's name
