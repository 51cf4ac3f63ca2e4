"""The start page."""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.queries.home import start_page

pages = Blueprint("home", __name__)


@pages.get("/")
@allow(Thing.HOME, Action.SEE)
def index() -> str:
    home = start_page(current_session(), current_user, datetime.now(UTC).date())
    return render_template("home/index.html", home=home, looks_on=current_user.role.value == "viewer")
