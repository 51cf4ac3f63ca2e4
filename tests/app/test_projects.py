"""Projects: their list, their page, and changing what describes them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict, DomainError
from app.queries.briefs import MeasureBrief, PhaseBrief, ProjectBrief, SubteamBrief, project_brief
from app.queries.projects import ProjectFilters, Shown, Sort, list_projects, project_view
from app.services.projects import create_project, edit_project
from models import Allocation, AllocationState, AuditEntry, MeasureKind, Project, ProjectState, Role
from tests.app.conftest import Browser
from tests.factories.people import person
from tests.factories.projects import ENDS_ON, NOBODY, STARTS_ON, project, role
from tests.factories.viewers import MANAGER, READER

BUILD = PhaseBrief("Build", date(2027, 2, 1), date(2027, 4, 30))
WHOLE = {
    "phases": (PhaseBrief("Discovery", STARTS_ON, date(2027, 1, 31)), BUILD),
    "subteams": (SubteamBrief("data", "Records and their quality"), SubteamBrief("model")),
    "measures": (MeasureBrief("Answer time", MeasureKind.TECHNICAL, "ms", Decimal(300), higher_is_better=False),),
}


def stored(engine: Engine, name: str = "Claims triage", **facts: object) -> int:
    """The id of a project that everybody can see: committed."""
    with writing_session(engine) as session:
        made = project(session, name, **facts)
        role(session, made, "Data engineer", {"SQL": 4})
        session.commit()
        return made.id


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
        found = list_projects(session, ProjectFilters())
        assert [(row.name, row.filled, row.seats) for row in found.rows] == [("Planned", 1, 2)]
        assert (found.counts[Shown.FINISHED], found.counts[Shown.ALL]) == (1, 2)

    def test_more_people_than_seats_fill_no_other_role(self, session: Session) -> None:
        busy = project(session)
        engineer = role(session, busy, "Engineer")
        role(session, busy, "Analyst")
        for name in ("Anna", "Ben"):
            seat(session, busy, engineer, name, AllocationState.CONFIRMED)
        assert [(row.filled, row.seats) for row in list_projects(session, ProjectFilters()).rows] == [(1, 2)]

    @pytest.mark.parametrize("text", ["zürich", "ZURICH", "pferde", "versicherung"])
    def test_finds_names_clients_and_industries_whatever_the_accents(self, session: Session, text: str) -> None:
        project(session, "Pferde-App", client="Zürich Mutual", domain="Versicherung")
        project(session, "Another")
        assert [row.name for row in list_projects(session, ProjectFilters(text)).rows] == ["Pferde-App"]

    def test_sorts_by_start_name_or_priority(self, session: Session) -> None:
        project(session, "B", priority=5, starts_on=date(2027, 1, 1))
        project(session, "A", priority=1, starts_on=date(2027, 3, 1))
        project(session, "C", starts_on=None, ends_on=None)

        def order(sort: Sort) -> str:
            return "".join(row.name for row in list_projects(session, ProjectFilters(sort=sort)).rows)

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
    def test_an_address_that_means_nothing_still_shows_a_page(self, manager: Browser, query: str) -> None:
        manager.get(f"/projects?{query}")

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

    def test_keeps_budget_editing_and_proposals_from_practitioners(self, engine: Engine, practitioner: Browser) -> None:
        page = practitioner.get(f"/projects/{stored(engine, budget=Decimal(640000))}")
        assert "640,000" not in page
        assert "/edit" not in page
        assert "proposals" not in page

    def test_shows_practitioners_who_is_confirmed_and_managers_who_is_considered_too(self, session: Session) -> None:
        made = project(session)
        engineer = role(session, made, "Engineer", headcount=3)
        for name, state in (
            ("Anna", AllocationState.CONFIRMED),
            ("Ben", AllocationState.HELD),
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


class TestEditProject:
    def form(self, engine: Engine, number: int, **changes: object) -> dict[str, object]:
        """What the browser would send back untouched, with `changes`."""
        with writing_session(engine) as session:
            brief, version = project_brief(session, number)
        fields: dict[str, object] = {
            "version": version,
            "name": brief.name,
            "state": brief.state.value,
            "priority": brief.priority,
            "starts_on": brief.starts_on or "",
            "ends_on": brief.ends_on or "",
            "team_template": brief.team_template or "",
        }
        for position, phase in enumerate(brief.phases):
            row = {"id": phase.id, "name": phase.name, "starts_on": phase.starts_on, "ends_on": phase.ends_on}
            fields |= {f"phases-{position}-{key}": value for key, value in row.items()}
        return fields | changes

    def test_saves_facts_phases_sub_teams_and_measures(self, engine: Engine, manager: Browser) -> None:
        number = stored(engine)
        sent = self.form(engine, number, client="Meridian Mutual", team_template="phased")
        sent |= {"phases-7-name": "Build", "phases-7-starts_on": "2027-02-01", "phases-7-ends_on": "2027-03-01"}
        sent |= {"phases-9-name": "", "phases-9-starts_on": "", "phases-9-ends_on": ""}
        sent |= {"subteams-0-name": "data", "subteams-0-focus": "Records"}
        sent |= {
            "measures-0-name": "Speed",
            "measures-0-kind": "technical",
            "measures-0-expected": "1.5",
            "measures-0-unit": "s",
            "measures-0-higher_is_better": "False",
        }
        manager.post(f"/projects/{number}/edit", **sent)
        with writing_session(engine) as session:
            brief, _ = project_brief(session, number)
        assert (brief.client, brief.team_template) == ("Meridian Mutual", "phased")
        assert [(phase.name, phase.starts_on) for phase in brief.phases] == [("Build", date(2027, 2, 1))]
        assert [(subteam.name, subteam.focus) for subteam in brief.subteams] == [("data", "Records")]
        measure = brief.measures[0]
        assert (measure.name, measure.expected, measure.higher_is_better) == ("Speed", Decimal("1.5"), False)

    def test_adds_and_removes_rows_without_script_and_loses_nothing_typed(
        self, engine: Engine, manager: Browser
    ) -> None:
        number = stored(engine, **WHOLE)
        sent = self.form(engine, number, client="Typed, not saved")
        page = manager.post(f"/projects/{number}/edit", 200, **sent, add="phases").get_data(as_text=True)
        assert "phases-2-name" in page
        assert "Typed, not saved" in page
        page = manager.post(f"/projects/{number}/edit", 200, **sent, remove="phases-0").get_data(as_text=True)
        assert "Discovery" not in page.split('<form class="form"')[1]
        assert "phases-1-name" not in page

    @pytest.mark.parametrize(
        "pressed", [{"add": "name"}, {"add": "nothing"}, {"remove": "phases-77"}, {"remove": "x-y"}]
    )
    def test_a_button_that_no_page_has_changes_no_row(
        self, engine: Engine, manager: Browser, pressed: dict[str, str]
    ) -> None:
        number = stored(engine, **WHOLE)
        status = 200 if pressed.get("remove") == "phases-77" else 303
        manager.post(f"/projects/{number}/edit", status, **self.form(engine, number), **pressed)

    def test_a_renamed_phase_keeps_its_roles_and_a_removed_one_lets_them_go(self, session: Session) -> None:
        made = project(session, **WHOLE)
        inside = role(session, made, "Inside", phase="Build")
        brief, version = project_brief(session, made.id)
        renamed = tuple(
            PhaseBrief("Development", part.starts_on, part.ends_on, part.id) if part.name == "Build" else part
            for part in brief.phases
        )
        edit_project(session, NOBODY, made.id, ProjectBrief(**self.facts(brief, phases=renamed)), version)
        assert project_view(session, READER, made.id).roles[0].phase == "Development"
        edit_project(session, NOBODY, made.id, ProjectBrief(**self.facts(brief, phases=())), version + 1)
        session.refresh(inside)
        assert inside.phase_id is None

    @staticmethod
    def facts(brief: ProjectBrief, **changes: object) -> dict[str, object]:
        return {field: getattr(brief, field) for field in brief.__slots__} | changes

    def test_a_name_that_a_removed_phase_had_is_free_again(self, session: Session) -> None:
        made = project(session, **WHOLE)
        brief, version = project_brief(session, made.id)
        edit_project(session, NOBODY, made.id, ProjectBrief(**self.facts(brief, phases=(BUILD,))), version)
        after, _ = project_brief(session, made.id)
        assert [phase.name for phase in after.phases] == ["Build"]

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"phases": (BUILD, BUILD)}, "Two phases are called Build."),
            ({"subteams": (SubteamBrief("data"), SubteamBrief("data"))}, "Two sub-teams are called data."),
            ({"phases": (PhaseBrief("Build", date(2027, 3, 1), date(2027, 2, 1)),)}, "ends before it starts"),
            ({"phases": (PhaseBrief("Build", date(2026, 3, 1), date(2027, 2, 1)),)}, "lies outside the project"),
            ({"team_template": "no-such"}, "no team template"),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, session: Session, wrong: dict[str, object], sentence: str) -> None:
        made = project(session)
        brief, version = project_brief(session, made.id)
        with pytest.raises(DomainError, match=sentence):
            edit_project(session, NOBODY, made.id, ProjectBrief(**self.facts(brief, **wrong)), version)

    def test_a_phase_half_typed_is_told_at_its_row(self, engine: Engine, manager: Browser) -> None:
        number = stored(engine)
        sent = self.form(engine, number) | {"phases-0-name": "", "phases-0-starts_on": "2027-02-01"}
        page = manager.post(f"/projects/{number}/edit", 422, **sent).get_data(as_text=True)
        assert 'href="#phases-0-name"' in page
        assert "Name the phase." in page
        assert "Say when the phase ends." in page

    def test_shows_both_versions_when_somebody_else_was_faster(self, engine: Engine, manager: Browser) -> None:
        number = stored(engine)
        stale = self.form(engine, number, client="My client")
        manager.post(f"/projects/{number}/edit", **self.form(engine, number, client="Their client"))
        page = manager.post(f"/projects/{number}/edit", 409, **stale).get_data(as_text=True)
        assert "Somebody else changed this" in page
        assert "Their client" in page
        assert 'value="My client"' in page
        manager.post(f"/projects/{number}/edit", **self.form(engine, number, client="My client"))

    def test_a_change_of_a_phase_alone_makes_older_forms_stale(self, session: Session) -> None:
        made = project(session)
        brief, version = project_brief(session, made.id)
        edit_project(session, NOBODY, made.id, ProjectBrief(**self.facts(brief, phases=(BUILD,))), version)
        with pytest.raises(Conflict):
            edit_project(session, NOBODY, made.id, brief, version)

    def test_is_refused_to_practitioners(self, engine: Engine, practitioner: Browser) -> None:
        number = stored(engine)
        for path in ("edit", "communication", "roles/new", "roles/1/edit", "roles/1/delete"):
            practitioner.get(f"/projects/{number}/{path}", 403)
            practitioner.post(f"/projects/{number}/{path}", 403, page="/projects", name="Mine")

    def test_sends_visitors_to_sign_in(self, visitor: Browser) -> None:
        assert visitor.client.get("/projects").status_code == 303


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
