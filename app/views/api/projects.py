"""Projects, their roles, and changing what describes them."""

from typing import Any

from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.api.projects import (
    ProjectChange,
    ProjectShape,
    ProjectsPage,
    ProjectsQuery,
    changed_brief,
    project_answer,
    project_filters,
)
from app.programs.bearer import Scope, scoped
from app.queries.briefs import project_brief
from app.queries.lists.stretches import Stretch
from app.queries.projects.listing import list_projects
from app.queries.projects.pages import project_view
from app.services.staffing.projects import edit_project
from app.views.api.routing import Part

part = Part("projects", "Projects and what they need.")


@part.at("/projects", ProjectsPage, query=ProjectsQuery)
@allow(Thing.PROJECT, Action.SEE)
@scoped(Scope.READ_PROJECTS)
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """Projects with their seats."""
    stretch = Stretch.read(query["limit"], query["cursor"])
    found = list_projects(current_session(), current_user, project_filters(query), stretch)
    items, following = stretch.cut(found.rows)
    return {"items": items, "next": following, "total": found.total}


@part.at("/projects/<int:project_id>", ProjectShape, etag=True)
@allow(Thing.PROJECT, Action.SEE)
@scoped(Scope.READ_PROJECTS)
def get_project(project_id: int) -> dict[str, Any]:
    """One project with its roles and the people on it."""
    return _answer(project_id)


@part.at("/projects/<int:project_id>", ProjectShape, method="PATCH", body=ProjectChange, etag=True)
@allow(Thing.PROJECT, Action.CHANGE)
@scoped(Scope.WRITE_PROJECTS)
def change_project(project_id: int, body: dict[str, Any]) -> dict[str, Any]:
    """Change some facts of a project. If-Match names the state that the change is based on."""
    session = current_session()
    part.check_etag(_answer(project_id), ProjectShape)
    brief, version = project_brief(session, project_id)
    edit_project(session, current_user.actor, project_id, changed_brief(brief, body), version)
    session.commit()
    return _answer(project_id)


def _answer(project_id: int) -> dict[str, Any]:
    session = current_session()
    _, version = project_brief(session, project_id)
    return project_answer(project_view(session, current_user, project_id), version)
