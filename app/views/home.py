"""The start page."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app.security import Access, allow

pages = Blueprint("home", __name__)


@pages.get("/")
@allow(Access.SIGNED_IN)
def index() -> Response:
    return redirect(url_for("people.index"), 303)
