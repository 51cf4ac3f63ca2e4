"""A messy sheet all the way: read, corrected, answered, reviewed, previewed, applied, reported and taken back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from models import AccountRole
from tests.browser.visits import WAYS, Visit, email
from tests.factories.messy import messy_workbook

FILE = "Team skills.xlsx"
LONG = 60_000
"""Milliseconds for what a worker does meanwhile."""

pytestmark = pytest.mark.browser


class TestTheWayOfASheet:
    @WAYS
    def test_from_the_upload_to_its_undo(self, visit: Visit, scheme: str) -> None:
        visit.enter(AccountRole.ADMIN, email("importer", visit, scheme))
        self.upload(visit, f"Tool {scheme} {visit.narrow}")
        self.correct(visit)
        self.answer(visit)
        self.review(visit)
        self.look(visit)
        self.apply(visit)
        self.undo(visit)
        visit.sign_out()

    def upload(self, visit: Visit, tool: str) -> None:
        visit.menu("Imports")
        visit.arrive("Imports")
        sent = {"name": FILE, "mimeType": "application/octet-stream", "buffer": messy_workbook(tool)}
        visit.page.get_by_label("Skills sheet").set_input_files(sent)  # type: ignore[arg-type]  # playwright's own dict
        visit.page.get_by_role("button", name="Read the sheet").click()
        expect(visit.main()).to_contain_text("Answer 1 question", timeout=LONG)
        visit.arrive(FILE)
        expect(visit.main()).to_contain_text("5 people")

    def correct(self, visit: Visit) -> None:
        """The last column is nobody's business any more, and green stands for what somebody wants to learn."""
        self.step(visit, "Understood")
        expect(visit.page.get_by_role("radio", name="Row 3")).to_be_checked()
        expect(visit.main()).to_contain_text("(not shown)")
        visit.page.get_by_label("What I is").select_option(label="Leave out")
        visit.page.get_by_label("What green fill means").select_option(label="Wants to learn")
        visit.page.get_by_role("button", name="Read again like this").click()
        expect(visit.page.get_by_text("By hand").first).to_be_visible(timeout=LONG)
        visit.arrive(FILE)
        expect(visit.page.get_by_role("button", name="Back to automatic")).to_be_visible()

    def answer(self, visit: Visit) -> None:
        self.step(visit, "Questions")
        question = visit.main().get_by_role("group", name=re.compile("What do"))
        question.get_by_role("radio", name="Like this").check()
        visit.page.get_by_label("“x” means").select_option(label="4 Advanced")
        visit.page.get_by_role("button", name="Use these answers").click()
        expect(visit.main()).to_contain_text("Every question is answered", timeout=LONG)
        visit.arrive(FILE)

    def review(self, visit: Visit) -> None:
        self.step(visit, "Skills")
        visit.main().get_by_role("link", name=re.compile("^All")).click()
        visit.arrive(FILE)
        self.skill(visit, "Quilting").get_by_role("radio", name="Same as", exact=True).check()
        self.skill(visit, "Quilting").get_by_role("combobox", name="Same as", exact=True).fill("No such thing")
        visit.page.get_by_role("button", name="Take every proposal on this page").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("Neither the catalogue nor this file")
        visit.complaints.clear()  # the browser notes the refusal itself
        visit.arrive(FILE)
        expect(self.skill(visit, "Kubernetse").get_by_role("radio", name="Same as Kubernetes")).to_be_checked()
        self.skill(visit, "Quilting").get_by_role("radio", name="Leave out").check()
        visit.page.get_by_role("button", name="Save and show what changes").click()
        expect(visit.main().get_by_role("link", name="Decided 3")).to_be_visible(timeout=LONG)
        visit.arrive(FILE)

    def look(self, visit: Visit) -> None:
        self.step(visit, "Preview")
        expect(visit.main()).to_contain_text("Greta Falk")
        visit.page.get_by_role("searchbox", name="Person or skill").fill("kubernetes")
        visit.page.get_by_role("button", name="Find").click()
        visit.page.wait_for_url("**q=kubernetes**")
        visit.arrive(FILE)
        expect(visit.page.get_by_role("table", name="Changes")).to_contain_text("Skills 2026!F4")
        expect(visit.page.get_by_role("table", name="Changes")).not_to_contain_text("Quilting")

    def apply(self, visit: Visit) -> None:
        visit.page.get_by_role("button", name=re.compile(r"^Apply \d+ changes")).click()
        expect(visit.main()).to_contain_text("Everything below is in the directory now", timeout=LONG)
        visit.arrive(FILE)
        visit.main().get_by_role("link", name="Wanda Kruk").click()
        visit.arrive("Wanda Kruk")
        visit.page.go_back()
        visit.arrive(FILE)

    def undo(self, visit: Visit) -> None:
        visit.main().get_by_role("link", name=re.compile("^Undo")).click()
        visit.arrive(re.compile("^Undo"))
        expect(visit.main()).to_contain_text("Wanda Kruk")
        visit.page.get_by_role("button", name="Undo the import").click()
        expect(visit.main()).to_contain_text("This import was undone", timeout=LONG)
        visit.arrive(FILE)
        visit.menu("Imports")
        visit.arrive("Imports")
        expect(visit.main().get_by_role("row", name=FILE).first).to_contain_text("Undone")

    def step(self, visit: Visit, name: str) -> None:
        steps = visit.main().get_by_role("navigation", name="Steps")
        steps.get_by_role("link", name=re.compile(name)).click()
        visit.arrive(FILE)
        expect(steps.get_by_role("link", name=re.compile(name))).to_have_attribute("aria-current", "step")

    def skill(self, visit: Visit, name: str) -> Locator:
        return visit.main().get_by_role("group", name=name, exact=True)


class TestWithTheKeyboardAlone:
    @pytest.mark.parametrize(("width", "scheme", "javascript"), [(1440, "light", True)])
    def test_a_skill_is_decided_by_arrows_and_enter(self, visit: Visit, scheme: str) -> None:
        visit.enter(AccountRole.ADMIN, email("keys", visit, scheme))
        TestTheWayOfASheet().upload(visit, "Tool of keys")
        page = visit.page
        page.goto(page.url + "/skills")
        first = visit.main().get_by_role("group", name="Kubernetse").get_by_role("radio").first
        first.focus()
        page.keyboard.press("Space")
        expect(first).to_be_checked()
        page.keyboard.press("ArrowDown")
        expect(visit.main().get_by_role("radio", name="New skill").first).to_be_checked()
        page.keyboard.press("Enter")
        expect(visit.main()).to_contain_text("The preview is older", timeout=LONG)
