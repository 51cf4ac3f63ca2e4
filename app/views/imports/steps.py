"""The steps of one import: what was understood, its questions, its new skills, the preview, what to know about it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.imports.batches import address_of, read_line_filters, read_name, read_page, read_skill_filters
from app.forms.imports.mapping import MEANINGS, ROLE_GROUPS, column_fields, mark_fields, read_mapping
from app.forms.imports.questions import LEVELS, OPTIONS, candidates, question_fields, read_answers
from app.forms.imports.skills import read_skills, skill_fields
from app.jobs import current_jobs
from app.queries.imports import steps
from app.queries.imports.batches import ImportView, find_import, lock_import
from app.queries.imports.directory import catalogue
from app.queries.jobs import job_of
from app.queries.lists.paging import Page
from app.queries.projects.catalogue import most_used_skills
from app.services.imports import background
from app.services.imports.choices import keep_choices
from importers import Choices, SheetMapping

pages = Blueprint("imports_steps", __name__)

NAMES_OFFERED = 600
"""As many skills of the catalogue a page carries along to complete what is typed."""


@pages.get("/imports/<int:batch_id>/preview")
@allow(Thing.IMPORT, Action.SEE)
def preview(batch_id: int) -> str | Response:
    def read(found: ImportView) -> Mapping[str, Any]:
        return {"preview": steps.preview(current_session(), found, read_line_filters(request.args))}

    return _step(batch_id, "preview", read)


@pages.get("/imports/<int:batch_id>/problems")
@allow(Thing.IMPORT, Action.SEE)
def problems(batch_id: int) -> str | Response:
    def read(found: ImportView) -> Mapping[str, Any]:
        return {"problems": steps.problems(found, read_name(request.args, "code"), read_page(request.args))}

    return _step(batch_id, "problems", read)


@pages.get("/imports/<int:batch_id>/missing")
@allow(Thing.IMPORT, Action.SEE)
def missing(batch_id: int) -> str | Response:
    return _step(batch_id, "missing", lambda found: {"page": steps.missing(found, read_page(request.args))})


@pages.get("/imports/<int:batch_id>/questions")
@allow(Thing.IMPORT, Action.SEE)
def questions(batch_id: int) -> str | Response:
    def read(found: ImportView) -> Mapping[str, Any]:
        shown = steps.questions(found, read_name(request.args, "code"), read_page(request.args))
        notes = steps.where_they_work(current_session(), candidates(shown.page.rows))
        fields = question_fields(shown.page.rows, notes)
        return {"shown": shown, "fields": fields, "levels": LEVELS, "for_all": OPTIONS}

    return _step(batch_id, "questions", read)


@pages.post("/imports/<int:batch_id>/questions")
@allow(Thing.IMPORT, Action.CHANGE)
def answer(batch_id: int) -> Response:
    found = _to_change(batch_id)
    choices = read_answers(found.choices, found.questions, request.form)
    return _go_on(batch_id, choices, "questions")


@pages.get("/imports/<int:batch_id>/skills")
@allow(Thing.IMPORT, Action.SEE)
def skills(batch_id: int) -> str | Response:
    def read(found: ImportView) -> Mapping[str, Any]:
        rows = steps.new_skills(found)
        view, page = steps.skills_page(rows, read_skill_filters(request.args))
        return _skills(view, page, skill_fields(page.rows))

    return _step(batch_id, "skills", read)


@pages.post("/imports/<int:batch_id>/skills")
@allow(Thing.IMPORT, Action.CHANGE)
def decide(batch_id: int) -> str | Response | tuple[str, int]:
    found = _to_change(batch_id)
    rows = steps.new_skills(found)
    sent = read_skills(rows.rows, catalogue(current_session()), request.form)
    if sent.has_errors:
        view, page = steps.skills_page(rows, read_skill_filters(request.args))
        shown = _skills(view, page, sent.fields)
        link = _link("skills", batch_id)
        return render_template("imports/skills.html", found=found, skills=rows, link=link, **shown), 422
    return _go_on(batch_id, found.choices_about_skills(sent.choices), "skills")


@pages.get("/imports/<int:batch_id>/understood")
@allow(Thing.IMPORT, Action.SEE)
def understood(batch_id: int) -> str | Response:
    def read(found: ImportView) -> Mapping[str, Any]:
        sheet, columns = steps.understood(found, read_name(request.args, "sheet"), read_page(request.args))
        mapping = found.choices.mapping(sheet["name"] if sheet else "")
        return {
            "sheet": sheet,
            "page": columns,
            "mapping": mapping,
            "by_hand": mapping != SheetMapping(),
            "columns": column_fields(columns.rows, mapping),
            "marks": mark_fields(sheet["marks"] if sheet else (), mapping),
            "role_groups": ROLE_GROUPS,
            "meanings": MEANINGS,
        }

    return _step(batch_id, "understood", read)


@pages.post("/imports/<int:batch_id>/understood")
@allow(Thing.IMPORT, Action.CHANGE)
def correct(batch_id: int) -> Response:
    found = _to_change(batch_id)
    sheet = steps.sheet_named(found, read_name(request.args, "sheet"))
    return _go_on(batch_id, read_mapping(found.choices, sheet, request.form), "understood")


def _step(batch_id: int, step: str, read: Callable[[ImportView], Mapping[str, Any]]) -> str | Response:
    """A step's page, after the work on it; where there is no preview, the way leads to where the import stands."""
    session = current_session()
    found, job = find_import(session, batch_id), job_of(session, background.SUBJECT, batch_id)
    if job and job.is_open:
        job = current_jobs().with_progress(job)
        return render_template("imports/working.html", batch=found.batch, job=job)
    if not found.is_kept:
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    told = {"skills": steps.new_skills(found), "link": _link(step, batch_id), **read(found)}
    return render_template(f"imports/{step}.html", found=found, **told)


def _skills(view: steps.SkillView, page: Page[steps.NewSkill], fields: Any) -> Mapping[str, Any]:
    names = most_used_skills(current_session(), NAMES_OFFERED)
    return {"view": view, "page": page, "fields": fields, "names": names}


def _to_change(batch_id: int) -> ImportView:
    """Kept from others until the transaction ends: what they answer meanwhile is added to, and not written over."""
    session = current_session()
    lock_import(session, batch_id)
    return find_import(session, batch_id)


def _go_on(batch_id: int, choices: Choices, step: str) -> Response:
    """Keep the choices and go to the page that the button named; without one the file is read again with them."""
    session = current_session()
    keep_choices(session, batch_id, choices)
    to = request.form.get("to", "")
    if to.isdecimal():
        session.commit()
        return redirect(_link(step, batch_id)(page=int(to)), 303)
    job_id = background.ask_read(session, current_user.actor, batch_id, choices).id
    session.commit()
    if current_jobs().begin(job_id).failure:
        # What did not fit stands there, with ways out.
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    return redirect(_link(step, batch_id)(), 303)


def _link(step: str, batch_id: int) -> Callable[..., str]:
    """The address of the same page with other filters; the first page of those."""
    args = request.args.copy()

    def link(**changed: object) -> str:
        return url_for(f"imports_steps.{step}", batch_id=batch_id, **address_of(args, {"page": None} | changed))  # type: ignore[arg-type]  # filters, not url_for's own switches

    return link
