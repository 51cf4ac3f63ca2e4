"""Projects: the list, one of them, and editing it."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError
from app.exchange.idempotency import kept, once
from app.forms.fields import blank_row, change_rows, refuse
from app.forms.staffing.project_filters import SHOWN_LABELS, SORT_LABELS, address, query_of, read_filters
from app.forms.staffing.projects import EditProjectForm, MeasureForm, NewProjectForm, PhaseForm, SubteamForm
from app.queries import briefs
from app.queries.briefs import Difference
from app.queries.projects import catalogue
from app.queries.projects import listing as read
from app.queries.projects.pages import project_view
from app.queries.projects.template_gaps import compare
from app.queries.projects.timeline import timeline
from app.queries.staffing.decisions import decision_summaries
from app.queries.staffing.proposals import run_summaries
from app.services.staffing import projects
from app.services.staffing.team_templates import start_from_template

pages = Blueprint("projects", __name__)
EDITED_ROWS = {"phases": PhaseForm, "subteams": SubteamForm, "measures": MeasureForm}
Page = str | Response | tuple[str, int]


@pages.get("/projects")
@allow(Thing.PROJECT, Action.SEE)
def index() -> str:
    found = read.list_projects(current_session(), current_user, read_filters(request.args))
    filters = found.filters
    here = url_for("projects.index")

    def page(number: int) -> str | None:
        return address(here, replace(filters, page=number)) if 1 <= number <= found.pages else None

    return render_template(
        "projects/index.html",
        found=found,
        choices=[
            (label, address(here, replace(filters, shown=shown, page=1)), shown is filters.shown, found.counts[shown])
            for shown, label in SHOWN_LABELS.items()
        ],
        sorts=[(sort.value, label) for sort, label in SORT_LABELS.items()],
        kept=[pair for pair in query_of(filters).items() if pair[0] not in ("sort", "page")],
        previous=page(filters.page - 1),
        next=page(filters.page + 1),
    )


@pages.get("/projects/new")
@allow(Thing.PROJECT, Action.CREATE)
def new() -> str:
    return _new_page(NewProjectForm(start_from=request.args.get("template", "")))


@pages.post("/projects/new")
@allow(Thing.PROJECT, Action.CREATE)
@once
def create() -> Page:
    session, form = current_session(), NewProjectForm()
    if form.validate():
        try:
            if form.start_from.data:
                project = start_from_template(session, current_user.actor, form.brief(), form.start_from.data)
            else:
                project = projects.create_project(session, current_user.actor, form.brief())
        except DomainError as error:
            refuse(form, error)
        else:
            answer = kept(redirect(url_for("projects.show", project_id=project.id), 303))
            session.commit()
            flash(f"{project.name} is in the list of projects.", "good")
            return answer
    return _new_page(form), 422


@pages.get("/projects/<int:project_id>")
@allow(Thing.PROJECT, Action.SEE)
def show(project_id: int) -> str:
    session = current_session()
    project = project_view(session, current_user, project_id)
    return render_template(
        "projects/show.html",
        project=project,
        comparison=compare(session, project),
        timeline=timeline(project),
        runs=run_summaries(session, current_user, project_id, limit=5) if project.managed else [],
        decisions=decision_summaries(session, project_id) if project.managed else [],
    )


@pages.get("/projects/<int:project_id>/edit")
@allow(Thing.PROJECT, Action.CHANGE)
def edit(project_id: int) -> str:
    brief, version = briefs.project_brief(current_session(), project_id)
    return _edit_page(project_id, EditProjectForm(obj=brief, version=version))


@pages.post("/projects/<int:project_id>/edit")
@allow(Thing.PROJECT, Action.CHANGE)
def update(project_id: int) -> Page:
    session, form = current_session(), EditProjectForm()
    if change_rows(form, request.form):
        return _edit_page(project_id, form)
    if form.validate():
        brief = form.brief()
        try:
            projects.edit_project(session, current_user.actor, project_id, brief, form.version.data or 0)
        except Conflict as error:
            saved, version = briefs.project_brief(session, project_id)
            form.stand_at(version)
            return _edit_page(project_id, form, error, briefs.differences(saved, brief)), error.status
        except DomainError as error:
            refuse(form, error)
        else:
            session.commit()
            flash("The project is saved.", "good")
            return redirect(url_for("projects.show", project_id=project_id), 303)
    return _edit_page(project_id, form), 422


def _new_page(form: NewProjectForm) -> str:
    session = current_session()
    known = catalogue.templates(session)
    return render_template(
        "projects/new.html", form=form.offer(known), templates=known, industries=catalogue.industries(session)
    )


def _edit_page(
    project_id: int, form: EditProjectForm, conflict: Conflict | None = None, differences: Sequence[Difference] = ()
) -> str:
    session = current_session()
    project = project_view(session, current_user, project_id)
    return render_template(
        "projects/edit.html",
        project=project,
        form=form.offer(catalogue.templates(session)),
        comparison=compare(session, project),
        industries=catalogue.industries(session),
        blanks={name: blank_row(row, name) for name, row in EDITED_ROWS.items()},
        conflict=conflict,
        differences=differences,
    )
