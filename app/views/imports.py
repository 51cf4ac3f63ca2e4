"""Importing a sheet: upload, questions, preview, apply, and the history of it all."""

from pathlib import PurePath
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import current_session
from app.errors import DomainError
from app.forms.fields import refuse
from app.forms.imports import LEVELS, UploadForm, question_fields, read_answers, read_line_filters, read_page
from app.queries.directory import catalogue
from app.queries.import_lines import Show
from app.queries.import_preview import Moved
from app.queries.imports import import_history, show_import, staged_batch
from app.security import Access, allow
from app.services import imports
from importers import Choices, Reading
from importers.wire import from_wire

pages = Blueprint("imports", __name__)


@pages.get("/imports")
@allow(Access.ADMINS)
def index() -> str:
    return _history(UploadForm())


@pages.post("/imports")
@allow(Access.ADMINS)
def upload() -> Response | tuple[str, int]:
    form, choices = UploadForm(), Choices()
    if not form.validate():
        return _history(form), 422
    name, content = PurePath(form.workbook.data.filename or "").name, form.workbook.data.read()
    try:
        reading = _read(content, name, choices)
    except DomainError as error:
        error.field = "workbook"
        refuse(form, error)
        return _history(form), error.status
    session = current_session()
    batch = imports.stage(session, current_user.actor, content=content, filename=name, choices=choices, reading=reading)
    session.commit()
    return _to(batch.id)


@pages.get("/imports/<int:batch_id>")
@allow(Access.ADMINS)
def show(batch_id: int) -> str:
    found = show_import(current_session(), batch_id, read_line_filters(request.args))
    filters = found.filters

    def address(**changed: object) -> str:
        wanted = {"show": filters.show.value, "q": filters.text, "page": filters.page} | changed
        usual = {"show": Show.ALL.value, "q": "", "page": 1}
        query = urlencode({name: value for name, value in wanted.items() if value != usual[name]})
        return f"{url_for('imports.show', batch_id=batch_id)}?{query}#changes"

    return render_template(
        "imports/show.html",
        found=found,
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
    reading = _read(batch.content, batch.filename, choices)
    imports.restage(session, current_user.actor, batch_id, choices, reading)
    session.commit()
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/apply")
@allow(Access.ADMINS)
def apply(batch_id: int) -> Response | tuple[str, int]:
    session = current_session()
    batch = staged_batch(session, batch_id)
    filename, digest = batch.filename, request.form.get("digest", "")
    reading = _read(batch.content, filename, from_wire(Choices, batch.choices))
    try:
        imports.apply(session, current_user.actor, batch, expected_digest=digest, reading=reading)
    except Moved as moved:
        session.rollback()
        return render_template("imports/moved.html", moved=moved, batch_id=batch_id, filename=filename), 409
    session.commit()
    return _to(batch_id)


@pages.post("/imports/<int:batch_id>/discard")
@allow(Access.ADMINS)
def discard(batch_id: int) -> Response:
    session = current_session()
    imports.discard(session, current_user.actor, batch_id)
    session.commit()
    return redirect(url_for("imports.index"), 303)


def _read(content: bytes, filename: str, choices: Choices) -> Reading:
    """What the file says. No transaction is open meanwhile: reading may take a minute, and others write."""
    session = current_session()
    known = catalogue(session)
    session.rollback()
    return imports.read_file(known, content, filename, choices)


def _history(form: UploadForm) -> str:
    return render_template(
        "imports/index.html", form=form, history=import_history(current_session(), read_page(request.args))
    )


def _to(batch_id: int) -> Response:
    return redirect(url_for("imports.show", batch_id=batch_id), 303)
