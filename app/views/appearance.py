"""Light or dark pages, as each person prefers them."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.entrance.declaring import allow
from app.entrance.hosts import is_local_path
from app.forms.accounts.entering import AppearanceForm
from app.rendering import theme_cookie

pages = Blueprint("appearance", __name__)


@pages.post("/account/appearance")
@allow(Thing.LOOK, Action.CHANGE)
def choose() -> Response:
    form = AppearanceForm()
    came_from = urlsplit(request.referrer or "")
    back = came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.host else "/"
    response = redirect(back if is_local_path(back) else "/", 303)
    if form.validate():
        response.set_cookie(
            theme_cookie(),
            form.theme.data or "",
            max_age=31536000,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response
