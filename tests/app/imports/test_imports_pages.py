"""Importing in the browser: upload, questions, preview, apply; only for administrators."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.db import writing_session
from models import BatchState, ImportBatch, Practitioner, Rating
from tests.app.conftest import Browser, digest
from tests.factories.imports import ANNA, TOM, sheet, staged
from tests.factories.people import person, rating

pytestmark = pytest.mark.one_database

MARKS = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))
Stage = Callable[[bytes], int]


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """A staged batch's id, without a browser and a child process."""

    def stage(content: bytes) -> int:
        with writing_session(engine) as session:
            batch = staged(session, content)
            session.commit()
            return batch.id

    return stage


def upload(browser: Browser, content: bytes, name: str = "skills.csv", status: int = 303) -> str:
    """Where the upload led, or the page that refused it."""
    response = browser.post("/imports", status, workbook=(io.BytesIO(content), name))
    return response.headers["Location"] if status == 303 else response.get_data(as_text=True)


def count(engine: Engine, kind: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


class TestAccess:
    @pytest.mark.parametrize("role", ["manager", "practitioner"])
    def test_is_for_administrators_only(self, signed_in: Callable[..., Browser], role: str, stage: Stage) -> None:
        browser, batch = signed_in(role), stage(sheet(ANNA))
        for path in ("/imports", f"/imports/{batch}"):
            browser.get(path, 403)
        for step in ("understood", "questions", "skills", "preview", "problems", "missing"):
            browser.get(f"/imports/{batch}/{step}", 403)
        for path in ("apply", "read", "questions", "skills", "understood", "discard"):
            browser.post(f"/imports/{batch}/{path}", 403, page="/")

    def test_a_visitor_is_sent_to_sign_in(self, visitor: Browser) -> None:
        assert visitor.client.get("/imports").status_code == 303


class TestUploading:
    def test_leads_to_a_preview_and_changes_nothing(self, admin: Browser, engine: Engine) -> None:
        page = admin.get(upload(admin, sheet(ANNA, TOM)))
        assert "2 people, 3 ratings found" in page
        assert "Apply 5 changes" in page
        assert "Ready to apply" in page
        assert count(engine, Practitioner) == 0

    def test_shows_the_form_again_for_a_wrong_file(self, admin: Browser, engine: Engine) -> None:
        page = upload(admin, b"\x89PNG\r\n\x1a\n" + bytes(300), "skills.xlsx", 422)
        assert "PNG picture" in page
        with Session(engine) as session:
            batch = session.scalars(select(ImportBatch)).one()
            assert (batch.state, batch.content) == (BatchState.REFUSED, b"")
        assert "PNG picture" in admin.get(f"/imports/{batch.id}")
        assert "Not read" in admin.get("/imports")

    def test_wants_a_file(self, admin: Browser) -> None:
        assert "Choose the file to import." in admin.post("/imports", 422).get_data(as_text=True)

    def test_refuses_what_is_too_large(self, admin: Browser, engine: Engine) -> None:
        admin.client.application.config["MAX_CONTENT_LENGTH"] = 5_000
        response = admin.client.post("/imports", data={"workbook": (io.BytesIO(bytes(6_000)), "skills.xlsx")})
        assert response.status_code == 413
        assert count(engine, ImportBatch) == 0

    def test_says_why_nobody_was_found(self, admin: Browser) -> None:
        page = admin.get(upload(admin, b"Agenda,Minutes\nhello,world\n", "notes.csv"))
        assert "0 people found, because" in page
        assert "Apply" not in page


class TestApplying:
    def test_writes_and_shows_the_result(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = f"/imports/{stage(sheet(ANNA, TOM))}"
        admin.post(f"{path}/apply", page=path, digest=digest(admin.get(path)))
        result = admin.get(path)
        assert "Everything below is in the directory now" in result
        assert 'href="/people/' in result
        assert (count(engine, Practitioner), count(engine, Rating)) == (2, 3)
        assert "Applied" in admin.get("/imports")

    def test_the_same_bytes_again_have_nothing_to_change(self, admin: Browser, stage: Stage) -> None:
        path = f"/imports/{stage(sheet(ANNA))}"
        admin.post(f"{path}/apply", page=path, digest=digest(admin.get(path)))
        again = admin.get(f"/imports/{stage(sheet(ANNA))}")
        assert "already says everything" in again
        assert "It was imported on" in again

    def test_refuses_a_stale_preview_and_says_what_moved(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = f"/imports/{stage(sheet(ANNA))}"
        seen = digest(admin.get(path))
        with writing_session(engine) as session:
            rating(session, person(session, "Anna Berg", email="anna@example.org"), "Python", 2)
            session.commit()
        page = admin.post(f"{path}/apply", 409, page=path, digest=seen).get_data(as_text=True)
        assert "The directory has moved" in page
        assert "Anna Berg: Python" in page
        admin.post(f"{path}/read", page=path)
        assert digest(admin.get(path)) != seen
        assert count(engine, Rating) == 1

    def test_a_decided_import_cannot_be_applied(self, admin: Browser, stage: Stage) -> None:
        path = f"/imports/{stage(sheet(ANNA))}"
        seen = digest(admin.get(path))
        admin.post(f"{path}/discard", page=path)
        assert "was discarded" in admin.get(path)
        admin.post(f"{path}/apply", 409, page="/imports", digest=seen)

    def test_discarding_changes_nothing(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = f"/imports/{stage(sheet(ANNA))}"
        admin.post(f"{path}/discard", page=path)
        with Session(engine) as session:
            assert session.scalars(select(ImportBatch.state)).one() is BatchState.DISCARDED
        assert count(engine, Practitioner) == 0


class TestTheHistory:
    def test_invites_to_the_first_import(self, admin: Browser) -> None:
        assert "No sheet has been imported yet" in admin.get("/imports")


class TestUndoing:
    @pytest.fixture
    def imported(self, admin: Browser, stage: Stage) -> str:
        path = f"/imports/{stage(sheet(ANNA, TOM))}"
        admin.post(f"{path}/apply", page=path, digest=digest(admin.get(path)))
        return path

    def test_shows_what_it_would_do_and_does_that(self, admin: Browser, imported: str, engine: Engine) -> None:
        assert f'href="{imported}/undo"' in admin.get(imported)
        preview = admin.get(f"{imported}/undo")
        assert "Undo the import" in preview
        assert "Tom Rahman" in preview
        assert count(engine, Practitioner) == 2
        admin.post(f"{imported}/undo")
        assert "This import was undone" in admin.get(imported)
        assert (count(engine, Practitioner), count(engine, Rating)) == (0, 0)
        history = admin.get("/imports")
        assert "Undone" in history
        assert "by Test admin" in history

    def test_lists_every_line_on_pages(self, admin: Browser, stage: Stage) -> None:
        rows = [(f"Anna {chr(65 + n // 26)}{chr(97 + n % 26)}berg", n % 5 + 1, 3) for n in range(120)]
        path = f"/imports/{stage(sheet(*rows, header=('Name', 'Python', 'SQL')))}"
        admin.post(f"{path}/apply", page=path, digest=digest(admin.get(path)))
        assert "Page 1 of 2" in admin.get(f"{path}/undo")
        last = admin.get(f"{path}/undo?list=reversed&page=2")
        assert "Page 2 of 2" in last
        assert "All three lists" in last

    def test_lists_what_stayed(self, admin: Browser, imported: str, engine: Engine) -> None:
        with writing_session(engine) as session:
            session.scalars(select(Practitioner).where(Practitioner.name == "Anna Berg")).one().about = "Leads."
            session.commit()
        assert "Edited in Muster since." in admin.get(f"{imported}/undo")
        admin.post(f"{imported}/undo")
        assert "Edited in Muster since." in admin.get(imported)

    def test_happens_once(self, admin: Browser, imported: str) -> None:
        admin.post(f"{imported}/undo")
        assert "undone already" in admin.get(f"{imported}/undo", 409)
        admin.post(f"{imported}/undo", 409, page="/imports")
