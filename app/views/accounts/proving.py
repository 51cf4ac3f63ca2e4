"""Proving once more to be the owner of one's account: before what matters most, and to choose another password."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import PasswordField

from app import mail
from app.access import Action, Thing
from app.db import current_engine, current_session, reading_session, writes_no_rows, writing_session
from app.entrance import limits
from app.entrance.cookies import enter_again, has_first_proof
from app.entrance.declaring import allow, before_second_factor
from app.entrance.hosts import is_local_path
from app.errors import DomainError
from app.events import log_event
from app.exchange.kept_forms import form_for, packed, unpacked
from app.forms.accounts.entering import ChangePasswordForm, ConfirmForm
from app.forms.fields import refuse
from app.queries.accounts.second_factor import has_second_factor
from app.queries.accounts.sessions import has_password
from app.services.accounts import accounts, passwords, second_factor, sessions
from app.services.accounts import sign_in as signing_in

pages = Blueprint("proving", __name__, url_prefix="/account")
FAILURES = "10 per 5 minutes"
TOO_MANY = "The password was wrong too often. Wait {wait} and try again."
TOO_MANY_CODES = "The code was wrong too often. Wait {wait} and try again."
WITHOUT_TOKENS = "Your password is changed, and all other sessions are ended."
WITH_TOKENS = "Your password is changed, and all other sessions and your API tokens are ended."


@pages.get("/password")
@allow(Thing.ACCOUNT, Action.CHANGE)
def password() -> str:
    return render_template("accounts/password.html", form=ChangePasswordForm())


@pages.post("/password")
@allow(Thing.ACCOUNT, Action.CHANGE)
@writes_no_rows
def change_password() -> Response | tuple[str, int]:
    form = ChangePasswordForm()
    if form.validate() and _proves(form.current, "This is not your current password."):
        try:
            with writing_session(current_engine()) as session:
                changed = accounts.change_password(
                    session,
                    current_user.get_id(),
                    form.password.data or "",
                    datetime.now(UTC),
                    end_tokens=bool(form.end_tokens.data),
                )
                session.commit()
        except DomainError as error:
            refuse(form, error)
        else:
            enter_again(changed.secret)
            mail.post("password_changed", current_user.email, name=current_user.name, tokens=changed.tokens)
            flash(WITH_TOKENS if form.end_tokens.data else WITHOUT_TOKENS, "good")
            return redirect(url_for("account.show"), 303)
    return render_template("accounts/password.html", form=form), 422


@pages.get("/confirm")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
def confirm() -> str:
    return _confirm_page(ConfirmForm())


@pages.post("/confirm/form")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
@writes_no_rows
def confirm_form() -> str:
    """What was typed into another form arrives here first, and is kept while its sender proves to be the owner."""
    form = ConfirmForm(formdata=None)
    form.kept.data = packed(form_for(_target()))
    return _confirm_page(form)


@pages.post("/confirm")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
@writes_no_rows
def confirm_now() -> Response | str | tuple[str, int]:
    form, proved = ConfirmForm(), has_first_proof(datetime.now(UTC))
    if proved:
        del form.password
    if not has_second_factor(current_session(), current_user.account_id):
        del form.code
    right = form.validate() and (proved or _proves(form.password, "This is not your password."))
    if right and (fresh := _confirmed(form)):
        enter_again(fresh)
        return _go_on(form)
    return _confirm_page(form), 422


@pages.post("/confirm/go-on")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
@writes_no_rows
def go_on() -> Response | str | tuple[str, int]:
    """For whoever proved to be the owner in another tab, at the provider of single sign-on."""
    form = ConfirmForm()
    if not current_user.was_recognised(datetime.now(UTC)):
        form.form_errors.append("You have not confirmed yet that it is you.")
        return _confirm_page(form), 422
    return _go_on(form)


def _confirmed(form: ConfirmForm) -> str | None:
    """The new secret of the session, where the account has no second factor or its code is right too. Wrong ones are
    counted."""
    account_id, key = current_user.account_id, current_app.config["SECRET_KEY"]
    with writing_session(current_engine()) as session:
        if has_second_factor(session, account_id):
            code = form.code.data if "code" in form else ""
            with limits.trial(FAILURES, TOO_MANY_CODES, ("confirm code", str(account_id))) as failed:
                try:
                    second_factor.check_code(session, account_id, code or "", key=key, at=datetime.now(UTC))
                except DomainError as error:
                    failed()
                    refuse(form, error)
                    log_event("session.second_step", outcome="refused", subject_id=account_id, client=limits.client())
                    return None
        fresh = sessions.renew_session(session, current_user.get_id())
        session.commit()
    return fresh


def _go_on(form: ConfirmForm) -> Response | str:
    kept = unpacked(form.kept.data)
    if kept and is_local_path(kept.path):
        return render_template("accounts/send_again.html", kept=kept)
    return redirect(_target(), 303)


def _confirm_page(form: ConfirmForm) -> str:
    session, account_id = current_session(), current_user.account_id
    kept = unpacked(form.kept.data)
    return render_template(
        "accounts/confirm.html",
        first_proof=has_first_proof(datetime.now(UTC)),
        form=form,
        typed=bool(kept and kept.typed),
        target=_target(),
        has_password=has_password(session, account_id),
        has_factor=has_second_factor(session, account_id),
    )


def _target() -> str:
    """Where to go on after confirming: a path of ours."""
    wanted = request.args.get("next", "")
    return wanted if is_local_path(wanted) else url_for("account.show")


def _proves(typed: PasswordField, wrong: str) -> bool:
    """Whether the password of whoever is signed in was typed. A wrong one is counted, and said at the field."""
    with reading_session(current_engine()) as session:
        attempt = signing_in.find_attempt(session, current_user.email)
    with limits.trial(FAILURES, TOO_MANY, ("confirm", str(current_user.account_id))) as failed:
        right = passwords.is_right(attempt.stored, typed.data or "")
        if not right:
            failed()
            typed.errors = [wrong]
    return right
