"""For how long what is kept."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.errors import DomainError
from app.forms.fields import refuse
from app.forms.privacy import RetentionForm
from app.queries.retention import last_run, periods
from app.security import allow, recently_authenticated
from app.services.retention import set_periods

pages = Blueprint("retention", __name__, url_prefix="/admin")


@pages.get("/retention")
@allow(Thing.RETENTION, Action.SEE)
def show() -> str:
    return _page(RetentionForm.showing(periods(current_session())))


@pages.post("/retention")
@allow(Thing.RETENTION, Action.CHANGE)
@recently_authenticated
def change() -> Response | tuple[str, int]:
    form, session = RetentionForm(), current_session()
    if not form.validate():
        return _page(form), 422
    try:
        set_periods(session, current_user.actor, form.days)
    except DomainError as error:
        refuse(form, error)
        return _page(form), error.status
    session.commit()
    flash("The periods hold from the next run on.", "good")
    return redirect(url_for("retention.show"), 303)


def _page(form: RetentionForm) -> str:
    return render_template("privacy/retention.html", form=form, last_run=last_run(current_session()))
