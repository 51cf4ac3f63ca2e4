"""Exports of a real directory: read back without loss, counted in statements, and safe to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.cli import main
from app.queries.exports.projects import exported_projects
from app.queries.exports.tables import ExportedDirectory, exported_directory
from app.queries.imports.directory import catalogue
from app.queries.imports.plans import plan_import
from app.queries.sight import visibility
from app.services.audit import COMMAND_LINE
from app.services.exports import ENDINGS, KINDS, make_export
from app.services.imports import batches
from app.services.sample import load_sample
from importers import Choices, Plan, read
from importers.exports.exported_projects import project_tables
from models import AuditEntry, Project, ProjectState, Role
from tests.factories import people as factory
from tests.factories import projects
from tests.factories.viewers import ADMIN

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
    content = make_export(session, COMMAND_LINE, ADMIN, kind, ending)
    reading = read(content, f"{kind}{ending}", catalogue=catalogue(session))
    return plan_import(session, reading, Choices())


EVERY_FILE = [(kind, ending) for kind in KINDS for ending in ENDINGS]


def told(found: ExportedDirectory) -> dict[str, list[Any]]:
    """The directory without the numbers of its rows."""
    names = {person.id: person.name for person in found.people}
    lists: dict[str, Any] = {"ratings": found.ratings, "allocations": found.allocations, "parts": found.parts}
    return {"people": [replace(person, id=0) for person in found.people]} | {
        kind: sorted((replace(entry, person=names[entry.person]) for entry in entries), key=repr)
        for kind, entries in lists.items()
    }


class TestReadBack:
    @pytest.mark.one_database
    def test_the_sample_organisation_comes_back_unchanged_and_without_a_question(self, session: Session) -> None:
        load_sample(session, COMMAND_LINE, TODAY)
        known = exported_directory(session, ADMIN)
        counts = {
            "people": (len(known.ratings), 0, len(known.parts)),
            "matrix": (len(known.ratings), 0, 0),
            "allocations": (0, len(known.allocations), 0),
            "project": (0, len(known.allocations), len(known.parts)),
        }
        assert all(max(found) > 40 for found in counts.values())
        for kind, ending in EVERY_FILE:
            planned = read_back(session, kind, ending)
            assert not planned.questions
            assert {problem.code for problem in planned.problems} <= {"only_told"}
            assert planned.changes == 0
            assert (len(planned.ratings), len(planned.allocations), len(planned.history)) == counts[kind]

    def test_what_was_typed_into_muster_comes_back_unchanged(self, session: Session) -> None:
        fill(session)
        for kind, ending in EVERY_FILE:
            planned = read_back(session, kind, ending)
            assert (planned.changes, planned.questions) == (0, ()), (kind, ending)
            assert {problem.code for problem in planned.problems} <= {"only_told"}

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_two_files_fill_an_empty_directory_with_the_same(self, session: Session, ending: str) -> None:
        fill(session)
        before = told(exported_directory(session, ADMIN))
        files = [(kind, make_export(session, COMMAND_LINE, ADMIN, kind, ending)) for kind in ("people", "allocations")]
        session.rollback()
        assert not exported_directory(session, ADMIN).people
        for kind, content in files:
            batch = batches.stage(session, COMMAND_LINE, content=content, filename=f"{kind}{ending}")
            applied = batches.apply(session, COMMAND_LINE, batch, expected_digest=batch.plan_digest)
            assert (applied.plan.questions, applied.plan.problems) == ((), ())
        assert told(exported_directory(session, ADMIN)) == before

    def test_who_left_is_not_exported(self, session: Session) -> None:
        gone = factory.person(session, "Gone Guy", skills={"Python": 3}, active=False)
        factory.booking(session, gone, date(2026, 1, 1))
        factory.engagement(session, gone, factory.work(session))
        factory.person(session, "Anna Berg")
        known = exported_directory(session, ADMIN)
        assert [person.name for person in known.people] == ["Anna Berg"]
        assert not known.ratings
        assert not known.allocations
        assert not known.parts


def fill(session: Session) -> None:
    """Texts that a careless file would lose or turn into something else."""
    anna = factory.person(session, "Anna Berg", email="anna@example.org", external_id="0042", unit="HR", share=0.8)
    zoe = factory.person(session, "Zoë Ó Briain", external_id="7", title="Senior")
    factory.person(session, "=Nobody+Rated", title='@say "hi"; bye', location="Level\ntwo")
    names = ("Python", "R", "C++", "Infrastructure as code", "SQL", "Comments [5]", "=Sums", "4D/5D, really")
    for level, skill in enumerate(names):
        factory.rating(session, anna, skill, level % 6, rated_on=date(2026, 1, level + 1))
    factory.goal(session, zoe, "Python", 4)
    factory.goal(session, zoe, "+1 thinking", 2)
    factory.goal(session, anna, "SQL", 5)
    churn = factory.work(session, "Churn; phase 2", client="=ACME")
    factory.booking(session, zoe, date(2026, 1, 1), share=0.5, project=churn)
    factory.booking(session, anna, date(2026, 2, 1), date(2026, 3, 1), share=0.25, project=churn)
    old = factory.work(session, "-Old", domain="Retail", state=ProjectState.FINISHED, success=Decimal("0.75"))
    factory.engagement(session, anna, old, "Lead", starts_on=date(2024, 1, 1), ends_on=date(2024, 6, 30), share=None)
    factory.engagement(session, zoe, old, "", technologies="Kafka; C++", success=Decimal("0.5"))


class TestProjects:
    def test_tell_what_they_need_and_who_is_on_their_seats(self, session: Session) -> None:
        project = staffed(session)
        found = exported_projects(session, ADMIN, project.id)
        assert [one.name for one in found] == [project.name]
        tables = {table.name: table for table in project_tables(found)}
        wanted = {"Projects", "Phases", "Sub-teams", "Roles", "Skill needs", "Seats", "Outcome measures"}
        assert wanted <= set(tables)
        assert [row[1:] for row in tables["Skill needs"].rows] == [("Data engineer", "SQL", 4, "yes", 1.0)]
        seats = [seat for role in found[0].roles for seat in role.seats]
        assert len(seats) == sum(role.headcount for role in found[0].roles)

    def test_only_the_one_that_is_named_is_in_the_file(self, session: Session) -> None:
        fill(session)
        one = session.scalars(select(Project).where(Project.name == "-Old")).one()
        content = make_export(session, COMMAND_LINE, ADMIN, "project", ".csv", one.id).decode("utf-8-sig")
        assert "-Old" in content
        assert "Churn" not in content

    def test_a_seat_names_nobody_who_left(self, session: Session) -> None:
        project = staffed(session)
        gone = factory.person(session, "Gone Guy", active=False)
        booked = factory.booking(session, gone, date(2026, 1, 1), project=project)
        booked.role_id, booked.seat = exported_role_id(session, project), 1
        session.flush()
        seats = [seat for role in exported_projects(session, ADMIN, project.id)[0].roles for seat in role.seats]
        assert ("confirmed", None) in {(seat.state, seat.person) for seat in seats}
        assert "Gone Guy" not in make_export(session, COMMAND_LINE, ADMIN, "project", ".csv").decode()

    def test_the_role_of_a_seat_is_what_the_file_says_and_reading_it_back_changes_nothing(
        self, session: Session
    ) -> None:
        project = staffed(session)
        booked = factory.booking(session, factory.person(session), date(2026, 1, 1), project=project)
        booked.role_id, booked.seat = exported_role_id(session, project), 1
        session.flush()
        (allocation,) = exported_directory(session, ADMIN).allocations
        assert allocation.role == session.scalar(select(Role.name).where(Role.id == booked.role_id))
        for kind, ending in EVERY_FILE:
            assert read_back(session, kind, ending).changes == 0


def staffed(session: Session) -> Project:
    """A project with everything that describes one."""
    made = projects.project(session, **projects.WHOLE)
    projects.role(session, made, "Data engineer", {"SQL": 4}, headcount=2, fte=0.5, phase="Build", subteam="data")
    projects.role(session, made, "Product manager")
    return made


def exported_role_id(session: Session, project: Project) -> int:
    return session.scalars(select(Role.id).where(Role.project_id == project.id).order_by(Role.id)).first() or 0


class TestCost:
    def test_the_number_of_statements_does_not_grow_with_the_directory(self, session: Session, engine: Engine) -> None:
        visibility.policy(session)
        counts = []
        for number in range(2):
            for n in range(3):
                who = factory.person(session, f"Person {number} {n}", skills={"Python": 3, f"Skill {number}": n})
                factory.goal(session, who, "SQL")
                factory.booking(session, who, date(2026, 1, 1))
                factory.engagement(session, who, staffed(session))
            with counted(engine) as statements:
                exported_directory(session, ADMIN)
                exported_projects(session, ADMIN)
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 26


class TestAuditTrail:
    def test_says_who_took_what_out(self, session: Session) -> None:
        factory.person(session, "Anna Berg")
        make_export(session, COMMAND_LINE, ADMIN, "people", ".csv")
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
            (
                ("salaries", "out.csv"),
                "'salaries' cannot be exported. Use one of: people, matrix, allocations, project.",
            ),
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
