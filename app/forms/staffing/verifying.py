"""Which ratings of a page are verified, each with the level that was seen."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.forms.people import read_number

FIELD = "verified"
MARKED = "marked"
"""The ratings that were shown as verified."""


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


def read_marked(sent: MultiDict[str, str]) -> frozenset[int] | None:
    """Ids of ratings; None when one cannot be read."""
    numbers = [read_number(text) for text in sent.getlist(MARKED)]
    return None if None in numbers else frozenset(number for number in numbers if number is not None)
