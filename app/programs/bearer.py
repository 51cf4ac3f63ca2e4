"""Programs: who a bearer token stands for, what it is for, and what a request to the API must be like.

A session's cookie is no sign-in here, and a token none for pages.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, request
from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.access import opens
from app.db import current_engine, impatient_session, reading_session
from app.entrance.declaring import declared_access
from app.entrance.hosts import same_host
from app.entrance.limits import ENGINE, client, refuse_if_spent, spend
from app.entrance.signed_in import SignedIn, stands_for
from app.errors import DomainError, Forbidden
from app.programs.problems import for_programs
from app.session_limits import FURTHEST_AHEAD
from models import Account, AccountRole, ApiToken, ExternalIdentity, RolePolicy, Scope, SecondFactor
from models.secrets import MARK, digest

__all__ = ["Scope", "find_bearer", "heavy", "init_app", "largest_body", "scoped", "scopes_for", "takes_tokens"]

SEEN_EVERY = timedelta(hours=1)
PACE = "300 per minute"
"""Requests of one token."""
HEAVY_PACE = ENGINE[0]
"""Requests of one account that make the engine work."""
WRONG_TOKENS = "30 per 5 minutes"
"""Of one client."""
LARGEST_BODY = 64 * 1024
LONGEST_TOKEN = 200
IN_ADDRESS = frozenset({"access_token", "token", "api_key", "apikey", "bearer", "authorization"})

P = ParamSpec("P")
R = TypeVar("R")


class NoToken(DomainError):
    status = 401


class NotJsonBody(DomainError):
    status = 415


class TokenInAddress(DomainError):
    status = 400


def scoped(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that the endpoint is for programs, and what a token must be for. What the account behind the token may do
    is declared beside it, as for a page."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.scope = scope  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
        return view

    return declare


def heavy(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that the endpoint makes the engine work, so that fewer requests a minute are taken."""
    view.heavy = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def largest_body(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that the endpoint takes bodies of so many bytes instead of `LARGEST_BODY`."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.largest_body = size  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
        return view

    return declare


def takes_tokens(app: Flask, endpoint: str) -> bool:
    """Whether the endpoint is for programs."""
    return hasattr(app.view_functions.get(endpoint), "scope")


def scopes_for(role: AccountRole) -> list[Scope]:
    """The scopes with which a token of such an account opens anything."""
    views = [(name, getattr(view, "scope", None)) for name, view in current_app.view_functions.items()]
    opened = {
        scope
        for name, scope in views
        if scope and (access := declared_access(current_app, name)) and opens(role, *access)
    }
    return [scope for scope in Scope if scope in opened]


def init_app(app: Flask) -> None:
    """Before whatever reads the body: a request that is refused here is not read."""
    app.before_request(_check_program)


def _check_program() -> None:
    if not for_programs():
        return
    _refuse_token_in_address()
    _refuse_other_sites()
    view = current_app.view_functions.get(request.endpoint or "")
    # What is read for a form or a body is read within this limit, whatever the request says of its length.
    request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)
    if (request.content_length or 0) > request.max_content_length:
        abort(413)
    scope = getattr(view, "scope", None)
    if scope is None:
        return
    who, token_id, scopes = _authenticate()
    g._login_user = who  # noqa: SLF001 - where Flask-Login keeps whom it found; the cookie is not asked
    spend(PACE, "token", str(token_id))
    if scope.value not in scopes:
        raise Forbidden(f"This token is not for {scope.value}. Make one with this scope.")
    if getattr(view, "heavy", False):
        spend(HEAVY_PACE, ENGINE[1], str(who.account_id))
    _refuse_other_bodies()


def find_bearer(session: Session, secret: str, at: datetime) -> tuple[SignedIn, ApiToken] | None:
    """Whom a token stands for at a moment: its account as it is now, as long as that may sign in and has the second
    factor that its role asks for, here or where it signs in."""
    asked = exists().where(RolePolicy.role == Account.role, RolePolicy.second_factor)
    held = exists().where(SecondFactor.account_id == Account.id)
    elsewhere = exists().where(ExternalIdentity.account_id == Account.id)
    row = session.execute(
        select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .where(
            ApiToken.token_hash == digest(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
            ApiToken.created_at < at + FURTHEST_AHEAD,
            Account.active,
            or_(~asked, held, elsewhere),
        )
    ).one_or_none()
    if row is None:
        return None
    token, account = row
    return stands_for(account, secret, token.created_at), token


def _authenticate() -> tuple[SignedIn, int, frozenset[str]]:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise NoToken("Send a token of Muster in the header Authorization: Bearer.")
    refuse_if_spent(WRONG_TOKENS, "wrong token", client())
    now = datetime.now(UTC)
    # A transaction of its own: the one of the request may have to wait for the lock, and a stranger should not.
    with reading_session(current_engine()) as session:
        found = find_bearer(session, secret, now) if len(secret) <= LONGEST_TOKEN else None
        if found is None:
            spend(WRONG_TOKENS, "wrong token", client())
            raise NoToken("This token is wrong, revoked or over. Make a new one on the page of your account.")
        who, token = found
        told = token.id, frozenset(token.scopes)
        seen_at = token.last_used_at
    if seen_at is None or now - seen_at > SEEN_EVERY:
        with suppress(OperationalError), impatient_session(current_engine()) as session:
            session.execute(update(ApiToken).where(ApiToken.id == told[0]).values(last_used_at=now))
            session.commit()
    return who, *told


def _refuse_token_in_address() -> None:
    named = any(name.lower() in IN_ADDRESS for name in request.args)
    if named or any(value.startswith(MARK) for values in request.args.listvalues() for value in values):
        raise TokenInAddress(
            "A token belongs into the header Authorization: Bearer, never into an address: addresses are written to "
            "logs. Revoke this token and make a new one."
        )


def _refuse_other_sites() -> None:
    """No browser sends a token by itself; what comes from another site's page is refused all the same."""
    origin = request.headers.get("Origin")
    if (origin is not None and not same_host(origin)) or request.headers.get("Sec-Fetch-Site", "none") not in {
        "none",
        "same-origin",
    }:
        raise Forbidden("The API answers no pages of other sites. Ask it from a program.")


def _refuse_other_bodies() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
        raise NotJsonBody("Send the body as application/json in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotJsonBody("Send the body as it is, without a content encoding.")
