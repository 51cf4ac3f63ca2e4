"""`muster undo-import` as somebody types it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from app.cli import main
from app.db import writing_session
from tests.factories.imports import ANNA, TOM, applied, edit_rating, sheet

Undo = Callable[..., tuple[int, str, str]]


@pytest.fixture
def undo(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], database_url: str, engine: Engine) -> Undo:
    """The command on a database with one applied import, number 1, of which one rating was edited since."""
    monkeypatch.setenv("MUSTER_SECRET_KEY", "a key for tests that nobody else will ever use")
    monkeypatch.setenv("MUSTER_DATABASE_URL", database_url)
    with writing_session(engine) as session:
        applied(session, sheet(ANNA, TOM))
        edit_rating(session, "Anna Berg", "Python", 5)
        session.commit()

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["undo-import", *arguments])
        told = capfd.readouterr()
        return int(stop.value.code or 0), told.out, told.err

    return run


class TestUndoingAnImport:
    def test_says_what_went_and_what_stays(self, undo: Undo) -> None:
        code, out, err = undo("1")
        assert (code, err) == (0, "")
        assert out.startswith("Import 1 (skills.csv) is undone: 3 changes reversed.")
        assert "Anna Berg: Python (rating). Edited in Muster since." in out
        assert "Cannot be reversed: 1" in out

    def test_prints_one_document(self, undo: Undo) -> None:
        code, out, _ = undo("1", "--json")
        document: dict[str, Any] = json.loads(out)
        assert (code, document["format"], document["batch"]) == (0, "muster-undo/1", 1)
        assert document["counts"] == {"reversed": 3, "kept": 1, "impossible": 1}
        assert document["kept"] == [
            {
                "what": "rating",
                "person": "Anna Berg",
                "subject": "Python",
                "before": 5,
                "after": 5,
                "why": "Edited in Muster since.",
            }
        ]

    @pytest.mark.parametrize(
        ("number", "sentence"),
        [("1", "undone already"), ("99", "There is no such import"), ("x", "There is no import 'x'. Give its number")],
    )
    def test_refuses_with_one_sentence(self, undo: Undo, number: str, sentence: str) -> None:
        undo("1")
        code, out, err = undo(number)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert sentence in err
