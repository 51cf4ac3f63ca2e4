"""What people come to Muster for, from the one-use link to signing out, on the sample organisation."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models import AccountRole
from tests.browser.visits import PHONE, WAYS, Visit, email

WORKBOOK = Path(__file__).parents[2] / "sample" / "legacy_skills_sheet.xlsx"

pytestmark = pytest.mark.browser


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
        # The page waits with whoever sent the sheet until it is read.
        expect(visit.main()).to_contain_text("Nothing to change", timeout=60_000)
        visit.arrive(WORKBOOK.name)
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
        for path in ("/people", "/projects", "/skills"):
            page.goto(visit.organisation.address + path)
            page.keyboard.press("Tab")
            expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            expect(visit.main().locator("a, button, input").first).to_be_focused()
