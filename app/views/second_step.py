"""The second step of a sign-in: the password was right, now the code."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.errors import DomainError
from app.forms.fields import refuse
from app.forms.second_factor import SecondStepForm
from app.limits import refuse_if_spent, spend
from app.security import allow, enter, find_pending, is_local_path, leave, pending_secret
from app.services.second_step import ENDED, SignInEnded, take_second_step

pages = Blueprint("second_step", __name__)
WRONG_CODES = "10 per 5 minutes"
"""Of an account, over all its sign-ins: whoever knows the password begins as many as they like."""


@pages.get("/sign-in/second-step")
@allow(Thing.ENTRANCE, Action.USE)
def ask() -> str | tuple[str, int]:
    if find_pending(current_session(), pending_secret() or "", datetime.now(UTC)) is None:
        return _ended(ENDED), 410
    return render_template("accounts/second_step.html", form=SecondStepForm())


@pages.post("/sign-in/second-step")
@allow(Thing.ENTRANCE, Action.USE)
def take() -> tuple[str, int] | Response:
    form, session, secret, now = SecondStepForm(), current_session(), pending_secret() or "", datetime.now(UTC)
    account_id = find_pending(session, secret, now)
    if account_id is None:
        return _ended(ENDED), 410
    if form.validate():
        refuse_if_spent(WRONG_CODES, "second step", str(account_id))
        try:
            entered = take_second_step(
                session, secret, form.code.data or "", key=current_app.config["SECRET_KEY"], at=now
            )
        except DomainError as error:
            session.commit()
            spend(WRONG_CODES, "second step", str(account_id))
            if isinstance(error, SignInEnded):
                leave()
                return _ended(error.sentence), error.status
            refuse(form, error)
        else:
            session.commit()
            return enter(entered, _next())
    return render_template("accounts/second_step.html", form=form), 422


def _ended(sentence: str) -> str:
    return render_template("accounts/second_step_ended.html", sentence=sentence, next=_next())


def _next() -> str | None:
    target = request.args.get("next")
    return target if is_local_path(target) else None
