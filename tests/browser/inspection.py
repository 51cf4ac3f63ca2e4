"""What every page is held to in a real browser: silence on the console, no axe violation, no sideways scroll."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Complaints(list[str]):
    """Everything the page's console, scripts and requests complained about since this began to listen.

    Chromium writes each violation of the content security policy to the console as an error.
    """

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("console", lambda message: self.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", self._note_failure)

    def _note_failure(self, request: Request) -> None:
        # The browser itself gives a request up, when its page is left or a script does not follow a redirect.
        if request.failure != "net::ERR_ABORTED":
            self.append(f"{request.url}: {request.failure}")


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def accessibility_violations(page: Page) -> list[str]:
    """One line for each violation that axe finds, of WCAG 2.2 A and AA and of good practice: rule, element, reason."""
    page.evaluate(_axe())
    violations: list[dict[str, Any]] = page.evaluate(
        "() => axe.run({ resultTypes: ['violations'] }).then(result => result.violations)"
    )
    return [
        f"{violation['id']}: {node['target'][-1]}: {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def sideways_scroll(page: Page) -> int:
    """By how many CSS pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def missing_icons(page: Page) -> list[str]:
    """The pictures that the page refers to and the sprite does not have; they would draw as nothing, silently."""
    names: list[str] = page.evaluate(
        """async () => {
          const uses = [...document.querySelectorAll("svg use")].map(use => use.href.baseVal.split("#"));
          if (!uses.length) return [];
          const sprite = await fetch(uses[0][0]).then(answer => answer.text());
          return uses.map(([, name]) => name).filter(name => !sprite.includes(`<symbol id="${name}"`));
        }"""
    )
    return names


def keyboard_faults(page: Page) -> list[str]:
    """What would lead a keyboard astray: a first stop that neither is content nor skips to it, an order of its own, a
    control that Tab cannot reach."""
    faults: list[str] = page.evaluate(
        """() => {
          const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
          const stops = [...document.querySelectorAll(controls)].filter(element => element.checkVisibility());
          const told = (element) => element.outerHTML.slice(0, 120);
          const skips = !stops.length || stops[0].matches("[href='#main'], main *");
          return [
            ...(skips ? [] : ["the first stop is " + told(stops[0])]),
            ...stops.filter(element => element.tabIndex > 0).map(element => "out of order: " + told(element)),
            ...stops
              .filter(element => element.tabIndex < 0 && element.matches("a, button, input, select, textarea, summary"))
              .map(element => "out of reach: " + told(element)),
          ];
        }"""
    )
    return faults
