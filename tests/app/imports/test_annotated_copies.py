"""The annotated copy of an import: what would happen, what happened, and a sentence where there is no file any more."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, func, select

from app.cli import main
from app.db import writing_session
from app.errors import Conflict
from app.queries.imports.batches import staged_batch
from app.queries.imports.notes import Annotation, annotation, notes_of
from app.queries.imports.preview import Line
from app.services.imports import batches
from app.services.imports.annotated_copies import annotated_copy
from importers import Outcome
from models import BatchState, ImportBatch
from tests.app.conftest import Browser
from tests.factories.imports import ANNA, IMPORTER, TOM, applied, sheet, staged

pytestmark = pytest.mark.one_database

WRONG = ("Zoe Kim", "zoe@example.org", "Analyst", "eleven", 3)


@pytest.fixture
def second(engine: Engine) -> Callable[..., int]:
    """The number of a second import of the same people, with another level and one that is none."""

    def bring(*, apply: bool) -> int:
        with writing_session(engine) as session:
            applied(session, sheet(ANNA, TOM))
            session.commit()
            content = sheet((*ANNA[:3], 5, 5), TOM, WRONG)
            batch = applied(session, content).batch if apply else staged(session, content)
            session.commit()
            return batch.id

    return bring


def report(content: bytes) -> list[str]:
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [" | ".join(str(value) for value in row if value is not None) for row in rows]


class TestCopy:
    @pytest.mark.parametrize(("done", "verb"), [(False, "will change"), (True, "changed")])
    def test_says_what_an_import_does_to_each_cell(
        self, admin: Browser, second: Callable[..., int], *, done: bool, verb: str
    ) -> None:
        batch_id = second(apply=done)
        response = admin.client.get(f"/imports/{batch_id}/annotated")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''skills%20annotated.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(response.data))
        assert f"Anna Berg: Python {verb} from 4 to 5." in book["skills"]["D2"].comment.text
        assert "eleven" in book["skills"]["D4"].comment.text
        assert book["skills"]["E3"].comment is None
        lines = report(response.data)
        assert "File | skills.csv" in lines
        assert any(line.startswith("skills | D4 | eleven | Not taken") for line in lines)
        assert "Not taken | 1" in lines

    def test_is_offered_beside_the_result(self, admin: Browser, second: Callable[..., int]) -> None:
        batch_id = second(apply=True)
        assert f'href="/imports/{batch_id}/annotated"' in admin.get(f"/imports/{batch_id}")

    def test_of_a_discarded_import_is_refused_in_one_sentence(
        self, admin: Browser, engine: Engine, second: Callable[..., int]
    ) -> None:
        batch_id = second(apply=False)
        with writing_session(engine) as session:
            batches.discard(session, IMPORTER, batch_id)
            session.commit()
        assert "its file is no longer kept" in admin.get(f"/imports/{batch_id}/annotated", 409)

    @pytest.mark.parametrize("state", [BatchState.READING, BatchState.REFUSED, BatchState.UNDONE])
    def test_of_an_import_without_anything_to_say_is_refused(
        self, engine: Engine, second: Callable[..., int], state: BatchState
    ) -> None:
        batch_id = second(apply=False)
        with writing_session(engine) as session:
            found = staged_batch(session, batch_id)
            found.state = state
            session.flush()
            with pytest.raises(Conflict):
                annotation(session, batch_id)

    def test_of_no_import_is_not_found(self, admin: Browser) -> None:
        admin.get("/imports/999999/annotated", 404)

    def test_keeps_the_name_of_the_file(self) -> None:
        name, content = annotated_copy(Annotation("Müller & Co.csv", b"Name,Python\nAnna Berg,3\n", [], []))
        assert name == "Müller & Co annotated.xlsx"
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Import report", "Müller & Co"]


DOCUMENT: dict[str, Any] = {
    "people": [["Anna Berg", 1]],
    "problems": [
        {"severity": "warning", "sheet": "S", "cell": "A1", "text": "Odd.", "remedy": "Look."},
        {"severity": "note", "sheet": "S", "cell": None, "text": "Hidden.", "remedy": "Nothing to do."},
    ],
    "questions": [{"sheet": "S", "text": "What is x?", "answer": None}, {"sheet": "S", "text": "y?", "answer": 1}],
}


class TestNotes:
    @pytest.mark.parametrize(
        ("action", "before", "reason", "outcome", "text"),
        [
            ("update", 2, None, Outcome.CHANGED, "Anna Berg: SQL changed from 2 to 4."),
            ("conflict", 2, "Edited.", Outcome.KEPT, "Anna Berg: SQL stays 2; the file says 4. Edited."),
            ("skipped", 2, "Kept.", Outcome.KEPT, "Anna Berg: SQL stays 2; the file says 4. Kept."),
            ("skipped", None, "Open.", Outcome.NOT_TAKEN, "Anna Berg: SQL. Open."),
            ("ambiguous", None, "Who?", Outcome.WAITING, "Anna Berg: SQL. Who?"),
            ("create", None, None, None, ""),
            ("unchanged", 4, None, None, ""),
        ],
    )
    def test_tell_of_a_line_what_happened(
        self, action: str, before: int | None, reason: str | None, outcome: Outcome | None, text: str
    ) -> None:
        line = Line("rating", action, 0, "SQL", before, 4, "S", "C2", "4", reason)
        found = [(note.outcome, note.text) for note in notes_of({"people": [["Anna Berg", 1]]}, [line], done=True)]
        assert found == ([(outcome, text)] if outcome else [])

    def test_hold_every_problem_and_every_open_question(self) -> None:
        found = [(note.cell, note.outcome, note.text) for note in notes_of(DOCUMENT, [], done=False)]
        assert found == [
            ("A1", Outcome.LOOK, "Odd."),
            (None, Outcome.LEFT_OUT, "Hidden."),
            (None, Outcome.WAITING, "What is x?"),
        ]

    def test_do_not_repeat_of_a_line_what_a_problem_at_its_cell_explains(self) -> None:
        reason = "Left out: see the problems and questions."
        line = Line("history", "skipped", 0, "Churn", None, "50%", "S", "A1", None, reason)
        assert len(notes_of(DOCUMENT, [line], done=True)) == 3
        assert len(notes_of(DOCUMENT, [line._replace(cell="A9")], done=True)) == 4


class TestCommand:
    @pytest.fixture
    def muster(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Callable[..., int]:
        monkeypatch.setenv("MUSTER_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("MUSTER_SECRET_KEY", "a key for tests that nobody else will ever use")
        monkeypatch.setenv("MUSTER_DATABASE_URL", database_url)

        def run(*arguments: object) -> int:
            with pytest.raises(SystemExit) as stop:
                main([str(argument) for argument in arguments])
            return int(stop.value.code or 0)

        return run

    @pytest.mark.parametrize(("flags", "told"), [((), "What this import did"), (("--dry-run",), "would do")])
    def test_writes_the_report(
        self, muster: Callable[..., int], tmp_path: Path, flags: tuple[str, ...], told: str
    ) -> None:
        source, out = tmp_path / "skills.csv", tmp_path / "out.xlsx"
        source.write_bytes(sheet(ANNA, TOM, WRONG))
        assert muster("import", source, "--report", out, *flags) == (1 if flags else 0)
        lines = report(out.read_bytes())
        assert any(told in line for line in lines)
        assert any("eleven" in line for line in lines)

    @pytest.mark.parametrize("name", ["out.csv", "missing/out.xlsx"])
    def test_refuses_a_report_it_cannot_write_before_anything_is_imported(
        self, muster: Callable[..., int], engine: Engine, tmp_path: Path, name: str
    ) -> None:
        source = tmp_path / "skills.csv"
        source.write_bytes(sheet(ANNA))
        assert muster("import", source, "--report", tmp_path / name) == 2
        with writing_session(engine) as session:
            assert not session.scalar(select(func.count()).select_from(ImportBatch))
