"""Who is asking, what every endpoint lets in, and the headers of every response."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask import session as browser_session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from sqlalchemy import and_, exists, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.access import Action, Relation, Thing, allows, opens
from app.db import SAFE_METHODS, current_engine, current_session, impatient_session, reading_session
from app.events import note_account
from app.known_devices import remember_device
from app.session_limits import PENDING_LIMIT, RECENT, alive
from models import Account, AccountRole, Actor, Reach, RolePolicy, SecondFactor, SignInSession

SEEN_EVERY = timedelta(minutes=5)
PENDING = "pending"
FIRST_PROOF = "first_proof"
SECOND_STEP = "second_step.ask"
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

P = ParamSpec("P")
R = TypeVar("R")

Locate = Callable[[Session, Any, int], Relation | None]

csrf = CSRFProtect()
login_manager = LoginManager()


ROLE_LABELS = {
    AccountRole.ADMIN: "Administrator",
    AccountRole.MANAGER: "Manager",
    AccountRole.PRACTITIONER: "Practitioner",
    AccountRole.VIEWER: "Viewer",
}


def allow(thing: Thing, action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what the endpoint does to what; the matrix says who may. One without a declaration is refused, and fails
    a test."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.access = (thing, action)  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say
        return view

    return declare


def recently_authenticated(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that the view is only for a session whose owner proved to be it in the last ten minutes. Others are asked
    to confirm first, and lose nothing that they typed."""
    view.wants_recent = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def before_second_factor(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that the view is reached also by accounts that must set up their second factor first."""
    view.before_factor = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def declared_access(app: Flask, endpoint: str) -> tuple[Thing, Action] | None:
    if endpoint == "static":
        return Thing.ENTRANCE, Action.USE
    return getattr(app.view_functions[endpoint], "access", None)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind this request. `get_id` is the opaque secret of its session row, all that the cookie holds."""

    account_id: int
    email: str
    name: str
    role: AccountRole
    practitioner_id: int | None
    secret: str
    authenticated_at: datetime
    reach: Reach
    lacks_factor: bool = False
    """The organisation asks the role for a second factor and this account has none: it may only set one up."""
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.secret

    @property
    def actor(self) -> Actor:
        """This account as the one who acts, for services and the audit trail."""
        return Actor.of(self.account_id)

    def was_recognised(self, at: datetime) -> bool:
        """Whether they proved to be the account's owner in the ten minutes before."""
        return at - self.authenticated_at <= RECENT

    @property
    def role_label(self) -> str:
        return ROLE_LABELS[self.role]

    @property
    def manages(self) -> bool:
        return self.role in {AccountRole.ADMIN, AccountRole.MANAGER}

    @property
    def administers(self) -> bool:
        return self.role is AccountRole.ADMIN


def find_signed_in(session: Session, secret: str, at: datetime) -> tuple[SignedIn, int, datetime] | None:
    """Who a session's secret stands for at a moment, with the row's id and when it was last seen."""
    factor_asked = exists().where(RolePolicy.role == Account.role, RolePolicy.second_factor)
    factor_there = exists().where(SecondFactor.account_id == Account.id)
    row = session.execute(
        select(SignInSession, Account, and_(factor_asked, ~factor_there, ~SignInSession.two_factors))
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == hashlib.sha256(secret.encode()).hexdigest(),
            SignInSession.pending.is_(False),
            *alive(at),
        )
    ).one_or_none()
    if row is None:
        return None
    opened, account, lacks_factor = row
    who = stands_for(account, secret, opened.authenticated_at or opened.created_at, lacks_factor=bool(lacks_factor))
    return who, opened.id, opened.last_seen_at


def stands_for(account: Account, secret: str, authenticated_at: datetime, *, lacks_factor: bool = False) -> SignedIn:
    """The account as it is now, behind a session or a token."""
    return SignedIn(
        account_id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        practitioner_id=account.practitioner_id,
        secret=secret,
        authenticated_at=authenticated_at,
        reach=account.reach,
        lacks_factor=lacks_factor,
    )


def find_pending(session: Session, secret: str, at: datetime) -> int | None:
    """The account whose owner still has to show the second factor in the session behind the secret."""
    return session.scalar(
        select(Account.id)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(
            SignInSession.token_hash == hashlib.sha256(secret.encode()).hexdigest(),
            SignInSession.pending.is_(True),
            SignInSession.created_at > at - PENDING_LIMIT,
            *alive(at),
        )
    )


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


class SignedCookies(SecureCookieSessionInterface):
    """The cookie that holds a session's secret, signed with SHA-256 instead of Flask's SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def init_app(app: Flask, locators: Mapping[str, Locate]) -> None:
    """`locators` say what the thing is to whoever asks that an address names, by the name of its id there."""
    app.extensions["muster-locators"] = locators
    app.session_interface = SignedCookies()
    csrf.init_app(app)
    # Without its context processor: an error page must not ask the database who is looking.
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None  # the session is a row; a changed address must not end it
    app.before_request(_check_access)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def _check_access() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    access = declared_access(current_app, request.endpoint)
    if access is None:
        current_app.logger.error("endpoint %s declares no access", request.endpoint)
        abort(403)
    if opens(None, *access):
        return None
    if not current_user.is_authenticated:
        if request.method not in SAFE_METHODS:
            abort(401)
        wanted = request.full_path if request.query_string else request.path
        return redirect(url_for("accounts.sign_in", next=wanted), 303)
    if current_user.lacks_factor and not getattr(current_app.view_functions[request.endpoint], "before_factor", False):
        return redirect(url_for("second_factor.show"), 303)
    if not opens(current_user.role, *access):
        abort(403)
    _check_relations(*access)
    return _confirm_first()


def _confirm_first() -> AnyResponse | None:
    """Where somebody proves to be the account's owner again; a form goes there with all that was typed."""
    wants_recent = getattr(current_app.view_functions[request.endpoint or ""], "wants_recent", False)
    if not wants_recent or current_user.was_recognised(datetime.now(UTC)):
        return None
    wanted = request.full_path if request.query_string else request.path
    if request.method in SAFE_METHODS:
        return redirect(url_for("account.confirm", next=wanted), 303)
    return redirect(url_for("account.confirm_form", next=wanted), 307)


def _check_relations(thing: Thing, action: Action) -> None:
    for name, value in (request.view_args or {}).items():
        refuse_unrelated(thing, action, name, value)


def refuse_unrelated(thing: Thing, action: Action, name: str, value: Any) -> None:
    """What the address, or a body, names must be what the matrix asks for. Whoever may not even see it learns nothing
    of it: it is answered like one that is not there."""
    locators: Mapping[str, Locate] = current_app.extensions["muster-locators"]
    if name not in locators:
        return
    relation = locators[name](current_session(), current_user, value)
    if relation is None or not allows(current_user.role, thing, action, relation):
        g.refused = relation is not None  # the log tells it from what is not there
        abort(403 if relation and allows(current_user.role, thing, Action.SEE, relation) else 404)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def content_security_policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
        "manifest-src 'self'"
    )


def _add_headers(response: Response) -> Response:
    headers: dict[str, Any] = {
        "Content-Security-Policy": content_security_policy(csp_nonce()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    response.headers.update(headers)
    return response


def is_local_path(target: str | None) -> bool:
    """Whether `next` leads to a page of ours: a path, not another site in any of its disguises."""
    return (
        bool(target)
        and target is not None
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not any(ord(letter) < 32 or letter == "\\" for letter in target)
    )
