"""Changing what describes a project: facts, phases, sub-teams, measures; and two people at once."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict, DomainError
from app.queries.briefs import PhaseBrief, ProjectBrief, SubteamBrief, project_brief
from app.queries.projects.pages import project_view
from app.services.staffing.projects import edit_project
from tests.app.conftest import Browser
from tests.factories.projects import BUILD, NOBODY, WHOLE, project, role, stored
from tests.factories.viewers import READER


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

    def test_enter_in_a_field_saves_instead_of_removing_a_row(self, engine: Engine, manager: Browser) -> None:
        """Browsers answer Enter with the form's first button."""
        page = manager.get(f"/projects/{stored(engine, **WHOLE)}/edit")
        first = re.search(r"<button[^>]*>", page.split('<form class="form"')[1])
        assert first
        assert first[0] == '<button type="submit" hidden>'

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

    def test_parts_may_take_each_others_names(self, session: Session) -> None:
        made = project(session, **WHOLE)
        inside = role(session, made, "Inside", phase="Build", subteam="data")
        brief, version = project_brief(session, made.id)
        changed = {
            field: tuple(replace(part, name=other.name) for part, other in zip(parts, reversed(parts), strict=True))
            for field, parts in {"phases": brief.phases, "subteams": brief.subteams}.items()
        }
        edit_project(session, NOBODY, made.id, replace(brief, **changed), version)
        after = project_view(session, READER, made.id).roles[0]
        assert (after.id, after.phase, after.subteam) == (inside.id, "Discovery", "model")

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("?!", "letters or digits"),
            ("\u200b", "letters or digits"),
            ("\ufdfa" * 200, "too long"),
            ("ß" * 200, "too long"),
        ],
    )
    def test_refuses_a_name_that_cannot_be_told_from_others(self, session: Session, name: str, sentence: str) -> None:
        with pytest.raises(DomainError, match=sentence):
            project(session, name)

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
        version = re.search(r'name="version"[^>]*value="(\d+)"', page)
        assert version
        manager.post(f"/projects/{number}/edit", **stale | {"version": version[1]})
        with writing_session(engine) as session:
            assert project_brief(session, number)[0].client == "My client"

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
