"""What stands before every endpoint: its declaration, the matrix, and what the address names."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.access import Action, Relation, Thing, allows, opens
from app.db import SAFE_METHODS, current_session
from app.entrance.declaring import declared_access, is_before_second_factor, wants_recent
from app.entrance.hosts import asked_path

Locate = Callable[[Session, Any, int], Relation | None]

csrf = CSRFProtect()


def init_app(app: Flask, locators: Mapping[str, Locate]) -> None:
    """`locators` say what the thing is to whoever asks that an address names, by the name of its id there."""
    app.extensions["muster-locators"] = locators
    csrf.init_app(app)
    app.before_request(_check_access)


def _check_access() -> Response | None:
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
        return redirect(url_for("signing_in.sign_in", next=asked_path()), 303)
    if current_user.lacks_factor and not is_before_second_factor(current_app, request.endpoint):
        return redirect(url_for("second_factor.show"), 303)
    if not opens(current_user.role, *access):
        abort(403)
    _check_relations(*access)
    return _confirm_first(request.endpoint)


def _confirm_first(endpoint: str) -> Response | None:
    """Where somebody proves to be the account's owner again; a form goes there with all that was typed."""
    if not wants_recent(current_app, endpoint) or current_user.was_recognised(datetime.now(UTC)):
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("proving.confirm", next=asked_path()), 303)
    return redirect(url_for("proving.confirm_form", next=asked_path()), 307)


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
