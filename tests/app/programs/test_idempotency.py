"""The same request eight times at once: it happens once, and all get the same answer."""

import io
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import DomainError
from app.exchange.idempotency import digest, first_answer, keep_answer
from models import Account, AccountRole, ImportBatch, Project, Role, StaffingRun
from tests.app.conftest import Browser
from tests.app.staffing.test_proposals import CHOICES
from tests.factories.people import person
from tests.factories.staffing import project_to_staff, role

TIMES = 8


def send_at_once(app: Flask, browser: Browser, page: str, fields: Mapping[str, Any]) -> set[tuple[int, str | None]]:
    """The form that `page` shows, sent by as many threads in the same moment; the different answers."""
    shown = browser.get(page)
    hidden = dict(re.findall(r'name="(csrf_token|once)"[^>]*value="([^"]+)"', shown))
    assert set(hidden) == {"csrf_token", "once"}
    cookies = browser.client.get_cookie("muster")
    assert cookies is not None
    together = Barrier(TIMES)

    def send(_number: int) -> tuple[int, str | None]:
        client = app.test_client()
        client.set_cookie("muster", cookies.value)
        # A file is read once, so each sending brings its own.
        data = hidden | {name: value() if callable(value) else value for name, value in fields.items()}
        together.wait()
        answer = client.post(page, data=data, content_type="multipart/form-data")
        return answer.status_code, answer.location

    with ThreadPoolExecutor(TIMES) as threads:
        return set(threads.map(send, range(TIMES)))


@pytest.fixture
def project(session: Session) -> Project:
    project = project_to_staff(session)
    role(session, project, "Engineer", {"Python": 3})
    person(session, "Anna", skills={"Python": 4})
    session.commit()
    return project


class TestAFormSentEightTimesAtOnce:
    def count(self, engine: Engine, kind: type[Project | Role | StaffingRun | ImportBatch]) -> int:
        with Session(engine) as session:
            return session.scalar(select(func.count()).select_from(kind)) or 0

    def test_makes_one_project(self, app: Flask, engine: Engine, manager: Browser) -> None:
        before = self.count(engine, Project)
        answers = send_at_once(app, manager, "/projects/new", {"name": "Twice", "state": "planned", "priority": "3"})
        (answer,) = answers
        assert answer[0] == 303
        assert self.count(engine, Project) == before + 1

    def test_makes_one_role(self, app: Flask, engine: Engine, manager: Browser, project: Project) -> None:
        fields = {"name": "Tester", "headcount": "1", "fte": "1"}
        answers = send_at_once(app, manager, f"/projects/{project.id}/roles/new", fields)
        assert answers == {(303, f"/projects/{project.id}")}
        assert self.count(engine, Role) == 2

    def test_proposes_once(self, app: Flask, engine: Engine, manager: Browser, project: Project) -> None:
        (answer,) = send_at_once(app, manager, f"/projects/{project.id}/proposals", CHOICES)
        assert answer[0] == 303
        assert self.count(engine, StaffingRun) == 1

    def test_receives_one_file(self, app: Flask, engine: Engine, admin: Browser) -> None:
        sheet = {"workbook": lambda: (io.BytesIO(b"Name,Python\nAnna Berg,3\n"), "skills.csv")}
        (answer,) = send_at_once(app, admin, "/imports", sheet)
        assert answer[0] == 303
        assert self.count(engine, ImportBatch) == 1


class TestAFormSentAgain:
    def test_with_other_words_is_another_one(self, engine: Engine, manager: Browser) -> None:
        shown = manager.get("/projects/new")
        own = re.findall(r'name="once" value="([^"]+)"', shown)[0]
        fields = {"state": "planned", "priority": "3", "once": own}
        first = manager.post("/projects/new", name="First", **fields).location
        again = manager.post("/projects/new", name="First", **fields).location
        other = manager.post("/projects/new", name="Second", **fields).location
        assert first == again != other

    def test_after_it_was_refused_is_looked_at_again(self, manager: Browser) -> None:
        own = {"once": "a-key-of-this-form", "state": "planned", "priority": "3"}
        manager.post("/projects/new", 422, name="", **own)
        assert manager.post("/projects/new", name="Named", **own).location

    def test_by_somebody_else_is_theirs(self, signed_in: Callable[..., Browser]) -> None:
        own = {"once": "a-key-of-this-form", "name": "The one", "state": "planned", "priority": "3"}
        signed_in("manager").post("/projects/new", **own)
        page = signed_in("admin").post("/projects/new", 422, **own).get_data(as_text=True)
        assert "A project with this name already exists" in page

    @pytest.mark.parametrize("key", ["", "x" * 201])
    def test_without_a_key_that_can_be_one_is_as_before(self, manager: Browser, key: str) -> None:
        assert manager.post("/projects/new", name="Plain", state="planned", priority="3", once=key).location


class TestKeysOfTheApi:
    @pytest.fixture
    def account_id(self, engine: Engine) -> int:
        with writing_session(engine) as session:
            account = Account(email="a@example.org", name="A", role=AccountRole.MANAGER)
            session.add(account)
            session.commit()
            return account.id

    def test_give_the_same_answer(self, engine: Engine, account_id: int) -> None:
        asked = digest("POST", "/api/v1/projects", b"{}")
        with writing_session(engine) as session:
            assert first_answer(session, account_id, "k", asked) is None
            keep_answer(session, account_id, "k", asked, status=201, body='{"id": 1}', media_type="application/json")
            session.commit()
        with writing_session(engine) as session:
            found = first_answer(session, account_id, "k", asked)
            assert found is not None
            assert (found.status, found.body, found.media_type) == (201, '{"id": 1}', "application/json")
            with pytest.raises(DomainError, match="came with another request"):
                first_answer(session, account_id, "k", digest("POST", "/api/v1/projects", b"[]"))
