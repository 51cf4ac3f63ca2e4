"""Every page there is, and what answers forms, in a real browser: wide and narrow, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pyotp import TOTP
from werkzeug.test import TestResponse

from app.config import SingleSignOn
from tests.browser.conftest import OpenContext
from tests.browser.house import House, furnish
from tests.browser.inspection import Complaints, faults
from tests.browser.organisation import served

pytestmark = pytest.mark.browser
PROVIDER = SingleSignOn("http://127.0.0.1:9", "muster", "a secret", "Example login")
LOOKS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((1440, 1000, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def house(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(sample, tmp_path_factory.mktemp("house"), PROVIDER) as organisation:
        yield furnish(organisation)


class Looks:
    """Looks at page after page in one window: wide and light, and narrow and dark."""

    def __init__(self, page: Page) -> None:
        self.page, self.complaints = page, Complaints(page)
        self.looks = list(LOOKS)
        self._as(self.looks[0])

    def _as(self, look: tuple[int, int, Literal["light", "dark"]]) -> None:
        width, height, scheme = look
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def faults(self, *, dark: bool = True) -> Iterator[str]:
        """What is wrong with the page that is shown. Without `dark` axe, which takes most of the time, looks at the
        wide and light one alone. The window stays as it was last, and the next page begins with that."""
        first, second = self.looks
        for look in (first, second):
            if look is second:
                self._as(look)
            axe = dark or look[2] == "light"
            yield from (f"{look[0]} {look[2]}: {fault}" for fault in faults(self.page, axe=axe))
        self.looks.reverse()
        # The console notes every answer of 400 and more, which is what was to be seen.
        yield from (line for line in self.complaints if "Failed to load resource" not in line)
        self.complaints.clear()


class TestEveryPage:
    def test_is_accessible_silent_and_no_wider_than_its_window(self, house: House, open_context: OpenContext) -> None:
        context = open_context()
        page, address = context.new_page(), house.organisation.address
        looks, found, seen = Looks(page), {}, 0
        somebody: str | None = "nobody yet"
        for who, path in house.pages():
            if who != somebody:
                house.enter(context, who)
                somebody = who
            page.goto(address + path)
            seen += 1
            if wrong := list(looks.faults(dark=seen % 6 == 0)):
                found[f"{who} {path}"] = wrong
        assert seen > 100
        assert found == {}

    def test_so_is_what_answers_a_form(self, house: House, open_context: OpenContext) -> None:
        page, found = open_context().new_page(), {}
        looks = Looks(page)
        answers = dict(answered(house))
        for what, answer in answers.items():
            house.organisation.show(page, f"/{what.replace(' ', '-')}", answer)
            if wrong := list(looks.faults()):
                found[what] = wrong
        assert {what: answer.status_code for what, answer in answers.items()} == {what: STATUS[what] for what in STATUS}
        assert found == {}


STATUS = {
    "token made": 200,
    "token refused": 422,
    "codes": 200,
    "codes refused": 422,
    "invited": 200,
    "invitation refused": 422,
    "confirm with a form": 200,
    "signed out in the middle": 401,
    "signed in anew": 400,
    "wrong password": 422,
    "wrong code": 422,
    "link asked for": 200,
    "weak password": 422,
    "decision checked": 200,
    "step refused": 422,
    "step taken": 409,
    "policy refused": 422,
    "gone": 409,
}


def token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert found, page
    return found[1]


def answered(house: House) -> Iterator[tuple[str, TestResponse]]:
    numbers = house.numbers

    def sent(who: str | None, path: str, page: str | None = None, **fields: object) -> TestResponse:
        client = house.client(who)
        return client.post(path, data={"csrf_token": token(client, page or path), **fields})

    fitting = {"name": "Report", "scopes": "read:directory", "expires_on": "2027-02-01"}
    yield "token made", sent("manager", "/account/tokens/new", **fitting)
    yield "token refused", sent("manager", "/account/tokens/new")
    yield from second_factor(house)
    yield "invited", sent("admin", "/admin/accounts/new", email="eva@example.org", role="manager", reach="organisation")
    yield "invitation refused", sent("admin", "/admin/accounts/new")
    yield "confirm with a form", sent("admin", "/account/confirm/form?next=/projects/new", "/account", name="Typed")
    yield from outlived(house)
    yield "wrong password", sent(None, "/sign-in", email="nobody@example.org", password="wrong horse")
    yield "wrong code", sent("second step", "/sign-in/second-step", code="000000")
    yield "link asked for", sent(None, "/forgot-password", "/sign-in", email="nobody@example.org")
    yield "weak password", sent(None, f"/welcome/{house.links['welcome']}", password="password1234")
    decision = f"/decisions/{numbers['decision_id']}"
    yield "decision checked", sent("manager", f"{decision}/check", decision)
    held = f"/allocations/{numbers['held']}"
    yield "step refused", sent("manager", f"{held}/release", held, allocation=f"{numbers['held']}-1-held")
    yield "step taken", sent("manager", f"{held}/confirm", held, allocation=f"{numbers['held']}-9-held")
    yield "policy refused", sent("admin", "/admin/policy")
    yield "gone", sent("admin", f"/people/{numbers['erased']}/erase", "/account", reason="Again")


def second_factor(house: House) -> Iterator[tuple[str, TestResponse]]:
    client, path = house.client("viewer"), "/account/second-factor/set-up"
    seed = re.search(
        r"[?&]secret=([A-Z2-7]+)|((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", client.get(path).get_data(as_text=True)
    )
    assert seed
    filled = {"csrf_token": token(client, path)}
    yield "codes refused", client.post(path, data={**filled, "code": "000"})
    yield "codes", client.post(path, data={**filled, "code": TOTP((seed[1] or seed[2]).replace(" ", "")).now()})


def outlived(house: House) -> Iterator[tuple[str, TestResponse]]:
    """A form whose session ended meanwhile, and one of the session before."""
    for what, who in (("signed out in the middle", None), ("signed in anew", "manager")):
        fields = {"name": "Typed for an hour", "description": "First line\nsecond line " + "and more " * 40}
        headers = {"Sec-Fetch-Site": "same-origin"}
        yield what, house.client(who).post("/projects/new", data=fields, headers=headers)
