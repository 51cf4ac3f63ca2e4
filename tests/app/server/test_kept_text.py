"""Text that is typed: kept in one form, and without characters that nobody can see."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from wtforms import EmailField, HiddenField, PasswordField, SearchField, StringField, TextAreaField
from wtforms.form import BaseForm, Form

import app.forms
from app.forms.accounts.entering import SignInForm
from app.forms.kept_text import KeptText, kept_text
from app.forms.people import read_text
from models import Project
from tests.app.conftest import Browser
from tests.factories.programs import Program
from tests.factories.projects import stored

pytestmark = pytest.mark.one_database

WHOLE, PARTS = "Café", "Cafe\u0301"
STEERING = (
    *("\x01", "\x08", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066"),
    *("\ud800", "\ufffe", "\ufdd0"),
)
HARMLESS = ("\u200c", "\u200d", "\u200e", "\u00a0", "\u00ad", "😀", "𒀀")
SENTENCE = "Take out character 4: it is a control character (U+0008)."


def forms() -> Iterator[type[BaseForm]]:
    for module in pkgutil.walk_packages(app.forms.__path__, "app.forms."):
        for known in vars(importlib.import_module(module.name)).values():
            if isinstance(known, type) and issubclass(known, Form) and known.__module__.startswith("app.forms"):
                yield known


class TestKeptText:
    def test_is_composed(self) -> None:
        assert WHOLE != PARTS
        assert kept_text(PARTS) == kept_text(PARTS, lines=True) == read_text(PARTS) == WHOLE

    @pytest.mark.parametrize("letter", STEERING)
    def test_has_no_character_that_steers(self, letter: str) -> None:
        for lines in (False, True):
            with pytest.raises(ValueError, match=r"^Take out character 2: .* \(U\+[0-9A-F]{4}\)\.$"):
                kept_text(f"a{letter}b", lines=lines)

    @pytest.mark.parametrize("letter", HARMLESS)
    def test_has_the_marks_that_scripts_and_pictures_need(self, letter: str) -> None:
        assert kept_text(f"a{letter}b") == f"a{letter}b"

    def test_has_line_breaks_and_tabs_where_it_has_lines(self) -> None:
        assert kept_text("One\r\n\ttwo\n", lines=True) == "One\r\n\ttwo\n"
        assert kept_text("\t One \r\n") == "One"
        for inside in "\t\r\n":
            with pytest.raises(ValueError, match="Take out character 4"):
                kept_text(f"One{inside}two")


class TestEveryFormOfAPage:
    def test_has_no_field_of_text_without_the_rule(self) -> None:
        free = (StringField, TextAreaField, EmailField, SearchField)
        found = {
            (form.__name__, name): field.field_class
            for form in forms()
            for name in dir(form)
            if hasattr(field := getattr(form, name), "field_class") and issubclass(field.field_class, free)
        }
        taken_as_they_are = (PasswordField, HiddenField)
        typed = {place: kind for place, kind in found.items() if not issubclass(kind, taken_as_they_are)}
        assert len(typed) > 20
        assert {place for place, kind in typed.items() if not issubclass(kind, KeptText)} == set()


class TestAProject:
    @pytest.mark.parametrize("name", [WHOLE, PARTS])
    def test_is_named_in_one_form_by_pages_and_programs(
        self, engine: Engine, manager: Browser, program: Callable[..., Program], name: str
    ) -> None:
        fields = {"state": "planned", "priority": 3, "description": f"{name}\r\n\tsoon"}
        manager.post("/projects/new", name=name, **fields)
        with Session(engine) as session:
            made = session.query(Project).filter_by(name=WHOLE).one()
            assert made.description == f"{WHOLE}\r\n\tsoon"
        asking, path = program("manager"), f"/api/v1/projects/{made.id}"
        etag = asking.ask("GET", path).headers["ETag"]
        answer = asking.ask("PATCH", path, json={"client": name}, headers={"If-Match": etag})
        assert asking.read(answer, 200)["client"] == WHOLE

    @pytest.mark.parametrize("field", ["name", "client", "domain", "description"])
    def test_takes_no_control_character_and_loses_nothing_typed(
        self, engine: Engine, manager: Browser, program: Callable[..., Program], field: str
    ) -> None:
        fields = {"name": "Kept", "client": "Kept", "state": "planned", "priority": 3, "description": "Kept"}
        token = manager.get("/projects/new").split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        sent = fields | {field: "Acm\x08e", "csrf_token": token}
        page = manager.client.post("/projects/new", data=sent)
        assert page.status_code == 422
        shown = unescape(page.get_data(as_text=True))
        assert shown.count(SENTENCE) >= 1
        assert "Kept" in shown
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine)}"
        etag = asking.ask("GET", path).headers["ETag"]
        refused = asking.read(asking.ask("PATCH", path, json={field: "Acm\x08e"}, headers={"If-Match": etag}), 422)
        assert [one["detail"] for one in refused["errors"]] == [SENTENCE]


class TestAPassword:
    def test_is_taken_as_it_is_typed(self, app: Flask) -> None:
        for typed in (WHOLE, PARTS, "a\tb"):
            with app.test_request_context(method="POST", data={"password": typed}):
                assert SignInForm().password.data == typed
