"""API tokens: one's own, and for administrators everybody's."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.errors import DomainError
from app.exchange.idempotency import kept, once
from app.forms.accounts.tokens import SCOPE_LABELS, TokenForm
from app.forms.fields import refuse
from app.forms.people import read_number
from app.programs.bearer import scopes_for
from app.queries.accounts.tokens import list_tokens
from app.services.accounts import tokens

pages = Blueprint("tokens", __name__)
LABELS = {scope.value: label for scope, label in SCOPE_LABELS.items()}


@pages.get("/account/tokens")
@allow(Thing.ACCOUNT, Action.CHANGE)
def index() -> str:
    """`twice` names a token whose form was sent once more after it was made."""
    found = list_tokens(current_session(), datetime.now(UTC), current_user.account_id)
    twice = read_number(request.args.get("twice"))
    sent_twice = next((token for token in found if token.id == twice), None)
    return render_template("accounts/tokens.html", tokens=found, labels=LABELS, sent_twice=sent_twice)


@pages.get("/account/tokens/new")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def new() -> str:
    form = TokenForm.blank(datetime.now(UTC).date()).offer(scopes_for(current_user.role))
    return render_template("accounts/new_token.html", form=form)


@pages.post("/account/tokens/new")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
@once
def create() -> str | tuple[str, int]:
    """The page shows the token, this once: no redirect could carry it, and what the same form is answered when it is
    sent again says that the token was made."""
    session, form = current_session(), TokenForm().offer(scopes_for(current_user.role))
    if form.validate():
        try:
            token, secret = tokens.issue_token(
                session,
                current_user.actor,
                current_user.account_id,
                form.token_name,
                form.chosen,
                form.expires_at,
                datetime.now(UTC),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            kept(redirect(url_for("tokens.index", twice=token.id), 303))
            session.commit()
            return render_template("accounts/token_made.html", token=token, secret=secret, labels=LABELS)
    return render_template("accounts/new_token.html", form=form), 422


@pages.post("/account/tokens/<int:token_id>/revoke")
@allow(Thing.ACCOUNT, Action.CHANGE)
def revoke(token_id: int) -> Response:
    session = current_session()
    tokens.revoke_token(session, current_user.actor, token_id, datetime.now(UTC), owner_id=current_user.account_id)
    session.commit()
    flash("The token is revoked: it is refused from now on.", "good")
    return redirect(url_for("tokens.index"), 303)


@pages.get("/admin/tokens")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def everybodys() -> str:
    return render_template("admin/tokens.html", tokens=list_tokens(current_session(), datetime.now(UTC)), labels=LABELS)


@pages.post("/admin/tokens/<int:token_id>/revoke")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def revoke_anybodys(token_id: int) -> Response:
    session = current_session()
    tokens.revoke_token(session, current_user.actor, token_id, datetime.now(UTC))
    session.commit()
    flash("The token is revoked: it is refused from now on.", "good")
    return redirect(url_for("tokens.everybodys"), 303)
