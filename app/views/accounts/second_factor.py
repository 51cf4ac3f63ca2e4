"""One's own second factor: setting it up, moving it to another phone, recovery codes, removing it."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask import session as browser_session
from flask_login import current_user
from werkzeug.wrappers import Response

from app import mail
from app.access import Action, Thing
from app.db import current_session
from app.entrance.cookies import enter_again
from app.entrance.declaring import allow, before_second_factor, recently_authenticated
from app.errors import DomainError
from app.forms.accounts.second_factor import CodeForm
from app.forms.fields import refuse
from app.queries.accounts.second_factor import factor_state
from app.services.accounts import second_factor, sessions

pages = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")
SALT = "factor_salt"


@pages.get("")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
def show() -> str:
    state = factor_state(current_session(), current_user.account_id)
    return render_template("accounts/second_factor.html", state=state)


@pages.get("/set-up")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
@recently_authenticated
def set_up() -> str:
    # In the cookie, not in the database, until a code has proved that the app took it; loading the page again shows
    # the same picture.
    browser_session.setdefault(SALT, second_factor.new_salt())
    return _set_up_page(CodeForm())


@pages.post("/set-up")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
@recently_authenticated
def set_up_now() -> str | tuple[str, int] | Response:
    form, session, salt = CodeForm(), current_session(), browser_session.get(SALT)
    if not salt:
        flash("This picture is no longer in force. Scan the new one.", "warning")
        return redirect(url_for("second_factor.set_up"), 303)
    if form.validate():
        try:
            codes = second_factor.set_up(
                session,
                current_user.actor,
                current_user.account_id,
                key=current_app.config["SECRET_KEY"],
                salt=salt,
                code=form.code.data or "",
                at=datetime.now(UTC),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            sessions.end_other_sessions(session, current_user.actor, current_user.account_id, current_user.get_id())
            fresh = sessions.replace_secret(session, current_user.get_id())
            session.commit()
            enter_again(fresh)
            browser_session.pop(SALT)
            _tell_by_mail()
            return render_template("accounts/second_factor_codes.html", codes=codes, set_up=True)
    return _set_up_page(form), 422


@pages.post("/recovery-codes")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def renew_recovery_codes() -> str:
    session = current_session()
    codes = second_factor.renew_recovery_codes(
        session, current_user.actor, current_user.account_id, key=current_app.config["SECRET_KEY"]
    )
    session.commit()
    _tell_by_mail()
    return render_template("accounts/second_factor_codes.html", codes=codes, set_up=False)


@pages.post("/remove")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def remove() -> Response:
    session = current_session()
    second_factor.remove(session, current_user.actor, current_user.account_id)
    sessions.end_other_sessions(session, current_user.actor, current_user.account_id, current_user.get_id())
    session.commit()
    _tell_by_mail()
    flash("Your second factor is removed. You sign in with your password alone.", "success")
    return redirect(url_for("second_factor.show"), 303)


def _tell_by_mail() -> None:
    mail.post("second_factor_changed", current_user.email, name=current_user.name)


def _set_up_page(form: CodeForm) -> str:
    key, salt, account_id = current_app.config["SECRET_KEY"], browser_session[SALT], current_user.account_id
    return render_template(
        "accounts/second_factor_set_up.html",
        form=form,
        state=factor_state(current_session(), account_id),
        uri=second_factor.provisioning_uri(key, account_id, salt, current_user.email),
        seed=second_factor.seed(key, account_id, salt),
    )
