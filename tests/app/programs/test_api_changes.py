"""What programs change and ask for: a project, teams, an answer of the engine."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.views.api import engine as engine_views
from models import Account, AuditEntry, Project, Reach, StaffingRun
from tests.factories.people import person
from tests.factories.programs import Program
from tests.factories.projects import stored

Start = Callable[..., Program]
PROBLEM = {
    "format": "muster-problem/1",
    "weeks": 2,
    "people": [{"id": "ann", "skills": {"sql": 3}}],
    "roles": [{"id": "r", "needs": [{"skill": "sql", "level": 2}]}],
}


def patch(asking: Program, path: str, body: Any, status: int = 200, etag: str | None = None) -> Any:
    etag = etag or asking.ask("GET", path).headers["ETag"]
    return asking.read(asking.ask("PATCH", path, json=body, headers={"If-Match": etag}), status)


class TestAProject:
    def test_is_changed_where_it_is_said_and_nowhere_else(self, engine: Engine, program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine, client='Acme')}"
        before = asking.get(path)
        after = patch(
            asking, path, {"priority": 5, "budget": 1000.5, "description": "Two\nlines", "ends_on": "2027-12-31"}
        )
        changed = {name for name in before if before[name] != after[name]} - {"roles"}
        assert changed == {"priority", "budget", "description", "ends_on", "version"}
        assert patch(asking, path, {"client": None})["client"] is None
        with Session(engine) as session:
            entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.account_id) == ("project.edit", asking.account_id)

    def test_is_not_changed_from_an_older_state(self, engine: Engine, program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine)}"
        etag = asking.ask("GET", path).headers["ETag"]
        patch(asking, path, {"priority": 5}, etag=etag)
        patch(asking, path, {"priority": 1}, 412, etag=etag)
        patch(asking, path, {"priority": 1}, 412, etag='"nonsense"')
        asking.read(asking.ask("PATCH", path, json={"priority": 1}), 428)
        assert asking.get(path)["priority"] == 5

    def test_takes_no_value_that_it_cannot_have(self, engine: Engine, program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine)}"
        before = asking.get(path)
        for body in (
            {"id": 9},
            {"version": 9},
            {"owner_id": 1},
            {"manager_id": 1},
            {"role": "admin"},
            {"success": 1},
            {"verified_level": 5},
            {"roles": []},
            {"name": ""},
            {"name": "  "},
            {"name": None},
            {"name": "a\u0007b"},
            {"name": "x" * 201},
            {"name": "🙂"},
            {"state": "done"},
            {"state": None},
            {"priority": 0},
            {"priority": "3"},
            {"priority": 3.0},
            {"budget": -1},
            {"budget": "5"},
            {"budget": True},
            {"budget": 10**12},
            {"starts_on": "2027-02-29"},
            {"starts_on": "0000-01-01"},
            {"starts_on": "9999-12-31"},
            {"starts_on": "2027-01-31T10:00:00+14:00"},
            {"starts_on": "2027-01-31Z"},
            {"starts_on": "20270131"},
            {"starts_on": "2027-W04-7"},
            {"starts_on": 20270131},
            {"starts_on": "2027-06-01", "ends_on": "2027-05-31"},
            {"ends_on": "2001-01-01"},
        ):
            refused = patch(asking, path, body, 422)
            assert refused["detail"].endswith("."), body
            assert asking.get(path) == before, body

    def test_takes_the_day_that_only_some_years_have(self, engine: Engine, program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine)}"
        assert patch(asking, path, {"ends_on": "2028-02-29"})["ends_on"] == "2028-02-29"

    def test_shows_its_budget_to_those_who_may_see_it(self, engine: Engine, program: Start) -> None:
        path = f"/api/v1/projects/{stored(engine, budget=1000)}"
        assert program("manager").get(path)["budget"] == 1000
        assert program("practitioner").get(path)["budget"] is None

    def test_is_found_by_the_filters_of_the_page(self, engine: Engine, program: Start) -> None:
        asking = program("viewer")
        names = [f"Project {n:02}" for n in range(9)]
        for name in names:
            stored(engine, name)
        assert [one["name"] for one in asking.get("/api/v1/projects?q=project 03")["items"]] == ["Project 03"]
        found, cursor = [], ""
        while cursor is not None:
            page = asking.get(f"/api/v1/projects?limit=4&sort=name{cursor}")
            found += [one["name"] for one in page["items"]]
            cursor = page["next"] and f"&cursor={page['next']}"
        assert found == names


class TestARun:
    @pytest.fixture
    def project_id(self, engine: Engine) -> int:
        with writing_session(engine) as session:
            person(session, "Anna Berg", skills={"SQL": 5})
            session.commit()
        return stored(engine)

    def test_proposes_teams_and_can_be_read_again(self, project_id: int, program: Start) -> None:
        asking = program("manager")
        answer = asking.ask("POST", "/api/v1/proposals", json={"project": project_id, "choices": {"teams": 1}})
        made = asking.read(answer, 201)
        assert made["teams"][0]["roles"][0]["seats"][0]["name"] == "Anna Berg"
        assert made["choices"]["teams"] == 1
        assert asking.get(answer.headers["Location"]) == made

    def test_with_a_key_happens_once(self, engine: Engine, project_id: int, program: Start) -> None:
        asking, key = program("manager"), {"Idempotency-Key": "nightly 7"}
        answers = [asking.ask("POST", "/api/v1/proposals", json={"project": project_id}, headers=key) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.data for answer in answers}) == 1
        assert len({answer.headers["Location"] for answer in answers}) == 1
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(StaffingRun)) == 1
        asking.post("/api/v1/proposals", {"project": project_id, "choices": {"teams": 2}}, 422, headers=key)
        other = program("manager")
        other.post("/api/v1/proposals", {"project": project_id}, 201, headers=key)
        asking.post("/api/v1/proposals", {"project": project_id}, 422, headers={"Idempotency-Key": "x" * 201})

    def test_is_for_a_project_within_the_reach_of_the_account(
        self, engine: Engine, project_id: int, program: Start
    ) -> None:
        asking = program("manager")
        with writing_session(engine) as session:
            session.get_one(Account, asking.account_id).reach = Reach.ASSIGNED
            session.commit()
        refused = asking.ask("POST", "/api/v1/proposals", json={"project": project_id})
        assert refused.status_code in {403, 404}
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(StaffingRun)) == 0

    def test_for_no_project_is_not_found(self, program: Start) -> None:
        asking = program("manager")
        asking.post("/api/v1/proposals", {"project": 999_999}, 404)
        asking.get("/api/v1/proposals/999999", 404)

    def test_without_a_team_is_an_answer_too(self, engine: Engine, program: Start) -> None:
        made = program("manager").post("/api/v1/proposals", {"project": stored(engine)}, 201)
        assert made["teams"] == []
        assert made["infeasible"]


class TestTheEngineAlone:
    def test_solves_a_problem_and_stores_nothing(self, engine: Engine, program: Start) -> None:
        solved = program("manager").post("/api/v1/solve", PROBLEM)
        assert solved["format"] == "muster-solution/1"
        assert solved["status"] == "optimal"
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(Project)) == 0

    def test_refuses_with_the_path_of_what_is_wrong(self, program: Start) -> None:
        asking = program("manager")
        for change, said in (
            ({"weeks": "2"}, "weeks"),
            ({"weeks": None}, "weeks"),
            ({"people": {}}, "people"),
            ({"surprise": 1}, "surprise"),
            ({"roles": [{"id": "r", "needs": [], "seats": 41}]}, "seats"),
        ):
            assert said in asking.post("/api/v1/solve", PROBLEM | change, 422)["detail"]

    def test_takes_no_problem_that_would_take_long(self, program: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine_views, "MOST_CHOICES", 2)
        asking = program("manager")
        many = PROBLEM | {"people": [{"id": f"p{n}", "skills": {"sql": 3}} for n in range(3)]}
        assert "people times seats" in asking.post("/api/v1/solve", many, 422)["detail"]

    def test_works_on_two_at_once_and_lets_others_come_again(self, program: Start) -> None:
        asking = program("manager")
        for _ in range(2):
            assert engine_views.AT_ONCE.acquire(blocking=False)
        try:
            busy = asking.ask("POST", "/api/v1/solve", json=PROBLEM)
        finally:
            engine_views.AT_ONCE.release(2)
        assert busy.status_code == 429
        assert int(busy.headers["Retry-After"]) > 0
        asking.post("/api/v1/solve", PROBLEM)


class TestTheAuditTrail:
    def test_is_read_from_its_newest_entry_back(self, engine: Engine, program: Start) -> None:
        asking = program("admin")
        for n in range(4):
            stored(engine, f"Project {n}")
        first = asking.get("/api/v1/audit?limit=3")
        stored(engine, "Came in between")
        second = asking.get(f"/api/v1/audit?limit=3&cursor={first['next']}")
        ids = [one["id"] for one in first["items"] + second["items"]]
        assert ids == list(range(ids[0], ids[0] - 6, -1))
        created = asking.get("/api/v1/audit?action=project.create&limit=200")["items"]
        assert len(created) == 5
        assert {one["action"] for one in created} == {"project.create"}
        assert asking.get("/api/v1/audit?action=project.&limit=200")["items"] == created
