"""The roles of a project: adding, changing and removing them."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError
from app.exchange.idempotency import kept, once
from app.forms.fields import blank_row, change_rows, refuse
from app.forms.people import read_text
from app.forms.staffing.roles import NeedForm, RoleForm
from app.queries import briefs
from app.queries.briefs import Difference
from app.queries.projects import catalogue
from app.queries.projects import listing as read
from app.queries.projects.pages import project_view
from app.queries.projects.template_gaps import compare
from app.services.staffing import roles

pages = Blueprint("roles", __name__, url_prefix="/projects/<int:project_id>/roles")
Page = str | Response | tuple[str, int]


@pages.get("/new")
@allow(Thing.PROJECT, Action.CHANGE)
def new(project_id: int) -> str:
    """Blank, or with `?from=<code>` filled with a role of the catalogue."""
    code = read_text(request.args.get("from", ""))
    brief = catalogue.catalogue_role(current_session(), code) if code else None
    form = RoleForm(obj=brief)
    if not form.needs.entries:
        form.needs.append_entry()
    return _role_page(project_id, form)


@pages.post("/new")
@allow(Thing.PROJECT, Action.CHANGE)
@once
def create(project_id: int) -> Page:
    session, form = current_session(), RoleForm()
    if change_rows(form, request.form):
        return _role_page(project_id, form)
    if form.validate():
        try:
            role = roles.add_role(session, current_user.actor, project_id, form.brief())
        except DomainError as error:
            _refuse_role(form, error)
        else:
            answer = kept(redirect(url_for("projects.show", project_id=project_id), 303))
            session.commit()
            flash(f"{role.name} is added.", "good")
            return answer
    return _role_page(project_id, form), 422


@pages.get("/<int:role_id>/edit")
@allow(Thing.PROJECT, Action.CHANGE)
def edit(project_id: int, role_id: int) -> str:
    brief = briefs.role_brief(current_session(), project_id, role_id)
    return _role_page(project_id, RoleForm(obj=brief, seen=briefs.fingerprint(brief)), role_id)


@pages.post("/<int:role_id>/edit")
@allow(Thing.PROJECT, Action.CHANGE)
def update(project_id: int, role_id: int) -> Page:
    session, form = current_session(), RoleForm()
    if change_rows(form, request.form):
        return _role_page(project_id, form, role_id)
    if form.validate():
        brief = form.brief()
        try:
            roles.edit_role(session, current_user.actor, project_id, role_id, brief, form.seen.data or "")
        except Conflict as error:
            saved = briefs.role_brief(session, project_id, role_id)
            form.seen.data = briefs.fingerprint(saved)
            return _role_page(project_id, form, role_id, error, briefs.differences(saved, brief)), error.status
        except DomainError as error:
            _refuse_role(form, error)
        else:
            session.commit()
            flash(f"{brief.name} is saved.", "good")
            return redirect(url_for("projects.show", project_id=project_id), 303)
    return _role_page(project_id, form, role_id), 422


@pages.get("/<int:role_id>/delete")
@allow(Thing.PROJECT, Action.CHANGE)
def confirm_delete(project_id: int, role_id: int) -> str:
    return _delete_page(project_id, role_id)


@pages.post("/<int:role_id>/delete")
@allow(Thing.PROJECT, Action.CHANGE)
def delete(project_id: int, role_id: int) -> Page:
    session = current_session()
    try:
        name = roles.delete_role(session, current_user.actor, project_id, role_id)
    except roles.RoleInUse as error:
        return _delete_page(project_id, role_id, error.sentence), error.status
    session.commit()
    flash(f"{name} is removed.", "good")
    return redirect(url_for("projects.show", project_id=project_id), 303)


def _role_page(
    project_id: int,
    form: RoleForm,
    role_id: int | None = None,
    conflict: Conflict | None = None,
    differences: Sequence[Difference] = (),
) -> str:
    session = current_session()
    project = project_view(session, current_user, project_id)
    form.offer(
        [phase.name for phase in project.phases],
        [subteam.name for subteam in project.subteams],
        catalogue.functions(session),
    )
    return render_template(
        "projects/role.html",
        project=project,
        form=form,
        role=next((role for role in project.roles if role.id == role_id), None),
        comparison=compare(session, project),
        blank=blank_row(NeedForm, "needs"),
        skills=catalogue.skill_names(session),
        catalogue_roles=catalogue.catalogue_roles(session),
        conflict=conflict,
        differences=differences,
    )


def _refuse_role(form: RoleForm, error: DomainError) -> None:
    """A wrong skill need is shown at its own row."""
    if not isinstance(error, roles.WrongNeeds):
        refuse(form, error)
        return
    for position, sentence in error.sentences.items():
        form.stated_needs[position].skill.errors = [sentence]
    form.needs.errors = [row.errors for row in form.needs]


def _delete_page(project_id: int, role_id: int, refusal: str | None = None) -> str:
    session = current_session()
    return render_template(
        "projects/delete_role.html",
        project=read.project_name(session, project_id),
        role=briefs.role_brief(session, project_id, role_id),
        role_id=role_id,
        refusal=refusal,
    )
