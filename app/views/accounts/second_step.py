"""The second step of a sign-in: the password was right, now the code."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance import limits
from app.entrance.cookies import enter, leave, pending_secret
from app.entrance.declaring import allow
from app.entrance.hosts import is_local_path
from app.entrance.signed_in import find_pending
from app.errors import DomainError, TooOften
from app.events import log_event
from app.forms.accounts.second_factor import SecondStepForm
from app.forms.fields import refuse
from app.services.accounts.second_step import ENDED, SignInEnded, take_second_step

pages = Blueprint("second_step", __name__)
FAILURES = "10 per 5 minutes"
"""Wrong codes of an account, over all its sign-ins: whoever knows the password begins as many as they like."""
TOO_MANY = "The code was wrong too often. Wait {wait} and try again."


@pages.get("/sign-in/second-step")
@allow(Thing.ENTRANCE, Action.USE)
def ask() -> str | tuple[str, int]:
    if find_pending(current_session(), pending_secret() or "", datetime.now(UTC)) is None:
        return _ended(ENDED), 410
    return render_template("accounts/second_step.html", form=SecondStepForm())


@pages.post("/sign-in/second-step")
@allow(Thing.ENTRANCE, Action.USE)
def take() -> tuple[str, int] | Response:
    form, secret, now = SecondStepForm(), pending_secret() or "", datetime.now(UTC)
    account_id = find_pending(current_session(), secret, now)
    if account_id is None:
        return _ended(ENDED), 410
    if form.validate():
        try:
            return enter(_taken(secret, form.code.data or "", account_id, now), _next())
        except SignInEnded as error:
            leave()
            return _ended(error.sentence), error.status
        except TooOften:
            raise
        except DomainError as error:
            refuse(form, error)
    return render_template("accounts/second_step.html", form=form), 422


def _taken(secret: str, code: str, account_id: int, now: datetime) -> str:
    """The secret of the whole session. A refused code is counted, in its sign-in and in the account's count."""
    session, count = current_session(), ("second step", str(account_id))
    with limits.trial(FAILURES, TOO_MANY, count) as failed:
        try:
            entered = take_second_step(session, secret, code, key=current_app.config["SECRET_KEY"], at=now)
        except DomainError:
            failed()
            session.commit()
            log_event("session.second_step", outcome="refused", subject_id=account_id, client=limits.client())
            raise
        session.commit()
    log_event("session.second_step", subject_id=account_id, client=limits.client())
    return entered


def _ended(sentence: str) -> str:
    return render_template("accounts/second_step_ended.html", sentence=sentence, next=_next())


def _next() -> str | None:
    target = request.args.get("next")
    return target if is_local_path(target) else None
