"""Where one's own account is open, and ending that."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.queries.accounts.sessions import open_sessions
from app.services.accounts import sessions

pages = Blueprint("sessions", __name__, url_prefix="/account/sessions")
WAYS = {
    "password": "with the password",
    "link": "with a one-use link",
    "single_sign_on": "with single sign-on",
    "second_factor": "with the password and a second factor",
}


@pages.get("")
@allow(Thing.ACCOUNT, Action.CHANGE)
def index() -> str:
    opened = open_sessions(current_session(), current_user.account_id, datetime.now(UTC), current_user.get_id())
    return render_template("accounts/sessions.html", sessions=opened, ways=WAYS)


@pages.post("/<int:session_id>/end")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def end(session_id: int) -> Response:
    session = current_session()
    sessions.end_one_session(session, current_user.actor, current_user.account_id, session_id)
    session.commit()
    flash("The session is ended.", "good")
    return redirect(url_for("sessions.index"), 303)


@pages.post("/end-others")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def end_others() -> Response:
    session = current_session()
    sessions.end_other_sessions(session, current_user.actor, current_user.account_id, current_user.get_id())
    session.commit()
    flash("All other sessions are ended.", "good")
    return redirect(url_for("sessions.index"), 303)
