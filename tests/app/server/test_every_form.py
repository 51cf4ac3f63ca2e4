"""Every address that changes something wants the form token of the session that sends it; reading changes nothing."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.programs.bearer import takes_tokens
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.services.staffing.proposals import store_run, work_out
from models import Base
from tests.app.conftest import Browser
from tests.factories.imports import staged
from tests.factories.people import goal, person
from tests.factories.projects import NOBODY, STARTS_ON, stored

pytestmark = pytest.mark.one_database

SEEN = frozenset({"last_seen_at", "last_used_at"})
"""Columns that say when somebody was there, noted when a page is read."""


def paths(app: Flask, *methods: str) -> Iterator[tuple[str, str]]:
    """Method and path of every address for people; ids are 1."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint != "static" and not takes_tokens(app, rule.endpoint):
            path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: "1" if found[1] == "int" else "absent", rule.rule)
            for method in sorted((rule.methods or set()) & set(methods)):
                yield method, path


def form_token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/projects").get_data(as_text=True))
    assert found
    return found[1]


Sending = Callable[[str, str], Mapping[str, Any]]
"""From the session's own token and another's: what is sent."""

VARIANTS: dict[str, Sending] = {
    "missing": lambda _own, _other: {},
    "empty": lambda _own, _other: {"data": {"csrf_token": ""}},
    "garbage": lambda _own, _other: {"data": {"csrf_token": "\u202e garbage.é'\"\\"}},
    "cut": lambda own, _other: {"data": {"csrf_token": own[:-1]}},
    "of another session": lambda _own, other: {"data": {"csrf_token": other}},
    "in the address": lambda own, _other: {"query_string": {"csrf_token": own}},
    "in a body of JSON": lambda own, _other: {"json": {"csrf_token": own}},
    "in a body of text": lambda own, _other: {"data": f"csrf_token={own}", "content_type": "text/plain"},
}


class TestEveryForm:
    @pytest.mark.parametrize("variant", [*VARIANTS, "in a cookie"])
    def test_is_refused_when_its_token_is(
        self, app: Flask, admin: Browser, signed_in: Callable[..., Browser], variant: str
    ) -> None:
        own, other = form_token(admin.client), form_token(signed_in("admin", "other@example.org").client)
        sending = VARIANTS.get(variant, VARIANTS["missing"])
        if variant == "in a cookie":
            admin.client.set_cookie("csrf_token", own)
        answers = {
            f"{method} {path}": admin.client.open(path, method=method, **sending(own, other)).status_code
            for method, path in paths(app, "POST", "PUT", "PATCH", "DELETE")
        }
        assert len(answers) > 30
        assert {where: status for where, status in answers.items() if status != 400} == {}

    def test_is_not_sent_by_a_method_that_is_only_claimed(self, admin: Browser) -> None:
        claimed = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
        asked = {"_method": "POST", "csrf_token": form_token(admin.client), "name": ""}
        answer = admin.client.get("/projects/new", headers=claimed, query_string=asked)
        assert answer.status_code == 200
        assert "Give the project a name" not in answer.get_data(as_text=True)


class TestReading:
    @pytest.fixture
    def filled(self, engine: Engine) -> None:
        """Something with the id 1 of most kinds."""
        with writing_session(engine) as session:
            anna = person(session, "Anna Berg", skills={"SQL": 4, "Python": 3})
            goal(session, anna, "Kubernetes")
            staged(session, b"Name,SQL\nAnna Berg,5\n")
            session.commit()
        project_id = stored(engine)
        answer = work_out(engine, COMMAND_LINE_VIEWER, project_id, Choices(), STARTS_ON)
        with writing_session(engine) as session:
            store_run(session, NOBODY, answer)
            session.commit()

    @pytest.mark.usefixtures("filled")
    def test_changes_nothing(self, app: Flask, admin: Browser, engine: Engine) -> None:
        admin.get("/account")
        with Session(engine) as session:
            before = dump(session)
        answers: dict[str, int] = {}
        for method in ("GET", "HEAD"):
            for _, path in paths(app, "GET"):
                answer = admin.client.open(path, method=method)
                answers[f"{method} {path}"] = answer.status_code
                answer.close()
        with Session(engine) as session:
            after = dump(session)
        assert {where: status for where, status in answers.items() if status >= 500} == {}
        assert sum(status == 200 for status in answers.values()) > len(answers) * 0.7, answers
        assert {table for table in before if before[table] != after[table]} == set()


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without when somebody was last seen."""
    return {
        table.name: sorted(
            (tuple(row) for row in session.execute(select(*(column for column in table.c if column.name not in SEEN)))),
            key=repr,
        )
        for table in Base.metadata.sorted_tables
    }
