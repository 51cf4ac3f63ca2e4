"""Undoing an import: what it would do, and doing it."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.imports.batches import read_name, read_page
from app.jobs import current_jobs
from app.queries.imports.batches import find_import
from app.queries.imports.undo_lines import undo_pages
from app.queries.imports.undoing import plan_undo
from app.services.imports import background

pages = Blueprint("undoing", __name__)


@pages.get("/imports/<int:batch_id>/undo")
@allow(Thing.IMPORT, Action.SEE)
def show(batch_id: int) -> str:
    session = current_session()
    batch, told = find_import(session, batch_id).batch, plan_undo(session, batch_id).told
    pages = undo_pages(told, read_name(request.args, "list"), read_page(request.args))
    return render_template("imports/undo.html", told=told, pages=pages, batch=batch)


@pages.post("/imports/<int:batch_id>/undo")
@allow(Thing.IMPORT, Action.CHANGE)
def undo(batch_id: int) -> Response:
    session = current_session()
    job_id = background.ask_undo(session, current_user.actor, batch_id).id
    session.commit()
    if error := current_jobs().begin(job_id).failure:
        raise error
    return redirect(url_for("imports.show", batch_id=batch_id), 303)
