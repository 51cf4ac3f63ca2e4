"""Entering and leaving: sign-in, the one-use link, sign-out."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import mail
from app.access import Action, Thing
from app.db import current_engine, current_session, reading_session, writes_no_rows, writing_session
from app.entrance import limits
from app.entrance.cookies import enter, leave
from app.entrance.declaring import allow, before_second_factor
from app.entrance.identity_provider import current_provider
from app.entrance.known_devices import known_device
from app.errors import DomainError, Forbidden
from app.events import log_event
from app.forms.accounts.entering import PasswordForm, SignInForm
from app.forms.fields import refuse
from app.services.accounts import accounts, sessions
from app.services.accounts import sign_in as signing_in
from app.services.accounts.links import DeadLink, OpenLink, find_link

pages = Blueprint("signing_in", __name__)
WRONG = "The e-mail address or the password is wrong."
FAILURES = "10 per 5 minutes"
TOO_MANY = (
    "Signing in failed too often from here or for this account. Wait {wait} and try again. Forgot your password? "
    "A link to choose a new one works at once."
)
ADMINS_ONLY = "Only administrators sign in with a password here; everybody else signs in with {name}."
TOKENS_ENDED = (
    "Your API tokens are ended, since somebody else may have had access. Make new ones where they are needed."
)


@pages.get("/sign-in")
@allow(Thing.ENTRANCE, Action.USE)
def sign_in() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    return render_template("accounts/sign_in.html", form=SignInForm())


@pages.post("/sign-in")
@allow(Thing.ENTRANCE, Action.USE)
@writes_no_rows
def sign_in_now() -> tuple[str, int] | Response:
    form = SignInForm()
    if form.validate():
        secret = _let_in(form.email.data or "", form.password.data or "")
        if secret:
            return enter(secret, request.args.get("next"))
        name = _single_sign_on_only()
        form.form_errors.append(f"{WRONG} {ADMINS_ONLY.format(name=name)}" if name else WRONG)
    return render_template("accounts/sign_in.html", form=form), 422


def _single_sign_on_only() -> str | None:
    """The name of the provider through which all but administrators must come in; None where a password does."""
    provider = current_provider()
    return provider.settings.name if provider and provider.settings.only else None


def _let_in(email: str, password: str) -> str | None:
    """The secret of a new session; None when the attempt is refused."""
    with reading_session(current_engine()) as session:
        attempt = signing_in.find_attempt(session, email)
    device = known_device(attempt.account_id)
    address = limits.address_key(email)
    counts = [("device", device, address)] if device else [("client", limits.client()), ("account", address)]
    with limits.trial(FAILURES, TOO_MANY, *(("sign-in", *count) for count in counts)) as failed:
        verdict = signing_in.verify(attempt, password)
        with writing_session(current_engine()) as session:
            secret = signing_in.finish(
                session, attempt, verdict, request.user_agent.string, admins_only=_single_sign_on_only() is not None
            )
            if secret:
                _end_current_session(session)
            session.commit()
        if secret is None:
            failed()
    outcome = "ok" if secret else "refused"
    log_event("session.start", outcome=outcome, subject_id=attempt.account_id, client=limits.client())
    return secret


@pages.get("/welcome/<secret>")
@allow(Thing.ENTRANCE, Action.USE)
def welcome(secret: str) -> str:
    link = _opened(secret)
    return render_template("accounts/welcome.html", form=PasswordForm(), link=link)


@pages.post("/welcome/<secret>")
@allow(Thing.ENTRANCE, Action.USE)
def set_password(secret: str) -> tuple[str, int] | Response:
    form, session, link = PasswordForm(), current_session(), _opened(secret)
    replaced = link.replaces
    if form.validate():
        try:
            entered = accounts.redeem_link(
                session, secret, form.password.data or "", request.user_agent.string, datetime.now(UTC)
            )
        except DomainError as error:
            refuse(form, error)
        else:
            _end_current_session(session)
            session.commit()
            if replaced:
                mail.post("password_changed", link.account.email, name=link.account.name, tokens=entered.tokens)
            answer = enter(entered.secret)
            if entered.tokens:
                flash(TOKENS_ENDED)
            return answer
    return render_template("accounts/welcome.html", form=form, link=link), 422


@pages.post("/sign-out")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
def sign_out() -> Response:
    session = current_session()
    _end_current_session(session)
    session.commit()
    leave()
    flash("You are signed out.")
    response = redirect(url_for("signing_in.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _opened(secret: str) -> OpenLink:
    """What a link opens. A right one always works; wrong ones are counted."""
    try:
        link = find_link(current_session(), secret, datetime.now(UTC))
    except DeadLink:
        limits.spend(*limits.WRONG_LINKS, limits.client())
        raise
    name = _single_sign_on_only()
    if name and not link.administrators:
        raise Forbidden(f"You need no password and no link here. Go to the start page and sign in with {name}.")
    return link


def _end_current_session(session: Session) -> None:
    """The cookie is about to forget it; whoever holds a copy of the cookie must not be able to go on."""
    if current_user.is_authenticated:
        sessions.end_session(session, current_user.get_id())
