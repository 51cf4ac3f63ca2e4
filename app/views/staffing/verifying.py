"""Verifying somebody's ratings, for those who manage them."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.errors import Conflict, NotFound
from app.forms.staffing.verifying import VerifyForm, read_marked, read_seen
from app.queries.people.profile import show_person
from app.services.verifying import verify_ratings

pages = Blueprint("verifying", __name__)


@pages.get("/people/<int:person_id>/verify")
@allow(Thing.PERSON, Action.VERIFY)
def show(person_id: int) -> str:
    return _page(person_id)


@pages.post("/people/<int:person_id>/verify")
@allow(Thing.PERSON, Action.VERIFY)
def verify(person_id: int) -> str | Response | tuple[str, int]:
    session, form = current_session(), VerifyForm()
    seen, marked = read_seen(request.form), read_marked(request.form)
    if not show_person(session, current_user, person_id, datetime.now(UTC).date()).verifiable:
        raise NotFound("This person has no ratings that you can see.")
    if not form.validate() or seen is None or marked is None:
        return _page(person_id, "Choose ratings of this page."), 422
    try:
        changed = verify_ratings(session, current_user.actor, person_id, seen, marked, datetime.now(UTC))
    except Conflict as error:
        return _page(person_id, error.sentence), error.status
    session.commit()
    flash(f"{changed} {'rating' if changed == 1 else 'ratings'} changed.", "good")
    return redirect(url_for("people.show", person_id=person_id), 303)


def _page(person_id: int, refusal: str | None = None) -> str:
    profile = show_person(current_session(), current_user, person_id, datetime.now(UTC).date())
    return render_template("people/verify.html", profile=profile, form=VerifyForm(), refusal=refusal)
