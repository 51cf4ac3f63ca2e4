"""Export pages: who may take what out, and that the file is the one asked for."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import writing_session
from app.services.exports import ENDINGS, KINDS
from models import AuditEntry
from tests.app.conftest import Browser
from tests.factories import people as factory
from tests.factories import projects

pytestmark = pytest.mark.one_database


@pytest.fixture
def churn(engine: Engine) -> int:
    with writing_session(engine) as session:
        factory.person(session, "=Anna+Berg", skills={"Python": 3})
        session.commit()
    return projects.stored(engine, "Churn")


def download(browser: Browser, path: str, **fields: object) -> TestResponse:
    """Press a button of the page of exports; what comes is a file, not text."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/exports"))
    assert token
    response = browser.client.post(path, data={"csrf_token": token[1], **fields})
    assert response.status_code == 200
    return response


class TestDownloads:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_are_files_that_the_browser_saves(self, manager: Browser, churn: int, kind: str, ending: str) -> None:
        response = download(manager, f"/exports/{kind}", ending=ending)
        assert response.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''muster-{kind}{ending}"
        assert response.headers["Cache-Control"] == "no-store"
        if ending == ".xlsx":
            book = openpyxl.load_workbook(io.BytesIO(response.data))
            assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        else:
            assert response.data.startswith(b"\xef\xbb\xbf")

    def test_of_one_project_holds_that_one(self, manager: Browser, engine: Engine, churn: int) -> None:
        projects.stored(engine, "Other work")
        assert "Churn" in manager.get(f"/exports?project={churn}")
        response = download(manager, "/exports/project", ending=".csv", project=churn)
        assert "Churn" in response.text
        assert "Other work" not in response.text

    def test_stand_in_the_audit_trail(self, manager: Browser, engine: Engine, churn: int) -> None:
        download(manager, "/exports/people", ending=".xlsx")
        with Session(engine) as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
            assert (entry.actor, entry.after) == (f"account {entry.account_id}", {"kind": "people", "rows": 1})

    @pytest.mark.parametrize(
        ("kind", "fields", "sentence"),
        [
            ("salaries", {"ending": ".csv"}, "cannot be exported. Use one of"),
            ("people", {"ending": ".pdf"}, "must end in .xlsx or .csv"),
            ("people", {}, "must end in .xlsx or .csv"),
            ("people", {"ending": ".csv", "project": "1"}, "Only the kind project takes a project"),
        ],
    )
    def test_that_make_no_sense_are_refused_in_one_sentence(
        self, manager: Browser, kind: str, fields: dict[str, str], sentence: str
    ) -> None:
        assert sentence in manager.post(f"/exports/{kind}", 422, page="/exports", **fields).text


class TestWays:
    def test_lead_from_the_directory_and_the_project_for_managers_only(
        self, manager: Browser, practitioner: Browser, churn: int
    ) -> None:
        for page, link in (("/people", "/exports"), (f"/projects/{churn}", f"/exports?project={churn}")):
            assert f'href="{link}"' in manager.get(page)
            assert "/exports" not in practitioner.get(page)

    def test_lead_from_the_imports(self, admin: Browser) -> None:
        assert 'href="/exports"' in admin.get("/imports")
