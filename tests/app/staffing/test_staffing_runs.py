"""A run reads, thinks and writes one after the other: nobody waits for it, and it refers to nothing that is gone."""

import json
import zlib
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, delete, event, select
from sqlalchemy.orm import Session

from app.db import impatient_session, writing_session
from app.errors import Conflict, DomainError, NotFound
from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import stored_problem
from app.services.audit import COMMAND_LINE
from app.services.staffing.proposals import Answer, store_run, work_out
from models import Practitioner, Project, Role, StaffingRun
from staffing import propose
from staffing.stopping import Work
from tests.app.conftest import Browser
from tests.app.staffing.test_proposals import CHOICES
from tests.factories.people import person
from tests.factories.staffing import TODAY, project_to_staff, role, staff
from tests.factories.viewers import ADMIN


@pytest.fixture
def project(session: Session) -> Project:
    project = project_to_staff(session)
    role(session, project, "Engineer", {"Python": 3}, position=0)
    role(session, project, "Analyst", {"SQL": 3}, position=1)
    for number in range(6):
        person(session, f"P{number}", skills={"Python": 3, "SQL": 4})
    session.commit()
    return project


@pytest.fixture
def answer(engine: Engine, project: Project) -> Answer:
    return work_out(engine, ADMIN, project.id, Choices(), TODAY)


@pytest.fixture
def another(engine: Engine) -> Iterator[Session]:
    """Somebody else, who writes at once or not at all."""
    with impatient_session(engine) as session:
        yield session


def transactions(engine: Engine) -> list[str]:
    """The list grows by the kind of each transaction that begins, and by how it ends."""
    noted: list[str] = []

    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE"
        noted.append("writing" if writes else "reading")

    event.listen(engine, "begin", begun)
    event.listen(engine, "rollback", lambda _connection: noted.append("ended"))
    event.listen(engine, "commit", lambda _connection: noted.append("committed"))
    return noted


class TestWhileTheEngineIsAtWork:
    def test_somebody_else_can_write(self, engine: Engine, project: Project, another: Session) -> None:
        looks: list[str] = []

        def write(_work: Work) -> None:
            looks.append("look")
            another.add(Practitioner(name=f"N{len(looks)}", name_key=f"n{len(looks)}"))
            another.commit()

        answer = work_out(engine, ADMIN, project.id, Choices(), TODAY, write)
        assert looks
        assert answer.result.status == "optimal"
        with writing_session(engine) as session:
            run = store_run(session, COMMAND_LINE, answer)
            session.commit()
            assert propose(stored_problem(run)).to_json() == run.result

    def test_a_change_of_the_project_leaves_the_run_as_it_was_asked(
        self, engine: Engine, project: Project, answer: Answer, another: Session
    ) -> None:
        another.get_one(Project, project.id).name = "Renamed"
        another.execute(delete(Practitioner).where(~Practitioner.id.in_(seated(answer))))
        another.commit()
        with writing_session(engine) as session:
            run = store_run(session, COMMAND_LINE, answer)
            session.commit()
            assert run.inputs_digest == answer.asked.problem.digest() == stored_problem(run).digest()

    def test_a_page_has_no_transaction_open(self, engine: Engine, manager: Browser, project: Project) -> None:
        noted = transactions(engine)
        manager.post(f"/projects/{project.id}/proposals", **CHOICES)
        posted = noted[noted.index("writing") :]
        assert posted == ["writing", "ended", "reading", "ended", "writing", "committed"]


class TestWhatIsGone:
    def store(self, engine: Engine, answer: Answer, error: type[DomainError], sentence: str) -> None:
        with writing_session(engine) as session:
            with pytest.raises(error, match=sentence):
                store_run(session, COMMAND_LINE, answer)
            assert session.scalars(select(StaffingRun)).all() == []

    def test_is_the_project(self, engine: Engine, project: Project, answer: Answer, another: Session) -> None:
        another.execute(delete(Project).where(Project.id == project.id))
        another.commit()
        self.store(engine, answer, NotFound, "^Claims triage was deleted while its teams were being worked out")

    def test_is_a_role(self, engine: Engine, answer: Answer, another: Session) -> None:
        another.execute(delete(Role).where(Role.name == "Analyst"))
        another.commit()
        self.store(engine, answer, Conflict, "A role of Claims triage was deleted .* Propose again")

    def test_is_somebody_proposed(self, engine: Engine, answer: Answer, another: Session) -> None:
        another.execute(delete(Practitioner).where(Practitioner.id == min(seated(answer))))
        another.commit()
        self.store(engine, answer, Conflict, "Somebody proposed for Claims triage was deleted .* Propose again")


def seated(answer: Answer) -> set[int]:
    return {int(who[1:]) for team in answer.result.teams for who in team.people if who}


class TestAStoredRun:
    def test_that_holds_a_document_is_still_understood(self, session: Session, project: Project) -> None:
        run = staff(session, project.id)
        problem = stored_problem(run)
        run.inputs = zlib.compress(json.dumps(problem.to_json()).encode())
        assert stored_problem(run) == problem

    def test_tells_level_nothing_from_a_skill_that_nobody_stated(
        self, session: Session, statements: Callable[[], list[str]]
    ) -> None:
        project = project_to_staff(session)
        needed = role(session, project, "Engineer", {"Python": 3, "SQL": 2, "Docker": 2})
        for need in needed.needs[1:]:
            need.must = False
        person(session, "Anna", skills={"Python": 3, "SQL": 0})
        session.flush()
        needs = staff(session, project.id).proposals[0].seats[0].points["needs"]
        assert [(need["skill"], need["level"], need["stated"]) for need in needs] == [
            ("Python", 3, True),
            ("SQL", 0, True),
            ("Docker", 0, False),
        ]
