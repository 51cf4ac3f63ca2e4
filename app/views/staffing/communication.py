"""How much the roles of a project talk with each other."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError
from app.forms.fields import blank_row, change_rows, refuse
from app.forms.staffing.roles import CommunicationForm, PairForm
from app.queries import briefs
from app.queries.briefs import Communication
from app.queries.projects.pages import project_view
from app.services.staffing import roles

pages = Blueprint("communication", __name__)
Page = str | Response | tuple[str, int]


@pages.get("/projects/<int:project_id>/communication")
@allow(Thing.PROJECT, Action.CHANGE)
def edit(project_id: int) -> str:
    pairs = briefs.communication(current_session(), project_id)
    return _page(project_id, CommunicationForm(pairs=pairs, seen=briefs.fingerprint(*pairs)))


@pages.post("/projects/<int:project_id>/communication")
@allow(Thing.PROJECT, Action.CHANGE)
def update(project_id: int) -> Page:
    session, form = current_session(), CommunicationForm()
    if change_rows(form, request.form):
        return _page(project_id, form)
    if form.validate():
        try:
            roles.set_communication(session, current_user.actor, project_id, form.communication(), form.seen.data or "")
        except Conflict as error:
            saved = briefs.communication(session, project_id)
            form.seen.data = briefs.fingerprint(*saved)
            return _page(project_id, form, error, saved), error.status
        except DomainError as error:
            refuse(form, error)
        else:
            session.commit()
            flash("Who talks with whom is saved.", "good")
            return redirect(url_for("projects.show", project_id=project_id), 303)
    return _page(project_id, form), 422


def _page(
    project_id: int,
    form: CommunicationForm,
    conflict: Conflict | None = None,
    saved: Sequence[Communication] = (),
) -> str:
    project = project_view(current_session(), current_user, project_id)
    names = [role.name for role in project.roles]
    return render_template(
        "projects/communication.html",
        project=project,
        form=form.offer(names),
        blank=blank_row(PairForm, "pairs").offer(names),
        conflict=conflict,
        saved=saved,
    )
