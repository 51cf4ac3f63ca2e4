"""Importing a sheet: upload, questions, preview, apply, and the history of it all."""

from pathlib import PurePath
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import current_session
from app.forms.fields import refuse
from app.forms.imports import LEVELS, UploadForm, question_fields, read_answers, read_line_filters, read_page
from app.jobs import current_jobs
from app.queries.import_lines import Show
from app.queries.import_preview import Moved
from app.queries.imports import UNREAD, import_history, show_import, staged_batch
from app.queries.jobs import job_of
from app.security import Access, allow
from app.services import import_jobs, imports
from importers import Choices
from importers.wire import from_wire

pages = Blueprint("imports", __name__)


@pages.get("/imports")
@allow(Access.ADMINS)
def index() -> str:
    return _history(UploadForm())


@pages.post("/imports")
@allow(Access.ADMINS)
def upload() -> Response | tuple[str, int]:
    form, session, actor = UploadForm(), current_session(), current_user.actor
    if not form.validate():
        return _history(form), 422
    name, content = PurePath(form.workbook.data.filename or "").name, form.workbook.data.read()
    batch_id = imports.receive(session, actor, content=content, filename=name).id
    job_id = import_jobs.ask_read(session, actor, batch_id).id
    session.commit()
    if error := current_jobs().begin(job_id).failure:
        error.field = "workbook"
        refuse(form, error)
        return _history(form), error.status
    return _to(batch_id)


@pages.get("/imports/<int:batch_id>")
@allow(Access.ADMINS)
def show(batch_id: int) -> str:
    found = show_import(current_session(), batch_id, read_line_filters(request.args))
    job = job_of(current_session(), import_jobs.SUBJECT, batch_id)
    job = job and current_jobs().with_progress(job)
    if (job and job.is_open) or found.batch.state in UNREAD:
        return render_template("imports/working.html", batch=found.batch, job=job)
    filters = found.filters

    def address(**changed: object) -> str:
        wanted = {"show": filters.show.value, "q": filters.text, "page": filters.page} | changed
        usual = {"show": Show.ALL.value, "q": "", "page": 1}
        query = urlencode({name: value for name, value in wanted.items() if value != usual[name]})
        return f"{url_for('imports.show', batch_id=batch_id)}?{query}#changes"

    return render_template(
        "imports/show.html",
        found=found,
        job=job,
        questions=question_fields(found.questions),
        levels=LEVELS,
        kinds=[(kind, address(show=kind.value, page=1)) for kind in Show],
        previous=address(page=filters.page - 1) if filters.page > 1 else None,
        next=address(page=filters.page + 1) if filters.page < found.pages else None,
    )


@pages.post("/imports/<int:batch_id>/answers")
@allow(Access.ADMINS)
def answer(batch_id: int) -> Response:
    """Plan again with the answers; also without any new one, when the directory has moved."""
    session = current_session()
    batch = staged_batch(session, batch_id)
    shown = show_import(session, batch_id, read_line_filters(request.args))
    choices = read_answers(from_wire(Choices, batch.choices), shown.questions, request.form)
    job_id = import_jobs.ask_read(session, current_user.actor, batch_id, choices).id
    session.commit()
    if error := current_jobs().begin(job_id).failure:
        raise error
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/apply")
@allow(Access.ADMINS)
def apply(batch_id: int) -> Response | tuple[str, int]:
    session = current_session()
    filename = staged_batch(session, batch_id).filename
    job_id = import_jobs.ask_apply(session, current_user.actor, batch_id, request.form.get("digest", "")).id
    session.commit()
    error = current_jobs().begin(job_id).failure
    if moved := Moved.of(error):
        return render_template("imports/moved.html", moved=moved, batch_id=batch_id, filename=filename), 409
    if error:
        raise error
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/discard")
@allow(Access.ADMINS)
def discard(batch_id: int) -> Response:
    session = current_session()
    imports.discard(session, current_user.actor, batch_id)
    session.commit()
    return redirect(url_for("imports.index"), 303)


def _history(form: UploadForm) -> str:
    return render_template(
        "imports/index.html", form=form, history=import_history(current_session(), read_page(request.args))
    )


def _to(batch_id: int) -> Response:
    return redirect(url_for("imports.show", batch_id=batch_id), 303)
