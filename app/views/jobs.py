"""Background work as whoever started it sees it: how far it is, and a way to stop it."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session, writes_no_rows
from app.entrance.declaring import allow
from app.jobs import as_json, current_jobs
from app.queries.jobs import JobView, show_job

pages = Blueprint("jobs", __name__)

SUBJECTS = {"import_batch": ("imports.show", "batch_id")}
"""Kind of row -> its page and the name of its id there."""


@pages.get("/jobs/<int:job_id>")
@allow(Thing.JOB, Action.SEE)
def show(job_id: int) -> str | Response:
    """Leads to the result once there is one. As JSON for whoever asks for that."""
    job = current_jobs().with_progress(show_job(current_session(), job_id, current_user))
    address = _address(job)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(as_json(job, address))
    return render_template("jobs/show.html", job=job, address=address) if job.is_open else redirect(address, 303)


@pages.post("/jobs/<int:job_id>/stop")
@allow(Thing.JOB, Action.CHANGE)
@writes_no_rows
def stop(job_id: int) -> Response:
    """Needs no lock of the database: the work itself may hold it."""
    job = show_job(current_session(), job_id, current_user)
    if job.is_open:
        current_jobs().stop(job_id)
    return redirect(_address(job), 303)


def _address(job: JobView) -> str:
    endpoint, name = SUBJECTS[job.subject]
    return url_for(endpoint, **{name: job.subject_id})  # type: ignore[arg-type]  # a row's id, under the page's own name
