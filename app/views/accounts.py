"""Entering and leaving: the one-use link, sign-in, sign-out, and the look each person prefers."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import current_engine, current_session, reading_session, writes_no_rows, writing_session
from app.errors import DomainError
from app.forms.accounts import AppearanceForm, PasswordForm, SignInForm
from app.forms.fields import refuse
from app.security import Access, allow, before_second_factor, enter, is_local_path, leave
from app.services import accounts, links, sessions
from app.services import sign_in as signing_in

pages = Blueprint("accounts", __name__)
WRONG = "The e-mail address or the password is wrong."


@pages.get("/sign-in")
@allow(Access.PUBLIC)
def sign_in() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    return render_template("accounts/sign_in.html", form=SignInForm())


@pages.post("/sign-in")
@allow(Access.PUBLIC)
@writes_no_rows
def sign_in_now() -> tuple[str, int] | Response:
    form = SignInForm()
    if form.validate():
        with reading_session(current_engine()) as session:
            attempt = signing_in.find_attempt(session, form.email.data or "")
        verdict = signing_in.verify(attempt, form.password.data or "")
        with writing_session(current_engine()) as session:
            secret = signing_in.finish(session, attempt, verdict, request.user_agent.string)
            if secret:
                _end_current_session(session)
            session.commit()
        if secret:
            return enter(secret, request.args.get("next"))
        form.form_errors.append(WRONG)
    return render_template("accounts/sign_in.html", form=form), 422


@pages.get("/welcome/<secret>")
@allow(Access.PUBLIC)
def welcome(secret: str) -> str:
    link = links.find_link(current_session(), secret, datetime.now(UTC))
    return render_template("accounts/welcome.html", form=PasswordForm(), account=link.account)


@pages.post("/welcome/<secret>")
@allow(Access.PUBLIC)
def set_password(secret: str) -> tuple[str, int] | Response:
    form, session = PasswordForm(), current_session()
    link = links.find_link(session, secret, datetime.now(UTC))
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
            return enter(entered)
    return render_template("accounts/welcome.html", form=form, account=link.account), 422


@pages.post("/sign-out")
@allow(Access.SIGNED_IN)
@before_second_factor
def sign_out() -> Response:
    session = current_session()
    _end_current_session(session)
    session.commit()
    leave()
    flash("You are signed out.")
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.post("/account/appearance")
@allow(Access.PUBLIC)
def set_appearance() -> Response:
    form = AppearanceForm()
    came_from = urlsplit(request.referrer or "")
    back = came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.host else "/"
    response = redirect(back if is_local_path(back) else "/", 303)
    if form.validate():
        response.set_cookie(
            "theme",
            form.theme.data or "",
            max_age=31536000,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def _end_current_session(session: Session) -> None:
    """The cookie is about to forget it; whoever holds a copy of the cookie must not be able to go on."""
    if current_user.is_authenticated:
        sessions.end_session(session, current_user.get_id())
