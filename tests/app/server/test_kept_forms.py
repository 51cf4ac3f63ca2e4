"""What was typed is not lost: the session ended, another tab signed in anew, or who it is has to be proved again."""

import importlib
import pkgutil
import re
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from wtforms import Form, PasswordField
from wtforms.fields.core import UnboundField

from app import forms
from app.exchange.kept_forms import NEVER_KEPT
from models import Project, SignInSession
from tests.app.conftest import Browser, check_html
from tests.factories.doors import EMAIL, PASSWORD, settle_in

pytestmark = pytest.mark.one_database

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {
    "name": 'Ledger "one" & <two>',
    "state": "planned",
    "priority": "3",
    "description": "First line\r\nsecond line",
    "password": "never kept",
    "starts_on": "2027-01-11",
}


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page shows no form"
    return found[1]


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.rpartition('<form class="form"')[2].partition("</form>")[0]
    tags = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {unescape(name): unescape(value) for name, value in tags}


@pytest.fixture
def anna(app: Flask, engine: Engine) -> Browser:
    settle_in(engine)
    browser = Browser(app.test_client())
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    return browser


@pytest.fixture
def token(anna: Browser) -> str:
    """Of a form that Anna has open."""
    return token_in(anna.get("/projects/new"))


def send(browser: Browser, token: str, headers: dict[str, str] | None = None, path: str = "/projects/new") -> str:
    data = {"csrf_token": token, **TYPED}
    answer = browser.client.post(path, data=data, headers=OURS if headers is None else headers)
    page = answer.get_data(as_text=True)
    check_html(page)
    return f"{answer.status_code} {page}"


def end_all(session: Session) -> None:
    for opened in session.scalars(select(SignInSession)):
        opened.ended_at = opened.created_at
    session.commit()


class TestAFormSentAfterTheSessionEnded:
    def test_is_kept_until_its_sender_has_signed_in_and_sent_it_again(
        self, anna: Browser, token: str, session: Session
    ) -> None:
        end_all(session)
        page = send(anna, token)
        assert page.startswith("401")
        assert "nothing that you typed is lost" in page
        assert 'target="_blank"' in page
        kept = fields_of(page)
        assert {name: kept.get(name) for name in TYPED} == TYPED | {"password": None}
        assert "never kept" not in page
        # In a new tab:
        anna.post("/sign-in", email=EMAIL, password=PASSWORD)
        # Back in the first one: the token is of the session before, so once more, with a fresh one.
        again = anna.client.post("/projects/new", data=kept, headers=OURS)
        assert again.status_code == 400
        kept = fields_of(again.get_data(as_text=True))
        assert kept["name"] == TYPED["name"]
        saved = anna.client.post("/projects/new", data=kept, headers=OURS)
        assert saved.status_code == 303, saved.get_data(as_text=True)[-3000:]
        assert session.scalars(select(Project.name)).one() == TYPED["name"]

    def test_and_after_the_browser_forgot_its_cookies_is_kept_too(self, anna: Browser, app: Flask, token: str) -> None:
        page = send(Browser(app.test_client()), token)
        assert page.startswith("401")
        assert fields_of(page)["name"] == TYPED["name"]


