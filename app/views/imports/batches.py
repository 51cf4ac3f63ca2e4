"""Importing a sheet: upload, where an import stands, apply, and the history of it all."""

from pathlib import PurePath

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.entrance.limits import UPLOADS, paced
from app.exchange.downloads import file_response
from app.exchange.idempotency import kept, once
from app.forms.fields import refuse
from app.forms.imports.batches import UploadForm, read_name, read_page, without
from app.jobs import current_jobs
from app.queries.imports.batches import UNREAD, earlier_import, find_import, import_history, keeps_file, staged_batch
from app.queries.imports.notes import annotation
from app.queries.imports.preview import Moved
from app.queries.imports.steps import new_skills, problem_groups
from app.queries.imports.undo_lines import undo_pages
from app.queries.jobs import job_of
from app.services.imports import background, batches
from app.services.imports.annotated_copies import annotated_copy

pages = Blueprint("imports", __name__)


@pages.get("/imports")
@allow(Thing.IMPORT, Action.SEE)
def index() -> str:
    return _history(UploadForm())


@pages.post("/imports")
@allow(Thing.IMPORT, Action.CHANGE)
@once
@paced(UPLOADS)
def upload() -> Response | tuple[str, int]:
    form, session, actor = UploadForm(), current_session(), current_user.actor
    if not form.validate():
        return _history(form), 422
    name, content = PurePath(form.workbook.data.filename or "").name, form.workbook.data.read()
    batch_id = batches.receive(session, actor, content=content, filename=name).id
    job_id = background.ask_read(session, actor, batch_id).id
    answer = kept(_to(batch_id))
    session.commit()
    if error := current_jobs().begin(job_id).failure:
        error.field = "workbook"
        refuse(form, error)
        return _history(form), error.status
    return answer


@pages.get("/imports/<int:batch_id>")
@allow(Thing.IMPORT, Action.SEE)
def show(batch_id: int) -> str:
    session = current_session()
    found, job = find_import(session, batch_id), job_of(session, background.SUBJECT, batch_id)
    job = job and current_jobs().with_progress(job)
    if (job and job.is_open) or found.batch.state in UNREAD:
        return render_template("imports/working.html", batch=found.batch, job=job)
    return render_template(
        "imports/show.html",
        found=found,
        job=job,
        skills=new_skills(found),
        problem_groups=problem_groups(found),
        keeps_file=keeps_file(session, batch_id),
        earlier=earlier_import(session, found.batch),
        stayed=undo_pages(found.stayed, read_name(request.args, "list"), read_page(request.args)),
    )


@pages.post("/imports/<int:batch_id>/read")
@allow(Thing.IMPORT, Action.CHANGE)
def read(batch_id: int) -> Response:
    """Read the file again with what is decided, or without some of it, and compare it with the directory of now."""
    session = current_session()
    choices = without(find_import(session, batch_id).choices, request.form.get("without"))
    job_id = background.ask_read(session, current_user.actor, batch_id, choices).id
    session.commit()
    current_jobs().begin(job_id)
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/apply")
@allow(Thing.IMPORT, Action.CHANGE)
def apply(batch_id: int) -> Response | tuple[str, int]:
    session = current_session()
    filename = staged_batch(session, batch_id).filename
    job_id = background.ask_apply(session, current_user.actor, batch_id, request.form.get("digest", "")).id
    session.commit()
    error = current_jobs().begin(job_id).failure
    if moved := Moved.of(error):
        return render_template("imports/moved.html", moved=moved, batch_id=batch_id, filename=filename), 409
    if error:
        raise error
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/discard")
@allow(Thing.IMPORT, Action.CHANGE)
def discard(batch_id: int) -> Response:
    session = current_session()
    batches.discard(session, current_user.actor, batch_id)
    session.commit()
    return redirect(url_for("imports.index"), 303)


@pages.get("/imports/<int:batch_id>/annotated")
@allow(Thing.IMPORT, Action.SEE)
def annotated(batch_id: int) -> Response:
    """The file with every cell marked that there is something to say about."""
    session = current_session()
    found = annotation(session, batch_id)
    session.rollback()  # making the copy may take a minute
    name, content = annotated_copy(found)
    return file_response(content, name)


def _history(form: UploadForm) -> str:
    return render_template(
        "imports/index.html", form=form, history=import_history(current_session(), read_page(request.args))
    )


def _to(batch_id: int) -> Response:
    return redirect(url_for("imports.show", batch_id=batch_id), 303)
