"""The design system: every component of templates/ui in a real browser, and the files that it is made of."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import OpenContext
from tests.browser.gallery_site import ERRORS, PAGES, ROOT, make_gallery, serve
from tests.browser.inspection import Complaints, faults, sideways_scroll

STATIC = ROOT / "app" / "static"
UI = ROOT / "templates" / "ui"

KILOBYTES = 120
REQUESTS = 10


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(make_gallery()) as address:
        yield address


def inspect(context: BrowserContext, site: str, paths: list[str]) -> None:
    page = context.new_page()
    complaints = Complaints(page)
    for path in paths:
        page.goto(f"{site}/{path}")
        assert not faults(page), path
        assert not complaints, path


@pytest.mark.browser
class TestGallery:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1440, 390])
    def test_every_page_is_accessible_silent_and_no_wider_than_its_window(
        self, site: str, open_context: OpenContext, width: int, scheme: str
    ) -> None:
        inspect(open_context(width, scheme), site, PAGES)

    def test_so_is_every_error_page(self, site: str, open_context: OpenContext) -> None:
        inspect(open_context(390, "dark"), site, [f"errors/{status}" for status in ERRORS])

    @pytest.mark.parametrize("width", [320, 720])
    def test_pages_fit_a_small_phone_and_a_screen_zoomed_to_200_percent(
        self, site: str, open_context: OpenContext, width: int
    ) -> None:
        page = open_context(width).new_page()
        for path in PAGES:
            page.goto(f"{site}/{path}")
            assert sideways_scroll(page) == 0, path

    @pytest.mark.parametrize("path", ["bare", "directory", "proposal", "form"])
    def test_a_first_visit_stays_within_the_budget(self, site: str, context: BrowserContext, path: str) -> None:
        page = context.new_page()
        answers: dict[str, Response] = {}
        page.on("response", lambda answer: answers.update({answer.url: answer}))
        page.goto(f"{site}/{path}", wait_until="networkidle")
        # The browser asks for the favicon on its own, after the page stands.
        bodies = [gzip.compress(answer.body()) for url, answer in answers.items() if "favicon" not in url]
        assert len(bodies) <= REQUESTS
        assert sum(map(len, bodies)) <= KILOBYTES * 1024

    def test_every_control_shows_where_the_focus_is(self, site: str, context: BrowserContext) -> None:
        page = context.new_page()
        page.goto(f"{site}/directory")
        for _ in range(40):
            page.keyboard.press("Tab")
            assert page.evaluate(
                """() => [document.activeElement, document.activeElement.parentElement]
                     .some(element => getComputedStyle(element).outlineStyle !== "none")"""
            ), page.evaluate("document.activeElement.outerHTML")


@pytest.mark.browser
class TestWithoutScript:
    @pytest.fixture
    def page(self, open_context: OpenContext) -> Page:
        return open_context(390, javascript=False).new_page()

    def test_the_phones_menu_leads_to_all_pages_and_out(self, site: str, page: Page) -> None:
        page.goto(f"{site}/directory")
        page.get_by_role("button", name="More").click()
        menu = page.get_by_role("navigation", name="All pages")
        expect(menu.get_by_role("link", name="Imports")).to_be_visible()
        expect(page.locator("#menu").get_by_role("button", name="Sign out")).to_be_visible()

    def test_filters_open_and_are_sent(self, site: str, page: Page) -> None:
        page.goto(f"{site}/directory")
        page.get_by_text("Filters").click()
        page.get_by_label("Terraform").check()
        with page.expect_request(re.compile("/people")) as sent:
            page.get_by_role("button", name="Show results").click()
        assert "skill=Terraform" in sent.value.url

    def test_the_role_grid_shows_the_team_that_is_chosen(self, site: str, page: Page) -> None:
        page.goto(f"{site}/proposal")
        expect(page.get_by_role("link", name="Noor Lindqvist")).to_be_visible()
        page.get_by_text("Team B", exact=True).click()
        expect(page.get_by_role("link", name="Hanna García")).to_be_visible()
        expect(page.get_by_role("link", name="Noor Lindqvist")).to_be_hidden()

    def test_a_box_that_would_do_nothing_is_not_shown(self, site: str, page: Page) -> None:
        page.goto(f"{site}/wizard")
        expect(page.get_by_label("Take all changes")).to_be_hidden()

    def test_rows_are_added_by_the_server(self, site: str, page: Page) -> None:
        page.goto(f"{site}/form")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_role("button", name="Add role").click()
        assert "add=roles" in (sent.value.post_data or "")


@pytest.mark.browser
class TestBehaviours:
    @pytest.fixture
    def page(self, context: BrowserContext) -> Page:
        return context.new_page()

    def test_the_appearance_changes_at_once_and_is_remembered_for_the_server(self, site: str, page: Page) -> None:
        page.goto(f"{site}/directory")
        page.get_by_role("button", name="Appearance").click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_role("button", name="Appearance").click()
        page.get_by_role("button", name="System").click()
        page.reload()
        assert page.locator("html").get_attribute("data-theme") is None

    def test_a_slash_goes_to_the_search_and_a_question_mark_lists_the_keys(self, site: str, page: Page) -> None:
        page.goto(f"{site}/directory")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        search = page.get_by_role("searchbox", name="Search people and skills")
        expect(search).to_be_focused()
        page.keyboard.type("a/b?")
        expect(search).to_have_value("a/b?")

    def test_the_error_summary_takes_focus_and_leads_to_the_field(self, site: str, page: Page) -> None:
        page.goto(f"{site}/form")
        expect(page.get_by_role("alert")).to_be_focused()
        page.get_by_role("link", name="Seats must be 1 to 50.").click()
        seats = page.get_by_role("spinbutton", name="Seats")
        expect(seats).to_be_focused()
        expect(seats).to_have_accessible_description("Error: Seats must be 1 to 50.")

    def test_rows_are_added_with_names_of_their_own_and_removed(self, site: str, page: Page) -> None:
        page.goto(f"{site}/form")
        for _ in range(2):
            page.get_by_role("button", name="Add role").click()
        titles = page.get_by_role("textbox", name="Role")
        expect(titles).to_have_count(3)
        expect(titles.last).to_be_focused()
        names = titles.evaluate_all("inputs => inputs.map(input => input.name)")
        assert len(set(names)) == 3
        assert all(re.fullmatch(r"roles-\d+-title", name) for name in names)
        page.get_by_role("button", name="Remove row").first.click()
        expect(titles).to_have_count(2)
        expect(page.get_by_role("button", name="Add role")).to_be_focused()

    def test_one_box_ticks_all_and_shows_when_only_some_are_ticked(self, site: str, page: Page) -> None:
        page.goto(f"{site}/wizard")
        every = page.get_by_label("Take all changes")
        assert every.evaluate("box => box.indeterminate")
        every.check()
        boxes = page.locator("tbody input[type=checkbox]")
        assert boxes.evaluate_all("boxes => boxes.every(box => box.checked)")
        boxes.first.uncheck()
        assert every.evaluate("box => box.indeterminate")

    def test_the_chosen_file_is_named(self, site: str, page: Page) -> None:
        page.goto(f"{site}/wizard")
        page.get_by_label("Workbook").set_input_files(
            {"name": "skills.xlsx", "mimeType": "application/octet-stream", "buffer": b"x" * 1500}
        )
        expect(page.get_by_text("skills.xlsx (1.5 kB)")).to_be_visible()

    def test_a_busy_part_is_fetched_until_it_is_done(self, site: str, page: Page) -> None:
        page.goto(f"{site}/wizard")
        expect(page.get_by_text("All rows are read.")).to_be_visible()
        assert page.locator("#job").get_attribute("data-poll") is None

    def test_a_dialog_opens_over_the_page_and_closes(self, site: str, page: Page) -> None:
        page.goto(f"{site}/components")
        page.get_by_role("link", name="Remove role").click()
        dialog = page.get_by_role("dialog", name="Remove this role?")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()


class TestComponents:
    @pytest.mark.parametrize("family", sorted(path.name for path in UI.glob("*.html") if path.name != "index.html"))
    def test_every_component_says_above_itself_what_its_arguments_are(self, family: str) -> None:
        source = (UI / family).read_text(encoding="utf-8")
        comments = " ".join(re.findall(r"{#.*?#}", source, re.S))
        public = re.findall(r"{% macro ([a-z]\w*)\(", source)
        assert not [name for name in public if f"{name}(" not in comments]

    def test_every_component_stands_behind_the_one_door(self) -> None:
        door = (UI / "index.html").read_text(encoding="utf-8")
        frame = {"sidebar", "bottom_bar", "topbar", "keys_dialog"}  # base.html's own
        hidden = [
            name
            for path in UI.glob("*.html")
            for name in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text(encoding="utf-8"))
            if name not in frame and f"{{% set {name} = _{path.stem}.{name} %}}" not in door
        ]
        assert not hidden

    def test_every_icon_that_a_template_names_is_in_the_sprite(self) -> None:
        known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
        named = {
            icon
            for path in (ROOT / "templates").rglob("*.html")
            for icon in re.findall(r'\bicon(?:\(|=)"([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
        }
        assert named <= known


class TestVendoredFiles:
    @pytest.mark.parametrize("folder", [STATIC, Path(__file__).parent / "vendor"], ids=["static", "tests"])
    def test_each_is_the_one_that_was_recorded(self, folder: Path) -> None:
        record = (folder / "VENDORED.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", record, re.M)
        assert rows
        assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, _ in rows} == dict(rows)
