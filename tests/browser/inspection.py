"""What every page is held to in a real browser: silence on the console, no axe violation, no sideways scroll, nothing
that leads a keyboard astray."""

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SPRITE = Path(__file__).parents[2] / "app" / "static" / "icons.svg"


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


def bring_axe(context: BrowserContext) -> None:
    """Let every page that the context opens from now on have axe: sent once, where each look would send it anew."""
    context.add_init_script(path=AXE)


@cache
def _icons() -> list[str]:
    return re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8"))


def faults(page: Page, *, axe: bool = True) -> list[str]:
    """One line for each thing that is wrong with the page as it stands, all found in one call:

    how many CSS pixels it is wider than its window; what would lead a keyboard astray (a first stop that neither is
    content nor skips to it, an order of its own, a control that Tab cannot reach); pictures that the sprite does not
    have, which would draw as nothing; and with `axe` each violation of WCAG 2.2 A and AA and of good practice: rule,
    element, reason. axe is a script too, and waits for timers that never come where scripts are off.
    """
    found: list[str] = page.evaluate(_LOOK, {"axe": axe, "icons": _icons()})
    return found


_LOOK = """({ axe: wanted, icons }) => {
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const stops = [...document.querySelectorAll(controls)].filter(element => element.checkVisibility());
  const told = (element) => element.outerHTML.slice(0, 120);
  const skips = !stops.length || stops[0].matches("[href='#main'], main *");
  const drawn = [...document.querySelectorAll("svg use")].map(use => use.href.baseVal);
  const known = (picture) => /^[/]static[/]icons[.]svg([?].*)?#/.test(picture) && icons.includes(picture.split("#")[1]);
  const found = [
    ...(over ? [`${over} px too wide`] : []),
    ...(skips ? [] : ["the first stop is " + told(stops[0])]),
    ...stops.filter(element => element.tabIndex > 0).map(element => "out of order: " + told(element)),
    ...stops
      .filter(element => element.tabIndex < 0 && element.matches("a, button, input, select, textarea, summary"))
      .map(element => "out of reach: " + told(element)),
    ...drawn.filter(picture => !known(picture)).map(picture => "no such picture: " + picture),
  ];
  if (!wanted) return found;
  return axe.run({ resultTypes: ["violations"] }).then(({ violations }) => [
    ...found,
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.at(-1)}: ${failureSummary}`)),
  ]);
}"""


def sideways_scroll(page: Page) -> int:
    """By how many CSS pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