class TestAFormOfAnotherTab:
    def test_is_kept_with_a_fresh_token_and_one_button(self, anna: Browser, token: str, session: Session) -> None:
        anna.post("/sign-out", page="/account")
        anna.post("/sign-in", email=EMAIL, password=PASSWORD)
        page = send(anna, token)
        assert page.startswith("400")
        assert "perhaps in another tab" in page
        kept = fields_of(page)
        assert kept["csrf_token"] != token
        assert anna.client.post("/projects/new", data=kept, headers=OURS).status_code == 303

    def test_happens_once_however_often_and_wherever_it_is_sent_again(
        self, anna: Browser, token: str, session: Session
    ) -> None:
        typed = {"csrf_token": token, "once": "a key of its own", **TYPED}
        end_all(session)
        first, second = (
            fields_of(anna.client.post("/projects/new", data=typed, headers=OURS).get_data(as_text=True))
            for _tab in range(2)
        )
        anna.post("/sign-in", email=EMAIL, password=PASSWORD)
        answers = []
        for kept in (first, second, first):
            again = anna.client.post("/projects/new", data=kept, headers=OURS)
            assert again.status_code == 400, "its token is of the session before"
            fresh = fields_of(again.get_data(as_text=True))
            assert fresh["once"] == "a key of its own"
            answers += [anna.client.post("/projects/new", data=fresh, headers=OURS) for _click in range(2)]
        assert [answer.status_code for answer in answers] == [303] * 6
        assert len({answer.location for answer in answers}) == 1
        assert session.scalars(select(Project.name)).all() == [TYPED["name"]]

    def test_that_was_taken_before_is_not_taken_again(self, anna: Browser, token: str, session: Session) -> None:
        """As by going back after signing in anew."""
        typed = {"csrf_token": token, "once": "a key of its own"} | TYPED
        del typed["password"]
        taken = anna.client.post("/projects/new", data=typed, headers=OURS)
        anna.post("/sign-out", page="/account")
        anna.post("/sign-in", email=EMAIL, password=PASSWORD)
        page = anna.client.post("/projects/new", data=typed, headers=OURS).get_data(as_text=True)
        again = anna.client.post("/projects/new", data=fields_of(page), headers=OURS)
        assert (taken.status_code, again.status_code, again.location) == (303, 303, taken.location)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.example"},
            {"Referer": "http://localhost/projects/new"},
        ],
    )
    def test_is_offered_again_only_when_our_own_page_sent_it(
        self, anna: Browser, token: str, headers: dict[str, str], session: Session
    ) -> None:
        page = send(anna, "of another session", headers)
        assert page.startswith("400")
        assert "Send again" not in page
        assert "Ledger" not in page

    def test_is_offered_to_older_browsers_that_name_their_origin(self, anna: Browser, token: str) -> None:
        assert "Send again" in send(anna, "of another session", {"Origin": "http://localhost"})

    def test_comes_back_with_every_value_of_a_name_and_without_files(self, anna: Browser) -> None:
        data = {"csrf_token": "old", "tick": ["1", "2"], "sheet": (BytesIO(b"x"), "sheet.csv")}
        page = anna.client.post("/imports?x=1", data=data, headers=OURS).get_data(as_text=True)
        assert re.findall(r'name="tick" value="(\d)"', page) == ["1", "2"]
        assert "Files cannot be kept" in page
        assert 'action="/imports?x=1"' in page
        assert "sheet.csv" not in page

    def test_of_a_sign_in_keeps_the_address_and_no_password(self, visitor: Browser) -> None:
        data = {"csrf_token": "old", "email": EMAIL, "password": PASSWORD, "code": "123456"}
        page = visitor.client.post("/sign-in", data=data, headers=OURS).get_data(as_text=True)
        assert fields_of(page)["email"] == EMAIL
        assert PASSWORD not in page
        assert "123456" not in page
        assert "type them once more" in page

    def test_tells_what_was_typed_and_not_what_the_page_wrote(self, anna: Browser) -> None:
        data = {"csrf_token": "old", "allocation": "73-1-held", "version": "4", "reason": "Ill since May"}
        page = anna.client.post("/decisions/1/release", data=data, headers=OURS).get_data(as_text=True)
        assert fields_of(page)["allocation"] == "73-1-held"
        assert "<dd>Ill since May</dd>" in page
        assert "<dd>73-1-held</dd>" not in page
        assert "<dd>4</dd>" not in page

    def test_that_is_no_form_is_offered_nothing(self, anna: Browser) -> None:
        answer = anna.client.post("/projects/new", json={"name": "x"}, headers=OURS)
        assert answer.status_code == 400
        assert "Send again" not in answer.get_data(as_text=True)

    def test_keeps_nothing_that_any_form_of_ours_takes_for_a_secret(self) -> None:
        secrets = set()
        for module in pkgutil.walk_packages(forms.__path__, "app.forms."):
            for form in vars(importlib.import_module(module.name)).values():
                if isinstance(form, type) and issubclass(form, Form):
                    fields = [(name, getattr(form, name)) for name in dir(form)]
                    secrets |= {
                        name
                        for name, field in fields
                        if isinstance(field, UnboundField)
                        and (issubclass(field.field_class, PasswordField) or "one-time-code" in str(field.kwargs))
                    }
        assert {"password", "current", "code"} <= secrets
        assert not [name for name in secrets if not NEVER_KEPT.search(name)]

    def test_to_change_the_password_shows_neither_password(self, anna: Browser) -> None:
        typed = {"csrf_token": "too old", "current": "the password of today", "password": "the one of tomorrow"}
        page = anna.client.post("/account/password", data=typed, headers=OURS).get_data(as_text=True)
        assert "the password of today" not in page
        assert "the one of tomorrow" not in page
