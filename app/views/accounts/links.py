"""Links by mail: a new password for whoever forgot theirs, and the proof that a new address is one's own."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import mail
from app.access import Action, Thing
from app.db import current_engine, current_session, writes_no_rows, writing_session
from app.entrance import limits
from app.entrance.declaring import allow
from app.errors import Forbidden, TooOften
from app.forms.accounts.entering import ForgotForm
from app.services.accounts import accounts, links
from app.services.accounts.links import DeadLink, OpenLink

pages = Blueprint("links", __name__)
ASKED_BY_CLIENT = "30 per hour"
SENT_TO_ADDRESS = "3 per hour"
SIGN_IN_FIRST = "Sign in with the address that you had so far, in this browser, then open the link once more."


@pages.get("/forgot-password")
@allow(Thing.ENTRANCE, Action.USE)
def forgot() -> str:
    return render_template("accounts/forgot.html", form=ForgotForm(), mails=mail.postbox().configured)


@pages.post("/forgot-password")
@allow(Thing.ENTRANCE, Action.USE)
@writes_no_rows
def send_link() -> str | tuple[str, int]:
    form, mails = ForgotForm(), mail.postbox().configured
    if not form.validate():
        return render_template("accounts/forgot.html", form=form, mails=mails), 422
    limits.spend(ASKED_BY_CLIENT, "forgot", limits.client())
    if mails and _may_get_another(form.email.data or ""):
        _send_soon(form.email.data or "")
    return render_template("accounts/forgot.html", form=form, mails=mails, sent=True)


@pages.get("/new-address/<secret>")
@allow(Thing.ENTRANCE, Action.USE)
def new_address(secret: str) -> str:
    return render_template("accounts/new_address.html", link=_opened(secret))


@pages.post("/new-address/<secret>")
@allow(Thing.ENTRANCE, Action.USE)
def use_address(secret: str) -> Response:
    session, link = current_session(), _opened(secret)
    before = accounts.change_email(session, link, datetime.now(UTC))
    session.commit()
    mail.post("address_changed", before, name=link.account.name)
    flash("Your new e-mail address is in use.", "good")
    return redirect(url_for("home.index"), 303)


def _may_get_another(email: str) -> bool:
    """Whether the address was sent few links lately. The answer on the page is the same either way."""
    try:
        limits.spend(SENT_TO_ADDRESS, "forgot", limits.address_key(email))
    except TooOften:
        return False
    return True


def _send_soon(email: str) -> None:
    """Look for the account, make the link and mail it, all off this thread: the answer's time must tell nothing."""
    box, engine = mail.postbox(), current_engine()

    def send() -> None:
        with writing_session(engine) as session:
            found = links.issue_reset(session, email)
            session.commit()
            if found:
                name, address, secret = found
                letter = mail.written("reset", address, base_url=box.base_url, name=name, secret=secret)
        if found:
            box.send(letter)

    box.later(send)


def _opened(secret: str) -> OpenLink:
    """Only for whoever asked: a link that was mailed to a mistyped address must not give the account away."""
    try:
        link = links.find_new_address(current_session(), secret, datetime.now(UTC))
    except DeadLink:
        limits.spend(*limits.WRONG_LINKS, limits.client())
        raise
    if not current_user.is_authenticated or current_user.account_id != link.account.id:
        raise Forbidden(SIGN_IN_FIRST)
    return link
