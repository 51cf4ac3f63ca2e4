"""Projects: their list, their page, and changing what describes them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.queries.briefs import ProjectBrief, project_brief
from app.queries.exports.projects import exported_projects
from app.queries.home import start_page
from app.queries.projects.listing import ProjectFilters, Shown, Sort, list_projects
from app.queries.projects.pages import project_view
from app.services.staffing.projects import create_project
from models import (
    Allocation,
    AllocationState,
    Audience,
    AuditEntry,
    PersonalField,
    Practitioner,
    Project,
    ProjectState,
    Role,
)
from tests.app.conftest import Browser
from tests.factories.people import keeps, person, policy
from tests.factories.programs import Program
from tests.factories.projects import BUILD, ENDS_ON, NOBODY, STARTS_ON, WHOLE, project, role, stored
from tests.factories.viewers import MANAGER, READER, Onlooker


def seat(session: Session, made: Project, in_role: Role, name: str, state: AllocationState) -> None:
    session.add(
        Allocation(
            practitioner_id=person(session, name).id,
            project_id=made.id,
            role_id=in_role.id,
            share=Decimal(1),
            starts_on=STARTS_ON,
            ends_on=ENDS_ON,
            state=state,
        )
    )
    session.flush()


class TestProjectList:
    def test_shows_what_is_planned_and_running_with_its_open_seats(self, session: Session) -> None:
        planned = project(session, "Planned")
        project(session, "Finished", state=ProjectState.FINISHED)
        engineer = role(session, planned, "Engineer", headcount=2)
        for name, state in (("Anna", AllocationState.HELD), ("Ben", AllocationState.DECLINED)):
            seat(session, planned, engineer, name, state)
        found = list_projects(session, MANAGER, ProjectFilters())
        assert [(row.name, row.filled, row.seats) for row in found.rows] == [("Planned", 1, 2)]
        assert (found.counts[Shown.FINISHED], found.counts[Shown.ALL]) == (1, 2)

    def test_counts_nobody_whom_the_pages_hide(
        self, session: Session, manager: Browser, program: Callable[..., Program]
    ) -> None:
        planned = project(session, "Planned", state=ProjectState.PLANNED)
        engineer = role(session, planned, "Engineer", headcount=3)
        for name, state in (("Anna", AllocationState.HELD), ("Ben", AllocationState.CONFIRMED)):
            seat(session, planned, engineer, name, state)
        policy(session, PersonalField.AVAILABILITY, Audience.EVERYONE)
        anna = session.scalars(select(Practitioner).where(Practitioner.name == "Anna")).one()
        keeps(session, anna, PersonalField.AVAILABILITY, Audience.SELF)
        session.commit()
        hidden = list_projects(session, MANAGER, ProjectFilters()).rows[0]
        seen = list_projects(session, Onlooker(practitioner_id=anna.id), ProjectFilters()).rows[0]
        assert (hidden.filled, seen.filled) == (1, 2)
        assert project_view(session, MANAGER, planned.id).filled == 1
        assert start_page(session, MANAGER, STARTS_ON).to_staff == ((planned.id, "Planned", None, STARTS_ON, 3, 2),)
        (exported,) = exported_projects(session, MANAGER, planned.id)
        assert sorted(one.state for one in exported.roles[0].seats) == ["confirmed", "open", "open"]
        assert "1 of 3" in manager.get("/projects")
        assert program("manager").get("/api/v1/projects")["items"][0]["filled"] == 1

    def test_more_people_than_seats_fill_no_other_role(self, session: Session) -> None:
        busy = project(session)
        engineer = role(session, busy, "Engineer")
        role(session, busy, "Analyst")
        for name in ("Anna", "Ben"):
            seat(session, busy, engineer, name, AllocationState.CONFIRMED)
        assert [(row.filled, row.seats) for row in list_projects(session, MANAGER, ProjectFilters()).rows] == [(1, 2)]

    @pytest.mark.parametrize("text", ["zürich", "ZURICH", "pferde", "versicherung"])
    def test_finds_names_clients_and_industries_whatever_the_accents(self, session: Session, text: str) -> None:
        project(session, "Pferde-App", client="Zürich Mutual", domain="Versicherung")
        project(session, "Another")
        assert [row.name for row in list_projects(session, MANAGER, ProjectFilters(text)).rows] == ["Pferde-App"]

    def test_sorts_by_start_name_or_priority(self, session: Session) -> None:
        project(session, "B", priority=5, starts_on=date(2027, 1, 1))
        project(session, "A", priority=1, starts_on=date(2027, 3, 1))
        project(session, "C", starts_on=None, ends_on=None)

        def order(sort: Sort) -> str:
            return "".join(row.name for row in list_projects(session, MANAGER, ProjectFilters(sort=sort)).rows)

        assert [order(sort) for sort in (Sort.START, Sort.NAME, Sort.PRIORITY)] == ["ABC", "ABC", "BCA"]

    def test_is_paged_and_keeps_the_filters_in_the_address(self, engine: Engine, manager: Browser) -> None:
        with writing_session(engine) as session:
            for number in range(30):
                project(session, f"Wave {number:02}")
            session.commit()
        first = manager.get("/projects?q=wave&sort=name")
        assert "1 to 24 of 30 projects" in first
        assert "/projects?q=wave&amp;sort=name&amp;page=2" in first
        assert "25 to 30 of 30 projects" in manager.get("/projects?q=wave&sort=name&page=2")

    @pytest.mark.parametrize(
        "query", ["page=0", "page=x", "page=99999999999", "state=no", "sort=no", "q=%00", "page=9"]
    )
    def test_an_address_that_means_nothing_still_shows_a_page(
        self, engine: Engine, manager: Browser, query: str
    ) -> None:
        stored(engine)
        assert "Claims triage" in manager.get(f"/projects?{query}")

    def test_says_what_to_do_when_nothing_is_there(self, manager: Browser, practitioner: Browser) -> None:
        assert "Describe one and get teams for it" in manager.get("/projects")
        assert "New project" not in practitioner.get("/projects")


class TestProjectPage:
    def test_shows_the_brief_the_roles_and_who_has_a_seat(self, engine: Engine, manager: Browser) -> None:
        number = stored(engine, budget=Decimal(640000), team_template="minimum-viable-ml-team", **WHOLE)
        page = manager.get(f"/projects/{number}")
        for told in ("Data engineer", "SQL 4+", "640,000", "Discovery", "Records and their quality", "Answer time"):
            assert told in page
        assert "Below the team template" in page
        assert f"/projects/{number}/proposals" in page

    def test_is_drawn_to_the_last_day_of_the_calendar(self, engine: Engine, manager: Browser) -> None:
        assert "9999" in manager.get(f"/projects/{stored(engine, ends_on=date.max)}")

    def test_keeps_budget_editing_and_proposals_from_practitioners(self, engine: Engine, practitioner: Browser) -> None:
        page = practitioner.get(f"/projects/{stored(engine, budget=Decimal(640000))}")
        assert "640,000" not in page
        assert "/edit" not in page
        assert "proposals" not in page

    def test_shows_everybody_who_works_on_it_and_managers_who_is_considered_too(self, session: Session) -> None:
        made = project(session)
        engineer = role(session, made, "Engineer", headcount=3)
        for name, state in (
            ("Anna", AllocationState.CONFIRMED),
            ("Ben", AllocationState.PROPOSED),
            ("Cara", AllocationState.DECLINED),
        ):
            seat(session, made, engineer, name, state)
        names = [
            [seated.name for seated in project_view(session, viewer, made.id).roles[0].people]
            for viewer in (MANAGER, READER)
        ]
        assert names == [["Anna", "Ben"], ["Anna"]]

    def test_a_role_runs_as_long_as_its_phase_or_else_the_project(self, session: Session) -> None:
        made = project(session, **WHOLE)
        role(session, made, "Own", phase="Build", starts_on=date(2027, 3, 1))
        role(session, made, "Phase", phase="Build")
        role(session, made, "Project")
        assert [(item.starts_on, item.ends_on) for item in project_view(session, READER, made.id).roles] == [
            (date(2027, 3, 1), BUILD.ends_on),
            (BUILD.starts_on, BUILD.ends_on),
            (STARTS_ON, ENDS_ON),
        ]

    def test_takes_the_same_number_of_statements_with_twice_the_data(
        self, engine: Engine, manager: Browser, session: Session
    ) -> None:
        number = stored(engine, **WHOLE)
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        counts = []
        for round_ in range(3):
            statements.clear()
            manager.get(f"/projects/{number}")
            manager.get(f"/projects/{number}/edit")
            manager.get("/projects?q=a")
            counts.append(len(statements))
            made = session.get_one(Project, number)
            for copy in range(5):
                added = role(session, made, f"Role {round_} {copy}", {"SQL": 3, "Python": 3}, headcount=2)
                seat(session, made, added, f"Person {round_} {copy}", AllocationState.CONFIRMED)
                role(session, project(session, f"Another {round_} {copy}"), "Analyst")
            session.commit()
        assert counts[1] == counts[2]
        assert counts[2] <= 75

    def test_is_not_found_when_there_is_none(self, manager: Browser) -> None:
        for path in ("", "/edit", "/communication", "/roles/new", "/roles/1/edit", "/roles/1/delete"):
            manager.get(f"/projects/999{path}", 404)


class TestNewProject:
    def test_starts_blank_or_from_each_template(self, engine: Engine, manager: Browser) -> None:
        offered = ["", "minimum-viable-ml-team", "exploration", "operation", "phased", "team-of-teams"]
        for code in offered:
            response = manager.post(
                "/projects/new",
                name=f"From {code or 'nothing'}",
                state="planned",
                priority="3",
                starts_on="2027-01-11",
                ends_on="2027-06-25",
                start_from=code,
            )
            page = manager.get(response.location)
            assert ("has no roles" in page) is (code == "")
            assert "Below the team template" not in page

    def test_is_in_the_hands_of_who_made_it_and_in_the_audit_log(self, engine: Engine, manager: Browser) -> None:
        manager.post("/projects/new", name="Mine", state="planned", priority="3")
        with writing_session(engine) as session:
            made = session.scalars(select(Project)).one()
            assert made.manager_id is not None
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "project.create")).one()
            assert (entry.subject_id, entry.after["name"]) == (made.id, "Mine")

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"name": "  "}, "Give the project a name."),
            ({"name": "x" * 10_000}, "Use at most 200 characters."),
            ({"starts_on": "2027-06-01", "ends_on": "2027-05-01"}, "ends before it starts"),
            ({"starts_on": "0000-01-01"}, "Write the day like 2027-01-31."),
            ({"starts_on": "9999-01-01"}, "Choose a day between 2000 and 2100."),
            ({"ends_on": "soon"}, "Write the day like 2027-01-31."),
            ({"budget": "-1"}, "Write an amount from 0"),
            ({"budget": "NaN"}, "Write a number"),
            ({"budget": "1e400"}, "Write an amount from 0"),
            ({"priority": "9"}, "Not a valid choice"),
            ({"state": "forgotten"}, "Not a valid choice"),
            ({"start_from": "no-such"}, "no such team template"),
            ({"start_from": "phased", "ends_on": ""}, "Say when the project ends"),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(
        self, engine: Engine, manager: Browser, wrong: dict[str, str], sentence: str
    ) -> None:
        typed = {
            "name": "Claims triage",
            "client": "Meridian Mutual",
            "state": "planned",
            "priority": "3",
            "starts_on": "2027-01-11",
            "ends_on": "2027-06-25",
            **wrong,
        }
        page = manager.post("/projects/new", 422, **typed).get_data(as_text=True)
        assert sentence in page
        assert "Please correct this first" in page
        assert "Meridian Mutual" in page
        with writing_session(engine) as session:
            assert session.scalars(select(Project)).all() == []

    @pytest.mark.parametrize("again", ["Claims triage", "CLAIMS  TRIAGE", "claims-triage"])
    def test_refuses_a_name_that_is_taken_whatever_its_spelling(
        self, engine: Engine, manager: Browser, again: str
    ) -> None:
        stored(engine, "Claims triage")
        page = manager.post("/projects/new", 422, name=again, state="planned", priority="3").get_data(as_text=True)
        assert "A project with this name already exists." in page

    def test_is_refused_to_practitioners(self, practitioner: Browser) -> None:
        practitioner.get("/projects/new", 403)
        practitioner.post("/projects/new", 403, page="/projects", name="Mine", state="planned", priority="3")


class TestPlainValues:
    """What loads a project from a file goes through the same door as the pages."""

    def test_round_trip_through_the_database_unchanged(self, session: Session) -> None:
        brief = ProjectBrief(
            "Claims triage",
            client="Meridian Mutual",
            domain="Insurance",
            description="Sort claims.",
            state=ProjectState.ACTIVE,
            starts_on=STARTS_ON,
            ends_on=ENDS_ON,
            priority=4,
            budget=Decimal("1234.50"),
            team_template="phased",
        )
        assert project_brief(session, create_project(session, NOBODY, brief).id)[0] == brief


def test_every_write_is_refused_without_a_token(
    engine: Engine, signed_in: Callable[..., Browser], manager: Browser
) -> None:
    number = stored(engine)
    for path in ("new", f"{number}/edit", f"{number}/roles/new", f"{number}/communication"):
        assert manager.client.post(f"/projects/{path}", data={"name": "Forged"}).status_code == 400
