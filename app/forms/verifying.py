"""Which ratings of a page are verified, each with the level that was seen."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.forms.people import read_number

FIELD = "verified"


class VerifyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Its token alone: the boxes are read by `read_seen`."""


def read_seen(sent: MultiDict[str, str]) -> Mapping[int, int] | None:
    """Rating id -> level, of boxes such as `17:4`; None when one cannot be read."""
    seen = {}
    for box in sent.getlist(FIELD):
        rating, _, level = box.partition(":")
        number, height = read_number(rating), {str(n): n for n in range(6)}.get(level)
        if number is None or height is None:
            return None
        seen[number] = height
    return seen
