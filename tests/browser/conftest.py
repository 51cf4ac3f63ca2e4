"""Chromium for every browser test: one browser a session, one context a test, and what a page must never do."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.inspection import bring_axe
from tests.browser.organisation import Organisation, loaded, served
from tests.browser.visits import PHONE, Visit
from tests.requirements import missing

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OpenContext = Callable[..., BrowserContext]


def _chromium(playwright: Playwright) -> str:
    """The Chromium of this machine, or the one that playwright installed."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or playwright.chromium.executable_path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = _chromium(playwright)
        if shutil.which(executable) is None:
            missing("Chromium was not found: install the package chromium, or run `playwright install chromium`.")
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[OpenContext]:
    """Opens contexts of a width in CSS pixels and a colour scheme; they close with the test."""
    contexts: list[BrowserContext] = []

    def open_one(
        width: int = 1440, scheme: Literal["light", "dark"] = "light", *, javascript: bool = True, axe: bool = True
    ) -> BrowserContext:
        phone = width < 600
        context = browser.new_context(
            viewport={"width": width, "height": 844 if phone else 1000},
            color_scheme=scheme,
            java_script_enabled=javascript,
            is_mobile=phone,
            has_touch=phone,
            device_scale_factor=2 if phone else 1,
            # Or colours would be looked at half way from one to the other.
            reduced_motion="reduce",
        )
        if javascript and axe:
            bring_axe(context)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def context(open_context: OpenContext) -> BrowserContext:
    return open_context()


@pytest.fixture(scope="session")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample organisation; who changes it takes a copy."""
    return loaded(sqlite_template, tmp_path_factory.mktemp("sample") / "muster.sqlite3")


@pytest.fixture(scope="session")
def organisation(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    """One for all journeys: each brings people of its own, and takes back what it did to the others."""
    with served(sample, tmp_path_factory.mktemp("organisation")) as organisation:
        yield organisation


@pytest.fixture
def visit(open_context: OpenContext, organisation: Organisation, width: int, scheme: str, javascript: bool) -> Visit:
    context = open_context(width, scheme, javascript=javascript)
    return Visit(context, organisation, narrow=width == PHONE, scripted=javascript)
