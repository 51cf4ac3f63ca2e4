"""Exports of a real directory: read back without loss, counted in statements, and safe to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.cli import main
from app.queries.directory import catalogue
from app.queries.exports import exported_directory
from app.queries.import_plans import plan_import
from app.services.audit import COMMAND_LINE
from app.services.exports import KINDS, WRITERS, make_export
from app.services.sample import load_sample
from importers import Choices, Plan, read
from models import AuditEntry
from tests.factories import people as factory

TODAY = date(2026, 11, 16)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def read_back(session: Session, kind: str, ending: str) -> Plan:
    content = make_export(session, COMMAND_LINE, kind, ending)
    reading = read(content, f"{kind}{ending}", catalogue=catalogue(session))
    return plan_import(session, reading, Choices())


class TestReadBack:
    def test_the_sample_organisation_comes_back_unchanged_and_without_a_question(self, session: Session) -> None:
        load_sample(session, COMMAND_LINE, TODAY)
        known = exported_directory(session)
        for kind in KINDS:
            for ending in WRITERS:
                planned = read_back(session, kind, ending)
                assert not planned.questions
                assert not planned.problems
                assert planned.changes == 0
                wanted = known.allocations if kind == "allocations" else known.ratings
                assert len(planned.allocations if kind == "allocations" else planned.ratings) == len(wanted) > 40

    def test_what_was_typed_into_muster_comes_back_unchanged(self, session: Session) -> None:
        anna = factory.person(session, "Anna Berg", email="anna@example.org", external_id="0042", unit="HR", share=0.8)
        zoe = factory.person(session, "Zoë Ó Briain", external_id="7", title="Senior")
        factory.person(session, "Nobody Rated")
        for level, skill in enumerate(("Python", "R", "C++", "Infrastructure as code", "SQL", "Go")):
            factory.rating(session, anna, skill, level, rated_on=date(2026, 1, level + 1))
        factory.goal(session, zoe, "Python", 4)
        factory.booking(session, zoe, date(2026, 1, 1), share=0.5, project=factory.work(session, "Churn; phase 2"))
        for kind in KINDS:
            for ending in WRITERS:
                planned = read_back(session, kind, ending)
                assert (planned.changes, planned.questions, planned.problems) == (0, (), ())

    def test_who_left_is_not_exported(self, session: Session) -> None:
        gone = factory.person(session, "Gone Guy", skills={"Python": 3}, active=False)
        factory.booking(session, gone, date(2026, 1, 1))
        factory.person(session, "Anna Berg")
        known = exported_directory(session)
        assert [person.name for person in known.people] == ["Anna Berg"]
        assert not known.ratings
        assert not known.allocations


class TestCost:
    def test_the_number_of_statements_does_not_grow_with_the_directory(self, session: Session, engine: Engine) -> None:
        counts = []
        for number in range(2):
            for n in range(3):
                who = factory.person(session, f"Person {number} {n}", skills={"Python": 3, f"Skill {number}": n})
                factory.goal(session, who, "SQL")
                factory.booking(session, who, date(2026, 1, 1))
            with counted(engine) as statements:
                exported_directory(session)
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 16


class TestAuditTrail:
    def test_says_who_took_what_out(self, session: Session) -> None:
        factory.person(session, "Anna Berg")
        make_export(session, COMMAND_LINE, "people", ".csv")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
        assert (entry.actor, entry.after) == ("command line", {"kind": "people", "rows": 1})


@pytest.fixture
def muster(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs the command on a database of its own; gives the exit code and all it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUSTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MUSTER_DATABASE_URL", sqlite_url)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        said = capsys.readouterr()
        return int(str(stop.value.code)), said.out + said.err

    return run


class TestCommand:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "OUT.CSV"])
    def test_writes_the_file(
        self, muster: Callable[..., tuple[int, str]], tmp_path: Path, kind: str, name: str
    ) -> None:
        assert muster("export", kind, name) == (0, f"Exported {kind} to {name}.\n")
        assert (tmp_path / name).read_bytes()[:3] in {b"PK\x03", b"\xef\xbb\xbf"}

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("salaries", "out.csv"), "'salaries' cannot be exported. Use one of: people, matrix, allocations."),
            (("people", "out.pdf"), "The file's name must end in .xlsx or .csv."),
            (("people", "out"), "The file's name must end in .xlsx or .csv."),
            (("people", "missing/out.csv"), "The folder missing does not exist. Create it or name another one."),
            (("people", "folder.csv"), "folder.csv is a folder. Name a file."),
            (("people", "file/out.csv"), "The folder file does not exist. Create it or name another one."),
        ],
    )
    def test_says_in_one_sentence_why_it_writes_nothing(
        self, muster: Callable[..., tuple[int, str]], tmp_path: Path, arguments: tuple[str, ...], sentence: str
    ) -> None:
        (tmp_path / "folder.csv").mkdir()
        (tmp_path / "file").touch()
        assert muster("export", *arguments) == (2, f"muster: {sentence}\n")
        assert {path.name for path in tmp_path.iterdir() if "sqlite3" not in path.name} == {
            "data",
            "folder.csv",
            "file",
        }

    def test_leaves_the_old_file_when_the_new_one_cannot_be_written(
        self, muster: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "out.csv").write_text("old")

        def refuse(*_arguments: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", refuse)
        assert muster("export", "people", "out.csv") == (
            2,
            "muster: out.csv cannot be written: No space left on device.\n",
        )
        assert (tmp_path / "out.csv").read_text() == "old"
        assert not list(tmp_path.glob(".out.csv*"))
