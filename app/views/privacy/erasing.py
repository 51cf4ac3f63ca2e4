"""What managers and administrators do with a person's record: erase it, hand it out, see where they were proposed."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.entrance.limits import TAKEN_OUT, paced
from app.errors import DomainError
from app.exchange.downloads import file_response
from app.forms.privacy import EraseForm
from app.jobs import current_jobs
from app.queries.privacy.erasure import preview_erasure
from app.queries.staffing.proposed import where_proposed
from app.rendering import plural
from app.services.privacy.erasing import erase
from app.services.privacy.personal_data import export_of_person

pages = Blueprint("erasing", __name__, url_prefix="/people")


@pages.get("/<int:person_id>/erase")
@allow(Thing.PERSON, Action.ADMINISTER)
@recently_authenticated
def show(person_id: int) -> str:
    return _page(person_id, EraseForm())


@pages.post("/<int:person_id>/erase")
@allow(Thing.PERSON, Action.ADMINISTER)
@recently_authenticated
def erase_person(person_id: int) -> Response | tuple[str, int]:
    session, form, now = current_session(), EraseForm(), datetime.now(UTC)
    preview = preview_erasure(session, person_id, now.date())
    if not form.validate() or not form.confirms(preview.name):
        return _page(person_id, form), 422
    try:
        told = erase(session, current_user.actor, person_id, now)
    except DomainError as error:
        session.rollback()
        form.form_errors.append(error.sentence)
        return _page(person_id, form), error.status
    session.commit()
    wiped = current_jobs().wipe()
    flash(f"The person is erased; “{told.pseudonym}” is left. Backups made before this still hold the person.", "good")
    if told.left:
        flash(f"{plural(sum(told.left.values()), 'mention stays', 'mentions stay')}, because {told.why}.", "warning")
    if not wiped:
        flash("The database was in use: old bytes in its free space go with the next daily retention run.", "warning")
    return redirect(url_for("people.show", person_id=person_id), 303)


@pages.get("/<int:person_id>/personal-data")
@allow(Thing.PERSON, Action.ADMINISTER)
@recently_authenticated
def data_page(person_id: int) -> str:
    return _page(person_id, EraseForm())


@pages.post("/<int:person_id>/personal-data")
@allow(Thing.PERSON, Action.ADMINISTER)
@recently_authenticated
@paced(TAKEN_OUT)
def data(person_id: int) -> Response:
    session = current_session()
    content = export_of_person(session, current_user.actor, person_id, datetime.now(UTC))
    session.commit()
    return file_response(content, f"personal-data-{person_id}.zip")


@pages.get("/<int:person_id>/proposals")
@allow(Thing.PROPOSED, Action.SEE)
def proposals(person_id: int) -> str:
    found = where_proposed(current_session(), current_user, person_id)
    return render_template("privacy/persons_proposals.html", found=found, id=person_id)


def _page(person_id: int, form: EraseForm) -> str:
    preview = preview_erasure(current_session(), person_id, datetime.now(UTC).date())
    return render_template("privacy/erase.html", preview=preview, form=form)
