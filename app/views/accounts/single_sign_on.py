"""Single sign-on: to the provider, and back with what it says about somebody."""

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_engine, writing_session
from app.entrance.cookies import enter, enter_again, note_first_proof
from app.entrance.declaring import allow, before_second_factor
from app.entrance.hosts import is_local_path
from app.entrance.identity_provider import RETURN_PATH, Identity, NotBelieved, Provider, current_provider
from app.errors import DomainError, Forbidden
from app.events import log_event
from app.queries.accounts.second_factor import has_second_factor
from app.services.accounts import external_identities
from app.services.accounts.sessions import end_session, renew_session

pages = Blueprint("single_sign_on", __name__)
UNDERWAY = "single_sign_on"
MOST_UNDERWAY = 4
LONGEST_SECONDS = 600
PROOF_SKEW_SECONDS = 120
NOT_BEGUN = (
    "This sign-in was not begun in this browser, was finished already, or took longer than ten minutes. Nobody was "
    "signed in. Start it once more."
)
SAID = {
    "access_denied": "You did not let {name} tell Muster who you are, or you may not use Muster. Nobody was signed in.",
    "temporarily_unavailable": "{name} cannot sign anybody in now. Try again in a minute.",
    "server_error": "{name} cannot sign anybody in now. Try again in a minute.",
}
SAID_OTHERWISE = "{name} did not sign you in. Try once more; if that does not help, tell an administrator."


@pages.get("/sign-in/single-sign-on")
@allow(Thing.ENTRANCE, Action.USE)
def begin() -> Response | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        # A link on another site led here: who follows it shall see where they are and press the button themselves.
        return redirect(url_for("signing_in.sign_in", next=request.args.get("next")), 303)
    return _send_to(_provider(), None)


@pages.get("/account/confirm/single-sign-on")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
def confirm() -> Response | tuple[str, int]:
    return _send_to(_provider(), current_user.account_id)


@pages.get("/account/confirm/done")
@allow(Thing.ACCOUNT, Action.CHANGE)
@before_second_factor
def confirmed() -> str:
    """Where the tab ends in which somebody confirmed while a form waits in another."""
    return render_template("accounts/confirmed.html")


@pages.get(RETURN_PATH)
@allow(Thing.ENTRANCE, Action.USE)
def come_back() -> Response | tuple[str, int]:
    provider, now = _provider(), datetime.now(UTC)
    begun = _take_begun(request.args.get("state", ""), now)
    if begun is None:
        return _failed(DomainError(NOT_BEGUN), None)
    if "error" in request.args or "code" not in request.args:
        said = SAID.get(request.args.get("error", ""), SAID_OTHERWISE)
        return _failed(Forbidden(said.format(name=provider.settings.name)), begun)
    try:
        identity = provider.identify(request.args["code"], nonce=begun["nonce"], verifier=begun["verifier"], at=now)
        if begun["confirms"] is not None:
            return _confirmed(provider, identity, begun)
        return _signed_in(provider, identity, begun, now)
    except DomainError as error:
        return _failed(error, begun)


def _signed_in(provider: Provider, identity: Identity, begun: dict[str, Any], now: datetime) -> Response:
    # Not the request's session: it only reads, and the provider must not be waited for with the lock held.
    with writing_session(current_engine()) as session:
        secret = external_identities.sign_in_as(
            session, identity, join=provider.settings.join, user_agent=request.user_agent.string, at=now
        )
        if current_user.is_authenticated:
            end_session(session, current_user.get_id())
        session.commit()
    return enter(secret, begun["next"])


def _confirmed(provider: Provider, identity: Identity, begun: dict[str, Any]) -> Response:
    """The person proved at the provider, after we asked, to be the owner of the account that is signed in."""
    proved = identity.authenticated_at
    with writing_session(current_engine()) as session:
        mine = current_user.is_authenticated and current_user.account_id == begun["confirms"]
        if not mine or not external_identities.is_linked(session, identity, current_user.account_id):
            raise Forbidden(f"At {provider.settings.name} you are somebody else than here, so nothing was confirmed.")
        if proved is None or proved.timestamp() < begun["at"] - PROOF_SKEW_SECONDS:
            raise Forbidden(
                f"{provider.settings.name} did not ask you anew who you are, so nothing was confirmed. Sign out, sign "
                "in again, and repeat what you wanted to do."
            )
        if has_second_factor(session, current_user.account_id) and not identity.two_factors:
            note_first_proof(datetime.now(UTC))
            return redirect(url_for("proving.confirm", next=begun["next"]), 303)
        fresh = renew_session(session, current_user.get_id())
        session.commit()
    enter_again(fresh)
    return redirect(begun["next"] or url_for("home.index"), 303)


def _send_to(provider: Provider, confirms: int | None) -> Response | tuple[str, int]:
    now, target = datetime.now(UTC), request.args.get("next")
    begun: dict[str, Any] = {
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "next": target if is_local_path(target) else None,
        "at": int(now.timestamp()),
        "confirms": confirms,
    }
    state = secrets.token_urlsafe(24)
    try:
        address = provider.authorization_address(
            state, begun["nonce"], begun["verifier"], again=confirms is not None, at=now
        )
    except DomainError as error:
        return _failed(error, begun)
    # Several, so that a second tab does not spoil the first; few, so that the cookie stays small.
    others = sorted(browser_session.get(UNDERWAY, {}).items(), key=lambda other: other[1]["at"])
    browser_session[UNDERWAY] = {**dict(others[1 - MOST_UNDERWAY :]), state: begun}
    return redirect(address, 303)


def _take_begun(state: str, now: datetime) -> dict[str, Any] | None:
    """What this browser began with the state, which works once."""
    underway = dict(browser_session.get(UNDERWAY, {}))
    begun: dict[str, Any] | None = underway.pop(state, None)
    browser_session[UNDERWAY] = underway
    return begun if begun and 0 <= now.timestamp() - begun["at"] <= LONGEST_SECONDS else None


def _failed(error: DomainError, begun: dict[str, Any] | None) -> tuple[str, int]:
    reason = error.reason if isinstance(error, NotBelieved) else type(error).__name__
    log_event("session.single_sign_on", outcome="refused", reason=reason)
    page = render_template(
        "accounts/single_sign_on_failed.html", sentence=error.sentence, next=begun["next"] if begun else None
    )
    return page, error.status


def _provider() -> Provider:
    return current_provider() or abort(404)
