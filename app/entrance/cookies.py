"""The cookie that holds a session's secret: every way in and out ends here."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flask import Flask, abort, redirect, request, url_for
from flask import session as browser_session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from app.db import current_engine, current_session, impatient_session, reading_session
from app.entrance.hosts import is_local_path
from app.entrance.known_devices import remember_device
from app.entrance.signed_in import SignedIn, find_pending, find_signed_in
from app.events import note_account
from app.session_limits import RECENT
from models import SignInSession

SEEN_EVERY = timedelta(minutes=5)
PENDING = "pending"
FIRST_PROOF = "first_proof"
SECOND_STEP = "second_step.ask"

login_manager = LoginManager()


class SignedCookies(SecureCookieSessionInterface):
    """The cookie that holds a session's secret, signed with SHA-256 instead of Flask's SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def init_app(app: Flask) -> None:
    app.session_interface = SignedCookies()
    # Without its context processor: an error page must not ask the database who is looking.
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None  # the session is a row; a changed address must not end it


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login ships no types
def _load(secret: str) -> SignedIn | None:
    now = datetime.now(UTC)
    found = find_signed_in(current_session(), secret, now)
    if found is None:
        return None
    who, session_id, seen_at = found
    note_account(who.account_id)
    if now - seen_at > SEEN_EVERY and request.method == "GET":
        # A transaction of its own: the request's is for reading and must not be committed here. Where an import holds
        # the lock, a page must not wait for it; the next request notes the visit.
        with suppress(OperationalError), impatient_session(current_engine()) as session:
            session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now))
            session.commit()
    return who


def enter(secret: str, target: str | None = None) -> AnyResponse:
    """Every way in ends here: put the session behind the secret into the cookie and lead to `target`, a path of ours,
    or to the start page. Whatever the cookie held before is dropped, form token too. A session that waits for the
    second factor is kept aside and leads to the page that asks for it."""
    now = datetime.now(UTC)
    wanted = target if is_local_path(target) else None
    with reading_session(current_engine()) as session:
        found = find_signed_in(session, secret, now)
        if found is None and find_pending(session, secret, now) is None:
            abort(401)
    browser_session.clear()
    if found is None:
        browser_session[PENDING] = secret
        return redirect(url_for(SECOND_STEP, next=wanted), 303)
    login_user(found[0])
    remember_device(found[0].account_id)
    return redirect(wanted or url_for("home.index"), 303)


def enter_again(secret: str) -> None:
    """Put the renewed secret of the session that the cookie holds already into it; forms in other tabs stay good."""
    browser_session.pop(FIRST_PROOF, None)
    browser_session["_user_id"] = secret


def note_first_proof(at: datetime) -> None:
    """The provider of single sign-on said again who this is; the second factor of the account is still to come."""
    browser_session[FIRST_PROOF] = int(at.timestamp())


def has_first_proof(at: datetime) -> bool:
    """Whether that was noted in this browser's session in the ten minutes before."""
    noted = browser_session.get(FIRST_PROOF)
    return noted is not None and 0 <= at.timestamp() - noted <= RECENT.total_seconds()


def pending_secret() -> str | None:
    """The secret of the session that waits for the second factor in this browser, if any."""
    return browser_session.get(PENDING)


def leave() -> None:
    logout_user()
    browser_session.clear()
