"""Handing a project over to somebody else."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError
from app.forms.fields import refuse
from app.forms.staffing.leading import LeadingForm
from app.queries.leading import leading
from app.services.staffing.leading import hand_over

pages = Blueprint("leading", __name__)
Page = str | tuple[str, int] | Response


@pages.get("/projects/<int:project_id>/lead")
@allow(Thing.PROJECT, Action.CHANGE)
def show(project_id: int) -> str:
    found = leading(current_session(), project_id)
    form = LeadingForm(leader=str(found.leader_id or ""), version=found.version).offer(found)
    return render_template("projects/lead.html", found=found, form=form)


@pages.post("/projects/<int:project_id>/lead")
@allow(Thing.PROJECT, Action.CHANGE)
def change(project_id: int) -> Page:
    session, status = current_session(), 422
    found = leading(session, project_id)
    form = LeadingForm().offer(found)
    if form.validate():
        try:
            hand_over(session, current_user.actor, project_id, form.leader_id, form.version.data or 0)
        except DomainError as error:
            refuse(form, error)
            if isinstance(error, Conflict):
                form.version.data, form.version.raw_data, status = found.version, None, error.status
        else:
            session.commit()
            flash(f"{found.project} is handed over.", "good")
            return redirect(url_for("projects.show", project_id=project_id), 303)
    return render_template("projects/lead.html", found=found, form=form), status
